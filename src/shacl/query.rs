//! Constraints in SPARQL (SHACL §5).

use super::algebra::{self, Bindings};
use super::compile::{ShapeCompiler, boolean, message};
use super::data::{DataGraph, Id};
use super::shape::Shape;
use super::source::{ShapesGraph, ShapesTriple, SubjectNode, node};
use super::vocabulary::sh;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::query::QueryError;
use crate::query::{self, QueryLimits, RegularExpressions, Visitor};
use crate::store::Prefixes;
use civigraph_sparql::{Options, prepare, with_functions};
use oxrdf::{Literal, NamedNode, Term, TermRef};
use spareval::{QueryEvaluator, QueryResults, QuerySolution};
use spargebra::algebra::GraphPattern;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::ControlFlow;

/// Names that are bound before a query is evaluated, whatever the constraint.
const PREBOUND: [&str; 3] = ["this", "shapesGraph", "currentShape"];

/// A query that finds violations, or says whether a value is right.
#[derive(Debug, Clone)]
pub(super) struct ConstraintQuery {
    pattern: GraphPattern,
    /// `ASK` about each value node: `false` is a violation.
    pub(super) ask: bool,
    /// Values of parameters, by the names of their variables.
    parameters: BTreeMap<String, Term>,
    reads: QueryReads,
    regular: RegularExpressions,
    /// Whether solutions for many focus nodes can be found at once.
    pub(super) at_once: bool,
}

/// What a query reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum QueryReads {
    Everything,
    /// Triples with these predicates.
    Predicates(BTreeSet<String>),
}

impl ConstraintQuery {
    /// Reads the constraint that `sh:sparql` names, with its messages. `None` for one that is wrong,
    /// which is a diagnostic, or deactivated.
    pub(super) fn constraint(
        compiler: &mut ShapeCompiler<'_>,
        shape: &Shape,
        constraint: &SubjectNode,
    ) -> Option<(Self, Vec<Literal>)> {
        let source = compiler.source;
        let off = source.values(constraint, &sh("deactivated")).next();
        if off.and_then(|off| boolean(&off.object)) == Some(true) {
            return None;
        }
        let messages = messages(source, constraint);
        let query = Self::read(compiler, constraint, shape, "select", BTreeMap::new())?;
        Some((query, messages))
    }

    /// Reads and checks the query of a constraint or validator.
    pub(super) fn read(
        compiler: &mut ShapeCompiler<'_>,
        holder: &SubjectNode,
        shape: &Shape,
        kind: &str,
        parameters: BTreeMap<String, Term>,
    ) -> Option<Self> {
        let source = compiler.source;
        let place = source.place(holder);
        let mut texts = source.values(holder, &sh(kind));
        let (statement, text) = match (texts.next(), texts.next()) {
            (Some(statement), None) => match message(&statement.object) {
                Some(text) => (statement, text.value().to_owned()),
                None => {
                    compiler.refuse(&statement.place, format!("`sh:{kind}` is a text"));
                    return None;
                }
            },
            (None, _) => {
                let place = if place.file.is_empty() {
                    shape.place.clone()
                } else {
                    place
                };
                compiler.refuse(&place, format!("the constraint has no `sh:{kind}`"));
                return None;
            }
            (Some(_), Some(second)) => {
                let message = format!("the constraint has more than one `sh:{kind}`");
                compiler.refuse(&second.place, message);
                return None;
            }
        };
        // The text ends on the line where its triple does.
        let first_line = statement
            .place
            .line
            .saturating_sub(text.matches('\n').count() as u64)
            .max(1);
        let header = match prefixes(source, holder) {
            Ok(header) => header,
            Err((place, message)) => {
                compiler.refuse(&place, message);
                return None;
            }
        };
        match Self::parse(&header, shape, &text, kind == "ask", parameters) {
            Ok(query) => Some(query),
            Err(mut diagnostic) => {
                diagnostic.code = Code::ShapeQuery;
                let (line, column) = (diagnostic.place.line, diagnostic.place.column);
                diagnostic.place = Place::at(
                    statement.place.file.clone(),
                    first_line + line.saturating_sub(1),
                    // The first line of the text starts after a property and quotes.
                    if line > 1 { column } else { 0 },
                );
                compiler.diagnostics.push(diagnostic);
                None
            }
        }
    }

    fn parse(
        header: &str,
        shape: &Shape,
        text: &str,
        ask: bool,
        parameters: BTreeMap<String, Term>,
    ) -> Result<Self, Diagnostic> {
        let wrong = |message: String| Diagnostic::new(Code::ShapeQuery, Place::default(), message);
        let parsed = query::parse(
            // On one line with the text, whose lines keep their numbers.
            &format!("{header}{text}"),
            "",
            &Prefixes::default(),
            &QueryLimits::default(),
        )
        .map_err(QueryError::into_diagnostic)?;
        // The graph has language tags in one case.
        let tags = Options {
            language_tags: true,
            ..Options::none()
        };
        let mut pattern = match (prepare(parsed, &tags, &|_| true), ask) {
            (spargebra::Query::Select { pattern, .. }, false)
            | (spargebra::Query::Ask { pattern, .. }, true) => pattern,
            (_, false) => return Err(wrong("`sh:select` is a `SELECT` query".to_owned())),
            (_, true) => return Err(wrong("`sh:ask` is an `ASK` query".to_owned())),
        };
        if let Some(path) = &shape.path {
            algebra::put_path(&mut pattern, path);
        }
        let mut bound: Vec<&str> = PREBOUND.to_vec();
        if ask {
            bound.push("value");
        }
        bound.extend(parameters.keys().map(String::as_str));
        algebra::check(&pattern, &bound, ask).map_err(wrong)?;
        let regular = RegularExpressions::rewrite(&mut pattern).map_err(wrong)?;
        let mut reads = algebra::QueryScope::default();
        reads.pattern(&pattern);
        Ok(Self {
            at_once: !ask && parameters.is_empty() && algebra::is_plain(&pattern),
            reads: if reads.everything {
                QueryReads::Everything
            } else {
                QueryReads::Predicates(reads.predicates)
            },
            pattern,
            ask,
            parameters,
            regular,
        })
    }

    /// What it reads.
    pub(super) fn reads(&self) -> &QueryReads {
        &self.reads
    }

    /// The terms of its parameters.
    pub(super) fn terms(&self) -> impl Iterator<Item = &Term> {
        self.parameters.values()
    }

    /// The terms of its parameters, by name.
    pub(super) fn named_terms(&self) -> impl Iterator<Item = (String, Term)> {
        self.parameters
            .iter()
            .map(|(name, term)| (name.clone(), term.clone()))
    }

    /// Gives every solution for a focus node (and value node) to `each`, until that breaks off.
    pub(super) fn solutions(
        &self,
        graph: &DataGraph,
        this: Id,
        value: Option<Id>,
        each: &mut dyn FnMut(&QuerySolution) -> ControlFlow<()>,
    ) -> Result<(), String> {
        let mut bindings = Bindings::default();
        bindings.bind(graph, "this", this);
        if let Some(value) = value {
            bindings.bind(graph, "value", value);
        }
        for (name, term) in &self.parameters {
            if let Some(id) = graph.find(term) {
                bindings.bind(graph, name, id);
            }
        }
        let mut pattern = self.pattern.clone();
        algebra::bind(&mut pattern, &bindings);
        run(pattern, graph, &self.regular, each)
    }

    /// Gives every solution for any focus node to `each`: only where it finds them at once.
    pub(super) fn all_solutions(
        &self,
        graph: &DataGraph,
        each: &mut dyn FnMut(&QuerySolution) -> ControlFlow<()>,
    ) -> Result<(), String> {
        run(self.pattern.clone(), graph, &self.regular, each)
    }

    /// Whether an `ASK` query says yes.
    pub(super) fn holds(&self, graph: &DataGraph, this: Id, value: Id) -> Result<bool, String> {
        let mut holds = false;
        self.solutions(graph, this, Some(value), &mut |_| {
            holds = true;
            ControlFlow::Break(())
        })?;
        Ok(holds)
    }
}

fn run(
    pattern: GraphPattern,
    graph: &DataGraph,
    regular: &RegularExpressions,
    each: &mut dyn FnMut(&QuerySolution) -> ControlFlow<()>,
) -> Result<(), String> {
    let query = spargebra::Query::Select {
        dataset: None,
        pattern,
        base_iri: None,
    };
    let contains = |term: TermRef<'_>| graph.is_node(&term.into_owned());
    // Values are in the place of variables by now: what is wrong with paths depends on them.
    let repairs = Options {
        repairs: true,
        ..Options::none()
    };
    let query = prepare(query, &repairs, &contains);
    // There is no handler for `SERVICE`, and it was refused with the algebra.
    let evaluator = regular.register(with_functions(QueryEvaluator::new()));
    let results = evaluator
        .prepare(&query)
        .execute(graph)
        .map_err(|error| error.to_string())?;
    let QueryResults::Solutions(solutions) = results else {
        return Ok(());
    };
    for solution in solutions {
        if each(&solution.map_err(|error| error.to_string())?).is_break() {
            break;
        }
    }
    match regular.failure() {
        None => Ok(()),
        Some(why) => Err(why.to_owned()),
    }
}

/// Texts for people.
pub(super) fn messages(source: &ShapesGraph, holder: &SubjectNode) -> Vec<Literal> {
    let statements = source.values(holder, &sh("message"));
    statements
        .filter_map(|statement| message(&statement.object))
        .collect()
}

/// The prefixes that a query may use, as one line of SPARQL (SHACL §5.2.1); or what is wrong with them, and where.
fn prefixes(source: &ShapesGraph, holder: &SubjectNode) -> Result<String, (Place, String)> {
    const IMPORTS: &str = "http://www.w3.org/2002/07/owl#imports";
    let mut waiting: Vec<SubjectNode> = source
        .values(holder, &sh("prefixes"))
        .filter_map(|statement| node(&statement.object))
        .collect();
    let mut seen = HashSet::new();
    let mut namespaces: BTreeMap<String, String> = BTreeMap::new();
    while let Some(ontology) = waiting.pop() {
        if !seen.insert(ontology.clone()) {
            continue;
        }
        let imports = source.values(&ontology, IMPORTS);
        waiting.extend(imports.filter_map(|statement| node(&statement.object)));
        for declaration in source.values(&ontology, &sh("declare")) {
            let Some(declared) = node(&declaration.object) else {
                let message = "`sh:declare` is a node with `sh:prefix` and `sh:namespace`";
                return Err((declaration.place.clone(), message.to_owned()));
            };
            let value = |name: &str| {
                let mut values = source.values(&declared, &sh(name));
                match (values.next(), values.next()) {
                    (
                        Some(ShapesTriple {
                            object: Term::Literal(literal),
                            place,
                            ..
                        }),
                        None,
                    ) => Ok((literal.value().to_owned(), place.clone())),
                    (_, Some(second)) => {
                        let message = format!("a declared prefix has one `sh:{name}`");
                        Err((second.place.clone(), message))
                    }
                    _ => {
                        let message = format!("a declared prefix has a text as its `sh:{name}`");
                        Err((source.place(&declared), message))
                    }
                }
            };
            let (prefix, place) = value("prefix")?;
            let (namespace, of_namespace) = value("namespace")?;
            if NamedNode::new(namespace.as_str()).is_err() {
                let message = format!("`sh:namespace` is an IRI, not `{namespace}`");
                return Err((of_namespace, message));
            }
            match namespaces.get(&prefix) {
                Some(other) if *other != namespace => {
                    let message = format!(
                        "the prefix `{prefix}` is declared with two namespaces: <{other}> and <{namespace}>"
                    );
                    return Err((place, message));
                }
                _ => drop(namespaces.insert(prefix, namespace)),
            }
        }
    }
    let lines = namespaces
        .iter()
        .map(|(prefix, namespace)| format!("PREFIX {prefix}: <{namespace}> "));
    Ok(lines.collect())
}

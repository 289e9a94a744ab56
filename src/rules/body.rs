//! The body of a rule: its `WHERE` clause, and the triple patterns that are its premises.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::query::Visitor;
use oxrdf::{NamedNode, NamedOrBlankNode, Term, Triple, Variable};
use spareval::QuerySolution;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// What a rule asks for.
#[derive(Debug, Clone)]
pub(super) struct Body {
    /// The pattern, with a variable in the place of each blank node.
    pub(super) pattern: GraphPattern,
    /// Every triple pattern in it.
    pub(super) premises: Vec<TriplePattern>,
    /// Every variable that can be bound by it.
    pub(super) variables: BTreeSet<Variable>,
}

/// Something that has no place in a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BodyRefusal {
    /// The word of the query by which it is found in the text.
    pub(super) word: &'static str,
    /// What is wrong with it.
    pub(super) why: &'static str,
}

const fn refuse(word: &'static str, why: &'static str) -> BodyRefusal {
    BodyRefusal { word, why }
}

const GRAPH: BodyRefusal = refuse(
    "GRAPH",
    "a rule can read only the default graph and inferred triples",
);
const NEGATION: BodyRefusal = refuse(
    "EXISTS",
    "a rule cannot use negation: more facts would give fewer inferences",
);
const MINUS: BodyRefusal = refuse("MINUS", NEGATION.why);
const OPTIONAL: BodyRefusal = refuse(
    "OPTIONAL",
    "a rule has no optional premises; write two rules",
);
const PATH: BodyRefusal = refuse(
    "WHERE",
    "a property path in the body has no premises that can be named; write the steps as triple patterns, or a rule for each step",
);
const SELECT: BodyRefusal = refuse("SELECT", "a rule has no sub-selects and no aggregates");
const MODIFIER: BodyRefusal = refuse(
    "CONSTRUCT",
    "a rule has no `ORDER BY`, `LIMIT`, `OFFSET` or `GROUP BY`",
);
const TRIPLE_TERM: BodyRefusal = refuse("CONSTRUCT", "a rule has no triple terms");
const HEAD_BLANK: BodyRefusal = refuse(
    "CONSTRUCT",
    "the head of a rule makes no blank nodes: there would be new ones for ever",
);

impl Body {
    /// The body of a `CONSTRUCT` query.
    pub(super) fn of(pattern: &GraphPattern) -> Result<Self, BodyRefusal> {
        let mut body = Self {
            pattern: GraphPattern::default(),
            premises: Vec::new(),
            variables: BTreeSet::new(),
        };
        let mut inner = pattern;
        // The parser wraps the pattern of every query.
        while let GraphPattern::Project { inner: next, .. }
        | GraphPattern::Reduced { inner: next }
        | GraphPattern::Distinct { inner: next } = inner
        {
            inner = next;
        }
        let inner = match inner {
            GraphPattern::Slice { .. }
            | GraphPattern::OrderBy { .. }
            | GraphPattern::Group { .. } => return Err(MODIFIER),
            inner => body.pattern(inner)?,
        };
        body.pattern = GraphPattern::Project {
            inner: Box::new(inner),
            variables: body.variables.iter().cloned().collect(),
        };
        Ok(body)
    }

    /// Recurses with the depth of the query, which its limits bound.
    fn pattern(&mut self, pattern: &GraphPattern) -> Result<GraphPattern, BodyRefusal> {
        Ok(match pattern {
            GraphPattern::Bgp { patterns } => {
                let patterns: Vec<TriplePattern> = patterns
                    .iter()
                    .map(|pattern| self.triple(pattern))
                    .collect::<Result<_, _>>()?;
                self.premises.extend(patterns.iter().cloned());
                GraphPattern::Bgp { patterns }
            }
            GraphPattern::Join { left, right } => GraphPattern::Join {
                left: Box::new(self.pattern(left)?),
                right: Box::new(self.pattern(right)?),
            },
            GraphPattern::Union { left, right } => GraphPattern::Union {
                left: Box::new(self.pattern(left)?),
                right: Box::new(self.pattern(right)?),
            },
            GraphPattern::Filter { expr, inner } => {
                without_exists(expr)?;
                GraphPattern::Filter {
                    expr: expr.clone(),
                    inner: Box::new(self.pattern(inner)?),
                }
            }
            GraphPattern::Extend {
                inner,
                variable,
                expression,
            } => {
                without_exists(expression)?;
                let inner = Box::new(self.pattern(inner)?);
                self.variables.insert(variable.clone());
                GraphPattern::Extend {
                    inner,
                    variable: variable.clone(),
                    expression: expression.clone(),
                }
            }
            GraphPattern::Values { variables, .. } => {
                self.variables.extend(variables.iter().cloned());
                pattern.clone()
            }
            GraphPattern::Path { .. } => return Err(PATH),
            GraphPattern::LeftJoin { .. } => return Err(OPTIONAL),
            GraphPattern::Minus { .. } => return Err(MINUS),
            GraphPattern::Graph { .. } => return Err(GRAPH),
            GraphPattern::Service { .. } => return Err(refuse("SERVICE", GRAPH.why)),
            GraphPattern::OrderBy { .. }
            | GraphPattern::Project { .. }
            | GraphPattern::Distinct { .. }
            | GraphPattern::Reduced { .. }
            | GraphPattern::Slice { .. }
            | GraphPattern::Group { .. }
            | GraphPattern::Lateral { .. } => return Err(SELECT),
        })
    }

    fn triple(&mut self, pattern: &TriplePattern) -> Result<TriplePattern, BodyRefusal> {
        if let NamedNodePattern::Variable(variable) = &pattern.predicate {
            self.variables.insert(variable.clone());
        }
        Ok(TriplePattern {
            subject: self.term(&pattern.subject)?,
            predicate: pattern.predicate.clone(),
            object: self.term(&pattern.object)?,
        })
    }

    fn term(&mut self, term: &TermPattern) -> Result<TermPattern, BodyRefusal> {
        let variable = match term {
            TermPattern::NamedNode(_) | TermPattern::Literal(_) => return Ok(term.clone()),
            TermPattern::Variable(variable) => variable.clone(),
            // Labels of blank nodes are letters and digits. A variable of the query cannot have this name
            // by chance: the parser's labels are random, and those of the text come with a letter.
            TermPattern::BlankNode(node) => {
                Variable::new_unchecked(format!("_blank_{}", node.as_str()))
            }
            TermPattern::Triple(_) => return Err(TRIPLE_TERM),
        };
        self.variables.insert(variable.clone());
        Ok(TermPattern::Variable(variable))
    }
}

/// Checks the head of a rule. Its variables must be bound by the body.
pub(super) fn check_head(
    head: &[TriplePattern],
    body: &Body,
    text: &str,
    file: &str,
) -> Option<Diagnostic> {
    let mut unbound = None;
    for pattern in head {
        for term in [&pattern.subject, &pattern.object] {
            match term {
                TermPattern::BlankNode(_) => return Some(HEAD_BLANK.at(text, file)),
                TermPattern::Triple(_) => return Some(TRIPLE_TERM.at(text, file)),
                TermPattern::Variable(variable) if !body.variables.contains(variable) => {
                    unbound = Some(variable);
                }
                _ => {}
            }
        }
        if let NamedNodePattern::Variable(variable) = &pattern.predicate
            && !body.variables.contains(variable)
        {
            unbound = Some(variable);
        }
    }
    unbound.map(|variable| {
        Diagnostic::new(
            Code::Rule,
            place(text, file, variable.as_str()),
            format!("the body of the rule does not bind {variable}, so that nothing follows"),
        )
    })
}

impl BodyRefusal {
    /// The refusal as a diagnostic at the word in the text.
    pub(super) fn at(self, text: &str, file: &str) -> Diagnostic {
        Diagnostic::new(Code::Rule, place(text, file, self.word), self.why)
    }
}

/// The first place of a word outside of comment lines, whatever its case.
pub(super) fn place(text: &str, file: &str, word: &str) -> Place {
    let upper = word.to_ascii_uppercase();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with('#') {
            continue;
        }
        // ASCII letters alone change, so that positions stay.
        if let Some(at) = line.to_ascii_uppercase().find(&upper) {
            let before = line.get(..at).map_or(0, |before| before.chars().count());
            return Place::at(file, number as u64 + 1, before as u64 + 1);
        }
    }
    Place::file(file)
}

fn without_exists(expression: &Expression) -> Result<(), BodyRefusal> {
    /// Whether there is an `EXISTS`.
    struct Negation(bool);
    impl Visitor for Negation {
        fn pattern(&mut self, _: &GraphPattern) {
            // `EXISTS` alone brings a pattern into an expression.
            self.0 = true;
        }
    }
    let mut negation = Negation(false);
    negation.expression(expression);
    if negation.0 { Err(NEGATION) } else { Ok(()) }
}

/// The triple of a pattern in a solution; `None` where something is not bound, or is not a term for its place.
pub(super) fn instantiate(pattern: &TriplePattern, solution: &QuerySolution) -> Option<Triple> {
    let term = |term: &TermPattern| match term {
        TermPattern::NamedNode(node) => Some(Term::from(node.clone())),
        TermPattern::Literal(literal) => Some(literal.clone().into()),
        TermPattern::Variable(variable) => solution.get(variable).cloned(),
        TermPattern::BlankNode(_) | TermPattern::Triple(_) => None,
    };
    let subject = match term(&pattern.subject)? {
        Term::NamedNode(node) => NamedOrBlankNode::from(node),
        _ => return None,
    };
    let predicate: NamedNode = match &pattern.predicate {
        NamedNodePattern::NamedNode(node) => node.clone(),
        NamedNodePattern::Variable(variable) => match solution.get(variable)? {
            Term::NamedNode(node) => node.clone(),
            _ => return None,
        },
    };
    Some(Triple {
        subject,
        predicate,
        object: term(&pattern.object)?,
    })
}

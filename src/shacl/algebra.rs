//! Queries of constraints on the algebra: what they may hold, what they read, and values put in the
//! place of variables before they are evaluated (SHACL §5.3.1).

use super::data::{DataGraph, Id, stand_in};
use super::path::PropertyPath;
use crate::query::{
    Visitor, VisitorMut, walk_expression, walk_expression_mut, walk_pattern, walk_pattern_mut,
};
use oxrdf::{NamedNode, Term, Variable};
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet};
use std::mem;

/// The variables that the outermost `SELECT` returns.
fn projected(pattern: &GraphPattern) -> Option<&[Variable]> {
    match pattern {
        GraphPattern::Project { variables, .. } => Some(variables),
        GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. }
        | GraphPattern::OrderBy { inner, .. } => projected(inner),
        _ => None,
    }
}

fn has(variables: &[Variable], name: &str) -> bool {
    variables.iter().any(|variable| variable.as_str() == name)
}

fn is_this(variable: &Variable) -> bool {
    variable.as_str() == "this"
}

/// Checks what SHACL §5.2.1 asks of queries whose variables are bound beforehand.
pub(super) fn check(pattern: &GraphPattern, bound: &[&str], ask: bool) -> Result<(), String> {
    if !ask && !projected(pattern).is_some_and(|variables| has(variables, "this")) {
        return Err("the query does not select `$this`".to_owned());
    }
    let mut rules = ConstraintRules {
        bound,
        selects: 0,
        problem: None,
    };
    rules.pattern(pattern);
    match rules.problem {
        Some(problem) => Err(problem),
        None => Ok(()),
    }
}

/// Looks for what a constraint must not hold.
struct ConstraintRules<'b> {
    bound: &'b [&'b str],
    selects: usize,
    problem: Option<String>,
}

impl ConstraintRules<'_> {
    fn assigned(&self, variable: &Variable) -> Option<String> {
        self.bound.contains(&variable.as_str()).then(|| {
            format!("`{variable}` has its value beforehand; the query cannot give it one with `AS`")
        })
    }
}

impl Visitor for ConstraintRules<'_> {
    fn pattern(&mut self, pattern: &GraphPattern) {
        let problem = match pattern {
            GraphPattern::Minus { .. } => {
                Some("`MINUS` is not allowed in a constraint; write `FILTER NOT EXISTS`".to_owned())
            }
            GraphPattern::Values { .. } => {
                Some("`VALUES` is not allowed in a constraint; write `FILTER(… IN (…))`".to_owned())
            }
            GraphPattern::Graph { .. } => {
                Some("`GRAPH` is not supported in a constraint: shapes see one graph".to_owned())
            }
            GraphPattern::Extend { variable, .. } => self.assigned(variable),
            GraphPattern::Group { aggregates, .. } => aggregates
                .iter()
                .find_map(|(variable, _)| self.assigned(variable)),
            GraphPattern::Project { variables, .. } => {
                self.selects += 1;
                let optional = ["shapesGraph", "currentShape"];
                let missing = self
                    .bound
                    .iter()
                    .find(|name| !optional.contains(name) && !has(variables, name));
                // The outermost one returns what the kind of constraint asks for.
                missing.filter(|_| self.selects > 1).map(|missing| {
                    format!("a sub-select must return `${missing}`, which has its value beforehand")
                })
            }
            _ => None,
        };
        if self.problem.is_none() {
            self.problem = problem;
            walk_pattern(self, pattern);
        }
    }
}

/// What a query can look at.
#[derive(Debug, Default)]
pub(super) struct QueryScope {
    pub(super) everything: bool,
    pub(super) predicates: BTreeSet<String>,
}

impl Visitor for QueryScope {
    fn pattern(&mut self, pattern: &GraphPattern) {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                for triple in patterns {
                    match &triple.predicate {
                        NamedNodePattern::NamedNode(predicate) => self.predicate(predicate),
                        NamedNodePattern::Variable(_) => self.everything = true,
                    }
                }
            }
            GraphPattern::Path { path, .. } => self.path(path),
            _ => {}
        }
        walk_pattern(self, pattern);
    }
}

impl QueryScope {
    fn predicate(&mut self, predicate: &NamedNode) {
        self.predicates.insert(predicate.as_str().to_owned());
    }

    fn path(&mut self, path: &PropertyPathExpression) {
        match path {
            PropertyPathExpression::NamedNode(predicate) => self.predicate(predicate),
            PropertyPathExpression::NegatedPropertySet(_) => self.everything = true,
            PropertyPathExpression::Reverse(path) | PropertyPathExpression::OneOrMore(path) => {
                self.path(path)
            }
            PropertyPathExpression::ZeroOrMore(path) | PropertyPathExpression::ZeroOrOne(path) => {
                self.path(path)
            }
            PropertyPathExpression::Sequence(a, b) | PropertyPathExpression::Alternative(a, b) => {
                self.path(a);
                self.path(b);
            }
        }
    }
}

/// Whether the solutions for each focus node are those of the unchanged query that have this focus
/// node: then one evaluation serves all.
///
/// It is so where every group binds `$this` by a triple before anything else can see that it is unbound,
/// and nothing counts or cuts solutions.
pub(super) fn is_plain(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Project { inner, .. } => binds_this(inner),
        GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } => is_plain(inner),
        _ => false,
    }
}

/// Whether every solution of a pattern has `$this` from a triple, with nothing that depends on the order
/// of evaluation.
fn binds_this(pattern: &GraphPattern) -> bool {
    let this = |term: &TermPattern| matches!(term, TermPattern::Variable(v) if is_this(v));
    match pattern {
        GraphPattern::Bgp { patterns } => patterns
            .iter()
            .any(|triple| this(&triple.subject) || this(&triple.object)),
        GraphPattern::Path {
            subject,
            object,
            path,
        } => (this(subject) || this(object)) && !reaches_itself(path),
        GraphPattern::Join { left, right } => {
            // A side without `$this` is the same for every focus node, as long as nothing in it looks for it.
            let free = |side: &GraphPattern| binds_this(side) || !mentions_this(side);
            (binds_this(left) && free(right)) || (binds_this(right) && free(left))
        }
        GraphPattern::Union { left, right } => binds_this(left) && binds_this(right),
        GraphPattern::LeftJoin {
            left,
            right,
            expression,
        } => {
            binds_this(left)
                && (binds_this(right) || !mentions_this(right))
                && expression.as_ref().is_none_or(has_plain_exists)
        }
        GraphPattern::Filter { expr, inner } => binds_this(inner) && has_plain_exists(expr),
        GraphPattern::Extend {
            inner, expression, ..
        } => binds_this(inner) && has_plain_exists(expression),
        _ => false,
    }
}

/// `?` and `*` reach their start without a triple.
fn reaches_itself(path: &PropertyPathExpression) -> bool {
    match path {
        PropertyPathExpression::NamedNode(_) | PropertyPathExpression::NegatedPropertySet(_) => {
            false
        }
        PropertyPathExpression::ZeroOrMore(_) | PropertyPathExpression::ZeroOrOne(_) => true,
        PropertyPathExpression::Reverse(path) | PropertyPathExpression::OneOrMore(path) => {
            reaches_itself(path)
        }
        PropertyPathExpression::Sequence(a, b) => reaches_itself(a) && reaches_itself(b),
        PropertyPathExpression::Alternative(a, b) => reaches_itself(a) || reaches_itself(b),
    }
}

/// Whether the patterns of `EXISTS` in an expression see `$this` bound wherever they use it: they are
/// made of triples, paths and filters.
fn has_plain_exists(of: &Expression) -> bool {
    struct PlainPattern(bool);
    impl Visitor for PlainPattern {
        fn pattern(&mut self, pattern: &GraphPattern) {
            self.0 &= matches!(
                pattern,
                GraphPattern::Bgp { .. }
                    | GraphPattern::Path { .. }
                    | GraphPattern::Join { .. }
                    | GraphPattern::Filter { .. }
            );
            walk_pattern(self, pattern);
        }
    }
    let mut plain = PlainPattern(true);
    plain.expression(of);
    plain.0
}

fn mentions_this(pattern: &GraphPattern) -> bool {
    struct Mentions(bool);
    impl Visitor for Mentions {
        fn pattern(&mut self, pattern: &GraphPattern) {
            pattern.on_in_scope_variable(|variable| self.0 |= is_this(variable));
            walk_pattern(self, pattern);
        }

        fn expression(&mut self, expression: &Expression) {
            if let Expression::Variable(variable) | Expression::Bound(variable) = expression {
                self.0 |= is_this(variable);
            }
            walk_expression(self, expression);
        }
    }
    let mut mentions = Mentions(false);
    mentions.pattern(pattern);
    mentions.0
}

/// Puts the path of a shape in the place of `$PATH`.
pub(super) fn put_path(pattern: &mut GraphPattern, path: &PropertyPath) {
    struct PathSubstitution<'p>(&'p PropertyPath);
    impl VisitorMut for PathSubstitution<'_> {
        fn pattern(&mut self, pattern: &mut GraphPattern) {
            if let GraphPattern::Bgp { patterns } = pattern {
                *pattern = with_path(mem::take(patterns), self.0);
            }
            walk_pattern_mut(self, pattern);
        }
    }
    PathSubstitution(path).pattern(pattern);
}

fn with_path(patterns: Vec<TriplePattern>, path: &PropertyPath) -> GraphPattern {
    let is_path = |name: &NamedNodePattern| matches!(name, NamedNodePattern::Variable(v) if v.as_str() == "PATH");
    let mut plain = Vec::with_capacity(patterns.len());
    let mut paths = Vec::new();
    for mut triple in patterns {
        match path {
            _ if !is_path(&triple.predicate) => plain.push(triple),
            PropertyPath::Predicate(predicate) => {
                triple.predicate = predicate.clone().into();
                plain.push(triple);
            }
            _ => paths.push(GraphPattern::Path {
                subject: triple.subject,
                path: path.expression(),
                object: triple.object,
            }),
        }
    }
    paths
        .into_iter()
        .fold(GraphPattern::Bgp { patterns: plain }, |left, right| {
            GraphPattern::Join {
                left: Box::new(left),
                right: Box::new(right),
            }
        })
}

/// Values that variables have before a query is evaluated.
#[derive(Debug, Default)]
pub(super) struct Bindings(BTreeMap<String, (Term, Id)>);

impl Bindings {
    pub(super) fn bind(&mut self, graph: &DataGraph, name: &str, id: Id) {
        if let Some(term) = graph.term(id) {
            self.0.insert(name.to_owned(), (term.clone(), id));
        }
    }

    fn get(&self, variable: &Variable) -> Option<&(Term, Id)> {
        self.0.get(variable.as_str())
    }
}

/// Puts values in the place of variables wherever they are.
pub(super) fn bind(pattern: &mut GraphPattern, bindings: &Bindings) {
    Bind {
        bindings,
        blank: BTreeSet::new(),
    }
    .pattern(pattern);
}

struct Bind<'b> {
    bindings: &'b Bindings,
    /// Variables with blank nodes that the expressions of this pattern use. A blank node cannot be in an
    /// expression: its variable stays there, bound just before.
    blank: BTreeSet<String>,
}

impl VisitorMut for Bind<'_> {
    fn pattern(&mut self, pattern: &mut GraphPattern) {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                for triple in patterns {
                    self.triple(triple);
                }
            }
            GraphPattern::Path {
                subject, object, ..
            } => {
                self.term(subject, false);
                self.term(object, false);
            }
            _ => {}
        }
        let outer = mem::take(&mut self.blank);
        walk_pattern_mut(self, pattern);
        let blank = mem::replace(&mut self.blank, outer);
        let inner = match pattern {
            GraphPattern::Filter { inner, .. }
            | GraphPattern::Extend { inner, .. }
            | GraphPattern::OrderBy { inner, .. }
            | GraphPattern::Group { inner, .. }
            | GraphPattern::LeftJoin { left: inner, .. } => inner,
            _ => return,
        };
        for name in blank {
            let Some((_, id)) = self.bindings.0.get(&name) else {
                continue;
            };
            let bare = GraphPattern::Bgp {
                patterns: Vec::new(),
            };
            **inner = GraphPattern::Join {
                left: Box::new(mem::replace(&mut **inner, bare)),
                right: Box::new(GraphPattern::Values {
                    variables: vec![Variable::new_unchecked(name)],
                    bindings: vec![vec![Some(GroundTerm::NamedNode(stand_in(*id)))]],
                }),
            };
        }
    }

    fn expression(&mut self, expression: &mut Expression) {
        match expression {
            Expression::Variable(variable) => match self.bindings.get(variable) {
                Some((Term::NamedNode(node), _)) => {
                    *expression = Expression::NamedNode(node.clone());
                }
                Some((Term::Literal(literal), _)) => {
                    *expression = Expression::Literal(literal.clone());
                }
                Some(_) => drop(self.blank.insert(variable.as_str().to_owned())),
                None => {}
            },
            Expression::Bound(variable) if self.bindings.get(variable).is_some() => {
                *expression = Expression::Literal(oxrdf::Literal::from(true));
            }
            _ => walk_expression_mut(self, expression),
        }
    }
}

impl Bind<'_> {
    fn triple(&self, triple: &mut TriplePattern) {
        self.term(&mut triple.subject, true);
        if let NamedNodePattern::Variable(variable) = &triple.predicate
            && let Some((value, id)) = self.bindings.get(variable)
        {
            triple.predicate = match value {
                Term::NamedNode(node) => node.clone().into(),
                _ => stand_in(*id).into(),
            };
        }
        self.term(&mut triple.object, false);
    }

    fn term(&self, term: &mut TermPattern, subject: bool) {
        match term {
            TermPattern::Variable(variable) => {
                let Some((value, id)) = self.bindings.get(variable) else {
                    return;
                };
                *term = match value {
                    Term::NamedNode(node) => node.clone().into(),
                    Term::Literal(literal) if !subject => literal.clone().into(),
                    _ => stand_in(*id).into(),
                };
            }
            TermPattern::Triple(triple) => self.triple(triple),
            TermPattern::NamedNode(_) | TermPattern::BlankNode(_) | TermPattern::Literal(_) => {}
        }
    }
}

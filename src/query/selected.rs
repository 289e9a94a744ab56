//! Variables that a query selects or filters by, and to which nothing in it gives a value.

use super::visit::{Visitor, compared, pattern_of, walk_expression, walk_pattern};
use crate::diagnostic::suggest;
use oxrdf::Variable;
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// A sentence for each variable that a query selects and nothing can bind; of an `empty` answer, also for those by which
/// it filters.
///
/// Recurses with the depth of the query: call it on a large stack.
pub(super) fn hints(query: &Query, empty: bool) -> Vec<String> {
    let pattern = pattern_of(query);
    let mut bound = PatternVariables::default();
    bound.pattern(pattern);
    let mut found: Vec<(&Variable, &str)> = match query {
        Query::Select { .. } => projected(pattern)
            .iter()
            .map(|it| (it, "selected"))
            .collect(),
        _ => Vec::new(),
    };
    if empty {
        found.extend(bound.compared.iter().map(|it| (it, "compared")));
    }
    found.retain(|(variable, _)| !bound.names.contains(variable.as_str()));
    found
        .into_iter()
        .map(|(variable, how)| {
            let others = bound.names.iter().map(String::as_str);
            let near = suggest::nearest(variable.as_str(), others);
            let near = near.map_or_else(String::new, |near| format!("; did you mean `?{near}`?"));
            format!("`{variable}` is {how}, and nothing in the query gives it a value{near}")
        })
        .collect()
}

/// The variables of the outermost `SELECT`.
fn projected(pattern: &GraphPattern) -> &[Variable] {
    match pattern {
        GraphPattern::Project { variables, .. } => variables,
        GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => projected(inner),
        _ => &[],
    }
}

/// Names of variables that a pattern can bind, and variables that it compares.
#[derive(Default)]
struct PatternVariables {
    names: BTreeSet<String>,
    compared: Vec<Variable>,
}

impl PatternVariables {
    fn add(&mut self, variable: &Variable) {
        self.names.insert(variable.as_str().to_owned());
    }

    fn compare(&mut self, expression: &Expression) {
        if let Expression::Variable(variable) = expression
            && !self.compared.contains(variable)
        {
            self.compared.push(variable.clone());
        }
    }

    fn term(&mut self, term: &TermPattern) {
        match term {
            TermPattern::Variable(variable) => self.add(variable),
            TermPattern::Triple(triple) => self.triple(triple),
            _ => {}
        }
    }

    fn triple(&mut self, triple: &TriplePattern) {
        self.term(&triple.subject);
        if let NamedNodePattern::Variable(variable) = &triple.predicate {
            self.add(variable);
        }
        self.term(&triple.object);
    }
}

impl Visitor for PatternVariables {
    fn pattern(&mut self, pattern: &GraphPattern) {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                patterns.iter().for_each(|triple| self.triple(triple));
            }
            GraphPattern::Path {
                subject, object, ..
            } => {
                self.term(subject);
                self.term(object);
            }
            GraphPattern::Graph {
                name: NamedNodePattern::Variable(variable),
                ..
            }
            | GraphPattern::Extend { variable, .. } => self.add(variable),
            GraphPattern::Values { variables, .. } => {
                variables.iter().for_each(|variable| self.add(variable));
            }
            GraphPattern::Group {
                variables,
                aggregates,
                ..
            } => {
                variables.iter().for_each(|variable| self.add(variable));
                aggregates
                    .iter()
                    .for_each(|(variable, _)| self.add(variable));
            }
            _ => {}
        }
        walk_pattern(self, pattern);
    }

    fn expression(&mut self, expression: &Expression) {
        if let Some((one, other)) = compared(expression) {
            self.compare(one);
            self.compare(other);
        }
        // What need not hold drops no row.
        if !matches!(expression, Expression::Or(..)) {
            walk_expression(self, expression);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spargebra::SparqlParser;

    #[test]
    fn variables_that_nothing_binds_are_named() {
        for (text, expected) in [
            ("SELECT ?s { ?s ?p ?o }", None),
            (
                "SELECT ?name { ?s <urn:p> ?nam }",
                Some(
                    "`?name` is selected, and nothing in the query gives it a value; did you mean `?nam`?",
                ),
            ),
            ("SELECT ?x { GRAPH ?x { ?s <urn:p>/<urn:q> ?o } }", None),
            ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", None),
            ("SELECT ?x { VALUES ?x { 1 } }", None),
            ("SELECT ?x { { SELECT (1 AS ?x) {} } }", None),
            (
                "SELECT * { ?s ?p ?value FILTER(?vale > 1) }",
                Some(
                    "`?vale` is compared, and nothing in the query gives it a value; did you mean `?value`?",
                ),
            ),
        ] {
            let query = SparqlParser::new().parse_query(text).unwrap();
            assert_eq!(
                hints(&query, true).first().map(String::as_str),
                expected,
                "{text}"
            );
        }
    }
}

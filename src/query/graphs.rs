//! The graphs that a query names.

use super::visit::{Visitor, pattern_of, walk_expression, walk_pattern};
use oxrdf::Variable;
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{GroundTerm, NamedNodePattern};
use std::collections::{BTreeMap, BTreeSet};

/// IRIs of the graphs that a query names: in `GRAPH`, `FROM` and `FROM NAMED`, and as values of a variable
/// of `GRAPH`, in `VALUES`, `BIND`, `IN` and comparisons.
///
/// Recurses with the depth of the query: call it on a large stack.
pub(super) fn named(query: &Query) -> BTreeSet<String> {
    let mut names = GraphReferences::default();
    let pattern = pattern_of(query);
    names.pattern(pattern);
    if let Some(dataset) = query.dataset() {
        let named = dataset.named.iter().flatten();
        for graph in dataset.default.iter().chain(named) {
            names.graphs.insert(graph.as_str().to_owned());
        }
    }
    for variable in &names.variables {
        let values = names.values.remove(variable);
        names.graphs.extend(values.into_iter().flatten());
    }
    names.graphs
}

#[derive(Default)]
struct GraphReferences {
    graphs: BTreeSet<String>,
    /// Variables of `GRAPH`.
    variables: BTreeSet<String>,
    /// The IRIs that a variable is said to be, whether it is one of a graph or not.
    values: BTreeMap<String, BTreeSet<String>>,
}

impl GraphReferences {
    fn value(&mut self, variable: &Variable, iri: &str) {
        let values = self.values.entry(variable.as_str().to_owned());
        values.or_default().insert(iri.to_owned());
    }

    fn compared(&mut self, one: &Expression, other: &Expression) {
        if let (Expression::Variable(variable), Expression::NamedNode(node))
        | (Expression::NamedNode(node), Expression::Variable(variable)) = (one, other)
        {
            self.value(variable, node.as_str());
        }
    }
}

impl Visitor for GraphReferences {
    fn pattern(&mut self, pattern: &GraphPattern) {
        match pattern {
            GraphPattern::Graph { name, .. } => match name {
                NamedNodePattern::NamedNode(node) => {
                    self.graphs.insert(node.as_str().to_owned());
                }
                NamedNodePattern::Variable(variable) => {
                    self.variables.insert(variable.as_str().to_owned());
                }
            },
            GraphPattern::Values {
                variables,
                bindings,
            } => {
                for row in bindings {
                    for (variable, term) in variables.iter().zip(row) {
                        if let Some(GroundTerm::NamedNode(node)) = term {
                            self.value(variable, node.as_str());
                        }
                    }
                }
            }
            GraphPattern::Extend {
                variable,
                expression: Expression::NamedNode(node),
                ..
            } => self.value(variable, node.as_str()),
            _ => {}
        }
        walk_pattern(self, pattern);
    }

    fn expression(&mut self, expression: &Expression) {
        match expression {
            // One that is compared to be left out is left out by the query itself.
            Expression::Equal(a, b) | Expression::SameTerm(a, b) => self.compared(a, b),
            Expression::In(a, list) => {
                for item in list {
                    self.compared(a, item);
                }
            }
            _ => {}
        }
        walk_expression(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spargebra::{SparqlParser, SparqlSyntaxError};

    #[test]
    fn graphs_that_a_query_names() -> Result<(), SparqlSyntaxError> {
        for (text, expected) in [
            ("SELECT * { ?s ?p <e:a> }", &[][..]),
            ("SELECT * { GRAPH ?g { ?s ?p <e:a> } }", &[]),
            ("SELECT * { GRAPH <e:a> { ?s ?p ?o } }", &["e:a"]),
            ("ASK FROM <e:a> FROM NAMED <e:b> {}", &["e:a", "e:b"]),
            (
                "SELECT * { VALUES (?g ?o) { (<e:a> <e:x>) (<e:b> 1) (UNDEF 2) } GRAPH ?g { ?s ?p ?o } }",
                &["e:a", "e:b"],
            ),
            (
                "SELECT * { GRAPH ?g { ?s ?p ?o } FILTER(?g = <e:a> || <e:b> = ?g) }",
                &["e:a", "e:b"],
            ),
            (
                "ASK { FILTER EXISTS { GRAPH ?g { ?s ?p ?o } } FILTER(?g IN (<e:a>, 1)) }",
                &["e:a"],
            ),
            (
                "SELECT * { BIND(<e:a> AS ?g) { SELECT * { GRAPH ?g { ?s ?p ?o } } } }",
                &["e:a"],
            ),
            (
                "SELECT * { VALUES ?s { <e:a> } GRAPH ?g { ?s ?p ?o } }",
                &[],
            ),
        ] {
            let found = named(&SparqlParser::new().parse_query(text)?);
            assert!(found.iter().eq(expected), "{text}: {found:?}");
        }
        Ok(())
    }
}

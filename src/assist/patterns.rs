//! The triples of the graph that a row of an answer rests on.

use crate::query::{Visitor, walk_pattern};
use oxrdf::{NamedNode, Term};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::HashMap;

/// The triple patterns of a query whose variables are those of its rows. Patterns that say what must not be, that
/// read named graphs, or that are counted, are not among them.
pub(super) fn patterns(query: &Query) -> Vec<TriplePattern> {
    let mut collector = Collector::default();
    if let Query::Select { pattern, .. } = query {
        collector.pattern(pattern);
    }
    collector.0
}

/// The values of a row by the names of its variables.
pub(super) type SolutionBindings = HashMap<String, Term>;

/// The triple that a pattern is in a row, if all of it is known there.
pub(super) fn triple(
    pattern: &TriplePattern,
    row: &SolutionBindings,
) -> Option<(NamedNode, NamedNode, Term)> {
    let subject = match term(&pattern.subject, row)? {
        Term::NamedNode(node) => node,
        _ => return None,
    };
    let predicate = match &pattern.predicate {
        NamedNodePattern::NamedNode(node) => node.clone(),
        NamedNodePattern::Variable(variable) => match row.get(variable.as_str())? {
            Term::NamedNode(node) => node.clone(),
            _ => return None,
        },
    };
    Some((subject, predicate, term(&pattern.object, row)?))
}

fn term(pattern: &TermPattern, row: &SolutionBindings) -> Option<Term> {
    match pattern {
        TermPattern::NamedNode(node) => Some(node.clone().into()),
        TermPattern::Literal(literal) => Some(literal.clone().into()),
        TermPattern::Variable(variable) => row.get(variable.as_str()).cloned(),
        TermPattern::BlankNode(_) | TermPattern::Triple(_) => None,
    }
}

#[derive(Default)]
struct Collector(Vec<TriplePattern>);

impl Visitor for Collector {
    fn pattern(&mut self, pattern: &GraphPattern) {
        match pattern {
            GraphPattern::Bgp { patterns } => self.0.extend(patterns.iter().cloned()),
            GraphPattern::Minus { left, .. } => self.pattern(left),
            GraphPattern::Graph { .. }
            | GraphPattern::Service { .. }
            | GraphPattern::Group { .. } => {}
            GraphPattern::Project { inner, variables } => {
                let mut within = Self::default();
                within.pattern(inner);
                // A variable that is not projected may mean something else outside.
                within.0.retain(|pattern| {
                    names(pattern).all(|name| variables.iter().any(|one| one.as_str() == name))
                });
                self.0.append(&mut within.0);
            }
            pattern => walk_pattern(self, pattern),
        }
    }

    fn expression(&mut self, _: &Expression) {}
}

/// The names of the variables of a pattern.
fn names(pattern: &TriplePattern) -> impl Iterator<Item = &str> {
    let predicate = match &pattern.predicate {
        NamedNodePattern::Variable(variable) => Some(variable.as_str()),
        NamedNodePattern::NamedNode(_) => None,
    };
    [name(&pattern.subject), predicate, name(&pattern.object)]
        .into_iter()
        .flatten()
}

fn name(term: &TermPattern) -> Option<&str> {
    match term {
        TermPattern::Variable(variable) => Some(variable.as_str()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spargebra::SparqlParser;

    #[test]
    fn rows_rest_on_what_they_show() {
        let query = SparqlParser::new()
            .parse_query(
                "PREFIX : <http://e/> SELECT ?a ?b WHERE {
                   ?a :p ?b . ?b :q ?hidden . ?a a :C .
                   OPTIONAL { ?b :r ?a }
                   FILTER NOT EXISTS { ?a :s ?b }
                   MINUS { ?a :t ?b }
                   GRAPH :g { ?a :u ?b }
                   { SELECT ?a WHERE { ?a :v ?b } } }",
            )
            .unwrap();
        let found: Vec<String> = patterns(&query)
            .iter()
            .map(|pattern| pattern.predicate.to_string())
            .collect();
        assert_eq!(
            found,
            [
                "<http://e/p>",
                "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>",
                "<http://e/r>"
            ]
        );
    }
}

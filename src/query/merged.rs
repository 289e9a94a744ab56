//! Things that were merged into one: a query about one of them finds what is said of all.
//!
//! Wherever the IRI of such a thing is in a triple pattern or a path, it becomes a variable with the IRIs of
//! all of them as its values. What the pattern finds counts once, as if the graph had one IRI for the thing:
//!
//! ```sparql
//! ?event ex:place <new> .
//! # becomes
//! { SELECT DISTINCT ?event { VALUES ?merged { <new> <old> } ?event ex:place ?merged } }
//! ```
//!
//! In filters, `= <new>` becomes `IN (<new>, <old>)`. Elsewhere the IRI stays: it is the name of the thing.

use super::visit::{VisitorMut, pattern_of_mut, walk_expression_mut, walk_pattern_mut};
use oxrdf::{NamedNode, Variable};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet};

/// Things by their IRI, each with the IRIs of those that were merged into it.
pub type MergedThings = BTreeMap<NamedNode, Vec<NamedNode>>;

/// Merged things as a list of pairs, since keys of JSON objects are texts.
pub(super) mod pairs {
    use super::MergedThings;
    use oxrdf::NamedNode;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(
        merged: &MergedThings,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(merged)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<MergedThings, D::Error> {
        let pairs = Vec::<(NamedNode, Vec<NamedNode>)>::deserialize(deserializer)?;
        Ok(pairs.into_iter().collect())
    }
}

/// Lets a query find what is said of all things that are one.
///
/// Recurses with the depth of the query: call it on a large stack.
pub(super) fn rewrite(query: &mut Query, merged: &MergedThings) {
    if merged.values().all(Vec::is_empty) {
        return;
    }
    let mut rewriting = MergedRewriting {
        merged,
        graphs: Vec::new(),
        variables: 0,
    };
    let pattern = pattern_of_mut(query);
    rewriting.pattern(pattern);
}

struct MergedRewriting<'m> {
    merged: &'m MergedThings,
    /// The variables of the graphs around the pattern, the innermost last.
    graphs: Vec<Variable>,
    /// Variables that were made.
    variables: usize,
}

impl MergedRewriting<'_> {
    /// The IRIs of a thing, if it is several.
    fn all(&self, node: &NamedNode) -> Option<Vec<&NamedNode>> {
        let (node, others) = self.merged.get_key_value(node)?;
        (!others.is_empty()).then(|| std::iter::once(node).chain(others).collect())
    }

    /// Puts a variable in the place of a merged thing and gives the table of its values.
    fn open(&mut self, term: &mut TermPattern, tables: &mut Vec<GraphPattern>) {
        match term {
            TermPattern::NamedNode(node) => {
                let Some(all) = self.all(node) else { return };
                let bindings = all
                    .into_iter()
                    .map(|node| vec![Some(GroundTerm::NamedNode(node.clone()))])
                    .collect();
                let variable = Variable::new_unchecked(format!("merged_{}", self.variables));
                self.variables += 1;
                tables.push(GraphPattern::Values {
                    variables: vec![variable.clone()],
                    bindings,
                });
                *term = variable.into();
            }
            TermPattern::Triple(triple) => {
                self.open(&mut triple.subject, tables);
                self.open(&mut triple.object, tables);
            }
            // Shared with patterns from which this one is parted.
            TermPattern::BlankNode(node) => {
                *term = Variable::new_unchecked(format!("blank_{}", node.as_str())).into();
            }
            TermPattern::Literal(_) | TermPattern::Variable(_) => {}
        }
    }

    /// A pattern with its tables, as a table of its own without repetitions.
    fn once(
        &self,
        tables: Vec<GraphPattern>,
        pattern: GraphPattern,
        mut variables: BTreeSet<Variable>,
    ) -> GraphPattern {
        variables.extend(self.graphs.last().cloned());
        for table in &tables {
            if let GraphPattern::Values {
                variables: made, ..
            } = table
            {
                variables.retain(|variable| !made.contains(variable));
            }
        }
        let inner = tables
            .into_iter()
            .fold(pattern, |pattern, table| join(table, pattern));
        GraphPattern::Distinct {
            inner: Box::new(GraphPattern::Project {
                inner: Box::new(inner),
                variables: variables.into_iter().collect(),
            }),
        }
    }

    /// A basic graph pattern, its triples about merged things parted from the others.
    fn basic(&mut self, patterns: &mut Vec<TriplePattern>) -> GraphPattern {
        let mut parted = Vec::new();
        let mut rest = Vec::new();
        for mut triple in patterns.drain(..) {
            let mut tables = Vec::new();
            self.open(&mut triple.subject, &mut tables);
            self.open(&mut triple.object, &mut tables);
            if tables.is_empty() {
                rest.push(triple);
                continue;
            }
            let mut variables = BTreeSet::new();
            add_variables(&triple, &mut variables);
            let pattern = GraphPattern::Bgp {
                patterns: vec![triple],
            };
            parted.push(self.once(tables, pattern, variables));
        }
        let mut parted = parted.into_iter();
        let Some(first) = parted.next() else {
            return GraphPattern::Bgp { patterns: rest };
        };
        let joined = parted.fold(first, join);
        if rest.is_empty() {
            return joined;
        }
        join(joined, GraphPattern::Bgp { patterns: rest })
    }
}

impl VisitorMut for MergedRewriting<'_> {
    fn pattern(&mut self, pattern: &mut GraphPattern) {
        match pattern {
            GraphPattern::Bgp { patterns } => *pattern = self.basic(patterns),
            GraphPattern::Path {
                subject, object, ..
            } => {
                let mut tables = Vec::new();
                self.open(subject, &mut tables);
                self.open(object, &mut tables);
                if tables.is_empty() {
                    return;
                }
                let mut variables = BTreeSet::new();
                add_term(subject, &mut variables);
                add_term(object, &mut variables);
                let path = std::mem::take(pattern);
                *pattern = self.once(tables, path, variables);
            }
            GraphPattern::Graph {
                name: NamedNodePattern::Variable(variable),
                ..
            } => {
                self.graphs.push(variable.clone());
                walk_pattern_mut(self, pattern);
                self.graphs.pop();
            }
            _ => walk_pattern_mut(self, pattern),
        }
    }

    fn expression(&mut self, expression: &mut Expression) {
        walk_expression_mut(self, expression);
        let constants = |this: &Self, side: &Expression| match side {
            Expression::NamedNode(node) => {
                let all = this.all(node)?;
                Some(
                    all.into_iter()
                        .cloned()
                        .map(Expression::from)
                        .collect::<Vec<_>>(),
                )
            }
            _ => None,
        };
        match expression {
            Expression::Equal(left, right) | Expression::SameTerm(left, right) => {
                let (value, list) = match (constants(self, right), constants(self, left)) {
                    (Some(list), _) => (left, list),
                    (None, Some(list)) => (right, list),
                    (None, None) => return,
                };
                let value = std::mem::replace(value.as_mut(), false_expression());
                *expression = Expression::In(Box::new(value), list);
            }
            Expression::In(_, list) => {
                let more: Vec<Expression> = list
                    .iter()
                    .filter_map(|item| constants(self, item))
                    .flatten()
                    .collect();
                list.extend(more);
            }
            _ => {}
        }
    }
}

/// What replaces an expression that was taken.
fn false_expression() -> Expression {
    oxrdf::Literal::from(false).into()
}

fn join(left: GraphPattern, right: GraphPattern) -> GraphPattern {
    GraphPattern::Join {
        left: Box::new(left),
        right: Box::new(right),
    }
}

fn add_variables(triple: &TriplePattern, variables: &mut BTreeSet<Variable>) {
    add_term(&triple.subject, variables);
    if let NamedNodePattern::Variable(variable) = &triple.predicate {
        variables.insert(variable.clone());
    }
    add_term(&triple.object, variables);
}

fn add_term(term: &TermPattern, variables: &mut BTreeSet<Variable>) {
    match term {
        TermPattern::Variable(variable) => {
            variables.insert(variable.clone());
        }
        TermPattern::Triple(triple) => add_variables(triple, variables),
        TermPattern::NamedNode(_) | TermPattern::BlankNode(_) | TermPattern::Literal(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::MergedThings;
    use crate::query::Request;
    use oxrdf::NamedNode;

    #[test]
    fn a_request_with_merged_things_can_be_sent() -> serde_json::Result<()> {
        let [old, new] = ["old", "new"]
            .map(|name| NamedNode::new_unchecked(format!("http://example.org/{name}")));
        let mut request = Request::new("ASK {}", "query");
        request.merged = MergedThings::from([(new, vec![old])]);
        let text = serde_json::to_string(&request)?;
        let received: Request = serde_json::from_str(&text)?;
        assert_eq!(received.merged, request.merged);
        Ok(())
    }
}

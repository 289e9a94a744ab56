//! COUNT, DISTINCT, GROUP BY and ASK answered from counts.
use crate::counts::{ExactCounts, Graphs};
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedOrBlankNode, Term, TermRef, Variable};
use spargebra::algebra::{AggregateExpression, AggregateFunction, Expression, GraphPattern};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};

/// A table is written into the query up to this number of rows.
const MOST_ROWS: usize = 10_000;

/// A triple pattern whose variables are all different, and the graphs it is matched against.
struct SinglePattern<'a> {
    triple: &'a TriplePattern,
    graphs: Graphs<'a>,
    graph_variable: Option<&'a Variable>,
}

impl<'a> SinglePattern<'a> {
    fn of(
        pattern: &'a GraphPattern,
        default: Graphs<'a>,
        graph: Option<&'a NamedNodePattern>,
    ) -> Option<Self> {
        match pattern {
            GraphPattern::Graph { name, inner } => Self::of(inner, default, Some(name)),
            GraphPattern::Bgp { patterns } => {
                let [triple] = patterns.as_slice() else {
                    return None;
                };
                let (graphs, graph_variable) = match graph {
                    None => (default, None),
                    Some(NamedNodePattern::NamedNode(name)) => {
                        (Graphs::Named(name.as_ref().into()), None)
                    }
                    Some(NamedNodePattern::Variable(variable)) => {
                        (Graphs::AnyNamed, Some(variable))
                    }
                };
                let single = Self {
                    triple,
                    graphs,
                    graph_variable,
                };
                let variables = single.variables()?;
                let distinct = variables
                    .iter()
                    .enumerate()
                    .all(|(at, variable)| !variables[..at].contains(variable));
                distinct.then_some(single)
            }
            _ => None,
        }
    }

    /// Returns the names of its variables and blank nodes, or `None` if it has a triple term, which would have to be matched.
    fn variables(&self) -> Option<Vec<String>> {
        let mut variables = Vec::new();
        for term in [&self.triple.subject, &self.triple.object] {
            match term {
                TermPattern::Variable(variable) => variables.push(variable.as_str().to_owned()),
                TermPattern::BlankNode(node) => variables.push(format!("_:{}", node.as_str())),
                TermPattern::Triple(_) => return None,
                TermPattern::NamedNode(_) | TermPattern::Literal(_) => {}
            }
        }
        if let NamedNodePattern::Variable(variable) = &self.triple.predicate {
            variables.push(variable.as_str().to_owned());
        }
        variables.extend(
            self.graph_variable
                .map(|variable| variable.as_str().to_owned()),
        );
        Some(variables)
    }

    fn count<C: ExactCounts>(&self, counts: &C) -> Result<u64, C::Error> {
        let predicate = match &self.triple.predicate {
            NamedNodePattern::NamedNode(node) => Some(node.as_ref()),
            NamedNodePattern::Variable(_) => None,
        };
        counts.count(
            constant(&self.triple.subject),
            predicate,
            constant(&self.triple.object),
            self.graphs,
        )
    }

    /// Returns the values of one variable with the number of solutions for each.
    fn values<C: ExactCounts>(
        &self,
        variable: &Variable,
        counts: &C,
    ) -> Result<Option<Vec<(Term, u64)>>, C::Error> {
        let free_subject = constant(&self.triple.subject).is_none();
        let free_object = constant(&self.triple.object).is_none();
        if self.graph_variable == Some(variable) {
            if !free_subject
                || !free_object
                || matches!(self.triple.predicate, NamedNodePattern::NamedNode(_))
            {
                return Ok(None);
            }
            let graphs = counts.named_graphs(MOST_ROWS)?;
            return Ok(graphs.map(|graphs| {
                graphs
                    .into_iter()
                    .map(|(graph, count)| {
                        (
                            match graph {
                                NamedOrBlankNode::NamedNode(node) => node.into(),
                                NamedOrBlankNode::BlankNode(node) => node.into(),
                            },
                            count,
                        )
                    })
                    .collect()
            }));
        }
        match &self.triple.predicate {
            NamedNodePattern::Variable(predicate) if predicate == variable => {
                if !free_subject || !free_object {
                    return Ok(None);
                }
                let predicates = counts.predicates(self.graphs, MOST_ROWS)?;
                Ok(predicates.map(|predicates| {
                    predicates
                        .into_iter()
                        .map(|(predicate, count)| (predicate.into(), count))
                        .collect()
                }))
            }
            NamedNodePattern::NamedNode(predicate)
                if free_subject
                    && self.triple.object == TermPattern::Variable(variable.clone()) =>
            {
                counts.objects(predicate.as_ref(), self.graphs, MOST_ROWS)
            }
            _ => Ok(None),
        }
    }
}

fn constant(term: &TermPattern) -> Option<TermRef<'_>> {
    match term {
        TermPattern::NamedNode(node) => Some(node.as_ref().into()),
        TermPattern::Literal(literal) => Some(literal.as_ref().into()),
        TermPattern::BlankNode(_) | TermPattern::Triple(_) | TermPattern::Variable(_) => None,
    }
}

/// Returns a table that stands for a pattern, if counts are enough to answer it.
pub(crate) fn table<C: ExactCounts>(
    pattern: &GraphPattern,
    default: Graphs<'_>,
    graph: Option<&NamedNodePattern>,
    counts: &C,
) -> Result<Option<GraphPattern>, C::Error> {
    // In GRAPH ?g the pattern is evaluated once for each graph.
    if matches!(graph, Some(NamedNodePattern::Variable(_))) {
        return Ok(None);
    }
    match pattern {
        GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } => {
            let GraphPattern::Project { inner, variables } = inner.as_ref() else {
                return Ok(None);
            };
            let ([variable], Some(single)) = (
                variables.as_slice(),
                SinglePattern::of(inner, default, graph),
            ) else {
                return Ok(None);
            };
            let values = single.values(variable, counts)?;
            Ok(values.and_then(|values| {
                let rows = values
                    .into_iter()
                    .map(|(value, _)| Some(vec![ground(value)?]))
                    .collect::<Option<Vec<_>>>()?;
                Some(values_of(vec![variable.clone()], rows))
            }))
        }
        GraphPattern::Group {
            inner,
            variables,
            aggregates,
        } => {
            let Some(single) = SinglePattern::of(inner, default, graph) else {
                return Ok(None);
            };
            match variables.as_slice() {
                [] => {
                    let mut row = Vec::new();
                    for (_, aggregate) in aggregates {
                        let Some(count) = total(&single, aggregate, counts)? else {
                            return Ok(None);
                        };
                        row.push(integer(count));
                    }
                    let names = aggregates
                        .iter()
                        .map(|(variable, _)| variable.clone())
                        .collect();
                    Ok(Some(values_of(names, vec![row])))
                }
                [variable] => {
                    if !aggregates
                        .iter()
                        .all(|(_, aggregate)| counts_solutions(&single, aggregate))
                    {
                        return Ok(None);
                    }
                    let Some(values) = single.values(variable, counts)? else {
                        return Ok(None);
                    };
                    let rows = values
                        .into_iter()
                        .map(|(value, count)| {
                            let mut row = vec![ground(value)?];
                            row.resize(1 + aggregates.len(), integer(count));
                            Some(row)
                        })
                        .collect::<Option<Vec<_>>>();
                    let names = [variable.clone()]
                        .into_iter()
                        .chain(aggregates.iter().map(|(name, _)| name.clone()))
                        .collect();
                    Ok(rows.map(|rows| values_of(names, rows)))
                }
                _ => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

/// Returns whether a pattern that is one triple pattern has a solution, or `None` for any other pattern.
pub(crate) fn exists<C: ExactCounts>(
    pattern: &GraphPattern,
    default: Graphs<'_>,
    counts: &C,
) -> Result<Option<bool>, C::Error> {
    // What is selected, sorted or repeated does not matter.
    let pattern = match pattern {
        GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::OrderBy { inner, .. } => return exists(inner, default, counts),
        pattern => pattern,
    };
    match SinglePattern::of(pattern, default, None) {
        Some(single) => Ok(Some(single.count(counts)? > 0)),
        None => Ok(None),
    }
}

/// Returns whether an aggregate counts the solutions, because what it counts is bound in each of them.
fn counts_solutions(single: &SinglePattern<'_>, aggregate: &AggregateExpression) -> bool {
    match aggregate {
        AggregateExpression::CountSolutions { distinct } => {
            // Solutions of one triple pattern are distinct, apart from the blank nodes in it.
            !distinct
                || single
                    .variables()
                    .is_some_and(|variables| !variables.iter().any(|name| name.starts_with("_:")))
        }
        AggregateExpression::FunctionCall {
            name: AggregateFunction::Count,
            expr: Expression::Variable(variable),
            distinct: false,
        } => single
            .variables()
            .is_some_and(|variables| variables.iter().any(|bound| bound == variable.as_str())),
        AggregateExpression::FunctionCall { .. } => false,
    }
}

fn total<C: ExactCounts>(
    single: &SinglePattern<'_>,
    aggregate: &AggregateExpression,
    counts: &C,
) -> Result<Option<u64>, C::Error> {
    if counts_solutions(single, aggregate) {
        return single.count(counts).map(Some);
    }
    if let AggregateExpression::FunctionCall {
        name: AggregateFunction::Count,
        expr: Expression::Variable(variable),
        distinct: true,
    } = aggregate
    {
        return Ok(single
            .values(variable, counts)?
            .map(|values| values.len() as u64));
    }
    Ok(None)
}

fn integer(count: u64) -> Option<GroundTerm> {
    Some(GroundTerm::Literal(Literal::new_typed_literal(
        count.to_string(),
        xsd::INTEGER,
    )))
}

/// Returns a term as it is written in VALUES, where blank nodes cannot be.
fn ground(term: Term) -> Option<Option<GroundTerm>> {
    match term {
        Term::NamedNode(node) => Some(Some(GroundTerm::NamedNode(node))),
        Term::Literal(literal) => Some(Some(GroundTerm::Literal(literal))),
        Term::BlankNode(_) | Term::Triple(_) => None,
    }
}

fn values_of(variables: Vec<Variable>, bindings: Vec<Vec<Option<GroundTerm>>>) -> GraphPattern {
    GraphPattern::Values {
        variables,
        bindings,
    }
}

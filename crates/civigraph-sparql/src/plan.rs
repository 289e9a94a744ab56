//! From a query to a plan.
use crate::algebra::{FreshVariables, VariableSet, map_patterns};
use crate::counts::{ExactCounts, Graphs};
use crate::exact::ExactLiterals;
use crate::explain::{AppliedRewriting, Explanation};
use crate::joins::{OrderedScan, Planner, keeps_order};
use crate::large::LargeNumbers;
use crate::modifiers::{order_after_distinct, required_first};
use crate::options::Options;
use crate::passed::PassedValues;
use crate::repairs::Repairs;
use crate::sorting::Sorting;
use crate::tags::{canonical_pattern, canonical_triple};
use crate::totals;
use crate::triples::has_triple_terms;
use crate::units::Estimator;
use oxrdf::{GraphName, NamedNode};
use spargebra::Query;
use spargebra::algebra::{GraphPattern, QueryDataset};
use spargebra::term::NamedNodePattern;
use std::cell::{Cell, OnceCell};
use std::convert::Infallible;

/// A query as it is given to spareval.
#[derive(Debug, Clone)]
pub struct QueryPlan {
    /// The query.
    pub query: Query,
    /// The sorting that is done outside spareval.
    pub sorting: Option<Sorting>,
    /// Whether the query asks for literals as they are.
    pub(crate) exact_literals: bool,
    /// Whether it has aggregates that give terms as they are.
    pub(crate) exact_aggregates: bool,
    /// Whether it has triple terms, which are to be as they are.
    pub(crate) exact_triples: bool,
    /// What was done.
    pub explanation: Explanation,
}

/// Rewrites a query so that spareval answers it faster and as the specification has it.
pub fn optimise<C: ExactCounts>(
    query: Query,
    counts: &C,
    options: &Options,
) -> Result<QueryPlan, C::Error> {
    let (pattern, dataset) = match &query {
        Query::Select {
            pattern, dataset, ..
        }
        | Query::Ask {
            pattern, dataset, ..
        }
        | Query::Describe {
            pattern, dataset, ..
        }
        | Query::Construct {
            pattern, dataset, ..
        } => (pattern.clone(), dataset.clone()),
    };
    let default_graphs = default_graphs(dataset.as_ref(), options);
    let mut fresh = FreshVariables::default();
    let mut rewritings = Vec::new();
    let mut pattern = pattern;
    if options.language_tags {
        pattern = canonical_pattern(pattern);
    }
    if options.repairs {
        let mut repairs = Repairs {
            counts,
            fresh: &mut fresh,
            default_graphs: &default_graphs,
            done: Vec::new(),
        };
        pattern = repairs.pattern(pattern, None)?;
        rewritings.extend(repairs.done.into_iter().map(|reason| AppliedRewriting {
            name: "repairs",
            reason,
        }));
    }
    // The counts of a graph are the solutions of its patterns only if the query reads no other.
    let exact = dataset.is_none() && options.default_graph.is_none();
    pattern = simplify(pattern, options, &mut rewritings);
    if options.counts && exact {
        if matches!(query, Query::Ask { .. })
            && let Some(answer) = totals::exists(&pattern, Graphs::Default, counts)?
        {
            let bindings = if answer { vec![Vec::new()] } else { Vec::new() };
            pattern = GraphPattern::Values {
                variables: Vec::new(),
                bindings,
            };
            rewritings.push(AppliedRewriting {
                name: "counts",
                reason: "ASK from the count of a pattern".to_owned(),
            });
        }
        pattern = tables(pattern, None, counts, &mut rewritings)?;
    }
    let mut sorting = None;
    if options.sorting
        && matches!(query, Query::Select { .. })
        && !has_service(&pattern)
        && let Some((below, taken)) = Sorting::take(&pattern, &mut fresh)
    {
        pattern = below;
        let reason = match taken.length {
            Some(length) => format!(
                "only the first {} rows are kept",
                taken.start.saturating_add(length)
            ),
            None => "each key is evaluated once".to_owned(),
        };
        rewritings.push(AppliedRewriting {
            name: "sorting",
            reason,
        });
        sorting = Some(taken);
    }
    let mut planner = Planner {
        estimator: Estimator {
            counts,
            default_graphs: &default_graphs,
            exact,
            named_graphs: OnceCell::new(),
            samples: Cell::new(false),
        },
        options,
        explanation: Explanation {
            rewritings,
            groups: Vec::new(),
        },
        conditions: Vec::new(),
        ordered: None,
    };
    if options.ordered_scans
        && exact
        && counts.has_ordered_ranges()
        && let Some(sorting) = &sorting
        && let Some(wanted) = sorting.wanted()
        && let Some((variable, descending)) = sorting.keys.first()
        && keeps_order(&pattern)
    {
        planner.ordered = Some(OrderedScan {
            variable: variable.clone(),
            descending: *descending,
            wanted,
            kind: None,
        });
    }
    if options.join_order || options.ranges {
        pattern = planner.pattern(pattern, None, &VariableSet::new())?;
    }
    if let (Some(sorting), Some(scan)) = (&mut sorting, planner.ordered.take()) {
        sorting.ordered = scan.kind;
    }
    let mut explanation = planner.explanation;
    let mut exact_literals = false;
    // Several default graphs would each answer.
    if options.exact_literals && dataset.is_none() {
        let mut exact = ExactLiterals {
            estimator: &planner.estimator,
            fresh: &mut fresh,
            calls: 0,
        };
        pattern = exact.pattern(pattern)?;
        if exact.calls > 0 {
            exact_literals = true;
            let reason = format!(
                "{} calls of STR, DATATYPE or OBJECT see literals as they are",
                exact.calls
            );
            explanation.rewritings.push(AppliedRewriting {
                name: "exact_literals",
                reason,
            });
        }
    }
    let exact_triples = options.exact_literals && has_triple_terms(&pattern);
    let mut exact_aggregates = false;
    if options.exact_literals {
        let mut passed = PassedValues {
            estimator: &planner.estimator,
            fresh: &mut fresh,
            aggregates: 0,
            expressions: 0,
        };
        pattern = passed.pattern(pattern)?;
        exact_aggregates = passed.aggregates > 0;
        for (count, what) in [
            (passed.aggregates, "aggregates give"),
            (passed.expressions, "calls of COALESCE or IF give"),
        ] {
            if count > 0 {
                explanation.rewritings.push(AppliedRewriting {
                    name: "exact_literals",
                    reason: format!("{count} {what} literals as they are"),
                });
            }
        }
    }
    if options.repairs {
        let mut numbers = LargeNumbers::new(&pattern, counts.largest_number()?);
        pattern = numbers.pattern(pattern);
        explanation
            .rewritings
            .extend(numbers.done.into_iter().map(|reason| AppliedRewriting {
                name: "repairs",
                reason: reason.to_owned(),
            }));
    }
    let query = match query {
        Query::Select {
            dataset, base_iri, ..
        } => Query::Select {
            dataset,
            pattern,
            base_iri,
        },
        Query::Ask {
            dataset, base_iri, ..
        } => Query::Ask {
            dataset,
            pattern,
            base_iri,
        },
        Query::Describe {
            dataset, base_iri, ..
        } => Query::Describe {
            dataset,
            pattern,
            base_iri,
        },
        Query::Construct {
            template,
            dataset,
            base_iri,
            ..
        } => {
            let template = if options.language_tags {
                template.into_iter().map(canonical_triple).collect()
            } else {
                template
            };
            Query::Construct {
                template,
                dataset,
                pattern,
                base_iri,
            }
        }
    };
    Ok(QueryPlan {
        query,
        sorting,
        exact_literals,
        exact_aggregates,
        exact_triples,
        explanation,
    })
}

fn default_graphs<'a>(dataset: Option<&'a QueryDataset>, options: &'a Options) -> Vec<Graphs<'a>> {
    match dataset {
        Some(dataset) => dataset
            .default
            .iter()
            .map(|graph: &NamedNode| Graphs::Named(graph.as_ref().into()))
            .collect(),
        None => match &options.default_graph {
            None => vec![Graphs::Default],
            Some(graphs) => graphs
                .iter()
                .map(|graph| match graph {
                    GraphName::DefaultGraph => Graphs::Default,
                    GraphName::NamedNode(node) => Graphs::Named(node.as_ref().into()),
                    GraphName::BlankNode(node) => Graphs::Named(node.as_ref().into()),
                })
                .collect(),
        },
    }
}

/// Applies the rewritings that need no counts, from the bottom up.
fn simplify(
    pattern: GraphPattern,
    options: &Options,
    rewritings: &mut Vec<AppliedRewriting>,
) -> GraphPattern {
    let Ok(mut pattern) = map_patterns::<Infallible>(pattern, &mut |pattern| {
        Ok(simplify(pattern, options, rewritings))
    });
    if options.order_after_distinct {
        pattern = match order_after_distinct(pattern) {
            Ok(pattern) => {
                let reason = "only distinct rows are sorted".to_owned();
                rewritings.push(AppliedRewriting {
                    name: "order_after_distinct",
                    reason,
                });
                pattern
            }
            Err(pattern) => pattern,
        };
    }
    if options.required_first {
        let (changed, moved) = required_first(pattern);
        pattern = changed;
        if moved {
            let reason = "a required pattern is joined before an optional one".to_owned();
            rewritings.push(AppliedRewriting {
                name: "required_first",
                reason,
            });
        }
    }
    pattern
}

fn tables<C: ExactCounts>(
    pattern: GraphPattern,
    graph: Option<&NamedNodePattern>,
    counts: &C,
    rewritings: &mut Vec<AppliedRewriting>,
) -> Result<GraphPattern, C::Error> {
    if let Some(table) = totals::table(&pattern, Graphs::Default, graph, counts)? {
        let reason = "the answer of a pattern comes from counts".to_owned();
        rewritings.push(AppliedRewriting {
            name: "counts",
            reason,
        });
        return Ok(table);
    }
    match pattern {
        GraphPattern::Graph { name, inner } => {
            let inner = Box::new(tables(*inner, Some(&name), counts, rewritings)?);
            Ok(GraphPattern::Graph { name, inner })
        }
        pattern => map_patterns(pattern, &mut |pattern| {
            tables(pattern, graph, counts, rewritings)
        }),
    }
}

fn has_service(pattern: &GraphPattern) -> bool {
    let mut found = matches!(pattern, GraphPattern::Service { .. });
    let visited = map_patterns::<Infallible>(pattern.clone(), &mut |pattern| {
        found |= has_service(&pattern);
        Ok(pattern)
    });
    found || visited.is_err()
}

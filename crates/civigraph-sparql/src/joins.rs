//! The order of joins.
mod order;
mod ordered;

pub(crate) use order::{JoinOrder, order_from, selectivities};
pub(crate) use ordered::{OrderedScan, keeps_order};

use crate::algebra::{
    VariableSet, add_conjuncts, certain, expression_variables, filtered, map_patterns,
    try_map_operands, try_map_own_expressions, visible,
};
use crate::counts::ExactCounts;
use crate::explain::{AppliedRewriting, Explanation, JoinGroup, JoinMethod, JoinStep};
use crate::filters::range_of;
use crate::modifiers::filter_required;
use crate::options::Options;
use crate::units::{Estimator, JoinUnit, number};
use civigraph_index::RangePredicate;
use order::best_order;
use oxrdf::Variable;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

/// Plans that cost more are made again with better estimates, which cost some hundred look-ups.
const EXPENSIVE: f64 = 20_000.0;
/// The most rows that are put in a hash table.
const HASH_UP_TO: f64 = 1_000_000.0;

/// Puts the patterns of a query in the order in which they are evaluated.
///
/// The order is written down as `LATERAL`, which sparopt keeps; its own estimates are constants.
pub(crate) struct Planner<'a, C> {
    pub(crate) estimator: Estimator<'a, C>,
    pub(crate) options: &'a Options,
    pub(crate) explanation: Explanation,
    /// The conditions of the optional pattern that is planned next: solutions for which they do not hold are not used.
    pub(crate) conditions: Vec<Expression>,
    /// What is to be read in the order of its values, if that is cheaper.
    pub(crate) ordered: Option<OrderedScan>,
}

type GraphContext<'a> = Option<&'a NamedNodePattern>;

impl<C: ExactCounts> Planner<'_, C> {
    /// Returns a pattern with its joins in order; `bound` are variables that have a value before it is evaluated.
    pub(crate) fn pattern(
        &mut self,
        pattern: GraphPattern,
        context: GraphContext<'_>,
        bound: &VariableSet,
    ) -> Result<GraphPattern, C::Error> {
        use GraphPattern as P;
        let pattern = self.own_expressions(pattern, context, bound)?;
        match pattern {
            P::Bgp { .. } | P::Path { .. } | P::Join { .. } => {
                self.group(pattern, Vec::new(), context, bound)
            }
            P::Filter { expr, inner } => {
                let mut filters = Vec::new();
                add_conjuncts(expr, &mut filters);
                let mut inner = *inner;
                while let P::Filter { expr, inner: below } =
                    self.own_expressions(inner.clone(), context, bound)?
                {
                    add_conjuncts(expr, &mut filters);
                    inner = *below;
                }
                let (filters, inner) = filter_required(filters, inner);
                match inner {
                    P::Bgp { .. } | P::Path { .. } | P::Join { .. } => {
                        self.group(inner, filters, context, bound)
                    }
                    inner => Ok(filtered(self.pattern(inner, context, bound)?, filters)),
                }
            }
            P::Graph { name, inner } => {
                if joins_triples(&inner) {
                    self.group(P::Graph { name, inner }, Vec::new(), context, bound)
                } else {
                    let inner = Box::new(self.pattern(*inner, Some(&name), bound)?);
                    Ok(P::Graph { name, inner })
                }
            }
            P::LeftJoin {
                left,
                right,
                expression,
            } => {
                let left = self.pattern(*left, context, bound)?;
                // spareval evaluates simple optional patterns for each row, and the others once.
                let mut known = bound.clone();
                if is_simple(&right) {
                    known.append(&mut certain(&left));
                }
                if joins_triples(&right)
                    && let Some(condition) = &expression
                {
                    add_conjuncts(condition.clone(), &mut self.conditions);
                }
                let right = self.pattern(*right, context, &known)?;
                Ok(P::LeftJoin {
                    left: Box::new(left),
                    right: Box::new(right),
                    expression,
                })
            }
            P::Lateral { left, right } => {
                let left = self.pattern(*left, context, bound)?;
                let mut known = bound.clone();
                known.append(&mut certain(&left));
                let right = self.pattern(*right, context, &known)?;
                Ok(P::Lateral {
                    left: Box::new(left),
                    right: Box::new(right),
                })
            }
            P::Project { inner, variables } => {
                let known = bound
                    .iter()
                    .filter(|name| variables.iter().any(|v| v.as_str() == *name))
                    .cloned()
                    .collect();
                let inner = Box::new(self.pattern(*inner, context, &known)?);
                Ok(P::Project { inner, variables })
            }
            pattern => map_patterns(pattern, &mut |pattern| {
                self.pattern(pattern, context, bound)
            }),
        }
    }

    /// Plans the EXISTS patterns in the expressions of a node; sparopt joins those as products.
    fn own_expressions(
        &mut self,
        pattern: GraphPattern,
        context: GraphContext<'_>,
        bound: &VariableSet,
    ) -> Result<GraphPattern, C::Error> {
        let mut known = bound.clone();
        match &pattern {
            GraphPattern::Filter { inner, .. } | GraphPattern::Extend { inner, .. } => {
                known.append(&mut certain(inner))
            }
            GraphPattern::LeftJoin { left, right, .. } => {
                known.append(&mut certain(left));
                known.append(&mut certain(right));
            }
            _ => {}
        }
        try_map_own_expressions(pattern, &mut |expression| {
            self.expression(expression, context, &known)
        })
    }

    fn expression(
        &mut self,
        expression: Expression,
        context: GraphContext<'_>,
        bound: &VariableSet,
    ) -> Result<Expression, C::Error> {
        match expression {
            Expression::Exists(pattern) => Ok(Expression::Exists(Box::new(
                self.pattern(*pattern, context, bound)?,
            ))),
            expression => try_map_operands(expression, &mut |operand| {
                self.expression(operand, context, bound)
            }),
        }
    }

    /// Orders the patterns of a group.
    fn group(
        &mut self,
        pattern: GraphPattern,
        mut filters: Vec<Expression>,
        context: GraphContext<'_>,
        bound: &VariableSet,
    ) -> Result<GraphPattern, C::Error> {
        let all = visible(&pattern);
        let mut conditions = std::mem::take(&mut self.conditions);
        let mut parts = Vec::new();
        self.flatten(pattern, None, context, bound, &mut parts, &mut filters)?;
        conditions.extend(filters.iter().cloned());
        let noted = self.explanation.rewritings.len();
        let mut units = self.units(&parts, &conditions, context)?;
        if self.options.join_order
            && let Some(empty) = units.iter().find(|unit| unit.exact && unit.matches == 0.0)
        {
            self.note(
                "join_order",
                format!("`{}` has no solution, so the group has none", empty.label),
            );
            let variables = all
                .into_iter()
                .filter(|name| !name.starts_with("_:"))
                .map(Variable::new_unchecked)
                .collect();
            return Ok(GraphPattern::Values {
                variables,
                bindings: Vec::new(),
            });
        }
        if !self.options.join_order || units.is_empty() {
            let joined = units
                .into_iter()
                .map(|unit| unit.pattern)
                .reduce(|left, right| GraphPattern::Join {
                    left: Box::new(left),
                    right: Box::new(right),
                });
            let joined = joined.unwrap_or(GraphPattern::Bgp {
                patterns: Vec::new(),
            });
            return Ok(filtered(joined, filters));
        }
        let mut order = best_order(&units, &filters, bound);
        if units.len() > 1 && order.cost > EXPENSIVE {
            self.explanation.rewritings.truncate(noted);
            self.estimator.samples.set(true);
            let sampled = self.units(&parts, &conditions, context);
            self.estimator.samples.set(false);
            units = sampled?;
            order = best_order(&units, &filters, bound);
        }
        let mut in_order = false;
        if context.is_none()
            && bound.is_empty()
            && let Some(candidate) = self.ordered_unit(&parts, &conditions)?
        {
            (order, in_order) = self.ordered_order(&mut units, candidate, &filters, order);
        }
        let pattern = self.chain(&units, &order, context, bound, in_order);
        Ok(filtered(pattern, filters))
    }

    /// Collects the patterns that a group joins, and the filters that may be applied after all of them.
    fn flatten(
        &mut self,
        pattern: GraphPattern,
        wrapper: GraphContext<'_>,
        context: GraphContext<'_>,
        bound: &VariableSet,
        parts: &mut Vec<PatternPart>,
        filters: &mut Vec<Expression>,
    ) -> Result<(), C::Error> {
        use GraphPattern as P;
        let other = |pattern| PatternPart::Other(pattern, wrapper.cloned());
        match pattern {
            P::Bgp { patterns } if !patterns.is_empty() => {
                parts.extend(
                    patterns
                        .into_iter()
                        .map(|triple| PatternPart::Triple(triple, wrapper.cloned())),
                );
            }
            // Nothing is joined, unless it stands for the graph itself.
            P::Bgp { .. } if wrapper.is_none() && context.is_none() => {}
            P::Bgp { .. } => parts.push(other(pattern)),
            P::Path { .. } => parts.push(PatternPart::Path(pattern, wrapper.cloned())),
            P::Join { left, right } => {
                self.flatten(*left, wrapper, context, bound, parts, filters)?;
                self.flatten(*right, wrapper, context, bound, parts, filters)?;
            }
            P::Filter { expr, inner } if joins_triples(&inner) => {
                let known = certain(&inner);
                let mut conjuncts = Vec::new();
                add_conjuncts(expr.clone(), &mut conjuncts);
                let independent = conjuncts.iter().all(|filter| {
                    expression_variables(filter).is_subset(&known)
                        && crate::algebra::is_pure(filter)
                });
                if independent {
                    filters.append(&mut conjuncts);
                    self.flatten(*inner, wrapper, context, bound, parts, filters)?;
                } else {
                    let planned =
                        self.pattern(P::Filter { expr, inner }, wrapper.or(context), bound)?;
                    parts.push(other(planned));
                }
            }
            P::Graph { name, inner } if joins_triples(&inner) => {
                self.flatten(*inner, Some(&name), context, bound, parts, filters)?;
            }
            pattern => {
                let planned = self.pattern(pattern, wrapper.or(context), bound)?;
                parts.push(other(planned));
            }
        }
        Ok(())
    }

    fn units(
        &mut self,
        parts: &[PatternPart],
        filters: &[Expression],
        context: GraphContext<'_>,
    ) -> Result<Vec<JoinUnit>, C::Error> {
        let parts = parts.iter().cloned();
        parts
            .map(|part| self.unit(part, filters, context))
            .collect()
    }

    fn unit(
        &mut self,
        part: PatternPart,
        filters: &[Expression],
        context: GraphContext<'_>,
    ) -> Result<JoinUnit, C::Error> {
        match part {
            PatternPart::Triple(triple, wrapper) => {
                let unit = self
                    .estimator
                    .triple(triple.clone(), wrapper.as_ref(), context)?;
                match self.ranged(&triple, filters) {
                    Some((ranged, kind)) if self.options.ranges => {
                        let narrow = self.estimator.triple(ranged, wrapper.as_ref(), context)?;
                        // Datasets without ranges know no count for them.
                        if narrow.matches < unit.matches && self.has_ranges(&triple, kind)? {
                            self.note(
                                "ranges",
                                format!(
                                    "`{}` reads a range of about {:.0} of {:.0} values",
                                    unit.label, narrow.matches, unit.matches
                                ),
                            );
                            return Ok(narrow);
                        }
                        Ok(unit)
                    }
                    _ => Ok(unit),
                }
            }
            PatternPart::Path(
                GraphPattern::Path {
                    subject,
                    path,
                    object,
                },
                wrapper,
            ) => self
                .estimator
                .path(subject, path, object, wrapper.as_ref(), context),
            PatternPart::Path(pattern, wrapper) | PatternPart::Other(pattern, wrapper) => {
                self.estimator.other(pattern, wrapper.as_ref(), context)
            }
        }
    }

    /// Returns a pattern that reads a range of values alone, and their kind.
    fn ranged(
        &self,
        triple: &TriplePattern,
        filters: &[Expression],
    ) -> Option<(TriplePattern, crate::ValueKind)> {
        let (NamedNodePattern::NamedNode(predicate), TermPattern::Variable(object)) =
            (&triple.predicate, &triple.object)
        else {
            return None;
        };
        let range = range_of(object.as_str(), filters)?;
        let kind = range.kind;
        let ranged = RangePredicate {
            predicate: predicate.clone(),
            range,
            descending: false,
        };
        let triple = TriplePattern {
            subject: triple.subject.clone(),
            predicate: NamedNodePattern::NamedNode(ranged.encode()),
            object: triple.object.clone(),
        };
        Some((triple, kind))
    }

    fn has_ranges(&self, triple: &TriplePattern, kind: crate::ValueKind) -> Result<bool, C::Error> {
        let NamedNodePattern::NamedNode(predicate) = &triple.predicate else {
            return Ok(false);
        };
        let range = crate::ValueRange {
            kind: crate::ValueKind::Number,
            lower: None,
            upper: None,
        };
        let counts = self.estimator.counts;
        // What the evaluator does not hold, or the dataset does not sort by its value, is in no range.
        if counts.largest_number()?.is_infinite() || counts.has_times_beyond(kind)? {
            return Ok(false);
        }
        Ok(counts
            .count_in_range(predicate.as_ref(), &range, crate::Graphs::Default)?
            .is_some())
    }

    /// Writes down the order; where the rows have to stay `in_order`, by look-ups alone.
    fn chain(
        &mut self,
        units: &[JoinUnit],
        order: &JoinOrder,
        context: GraphContext<'_>,
        bound: &VariableSet,
        in_order: bool,
    ) -> GraphPattern {
        let mut steps = Vec::new();
        let mut chain: Option<GraphPattern> = None;
        let mut seen = VariableSet::new();
        let mut looked_up = true;
        let mut rows = 1.0;
        for (position, step) in order.steps.iter().enumerate() {
            let Some(unit) = units.get(step.unit) else {
                continue;
            };
            let rest = order
                .steps
                .iter()
                .skip(position)
                .filter_map(|step| units.get(step.unit));
            // Blank nodes are variables that a subselect cannot pass on.
            let blank = rest
                .flat_map(|unit| &unit.visible)
                .any(|name| name.starts_with("_:") && seen.contains(name));
            let (next, method) = match chain.take() {
                None => (unit.pattern.clone(), JoinMethod::Start),
                Some(left) if unit.looks_up => {
                    let hash = self.options.hash_joins
                        && !in_order
                        && bound.is_empty()
                        && !blank
                        && unit.visible.iter().all(|name| !name.starts_with("_:"))
                        && unit.exact
                        && unit.bound.iter().any(|name| seen.contains(name))
                        && rows >= number(self.options.hash_join_rows)
                        && unit.matches <= (rows / 4.0).min(HASH_UP_TO)
                        && order
                            .steps
                            .first()
                            .and_then(|first| units.get(first.unit))
                            .is_some_and(|first| {
                                size_for_sparopt(&first.pattern)
                                    .is_some_and(|size| size >= unit.matches)
                            });
                    if hash {
                        (hash_join(left, &seen, unit, context), JoinMethod::Hash)
                    } else {
                        let right = Box::new(unit.pattern.clone());
                        (
                            GraphPattern::Lateral {
                                left: Box::new(left),
                                right,
                            },
                            JoinMethod::LookUp,
                        )
                    }
                }
                Some(left) => {
                    // sparopt would evaluate a chain of look-ups again for each row of the other side.
                    let left = if looked_up && !blank {
                        selected(left, &seen, context)
                    } else {
                        left
                    };
                    let right = Box::new(unit.pattern.clone());
                    (
                        GraphPattern::Join {
                            left: Box::new(left),
                            right,
                        },
                        JoinMethod::Join,
                    )
                }
            };
            looked_up &= unit.looks_up && method != JoinMethod::Hash;
            seen.extend(unit.visible.iter().cloned());
            rows = step.rows;
            steps.push(JoinStep {
                pattern: unit.label.clone(),
                method,
                matches: unit.matches,
                rows: step.rows,
            });
            chain = Some(next);
        }
        if steps.len() > 1 {
            self.note(
                "join_order",
                format!("{} patterns in the order of exact counts", steps.len()),
            );
        }
        self.explanation.groups.push(JoinGroup { steps });
        chain.unwrap_or(GraphPattern::Bgp {
            patterns: Vec::new(),
        })
    }

    pub(crate) fn note(&mut self, name: &'static str, reason: String) {
        self.explanation
            .rewritings
            .push(AppliedRewriting { name, reason });
    }
}

#[derive(Clone)]
pub(crate) enum PatternPart {
    Triple(TriplePattern, Option<NamedNodePattern>),
    Path(GraphPattern, Option<NamedNodePattern>),
    Other(GraphPattern, Option<NamedNodePattern>),
}

/// Returns whether a pattern is one that a group of triple patterns can take in.
fn joins_triples(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Bgp { patterns } => !patterns.is_empty(),
        GraphPattern::Path { .. } | GraphPattern::Join { .. } => true,
        GraphPattern::Filter { inner, .. } => joins_triples(inner),
        _ => false,
    }
}

/// Returns whether spareval evaluates an optional pattern for each row of what it extends.
fn is_simple(pattern: &GraphPattern) -> bool {
    use GraphPattern as P;
    match pattern {
        P::Bgp { .. } | P::Path { .. } | P::Values { .. } => true,
        P::Filter { inner, .. } | P::Graph { inner, .. } => is_simple(inner),
        P::Join { left, right }
        | P::LeftJoin { left, right, .. }
        | P::Union { left, right }
        | P::Lateral { left, right } => is_simple(left) && is_simple(right),
        _ => false,
    }
}

/// Returns a subselect of all the variables of a pattern, into which sparopt moves no bindings.
fn selected(
    pattern: GraphPattern,
    variables: &VariableSet,
    context: GraphContext<'_>,
) -> GraphPattern {
    let mut variables = variables
        .iter()
        .filter(|name| !name.starts_with("_:"))
        .map(|name| Variable::new_unchecked(name.clone()))
        .collect::<Vec<_>>();
    if let Some(NamedNodePattern::Variable(name)) = context
        && !variables.contains(name)
    {
        variables.push(name.clone());
    }
    GraphPattern::Project {
        inner: Box::new(pattern),
        variables,
    }
}

/// Joins by a hash table of the unit, which sparopt does only with subselects, the one that it thinks the smaller first.
fn hash_join(
    left: GraphPattern,
    seen: &VariableSet,
    unit: &JoinUnit,
    context: GraphContext<'_>,
) -> GraphPattern {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an exact count below a million"
    )]
    let length = unit.matches as usize;
    let table = GraphPattern::Slice {
        inner: Box::new(selected(unit.pattern.clone(), &unit.visible, context)),
        start: 0,
        length: Some(length),
    };
    GraphPattern::Join {
        left: Box::new(table),
        right: Box::new(selected(left, seen, context)),
    }
}

/// Returns the size that sparopt takes a triple pattern to have.
fn size_for_sparopt(pattern: &GraphPattern) -> Option<f64> {
    match pattern {
        GraphPattern::Graph { inner, .. } => size_for_sparopt(inner),
        GraphPattern::Bgp { patterns } => {
            let [triple] = patterns.as_slice() else {
                return None;
            };
            let bound = |term: &TermPattern| {
                matches!(term, TermPattern::NamedNode(_) | TermPattern::Literal(_))
            };
            let predicate = matches!(triple.predicate, NamedNodePattern::NamedNode(_));
            match (bound(&triple.subject), predicate, bound(&triple.object)) {
                (false, true, true) => Some(1e3),
                (false, true, false) => Some(1e6),
                (false, false, false) => Some(1e9),
                (false, false, true) => Some(1e4),
                _ => None,
            }
        }
        _ => None,
    }
}

//! The patterns of a group, and how many solutions they are expected to have.
use crate::algebra::{VariableSet, add_name_variables, certain, visible};
use crate::counts::{ExactCounts, Graphs, TriplePosition};
use civigraph_index::{RangePredicate, readable_ranges};
use oxrdf::{NamedNodeRef, TermRef};
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::cell::{Cell, OnceCell};
use std::collections::HashMap;

/// How many rows a filter is expected to let pass that nothing is known about.
const FILTERED: f64 = 0.5;
/// How many rows are expected of a pattern that nothing is known about.
const UNKNOWN: f64 = 1000.0;

/// Named graphs are counted up to this number.
const MANY_GRAPHS: usize = 1000;

/// One of the patterns that a group joins.
#[derive(Debug, Clone)]
pub(crate) struct JoinUnit {
    pub(crate) pattern: GraphPattern,
    /// How spareval writes it.
    pub(crate) label: String,
    /// The variables it binds in every solution.
    pub(crate) bound: VariableSet,
    /// All the variables it may bind.
    pub(crate) visible: VariableSet,
    /// Whether it can be evaluated with variables bound by other patterns.
    pub(crate) looks_up: bool,
    /// The number of solutions.
    pub(crate) matches: f64,
    /// Whether that is the exact number and can be relied on.
    pub(crate) exact: bool,
    /// The number of distinct values of variables.
    pub(crate) values: HashMap<String, f64>,
}

impl JoinUnit {
    /// Returns the number of distinct values of a variable.
    pub(crate) fn values_of(&self, variable: &str) -> f64 {
        self.values
            .get(variable)
            .copied()
            .unwrap_or(self.matches)
            .min(self.matches)
            .max(1.0)
    }
}

/// Estimates numbers of solutions.
pub(crate) struct Estimator<'a, C> {
    pub(crate) counts: &'a C,
    /// The graphs that the default graph of the query is made of.
    pub(crate) default_graphs: &'a [Graphs<'a>],
    /// Whether the counts of these graphs are the numbers of solutions.
    pub(crate) exact: bool,
    /// How many named graphs there are, once that was asked.
    pub(crate) named_graphs: OnceCell<f64>,
    /// Whether numbers of distinct values come from samples where nothing better is known.
    pub(crate) samples: Cell<bool>,
}

impl<C: ExactCounts> Estimator<'_, C> {
    fn sum(
        &self,
        graph: Option<&NamedNodePattern>,
        mut count: impl FnMut(Graphs<'_>) -> Result<u64, C::Error>,
    ) -> Result<f64, C::Error> {
        let mut sum = 0.0;
        match graph {
            None => {
                for graphs in self.default_graphs {
                    sum += number(count(*graphs)?);
                }
            }
            Some(NamedNodePattern::NamedNode(name)) => {
                sum = number(count(Graphs::Named(name.as_ref().into()))?)
            }
            Some(NamedNodePattern::Variable(_)) => sum = number(count(Graphs::AnyNamed)?),
        }
        Ok(sum)
    }

    /// Returns whether a predicate may have a literal with a datatype as an object, strings apart, or a triple term.
    pub(crate) fn may_have_typed(
        &self,
        predicate: NamedNodeRef<'_>,
        graph: Option<&NamedNodePattern>,
    ) -> Result<bool, C::Error> {
        let found = self.sum(graph, |graphs| {
            self.counts.may_have_typed(predicate, graphs).map(u64::from)
        })?;
        Ok(found > 0.0)
    }

    /// Returns the unit of a triple pattern; `wrapper` is a `GRAPH` that is written around it.
    pub(crate) fn triple(
        &self,
        triple: TriplePattern,
        wrapper: Option<&NamedNodePattern>,
        context: Option<&NamedNodePattern>,
    ) -> Result<JoinUnit, C::Error> {
        let graph = wrapper.or(context);
        let (subject, object) = (constant(&triple.subject), constant(&triple.object));
        let predicate = match &triple.predicate {
            NamedNodePattern::NamedNode(node) => Some(node.as_ref()),
            NamedNodePattern::Variable(_) => None,
        };
        let range = predicate.and_then(RangePredicate::decode);
        let mut exact = self.exact;
        let matches = if let Some(range) = &range {
            exact = false;
            let all = self.sum(graph, |graphs| {
                let found =
                    self.counts
                        .count_in_range(range.predicate.as_ref(), &range.range, graphs)?;
                Ok(found.unwrap_or_default())
            })?;
            match subject {
                Some(_) => all.min(2.0),
                None => all,
            }
        } else {
            self.sum(graph, |graphs| {
                self.counts.count(subject, predicate, object, graphs)
            })?
        };
        if [&triple.subject, &triple.object]
            .iter()
            .any(|term| matches!(term, TermPattern::Triple(_)))
        {
            exact = false;
        }
        let predicate = range
            .as_ref()
            .map_or(predicate, |range| Some(range.predicate.as_ref()));
        let mut values = HashMap::new();
        for (term, position) in [
            (&triple.subject, TriplePosition::Subject),
            (&triple.object, TriplePosition::Object),
        ] {
            let mut name = VariableSet::new();
            crate::algebra::add_term_variables(term, &mut name);
            let Some(name) = name.pop_first() else {
                continue;
            };
            let distinct = self.distinct(predicate, position, graph, matches)?;
            values.insert(name, distinct);
        }
        if let Some(NamedNodePattern::Variable(name)) = graph {
            values.insert(name.as_str().to_owned(), self.named_graphs()?);
        }
        let label = match graph {
            Some(name) => format!(
                "{} {} {} {name}",
                triple.subject, triple.predicate, triple.object
            ),
            None => format!("{} {} {}", triple.subject, triple.predicate, triple.object),
        };
        let label = readable_ranges(&label);
        let pattern = wrapped(
            GraphPattern::Bgp {
                patterns: vec![triple],
            },
            wrapper,
        );
        Ok(unit(pattern, label, context, matches, exact, values, true))
    }

    fn named_graphs(&self) -> Result<f64, C::Error> {
        if let Some(graphs) = self.named_graphs.get() {
            return Ok(*graphs);
        }
        let graphs = self.counts.named_graphs(MANY_GRAPHS)?;
        let graphs = number(graphs.map_or(MANY_GRAPHS, |graphs| graphs.len()) as u64);
        Ok(*self.named_graphs.get_or_init(|| graphs))
    }

    fn distinct(
        &self,
        predicate: Option<NamedNodeRef<'_>>,
        position: TriplePosition,
        graph: Option<&NamedNodePattern>,
        matches: f64,
    ) -> Result<f64, C::Error> {
        if let Some(predicate) = predicate {
            let mut known = true;
            let distinct = self.sum(graph, |graphs| {
                let mut distinct = self.counts.distinct_values(predicate, position, graphs)?;
                if distinct.is_none() && self.samples.get() {
                    distinct = self.counts.sampled_values(predicate, position, graphs)?;
                }
                known &= distinct.is_some();
                Ok(distinct.unwrap_or_default())
            })?;
            if known {
                return Ok(distinct.min(matches));
            }
        }
        // Most properties have one value a subject; many subjects share an object.
        Ok(match position {
            TriplePosition::Subject => matches,
            TriplePosition::Object => matches.powf(0.8),
        })
    }

    /// Returns the unit of a property path.
    pub(crate) fn path(
        &self,
        subject: TermPattern,
        path: PropertyPathExpression,
        object: TermPattern,
        wrapper: Option<&NamedNodePattern>,
        context: Option<&NamedNodePattern>,
    ) -> Result<JoinUnit, C::Error> {
        let graph = wrapper.or(context);
        let steps = self.path_steps(&path, graph)?;
        let constants = [&subject, &object]
            .into_iter()
            .filter(|term| constant(term).is_some())
            .count();
        let matches = match constants {
            0 if is_closure(&path) => steps * 10.0,
            0 => steps,
            1 => steps.sqrt() * if is_closure(&path) { 2.0 } else { 1.0 },
            _ => 1.0,
        };
        let label = match graph {
            Some(name) => format!("{subject} {path} {object} {name}"),
            None => format!("{subject} {path} {object}"),
        };
        let mut values = HashMap::new();
        for term in [&subject, &object] {
            let mut name = VariableSet::new();
            crate::algebra::add_term_variables(term, &mut name);
            values.extend(
                name.into_iter()
                    .map(|name| (name, matches.min(steps.max(1.0)))),
            );
        }
        let pattern = wrapped(
            GraphPattern::Path {
                subject,
                path,
                object,
            },
            wrapper,
        );
        Ok(unit(pattern, label, context, matches, false, values, true))
    }

    fn path_steps(
        &self,
        path: &PropertyPathExpression,
        graph: Option<&NamedNodePattern>,
    ) -> Result<f64, C::Error> {
        use PropertyPathExpression as P;
        Ok(match path {
            P::NamedNode(predicate) => self.sum(graph, |graphs| {
                self.counts
                    .count(None, Some(predicate.as_ref()), None, graphs)
            })?,
            P::Reverse(inner) | P::OneOrMore(inner) => self.path_steps(inner, graph)?,
            P::Sequence(a, b) => self.path_steps(a, graph)?.max(self.path_steps(b, graph)?),
            P::Alternative(a, b) => self.path_steps(a, graph)? + self.path_steps(b, graph)?,
            // Every node is related to itself.
            P::ZeroOrMore(inner) | P::ZeroOrOne(inner) => {
                self.path_steps(inner, graph)?
                    + self.sum(graph, |graphs| self.counts.count(None, None, None, graphs))?
            }
            P::NegatedPropertySet(_) => {
                self.sum(graph, |graphs| self.counts.count(None, None, None, graphs))?
            }
        })
    }

    /// Returns the unit of any other pattern, which was planned already.
    pub(crate) fn other(
        &self,
        pattern: GraphPattern,
        wrapper: Option<&NamedNodePattern>,
        context: Option<&NamedNodePattern>,
    ) -> Result<JoinUnit, C::Error> {
        let matches = self.estimate(&pattern, wrapper.or(context))?;
        let looks_up = looks_up(&pattern);
        let exact = matches!(pattern, GraphPattern::Values { .. });
        let label = name_of(&pattern).to_owned();
        Ok(unit(
            wrapped(pattern, wrapper),
            label,
            context,
            matches,
            exact,
            HashMap::new(),
            looks_up,
        ))
    }

    /// Estimates the number of solutions of a pattern.
    pub(crate) fn estimate(
        &self,
        pattern: &GraphPattern,
        graph: Option<&NamedNodePattern>,
    ) -> Result<f64, C::Error> {
        use GraphPattern as P;
        Ok(match pattern {
            P::Bgp { patterns } => {
                let mut least: f64 = if patterns.is_empty() { 1.0 } else { f64::MAX };
                for triple in patterns {
                    least = least.min(self.triple(triple.clone(), None, graph)?.matches);
                }
                least
            }
            P::Path {
                subject,
                path,
                object,
            } => {
                self.path(subject.clone(), path.clone(), object.clone(), None, graph)?
                    .matches
            }
            // The parts of a chain were put in order, the most selective first.
            P::Join { left, right } | P::Lateral { left, right } => self
                .estimate(left, graph)?
                .min(self.estimate(right, graph)?),
            P::LeftJoin { left: inner, .. } | P::Minus { left: inner, .. } => {
                self.estimate(inner, graph)?
            }
            P::Filter { inner, .. } => self.estimate(inner, graph)? * FILTERED,
            P::Union { left, right } => {
                self.estimate(left, graph)? + self.estimate(right, graph)?
            }
            P::Graph { name, inner } => self.estimate(inner, Some(name))?,
            P::Extend { inner, .. }
            | P::OrderBy { inner, .. }
            | P::Project { inner, .. }
            | P::Distinct { inner }
            | P::Reduced { inner } => self.estimate(inner, graph)?,
            P::Values { bindings, .. } => number(bindings.len() as u64),
            P::Slice { inner, length, .. } => {
                let rows = self.estimate(inner, graph)?;
                length.map_or(rows, |length| rows.min(number(length as u64)))
            }
            P::Group { variables, .. } if variables.is_empty() => 1.0,
            P::Group { inner, .. } => self.estimate(inner, graph)?.powf(0.7),
            P::Service { .. } => UNKNOWN,
        })
    }
}

fn unit(
    pattern: GraphPattern,
    label: String,
    context: Option<&NamedNodePattern>,
    matches: f64,
    exact: bool,
    values: HashMap<String, f64>,
    looks_up: bool,
) -> JoinUnit {
    // A variable of an enclosing GRAPH joins the units too, since each of them binds it.
    let with_graph = |mut variables: VariableSet| {
        if let Some(name) = context
            && matches!(
                pattern,
                GraphPattern::Bgp { .. } | GraphPattern::Path { .. }
            )
        {
            add_name_variables(name, &mut variables);
        }
        variables
    };
    JoinUnit {
        label,
        bound: with_graph(certain(&pattern)),
        visible: with_graph(visible(&pattern)),
        looks_up,
        matches,
        exact,
        values,
        pattern,
    }
}

fn wrapped(pattern: GraphPattern, graph: Option<&NamedNodePattern>) -> GraphPattern {
    match graph {
        Some(name) => GraphPattern::Graph {
            name: name.clone(),
            inner: Box::new(pattern),
        },
        None => pattern,
    }
}

/// Returns whether spareval gives the same solutions for a pattern if variables are bound before it is evaluated.
fn looks_up(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => true,
        GraphPattern::Union { left, right } | GraphPattern::Lateral { left, right } => {
            looks_up(left) && looks_up(right)
        }
        GraphPattern::Graph { inner, .. } => looks_up(inner),
        GraphPattern::Filter { expr, inner } => {
            let bound = certain(inner);
            looks_up(inner) && crate::algebra::expression_variables(expr).is_subset(&bound)
        }
        _ => false,
    }
}

fn name_of(pattern: &GraphPattern) -> &'static str {
    use GraphPattern as P;
    match pattern {
        P::Bgp { .. } => "triples",
        P::Path { .. } => "path",
        P::Join { .. } | P::Lateral { .. } => "join",
        P::LeftJoin { .. } => "OPTIONAL",
        P::Filter { .. } => "FILTER",
        P::Union { .. } => "UNION",
        P::Graph { .. } => "GRAPH",
        P::Extend { .. } => "BIND",
        P::Minus { .. } => "MINUS",
        P::Values { .. } => "VALUES",
        P::OrderBy { .. }
        | P::Project { .. }
        | P::Distinct { .. }
        | P::Reduced { .. }
        | P::Slice { .. } => "subselect",
        P::Group { .. } => "GROUP BY",
        P::Service { .. } => "SERVICE",
    }
}

fn is_closure(path: &PropertyPathExpression) -> bool {
    use PropertyPathExpression as P;
    match path {
        P::ZeroOrMore(_) | P::OneOrMore(_) => true,
        P::Reverse(inner) | P::ZeroOrOne(inner) => is_closure(inner),
        P::Sequence(a, b) | P::Alternative(a, b) => is_closure(a) || is_closure(b),
        P::NamedNode(_) | P::NegatedPropertySet(_) => false,
    }
}

fn constant(term: &TermPattern) -> Option<TermRef<'_>> {
    match term {
        TermPattern::NamedNode(node) => Some(node.as_ref().into()),
        TermPattern::Literal(literal) => Some(literal.as_ref().into()),
        TermPattern::BlankNode(_) | TermPattern::Triple(_) | TermPattern::Variable(_) => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
pub(crate) fn number(count: u64) -> f64 {
    count as f64
}

//! A dataset in memory.
use crate::compare::compare_values;
use crate::counts::{ExactCounts, Graphs, TriplePosition};
use civigraph_index::{RangePredicate, ValueKind, ValueRange};
use oxrdf::vocab::xsd;
use oxrdf::{
    Dataset, GraphName, GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, QuadRef,
    Term, TermRef,
};
use spareval::{ExpressionTerm, InternalQuad, QueryableDataset};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::convert::Infallible;

/// A dataset in memory that counts by looking at its quads and answers [range predicates](RangePredicate).
///
/// It is the reference for datasets that do better, and good for small graphs.
#[derive(Debug, Clone, Default)]
pub struct MemoryDataset {
    dataset: Dataset,
}

impl From<Dataset> for MemoryDataset {
    fn from(dataset: Dataset) -> Self {
        Self { dataset }
    }
}

impl MemoryDataset {
    /// Returns the quads.
    #[must_use]
    pub fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    fn quads<'a>(&'a self, graphs: Graphs<'a>) -> impl Iterator<Item = QuadRef<'a>> {
        self.dataset.iter().filter(move |quad| match graphs {
            Graphs::Default => quad.graph_name.is_default_graph(),
            Graphs::Named(name) => quad.graph_name == GraphNameRef::from(name),
            Graphs::AnyNamed => !quad.graph_name.is_default_graph(),
        })
    }
}

/// Returns the counts of values, or `None` if there are more than `limit`.
fn counted<T: std::hash::Hash + Eq>(
    values: impl Iterator<Item = T>,
    limit: usize,
) -> Option<Vec<(T, u64)>> {
    let mut counts = HashMap::new();
    for value in values {
        *counts.entry(value).or_insert(0) += 1;
        if counts.len() > limit {
            return None;
        }
    }
    Some(counts.into_iter().collect())
}

impl ExactCounts for MemoryDataset {
    type Error = Infallible;

    fn count(
        &self,
        subject: Option<TermRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graphs: Graphs<'_>,
    ) -> Result<u64, Infallible> {
        let matches = |quad: &QuadRef<'_>| {
            subject.is_none_or(|subject| TermRef::from(quad.subject) == subject)
                && predicate.is_none_or(|predicate| quad.predicate == predicate)
                && object.is_none_or(|object| quad.object == object)
        };
        Ok(self.quads(graphs).filter(matches).count() as u64)
    }

    fn predicates(
        &self,
        graphs: Graphs<'_>,
        limit: usize,
    ) -> Result<Option<Vec<(NamedNode, u64)>>, Infallible> {
        Ok(counted(
            self.quads(graphs).map(|quad| quad.predicate.into_owned()),
            limit,
        ))
    }

    fn objects(
        &self,
        predicate: NamedNodeRef<'_>,
        graphs: Graphs<'_>,
        limit: usize,
    ) -> Result<Option<Vec<(Term, u64)>>, Infallible> {
        let quads = self
            .quads(graphs)
            .filter(|quad| quad.predicate == predicate);
        Ok(counted(quads.map(|quad| quad.object.into_owned()), limit))
    }

    fn named_graphs(
        &self,
        limit: usize,
    ) -> Result<Option<Vec<(NamedOrBlankNode, u64)>>, Infallible> {
        let names = self
            .dataset
            .iter()
            .filter_map(|quad| match quad.graph_name.into_owned() {
                GraphName::NamedNode(name) => Some(NamedOrBlankNode::from(name)),
                GraphName::BlankNode(name) => Some(name.into()),
                GraphName::DefaultGraph => None,
            });
        Ok(counted(names, limit))
    }

    fn distinct_values(
        &self,
        predicate: NamedNodeRef<'_>,
        position: TriplePosition,
        graphs: Graphs<'_>,
    ) -> Result<Option<u64>, Infallible> {
        let quads = self
            .quads(graphs)
            .filter(|quad| quad.predicate == predicate);
        let values = quads.map(|quad| match position {
            TriplePosition::Subject => TermRef::from(quad.subject).into_owned(),
            TriplePosition::Object => quad.object.into_owned(),
        });
        Ok(Some(values.collect::<HashSet<_>>().len() as u64))
    }

    fn count_in_range(
        &self,
        predicate: NamedNodeRef<'_>,
        range: &ValueRange,
        graphs: Graphs<'_>,
    ) -> Result<Option<u64>, Infallible> {
        let quads = self
            .quads(graphs)
            .filter(|quad| quad.predicate == predicate && contains(range, quad.object));
        Ok(Some(quads.count() as u64))
    }

    fn may_have_typed(
        &self,
        predicate: NamedNodeRef<'_>,
        graphs: Graphs<'_>,
    ) -> Result<bool, Infallible> {
        let is_typed = |object: TermRef<'_>| match object {
            TermRef::Literal(literal) => {
                literal.language().is_none() && literal.datatype() != xsd::STRING
            }
            TermRef::Triple(_) => true,
            _ => false,
        };
        Ok(self
            .quads(graphs)
            .any(|quad| quad.predicate == predicate && is_typed(quad.object)))
    }

    fn largest_number(&self) -> Result<f64, Infallible> {
        let largest = self.dataset.iter().filter_map(|quad| match quad.object {
            TermRef::Literal(literal) => crate::large::magnitude(literal),
            _ => None,
        });
        Ok(largest.fold(0.0, f64::max))
    }

    fn has_times_beyond(&self, _: ValueKind) -> Result<bool, Infallible> {
        Ok(false)
    }

    fn has_ordered_ranges(&self) -> bool {
        true
    }
}

/// Returns whether a term may be in a range: it has the right kind and SPARQL does not find it outside.
fn contains(range: &ValueRange, term: TermRef<'_>) -> bool {
    let TermRef::Literal(literal) = term else {
        return false;
    };
    if ValueKind::of(literal.datatype()) != Some(range.kind) {
        return false;
    }
    let value = ExpressionTerm::from(Term::from(literal.into_owned()));
    let outside = |bound: &Option<Literal>, order: Ordering| {
        bound.as_ref().is_some_and(|bound| {
            let bound = ExpressionTerm::from(Term::from(bound.clone()));
            compare_values(&value, &bound) == Some(order)
        })
    };
    !outside(&range.lower, Ordering::Less) && !outside(&range.upper, Ordering::Greater)
}

/// One of two iterators.
enum Either<L, R> {
    Left(L),
    Right(R),
}

impl<T, L: Iterator<Item = T>, R: Iterator<Item = T>> Iterator for Either<L, R> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match self {
            Self::Left(left) => left.next(),
            Self::Right(right) => right.next(),
        }
    }
}

impl<'a> QueryableDataset<'a> for &'a MemoryDataset {
    type InternalTerm = Term;
    type Error = Infallible;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&Term>,
        predicate: Option<&Term>,
        object: Option<&Term>,
        graph_name: Option<Option<&Term>>,
    ) -> impl Iterator<Item = Result<InternalQuad<Term>, Infallible>> + use<'a> {
        let memory: &'a MemoryDataset = self;
        let (subject, predicate, object) = (subject.cloned(), predicate.cloned(), object.cloned());
        let graph_name = graph_name.map(Option::<&Term>::cloned);
        let range = match &predicate {
            Some(Term::NamedNode(node)) => RangePredicate::decode(node.as_ref()),
            _ => None,
        };
        let order = range
            .as_ref()
            .filter(|_| subject.is_none() && object.is_none())
            .map(|range| range.descending);
        let quads = memory.dataset.iter().filter_map(move |quad| {
            let graph = match quad.graph_name.into_owned() {
                GraphName::NamedNode(name) => Some(Term::from(name)),
                GraphName::BlankNode(name) => Some(name.into()),
                GraphName::DefaultGraph => None,
            };
            let in_graph = match &graph_name {
                Some(wanted) => *wanted == graph,
                None => graph.is_some(),
            };
            let matches = in_graph
                && subject
                    .as_ref()
                    .is_none_or(|subject| TermRef::from(quad.subject) == subject.as_ref())
                && object
                    .as_ref()
                    .is_none_or(|object| quad.object == object.as_ref())
                && match (&range, &predicate) {
                    (Some(range), _) => {
                        quad.predicate == range.predicate.as_ref()
                            && contains(&range.range, quad.object)
                    }
                    (None, Some(predicate)) => TermRef::from(quad.predicate) == predicate.as_ref(),
                    (None, None) => true,
                };
            matches.then(|| {
                Ok(InternalQuad {
                    subject: TermRef::from(quad.subject).into_owned(),
                    // The pattern's own term, since spareval compares it.
                    predicate: predicate
                        .clone()
                        .unwrap_or_else(|| quad.predicate.into_owned().into()),
                    object: quad.object.into_owned(),
                    graph_name: graph,
                })
            })
        });
        let Some(descending) = order else {
            return Either::Left(quads);
        };
        let mut quads = quads.flatten().collect::<Vec<_>>();
        quads.sort_by(|a, b| {
            let [a, b] = [a, b].map(|quad| ExpressionTerm::from(quad.object.clone()));
            let order = compare_values(&a, &b).unwrap_or(Ordering::Equal);
            if descending { order.reverse() } else { order }
        });
        Either::Right(quads.into_iter().map(Ok))
    }

    fn internalize_term(&self, term: Term) -> Result<Term, Infallible> {
        Ok(term)
    }

    fn externalize_term(&self, term: Term) -> Result<Term, Infallible> {
        Ok(term)
    }
}

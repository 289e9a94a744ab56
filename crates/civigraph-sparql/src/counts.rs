//! What a dataset knows about the number of its quads.
use civigraph_index::{ValueKind, ValueRange};
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Term, TermRef};
use std::error::Error;

/// The graphs that a pattern is matched against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Graphs<'a> {
    /// The default graph.
    Default,
    /// One named graph.
    Named(NamedOrBlankNodeRef<'a>),
    /// Every named graph; a triple counts once a graph.
    AnyNamed,
}

/// A place of a triple.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TriplePosition {
    /// The subject.
    Subject,
    /// The object.
    Object,
}

/// Exact counts of a dataset, cheap enough to be asked for while a query is planned.
///
/// The numbers must be exact: `COUNT`, `ASK` and `DISTINCT` are answered from them.
/// Only [`distinct_values`](Self::distinct_values), [`sampled_values`](Self::sampled_values) and
/// [`count_in_range`](Self::count_in_range) may be estimates.
pub trait ExactCounts {
    /// An error of reading the dataset.
    type Error: Error + Send + Sync + 'static;

    /// Returns the number of quads with these terms; `None` stands for any term.
    fn count(
        &self,
        subject: Option<TermRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graphs: Graphs<'_>,
    ) -> Result<u64, Self::Error>;

    /// Returns the predicates with the number of their quads, or `None` if there are more than `limit`.
    fn predicates(
        &self,
        graphs: Graphs<'_>,
        limit: usize,
    ) -> Result<Option<Vec<(NamedNode, u64)>>, Self::Error>;

    /// Returns the distinct objects of a predicate with the number of their quads, or `None` if there are more than `limit`.
    fn objects(
        &self,
        predicate: NamedNodeRef<'_>,
        graphs: Graphs<'_>,
        limit: usize,
    ) -> Result<Option<Vec<(Term, u64)>>, Self::Error>;

    /// Returns the named graphs with the number of their quads, or `None` if there are more than `limit`.
    fn named_graphs(
        &self,
        limit: usize,
    ) -> Result<Option<Vec<(NamedOrBlankNode, u64)>>, Self::Error>;

    /// Estimates how many distinct subjects or objects a predicate has, or `None` where that is not known.
    fn distinct_values(
        &self,
        _predicate: NamedNodeRef<'_>,
        _position: TriplePosition,
        _graphs: Graphs<'_>,
    ) -> Result<Option<u64>, Self::Error> {
        Ok(None)
    }

    /// Estimates the same from a sample of the quads, which takes longer: it is asked for where a plan is expensive.
    fn sampled_values(
        &self,
        _predicate: NamedNodeRef<'_>,
        _position: TriplePosition,
        _graphs: Graphs<'_>,
    ) -> Result<Option<u64>, Self::Error> {
        Ok(None)
    }

    /// Estimates the number of quads of a predicate whose object is in a range, or
    /// returns `None` if the dataset does not answer [range predicates](crate::RangePredicate).
    fn count_in_range(
        &self,
        _predicate: NamedNodeRef<'_>,
        _range: &ValueRange,
        _graphs: Graphs<'_>,
    ) -> Result<Option<u64>, Self::Error> {
        Ok(None)
    }

    /// Returns whether a predicate may have a literal with a datatype as an object, strings apart, or a triple term.
    fn may_have_typed(
        &self,
        _predicate: NamedNodeRef<'_>,
        _graphs: Graphs<'_>,
    ) -> Result<bool, Self::Error> {
        Ok(true)
    }

    /// Returns an upper bound of the integers and decimals, without their signs; infinite where one of them may be beyond
    /// what spareval holds.
    fn largest_number(&self) -> Result<f64, Self::Error> {
        Ok(f64::INFINITY)
    }

    /// Returns whether there may be dates, times or years that spareval compares and that no range of this kind has.
    fn has_times_beyond(&self, _kind: ValueKind) -> Result<bool, Self::Error> {
        Ok(true)
    }

    /// Returns whether the triples of [range predicates](crate::RangePredicate) come in the order of their values where
    /// only the predicate and the default graph are given.
    fn has_ordered_ranges(&self) -> bool {
        false
    }
}

impl<C: ExactCounts> ExactCounts for &C {
    type Error = C::Error;

    fn count(
        &self,
        subject: Option<TermRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graphs: Graphs<'_>,
    ) -> Result<u64, Self::Error> {
        (**self).count(subject, predicate, object, graphs)
    }

    fn predicates(
        &self,
        graphs: Graphs<'_>,
        limit: usize,
    ) -> Result<Option<Vec<(NamedNode, u64)>>, Self::Error> {
        (**self).predicates(graphs, limit)
    }

    fn objects(
        &self,
        predicate: NamedNodeRef<'_>,
        graphs: Graphs<'_>,
        limit: usize,
    ) -> Result<Option<Vec<(Term, u64)>>, Self::Error> {
        (**self).objects(predicate, graphs, limit)
    }

    fn named_graphs(
        &self,
        limit: usize,
    ) -> Result<Option<Vec<(NamedOrBlankNode, u64)>>, Self::Error> {
        (**self).named_graphs(limit)
    }

    fn distinct_values(
        &self,
        predicate: NamedNodeRef<'_>,
        position: TriplePosition,
        graphs: Graphs<'_>,
    ) -> Result<Option<u64>, Self::Error> {
        (**self).distinct_values(predicate, position, graphs)
    }

    fn sampled_values(
        &self,
        predicate: NamedNodeRef<'_>,
        position: TriplePosition,
        graphs: Graphs<'_>,
    ) -> Result<Option<u64>, Self::Error> {
        (**self).sampled_values(predicate, position, graphs)
    }

    fn count_in_range(
        &self,
        predicate: NamedNodeRef<'_>,
        range: &ValueRange,
        graphs: Graphs<'_>,
    ) -> Result<Option<u64>, Self::Error> {
        (**self).count_in_range(predicate, range, graphs)
    }

    fn may_have_typed(
        &self,
        predicate: NamedNodeRef<'_>,
        graphs: Graphs<'_>,
    ) -> Result<bool, Self::Error> {
        (**self).may_have_typed(predicate, graphs)
    }

    fn largest_number(&self) -> Result<f64, Self::Error> {
        (**self).largest_number()
    }

    fn has_times_beyond(&self, kind: ValueKind) -> Result<bool, Self::Error> {
        (**self).has_times_beyond(kind)
    }

    fn has_ordered_ranges(&self) -> bool {
        (**self).has_ordered_ranges()
    }
}

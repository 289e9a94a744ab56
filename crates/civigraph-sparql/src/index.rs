//! The counts of an immutable index.

use crate::counts::{ExactCounts, Graphs, TriplePosition};
use civigraph_index::{self as index, Dataset, Error, ValueKind, ValueRange};
use oxrdf::{
    GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Term, TermRef,
};

fn graphs(graphs: Graphs<'_>) -> index::Graphs<'_> {
    match graphs {
        Graphs::Default => index::Graphs::Default,
        Graphs::Named(graph) => index::Graphs::Named(graph),
        Graphs::AnyNamed => index::Graphs::AllNamed,
    }
}

impl ExactCounts for Dataset<'_> {
    type Error = Error;

    fn count(
        &self,
        subject: Option<TermRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        of: Graphs<'_>,
    ) -> Result<u64, Error> {
        let subject = match subject {
            None => None,
            Some(TermRef::NamedNode(node)) => Some(NamedOrBlankNodeRef::from(node)),
            Some(TermRef::BlankNode(node)) => Some(node.into()),
            // Nothing else is a subject.
            Some(TermRef::Literal(_) | TermRef::Triple(_)) => return Ok(0),
        };
        Dataset::count(self, subject, predicate, object, graphs(of))
    }

    fn predicates(
        &self,
        of: Graphs<'_>,
        limit: usize,
    ) -> Result<Option<Vec<(NamedNode, u64)>>, Error> {
        Dataset::predicates(self, graphs(of), limit)
    }

    fn objects(
        &self,
        predicate: NamedNodeRef<'_>,
        of: Graphs<'_>,
        limit: usize,
    ) -> Result<Option<Vec<(Term, u64)>>, Error> {
        Dataset::objects(self, predicate, graphs(of), limit)
    }

    fn named_graphs(&self, limit: usize) -> Result<Option<Vec<(NamedOrBlankNode, u64)>>, Error> {
        let Some(graphs) = self.graphs(limit)? else {
            return Ok(None);
        };
        let named = graphs.into_iter().filter_map(|(graph, count)| match graph {
            GraphName::NamedNode(node) => Some((node.into(), count)),
            GraphName::BlankNode(node) => Some((node.into(), count)),
            GraphName::DefaultGraph => None,
        });
        Ok(Some(named.collect()))
    }

    fn distinct_values(
        &self,
        predicate: NamedNodeRef<'_>,
        position: TriplePosition,
        of: Graphs<'_>,
    ) -> Result<Option<u64>, Error> {
        match position {
            // No order says how many there are.
            TriplePosition::Subject => Ok(None),
            TriplePosition::Object => self.index().few_objects(predicate, graphs(of)),
        }
    }

    fn sampled_values(
        &self,
        predicate: NamedNodeRef<'_>,
        position: TriplePosition,
        of: Graphs<'_>,
    ) -> Result<Option<u64>, Error> {
        match position {
            TriplePosition::Subject => self.index().estimate_subjects(predicate, graphs(of)),
            TriplePosition::Object => self.index().estimate_objects(predicate, graphs(of)),
        }
        .map(Some)
    }

    fn count_in_range(
        &self,
        predicate: NamedNodeRef<'_>,
        range: &ValueRange,
        of: Graphs<'_>,
    ) -> Result<Option<u64>, Error> {
        self.index()
            .count_in_range(predicate, range, graphs(of))
            .map(Some)
    }

    fn may_have_typed(&self, predicate: NamedNodeRef<'_>, of: Graphs<'_>) -> Result<bool, Error> {
        let count = self.index().count_typed(predicate, graphs(of))?;
        Ok(count > 0)
    }

    fn largest_number(&self) -> Result<f64, Error> {
        self.index().largest_number()
    }

    fn has_times_beyond(&self, kind: ValueKind) -> Result<bool, Error> {
        self.index().has_times_beyond(kind)
    }

    fn has_ordered_ranges(&self) -> bool {
        true
    }
}

//! How many quads there are of each predicate, object and graph, without reading them.

use crate::error::Result;
use crate::index::{Graphs, Index};
use crate::order::Pattern;
use crate::range::ValueRange;
use crate::term;
use oxrdf::{GraphName, NamedNode, NamedNodeRef, Term};
use std::collections::BTreeMap;

/// Values with how many quads have them.
type Counted<T> = Vec<(T, u64)>;

/// Which order an answer comes from: that of the default graph, of one graph, or of all.
enum Of {
    Default,
    Named(u32),
    AllNamed,
    Nothing,
}

impl Index {
    fn of(&self, graphs: Graphs<'_>) -> Result<Of> {
        Ok(match graphs {
            Graphs::Default => Of::Default,
            Graphs::AllNamed => Of::AllNamed,
            Graphs::Named(graph) => self.id(graph.into())?.map_or(Of::Nothing, Of::Named),
        })
    }

    /// The ids that follow a prefix in the order of predicates and objects, with their counts.
    fn distinct(
        &self,
        graphs: Graphs<'_>,
        predicate: Option<u32>,
        limit: usize,
    ) -> Result<Option<Counted<u32>>> {
        let prefix: Vec<u32> = predicate.into_iter().collect();
        let (stored, graph) = match self.of(graphs)? {
            Of::Nothing => return Ok(Some(Vec::new())),
            Of::Default => return self.triples.pos.distinct(&prefix, limit),
            Of::AllNamed => (self.named.posg.distinct(&prefix, limit)?, None),
            Of::Named(graph) => {
                let prefix = [&[graph], prefix.as_slice()].concat();
                (self.named.gpos.distinct(&prefix, limit)?, Some(graph))
            }
        };
        let Some(stored) = stored else {
            return Ok(None);
        };
        let mut counts: BTreeMap<u32, u64> = stored.into_iter().collect();
        let pattern = Pattern {
            predicate,
            ..Pattern::default()
        };
        for [_, p, o, _] in self.overlay()?.scan(&pattern, graph) {
            let id = if predicate.is_some() { o } else { p };
            *counts.entry(id).or_default() += 1;
        }
        Ok((counts.len() <= limit).then(|| counts.into_iter().collect()))
    }

    /// The predicates with how many quads they have; `None` where there are more than `limit`.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn predicates(
        &self,
        graphs: Graphs<'_>,
        limit: usize,
    ) -> Result<Option<Counted<NamedNode>>> {
        let Some(ids) = self.distinct(graphs, None, limit)? else {
            return Ok(None);
        };
        let named = ids
            .into_iter()
            .map(|(id, count)| Ok((self.predicate(id)?, count)));
        named.collect::<Result<_>>().map(Some)
    }

    /// The objects of a predicate with how many quads they have; `None` where there are more than `limit`.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn objects(
        &self,
        predicate: NamedNodeRef<'_>,
        graphs: Graphs<'_>,
        limit: usize,
    ) -> Result<Option<Counted<Term>>> {
        let Some(predicate) = self.id(predicate.into())? else {
            return Ok(Some(Vec::new()));
        };
        let Some(ids) = self.distinct(graphs, Some(predicate), limit)? else {
            return Ok(None);
        };
        let terms = ids
            .into_iter()
            .map(|(id, count)| Ok((self.term(id)?, count)));
        terms.collect::<Result<_>>().map(Some)
    }

    /// The named graphs with how many quads they have; `None` where there are more than `limit`.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn graphs(&self, limit: usize) -> Result<Option<Counted<GraphName>>> {
        let Some(stored) = self.named.gspo.distinct(&[], limit)? else {
            return Ok(None);
        };
        let mut counts: BTreeMap<u32, u64> = stored.into_iter().collect();
        for [.., graph] in self.overlay()?.scan(&Pattern::default(), None) {
            *counts.entry(graph).or_default() += 1;
        }
        if counts.len() > limit {
            return Ok(None);
        }
        let names = counts.into_iter().map(|(id, count)| {
            let node = term::node(self.term(id)?).ok_or_else(|| self.misplaced("a graph"))?;
            Ok((term::graph(node), count))
        });
        names.collect::<Result<_>>().map(Some)
    }

    /// How many quads of a predicate have an object that may lie in a range of values: at least as many as those that
    /// do, apart from quads beside the index.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn count_in_range(
        &self,
        predicate: NamedNodeRef<'_>,
        range: &ValueRange,
        graphs: Graphs<'_>,
    ) -> Result<u64> {
        let Some(predicate) = self.id(predicate.into())? else {
            return Ok(0);
        };
        let ids = self.ids_in(range)?;
        if ids.is_empty() {
            return Ok(0);
        }
        let (low, high) = ([predicate, ids.start], [predicate, ids.end - 1]);
        let count = match self.of(graphs)? {
            Of::Nothing => 0,
            Of::Default => self.triples.pos.count_between(&low, &high, None)?,
            Of::AllNamed => self.named.posg.count_between(&low, &high, None)?,
            Of::Named(graph) => {
                let bound = |[p, o]: [u32; 2]| [graph, p, o];
                let gpos = &self.named.gpos;
                gpos.count_between(&bound(low), &bound(high), None)?
            }
        };
        Ok(count as u64)
    }
}

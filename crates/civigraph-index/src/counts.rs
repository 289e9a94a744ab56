//! How many quads there are of each predicate, object and graph, without reading them.

use crate::dictionary::MAX_TERMS;
use crate::error::Result;
use crate::index::{Graphs, Index};
use crate::order::IdPattern;
use crate::permutation::Permutation;
use crate::range::ValueRange;
use crate::term::{self, kind};
use oxrdf::{GraphName, NamedNode, NamedNodeRef, Term};
use std::collections::BTreeMap;
use std::ops::Range;

/// Values with how many quads have them.
type ValueCounts<T> = Vec<(T, u64)>;

/// Objects of a predicate that are counted one by one.
const FEW: usize = 64;

/// Quads of a predicate of which the others with the same subject or object are counted.
const SAMPLE: usize = 16;

/// Which order an answer comes from: that of the default graph, of one graph, or of all.
enum OrderScope {
    Default,
    Named(u32),
    AllNamed,
    Nothing,
}

impl Index {
    fn of(&self, graphs: Graphs<'_>) -> Result<OrderScope> {
        Ok(match graphs {
            Graphs::Default => OrderScope::Default,
            Graphs::AllNamed => OrderScope::AllNamed,
            Graphs::Named(graph) => self
                .id(graph.into())?
                .map_or(OrderScope::Nothing, OrderScope::Named),
        })
    }

    /// The ids that follow a prefix in the order of predicates and objects, with their counts.
    fn distinct(
        &self,
        graphs: Graphs<'_>,
        predicate: Option<u32>,
        limit: usize,
    ) -> Result<Option<ValueCounts<u32>>> {
        let prefix: Vec<u32> = predicate.into_iter().collect();
        let (stored, graph) = match self.of(graphs)? {
            OrderScope::Nothing => return Ok(Some(Vec::new())),
            OrderScope::Default => return self.triples.pos.distinct(&prefix, limit),
            OrderScope::AllNamed => (self.named.posg.distinct(&prefix, limit)?, None),
            OrderScope::Named(graph) => {
                let prefix = [&[graph], prefix.as_slice()].concat();
                (self.named.gpos.distinct(&prefix, limit)?, Some(graph))
            }
        };
        let Some(stored) = stored else {
            return Ok(None);
        };
        let mut counts: BTreeMap<u32, u64> = stored.into_iter().collect();
        let pattern = IdPattern {
            predicate,
            ..IdPattern::default()
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
    ) -> Result<Option<ValueCounts<NamedNode>>> {
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
    ) -> Result<Option<ValueCounts<Term>>> {
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
    pub fn graphs(&self, limit: usize) -> Result<Option<ValueCounts<GraphName>>> {
        let Some(stored) = self.named.gspo.distinct(&[], limit)? else {
            return Ok(None);
        };
        let mut counts: BTreeMap<u32, u64> = stored.into_iter().collect();
        for [.., graph] in self.overlay()?.scan(&IdPattern::default(), None) {
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
        let count = self.count_objects(predicate, ids, graphs)?;
        Ok(count as u64)
    }

    /// How many quads of a predicate have a literal with a datatype as their object, strings apart, or a triple term.
    /// Of those beside the index, all count.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn count_typed(&self, predicate: NamedNodeRef<'_>, graphs: Graphs<'_>) -> Result<u64> {
        let Some(predicate) = self.id(predicate.into())? else {
            return Ok(0);
        };
        // Strings are the literals with the greatest ids.
        let literals = 0..self.dictionary.ids_of(kind::STRING).start;
        let triples = self.dictionary.len()..MAX_TERMS;
        let mut count = match self.of(graphs)? {
            OrderScope::Nothing | OrderScope::Default => 0,
            graphs => {
                let pattern = IdPattern {
                    predicate: Some(predicate),
                    ..IdPattern::default()
                };
                let graph = match graphs {
                    OrderScope::Named(graph) => Some(graph),
                    _ => None,
                };
                self.overlay()?.scan(&pattern, graph).count()
            }
        };
        for ids in [literals, triples] {
            if !ids.is_empty() {
                count += self.count_objects(predicate, ids, graphs)?;
            }
        }
        Ok(count as u64)
    }

    /// How many quads of a predicate have an object among some ids, of which there is at least one.
    fn count_objects(&self, predicate: u32, ids: Range<u32>, graphs: Graphs<'_>) -> Result<usize> {
        let (low, high) = ([predicate, ids.start], [predicate, ids.end - 1]);
        match self.of(graphs)? {
            OrderScope::Nothing => Ok(0),
            OrderScope::Default => self.triples.pos.count_between(&low, &high, None),
            OrderScope::AllNamed => self.named.posg.count_between(&low, &high, None),
            OrderScope::Named(graph) => {
                let bound = |[p, o]: [u32; 2]| [graph, p, o];
                let gpos = &self.named.gpos;
                gpos.count_between(&bound(low), &bound(high), None)
            }
        }
    }

    /// How many distinct objects a predicate has; `None` where there are more than a few, or some beside the index.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn few_objects(
        &self,
        predicate: NamedNodeRef<'_>,
        graphs: Graphs<'_>,
    ) -> Result<Option<u64>> {
        let Some(predicate) = self.id(predicate.into())? else {
            return Ok(Some(0));
        };
        let objects = self.distinct(graphs, Some(predicate), FEW)?;
        Ok(objects.map(|objects| objects.len() as u64))
    }

    /// Estimates how many distinct subjects a predicate has from a sample of its quads.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn estimate_subjects(
        &self,
        predicate: NamedNodeRef<'_>,
        graphs: Graphs<'_>,
    ) -> Result<u64> {
        let Some(p) = self.id(predicate.into())? else {
            return Ok(0);
        };
        let (triples, named) = (&self.triples, &self.named);
        match self.of(graphs)? {
            OrderScope::Nothing => Ok(0),
            OrderScope::Default => distinct_in_sample(&triples.pos, &[p], |[_, _, s]| {
                triples.spo.count(&[s, p], None)
            }),
            OrderScope::AllNamed => distinct_in_sample(&named.posg, &[p], |[_, _, s, _]| {
                named.spog.count(&[s, p], None)
            }),
            OrderScope::Named(g) => distinct_in_sample(&named.gpos, &[g, p], |[_, _, _, s]| {
                named.gspo.count(&[g, s, p], None)
            }),
        }
    }

    /// Estimates how many distinct objects a predicate has from a sample of its quads.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn estimate_objects(&self, predicate: NamedNodeRef<'_>, graphs: Graphs<'_>) -> Result<u64> {
        let Some(p) = self.id(predicate.into())? else {
            return Ok(0);
        };
        let (triples, named) = (&self.triples, &self.named);
        match self.of(graphs)? {
            OrderScope::Nothing => Ok(0),
            OrderScope::Default => distinct_in_sample(&triples.pos, &[p], |[_, o, _]| {
                triples.pos.count(&[p, o], None)
            }),
            OrderScope::AllNamed => distinct_in_sample(&named.posg, &[p], |[_, o, _, _]| {
                named.posg.count(&[p, o], None)
            }),
            OrderScope::Named(g) => distinct_in_sample(&named.gpos, &[g, p], |[_, _, o, _]| {
                named.gpos.count(&[g, p, o], None)
            }),
        }
    }
}

/// Estimates how many distinct values the entries with a prefix have, where `count` says how many entries have the
/// value of an entry: each entry is that part of its value.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate"
)]
fn distinct_in_sample<const N: usize>(
    order: &Permutation<N>,
    prefix: &[u32],
    count: impl Fn([u32; N]) -> Result<usize>,
) -> Result<u64> {
    let (length, entries) = order.sample(prefix, SAMPLE)?;
    let size = entries.len().max(1) as f64;
    let mut parts = 0.0;
    for entry in entries {
        parts += 1.0 / count(entry)?.max(1) as f64;
    }
    Ok((length as f64 * parts / size).ceil() as u64)
}

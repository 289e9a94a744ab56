//! The orders in which quads are kept, and which one answers a pattern.
//!
//! | bound | default graph | all named graphs | one named graph |
//! |---|---|---|---|
//! | s, s p, s p o | `spo` | `spog` | `gspo` |
//! | p, p o | `pos` | `posg` | `gpos` |
//! | o, o s | `osp` | `ospg` | `gosp` |
//! | nothing | `spo` | `gspo` | `gspo` |

use crate::error::Result;
use crate::permutation::{Cache, Permutation, Scan};
use std::ops::Range;

/// The terms of a pattern that are bound, by id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct IdPattern {
    pub(crate) subject: Option<u32>,
    pub(crate) predicate: Option<u32>,
    pub(crate) object: Option<u32>,
}

/// A prefix of an order: the ids that are bound.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prefix {
    ids: [u32; 4],
    length: usize,
}

impl Prefix {
    fn new(bound: &[u32]) -> Self {
        let mut ids = [0; 4];
        let mut length = 0;
        for (place, id) in ids.iter_mut().zip(bound) {
            *place = *id;
            length += 1;
        }
        Self { ids, length }
    }

    pub(crate) fn ids(&self) -> &[u32] {
        self.ids.get(..self.length).unwrap_or_default()
    }

    /// The prefix of at most three ids with a graph ahead of it.
    fn within(self, graph: u32) -> Self {
        let [a, b, c, _] = self.ids;
        Self {
            ids: [graph, a, b, c],
            length: self.length + 1,
        }
    }
}

/// One of three orders of a triple.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TripleOrder {
    Spo,
    Pos,
    Osp,
}

impl TripleOrder {
    /// Subject, predicate, object and graph in this order, the graph last.
    pub(crate) fn arrange(self, [s, p, o, g]: [u32; 4]) -> [u32; 4] {
        match self {
            Self::Spo => [s, p, o, g],
            Self::Pos => [p, o, s, g],
            Self::Osp => [o, s, p, g],
        }
    }
}

impl IdPattern {
    /// The order that has the bound terms first, and these.
    pub(crate) fn choose(&self) -> (TripleOrder, Prefix) {
        match (self.subject, self.predicate, self.object) {
            (Some(s), Some(p), Some(o)) => (TripleOrder::Spo, Prefix::new(&[s, p, o])),
            (Some(s), Some(p), None) => (TripleOrder::Spo, Prefix::new(&[s, p])),
            (Some(s), None, None) => (TripleOrder::Spo, Prefix::new(&[s])),
            (Some(s), None, Some(o)) => (TripleOrder::Osp, Prefix::new(&[o, s])),
            (None, Some(p), Some(o)) => (TripleOrder::Pos, Prefix::new(&[p, o])),
            (None, Some(p), None) => (TripleOrder::Pos, Prefix::new(&[p])),
            (None, None, Some(o)) => (TripleOrder::Osp, Prefix::new(&[o])),
            (None, None, None) => (TripleOrder::Spo, Prefix::new(&[])),
        }
    }
}

/// The default graph.
#[derive(Debug)]
pub(crate) struct Triples {
    pub(crate) spo: Permutation<3>,
    pub(crate) pos: Permutation<3>,
    pub(crate) osp: Permutation<3>,
    /// Positions in `spo` (high and low half) of quads that were made more than once, and how often.
    pub(crate) counts: Permutation<3>,
}

impl Triples {
    fn order<'a>(
        &'a self,
        order: TripleOrder,
        caches: Option<&'a Caches>,
    ) -> (&'a Permutation<3>, Option<&'a Cache<3>>, [usize; 3]) {
        // Where subject, predicate and object are in an entry.
        match order {
            TripleOrder::Spo => (&self.spo, caches.map(|c| &c.spo), [0, 1, 2]),
            TripleOrder::Pos => (&self.pos, caches.map(|c| &c.pos), [2, 0, 1]),
            TripleOrder::Osp => (&self.osp, caches.map(|c| &c.osp), [1, 2, 0]),
        }
    }

    pub(crate) fn count(&self, pattern: &IdPattern) -> Result<usize> {
        let (order, prefix) = pattern.choose();
        self.order(order, None).0.count(prefix.ids(), None)
    }

    /// Subject, predicate and object of the triples that match.
    pub(crate) fn scan<'a>(
        &'a self,
        pattern: &IdPattern,
        caches: Option<&'a Caches>,
    ) -> QuadOrderScan<'a, 3> {
        let (order, prefix) = pattern.choose();
        let (permutation, cache, places) = self.order(order, caches);
        QuadOrderScan {
            scan: permutation.range(prefix.ids(), cache),
            places,
        }
    }

    /// The triples of a predicate with objects in a range of ids, the greatest first.
    pub(crate) fn objects_backwards<'a>(
        &'a self,
        predicate: u32,
        objects: &Range<u32>,
        caches: Option<&'a Caches>,
    ) -> impl Iterator<Item = Result<[u32; 3]>> + use<'a> {
        let (permutation, cache, _) = self.order(TripleOrder::Pos, caches);
        let (low, high) = (objects.start, objects.end.saturating_sub(1));
        permutation
            .between_backwards(&[predicate, low], &[predicate, high], cache)
            .map(|entry| entry.map(|[p, o, s]| [s, p, o]))
    }

    /// The triples of a predicate with objects in a range of ids.
    pub(crate) fn objects_between<'a>(
        &'a self,
        predicate: u32,
        objects: &Range<u32>,
        caches: Option<&'a Caches>,
    ) -> QuadOrderScan<'a, 3> {
        let (permutation, cache, places) = self.order(TripleOrder::Pos, caches);
        QuadOrderScan {
            scan: between(permutation, &[predicate], objects, cache),
            places,
        }
    }

    /// The ids of the subjects in a range of ids.
    pub(crate) fn subjects(&self, ids: &Range<u32>) -> impl Iterator<Item = Result<u32>> + use<'_> {
        let scan = (!ids.is_empty()).then(|| between(&self.spo, &[], ids, None));
        scan.into_iter().flat_map(firsts)
    }

    pub(crate) fn check(&self) -> Result<()> {
        for permutation in [&self.spo, &self.pos, &self.osp, &self.counts] {
            permutation.file().check_all()?;
        }
        Ok(())
    }
}

/// The ids that the entries of a scan start with, each once: jumps from one to the next.
fn firsts<const N: usize>(scan: Scan<'_, N>) -> impl Iterator<Item = Result<u32>> {
    let mut scan = Some(scan);
    std::iter::from_fn(move || {
        let first = match scan.as_mut()?.next()? {
            Ok(entry) => entry.first().copied().unwrap_or_default(),
            Err(error) => {
                scan = None;
                return Some(Err(error));
            }
        };
        match first.checked_add(1) {
            Some(next) => {
                if let Some(scan) = &mut scan
                    && let Err(error) = scan.skip_to(&[next])
                {
                    return Some(Err(error));
                }
            }
            None => scan = None,
        }
        Some(Ok(first))
    })
}

/// The entries with a prefix and the next id in a range, which is not empty.
fn between<'a, const N: usize>(
    permutation: &'a Permutation<N>,
    prefix: &[u32],
    ids: &Range<u32>,
    cache: Option<&'a Cache<N>>,
) -> Scan<'a, N> {
    let low: Vec<u32> = prefix.iter().copied().chain([ids.start]).collect();
    let last = ids.end.saturating_sub(1);
    let high: Vec<u32> = prefix.iter().copied().chain([last]).collect();
    permutation.between(&low, &high, cache)
}

/// The named graphs.
#[derive(Debug)]
pub(crate) struct NamedQuads {
    pub(crate) spog: Permutation<4>,
    pub(crate) posg: Permutation<4>,
    pub(crate) ospg: Permutation<4>,
    pub(crate) gspo: Permutation<4>,
    pub(crate) gpos: Permutation<4>,
    pub(crate) gosp: Permutation<4>,
    /// As [`Triples::counts`], for positions in `spog`.
    pub(crate) counts: Permutation<3>,
}

impl NamedQuads {
    fn order<'a>(
        &'a self,
        order: TripleOrder,
        of_one: bool,
        caches: Option<&'a Caches>,
    ) -> (&'a Permutation<4>, Option<&'a Cache<4>>, [usize; 4]) {
        let (permutation, cache, places) = match (order, of_one) {
            (TripleOrder::Spo, false) => (&self.spog, 0, [0, 1, 2, 3]),
            (TripleOrder::Pos, false) => (&self.posg, 1, [2, 0, 1, 3]),
            (TripleOrder::Osp, false) => (&self.ospg, 2, [1, 2, 0, 3]),
            (TripleOrder::Spo, true) => (&self.gspo, 3, [1, 2, 3, 0]),
            (TripleOrder::Pos, true) => (&self.gpos, 4, [3, 1, 2, 0]),
            (TripleOrder::Osp, true) => (&self.gosp, 5, [2, 3, 1, 0]),
        };
        let cache = caches.and_then(|caches| caches.named.get(cache));
        (permutation, cache, places)
    }

    fn choose<'a>(
        &'a self,
        pattern: &IdPattern,
        graph: Option<u32>,
        caches: Option<&'a Caches>,
    ) -> (&'a Permutation<4>, Option<&'a Cache<4>>, [usize; 4], Prefix) {
        let (order, prefix) = pattern.choose();
        match graph {
            Some(graph) => {
                let (permutation, cache, places) = self.order(order, true, caches);
                (permutation, cache, places, prefix.within(graph))
            }
            None => {
                // All of them: graph after graph.
                let (permutation, cache, places) = self.order(order, prefix.length == 0, caches);
                (permutation, cache, places, prefix)
            }
        }
    }

    pub(crate) fn count(&self, pattern: &IdPattern, graph: Option<u32>) -> Result<usize> {
        let (permutation, _, _, prefix) = self.choose(pattern, graph, None);
        permutation.count(prefix.ids(), None)
    }

    /// Subject, predicate, object and graph of the quads that match.
    pub(crate) fn scan<'a>(
        &'a self,
        pattern: &IdPattern,
        graph: Option<u32>,
        caches: Option<&'a Caches>,
    ) -> QuadOrderScan<'a, 4> {
        let (permutation, cache, places, prefix) = self.choose(pattern, graph, caches);
        QuadOrderScan {
            scan: permutation.range(prefix.ids(), cache),
            places,
        }
    }

    /// The quads of a predicate with objects in a range of ids.
    pub(crate) fn objects_between<'a>(
        &'a self,
        predicate: u32,
        objects: &Range<u32>,
        graph: Option<u32>,
        caches: Option<&'a Caches>,
    ) -> QuadOrderScan<'a, 4> {
        let (permutation, cache, places) = self.order(TripleOrder::Pos, graph.is_some(), caches);
        let prefix: Vec<u32> = graph.into_iter().chain([predicate]).collect();
        QuadOrderScan {
            scan: between(permutation, &prefix, objects, cache),
            places,
        }
    }

    /// The ids of the graphs.
    pub(crate) fn graphs(&self) -> impl Iterator<Item = Result<u32>> + use<'_> {
        firsts(self.gspo.range(&[], None))
    }

    pub(crate) fn check(&self) -> Result<()> {
        for permutation in [
            &self.spog, &self.posg, &self.ospg, &self.gspo, &self.gpos, &self.gosp,
        ] {
            permutation.file().check_all()?;
        }
        self.counts.file().check_all()
    }
}

/// Entries with their ids in the order subject, predicate, object, graph.
pub(crate) struct QuadOrderScan<'a, const N: usize> {
    scan: Scan<'a, N>,
    places: [usize; N],
}

impl<const N: usize> Iterator for QuadOrderScan<'_, N> {
    type Item = Result<[u32; N]>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.scan.next()?;
        let places = self.places;
        // Every place is below N.
        Some(entry.map(|entry| places.map(|place| entry.get(place).copied().unwrap_or_default())))
    }
}

/// The caches of one reader, a cache for each order.
pub(crate) struct Caches {
    pub(crate) spo: Cache<3>,
    pub(crate) pos: Cache<3>,
    pub(crate) osp: Cache<3>,
    pub(crate) named: [Cache<4>; 6],
}

impl Caches {
    pub(crate) fn new() -> Self {
        Self {
            spo: Cache::new(),
            pos: Cache::new(),
            osp: Cache::new(),
            named: std::array::from_fn(|_| Cache::new()),
        }
    }
}

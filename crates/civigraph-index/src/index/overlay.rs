//! A few quads of named graphs beside an index, kept in memory.
//!
//! What describes an index, with its digest, say, cannot be in it. It is read together with the index instead: in
//! patterns, counts and queries, not in lines. It is loaded when something first asks for named graphs or for a term
//! that the index does not have.

use super::Index;
use crate::error::{Error, ErrorKind, Result};
use crate::order::{IdPattern, TripleOrder};
use crate::term;
use oxrdf::{Quad, Term};
use rustc_hash::FxHashMap;

/// The first id of terms that only the overlay has.
pub(crate) const FIRST: u32 = 0xF000_0000;

/// How many terms an overlay may have of its own.
const MOST: usize = 1 << 24;

/// Reads the quads of an overlay.
pub(crate) type Load = Box<dyn Fn() -> std::io::Result<Vec<Quad>> + Send + Sync>;

/// The quads of an overlay.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    terms: Vec<Term>,
    ids: FxHashMap<Term, u32>,
    /// Entries of subject, predicate, object, graph, in the three orders of triples.
    orders: [Vec<[u32; 4]>; 3],
    /// Sorted.
    graphs: Vec<u32>,
}

impl Overlay {
    /// Numbers the quads of an overlay. Those that the index has are left out.
    pub(crate) fn new(index: &Index, quads: Vec<Quad>) -> Result<Self> {
        let mut overlay = Self::default();
        for quad in quads {
            let Some(graph) = term::named_graph(&quad.graph_name) else {
                return Err(Error::new(
                    ErrorKind::Misfit,
                    index.folder(),
                    "a quad beside the index is in the default graph",
                ));
            };
            let ids = [
                Term::from(quad.subject),
                quad.predicate.into(),
                quad.object,
                graph,
            ];
            let mut entry = [0; 4];
            for (place, term) in entry.iter_mut().zip(ids) {
                *place = overlay.number(index, term::canonical(term))?;
            }
            let [s, p, o, g] = entry;
            let pattern = IdPattern {
                subject: Some(s),
                predicate: Some(p),
                object: Some(o),
            };
            let mut stored = index.named.scan(&pattern, Some(g), None);
            if stored.next().transpose()?.is_none() {
                overlay.orders[0].push(entry);
            }
        }
        let entries = std::mem::take(&mut overlay.orders[0]);
        for (order, sorted) in [TripleOrder::Spo, TripleOrder::Pos, TripleOrder::Osp]
            .into_iter()
            .zip(&mut overlay.orders)
        {
            sorted.clone_from(&entries);
            sorted.sort_unstable_by_key(|entry| order.arrange(*entry));
            sorted.dedup();
        }
        overlay.graphs = entries.iter().map(|[.., g]| *g).collect();
        overlay.graphs.sort_unstable();
        overlay.graphs.dedup();
        Ok(overlay)
    }

    fn number(&mut self, index: &Index, term: Term) -> Result<u32> {
        if let Some(id) = index.stored_id(term.as_ref())? {
            return Ok(id);
        }
        if let Some(id) = self.ids.get(&term) {
            return Ok(*id);
        }
        let own = u32::try_from(self.terms.len())
            .ok()
            .filter(|_| self.terms.len() < MOST);
        let id = own.and_then(|own| FIRST.checked_add(own)).ok_or_else(|| {
            Error::new(
                ErrorKind::Full,
                index.folder(),
                format!("more than {MOST} terms beside the index"),
            )
        })?;
        self.terms.push(term.clone());
        self.ids.insert(term, id);
        Ok(id)
    }

    /// The id of a term that the index does not have, with its language tag in canonical case.
    pub(crate) fn id(&self, term: &Term) -> Option<u32> {
        self.ids.get(term).copied()
    }

    /// The term of an id from [`FIRST`] on.
    pub(crate) fn term(&self, id: u32) -> Option<&Term> {
        self.terms.get(id.checked_sub(FIRST)? as usize)
    }

    /// The entries that match a pattern, in one graph or in all.
    pub(crate) fn scan(
        &self,
        pattern: &IdPattern,
        graph: Option<u32>,
    ) -> impl Iterator<Item = [u32; 4]> + use<'_> {
        let (order, prefix) = pattern.choose();
        let entries = match order {
            TripleOrder::Spo => &self.orders[0],
            TripleOrder::Pos => &self.orders[1],
            TripleOrder::Osp => &self.orders[2],
        };
        let start = move |entry: &[u32; 4]| {
            let arranged = order.arrange(*entry);
            let compared = arranged.into_iter().zip(prefix.ids().to_vec());
            compared
                .map(|(id, bound)| id.cmp(&bound))
                .find(|order| order.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        };
        let from = entries.partition_point(|entry| start(entry).is_lt());
        entries
            .iter()
            .skip(from)
            .take_while(move |entry| start(entry).is_eq())
            .filter(move |[.., g]| graph.is_none_or(|graph| graph == *g))
            .copied()
    }

    /// Whether there may be quads in a graph.
    pub(crate) fn may_have(&self, graph: Option<u32>) -> bool {
        match (graph, self.orders[0].first()) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(graph), Some(_)) => self.graphs.contains(&graph),
        }
    }

    /// The graphs, each once.
    pub(crate) fn graphs(&self) -> Vec<u32> {
        self.graphs.clone()
    }
}

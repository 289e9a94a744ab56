//! Terms and quads in memory, with numbers of their own, until they are sorted.

use crate::error::{Error, ErrorKind};
use crate::term;
use hashbrown::HashTable;
use oxrdf::{GraphNameRef, NamedOrBlankNodeRef, QuadRef, Term, TermRef, Triple};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;
use std::path::Path;

/// Stands for the default graph where a graph is named.
pub(crate) const DEFAULT: u32 = u32::MAX;

/// How deep triple terms nest at most: each level takes some of the stack when a term is made, compared or dropped.
pub(crate) const MAX_DEPTH: u32 = 512;

/// Set in the number of a triple term; the rest counts the triple terms.
pub(crate) const TRIPLE: u32 = 1 << 31;

/// Keys with numbers in the order of their coming.
#[derive(Debug, Default)]
pub(crate) struct TermTable {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    hashes: Vec<u32>,
    table: HashTable<u32>,
}

fn hash(key: &[u8]) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(key);
    let hash = hasher.finish();
    // Both halves count.
    ((hash >> 32) ^ (hash & u64::from(u32::MAX))) as u32
}

fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl TermTable {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    #[inline]
    pub(crate) fn key(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = match number.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or_default(),
            None => 0,
        };
        let end = self.ends.get(number).copied().unwrap_or(start);
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The number of a key, which may be a new one. `None` when there are too many.
    #[inline]
    pub(crate) fn number(&mut self, key: &[u8]) -> Option<u32> {
        self.number_hashed(key, hash(key))
    }

    #[inline]
    fn number_hashed(&mut self, key: &[u8], hash: u32) -> Option<u32> {
        let found = self.table.find(spread(hash), |&number| {
            self.hashes.get(number as usize) == Some(&hash) && self.key(number) == key
        });
        if let Some(&number) = found {
            return Some(number);
        }
        let number = u32::try_from(self.ends.len())
            .ok()
            .filter(|n| *n < TRIPLE)?;
        self.bytes.extend_from_slice(key);
        self.ends.push(self.bytes.len());
        self.hashes.push(hash);
        let hashes = &self.hashes;
        self.table.insert_unique(spread(hash), number, |&number| {
            spread(hashes.get(number as usize).copied().unwrap_or_default())
        });
        Some(number)
    }

    fn memory(&self) -> usize {
        // The table keeps a number and a byte for each place, of which an eighth or more are free.
        self.bytes.len() + self.ends.len() * (8 + 4 + 7 + 16)
    }
}

/// Why a quad was not taken.
type QuadRefusal = (ErrorKind, &'static str);

const TOO_MANY: QuadRefusal = (ErrorKind::Full, "more terms than ids can number");

const TOO_DEEP: QuadRefusal = (
    ErrorKind::Term,
    "a triple term is nested deeper than 512 levels",
);

const NO_LITERAL: QuadRefusal = (
    ErrorKind::Term,
    "a literal has a datatype that is not an IRI, or a language tag that is not one",
);

/// A triple term: its depth, and the numbers of its terms.
pub(crate) type TripleEntry = [u32; 4];

/// Quads of a piece of input, with terms numbered within it. Made on any thread, then handed to a
/// [`IndexBuilder`](crate::IndexBuilder).
#[derive(Debug, Default)]
pub struct QuadChunk {
    pub(crate) terms: TermTable,
    pub(crate) triples: Vec<TripleEntry>,
    triple_numbers: FxHashMap<TripleEntry, u32>,
    /// Subject, predicate, object, graph.
    pub(crate) quads: Vec<[u32; 4]>,
    pub(crate) removed: Vec<[u32; 4]>,
    key: Vec<u8>,
    subject: (Vec<u8>, u32),
    /// Why a quad was refused; the chunk is then refused as a whole.
    refused: Option<QuadRefusal>,
}

impl QuadChunk {
    /// An empty chunk.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a quad. The same one may come several times; how often is kept.
    #[inline]
    pub fn push(&mut self, quad: QuadRef<'_>) {
        if let Some(entry) = self.entry(quad) {
            self.quads.push(entry);
        }
    }

    /// Takes back a quad that an earlier index counts, once. Only a change of an index may do this.
    pub fn remove(&mut self, quad: QuadRef<'_>) {
        if let Some(entry) = self.entry(quad) {
            self.removed.push(entry);
        }
    }

    /// How many quads were added.
    pub fn len(&self) -> usize {
        self.quads.len()
    }

    /// Whether no quads were added or taken back.
    pub fn is_empty(&self) -> bool {
        self.quads.is_empty() && self.removed.is_empty()
    }

    #[inline]
    fn entry(&mut self, quad: QuadRef<'_>) -> Option<[u32; 4]> {
        match self.try_entry(quad) {
            Ok(entry) => Some(entry),
            Err(refusal) => {
                self.refused = Some(refusal);
                None
            }
        }
    }

    #[inline]
    fn try_entry(&mut self, quad: QuadRef<'_>) -> Result<[u32; 4], QuadRefusal> {
        self.key.clear();
        term::encode_node(&mut self.key, quad.subject);
        // Quads come subject after subject.
        if self.subject.0 != self.key {
            let number = self.terms.number(&self.key).ok_or(TOO_MANY)?;
            self.subject.1 = number;
            std::mem::swap(&mut self.subject.0, &mut self.key);
        }
        let subject = self.subject.1;
        self.key.clear();
        term::encode_iri(&mut self.key, quad.predicate.as_str());
        let predicate = self.terms.number(&self.key).ok_or(TOO_MANY)?;
        let object = self.term(quad.object)?;
        let graph = match quad.graph_name {
            GraphNameRef::DefaultGraph => DEFAULT,
            graph => {
                self.key.clear();
                term::encode_graph(&mut self.key, graph);
                self.terms.number(&self.key).ok_or(TOO_MANY)?
            }
        };
        Ok([subject, predicate, object, graph])
    }

    /// The number of a key of another table.
    pub(crate) fn number_of(&mut self, key: &[u8]) -> u32 {
        let number = self.terms.number(key);
        self.numbered(number)
    }

    /// The number of a triple term made of numbers of this chunk.
    pub(crate) fn triple_of(&mut self, depth: u32, [s, p, o]: [u32; 3]) -> u32 {
        let entry = [depth, s, p, o];
        let number = intern_triple(&mut self.triples, &mut self.triple_numbers, entry);
        self.numbered(number)
    }

    /// A number, or any one where there are too many: the chunk is refused then.
    fn numbered(&mut self, number: Option<u32>) -> u32 {
        number.unwrap_or_else(|| {
            self.refused = Some(TOO_MANY);
            0
        })
    }

    fn node(&mut self, node: NamedOrBlankNodeRef<'_>) -> Result<u32, QuadRefusal> {
        self.key.clear();
        term::encode_node(&mut self.key, node);
        self.terms.number(&self.key).ok_or(TOO_MANY)
    }

    /// The number of a term.
    #[inline]
    fn term(&mut self, term: TermRef<'_>) -> Result<u32, QuadRefusal> {
        let key = &mut self.key;
        key.clear();
        match term {
            TermRef::NamedNode(node) => term::encode_iri(key, node.as_str()),
            TermRef::BlankNode(node) => term::encode_blank(key, node.as_str()),
            TermRef::Literal(literal) => {
                term::encode_literal(key, literal).ok_or(NO_LITERAL)?;
            }
            TermRef::Triple(triple) => return Ok(self.triple(triple, 1)?.0),
        }
        self.terms.number(key).ok_or(TOO_MANY)
    }

    /// The number of a triple term and its depth. `within` is how many it is in, and itself.
    fn triple(&mut self, triple: &Triple, within: u32) -> Result<(u32, u32), QuadRefusal> {
        if within > MAX_DEPTH {
            return Err(TOO_DEEP);
        }
        let subject = self.node(triple.subject.as_ref())?;
        let predicate = self.node(NamedOrBlankNodeRef::NamedNode(triple.predicate.as_ref()))?;
        let (object, depth) = match &triple.object {
            Term::Triple(inner) => self.triple(inner, within + 1)?,
            other => (self.term(other.as_ref())?, 0),
        };
        let depth = depth + 1;
        let number = intern_triple(
            &mut self.triples,
            &mut self.triple_numbers,
            [depth, subject, predicate, object],
        );
        Ok((number.ok_or(TOO_MANY)?, depth))
    }
}

fn intern_triple(
    triples: &mut Vec<TripleEntry>,
    numbers: &mut FxHashMap<TripleEntry, u32>,
    entry: TripleEntry,
) -> Option<u32> {
    if let Some(&number) = numbers.get(&entry) {
        return Some(number);
    }
    let number = u32::try_from(triples.len())
        .ok()
        .filter(|n| *n < TRIPLE - 1)?
        | TRIPLE;
    triples.push(entry);
    numbers.insert(entry, number);
    Some(number)
}

/// The quads of many chunks.
#[derive(Debug, Default)]
pub(crate) struct QuadRun {
    pub(crate) terms: TermTable,
    pub(crate) triples: Vec<TripleEntry>,
    triple_numbers: FxHashMap<TripleEntry, u32>,
    pub(crate) quads: Vec<[u32; 4]>,
    pub(crate) removed: Vec<[u32; 4]>,
}

impl QuadRun {
    /// Takes the quads of a chunk.
    pub(crate) fn absorb(&mut self, chunk: QuadChunk, folder: &Path) -> Result<(), Error> {
        let refused = |(kind, why): QuadRefusal| Error::new(kind, folder, why);
        let full = || refused(TOO_MANY);
        if let Some(refusal) = chunk.refused {
            return Err(refused(refusal));
        }
        if self.terms.len() == 0 && self.triples.is_empty() && self.is_empty() {
            self.terms = chunk.terms;
            self.triples = chunk.triples;
            self.triple_numbers = chunk.triple_numbers;
            self.quads = chunk.quads;
            self.removed = chunk.removed;
            return Ok(());
        }
        let mut numbers = Vec::with_capacity(chunk.terms.len());
        for (number, hash) in (0..).zip(&chunk.terms.hashes) {
            let key = chunk.terms.key(number);
            numbers.push(self.terms.number_hashed(key, *hash).ok_or_else(full)?);
        }
        let mut triples = Vec::with_capacity(chunk.triples.len());
        let of = |number: u32, triples: &[u32]| {
            let list = if number & TRIPLE == 0 {
                numbers.as_slice()
            } else {
                triples
            };
            list.get((number & !TRIPLE) as usize)
                .copied()
                .unwrap_or_default()
        };
        // Those within another one come ahead of it.
        for [depth, s, p, o] in chunk.triples {
            let entry = [depth, of(s, &triples), of(p, &triples), of(o, &triples)];
            let number = intern_triple(&mut self.triples, &mut self.triple_numbers, entry);
            triples.push(number.ok_or_else(full)?);
        }
        for (from, to) in [
            (&chunk.quads, &mut self.quads),
            (&chunk.removed, &mut self.removed),
        ] {
            to.extend(from.iter().map(|[s, p, o, g]| {
                let graph = if *g == DEFAULT {
                    DEFAULT
                } else {
                    of(*g, &triples)
                };
                [of(*s, &triples), of(*p, &triples), of(*o, &triples), graph]
            }));
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.quads.is_empty() && self.removed.is_empty()
    }

    /// Bytes that the run takes and that sorting it will take.
    pub(crate) fn memory(&self) -> usize {
        self.terms.memory() + self.triples.len() * 64 + (self.quads.len() + self.removed.len()) * 56
    }
}

/// The numbers of all keys in the order of the keys.
///
/// Sorts by eight bytes at a time, kept beside the number: most comparisons need no look at the key itself, and
/// what keys have in common is skipped.
pub(crate) fn sorted_numbers(terms: &TermTable) -> Vec<u32> {
    let count = u32::try_from(terms.len()).unwrap_or(u32::MAX);
    let mut entries: Vec<(u64, u32)> = (0..count).map(|number| (0, number)).collect();
    let mut groups: Vec<(usize, usize, usize)> = vec![(0, entries.len(), 0)];
    while let Some((start, end, depth)) = groups.pop() {
        let Some(group) = entries.get_mut(start..end) else {
            continue;
        };
        if group.len() < 12 {
            group.sort_unstable_by(|(_, a), (_, b)| terms.key(*a).cmp(terms.key(*b)));
            continue;
        }
        let depth = depth + common(terms, group, depth);
        for (bytes, number) in group.iter_mut() {
            let key = terms.key(*number);
            *bytes = eight(key, depth);
        }
        group.sort_unstable();
        // Keys that end within these bytes look as if they went on with zeros.
        let mut from = 0;
        while from < group.len() {
            let bytes = group.get(from).map(|(bytes, _)| *bytes);
            let rest = group.get(from..).unwrap_or_default();
            let to = from
                + rest
                    .iter()
                    .take_while(|(other, _)| Some(*other) == bytes)
                    .count();
            if to - from > 1 {
                let ended = bytes.is_some_and(|bytes| bytes & 0xff == 0);
                if ended {
                    if let Some(same) = group.get_mut(from..to) {
                        same.sort_unstable_by(|(_, a), (_, b)| terms.key(*a).cmp(terms.key(*b)));
                    }
                } else {
                    groups.push((start + from, start + to, depth + 8));
                }
            }
            from = to;
        }
    }
    entries.into_iter().map(|(_, number)| number).collect()
}

/// How many bytes all keys of a group have in common from a position on.
fn common(terms: &TermTable, group: &[(u64, u32)], depth: usize) -> usize {
    let tail = |number: u32| terms.key(number).get(depth..).unwrap_or_default();
    let Some((first, rest)) = group.split_first() else {
        return 0;
    };
    let first = tail(first.1);
    let mut shared = first.len();
    for (_, number) in rest {
        let other = tail(*number);
        let limit = shared.min(other.len());
        let (a, b) = (first.get(..limit), other.get(..limit));
        if a != b {
            shared = first.iter().zip(other).take_while(|(a, b)| a == b).count();
        } else {
            shared = limit;
        }
        if shared == 0 {
            break;
        }
    }
    shared
}

fn eight(key: &[u8], depth: usize) -> u64 {
    let rest = key.get(depth..).unwrap_or_default();
    if let Some(bytes) = rest.first_chunk::<8>() {
        return u64::from_be_bytes(*bytes);
    }
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(rest) {
        *to = *from;
    }
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_sort_as_their_keys(keys in prop::collection::hash_set("(http://e/){0,2}[ab\\x00]{0,12}", 0..200)) {
            let mut terms = TermTable::default();
            for key in &keys {
                terms.number(key.as_bytes()).unwrap();
            }
            let sorted: Vec<&[u8]> = sorted_numbers(&terms).into_iter().map(|n| terms.key(n)).collect();
            let mut expected: Vec<&[u8]> = keys.iter().map(|key| key.as_bytes()).collect();
            expected.sort_unstable();
            prop_assert_eq!(sorted, expected);
        }
    }
}

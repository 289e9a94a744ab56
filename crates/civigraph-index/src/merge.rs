//! Several indexes made into one.
//!
//! The ids of each source grow with the ids of the result, so its orders stay sorted when they are renumbered:
//! every order is one pass over those of the sources, without sorting. Blocks of a source in which nothing changes are
//! copied as they are, as long as they start where blocks of the result start.

mod counted;
mod dictionary;
mod ids;

use crate::dictionary::Kinds;
use crate::error::{Error, ErrorKind, Result};
use crate::header::{HeaderEntry, IndexHeader};
use crate::index::Index;
use crate::permutation::{Permutation, PermutationWriter, Scan};
use crate::sorted::{count_entry, joined};
use counted::{CountedScan, merge_counted};
use dictionary::merge_keys;
use ids::{KeptEntries, NewIds};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The id of a term that the result does not have.
const NONE: u32 = u32::MAX;

/// An index to be merged, and what of it is left out.
pub(crate) struct MergeInput<'i> {
    pub(crate) index: &'i Index,
    /// Ids of keys that no quad needs any more, in order.
    pub(crate) unused: Vec<u32>,
    /// Ids of triple terms that no quad needs any more, in order.
    pub(crate) unused_triples: Vec<u32>,
    /// Quads of the default graph that were made less often than the source says, in order, and how much less.
    pub(crate) triples: Vec<([u32; 3], u64)>,
    /// Likewise in named graphs.
    pub(crate) named: Vec<([u32; 4], u64)>,
}

impl<'i> MergeInput<'i> {
    pub(crate) fn whole(index: &'i Index) -> Self {
        Self {
            index,
            unused: Vec::new(),
            unused_triples: Vec::new(),
            triples: Vec::new(),
            named: Vec::new(),
        }
    }
}

/// Writes the union of the sources into a folder that exists.
pub(crate) fn merge(sources: &[MergeInput<'_>], folder: &Path, threads: usize) -> Result<()> {
    let mut header = IndexHeader::default();
    let (terms, kinds, mut ids) = merge_keys(sources, folder)?;
    let triple_terms = merge_triple_terms(sources, &mut ids, kinds, folder)?;
    header.kinds = kinds;
    let ids: Vec<NewIds> = ids.into_iter().map(NewIds::new).collect();
    let gone = RemovedQuads::of(sources);
    let work: Vec<Job<'_>> = jobs();
    let queue = Mutex::new(work.into_iter());
    let written = Mutex::new(vec![(0, terms), (1, triple_terms)]);
    std::thread::scope(|scope| {
        let worker = || -> Result<()> {
            loop {
                let job = {
                    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
                    queue.next()
                };
                let Some(job) = job else { return Ok(()) };
                let entries = job(sources, &ids, &gone, folder)?;
                let mut written = written.lock().unwrap_or_else(PoisonError::into_inner);
                written.extend(entries);
            }
        };
        let helpers: Vec<_> = (1..threads.clamp(1, 9))
            .map(|_| scope.spawn(worker))
            .collect();
        let mut result = worker();
        for helper in helpers {
            result = result.and(joined(helper.join(), folder));
        }
        result
    })?;
    for (file, entry) in written.into_inner().unwrap_or_else(PoisonError::into_inner) {
        if let Some(place) = header.files.get_mut(file) {
            *place = entry;
        }
    }
    header.write(folder)
}

/// New ids by old ones, a list for each source.
type NewIdLists = Vec<Vec<u32>>;

type Job<'a> = Box<
    dyn Fn(&[MergeInput<'_>], &[NewIds], &RemovedQuads, &Path) -> Result<Vec<(usize, HeaderEntry)>>
        + Send
        + Sync
        + 'a,
>;

/// Quads that no source makes any more, by source.
struct RemovedQuads {
    triples: Vec<Vec<[u32; 3]>>,
    named: Vec<Vec<[u32; 4]>>,
}

impl RemovedQuads {
    fn of(sources: &[MergeInput<'_>]) -> Self {
        // Whoever merges has compared the counts: a quad that is made less often is listed once, and goes where
        // nothing is left. That is known when its order with counts is merged, so both are asked the same way.
        let triples = sources.iter().map(|source| {
            let counts = &source.index.triples.counts;
            left_out(&source.index.triples.spo, counts, &source.triples)
        });
        let named = sources.iter().map(|source| {
            let counts = &source.index.named.counts;
            left_out(&source.index.named.spog, counts, &source.named)
        });
        Self {
            triples: triples.collect(),
            named: named.collect(),
        }
    }
}

/// The quads of which nothing is left. Errors show when the orders are merged.
fn left_out<const N: usize>(
    order: &Permutation<N>,
    counts: &Permutation<3>,
    less: &[([u32; N], u64)],
) -> Vec<[u32; N]> {
    less.iter()
        .filter(|(entry, less)| count_of(order, counts, entry).is_ok_and(|count| count <= *less))
        .map(|(entry, _)| *entry)
        .collect()
}

/// How often a quad was made; 0 where it is not there.
pub(crate) fn count_of<const N: usize>(
    order: &Permutation<N>,
    counts: &Permutation<3>,
    entry: &[u32; N],
) -> Result<u64> {
    let Some(position) = order.find(entry)? else {
        return Ok(0);
    };
    let [high, low, _] = count_entry(position as u64, 0);
    match counts.range(&[high, low], None).next() {
        Some(found) => found.map(|[_, _, count]| u64::from(count)),
        None => Ok(1),
    }
}

fn jobs<'a>() -> Vec<Job<'a>> {
    let triples =
        |file: usize, order: fn(&Index) -> &Permutation<3>, columns: [usize; 3]| -> Job<'a> {
            Box::new(move |sources, ids, gone, folder| {
                let lists = sources.iter().zip(ids).zip(&gone.triples);
                let scans = lists.map(|((source, ids), gone)| {
                    let kept = ids.kept(source.index, columns);
                    let gone = arranged(gone, columns);
                    RenumberedScan::new(order(source.index), ids, kept, gone)
                });
                merge_order(scans.collect(), folder, file).map(|entry| vec![(file, entry)])
            })
        };
    let named =
        |file: usize, order: fn(&Index) -> &Permutation<4>, columns: [usize; 4]| -> Job<'a> {
            Box::new(move |sources, ids, gone, folder| {
                let lists = sources.iter().zip(ids).zip(&gone.named);
                let scans = lists.map(|((source, ids), gone)| {
                    let kept = ids.kept(source.index, columns);
                    let gone = arranged(gone, columns);
                    RenumberedScan::new(order(source.index), ids, kept, gone)
                });
                merge_order(scans.collect(), folder, file).map(|entry| vec![(file, entry)])
            })
        };
    vec![
        Box::new(|sources, ids, _, folder| {
            let scans = sources.iter().zip(ids).map(|(source, ids)| {
                let triples = &source.index.triples;
                CountedScan::new(&triples.spo, &triples.counts, ids, &source.triples)
            });
            let [order, counts] = merge_counted(scans.collect(), folder, [2, 5])?;
            Ok(vec![(2, order), (5, counts)])
        }),
        triples(3, |index| &index.triples.pos, [1, 2, 0]),
        triples(4, |index| &index.triples.osp, [2, 0, 1]),
        Box::new(|sources, ids, _, folder| {
            let scans = sources.iter().zip(ids).map(|(source, ids)| {
                let named = &source.index.named;
                CountedScan::new(&named.spog, &named.counts, ids, &source.named)
            });
            let [order, counts] = merge_counted(scans.collect(), folder, [6, 12])?;
            Ok(vec![(6, order), (12, counts)])
        }),
        named(7, |index| &index.named.posg, [1, 2, 0, 3]),
        named(8, |index| &index.named.ospg, [2, 0, 1, 3]),
        named(9, |index| &index.named.gspo, [3, 0, 1, 2]),
        named(10, |index| &index.named.gpos, [3, 1, 2, 0]),
        named(11, |index| &index.named.gosp, [3, 2, 0, 1]),
    ]
}

/// Entries with their columns in another order, sorted.
fn arranged<const N: usize>(entries: &[[u32; N]], columns: [usize; N]) -> Vec<[u32; N]> {
    let mut arranged: Vec<[u32; N]> = entries
        .iter()
        .map(|entry| columns.map(|column| entry.get(column).copied().unwrap_or_default()))
        .collect();
    arranged.sort_unstable();
    arranged
}

fn merge_triple_terms(
    sources: &[MergeInput<'_>],
    ids: &mut NewIdLists,
    kinds: Kinds,
    folder: &Path,
) -> Result<HeaderEntry> {
    let keys = kinds.last().copied().unwrap_or_default();
    let mut scans: Vec<_> = sources
        .iter()
        .map(|source| {
            let first = source.index.dictionary.len();
            let scan = source.index.triple_terms.range(&[], None);
            (scan, first, source.unused_triples.iter().peekable())
        })
        .collect();
    let mut heap = BinaryHeap::new();
    let mut writer = PermutationWriter::create(&IndexHeader::path(folder, 1))?;
    let mut next = keys;
    let mut last = None;
    // Renumbers the next triple term of a source. Those that it is made of have their new ids.
    let mut advance = |source: usize,
                       ids: &NewIdLists,
                       heap: &mut BinaryHeap<Reverse<([u32; 4], usize, u32)>>|
     -> Result<()> {
        let Some((scan, old, unused)) = scans.get_mut(source) else {
            return Ok(());
        };
        for entry in scan.by_ref() {
            let [depth, parts @ ..] = entry?;
            let number = *old;
            *old += 1;
            if unused.next_if(|id| **id == number).is_some() {
                continue;
            }
            let new = ids.get(source).map(Vec::as_slice).unwrap_or_default();
            let new_id = |id| new.get(id as usize).copied().unwrap_or(NONE);
            let [s, p, o] = renumbered(parts, new_id, folder)?;
            heap.push(Reverse(([depth, s, p, o], source, number)));
            break;
        }
        Ok(())
    };
    for source in 0..sources.len() {
        advance(source, ids, &mut heap)?;
    }
    while let Some(Reverse((entry, source, old))) = heap.pop() {
        let id = match last {
            Some((before, id)) if before == entry => id,
            _ => {
                writer.push(&entry)?;
                next += 1;
                if next >= crate::dictionary::MAX_TERMS {
                    return Err(too_many(folder));
                }
                next - 1
            }
        };
        last = Some((entry, id));
        if let Some(place) = ids
            .get_mut(source)
            .and_then(|ids| ids.get_mut(old as usize))
        {
            *place = id;
        }
        advance(source, ids, &mut heap)?;
    }
    let (facts, length) = writer.finish()?;
    Ok(HeaderEntry { length, facts })
}

fn too_many(folder: &Path) -> Error {
    Error::new(ErrorKind::Full, folder, "more terms than ids can number")
}

#[inline]
fn renumbered<const N: usize>(
    entry: [u32; N],
    new_id: impl Fn(u32) -> u32,
    folder: &Path,
) -> Result<[u32; N]> {
    let entry = entry.map(new_id);
    if entry.contains(&NONE) {
        let message = "a term is needed that is not in the dictionary";
        return Err(Error::damaged(folder, message));
    }
    Ok(entry)
}

/// An order with new ids, without what is gone.
struct RenumberedScan<'a, const N: usize> {
    scan: Scan<'a, N>,
    folder: &'a Path,
    ids: &'a NewIds,
    kept: KeptEntries,
    gone: std::iter::Peekable<std::vec::IntoIter<[u32; N]>>,
}

impl<'a, const N: usize> RenumberedScan<'a, N> {
    fn new(
        order: &'a Permutation<N>,
        ids: &'a NewIds,
        kept: KeptEntries,
        gone: Vec<[u32; N]>,
    ) -> Self {
        Self {
            scan: order.range(&[], None),
            folder: order.file().path(),
            ids,
            kept,
            gone: gone.into_iter().peekable(),
        }
    }

    /// Copies the blocks ahead in which nothing changes and that are below an entry of another source.
    fn copy_to(
        &mut self,
        writer: &mut PermutationWriter<N>,
        bound: Option<[u32; N]>,
    ) -> Result<()> {
        let gone = self.gone.peek().copied();
        copy_kept(&mut self.scan, &self.kept, writer, [bound, gone]).map(drop)
    }

    #[inline]
    fn next(&mut self) -> Result<Option<[u32; N]>> {
        for entry in self.scan.by_ref() {
            let entry = entry?;
            if self.gone.next_if_eq(&entry).is_none() {
                return renumbered(entry, |id| self.ids.get(id), self.folder).map(Some);
            }
        }
        Ok(None)
    }
}

/// Copies the blocks ahead whose ids stay and that are below some bounds; says how many entries that are.
fn copy_kept<const N: usize>(
    scan: &mut Scan<'_, N>,
    kept: &KeptEntries,
    writer: &mut PermutationWriter<N>,
    bounds: [Option<[u32; N]>; 2],
) -> Result<usize> {
    if matches!(kept, KeptEntries::Nothing) || !writer.at_block() {
        return Ok(0);
    }
    let Some(first) = scan.next_block_start()? else {
        return Ok(0);
    };
    let bound = bounds.into_iter().flatten().chain(kept.up_to(first)).min();
    if bound.is_some_and(|bound| bound <= first) {
        return Ok(0);
    }
    scan.copy_blocks(writer, bound)
}

fn merge_order<const N: usize>(
    mut scans: Vec<RenumberedScan<'_, N>>,
    folder: &Path,
    file: usize,
) -> Result<HeaderEntry> {
    let mut writer = PermutationWriter::create(&IndexHeader::path(folder, file))?;
    let mut heap = BinaryHeap::with_capacity(scans.len());
    for (source, scan) in scans.iter_mut().enumerate() {
        if let Some(entry) = scan.next()? {
            heap.push(Reverse((entry, source)));
        }
    }
    let mut last = None;
    while let Some(Reverse((entry, source))) = heap.pop() {
        if last != Some(entry) {
            writer.push(&entry)?;
            last = Some(entry);
        }
        let Some(scan) = scans.get_mut(source) else {
            continue;
        };
        // The next entries of this source, as long as all other sources have greater ones.
        let bound = heap.peek().map(|Reverse((entry, _))| *entry);
        loop {
            scan.copy_to(&mut writer, bound)?;
            let Some(next) = scan.next()? else { break };
            if bound.is_some_and(|bound| bound <= next) {
                heap.push(Reverse((next, source)));
                break;
            }
            writer.push(&next)?;
        }
    }
    let (facts, length) = writer.finish()?;
    Ok(HeaderEntry { length, facts })
}

#[cfg(test)]
mod tests;

//! Dictionaries merged into one, and the ids that their keys get in it.

use super::{MergeInput, NONE, NewIdLists};
use crate::dictionary::{Dictionary, DictionaryWriter, KeyScan, Kinds};
use crate::error::Result;
use crate::header::{HeaderEntry, IndexHeader};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;

/// The next keys of several dictionaries, least first.
struct MergedKeys<'a> {
    scans: Vec<KeyScan<'a>>,
    heap: BinaryHeap<Reverse<(Vec<u8>, usize, u32)>>,
    spare: Vec<Vec<u8>>,
}

impl<'a> MergedKeys<'a> {
    fn new(dictionaries: impl Iterator<Item = &'a Dictionary>) -> Result<Self> {
        let mut keys = Self {
            scans: dictionaries
                .map(|dictionary| dictionary.scan(0..u32::MAX))
                .collect(),
            heap: BinaryHeap::new(),
            spare: Vec::new(),
        };
        for source in 0..keys.scans.len() {
            keys.advance(source)?;
        }
        Ok(keys)
    }

    fn advance(&mut self, source: usize) -> Result<()> {
        if let Some(scan) = self.scans.get_mut(source)
            && let Some((id, key)) = scan.next()?
        {
            let mut own = self.spare.pop().unwrap_or_default();
            own.clear();
            own.extend_from_slice(key);
            self.heap.push(Reverse((own, source, id)));
        }
        Ok(())
    }
}

/// The keys of the result, and the ids that those of the sources get in it.
struct MergedDictionary<'s> {
    writer: DictionaryWriter,
    ids: NewIdLists,
    unused: Vec<std::iter::Peekable<std::slice::Iter<'s, u32>>>,
}

impl MergedDictionary<'_> {
    /// Gives a key its new id: that of the key before where both are the same. `None` where it is not needed.
    fn add(
        &mut self,
        key: &[u8],
        source: usize,
        old: u32,
        same: Option<u32>,
    ) -> Result<Option<u32>> {
        let skip = self
            .unused
            .get_mut(source)
            .is_some_and(|unused| unused.next_if(|id| **id == old).is_some());
        if skip {
            return Ok(None);
        }
        let id = match same {
            Some(id) => id,
            None => self.writer.push(key)?,
        };
        if let Some(place) = self
            .ids
            .get_mut(source)
            .and_then(|ids| ids.get_mut(old as usize))
        {
            *place = id;
        }
        Ok(Some(id))
    }

    /// Copies the blocks ahead whose keys are all needed, and below those of other sources.
    fn copy_blocks(
        &mut self,
        scan: &mut KeyScan<'_>,
        source: usize,
        below: Option<&[u8]>,
    ) -> Result<()> {
        if !self.writer.at_block() {
            return Ok(());
        }
        let unused = self.unused.get_mut(source).and_then(|unused| unused.peek());
        let until = unused.map_or(u32::MAX, |id| **id);
        let old = scan.whole_blocks(below, until)?;
        if old.is_empty() {
            return Ok(());
        }
        let first = self.writer.copy(scan.dictionary(), old.clone())?;
        let places = self
            .ids
            .get_mut(source)
            .and_then(|ids| ids.get_mut(old.start as usize..old.end as usize));
        for (place, new) in places.into_iter().flatten().zip(first..) {
            *place = new;
        }
        scan.go_to(old.end);
        Ok(())
    }
}

pub(super) fn merge_keys(
    sources: &[MergeInput<'_>],
    folder: &Path,
) -> Result<(HeaderEntry, Kinds, NewIdLists)> {
    let mut renumbering = MergedDictionary {
        writer: DictionaryWriter::create(&IndexHeader::path(folder, 0))?,
        ids: sources
            .iter()
            .map(|source| vec![NONE; usize::try_from(source.index.terms()).unwrap_or_default()])
            .collect(),
        unused: sources
            .iter()
            .map(|source| source.unused.iter().peekable())
            .collect(),
    };
    let mut keys = MergedKeys::new(sources.iter().map(|source| &source.index.dictionary))?;
    // The last key that may be in another source too.
    let mut last: Option<(Vec<u8>, u32)> = None;
    while let Some(Reverse((key, source, old))) = keys.heap.pop() {
        let same = last.as_ref().filter(|(before, _)| *before == key);
        let same = same.map(|(_, id)| *id);
        let id = renumbering.add(&key, source, old, same)?;
        if let Some(id) = id
            && let Some((before, _)) = last.replace((key, id))
        {
            keys.spare.push(before);
        }
        // The next keys of this source, as long as all other sources have greater ones.
        let MergedKeys { scans, heap, spare } = &mut keys;
        let Some(scan) = scans.get_mut(source) else {
            continue;
        };
        loop {
            let least = heap.peek().map(|Reverse((least, ..))| least.as_slice());
            renumbering.copy_blocks(scan, source, least)?;
            let Some((old, key)) = scan.next()? else {
                break;
            };
            if least.is_some_and(|least| least <= key) {
                let mut own = spare.pop().unwrap_or_default();
                own.clear();
                own.extend_from_slice(key);
                heap.push(Reverse((own, source, old)));
                break;
            }
            renumbering.add(key, source, old, None)?;
        }
    }
    let MergedDictionary { writer, ids, .. } = renumbering;
    let (facts, kinds) = writer.finish()?;
    let length = u64::from(kinds.last().copied().unwrap_or_default());
    Ok((HeaderEntry { length, facts }, kinds, ids))
}

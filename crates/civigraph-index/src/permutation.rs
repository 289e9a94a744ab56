//! One order of the quads: a sorted list of entries in packed blocks, with a skip entry for each block.

use crate::block::{BLOCK, pack_one, unpack};
use crate::error::{Error, Result};
use crate::page::{FileFacts, PageFile, PageWriter};
use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Bytes of a skip entry: the first entry of its block, and where the block's bytes start.
const fn skip_size(n: usize) -> usize {
    n * 4 + 8
}

/// Writes entries in order.
pub(crate) struct PermutationWriter<const N: usize> {
    file: PageWriter,
    path: PathBuf,
    skips: Vec<u8>,
    last: [u32; N],
    in_block: usize,
    length: u64,
    packed: Vec<u8>,
}

impl<const N: usize> PermutationWriter<N> {
    pub(crate) fn create(path: &Path) -> Result<Self> {
        Ok(Self {
            file: PageWriter::create(path)?,
            path: path.to_owned(),
            skips: Vec::new(),
            last: [0; N],
            in_block: 0,
            length: 0,
            packed: Vec::with_capacity(1 << 16),
        })
    }

    /// Adds an entry that is greater than the one before.
    #[inline]
    pub(crate) fn push(&mut self, entry: &[u32; N]) -> Result<()> {
        if self.in_block == BLOCK || self.length == 0 {
            if self.length > 0 && *entry <= self.last {
                return Err(self.out_of_order());
            }
            if self.packed.len() >= 1 << 15 {
                self.file.write(&self.packed)?;
                self.packed.clear();
            }
            let at = self.file.position() + self.packed.len() as u64;
            for id in entry {
                self.skips.extend_from_slice(&id.to_le_bytes());
            }
            self.skips.extend_from_slice(&at.to_le_bytes());
            self.in_block = 0;
        } else if pack_one(&self.last, entry, &mut self.packed).is_none() {
            return Err(self.out_of_order());
        }
        self.last = *entry;
        self.in_block += 1;
        self.length += 1;
        Ok(())
    }

    /// Whether the next entry starts a block.
    pub(crate) fn at_block(&self) -> bool {
        self.in_block == BLOCK || self.length == 0
    }

    /// Adds whole blocks of another list as they are. The next entry must start a block, and so it does afterwards.
    fn copy(&mut self, from: &Permutation<N>, blocks: Range<usize>) -> Result<()> {
        let (first, start) = from.skip(blocks.start)?;
        let end = from.end_of(blocks.end.saturating_sub(1))?;
        if self.length > 0 && first <= self.last {
            return Err(self.out_of_order());
        }
        self.file.write(&self.packed)?;
        self.packed.clear();
        let to = self.file.position();
        let skips = from.skips;
        for block in blocks.clone() {
            let (first, at) = from.skip(block)?;
            let behind = at.checked_sub(start).filter(|_| at <= end);
            let behind = behind.ok_or_else(|| from.file.damaged_at(skips))?;
            for id in first {
                self.skips.extend_from_slice(&id.to_le_bytes());
            }
            let at = to + behind as u64;
            self.skips.extend_from_slice(&at.to_le_bytes());
        }
        self.file.write(from.file.bytes(start..end)?)?;
        self.last = from.get(blocks.end * BLOCK - 1)?;
        self.in_block = BLOCK;
        self.length += (blocks.len() * BLOCK) as u64;
        Ok(())
    }

    #[cold]
    fn out_of_order(&self) -> Error {
        Error::damaged(
            &self.path,
            format!("entry {} is not greater than the one before", self.length),
        )
    }

    /// Ends the file; gives its facts and the number of entries.
    pub(crate) fn finish(mut self) -> Result<(FileFacts, u64)> {
        self.file.write(&self.packed)?;
        let second = self.file.position();
        self.file.write(&self.skips)?;
        Ok((self.file.finish(second)?, self.length))
    }
}

/// A sorted list of entries.
#[derive(Debug)]
pub(crate) struct Permutation<const N: usize> {
    file: PageFile,
    length: usize,
    blocks: usize,
    skips: usize,
}

/// The entries of a block.
pub(crate) struct Block<const N: usize> {
    length: usize,
    entries: [[u32; N]; BLOCK],
}

impl<const N: usize> Block<N> {
    #[inline]
    fn entries(&self) -> &[[u32; N]] {
        // `length` is at most BLOCK.
        self.entries.get(..self.length).unwrap_or_default()
    }
}

/// Unpacked blocks that were read before. It belongs to one reader.
pub(crate) struct Cache<const N: usize> {
    slots: RefCell<Vec<Slot<N>>>,
    /// The block in which the last range started: the next one often starts there too, or a little behind it.
    near: Cell<usize>,
}

type Slot<const N: usize> = Option<(usize, Rc<Block<N>>)>;

/// Blocks that a cache keeps.
const SLOTS: usize = 1024;

impl<const N: usize> Cache<N> {
    pub(crate) fn new() -> Self {
        Self {
            slots: RefCell::new(Vec::new()),
            near: Cell::new(0),
        }
    }
}

/// Compares the start of an entry with a prefix.
#[inline]
fn compare<const N: usize>(entry: &[u32; N], prefix: &[u32]) -> Ordering {
    for (a, b) in entry.iter().zip(prefix) {
        match a.cmp(b) {
            Ordering::Equal => {}
            order => return order,
        }
    }
    Ordering::Equal
}

impl<const N: usize> Permutation<N> {
    pub(crate) fn open(path: PathBuf, facts: &FileFacts, length: u64) -> Result<Self> {
        let file = PageFile::open(path, facts)?;
        let fits = || {
            let length = usize::try_from(length).ok()?;
            let blocks = length.div_ceil(BLOCK);
            let skips = usize::try_from(facts.second).ok()?;
            let end = skips.checked_add(blocks.checked_mul(skip_size(N))?)?;
            (end == file.len()).then_some((length, blocks, skips))
        };
        let Some((length, blocks, skips)) = fits() else {
            return Err(Error::damaged(
                file.path(),
                "the file does not fit the header of the index",
            ));
        };
        Ok(Self {
            file,
            length,
            blocks,
            skips,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn file(&self) -> &PageFile {
        &self.file
    }

    /// The first entry of a block and where its bytes start.
    #[inline]
    fn skip(&self, block: usize) -> Result<([u32; N], usize)> {
        let at = self.skips + block * skip_size(N);
        let bytes = self.file.bytes(at..at + skip_size(N))?;
        let mut first = [0; N];
        let (ids, offset) = bytes.split_at_checked(N * 4).unwrap_or_default();
        for (id, bytes) in first.iter_mut().zip(ids.chunks_exact(4)) {
            *id = u32::from_le_bytes(bytes.try_into().unwrap_or_default());
        }
        let offset = u64::from_le_bytes(offset.try_into().unwrap_or_default());
        match usize::try_from(offset) {
            Ok(offset) => Ok((first, offset)),
            Err(_) => Err(self.file.damaged_at(at)),
        }
    }

    #[inline]
    fn first(&self, block: usize) -> Result<[u32; N]> {
        self.skip(block).map(|(first, _)| first)
    }

    /// The first block of which a condition on the first entry does not hold.
    fn partition(&self, holds: impl Fn(&[u32; N]) -> bool) -> Result<usize> {
        self.partition_within(0..self.blocks, holds)
    }

    /// As [`partition`](Self::partition), where the answer is likely to be a little behind the block `near`.
    #[inline]
    fn partition_near(&self, near: usize, holds: impl Fn(&[u32; N]) -> bool) -> Result<usize> {
        let mut within = 0..self.blocks;
        if within.contains(&near) {
            if holds(&self.first(near)?) {
                within.start = near + 1;
                for step in [1, 2, 4, 8] {
                    let next = within.start + step - 1;
                    if next >= within.end {
                        break;
                    }
                    if !holds(&self.first(next)?) {
                        within.end = next;
                        break;
                    }
                    within.start = next + 1;
                }
            } else {
                within.end = near;
            }
        }
        self.partition_within(within, holds)
    }

    fn partition_within(
        &self,
        Range {
            start: mut low,
            end: mut high,
        }: Range<usize>,
        holds: impl Fn(&[u32; N]) -> bool,
    ) -> Result<usize> {
        while low < high {
            let middle = low + (high - low) / 2;
            if holds(&self.first(middle)?) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// Where the bytes of a block end.
    #[inline]
    fn end_of(&self, number: usize) -> Result<usize> {
        if number + 1 < self.blocks {
            Ok(self.skip(number + 1)?.1)
        } else {
            Ok(self.skips)
        }
    }

    fn read(&self, number: usize, block: &mut Block<N>) -> Result<()> {
        let (first, start) = self.skip(number)?;
        let end = self.end_of(number)?;
        let bytes = self.file.bytes(start..end)?;
        block.length = (self.length - number * BLOCK).min(BLOCK);
        block
            .entries
            .get_mut(..block.length)
            .and_then(|entries| unpack(first, bytes, entries))
            .ok_or_else(|| self.file.damaged_at(start))
    }

    fn block(&self, number: usize, cache: Option<&Cache<N>>) -> Result<Rc<Block<N>>> {
        let empty = || Block {
            length: 0,
            entries: [[0; N]; BLOCK],
        };
        let Some(cache) = cache else {
            let mut block = empty();
            self.read(number, &mut block)?;
            return Ok(Rc::new(block));
        };
        let mut slots = cache.slots.borrow_mut();
        if slots.is_empty() {
            slots.resize_with(SLOTS.min(self.blocks), || None);
        }
        let count = slots.len().max(1);
        let Some(slot) = slots.get_mut(number % count) else {
            return Err(self.file.damaged_at(self.skips));
        };
        if let Some((at, block)) = slot {
            if *at == number {
                return Ok(Rc::clone(block));
            }
            // Nobody else reads it: its memory serves again.
            if let Some(memory) = Rc::get_mut(block) {
                *at = usize::MAX;
                self.read(number, memory)?;
                *at = number;
                return Ok(Rc::clone(block));
            }
        }
        let mut block = empty();
        self.read(number, &mut block)?;
        let block = Rc::new(block);
        *slot = Some((number, Rc::clone(&block)));
        Ok(block)
    }

    /// How many entries are below a prefix, or below all that start with something greater than it.
    fn rank(&self, prefix: &[u32], upper: bool, cache: Option<&Cache<N>>) -> Result<usize> {
        let below = |entry: &[u32; N]| match compare(entry, prefix) {
            Ordering::Less => true,
            Ordering::Equal => upper,
            Ordering::Greater => false,
        };
        let number = self.partition(below)?;
        match number.checked_sub(1) {
            None => Ok(0),
            Some(before) => {
                let block = self.block(before, cache)?;
                Ok(before * BLOCK + block.entries().partition_point(below))
            }
        }
    }

    /// The position of an entry.
    pub(crate) fn find(&self, entry: &[u32; N]) -> Result<Option<usize>> {
        let position = self.rank(entry, false, None)?;
        Ok((position < self.length && self.get(position)? == *entry).then_some(position))
    }

    /// The entry at a position.
    pub(crate) fn get(&self, position: usize) -> Result<[u32; N]> {
        let entry = if position < self.length {
            let block = self.block(position / BLOCK, None)?;
            block.entries.get(position % BLOCK).copied()
        } else {
            None
        };
        entry.ok_or_else(|| {
            Error::damaged(self.file.path(), format!("there is no entry {position}"))
        })
    }

    /// How many entries start with a prefix.
    pub(crate) fn count(&self, prefix: &[u32], cache: Option<&Cache<N>>) -> Result<usize> {
        self.count_between(prefix, prefix, cache)
    }

    /// How many entries lie between two prefixes, both included.
    pub(crate) fn count_between(
        &self,
        low: &[u32],
        high: &[u32],
        cache: Option<&Cache<N>>,
    ) -> Result<usize> {
        let end = self.rank(high, true, cache)?;
        Ok(end.saturating_sub(self.rank(low, false, cache)?))
    }

    /// The ids that follow a prefix, each once, with how many entries they start; `None` where there are more than
    /// `limit`.
    pub(crate) fn distinct(&self, prefix: &[u32], limit: usize) -> Result<Option<Vec<(u32, u64)>>> {
        let mut found = Vec::new();
        let end = self.rank(prefix, true, None)?;
        let mut position = self.rank(prefix, false, None)?;
        let mut bound = prefix.to_vec();
        while position < end {
            let entry = self.get(position)?;
            let Some(id) = entry.get(prefix.len()).copied() else {
                break;
            };
            if found.len() == limit {
                return Ok(None);
            }
            bound.truncate(prefix.len());
            bound.push(id);
            let next = self.rank(&bound, true, None)?;
            if next <= position {
                return Err(self.file.damaged_at(self.skips));
            }
            found.push((id, (next - position) as u64));
            position = next;
        }
        Ok(Some(found))
    }

    /// How many entries start with a prefix, and some of them, spread evenly.
    pub(crate) fn sample(&self, prefix: &[u32], size: usize) -> Result<(usize, Vec<[u32; N]>)> {
        let start = self.rank(prefix, false, None)?;
        let length = self.rank(prefix, true, None)?.saturating_sub(start);
        let size = size.min(length);
        let entries = (0..size).map(|part| self.get(start + (2 * part + 1) * length / (2 * size)));
        Ok((length, entries.collect::<Result<_>>()?))
    }

    /// The entries that start with a prefix.
    pub(crate) fn range<'a>(&'a self, prefix: &[u32], cache: Option<&'a Cache<N>>) -> Scan<'a, N> {
        self.between(prefix, prefix, cache)
    }

    /// The entries between two prefixes, both included.
    pub(crate) fn between<'a>(
        &'a self,
        low: &[u32],
        high: &[u32],
        cache: Option<&'a Cache<N>>,
    ) -> Scan<'a, N> {
        let mut bound = [u32::MAX; N];
        for (bound, id) in bound.iter_mut().zip(high) {
            *bound = *id;
        }
        let mut scan = Scan {
            permutation: self,
            cache,
            number: 0,
            position: 0,
            end: 0,
            block: None,
            bound,
            failure: None,
        };
        if let Err(error) = scan.seek(low) {
            scan.block = None;
            scan.failure = Some(error);
        }
        scan
    }

    /// The entries between two prefixes, both included, the last first.
    pub(crate) fn between_backwards<'a>(
        &'a self,
        low: &[u32],
        high: &[u32],
        cache: Option<&'a Cache<N>>,
    ) -> Backwards<'a, N> {
        let ranks = self.rank(low, false, cache).and_then(|start| {
            let end = self.rank(high, true, cache)?;
            Ok(start..end)
        });
        let (left, failure) = match ranks {
            Ok(left) => (left, None),
            Err(error) => (0..0, Some(error)),
        };
        Backwards {
            permutation: self,
            cache,
            left,
            block: None,
            failure,
        }
    }
}

/// The entries between two bounds, the last first.
pub(crate) struct Backwards<'a, const N: usize> {
    permutation: &'a Permutation<N>,
    cache: Option<&'a Cache<N>>,
    /// The positions that are left.
    left: Range<usize>,
    block: Option<(usize, Rc<Block<N>>)>,
    failure: Option<Error>,
}

impl<const N: usize> Backwards<'_, N> {
    fn entry(&mut self, position: usize) -> Result<[u32; N]> {
        let number = position / BLOCK;
        let block = match self.block.take() {
            Some((at, block)) if at == number => block,
            _ => self.permutation.block(number, self.cache)?,
        };
        let entry = block.entries().get(position % BLOCK).copied();
        self.block = Some((number, block));
        let file = &self.permutation.file;
        entry.ok_or_else(|| file.damaged_at(self.permutation.skips))
    }
}

impl<const N: usize> Iterator for Backwards<'_, N> {
    type Item = Result<[u32; N]>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failure.take() {
            return Some(Err(error));
        }
        let position = self.left.next_back()?;
        let entry = self.entry(position);
        if entry.is_err() {
            self.left = 0..0;
        }
        Some(entry)
    }
}

/// The entries between two bounds, in order.
pub(crate) struct Scan<'a, const N: usize> {
    permutation: &'a Permutation<N>,
    cache: Option<&'a Cache<N>>,
    number: usize,
    position: usize,
    /// Entries of the block that are not above the bound.
    end: usize,
    block: Option<Rc<Block<N>>>,
    bound: [u32; N],
    failure: Option<Error>,
}

impl<const N: usize> Scan<'_, N> {
    fn enter(&mut self, number: usize, position: usize, block: Rc<Block<N>>) {
        let entries = block.entries();
        self.end = match entries.last() {
            Some(last) if *last <= self.bound => entries.len(),
            _ => {
                let rest = entries.get(position..).unwrap_or_default();
                position + rest.partition_point(|entry| *entry <= self.bound)
            }
        };
        self.number = number;
        self.position = position;
        self.block = Some(block);
    }

    /// Goes to the first entry that is not below a prefix.
    fn seek(&mut self, low: &[u32]) -> Result<()> {
        let below = |entry: &[u32; N]| compare(entry, low).is_lt();
        let permutation = self.permutation;
        let number = match self.cache {
            Some(cache) => permutation.partition_near(cache.near.get(), below)?,
            None => permutation.partition(below)?,
        };
        if let Some(before) = number.checked_sub(1) {
            if let Some(cache) = self.cache {
                cache.near.set(before);
            }
            let block = permutation.block(before, self.cache)?;
            let position = block.entries().partition_point(below);
            if position < block.length {
                self.enter(before, position, block);
                return Ok(());
            }
        }
        if number < permutation.blocks && permutation.first(number)? <= self.bound {
            let block = permutation.block(number, self.cache)?;
            self.enter(number, 0, block);
        }
        Ok(())
    }

    /// Goes on to the first entry at or after a prefix that is not behind this place.
    pub(crate) fn skip_to(&mut self, low: &[u32]) -> Result<()> {
        if let Some(block) = &self.block {
            let entries = block.entries();
            // Within the block there is no search in the skips.
            if entries
                .last()
                .is_some_and(|last| compare(last, low).is_ge())
            {
                let ahead = entries
                    .get(self.position..)
                    .unwrap_or_default()
                    .partition_point(|entry| compare(entry, low).is_lt());
                self.position += ahead;
                return Ok(());
            }
            self.block = None;
            self.seek(low)?;
        }
        Ok(())
    }

    /// The first entry of the block that comes next, if the next entry starts one.
    pub(crate) fn next_block_start(&self) -> Result<Option<[u32; N]>> {
        match self.block_ahead() {
            Some(number) if number < self.permutation.blocks => {
                self.permutation.first(number).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The number of the block that comes next, if the next entry starts one.
    fn block_ahead(&self) -> Option<usize> {
        let block = self.block.as_ref()?;
        match self.position {
            0 => Some(self.number),
            position if position == block.length => Some(self.number + 1),
            _ => None,
        }
    }

    /// Copies the whole blocks ahead whose entries are below a bound; says how many entries that are. Only for a scan
    /// of all entries, where the next one starts a block, as does the writer's.
    pub(crate) fn copy_blocks(
        &mut self,
        writer: &mut PermutationWriter<N>,
        bound: Option<[u32; N]>,
    ) -> Result<usize> {
        let permutation = self.permutation;
        let Some(from) = self.block_ahead() else {
            return Ok(0);
        };
        let full = permutation.length / BLOCK;
        let to = match bound {
            None => full,
            // A block is below what starts the next one.
            Some(bound) => permutation
                .partition(|first| *first <= bound)?
                .saturating_sub(1)
                .min(full),
        };
        if to <= from {
            return Ok(0);
        }
        writer.copy(permutation, from..to)?;
        self.block = None;
        if to < permutation.blocks {
            let block = permutation.block(to, self.cache)?;
            self.enter(to, 0, block);
        }
        Ok((to - from) * BLOCK)
    }

    #[cold]
    fn next_block(&mut self) -> Result<bool> {
        let Some(block) = &self.block else {
            return Ok(false);
        };
        let next = self.number + 1;
        if self.end < block.length
            || next >= self.permutation.blocks
            || self.permutation.first(next)? > self.bound
        {
            self.block = None;
            return Ok(false);
        }
        let block = self.permutation.block(next, self.cache)?;
        self.enter(next, 0, block);
        Ok(true)
    }
}

impl<const N: usize> Iterator for Scan<'_, N> {
    type Item = Result<[u32; N]>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.position >= self.end || self.block.is_none() {
            if let Some(error) = self.failure.take() {
                return Some(Err(error));
            }
            match self.next_block() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    self.block = None;
                    return Some(Err(error));
                }
            }
        }
        let entry = self.block.as_ref()?.entries.get(self.position)?;
        self.position += 1;
        Some(Ok(*entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(entries: &[[u32; 3]]) -> (tempfile::TempDir, Permutation<3>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spo");
        let mut writer = PermutationWriter::create(&path).unwrap();
        for entry in entries {
            writer.push(entry).unwrap();
        }
        let (facts, length) = writer.finish().unwrap();
        let permutation = Permutation::open(path, &facts, length).unwrap();
        (folder, permutation)
    }

    #[test]
    fn entries_out_of_order_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = PermutationWriter::create(&folder.path().join("spo")).unwrap();
        for number in 0..100 {
            writer.push(&[0, number, 0]).unwrap();
            for again in [[0, number, 0], [0, number / 2, 0]] {
                assert!(writer.push(&again).is_err(), "{number}");
            }
        }
        let (facts, length) = writer.finish().unwrap();
        let path = folder.path().join("spo");
        let permutation = Permutation::<3>::open(path, &facts, length).unwrap();
        let entries: Result<Vec<_>> = permutation.range(&[], None).collect();
        assert_eq!(
            entries.unwrap(),
            Vec::from_iter((0..100).map(|number| [0, number, 0]))
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn ranges_and_counts_are_those_of_a_list(
            entries in prop::collection::btree_set([0..20_u32, 0..6, 0..40], 0..400),
            low in prop::collection::vec(0..22_u32, 0..=3),
            high in prop::collection::vec(0..22_u32, 0..=3),
        ) {
            let entries: Vec<[u32; 3]> = entries.into_iter().collect();
            let (_folder, permutation) = written(&entries);
            let expected: Vec<[u32; 3]> = entries
                .iter()
                .filter(|e| compare(e, &low).is_ge() && compare(e, &high).is_le())
                .copied()
                .collect();
            let cache = Cache::new();
            for cache in [None, Some(&cache), Some(&cache)] {
                let found: Result<Vec<_>> = permutation.between(&low, &high, cache).collect();
                prop_assert_eq!(&found.unwrap(), &expected);
                let back: Result<Vec<_>> =
                    permutation.between_backwards(&low, &high, cache).collect();
                let mut back = back.unwrap();
                back.reverse();
                prop_assert_eq!(&back, &expected);
                let count = permutation.count_between(&low, &high, cache).unwrap();
                if compare(&[low.first().copied().unwrap_or(0), low.get(1).copied().unwrap_or(0), low.get(2).copied().unwrap_or(0)], &high).is_le() {
                    prop_assert_eq!(count, expected.len());
                }
            }
            let mut scan = permutation.range(&[], None);
            let mut skipped = Vec::new();
            scan.skip_to(&low).unwrap();
            for entry in scan { skipped.push(entry.unwrap()); }
            let expected: Vec<[u32; 3]> = entries.iter().filter(|e| compare(e, &low).is_ge()).copied().collect();
            prop_assert_eq!(skipped, expected);
        }
    }
}

//! One order of the quads: a sorted list of entries in packed blocks, with a skip entry for each block.

mod scan;

pub(crate) use scan::{Backwards, Scan};

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
    slots: RefCell<Vec<CachedBlock<N>>>,
    /// The block in which the last range started: the next one often starts there too, or a little behind it.
    near: Cell<usize>,
}

type CachedBlock<const N: usize> = Option<(usize, Rc<Block<N>>)>;

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

#[cfg(test)]
mod tests;

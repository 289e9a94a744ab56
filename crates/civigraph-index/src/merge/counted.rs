//! An order merged with how often each of its quads was made.

use super::ids::{KeptEntries, NewIds};
use super::{copy_kept, renumbered};
use crate::error::{Error, ErrorKind, Result};
use crate::header::{HeaderEntry, IndexHeader};
use crate::permutation::{Permutation, PermutationWriter, Scan};
use crate::sorted::count_entry;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;

/// An order with new ids and with how often each quad was made.
pub(super) struct CountedScan<'a, const N: usize> {
    scan: Scan<'a, N>,
    folder: &'a Path,
    ids: &'a NewIds,
    kept: KeptEntries,
    counts: Scan<'a, 3>,
    /// The next position that has a count of its own.
    counted: Option<(u64, u64)>,
    position: u64,
    less: std::iter::Peekable<std::slice::Iter<'a, ([u32; N], u64)>>,
}

impl<'a, const N: usize> CountedScan<'a, N> {
    pub(super) fn new(
        order: &'a Permutation<N>,
        counts: &'a Permutation<3>,
        ids: &'a NewIds,
        less: &'a [([u32; N], u64)],
    ) -> Self {
        let kept = if ids.changed.is_empty() {
            KeptEntries::All
        } else {
            KeptEntries::Nothing
        };
        Self {
            scan: order.range(&[], None),
            folder: order.file().path(),
            ids,
            kept,
            counts: counts.range(&[], None),
            counted: None,
            position: 0,
            less: less.iter().peekable(),
        }
    }

    /// The first position from one on that has a count of its own.
    #[inline]
    fn counted_from(&mut self, position: u64) -> Result<(u64, u64)> {
        loop {
            if let Some(counted) = self.counted
                && counted.0 >= position
            {
                return Ok(counted);
            }
            self.counted = match self.counts.next().transpose()? {
                Some([high, low, count]) => {
                    Some((u64::from(high) << 32 | u64::from(low), u64::from(count)))
                }
                None => Some((u64::MAX, 1)),
            };
        }
    }

    /// Copies the blocks ahead in which nothing changes and that are below an entry of another source.
    fn copy_to(
        &mut self,
        writer: &mut CountedWriter<'_, N>,
        bound: Option<[u32; N]>,
    ) -> Result<()> {
        let less = self.less.peek().map(|(entry, _)| *entry);
        let copied = copy_kept(&mut self.scan, &self.kept, &mut writer.order, [bound, less])?;
        let (start, end) = (self.position, self.position + copied as u64);
        loop {
            let (at, count) = self.counted_from(self.position)?;
            if at >= end {
                break;
            }
            writer.count(writer.position + (at - start), count)?;
            self.position = at + 1;
        }
        self.position = end;
        writer.position += copied as u64;
        Ok(())
    }

    fn next(&mut self) -> Result<Option<([u32; N], u64)>> {
        while let Some(entry) = self.scan.next() {
            let entry = entry?;
            let position = self.position;
            self.position += 1;
            let mut count = match self.counted_from(position)? {
                (at, count) if at == position => count,
                _ => 1,
            };
            if let Some((_, less)) = self.less.next_if(|(gone, _)| *gone == entry) {
                if *less > count {
                    return Err(Error::new(
                        ErrorKind::Misfit,
                        self.folder,
                        "a quad is taken back more often than it was made",
                    ));
                }
                count -= less;
                if count == 0 {
                    continue;
                }
            }
            let entry = renumbered(entry, |id| self.ids.get(id), self.folder)?;
            return Ok(Some((entry, count)));
        }
        Ok(None)
    }
}

/// Writes an order and how often each quad was made.
struct CountedWriter<'a, const N: usize> {
    order: PermutationWriter<N>,
    counts: PermutationWriter<3>,
    position: u64,
    folder: &'a Path,
}

impl<const N: usize> CountedWriter<'_, N> {
    fn push(&mut self, (entry, count): ([u32; N], u64)) -> Result<()> {
        self.order.push(&entry)?;
        self.count(self.position, count)?;
        self.position += 1;
        Ok(())
    }

    fn count(&mut self, position: u64, count: u64) -> Result<()> {
        if count > 1 {
            let count = u32::try_from(count).map_err(|_| {
                let message = "a quad was made more often than can be counted";
                Error::new(ErrorKind::Full, self.folder, message)
            })?;
            self.counts.push(&count_entry(position, count))?;
        }
        Ok(())
    }
}

pub(super) fn merge_counted<const N: usize>(
    mut scans: Vec<CountedScan<'_, N>>,
    folder: &Path,
    [order, counts]: [usize; 2],
) -> Result<[HeaderEntry; 2]> {
    let mut writer = CountedWriter {
        order: PermutationWriter::create(&IndexHeader::path(folder, order))?,
        counts: PermutationWriter::create(&IndexHeader::path(folder, counts))?,
        position: 0,
        folder,
    };
    let mut heap = BinaryHeap::with_capacity(scans.len());
    for (source, scan) in scans.iter_mut().enumerate() {
        if let Some((entry, count)) = scan.next()? {
            heap.push(Reverse((entry, source, count)));
        }
    }
    let mut held: Option<([u32; N], u64)> = None;
    while let Some(Reverse((entry, source, count))) = heap.pop() {
        let sum = match held.take() {
            Some((before, sum)) if before == entry => sum + count,
            Some(done) => {
                writer.push(done)?;
                count
            }
            None => count,
        };
        let bound = heap.peek().map(|Reverse((entry, ..))| *entry);
        if bound == Some(entry) {
            held = Some((entry, sum));
        } else {
            writer.push((entry, sum))?;
        }
        let Some(scan) = scans.get_mut(source) else {
            continue;
        };
        // The next entries of this source, as long as all other sources have greater ones.
        loop {
            if held.is_none() {
                scan.copy_to(&mut writer, bound)?;
            }
            let Some((next, count)) = scan.next()? else {
                break;
            };
            if bound.is_some_and(|bound| bound <= next) {
                heap.push(Reverse((next, source, count)));
                break;
            }
            writer.push((next, count))?;
        }
    }
    if let Some(done) = held {
        writer.push(done)?;
    }
    let (facts, length) = writer.order.finish()?;
    let (count_facts, counted) = writer.counts.finish()?;
    Ok([
        HeaderEntry { length, facts },
        HeaderEntry {
            length: counted,
            facts: count_facts,
        },
    ])
}

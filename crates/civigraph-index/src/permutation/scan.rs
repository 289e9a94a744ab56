//! The entries of an order between two bounds, in either direction.

use super::{Block, Cache, Permutation, PermutationWriter, compare};
use crate::block::BLOCK;
use crate::error::{Error, Result};
use std::ops::Range;
use std::rc::Rc;

/// The entries between two bounds, the last first.
pub(crate) struct Backwards<'a, const N: usize> {
    pub(super) permutation: &'a Permutation<N>,
    pub(super) cache: Option<&'a Cache<N>>,
    /// The positions that are left.
    pub(super) left: Range<usize>,
    pub(super) block: Option<(usize, Rc<Block<N>>)>,
    pub(super) failure: Option<Error>,
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
    pub(super) permutation: &'a Permutation<N>,
    pub(super) cache: Option<&'a Cache<N>>,
    pub(super) number: usize,
    pub(super) position: usize,
    /// Entries of the block that are not above the bound.
    pub(super) end: usize,
    pub(super) block: Option<Rc<Block<N>>>,
    pub(super) bound: [u32; N],
    pub(super) failure: Option<Error>,
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
    pub(super) fn seek(&mut self, low: &[u32]) -> Result<()> {
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

//! Lists of growing numbers: the documents of each word.
//!
//! ```text
//! list 0 │ list 1 │ … │ start of each list and of the end, 5 bytes each │ count │ start of starts
//! ```
//!
//! A list has its first number and then the difference of each to the one before, as numbers of
//! variable length.

use crate::error::{Error, ErrorKind, Result};
use crate::manifest::FileChecksums;
use crate::page::{PageFile, PageWriter, SpillFile};
use crate::varint::{put, take};
use std::ops::Range;
use std::path::Path;

/// Bytes of the start of a list.
const START: usize = 5;

/// Packs numbers that grow into a list.
#[derive(Default)]
pub struct PackedList {
    bytes: Vec<u8>,
    last: u32,
}

impl PackedList {
    /// Empties the list.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.last = 0;
    }

    /// Adds a number that is not less than the last one; one that is equal is left out.
    pub fn push(&mut self, number: u32) {
        if number > self.last || self.bytes.is_empty() {
            put(&mut self.bytes, u64::from(number.saturating_sub(self.last)));
            self.last = number;
        }
    }

    /// Adds a list that starts with the last number or a greater one; its own last one is given.
    pub fn append(&mut self, mut bytes: &[u8], last: u32) {
        if self.bytes.is_empty() {
            self.bytes.extend_from_slice(bytes);
        } else if let Some(first) = take(&mut bytes) {
            let grown = first.saturating_sub(u64::from(self.last));
            if grown > 0 {
                put(&mut self.bytes, grown);
            }
            self.bytes.extend_from_slice(bytes);
        }
        self.last = last;
    }

    /// The list.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The last number; zero for an empty list.
    pub fn last(&self) -> u32 {
        self.last
    }
}

/// Calls a function with the numbers of a list; `None` if the bytes are not a list.
#[inline]
pub fn unpack(mut bytes: &[u8], mut each: impl FnMut(u32)) -> Option<()> {
    let mut number = 0_u64;
    while !bytes.is_empty() {
        number = number.checked_add(take(&mut bytes)?)?;
        each(u32::try_from(number).ok()?);
    }
    Some(())
}

/// Writes lists, which are numbered in their order.
pub struct ListsWriter {
    file: PageWriter,
    starts: SpillFile,
    lists: u64,
}

impl ListsWriter {
    /// Creates a file of a folder.
    pub fn create(folder: &Path, name: &str) -> Result<Self> {
        Ok(Self {
            file: PageWriter::create(folder, name)?,
            starts: SpillFile::new(folder)?,
            lists: 0,
        })
    }

    /// Adds a list.
    pub fn push(&mut self, list: &PackedList) -> Result<()> {
        self.start()?;
        self.file.write(list.bytes())?;
        self.lists += 1;
        Ok(())
    }

    fn start(&mut self) -> Result<()> {
        let start = self.file.position().to_le_bytes();
        let (low, high) = start.split_at(START);
        if high.iter().any(|byte| *byte != 0) {
            return Err(Error::new(
                ErrorKind::Write,
                self.file.path(),
                "more than a terabyte of words",
            ));
        }
        self.starts.write(low)
    }

    /// Completes the file.
    pub fn finish(mut self) -> Result<FileChecksums> {
        self.start()?;
        let end = self.file.position();
        let file = &mut self.file;
        self.starts.each::<START>(|start| file.write(&start))?;
        self.file.write(&self.lists.to_le_bytes())?;
        self.file.write(&end.to_le_bytes())?;
        self.file.finish()
    }
}

/// Lists that are read.
#[derive(Debug)]
pub struct Lists {
    file: PageFile,
    lists: u64,
    starts: usize,
}

impl Lists {
    /// Reads the end of a file.
    pub fn open(file: PageFile) -> Result<Self> {
        let ([lists, starts], footer) = file.footer()?;
        let starts = usize::try_from(starts).unwrap_or(usize::MAX);
        let length = lists.saturating_add(1).saturating_mul(START as u64);
        if footer.checked_sub(starts).map(|length| length as u64) != Some(length) {
            return Err(file.damaged_at(footer));
        }
        Ok(Self {
            file,
            lists,
            starts,
        })
    }

    /// How many lists there are.
    pub fn len(&self) -> u64 {
        self.lists
    }

    /// Calls a function with the numbers of a list.
    pub fn list(&self, list: u64, each: impl FnMut(u32)) -> Result<()> {
        let end = list.saturating_add(1);
        let (start, end) = (self.start(list)?, self.start(end)?);
        self.unpack(start..end, each)
    }

    /// Calls a function with the numbers of several lists.
    pub fn lists(&self, lists: Range<u64>, mut each: impl FnMut(u32)) -> Result<()> {
        if lists.is_empty() {
            return Ok(());
        }
        let mut start = self.start(lists.start)?;
        for list in lists {
            let end = self.start(list.saturating_add(1))?;
            self.unpack(start..end, &mut each)?;
            start = end;
        }
        Ok(())
    }

    fn unpack(&self, range: Range<usize>, each: impl FnMut(u32)) -> Result<()> {
        let start = range.start;
        unpack(self.file.bytes(range)?, each).ok_or_else(|| self.file.damaged_at(start))
    }

    fn start(&self, list: u64) -> Result<usize> {
        if list > self.lists {
            return Err(self.file.damaged_at(self.starts));
        }
        let position = self.starts + list as usize * START;
        let start: [u8; START] = self.file.array(position)?;
        let mut bytes = [0; 8];
        bytes
            .iter_mut()
            .zip(start)
            .for_each(|(to, from)| *to = from);
        match usize::try_from(u64::from_le_bytes(bytes)) {
            Ok(start) if start <= self.starts => Ok(start),
            _ => Err(self.file.damaged_at(position)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::IndexManifest;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #[test]
        fn lists_round_trip(lists: Vec<BTreeSet<u32>>) {
            let folder = tempfile::tempdir().unwrap();
            let mut writer = ListsWriter::create(folder.path(), "lists").unwrap();
            for list in &lists {
                // In two parts, and each number twice.
                let (low, high): (Vec<u32>, Vec<u32>) = list.iter().partition(|n| **n < 1 << 31);
                let [mut low, high] = [low, high].map(|numbers| {
                    let mut packed = PackedList::default();
                    numbers.iter().flat_map(|n| [*n, *n]).for_each(|n| packed.push(n));
                    packed
                });
                if !high.bytes().is_empty() {
                    low.append(high.bytes(), high.last());
                }
                prop_assert_eq!(low.last(), list.last().copied().unwrap_or_default());
                writer.push(&low).unwrap();
            }
            let files = BTreeMap::from([("lists".to_owned(), writer.finish().unwrap())]);
            let manifest = IndexManifest { documents: 0, files };
            let read = Lists::open(PageFile::open(folder.path(), &manifest, "lists").unwrap()).unwrap();
            prop_assert_eq!(read.len(), lists.len() as u64);
            let mut all = Vec::new();
            read.lists(0..read.len(), |number| all.push(number)).unwrap();
            prop_assert_eq!(all, lists.iter().flatten().copied().collect::<Vec<_>>());
            for (at, list) in lists.iter().enumerate() {
                let mut numbers = BTreeSet::new();
                read.list(at as u64, |number| { numbers.insert(number); }).unwrap();
                prop_assert_eq!(&numbers, list);
            }
            prop_assert!(read.list(read.len(), |_| ()).is_err());
        }
    }
}

//! Sorting records of bytes with bounded memory.

use crate::error::Result;
use crate::runs::{Merge, Runs};
use std::path::Path;

/// Takes records in any order; sorts them in memory as long as they fit, and in runs on disk
/// otherwise.
pub struct Sorter {
    records: RecordBuffer,
    runs: Runs,
    memory: usize,
}

/// Records in memory.
#[derive(Default)]
pub struct RecordBuffer {
    bytes: Vec<u8>,
    /// Where each record starts and ends.
    places: Vec<(u32, u32)>,
}

impl RecordBuffer {
    fn memory(&self) -> usize {
        self.bytes.len() + self.places.len() * size_of::<(u32, u32)>()
    }

    fn record(&self, (start, end): (u32, u32)) -> &[u8] {
        self.bytes
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }

    fn sort(&mut self) {
        let mut places = std::mem::take(&mut self.places);
        // Stable, because that makes use of what is in order already.
        places.sort_by(|a, b| self.record(*a).cmp(self.record(*b)));
        self.places = places;
    }
}

impl Sorter {
    /// No records. They take about so many bytes of memory.
    pub fn new(folder: &Path, memory: usize) -> Self {
        Self {
            records: RecordBuffer::default(),
            runs: Runs::new(folder),
            // A vector that grows may take twice what is in it, and positions have 32 bits.
            memory: (memory / 2).clamp(1, 1 << 30),
        }
    }

    /// Adds a record, of at most a gigabyte.
    pub fn push(&mut self, record: &[u8]) -> Result<()> {
        if self.records.memory() + record.len() > self.memory {
            self.spill()?;
        }
        let start = self.records.bytes.len() as u32;
        self.records.bytes.extend_from_slice(record);
        let end = self.records.bytes.len() as u32;
        self.records.places.push((start, end));
        Ok(())
    }

    fn spill(&mut self) -> Result<()> {
        self.records.sort();
        for place in &self.records.places {
            self.runs.push(self.records.record(*place), &[])?;
        }
        self.runs.end_run();
        self.records.places.clear();
        self.records.bytes.clear();
        Ok(())
    }

    /// Sorts what was added.
    pub fn finish(mut self) -> Result<SortedRecords> {
        if self.runs.is_empty() {
            self.records.sort();
            return Ok(SortedRecords::Memory(self.records, 0));
        }
        self.spill()?;
        drop(self.records);
        Ok(SortedRecords::Runs(self.runs.merge(self.memory)?))
    }
}

/// Records in the order of their bytes.
pub enum SortedRecords {
    Memory(RecordBuffer, usize),
    Runs(Merge),
}

impl SortedRecords {
    /// The next record.
    pub fn next(&mut self) -> Result<Option<&[u8]>> {
        match self {
            Self::Memory(records, next) => {
                let place = records.places.get(*next).copied();
                *next += 1;
                Ok(place.map(|place| records.record(place)))
            }
            Self::Runs(merge) => Ok(merge.next()?.map(|(record, _)| record)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn records_are_sorted(
            mut records: Vec<Vec<u8>>,
            memory in prop::sample::select(vec![0, 100, 1 << 20]),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut sorter = Sorter::new(folder.path(), memory);
            records.iter().for_each(|record| sorter.push(record).unwrap());
            let mut sorted = sorter.finish().unwrap();
            records.sort();
            for record in &records {
                prop_assert_eq!(sorted.next().unwrap(), Some(record.as_slice()));
            }
            prop_assert_eq!(sorted.next().unwrap(), None);
        }
    }
}

//! Sorting more entries than memory holds: sorted chunks in memory, sorted runs on disk, one merge.

use super::fingerprint::{ENTRY_BYTES, Entry};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::PathBuf;

/// Beyond this many runs of one key they are merged into one, so that open files stay few.
const MAX_RUNS: usize = 64;

/// Bytes of the buffer of each run that is read or written.
const BUFFER_BYTES: usize = 128 << 10;

/// Collects sorted chunks and gives all entries back in order, as often as asked.
#[derive(Debug)]
pub(super) struct Sorter {
    directory: Option<PathBuf>,
    chunks: Vec<Box<[Entry]>>,
    /// Bytes of `chunks`.
    memory: usize,
    /// Unnamed files: nothing stays behind, whatever happens to the process.
    runs: Vec<File>,
}

impl Sorter {
    /// An empty sorter that spills to `directory`, or to the system's directory of temporary files.
    pub(super) fn new(directory: Option<PathBuf>) -> Self {
        Self {
            directory,
            chunks: Vec::new(),
            memory: 0,
            runs: Vec::new(),
        }
    }

    /// Adds entries that are sorted.
    pub(super) fn add(&mut self, sorted: Box<[Entry]>) {
        debug_assert!(sorted.is_sorted());
        self.memory += sorted.len() * ENTRY_BYTES;
        self.chunks.push(sorted);
    }

    /// Bytes held in memory.
    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    /// Writes what is in memory to a run on disk.
    pub(super) fn spill(&mut self) -> io::Result<()> {
        let chunks = std::mem::take(&mut self.chunks);
        self.memory = 0;
        let run = self.write_run(chunks.iter().map(|chunk| Source::Memory(chunk)).collect())?;
        self.runs.push(run);
        if self.runs.len() >= MAX_RUNS {
            let mut runs = std::mem::take(&mut self.runs);
            let merged = self.write_run(sources(&mut runs)?)?;
            self.runs.push(merged);
        }
        Ok(())
    }

    /// All entries in ascending order.
    pub(super) fn sorted(&mut self) -> io::Result<Merge<'_>> {
        let mut all = sources(&mut self.runs)?;
        all.extend(self.chunks.iter().map(|chunk| Source::Memory(chunk)));
        Merge::new(all)
    }

    fn write_run(&self, sources: Vec<Source<'_>>) -> io::Result<File> {
        let file = match &self.directory {
            Some(directory) => tempfile::tempfile_in(directory)?,
            None => tempfile::tempfile()?,
        };
        let mut writer = BufWriter::with_capacity(BUFFER_BYTES, file);
        for entry in Merge::new(sources)? {
            for number in entry? {
                writer.write_all(&number.to_le_bytes())?;
            }
        }
        writer.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

/// The runs, each from its start.
fn sources(runs: &mut [File]) -> io::Result<Vec<Source<'_>>> {
    runs.iter_mut()
        .map(|run| {
            run.rewind()?;
            Ok(Source::Run(BufReader::with_capacity(BUFFER_BYTES, run)))
        })
        .collect()
}

/// Where sorted entries come from.
#[derive(Debug)]
enum Source<'a> {
    /// What is left of a chunk in memory.
    Memory(&'a [Entry]),
    /// What is left of a run.
    Run(BufReader<&'a mut File>),
}

impl Source<'_> {
    fn next(&mut self) -> io::Result<Option<Entry>> {
        match self {
            Source::Memory(entries) => Ok(entries.split_first().map(|(first, rest)| {
                *entries = rest;
                *first
            })),
            Source::Run(reader) => {
                let mut bytes = [0; ENTRY_BYTES];
                if let Err(error) = reader.read_exact(&mut bytes) {
                    // A run holds whole entries, so a short read is its end.
                    return match error.kind() {
                        io::ErrorKind::UnexpectedEof => Ok(None),
                        _ => Err(error),
                    };
                }
                let mut entry = Entry::default();
                for (number, bytes) in entry.iter_mut().zip(bytes.as_chunks().0) {
                    *number = u64::from_le_bytes(*bytes);
                }
                Ok(Some(entry))
            }
        }
    }
}

/// Entries of several sources in ascending order.
#[derive(Debug)]
pub(super) struct Merge<'a> {
    sources: Vec<Source<'a>>,
    /// The next entry of each source that has one, the smallest on top.
    next: BinaryHeap<Reverse<(Entry, usize)>>,
}

impl<'a> Merge<'a> {
    fn new(mut sources: Vec<Source<'a>>) -> io::Result<Self> {
        let mut next = BinaryHeap::with_capacity(sources.len());
        for (index, source) in sources.iter_mut().enumerate() {
            if let Some(entry) = source.next()? {
                next.push(Reverse((entry, index)));
            }
        }
        Ok(Self { sources, next })
    }
}

impl Iterator for Merge<'_> {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        // Replacing the top in place costs half of a pop and a push.
        let mut top = self.next.peek_mut()?;
        let Reverse((entry, index)) = *top;
        match self.sources[index].next() {
            Ok(Some(following)) => {
                *top = Reverse((following, index));
                Some(Ok(entry))
            }
            Ok(None) => {
                std::collections::binary_heap::PeekMut::pop(top);
                Some(Ok(entry))
            }
            Err(error) => Some(Err(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is spilled when, the entries come back sorted, twice.
        #[test]
        fn sorted_whatever_is_spilled(
            chunks in prop::collection::vec(
                (prop::collection::vec([0..4u64, 0..3u64, 0..50u64], 0..20), any::<bool>()),
                0..80,
            ),
        ) {
            let mut sorter = Sorter::new(None);
            let mut expected = Vec::new();
            for (mut chunk, spill) in chunks {
                expected.extend_from_slice(&chunk);
                chunk.sort_unstable();
                sorter.add(chunk.into_boxed_slice());
                if spill {
                    sorter.spill().unwrap();
                    prop_assert_eq!(sorter.memory(), 0);
                }
            }
            expected.sort_unstable();
            for _ in 0..2 {
                let sorted: Vec<_> = sorter.sorted().unwrap().map(Result::unwrap).collect();
                prop_assert_eq!(&sorted, &expected);
            }
        }
    }

    #[test]
    fn many_runs_are_merged() {
        let mut sorter = Sorter::new(None);
        for number in (0..200).rev() {
            sorter.add(Box::new([[number, 0, 0]]));
            sorter.spill().unwrap();
            assert!(sorter.runs.len() < MAX_RUNS);
        }
        let numbers: Vec<_> = sorter
            .sorted()
            .unwrap()
            .map(|entry| entry.unwrap()[0])
            .collect();
        assert_eq!(numbers, (0..200).collect::<Vec<_>>());
    }
}

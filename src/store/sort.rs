//! Records sorted by key in bounded memory: what does not fit is written to runs and merged.
//!
//! A record is a key and a payload, both bytes. Equal keys stay in the order in which they came.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Memory that a sorter takes before it writes a run, by default.
pub const DEFAULT_BUDGET: usize = 128 << 20;

/// Memory that the sorters of this process take, each.
static BUDGET: AtomicUsize = AtomicUsize::new(DEFAULT_BUDGET);

/// Memory that a sorter takes before it writes a run, in this process.
pub fn budget() -> usize {
    BUDGET.load(Ordering::Relaxed)
}

/// Lets sorters take less memory, in a process that has little.
pub fn set_budget(bytes: usize) {
    BUDGET.store(bytes.clamp(1 << 20, DEFAULT_BUDGET), Ordering::Relaxed);
}

/// Runs that are merged in one pass; more are first merged into one.
const FAN_IN: usize = 64;

/// Read and write buffer of one run.
const BUFFER: usize = 1 << 17;

/// Records in one piece of memory.
#[derive(Debug, Clone, Default)]
pub struct RecordBuffer {
    bytes: Vec<u8>,
    entries: Vec<RecordBounds>,
}

#[derive(Debug, Clone, Copy)]
struct RecordBounds {
    start: usize,
    key_end: usize,
    end: usize,
}

impl RecordBuffer {
    /// Adds a record that is only a key, written by `write` at the end of the given bytes.
    pub fn push_key(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        write(&mut self.bytes);
        let end = self.bytes.len();
        self.entries.push(RecordBounds {
            start,
            key_end: end,
            end,
        });
    }

    /// Adds a record.
    pub fn push(&mut self, key: &[u8], payload: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(key);
        let key_end = self.bytes.len();
        self.bytes.extend_from_slice(payload);
        self.entries.push(RecordBounds {
            start,
            key_end,
            end: self.bytes.len(),
        });
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Memory taken, in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len() + self.entries.len() * mem::size_of::<RecordBounds>()
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        // Entries are made by `push` and `push_key` only, so their ranges lie within `bytes`.
        let key = |entry: &RecordBounds| &bytes[entry.start..entry.key_end];
        // Rows mostly come in order of their keys: the stable sort takes such runs as they are.
        self.entries.sort_by(|a, b| key(a).cmp(key(b)));
    }

    fn get(&self, index: usize) -> Option<(&[u8], &[u8])> {
        let entry = self.entries.get(index)?;
        Some((
            self.bytes.get(entry.start..entry.key_end)?,
            self.bytes.get(entry.key_end..entry.end)?,
        ))
    }
}

/// Sorts any number of records.
#[derive(Debug)]
pub struct Sorter {
    folder: PathBuf,
    budget: usize,
    threads: usize,
    held: Vec<RecordBuffer>,
    held_size: usize,
    runs: Vec<PathBuf>,
    next_run: usize,
}

impl Sorter {
    /// A sorter that keeps up to `budget` bytes in memory and writes its runs into `folder`.
    pub fn new(folder: impl Into<PathBuf>, budget: usize, threads: usize) -> Self {
        Self {
            folder: folder.into(),
            budget,
            threads: threads.max(1),
            held: Vec::new(),
            held_size: 0,
            runs: Vec::new(),
            next_run: 0,
        }
    }

    /// Takes records.
    ///
    /// # Errors
    /// A run cannot be written.
    pub fn add(&mut self, records: RecordBuffer) -> io::Result<()> {
        if records.is_empty() {
            return Ok(());
        }
        self.held_size += records.size();
        self.held.push(records);
        if self.held_size >= self.budget {
            self.spill()?;
        }
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        self.sort_held();
        let held = mem::take(&mut self.held);
        self.held_size = 0;
        let mut merge = Merge::new(held.into_iter().map(RecordSource::held).collect())?;
        let run = self.write_run(&mut merge)?;
        self.runs.push(run);
        if self.runs.len() >= FAN_IN {
            let runs = mem::take(&mut self.runs);
            let mut merge = Merge::new(
                runs.iter()
                    .map(|run| RecordSource::run(run))
                    .collect::<io::Result<_>>()?,
            )?;
            let merged = self.write_run(&mut merge)?;
            for run in runs {
                std::fs::remove_file(run)?;
            }
            self.runs.push(merged);
        }
        Ok(())
    }

    fn write_run(&mut self, merge: &mut Merge) -> io::Result<PathBuf> {
        let path = self.folder.join(format!("run-{}", self.next_run));
        self.next_run += 1;
        let mut out = BufWriter::with_capacity(BUFFER, File::create(&path)?);
        while let Some((key, payload)) = merge.next()? {
            for part in [key, payload] {
                let length = u32::try_from(part.len())
                    .map_err(|_| io::Error::other("a record of 4 GiB or more"))?;
                out.write_all(&length.to_le_bytes())?;
            }
            out.write_all(key)?;
            out.write_all(payload)?;
        }
        out.flush()?;
        Ok(path)
    }

    /// Sorts the held pieces, several at a time.
    fn sort_held(&mut self) {
        let share = self.held.len().div_ceil(self.threads).max(1);
        std::thread::scope(|scope| {
            for pieces in self.held.chunks_mut(share) {
                scope.spawn(|| pieces.iter_mut().for_each(RecordBuffer::sort));
            }
        });
    }

    /// Ends the input and gives the records in order.
    ///
    /// # Errors
    /// A run cannot be read back.
    pub fn finish(mut self) -> io::Result<Merge> {
        self.sort_held();
        let mut sources: Vec<RecordSource> = self
            .runs
            .iter()
            .map(|run| RecordSource::run(run))
            .collect::<io::Result<_>>()?;
        sources.extend(
            mem::take(&mut self.held)
                .into_iter()
                .map(RecordSource::held),
        );
        Merge::new(sources)
    }
}

/// Sorted records: pieces and runs merged.
#[derive(Debug)]
pub struct Merge {
    sources: Vec<RecordSource>,
    /// Keys of the records at the front of the sources, smallest first; ties by source.
    heap: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
    key: Vec<u8>,
    payload: Vec<u8>,
}

impl Merge {
    fn new(sources: Vec<RecordSource>) -> io::Result<Self> {
        let mut merge = Self {
            heap: BinaryHeap::with_capacity(sources.len()),
            sources,
            key: Vec::new(),
            payload: Vec::new(),
        };
        for index in 0..merge.sources.len() {
            let mut key = Vec::new();
            if let Some(source) = merge.sources.get_mut(index)
                && source.advance(&mut key)?
            {
                merge.heap.push(Reverse((key, index)));
            }
        }
        Ok(merge)
    }

    /// The next record; its bytes live until the next call.
    ///
    /// # Errors
    /// A run cannot be read.
    #[expect(
        clippy::should_implement_trait,
        reason = "the record borrows the merge"
    )]
    pub fn next(&mut self) -> io::Result<Option<(&[u8], &[u8])>> {
        let Some(mut front) = self.heap.peek_mut() else {
            return Ok(None);
        };
        let Reverse((key, index)) = &mut *front;
        mem::swap(key, &mut self.key);
        let Some(source) = self.sources.get_mut(*index) else {
            return Ok(None);
        };
        source.take_payload(&mut self.payload);
        if source.advance(key)? {
            // The heap orders the new key when `front` goes.
            drop(front);
        } else {
            std::collections::binary_heap::PeekMut::pop(front);
        }
        Ok(Some((&self.key, &self.payload)))
    }
}

/// One sorted piece or run.
#[derive(Debug)]
enum RecordSource {
    Held {
        records: RecordBuffer,
        next: usize,
    },
    Run {
        reader: BufReader<File>,
        payload: Vec<u8>,
    },
}

impl RecordSource {
    fn held(records: RecordBuffer) -> Self {
        Self::Held { records, next: 0 }
    }

    fn run(path: &Path) -> io::Result<Self> {
        Ok(Self::Run {
            reader: BufReader::with_capacity(BUFFER, File::open(path)?),
            payload: Vec::new(),
        })
    }

    /// Reads the next record's key; false at the end.
    fn advance(&mut self, key: &mut Vec<u8>) -> io::Result<bool> {
        key.clear();
        match self {
            Self::Held { records, next } => {
                let Some((bytes, _)) = records.get(*next) else {
                    return Ok(false);
                };
                key.extend_from_slice(bytes);
                *next += 1;
                Ok(true)
            }
            Self::Run { reader, payload } => {
                let Some(key_length) = read_length(reader)? else {
                    return Ok(false);
                };
                let payload_length = read_length(reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
                key.resize(key_length, 0);
                reader.read_exact(key)?;
                payload.resize(payload_length, 0);
                reader.read_exact(payload)?;
                Ok(true)
            }
        }
    }

    /// The payload of the record whose key was read last.
    fn take_payload(&mut self, into: &mut Vec<u8>) {
        match self {
            Self::Held { records, next } => {
                into.clear();
                if let Some((_, payload)) = next.checked_sub(1).and_then(|last| records.get(last)) {
                    into.extend_from_slice(payload);
                }
            }
            Self::Run { payload, .. } => mem::swap(payload, into),
        }
    }
}

/// A length, or `None` at the end of the run.
fn read_length(reader: &mut impl Read) -> io::Result<Option<usize>> {
    let mut bytes = [0; 4];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..)
        && !rest.is_empty()
    {
        match reader.read(rest) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(usize::try_from(u32::from_le_bytes(bytes)).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(
        pieces: &[Vec<(Vec<u8>, Vec<u8>)>],
        budget: usize,
    ) -> io::Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let folder = tempfile::tempdir()?;
        let mut sorter = Sorter::new(folder.path(), budget, 2);
        for piece in pieces {
            let mut records = RecordBuffer::default();
            for (key, payload) in piece {
                records.push(key, payload);
            }
            sorter.add(records)?;
        }
        let mut merge = sorter.finish()?;
        let mut out = Vec::new();
        while let Some((key, payload)) = merge.next()? {
            out.push((key.to_vec(), payload.to_vec()));
        }
        Ok(out)
    }

    proptest! {
        #[test]
        fn spilled_or_not_it_is_a_stable_sort(
            pieces: Vec<Vec<(Vec<u8>, Vec<u8>)>>,
            budget in 1_usize..2_000,
        ) {
            let mut expected: Vec<_> = pieces.concat();
            expected.sort_by(|a, b| a.0.cmp(&b.0));
            prop_assert_eq!(sorted(&pieces, usize::MAX)?, expected.clone());
            prop_assert_eq!(sorted(&pieces, budget)?, expected);
        }
    }

    #[test]
    fn more_runs_than_one_pass_merges() -> io::Result<()> {
        let pieces: Vec<_> = (0..FAN_IN * 2 + 3)
            .map(|i| vec![(vec![(i % 7) as u8], vec![i as u8])])
            .collect();
        let mut expected = pieces.concat();
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(sorted(&pieces, 1)?, expected);
        Ok(())
    }
}

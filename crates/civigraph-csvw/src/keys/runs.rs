//! Entries in ascending order, in memory or merged from a file.

use super::fingerprint::{ENTRY_BYTES, KeyEntry};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Entries of a run that are read at once.
const READ_AHEAD: usize = 2 << 10;

/// Sorted entries that do not fit into memory together, each run behind the last one in a file. The file
/// has no name: nothing stays behind, whatever happens.
#[derive(Debug)]
pub(super) struct Runs {
    file: File,
    runs: Vec<EntryRun>,
    end: u64,
}

/// A run, or what is left of it.
#[derive(Debug)]
struct EntryRun {
    /// Bytes of it in the file that are still to be read.
    start: u64,
    end: u64,
    /// Entries that were read, in descending order.
    ahead: Vec<KeyEntry>,
}

impl Runs {
    /// No runs yet, in a file in `directory`, or in the system's one for temporary files.
    pub(super) fn new(directory: Option<&Path>) -> io::Result<Self> {
        Ok(Self {
            file: match directory {
                Some(directory) => tempfile::tempfile_in(directory)?,
                None => tempfile::tempfile()?,
            },
            runs: Vec::new(),
            end: 0,
        })
    }

    /// Sorts entries and writes them as a run; `entries` are empty then.
    pub(super) fn push(&mut self, entries: &mut Vec<KeyEntry>) -> io::Result<()> {
        entries.sort_unstable();
        let mut writer = BufWriter::new(&self.file);
        write(entries, &mut writer)?;
        writer.flush()?;
        let start = self.end;
        self.end += (entries.len() * ENTRY_BYTES) as u64;
        self.runs.push(EntryRun {
            start,
            end: self.end,
            ahead: Vec::new(),
        });
        entries.clear();
        Ok(())
    }
}

impl EntryRun {
    fn next(&mut self, file: &mut File) -> io::Result<Option<KeyEntry>> {
        if self.ahead.is_empty() && self.start < self.end {
            let length = (self.end - self.start).min((READ_AHEAD * ENTRY_BYTES) as u64);
            file.seek(SeekFrom::Start(self.start))?;
            read(file, length as usize, &mut self.ahead)?;
            self.ahead.reverse();
            self.start += length;
        }
        Ok(self.ahead.pop())
    }
}

/// Gives entries one by one in ascending order.
#[derive(Debug)]
pub(super) enum SortedEntries {
    /// All are in memory.
    Memory(std::vec::IntoIter<KeyEntry>),
    /// They are in runs, of each of which the next entry is known.
    Merge {
        runs: Runs,
        next: BinaryHeap<Reverse<(KeyEntry, usize)>>,
    },
}

impl SortedEntries {
    pub(super) fn in_memory(mut entries: Vec<KeyEntry>) -> Self {
        entries.sort_unstable();
        Self::Memory(entries.into_iter())
    }

    pub(super) fn merged(mut runs: Runs) -> io::Result<Self> {
        let mut next = BinaryHeap::with_capacity(runs.runs.len());
        for (index, run) in runs.runs.iter_mut().enumerate() {
            if let Some(entry) = run.next(&mut runs.file)? {
                next.push(Reverse((entry, index)));
            }
        }
        Ok(Self::Merge { runs, next })
    }

    pub(super) fn next(&mut self) -> io::Result<Option<KeyEntry>> {
        match self {
            Self::Memory(entries) => Ok(entries.next()),
            Self::Merge { runs, next } => {
                let Some(mut least) = next.peek_mut() else {
                    return Ok(None);
                };
                let Reverse((entry, index)) = *least;
                match runs.runs[index].next(&mut runs.file)? {
                    Some(after) => *least = Reverse((after, index)),
                    None => drop(std::collections::binary_heap::PeekMut::pop(least)),
                }
                Ok(Some(entry))
            }
        }
    }
}

/// Writes entries as they are read again.
pub(super) fn write(entries: &[KeyEntry], out: &mut impl Write) -> io::Result<()> {
    for number in entries.iter().flatten() {
        out.write_all(&number.to_le_bytes())?;
    }
    Ok(())
}

/// Reads entries of `length` bytes from where the file is, and appends them.
pub(super) fn read(file: &mut File, length: usize, entries: &mut Vec<KeyEntry>) -> io::Result<()> {
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes)?;
    let numbers = |entry: &[u8; ENTRY_BYTES]| {
        let mut numbers = KeyEntry::default();
        for (number, bytes) in numbers.iter_mut().zip(entry.as_chunks().0) {
            *number = u64::from_le_bytes(*bytes);
        }
        numbers
    };
    entries.extend(bytes.as_chunks().0.iter().map(numbers));
    Ok(())
}

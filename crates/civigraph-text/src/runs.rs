//! Sorted runs of keys and values in a temporary file, and their merging.

use crate::error::{Error, Result};
use crate::varint::{put, take, take_bytes};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Runs, one after the other in one unnamed file.
pub struct Runs {
    folder: PathBuf,
    out: Option<BufWriter<File>>,
    /// Where each run is.
    runs: Vec<Range<u64>>,
    written: u64,
    buffer: Vec<u8>,
}

impl Runs {
    /// No runs; their file will be beside the index.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            out: None,
            runs: Vec::new(),
            written: 0,
            buffer: Vec::new(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Adds a pair to the current run. The keys of a run have to be in order.
    pub fn push(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        let failed = |e: &io::Error| Error::io(&self.folder, "write a temporary file", e);
        let out = match &mut self.out {
            Some(out) => out,
            None => {
                let file = tempfile::tempfile_in(&self.folder).map_err(|e| failed(&e))?;
                self.out.insert(BufWriter::with_capacity(1 << 17, file))
            }
        };
        self.buffer.clear();
        put(&mut self.buffer, key.len() as u64);
        put(&mut self.buffer, value.len() as u64);
        self.buffer.extend_from_slice(key);
        self.buffer.extend_from_slice(value);
        out.write_all(&self.buffer).map_err(|e| failed(&e))?;
        self.written += self.buffer.len() as u64;
        Ok(())
    }

    /// Ends the current run.
    pub fn end_run(&mut self) {
        let start = self.runs.last().map_or(0, |run| run.end);
        if start < self.written {
            self.runs.push(start..self.written);
        }
    }

    /// Merges all runs, with about so many bytes of memory.
    pub fn merge(mut self, memory: usize) -> Result<Merge> {
        let failed = |e: &io::Error| Error::io(&self.folder, "write a temporary file", e);
        let file = self
            .out
            .take()
            .map(|out| out.into_inner().map_err(|e| failed(e.error())))
            .transpose()?;
        let capacity = (memory / self.runs.len().max(1)).clamp(1 << 12, 1 << 18);
        let mut merge = Merge {
            folder: self.folder,
            file,
            readers: Vec::with_capacity(self.runs.len()),
            heap: BinaryHeap::with_capacity(self.runs.len()),
            started: false,
        };
        for (run, range) in self.runs.into_iter().enumerate() {
            let mut reader = RunReader {
                rest: range,
                capacity,
                buffer: Vec::new(),
                at: 0,
            };
            let mut head = RunHead {
                run,
                ..RunHead::default()
            };
            if let Some(file) = &merge.file
                && reader
                    .read(file, &mut head)
                    .map_err(|e| Error::io(&merge.folder, "read a temporary file", &e))?
            {
                merge.heap.push(Reverse(head));
            }
            merge.readers.push(reader);
        }
        Ok(merge)
    }
}

/// The next pair of a run. The order of the fields is the order of merging.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
struct RunHead {
    key: Vec<u8>,
    run: usize,
    value: Vec<u8>,
}

/// A run that is read.
struct RunReader {
    /// Where the bytes are that are not in the buffer yet.
    rest: Range<u64>,
    /// How many bytes to read at once.
    capacity: usize,
    buffer: Vec<u8>,
    /// Where the next pair starts in the buffer.
    at: usize,
}

impl RunReader {
    /// Reads the next pair; returns false at the end of the run.
    fn read(&mut self, file: &File, head: &mut RunHead) -> io::Result<bool> {
        if self.at == self.buffer.len() && self.rest.is_empty() {
            return Ok(false);
        }
        loop {
            let mut bytes = self.buffer.get(self.at..).unwrap_or_default();
            if let Some((key, value)) = pair(&mut bytes) {
                head.key.clear();
                head.key.extend_from_slice(key);
                head.value.clear();
                head.value.extend_from_slice(value);
                self.at = self.buffer.len() - bytes.len();
                return Ok(true);
            }
            self.fill(file)?;
        }
    }

    /// Reads more bytes behind those that are left.
    fn fill(&mut self, mut file: &File) -> io::Result<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        // A pair may be longer than the buffer.
        let wanted = self.capacity.max(self.buffer.len()) as u64;
        let wanted = wanted.min(self.rest.end - self.rest.start);
        if wanted == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        file.seek(SeekFrom::Start(self.rest.start))?;
        let read = file.take(wanted).read_to_end(&mut self.buffer)? as u64;
        if read < wanted {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.rest.start += wanted;
        Ok(())
    }
}

/// Takes a pair off the front; `None` where it is not whole.
fn pair<'a>(bytes: &mut &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let mut rest = *bytes;
    let key = take(&mut rest)?;
    let value = take(&mut rest)?;
    let key = take_bytes(&mut rest, key)?;
    let value = take_bytes(&mut rest, value)?;
    *bytes = rest;
    Some((key, value))
}

/// The pairs of all runs in the order of keys; those of equal keys in the order of runs.
pub struct Merge {
    folder: PathBuf,
    file: Option<File>,
    readers: Vec<RunReader>,
    heap: BinaryHeap<Reverse<RunHead>>,
    started: bool,
}

impl Merge {
    /// The next pair.
    pub fn next(&mut self) -> Result<Option<(&[u8], &[u8])>> {
        if self.started {
            self.advance()
                .map_err(|e| Error::io(&self.folder, "read a temporary file", &e))?;
        }
        self.started = true;
        Ok(self
            .heap
            .peek()
            .map(|Reverse(head)| (head.key.as_slice(), head.value.as_slice())))
    }

    /// Replaces the first pair by the next one of its run.
    fn advance(&mut self) -> io::Result<()> {
        let (Some(mut first), Some(file)) = (self.heap.peek_mut(), &self.file) else {
            return Ok(());
        };
        let run = first.0.run;
        let more = match self.readers.get_mut(run) {
            Some(reader) => reader.read(file, &mut first.0)?,
            None => false,
        };
        if !more {
            PeekMut::pop(first);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_are_merged_in_order(
            runs in prop::collection::vec(prop::collection::vec(("[ab]{0,3}", 0..20_000_usize), 0..20), 0..6)
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut all = Vec::new();
            let mut written = Runs::new(folder.path());
            for (number, run) in runs.into_iter().enumerate() {
                let mut run: Vec<_> = run.into_iter().map(|(key, length)| {
                    (key.into_bytes(), number, vec![number as u8; length])
                }).collect();
                run.sort();
                run.iter().for_each(|(key, _, value)| written.push(key, value).unwrap());
                written.end_run();
                all.extend(run);
            }
            all.sort();
            let mut merge = written.merge(0).unwrap();
            for (key, _, value) in &all {
                prop_assert_eq!(merge.next().unwrap(), Some((key.as_slice(), value.as_slice())));
            }
            prop_assert_eq!(merge.next().unwrap(), None);
        }
    }
}

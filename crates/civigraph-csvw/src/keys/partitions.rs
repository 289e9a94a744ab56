//! More entries than memory holds, in partitions that each fit into it.
//!
//! Fingerprints are evenly spread, so their first byte splits any number of entries into 256 parts of
//! like size. Equal keys are in the same part, and parts are checked one by one, on all cores. Where many
//! keys are equal a part does not fit into memory either; it is sorted in pieces, which are merged.

use super::fingerprint::{ENTRY_BYTES, KeyEntry};
use super::runs::{self, Runs, SortedEntries};
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// How many partitions there are: one for each first byte of a fingerprint.
pub(super) const PARTITIONS: usize = 256;

/// Bytes of the buffer for writing.
const BUFFER_BYTES: usize = 128 << 10;

/// The part of the memory for collected keys that is sorted in one piece. Several threads sort.
const PIECES: usize = 32;

/// Fewer entries than this are not worth a second thread.
const PARALLEL_ENTRIES: u64 = 100_000;

/// Where each partition starts, and where the last one ends.
type Starts = [u64; PARTITIONS + 1];

/// The entries of one key.
#[derive(Debug)]
pub(super) struct Partitions {
    directory: Option<PathBuf>,
    /// Entries that are sorted in memory at most.
    piece: usize,
    /// Entries in memory, each chunk in order of partition.
    chunks: Vec<Box<[KeyEntry]>>,
    /// Bytes of `chunks`.
    memory: usize,
    /// What has been spilled. The file has no name: nothing stays behind, whatever happens.
    file: Option<Mutex<File>>,
    /// For each spill the offsets of its partitions in the file, in bytes.
    spills: Vec<Starts>,
    /// Entries in all.
    entries: u64,
}

impl Partitions {
    /// No entries yet; spills go to `directory`, or to the system's one for temporary files. Partitions are
    /// sorted in a small part of `memory`, in bytes.
    pub(super) fn new(directory: Option<PathBuf>, memory: usize) -> Self {
        Self {
            directory,
            piece: (memory / PIECES / ENTRY_BYTES).max(1),
            chunks: Vec::new(),
            memory: 0,
            file: None,
            spills: Vec::new(),
            entries: 0,
        }
    }

    /// Adds entries that [`cluster`] has put in order.
    pub(super) fn add(&mut self, clustered: Box<[KeyEntry]>) {
        debug_assert!(clustered.is_sorted_by_key(partition_of));
        self.memory += clustered.len() * ENTRY_BYTES;
        self.entries += clustered.len() as u64;
        self.chunks.push(clustered);
    }

    /// Bytes held in memory.
    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    /// How many entries there are, spilled ones included.
    pub(super) fn entries(&self) -> u64 {
        self.entries
    }

    /// Writes what is in memory to disk, partition by partition.
    pub(super) fn spill(&mut self) -> io::Result<()> {
        let chunks = std::mem::take(&mut self.chunks);
        self.memory = 0;
        if self.file.is_none() {
            self.file = Some(Mutex::new(match &self.directory {
                Some(directory) => tempfile::tempfile_in(directory)?,
                None => tempfile::tempfile()?,
            }));
        }
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let file = file.get_mut().unwrap_or_else(PoisonError::into_inner);
        let mut at = file.seek(SeekFrom::End(0))?;
        let mut starts = [at; PARTITIONS + 1];
        let mut writer = BufWriter::with_capacity(BUFFER_BYTES, file);
        for partition in 0..PARTITIONS {
            for chunk in &chunks {
                let entries = slice(chunk, partition);
                runs::write(entries, &mut writer)?;
                at += (entries.len() * ENTRY_BYTES) as u64;
            }
            starts[partition + 1] = at;
        }
        writer.flush()?;
        self.spills.push(starts);
        Ok(())
    }

    /// All entries of a partition in ascending order.
    pub(super) fn sorted(&self, partition: usize) -> io::Result<SortedEntries> {
        let mut entries = Vec::new();
        let mut written = None;
        if let Some(file) = &self.file {
            for starts in &self.spills {
                let (mut start, end) = (starts[partition], starts[partition + 1]);
                while start < end {
                    let room = (self.room(&mut entries, &mut written)? * ENTRY_BYTES) as u64;
                    let length = room.min(end - start);
                    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                    file.seek(SeekFrom::Start(start))?;
                    // A piece fits into memory.
                    runs::read(&mut file, length as usize, &mut entries)?;
                    start += length;
                }
            }
        }
        for chunk in &self.chunks {
            let mut rest = slice(chunk, partition);
            while !rest.is_empty() {
                let room = self.room(&mut entries, &mut written)?;
                let (piece, after) = rest.split_at(room.min(rest.len()));
                entries.extend_from_slice(piece);
                rest = after;
            }
        }
        let Some(mut written) = written else {
            return Ok(SortedEntries::in_memory(entries));
        };
        written.push(&mut entries)?;
        SortedEntries::merged(written)
    }

    /// How many more entries there is room for; where there is none, they are written first.
    fn room(&self, entries: &mut Vec<KeyEntry>, written: &mut Option<Runs>) -> io::Result<usize> {
        if entries.len() >= self.piece {
            let runs = match written {
                Some(runs) => runs,
                None => written.insert(Runs::new(self.directory.as_deref())?),
            };
            runs.push(entries)?;
        }
        Ok(self.piece - entries.len())
    }
}

/// Puts entries in order of partition, in one pass after counting.
pub(super) fn cluster(entries: &[KeyEntry]) -> Box<[KeyEntry]> {
    let mut next = [0usize; PARTITIONS + 1];
    for entry in entries {
        next[partition_of(entry) + 1] += 1;
    }
    for partition in 0..PARTITIONS {
        next[partition + 1] += next[partition];
    }
    let mut clustered = vec![KeyEntry::default(); entries.len()].into_boxed_slice();
    for entry in entries {
        let at = &mut next[partition_of(entry)];
        clustered[*at] = *entry;
        *at += 1;
    }
    clustered
}

/// The partition of an entry: the first byte of its fingerprint.
fn partition_of(entry: &KeyEntry) -> usize {
    usize::from(entry[0].to_be_bytes()[0])
}

/// The entries of a partition among those of a chunk in order of partition.
fn slice(chunk: &[KeyEntry], partition: usize) -> &[KeyEntry] {
    let start = chunk.partition_point(|entry| partition_of(entry) < partition);
    let rest = &chunk[start..];
    &rest[..rest.partition_point(|entry| partition_of(entry) == partition)]
}

/// Does some work for every partition, on all cores where there is enough of it.
///
/// The results come in no particular order.
pub(super) fn for_each<R: Send>(
    entries: u64,
    work: impl Fn(usize) -> io::Result<R> + Sync,
) -> io::Result<Vec<R>> {
    if entries < PARALLEL_ENTRIES {
        return (0..PARTITIONS).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(PARTITIONS));
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let partition = next.fetch_add(1, Ordering::Relaxed);
                    if partition >= PARTITIONS {
                        break;
                    }
                    let result = work(partition);
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    results.push(result);
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is spilled when, every partition gives its entries back sorted, twice.
        #[test]
        fn sorted_whatever_is_spilled(
            chunks in prop::collection::vec(
                (prop::collection::vec((0..4u64, any::<u64>(), 0..50u64), 0..20), any::<bool>()),
                0..40,
            ),
            memory in prop::sample::select(vec![0, 3 * PIECES * ENTRY_BYTES, 1 << 20]),
        ) {
            let mut partitions = Partitions::new(None, memory);
            let mut expected = Vec::new();
            for (chunk, spill) in chunks {
                // Few partitions, so that several chunks meet in one.
                let entries: Vec<KeyEntry> = chunk
                    .into_iter()
                    .map(|(first, low, row)| [(first << 62) | (low % 2), low % 3, row])
                    .collect();
                expected.extend_from_slice(&entries);
                partitions.add(cluster(&entries));
                if spill {
                    partitions.spill().unwrap();
                    prop_assert_eq!(partitions.memory(), 0);
                }
            }
            expected.sort_unstable();
            prop_assert_eq!(partitions.entries(), expected.len() as u64);
            for _ in 0..2 {
                let mut all = Vec::new();
                for partition in 0..PARTITIONS {
                    let mut sorted = partitions.sorted(partition).unwrap();
                    all.extend(std::iter::from_fn(|| sorted.next().unwrap()));
                }
                prop_assert_eq!(&all, &expected);
            }
        }
    }

    /// Equal keys are all in one partition, and are not in memory together.
    #[test]
    fn equal_keys_are_merged() {
        let mut partitions = Partitions::new(None, 10 * PIECES * ENTRY_BYTES);
        let entries: Vec<KeyEntry> = (0..1_000).rev().map(|row| [0, 2, row]).collect();
        partitions.add(cluster(&entries));
        let mut sorted = partitions.sorted(0).unwrap();
        assert!(matches!(sorted, SortedEntries::Merge { .. }));
        let rows: Vec<u64> = std::iter::from_fn(|| sorted.next().unwrap())
            .map(|[.., row]| row)
            .collect();
        assert_eq!(rows, (0..1_000).collect::<Vec<_>>());
    }

    #[test]
    fn every_partition_is_worked_on_once() {
        for entries in [0, PARALLEL_ENTRIES] {
            let mut partitions = for_each(entries, Ok).unwrap();
            partitions.sort_unstable();
            assert_eq!(partitions, (0..PARTITIONS).collect::<Vec<_>>());
            assert!(for_each(entries, |_| Err::<(), _>(io::Error::other("full"))).is_err());
        }
    }
}

//! Which rows have quads about a subject: an index over large tables, built on demand.
//!
//! It holds nothing but hashes of subjects with the rows that they come from, and where chunks of
//! rows start: what a row says is always read from the CSV. It belongs to one state of plan and
//! files; after any change it is made anew.

use crate::convert::{self, Options, Origin, QuadSink, Sink};
use crate::csv::Split;
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::digest::sha256_hex;
use crate::plan::{Plan, TableId};
use crate::resource::Resolver;
use oxrdf::{NamedOrBlankNodeRef, QuadRef};
use siphasher::sip::SipHasher13;
use std::fs::{self, File};
use std::hash::Hasher;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// First bytes of an index: its name and version.
const MAGIC: &[u8; 8] = b"CGLNIDX1";

/// Bytes of an entry: hash of the subject, table, row.
const ENTRY: usize = 20;

/// Bytes of CSV in a split. A row is found by reading the split that holds it up to there.
const SPLIT: usize = 64 << 10;

/// Start of the names of indexes.
const PREFIX: &str = "lineage-";

/// Hash of a subject, table, row.
type SubjectEntry = (u64, u32, u64);

/// Tables of fewer bytes in all are read whole faster than an index is looked up.
const WORTH_IT: u64 = 8 << 20;

/// An index of one state of a project's tables.
#[derive(Debug)]
pub struct SubjectIndex {
    entries: SubjectEntries,
    /// Splits of each table.
    splits: Vec<Vec<Split>>,
}

/// Entries in their order.
#[derive(Debug)]
enum SubjectEntries {
    File {
        file: File,
        /// Where they start.
        start: u64,
        count: u64,
    },
    Memory(Vec<SubjectEntry>),
}

/// The rows of a table that may have quads about a subject, each with the split that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CandidateRow {
    /// Index of the table.
    pub table: usize,
    /// Number of the data row from 1.
    pub row: u64,
    /// A split that holds it.
    pub split: Split,
}

impl SubjectIndex {
    /// Opens the index of a plan in a folder, or makes it there; `None` where the tables are so small
    /// that it is not worth having, or where they are not local files.
    ///
    /// # Errors
    /// The tables cannot be read, or the index cannot be written.
    pub fn open(plan: &Plan, resolver: &dyn Resolver, folder: &Path) -> io::Result<Option<Self>> {
        let Some((name, bytes)) = state(plan, resolver)? else {
            return Ok(None);
        };
        if bytes < WORTH_IT {
            return Ok(None);
        }
        let path = folder.join(name);
        if let Ok(file) = File::open(&path)
            && let Ok(index) = Self::read(file)
        {
            return Ok(Some(index));
        }
        fs::create_dir_all(folder)?;
        make(plan, resolver, folder, &path)?;
        sweep(folder, &path);
        Self::read(File::open(&path)?).map(Some)
    }

    /// The index of a plan for many lookups: the one in the folder where it is worth having one there
    /// and the folder can be written, else one in memory.
    ///
    /// # Errors
    /// The tables cannot be read.
    pub fn for_many(plan: &Plan, resolver: &dyn Resolver, folder: &Path) -> io::Result<Self> {
        if let Ok(Some(index)) = Self::open(plan, resolver, folder) {
            return Ok(index);
        }
        let (entries, splits) = gather(plan, resolver)?;
        Ok(Self {
            entries: SubjectEntries::Memory(entries),
            splits,
        })
    }

    fn read(mut file: File) -> io::Result<Self> {
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "a damaged index");
        let mut head = [0; 24];
        file.read_exact(&mut head)?;
        let number = |bytes: &[u8]| {
            bytes
                .try_into()
                .map(u64::from_le_bytes)
                .map_err(|_| damaged())
        };
        if &head[..8] != MAGIC {
            return Err(damaged());
        }
        let (length, count) = (number(&head[8..16])?, number(&head[16..24])?);
        let size = file.metadata()?.len();
        let start = length.checked_add(24).ok_or_else(damaged)?;
        if count
            .checked_mul(ENTRY as u64)
            .and_then(|bytes| bytes.checked_add(start))
            != Some(size)
        {
            return Err(damaged());
        }
        let mut splits = vec![0; usize::try_from(length).map_err(|_| damaged())?];
        file.read_exact(&mut splits)?;
        Ok(Self {
            splits: serde_json::from_slice(&splits)?,
            entries: SubjectEntries::File { file, start, count },
        })
    }

    /// The rows that may have quads about a subject, in the order of tables and rows. A row may be
    /// among them that has none: another subject has the same hash.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn candidates(&mut self, subject: &str) -> io::Result<Vec<CandidateRow>> {
        let wanted = hash(subject);
        let count = self.entries.count();
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.entries.get(middle)?.0 < wanted {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let mut found = Vec::new();
        while low < count {
            let (hash, table, row) = self.entries.get(low)?;
            if hash != wanted {
                break;
            }
            let table = usize::try_from(table).unwrap_or(usize::MAX);
            let splits = self
                .splits
                .get(table)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let after = splits.partition_point(|split| split.start.row <= row);
            if let Some(&split) = after.checked_sub(1).and_then(|at| splits.get(at)) {
                found.push(CandidateRow { table, row, split });
            }
            low += 1;
        }
        found.sort_by_key(|candidate| (candidate.table, candidate.row));
        Ok(found)
    }
}

impl SubjectEntries {
    fn count(&self) -> u64 {
        match self {
            Self::File { count, .. } => *count,
            Self::Memory(entries) => entries.len() as u64,
        }
    }

    fn get(&mut self, at: u64) -> io::Result<SubjectEntry> {
        match self {
            Self::File { file, start, .. } => {
                let mut bytes = [0; ENTRY];
                file.seek(SeekFrom::Start(*start + at * ENTRY as u64))?;
                file.read_exact(&mut bytes)?;
                Ok(decode(&bytes))
            }
            Self::Memory(entries) => usize::try_from(at)
                .ok()
                .and_then(|at| entries.get(at).copied())
                .ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof)),
        }
    }
}

/// The name of the index for this state of plan and files, and the bytes of all tables; `None` where
/// one is not a local file.
fn state(plan: &Plan, resolver: &dyn Resolver) -> io::Result<Option<(String, u64)>> {
    let mut state = serde_json::to_vec(plan)?;
    let mut bytes = 0;
    for table in &plan.tables {
        let Ok(resource) = resolver.resolve(&table.url) else {
            return Ok(None);
        };
        let Some(path) = resource.content.file() else {
            return Ok(None);
        };
        let data = fs::metadata(path)?;
        let modified = data
            .modified()?
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| since.as_nanos());
        bytes += data.len();
        write!(state, "\n{} {} {modified}", table.url, data.len())?;
    }
    let digest = sha256_hex(&state);
    let name = format!("{PREFIX}{}.idx", digest.get(..16).unwrap_or_default());
    Ok(Some((name, bytes)))
}

/// The entries of all rows in order, and the splits of all tables.
fn gather(
    plan: &Plan,
    resolver: &dyn Resolver,
) -> io::Result<(Vec<SubjectEntry>, Vec<Vec<Split>>)> {
    let mut sink = IndexSink::default();
    let mut silent = Diagnostics::new(ReadingMode::Convert);
    convert::run(plan, resolver, &Options::default(), &mut sink, &mut silent)?;
    let mut entries = sink.entries;
    entries.sort_unstable();
    entries.dedup();
    let splits = plan
        .tables()
        .map(|(table, _)| convert::splits(plan, table, resolver, SPLIT))
        .collect::<io::Result<Vec<_>>>()?;
    Ok((entries, splits))
}

/// Makes the index aside and gives it its name.
fn make(plan: &Plan, resolver: &dyn Resolver, folder: &Path, path: &Path) -> io::Result<()> {
    let (entries, splits) = gather(plan, resolver)?;
    let splits = serde_json::to_vec(&splits)?;
    // Named like an index, so that the next one sweeps it if this process is killed.
    let file = tempfile::Builder::new()
        .prefix(PREFIX)
        .tempfile_in(folder)?;
    let mut out = BufWriter::new(file);
    out.write_all(MAGIC)?;
    out.write_all(&(splits.len() as u64).to_le_bytes())?;
    out.write_all(&(entries.len() as u64).to_le_bytes())?;
    out.write_all(&splits)?;
    for (hash, table, row) in entries {
        out.write_all(&hash.to_le_bytes())?;
        out.write_all(&table.to_le_bytes())?;
        out.write_all(&row.to_le_bytes())?;
    }
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.persist(path)?;
    Ok(())
}

/// Removes the indexes of other states. One that stays is only room lost.
fn sweep(folder: &Path, keep: &Path) {
    let others = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in others.map(|entry| entry.path()) {
        let ours = path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with(PREFIX));
        if ours && path != keep {
            let _ = fs::remove_file(path);
        }
    }
}

/// Where the index of a store lies.
pub fn folder(store: &Path) -> PathBuf {
    store.join("cache")
}

/// Hashes with fixed keys: an index is read by other processes.
fn hash(subject: &str) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(0x6369_7669, 0x6772_6170);
    hasher.write(subject.as_bytes());
    hasher.finish()
}

fn decode(bytes: &[u8; ENTRY]) -> SubjectEntry {
    let mut fields = ([0; 8], [0; 4], [0; 8]);
    fields.0.copy_from_slice(&bytes[..8]);
    fields.1.copy_from_slice(&bytes[8..12]);
    fields.2.copy_from_slice(&bytes[12..]);
    (
        u64::from_le_bytes(fields.0),
        u32::from_le_bytes(fields.1),
        u64::from_le_bytes(fields.2),
    )
}

/// Collects hashes of subjects with their rows.
#[derive(Default)]
struct IndexSink {
    entries: Vec<SubjectEntry>,
}

/// Entries of a chunk. The quads of a row have few subjects, in runs.
#[derive(Default)]
struct IndexChunk {
    entries: Vec<SubjectEntry>,
    last: String,
    last_row: Option<(TableId, u64)>,
}

impl Sink for IndexSink {
    type Chunk = IndexChunk;

    fn chunk(&self) -> IndexChunk {
        IndexChunk::default()
    }

    fn accept(&mut self, chunk: IndexChunk) -> io::Result<()> {
        self.entries.extend(chunk.entries);
        Ok(())
    }
}

impl QuadSink for IndexChunk {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        let NamedOrBlankNodeRef::NamedNode(subject) = quad.subject else {
            return;
        };
        let Some(table) = origin.table else { return };
        let row = Some((table, origin.row));
        if origin.row == 0 || row == self.last_row && subject.as_str() == self.last {
            return;
        }
        self.last_row = row;
        self.last.clear();
        self.last.push_str(subject.as_str());
        self.entries
            .push((hash(&self.last), table.number(), origin.row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csvw::{self, CompileOptions, LoadOptions};
    use crate::lineage::{QuadPattern, find};
    use crate::resource::LocalFiles;
    use oxrdf::NamedNode;

    const METADATA: &str = r#"{
        "@context": "http://www.w3.org/ns/csvw", "url": "t.csv",
        "tableSchema": { "aboutUrl": "http://ex.org/{group}", "columns": [
            { "titles": "id", "propertyUrl": "http://ex.org/id" },
            { "titles": "group", "propertyUrl": "http://ex.org/group" },
            { "titles": "near", "aboutUrl": "http://ex.org/{id}", "propertyUrl": "http://ex.org/near" }
        ] }
    }"#;

    #[test]
    fn the_index_finds_what_reading_everything_finds() {
        let folder = tempfile::tempdir().unwrap();
        let mut table = String::from("id,group,near\n");
        for row in 0..60_000 {
            // Rows of one group lie far apart, and some have line breaks in their cells.
            table += &format!("r{row},g{},\"a\nb{}\"\n", row % 977, row % 13);
        }
        fs::write(folder.path().join("t.csv"), table).unwrap();
        fs::write(folder.path().join("m.json"), METADATA).unwrap();
        let files = LocalFiles::new(folder.path());
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        let group = csvw::load(
            &files.url_of(Path::new("m.json")),
            &LoadOptions::default(),
            &files,
            &mut diagnostics,
        )
        .unwrap();
        let options = CompileOptions {
            mode: csvw::ConversionMode::Minimal,
            ..CompileOptions::default()
        };
        let plan = csvw::compile(&group, &options, &mut diagnostics);
        assert!(!diagnostics.has_errors());
        let path = folder.path().join("lineage-test.idx");
        make(&plan, &files, folder.path(), &path).unwrap();
        let mut index = SubjectIndex::read(File::open(&path).unwrap()).unwrap();
        let mut in_memory = SubjectIndex::for_many(&plan, &files, folder.path()).unwrap();
        assert!(matches!(in_memory.entries, SubjectEntries::Memory(_)));
        for subject in ["g0", "g976", "r0", "r59999", "r31007", "absent"] {
            let pattern = QuadPattern {
                subject: NamedNode::new(format!("http://ex.org/{subject}")).unwrap(),
                predicate: None,
                object: None,
            };
            let all = find(&plan, &files, &pattern, None).unwrap();
            for index in [&mut index, &mut in_memory] {
                let some = find(&plan, &files, &pattern, Some(index)).unwrap();
                assert_eq!(all.matches, some.matches, "{subject}");
            }
            assert_eq!(all.matches.is_empty(), subject == "absent");
        }
    }

    #[test]
    fn a_damaged_index_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index");
        for bytes in [
            &b""[..],
            b"CGLNIDX1",
            b"CGLNIDX2aaaaaaaabbbbbbbb",
            &[255; 64],
        ] {
            fs::write(&path, bytes).unwrap();
            assert!(SubjectIndex::read(File::open(&path).unwrap()).is_err());
        }
    }
}

//! Quads of any order, from any number of threads, into an index.

use crate::error::{Error, ErrorKind, Result};
use crate::header::HEADER;
use crate::index::Index;
use crate::merge::merge;
use crate::run::{QuadChunk, QuadRun};
use crate::sorted::write_run;
use oxrdf::QuadRef;
use std::fs;
use std::path::{Path, PathBuf};

/// Quads of a run, which sorting counts with 32 bits: half of what these can.
const MOST_QUADS: usize = 1 << 31;

/// Runs that are merged at once: each takes a dozen mappings, of which a process has some ten thousand.
const MOST_RUNS: usize = 128;

/// How to build.
#[derive(Debug, Clone)]
pub struct Options {
    /// Memory for terms and quads that are not written yet, in bytes. When it is used up, they are written to a
    /// temporary folder beside the index, and all is merged at the end.
    pub memory: usize,
    /// Threads for merging.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            memory: 512 << 20,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// An index in the making.
///
/// ```
/// use civigraph_index::{Index, IndexBuilder, Options, QuadChunk};
/// use oxrdf::{GraphNameRef, LiteralRef, NamedNodeRef, QuadRef};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path().join("index");
/// let mut builder = IndexBuilder::new(&folder, Options::default())?;
/// // Chunks are filled on any thread.
/// let mut chunk = QuadChunk::new();
/// chunk.push(QuadRef::new(
///     NamedNodeRef::new("http://example.org/samara")?,
///     NamedNodeRef::new("http://example.org/founded")?,
///     LiteralRef::new_simple_literal("1586"),
///     GraphNameRef::DefaultGraph,
/// ));
/// builder.add(chunk)?;
/// builder.finish()?;
///
/// let index = Index::open(&folder)?;
/// assert_eq!(index.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct IndexBuilder {
    folder: PathBuf,
    options: Options,
    run: QuadRun,
    /// Folders of runs that did not fit the memory.
    spilled: Vec<tempfile::TempDir>,
}

impl IndexBuilder {
    /// Starts an index in a folder, which is made and must not hold one already.
    ///
    /// # Errors
    /// The folder cannot be made, or holds an index ([`ErrorKind::Misfit`]).
    pub fn new(folder: &Path, options: Options) -> Result<Self> {
        prepare(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            options,
            run: QuadRun::default(),
            spilled: Vec::new(),
        })
    }

    /// Takes the quads of a chunk.
    ///
    /// # Errors
    /// A run that does not fit the memory cannot be written, or there are more terms than ids can number.
    pub fn add(&mut self, chunk: QuadChunk) -> Result<()> {
        if !chunk.removed.is_empty() {
            return Err(Error::new(
                ErrorKind::Misfit,
                &self.folder,
                "quads are taken back from an index that is made anew",
            ));
        }
        self.run.absorb(chunk, &self.folder)?;
        if self.run.memory() > self.options.memory || self.run.quads.len() > MOST_QUADS {
            self.spill()?;
        }
        Ok(())
    }

    /// Takes one quad. Those who have many fill a [`QuadChunk`].
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn add_quad(&mut self, quad: QuadRef<'_>) -> Result<()> {
        let mut chunk = QuadChunk::new();
        chunk.push(quad);
        self.add(chunk)
    }

    fn spill(&mut self) -> Result<()> {
        let folder = temporary(&self.folder)?;
        write_run(std::mem::take(&mut self.run), folder.path())?;
        self.spilled.push(folder);
        if self.spilled.len() >= MOST_RUNS {
            let merged = temporary(&self.folder)?;
            self.merge_spilled(merged.path())?;
            self.spilled = vec![merged];
        }
        Ok(())
    }

    fn merge_spilled(&self, folder: &Path) -> Result<()> {
        let runs = self
            .spilled
            .iter()
            .map(|folder| Index::open(folder.path()))
            .collect::<Result<Vec<_>>>()?;
        let sources: Vec<_> = runs.iter().map(crate::merge::MergeInput::whole).collect();
        merge(&sources, folder, self.options.threads)
    }

    /// Sorts what came and writes the index. Its files are not brought to disk; whoever publishes it does that.
    ///
    /// # Errors
    /// A file cannot be written, or there are more terms or quads than ids can number.
    pub fn finish(mut self) -> Result<()> {
        if self.spilled.is_empty() {
            return write_run(self.run, &self.folder).map(drop);
        }
        if !self.run.is_empty() {
            self.spill()?;
        }
        self.merge_spilled(&self.folder)
    }
}

/// Makes the folder of a new index. Files of an index are never written over: somebody may have them mapped.
pub(crate) fn prepare(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|e| Error::io(folder, "create the folder", e))?;
    if folder.join(HEADER).exists() {
        return Err(Error::new(
            ErrorKind::Misfit,
            folder,
            "the folder holds an index already",
        ));
    }
    Ok(())
}

/// A folder beside an index for runs.
pub(crate) fn temporary(folder: &Path) -> Result<tempfile::TempDir> {
    tempfile::Builder::new()
        .prefix("run-")
        .tempdir_in(folder)
        .map_err(|e| Error::io(folder, "create a temporary folder", e))
}

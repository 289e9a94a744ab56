//! A build: made aside, verified, brought to disk, then switched to.

use super::blank::relabel;
use super::layout::{sequence, sync_folder};
use super::line::{Parts, write_quad};
use super::load::{LoadChunk, LoadSink, Sorted, Threads, for_store, storage_error};
use super::lock::{BuilderLock, Pin};
use super::open::{QUADS, RELEASE, STORE};
use super::sort::{DEFAULT_BUDGET, Records, Sorter};
use super::statistics::Counter;
use super::verify::check_store;
use super::{About, FORMAT, Layout, Manifest, Statistics, Step, StoreError, hex};
use super::{manifest, release_quads};
use crate::convert::Sink;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::store::Store;
use oxrdf::{GraphName, NamedNode, Quad};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::{SystemTime, UNIX_EPOCH};

/// Level of the compressed quads: a third of the time of the default one for a tenth more space.
const COMPRESSION: i32 = 1;

/// Quads handed to the loader in one piece.
const PIECE: usize = 10_000;

/// Hears how far a build is: the step, and the quads in the store so far.
#[derive(Clone)]
pub struct Progress(Arc<dyn Fn(Step, u64) + Send + Sync>);

impl Progress {
    /// A listener; it is called from several threads.
    pub fn new(listener: impl Fn(Step, u64) + Send + Sync + 'static) -> Self {
        Self(Arc::new(listener))
    }

    pub(super) fn report(&self, step: Step, quads: u64) {
        (self.0)(step, quads);
    }
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Progress")
    }
}

/// How to build.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// Threads for loading, sorting and digesting.
    pub threads: usize,
    /// Published builds to keep, the new one included; at least 1.
    pub keep: usize,
    /// Compact the store at the end: joins become several times faster.
    pub optimize: bool,
    /// Memory for sorting, in bytes.
    pub sort_memory: usize,
    /// Who hears how far the build is.
    pub progress: Option<Progress>,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self {
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            keep: 3,
            optimize: true,
            sort_memory: DEFAULT_BUDGET,
            progress: None,
        }
    }
}

/// What was published.
#[derive(Debug, Clone)]
pub struct Published {
    /// The manifest of the new build.
    pub manifest: Manifest,
    /// Ids of old builds that were deleted.
    pub pruned: Vec<String>,
}

/// A build in the making. Dropping it leaves what is published as it was.
///
/// ```no_run
/// use civigraph::store::{About, BuildOptions, Builder};
/// # fn main() -> Result<(), civigraph::store::StoreError> {
/// let mut builder = Builder::begin(".civigraph".as_ref(), BuildOptions::default())?;
/// let mut sink = builder.sink()?;
/// // convert::run(&plan, …, &mut sink, …)
/// drop(sink);
/// let published = builder.publish(About::default())?;
/// println!("{} quads", published.manifest.statistics.quads);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Builder {
    // The threads end before the folder goes, and the folder before the lock.
    threads: Threads,
    folder: Unfinished,
    layout: Layout,
    options: BuildOptions,
    sequence: u64,
    _lock: BuilderLock,
}

impl Builder {
    /// Takes the builder's lock, sweeps the litter of killed builds and starts a new build.
    ///
    /// # Errors
    /// Another builder is running ([`Code::BuilderRunning`]), or the folder cannot be written.
    pub fn begin(root: &Path, options: BuildOptions) -> Result<Self, StoreError> {
        let layout = Layout::new(root);
        let builds = layout.builds();
        fs::create_dir_all(&builds).map_err(|e| StoreError::io(&builds, "create the folder", e))?;
        let lock = BuilderLock::take(&layout)?;
        Step::Locked.reached();
        layout.sweep()?;
        Step::Swept.reached();
        let newest = layout
            .ids()
            .map_err(|e| StoreError::io(&builds, "list the builds", e))?
            .iter()
            .filter_map(|id| sequence(id))
            .max();
        let sequence = newest.map_or(1, |newest| newest + 1);
        let path = layout.temporary(&format!("{sequence:04}-{}", std::process::id()));
        fs::create_dir(&path).map_err(|e| StoreError::io(&path, "create the folder", e))?;
        let folder = Unfinished { path };
        let sort_folder = folder.path.join("sort");
        fs::create_dir(&sort_folder)
            .map_err(|e| StoreError::io(&sort_folder, "create the folder", e))?;
        let store_path = folder.path.join(STORE);
        let store = Store::open(&store_path).map_err(|e| storage_error(&store_path, e))?;
        Step::Created.reached();
        let sorter = Sorter::new(sort_folder, options.sort_memory, options.threads);
        let threads = Threads::start(
            store,
            &store_path,
            sorter,
            options.threads.max(1),
            options.optimize,
            options.progress.clone(),
        );
        Ok(Self {
            threads,
            folder,
            layout,
            options,
            sequence,
            _lock: lock,
        })
    }

    /// A sink for a conversion; drop it before [`publish`](Self::publish).
    ///
    /// # Errors
    /// None as long as the build has not ended.
    pub fn sink(&self) -> Result<LoadSink, StoreError> {
        self.threads.sink().ok_or_else(|| {
            StoreError::new(
                Code::StoreFiles,
                &self.folder.path,
                "the build has ended already",
            )
        })
    }

    /// Adds quads that do not come from a table.
    ///
    /// # Errors
    /// The build has failed.
    pub fn add(&self, quads: impl IntoIterator<Item = Quad>) -> Result<(), StoreError> {
        let mut sink = self.sink()?;
        let mut chunk = sink.chunk();
        for (index, quad) in quads.into_iter().enumerate() {
            chunk.push(quad);
            if index % PIECE == PIECE - 1 {
                self.accept(&mut sink, std::mem::take(&mut chunk))?;
            }
        }
        self.accept(&mut sink, chunk)
    }

    /// Adds the triples of a Turtle file to a graph. Every syntax error becomes a diagnostic; the
    /// file counts as wrong if there is one.
    ///
    /// # Errors
    /// The file cannot be read, or the build has failed.
    pub fn add_turtle(
        &self,
        file: &Path,
        name: &str,
        graph: NamedNode,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), StoreError> {
        self.add(read_turtle(file, name, graph, diagnostics)?)
    }

    fn accept(&self, sink: &mut LoadSink, chunk: LoadChunk) -> Result<(), StoreError> {
        sink.accept(chunk)
            .map_err(|e| StoreError::io(&self.folder.path, "go on with the build", e))
    }

    /// Gives the build up after an error of the sink, and says what went wrong.
    pub fn failure(mut self) -> StoreError {
        self.threads.stop().unwrap_or_else(|| {
            StoreError::new(
                Code::StoreFiles,
                &self.folder.path,
                "the build was given up",
            )
        })
    }

    /// Ends the input, verifies the build, brings it to disk and makes it the published one.
    ///
    /// Until the very last rename readers keep opening the old build. All sinks must be gone.
    ///
    /// # Errors
    /// Anything that could not be written or does not add up; the published build stays.
    pub fn publish(mut self, about: About) -> Result<Published, StoreError> {
        self.report(Step::Sorting);
        let (sorted, loader) = match self.threads.end_sorting() {
            Ok(ended) => ended,
            Err(error) => return Err(self.threads.stop().unwrap_or(error)),
        };
        let quads_path = self.folder.path.join(QUADS);
        let Quads {
            statistics,
            digest,
            canonical,
        } = match write_quads(sorted, &loader, &quads_path, &about.base) {
            Ok(written) => written,
            Err(error) => {
                drop(loader);
                return Err(self.threads.stop().unwrap_or(error));
            }
        };
        let release = release_quads(&about, &statistics, &digest, canonical);
        let release_count = self.write_release(&release)?;
        // The loader's own failure, if it has one, is told by `end_loading`.
        let _ = loader.send(release.into_iter().map(for_store).collect());
        drop(loader);
        self.report(Step::Sorted);
        let store = self.threads.end_loading()?;
        self.report(Step::Loaded);

        let stored = store
            .len()
            .map_err(|e| storage_error(&self.folder.path.join(STORE), e))?;
        let id = format!(
            "{:04}-{}",
            self.sequence,
            digest.get(..8).unwrap_or_default()
        );
        let published = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let mut manifest = Manifest {
            format: FORMAT,
            id,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            published,
            digest,
            canonical,
            release_quads: release_count,
            store_quads: stored as u64,
            statistics,
            about,
            files: Vec::new(),
            checksum: String::new(),
        };
        self.verify(&store, &manifest)?;
        self.report(Step::Verified);
        // Closed before its files are digested.
        drop(store);
        fs::remove_dir_all(self.folder.path.join("sort"))
            .map_err(|e| StoreError::io(&self.folder.path, "remove the sorted runs", e))?;
        remove_logs(&self.folder.path.join(STORE))
            .map_err(|e| StoreError::io(&self.folder.path, "remove the logs", e))?;
        self.write("pin", b"")?;
        manifest.files = manifest::entries(&self.folder.path, self.options.threads)?;
        let json = manifest
            .seal()
            .map_err(|e| StoreError::io(&self.folder.path, "write the manifest", e))?;
        self.write(Manifest::NAME, &json)?;
        self.report(Step::Described);
        sync_all(&self.folder.path)
            .map_err(|e| StoreError::io(&self.folder.path, "bring the build to disk", e))?;
        self.report(Step::Synced);

        let builds = self.layout.builds();
        let target = self.layout.build(&manifest.id);
        fs::rename(&self.folder.path, &target)
            .and_then(|()| sync_folder(&builds))
            .map_err(|e| StoreError::io(&target, "name the build", e))?;
        self.report(Step::Renamed);
        let before = super::open::current(&self.layout).ok();
        if let Err(error) = self.layout.switch(&manifest.id) {
            // A build that nobody was told of is litter.
            let _ = fs::remove_dir_all(&target);
            return Err(error);
        }
        self.report(Step::Switched);
        let pruned = self.prune(&manifest.id, before.as_deref());
        self.report(Step::Pruned);
        Ok(Published { manifest, pruned })
    }

    fn report(&self, step: Step) {
        step.reached();
        if let Some(progress) = &self.options.progress {
            progress.report(step, 0);
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.folder.path.join(name);
        fs::write(&path, bytes).map_err(|e| StoreError::io(&path, "write the file", e))
    }

    /// Writes the release graph's lines and says how many there are.
    fn write_release(&self, quads: &[Quad]) -> Result<u64, StoreError> {
        let mut lines: Vec<Vec<u8>> = quads
            .iter()
            .map(|quad| {
                let mut line = Vec::new();
                write_quad(&mut line, quad.as_ref());
                line.push(b'\n');
                line
            })
            .collect();
        lines.sort();
        lines.dedup();
        self.write(RELEASE, &lines.concat())?;
        Ok(lines.len() as u64)
    }

    /// Counts the store. Where it has fewer quads than were sent (it takes some literals for the same
    /// value), each quad is looked up.
    fn verify(&self, store: &Store, manifest: &Manifest) -> Result<(), StoreError> {
        let sent = manifest.statistics.quads + manifest.release_quads;
        if manifest.store_quads == sent {
            return Ok(());
        }
        let path = self.folder.path.join(QUADS);
        if manifest.store_quads > sent {
            return Err(StoreError::new(
                Code::Miscount,
                &path,
                format!(
                    "the store has {} quads after {sent} were loaded",
                    manifest.store_quads
                ),
            ));
        }
        let open = |path: &Path| {
            File::open(path).map_err(|e| StoreError::io(path, "read the quads back", e))
        };
        let lines = zstd::Decoder::new(open(&path)?)
            .map_err(|e| StoreError::io(&path, "read the quads back", e))?
            .chain(open(&self.folder.path.join(RELEASE))?);
        let lines = BufReader::new(lines);
        check_store(store, manifest, &path, lines)
    }

    /// Deletes the oldest builds beyond the number to keep, but none that somebody reads, and not the
    /// one published before unless only one is to be kept: after a rollback it may be the oldest.
    ///
    /// What cannot be deleted now is tried again by the next build: that is no failure of this one.
    fn prune(&self, published: &str, before: Option<&str>) -> Vec<String> {
        let mut pruned = Vec::new();
        let Ok(ids) = self.layout.ids() else {
            return pruned;
        };
        let surplus = ids.len().saturating_sub(self.options.keep.max(1));
        let spared = before.filter(|_| self.options.keep > 1);
        let may_go = |id: &&String| *id != published && Some(id.as_str()) != spared;
        for id in ids.iter().filter(may_go).take(surplus) {
            let folder = self.layout.build(id);
            let doomed = self.layout.temporary(&format!("pruned-{id}"));
            let held = match Pin::exclusive(&folder) {
                Ok(Some(pin)) => Some(pin),
                Ok(None) => continue,
                // Without its pin nobody can open it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(_) => continue,
            };
            if fs::rename(&folder, &doomed).is_ok() {
                pruned.push(id.clone());
                // Swept by the next build if it fails half-way.
                let _ = fs::remove_dir_all(&doomed);
            }
            drop(held);
        }
        pruned
    }
}

/// The triples of a Turtle file in a graph. Every syntax error becomes a diagnostic.
///
/// # Errors
/// The file cannot be read.
pub fn read_turtle(
    file: &Path,
    name: &str,
    graph: NamedNode,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Quad>, StoreError> {
    let reader = File::open(file).map_err(|e| StoreError::io(file, "open the file", e))?;
    let parser = RdfParser::from_format(RdfFormat::Turtle)
        .with_default_graph(GraphName::from(graph))
        .without_named_graphs()
        .rename_blank_nodes()
        .for_reader(BufReader::new(reader));
    let mut quads = Vec::new();
    for quad in parser {
        match quad {
            Ok(quad) => quads.push(quad),
            Err(oxigraph::io::RdfParseError::Io(error)) => {
                return Err(StoreError::io(file, "read the file", error));
            }
            Err(oxigraph::io::RdfParseError::Syntax(error)) => {
                let place = match error.location() {
                    Some(at) => Place::at(name, at.start.line + 1, at.start.column + 1),
                    None => Place::file(name),
                };
                diagnostics.push(Diagnostic::new(
                    Code::Turtle,
                    place,
                    format!("this is no Turtle: {}", without_place(&error.to_string())),
                ));
            }
        }
    }
    Ok(quads)
}

/// The folder of a build that is not published; it goes when this does.
#[derive(Debug)]
struct Unfinished {
    path: PathBuf,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Renamed when published; what cannot be removed now is swept by the next build.
        let _ = fs::remove_dir_all(&self.path);
    }
}

struct Quads {
    statistics: Statistics,
    digest: String,
    canonical: bool,
}

/// Gives blank nodes their labels, sends their quads to the loader, and writes all lines, sorted and
/// without duplicates, while counting and digesting them.
fn write_quads(
    sorted: Sorted,
    loader: &SyncSender<Vec<Quad>>,
    path: &Path,
    base: &str,
) -> Result<Quads, StoreError> {
    let Sorted {
        mut sorter,
        blank,
        own_labels,
    } = sorted;
    let blank = if own_labels { blank } else { relabel(blank)? };
    let failed = |e| StoreError::io(path, "write the quads", e);
    for piece in blank.chunks(PIECE) {
        let mut records = Records::default();
        for quad in piece {
            records.push_key(|out| write_quad(out, quad.as_ref()));
        }
        sorter.add(records).map_err(failed)?;
        loader
            .send(piece.iter().cloned().map(for_store).collect())
            .map_err(|_| failed(io::Error::other("the build has failed")))?;
    }
    drop(blank);
    let mut merge = sorter.finish().map_err(failed)?;
    let mut encoder = File::create(path)
        .and_then(|file| zstd::Encoder::new(BufWriter::new(file), COMPRESSION))
        .map_err(failed)?;
    let mut hasher = Sha256::new();
    let mut counter = Counter::new(base);
    let mut last = Vec::new();
    let mut buffer = Vec::with_capacity(1 << 17);
    while let Some((line, _)) = merge.next().map_err(failed)? {
        if line == last {
            continue;
        }
        last.clear();
        last.extend_from_slice(line);
        match Parts::of(line) {
            Some(parts) => counter.line(&parts),
            None => return Err(failed(io::Error::other("a line came back damaged"))),
        }
        buffer.extend_from_slice(line);
        buffer.push(b'\n');
        if buffer.len() >= 1 << 16 {
            hasher.update(&buffer);
            encoder.write_all(&buffer).map_err(failed)?;
            buffer.clear();
        }
    }
    hasher.update(&buffer);
    encoder
        .write_all(&buffer)
        .and_then(|()| encoder.finish())
        .and_then(|mut out| out.flush())
        .map_err(failed)?;
    Ok(Quads {
        statistics: counter.finish(),
        digest: hex(&hasher.finalize()),
        canonical: !own_labels,
    })
}

/// Removes RocksDB's text logs, which are no part of the data.
fn remove_logs(store: &Path) -> io::Result<()> {
    for entry in fs::read_dir(store)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == "LOG" || name.to_string_lossy().starts_with("LOG.old") {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Brings the files of a folder, its folders and itself to disk.
fn sync_all(folder: &Path) -> io::Result<()> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                File::open(entry.path())?.sync_all()?;
            }
        }
        sync_folder(&folder)?;
    }
    Ok(())
}

/// The words of a syntax error without the place, which the parser says first.
fn without_place(words: &str) -> &str {
    let place = words.strip_prefix("Parser error at line ");
    place
        .and_then(|rest| rest.split_once(": "))
        .map_or(words, |(_, words)| words)
}

//! A build: made aside, verified, brought to disk, then switched to.

use super::blank::{LabelledQuads, mentions_blank, renamed};
use super::line::write_quad;
use super::lines::{LinesDigest, digest_all};
use super::load::{LoadChunk, LoadSink, LoadedQuads, Loader, PIECE, index_error};
use super::manifest::Amendments;
use super::open::{INDEX, ROWLESS};
use super::sort::{RecordBuffer, Sorter};
use super::text;
use super::verify::check_index;
use super::workspace::{BuildContent, Workspace};
use super::{BuildDescription, BuildStep, Manifest, Statistics, StoreError, release_quads};
use crate::convert::Sink;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::digest::sha256_hex;
use crate::resource::file;
use crate::turtle::{Turtle, TurtleProblem};
use civigraph_index::{self as index, Index};
use oxrdf::{BlankNode, NamedNode, Quad};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Memory for quads that are not in the index yet, by default.
const MEMORY: usize = 1 << 30;

/// Memory for sorting the quads that come from no row alone.
const SORT_MEMORY: usize = 64 << 20;

/// How far the lines of quads are compressed.
const COMPRESSION: i32 = 1;

/// Progress callback of a build: the step, and the quads loaded so far.
#[derive(Clone)]
pub struct BuildProgress(Arc<dyn Fn(BuildStep, u64) + Send + Sync>);

impl BuildProgress {
    /// A listener; it is called from several threads.
    pub fn new(listener: impl Fn(BuildStep, u64) + Send + Sync + 'static) -> Self {
        Self(Arc::new(listener))
    }

    pub(super) fn report(&self, step: BuildStep, quads: u64) {
        (self.0)(step, quads);
    }
}

impl std::fmt::Debug for BuildProgress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Progress")
    }
}

/// How to build.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// Threads for writing the index and digesting files.
    pub threads: usize,
    /// Published builds to keep, the new one included; at least 1.
    pub keep: usize,
    /// Take over what the published build has where little changed.
    pub amend: bool,
    /// Memory for quads that are not in the index yet, in bytes.
    pub memory: usize,
    /// Index labels and texts for a search as well.
    pub text: bool,
    /// Progress callback.
    pub progress: Option<BuildProgress>,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self {
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            keep: 3,
            amend: true,
            memory: MEMORY,
            text: true,
            progress: None,
        }
    }
}

/// What was published.
#[derive(Debug, Clone)]
pub struct PublishedBuild {
    /// The manifest of the new build.
    pub manifest: Manifest,
    /// Ids of old builds that were deleted.
    pub pruned: Vec<String>,
}

/// A build in the making. Dropping it leaves what is published as it was.
///
/// ```no_run
/// use civigraph::store::{BuildDescription, BuildOptions, Builder};
/// # fn main() -> Result<(), civigraph::store::StoreError> {
/// let mut builder = Builder::begin(".civigraph".as_ref(), BuildOptions::default())?;
/// let mut sink = builder.sink()?;
/// // convert::run(&plan, …, &mut sink, …)
/// drop(sink);
/// let published = builder.publish(BuildDescription::default())?;
/// println!("{} quads", published.manifest.statistics.quads);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Builder {
    // The thread ends before the folder of the workspace goes.
    loader: Loader,
    /// Quads that come from no row alone.
    rowless: Mutex<Sorter>,
    workspace: Workspace,
}

impl Builder {
    /// Takes the builder's lock, sweeps the litter of killed builds and starts a new build.
    ///
    /// # Errors
    /// Another builder is running ([`Code::BuilderRunning`]), or the folder cannot be written.
    pub fn begin(root: &Path, options: BuildOptions) -> Result<Self, StoreError> {
        Self::at(Workspace::open(root, options)?)
    }

    /// Starts a build at its workspace.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn at(workspace: Workspace) -> Result<Self, StoreError> {
        let rowless = sorter(&workspace, "sort-others")?;
        let folder = workspace.path().join(INDEX);
        let index =
            index::IndexBuilder::new(&folder, index_options(&workspace)).map_err(index_error)?;
        let loader = Loader::start(index, &folder, workspace.options.progress.clone());
        Ok(Self {
            loader,
            rowless: Mutex::new(rowless),
            workspace,
        })
    }

    /// A sink for a conversion; drop it before [`publish`](Self::publish).
    ///
    /// # Errors
    /// None as long as the build has not ended.
    pub fn sink(&self) -> Result<LoadSink, StoreError> {
        self.loader.sink().ok_or_else(|| {
            StoreError::new(
                Code::StoreFiles,
                self.workspace.path(),
                "the build has ended already",
            )
        })
    }

    /// Adds quads that do not come from a row of a table alone.
    ///
    /// # Errors
    /// The build has failed.
    pub fn add(&self, quads: impl IntoIterator<Item = Quad>) -> Result<(), StoreError> {
        let mut sink = self.sink()?;
        let mut chunk = sink.chunk();
        let mut lines = RecordBuffer::default();
        let failed = |e| StoreError::io(self.workspace.path(), "sort the quads", e);
        for (index, quad) in quads.into_iter().enumerate() {
            // Those with blank nodes join the others once they have their labels.
            if !mentions_blank(quad.as_ref()) {
                lines.push_key(|out| write_quad(out, quad.as_ref()));
            }
            chunk.push(quad.as_ref());
            if index % PIECE == PIECE - 1 {
                self.accept(&mut sink, std::mem::take(&mut chunk))?;
                self.add_lines(std::mem::take(&mut lines)).map_err(failed)?;
            }
        }
        self.add_lines(lines).map_err(failed)?;
        self.accept(&mut sink, chunk)
    }

    fn add_lines(&self, lines: RecordBuffer) -> io::Result<()> {
        let mut rowless = self.rowless.lock().unwrap_or_else(PoisonError::into_inner);
        rowless.add(lines)
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
        self.add(read_turtle(file, name, graph, diagnostics))
    }

    fn accept(&self, sink: &mut LoadSink, chunk: LoadChunk) -> Result<(), StoreError> {
        sink.accept(chunk)
            .map_err(|e| StoreError::io(self.workspace.path(), "go on with the build", e))
    }

    /// Gives the build up after an error of the sink, and says what went wrong.
    pub fn failure(mut self) -> StoreError {
        self.loader.stop().unwrap_or_else(|| {
            StoreError::new(
                Code::StoreFiles,
                self.workspace.path(),
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
    pub fn publish(mut self, about: BuildDescription) -> Result<PublishedBuild, StoreError> {
        self.workspace.report(BuildStep::Sorting);
        let mut loaded = self.loader.end()?;
        let canonical = self.label(&mut loaded)?;
        self.write_rowless()?;
        loaded.index.finish().map_err(index_error)?;
        self.workspace.report(BuildStep::Sorted);

        let folder = self.workspace.path().join(INDEX);
        let index = Index::open(&folder).map_err(index_error)?;
        let (LinesDigest { digest, states }, statistics) = self.read_back(&index, &about)?;
        states.write(self.workspace.path())?;
        let release = release_quads(&about, &statistics, &digest, canonical);
        let release_quads = self.workspace.write_release(&release)?;
        self.workspace.report(BuildStep::Loaded);

        let manifest = self.workspace.manifest(BuildContent {
            about,
            statistics,
            digest,
            canonical,
            release_quads,
            amended: Amendments::default(),
        })?;
        check_index(&index, &manifest)?;
        self.workspace.report(BuildStep::Verified);
        drop(index);
        self.workspace.finish(manifest)
    }

    /// Digests and counts the quads of the index, and indexes their texts.
    fn read_back(
        &self,
        index: &Index,
        about: &BuildDescription,
    ) -> Result<(LinesDigest, Statistics), StoreError> {
        let options = &self.workspace.options;
        if !options.text {
            return digest_all(index, about);
        }
        if options.threads < 2 {
            text::write(index, &self.workspace)?;
            return digest_all(index, about);
        }
        std::thread::scope(|scope| {
            let texts = scope.spawn(|| text::write(index, &self.workspace));
            let digested = digest_all(index, about);
            let ended_early = |_| {
                let message = "the thread that indexes the texts ended early";
                StoreError::new(Code::StoreFiles, self.workspace.path(), message)
            };
            texts.join().map_err(ended_early).flatten()?;
            digested
        })
    }

    /// Gives blank nodes their labels and their quads to the index. Says whether the labels are canonical.
    fn label(&self, loaded: &mut LoadedQuads) -> Result<bool, StoreError> {
        let blank = std::mem::take(&mut loaded.blank);
        let LabelledQuads { quads, canonical } = blank
            .label()
            .map_err(|e| StoreError::io(self.workspace.path(), "label the blank nodes", e))?;
        // Labels depend on all of them. Only builds with canonical ones are amended.
        if canonical {
            let mut lines = RecordBuffer::default();
            for quad in &quads {
                lines.push_key(|out| write_quad(out, quad.as_ref()));
            }
            self.add_lines(lines)
                .map_err(|e| StoreError::io(self.workspace.path(), "sort the quads", e))?;
        }
        loaded.add(&quads).map_err(index_error)?;
        Ok(canonical)
    }

    /// Writes the quads that come from no row alone.
    fn write_rowless(&mut self) -> Result<(), StoreError> {
        let path = self.workspace.path().join(ROWLESS);
        let empty = Sorter::new(self.workspace.path(), usize::MAX, 1);
        let rowless = self
            .rowless
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let sorter = std::mem::replace(rowless, empty);
        write_lines(sorter, &path).map_err(|e| StoreError::io(&path, "write the quads", e))
    }
}

/// The triples of a Turtle file in a graph. Every syntax error becomes a diagnostic, and so does a file that cannot be
/// read.
///
/// Its blank nodes get labels that depend on the file's name and on what is in it, and on nothing else.
pub fn read_turtle(
    file: &Path,
    name: &str,
    graph: NamedNode,
    diagnostics: &mut Diagnostics,
) -> Vec<Quad> {
    let unreadable = |error| file::unreadable(file, name, "the ontology", error);
    let reader = match file::open(file) {
        Ok(reader) => reader,
        Err(error) => {
            diagnostics.push(unreadable(&error));
            return Vec::new();
        }
    };
    let shown: Arc<str> = name.into();
    let turtle = Turtle::new(BufReader::new(reader), &shown, None, graph.into());
    let file_name = file.file_name().unwrap_or_default().as_encoded_bytes();
    // The labels of tables start with another letter.
    let prefix = format!("o{:.16}n", sha256_hex(file_name));
    let mut labels: HashMap<BlankNode, BlankNode> = HashMap::new();
    // The parser makes up labels at random where the file has none.
    let mut label = |node: &BlankNode| {
        let count = labels.len();
        let label = labels.entry(node.clone());
        label
            .or_insert_with(|| BlankNode::new_unchecked(format!("{prefix}{count}")))
            .clone()
    };
    let mut quads = Vec::new();
    let mut first_error = true;
    for item in turtle {
        match item {
            Ok((quad, _)) if mentions_blank(quad.as_ref()) => {
                quads.push(renamed(&quad, &mut label));
            }
            Ok((quad, _)) => quads.push(quad),
            Err(TurtleProblem::Io(error)) => {
                diagnostics.push(unreadable(&error));
                break;
            }
            Err(TurtleProblem::TooDeep(problem)) => {
                diagnostics.push(problem);
                break;
            }
            Err(TurtleProblem::Syntax(problem)) => {
                if std::mem::take(&mut first_error) {
                    let text = fs::read_to_string(file).unwrap_or_default();
                    if let Some(merge) = Diagnostic::unresolved_merge(&text, &shown) {
                        diagnostics.push(merge);
                        break;
                    }
                }
                diagnostics.push(problem);
            }
        }
    }
    quads
}

/// A sorter with a folder of its own at a workspace.
pub(super) fn sorter(workspace: &Workspace, name: &str) -> Result<Sorter, StoreError> {
    let folder = workspace.path().join(name);
    fs::create_dir_all(&folder).map_err(|e| StoreError::io(&folder, "create the folder", e))?;
    Ok(Sorter::new(folder, SORT_MEMORY, workspace.options.threads))
}

/// How the index of a workspace is built.
pub(super) fn index_options(workspace: &Workspace) -> index::Options {
    index::Options {
        memory: workspace.options.memory,
        threads: workspace.options.threads.max(1),
    }
}

/// Writes lines in order, each as often as it was added.
pub(super) fn write_lines(sorter: Sorter, path: &Path) -> io::Result<()> {
    let mut merge = sorter.finish()?;
    let file = BufWriter::new(File::create(path)?);
    let mut encoder = zstd::Encoder::new(file, COMPRESSION)?;
    while let Some((line, _)) = merge.next()? {
        encoder.write_all(line)?;
        encoder.write_all(b"\n")?;
    }
    encoder.finish()?.flush()
}

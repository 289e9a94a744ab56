//! A build: made aside, verified, brought to disk, then switched to.

use super::blank::{Labelled, mentions_blank, renamed};
use super::frames::{COMPRESSION, FrameWriter, QUADS};
use super::line::{Parts, write_quad};
use super::load::{LoadChunk, LoadSink, PIECE, Sorted, Threads, for_store, storage_error};
use super::manifest::Amendments;
use super::nesting::{Nesting, Syntax, TooDeep};
use super::open::{OTHERS, RELEASE, STORE};
use super::site::{Content, Site};
use super::sort::{DEFAULT_BUDGET, Records, Sorter};
use super::statistics::Counter;
use super::verify::check_store;
use super::{About, Manifest, Statistics, Step, StoreError, digest_bytes, release_quads};
use crate::convert::Sink;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::store::{StorageError, Store};
use oxrdf::{BlankNode, GraphName, NamedNode, Quad};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};

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
    /// Take over what the published build has where little changed.
    pub amend: bool,
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
            amend: true,
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
    // The threads end before the folder of the site goes.
    threads: Threads,
    /// Quads that come from no row alone.
    others: Mutex<Sorter>,
    site: Site,
}

impl Builder {
    /// Takes the builder's lock, sweeps the litter of killed builds and starts a new build.
    ///
    /// # Errors
    /// Another builder is running ([`Code::BuilderRunning`]), or the folder cannot be written.
    pub fn begin(root: &Path, options: BuildOptions) -> Result<Self, StoreError> {
        Self::at(Site::open(root, options)?)
    }

    /// Starts a build at its site.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn at(site: Site) -> Result<Self, StoreError> {
        let sorter = |name| sorter(&site, name);
        let (lines, others) = (sorter("sort")?, sorter("sort-others")?);
        let store_path = site.path().join(STORE);
        let store = Store::open(&store_path).map_err(|e| storage_error(&store_path, e))?;
        let threads = Threads::start(
            store,
            &store_path,
            lines,
            site.options.threads.max(1),
            site.options.optimize,
            site.options.progress.clone(),
        );
        Ok(Self {
            threads,
            others: Mutex::new(others),
            site,
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
                self.site.path(),
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
        let mut lines = Records::default();
        let failed = |e| StoreError::io(self.site.path(), "sort the quads", e);
        for (index, quad) in quads.into_iter().enumerate() {
            // Those with blank nodes join the others once they have their labels.
            if !mentions_blank(quad.as_ref()) {
                lines.push_key(|out| write_quad(out, quad.as_ref()));
            }
            chunk.push(quad);
            if index % PIECE == PIECE - 1 {
                self.accept(&mut sink, std::mem::take(&mut chunk))?;
                self.add_lines(std::mem::take(&mut lines)).map_err(failed)?;
            }
        }
        self.add_lines(lines).map_err(failed)?;
        self.accept(&mut sink, chunk)
    }

    fn add_lines(&self, lines: Records) -> io::Result<()> {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        others.add(lines)
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
            .map_err(|e| StoreError::io(self.site.path(), "go on with the build", e))
    }

    /// Gives the build up after an error of the sink, and says what went wrong.
    pub fn failure(mut self) -> StoreError {
        self.threads.stop().unwrap_or_else(|| {
            StoreError::new(Code::StoreFiles, self.site.path(), "the build was given up")
        })
    }

    /// Ends the input, verifies the build, brings it to disk and makes it the published one.
    ///
    /// Until the very last rename readers keep opening the old build. All sinks must be gone.
    ///
    /// # Errors
    /// Anything that could not be written or does not add up; the published build stays.
    pub fn publish(mut self, about: About) -> Result<Published, StoreError> {
        self.site.report(Step::Sorting);
        let (sorted, loader) = match self.threads.end_sorting() {
            Ok(ended) => ended,
            Err(error) => return Err(self.threads.stop().unwrap_or(error)),
        };
        let written = self
            .send_blank(sorted, loader)
            .and_then(|(sorter, canonical)| {
                // Loading keeps all cores busy; committing and compacting leave one for this.
                self.threads.wait_for_core();
                self.write_others()?;
                write_quads(sorter, canonical, self.site.path(), &about.base)
            });
        let quads = match written {
            Ok(written) => written,
            Err(error) => return Err(self.threads.stop().unwrap_or(error)),
        };
        let release = release_quads(&about, &quads.statistics, &quads.digest, quads.canonical);
        let release_count = self.site.write_release(&release)?;
        self.site.report(Step::Sorted);
        let store = self.threads.end_loading()?;
        let store_path = self.site.path().join(STORE);
        let failed = |e: StorageError| storage_error(&store_path, e);
        store
            .extend(release.into_iter().map(for_store))
            .and_then(|()| store.flush())
            .map_err(failed)?;
        self.site.report(Step::Loaded);

        let stored = store.len().map_err(failed)?;
        let manifest = self.site.manifest(Content {
            about,
            statistics: quads.statistics,
            digest: quads.digest,
            canonical: quads.canonical,
            release_quads: release_count,
            store_quads: stored as u64,
            amended: Amendments::default(),
        })?;
        self.verify(&store, &manifest)?;
        self.site.report(Step::Verified);
        // Closed before its files are digested.
        drop(store);
        self.site.finish(manifest, &[])
    }

    /// Gives blank nodes their labels and sends their quads to the loader, which then has everything.
    ///
    /// Gives all lines, and whether the labels are canonical.
    fn send_blank(
        &self,
        mut sorted: Sorted,
        loader: SyncSender<Vec<Quad>>,
    ) -> Result<(Sorter, bool), StoreError> {
        let failed = |e| StoreError::io(self.site.path(), "write the quads", e);
        let blank = std::mem::take(&mut sorted.blank);
        let Labelled { quads, canonical } = blank
            .label()
            .map_err(|e| StoreError::io(self.site.path(), "label the blank nodes", e))?;
        // Labels depend on all of them. Only builds with canonical ones are amended.
        let add = |lines: &Records| match canonical {
            true => self.add_lines(lines.clone()),
            false => Ok(()),
        };
        sorted.add(&quads, &loader, add).map_err(failed)?;
        Ok((sorted.sorter, canonical))
    }

    /// Writes the quads that come from no row alone.
    fn write_others(&mut self) -> Result<(), StoreError> {
        let path = self.site.path().join(OTHERS);
        let empty = Sorter::new(self.site.path(), usize::MAX, 1);
        let others = self
            .others
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let sorter = std::mem::replace(others, empty);
        write_lines(sorter, &path).map_err(|e| StoreError::io(&path, "write the quads", e))
    }

    /// Counts the store. Where it has fewer quads than were sent (it takes some literals for the same
    /// value), each quad is looked up.
    fn verify(&self, store: &Store, manifest: &Manifest) -> Result<(), StoreError> {
        let sent = manifest.statistics.quads + manifest.release_quads;
        if manifest.store_quads == sent {
            return Ok(());
        }
        let path = self.site.path().join(QUADS);
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
            .chain(open(&self.site.path().join(RELEASE))?);
        let lines = BufReader::new(lines);
        check_store(store, manifest, &path, lines)
    }
}

/// The triples of a Turtle file in a graph. Every syntax error becomes a diagnostic.
///
/// Its blank nodes get labels that depend on the file's name and on what is in it, and on nothing else.
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
        .for_reader(BufReader::new(Nesting::new(reader, Syntax::Turtle)));
    let file_name = file.file_name().unwrap_or_default().as_encoded_bytes();
    // The labels of tables start with another letter.
    let prefix = format!("o{:.16}n", digest_bytes(file_name));
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
    for quad in parser {
        match quad {
            Ok(quad) if mentions_blank(quad.as_ref()) => quads.push(renamed(&quad, &mut label)),
            Ok(quad) => quads.push(quad),
            Err(oxigraph::io::RdfParseError::Io(error)) => {
                let Some(deep) = TooDeep::of(&error) else {
                    return Err(StoreError::io(file, "read the file", error));
                };
                let place = Place::at(name, deep.line, deep.column);
                let message = format!("this Turtle cannot be read: {deep}");
                diagnostics.push(Diagnostic::new(Code::Turtle, place, message));
                break;
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

/// A sorter with a folder of its own at a site.
pub(super) fn sorter(site: &Site, name: &str) -> Result<Sorter, StoreError> {
    let folder = site.path().join(name);
    fs::create_dir_all(&folder).map_err(|e| StoreError::io(&folder, "create the folder", e))?;
    let options = &site.options;
    Ok(Sorter::new(folder, options.sort_memory, options.threads))
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

struct Quads {
    statistics: Statistics,
    digest: String,
    canonical: bool,
}

/// Writes all lines, sorted and without duplicates, while counting and digesting them.
fn write_quads(
    sorter: Sorter,
    canonical: bool,
    folder: &Path,
    base: &str,
) -> Result<Quads, StoreError> {
    let failed = |e| StoreError::io(&folder.join(QUADS), "write the quads", e);
    let mut merge = sorter.finish().map_err(failed)?;
    let mut writer = FrameWriter::create(folder).map_err(failed)?;
    let mut counter = Counter::new(base);
    // The line that may still come again, and how often it came.
    let (mut held, mut count) = (Vec::new(), 0);
    loop {
        let next = merge.next().map_err(failed)?;
        if count > 0 && next.is_none_or(|(line, _)| line != held) {
            match Parts::of(&held) {
                Some(parts) => counter.line(&parts),
                None => return Err(failed(io::Error::other("a line came back damaged"))),
            }
            writer.line(&held, count).map_err(failed)?;
            count = 0;
        }
        let Some((line, _)) = next else {
            break;
        };
        if count == 0 {
            held.clear();
            held.extend_from_slice(line);
        }
        count += 1;
    }
    let digest = writer.finish(folder).map_err(failed)?;
    Ok(Quads {
        statistics: counter.finish(),
        digest,
        canonical,
    })
}

/// The words of a syntax error without the place, which the parser says first.
pub(crate) fn without_place(words: &str) -> &str {
    let place = words.strip_prefix("Parser error at line ");
    place
        .and_then(|rest| rest.split_once(": "))
        .map_or(words, |(_, words)| words)
}

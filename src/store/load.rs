//! From the converter into the store and the sorter, each on a thread of its own.
//!
//! The converting threads make both forms of a quad, its line and its terms; the two threads here
//! only store and sort. Memory is bounded: the channels hold a few chunks, and whoever is ahead waits.

use super::blank::{Unlabelled, mentions_blank};
use super::line::write_quad;
use super::sort::{Records, Sorter};
use super::{Progress, Step, StoreError};
use crate::convert::{Origin, QuadSink, Sink};
use crate::diagnostic::Code;
use oxigraph::store::{BulkLoader, LoaderError, StorageError, Store};
use oxrdf::{Literal, Quad, QuadRef, Term};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Chunks that wait for each thread.
const WAITING: usize = 4;

/// Quads that the store takes in one piece at first, one piece on each thread. Oxigraph's own default is
/// ten times that; small pieces are hashed and sorted within the processor's caches, in half the memory,
/// and all cores end together. The compaction at the end makes one piece of them all the same.
const SMALLEST: usize = 100_000;

/// The largest pieces.
const LARGEST: usize = 500_000;

/// A piece is as large as this part of what came before it: each has files of its own, of which a
/// process may have open only so many when all are compacted.
const PART: usize = 40;

/// Pieces that are committed together; the store opens all their files at once.
const TOGETHER: usize = 20;

/// Quads handed to the loader in one piece where they come from no chunk.
pub(super) const PIECE: usize = 10_000;

/// The quads of one chunk of rows.
#[derive(Debug, Default)]
pub struct LoadChunk {
    lines: Records,
    quads: Vec<Quad>,
    blank: Vec<Quad>,
}

impl LoadChunk {
    pub(super) fn push(&mut self, quad: Quad) {
        if mentions_blank(quad.as_ref()) {
            self.blank.push(quad);
        } else {
            self.push_final(quad);
        }
    }

    /// Adds a quad whose blank nodes keep their labels.
    pub(super) fn push_final(&mut self, quad: Quad) {
        self.lines.push_key(|out| write_quad(out, quad.as_ref()));
        self.quads.push(for_store(quad));
    }
}

/// A quad as the store wants it: language tags in lower case, which queries are parsed to as well.
pub(super) fn for_store(mut quad: Quad) -> Quad {
    if let Term::Literal(literal) = &quad.object
        && let Some(language) = literal.language()
        && language.bytes().any(|byte| byte.is_ascii_uppercase())
    {
        let language = language.to_ascii_lowercase();
        let value = literal.value();
        quad.object = match literal.direction() {
            Some(direction) => Literal::new_directional_language_tagged_literal_unchecked(
                value, language, direction,
            ),
            None => Literal::new_language_tagged_literal_unchecked(value, language),
        }
        .into();
    }
    quad
}

impl QuadSink for LoadChunk {
    fn quad(&mut self, quad: QuadRef<'_>, _: Origin) {
        self.push(quad.into_owned());
    }
}

/// Takes the quads of a conversion into a build.
#[derive(Debug, Clone)]
pub struct LoadSink {
    sorter: SyncSender<(Records, Vec<Quad>)>,
    loader: SyncSender<Vec<Quad>>,
}

impl Sink for LoadSink {
    type Chunk = LoadChunk;

    fn chunk(&self) -> LoadChunk {
        LoadChunk::default()
    }

    /// Hands the chunk to the threads of the build.
    ///
    /// # Errors
    /// One of them has failed; [`Builder::failure`](super::Builder::failure) says how.
    fn accept(&mut self, chunk: LoadChunk) -> io::Result<()> {
        Step::Loading.reached();
        let stopped = || io::Error::other("the build has failed");
        self.loader.send(chunk.quads).map_err(|_| stopped())?;
        self.sorter
            .send((chunk.lines, chunk.blank))
            .map_err(|_| stopped())
    }
}

/// What the sorting thread ends with.
pub(super) struct Sorted {
    /// All lines but those of the quads still to be labelled.
    pub(super) sorter: Sorter,
    /// The quads that mention blank nodes, still without canonical labels.
    pub(super) blank: Unlabelled,
}

impl Sorted {
    /// Takes quads whose labels are final, and sends them to the loader as well. `also` hears their lines.
    pub(super) fn add(
        &mut self,
        quads: &[Quad],
        loader: &SyncSender<Vec<Quad>>,
        also: impl Fn(&Records) -> io::Result<()>,
    ) -> io::Result<()> {
        for piece in quads.chunks(PIECE) {
            let mut records = Records::default();
            for quad in piece {
                records.push_key(|out| write_quad(out, quad.as_ref()));
            }
            also(&records)?;
            self.sorter.add(records)?;
            loader
                .send(piece.iter().cloned().map(for_store).collect())
                .map_err(|_| io::Error::other("the build has failed"))?;
        }
        Ok(())
    }
}

/// The two threads.
#[derive(Debug)]
pub(super) struct Threads {
    sink: Option<LoadSink>,
    sorter: Option<JoinHandle<Result<Sorted, StoreError>>>,
    loader: Option<JoinHandle<Result<Store, StoreError>>>,
    /// Closed when the loader has prepared everything and has no more work for all cores.
    prepared: Receiver<()>,
    abandoned: Arc<AtomicBool>,
    store_path: PathBuf,
}

impl Threads {
    /// Starts them: quads go into `store`, lines into `sorter`.
    pub(super) fn start(
        store: Store,
        store_path: &Path,
        sorter: Sorter,
        threads: usize,
        optimize: bool,
        progress: Option<Progress>,
    ) -> Self {
        let (to_sorter, from_sink) = sync_channel(WAITING);
        let (to_loader, quads) = sync_channel(WAITING);
        let abandoned = Arc::new(AtomicBool::new(false));
        let sort_path = store_path.to_owned();
        let load_path = store_path.to_owned();
        let stop = Arc::clone(&abandoned);
        let beside = to_loader.clone();
        let (preparing, prepared) = sync_channel::<()>(0);
        Self {
            prepared,
            sink: Some(LoadSink {
                sorter: to_sorter,
                loader: to_loader,
            }),
            sorter: Some(std::thread::spawn(move || {
                sort(from_sink, sorter, Unlabelled::default(), &beside)
                    .map_err(|e| StoreError::io(&sort_path, "sort the quads", e))
            })),
            loader: Some(std::thread::spawn(move || {
                prepare(&store, quads, threads, &stop, progress)
                    .and_then(|loaders| {
                        drop(preparing);
                        for loader in loaders {
                            loader.commit()?;
                        }
                        store.flush()?;
                        if optimize {
                            store.optimize()?;
                        }
                        Ok(())
                    })
                    .map_err(|e| storage_error(&load_path, e))?;
                Ok(store)
            })),
            abandoned,
            store_path: store_path.to_owned(),
        }
    }

    /// A sink that feeds them; `None` once the sorting has ended.
    pub(super) fn sink(&self) -> Option<LoadSink> {
        self.sink.clone()
    }

    /// Ends the sorting thread's input and takes its result. The loader goes on.
    ///
    /// All clones of the sink must be gone, or this waits for them.
    pub(super) fn end_sorting(&mut self) -> Result<(Sorted, SyncSender<Vec<Quad>>), StoreError> {
        let (Some(sink), Some(thread)) = (self.sink.take(), self.sorter.take()) else {
            return Err(self.died("sorting"));
        };
        let LoadSink { sorter, loader } = sink;
        drop(sorter);
        let sorted = thread.join().map_err(|_| self.died("sorting"))??;
        Ok((sorted, loader))
    }

    /// Waits until the loader leaves a core free, or has failed; its channel must be closed.
    pub(super) fn wait_for_core(&self) {
        // Nothing is ever sent: the channel closes, whatever the thread ends with.
        let _ = self.prepared.recv();
    }

    /// Waits until the store has everything; its channel must be closed.
    pub(super) fn end_loading(&mut self) -> Result<Store, StoreError> {
        let Some(thread) = self.loader.take() else {
            return Err(self.died("loading"));
        };
        thread.join().map_err(|_| self.died("loading"))?
    }

    /// Stops both and says what went wrong in them, if anything did.
    pub(super) fn stop(&mut self) -> Option<StoreError> {
        self.abandoned.store(true, Ordering::Relaxed);
        self.sink = None;
        let mut failure = None;
        if let Some(thread) = self.sorter.take() {
            failure = match thread.join() {
                Ok(Ok(_)) => None,
                Ok(Err(error)) => Some(error),
                Err(_) => Some(self.died("sorting")),
            };
        }
        if let Some(thread) = self.loader.take() {
            let loading = match thread.join() {
                // The error of an abandoned load is our own doing.
                Ok(Ok(_)) => None,
                Ok(Err(error)) if is_abandoned(&error) => None,
                Ok(Err(error)) => Some(error),
                Err(_) => Some(self.died("loading")),
            };
            failure = loading.or(failure);
        }
        failure
    }

    fn died(&self, doing: &str) -> StoreError {
        StoreError::new(
            Code::StoreFiles,
            &self.store_path,
            format!("the {doing} thread of the build ended early"),
        )
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // Whoever needs the failure has called `stop` already.
        let _ = self.stop();
    }
}

const ABANDONED: &str = "the build was abandoned";

fn is_abandoned(error: &StoreError) -> bool {
    error.diagnostic().message.contains(ABANDONED)
}

fn sort(
    from_sink: Receiver<(Records, Vec<Quad>)>,
    sorter: Sorter,
    blank: Unlabelled,
    loader: &SyncSender<Vec<Quad>>,
) -> io::Result<Sorted> {
    let mut sorted = Sorted { sorter, blank };
    for (records, blank) in from_sink {
        sorted.sorter.add(records)?;
        let labelled = sorted.blank.add(blank);
        sorted.add(&labelled, loader, |_| Ok(()))?;
    }
    Ok(sorted)
}

/// Encodes and sorts all quads as the store wants them; what is left is to commit them.
fn prepare<'a>(
    store: &'a Store,
    quads: Receiver<Vec<Quad>>,
    threads: usize,
    stop: &AtomicBool,
    progress: Option<Progress>,
) -> Result<Vec<BulkLoader<'a>>, LoaderError> {
    let abandoned = || StorageError::Io(io::Error::other(ABANDONED));
    let stopped = || stop.load(Ordering::Relaxed).then(|| Err(abandoned()));
    // A chunk at a time is asked for; an abandoned build stops before it commits anything.
    let mut quads = quads
        .into_iter()
        .flat_map(|chunk| stopped().into_iter().chain(chunk.into_iter().map(Ok)))
        .peekable();
    let mut loaders = Vec::new();
    let mut before = 0;
    while quads.peek().is_some() {
        let piece = (before / PART).clamp(SMALLEST, LARGEST);
        let mut loader = store
            .bulk_loader()
            .with_num_threads(threads)
            // Oxigraph counts a thousand quads to a megabyte, and divides them among the threads.
            .with_max_memory_size_in_megabytes(threads * piece / 1_000);
        if let Some(progress) = progress.clone() {
            loader = loader
                .on_progress(move |quads| progress.report(Step::Loading, before as u64 + quads));
        }
        loader.load_ok_quads::<StorageError, LoaderError>(quads.by_ref().take(TOGETHER * piece))?;
        loaders.push(loader);
        before += TOGETHER * piece;
    }
    if let Some(Err(error)) = stopped() {
        return Err(error.into());
    }
    Ok(loaders)
}

pub(super) fn storage_error(path: &Path, error: impl Into<LoaderError>) -> StoreError {
    let error = error.into();
    let mut refusal = StoreError::new(
        Code::StoreFiles,
        path,
        format!("the store could not be written: {error}"),
    );
    if let LoaderError::Storage(StorageError::Corruption(_)) = error {
        refusal = StoreError::new(
            Code::TornBuild,
            path,
            format!("the store is damaged: {error}"),
        );
    }
    refusal.with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::{BlankNode, GraphName, NamedNode};

    /// The lines that are sorted and the quads that are loaded of chunks with one blank node each, and those
    /// that wait for their labels.
    fn sorted(chunks: usize, limit: usize) -> io::Result<(usize, usize, usize)> {
        let folder = tempfile::tempdir()?;
        let (to_sorter, from_sink) = sync_channel(chunks);
        let (to_loader, quads) = sync_channel(chunks);
        let stopped = || io::Error::other("no one listens");
        for chunk in 0..chunks {
            let property = NamedNode::new_unchecked("http://e/p");
            let node = BlankNode::new_unchecked(format!("n{chunk}"));
            let quad = Quad::new(node, property.clone(), property, GraphName::DefaultGraph);
            let sent = to_sorter.send((Records::default(), vec![quad]));
            sent.map_err(|_| stopped())?;
        }
        drop(to_sorter);
        let sorter = Sorter::new(folder.path(), usize::MAX, 1);
        let blank = Unlabelled::up_to(limit);
        let Sorted { sorter, blank } = sort(from_sink, sorter, blank, &to_loader)?;
        drop(to_loader);
        let mut lines = 0;
        let mut merge = sorter.finish()?;
        while merge.next()?.is_some() {
            lines += 1;
        }
        let waiting = blank.label()?.quads.len();
        Ok((lines, quads.into_iter().flatten().count(), waiting))
    }

    #[test]
    fn too_many_blank_nodes_do_not_wait() -> io::Result<()> {
        assert_eq!(sorted(0, 0)?, (0, 0, 0));
        assert_eq!(sorted(3, 3)?, (0, 0, 3));
        assert_eq!(sorted(5, 3)?, (5, 5, 0));
        Ok(())
    }
}

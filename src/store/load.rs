//! From the converter into the index, on a thread of its own.
//!
//! The converting threads number the terms of their chunks; the thread here numbers them for the whole build.
//! Memory is bounded: the channel holds a few chunks, and whoever is ahead waits.

use super::blank::{UnlabelledQuads, mentions_blank};
use super::{BuildStep, StoreError};
use crate::convert::{Origin, QuadSink, Sink};
use crate::diagnostic::{Code, HintAction};
use civigraph_index as index;
use oxrdf::{Quad, QuadRef};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Chunks that wait for the thread.
const WAITING: usize = 4;

/// Quads handed over in one piece where they come from no chunk.
pub(super) const PIECE: usize = 10_000;

/// The quads of one chunk of rows.
#[derive(Debug, Default)]
pub struct LoadChunk {
    quads: index::QuadChunk,
    /// Those that mention blank nodes, still without their labels.
    blank: Vec<Quad>,
}

impl LoadChunk {
    pub(super) fn push(&mut self, quad: QuadRef<'_>) {
        if mentions_blank(quad) {
            self.blank.push(quad.into_owned());
        } else {
            self.quads.push(quad);
        }
    }
}

impl QuadSink for LoadChunk {
    fn quad(&mut self, quad: QuadRef<'_>, _: Origin) {
        self.push(quad);
    }
}

/// Takes the quads of a conversion into a build.
#[derive(Debug, Clone)]
pub struct LoadSink {
    to_loader: SyncSender<LoadChunk>,
}

impl Sink for LoadSink {
    type Chunk = LoadChunk;

    fn chunk(&self) -> LoadChunk {
        LoadChunk::default()
    }

    /// Hands the chunk to the thread of the build.
    ///
    /// # Errors
    /// It has failed; [`Builder::failure`](super::Builder::failure) says how.
    fn accept(&mut self, chunk: LoadChunk) -> io::Result<()> {
        BuildStep::Loading.reached();
        self.to_loader
            .send(chunk)
            .map_err(|_| io::Error::other("the build has failed"))
    }
}

/// What the thread ends with.
pub(super) struct LoadedQuads {
    /// All quads but those still to be labelled.
    pub(super) index: index::IndexBuilder,
    /// The quads that mention blank nodes, still without canonical labels.
    pub(super) blank: UnlabelledQuads,
}

impl LoadedQuads {
    /// Takes quads whose labels are final.
    pub(super) fn add(&mut self, quads: &[Quad]) -> index::Result<()> {
        for piece in quads.chunks(PIECE) {
            let mut chunk = index::QuadChunk::new();
            for quad in piece {
                chunk.push(quad.as_ref());
            }
            self.index.add(chunk)?;
        }
        Ok(())
    }
}

/// The thread that takes chunks.
#[derive(Debug)]
pub(super) struct Loader {
    sink: Option<LoadSink>,
    thread: Option<JoinHandle<Result<LoadedQuads, StoreError>>>,
    path: PathBuf,
}

impl Loader {
    /// Starts it: quads go into `index`.
    pub(super) fn start(
        index: index::IndexBuilder,
        path: &Path,
        progress: Option<super::BuildProgress>,
    ) -> Self {
        let (to_loader, chunks) = sync_channel(WAITING);
        Self {
            sink: Some(LoadSink { to_loader }),
            thread: Some(std::thread::spawn(move || {
                load(chunks, index, UnlabelledQuads::default(), progress).map_err(index_error)
            })),
            path: path.to_owned(),
        }
    }

    /// A sink that feeds it; `None` once it has ended.
    pub(super) fn sink(&self) -> Option<LoadSink> {
        self.sink.clone()
    }

    /// Ends the input and takes the result. All clones of the sink must be gone, or this waits for them.
    pub(super) fn end(&mut self) -> Result<LoadedQuads, StoreError> {
        self.sink = None;
        let Some(thread) = self.thread.take() else {
            return Err(self.died());
        };
        thread.join().map_err(|_| self.died())?
    }

    /// Stops it and says what went wrong in it, if anything did.
    pub(super) fn stop(&mut self) -> Option<StoreError> {
        self.thread.as_ref()?;
        self.end().err()
    }

    fn died(&self) -> StoreError {
        let message = "the loading thread of the build ended early";
        StoreError::new(Code::StoreFiles, &self.path, message)
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        // Whoever needs the failure has called `stop` already.
        let _ = self.stop();
    }
}

fn load(
    chunks: Receiver<LoadChunk>,
    index: index::IndexBuilder,
    blank: UnlabelledQuads,
    progress: Option<super::BuildProgress>,
) -> index::Result<LoadedQuads> {
    let mut loaded = LoadedQuads { index, blank };
    let mut quads = 0;
    for chunk in chunks {
        quads += (chunk.quads.len() + chunk.blank.len()) as u64;
        loaded.index.add(chunk.quads)?;
        if !chunk.blank.is_empty() {
            let labelled = loaded.blank.add(chunk.blank);
            loaded.add(&labelled)?;
        }
        if let Some(progress) = &progress {
            progress.report(BuildStep::Loading, quads);
        }
    }
    Ok(loaded)
}

/// An error of the index as a refusal.
pub(crate) fn index_error(error: index::Error) -> StoreError {
    let code = match error.kind() {
        index::ErrorKind::Damaged | index::ErrorKind::Misfit => Code::TornBuild,
        index::ErrorKind::Foreign => Code::ForeignStore,
        index::ErrorKind::Version => Code::OtherFormat,
        _ => Code::StoreFiles,
    };
    let refusal = StoreError::new(code, error.path(), error.message());
    match code {
        Code::StoreFiles => refusal.with_source(io::Error::from(error)),
        _ => refusal.with_hint(HintAction::BuildAgain),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::{BlankNode, GraphName, NamedNode};

    /// The quads in the index of chunks with one blank node each, and those that wait for their labels.
    fn loaded(chunks: usize, limit: usize) -> Result<(u64, usize), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let (to_loader, from_sink) = sync_channel(chunks);
        for chunk in 0..chunks {
            let property = NamedNode::new_unchecked("http://e/p");
            let node = BlankNode::new_unchecked(format!("n{chunk}"));
            let quad = Quad::new(node, property.clone(), property, GraphName::DefaultGraph);
            let mut chunk = LoadChunk::default();
            chunk.push(quad.as_ref());
            to_loader.send(chunk)?;
        }
        drop(to_loader);
        let builder = index::IndexBuilder::new(folder.path(), index::Options::default())?;
        let blank = UnlabelledQuads::up_to(limit);
        let LoadedQuads { index, blank } = load(from_sink, builder, blank, None)?;
        index.finish()?;
        let quads = index::Index::open(folder.path())?.len();
        Ok((quads, blank.label()?.quads.len()))
    }

    #[test]
    fn too_many_blank_nodes_do_not_wait() -> Result<(), Box<dyn std::error::Error>> {
        assert_eq!(loaded(0, 0)?, (0, 0));
        assert_eq!(loaded(3, 3)?, (0, 3));
        assert_eq!(loaded(5, 3)?, (5, 0));
        Ok(())
    }
}

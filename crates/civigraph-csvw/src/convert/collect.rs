//! Quads in memory, or nowhere.

use super::sink::{Origin, QuadSink, Sink};
use oxrdf::{Quad, QuadRef};
use std::io;

/// Keeps every quad with its origin: for small tables and tests.
#[derive(Debug, Clone, Default)]
pub struct CollectSink {
    /// The quads, in order.
    pub quads: Vec<(Quad, Origin)>,
}

/// The quads of one chunk.
#[derive(Debug, Clone, Default)]
pub struct CollectChunk(Vec<(Quad, Origin)>);

impl Sink for CollectSink {
    type Chunk = CollectChunk;

    fn chunk(&self) -> CollectChunk {
        CollectChunk::default()
    }

    fn accept(&mut self, chunk: CollectChunk) -> io::Result<()> {
        self.quads.extend(chunk.0);
        Ok(())
    }
}

impl QuadSink for CollectChunk {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        self.0.push((quad.into_owned(), origin));
    }
}

/// Takes quads and drops them: for checks, where only the diagnostics count.
#[derive(Debug, Clone, Copy, Default)]
pub struct NullSink;

/// A chunk of a [`NullSink`].
#[derive(Debug, Clone, Copy, Default)]
pub struct NullChunk;

impl Sink for NullSink {
    type Chunk = NullChunk;

    fn chunk(&self) -> NullChunk {
        NullChunk
    }

    fn accept(&mut self, _: NullChunk) -> io::Result<()> {
        Ok(())
    }
}

impl QuadSink for NullChunk {
    #[inline]
    fn quad(&mut self, _: QuadRef<'_>, _: Origin) {}
}

/// Gives every quad to two sinks.
#[derive(Debug, Clone, Copy, Default)]
pub struct TeeSink<A, B> {
    /// The first to get a chunk.
    pub first: A,
    /// The second.
    pub second: B,
}

/// A chunk of a [`TeeSink`].
#[derive(Debug, Clone, Copy, Default)]
pub struct TeeChunk<A, B>(A, B);

impl<A: Sink, B: Sink> Sink for TeeSink<A, B> {
    type Chunk = TeeChunk<A::Chunk, B::Chunk>;

    fn chunk(&self) -> Self::Chunk {
        TeeChunk(self.first.chunk(), self.second.chunk())
    }

    fn accept(&mut self, chunk: Self::Chunk) -> io::Result<()> {
        self.first.accept(chunk.0)?;
        self.second.accept(chunk.1)
    }
}

impl<A: QuadSink, B: QuadSink> QuadSink for TeeChunk<A, B> {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        self.0.quad(quad, origin);
        self.1.quad(quad, origin);
    }

    fn is_done(&self) -> bool {
        self.0.is_done() && self.1.is_done()
    }
}

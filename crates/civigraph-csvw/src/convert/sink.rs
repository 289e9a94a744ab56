//! Where quads go.

use crate::plan::{ColumnId, TableId};
use oxrdf::QuadRef;

/// What made a quad. Costs nothing when nobody asks: three numbers that the converter has anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Origin {
    /// The table; `None` for quads about the whole group.
    pub table: Option<TableId>,
    /// Number of the data row from 1 (Tabular Data Model §4.4); 0 for quads about the table itself.
    pub row: u64,
    /// Physical line of the row's start from 1.
    pub line: u64,
    /// The column whose cell made it; `None` for quads about the row.
    pub column: Option<ColumnId>,
}

/// Receives the quads of one chunk of rows, on the thread that converts the chunk.
pub trait QuadSink {
    /// Takes a quad. The terms live until the call returns.
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin);

    /// Whether it needs no further quads. The conversion asks ahead of each row, and stops with this chunk.
    fn is_done(&self) -> bool {
        false
    }
}

/// Makes chunk sinks for the converting threads and receives them back in table order.
///
/// The order in which chunks come back is the order of the rows, whatever the number of threads.
pub trait Sink: Sync {
    /// The sink of one chunk.
    type Chunk: QuadSink + Send;

    /// A new sink for a chunk, ahead of the conversion of the chunk.
    fn chunk(&self) -> Self::Chunk;

    /// Takes a finished chunk, in order.
    fn accept(&mut self, chunk: Self::Chunk) -> std::io::Result<()>;
}

/// The sink of a chunk as the converter sees it: one type, so that the conversion is compiled once, whatever takes the quads.
pub(super) struct CountingSink<'s> {
    sink: &'s mut dyn QuadSink,
    quads: u64,
}

impl<'s> CountingSink<'s> {
    pub(super) fn new(sink: &'s mut dyn QuadSink) -> Self {
        Self { sink, quads: 0 }
    }

    #[inline]
    pub(super) fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        self.quads += 1;
        self.sink.quad(quad, origin);
    }

    /// Whether no further quads are needed.
    #[inline]
    pub(super) fn is_done(&self) -> bool {
        self.sink.is_done()
    }

    /// How many quads went by.
    pub(super) fn quads(&self) -> u64 {
        self.quads
    }
}

//! How a conversion runs, and what it did.

use crate::csv::RECORD_LIMIT;
use crate::keys::KeyChecker;
use crate::progress::Progress;

/// Bytes of CSV that one thread converts at a time.
pub const CHUNK_SIZE: usize = 256 << 10;

/// How a conversion runs. None of it changes the output.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// Threads that convert; 0 stands for all cores.
    pub threads: usize,
    /// Bytes of CSV that one thread converts at a time.
    pub chunk_size: usize,
    /// The longest record that is read, in bytes.
    pub record_limit: usize,
    /// Takes the keys of all rows, also of tables without output. The caller finishes it, with
    /// [`TableRows`](super::TableRows).
    pub keys: Option<&'a KeyChecker>,
    /// Progress callback, in bytes of CSV text.
    pub progress: Option<&'a Progress>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            threads: 0,
            chunk_size: CHUNK_SIZE,
            record_limit: RECORD_LIMIT,
            keys: None,
            progress: None,
        }
    }
}

/// What a conversion did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct ConversionSummary {
    /// Data rows read.
    pub rows: u64,
    /// Quads given to the sink.
    pub quads: u64,
    /// Bytes of CSV text read.
    pub bytes: u64,
    /// Rows and quads of each table, in the order of the plan.
    pub tables: Vec<TableSummary>,
    /// The sink [was done](super::QuadSink::is_done) before the end; rows were left out, and the tables after them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stopped: bool,
}

/// What became of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct TableSummary {
    /// Data rows read.
    pub rows: u64,
    /// Quads given to the sink.
    pub quads: u64,
    /// Bytes of CSV text read.
    pub bytes: u64,
}

impl ConversionSummary {
    pub(super) fn add(&mut self, table: TableSummary) {
        self.rows += table.rows;
        self.quads += table.quads;
        self.bytes += table.bytes;
        self.tables.push(table);
    }
}

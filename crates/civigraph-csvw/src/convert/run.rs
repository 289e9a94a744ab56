//! The conversion of all tables of a plan to quads.

use super::sink::{Origin, QuadSink, Sink};
use super::table::TableRun;
use crate::csv::RECORD_LIMIT;
use crate::diagnostic::Diagnostics;
use crate::keys::KeyChecker;
use crate::plan::{Plan, TableId};
use crate::progress::Progress;
use crate::resource::Resolver;
use oxrdf::Quad;
use std::io;

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
pub struct Summary {
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

impl Summary {
    pub(super) fn add(&mut self, table: TableSummary) {
        self.rows += table.rows;
        self.quads += table.quads;
        self.bytes += table.bytes;
        self.tables.push(table);
    }
}

/// Converts all tables of a plan. Quads reach the sink in the order of tables and rows, until it
/// [is done](super::QuadSink::is_done).
///
/// What is wrong with the input is pushed to `diagnostics`, and the conversion goes on.
///
/// # Errors
/// Those of the sink; a plan with joins. A CSV that cannot be read is a diagnostic.
pub fn run<S: Sink>(
    plan: &Plan,
    resolver: &dyn Resolver,
    options: &Options<'_>,
    sink: &mut S,
    diagnostics: &mut Diagnostics,
) -> io::Result<Summary> {
    let mut summary = Summary::default();
    if !plan.joins.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "the plan joins tables, which cannot be converted yet",
        ));
    }
    summary.quads += emit(&plan.head, None, sink)?;
    for (id, table) in plan.tables() {
        let run = TableRun {
            plan: table,
            id,
            options,
        };
        if summary.stopped {
            run.incomplete();
            continue;
        }
        let head = emit(&table.head, Some(id), sink)?;
        let (mut table, flow) = run.convert(resolver, sink, diagnostics)?;
        table.quads += head;
        summary.add(table);
        summary.stopped = flow.is_break();
    }
    Ok(summary)
}

/// Gives the quads about a table or the group to the sink.
fn emit<S: Sink>(quads: &[Quad], table: Option<TableId>, sink: &mut S) -> io::Result<u64> {
    if quads.is_empty() {
        return Ok(0);
    }
    let mut chunk = sink.chunk();
    for quad in quads {
        chunk.quad(
            quad.as_ref(),
            Origin {
                table,
                row: 0,
                line: 0,
                column: None,
            },
        );
    }
    sink.accept(chunk)?;
    Ok(quads.len() as u64)
}

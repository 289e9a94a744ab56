//! The conversion of all tables of a plan to quads.

use super::options::{ConversionSummary, Options};
use super::sink::{Origin, QuadSink, Sink};
use super::table::TableRun;
use crate::diagnostic::Diagnostics;
use crate::plan::{Plan, TableId};
use crate::resource::Resolver;
use oxrdf::Quad;
use std::io;

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
) -> io::Result<ConversionSummary> {
    let mut summary = ConversionSummary::default();
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

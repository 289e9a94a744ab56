//! A part of one table, converted on its own.

use super::chunk::{Converter, Prepared};
use super::problems::Context;
use super::run::CHUNK_SIZE;
use super::sink::{Origin, QuadSink};
use super::table::open;
use crate::csv::{Chunk, Chunks, Split, preamble};
use crate::diagnostic::{Diagnostics, Mode};
use crate::plan::{Plan, TableId, TablePlan};
use crate::resource::{Resolver, Resource};
use oxrdf::{Quad, QuadRef};
use std::io;
use std::sync::Arc;

/// Cuts a table into splits of about `size` bytes of text.
///
/// # Errors
/// When the table cannot be read, or holds a record longer than
/// [`RECORD_LIMIT`](crate::csv::RECORD_LIMIT).
pub fn splits(
    plan: &Plan,
    table: TableId,
    resolver: &dyn Resolver,
    size: usize,
) -> io::Result<Vec<Split>> {
    let plan = table_plan(plan, table)?;
    let resource = resource(plan, resolver)?;
    let data = preamble(&resource, &plan.dialect)
        .map_err(|diagnostic| io::Error::other(diagnostic.message))?
        .data;
    let format = crate::csv::Format::new(&plan.dialect);
    let mut chunks = Chunks::open(&format, &resource, &plan.dialect.encoding, data, size)?;
    let mut chunk = Chunk::default();
    let mut splits = Vec::new();
    while chunks.next_into(&mut chunk)? {
        if let Some(long) = chunk.skipped.first() {
            return Err(io::Error::other(format!(
                "record {} is longer than {} bytes",
                long.start.record, long.limit
            )));
        }
        splits.push(chunk.split);
    }
    Ok(splits)
}

/// Converts the rows of a split to `sink`; returns how many there were.
///
/// # Errors
/// When the table cannot be read.
pub fn split(
    plan: &Plan,
    table: TableId,
    resolver: &dyn Resolver,
    split: &Split,
    sink: &mut dyn QuadSink,
    diagnostics: &mut Diagnostics,
) -> io::Result<u64> {
    rows(plan, table, resolver, split, None, sink, diagnostics)
}

/// The quads of one data row, counted from 1. Without `near`, a split that holds the row, the table
/// is read from its start.
///
/// # Errors
/// When the table cannot be read.
pub fn row(
    plan: &Plan,
    table: TableId,
    resolver: &dyn Resolver,
    row: u64,
    near: Option<&Split>,
) -> io::Result<Vec<(Quad, Origin)>> {
    let near = match near {
        Some(split) => Some(*split),
        None => splits(plan, table, resolver, CHUNK_SIZE)?
            .into_iter()
            .take_while(|split| split.start.row <= row)
            .last(),
    };
    let mut quads = Quads(Vec::new());
    if let Some(split) = near {
        let mut silent = Diagnostics::new(Mode::Convert);
        rows(
            plan,
            table,
            resolver,
            &split,
            Some(row),
            &mut quads,
            &mut silent,
        )?;
    }
    Ok(quads.0)
}

fn rows(
    plan: &Plan,
    table: TableId,
    resolver: &dyn Resolver,
    split: &Split,
    only: Option<u64>,
    sink: &mut dyn QuadSink,
    diagnostics: &mut Diagnostics,
) -> io::Result<u64> {
    let plan = table_plan(plan, table)?;
    let resource = resource(plan, resolver)?;
    let prepared = Prepared::new(plan, table);
    let context = Context::new(
        plan,
        Arc::clone(&resource.name),
        diagnostics.mode(),
        diagnostics.kept_per_kind(),
    );
    let (format, encoding) = (&prepared.format, &plan.dialect.encoding);
    let mut chunks =
        Chunks::open(format, &resource, encoding, split.start, CHUNK_SIZE)?.until(split.end);
    let mut converter = Converter::new(&prepared, &context);
    let mut chunk = Chunk::default();
    let mut count = 0;
    while chunks.next_into(&mut chunk)? {
        let report = converter.convert(&chunk, only, sink);
        count += report.rows;
        context.accept(report.problems, diagnostics);
    }
    Ok(count)
}

fn table_plan(plan: &Plan, table: TableId) -> io::Result<&TablePlan> {
    plan.table(table)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no such table"))
}

fn resource(plan: &TablePlan, resolver: &dyn Resolver) -> io::Result<Resource> {
    open(plan, resolver).map_err(|diagnostic| io::Error::other(diagnostic.message))
}

struct Quads(Vec<(Quad, Origin)>);

impl QuadSink for Quads {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        self.0.push((quad.into_owned(), origin));
    }
}

//! A part of one table, converted on its own.

use super::chunk::ChunkConverter;
use super::options::CHUNK_SIZE;
use super::prepared::PreparedTable;
use super::problems::ProblemContext;
use super::sink::{Origin, QuadSink};
use super::table::open;
use crate::csv::{Chunk, Chunks, CompiledDialect, Extent, RangeCount, Split, preamble};
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::plan::{Plan, TableId, TablePlan};
use crate::resource::{Resolver, Resource};
use oxrdf::{Quad, QuadRef};
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// Bytes of a table that is worth threads to be counted.
const COUNTED_ON_THREADS: u64 = 8 << 20;

/// Where the data rows of a table are: for splits that are found without reading the table on one thread.
///
/// The extent cuts into ranges of bytes, [`count`] counts each on its own, and [`Extent::splits`] puts the counts
/// together. [`splits`] does all of it on the threads of one machine.
///
/// # Errors
/// The table cannot be read.
pub fn extent(plan: &Plan, table: TableId, resolver: &dyn Resolver) -> io::Result<Extent> {
    let plan = table_plan(plan, table)?;
    extent_of(plan, &resource(plan, resolver)?)
}

fn extent_of(plan: &TablePlan, resource: &Resource) -> io::Result<Extent> {
    let preamble = preamble(resource, &plan.dialect)
        .map_err(|diagnostic| io::Error::other(diagnostic.message))?;
    Extent::new(resource, &plan.dialect, &preamble)
}

/// Counts the records of a range of the bytes of a table, whatever is before it.
///
/// # Errors
/// The table cannot be read.
pub fn count(
    plan: &Plan,
    table: TableId,
    resolver: &dyn Resolver,
    extent: &Extent,
    range: Range<u64>,
) -> io::Result<RangeCount> {
    let plan = table_plan(plan, table)?;
    let resource = resource(plan, resolver)?;
    RangeCount::new(&resource, &plan.dialect, extent, range)
}

/// Cuts a table into splits of about `size` bytes of text.
///
/// A large table is counted on all cores, one that is [sequential](Extent::sequential) on one.
///
/// # Errors
/// The table cannot be read.
pub fn splits(
    plan: &Plan,
    table: TableId,
    resolver: &dyn Resolver,
    size: usize,
) -> io::Result<Vec<Split>> {
    let plan = table_plan(plan, table)?;
    let resource = resource(plan, resolver)?;
    let extent = extent_of(plan, &resource)?;
    let bytes = extent.bytes.end.saturating_sub(extent.bytes.start);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    if extent.sequential.is_none() && bytes >= COUNTED_ON_THREADS && threads > 1 {
        let ranges: Vec<_> = extent.ranges(bytes.div_ceil(size.max(1) as u64)).collect();
        let counts = counts(plan, &resource, &extent, &ranges, threads)?;
        return Ok(extent.splits(&counts));
    }
    let format = CompiledDialect::new(&plan.dialect);
    let encoding = &plan.dialect.encoding;
    let mut chunks = Chunks::open(&format, &resource, encoding, extent.data, size)?;
    let mut chunk = Chunk::default();
    let mut splits = Vec::new();
    while chunks.next_into(&mut chunk)? {
        let start = chunk
            .skipped
            .first()
            .map_or(chunk.split.start, |long| long.start);
        splits.push(Split {
            start,
            ..chunk.split
        });
    }
    Ok(splits)
}

/// Counts ranges on several threads.
fn counts(
    plan: &TablePlan,
    resource: &Resource,
    extent: &Extent,
    ranges: &[Range<u64>],
    threads: usize,
) -> io::Result<Vec<RangeCount>> {
    let share = ranges.len().div_ceil(threads).max(1);
    let count =
        |range: &Range<u64>| RangeCount::new(resource, &plan.dialect, extent, range.clone());
    std::thread::scope(|scope| {
        let shares: Vec<_> = ranges
            .chunks(share)
            .map(|ranges| scope.spawn(move || ranges.iter().map(count).collect()))
            .collect();
        let mut counts = Vec::with_capacity(ranges.len());
        for share in shares {
            let share: io::Result<Vec<_>> = share
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("a counting thread panicked")));
            counts.append(&mut share?);
        }
        Ok(counts)
    })
}

/// Converts the rows of a split to `sink`, until that [is done](QuadSink::is_done); returns how many there were.
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
    let mut quads = CollectedQuads(Vec::new());
    if let Some(split) = near {
        let mut silent = Diagnostics::new(ReadingMode::Convert);
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
    let prepared = PreparedTable::new(plan, table);
    let context = ProblemContext::new(
        plan,
        Arc::clone(&resource.name),
        diagnostics.mode(),
        diagnostics.kept_per_kind(),
    );
    let (format, encoding) = (&prepared.format, &plan.dialect.encoding);
    let mut chunks = Chunks::of_split(format, &resource, encoding, split, CHUNK_SIZE)?;
    let mut converter = ChunkConverter::new(&prepared, &context);
    let mut chunk = Chunk::default();
    let mut count = 0;
    while chunks.next_into(&mut chunk)? {
        let report = converter.convert(&chunk, only, sink);
        count += report.rows;
        context.accept(report.problems, diagnostics);
        if report.stopped {
            break;
        }
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

struct CollectedQuads(Vec<(Quad, Origin)>);

impl QuadSink for CollectedQuads {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        self.0.push((quad.into_owned(), origin));
    }
}

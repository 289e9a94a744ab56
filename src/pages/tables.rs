//! The tables that a build keeps, for pages that lead from a value to its cell.

use crate::claims::{Spans, read_rows};
use crate::convert::{self, Origin, QuadSink};
use crate::csv::Split;
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::lineage::{ProjectFacts, Tracer, folder};
use crate::plan::TableId;
use crate::store::Build;
use crate::tables::RowCells;
use oxrdf::{Quad, QuadRef};
use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of CSV in a split: as much is read to show a row.
const SPLIT: usize = 64 << 10;

/// Tables of more bytes in all are not searched for cells while a reader waits.
const TRACED: u64 = 256 << 20;

/// Splits whose rows are kept: those who read a row often read the ones around it, too.
const KEPT: usize = 4;

/// Quads of a split that is kept, at most.
const KEPT_QUADS: usize = 20_000;

/// A row of a file with what it yields.
#[derive(Clone)]
pub(super) struct FileRow {
    /// The data row, from 1.
    pub data_row: u64,
    /// The record of the file, as spreadsheets number rows.
    pub number: u64,
    pub cells: Arc<RowCells>,
    pub made: Arc<[(Quad, Origin)]>,
}

/// The rows of a split, by the number of its table.
type KeptRows = VecDeque<((usize, Split), Arc<[FileRow]>)>;

/// The tables of a build.
pub(super) struct BuildTables {
    /// What the tables say.
    pub facts: ProjectFacts,
    /// The evidence, with the documents where they are given.
    pub spans: Spans,
    /// Finds the cells of triples; `None` where there is too much to look through.
    pub tracer: Option<Tracer>,
    /// Where rows are, by the number of the table.
    splits: Mutex<HashMap<usize, Arc<[Split]>>>,
    /// The rows that were read last.
    rows: Mutex<KeptRows>,
}

impl BuildTables {
    /// Opens the tables of a build; `None` where it does not keep them.
    pub(super) fn open(build: &Arc<Build>, sources: Option<&Path>) -> Option<Self> {
        let facts = ProjectFacts::of_build(build).ok()?;
        let spans = facts.spans(sources).ok()?;
        let inputs = build.manifest().inputs().iter();
        let tables = inputs.filter(|input| input.rows.is_some());
        let bytes: u64 = tables.map(|input| input.bytes).sum();
        let tracer = (bytes <= TRACED)
            .then(|| Tracer::open(build, &folder(build.root())).ok())
            .flatten();
        Some(Self {
            facts,
            spans,
            tracer,
            splits: Mutex::default(),
            rows: Mutex::default(),
        })
    }

    /// The splits of a table, found once.
    pub(super) fn splits(&self, table: usize) -> io::Result<Arc<[Split]>> {
        // A panic elsewhere leaves nothing half done in here.
        let mut known = self.splits.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(splits) = known.get(&table) {
            return Ok(Arc::clone(splits));
        }
        let of = self.facts.tables.get();
        let splits = convert::splits(of.plan, TableId::new(table), of.resolver, SPLIT)?;
        let splits: Arc<[Split]> = splits.into();
        known.insert(table, Arc::clone(&splits));
        Ok(splits)
    }

    /// The rows of a split with what they yield.
    pub(super) fn rows_of(&self, table: usize, split: &Split) -> io::Result<Arc<[FileRow]>> {
        let key = (table, *split);
        // A panic elsewhere leaves nothing half done in here.
        let known = || self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rows)) = known().iter().find(|(known, _)| *known == key) {
            return Ok(Arc::clone(rows));
        }
        let rows: Arc<[FileRow]> = self.read(table, split)?.into();
        let quads: usize = rows.iter().map(|row| row.made.len()).sum();
        if quads <= KEPT_QUADS {
            let mut known = known();
            known.truncate(KEPT - 1);
            known.push_front((key, Arc::clone(&rows)));
        }
        Ok(rows)
    }

    fn read(&self, table: usize, split: &Split) -> io::Result<Vec<FileRow>> {
        let tables = self.facts.tables.get();
        let Some(plan) = tables.plan.tables.get(table) else {
            return Ok(Vec::new());
        };
        let mut made = QuadsByRow::default();
        let id = TableId::new(table);
        // The build was made from the same bytes, so there is nothing wrong with them.
        let mut silent = Diagnostics::new(ReadingMode::Convert);
        convert::split(
            tables.plan,
            id,
            tables.resolver,
            split,
            &mut made,
            &mut silent,
        )?;
        let mut rows = Vec::new();
        let splits = std::slice::from_ref(split);
        read_rows(plan, tables.resolver, Some(splits), |data_row, row| {
            let cells = row();
            let number = cells.places.first().and_then(|place| place.cell.as_ref());
            rows.push(FileRow {
                data_row,
                number: number.map_or(data_row, |cell| cell.record),
                cells: Arc::new(cells),
                made: made.0.remove(&data_row).unwrap_or_default().into(),
            });
        })?;
        Ok(rows)
    }

    /// The number of the table with a URL.
    pub(super) fn number(&self, url: &str) -> Option<usize> {
        let mut tables = self.facts.tables.plan.tables.iter();
        tables.position(|table| table.url.split('#').next() == Some(url))
    }
}

/// Quads by their data rows.
#[derive(Default)]
struct QuadsByRow(HashMap<u64, Vec<(Quad, Origin)>>);

impl QuadSink for QuadsByRow {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        let row = self.0.entry(origin.row).or_default();
        row.push((quad.into_owned(), origin));
    }
}

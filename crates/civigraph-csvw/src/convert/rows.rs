//! Rows read again, for what is known only after all rows were read.

use super::keys::write_key;
use super::options::CHUNK_SIZE;
use super::prepared::PreparedTable;
use super::problems::{ProblemContext, RowPlace};
use super::table::open;
use super::value::{CellBuffers, CellValue, RowValues};
use crate::csv::{Chunk, Chunks, Record, preamble};
use crate::diagnostic::ReadingMode;
use crate::keys::{KeyCell, KeyItem, KeyRow, KeyValue, RowSelection, Rows};
use crate::plan::{Plan, TableId};
use crate::resource::Resolver;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Reads rows of the tables of a plan again, each key cell with its exact place.
#[derive(Clone, Copy)]
pub struct TableRows<'a> {
    plan: &'a Plan,
    resolver: &'a dyn Resolver,
}

impl<'a> TableRows<'a> {
    /// The rows of the tables of a plan.
    pub fn new(plan: &'a Plan, resolver: &'a dyn Resolver) -> Self {
        Self { plan, resolver }
    }
}

impl Rows for TableRows<'_> {
    fn visit(
        &self,
        table: usize,
        columns: &[usize],
        which: RowSelection<'_>,
        visitor: &mut dyn FnMut(KeyRow) -> ControlFlow<()>,
    ) -> io::Result<()> {
        let Some(plan) = self.plan.tables.get(table) else {
            return Ok(());
        };
        let failed = |message: String| io::Error::other(message);
        let resource = open(plan, self.resolver).map_err(|error| failed(error.message))?;
        let data = preamble(&resource, &plan.dialect)
            .map_err(|error| failed(error.message))?
            .data;
        let prepared = PreparedTable::new(plan, TableId::new(table));
        let context =
            ProblemContext::new(plan, Arc::clone(&resource.name), ReadingMode::Validate, 0);
        let (format, encoding) = (&prepared.format, &plan.dialect.encoding);
        let mut chunks = Chunks::open(format, &resource, encoding, data, CHUNK_SIZE)?;
        let mut chunk = Chunk::default();
        // Records that are too long were left out in the first reading too.
        while chunks.next_into(&mut chunk)? {
            let numbers = match which {
                RowSelection::All => None,
                RowSelection::Numbers(numbers) => {
                    let first = chunk.split.start.row;
                    let end = chunks.position().row;
                    let from = numbers.partition_point(|&number| number < first);
                    let to = numbers.partition_point(|&number| number < end);
                    if from == numbers.len() {
                        return Ok(());
                    }
                    if from == to {
                        continue;
                    }
                    numbers.get(from..to)
                }
            };
            let reader = ChunkReader {
                prepared: &prepared,
                context: &context,
                chunk: &chunk,
                columns,
            };
            if reader.visit(numbers, visitor).is_break() {
                return Ok(());
            }
        }
        Ok(())
    }
}

struct ChunkReader<'c> {
    prepared: &'c PreparedTable<'c>,
    context: &'c ProblemContext,
    chunk: &'c Chunk,
    columns: &'c [usize],
}

impl ChunkReader<'_> {
    /// Visits the rows of the chunk; with `numbers` only those.
    fn visit(
        &self,
        numbers: Option<&[u64]>,
        visitor: &mut dyn FnMut(KeyRow) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let text = String::from_utf8_lossy(&self.chunk.text);
        let mut records = self.chunk.records(&self.prepared.format, &text);
        let wanted = |row: u64| numbers.is_none_or(|numbers| numbers.binary_search(&row).is_ok());
        while let Some(place) = records.advance() {
            if !place.is_row || !wanted(place.row) {
                continue;
            }
            let at = RowPlace {
                text: &text,
                characters: self.chunk.split.start.characters,
                place,
            };
            let columns = self.columns.iter();
            visitor(KeyRow {
                number: place.row,
                cells: columns
                    .filter_map(|&column| self.cell(at, records.record(), column))
                    .collect(),
            })?;
        }
        ControlFlow::Continue(())
    }

    fn cell(&self, at: RowPlace<'_>, record: &Record, column: usize) -> Option<KeyCell> {
        let prepared = self.prepared;
        let plan = prepared.plan.columns.get(column)?;
        let parser = prepared.parsers.get(column)?;
        let cell = (column < prepared.file_columns)
            .then(|| record.cells.get(column))
            .flatten();
        let offset = cell.map_or(record.end, |cell| cell.raw_start);
        let mut buffers = CellBuffers::default();
        let mut row = RowValues::default();
        let format = &prepared.format;
        parser.parse(cell, format, at.text, &mut buffers, &mut row, |_, _| ());
        let (text, value) = (*row.strings.first()?, *row.values.first()?);
        // An empty cell has the value of the default.
        let text = if text.is_empty() {
            plan.default.as_str()
        } else {
            text
        };
        let bytes = |item| {
            let mut bytes = Vec::new();
            write_key(plan, item, &mut bytes);
            bytes
        };
        Some(KeyCell {
            place: self
                .context
                .place(&prepared.format, at, Some(column), offset),
            text: text.to_owned(),
            value: match value {
                CellValue::Null => KeyValue::Null,
                CellValue::Single(item) => KeyValue::One(bytes(item)),
                CellValue::List(list) => KeyValue::List(
                    list.iter()
                        .map(|item| KeyItem {
                            text: item.text.to_owned(),
                            value: Some(bytes(item)),
                        })
                        .collect(),
                ),
            },
        })
    }
}

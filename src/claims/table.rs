//! The rows of a curated table as strings, with the place of every cell.

use super::value::{ColumnValues, list_items};
use crate::csv::{Cell, Chunk, Chunks, CompiledDialect, Record, RecordPlace, Split, preamble};
use crate::diagnostic::{CellPlace, Code, Diagnostic, Diagnostics, Place};
use crate::plan::TablePlan;
use crate::resource::{ResolveError, Resolver, Resource, file};
use crate::tables::RowCells;
use std::io;
use std::sync::Arc;

/// Bytes of text that are read at a time.
const CHUNK_SIZE: usize = 256 << 10;

/// A table that is read for what it says, not for its quads.
pub(super) struct TableReader<'p> {
    plan: &'p TablePlan,
    resource: Resource,
    format: CompiledDialect,
    values: ColumnValues<'p>,
}

/// One data row. Lives while it is visited.
pub(super) struct DataRow<'r> {
    reader: &'r TableReader<'r>,
    chunk: &'r Chunk,
    text: &'r str,
    record: &'r Record,
    /// Number of the data row from 1.
    pub(super) number: u64,
    at: RecordPlace,
}

impl<'p> TableReader<'p> {
    /// Opens the CSV of a table.
    pub(super) fn open(plan: &'p TablePlan, resolver: &dyn Resolver) -> io::Result<Self> {
        let resource = resolver.resolve(&plan.url).map_err(|error| match error {
            ResolveError::NotFound => io::Error::from(io::ErrorKind::NotFound),
            ResolveError::Failed(why) => io::Error::other(why),
        })?;
        Ok(Self {
            plan,
            resource,
            format: CompiledDialect::new(&plan.dialect),
            values: ColumnValues::new(plan),
        })
    }

    /// The file as the user knows it.
    pub(super) fn name(&self) -> &Arc<str> {
        &self.resource.name
    }

    /// Visits every data row in order.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn visit(&self, mut visitor: impl FnMut(&DataRow<'_>)) -> io::Result<()> {
        let start = preamble(&self.resource, &self.plan.dialect)
            .map_err(|diagnostic| io::Error::other(diagnostic.message))?
            .data;
        let whole = Split {
            start,
            byte: None,
            end: u64::MAX,
        };
        self.rows(&whole, &mut visitor)
    }

    /// Visits the data rows of some splits, in their order; all rows where there are none to choose.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn visit_in(
        &self,
        splits: Option<&[Split]>,
        mut visitor: impl FnMut(&DataRow<'_>),
    ) -> io::Result<()> {
        match splits {
            None => self.visit(visitor),
            Some(splits) => splits
                .iter()
                .try_for_each(|split| self.rows(split, &mut visitor)),
        }
    }

    fn rows(&self, split: &Split, visitor: &mut impl FnMut(&DataRow<'_>)) -> io::Result<()> {
        let encoding = &self.plan.dialect.encoding;
        let (format, resource) = (&self.format, &self.resource);
        let mut chunks = Chunks::of_split(format, resource, encoding, split, CHUNK_SIZE)?;
        let mut chunk = Chunk::default();
        // A record that is too long has been reported by the conversion too.
        while chunks.next_into(&mut chunk)? {
            // What is not UTF-8 has been reported by the conversion; a span of it is not a key.
            let text = String::from_utf8_lossy(&chunk.text);
            let mut records = chunk.records(&self.format, &text);
            while let Some(place) = records.advance() {
                if place.is_row {
                    visitor(&DataRow {
                        reader: self,
                        chunk: &chunk,
                        text: &text,
                        record: records.record(),
                        number: place.row,
                        at: place,
                    });
                }
            }
        }
        Ok(())
    }
}

impl DataRow<'_> {
    /// The text of a cell, trimmed and with the column's default; `None` where it is null or missing.
    pub(super) fn get(&self, column: usize) -> Option<String> {
        let plan = self.reader.plan.columns.get(column)?;
        let mut buffer = String::new();
        let text = self.raw(column, &mut buffer).trim();
        let text = plan.or_default(text);
        (!plan.is_null(text)).then(|| text.to_owned())
    }

    /// The lexical form of a cell's value, as its datatype gives it; `None` where the cell is null, missing
    /// or no value of its datatype, which has been reported.
    pub(super) fn lexical(&self, column: usize) -> Option<String> {
        let text = self.get(column)?;
        self.reader.values.lexical(column, &text)
    }

    /// Bytes that are equal for two cells of a column exactly if their values are; `None` where the cell is
    /// null or missing.
    pub(super) fn identity(&self, column: usize) -> Option<Vec<u8>> {
        let text = self.get(column)?;
        Some(self.reader.values.identity(column, &text))
    }

    /// Whether a column holds texts, and no numbers or dates.
    pub(super) fn is_text(&self, column: usize) -> bool {
        let plan = self.reader.plan.columns.get(column);
        plan.is_some_and(|plan| plan.datatype.iri() == oxrdf::vocab::xsd::STRING.as_str())
    }

    /// What a column demands of a text that it cannot hold; `None` where it can, as a value or a list of values.
    pub(super) fn refusal(&self, column: usize, text: &str) -> Option<String> {
        let plan = self.reader.plan.columns.get(column)?;
        let values = &self.reader.values;
        if plan.separator.is_none() {
            return values.refusal(column, text);
        }
        let items = list_items(plan, text);
        items
            .iter()
            .find_map(|(_, item)| values.refusal(column, item))
    }

    /// Whether two texts are one value of a column.
    pub(super) fn same_value(&self, column: usize, one: &str, other: &str) -> bool {
        let values = &self.reader.values;
        one == other || values.identity(column, one) == values.identity(column, other)
    }

    /// The items of a list cell, trimmed, at the places that the converter gives them; one item where
    /// the column has no separator.
    pub(super) fn items(&self, column: usize) -> Vec<String> {
        let Some(plan) = self.reader.plan.columns.get(column) else {
            return Vec::new();
        };
        if plan.separator.is_none() {
            return self.get(column).into_iter().collect();
        }
        let mut buffer = String::new();
        list_items(plan, self.raw(column, &mut buffer))
            .into_iter()
            .map(|(_, item)| item.trim().to_owned())
            .collect()
    }

    /// The text of a cell as it is.
    fn raw<'b>(&'b self, column: usize, buffer: &'b mut String) -> &'b str {
        self.record.cells.get(column).map_or("", |cell: &Cell| {
            cell.text(&self.reader.format, self.text, buffer)
        })
    }

    /// Number of the record in the file from 1.
    pub(super) fn record_number(&self) -> u64 {
        self.at.record
    }

    /// The texts of all cells of the file's columns, as they are.
    pub(super) fn texts(&self) -> Vec<String> {
        let mut buffer = String::new();
        self.record
            .cells
            .iter()
            .map(|cell| {
                cell.text(&self.reader.format, self.text, &mut buffer)
                    .to_owned()
            })
            .collect()
    }

    /// The place of a cell.
    pub(super) fn place(&self, column: usize) -> Place {
        let cell = self.record.cells.get(column);
        let offset = cell.map_or(self.record.start, |cell| cell.raw_start);
        let format = &self.reader.format;
        let characters = self.chunk.split.start.characters;
        let (line, character) = format.spot(self.text.as_bytes(), characters, self.at, offset);
        let mut place = Place::at(Arc::clone(self.reader.name()), line, character);
        place.cell = self.reader.plan.columns.get(column).map(|plan| CellPlace {
            column_name: Arc::from(plan.name.as_str()),
            column_index: u32::try_from(column + format.skip_columns()).unwrap_or(u32::MAX),
            record: self.at.record,
        });
        place
    }
}

/// Visits the rows of a table, or of some splits of it: the number of each, and a function for its texts and places.
pub(crate) fn read_rows(
    plan: &TablePlan,
    resolver: &dyn Resolver,
    splits: Option<&[Split]>,
    mut visitor: impl FnMut(u64, &dyn Fn() -> RowCells),
) -> io::Result<()> {
    TableReader::open(plan, resolver)?.visit_in(splits, |row| {
        visitor(row.number, &|| {
            let texts = row.texts();
            let places = (0..texts.len()).map(|column| row.place(column)).collect();
            RowCells { texts, places }
        });
    })
}

/// Visits the rows of a table: the number of each, and the texts of its cells as they are.
pub(crate) fn read_texts(
    plan: &TablePlan,
    resolver: &dyn Resolver,
    mut visitor: impl FnMut(u64, Vec<String>),
) -> io::Result<()> {
    TableReader::open(plan, resolver)?.visit(|row| visitor(row.number, row.texts()))
}

/// Says that a table could not be read again, unless it was said already that a file could not be read:
/// whoever read the header has said which.
pub(super) fn tell_unreadable(plan: &TablePlan, error: &io::Error, diagnostics: &mut Diagnostics) {
    if !diagnostics.has(Code::Unreadable) {
        diagnostics.push(Diagnostic::new(
            Code::Unreadable,
            Place::file(plan.url.as_str()),
            file::could_not_read("the table", file::reason(error)),
        ));
    }
}

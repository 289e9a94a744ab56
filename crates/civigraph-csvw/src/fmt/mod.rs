//! The canonical form of a curated table: one way to write the same rows, so that diffs show facts.
//!
//! Columns are in the order of the metadata, those that it does not know after them; rows in the
//! order of the primary key; items of unordered lists in the order of their bytes, each once, because
//! that is all that "unordered" leaves; titles as the metadata names their column. Quotes are only where
//! RFC 4180 needs them, lines end with a line feed, there is no byte order mark.
//! Encoding, delimiter, quote and comment prefix stay those of the dialect, so that the metadata still fits.
//!
//! Comments stay where they are: a comment belongs to the row below it. What a cell says is never
//! touched: no Unicode normalisation, and no trimming but of what its datatype strips before it looks
//! (Tabular Data Model §6.4). Only a layout that is [`repairing`](TableLayout::repairing) changes what cannot be
//! seen in ids, references and labels. What cannot be read without guessing (malformed
//! bytes, broken quoting) is reported and the file not formatted.

mod cells;
mod encode;
mod layout;

pub use cells::{Profile, is_formula};
pub use encode::Unencodable;
pub use layout::TableLayout;

use crate::csv::{
    CompiledDialect, Dialect, RecordPosition, Records, TextReader, declare_delimiter,
    other_delimiter,
};
use crate::diagnostic::{Code, Diagnostic, HintAction, Place};
use crate::resource::{Resource, file};
use cells::CsvWriter;
use std::collections::HashMap;
use std::sync::Arc;

/// Bytes that are read at a time.
const READ: usize = 1 << 20;

/// The canonical form of a table, in memory.
///
/// ```
/// use civigraph_csvw::csv::Dialect;
/// use civigraph_csvw::fmt::{Profile, TableLayout, format};
/// use civigraph_csvw::resource::Resource;
///
/// let table = Resource::of_bytes("t.csv", b"label,id\r\n\"B\",2\r\nA,1\r\n".as_slice());
/// let layout = TableLayout::plain(["id", "label"], ["id"], Dialect::default());
/// let bytes = format(&table, &layout, Profile::Faithful);
/// assert_eq!(bytes.unwrap(), b"id,label\n1,A\n2,B\n");
/// ```
///
/// # Errors
/// The file cannot be read, or not without guessing: everything that is wrong with its text.
pub fn format(
    resource: &Resource,
    layout: &TableLayout,
    profile: Profile,
) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let text = read(resource, &layout.dialect)?;
    let parts = TableParts::read(&text, resource, layout)?;
    if let Some(misfit) = parts.misfit(resource, layout) {
        return Err(vec![misfit]);
    }
    written(parts, layout, profile, resource)
}

/// One change of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableEdit<'a> {
    /// A new row: texts by index of the column in the metadata; the others are empty.
    Row(&'a [(usize, String)]),
    /// An item more in a list cell: the row with this text in this column, and the list's column.
    Item {
        /// Column and text that tell the row.
        row: (usize, &'a str),
        /// The column of the list.
        column: usize,
        /// The new item.
        item: &'a str,
    },
    /// Other texts in cells of rows that are there.
    Cells {
        /// The column that identifies a row.
        key: usize,
        /// The key of each row, and its new texts by index of the column.
        rows: &'a [(String, Vec<(usize, String)>)],
    },
}

/// The canonical form of a table after a change; `None` where no row is the one to change.
///
/// # Errors
/// As [`format()`].
pub fn change(
    resource: &Resource,
    layout: &TableLayout,
    change: &TableEdit<'_>,
) -> Result<Option<Vec<u8>>, Vec<Diagnostic>> {
    let text = read(resource, &layout.dialect)?;
    let mut parts = TableParts::read(&text, resource, layout)?;
    let header = parts.header().to_vec();
    let order = layout.order(&header);
    match change {
        TableEdit::Row(texts) => {
            let mut cells = vec![String::new(); header.len()];
            for (column, text) in *texts {
                if let Some(cell) = order.place(*column).and_then(|at| cells.get_mut(at)) {
                    cell.clone_from(text);
                }
            }
            parts.rows.push(CommentedRow {
                above: String::new(),
                cells,
            });
        }
        TableEdit::Item { row, column, item } => {
            let (Some(key), Some(at)) = (order.place(row.0), order.place(*column)) else {
                return Ok(None);
            };
            let mut rows = parts.rows.iter_mut();
            let Some(row) =
                rows.find(|found| found.cells.get(key).is_some_and(|cell| cell == row.1))
            else {
                return Ok(None);
            };
            row.reach(at);
            let separator = layout.separator(*column).unwrap_or(";");
            if let Some(cell) = row.cells.get_mut(at) {
                if !cell.is_empty() {
                    cell.push_str(separator);
                }
                cell.push_str(item);
            }
        }
        TableEdit::Cells { key, rows } => {
            let Some(key) = order.place(*key) else {
                return Ok(None);
            };
            let mut wanted: HashMap<&str, _> = rows
                .iter()
                .map(|(text, texts)| (text.as_str(), texts))
                .collect();
            for row in &mut parts.rows {
                let text = row.cells.get(key).map_or("", |cell| cell.trim());
                let Some(texts) = wanted.remove(text) else {
                    continue;
                };
                for (column, text) in texts {
                    let Some(at) = order.place(*column) else {
                        return Ok(None);
                    };
                    row.reach(at);
                    if let Some(cell) = row.cells.get_mut(at) {
                        cell.clone_from(text);
                    }
                }
            }
            if !wanted.is_empty() {
                return Ok(None);
            }
        }
    }
    written(parts, layout, Profile::Faithful, resource).map(Some)
}

fn written(
    parts: TableParts,
    layout: &TableLayout,
    profile: Profile,
    resource: &Resource,
) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let written = parts.write(layout, profile);
    written.map_err(|e| vec![e.diagnostic(Place::file(Arc::clone(&resource.name)))])
}

/// A table in canonical form, from the cells of its rows in the order of its columns.
///
/// # Errors
/// The encoding of its dialect has no such character.
pub fn write(
    rows: Vec<Vec<String>>,
    layout: &TableLayout,
    profile: Profile,
) -> Result<Vec<u8>, Unencodable> {
    let titles = layout.titles().into_iter().map(str::to_owned).collect();
    let parts = TableParts {
        head: match layout.dialect.header_row_count {
            0 => Vec::new(),
            _ => vec![HeadLine::Header(titles)],
        },
        rows: rows
            .into_iter()
            .map(|cells| CommentedRow {
                above: String::new(),
                cells,
            })
            .collect(),
        tail: String::new(),
    };
    parts.write(layout, profile)
}

/// The whole text of a file, as UTF-8.
fn read(resource: &Resource, dialect: &Dialect) -> Result<String, Vec<Diagnostic>> {
    let place = || Place::file(Arc::clone(&resource.name));
    let unreadable = |error: std::io::Error| {
        vec![Diagnostic::new(
            Code::Unreadable,
            place(),
            file::could_not_read("the table", file::reason(&error)),
        )]
    };
    let mut text = TextReader::open(resource, &dialect.encoding).map_err(unreadable)?;
    let mut bytes = Vec::new();
    while text.read(&mut bytes, READ).map_err(unreadable)? > 0 {}
    let malformed = !text.take_malformed().is_empty();
    match String::from_utf8(bytes) {
        Ok(text) if !malformed => Ok(text),
        _ => Err(vec![
            Diagnostic::new(
                Code::Encoding,
                place(),
                "file not formatted: it has bytes that are not text in its encoding",
            )
            .with_expected(dialect.encoding.as_str()),
        ]),
    }
}

/// A table taken apart.
#[derive(Debug, Default)]
struct TableParts {
    /// Lines and header rows before the data, in order.
    head: Vec<HeadLine>,
    rows: Vec<CommentedRow>,
    /// What is after the last row.
    tail: String,
}

/// What is before the data.
#[derive(Debug)]
enum HeadLine {
    /// A comment or a skipped line, without its terminator.
    Line(String),
    Header(Vec<String>),
}

#[derive(Debug)]
struct CommentedRow {
    /// Comments and blank lines above it, with terminators.
    above: String,
    cells: Vec<String>,
}

impl CommentedRow {
    /// Makes a short row long enough to have a cell at an index.
    fn reach(&mut self, at: usize) {
        if self.cells.len() <= at {
            self.cells.resize(at + 1, String::new());
        }
    }
}

impl TableParts {
    fn read(
        text: &str,
        resource: &Resource,
        layout: &TableLayout,
    ) -> Result<Self, Vec<Diagnostic>> {
        // Skipped columns are cells too: nothing of the file is left out.
        let dialect = Dialect {
            skip_columns: 0,
            ..layout.dialect.clone()
        };
        let format = CompiledDialect::new(&dialect);
        let terminator = cells::terminator(&dialect);
        let mut parts = Self::default();
        let mut problems = Vec::new();
        let mut records = Records::new(&format, text.as_bytes(), RecordPosition::START);
        let mut buffer = String::new();
        let (mut skipped, mut headers) = (0, 0);
        let mut above = String::new();
        while let Some(place) = records.advance() {
            let comment = format.is_comment(text.as_bytes(), place.start);
            let (record, is_row) = (records.record(), place.is_row);
            let raw = text.get(place.start..record.end).unwrap_or_default();
            let before = skipped < dialect.skip_rows || headers < dialect.header_row_count;
            if skipped < dialect.skip_rows {
                skipped += 1;
                parts.head.push(HeadLine::Line(raw.to_owned()));
            } else if comment || (!before && !is_row) {
                // Tabular Data Model §8: comments among the header rows count as header rows.
                if before {
                    headers += 1;
                    parts.head.push(HeadLine::Line(raw.to_owned()));
                } else {
                    above.push_str(raw);
                    above.push_str(&terminator);
                }
            } else {
                for (flaw, offset) in &record.flaws {
                    let (line, _) = format.spot(text.as_bytes(), 0, place, *offset);
                    problems.push(
                        Diagnostic::new(
                            Code::Quoting,
                            Place::at(Arc::clone(&resource.name), line, 0),
                            flaw.message(),
                        )
                        .with_hint("file not formatted: fix the quoting first"),
                    );
                }
                let cells: Vec<String> = record
                    .cells
                    .iter()
                    .map(|cell| cell.text(&format, text, &mut buffer).to_owned())
                    .collect();
                if before {
                    headers += 1;
                    parts.head.push(HeadLine::Header(cells));
                } else {
                    parts.rows.push(CommentedRow {
                        above: std::mem::take(&mut above),
                        cells,
                    });
                }
            }
        }
        parts.tail = above;
        if problems.is_empty() {
            Ok(parts)
        } else {
            Err(problems)
        }
    }

    /// The first row of the header; empty where there is none.
    fn header(&self) -> &[String] {
        let header = self.head.iter().find_map(|head| match head {
            HeadLine::Header(cells) => Some(cells.as_slice()),
            HeadLine::Line(_) => None,
        });
        header.unwrap_or_default()
    }

    /// Why the layout is not that of this table, or would make two of its keys the same.
    fn misfit(&self, resource: &Resource, layout: &TableLayout) -> Option<Diagnostic> {
        let header = self.header();
        let place = || Place::at(Arc::clone(&resource.name), 1, 1);
        if header.len() == 1
            && let Some(delimiter) = other_delimiter(resource, &layout.dialect)
        {
            let message = "file not formatted: another delimiter separates the cells of all rows";
            return Some(
                Diagnostic::new(Code::ColumnCount, place(), message)
                    .with_found("1 column")
                    .with_hint(declare_delimiter(delimiter)),
            );
        }
        let order = layout.order(header);
        if !header.is_empty() && order.knows_nothing() {
            let message = "file not formatted: no column of its header is in the metadata";
            let titles: Vec<String> = header.iter().map(|title| format!("{title:?}")).collect();
            return Some(
                Diagnostic::new(Code::HeaderTitle, place(), message)
                    .with_found(titles.join(", "))
                    .with_hint(HintAction::CheckTables),
            );
        }
        let mut repaired: HashMap<Vec<String>, Vec<String>> = HashMap::new();
        for row in &self.rows {
            let Some((before, after)) = order.repaired_key(&row.cells) else {
                break;
            };
            let first = repaired
                .entry(after.clone())
                .or_insert_with(|| before.clone());
            if *first != before {
                let message = "file not formatted: the repairs would make two keys the same";
                return Some(
                    Diagnostic::new(Code::DuplicateKey, place(), message)
                        .with_found(format!("{} and {}", first.join("/"), before.join("/")))
                        .with_hint("change one of the two, or remove its row"),
                );
            }
        }
        None
    }

    fn write(mut self, layout: &TableLayout, profile: Profile) -> Result<Vec<u8>, Unencodable> {
        let order = layout.order(self.header());
        for row in &mut self.rows {
            for (index, cell) in row.cells.iter_mut().enumerate() {
                order.settle(index, cell);
            }
        }
        // A stable sort: rows without a key, or with the same one, keep their order.
        self.rows.sort_by(|a, b| order.compare(&a.cells, &b.cells));
        let mut out = CsvWriter::new(&layout.dialect, profile);
        let single = layout.dialect.header_row_count == 1;
        for head in &self.head {
            match head {
                HeadLine::Line(line) => out.line(line),
                HeadLine::Header(cells) if single => out.row(&order.apply(&order.titles(cells))),
                HeadLine::Header(cells) => out.row(&order.apply(cells)),
            }
        }
        for row in &self.rows {
            out.raw(&row.above);
            out.row(&order.apply(&row.cells));
        }
        out.raw(&self.tail);
        encode::encode(out.finish(), &layout.dialect.encoding)
    }
}

#[cfg(test)]
mod tests;

//! The records of a text, one after another, each with its place in every way of counting.

use super::chunks::count_characters;
use super::{CompiledDialect, Record, RecordPosition};

/// Reads the records of a text: those of a [`Chunk`](super::Chunk), or of a whole file.
///
/// ```
/// use civigraph_csvw::csv::{CompiledDialect, Dialect, RecordPosition, Records};
///
/// let format = CompiledDialect::new(&Dialect::default());
/// let text = "a,b\n\"c\nd\",e\nf,g\n";
/// let mut records = Records::new(&format, text.as_bytes(), RecordPosition::START);
/// let mut lines = Vec::new();
/// while let Some(place) = records.advance() {
///     lines.push((place.record, place.line, records.record().cells.len()));
/// }
/// assert_eq!(lines, [(1, 1, 2), (2, 2, 2), (3, 4, 2)]);
/// ```
#[derive(Debug)]
pub struct Records<'t> {
    format: &'t CompiledDialect,
    text: &'t [u8],
    record: Record,
    /// Where the next record starts.
    next: RecordPlace,
}

/// Where a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordPlace {
    /// Offset of its first byte in the text.
    pub start: usize,
    /// Offset of the record after it.
    pub end: usize,
    /// Physical line from 1.
    pub line: u64,
    /// Record of the file from 1.
    pub record: u64,
    /// Data row from 1; the number of the next one, where this record is none.
    pub row: u64,
    /// Whether it is a row of the table, and not a comment or a blank line to skip.
    pub is_row: bool,
}

impl<'t> Records<'t> {
    /// The records of a text that starts at a position.
    pub fn new(format: &'t CompiledDialect, text: &'t [u8], position: RecordPosition) -> Self {
        Self::reusing(Record::default(), format, text, position)
    }

    /// The same, in the memory of an earlier record.
    pub fn reusing(
        record: Record,
        format: &'t CompiledDialect,
        text: &'t [u8],
        position: RecordPosition,
    ) -> Self {
        Self {
            format,
            text,
            record,
            next: RecordPlace {
                start: 0,
                end: 0,
                line: position.line,
                record: position.record,
                row: position.row,
                is_row: false,
            },
        }
    }

    /// Reads the next record; `None` at the end of the text.
    #[inline]
    pub fn advance(&mut self) -> Option<RecordPlace> {
        let mut here = self.next;
        if here.start >= self.text.len() {
            return None;
        }
        (here.end, here.is_row) = self.format.skip(self.text, here.start, &mut self.record);
        self.next = RecordPlace {
            start: here.end,
            line: here.line + self.record.lines,
            record: here.record + 1,
            row: here.row + u64::from(here.is_row),
            ..here
        };
        Some(here)
    }

    /// The record that was read last.
    #[inline]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The record that was read last, for its memory.
    pub fn into_record(self) -> Record {
        self.record
    }
}

impl CompiledDialect {
    /// The physical line and the character of an offset in the text of a record, both from 1. `text` has
    /// `characters` before it on its first line.
    pub fn spot(
        &self,
        text: &[u8],
        characters: u64,
        record: RecordPlace,
        offset: usize,
    ) -> (u64, u64) {
        let offset = offset.clamp(record.start, text.len());
        let lines = self.count_lines(&text[record.start..offset]);
        let before = match self.line_start(text, offset) {
            Some(line) => count_characters(&text[line..offset]),
            None => characters + count_characters(&text[..offset]),
        };
        (record.line + lines, before + 1)
    }
}

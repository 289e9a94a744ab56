//! A record that is longer than the limit: passed over in bounded memory.

use super::chunks::RecordPosition;
use super::format::CompiledDialect;
use super::record::CellEnd;
use super::walk::{Cursor, Walk, WalkEnd, WalkVisitor};

/// A record longer than the limit. It was passed over; what follows it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongRecord {
    /// Where the record starts.
    pub start: RecordPosition,
    /// The limit, in bytes.
    pub limit: usize,
    /// The longest cell of the record; `None` for a comment.
    pub cell: Option<LongCell>,
    /// Where a quote opens that does not close before the end of the text.
    pub open_quote: Option<LinePosition>,
}

/// The longest cell of a record that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongCell {
    /// Its number in the record from 0, skipped columns counted.
    pub index: usize,
    /// Where it starts, the opening quote included.
    pub start: LinePosition,
    /// The same in bytes of text before it.
    pub offset: u64,
    /// Bytes of text from there to its end.
    pub bytes: u64,
}

/// A physical line and a character of it, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinePosition {
    /// Physical line from 1.
    pub line: u64,
    /// Character in that line from 1.
    pub column: u64,
}

/// Passes over one record, piece by piece, and finds its longest cell.
pub(super) struct RecordSkipper<'f> {
    walk: Walk<'f>,
    cells: CellTracker<'f>,
}

impl<'f> RecordSkipper<'f> {
    /// To pass the record that starts at `start`.
    pub fn new(format: &'f CompiledDialect, start: RecordPosition) -> Self {
        let cursor = Cursor::new(start.offset, start.line, start.characters);
        let spot = LinePosition::of(&cursor);
        Self {
            walk: Walk::new(format),
            cells: CellTracker {
                format,
                cursor,
                opened: spot,
                cell: LongCell {
                    index: 0,
                    start: spot,
                    offset: cursor.offset,
                    bytes: 0,
                },
                longest: None,
            },
        }
    }

    /// Passes over `text`, which goes on where the last call stopped. Returns how many bytes of it
    /// were passed, and whether the record ends there; the rest comes again with more text behind it.
    pub fn pass(&mut self, text: &[u8], ended: bool) -> (usize, bool) {
        let Self { walk, cells } = self;
        cells.cursor.start_piece();
        let (at, passed) = walk.pass(text, ended, cells);
        cells.cursor.go(cells.format, text, at);
        (at, passed != WalkEnd::Part)
    }

    /// What is known of the record that was passed.
    pub fn found(&self, start: RecordPosition, limit: usize) -> LongRecord {
        LongRecord {
            start,
            limit,
            cell: self.cells.longest,
            open_quote: self.walk.is_quoted().then_some(self.cells.opened),
        }
    }

    /// Cells of the record.
    pub fn cells(&self) -> usize {
        self.cells.cell.index
    }

    /// Where the next record starts.
    pub fn position(&self, start: RecordPosition) -> RecordPosition {
        let cursor = &self.cells.cursor;
        RecordPosition {
            offset: cursor.offset,
            line: cursor.line,
            characters: cursor.characters,
            record: start.record + 1,
            row: start.row + u64::from(!self.walk.is_comment()),
        }
    }
}

/// The cells of a record that is passed, of which the longest one is kept.
struct CellTracker<'f> {
    format: &'f CompiledDialect,
    cursor: Cursor,
    /// Where the open quote is.
    opened: LinePosition,
    /// The cell that is being passed.
    cell: LongCell,
    longest: Option<LongCell>,
}

impl WalkVisitor for CellTracker<'_> {
    fn cell(&mut self, text: &[u8], at: usize) {
        self.cursor.go(self.format, text, at);
        self.cell.start = LinePosition::of(&self.cursor);
        self.cell.offset = self.cursor.offset;
    }

    fn quote(&mut self, text: &[u8], at: usize, opens: bool) {
        if opens {
            self.cursor.go(self.format, text, at);
            self.opened = LinePosition::of(&self.cursor);
        }
    }

    #[inline]
    fn content(&mut self, _: &[u8]) {}

    fn end(&mut self, text: &[u8], at: usize, _: CellEnd) {
        self.cursor.go(self.format, text, at);
        let cell = LongCell {
            bytes: self.cursor.offset - self.cell.offset,
            ..self.cell
        };
        if self
            .longest
            .is_none_or(|longest| longest.bytes < cell.bytes)
        {
            self.longest = Some(cell);
        }
        self.cell.index += 1;
    }
}

impl LinePosition {
    /// The place of a cursor.
    fn of(cursor: &Cursor) -> Self {
        Self {
            line: cursor.line,
            column: cursor.characters + 1,
        }
    }
}

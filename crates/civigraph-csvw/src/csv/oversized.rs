//! A record that is longer than the limit: passed over in bounded memory.

use super::chunks::{Position, count_characters};
use super::format::{Format, LineEnd};
use super::record::{End, character_length, is_blank};

/// A record longer than the limit. It was passed over; what follows it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongRecord {
    /// Where the record starts.
    pub start: Position,
    /// The limit, in bytes.
    pub limit: usize,
    /// The longest cell of the record; `None` for a comment.
    pub cell: Option<LongCell>,
    /// Where a quote opens that does not close before the end of the text.
    pub open_quote: Option<Spot>,
}

/// The longest cell of a record that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongCell {
    /// Its number in the record from 0, skipped columns counted.
    pub index: usize,
    /// Where it starts, the opening quote included.
    pub start: Spot,
    /// The same in bytes of text before it.
    pub offset: u64,
    /// Bytes of text from there to its end.
    pub bytes: u64,
}

/// A physical line and a character of it, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Physical line from 1.
    pub line: u64,
    /// Character in that line from 1.
    pub column: u64,
}

/// Follows one record to its end, piece by piece, and keeps none of it.
///
/// It takes the same decisions as [`Format::record`], without a cell's content to come back to.
pub(super) struct Passing<'f> {
    format: &'f Format,
    cursor: Cursor,
    /// The record is a comment; known when its first bytes are.
    comment: Option<bool>,
    /// At the start of a cell, where a quote opens it.
    fresh: bool,
    /// Something in the cell took a closer look: quotes come before separators from here on.
    irregular: bool,
    quoted: bool,
    /// Where the open quote stands.
    opened: Spot,
    /// The cell that is being passed.
    cell: LongCell,
    longest: Option<LongCell>,
    /// Bytes that must be known from a place on to decide what stands there.
    look: usize,
}

impl<'f> Passing<'f> {
    /// To pass the record that starts at `start`.
    pub fn new(format: &'f Format, start: Position) -> Self {
        let cursor = Cursor {
            offset: start.offset,
            line: start.line,
            characters: start.characters,
            after_return: false,
            mark: 0,
        };
        let longest = |strings: &[Vec<u8>]| strings.iter().map(Vec::len).max().unwrap_or(0);
        let look = (2 * format.quote.as_ref().map_or(0, Vec::len))
            .max(format.delimiter.len())
            .max(longest(&format.terminators))
            .max(format.comment.as_ref().map_or(0, Vec::len))
            // A backslash and the longest character.
            .max(1 + char::MAX.len_utf8());
        Self {
            format,
            cursor,
            comment: None,
            fresh: true,
            irregular: false,
            quoted: false,
            opened: cursor.spot(),
            cell: LongCell {
                index: 0,
                start: cursor.spot(),
                offset: cursor.offset,
                bytes: 0,
            },
            longest: None,
            look,
        }
    }

    /// Passes over `text`, which goes on where the last call stopped. Returns how many bytes of it
    /// were passed, and whether the record ends there; the rest comes again with more text behind it.
    pub fn pass(&mut self, text: &[u8], ended: bool) -> (usize, bool) {
        // What stands within `look` of the end may go on.
        let safe = match ended {
            true => text.len(),
            false => text.len().saturating_sub(self.look),
        };
        if safe == 0 && !ended {
            return (0, false);
        }
        self.cursor.mark = 0;
        let comment = *self
            .comment
            .get_or_insert_with(|| self.format.is_comment(text, 0));
        let (at, terminated) = if comment {
            self.pass_line(text, safe)
        } else {
            self.pass_cells(text, safe)
        };
        self.cursor.go(self.format, text, at);
        let done = terminated || ended && at == text.len();
        if done && !terminated && !comment {
            self.end_cell();
        }
        (at, done)
    }

    /// What is known of the record that was passed.
    pub fn found(&self, start: Position, limit: usize) -> LongRecord {
        LongRecord {
            start,
            limit,
            cell: self.longest,
            open_quote: self.quoted.then_some(self.opened),
        }
    }

    /// Cells of the record.
    pub fn cells(&self) -> usize {
        self.cell.index
    }

    /// Where the next record starts.
    pub fn position(&self, start: Position) -> Position {
        Position {
            offset: self.cursor.offset,
            line: self.cursor.line,
            characters: self.cursor.characters,
            record: start.record + 1,
            row: start.row + u64::from(self.comment != Some(true)),
        }
    }

    /// Passes a comment; returns where it stopped and whether that is the end.
    fn pass_line(&self, text: &[u8], safe: usize) -> (usize, bool) {
        let mut at = 0;
        while at < safe {
            match self.format.terminator(text, at) {
                0 => at += 1,
                length => return (at + length, true),
            }
        }
        (at, false)
    }

    /// Passes cells; returns where it stopped and whether that is the end of the record.
    fn pass_cells(&mut self, text: &[u8], safe: usize) -> (usize, bool) {
        let format = self.format;
        let quote = format.quote.as_deref().unwrap_or_default();
        let is_quote = |at: usize| !quote.is_empty() && text[at..].starts_with(quote);
        let mut at = 0;
        while at < safe {
            if self.fresh {
                if format.trim_start && is_blank(text[at]) && format.separator(text, at).is_none() {
                    at += 1;
                    continue;
                }
                self.cursor.go(format, text, at);
                self.start_cell();
                if is_quote(at) {
                    self.open(text, at);
                    at += quote.len();
                    continue;
                }
            }
            if !self.irregular {
                at = format.stops.find(text, at);
                if at >= safe {
                    break;
                }
                if let Some(end) = format.separator(text, at) {
                    match self.separate(text, at, end) {
                        (at, true) => return (at, true),
                        (next, false) => at = next,
                    }
                    continue;
                }
                self.irregular = true;
            }
            if format.backslash && text[at] == b'\\' {
                at += 1 + character_length(text, at + 1);
            } else if is_quote(at) {
                let doubled = !format.backslash && is_quote(at + quote.len());
                if doubled {
                    at += quote.len();
                } else if self.quoted {
                    self.quoted = false;
                } else {
                    self.open(text, at);
                }
                at += quote.len();
            } else if !self.quoted
                && let Some(end) = format.separator(text, at)
            {
                match self.separate(text, at, end) {
                    (at, true) => return (at, true),
                    (next, false) => at = next,
                }
            } else {
                at = format.stops.find(text, at + 1);
            }
        }
        (at.min(text.len()), false)
    }

    /// A quote opens at `at`.
    fn open(&mut self, text: &[u8], at: usize) {
        self.irregular = true;
        self.quoted = true;
        self.cursor.go(self.format, text, at);
        self.opened = self.cursor.spot();
    }

    /// A separator stands at `at`; returns where it ends, and whether it ends the record.
    fn separate(&mut self, text: &[u8], at: usize, end: End) -> (usize, bool) {
        self.cursor.go(self.format, text, at);
        self.end_cell();
        match end {
            End::Delimiter => (at + self.format.delimiter.len(), false),
            End::Terminator(after) => (after, true),
            End::Text => (at, true),
        }
    }

    /// A cell starts at the cursor.
    fn start_cell(&mut self) {
        self.cell.start = self.cursor.spot();
        self.cell.offset = self.cursor.offset;
        self.fresh = false;
    }

    /// The cell ends at the cursor, and the next one may start.
    fn end_cell(&mut self) {
        if self.fresh {
            self.start_cell();
        }
        self.fresh = true;
        self.irregular = false;
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

/// A place in the text that moves on, in every way of counting.
#[derive(Debug, Clone, Copy)]
struct Cursor {
    offset: u64,
    line: u64,
    /// Characters before it on its line.
    characters: u64,
    /// The last byte is a carriage return that was counted as a line break.
    after_return: bool,
    /// The same place in the piece of text at hand.
    mark: usize,
}

impl Cursor {
    /// Goes on to `at` in the piece of text at hand.
    fn go(&mut self, format: &Format, text: &[u8], at: usize) {
        let mut span = &text[self.mark..at];
        self.mark = at;
        self.offset += span.len() as u64;
        if self.after_return && span.first() == Some(&b'\n') {
            span = &span[1..];
            self.after_return = false;
        }
        let Some(last) = span.last() else { return };
        self.after_return = format.lines == LineEnd::CrOrLf && *last == b'\r';
        self.line += format.count_lines(span);
        self.characters = match format.line_start(span, span.len()) {
            Some(start) => count_characters(&span[start..]),
            None => self.characters + count_characters(span),
        };
    }

    fn spot(&self) -> Spot {
        Spot {
            line: self.line,
            column: self.characters + 1,
        }
    }
}

//! Records followed piece by piece, in bounded memory, without keeping their cells.

use super::chunks::count_characters;
use super::format::{CompiledDialect, LineEnd};
use super::record::{CellEnd, character_length, is_blank};

/// Follows one record to its end and keeps none of it.
///
/// It takes the same decisions as [`CompiledDialect::record`], without a cell's content to come back to. What it meets goes to
/// [`WalkVisitor`].
pub(super) struct Walk<'f> {
    format: &'f CompiledDialect,
    /// The record is a comment; known when its first bytes are.
    comment: Option<bool>,
    /// At the start of a cell, where a quote opens it.
    fresh: bool,
    /// Something in the cell took a closer look: quotes come before separators from here on.
    irregular: bool,
    quoted: bool,
    /// Bytes that must be known from a place on to decide what is there.
    look: usize,
}

/// Takes what a [`Walk`] meets, by offsets into the piece of text.
pub(super) trait WalkVisitor {
    /// A cell starts at `at`.
    fn cell(&mut self, text: &[u8], at: usize);
    /// A quote at `at` opens or closes.
    fn quote(&mut self, text: &[u8], at: usize, opens: bool);
    /// A part of the content of a cell. A carriage return at its end may belong to the terminator.
    fn content(&mut self, part: &[u8]);
    /// The cell ends at `at`.
    fn end(&mut self, text: &[u8], at: usize, end: CellEnd);
}

/// How far a [`Walk`] came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WalkEnd {
    /// The record goes on in text that is not there yet.
    Part,
    /// The record ended with a terminator.
    Record,
    /// The text ended, and the record with it.
    Text,
}

impl<'f> Walk<'f> {
    /// At the start of a record.
    pub fn new(format: &'f CompiledDialect) -> Self {
        let longest = |strings: &[Vec<u8>]| strings.iter().map(Vec::len).max().unwrap_or(0);
        let look = (2 * format.quote.as_ref().map_or(0, Vec::len))
            .max(format.delimiter.len())
            .max(longest(&format.terminators))
            .max(format.comment.as_ref().map_or(0, Vec::len))
            // A backslash and the longest character.
            .max(1 + char::MAX.len_utf8());
        Self {
            format,
            comment: None,
            fresh: true,
            irregular: false,
            quoted: false,
            look,
        }
    }

    /// Within a cell, after a quote that is still open.
    pub fn in_quotes(format: &'f CompiledDialect) -> Self {
        Self {
            comment: Some(false),
            fresh: false,
            irregular: true,
            quoted: true,
            ..Self::new(format)
        }
    }

    /// Goes on to the start of the next record.
    pub fn start_record(&mut self) {
        self.comment = None;
        self.fresh = true;
        self.irregular = false;
        self.quoted = false;
    }

    /// Whether the record is a comment.
    pub fn is_comment(&self) -> bool {
        self.comment == Some(true)
    }

    /// Whether a quote is open.
    pub fn is_quoted(&self) -> bool {
        self.quoted
    }

    /// Passes over `text`, which goes on where the last call stopped. Returns how many bytes of it were passed; the
    /// rest comes again with more text behind it.
    pub fn pass(
        &mut self,
        text: &[u8],
        ended: bool,
        steps: &mut impl WalkVisitor,
    ) -> (usize, WalkEnd) {
        // What is within `look` of the end may go on.
        let safe = match ended {
            true => text.len(),
            false => text.len().saturating_sub(self.look),
        };
        if safe == 0 && !ended {
            return (0, WalkEnd::Part);
        }
        let comment = *self
            .comment
            .get_or_insert_with(|| self.format.is_comment(text, 0));
        let (at, terminated) = if comment {
            self.pass_line(text, safe)
        } else {
            self.pass_cells(text, safe, steps)
        };
        if terminated {
            return (at, WalkEnd::Record);
        }
        if !ended || at < text.len() {
            return (at, WalkEnd::Part);
        }
        if !comment {
            self.end_cell(text, at, CellEnd::Text, steps);
        }
        (at, WalkEnd::Text)
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
    fn pass_cells(
        &mut self,
        text: &[u8],
        safe: usize,
        steps: &mut impl WalkVisitor,
    ) -> (usize, bool) {
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
                self.start_cell(text, at, steps);
                if is_quote(at) {
                    self.open(text, at, steps);
                    at += quote.len();
                    continue;
                }
            }
            if !self.irregular {
                let stop = format.stops.find(text, at);
                steps.content(&text[at..stop]);
                at = stop;
                if at >= safe {
                    break;
                }
                if let Some(end) = format.separator(text, at) {
                    match self.separate(text, at, end, steps) {
                        (at, true) => return (at, true),
                        (next, false) => at = next,
                    }
                    continue;
                }
                self.irregular = true;
            }
            if format.backslash && text[at] == b'\\' {
                let length = character_length(text, at + 1);
                steps.content(&text[at + 1..at + 1 + length]);
                at += 1 + length;
            } else if is_quote(at) {
                let doubled = !format.backslash && is_quote(at + quote.len());
                if doubled {
                    steps.content(quote);
                    at += quote.len();
                } else if self.quoted {
                    self.quoted = false;
                    steps.quote(text, at, false);
                } else {
                    self.open(text, at, steps);
                }
                at += quote.len();
            } else if !self.quoted
                && let Some(end) = format.separator(text, at)
            {
                match self.separate(text, at, end, steps) {
                    (at, true) => return (at, true),
                    (next, false) => at = next,
                }
            } else {
                let stop = format.stops.find(text, at + 1);
                steps.content(&text[at..stop]);
                at = stop;
            }
        }
        (at.min(text.len()), false)
    }

    /// A quote opens at `at`.
    fn open(&mut self, text: &[u8], at: usize, steps: &mut impl WalkVisitor) {
        self.irregular = true;
        self.quoted = true;
        steps.quote(text, at, true);
    }

    /// A separator is at `at`; returns where it ends, and whether it ends the record.
    fn separate(
        &mut self,
        text: &[u8],
        at: usize,
        end: CellEnd,
        steps: &mut impl WalkVisitor,
    ) -> (usize, bool) {
        self.end_cell(text, at, end, steps);
        match end {
            CellEnd::Delimiter => (at + self.format.delimiter.len(), false),
            CellEnd::Terminator(after) => (after, true),
            CellEnd::Text => (at, true),
        }
    }

    fn start_cell(&mut self, text: &[u8], at: usize, steps: &mut impl WalkVisitor) {
        self.fresh = false;
        steps.cell(text, at);
    }

    /// The cell ends at `at`, and the next one may start.
    fn end_cell(&mut self, text: &[u8], at: usize, end: CellEnd, steps: &mut impl WalkVisitor) {
        if self.fresh {
            self.start_cell(text, at, steps);
        }
        self.fresh = true;
        self.irregular = false;
        steps.end(text, at, end);
    }
}

/// A place in the text that moves on, in every way of counting.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cursor {
    pub offset: u64,
    pub line: u64,
    /// Characters before it on its line.
    pub characters: u64,
    /// The last byte is a carriage return that was counted as a line break.
    after_return: bool,
    /// The same place in the current piece of text.
    mark: usize,
}

impl Cursor {
    /// A place ahead of the first piece of text.
    pub fn new(offset: u64, line: u64, characters: u64) -> Self {
        Self {
            offset,
            line,
            characters,
            after_return: false,
            mark: 0,
        }
    }

    /// A record starts here: lines are counted record by record.
    pub fn start_record(&mut self) {
        self.after_return = false;
    }

    /// Goes on at the start of another piece of text.
    pub fn start_piece(&mut self) {
        self.mark = 0;
    }

    /// Goes on to `at` in the current piece of text.
    pub fn go(&mut self, format: &CompiledDialect, text: &[u8], at: usize) {
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
}

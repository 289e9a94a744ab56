//! The records of a range of bytes, counted on their own.

use super::extent::Extent;
use super::record::{CellEnd, is_blank};
use super::text::{Coding, TextReader};
use super::walk::{Cursor, Walk, WalkEnd, WalkVisitor};
use super::{CompiledDialect, Dialect, RECORD_LIMIT};
use crate::resource::Resource;
use serde::{Deserialize, Serialize};
use std::io;
use std::ops::Range;

/// Bytes that are looked at together.
const BLOCK: usize = 256 << 10;

/// How many records and lines are in a range of the bytes of a file, under both guesses of what is before it: a record
/// starts with the range, or a quote is open.
///
/// It is counted for the range between the first cuts at or behind its ends, so that ranges side by side share nothing
/// and leave nothing out. [`Extent::splits`] puts the counts of all ranges together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeCount {
    /// Bytes of its text.
    pub(super) text: u64,
    /// Where a record starts with it.
    pub(super) at_record: QuoteGuess,
    /// Where a quote is open.
    pub(super) in_quotes: QuoteGuess,
}

/// What is in a range under one guess.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct QuoteGuess {
    /// The rest of a record that started before.
    pub rest: RecordPart,
    pub rest_span: TextExtent,
    /// The end of that record, where the next one may start; `None` where it goes on behind the range.
    pub first: Option<FirstRecord>,
    /// Records that start and end here.
    pub records: u64,
    /// Rows among them.
    pub rows: u64,
    /// From the first record to the end.
    pub span: TextExtent,
    /// The record that does not end here.
    pub open: Option<RecordPart>,
}

/// Where the first record of a range starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FirstRecord {
    /// The byte of the file, where its text has to be decoded.
    pub byte: Option<u64>,
}

/// Lines and characters of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TextExtent {
    /// Line breaks.
    pub lines: u64,
    /// Characters after the last one.
    pub characters: u64,
}

/// A record, or a part of one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RecordPart {
    /// Bytes of text.
    pub length: u64,
    /// Delimiters.
    cells: u64,
    /// The last cell that is not empty, counted from the one at the start.
    last_content: Option<u64>,
}

impl RecordPart {
    /// Two parts of one record.
    pub fn followed_by(self, next: Self) -> Self {
        Self {
            length: self.length + next.length,
            cells: self.cells + next.cells,
            last_content: match next.last_content {
                Some(cell) => Some(self.cells + cell),
                None => self.last_content,
            },
        }
    }

    /// Whether all cells are empty but for some at the left.
    pub fn is_blank(&self, skip_columns: u64) -> bool {
        self.last_content.is_none_or(|cell| cell < skip_columns)
    }

    /// Whether the record is passed over, because it is longer than can be read.
    pub fn is_long(&self) -> bool {
        self.length > RECORD_LIMIT as u64
    }
}

impl RangeCount {
    /// Counts the records of a range of the bytes of a file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn new(
        resource: &Resource,
        dialect: &Dialect,
        extent: &Extent,
        range: Range<u64>,
    ) -> io::Result<Self> {
        let format = CompiledDialect::new(dialect);
        let mut found = Self {
            text: 0,
            at_record: QuoteGuess::default(),
            in_quotes: QuoteGuess::default(),
        };
        if extent.sequential.is_some() {
            return Ok(found);
        }
        let start = extent.cut(resource, &format, range.start)?;
        let end = extent.cut(resource, &format, range.end)?;
        if start >= end {
            return Ok(found);
        }
        let text = TextReader::open_range(resource, &dialect.encoding, start..end, 0)?;
        match format.parity() {
            Some((quote, line_feed)) => found.count_parity(text, quote, line_feed)?,
            None => found.count_records(text, &format, extent)?,
        }
        // Where the bytes are no text yet, reading starts at a byte and not at an offset in the text.
        let mut input = resource.content.open()?;
        let coding = Coding::find(&mut *input, &dialect.encoding)?;
        if coding.encoding != encoding_rs::UTF_8 {
            for guess in [&mut found.at_record, &mut found.in_quotes] {
                if let Some(first) = &mut guess.first {
                    first.byte = coding.byte_of(resource, start, guess.rest.length)?;
                }
            }
        }
        Ok(found)
    }

    /// Counts quotes and line feeds alone: outside of quotes a line feed ends a record, because an escaped quote is two
    /// quotes.
    fn count_parity(&mut self, mut text: TextReader, quote: Option<u8>, end: u8) -> io::Result<()> {
        let mut block = Vec::with_capacity(BLOCK);
        // Of both guesses: the first one first.
        let mut guesses = [ParityGuess::default(), ParityGuess::default()];
        guesses[0].start = Some(0);
        let mut is_odd = false;
        let mut ends_with_break = true;
        let mut lines = 0;
        loop {
            block.clear();
            if text.read(&mut block, BLOCK)? == 0 {
                break;
            }
            ends_with_break = block.last() == Some(&end);
            let quote = quote.filter(|&quote| memchr::memchr(quote, &block).is_some());
            // A line feed ends a record of the first guess after an even number of quotes, and of the second one after
            // an odd one.
            match quote {
                None => {
                    let breaks = memchr::memchr_iter(end, &block).count() as u64;
                    let guess = &mut guesses[usize::from(is_odd)];
                    if breaks > 0 && guess.start.is_none() {
                        let first = memchr::memchr(end, &block).unwrap_or_default();
                        guess.start = Some(self.text + first as u64 + 1);
                        guess.lines_before = lines + 1;
                        guess.records += breaks - 1;
                    } else {
                        guess.records += breaks;
                    }
                    lines += breaks;
                }
                Some(quote) => {
                    for at in memchr::memchr2_iter(quote, end, &block) {
                        if block[at] == quote {
                            is_odd = !is_odd;
                            continue;
                        }
                        lines += 1;
                        let guess = &mut guesses[usize::from(is_odd)];
                        if guess.start.is_some() {
                            guess.records += 1;
                        } else {
                            guess.start = Some(self.text + at as u64 + 1);
                            guess.lines_before = lines;
                        }
                    }
                }
            }
            self.text += block.len() as u64;
        }
        let open = [is_odd || !ends_with_break, !is_odd || !ends_with_break];
        for ((guess, found), open) in guesses
            .into_iter()
            .zip([&mut self.at_record, &mut self.in_quotes])
            .zip(open)
        {
            let rest = guess.start.unwrap_or(self.text);
            found.rest.length = rest;
            found.first = guess.start.map(|_| FirstRecord { byte: None });
            found.rest_span.lines = match guess.start {
                Some(_) => guess.lines_before,
                None => lines,
            };
            found.records = guess.records;
            found.rows = guess.records;
            found.span.lines = lines - found.rest_span.lines;
            found.open = open.then_some(RecordPart {
                length: self.text - rest,
                ..RecordPart::default()
            });
        }
        Ok(())
    }

    /// Follows all records under both guesses.
    fn count_records(
        &mut self,
        mut text: TextReader,
        format: &CompiledDialect,
        extent: &Extent,
    ) -> io::Result<()> {
        let mut at_record = RecordFollower::new(format, Walk::new(format), false);
        let mut in_quotes = RecordFollower::new(format, Walk::in_quotes(format), true);
        let mut pending = Vec::new();
        loop {
            let read = text.read(&mut pending, BLOCK)?;
            self.text += read as u64;
            let ended = read == 0;
            at_record.follow(&pending, ended, extent);
            if format.quote.is_some() {
                in_quotes.follow(&pending, ended, extent);
            } else {
                in_quotes.at = at_record.at;
            }
            if ended {
                break;
            }
            let passed = at_record.at.min(in_quotes.at);
            pending.drain(..passed);
            at_record.at -= passed;
            in_quotes.at -= passed;
        }
        self.at_record = at_record.found;
        self.in_quotes = in_quotes.found;
        Ok(())
    }
}

/// One guess, while quotes and line feeds are counted.
#[derive(Debug, Clone, Copy, Default)]
struct ParityGuess {
    /// Where the first record starts.
    start: Option<u64>,
    lines_before: u64,
    records: u64,
}

/// Follows the records of a range under one guess.
struct RecordFollower<'f> {
    format: &'f CompiledDialect,
    walk: Walk<'f>,
    cursor: Cursor,
    content: ContentFinder,
    /// The record that is followed started before the range.
    is_rest: bool,
    /// How far it came in the pending text.
    at: usize,
    found: QuoteGuess,
}

impl<'f> RecordFollower<'f> {
    fn new(format: &'f CompiledDialect, walk: Walk<'f>, is_rest: bool) -> Self {
        Self {
            format,
            walk,
            cursor: Cursor::default(),
            content: ContentFinder::new(format),
            is_rest,
            at: 0,
            found: QuoteGuess {
                first: (!is_rest).then_some(FirstRecord { byte: None }),
                ..QuoteGuess::default()
            },
        }
    }

    /// Goes on as far as the pending text goes.
    fn follow(&mut self, pending: &[u8], ended: bool, extent: &Extent) {
        while self.at < pending.len() {
            let piece = &pending[self.at..];
            self.cursor.start_piece();
            let (passed, how) = self.walk.pass(piece, ended, &mut self.content);
            self.cursor.go(self.format, piece, passed);
            self.at += passed;
            self.content.part.length += passed as u64;
            match how {
                WalkEnd::Part | WalkEnd::Text => break,
                WalkEnd::Record => self.end_record(extent),
            }
        }
        if ended {
            self.end();
        }
    }

    /// The record ended with a terminator.
    fn end_record(&mut self, extent: &Extent) {
        let part = self.content.next_record();
        if self.is_rest {
            self.is_rest = false;
            self.found.rest = part;
            self.found.rest_span = self.cursor.span();
            self.found.first = Some(FirstRecord { byte: None });
            self.cursor = Cursor::default();
        } else {
            self.found.records += 1;
            let is_row = !self.walk.is_comment() && extent.is_row(part);
            self.found.rows += u64::from(is_row);
        }
        self.cursor.start_record();
        self.walk.start_record();
    }

    /// The range ended.
    fn end(&mut self) {
        let part = self.content.next_record();
        if self.is_rest {
            self.found.rest = part;
            self.found.rest_span = self.cursor.span();
            return;
        }
        self.found.span = self.cursor.span();
        if part.length > 0 {
            self.found.open = Some(part);
        }
    }
}

impl Cursor {
    fn span(&self) -> TextExtent {
        TextExtent {
            lines: self.line,
            characters: self.characters,
        }
    }
}

/// Finds out which cells of a record have content.
struct ContentFinder {
    /// Nobody asks.
    is_off: bool,
    /// White space at the ends of cells does not count.
    trims: bool,
    /// A carriage return ahead of a line feed does not count.
    strips_return: bool,
    /// A carriage return that may be part of the terminator.
    after_return: bool,
    part: RecordPart,
}

impl ContentFinder {
    fn new(format: &CompiledDialect) -> Self {
        Self {
            is_off: !format.skip_blank,
            trims: format.trim_start || format.trim_end,
            strips_return: format.strips_return(),
            after_return: false,
            part: RecordPart::default(),
        }
    }

    /// The record as it was found, and back to the start of one.
    fn next_record(&mut self) -> RecordPart {
        self.after_return = false;
        std::mem::take(&mut self.part)
    }

    /// What comes now is not a terminator: a carriage return was content.
    fn keep_return(&mut self) {
        if std::mem::take(&mut self.after_return) {
            self.part.last_content = Some(self.part.cells);
        }
    }
}

impl WalkVisitor for ContentFinder {
    #[inline]
    fn cell(&mut self, _: &[u8], _: usize) {}

    fn quote(&mut self, _: &[u8], _: usize, _: bool) {
        self.keep_return();
    }

    #[inline]
    fn content(&mut self, part: &[u8]) {
        if self.is_off || part.is_empty() {
            return;
        }
        self.keep_return();
        let mut part = part;
        if self.trims {
            if part.iter().all(|&byte| is_blank(byte)) {
                return;
            }
        } else if self.strips_return
            && let Some(rest) = part.strip_suffix(b"\r")
        {
            self.after_return = true;
            part = rest;
        }
        if !part.is_empty() {
            self.part.last_content = Some(self.part.cells);
        }
    }

    fn end(&mut self, _: &[u8], _: usize, end: CellEnd) {
        match end {
            CellEnd::Delimiter => {
                self.keep_return();
                self.part.cells += 1;
            }
            CellEnd::Terminator(_) => self.after_return = false,
            CellEnd::Text => self.keep_return(),
        }
    }
}

//! A table cut into chunks of whole records.

use super::oversized::{LongRecord, RecordSkipper};
use super::{CompiledDialect, RECORD_LIMIT, Record, Records, TextReader};
use crate::resource::Resource;
use std::io;

/// Where a record starts, in every way of counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct RecordPosition {
    /// Bytes of text (UTF-8, without a byte order mark) before it.
    pub offset: u64,
    /// Physical line from 1.
    pub line: u64,
    /// Characters before it on that line; 0 wherever records end with line breaks.
    pub characters: u64,
    /// Record of the file from 1: header, comments and skipped rows counted.
    pub record: u64,
    /// Data row from 1.
    pub row: u64,
}

impl RecordPosition {
    /// The start of a file.
    pub const START: Self = Self {
        offset: 0,
        line: 1,
        characters: 0,
        record: 1,
        row: 1,
    };
}

/// A run of whole records of a table: all that is needed to convert it on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Split {
    /// Its first record.
    pub start: RecordPosition,
    /// The byte of the file at which that record starts, where its text has to be decoded and reading can start there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byte: Option<u64>,
    /// Offset in the text after its last record.
    pub end: u64,
}

/// The text of a [`Split`].
#[derive(Debug, Clone)]
pub struct Chunk {
    /// Where it is in the file.
    pub split: Split,
    /// Its text; not always valid UTF-8.
    pub text: Vec<u8>,
    /// Offsets in `text` of the replacement characters that stand for malformed bytes.
    pub malformed: Vec<usize>,
    /// Records before the text that were too long and are left out.
    pub skipped: Vec<LongRecord>,
}

impl Default for Chunk {
    fn default() -> Self {
        Self {
            split: Split {
                start: RecordPosition::START,
                byte: None,
                end: 0,
            },
            text: Vec::new(),
            malformed: Vec::new(),
            skipped: Vec::new(),
        }
    }
}

/// Bytes read at a time of a record that is too long.
const PASSING_READ: usize = 256 << 10;

/// Cuts the records of a table into chunks, in order.
pub struct Chunks<'f> {
    format: &'f CompiledDialect,
    text: TextReader,
    /// Bytes of text that a chunk aims at.
    size: usize,
    limit: usize,
    /// The start of the next chunk.
    position: RecordPosition,
    /// Text read but not given out, from `position` on.
    pending: Vec<u8>,
    scan: PendingScan,
    malformed: Vec<u64>,
    /// Offset after the last record wanted.
    end: u64,
}

/// What is known of the pending text, so that no byte is looked at twice.
#[derive(Debug, Clone, Copy, Default)]
struct PendingScan {
    /// Bytes looked at.
    scanned: usize,
    /// The open quote at `scanned`.
    quote: Option<usize>,
    /// The end of the last complete record.
    boundary: usize,
    /// Records and lines before the boundary.
    records: u64,
    rows: u64,
    lines: u64,
    /// Line breaks between the boundary and `scanned`.
    lines_after: u64,
    /// What comes after the boundary is a comment or blank.
    no_row: bool,
}

impl<'f> Chunks<'f> {
    /// Cuts the records from `position` on, to which the text must have been moved.
    pub fn new(
        format: &'f CompiledDialect,
        text: TextReader,
        position: RecordPosition,
        size: usize,
        limit: usize,
    ) -> Self {
        Self {
            format,
            text,
            size: size.max(1),
            limit: limit.max(1),
            position,
            pending: Vec::new(),
            scan: PendingScan::default(),
            malformed: Vec::new(),
            end: u64::MAX,
        }
    }

    /// Opens a file and cuts its records from `position` on.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn open(
        format: &'f CompiledDialect,
        resource: &Resource,
        encoding: &str,
        position: RecordPosition,
        size: usize,
    ) -> io::Result<Self> {
        let mut text = TextReader::open(resource, encoding)?;
        text.skip_to(position.offset)?;
        Ok(Self::new(format, text, position, size, RECORD_LIMIT))
    }

    /// Opens a file and cuts the records of a split.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn of_split(
        format: &'f CompiledDialect,
        resource: &Resource,
        encoding: &str,
        split: &Split,
        size: usize,
    ) -> io::Result<Self> {
        let start = split.start;
        let chunks = match split.byte {
            None => Self::open(format, resource, encoding, start, size)?,
            Some(byte) => {
                let bytes = byte..u64::MAX;
                let text = TextReader::open_range(resource, encoding, bytes, start.offset)?;
                Self::new(format, text, start, size, RECORD_LIMIT)
            }
        };
        Ok(chunks.until(split.end))
    }

    /// Stops after the record that ends at `end`, an offset in the text that ends a split.
    #[must_use]
    pub fn until(mut self, end: u64) -> Self {
        self.end = end;
        self
    }

    /// Where the next chunk starts.
    pub fn position(&self) -> RecordPosition {
        self.position
    }

    /// Fills `chunk` with the next records; `false` is the end of the table.
    ///
    /// A chunk holds at least one record, or reports one that is left out. It is longer than the
    /// size only if its one record is.
    pub fn next_into(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        chunk.text.clear();
        chunk.malformed.clear();
        chunk.skipped.clear();
        let mut ended = false;
        loop {
            if self.scan.boundary > 0 && (self.pending.len() >= self.size || ended) {
                break;
            }
            if ended {
                if self.pending.is_empty() {
                    if chunk.skipped.is_empty() {
                        return Ok(false);
                    }
                    break;
                }
                // The last record has no terminator.
                self.finish_scan();
                break;
            }
            if self.scan.boundary == 0 && self.pending.len() > self.limit {
                let (long, at_end) = self.pass_record()?;
                chunk.skipped.push(long);
                ended = at_end;
                self.scan(ended);
                continue;
            }
            // A record longer than a chunk is read in steps that double, so that all steps together
            // cost no more than twice the record.
            let wanted = self.size.saturating_sub(self.pending.len());
            let wanted = if self.scan.boundary == 0 {
                // Whether a record is too long does not depend on where chunks begin.
                let to_limit = (self.limit - self.pending.len()).saturating_add(1);
                wanted.max(self.pending.len()).min(to_limit)
            } else {
                wanted
            };
            ended = self.read(wanted.max(1))?;
            self.scan(ended);
        }
        self.give(chunk);
        Ok(true)
    }

    /// Reads up to `wanted` further bytes; returns whether the text is at its end.
    fn read(&mut self, wanted: usize) -> io::Result<bool> {
        let left = self
            .end
            .saturating_sub(self.position.offset + self.pending.len() as u64);
        let wanted = wanted.min(usize::try_from(left).unwrap_or(usize::MAX));
        let ended = wanted == 0 || self.text.read(&mut self.pending, wanted)? == 0;
        self.malformed.extend(self.text.take_malformed());
        Ok(ended)
    }

    /// Passes over the record at the start of the pending text, which is too long to be read. Returns
    /// what is known of it, and whether the text is at its end.
    fn pass_record(&mut self) -> io::Result<(LongRecord, bool)> {
        let start = self.position;
        let mut passing = RecordSkipper::new(self.format, start);
        let mut ended = false;
        loop {
            let (passed, done) = passing.pass(&self.pending, ended);
            self.pending.drain(..passed);
            self.position = passing.position(start);
            if done {
                break;
            }
            ended = self.read(PASSING_READ.min(self.limit))?;
            let kept = self
                .malformed
                .partition_point(|&at| at < self.position.offset);
            self.malformed.drain(..kept);
        }
        let kept = self
            .malformed
            .partition_point(|&at| at < self.position.offset);
        self.malformed.drain(..kept);
        self.scan = PendingScan::default();
        Ok((passing.found(start, self.limit), ended))
    }

    /// Moves the complete records to `chunk`.
    fn give(&mut self, chunk: &mut Chunk) {
        let PendingScan {
            boundary,
            records,
            rows,
            lines,
            ..
        } = self.scan;
        // The chunk takes the buffer; what is left over is copied to the one it brought.
        std::mem::swap(&mut chunk.text, &mut self.pending);
        self.pending.clear();
        self.pending.extend_from_slice(&chunk.text[boundary..]);
        chunk.text.truncate(boundary);
        let start = self.position;
        let end = start.offset + boundary as u64;
        chunk.split = Split {
            start,
            byte: None,
            end,
        };
        let count = self.malformed.partition_point(|&at| at < end);
        chunk.malformed.extend(
            self.malformed
                .drain(..count)
                .filter_map(|at| usize::try_from(at - start.offset).ok()),
        );
        let characters = match self.format.line_start(&chunk.text, boundary) {
            Some(line) => count_characters(&chunk.text[line..]),
            None => start.characters + count_characters(&chunk.text),
        };
        self.position = RecordPosition {
            offset: end,
            line: start.line + lines,
            characters,
            record: start.record + records,
            row: start.row + rows,
        };
        self.scan = PendingScan {
            scanned: self.scan.scanned - boundary,
            // A quote that the end of the text left open goes with the chunk.
            quote: self.scan.quote.and_then(|at| at.checked_sub(boundary)),
            lines_after: 0,
            lines: self.scan.lines_after,
            ..PendingScan::default()
        };
        // Lines after the boundary belong to the record that is still open.
        self.scan.lines_after = std::mem::take(&mut self.scan.lines);
    }

    /// Looks at what has been read since the last look.
    fn scan(&mut self, ended: bool) {
        match self.format.parity() {
            Some((quote, end)) => self.scan_parity(quote, end),
            None => self.scan_records(ended),
        }
    }

    /// Finds the record ends by counting quotes: outside of quotes a line break ends a record,
    /// because an escaped quote is two quotes.
    fn scan_parity(&mut self, quote: Option<u8>, end: u8) {
        let from = self.scan.scanned;
        let fresh = &self.pending[from..];
        self.scan.scanned = self.pending.len();
        let Some(quote) = quote.filter(|&quote| memchr::memchr(quote, fresh).is_some()) else {
            let breaks = memchr::memchr_iter(end, fresh).count() as u64;
            if self.scan.quote.is_some() {
                self.scan.lines_after += breaks;
            } else if let Some(last) = memchr::memrchr(end, fresh) {
                self.scan.records += breaks;
                self.scan.rows += breaks;
                self.scan.lines += self.scan.lines_after + breaks;
                self.scan.lines_after = 0;
                self.scan.boundary = from + last + 1;
            }
            return;
        };
        for at in memchr::memchr2_iter(quote, end, fresh) {
            if fresh[at] == quote {
                self.scan.quote = match self.scan.quote {
                    None => Some(from + at),
                    Some(_) => None,
                };
            } else {
                self.scan.lines_after += 1;
                if self.scan.quote.is_none() {
                    self.scan.records += 1;
                    self.scan.rows += 1;
                    self.scan.lines += std::mem::take(&mut self.scan.lines_after);
                    self.scan.boundary = from + at + 1;
                }
            }
        }
    }

    /// Finds the record ends by reading the records.
    fn scan_records(&mut self, ended: bool) {
        let text = &self.pending;
        let mut record = Record::default();
        let mut at = self.scan.boundary;
        self.scan.quote = None;
        self.scan.lines_after = 0;
        while at < text.len() {
            let (next, row) = self.format.skip(text, at, &mut record);
            // At the end of what has been read the record, or its terminator, may go on.
            if next == text.len() && !(ended && record.terminated) {
                self.scan.quote = record
                    .flaws
                    .iter()
                    .find(|(flaw, _)| *flaw == super::Flaw::Unclosed)
                    .map(|&(_, at)| at);
                self.scan.lines_after = record.lines;
                self.scan.no_row = !row;
                break;
            }
            self.scan.records += 1;
            self.scan.rows += u64::from(row);
            self.scan.lines += record.lines;
            self.scan.boundary = next;
            at = next;
        }
        self.scan.scanned = text.len();
    }

    /// Takes the rest of the text as the last record.
    fn finish_scan(&mut self) {
        self.scan.records += 1;
        self.scan.rows += u64::from(!self.scan.no_row);
        self.scan.lines += self.scan.lines_after;
        self.scan.boundary = self.pending.len();
    }
}

impl Chunk {
    /// The records of the text; `text` is the chunk's, as valid UTF-8.
    pub fn records<'t>(&self, format: &'t CompiledDialect, text: &'t str) -> Records<'t> {
        Records::new(format, text.as_bytes(), self.split.start)
    }
}

impl CompiledDialect {
    /// Reads the record, comment or blank row at `start`; returns where the next one starts, and
    /// whether this one is a row of the table.
    pub fn skip(&self, text: &[u8], start: usize, record: &mut Record) -> (usize, bool) {
        if self.is_comment(text, start) {
            let (end, next) = self.line(text, start);
            record.cells.clear();
            record.flaws.clear();
            record.start = start;
            record.end = end;
            record.lines = self.count_lines(&text[start..next]);
            record.terminated = next > end;
            return (next, false);
        }
        let next = self.record(text, start, record);
        let row = !(self.skip_blank && self.is_blank(text, record));
        (next, row)
    }
}

/// How many characters start in `text`, valid UTF-8 or not.
pub(super) fn count_characters(text: &[u8]) -> u64 {
    text.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u64
}

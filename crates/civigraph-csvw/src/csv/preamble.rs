//! What is before the data: skipped rows, comments and the header.

use super::chunks::count_characters;
use super::oversized::{LongRecord, RecordSkipper};
use super::record::invalid_utf8;
use super::{CompiledDialect, Dialect, Flaw, RECORD_LIMIT, Record, RecordPosition, TextReader};
use crate::diagnostic::{CellPlace, Code, Diagnostic, Place};
use crate::resource::{Resource, file};
use std::ops::Range;

/// Bytes that are read at first.
const FIRST_READ: usize = 16 << 10;
/// Bytes of a header that is too long in which its first line is looked for.
const FIRST_LINE: usize = 1 << 20;

/// What is before the data rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preamble {
    /// The cells of each header row, those of skipped columns left out.
    pub header: Vec<Vec<HeaderCell>>,
    /// Comments and the content of skipped rows (Tabular Data Model §8), in order.
    pub comments: Vec<String>,
    /// Columns of the file: cells of the longest header row, or of the first data row where there is
    /// no header; 0 in an empty file.
    pub column_count: usize,
    /// Where the data rows start.
    pub data: RecordPosition,
    /// What is wrong with the text before the data rows.
    pub problems: Vec<Diagnostic>,
}

/// A cell of a header row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderCell {
    /// Its content, trimmed as the dialect says.
    pub text: String,
    /// Physical line from 1.
    pub line: u64,
    /// Character in that line from 1.
    pub column: u64,
}

/// Reads what is before the data rows of a table, and no more of the file than that takes.
///
/// # Errors
/// A diagnostic where the file cannot be read, its encoding is not known, or a record before the
/// data is longer than [`RECORD_LIMIT`].
pub fn preamble(resource: &Resource, dialect: &Dialect) -> Result<Preamble, Diagnostic> {
    let unreadable = |error: std::io::Error| {
        let code = match error.kind() {
            std::io::ErrorKind::InvalidInput => Code::Encoding,
            _ => Code::Unreadable,
        };
        Diagnostic::new(
            code,
            Place::file(std::sync::Arc::clone(&resource.name)),
            file::could_not_read("the table", file::reason(&error)),
        )
    };
    let format = CompiledDialect::new(dialect);
    let mut text = TextReader::open(resource, &dialect.encoding).map_err(unreadable)?;
    let mut head = Vec::new();
    let mut malformed = Vec::new();
    loop {
        let wanted = head.len().max(FIRST_READ);
        let ended = text.read(&mut head, wanted).map_err(unreadable)? == 0;
        let found = text.take_malformed();
        malformed.extend(found.into_iter().filter_map(|at| usize::try_from(at).ok()));
        let reader = PreambleReader {
            format: &format,
            dialect,
            resource,
            malformed: &malformed,
            ended,
        };
        match reader.read(&head) {
            Ok(preamble) => return Ok(preamble),
            Err(_) if head.len() <= RECORD_LIMIT => {}
            Err(short) => {
                let at = short.at.min(head.len());
                let (passing, rest_of_file) = reader
                    .pass(&mut text, &head[at..], short.start)
                    .map_err(unreadable)?;
                let long = passing.found(short.start, RECORD_LIMIT);
                return match short.counting {
                    // The first row is left out, but its cells can be counted.
                    Some(preamble) => Ok(Preamble {
                        column_count: passing.cells().saturating_sub(format.skip_columns()),
                        ..preamble
                    }),
                    None if rest_of_file
                        && let Some(preamble) = reader.one_line(&head, at, &long, &passing) =>
                    {
                        Ok(preamble)
                    }
                    None => Err(reader.too_long(&head, &long)),
                };
            }
        }
    }
}

/// The delimiter that a line `sep=;` states, which spreadsheets take as a note and CSV as a header.
pub fn stated_delimiter(line: &[u8]) -> Option<char> {
    let line = std::str::from_utf8(line).ok()?;
    let line = line
        .strip_prefix('\u{FEFF}')
        .unwrap_or(line)
        .trim_matches('"');
    let note = line
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("sep="));
    let mut stated = note.and(line.get(4..))?.chars();
    stated.next().filter(|_| stated.next().is_none())
}

fn states_delimiter(stated: char, place: Place) -> Diagnostic {
    let message = "this line is a note for spreadsheets, and read as the header";
    Diagnostic::new(Code::StatedDelimiter, place, message)
        .with_found(format!("sep={stated}"))
        .with_hint(format!(
            r#"skip it: declare `"dialect": {{"delimiter": {:?}, "skipRows": 1}}`"#,
            stated.to_string()
        ))
}

/// The text so far does not hold all that is wanted.
struct IncompletePreamble {
    /// Where the record starts that goes on.
    at: usize,
    start: RecordPosition,
    /// Only the first row is wanted, for its number of cells.
    counting: Option<Preamble>,
}

struct PreambleReader<'a> {
    format: &'a CompiledDialect,
    dialect: &'a Dialect,
    resource: &'a Resource,
    /// Offsets of what stands for malformed bytes of other encodings than UTF-8, in order.
    malformed: &'a [usize],
    /// The text read so far is all there is.
    ended: bool,
}

impl PreambleReader<'_> {
    /// Reads the preamble from the text so far.
    fn read(&self, text: &[u8]) -> Result<Preamble, Box<IncompletePreamble>> {
        let format = self.format;
        let mut preamble = Preamble {
            header: Vec::new(),
            comments: Vec::new(),
            column_count: 0,
            data: RecordPosition::START,
            problems: Vec::new(),
        };
        let mut record = Record::default();
        let mut at = 0;
        let mut places = PlaceFinder::new(format, text);
        let mut skipped = 0;
        // Tabular Data Model §8: comments among the header rows count as header rows.
        let mut headers = 0;
        while skipped < self.dialect.skip_rows || headers < self.dialect.header_row_count {
            if at >= text.len() && self.ended {
                break;
            }
            let comment = format.is_comment(text, at);
            let (next, _) = format.skip(text, at, &mut record);
            let (line, characters) = places.find(at);
            if next == text.len() && !self.ended {
                let start = RecordPosition {
                    offset: at as u64,
                    line,
                    characters,
                    ..preamble.data
                };
                let counting = None;
                return Err(Box::new(IncompletePreamble {
                    at,
                    start,
                    counting,
                }));
            }
            if comment || skipped < self.dialect.skip_rows {
                let content = String::from_utf8_lossy(&text[at..record.end]);
                let prefix = self.dialect.comment_prefix.as_deref().unwrap_or_default();
                let content = if comment {
                    content.strip_prefix(prefix).unwrap_or(&content)
                } else {
                    &content
                };
                if comment || !content.is_empty() {
                    preamble.comments.push(content.to_owned());
                }
            } else {
                let header = self.cells(text, &record, places);
                self.flaws(&record, places, &mut preamble.problems);
                if at == 0
                    && let Some(stated) = stated_delimiter(&text[..record.end])
                {
                    let place = self.place(&mut { places }, 0);
                    preamble.problems.push(states_delimiter(stated, place));
                }
                let number = preamble.data.record;
                self.nul(text, &record, &header, number, &mut preamble.problems);
                preamble.header.push(header);
                // A quote that never closes swallows lines, however they end; that is said already.
                let unclosed = (record.flaws.iter()).any(|&(flaw, _)| flaw == Flaw::Unclosed);
                if self.ended
                    && !record.terminated
                    && !unclosed
                    && let Some(at) = self.carriage_return(text, &record)
                {
                    preamble.problems.push(self.carriage_returns(at, places));
                }
            }
            self.encoding(text, at..next, &record, places, &mut preamble.problems);
            if skipped < self.dialect.skip_rows {
                skipped += 1;
            } else {
                headers += 1;
            }
            preamble.data.record += 1;
            at = next;
        }
        preamble.data.offset = at as u64;
        (preamble.data.line, preamble.data.characters) = places.find(at);
        let count = match preamble.header.iter().map(Vec::len).max() {
            Some(count) => Ok(count),
            None => self.first_row(text, at),
        };
        match count {
            Ok(count) => preamble.column_count = count,
            Err(at) => {
                let start = preamble.data;
                let counting = Some(preamble);
                return Err(Box::new(IncompletePreamble {
                    at,
                    start,
                    counting,
                }));
            }
        }
        Ok(preamble)
    }

    /// How many cells the first data row has, or where the record starts of which more is needed.
    fn first_row(&self, text: &[u8], mut at: usize) -> Result<usize, usize> {
        let mut record = Record::default();
        while at < text.len() {
            let (next, row) = self.format.skip(text, at, &mut record);
            if next == text.len() && !self.ended {
                return Err(at);
            }
            if row {
                return Ok(record.cells.len());
            }
            at = next;
        }
        if self.ended { Ok(0) } else { Err(at) }
    }

    /// Passes over a record that is too long, of which `head` has been read; returns what is known of
    /// it, and whether it is the rest of the file.
    fn pass(
        &self,
        text: &mut TextReader,
        head: &[u8],
        start: RecordPosition,
    ) -> std::io::Result<(RecordSkipper<'_>, bool)> {
        let mut passing = RecordSkipper::new(self.format, start);
        let (passed, mut done) = passing.pass(head, false);
        let mut rest = head.get(passed..).unwrap_or_default().to_vec();
        let mut ended = false;
        while !done {
            ended = text.read(&mut rest, FIRST_READ)? == 0;
            let passed;
            (passed, done) = passing.pass(&rest, ended);
            rest.drain(..passed);
            text.take_malformed();
        }
        Ok((passing, ended && rest.is_empty()))
    }

    /// What is before the data where the header at `at` is all of the file, and too long, because
    /// its lines end with carriage returns: the titles of its first line, and no data.
    fn one_line(
        &self,
        head: &[u8],
        at: usize,
        long: &LongRecord,
        passing: &RecordSkipper<'_>,
    ) -> Option<Preamble> {
        if long.cell.is_none() || long.open_quote.is_some() {
            return None;
        }
        // The first line is enough, and all cells would take much memory.
        let head = &head[..head.len().min(at + FIRST_LINE)];
        let mut record = Record::default();
        self.format.record(head, at, &mut record);
        let end = self.carriage_return(head, &record)?;
        let line = &head[..end];
        self.format.record(line, at, &mut record);
        let places = PlaceFinder::new(self.format, head);
        let header = self.cells(line, &record, places);
        Some(Preamble {
            column_count: header.len(),
            header: vec![header],
            comments: Vec::new(),
            data: RecordPosition {
                row: long.start.row,
                ..passing.position(long.start)
            },
            problems: vec![self.carriage_returns(end, places)],
        })
    }

    /// That a record before the data is too long, at its longest cell.
    fn too_long(&self, head: &[u8], long: &LongRecord) -> Diagnostic {
        let file = std::sync::Arc::clone(&self.resource.name);
        let expected = format!("a record of at most {} MiB", long.limit >> 20);
        let Some(cell) = long.cell else {
            let place = Place::at(file, long.start.line, long.start.characters + 1);
            let message = "the comment is longer than can be read, so the file is not read";
            return Diagnostic::new(Code::RecordTooLong, place, message).with_expected(expected);
        };
        let mut place = Place::at(file, cell.start.line, cell.start.column);
        // The start of the title is all the name there is.
        let title = usize::try_from(cell.offset)
            .ok()
            .and_then(|offset| head.get(offset..))
            .unwrap_or_default();
        let title = String::from_utf8_lossy(&title[..title.len().min(100)]);
        let title: String = title.chars().take(20).collect();
        place.cell = Some(CellPlace {
            column_name: format!("{title}…").into(),
            column_index: u32::try_from(cell.index).unwrap_or(u32::MAX),
            record: long.start.record,
        });
        let message = if cell.bytes > long.limit as u64 {
            format!(
                "the title is {} bytes long, more than can be read, so the file is not read",
                cell.bytes
            )
        } else {
            format!(
                "the header is longer than can be read, its longest title, here, is {} bytes long, so the \
                 file is not read",
                cell.bytes
            )
        };
        Diagnostic::new(Code::RecordTooLong, place, message)
            .with_expected(expected)
            .with_optional_hint(long.open_quote.map(|quote| {
                format!(
                    "the quote at line {}, character {} is never closed",
                    quote.line, quote.column
                )
            }))
    }

    /// The cells of a header row.
    fn cells(&self, text: &[u8], record: &Record, mut places: PlaceFinder<'_>) -> Vec<HeaderCell> {
        let mut buffer = String::new();
        record
            .cells
            .iter()
            .map(|cell| {
                let (line, characters) = places.find(cell.raw_start);
                // A header row of invalid UTF-8 is diagnosed; its cells are still needed.
                let bytes = cell.bytes(text);
                let content = String::from_utf8_lossy(bytes);
                HeaderCell {
                    text: cell.rewrite(self.format, &content, &mut buffer).to_owned(),
                    line,
                    column: characters + 1,
                }
            })
            .collect()
    }

    fn flaws(&self, record: &Record, mut places: PlaceFinder<'_>, problems: &mut Vec<Diagnostic>) {
        for &(flaw, at) in &record.flaws {
            let place = self.place(&mut places, at);
            problems.push(Diagnostic::new(Code::Quoting, place, flaw.message()));
        }
    }

    /// NUL bytes of a header row, of each cell the first one.
    fn nul(
        &self,
        text: &[u8],
        record: &Record,
        header: &[HeaderCell],
        number: u64,
        problems: &mut Vec<Diagnostic>,
    ) {
        let mut places = PlaceFinder::new(self.format, text);
        let mut reported = None;
        for at in memchr::memchr_iter(0, &text[record.start..record.end]) {
            let at = record.start + at;
            let cell = record.cells.partition_point(|cell| cell.raw_start <= at);
            if reported.replace(cell) == Some(cell) {
                continue;
            }
            let mut place = self.place(&mut places, at);
            // One in a skipped column is in no cell of the table.
            place.cell = cell.checked_sub(1).and_then(|index| {
                let column = index.saturating_add(self.format.skip_columns());
                Some(CellPlace {
                    column_name: header.get(index)?.text.as_str().into(),
                    column_index: u32::try_from(column).unwrap_or(u32::MAX),
                    record: number,
                })
            });
            problems.push(Diagnostic::new(
                Code::Nul,
                place,
                "the title holds a NUL byte",
            ));
        }
    }

    /// Where a carriage return is in a record that ends no line, unless it can be meant.
    fn carriage_return(&self, text: &[u8], record: &Record) -> Option<usize> {
        if self.dialect.line_terminators != Dialect::default().line_terminators {
            return None;
        }
        let quote = self.dialect.quote_char.as_deref().unwrap_or_default();
        let ends = record.cells.iter().skip(1).map(|cell| cell.raw_start);
        record
            .cells
            .iter()
            .zip(ends.chain([record.end]))
            .filter_map(|(cell, end)| Some((cell.raw_start, text.get(cell.raw_start..end)?)))
            // In quotes it can be meant.
            .filter(|(_, cell)| quote.is_empty() || !cell.starts_with(quote.as_bytes()))
            .find_map(|(start, cell)| {
                memchr::memchr_iter(b'\r', cell)
                    .map(|at| start + at)
                    // Before a line feed it is part of a line end that is in quotes.
                    .find(|&at| text.get(at + 1) != Some(&b'\n'))
            })
    }

    /// That the header is all of the file, because its lines end with carriage returns as at `at`.
    fn carriage_returns(&self, at: usize, mut places: PlaceFinder<'_>) -> Diagnostic {
        Diagnostic::new(
            Code::LineTerminators,
            self.place(&mut places, at),
            "a carriage return ends no line here, so all of the file is its header",
        )
        .with_found("\r")
        .with_expected("a line feed")
        .with_hint(r#"declare `"dialect": {"lineTerminators": ["\r"]}`"#)
    }

    /// Malformed bytes of a record, of each cell the first ones: a word in another encoding is one mistake,
    /// not one for each letter.
    fn encoding(
        &self,
        text: &[u8],
        range: Range<usize>,
        record: &Record,
        mut places: PlaceFinder<'_>,
        problems: &mut Vec<Diagnostic>,
    ) {
        let Range { start, end } = range;
        let first = self.malformed.partition_point(|&at| at < start);
        let decoded = self.malformed[first..].iter().copied();
        let undecoded = invalid_utf8(&text[start..end]).map(|at| start + at);
        let mut reported = None;
        for at in decoded.take_while(|&at| at < end).chain(undecoded) {
            let cell = record.cells.partition_point(|cell| cell.raw_start <= at);
            if reported.replace(cell) != Some(cell) {
                problems.push(Diagnostic::new(
                    Code::Encoding,
                    self.place(&mut places, at),
                    format!("bytes that are not valid {}", self.dialect.encoding),
                ));
            }
        }
    }

    fn place(&self, places: &mut PlaceFinder<'_>, at: usize) -> Place {
        let (line, characters) = places.find(at);
        Place::at(
            std::sync::Arc::clone(&self.resource.name),
            line,
            characters + 1,
        )
    }
}

/// Finds places in a text, one after another: each from where the last one was.
#[derive(Clone, Copy)]
struct PlaceFinder<'a> {
    format: &'a CompiledDialect,
    text: &'a [u8],
    at: usize,
    line: u64,
    characters: u64,
}

impl<'a> PlaceFinder<'a> {
    fn new(format: &'a CompiledDialect, text: &'a [u8]) -> Self {
        Self {
            format,
            text,
            at: 0,
            line: 1,
            characters: 0,
        }
    }

    /// The line of an offset, and the characters before it in that line.
    fn find(&mut self, at: usize) -> (u64, u64) {
        if at < self.at {
            *self = Self::new(self.format, self.text);
        }
        let between = self.text.get(self.at..at).unwrap_or_default();
        self.line += self.format.count_lines(between);
        match self.format.line_start(between, between.len()) {
            Some(start) => self.characters = count_characters(&between[start..]),
            None => self.characters += count_characters(between),
        }
        self.at = at;
        (self.line, self.characters)
    }
}

impl Flaw {
    /// What is wrong, for a diagnostic.
    pub fn message(self) -> &'static str {
        match self {
            Self::Unclosed => "this quote is never closed",
            Self::TextAfterQuote => "text follows a closing quote",
            Self::SpaceAfterQuote => "a space follows a closing quote",
            Self::QuoteInCell => "a quote in the middle of a cell that is not quoted",
        }
    }
}

#[cfg(test)]
mod tests;

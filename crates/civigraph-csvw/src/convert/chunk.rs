//! The rows of one chunk as values, and from there to quads.

use super::keys::KeyCollector;
use super::prepared::PreparedTable;
use super::problems::{FoundProblems, ProblemContext, Problems, RowPlace};
use super::quads::QuadEmitter;
use super::row::ConvertedRow;
use super::sink::{CountingSink, QuadSink};
use super::terms::language_tag;
use super::value::{CellBuffers, CellError, CellValue, RowValues};
use crate::characters;
use crate::csv::{Chunk, Flaw, Record, Records};
use crate::datatype::Base;
use crate::diagnostic::{Code, Diagnostic, counted};
use crate::keys::KeyChecker;
use std::borrow::Cow;
use std::io;

/// What came of a chunk besides its quads.
pub struct ChunkReport {
    pub rows: u64,
    pub quads: u64,
    pub problems: FoundProblems,
    /// Records were left out, and with them their keys.
    pub incomplete: bool,
    /// Whether the keys could be handed over.
    pub keys: io::Result<()>,
    /// The sink needed no further quads: rows were left out.
    pub stopped: bool,
}

/// Converts chunks of one table, one after another. One for each thread.
pub struct ChunkConverter<'c> {
    prepared: &'c PreparedTable<'c>,
    context: &'c ProblemContext,
    emitter: QuadEmitter<'c>,
    record: Record,
    buffers: Vec<CellBuffers>,
    values: RowValues<'static>,
    keys: Option<KeyCollector<'c>>,
    /// The chunk has byte order marks, which belong at the start of a file alone.
    marked: bool,
}

/// A byte order mark in UTF-8.
const MARK: char = '\u{feff}';

impl<'c> ChunkConverter<'c> {
    pub fn new(prepared: &'c PreparedTable<'c>, context: &'c ProblemContext) -> Self {
        Self {
            prepared,
            context,
            emitter: QuadEmitter::new(prepared),
            record: Record::default(),
            buffers: prepared
                .plan
                .columns
                .iter()
                .map(|_| CellBuffers::default())
                .collect(),
            values: RowValues::default(),
            keys: None,
            marked: false,
        }
    }

    /// Collects the keys of the rows as well.
    #[must_use]
    pub fn with_keys(mut self, checker: Option<&'c KeyChecker>) -> Self {
        self.keys =
            checker.and_then(|checker| KeyCollector::new(checker, self.prepared.id.index()));
        self
    }

    /// Converts the rows of a chunk; with `only` just the one that has this number.
    pub fn convert(
        &mut self,
        chunk: &Chunk,
        only: Option<u64>,
        sink: &mut dyn QuadSink,
    ) -> ChunkReport {
        let prepared = self.prepared;
        let format = &prepared.format;
        let mut problems = Problems::new(self.context, format);
        if only.is_none() {
            chunk
                .skipped
                .iter()
                .for_each(|long| problems.too_long(long));
        }
        let bytes = chunk.text.as_slice();
        // Valid text is found out faster than invalid text is repaired.
        let text: Cow<'_, str> = match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(bytes),
        };
        let mut faults = Faults::new(chunk, &text);
        let text: &str = &text;
        let bytes = text.as_bytes();
        self.marked = self.context.validates()
            && memchr::memmem::find(bytes, MARK.encode_utf8(&mut [0; 4]).as_bytes()).is_some();

        let start = chunk.split.start;
        let mut rows = 0;
        let mut stopped = false;
        let mut sink = CountingSink::new(sink);
        let memory = std::mem::take(&mut self.record);
        let mut records = Records::reusing(memory, format, bytes, start);
        while let Some(place) = records.advance() {
            if sink.is_done() {
                stopped = true;
                break;
            }
            let record = records.record();
            let at = RowPlace {
                text,
                characters: start.characters,
                place,
            };
            if faults.until(place.end) || !record.flaws.is_empty() {
                faults.report(record, place.end, at, &mut problems);
            }
            if place.is_row {
                if only.is_none_or(|only| only == place.row) {
                    self.row(record, at, &mut problems, &mut sink);
                    rows += 1;
                }
            } else if only.is_none()
                && let Some(comment) = self.comment(text, record)
            {
                self.emitter.comment(comment, place.line, &mut sink);
            }
        }
        self.record = records.into_record();
        ChunkReport {
            rows,
            quads: sink.quads(),
            problems: problems.finish(),
            incomplete: stopped || !chunk.skipped.is_empty(),
            stopped,
            keys: self.keys.as_mut().map_or(Ok(()), KeyCollector::finish),
        }
    }

    /// The comment that a record is.
    fn comment<'t>(&self, text: &'t str, record: &Record) -> Option<&'t str> {
        let prefix = self.prepared.plan.dialect.comment_prefix.as_deref()?;
        let comment = text.get(record.start..record.end)?.strip_prefix(prefix)?;
        Some(comment.trim()).filter(|comment| !comment.is_empty())
    }

    fn row(
        &mut self,
        record: &Record,
        at: RowPlace<'_>,
        problems: &mut Problems<'_>,
        sink: &mut CountingSink<'_>,
    ) {
        let number = at.place.row;
        let prepared = self.prepared;
        let plan = prepared.plan;
        let cells = &record.cells;
        // A quote that never closes swallows cells; one report of it is enough.
        let unclosed = record.flaws.iter().any(|(flaw, _)| *flaw == Flaw::Unclosed);
        let as_announced = [prepared.file_columns, prepared.header_columns].contains(&cells.len());
        if !as_announced && !unclosed {
            let (found, expected) = (cells.len(), prepared.file_columns);
            // The first cell that is missing, or that has no column.
            let offset = cells
                .get(expected)
                .map_or(record.end, |cell| cell.raw_start);
            let column = Some(found.min(expected));
            problems.push(at, column, Code::Ragged, offset, |place| {
                let which = if found < expected { "fewer" } else { "more" };
                let message = format!("the row has {which} cells than the table has columns");
                let blank = record.end == record.start;
                let hint = if blank {
                    Some("delete the blank line, or declare `\"dialect\": {\"skipBlankRows\": true}`")
                } else if expected == 1 {
                    Some(
                        "if the first line is a title, skip it: `\"dialect\": {\"skipRows\": 1}`; if it is the \
                         header, name its `delimiter`",
                    )
                } else {
                    None
                };
                Diagnostic::new(Code::Ragged, place, message)
                    .with_found(counted(found as u64, "cell"))
                    .with_expected(counted(expected as u64, "cell"))
                    .with_optional_hint(hint.map(str::to_owned))
            });
        }

        let mut row_values = std::mem::take(&mut self.values).recycle();
        // Values borrow from the buffers while the rest of the converter works.
        let mut buffers = std::mem::take(&mut self.buffers);
        for (column, (parser, buffers)) in prepared.parsers.iter().zip(&mut buffers).enumerate() {
            let cell = (column < prepared.file_columns)
                .then(|| cells.get(column))
                .flatten();
            parser.parse(
                cell,
                &prepared.format,
                at.text,
                buffers,
                &mut row_values,
                |error, found| {
                    // A row that is too short has been reported.
                    if matches!(error, CellError::Required) && column >= cells.len() {
                        return;
                    }
                    if plan.columns.get(column).is_some_and(|column| column.misfit) {
                        return;
                    }
                    let offset = cell.map_or(record.end, |cell| cell.raw_start);
                    let code = match &error {
                        CellError::Required => Code::Required,
                        CellError::Blank => Code::Blank,
                        CellError::Invalid(problem) => problem.code,
                        CellError::NotComputable => Code::NotComputable,
                    };
                    problems.push(at, Some(column), code, offset, |place| match error {
                        CellError::Required => {
                            Diagnostic::new(code, place, "a required cell is empty")
                        }
                        CellError::Blank => {
                            let message = "a required cell holds only white space";
                            Diagnostic::new(code, place, message).with_found(found)
                        }
                        CellError::Invalid(problem) => {
                            let mismatch = || mismatch(code).to_owned();
                            let message = problem.message.unwrap_or_else(mismatch);
                            Diagnostic::new(code, place, message)
                                .with_found(found)
                                .with_expected(problem.expected)
                                .with_optional_hint(problem.hint)
                        }
                        CellError::NotComputable => {
                            let message =
                                "most programs cannot compare this value, nor compute with it";
                            let base = plan.columns.get(column).map(|column| column.datatype.base);
                            Diagnostic::new(code, place, message)
                                .with_found(found)
                                .with_expected(base.map_or("", Base::computable))
                        }
                    });
                },
            );
        }

        for &column in &prepared.languages {
            let value = row_values.values.get(column).copied();
            let found = match value {
                Some(CellValue::Single(tag)) if tag.valid && language_tag(tag.text).is_none() => {
                    tag.text
                }
                Some(CellValue::List(list)) => match list.iter().next() {
                    Some(_) => row_values.strings.get(column).copied().unwrap_or_default(),
                    None => continue,
                },
                _ => continue,
            };
            let offset = cells.get(column).map_or(record.end, |cell| cell.raw_start);
            problems.push(at, Some(column), Code::LanguageTag, offset, |place| {
                let message = "the cell is not a language tag: what it describes has no language";
                let hint = found
                    .contains('_')
                    .then(|| format!("parts are separated by `-`: `{}`", found.replace('_', "-")));
                Diagnostic::new(Code::LanguageTag, place, message)
                    .with_found(found)
                    .with_expected("a language tag (BCP 47), such as `en` or `pt-BR`")
                    .with_optional_hint(hint)
            });
        }

        if self.context.validates() {
            for &column in &prepared.naming {
                let Some(value) = row_values.values.get(column) else {
                    continue;
                };
                let found = value
                    .items()
                    .find_map(|item| Some((item.text, characters::problem(item.text)?)));
                let Some((text, problem)) = found else {
                    continue;
                };
                let offset = cells.get(column).map_or(record.end, |cell| cell.raw_start);
                problems.push(at, Some(column), Code::Unseen, offset, |place| {
                    let message = format!("the cell names something, and has {problem}");
                    Diagnostic::new(Code::Unseen, place, message).with_found(text)
                });
            }
            self.repeated_header(&row_values, record, at, problems);
            if self.marked {
                self.marks(&row_values, record, at, problems);
            }
        }

        if let Some(keys) = &mut self.keys {
            let missing = cells.len()..prepared.file_columns;
            keys.row(plan, &row_values.values, &missing, number);
        }
        let row = ConvertedRow {
            number,
            values: &row_values.values,
            strings: &row_values.strings,
            record,
            at,
        };
        self.emitter.row(&row, problems, sink);
        self.values = row_values.recycle();
        self.buffers = buffers;
    }
}

impl ChunkConverter<'_> {
    /// Reports a row that is the header once more.
    fn repeated_header(
        &self,
        row: &RowValues<'_>,
        record: &Record,
        at: RowPlace<'_>,
        problems: &mut Problems<'_>,
    ) {
        let titles = &self.prepared.titles;
        let is_header = !titles.is_empty()
            && record.cells.len() == titles.len()
            && row.strings.iter().zip(titles).all(|(cell, title)| {
                cell.trim_start_matches(MARK) == title.trim_start_matches(MARK)
            });
        if is_header {
            let offset = record
                .cells
                .first()
                .map_or(record.start, |cell| cell.raw_start);
            problems.push(at, None, Code::RepeatedHeader, offset, |place| {
                let message = "the row repeats the header: were files joined here?";
                Diagnostic::new(Code::RepeatedHeader, place, message)
            });
        }
    }

    /// Reports byte order marks in cells that name nothing: those of others are reported already.
    fn marks(
        &self,
        row: &RowValues<'_>,
        record: &Record,
        at: RowPlace<'_>,
        problems: &mut Problems<'_>,
    ) {
        let prepared = self.prepared;
        for (column, text) in row.strings.iter().enumerate() {
            let misfit = prepared
                .plan
                .columns
                .get(column)
                .is_some_and(|it| it.misfit);
            if misfit || prepared.naming.contains(&column) || !text.contains(MARK) {
                continue;
            }
            let offset = record
                .cells
                .get(column)
                .map_or(record.end, |cell| cell.raw_start);
            problems.push(at, Some(column), Code::Unseen, offset, |place| {
                let message = "the cell has a byte order mark (U+FEFF), as files start with: were files joined here?";
                Diagnostic::new(Code::Unseen, place, message).with_found(*text)
            });
        }
    }
}

/// How a cell and its datatype do not go together.
fn mismatch(code: Code) -> &'static str {
    match code {
        Code::Format => "the cell is not written in the format of its column",
        Code::Length => "the cell has the wrong length",
        Code::Range => "the cell lies outside the bounds of its column",
        Code::Unchecked => {
            "matching the regular expression of the column would take too many steps on this cell"
        }
        _ => "the cell is not a value of its datatype",
    }
}

/// Bytes of a chunk that are no text.
struct Faults {
    /// Offsets in the text, in order.
    faults: Vec<(usize, Code)>,
    next: usize,
}

impl Faults {
    fn new(chunk: &Chunk, text: &str) -> Self {
        let mut faults: Vec<(usize, Code)> = memchr::memchr_iter(0, text.as_bytes())
            .map(|at| (at, Code::Nul))
            .collect();
        faults.extend(chunk.malformed.iter().map(|&at| (at, Code::Encoding)));
        if text.len() != chunk.text.len() || text.as_bytes() != chunk.text.as_slice() {
            let mut at = 0;
            for piece in chunk.text.utf8_chunks() {
                at += piece.valid().len();
                if !piece.invalid().is_empty() {
                    faults.push((at, Code::Encoding));
                    at += char::REPLACEMENT_CHARACTER.len_utf8();
                }
            }
        }
        faults.sort_unstable();
        Self { faults, next: 0 }
    }

    /// Whether there is one before `end` that was not reported.
    #[inline]
    fn until(&self, end: usize) -> bool {
        self.faults.get(self.next).is_some_and(|&(at, _)| at < end)
    }

    /// Reports those before `end`, and the flaws of the record there.
    #[cold]
    fn report(
        &mut self,
        record: &Record,
        end: usize,
        at: RowPlace<'_>,
        problems: &mut Problems<'_>,
    ) {
        let column = |offset: usize| {
            record
                .cells
                .partition_point(|cell| cell.raw_start <= offset)
                .checked_sub(1)
        };
        for &(flaw, offset) in &record.flaws {
            problems.push(at, column(offset), Code::Quoting, offset, |place| {
                let problem = Diagnostic::new(Code::Quoting, place, flaw.message());
                let start = column(offset).and_then(|cell| record.cells.get(cell));
                let before = start.and_then(|cell| at.text.get(cell.raw_start..offset));
                let spaced = before.is_some_and(|text| !text.is_empty() && text.trim().is_empty());
                match flaw {
                    Flaw::Unclosed => problem,
                    Flaw::SpaceAfterQuote => problem.with_hint("delete the space after the quote"),
                    Flaw::QuoteInCell if spaced => problem.with_hint(
                        "delete the space before the quote, or declare `\"dialect\": {\"skipInitialSpace\": true}`",
                    ),
                    Flaw::TextAfterQuote | Flaw::QuoteInCell => {
                        problem.with_hint("double a quote that is part of a quoted cell")
                    }
                }
            });
        }
        let mut reported = None;
        while let Some(&(offset, code)) = self.faults.get(self.next)
            && offset < end
        {
            self.next += 1;
            // A word in another encoding is one mistake, not one for each letter.
            let column = column(offset);
            if reported.replace((column, code)) == Some((column, code)) {
                continue;
            }
            problems.push(at, column, code, offset, |place| match code {
                Code::Nul => Diagnostic::new(code, place, "the cell holds a NUL byte"),
                _ => Diagnostic::new(
                    code,
                    place,
                    "the bytes from here are not in the declared encoding",
                )
                .with_hint("save the file as UTF-8, or declare `\"dialect\": {\"encoding\": …}`"),
            });
        }
    }
}

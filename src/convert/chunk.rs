//! The rows of one chunk to quads. All the work of a conversion happens here.

use super::expand::{Expander, Variables};
use super::keys::KeyCollector;
use super::problems::{At, Context, Found, Problems};
use super::sink::{Origin, QuadSink};
use super::value::{CellBuffers, CellError, CellParser, Item, Value};
use crate::csv::{Chunk, Flaw, Format, Record};
use crate::diagnostic::{Code, Diagnostic};
use crate::keys::KeyChecker;
use crate::plan::{Language, Object, RowPlan, Rule, TablePlan, Test, When};
use oxrdf::vocab::{rdf, rdfs, xsd};
use oxrdf::{
    BlankNodeRef, GraphNameRef, LiteralRef, NamedNodeRef, NamedOrBlankNodeRef, QuadRef, TermRef,
};
use std::borrow::Cow;
use std::fmt::Write;
use std::io;

const CSVW_ROW_CLASS: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/ns/csvw#Row");
const CSVW_ROW: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/csvw#row");
const CSVW_ROWNUM: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/ns/csvw#rownum");
const CSVW_URL: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/csvw#url");
const CSVW_TITLE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/csvw#title");
const CSVW_DESCRIBES: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/ns/csvw#describes");

/// A table of the plan with everything prepared; shared by all threads.
pub struct Prepared<'p> {
    pub plan: &'p TablePlan,
    pub index: u32,
    pub format: Format,
    pub parsers: Vec<CellParser<'p>>,
    /// The datatypes of literals, by column; `None` for strings, which may have a language.
    datatypes: Vec<Option<NamedNodeRef<'p>>>,
    pub file_columns: usize,
}

impl<'p> Prepared<'p> {
    pub fn new(plan: &'p TablePlan, index: usize) -> Self {
        Self {
            plan,
            index: u32::try_from(index).unwrap_or(u32::MAX),
            format: Format::new(&plan.dialect),
            parsers: plan.columns.iter().map(CellParser::new).collect(),
            datatypes: plan
                .columns
                .iter()
                .map(|column| {
                    let datatype = &column.datatype;
                    (!datatype.takes_language())
                        .then(|| NamedNodeRef::new_unchecked(datatype.iri()))
                })
                .collect(),
            file_columns: plan.file_columns(),
        }
    }
}

/// What came of a chunk, besides its quads.
pub struct Report {
    pub rows: u64,
    pub quads: u64,
    pub problems: Found,
    /// Whether the keys could be handed over.
    pub keys: io::Result<()>,
}

/// Converts chunks of one table, one after another. One for each thread.
pub struct Converter<'c> {
    prepared: &'c Prepared<'c>,
    context: &'c Context,
    expander: Expander<'c>,
    record: Record,
    buffers: Vec<CellBuffers>,
    values: Vec<Value<'static>>,
    strings: Vec<&'static str>,
    labels: Labels,
    keys: Option<KeyCollector<'c>>,
}

/// Blank nodes and numbers of a row, as text.
#[derive(Default)]
struct Labels {
    row: String,
    subject: String,
    number: String,
    source: String,
    list: String,
    next: String,
    described: Vec<usize>,
}

impl<'c> Converter<'c> {
    pub fn new(prepared: &'c Prepared<'c>, context: &'c Context) -> Self {
        let plan = prepared.plan;
        Self {
            prepared,
            context,
            expander: Expander::new(&plan.templates, &plan.url),
            record: Record::default(),
            buffers: plan
                .columns
                .iter()
                .map(|_| CellBuffers::default())
                .collect(),
            values: Vec::new(),
            strings: Vec::new(),
            labels: Labels::default(),
            keys: None,
        }
    }

    /// Collects the keys of the rows as well.
    #[must_use]
    pub fn with_keys(mut self, checker: Option<&'c KeyChecker>) -> Self {
        self.keys =
            checker.and_then(|checker| KeyCollector::new(checker, self.prepared.index as usize));
        self
    }

    /// Converts the rows of a chunk; with `only` just the one that has this number.
    pub fn convert(
        &mut self,
        chunk: &Chunk,
        only: Option<u64>,
        sink: &mut impl QuadSink,
    ) -> Report {
        let prepared = self.prepared;
        let format = &prepared.format;
        let mut problems = Problems::new(self.context, format);
        let bytes = chunk.text.as_slice();
        // Valid text is found out faster than invalid text is repaired.
        let text: Cow<'_, str> = match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(bytes),
        };
        let mut faults = Faults::new(chunk, &text);
        let text: &str = &text;
        let bytes = text.as_bytes();
        let mut sink = Counter { sink, quads: 0 };

        let start = chunk.split.start;
        let (mut at, mut line, mut number, mut row) = (0, start.line, start.record, start.row);
        let mut rows = 0;
        let mut record = std::mem::take(&mut self.record);
        while at < bytes.len() {
            let (next, is_row) = format.skip(bytes, at, &mut record);
            let place = At {
                chunk,
                text,
                start: at,
                line,
                record: number,
            };
            if faults.until(next) || !record.flaws.is_empty() {
                faults.report(&record, next, place, &mut problems);
            }
            if is_row {
                if only.is_none_or(|only| only == row) {
                    self.row(&record, place, row, &mut problems, &mut sink);
                    rows += 1;
                }
                row += 1;
            } else if only.is_none() {
                self.comment(&record, place, &mut sink);
            }
            line += record.lines;
            number += 1;
            at = next;
        }
        self.record = record;
        Report {
            rows,
            quads: sink.quads,
            problems: problems.finish(),
            keys: self.keys.as_mut().map_or(Ok(()), KeyCollector::finish),
        }
    }

    /// A comment among the rows is an annotation of the table (Tabular Data Model §8).
    fn comment(&self, record: &Record, at: At<'_>, sink: &mut impl QuadSink) {
        let plan = self.prepared.plan;
        if let Some(rows) = &plan.rows
            && let Some(prefix) = plan.dialect.comment_prefix.as_deref()
            && let Some(comment) = at
                .text
                .get(at.start..record.end)
                .and_then(|content| content.strip_prefix(prefix))
                .map(str::trim)
            && !comment.is_empty()
        {
            sink.quad(
                QuadRef::new(
                    rows.table.as_ref(),
                    rdfs::COMMENT,
                    LiteralRef::new_simple_literal(comment),
                    GraphNameRef::DefaultGraph,
                ),
                Origin {
                    table: self.prepared.index,
                    row: 0,
                    line: at.line,
                    column: u32::MAX,
                },
            );
        }
    }

    fn row(
        &mut self,
        record: &Record,
        at: At<'_>,
        number: u64,
        problems: &mut Problems<'_>,
        sink: &mut impl QuadSink,
    ) {
        let prepared = self.prepared;
        let plan = prepared.plan;
        let cells = &record.cells;
        if cells.len() != prepared.file_columns {
            let (found, expected) = (cells.len(), prepared.file_columns);
            problems.push(at, None, Code::Ragged, at.start, |place| {
                Diagnostic::new(Code::Ragged, place, "the row has another number of cells")
                    .with_found(format!("{found} cells"))
                    .with_expected(format!("{expected} cells"))
            });
        }

        let mut values: Vec<Value<'_>> = recycle(std::mem::take(&mut self.values));
        let mut strings: Vec<&str> = recycle(std::mem::take(&mut self.strings));
        // Values borrow from the buffers while the rest of the converter works.
        let mut buffers = std::mem::take(&mut self.buffers);
        for (column, (parser, buffers)) in prepared.parsers.iter().zip(&mut buffers).enumerate() {
            let cell = (column < prepared.file_columns)
                .then(|| cells.get(column))
                .flatten();
            let (string, value) =
                parser.parse(cell, &prepared.format, at.text, buffers, |error, found| {
                    let offset = cell.map_or(record.end, |cell| cell.raw_start);
                    let code = match &error {
                        CellError::Required => Code::Required,
                        CellError::Invalid(problem) => problem.code,
                    };
                    problems.push(at, Some(column), code, offset, |place| match error {
                        CellError::Required => {
                            Diagnostic::new(code, place, "a required cell is empty")
                        }
                        CellError::Invalid(problem) => {
                            Diagnostic::new(code, place, "the cell is not a value of its datatype")
                                .with_found(found)
                                .with_expected(problem.expected)
                        }
                    });
                });
            strings.push(string);
            values.push(value);
        }

        let row = Row {
            number,
            source: at.record,
            values: &values,
            strings: &strings,
            origin: Origin {
                table: prepared.index,
                row: number,
                line: at.line,
                column: u32::MAX,
            },
        };
        if let Some(keys) = &mut self.keys {
            keys.row(plan, &values, number);
        }
        if plan.rules.iter().any(|rule| rule.subject.is_none()) {
            label(&mut self.labels.subject, prepared.index, 's', number);
        }
        if let Some(rows) = &plan.rows {
            self.describe(rows, &row, sink);
        }
        for rule in &plan.rules {
            self.apply(rule, &row, record, at, problems, sink);
        }
        self.values = recycle(values);
        self.strings = recycle(strings);
        self.buffers = buffers;
    }

    /// The row itself (csv2rdf §4.2 steps 4.6.1 to 4.6.7).
    fn describe(&mut self, rows: &RowPlan, row: &Row<'_, '_>, sink: &mut impl QuadSink) {
        let prepared = self.prepared;
        let labels = &mut self.labels;
        label(&mut labels.row, prepared.index, 'r', row.number);
        labels.number.clear();
        let _ = write!(labels.number, "{}", row.number);
        labels.source.clear();
        let url = prepared.plan.url.split('#').next().unwrap_or_default();
        let _ = write!(labels.source, "{url}#row={}", row.source);
        labels.described.clear();

        let node = BlankNodeRef::new_unchecked(&labels.row);
        let mut push =
            |subject: NamedOrBlankNodeRef<'_>, predicate: NamedNodeRef<'_>, object: TermRef<'_>| {
                sink.quad(
                    QuadRef::new(subject, predicate, object, GraphNameRef::DefaultGraph),
                    row.origin,
                );
            };
        push(rows.table.as_ref(), CSVW_ROW, node.into());
        push(node.into(), rdf::TYPE, CSVW_ROW_CLASS.into());
        let number = LiteralRef::new_typed_literal(&labels.number, xsd::INTEGER);
        push(node.into(), CSVW_ROWNUM, number.into());
        let source = NamedNodeRef::new_unchecked(&labels.source);
        push(node.into(), CSVW_URL, source.into());
        for (column, language) in &rows.titles {
            let Some(value) = row.values.get(*column) else {
                continue;
            };
            for item in value.items() {
                let title = prepared.literal(*column, item, language, row);
                push(node.into(), CSVW_TITLE, title.into());
            }
        }
    }

    /// What one cell says.
    #[inline]
    fn apply(
        &mut self,
        rule: &Rule,
        row: &Row<'_, '_>,
        record: &Record,
        at: At<'_>,
        problems: &mut Problems<'_>,
        sink: &mut impl QuadSink,
    ) {
        let prepared = self.prepared;
        let value = row.values[rule.column];
        let standard = prepared.plan.rows.is_some();
        // In minimal mode a null cell says nothing at all.
        if value.is_null() && !standard && !prepared.plan.columns[rule.column].virtual_column {
            return;
        }
        if let Some(when) = &rule.when
            && !when.holds(row)
        {
            return;
        }
        let no_null = rule.when.as_ref().is_some_and(|when| when.no_null);
        let variables = Variables {
            values: row.values,
            row: row.number,
            source_row: row.source,
            item: None,
        };
        let expander = &mut self.expander;
        let mut ready = true;
        if let Some(subject) = rule.subject {
            expander.prepare(subject, variables);
            ready &= usable(expander, subject, no_null, rule, at, problems, record);
        }
        if !ready {
            return;
        }
        if standard {
            // The subject is related to the row even if the cell is null (step 4.6.8.2).
            describes(expander, rule, row, &mut self.labels, sink);
            if value.is_null() && !prepared.plan.columns[rule.column].virtual_column {
                return;
            }
        }
        expander.prepare(rule.predicate, variables);
        ready &= usable(expander, rule.predicate, false, rule, at, problems, record);
        if let Some(graph) = rule.graph {
            expander.prepare(graph, variables);
            let expansion = expander.get(graph);
            if !expansion.null && !expansion.iri.is_empty() {
                ready &= usable(expander, graph, false, rule, at, problems, record);
            }
        }
        if let Object::Iri(object) = rule.object {
            expander.prepare(object, variables);
            ready &= usable(expander, object, no_null, rule, at, problems, record);
        }
        if !ready {
            return;
        }

        let origin = Origin {
            column: u32::try_from(rule.column).unwrap_or(u32::MAX),
            ..row.origin
        };
        match &rule.object {
            Object::Iri(object) => {
                let quad = Frame::new(expander, rule, &self.labels.subject);
                let object = NamedNodeRef::new_unchecked(&expander.get(*object).iri);
                sink.quad(quad.with(object.into()), origin);
            }
            Object::Literal(language) => {
                let quad = Frame::new(expander, rule, &self.labels.subject);
                let mut literal = |item| {
                    let literal = prepared.literal(rule.column, item, language, row);
                    sink.quad(quad.with(literal.into()), origin);
                };
                match value {
                    Value::Null => {}
                    Value::Single(item) => literal(item),
                    Value::List(list) => list.iter().for_each(literal),
                }
            }
            Object::Each(object) => {
                for item in value.items() {
                    let variables = Variables {
                        item: Some(item.text),
                        ..variables
                    };
                    expander.prepare_item(*object, variables);
                    if usable(expander, *object, no_null, rule, at, problems, record) {
                        let quad = Frame::new(expander, rule, &self.labels.subject);
                        let object = NamedNodeRef::new_unchecked(&expander.get(*object).iri);
                        sink.quad(quad.with(object.into()), origin);
                    }
                }
            }
            Object::List(language) => {
                if value.is_null() {
                    return;
                }
                let Labels {
                    subject,
                    list,
                    next,
                    ..
                } = &mut self.labels;
                let quad = Frame::new(expander, rule, subject);
                let mut item_number = 0;
                for item in value.items() {
                    next.clear();
                    let _ = write!(
                        next,
                        "t{}r{}c{}i{item_number}",
                        prepared.index, row.number, rule.column
                    );
                    let node = BlankNodeRef::new_unchecked(next);
                    if item_number == 0 {
                        sink.quad(quad.with(node.into()), origin);
                    } else {
                        let before = BlankNodeRef::new_unchecked(list);
                        sink.quad(quad.about(before, rdf::REST, node.into()), origin);
                    }
                    let literal = prepared.literal(rule.column, item, language, row);
                    sink.quad(quad.about(node, rdf::FIRST, literal.into()), origin);
                    std::mem::swap(list, next);
                    item_number += 1;
                }
                if item_number == 0 {
                    sink.quad(quad.with(rdf::NIL.into()), origin);
                } else {
                    let last = BlankNodeRef::new_unchecked(list);
                    sink.quad(quad.about(last, rdf::REST, rdf::NIL.into()), origin);
                }
            }
        }
    }
}

/// The row that is being converted.
struct Row<'v, 'r> {
    number: u64,
    source: u64,
    values: &'v [Value<'r>],
    /// String values, for conditions.
    strings: &'v [&'r str],
    origin: Origin,
}

/// Subject, predicate and graph of the quads of a rule.
#[derive(Clone, Copy)]
struct Frame<'e> {
    subject: NamedOrBlankNodeRef<'e>,
    predicate: NamedNodeRef<'e>,
    graph: GraphNameRef<'e>,
}

impl<'e> Frame<'e> {
    #[inline]
    fn new(expander: &'e Expander<'_>, rule: &Rule, row_subject: &'e str) -> Self {
        let graph = rule.graph.map(|graph| expander.get(graph));
        Self {
            subject: match rule.subject {
                Some(subject) => NamedNodeRef::new_unchecked(&expander.get(subject).iri).into(),
                None => BlankNodeRef::new_unchecked(row_subject).into(),
            },
            predicate: NamedNodeRef::new_unchecked(&expander.get(rule.predicate).iri),
            graph: match graph {
                Some(graph) if !graph.null && !graph.iri.is_empty() => {
                    NamedNodeRef::new_unchecked(&graph.iri).into()
                }
                _ => GraphNameRef::DefaultGraph,
            },
        }
    }

    #[inline]
    fn with(self, object: TermRef<'e>) -> QuadRef<'e> {
        QuadRef::new(self.subject, self.predicate, object, self.graph)
    }

    fn about<'q>(
        self,
        subject: BlankNodeRef<'q>,
        predicate: NamedNodeRef<'q>,
        object: TermRef<'q>,
    ) -> QuadRef<'q>
    where
        'e: 'q,
    {
        QuadRef::new(subject, predicate, object, self.graph)
    }
}

impl Prepared<'_> {
    /// A value as a literal (csv2rdf §4.3).
    #[inline]
    fn literal<'v>(
        &'v self,
        column: usize,
        item: Item<'v>,
        language: &'v Language,
        row: &Row<'v, 'v>,
    ) -> LiteralRef<'v> {
        if item.valid
            && let Some(datatype) = self.datatypes[column]
        {
            return LiteralRef::new_typed_literal(item.text, datatype);
        }
        let tag = match language {
            Language::None => None,
            Language::Tag(tag) => Some(tag.as_str()),
            Language::Column(column) => match row.values.get(*column) {
                Some(Value::Single(tag)) => Some(tag.text),
                _ => None,
            },
        };
        match tag {
            Some(tag) if is_language_tag(tag) => {
                LiteralRef::new_language_tagged_literal_unchecked(item.text, tag)
            }
            _ => LiteralRef::new_simple_literal(item.text),
        }
    }
}

/// Whether N-Triples and its readers take a text as a language tag.
fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let length = |part: &str| (1..=8).contains(&part.len());
    parts
        .next()
        .is_some_and(|part| length(part) && letters(part))
        && parts.all(|part| length(part) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

impl When {
    fn holds(&self, row: &Row<'_, '_>) -> bool {
        let value = |column: usize| row.values.get(column).copied().unwrap_or(Value::Null);
        let string = |column: usize| row.strings.get(column).copied().unwrap_or_default();
        self.tests.iter().all(|test| match test {
            Test::Present(column) => value(*column).items().next().is_some(),
            Test::Equals(column, expected) => {
                !value(*column).is_null() && string(*column) == expected
            }
            Test::Differs(column, expected) => {
                value(*column).is_null() || string(*column) != expected
            }
        })
    }
}

/// Whether an expansion can be used: it is an IRI, and no variable is null where that counts.
#[inline]
fn usable(
    expander: &Expander<'_>,
    index: usize,
    no_null: bool,
    rule: &Rule,
    at: At<'_>,
    problems: &mut Problems<'_>,
    record: &Record,
) -> bool {
    let expansion = expander.get(index);
    if no_null && expansion.null {
        return false;
    }
    if !expansion.valid {
        let offset = record
            .cells
            .get(rule.column)
            .map_or(at.start, |cell| cell.raw_start);
        problems.push(at, Some(rule.column), Code::InvalidIri, offset, |place| {
            Diagnostic::new(
                Code::InvalidIri,
                place,
                "the URI template gives no valid IRI",
            )
            .with_found(expansion.iri.as_str())
        });
    }
    expansion.valid
}

/// Relates the subject of a rule to the row, once for each subject.
fn describes(
    expander: &Expander<'_>,
    rule: &Rule,
    row: &Row<'_, '_>,
    labels: &mut Labels,
    sink: &mut impl QuadSink,
) {
    let known = labels.described.iter().any(|&other| match rule.subject {
        Some(subject) => {
            other == subject
                || other != usize::MAX && expander.get(other).iri == expander.get(subject).iri
        }
        None => other == usize::MAX,
    });
    if known {
        return;
    }
    labels.described.push(rule.subject.unwrap_or(usize::MAX));
    let subject: TermRef<'_> = match rule.subject {
        Some(subject) => NamedNodeRef::new_unchecked(&expander.get(subject).iri).into(),
        None => BlankNodeRef::new_unchecked(&labels.subject).into(),
    };
    sink.quad(
        QuadRef::new(
            BlankNodeRef::new_unchecked(&labels.row),
            CSVW_DESCRIBES,
            subject,
            GraphNameRef::DefaultGraph,
        ),
        row.origin,
    );
}

/// The label of a blank node of a row: the same in every run.
fn label(label: &mut String, table: u32, kind: char, row: u64) {
    label.clear();
    let _ = write!(label, "t{table}{kind}{row}");
}

/// An empty vector for another lifetime, in the memory of an old one.
fn recycle<A, B>(mut old: Vec<A>) -> Vec<B> {
    old.clear();
    // Sizes are the same, so collecting happens in place.
    old.into_iter().filter_map(|_| None).collect()
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
    fn report(&mut self, record: &Record, end: usize, at: At<'_>, problems: &mut Problems<'_>) {
        let column = |offset: usize| {
            record
                .cells
                .partition_point(|cell| cell.raw_start <= offset)
                .checked_sub(1)
        };
        for &(flaw, offset) in &record.flaws {
            problems.push(at, column(offset), Code::Quoting, offset, |place| {
                let problem = Diagnostic::new(Code::Quoting, place, flaw.message());
                match flaw {
                    Flaw::Unclosed => problem,
                    Flaw::TextAfterQuote | Flaw::QuoteInCell => {
                        problem.with_hint("double a quote that is part of a quoted cell")
                    }
                }
            });
        }
        while let Some(&(offset, code)) = self.faults.get(self.next)
            && offset < end
        {
            self.next += 1;
            problems.push(at, column(offset), code, offset, |place| {
                let message = match code {
                    Code::Nul => "a NUL byte is no text",
                    _ => "bytes that are not in the declared encoding",
                };
                Diagnostic::new(code, place, message)
            });
        }
    }
}

/// Counts quads on their way.
struct Counter<'s, S> {
    sink: &'s mut S,
    quads: u64,
}

impl<S: QuadSink> QuadSink for Counter<'_, S> {
    #[inline]
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        self.quads += 1;
        self.sink.quad(quad, origin);
    }
}

//! The reader of tables, under every option of a dialect.

use crate::relations::{choose, resource};
use civigraph_csvw::csv::{
    Chunk, Chunks, CompiledDialect, LongRecord, RECORD_LIMIT, Record, RecordPosition, TextReader,
    preamble,
};
use civigraph_csvw::csv::{Dialect, Trim};
use civigraph_csvw::resource::{Resource, ResourceContent};
use libfuzzer_sys::arbitrary::Unstructured;

/// A record as the relations see it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    /// Bytes of text before it.
    offset: u64,
    line: u64,
    record: u64,
    row: u64,
    /// Not a comment, not blank where blank rows are skipped.
    is_row: bool,
    cells: Vec<Vec<u8>>,
}

/// Cut into chunks of any size, a table has the same records at the same places as in one piece. With a
/// limit, records that are too long are missing and reported, and nothing else changes. What is before
/// the data takes as many records as the dialect says, and leaves the others as they are.
pub fn csv_records(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let dialect = dialect(&mut input);
    let size = 1 + usize::from(input.arbitrary::<u8>().unwrap_or(0));
    let limit = 1 + usize::from(input.arbitrary::<u8>().unwrap_or(0)) % 100;
    let table = resource(
        "memory:table.csv",
        ResourceContent::Bytes(input.take_rest().into()),
    );
    let format = CompiledDialect::new(&dialect);

    let (whole, _, end) = records(
        &format,
        &dialect,
        &table,
        RecordPosition::START,
        1 << 20,
        RECORD_LIMIT,
    );
    let (parts, _, parts_end) = records(
        &format,
        &dialect,
        &table,
        RecordPosition::START,
        size,
        RECORD_LIMIT,
    );
    assert_eq!(parts, whole, "{dialect:?} {size}");
    assert_eq!(parts_end, end, "{dialect:?} {size}");

    let (short, long, _) = records(&format, &dialect, &table, RecordPosition::START, 1, limit);
    let mut short = short.into_iter().peekable();
    let mut long = long.into_iter().peekable();
    for found in &whole {
        let known = |record: &LongRecord| record.start.offset == found.offset;
        if let Some(record) = long.next_if(known) {
            let start = record.start;
            assert_eq!(
                (start.line, start.record),
                (found.line, found.record),
                "{dialect:?}"
            );
        } else {
            let (mut found, mut other) = (found.clone(), short.next());
            if dialect.skip_blank_rows {
                // Whether a record that was left out is blank is not known.
                found.row = 0;
                other.iter_mut().for_each(|other| other.row = 0);
            }
            assert_eq!(other.as_ref(), Some(&found), "{dialect:?} {limit}");
        }
    }
    assert_eq!(
        (short.next(), long.next()),
        (None, None),
        "{dialect:?} {limit}"
    );

    let Ok(head) = preamble(&table, &dialect) else {
        panic!("bytes in memory can be read");
    };
    let before =
        usize::try_from(dialect.skip_rows + dialect.header_row_count).unwrap_or(usize::MAX);
    let before = before.min(whole.len());
    assert!(head.header.len() <= before);
    let expected: Vec<_> = whole.iter().skip(before).cloned().collect();
    let (mut rest, ..) = records(&format, &dialect, &table, head.data, size, RECORD_LIMIT);
    // Rows are counted from the data on.
    let skipped = whole
        .iter()
        .take(before)
        .filter(|found| found.is_row)
        .count() as u64;
    rest.iter_mut().for_each(|found| found.row += skipped);
    assert_eq!(rest, expected, "{dialect:?}");
}

/// A dialect in which every option may have every kind of value.
fn dialect(input: &mut Unstructured<'_>) -> Dialect {
    let option = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let count = |input: &mut Unstructured<'_>| u64::from(input.arbitrary::<u8>().unwrap_or(0) % 4);
    Dialect {
        delimiter: choose(input, &[",", ";", "\t", "::", "é", " "]).to_owned(),
        quote_char: option(choose(input, &["\"", "'", "", "««"])),
        double_quote: input.arbitrary().unwrap_or(true),
        comment_prefix: option(choose(input, &["", "#", "//"])),
        line_terminators: match choose(input, &["crlf", "lf", "cr", "only crlf", "only cr", "odd"])
        {
            "crlf" => vec!["\r\n".into(), "\n".into()],
            "lf" => vec!["\n".into()],
            "cr" => vec!["\r".into(), "\n".into(), "\r\n".into()],
            "only crlf" => vec!["\r\n".into()],
            "only cr" => vec!["\r".into()],
            _ => vec!["<>".into(), "|".into()],
        },
        skip_blank_rows: input.arbitrary().unwrap_or(false),
        skip_initial_space: input.arbitrary().unwrap_or(false),
        skip_columns: count(input),
        skip_rows: count(input),
        header_row_count: count(input),
        encoding: choose(input, &["utf-8", "utf-16le", "windows-1251", "shift_jis"]).to_owned(),
        trim: match choose(input, &["none", "both", "start", "end"]) {
            "both" => Trim::Both,
            "start" => Trim::Start,
            "end" => Trim::End,
            _ => Trim::None,
        },
    }
}

/// The records from a place on, those that are too long, and where the text ends.
fn records(
    format: &CompiledDialect,
    dialect: &Dialect,
    table: &Resource,
    start: RecordPosition,
    size: usize,
    limit: usize,
) -> (Vec<Found>, Vec<LongRecord>, RecordPosition) {
    let mut text = TextReader::open(table, &dialect.encoding).expect("bytes in memory can be read");
    text.skip_to(start.offset)
        .expect("bytes in memory can be read");
    let mut chunks = Chunks::new(format, text, start, size, limit);
    let mut chunk = Chunk::default();
    let mut record = Record::default();
    let (mut found, mut long) = (Vec::new(), Vec::new());
    while chunks
        .next_into(&mut chunk)
        .expect("bytes in memory can be read")
    {
        long.append(&mut chunk.skipped);
        let RecordPosition {
            mut line,
            record: mut number,
            mut row,
            offset,
            ..
        } = chunk.split.start;
        let mut at = 0;
        while at < chunk.text.len() {
            let (next, is_row) = format.skip(&chunk.text, at, &mut record);
            assert!(next > at, "a record takes text");
            found.push(Found {
                offset: offset + at as u64,
                line,
                record: number,
                row,
                is_row,
                cells: record
                    .cells
                    .iter()
                    .map(|cell| cell.bytes(&chunk.text).to_vec())
                    .collect(),
            });
            line += record.lines;
            number += 1;
            row += u64::from(is_row);
            at = next;
        }
        assert_eq!(at, chunk.text.len(), "records end where their chunk ends");
        assert_eq!(chunk.split.end, offset + at as u64);
    }
    (found, long, chunks.position())
}

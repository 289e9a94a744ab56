//! Records under all dialects, whole and in chunks.

use super::*;
use crate::resource::Resource;
use proptest::prelude::*;

pub(super) fn resource(bytes: &[u8]) -> Resource {
    Resource::of_bytes("t.csv", bytes)
}

/// A record as it is in a file: where it starts, whether it is a row, and its cells.
type Found = (RecordPosition, bool, Vec<Vec<u8>>);

/// The records that chunks hold. `text` is that of the whole file.
fn found(mut chunks: Chunks<'_>, format: &CompiledDialect, text: &[u8]) -> Vec<Found> {
    let mut chunk = Chunk::default();
    let mut found = Vec::new();
    while chunks.next_into(&mut chunk).unwrap() {
        let start = chunk.split.start;
        let mut records = Records::new(format, &chunk.text, start);
        while let Some(place) = records.advance() {
            let offset = start.offset + place.start as u64;
            let before = &text[..usize::try_from(offset).unwrap()];
            let line = format.line_start(before, before.len()).unwrap_or(0);
            let position = RecordPosition {
                offset,
                line: place.line,
                characters: before[line..]
                    .iter()
                    .filter(|&&byte| byte & 0xC0 != 0x80)
                    .count() as u64,
                record: place.record,
                row: place.row,
            };
            let cells = records.record().cells.iter();
            let cells = cells.map(|cell| cell.bytes(&chunk.text).to_vec());
            found.push((position, place.is_row, cells.collect()));
        }
    }
    found
}

/// A row as the tests see it: number, record, line, flaws, cells.
type Row = (u64, u64, u64, usize, Vec<String>);

/// The rows of a text that is read in chunks of `size`, and the text of all chunks.
fn rows(bytes: &[u8], dialect: &Dialect, size: usize) -> (Vec<Row>, Vec<u8>) {
    let format = CompiledDialect::new(dialect);
    let text = TextReader::open(&resource(bytes), &dialect.encoding).unwrap();
    let mut chunks = Chunks::new(&format, text, RecordPosition::START, size, RECORD_LIMIT);
    let mut chunk = Chunk::default();
    let (mut rows, mut all) = (Vec::new(), Vec::new());
    let mut record = Record::default();
    let mut buffer = String::new();
    while chunks.next_into(&mut chunk).unwrap() {
        assert_eq!(chunk.split.start.offset, all.len() as u64);
        all.extend_from_slice(&chunk.text);
        assert_eq!(chunk.split.end, all.len() as u64);
        let content = std::str::from_utf8(&chunk.text).unwrap();
        let start = chunk.split.start;
        let (mut at, mut number, mut source, mut line) = (0, start.row, start.record, start.line);
        while at < content.len() {
            let (next, row) = format.skip(content.as_bytes(), at, &mut record);
            if row {
                let cells = record
                    .cells
                    .iter()
                    .map(|cell| cell.text(&format, content, &mut buffer).to_owned())
                    .collect();
                rows.push((number, source, line, record.flaws.len(), cells));
                number += 1;
            }
            source += 1;
            line += record.lines;
            at = next;
        }
    }
    (rows, all)
}

fn check(dialect: Dialect, text: &str, expected: &[&[&str]]) {
    let (rows, _) = rows(text.as_bytes(), &dialect, 1 << 16);
    let cells: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| row.4.iter().map(String::as_str).collect())
        .collect();
    assert_eq!(cells, expected, "{text:?}");
}

#[test]
fn quoting() {
    let default = Dialect::default;
    check(default(), "a,b\nc,d", &[&["a", "b"], &["c", "d"]]);
    check(default(), "a,\r\n,\r\n", &[&["a", ""], &["", ""]]);
    check(default(), "\n\n", &[&[""], &[""]]);
    check(default(), "\"a\",\"\"\n", &[&["a", ""]]);
    check(default(), "\"a,\"\"b\"\"\nc\",d\n", &[&["a,\"b\"\nc", "d"]]);
    check(default(), "a\rb,c\n", &[&["a\rb", "c"]]);
    check(default(), "a\"\"b,c\n", &[&["a\"b", "c"]]);
    check(default(), "\"a\"b,c\n", &[&["ab", "c"]]);
    check(default(), "\"\"\"\"\"\",x\n", &[&["\"\"", "x"]]);
    check(default(), "\"open,\n", &[&["open,\n"]]);
}

#[test]
fn dialects() {
    let none = Dialect {
        quote_char: None,
        ..Dialect::default()
    };
    check(none, "\"a\",b\"\n", &[&["\"a\"", "b\""]]);
    let backslash = Dialect {
        double_quote: false,
        ..Dialect::default()
    };
    check(
        backslash,
        "\"a\\\"b\",c\\,d,\"\\\\\",\"\"\n",
        &[&["a\"b", "c,d", "\\", ""]],
    );
    let own = Dialect {
        delimiter: "||".into(),
        quote_char: Some("«".into()),
        line_terminators: vec![";;".into(), "\n".into()],
        ..Dialect::default()
    };
    check(
        own,
        "a|b||«c;;d«;;e\nf",
        &[&["a|b", "c;;d"], &["e"], &["f"]],
    );
    let old = Dialect {
        line_terminators: vec!["\r".into()],
        delimiter: "\t".into(),
        ..Dialect::default()
    };
    check(old, "a\tb\rc\td\r", &[&["a", "b"], &["c", "d"]]);
    let crlf = Dialect {
        line_terminators: vec!["\r\n".into()],
        ..Dialect::default()
    };
    check(crlf, "a\nb,c\r\nd\r\n", &[&["a\nb", "c"], &["d"]]);
    let trimmed = Dialect {
        trim: Trim::Both,
        ..Dialect::default()
    };
    check(trimmed, " a , \" b \" ,\tc\n", &[&["a", "b", "c"]]);
    let initial = Dialect {
        skip_initial_space: true,
        ..Dialect::default()
    };
    check(initial, "a , \"b, c\"\n", &[&["a ", "b, c"]]);
    let end = Dialect {
        trim: Trim::End,
        ..Dialect::default()
    };
    check(end, " a ,b \n", &[&[" a", "b"]]);
    let comments = Dialect {
        comment_prefix: Some("#".into()),
        skip_blank_rows: true,
        skip_columns: 1,
        ..Dialect::default()
    };
    check(comments, "x,a\n# \"b\n,\n\ny,c\nz", &[&["a"], &["c"]]);
}

#[test]
fn encodings() {
    let sample = "ключ,значение\n1,«да»\n";
    let expected: Vec<Vec<String>> = vec![
        vec!["ключ".into(), "значение".into()],
        vec!["1".into(), "«да»".into()],
    ];
    let utf16: Vec<u8> = sample.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let cyrillic = encoding_rs::WINDOWS_1251.encode(sample).0.into_owned();
    for (label, bytes) in [
        ("utf-8", sample.as_bytes().to_vec()),
        ("utf-16be", utf16),
        ("windows-1251", cyrillic),
    ] {
        let dialect = Dialect {
            encoding: label.into(),
            ..Dialect::default()
        };
        for size in [1, 7, 1000] {
            let (rows, text) = rows(&bytes, &dialect, size);
            let cells: Vec<_> = rows.into_iter().map(|row| row.4).collect();
            assert_eq!(cells, expected, "{label}");
            assert_eq!(text, sample.as_bytes());
        }
    }
}

#[test]
fn as_much_is_read_as_is_wanted() {
    for encoding in ["utf-8", "windows-1251"] {
        let mut text = TextReader::open(&resource(&b"a".repeat(300_000)), encoding).unwrap();
        let mut read = Vec::new();
        for (wanted, expected) in [(1, 1), (200_000, 200_000), (200_000, 99_999), (1, 0)] {
            let found = text.read(&mut read, wanted).unwrap();
            assert_eq!(found, expected, "{encoding}");
        }
        assert_eq!(read.len(), 300_000, "{encoding}");
    }
}

#[test]
fn malformed_bytes_are_marked() {
    let format = CompiledDialect::new(&Dialect::default());
    let text = TextReader::open(&resource(b"ab\x81\n\x81c\n"), "shift_jis").unwrap();
    let mut chunks = Chunks::new(&format, text, RecordPosition::START, 1, RECORD_LIMIT);
    let mut chunk = Chunk::default();
    let mut found = Vec::new();
    while chunks.next_into(&mut chunk).unwrap() {
        found.push((
            String::from_utf8(chunk.text.clone()).unwrap(),
            chunk.malformed.clone(),
        ));
    }
    let marked =
        |text: &str| -> Vec<usize> { text.match_indices('\u{FFFD}').map(|(at, _)| at).collect() };
    assert!(found.iter().any(|(text, _)| text.contains('\u{FFFD}')));
    for (text, malformed) in &found {
        assert_eq!(*malformed, marked(text));
    }
}

#[test]
fn ranges_are_cut_where_a_record_can_start() {
    let text = "n,t\n1,\"a\nb\nc\"\n2,d\n\"3\",e\n";
    let check =
        |dialect: &Dialect, bytes: &[u8], count: u64, expected: &[(u64, u64, Option<u64>)]| {
            let resource = resource(bytes);
            let preamble = preamble(&resource, dialect).unwrap();
            let extent = Extent::new(&resource, dialect, &preamble).unwrap();
            assert_eq!(extent.sequential, None);
            let counts: Vec<_> = extent
                .ranges(count)
                .map(|range| RangeCount::new(&resource, dialect, &extent, range).unwrap())
                .collect();
            let splits = extent.splits(&counts);
            let starts: Vec<_> = splits
                .iter()
                .map(|split| (split.start.row, split.start.line, split.byte))
                .collect();
            assert_eq!(starts, expected);
        };
    let default = Dialect::default();
    let starts = [(1, 2, None), (2, 5, None), (3, 6, None)];
    check(&default, text.as_bytes(), 1, &starts[..1]);
    check(&default, text.as_bytes(), 30, &starts);
    let blank = Dialect {
        skip_blank_rows: true,
        ..Dialect::default()
    };
    check(&blank, text.as_bytes(), 30, &starts);
    let cyrillic = Dialect {
        encoding: "windows-1251".into(),
        ..Dialect::default()
    };
    let encoded = encoding_rs::WINDOWS_1251
        .encode(&text.replace('n', "ф"))
        .0
        .into_owned();
    check(
        &cyrillic,
        &encoded,
        30,
        &[(1, 2, Some(4)), (2, 5, Some(14)), (3, 6, Some(18))],
    );
}

#[test]
fn some_tables_are_read_in_one_pass() {
    for (encoding, terminators, expected) in [
        (
            "utf-16be",
            None,
            "UTF-16BE cannot be read from the middle of a file",
        ),
        (
            "iso-2022-jp",
            None,
            "ISO-2022-JP cannot be read from the middle of a file",
        ),
        (
            "utf-8",
            Some(";"),
            "no line terminator of the dialect is a control character that appears in nothing else",
        ),
    ] {
        let mut dialect = Dialect {
            encoding: encoding.into(),
            ..Dialect::default()
        };
        if let Some(terminator) = terminators {
            dialect.line_terminators = vec![terminator.into()];
        }
        let resource = resource(b"");
        let preamble = preamble(&resource, &dialect).unwrap();
        let extent = Extent::new(&resource, &dialect, &preamble).unwrap();
        let why = extent.sequential.as_ref().map(ToString::to_string);
        assert_eq!(why.as_deref(), Some(expected));
        assert_eq!(extent.ranges(8).len(), 1);
        assert_eq!(extent.splits(&[]).len(), 1);
    }
}

fn dialect() -> impl Strategy<Value = Dialect> {
    let terminators = prop_oneof![
        Just(vec!["\r\n", "\n"]),
        Just(vec!["\n"]),
        Just(vec!["\r\n"]),
        Just(vec!["\r", "\r\n", "\n"]),
        Just(vec!["#\n", "\n"]),
    ];
    let trim = prop_oneof![
        Just(Trim::None),
        Just(Trim::Both),
        Just(Trim::Start),
        Just(Trim::End)
    ];
    (
        prop_oneof![Just(","), Just(" "), Just("é"), Just(",a")],
        prop_oneof![
            Just(None),
            Just(Some("\"")),
            Just(Some("é")),
            Just(Some("\"a"))
        ],
        any::<bool>(),
        terminators,
        prop_oneof![Just(None), Just(Some("#"))],
        any::<bool>(),
        trim,
        0..2u64,
    )
        .prop_map(
            |(delimiter, quote, double_quote, terminators, comment, blank, trim, skip)| Dialect {
                delimiter: delimiter.into(),
                quote_char: quote.map(Into::into),
                double_quote,
                line_terminators: terminators.into_iter().map(Into::into).collect(),
                comment_prefix: comment.map(Into::into),
                skip_blank_rows: blank,
                trim,
                skip_columns: skip,
                ..Dialect::default()
            },
        )
}

/// A dialect that the `csv` crate can read too: of one-byte characters, and its line terminator.
fn common_dialect() -> impl Strategy<Value = (Dialect, Option<u8>)> {
    let terminator = prop_oneof![Just(None), Just(None), Just(Some(b'\r')), Just(Some(b'^'))];
    (
        prop::sample::select(&[",", ";", "\t", "|"][..]),
        prop::sample::select(&[Some("\""), Some("\""), Some("'"), None][..]),
        any::<bool>(),
        terminator,
        prop_oneof![Just(None), Just(Some("#"))],
        any::<bool>(),
    )
        .prop_map(
            |(delimiter, quote, double_quote, terminator, comment, trim)| {
                let mut dialect = Dialect {
                    delimiter: delimiter.into(),
                    quote_char: quote.map(Into::into),
                    double_quote,
                    comment_prefix: comment.map(Into::into),
                    trim: if trim { Trim::Both } else { Trim::None },
                    header_row_count: 0,
                    ..Dialect::default()
                };
                if let Some(terminator) = terminator {
                    dialect.line_terminators = vec![char::from(terminator).into()];
                }
                (dialect, terminator)
            },
        )
}

/// Writes a cell in a dialect, in quotes where it has to be, or where that is asked for; without quotes, what would need
/// some is left out.
fn write_cell(
    dialect: &Dialect,
    cell: &str,
    is_alone: bool,
    is_first: bool,
    quoted: bool,
) -> String {
    let special = |c: char| {
        "\r\n^".contains(c)
            || dialect.delimiter.contains(c)
            || dialect
                .quote_char
                .as_deref()
                .is_some_and(|quote| quote.contains(c))
            || !dialect.double_quote && c == '\\'
    };
    let is_comment = |cell: &str| {
        let prefix = dialect.comment_prefix.as_deref();
        is_first && prefix.is_some_and(|prefix| cell.starts_with(prefix))
    };
    let Some(quote) = dialect.quote_char.as_deref() else {
        let cell: String = cell.chars().filter(|&c| !special(c)).collect();
        // Neither a comment nor a line without anything.
        return match is_comment(&cell) || is_alone && cell.is_empty() {
            true => format!("x{cell}"),
            false => cell,
        };
    };
    let needs_quotes = cell.contains(special) || is_comment(cell) || is_alone && cell.is_empty();
    if !quoted && !needs_quotes {
        return cell.to_owned();
    }
    let content = match dialect.double_quote {
        true => cell.replace(quote, &quote.repeat(2)),
        false => cell
            .replace('\\', "\\\\")
            .replace(quote, &format!("\\{quote}")),
    };
    format!("{quote}{content}{quote}")
}

/// Line terminators, or those of the dialect.
const TERMINATORS: &[Option<&[&str]>] = &[
    None,
    None,
    None,
    Some(&["\r"]),
    Some(&[";"]),
    Some(&[";", "\n"]),
    Some(&["\u{1E}"]),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Chunks of any size make the whole, in any dialect, and their texts are the file.
    #[test]
    fn chunks_make_the_whole(
        text in "([abc,é\"\\\\ #\r\n]|\r\n|\"\"){0,60}",
        dialect in dialect(),
        size in 1..40usize,
    ) {
        let whole = rows(text.as_bytes(), &dialect, 1 << 16);
        let parts = rows(text.as_bytes(), &dialect, size);
        prop_assert_eq!(&parts.1, text.as_bytes());
        prop_assert_eq!(parts, whole);
    }

    /// Ranges of bytes that were counted on their own make the whole, wherever they are cut, with each record at its
    /// place; in any dialect and encoding, valid or not.
    #[test]
    fn counted_ranges_make_the_whole(
        bytes in prop::collection::vec(
            prop::sample::select(&b"aab,,\"\"\\\\# \r\r\n\n\n\n|;\x81\xC3\xA9\xA9\x1B"[..]), 0..90),
        mark in any::<bool>(),
        dialect in dialect(),
        encoding in prop::sample::select(&[
            "utf-8", "utf-8", "windows-1251", "shift_jis", "euc-kr", "gb18030", "big5", "iso-2022-jp", "utf-16le",
        ][..]),
        terminators in prop::sample::select(TERMINATORS),
        rows in (0..2u64, 0..2u64),
        cuts in prop::collection::vec(0..100usize, 0..8),
    ) {
        let mut dialect = Dialect {
            encoding: encoding.into(),
            skip_rows: rows.0,
            header_row_count: rows.1,
            ..dialect
        };
        if let Some(terminators) = terminators {
            dialect.line_terminators = terminators.iter().map(|&one| one.into()).collect();
        }
        let bytes = match mark {
            true => ["\u{FEFF}".as_bytes(), &bytes].concat(),
            false => bytes,
        };
        let resource = resource(&bytes);
        let format = CompiledDialect::new(&dialect);
        let preamble = preamble(&resource, &dialect).unwrap();
        let mut text = Vec::new();
        TextReader::open(&resource, encoding).unwrap().read(&mut text, 1 << 16).unwrap();
        let whole = Chunks::open(&format, &resource, encoding, preamble.data, 1 << 16).unwrap();
        let whole = found(whole, &format, &text);

        let extent = Extent::new(&resource, &dialect, &preamble).unwrap();
        let mut cuts: Vec<u64> = cuts.iter().map(|&cut| cut as u64).collect();
        cuts.push(0);
        cuts.push(bytes.len() as u64 + 1);
        cuts.sort_unstable();
        let counts: Vec<_> = cuts
            .windows(2)
            .map(|cut| RangeCount::new(&resource, &dialect, &extent, cut[0]..cut[1]).unwrap())
            .collect();
        // What is counted on other machines is written down.
        let counts: Vec<RangeCount> = serde_json::from_str(&serde_json::to_string(&counts).unwrap()).unwrap();
        let splits = extent.splits(&counts);
        let mut parts = Vec::new();
        let mut end = preamble.data.offset;
        for split in &splits {
            let chunks = Chunks::of_split(&format, &resource, encoding, split, 7).unwrap();
            let part = found(chunks, &format, &text);
            if extent.sequential.is_none() {
                prop_assert_eq!(part.first().map(|first| first.0), Some(split.start));
                prop_assert_eq!(split.start.offset, end);
                end = split.end;
            }
            parts.extend(part);
        }
        prop_assert_eq!(parts, whole, "{:?}", splits);
        if extent.sequential.is_none() {
            prop_assert_eq!(end, text.len() as u64);
        }
    }

    /// Records beyond the limit are left out, each known at its exact place; nothing else changes.
    #[test]
    fn long_records_are_passed_over(
        text in "([abc,é\"\\\\ #\r\n]|\r\n|\"\"|,|\n){0,60}",
        dialect in dialect(),
        limit in 1..16usize,
    ) {
        let bytes = text.as_bytes();
        let format = CompiledDialect::new(&dialect);
        let mut chunks = Chunks::new(
            &format,
            TextReader::open(&resource(bytes), "utf-8").unwrap(),
            RecordPosition::START,
            1,
            limit,
        );
        let mut chunk = Chunk::default();
        let (mut found, mut left_out) = (Vec::new(), Vec::new());
        while chunks.next_into(&mut chunk).unwrap() {
            left_out.extend(chunk.skipped.iter().copied());
            let mut record = Record::default();
            let (mut at, mut position) = (0, chunk.split.start);
            while at < chunk.text.len() {
                let (next, row) = format.skip(&chunk.text, at, &mut record);
                found.push((chunk.split.start.offset + at as u64, position.line, position.record));
                position.record += 1;
                position.row += u64::from(row);
                position.line += record.lines;
                at = next;
            }
        }
        let (mut at, mut position) = (0, RecordPosition::START);
        let mut record = Record::default();
        let (mut found, mut left_out) = (found.into_iter(), left_out.into_iter().peekable());
        let place = |offset: usize| {
            let start = format.line_start(bytes, offset).unwrap_or(0);
            LinePosition {
                line: 1 + format.count_lines(&bytes[..offset]),
                column: 1 + text[start..offset].chars().count() as u64,
            }
        };
        while at < bytes.len() {
            let (next, row) = format.skip(bytes, at, &mut record);
            let comment = format.is_comment(bytes, at);
            if let Some(long) = left_out.next_if(|long| long.start.offset == at as u64) {
                prop_assert!(next - at > limit, "{long:?}");
                prop_assert_eq!((long.start.line, long.start.record), (position.line, position.record));
                prop_assert_eq!(long.cell.is_none(), comment);
                if let Some(cell) = long.cell {
                    prop_assert_eq!(cell.start, place(usize::try_from(cell.offset).unwrap()));
                    if dialect.skip_columns == 0 {
                        let known = record.cells.get(cell.index).map(|cell| cell.raw_start as u64);
                        prop_assert_eq!(known, Some(cell.offset));
                    }
                }
                let unclosed = record.flaws.iter().find(|(flaw, _)| *flaw == Flaw::Unclosed);
                prop_assert_eq!(long.open_quote, unclosed.map(|&(_, at)| place(at)));
            } else {
                // What was read ahead to find the end of a long record is kept whatever its length.
                prop_assert!(next - at <= limit + 20, "{at} {next}");
                prop_assert_eq!(found.next(), Some((at as u64, position.line, position.record)));
            }
            position.record += 1;
            position.row += u64::from(row);
            position.line += record.lines;
            at = next;
        }
        prop_assert_eq!(found.next(), None);
        prop_assert_eq!(left_out.next(), None);
        prop_assert_eq!(chunks.position().offset, bytes.len() as u64);
        prop_assert_eq!(chunks.position().record, position.record);
        if !dialect.skip_blank_rows {
            prop_assert_eq!(chunks.position(), RecordPosition { characters: chunks.position().characters, offset: at as u64, ..position });
        }
    }

    /// What the `csv` crate writes is read as it was, and nothing is found wrong with it.
    #[test]
    fn written_records_are_read(
        records in prop::collection::vec(
            prop::collection::vec("[a,\"\r\n é]{0,5}", 3..4), 1..8),
        size in 1..60usize,
    ) {
        let mut writer = ::csv::WriterBuilder::new()
            .quote_style(::csv::QuoteStyle::NonNumeric)
            .from_writer(Vec::new());
        for record in &records {
            writer.write_record(record).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let (rows, _) = rows(&bytes, &Dialect::default(), size);
        prop_assert!(rows.iter().all(|row| row.3 == 0));
        let cells: Vec<_> = rows.into_iter().map(|row| row.4).collect();
        prop_assert_eq!(cells, records);
    }

    /// In every dialect that both can read, the fields are those that the `csv` crate reads.
    #[test]
    fn the_csv_crate_reads_the_same_fields(
        dialect in common_dialect(),
        records in prop::collection::vec(
            prop::collection::vec(("[ab,;|\"' #\\\\\r\n\t^é]{0,5}", any::<bool>()), 1..4), 0..8),
        ends in prop::collection::vec((any::<bool>(), any::<bool>()), 8),
        size in 1..60usize,
    ) {
        let (dialect, terminator) = dialect;
        let mut text = String::new();
        for (record, &(crlf, comment)) in records.iter().zip(&ends) {
            let end = match terminator {
                Some(end) => char::from(end).to_string(),
                None if crlf => "\r\n".to_owned(),
                None => "\n".to_owned(),
            };
            // The crate ends comments at line feeds alone.
            if comment
                && terminator.is_none()
                && let Some(prefix) = &dialect.comment_prefix
            {
                text += &format!("{prefix} \"{end}");
            }
            let cells: Vec<_> = record
                .iter()
                .enumerate()
                .map(|(at, (cell, quoted))| write_cell(&dialect, cell, record.len() == 1, at == 0, *quoted))
                .collect();
            text += &cells.join(&dialect.delimiter);
            text += &end;
        }
        let byte = |text: &str| text.as_bytes()[0];
        let mut reader = ::csv::ReaderBuilder::new();
        reader
            .has_headers(false)
            .flexible(true)
            .delimiter(byte(&dialect.delimiter))
            .double_quote(dialect.double_quote)
            .comment(dialect.comment_prefix.as_deref().map(byte))
            .terminator(terminator.map_or(::csv::Terminator::CRLF, ::csv::Terminator::Any))
            .trim(match dialect.trim {
                Trim::None => ::csv::Trim::None,
                _ => ::csv::Trim::Fields,
            });
        match dialect.quote_char.as_deref() {
            Some(quote) => reader.quote(byte(quote)),
            None => reader.quoting(false),
        };
        if !dialect.double_quote {
            reader.escape(Some(b'\\'));
        }
        let expected: Vec<Vec<String>> = reader
            .from_reader(text.as_bytes())
            .into_records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect();
        prop_assert_eq!(expected.len(), records.len(), "{:?}", text);
        let (found, _) = rows(text.as_bytes(), &dialect, size);
        prop_assert!(found.iter().all(|row| row.3 == 0), "{:?}", text);
        let found: Vec<_> = found.into_iter().map(|row| row.4).collect();
        prop_assert_eq!(found, expected, "{:?}", text);
    }
}

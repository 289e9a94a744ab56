//! Records under all dialects, whole and in chunks.

mod properties;

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

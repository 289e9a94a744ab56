//! What is before the data, in many dialects.

use super::*;
use crate::csv::tests::resource;

fn check(bytes: &[u8], dialect: Dialect, header: &[&[(&str, u64, u64)]], data: (u64, u64, u64)) {
    let preamble = preamble(&resource(bytes), &dialect).unwrap();
    let found: Vec<Vec<_>> = preamble
        .header
        .iter()
        .map(|row| {
            row.iter()
                .map(|cell| (cell.text.as_str(), cell.line, cell.column))
                .collect()
        })
        .collect();
    assert_eq!(found, header);
    let RecordPosition {
        offset,
        line,
        record,
        ..
    } = preamble.data;
    assert_eq!((offset, line, record), data);
}

#[test]
fn headers() {
    check(
        "\u{FEFF}a,\"b\r\nc\",д,e\r\n1,2,3,4\r\n".as_bytes(),
        Dialect::default(),
        &[&[("a", 1, 1), ("b\r\nc", 1, 3), ("д", 2, 4), ("e", 2, 6)]],
        (15, 3, 2),
    );
    check(
        b"#one\nskipped\n# two\nx|y\n",
        Dialect {
            comment_prefix: Some("#".into()),
            delimiter: "|".into(),
            skip_rows: 2,
            header_row_count: 2,
            ..Dialect::default()
        },
        &[&[("x", 4, 1), ("y", 4, 3)]],
        (23, 5, 5),
    );
    check(b"", Dialect::default(), &[], (0, 1, 1));
    let utf16: Vec<u8> = "\u{FEFF}é,b\n1,2\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    check(
        &utf16,
        Dialect::default(),
        &[&[("é", 1, 1), ("b", 1, 3)]],
        (5, 2, 2),
    );
}

#[test]
fn columns_without_header() {
    let dialect = Dialect {
        header_row_count: 0,
        skip_columns: 1,
        ..Dialect::default()
    };
    let preamble = preamble(&resource(b"1,2,3"), &dialect).unwrap();
    assert_eq!(preamble.column_count, 2);
}

#[test]
fn problems_before_the_data() {
    let check = |bytes: &[u8], encoding: &str, expected: &[(Code, u64, u64)]| {
        let dialect = Dialect {
            encoding: encoding.into(),
            header_row_count: 2,
            comment_prefix: Some("#".into()),
            ..Dialect::default()
        };
        let preamble = preamble(&resource(bytes), &dialect).unwrap();
        let problems = preamble.problems.iter();
        let places: Vec<_> = problems
            .map(|problem| (problem.code, problem.place.line, problem.place.column))
            .collect();
        assert_eq!(places, expected, "{}", String::from_utf8_lossy(bytes));
    };
    let (quoting, encoding) = (
        |line, column| (Code::Quoting, line, column),
        |line, column| (Code::Encoding, line, column),
    );
    check(
        b"a\"x,\xFFb\n1,2\n",
        "utf-8",
        &[quoting(1, 2), quoting(1, 2), encoding(1, 5)],
    );
    // One for each cell, and for each comment.
    let many = [b"\xFF".repeat(100_000), b"\n".to_vec()].concat();
    check(&many, "utf-8", &[encoding(1, 1)]);
    check(
        b"#\xFF \xFF\n\xC3\xA9\xFF\xFF,b,\"\r\n\xFF\"\r\n\xFF,\xFF",
        "utf-8",
        &[encoding(1, 2), encoding(2, 2), encoding(3, 1)],
    );
    check(
        b"\xFF\xFF,b\x81\nc,\x81\n\x81\n",
        "euc-kr",
        &[encoding(1, 1), encoding(1, 5), encoding(2, 3)],
    );
}

#[test]
fn headers_longer_than_can_be_read() {
    // As much is read as was there at the last try.
    let long = |line: &str| line.repeat(2 * RECORD_LIMIT / line.len() + 1);
    let titles = format!("{},\r", "x".repeat(8000));
    let text = format!("\u{FEFF}# x\na,\"b\"\"c\",d\r{}", long(&titles));
    let dialect = Dialect {
        comment_prefix: Some("#".into()),
        header_row_count: 2,
        ..Dialect::default()
    };
    let found = preamble(&resource(text.as_bytes()), &dialect).unwrap();
    let header: Vec<_> = found.header[0].iter().map(|cell| &*cell.text).collect();
    assert_eq!(header, ["a", "b\"c", "d"]);
    assert_eq!(found.column_count, 3);
    assert_eq!(found.data.offset, text.len() as u64 - 3);
    let [problem] = found.problems.as_slice() else {
        panic!("{:?}", found.problems);
    };
    let Place { line, column, .. } = problem.place;
    assert_eq!((problem.code, line, column), (Code::LineTerminators, 2, 11));

    for (text, place, message) in [
        // Another line follows: the carriage returns are part of its titles.
        (
            format!("a,{}\n1,2\n", long(&titles)),
            (1, 8004),
            "the header is longer than can be read, its longest title, here, is 8001 bytes",
        ),
        (format!("a,\"{}", long(&titles)), (1, 3), "the title is 671"),
    ] {
        let found = preamble(&resource(text.as_bytes()), &Dialect::default());
        let error = found.err().unwrap();
        let Place { line, column, .. } = error.place;
        assert_eq!((error.code, (line, column)), (Code::RecordTooLong, place));
        assert!(error.message.starts_with(message), "{}", error.message);
    }
}

#[test]
fn nul_bytes_of_the_header() {
    let dialect = Dialect {
        skip_rows: 1,
        skip_columns: 1,
        ..Dialect::default()
    };
    let preamble = preamble(
        &resource(b"x\nk\0,a\0b\0,c,\"d\ne\0\"\n1,2,3,4\n"),
        &dialect,
    )
    .unwrap();
    let problems: Vec<_> = preamble
        .problems
        .iter()
        .map(|problem| {
            let Place { line, column, .. } = problem.place;
            let cell = problem.place.cell.as_ref();
            let cell = cell.map(|cell| (cell.spreadsheet(), cell.column_name.to_string()));
            (problem.code, line, column, cell)
        })
        .collect();
    let cell = |reference: &str, name: &str| Some((reference.to_owned(), name.to_owned()));
    assert_eq!(
        problems,
        [
            (Code::Nul, 2, 2, None),
            (Code::Nul, 2, 5, cell("B2", "a\0b\0")),
            (Code::Nul, 3, 2, cell("D2", "d\ne\0")),
        ]
    );
}

#[test]
fn carriage_returns_that_end_no_line() {
    let declared = Dialect {
        line_terminators: vec!["\r".into()],
        ..Dialect::default()
    };
    for (bytes, dialect, expected) in [
        (&b"a,b\r1,2\r"[..], Dialect::default(), Some((1, 4))),
        (b"a\r", Dialect::default(), Some((1, 2))),
        (b"\"a\rb\",c\rd", Dialect::default(), Some((1, 8))),
        (b"\"a\rb\",c", Dialect::default(), None),
        (b"a,b\r\n1,2\r\n", Dialect::default(), None),
        (b"a\rb,c\n1,2\n", Dialect::default(), None),
        (b"a \"x,b\r\n1,2\r\n", Dialect::default(), None),
        (b"a \"x,b\r1,2\r", Dialect::default(), None),
        (b"a \"x\r\n\",b", Dialect::default(), None),
        (b"a \"x\r\n\",b\r1,2\r", Dialect::default(), Some((2, 4))),
        (b"a,b\r1,2\r", declared, None),
    ] {
        let preamble = preamble(&resource(bytes), &dialect).unwrap();
        let found = preamble
            .problems
            .iter()
            .find(|problem| problem.code == Code::LineTerminators)
            .map(|problem| (problem.place.line, problem.place.column));
        assert_eq!(found, expected, "{}", String::from_utf8_lossy(bytes));
    }
}

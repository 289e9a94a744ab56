//! Records that are long, broken or unreadable.

use super::*;

#[test]
fn unreadable_bytes_and_quotes_have_places() {
    let plan = compile(
        &group(vec![column("a"), column("b")]),
        csvw::ConversionMode::Minimal,
    );
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    let csv =
        b"a,b\r\n1,\"x\ny\"\r\n2,\xD0\xB4\xFFz\r\n3,a\0b\r\n4,\"x\"y\r\n5,b\"c\"\r\n6,\"open\r\n"
            .to_vec();
    run(
        &plan,
        &Memory(csv),
        &Options::default(),
        &mut NullSink,
        &mut diagnostics,
    )
    .unwrap();
    let found: Vec<_> = diagnostics
        .iter()
        .map(|found| {
            let cell = found.place.cell.as_ref().unwrap().spreadsheet();
            (found.code, found.place.line, found.place.column, cell)
        })
        .collect();
    assert_eq!(
        found,
        [
            (Code::Encoding, 4, 4, "B3".into()),
            (Code::Nul, 5, 4, "B4".into()),
            (Code::Quoting, 6, 6, "B5".into()),
            (Code::Quoting, 7, 4, "B6".into()),
            (Code::Quoting, 8, 3, "B7".into()),
        ]
    );
}

#[test]
fn an_endless_quote_is_bounded() {
    let plan = compile(&group(vec![column("a")]), csvw::ConversionMode::Minimal);
    let csv = format!("a\nx\n\"{}", "y".repeat(100_000));
    let options = Options {
        record_limit: 1000,
        chunk_size: 10,
        ..Options::default()
    };
    let (text, diagnostics) = lines(&plan, &csv, &options);
    assert_eq!(text, "_:t0s1 <a> \"x\" .\n");
    let found: Vec<_> = diagnostics
        .iter()
        .map(|found| (found.code, found.place.line))
        .collect();
    assert_eq!(found, [(Code::RecordTooLong, 3)]);
    let hint = diagnostics
        .iter()
        .find_map(|found| found.hint.as_ref().map(ToString::to_string));
    assert_eq!(
        hint.as_deref(),
        Some("the quote at line 3, character 1 is never closed")
    );
}

#[test]
fn many_cells_make_a_record_too_long() {
    let plan = compile(&group(vec![column("a")]), csvw::ConversionMode::Minimal);
    let csv = format!("a\nx,long{}\ny\n", ",z".repeat(1000));
    let options = Options {
        record_limit: 1000,
        chunk_size: 10,
        ..Options::default()
    };
    let (_, diagnostics) = lines(&plan, &csv, &options);
    let found: Vec<_> = diagnostics
        .iter()
        .map(|found| (found.place.line, found.place.column, found.message.as_str()))
        .collect();
    let message = "the record is longer than can be read and is left out; its longest cell, here, is 4 bytes long";
    assert_eq!(found, [(2, 3, message)]);
}

/// What comes after a record that is too long is converted and checked, at its own place.
#[test]
fn long_records_are_left_out() {
    let plan = compile(
        &group(vec![column("a"), column("b")]),
        csvw::ConversionMode::Minimal,
    );
    let long = format!("é,\"{}\n\"\n", "y".repeat(100_000));
    let csv = format!("a,b\n1,2\n{long}{long}3\n{long}4,5\n{long}");
    for (threads, chunk_size) in [(1, 10), (2, 10), (2, 999)] {
        let options = Options {
            threads,
            record_limit: 1000,
            chunk_size,
            ..Options::default()
        };
        let (text, diagnostics) = lines(&plan, &csv, &options);
        assert_eq!(text.lines().count(), 5, "{text}");
        let found: Vec<_> = diagnostics
            .iter()
            .map(|found| {
                let cell = found.place.cell.as_ref();
                let cell = cell.map(|cell| format!("{} {}", cell.spreadsheet(), cell.column_name));
                let Place { line, column, .. } = found.place;
                (found.code, line, column, cell.unwrap_or_default())
            })
            .collect();
        let too_long = |line, cell: &str| (Code::RecordTooLong, line, 3, cell.to_owned());
        assert_eq!(
            found,
            [
                too_long(3, "B3 b"),
                too_long(5, "B4 b"),
                (Code::Ragged, 7, 2, "B5 b".into()),
                too_long(8, "B6 b"),
                too_long(11, "B8 b"),
            ]
        );
    }
}

/// A table with one wrong cell, and where that cell is.
#[derive(Debug, Clone)]
struct Broken {
    csv: Vec<u8>,
    line: u64,
    column: u64,
    cell: String,
}

/// Writes a table of three columns; the wrong cell is in `row` of `column`.
fn broken(
    rows: &[Vec<(String, bool)>],
    (row, column): (usize, usize),
    crlf: bool,
    mark: bool,
) -> Broken {
    let end = if crlf { "\r\n" } else { "\n" };
    let mut csv = format!("a,b,c{end}");
    let mut broken = Broken {
        csv: Vec::new(),
        line: 0,
        column: 0,
        cell: format!("{}{}", ["A", "B", "C"][column], row + 2),
    };
    for (index, cells) in rows.iter().enumerate() {
        for (number, (text, quoted)) in cells.iter().enumerate() {
            if number > 0 {
                csv.push(',');
            }
            let wrong = (index, number) == (row, column);
            if wrong {
                broken.line = 1 + csv.matches('\n').count() as u64;
                let line = csv.rfind('\n').map_or(0, |at| at + 1);
                broken.column = 1 + csv[line..].chars().count() as u64;
            }
            let text = match (wrong, number == column) {
                (true, _) => "wrong",
                // The other cells of that column are right.
                (false, true) => "17",
                (false, false) => text,
            };
            if *quoted || text.contains([',', '"', '\n', '\r']) {
                csv.push_str(&format!("\"{}\"", text.replace('"', "\"\"")));
            } else {
                csv.push_str(text);
            }
        }
        csv.push_str(end);
    }
    if mark {
        broken.csv.extend_from_slice("\u{FEFF}".as_bytes());
    }
    broken.csv.extend_from_slice(csv.as_bytes());
    broken
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]

    /// One wrong cell in a random table is reported at its exact line, column and cell.
    #[test]
    fn a_wrong_cell_is_found_where_it_is(
        rows in proptest::collection::vec(
            proptest::collection::vec(("[a,\"\r\n\té漢😀 ]{0,6}", proptest::bool::ANY), 3..4), 1..12),
        pick in 0..1000usize,
        crlf in proptest::bool::ANY,
        mark in proptest::bool::ANY,
        chunk_size in 1..100usize,
    ) {
        let at = (pick / 3 % rows.len(), pick % 3);
        let broken = broken(&rows, at, crlf, mark);
        let mut columns = vec![column("a"), column("b"), column("c")];
        columns[at.1].datatype.base = "integer".into();
        let plan = compile(&group(columns), csvw::ConversionMode::Minimal);
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        let options = Options { threads: 1, chunk_size, ..Options::default() };
        run(&plan, &Memory(broken.csv.clone()), &options, &mut NullSink, &mut diagnostics).unwrap();
        let found: Vec<_> = diagnostics
            .iter()
            .map(|found| {
                let cell = found.place.cell.as_ref().map(crate::diagnostic::CellPlace::spreadsheet);
                (found.code, found.place.line, found.place.column, cell)
            })
            .collect();
        let expected = (Code::Datatype, broken.line, broken.column, Some(broken.cell.clone()));
        proptest::prop_assert_eq!(found, [expected], "{:?}", broken);
    }
}

//! Properties of any table in any dialect.

use super::*;

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

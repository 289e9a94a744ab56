//! Chunks, parts and ranges of tables, and the sinks that take their quads.

use super::*;

#[test]
fn threads_and_chunks_do_not_show() {
    let mut csv = String::from("a,b\n");
    for row in 0..3000 {
        csv.push_str(&format!("{row},\"x\n\"\"{row}\"\"\"\n"));
        if row % 700 == 699 {
            csv.push_str("short\n");
        }
    }
    let plan = compile(
        &group(vec![column("a"), column("b")]),
        csvw::ConversionMode::Standard,
    );
    let whole = lines(
        &plan,
        &csv,
        &Options {
            threads: 1,
            ..Options::default()
        },
    );
    assert_eq!(whole.1.count(crate::diagnostic::Severity::Warning), 4);
    for threads in [1, 2, 5] {
        for chunk_size in [1, 100, 5000] {
            let options = Options {
                threads,
                chunk_size,
                ..Options::default()
            };
            let parts = lines(&plan, &csv, &options);
            assert!(parts.0 == whole.0, "{threads} threads, {chunk_size} bytes");
            let places = |diagnostics: &Diagnostics| -> Vec<Place> {
                diagnostics
                    .iter()
                    .map(|found| found.place.clone())
                    .collect()
            };
            assert_eq!(places(&parts.1), places(&whole.1));
        }
    }
}

#[test]
fn a_listener_hears_of_every_byte() {
    let rows: String = (0..3000).map(|row| format!("{row},x\n")).collect();
    let plan = compile(
        &group(vec![column("a"), column("b")]),
        csvw::ConversionMode::Minimal,
    );
    for threads in [1, 3] {
        let heard = Arc::new(AtomicU64::new(0));
        let listener = {
            let heard = Arc::clone(&heard);
            Progress::new(move |bytes| {
                heard.fetch_add(bytes, Ordering::Relaxed);
            })
        };
        let options = Options {
            threads,
            chunk_size: 1000,
            progress: Some(&listener),
            ..Options::default()
        };
        lines(&plan, &format!("a,b\n{rows}"), &options);
        assert_eq!(heard.load(Ordering::Relaxed), rows.len() as u64);
    }
}

#[test]
fn parts_make_the_whole() {
    let mut csv = String::from("a,b\n");
    for row in 0..500 {
        csv.push_str(&format!("{row},\"x\n{row}\"\n"));
    }
    let plan = compile(
        &group(vec![column("a"), column("b")]),
        csvw::ConversionMode::Standard,
    );
    let memory = Memory(csv.into_bytes());
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    let mut whole = CollectSink::default();
    run(
        &plan,
        &memory,
        &Options::default(),
        &mut whole,
        &mut diagnostics,
    )
    .unwrap();
    let cuts = splits(&plan, TableId::new(0), &memory, 300).unwrap();
    assert!(cuts.len() > 10);
    let sink = CollectSink::default();
    let mut parts = sink.chunk();
    for cut in &cuts {
        let cut = serde_json::from_str(&serde_json::to_string(cut).unwrap()).unwrap();
        split(
            &plan,
            TableId::new(0),
            &memory,
            &cut,
            &mut parts,
            &mut diagnostics,
        )
        .unwrap();
    }
    let mut sink = sink;
    sink.accept(parts).unwrap();
    // Four quads are about the group and the table.
    assert_eq!(sink.quads, whole.quads[4..]);
    let of_row: Vec<_> = whole
        .quads
        .iter()
        .filter(|(_, origin)| origin.row == 321)
        .cloned()
        .collect();
    assert_eq!(of_row[0].1.line, 642);
    assert_eq!(
        row(&plan, TableId::new(0), &memory, 321, None).unwrap(),
        of_row
    );
    assert_eq!(row(&plan, TableId::new(0), &memory, 501, None).unwrap(), []);
}

#[test]
fn keys_are_collected_on_the_way() {
    use crate::keys::{KeyChecker, KeyOptions, KeyPlan};
    let number = Column {
        datatype: DatatypeDescription {
            base: "integer".into(),
            ..DatatypeDescription::default()
        },
        ..column("a")
    };
    let mut group = group(vec![number, column("b")]);
    group.tables[0].primary_key = vec![0];
    let plan = compile(&group, csvw::ConversionMode::Minimal);
    let memory = Memory(b"a,b\n1,x\n2,\"y\n\"\n+1,z\n3,\n".to_vec());
    for (threads, chunk_size) in [(1, CHUNK_SIZE), (2, 4)] {
        let checker = KeyChecker::new(KeyPlan::of(&group), &KeyOptions::default());
        let options = Options {
            threads,
            chunk_size,
            keys: Some(&checker),
            ..Options::default()
        };
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        run(&plan, &memory, &options, &mut NullSink, &mut diagnostics).unwrap();
        checker
            .finish(&TableRows::new(&plan, &memory), &mut diagnostics)
            .unwrap();
        let found: Vec<_> = diagnostics
            .iter()
            .map(|found| (found.code, found.place.line, found.place.column))
            .collect();
        assert_eq!(found, [(Code::DuplicateKey, 5, 1)]);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    /// Ranges of a table that are counted and converted on their own make the quads of one pass, origins and labels
    /// included.
    #[test]
    fn counted_ranges_make_the_same_quads(
        text in "([ab,\"\\\\#é\r\n]|\"\"|\n|a,b,\n){0,60}",
        dialect in (
            proptest::bool::ANY,
            proptest::bool::ANY,
            proptest::option::of(proptest::strategy::Just("#")),
            proptest::sample::select(&["utf-8", "windows-1252", "shift_jis", "utf-16le"][..]),
        ),
        count in 1..9u64,
    ) {
        let (double_quote, skip_blank_rows, comment, encoding) = dialect;
        let mut group = group(vec![column("a"), column("b"), column("c")]);
        group.tables[0].dialect = Dialect {
            double_quote,
            skip_blank_rows,
            comment_prefix: comment.map(str::to_owned),
            encoding: encoding.into(),
            ..Dialect::default()
        };
        let plan = compile(&group, csvw::ConversionMode::Standard);
        proptest::prop_assert!(plan.depends_on_row_numbers());
        let bytes = match encoding {
            "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ => text.into_bytes(),
        };
        let file = Memory(bytes);
        let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
        let mut whole = CollectSink::default();
        let options = Options { threads: 1, ..Options::default() };
        let summary = run(&plan, &file, &options, &mut whole, &mut diagnostics).unwrap();
        whole.quads.retain(|(_, origin)| origin.line > 0);

        let table = TableId::new(0);
        let extent = extent(&plan, table, &file).unwrap();
        let counts: Vec<_> = extent
            .ranges(count)
            .map(|range| super::count(&plan, table, &file, &extent, range).unwrap())
            .collect();
        let mut parts = CollectSink::default();
        let mut rows = 0;
        for part in extent.splits(&counts) {
            let mut chunk = parts.chunk();
            rows += split(&plan, table, &file, &part, &mut chunk, &mut diagnostics).unwrap();
            parts.accept(chunk).unwrap();
        }
        proptest::prop_assert_eq!(rows, summary.rows);
        proptest::prop_assert_eq!(parts.quads, whole.quads);
    }
}

/// Takes the quads of so many rows.
struct FirstRows(u64);

#[derive(Default)]
struct FirstChunk(u64, std::collections::BTreeSet<u64>);

impl QuadSink for FirstChunk {
    fn quad(&mut self, _: oxrdf::QuadRef<'_>, origin: Origin) {
        self.1.insert(origin.row);
    }

    fn is_done(&self) -> bool {
        self.1.len() as u64 >= self.0
    }
}

impl Sink for FirstRows {
    type Chunk = FirstChunk;

    fn chunk(&self) -> FirstChunk {
        FirstChunk(self.0, std::collections::BTreeSet::new())
    }

    fn accept(&mut self, _: FirstChunk) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_sink_can_stop_a_conversion() {
    let mut group = group(vec![column("a")]);
    group.tables.push(group.tables[0].clone());
    let plan = compile(&group, csvw::ConversionMode::Minimal);
    let csv: String = (0..20_000).fold("a\n".into(), |csv, n| format!("{csv}{n}\n"));
    for threads in [1, 3] {
        let options = Options {
            threads,
            ..Options::default()
        };
        let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
        let file = Memory(csv.clone().into_bytes());
        let summary = run(&plan, &file, &options, &mut FirstRows(7), &mut diagnostics).unwrap();
        assert!(summary.stopped);
        assert_eq!((summary.rows, summary.quads), (7, 7));
        // Nothing of the second table is read.
        assert_eq!(summary.tables.len(), 1);
        let whole = run(
            &plan,
            &file,
            &options,
            &mut FirstRows(50_000),
            &mut diagnostics,
        )
        .unwrap();
        assert!(!whole.stopped);
        assert_eq!(whole.rows, 40_000);
    }
}

//! Tables described by hand, through the plan to quads.

use super::*;
use crate::csv::Dialect;
use crate::csvw::model::{Column, Extensions, Table, TableGroup};
use crate::csvw::{self, CompileOptions};
use crate::datatype::{DatatypeDescription, FormatDescription};
use crate::diagnostic::{Code, Diagnostics, Mode, Place};
use crate::plan::{
    About, ColumnId, DatatypeMap, Duplicates, Escaping, Expansion, Form, GraphMap, Join,
    LanguageMap, LiteralMap, NullPolicy, ObjectMap, Plan, Slot, TableId, Template, TemplateId,
    TermMap, Text, TripleMap,
};
use crate::progress::Progress;
use crate::resource::{Content, ResolveError, Resolver, Resource};
use oxrdf::{Literal, NamedNode};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// One file in memory, whatever the URL.
struct Memory(Vec<u8>);

impl Resolver for Memory {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        Ok(Resource {
            url: url.into(),
            media_type: None,
            charset: None,
            header: None,
            language: None,
            links: Vec::new(),
            content: Content::Bytes(self.0.as_slice().into()),
            name: "t.csv".into(),
        })
    }
}

fn column(name: &str) -> Column {
    Column {
        name: name.into(),
        titles: Vec::new(),
        virtual_column: false,
        suppress_output: false,
        about_url: None,
        property_url: Some(format!("http://example.org/{name}")),
        value_url: None,
        datatype: DatatypeDescription::default(),
        default: String::new(),
        lang: "und".into(),
        null: vec![String::new()],
        ordered: false,
        required: false,
        separator: None,
        text_direction: None,
        annotations: Vec::new(),
        extensions: Extensions::default(),
        misfit: false,
        place: Place::default(),
    }
}

fn group(columns: Vec<Column>) -> TableGroup {
    TableGroup {
        tables: vec![Table {
            url: "http://example.org/t.csv".into(),
            id: None,
            suppress_output: false,
            dialect: Dialect::default(),
            columns,
            primary_key: Vec::new(),
            foreign_keys: Vec::new(),
            row_titles: Vec::new(),
            table_direction: None,
            annotations: Vec::new(),
            notes: Vec::new(),
            extensions: Extensions::default(),
            unread: false,
            place: Place::default(),
        }],
        ..TableGroup::default()
    }
}

fn compile(group: &TableGroup, mode: csvw::Mode) -> Plan {
    let mut diagnostics = Diagnostics::new(Mode::Convert);
    let options = CompileOptions {
        mode,
        ..CompileOptions::default()
    };
    let plan = csvw::compile(group, &options, &mut diagnostics);
    assert!(diagnostics.is_empty());
    // What is carried out is always a plan that was written down and read back.
    serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap()
}

/// The lines of a conversion without the brackets of IRIs under `http://example.org/`.
fn lines(plan: &Plan, csv: &str, options: &Options) -> (String, Diagnostics) {
    let mut sink = TextSink::new(Vec::new());
    let mut diagnostics = Diagnostics::new(Mode::Convert);
    run(
        plan,
        &Memory(csv.into()),
        options,
        &mut sink,
        &mut diagnostics,
    )
    .unwrap();
    let text = String::from_utf8(sink.finish().unwrap()).unwrap();
    (text.replace("http://example.org/", ""), diagnostics)
}

fn check(columns: Vec<Column>, csv: &str, expected: &[&str]) {
    let plan = compile(&group(columns), csvw::Mode::Minimal);
    let (text, _) = lines(&plan, csv, &Options::default());
    let found: Vec<&str> = text.lines().collect();
    assert_eq!(found, expected);
}

#[test]
fn literals_and_iris() {
    let id = Column {
        about_url: Some("http://example.org/{id}".into()),
        ..column("id")
    };
    let name = Column {
        about_url: Some("http://example.org/{id}".into()),
        lang: "ru".into(),
        ..column("name")
    };
    let kind = Column {
        about_url: Some("http://example.org/{id}".into()),
        property_url: Some("rdf:type".into()),
        value_url: Some("C{kind}".into()),
        ..column("kind")
    };
    let note = Column {
        property_url: None,
        ..column("note")
    };
    check(
        vec![id, name, kind, note],
        "id,name,kind,note\n1,Город,X,\"a \"\"b\"\"\"\n2 3,,,",
        &[
            "<1> <id> \"1\" .",
            "<1> <name> \"Город\"@ru .",
            "<1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <CX> .",
            "_:t0s1 <t.csv#note> \"a \\\"b\\\"\" .",
            "<2%203> <id> \"2 3\" .",
        ],
    );
}

#[test]
fn only_strings_have_a_language() {
    let typed = |name: &str, datatype: DatatypeDescription| Column {
        lang: "ru".into(),
        datatype,
        ..column(name)
    };
    let base = |base: &str| DatatypeDescription {
        base: base.into(),
        ..DatatypeDescription::default()
    };
    let short = DatatypeDescription {
        max_length: Some(1),
        ..base("string")
    };
    let own = DatatypeDescription {
        id: Some("http://example.org/Short".into()),
        ..short.clone()
    };
    let columns = vec![
        typed("i", base("integer")),
        typed("s", short),
        typed("o", own),
        typed("a", base("any")),
    ];
    check(
        columns.clone(),
        "i,s,o,a\n1,a,a,a\nx,bc,bc,bc\n",
        &[
            "_:t0s1 <i> \"1\"^^<http://www.w3.org/2001/XMLSchema#integer> .",
            "_:t0s1 <s> \"a\"@ru .",
            "_:t0s1 <o> \"a\"^^<Short> .",
            "_:t0s1 <a> \"a\"^^<http://www.w3.org/2001/XMLSchema#anyAtomicType> .",
            "_:t0s2 <i> \"x\" .",
            "_:t0s2 <s> \"bc\"@ru .",
            "_:t0s2 <o> \"bc\"@ru .",
            "_:t0s2 <a> \"bc\"^^<http://www.w3.org/2001/XMLSchema#anyAtomicType> .",
        ],
    );

    // Titles of rows are strings whatever the column holds.
    let mut group = group(columns);
    group.tables[0].row_titles = vec![0, 1, 3];
    let plan = compile(&group, csvw::Mode::Standard);
    let (text, _) = lines(&plan, "i,s,o,a\n1,a,a,a\n", &Options::default());
    let titles: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split_once("csvw#title> "))
        .map(|(_, title)| title)
        .collect();
    assert_eq!(titles, ["\"1\" .", "\"a\"@ru .", "\"a\" ."]);
}

#[test]
fn lists() {
    let separator = Some(";".to_owned());
    let plain = Column {
        separator: separator.clone(),
        ..column("plain")
    };
    let ordered = Column {
        separator: separator.clone(),
        ordered: true,
        ..column("ordered")
    };
    let each = Column {
        separator: separator.clone(),
        value_url: Some("http://example.org/{each}".into()),
        extensions: Extensions {
            each: true,
            ..Extensions::default()
        },
        ..column("each")
    };
    let whole = Column {
        separator,
        value_url: Some("http://example.org/?q={whole}".into()),
        ..column("whole")
    };
    check(
        vec![plain, ordered, each, whole],
        "plain,ordered,each,whole\na;b,c;d,e;f,g;h\n",
        &[
            "_:t0s1 <plain> \"a\" .",
            "_:t0s1 <plain> \"b\" .",
            "_:t0s1 <ordered> _:t0r1c1i0 .",
            "_:t0r1c1i0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> \"c\" .",
            "_:t0r1c1i0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> _:t0r1c1i1 .",
            "_:t0r1c1i1 <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> \"d\" .",
            "_:t0r1c1i1 <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil> .",
            "_:t0s1 <each> <e> .",
            "_:t0s1 <each> <f> .",
            "_:t0s1 <whole> <?q=g,h> .",
        ],
    );
}

#[test]
fn templates_take_canonical_forms() {
    let typed = |name: &str, base: &str, format: Option<&str>| Column {
        value_url: Some(format!("http://example.org/{{{name}}}")),
        datatype: DatatypeDescription {
            base: base.to_owned(),
            format: format.map(|format| FormatDescription {
                pattern: Some(format.to_owned()),
                ..FormatDescription::default()
            }),
            ..DatatypeDescription::default()
        },
        ..column(name)
    };
    let listed = |column: Column, each: bool| Column {
        separator: Some(";".into()),
        extensions: Extensions {
            each,
            ..Extensions::default()
        },
        ..column
    };
    let prefix = Column {
        value_url: Some("http://example.org/?n={i:2}{&i,s}".into()),
        virtual_column: true,
        ..column("p")
    };
    check(
        vec![
            typed("i", "integer", None),
            typed("n", "decimal", Some("#,##0.00")),
            typed("d", "double", None),
            typed("t", "dateTime", None),
            typed("s", "string", None),
            listed(typed("l", "integer", None), false),
            listed(typed("e", "integer", None), true),
            prefix,
        ],
        "i,n,d,t,s,l,e\n+0123,\"1,200.00\",1.5e3,2015-12-31T24:00:00,01,01;2,01;x01\n",
        &[
            "_:t0s1 <i> <123> .",
            "_:t0s1 <n> <1200> .",
            "_:t0s1 <d> <1.5E3> .",
            "_:t0s1 <t> <2016-01-01T00%3A00%3A00> .",
            "_:t0s1 <s> <01> .",
            "_:t0s1 <l> <1,2> .",
            "_:t0s1 <e> <1> .",
            // What is not an integer is a string.
            "_:t0s1 <e> <x01> .",
            "_:t0s1 <p> <?n=12&i=123&s=01> .",
        ],
    );
}

#[test]
fn own_annotations() {
    use crate::csvw::model::Condition;
    let a = column("a");
    let b = Column {
        extensions: Extensions {
            graph: Some("http://example.org/graph/{a}".into()),
            language: Some("a".into()),
            ..Extensions::default()
        },
        ..column("b")
    };
    let guarded = Column {
        virtual_column: true,
        value_url: Some("http://example.org/class/{b}".into()),
        extensions: Extensions {
            when: Some(vec![Condition::Differs("a".into(), "en".into())]),
            ..Extensions::default()
        },
        ..column("v")
    };
    check(
        vec![a, b, guarded],
        "a,b\nen,x\nde,y\nfr,\n,z\n",
        &[
            "_:t0s1 <a> \"en\" .",
            "_:t0s1 <b> \"x\"@en <graph/en> .",
            "_:t0s2 <a> \"de\" .",
            "_:t0s2 <b> \"y\"@de <graph/de> .",
            "_:t0s2 <v> <class/y> .",
            "_:t0s3 <a> \"fr\" .",
            "_:t0s4 <b> \"z\" .",
            "_:t0s4 <v> <class/z> .",
        ],
    );
}

#[test]
fn languages_of_cells() {
    let text = Column {
        extensions: Extensions {
            language: Some("lang".into()),
            ..Extensions::default()
        },
        ..column("text")
    };
    let lang = Column {
        suppress_output: true,
        ..column("lang")
    };
    let plan = compile(&group(vec![text, lang]), csvw::Mode::Minimal);
    let csv = "text,lang\na,en\nb,en_US\nc,fr \nd, nb\ne,pt-\nf,x\ng,en-GB\nh,\ni,de-1996\n";
    let (found, diagnostics) = lines(&plan, csv, &Options::default());
    let found: Vec<&str> = found.lines().collect();
    assert_eq!(
        found,
        [
            "_:t0s1 <text> \"a\"@en .",
            "_:t0s2 <text> \"b\" .",
            "_:t0s3 <text> \"c\"@fr .",
            "_:t0s4 <text> \"d\"@nb .",
            "_:t0s5 <text> \"e\" .",
            "_:t0s6 <text> \"f\" .",
            "_:t0s7 <text> \"g\"@en-GB .",
            "_:t0s8 <text> \"h\" .",
            "_:t0s9 <text> \"i\"@de-1996 .",
        ]
    );
    let places: Vec<_> = diagnostics
        .iter()
        .map(|found| (found.code, found.place.line, found.place.column))
        .collect();
    assert_eq!(
        places,
        [3, 6, 7].map(|line| (Code::LanguageTag, line, 3)),
        "{diagnostics:?}"
    );
}

#[test]
fn unseen_characters_where_things_are_named() {
    let id = column("id");
    let label = Column {
        property_url: Some("http://www.w3.org/2000/01/rdf-schema#label".into()),
        ..column("label")
    };
    let kind = Column {
        value_url: Some("http://example.org/kind/{kind}".into()),
        separator: Some(";".into()),
        ..column("kind")
    };
    // Prose may be set with care.
    let note = column("note");
    let mut group = group(vec![id, label, kind, note]);
    group.tables[0].primary_key = vec![0];
    let plan = compile(&group, csvw::Mode::Minimal);
    let csv = "id,label,kind,note\n\
        a,New\u{a0}York,x;y,a\u{a0}b\n\
        b ,Мoсква,x;y\u{200b},\n\
        c,Краи\u{306},x,\n\
        d,Железногорск — «да», x,\n";
    let found = |mode| {
        let mut diagnostics = Diagnostics::new(mode);
        let memory = Memory(csv.into());
        let options = Options::default();
        run(&plan, &memory, &options, &mut NullSink, &mut diagnostics).unwrap();
        let mut found: Vec<_> = diagnostics
            .iter()
            .map(|found| {
                assert_eq!(found.code, Code::Unseen);
                let message = found.message.rsplit_once(" has ").unwrap().1.to_owned();
                (found.place.line, found.place.column, message)
            })
            .collect();
        found.sort();
        found
    };
    assert_eq!(
        found(Mode::Validate),
        [
            (2, 3, "a no-break space (U+00A0)"),
            (3, 1, "white space at an end"),
            (3, 4, "the Latin `o` in the Cyrillic word `Мoсква`"),
            (3, 11, "a zero-width space (U+200B)"),
            (4, 3, "`й` written in parts, `и` and U+0306"),
            (5, 23, "white space at an end"),
        ]
        .map(|(line, column, message)| (line, column, message.to_owned()))
    );
    // Converting is not a check.
    assert_eq!(found(Mode::Convert), []);
}

#[test]
fn standard_mode() {
    let plan = compile(&group(vec![column("a"), column("b")]), csvw::Mode::Standard);
    let (text, diagnostics) = lines(&plan, "a,b\n1,\n", &Options::default());
    assert!(diagnostics.is_empty());
    let text = text.replace("http://www.w3.org/ns/csvw#", "csvw:");
    let text = text.replace("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf:");
    let found: Vec<&str> = text.lines().collect();
    assert_eq!(
        found,
        [
            "_:g <rdf:type> <csvw:TableGroup> .",
            "_:g <csvw:table> _:t0 .",
            "_:t0 <rdf:type> <csvw:Table> .",
            "_:t0 <csvw:url> <t.csv> .",
            "_:t0 <csvw:row> _:t0r1 .",
            "_:t0r1 <rdf:type> <csvw:Row> .",
            "_:t0r1 <csvw:rownum> \"1\"^^<http://www.w3.org/2001/XMLSchema#integer> .",
            "_:t0r1 <csvw:url> <t.csv#row=2> .",
            "_:t0r1 <csvw:describes> _:t0s1 .",
            "_:t0s1 <a> \"1\" .",
        ]
    );
}

#[test]
fn threads_and_chunks_do_not_show() {
    let mut csv = String::from("a,b\n");
    for row in 0..3000 {
        csv.push_str(&format!("{row},\"x\n\"\"{row}\"\"\"\n"));
        if row % 700 == 699 {
            csv.push_str("short\n");
        }
    }
    let plan = compile(&group(vec![column("a"), column("b")]), csvw::Mode::Standard);
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
    let plan = compile(&group(vec![column("a"), column("b")]), csvw::Mode::Minimal);
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
    let plan = compile(&group(vec![column("a"), column("b")]), csvw::Mode::Standard);
    let memory = Memory(csv.into_bytes());
    let mut diagnostics = Diagnostics::new(Mode::Convert);
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
fn unreadable_bytes_and_quotes_have_places() {
    let plan = compile(&group(vec![column("a"), column("b")]), csvw::Mode::Minimal);
    let mut diagnostics = Diagnostics::new(Mode::Convert);
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
    let plan = compile(&group(vec![column("a")]), csvw::Mode::Minimal);
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
    let plan = compile(&group(vec![column("a")]), csvw::Mode::Minimal);
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
    let plan = compile(&group(vec![column("a"), column("b")]), csvw::Mode::Minimal);
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
    let plan = compile(&group, csvw::Mode::Minimal);
    let memory = Memory(b"a,b\n1,x\n2,\"y\n\"\n+1,z\n3,\n".to_vec());
    for (threads, chunk_size) in [(1, CHUNK_SIZE), (2, 4)] {
        let checker = KeyChecker::new(KeyPlan::of(&group), &KeyOptions::default());
        let options = Options {
            threads,
            chunk_size,
            keys: Some(&checker),
            ..Options::default()
        };
        let mut diagnostics = Diagnostics::new(Mode::Validate);
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
        let plan = compile(&group(columns), csvw::Mode::Minimal);
        let mut diagnostics = Diagnostics::new(Mode::Validate);
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

/// What a mapping language other than CSVW's can say: blank nodes made by templates, several graphs, languages and
/// datatypes of templates, raw references as IRIs, nulls that leave nothing, things said once.
#[test]
fn a_plan_of_another_front_end() {
    let mut plan = compile(
        &group(vec![
            column("id"),
            column("name"),
            column("lang"),
            column("type"),
        ]),
        csvw::Mode::Minimal,
    );
    let table = &mut plan.tables[0];
    table.base = Some("http://example.org/base/".into());
    table.templates.clear();
    table.maps.clear();
    let mut template = |text: &str, escaping: Escaping, form: Form| {
        let slot = |name: &str| match name {
            "id" => Slot::Column(ColumnId::new(0)),
            "name" => Slot::Column(ColumnId::new(1)),
            "lang" => Slot::Column(ColumnId::new(2)),
            _ => Slot::Column(ColumnId::new(3)),
        };
        let id = TemplateId::new(table.templates.len());
        table
            .templates
            .push(Template::new(text, escaping, form, slot));
        Expansion {
            null: NullPolicy::Skip,
            ..Expansion::of(id)
        }
    };
    let id = template("{id}", Escaping::None, Form::Text);
    let relative = template("{name}", Escaping::Iri, Form::Appended);
    let raw = template("{type}", Escaping::None, Form::Appended);
    let graph = template("g/{lang}", Escaping::Iri, Form::Appended);
    let text = template("{id}: {name}", Escaping::None, Form::Text);
    let lang = template("{lang}", Escaping::None, Form::Text);
    let datatype = template("http://example.org/{lang}", Escaping::Iri, Form::Appended);
    let iri = |text: &str| TermMap::Constant(NamedNode::new_unchecked(text).into());
    let map = |subject: TermMap, object: TermMap| TripleMap {
        about: About::Row { at: None },
        subject,
        predicate: iri("http://example.org/p"),
        object: ObjectMap::Terms(object),
        graphs: Vec::new(),
        condition: Vec::new(),
        duplicates: Duplicates::Keep,
        place: Place::default(),
    };
    let literal = |value: Text, datatype: DatatypeMap, language: LanguageMap| {
        TermMap::Literal(LiteralMap {
            value,
            datatype,
            language,
        })
    };
    let node = || TermMap::BlankNode(id);
    let plain = Literal::new_simple_literal("x");
    table.maps = vec![
        TripleMap {
            graphs: vec![
                GraphMap::Default,
                GraphMap::Named(TermMap::Iri(graph)),
                GraphMap::Named(iri("http://example.org/g")),
            ],
            ..map(node(), TermMap::Constant(plain.into()))
        },
        map(node(), TermMap::Iri(relative)),
        map(TermMap::Iri(raw), TermMap::Fresh("m1".into())),
        map(
            node(),
            literal(
                Text::Template(text),
                DatatypeMap::String,
                LanguageMap::Template(lang),
            ),
        ),
        TripleMap {
            duplicates: Duplicates::OncePerRow,
            ..map(
                node(),
                literal(
                    Text::Column(ColumnId::new(1)),
                    DatatypeMap::Template(datatype),
                    LanguageMap::None,
                ),
            )
        },
        TripleMap {
            duplicates: Duplicates::OncePerRow,
            ..map(
                node(),
                literal(
                    Text::Column(ColumnId::new(1)),
                    DatatypeMap::Template(datatype),
                    LanguageMap::None,
                ),
            )
        },
    ];
    let plan: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    let csv = "id,name,lang,type\n1 a,Zoë B,en,x/../y\n2,,,http://e.org/t\n";
    let (text, diagnostics) = lines(&plan, csv, &Options::default());
    assert_eq!(
        text.lines().collect::<Vec<_>>(),
        [
            "_:b_1_20a <p> \"x\" .",
            "_:b_1_20a <p> \"x\" <base/g/en> .",
            "_:b_1_20a <p> \"x\" <g> .",
            "_:b_1_20a <p> <base/Zoë%20B> .",
            "<base/x/../y> <p> _:t0m11 .",
            "_:b_1_20a <p> \"1 a: Zoë B\"@en .",
            "_:b_1_20a <p> \"Zoë B\"^^<en> .",
            "_:b_2 <p> \"x\" .",
            "_:b_2 <p> \"x\" <g> .",
            "<http://e.org/t> <p> _:t0m12 .",
        ]
    );
    assert!(diagnostics.is_empty());
}

#[test]
fn a_plan_with_joins_is_refused() {
    let mut plan = compile(&group(vec![column("a")]), csvw::Mode::Minimal);
    plan.joins.push(Join {
        child: TableId::new(0),
        parent: TableId::new(0),
        on: Vec::new(),
        maps: Vec::new(),
    });
    let files = Memory(b"a\n1\n".to_vec());
    let mut diagnostics = Diagnostics::new(Mode::Convert);
    let mut sink = CollectSink::default();
    let error = run(
        &plan,
        &files,
        &Options::default(),
        &mut sink,
        &mut diagnostics,
    )
    .unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::Unsupported);
    assert!(sink.quads.is_empty());
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
        let plan = compile(&group, csvw::Mode::Standard);
        proptest::prop_assert!(plan.depends_on_row_numbers());
        let bytes = match encoding {
            "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ => text.into_bytes(),
        };
        let file = Memory(bytes);
        let mut diagnostics = Diagnostics::new(Mode::Convert);
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
    let plan = compile(&group, csvw::Mode::Minimal);
    let csv: String = (0..20_000).fold("a\n".into(), |csv, n| format!("{csv}{n}\n"));
    for threads in [1, 3] {
        let options = Options {
            threads,
            ..Options::default()
        };
        let mut diagnostics = Diagnostics::new(Mode::Convert);
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

//! Tables described by hand, through the plan to quads.

mod parts;
mod plans;
mod records;

use super::*;
use crate::csv::Dialect;
use crate::csvw::model::{Column, Extensions, Table, TableGroup};
use crate::csvw::{self, CompileOptions};
use crate::datatype::{DatatypeDescription, FormatDescription};
use crate::diagnostic::{Code, Diagnostics, Place, ReadingMode};
use crate::plan::{
    ColumnId, DatatypeMap, DuplicatePolicy, Escaping, Expansion, GraphMap, Join, LanguageMap,
    LiteralMap, LiteralText, NullPolicy, ObjectMap, Plan, TableId, Template, TemplateForm,
    TemplateId, TermMap, TripleMap, TripleTopic, ValueSource,
};
use crate::progress::Progress;
use crate::resource::{ResolveError, Resolver, Resource, ResourceContent};
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
            content: ResourceContent::Bytes(self.0.as_slice().into()),
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

fn compile(group: &TableGroup, mode: csvw::ConversionMode) -> Plan {
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
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
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
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
    let plan = compile(&group(columns), csvw::ConversionMode::Minimal);
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
    let plan = compile(&group, csvw::ConversionMode::Standard);
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
    let plan = compile(&group(vec![text, lang]), csvw::ConversionMode::Minimal);
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
    let plan = compile(&group, csvw::ConversionMode::Minimal);
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
        found(ReadingMode::Validate),
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
    assert_eq!(found(ReadingMode::Convert), []);
}

#[test]
fn standard_mode() {
    let plan = compile(
        &group(vec![column("a"), column("b")]),
        csvw::ConversionMode::Standard,
    );
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

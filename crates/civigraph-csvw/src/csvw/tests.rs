//! Whole documents through [`load`], held in memory.

mod own;
mod properties;

use super::model::{AnnotationValue, Column, Condition, TableGroup};
use super::{LoadOptions, load};
use crate::csv::Trim;
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::resource::{LocalFiles, ResolveError, Resolver, Resource, ResourceContent, url};
use std::collections::HashMap;

pub(super) const BASE: &str = "http://example.org/d/";

/// Files below [`BASE`].
pub(super) struct Memory(HashMap<String, Resource>);

impl Memory {
    pub(super) fn new(files: &[(&str, &str)]) -> Self {
        let resources = files.iter().map(|(name, text)| {
            let (name, media_type) = name.split_once(' ').unwrap_or((name, ""));
            let url = format!("{BASE}{name}");
            let resource = Resource {
                url: url.clone(),
                media_type: (!media_type.is_empty()).then(|| media_type.to_owned()),
                charset: None,
                header: None,
                language: None,
                links: Vec::new(),
                content: ResourceContent::Bytes(text.as_bytes().into()),
                name: name.into(),
            };
            (url, resource)
        });
        Self(resources.collect())
    }
}

impl Resolver for Memory {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        let mut files = self.0.iter();
        let found = files.find(|(name, _)| url::same(name, url));
        found
            .map(|(_, resource)| resource.clone())
            .ok_or(ResolveError::NotFound)
    }
}

fn load_files(files: &[(&str, &str)], mode: ReadingMode) -> (Option<TableGroup>, Vec<String>) {
    let mut diagnostics = Diagnostics::new(mode).keeping(u64::MAX);
    let input = files[0].0.split(' ').next().unwrap();
    let group = load(
        &format!("{BASE}{input}"),
        &LoadOptions::default(),
        &Memory::new(files),
        &mut diagnostics,
    );
    let found = diagnostics
        .iter()
        .map(|d| {
            format!(
                "{} {}:{}:{}",
                d.code, d.place.file, d.place.line, d.place.column
            )
        })
        .collect();
    (group, found)
}

/// Loads the first file, in which nothing is wrong.
fn clean(files: &[(&str, &str)]) -> TableGroup {
    let (group, found) = load_files(files, ReadingMode::Validate);
    assert_eq!(found, [""; 0]);
    group.unwrap()
}

/// Loads a table `t.csv` with a header of `a,b` whose metadata holds one line after the schema's
/// columns `a` and `b`, and expects diagnostics.
fn check(line: &str, expected: &[&str]) {
    let metadata = format!(
        "{{\"@context\": \"http://www.w3.org/ns/csvw\", \"url\": \"t.csv\",\n{line},\n\"tableSchema\": {{\"columns\": [{{\"name\": \"a\", \"titles\": \"a\"}}, {{\"name\": \"b\", \"titles\": \"b\"}}]}}}}"
    );
    let (_, found) = load_files(
        &[("m.json", &metadata), ("t.csv", "a,b\n1,2\n")],
        ReadingMode::Validate,
    );
    assert_eq!(found, expected, "{line}");
}

fn column<'g>(group: &'g TableGroup, name: &str) -> &'g Column {
    let mut columns = group.tables.iter().flat_map(|table| &table.columns);
    columns.find(|column| column.name == name).unwrap()
}

pub(super) fn names(group: &TableGroup) -> Vec<&str> {
    let columns = group.tables.iter().flat_map(|table| &table.columns);
    columns.map(|column| column.name.as_str()).collect()
}

#[test]
fn a_bare_csv_is_described_by_its_header() {
    let group = clean(&[("t.csv", "id,Trim Cycle,,_x\n1,2,3,4\n")]);
    assert_eq!(names(&group), ["id", "Trim%20Cycle", "_col.3", "%5Fx"]);
    assert_eq!(group.tables[0].url, "http://example.org/d/t.csv");
    assert_eq!(column(&group, "id").titles, [("und".into(), "id".into())]);
    assert_eq!(column(&group, "id").datatype.base, "string");
    assert_eq!(column(&group, "id").null, [""]);
    assert!(group.metadata.is_empty());
}

#[test]
fn the_transfer_states_the_language_unless_metadata_does() {
    let table = |lang: &str| {
        format!(
            r#"{{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv"{lang},
            "tableSchema": {{"columns": [{{"titles": "a"}}, {{"titles": "b", "lang": "de"}}]}}}}"#
        )
    };
    for (input, metadata, expected) in [
        ("t.csv", String::new(), ["ru", "ru"]),
        ("m.json", table(""), ["ru", "de"]),
        ("m.json", table(", \"lang\": \"en\""), ["en", "de"]),
    ] {
        let mut files = Memory::new(&[("t.csv", "a,b\n1,2\n"), ("m.json", &metadata)]);
        for resource in files.0.values_mut() {
            resource.language = Some("ru".into());
        }
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        let url = format!("{BASE}{input}");
        let group = load(&url, &LoadOptions::default(), &files, &mut diagnostics).unwrap();
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let columns = group.tables[0].columns.iter();
        let found: Vec<&str> = columns.map(|column| column.lang.as_str()).collect();
        assert_eq!(found, expected, "{metadata}");
    }
}

#[test]
fn a_file_without_columns_says_why() {
    for (dialect, file, expected) in [
        ("", "", "the file is empty: it has no header"),
        (
            r#""skipRows": 3"#,
            "",
            "the file is empty: it has no header",
        ),
        (
            r#""skipRows": 2"#,
            "a\n1\n",
            "`skipRows` skips the whole file, its header too",
        ),
        (
            r#""skipColumns": 2"#,
            "a,b\n1,2\n",
            "`skipColumns` leaves no column of the file",
        ),
    ] {
        let metadata = format!(
            r#"{{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "dialect": {{{dialect}}},
            "tableSchema": {{"columns": [{{"titles": "a"}}]}}}}"#
        );
        let files = Memory::new(&[("m.json", &metadata), ("t.csv", file)]);
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        let url = format!("{BASE}m.json");
        load(&url, &LoadOptions::default(), &files, &mut diagnostics);
        let said = diagnostics
            .iter()
            .any(|diagnostic| diagnostic.message == expected);
        assert!(said, "{dialect}: {diagnostics:?}");
    }
}

#[test]
fn two_equal_titles_are_ambiguous() {
    let (group, found) = load_files(&[("t.csv", "a,b,a\n")], ReadingMode::Validate);
    assert_eq!(names(&group.unwrap()), ["a", "b", "a"]);
    assert_eq!(found, ["CG0322 t.csv:1:5"]);
}

#[test]
fn a_title_may_be_the_name_of_another_column() {
    let metadata = r#"{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv",
        "tableSchema": {"columns": [{"name": "b", "titles": "a"},
            {"titles": "b"}]}}"#;
    let (_, found) = load_files(
        &[("m.json", metadata), ("t.csv", "a,b\n")],
        ReadingMode::Validate,
    );
    assert_eq!(found, ["CG0322 m.json:3:13"]);
}

#[test]
fn columns_are_matched_by_position() {
    let metadata = r#"{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv",
        "tableSchema": {"columns": [{"titles": "a"}, {"titles": "b"}, {"titles": {"ru": "c"}, "lang": "ru"}]}, "lang": "en"}"#;
    let files = Memory::new(&[("m.json", metadata), ("t.csv", "b,a,c\n")]);
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    load(
        &format!("{BASE}m.json"),
        &LoadOptions::default(),
        &files,
        &mut diagnostics,
    );
    let hints: Vec<_> = diagnostics
        .iter()
        .filter_map(|d| d.hint.as_ref().map(ToString::to_string))
        .collect();
    assert_eq!(
        hints,
        [
            "columns are matched by position, and this is the title of number 2; the canonical form has them in order",
            "columns are matched by position, and this is the title of number 1; the canonical form has them in order",
            "the text is the same, but the language of the table is `en`",
        ]
    );
}

#[test]
fn a_tab_separated_file_needs_no_dialect() {
    let group = clean(&[("t.tsv text/tab-separated-values", "a,b\tc\n")]);
    assert_eq!(names(&group), ["a%2Cb", "c"]);
}

#[test]
fn one_wrong_property_after_another() {
    for (line, expected) in [
        (
            r#""dialect": {"trim": "both", "header": true}"#,
            &["CG0311 m.json:2:21"][..],
        ),
        (r#""dialect": {"quotechar": "'"}"#, &["CG0310 m.json:2:13"]),
        (r#""dialect": "none.json""#, &["CG0341 m.json:2:12"]),
        (r#""tableDirection": "RTL""#, &["CG0311 m.json:2:19"]),
        (r#""notes": "x""#, &["CG0311 m.json:2:10"]),
        (r#""suppressOutput": 1"#, &["CG0311 m.json:2:19"]),
        (
            r#""lang": "e", "null": [1]"#,
            &["CG0311 m.json:2:9", "CG0311 m.json:2:22"],
        ),
        (r#""separator": """#, &["CG0311 m.json:2:14"]),
        (
            r#""datatype": {"base": "date", "minimum": "2001-01-01", "minInclusive": "2002-01-01"}"#,
            &["CG0413 m.json:2:71"],
        ),
        (r#""datatype": {"base": "text"}"#, &["CG0410 m.json:2:22"]),
        (
            r#""datatype": {"format": {"patern": "0"}}"#,
            &["CG0310 m.json:2:25"],
        ),
        (r#""datatype": {"length": -1}"#, &["CG0311 m.json:2:24"]),
        (r#""dc:title": {"@value": null}"#, &["CG0330 m.json:2:14"]),
        (r#""dc:extent": [1e308, 1e400]"#, &["CG0330 m.json:2:22"]),
        (
            r#""dc:extent": {"@value": -1e400}"#,
            &["CG0330 m.json:2:25"],
        ),
        (r#""dc:title": {"name": "x"}"#, &["CG0330 m.json:2:14"]),
        (
            r#""dc:title": [{"@id": "_:x"}, {"@graph": []}]"#,
            &["CG0330 m.json:2:15", "CG0330 m.json:2:31"],
        ),
        (
            r#""transformations": [{"url": "x"}]"#,
            &["CG0313 m.json:2:21", "CG0313 m.json:2:21"],
        ),
        (
            r#""aboutUrl": "x{", "valueUrl": "{a}{c}{_row}""#,
            &["CG0420 m.json:2:13", "CG0327 m.json:2:31"],
        ),
        (r#""@type": "Schema""#, &["CG0314 m.json:2:10"]),
        (r#""@type": "Table", "@id": "x y""#, &[]),
    ] {
        check(line, expected);
    }
}

#[test]
fn inner_descriptions_win() {
    let group = clean(&[
        (
            "m.json",
            r#"{"@context": ["http://www.w3.org/ns/csvw", {"@language": "en-GB", "@base": "x/"}],
                "lang": "ru", "separator": ";", "null": "-", "required": true, "tableDirection": "rtl",
                "tables": [{"url": "../t.csv", "lang": "en", "aboutUrl": "{a}", "tableSchema": {
                    "null": ["", "?"], "datatype": "date",
                    "columns": [{"name": "a", "titles": {"en": "A"}, "separator": null},
                                {"titles": ["б", "B"], "datatype": {"base": "time"}, "lang": "de", "aboutUrl": ""},
                                {"name": "v", "virtual": true, "required": false}],
                    "primaryKey": "a", "rowTitles": ["v", "a"]}}]}"#,
        ),
        ("t.csv", "A,B\n"),
    ]);
    let [a, b, v] = ["a", "%D0%B1", "v"].map(|name| column(&group, name));
    assert_eq!([&a.lang, &b.lang, &v.lang], ["en", "de", "en"]);
    assert_eq!([&a.separator, &b.separator], [&None, &Some(";".into())]);
    assert_eq!(a.null, ["", "?"]);
    assert_eq!([&a.datatype.base, &b.datatype.base], ["date", "time"]);
    assert_eq!(
        [&a.about_url, &b.about_url],
        [&Some("{a}".into()), &Some(String::new())]
    );
    assert!(a.required && !v.required && v.virtual_column);
    assert_eq!(
        b.titles,
        [("en-GB".into(), "б".into()), ("en-GB".into(), "B".into())]
    );
    let table = &group.tables[0];
    assert_eq!(
        (&table.primary_key[..], &table.row_titles[..]),
        (&[0][..], &[2, 0][..])
    );
    assert_eq!(table.table_direction.as_deref(), Some("rtl"));
    assert_eq!(table.url, "http://example.org/d/t.csv");
    assert_eq!(group.metadata, ["http://example.org/d/m.json"]);
}

#[test]
fn schemas_and_dialects_in_documents_of_their_own() {
    let group = clean(&[
        (
            "m.json",
            r#"{"@context": "http://www.w3.org/ns/csvw", "dialect": "dialect.json", "tables": [
                {"url": "t.csv", "tableSchema": "s/t.json"},
                {"url": "u.csv", "tableSchema": "s/u.json", "dialect": {"delimiter": "|"}}]}"#,
        ),
        (
            "dialect.json",
            r##"{"delimiter": ";", "skipRows": 1, "trim": true, "commentPrefix": "#"}"##,
        ),
        (
            "s/t.json",
            r#"{"@context": "http://www.w3.org/ns/csvw", "columns": [{"name": "id", "titles": "id"}],
                "foreignKeys": [{"columnReference": "id",
                                 "reference": {"schemaReference": "u.json", "columnReference": ["key"]}}]}"#,
        ),
        (
            "s/u.json",
            r#"{"@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
                "columns": [{"titles": "x"}, {"name": "key", "titles": "key"}]}"#,
        ),
        ("t.csv", "# about\n id \n1\n"),
        ("u.csv", "x|key\n"),
    ]);
    assert_eq!(group.tables[0].dialect.trim, Trim::Both);
    assert_eq!(group.tables[1].dialect.skip_rows, 0);
    let key = &group.tables[0].foreign_keys[0];
    assert_eq!(
        (&key.columns[..], key.table, &key.referenced[..]),
        (&[0][..], 1, &[1][..])
    );
    assert_eq!(
        group.tables[1].columns[0].titles,
        [("en".into(), "x".into())]
    );
    assert_eq!(group.tables[0].annotations[0].written, "rdfs:comment");
}

#[test]
fn a_wrong_schema_is_reported_once_and_where_it_is() {
    let (group, found) = load_files(
        &[
            (
                "m.json",
                r#"{"@context": "http://www.w3.org/ns/csvw", "tables": [
                    {"url": "t.csv", "tableSchema": "s.json"},
                    {"url": "u.csv", "tableSchema": "s.json"},
                    {"url": "none.csv"}]}"#,
            ),
            (
                "s.json",
                "{\"columns\": [{\"titles\": \"a\",\n \"titels\": \"a\"}]}",
            ),
            ("t.csv", "a\n"),
            ("u.csv", "a\n"),
        ],
        ReadingMode::Validate,
    );
    assert_eq!(group.unwrap().tables.len(), 3);
    assert_eq!(found, ["CG0310 s.json:2:2", "CG0101 m.json:4:21"]);
}

#[test]
fn common_properties_are_normalised() {
    let group = clean(&[
        (
            "m.json",
            r#"{"@context": ["http://www.w3.org/ns/csvw", {"@language": "en", "@base": "b/"}],
                "url": "../t.csv",
                "dc:title": ["T", {"@value": "Т", "@language": "ru"}, {"@value": "1", "@type": "xsd:gYear"}],
                "http://example.org/p": {"@id": "x", "@type": ["Table", "schema:Thing"], "dc:date": 1.50},
                "schema:about": {"@id": "dc:title"}, "notes": [{"rdf:value": true}]}"#,
        ),
        ("t.csv", "a\n"),
    ]);
    let string =
        |value: &str, language: Option<&str>, datatype: Option<&str>| AnnotationValue::String {
            value: value.into(),
            language: language.map(str::to_owned),
            datatype: datatype.map(str::to_owned),
        };
    let annotations = &group.tables[0].annotations;
    assert_eq!(annotations[0].property, "http://purl.org/dc/terms/title");
    assert_eq!(
        annotations[0].value,
        AnnotationValue::Array(vec![
            string("T", Some("en"), None),
            string("Т", Some("ru"), None),
            string("1", None, Some("http://www.w3.org/2001/XMLSchema#gYear")),
        ])
    );
    let AnnotationValue::Node {
        id,
        types,
        properties,
    } = &annotations[1].value
    else {
        panic!("a node")
    };
    assert_eq!(id.as_deref(), Some("http://example.org/d/b/x"));
    assert_eq!(types[0].0, "http://www.w3.org/ns/csvw#Table");
    assert_eq!(
        types[1],
        ("http://schema.org/Thing".into(), "schema:Thing".into())
    );
    assert_eq!(properties[0].value, AnnotationValue::Number("1.50".into()));
    assert!(matches!(&annotations[2].value,
        AnnotationValue::Node { id: Some(id), .. } if id == "http://purl.org/dc/terms/title"));
    assert_eq!(group.tables[0].notes.len(), 1);
}

#[test]
fn local_files_find_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("город.csv", "a\n");
    write("other.csv", "a\n");
    write(
        "csv-metadata.json",
        r#"{"@context": "http://www.w3.org/ns/csvw", "url": "город.csv", "tableSchema": {"columns": [{"name": "id", "titles": "a"}]}}"#,
    );
    let files = LocalFiles::new(folder.path());
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let options = LoadOptions::default();
    let group = load(
        &files.url_of_input("город.csv"),
        &options,
        &files,
        &mut diagnostics,
    );
    assert!(diagnostics.is_empty());
    assert_eq!(names(&group.unwrap()), ["id"]);

    let group = load(
        &files.url_of_input("other.csv"),
        &options,
        &files,
        &mut diagnostics,
    );
    let found: Vec<_> = diagnostics.iter().collect();
    assert_eq!(names(&group.unwrap()), ["a"]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].code.as_str(), &*found[0].place.file),
        ("CG0340", "csv-metadata.json")
    );
}

#[test]
fn inputs_that_give_nothing() {
    for (files, expected) in [
        (&[("m.json", "[1]")][..], "CG0304 m.json:1:1"),
        (&[("m.json", "")], "CG0301 m.json:1:1"),
        (
            &[("t.csv", "a\n"), ("csv-metadata.json", "{")],
            "CG0301 csv-metadata.json:1:1",
        ),
    ] {
        let (group, found) = load_files(files, ReadingMode::Convert);
        assert!(group.is_none());
        assert_eq!(found, [expected]);
    }
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    let options = LoadOptions {
        metadata: Some(format!("{BASE}none.json")),
        ..LoadOptions::default()
    };
    let files = Memory::new(&[("t.csv", "a\n")]);
    assert!(load(&format!("{BASE}t.csv"), &options, &files, &mut diagnostics).is_none());
    assert!(
        load(
            "http://example.org/none",
            &options,
            &files,
            &mut diagnostics
        )
        .is_none()
    );
    let codes: Vec<_> = diagnostics.iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["CG0341", "CG0101"]);
}

#[test]
fn the_shipped_metadata_is_clean() {
    let files = LocalFiles::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let url = files.url_of_input("data/csv-metadata.json");
    for mode in [ReadingMode::Validate, ReadingMode::Convert] {
        let mut diagnostics = Diagnostics::new(mode);
        let group = load(&url, &LoadOptions::default(), &files, &mut diagnostics).unwrap();
        let found: Vec<_> = diagnostics.iter().collect();
        assert!(found.is_empty(), "{found:#?}");
        assert!(group.tables.len() > 10);
    }
}

//! Which metadata goes with which file.

use super::tests::{BASE, Memory, names};
use super::{LoadOptions, load_all};
use crate::csvw::model::TableGroup;
use crate::diagnostic::{Diagnostic, Diagnostics, Hint, HintAction, ReadingMode};

/// Loads files by name, with metadata that is given for them.
fn load_named(
    inputs: &[&str],
    metadata: Option<&str>,
    files: &[(&str, &str)],
) -> (Option<TableGroup>, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let urls: Vec<String> = inputs.iter().map(|name| format!("{BASE}{name}")).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let options = LoadOptions {
        metadata: metadata.map(|name| format!("{BASE}{name}")),
        ..LoadOptions::default()
    };
    let files = Memory::new(files);
    let group = load_all(&urls, &options, &files, &mut diagnostics);
    (group, diagnostics.iter().cloned().collect())
}

fn codes(found: &[Diagnostic]) -> Vec<&str> {
    found
        .iter()
        .map(|diagnostic| diagnostic.code.as_str())
        .collect()
}

const SCHEMA: &str = r##"{"columns": [{"titles": "id", "name": "key"}], "aboutUrl": "#{key}"}"##;

#[test]
fn a_file_is_found_in_every_spelling() {
    for (file, written) in [
        ("cities%20(1).csv", "cities%20%281%29.csv"),
        ("cities%20(1).csv", "cities (1).csv"),
        ("a%20b.csv", "a b.csv"),
        ("a+b&c.csv", "a%2Bb%26c.csv"),
        ("a%2Bb%26c.csv", "a+b&c.csv"),
        ("a%3Ab.csv", "./a:b.csv"),
        ("%D0%B6.csv", "ж.csv"),
        ("100%25.csv", "100%.csv"),
    ] {
        let metadata = format!(
            r#"{{"@context": "http://www.w3.org/ns/csvw", "url": "{written}", "tableSchema": {SCHEMA}}}"#
        );
        let beside = format!("{file}-metadata.json");
        for place in [beside.as_str(), "csv-metadata.json"] {
            let files = [(file, "id\n1\n"), (place, metadata.as_str())];
            let (group, found) = load_named(&[file], None, &files);
            assert_eq!(codes(&found), [""; 0], "{file} {written}");
            assert_eq!(names(&group.unwrap()), ["key"], "{file} {written}");
        }
    }
}

#[test]
fn a_foreign_key_finds_its_table_in_every_spelling() {
    let metadata = r##"{"@context": "http://www.w3.org/ns/csvw", "tables": [
        {"url": "a(1).csv", "tableSchema": {"columns": [{"titles": "id", "name": "id"}], "primaryKey": "id"}},
        {"url": "b.csv", "tableSchema": {"columns": [{"titles": "a", "name": "a"}], "foreignKeys": [
            {"columnReference": "a", "reference": {"resource": "a%281%29.csv", "columnReference": "id"}}]}}]}"##;
    let files = [
        ("m.json", metadata),
        ("a(1).csv", "id\n1\n"),
        ("b.csv", "a\n1\n"),
    ];
    let (group, found) = load_named(&["m.json"], None, &files);
    assert_eq!(codes(&found), [""; 0]);
    assert_eq!(group.unwrap().tables[1].foreign_keys[0].table, 0);
}

#[test]
fn given_metadata_describes_the_named_file_or_nothing_is_read() {
    let metadata = format!(
        r#"{{"@context": "http://www.w3.org/ns/csvw", "url": "b.csv", "tableSchema": {SCHEMA}}}"#
    );
    let files = [
        ("a.csv", "id\n1\n"),
        ("b.csv", "id\n1\n"),
        ("m.json", metadata.as_str()),
    ];
    let (group, found) = load_named(&["b.csv", "a.csv"], Some("m.json"), &files);
    assert!(group.is_none());
    assert_eq!(codes(&found), ["CG0343"]);
    assert_eq!(
        found[0].found.as_deref(),
        Some("http://example.org/d/b.csv")
    );
    assert_eq!(
        found[0].expected.as_deref(),
        Some("http://example.org/d/a.csv")
    );
    let (group, found) = load_named(&["b.csv"], Some("m.json"), &files);
    assert_eq!(
        (names(&group.unwrap()), codes(&found)),
        (vec!["key"], vec![])
    );
}

#[test]
fn metadata_without_a_url_describes_every_named_file() {
    let table = format!(r#"{{"@context": "http://www.w3.org/ns/csvw", "tableSchema": {SCHEMA}}}"#);
    for metadata in [SCHEMA, &table] {
        let files = [
            ("a.csv", "id\n1\n"),
            ("b.csv", "id\n1\n"),
            ("m.json", metadata),
        ];
        let (group, found) = load_named(&["a.csv", "b.csv"], Some("m.json"), &files);
        assert_eq!(codes(&found), [""; 0]);
        let group = group.unwrap();
        assert_eq!(names(&group), ["key", "key"]);
        assert_eq!(group.tables[1].url, "http://example.org/d/b.csv");
        // Alone it describes nothing, and the message says what to do.
        let (_, found) = load_named(&["m.json"], None, &files);
        let no_tables = found.iter().find(|found| found.code.as_str() == "CG0316");
        let hint = Hint::from(HintAction::ApplyMetadata {
            metadata: "m.json".to_owned(),
        });
        assert_eq!(no_tables.unwrap().hint, Some(hint));
    }
}

#[test]
fn several_inputs_are_one_group_in_which_each_table_stands_once() {
    let shared = format!(
        r#"{{"@context": "http://www.w3.org/ns/csvw", "lang": "de", "tableSchema": {SCHEMA},
        "tables": [{{"url": "a.csv"}}, {{"url": "b.csv"}}]}}"#
    );
    let files = [
        ("a.csv", "id\n1\n"),
        ("b.csv", "id\n1\n"),
        ("c.csv", "x\n1\n"),
        ("csv-metadata.json", shared.as_str()),
    ];
    let (group, found) = load_named(&["a.csv", "b.csv", "c.csv"], None, &files);
    assert_eq!(codes(&found), ["CG0340"]);
    let group = group.unwrap();
    assert_eq!(names(&group), ["key", "key", "x"]);
    let languages: Vec<&str> = group
        .tables
        .iter()
        .map(|table| table.columns[0].lang.as_str())
        .collect();
    assert_eq!(languages, ["de", "de", "und"]);
    assert_eq!(group.metadata, ["http://example.org/d/csv-metadata.json"]);
}

#[test]
fn found_metadata_that_describes_nothing_says_why() {
    for (metadata, why) in [
        ("[]", "it is an array, not an object"),
        ("3", "it is a number, not an object"),
        (
            r#"{"tables": {"url": "a.csv"}}"#,
            "`tables` is an object, not an array",
        ),
        (r#"{"tables": []}"#, "`tables` is empty"),
        (r#"{"tableSchema": {}}"#, "it has no `url`"),
        (
            r#"{"url": "other.csv"}"#,
            "it has no table with the URL of a.csv",
        ),
    ] {
        let files = [("a.csv", "id\n1\n"), ("a.csv-metadata.json", metadata)];
        let (group, found) = load_named(&["a.csv"], None, &files);
        assert!(group.is_some());
        assert_eq!(codes(&found), ["CG0340"]);
        assert!(found[0].message.contains(why), "{}", found[0].message);
    }
}

#[test]
fn what_was_never_asked_for_is_not_said_to_be_missing() {
    let metadata = r#"{"@context": ["http://www.w3.org/ns/csvw", {"@base": "http://stat.example/"}],
        "url": "a.csv", "tableSchema": "s.json"}"#;
    let (_, found) = load_named(&["m.json"], None, &[("m.json", metadata)]);
    assert_eq!(codes(&found), ["CG0341", "CG0101"]);
    for diagnostic in found {
        assert!(
            diagnostic.message.contains("was not asked for"),
            "{}",
            diagnostic.message
        );
        assert!(diagnostic.hint.unwrap().to_string().contains("catalog"));
    }
}

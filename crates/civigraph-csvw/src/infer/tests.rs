//! Whole proposals.

mod columns;
mod dialect;
mod keys;

use super::*;
use crate::convert::{self, NullSink, Options, TableRows};
use crate::csvw::{self, CompileOptions, LoadOptions};
use crate::diagnostic::{Code, Diagnostics, ReadingMode};
use crate::keys::{KeyChecker, KeyOptions, KeyPlan};
use crate::resource::LocalFiles;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io;

/// Writes files into a folder of their own and infers their metadata, which must hold for them.
fn inferred(files: &[(&str, &[u8])]) -> io::Result<(tempfile::TempDir, Value)> {
    let folder = tempfile::tempdir()?;
    let mut paths = Vec::new();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, content)?;
        paths.push(path);
    }
    let text = infer(&paths, &InferOptions::new(folder.path()))
        .map_err(|diagnostic| io::Error::other(diagnostic.message))?;
    assert_holds(folder.path(), &text)?;
    let value = serde_json::from_str(&text)?;
    Ok((folder, value))
}

/// Writes metadata into the folder of its tables and checks them with it: no error, no warning.
fn assert_holds(folder: &Path, metadata: &str) -> io::Result<()> {
    let found = checked(folder, metadata)?;
    assert!(found.is_empty(), "{found:#?}\n{metadata}");
    Ok(())
}

/// What a check of tables with metadata finds, which is written into their folder.
fn checked(folder: &Path, metadata: &str) -> io::Result<Vec<Code>> {
    std::fs::write(folder.join("metadata.json"), metadata)?;
    let files = LocalFiles::new(folder);
    let url = files.url_of(Path::new("metadata.json"));
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let group = csvw::load(&url, &LoadOptions::default(), &files, &mut diagnostics)
        .ok_or_else(|| io::Error::other(format!("{:?}", diagnostics.iter().next())))?;
    let plan = csvw::compile(&group, &CompileOptions::default(), &mut diagnostics);
    let keys = KeyChecker::new(KeyPlan::of(&group), &KeyOptions::default());
    let options = Options {
        keys: Some(&keys),
        ..Options::default()
    };
    convert::run(&plan, &files, &options, &mut NullSink, &mut diagnostics)?;
    keys.finish(&TableRows::new(&plan, &files), &mut diagnostics)?;
    Ok(diagnostics.iter().map(|found| found.code).collect())
}

/// The value without comments, which are for people.
fn uncommented(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "rdfs:comment" | "@context"))
            .map(|(name, value)| (name.clone(), uncommented(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(uncommented).collect(),
        value => value.clone(),
    }
}

/// The columns of a proposal for one file.
fn columns_of(content: &[u8]) -> io::Result<Value> {
    let (_folder, metadata) = inferred(&[("a.csv", content)])?;
    Ok(metadata)
}

/// The comments of a description as one text.
fn comments(value: &Value) -> String {
    match &value["rdfs:comment"] {
        Value::Array(notes) => notes
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join("\n"),
        note => note.as_str().unwrap_or_default().to_owned(),
    }
}

#[test]
fn one_table_stands_alone() -> io::Result<()> {
    let content = encoding_rs::WINDOWS_1251
        .encode("Код;Название\n007;Курск\n010;Пермь\n\n")
        .0;
    let (_folder, metadata) = inferred(&[("города.csv", &content)])?;
    assert_eq!(
        uncommented(&metadata),
        json!({
            "url": "%D0%B3%D0%BE%D1%80%D0%BE%D0%B4%D0%B0.csv",
            "dialect": { "delimiter": ";", "encoding": "windows-1251", "skipBlankRows": true },
            "tableSchema": {
                "columns": [
                    { "name": "kod", "titles": "Код", "required": true },
                    { "name": "nazvanie", "titles": "Название", "required": true, "lang": "ru" },
                ],
                "primaryKey": "kod",
                "aboutUrl": "#{kod}",
            }
        })
    );
    Ok(())
}

#[test]
fn empty_and_missing_files() -> io::Result<()> {
    // That is said, and there is nothing else to propose.
    let folder = tempfile::tempdir()?;
    let empty = folder.path().join("a.csv");
    std::fs::write(&empty, "")?;
    let text = infer(&[empty], &InferOptions::new(folder.path()))
        .map_err(|diagnostic| io::Error::other(diagnostic.message))?;
    assert_eq!(checked(folder.path(), &text)?, [Code::EmptyFile]);
    let metadata: Value = serde_json::from_str(&text)?;
    assert_eq!(metadata["tableSchema"]["columns"], json!([]));
    let (_folder, metadata) = inferred(&[("a.csv", b"id,name\n")])?;
    assert_eq!(
        metadata["tableSchema"]["columns"][0],
        json!({
            "name": "id", "titles": "id",
            "rdfs:comment": "No cell has a value: nothing is known of its datatype."
        })
    );
    let missing = [PathBuf::from("does-not-exist.csv")];
    assert!(infer(&missing, &InferOptions::new("")).is_err());
    Ok(())
}

#[test]
fn standard_locations() {
    for (files, expected) in [
        (vec!["data/a.csv"], "data/a.csv-metadata.json"),
        (vec!["data/a.csv", "data/b.csv"], "data/csv-metadata.json"),
        (vec!["a.csv"], "a.csv-metadata.json"),
    ] {
        let files: Vec<_> = files.into_iter().map(PathBuf::from).collect();
        assert_eq!(standard_location(&files), Path::new(expected));
    }
}

#[test]
fn what_is_not_csv_is_refused() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    for (content, words) in [
        (&b"\x1F\x8B\x08\0\0"[..], "gzip"),
        (b"PK\x03\x04\x14", "ZIP"),
    ] {
        let path = folder.path().join("a.csv");
        std::fs::write(&path, content)?;
        let error = infer(&[path], &InferOptions::new(folder.path())).unwrap_err();
        assert!(error.message.contains(words), "{}", error.message);
    }
    Ok(())
}

/// What the check refuses is reported with the proposal.
#[test]
fn broken_files_are_reported() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    for (content, code) in [
        ("id,name,city\n1,5\" disk,Rome\n2,Bob,Oslo\n", Code::Quoting),
        (
            "id,name,city\n1,Ann,Rome\n2,\"Bob,Oslo\n3,Cyd,Bonn\n",
            Code::Quoting,
        ),
        ("id,v\n1,a\0b\n2,c\n", Code::Nul),
        (
            "id,amount\n1,100\nTotal,300\n\nSource: Dept\n",
            Code::Ragged,
        ),
        ("id,v\n1,a\n\x1A", Code::Ragged),
    ] {
        let path = folder.path().join("a.csv");
        std::fs::write(&path, content)?;
        let text = infer(&[path], &InferOptions::new(folder.path()))
            .map_err(|error| io::Error::other(error.message))?;
        let found = check(&text, &folder.path().join("a.csv-metadata.json"))?;
        assert!(found.has(code), "{content} {found:?}");
    }
    Ok(())
}

#[test]
fn bases_of_projects() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "id\nx\n")?;
    let options = InferOptions {
        base: Some("http://example.org/towns/".to_owned()),
        ..InferOptions::new(folder.path())
    };
    let text = infer(&[path], &options).map_err(|error| io::Error::other(error.message))?;
    let value: Value = serde_json::from_str(&text)?;
    assert_eq!(
        value["https://w3id.org/civigraph/csvw#base"],
        "http://example.org/towns/"
    );
    assert_eq!(value["tables"][0]["url"], "a.csv");
    assert!(comments(&value).contains("is an example"));
    let found = check(&text, &folder.path().join("csv-metadata.json"))?;
    assert!(found.is_empty(), "{found:?}");
    for (folder, expected) in [
        ("/home/a/My Towns/data", "http://example.org/my_towns/"),
        ("/home/a/города", "http://example.org/goroda/"),
        ("/", "http://example.org/project/"),
    ] {
        assert_eq!(example_base(Path::new(folder)), expected);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_proposed_holds(
        keys in proptest::collection::vec("[a-z]{1,3}|[0-9]{1,3}", 1..8),
        rows in proptest::collection::vec(
            proptest::collection::vec(
                prop_oneof![
                    "[a-c]{1,2}",
                    "[0-9]{1,4}",
                    "[0-9]{1,3}[ ,.][0-9]{3}",
                    "[0-9]{1,2}[.,][0-9]{1,3}%?",
                    "[0-3][0-9]\\.[01][0-9]\\.20[0-9]{2}",
                    "20[0-9]{2}-[01][0-9]-[0-3][0-9]",
                    "([a-c]; ?){1,3}[a-c]",
                    "да|нет|NA|N/A|-||yes|true",
                    "[ \t]?[a-c\"\n]{0,3} ?",
                    "[1-9]\\.[0-9]{1,2}",
                    "[1-9][Ee][0-9]",
                    "-?[0-9]{17,21}(\\.[0-9]{1,20})?",
                    "[a-c]( \\| | ; |;|\\|)[a-c]",
                    "Yes|No|no|NaN|INF|\\{\\}|\\[1\\]",
                    "[0-3]?[0-9]/[01]?[0-9]/20[0-9]{2}",
                ],
                3,
            ),
            0..12,
        ),
    ) {
        let mut table = csv::Writer::from_writer(Vec::new());
        let mut other = csv::Writer::from_writer(Vec::new());
        table.write_record(["id", "name", "value", "year"])?;
        for (number, row) in rows.iter().enumerate() {
            let id = number.to_string();
            table.write_record(std::iter::once(&id).chain(row))?;
        }
        other.write_record(["key", "title"])?;
        for key in &keys {
            other.write_record([key.as_str(), "x"])?;
        }
        let (table, other) = (table.into_inner()?, other.into_inner()?);
        inferred(&[("table.csv", &table), ("names.csv", &other)])?;
    }
}

//! Cases like those that once went wrong in silence, found by looking for more of each kind.
//!
//! `tests/SILENT-FAILURES.md` lists them by point.

use super::workshop::{Run, Workshop};

const CONTEXT: &str = r#""@context": "http://www.w3.org/ns/csvw""#;

const BASE: &str = r#""https://w3id.org/civigraph/csvw#base": "https://e.org/kb/""#;

fn workshop(files: &[(&str, &str)]) -> Workshop {
    let workshop = Workshop::empty();
    for (name, content) in files {
        let content = content.replace("CONTEXT", CONTEXT).replace("BASE", BASE);
        workshop.write(name, content);
    }
    workshop
}

fn codes(run: &Run) -> Vec<&str> {
    let lines = run.stderr.lines().chain(run.stdout.lines());
    lines
        .filter(|line| line.starts_with("error[") || line.starts_with("warning["))
        .filter_map(|line| line.split_once('[')?.1.split_once(']'))
        .map(|(code, _)| code)
        .collect()
}

// 1. One identity, one comparison.

/// macOS and archives made there write names of files with letters in two parts.
#[test]
fn a_name_in_nfd_is_that_in_nfc() {
    let metadata = r#"{CONTEXT, "tables": [
        {"url": "été.csv", "tableSchema": {"primaryKey": "id", "columns": [{"titles": "id", "name": "id"}]}},
        {"url": "b.csv", "tableSchema": {"columns": [{"titles": "ref", "name": "ref"}],
        "foreignKeys": [{"columnReference": "ref", "reference": {"resource": "e%CC%81te%CC%81.csv", "columnReference": "id"}}]}}]}"#;
    let decomposed = "e\u{301}te\u{301}.csv";
    let files = [
        (decomposed, "id\n1\n"),
        ("b.csv", "ref\n1\n2\n"),
        ("csv-metadata.json", metadata),
    ];
    let workshop = workshop(&files);
    for input in ["csv-metadata.json", "été.csv", decomposed] {
        let run = workshop.run(&["check", input]).exits(1);
        assert_eq!(codes(&run), ["CG0502"], "{input}\n{}", run.stderr);
    }
    let convert = |input: &str| {
        workshop
            .run(&["convert", "--minimal", "--base", "https://e.org/", input])
            .exits(0)
            .stdout
    };
    let own = convert(decomposed);
    assert!(
        own.contains("<https://e.org/%C3%A9t%C3%A9.csv#id> \"1\""),
        "{own}"
    );
    assert_eq!(convert("été.csv"), own);
}

// 3. Text that was guessed.

#[test]
fn central_european_text_is_not_western() {
    // Gdańsk, Poznań, Częstochowa, Będzin in windows-1250.
    let polish = b"id;city\n1;Gda\xF1sk\n2;Pozna\xF1\n3;Cz\xEAstochowa\n4;B\xEAdzin\n";
    let metadata =
        r#"{CONTEXT, "url": "t.csv", "dialect": {"encoding": "ENCODING", "delimiter": ";"}}"#;
    for (encoding, expected) in [
        ("windows-1252", &["CG0106"][..]),
        ("iso-8859-1", &["CG0106"]),
        ("windows-1250", &[]),
    ] {
        let workshop = workshop(&[(
            "t.csv-metadata.json",
            &metadata.replace("ENCODING", encoding),
        )]);
        workshop.write("t.csv", polish);
        let run = workshop.run(&["check", "t.csv"]).exits(0);
        assert_eq!(codes(&run), expected, "{encoding}\n{}", run.stderr);
        if !expected.is_empty() {
            assert!(
                run.stderr.contains("in windows-1250 it reads `Gdańsk`"),
                "{}",
                run.stderr
            );
        }
    }
    let workshop = Workshop::empty();
    workshop.write("t.csv", polish);
    let run = workshop.run(&["init", "t.csv", "-o", "-"]).exits(0);
    assert!(
        run.stdout.contains(r#""encoding": "windows-1250""#),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("if `Gdańsk` is not"), "{}", run.stdout);
    let run = workshop.run(&["check", "t.csv"]).exits(1);
    assert!(
        run.stderr.contains("in windows-1250 it reads `Gdańsk`"),
        "{}",
        run.stderr
    );
}

// 9. One diagnosis.

#[test]
fn conflict_marks_are_named_in_every_kind_of_file() {
    let conflict = |text: &str| format!("<<<<<<< HEAD\n{text}\n=======\n{text}\n>>>>>>> other\n");
    let turtle = conflict("<https://e.org/a> <https://e.org/p> <https://e.org/b> .");
    let query = conflict("SELECT * { ?s ?p ?o }");
    let rule = conflict("CONSTRUCT { ?s a ?o } WHERE { ?s ?p ?o }");
    for (name, content) in [
        ("ontology/o.ttl", &turtle),
        ("ontology/shapes.ttl", &turtle),
        ("ontology/rules/r.rq", &rule),
        ("queries/q.rq", &query),
    ] {
        let workshop = Workshop::project();
        workshop.write(name, content);
        let run = workshop.run(&["check"]).exits(1);
        assert_eq!(codes(&run), ["CG0207"], "{name}\n{}", run.stderr);
    }
}

/// A file of another table is one finding also where it has another number of columns.
#[test]
fn a_foreign_header_is_one_finding() {
    let workshop = workshop(&[
        (
            "t.csv-metadata.json",
            r#"{CONTEXT, "url": "t.csv", "tableSchema": {"primaryKey": "id", "columns": [
            {"titles": "id", "name": "id", "datatype": "integer"}, {"titles": "v", "name": "v", "datatype": "date"}]}}"#,
        ),
        ("t.csv", "city,country,people\nA,B,1\nC,D,2\n"),
    ]);
    let run = workshop.run(&["check", "t.csv"]).exits(1);
    assert_eq!(codes(&run), ["CG0351"], "{}", run.stderr);
    assert!(
        run.stderr.contains("the file has 3 columns"),
        "{}",
        run.stderr
    );
}

// 11. Files of a project that nobody reads.

#[test]
fn a_spreadsheet_is_no_table() {
    let workshop = Workshop::project();
    workshop.write("data/cities.xlsx", "PK");
    let run = workshop.run(&["check"]).exits(0);
    assert!(codes(&run).contains(&"CG0107"), "{}", run.stderr);
    assert!(run.stderr.contains("export it as CSV"), "{}", run.stderr);
}

// 16. SHACL.

/// A violation at a cell that has a warning was taken for known.
#[test]
fn a_warning_does_not_hide_a_violation() {
    let workshop = workshop(&[
        (
            "data/csv-metadata.json",
            r#"{CONTEXT, BASE, "tables": [{"url": "t.csv", "tableSchema": {
            "aboutUrl": "https://e.org/kb/id/t/{id}", "primaryKey": "id", "columns": [
            {"titles": "id", "name": "id", "suppressOutput": true},
            {"titles": "n", "name": "n", "datatype": "integer", "propertyUrl": "https://e.org/kb/n"}]}}]}"#,
        ),
        ("data/t.csv", "id,n\na,5\nb,99999999999999999999\n"),
        (
            "ontology/shapes.ttl",
            "@prefix sh: <http://www.w3.org/ns/shacl#> .\n\
            <https://e.org/kb/S> a sh:NodeShape ; sh:targetSubjectsOf <https://e.org/kb/n> ;\n\
            sh:property [ sh:path <https://e.org/kb/n> ; sh:maxInclusive 10 ] ;\n\
            sh:sparql [ sh:message \"large\" ; sh:select \
            \"SELECT $this { $this <https://e.org/kb/n> ?n FILTER(?n > 99999999999999999998) }\" ] .\n",
        ),
    ]);
    let run = workshop.run(&["check"]).exits(1);
    let found = codes(&run);
    assert_eq!(
        found.iter().filter(|code| **code == "CG0910").count(),
        2,
        "{}",
        run.stderr
    );
    assert!(found.contains(&"CG0409"), "{}", run.stderr);
    // Nor where violations are all that fails a build.
    workshop.run(&["build"]).exits(1);
}

// 18. Empty answers.

#[test]
fn a_declared_class_without_members_is_no_misspelling() {
    let workshop = Workshop::project();
    workshop.write(
        "ontology/o.ttl",
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n<https://e.org/Town> a owl:Class .\n",
    );
    workshop.run(&["build"]).exits(0);
    let run = workshop
        .run(&["query", "-e", "SELECT ?s { ?s a <https://e.org/Town> }"])
        .exits(0);
    assert!(
        run.stderr.contains(
            "nothing in the graph has the class `<https://e.org/Town>`, which the ontology declares"
        ),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("did you mean"), "{}", run.stderr);
}

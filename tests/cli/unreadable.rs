//! Files that cannot be read, and files with nothing in them: one kind of message for each, wherever the file is opened.

use super::workshop::{Run, Workshop, assert_shown};
use std::fs;
use std::path::Path;

/// A project with a file of every kind.
fn project() -> Workshop {
    let workshop = Workshop::project();
    workshop.write("ontology/terms.ttl", "@prefix e: <http://e/> .\n");
    workshop.write("ontology/shapes.ttl", "@prefix e: <http://e/> .\n");
    workshop.write(
        "ontology/rules/twin.rq",
        "PREFIX n: <https://example.org/ns#> CONSTRUCT { ?b n:twin ?a } WHERE { ?a n:twin ?b }",
    );
    workshop.write("queries/all.rq", "SELECT * { ?s ?p ?o }");
    workshop.write("loose.csv", "id\n1\n");
    workshop.write("m.json", "{}");
    workshop.write("catalog.json", "{}");
    workshop.write("old.ttl", "<http://e/a> <http://e/b> <http://e/c> .\n");
    workshop.write("new.nq", "<http://e/a> <http://e/b> <http://e/c> .\n");
    workshop
}

/// A project with a document that evidence is from.
fn documented() -> Workshop {
    let workshop = Workshop::empty();
    workshop.write("tables/things.csv", "id,name\nt,Thing\n");
    let base = "https://example.org/";
    workshop
        .run(&[
            "new", ".", "--from", "tables", "--base", base, "--with", "claims",
        ])
        .exits(0);
    workshop.write("sources/d.txt", "A thing is a thing.\n");
    workshop
        .run(&["evidence", "register", "sources/d.txt"])
        .exits(0);
    workshop
        .run(&[
            "evidence",
            "add",
            "--document",
            "d",
            "--words",
            "A thing",
            "--sources",
            "sources",
        ])
        .exits(0);
    workshop
}

/// A file and the command that reads it.
type File = (&'static str, &'static [&'static str]);

const TABLES: [File; 4] = [
    ("data/cities.csv", &["check"]),
    ("data/cities.csv", &["build"]),
    ("loose.csv", &["convert", "loose.csv"]),
    ("loose.csv", &["init", "loose.csv", "-o", "-"]),
];

/// Read by a parser piece by piece, whatever their size.
const GRAPHS: [File; 3] = [
    ("ontology/terms.ttl", &["check"]),
    ("old.ttl", &["diff", "old.ttl", "new.nq"]),
    ("new.nq", &["diff", "old.ttl", "new.nq"]),
];

/// Read whole, so that they have a limit.
const DOCUMENTS: [File; 9] = [
    ("data/csv-metadata.json", &["check"]),
    ("data/csv-metadata.json", &["build"]),
    ("ontology/shapes.ttl", &["check"]),
    ("ontology/shapes.ttl", &["build"]),
    ("ontology/rules/twin.rq", &["check"]),
    ("queries/all.rq", &["check"]),
    ("queries/all.rq", &["query", "queries/all.rq"]),
    ("m.json", &["convert", "loose.csv", "--metadata", "m.json"]),
    (
        "catalog.json",
        &["convert", "loose.csv", "--catalog", "catalog.json"],
    ),
];

/// Documents that evidence is from.
const SOURCES: [File; 3] = [
    ("sources/d.txt", &["check", "--sources", "sources"]),
    (
        "sources/d.txt",
        &["evidence", "move", "--sources", "sources"],
    ),
    ("sources/d.txt", &["evidence", "register", "sources/d.txt"]),
];

/// What the commands say once their files are changed in a way.
fn runs(files: &[&[File]], change: impl Fn(&Path)) -> Vec<Run> {
    let files = files.iter().copied().flatten();
    let runs = files.map(|(file, arguments)| {
        let workshop = match file.starts_with("sources") {
            true => documented(),
            false => project(),
        };
        change(&workshop.path(file));
        workshop.run(arguments).noted(file)
    });
    runs.collect()
}

#[test]
fn a_directory_in_place_of_a_file() {
    let runs = runs(&[&TABLES, &GRAPHS, &DOCUMENTS, &SOURCES], |path| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    });
    assert!(runs.iter().all(|run| run.code != 0));
    assert_shown!(runs);
}

/// What a command names is looked for under that name alone.
#[test]
fn a_file_that_is_not_there() {
    let workshop = project();
    let runs = [
        &["query", "queries/al.rq"][..],
        &["convert", "lose.csv"],
        &["convert", "loose.csv", "--metadata", "n.json"],
        &["convert", "loose.csv", "--catalog", "catalogue.json"],
        &["init", "lose.csv", "-o", "-"],
        &["diff", "olt.ttl", "new.nq"],
        &["evidence", "register", "sources/d.txt"],
    ]
    .map(|arguments| workshop.run(arguments).exits(2));
    assert_shown!(runs);
}

#[test]
fn an_empty_file() {
    let runs = runs(&[&TABLES, &GRAPHS, &DOCUMENTS, &SOURCES], |path| {
        fs::write(path, "").unwrap();
    });
    assert_shown!(runs);
}

#[test]
fn a_file_that_is_too_large() {
    let runs = runs(&[&GRAPHS, &DOCUMENTS, &SOURCES], |path| {
        // A hole, which takes no place on the disk.
        let file = fs::OpenOptions::new().write(true).open(path).unwrap();
        file.set_len((64 << 20) + 1).unwrap();
    });
    assert!(runs.iter().all(|run| run.code != 0));
    assert_shown!(runs);
}

#[test]
fn a_text_in_another_encoding_has_the_place_of_its_first_wrong_byte() {
    let runs = runs(&[&TABLES, &GRAPHS, &DOCUMENTS, &SOURCES], |path| {
        fs::write(path, b"# a\n# \xc8\xf0\n").unwrap();
    });
    assert_shown!(runs);
}

/// Whoever may read everything is not refused, so the test says nothing then; and its words cannot be compared whole,
/// as a snapshot of them could not be renewed.
#[cfg(unix)]
#[test]
fn a_file_without_permission() {
    use std::os::unix::fs::PermissionsExt;
    let closed = |path: &Path| {
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    };
    let workshop = project();
    closed(&workshop.path("loose.csv"));
    if fs::read(workshop.path("loose.csv")).is_ok() {
        eprintln!("skipped: this user may read everything");
        return;
    }
    for run in runs(&[&TABLES, &GRAPHS, &DOCUMENTS, &SOURCES], closed) {
        let shown = format!("{run:?}");
        assert!(run.code != 0 && run.stdout.is_empty(), "{shown}");
        assert!(run.stderr.contains(": permission denied\n"), "{shown}");
        assert!(!run.stderr.contains("os error"), "{shown}");
    }
}

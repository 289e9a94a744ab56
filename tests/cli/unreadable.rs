//! Files that cannot be read: one message for each, wherever the file is opened.

use super::workshop::Workshop;
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
    workshop
}

/// What a file is, its name, and the command that reads it.
const FILES: [(&str, &str, &[&str]); 12] = [
    ("a table", "data/cities.csv", &["check"]),
    ("the ontology", "ontology/terms.ttl", &["check"]),
    ("shapes", "ontology/shapes.ttl", &["check"]),
    ("a rule", "ontology/rules/twin.rq", &["check"]),
    ("a stored query", "queries/all.rq", &["check"]),
    (
        "a query that is named",
        "queries/all.rq",
        &["query", "queries/all.rq"],
    ),
    ("a table to convert", "loose.csv", &["convert", "loose.csv"]),
    (
        "metadata to apply",
        "m.json",
        &["convert", "loose.csv", "--metadata", "m.json"],
    ),
    (
        "a catalog",
        "catalog.json",
        &["convert", "loose.csv", "--catalog", "catalog.json"],
    ),
    (
        "a table to describe",
        "loose.csv",
        &["init", "loose.csv", "-o", "-"],
    ),
    ("a table to build", "data/cities.csv", &["build"]),
    ("shapes of a build", "ontology/shapes.ttl", &["build"]),
];

/// Makes each file unreadable in a way, and demands the message and exit code 2.
#[track_caller]
fn check(unreadable: impl Fn(&Path), reason: &str) {
    for (what, file, arguments) in FILES {
        let workshop = project();
        unreadable(&workshop.path(file));
        let run = workshop.run(arguments).exits(2);
        let said = run.stderr.lines().any(|line| {
            line.starts_with("error[CG0101]")
                && line.contains("could not read ")
                && line.ends_with(reason)
        });
        assert!(said, "{what}:\n{}", run.stderr);
        assert!(!run.stderr.contains("os error"), "{what}:\n{}", run.stderr);
    }
}

#[test]
fn a_directory_in_place_of_a_file() {
    check(
        |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        },
        ": it is a directory",
    );
}

/// What a command names is looked for under that name alone.
#[test]
fn a_file_that_is_not_there() {
    let workshop = project();
    for arguments in [
        &["query", "queries/al.rq"][..],
        &["convert", "lose.csv"],
        &["convert", "loose.csv", "--catalog", "catalogue.json"],
        &["init", "lose.csv", "-o", "-"],
    ] {
        let run = workshop.run(arguments).exits(2);
        assert!(
            run.stderr.contains("error[CG0101]") && run.stderr.contains(": no such file\n"),
            "{arguments:?}:\n{}",
            run.stderr
        );
    }
}

#[test]
fn a_text_in_another_encoding_has_the_place_of_its_first_wrong_byte() {
    for (file, arguments) in [
        ("ontology/shapes.ttl", &["check"][..]),
        ("ontology/rules/twin.rq", &["check"]),
        ("queries/all.rq", &["check"]),
    ] {
        let workshop = project();
        workshop.write(file, b"# a\n# \xc8\xf0\n");
        let run = workshop.run(arguments).exits(1);
        let place = format!("{file}:2:3: ");
        let said = run
            .stderr
            .lines()
            .any(|line| line.starts_with("error[CG0102] ") && line.contains(&place));
        assert!(said, "{file}:\n{}", run.stderr);
    }
}

/// Whoever may read everything is not refused, so the test says nothing then.
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
    check(closed, ": permission denied");
}

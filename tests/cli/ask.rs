//! Questions to the published graph: stored queries, and one file of them that is not a query.

use super::workshop::{Workshop, assert_shown};

/// A small project, built, with the query `good` and more files beside it.
fn workshop(files: &[(&str, &[u8])]) -> Workshop {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop.write("queries/good.rq", "# title: Good\nASK { ?s ?p ?o }\n");
    for (name, content) in files {
        workshop.write(name, content);
    }
    workshop
}

#[test]
fn one_bad_file_keeps_nobody_from_the_other_queries() {
    let workshop = workshop(&[
        (
            "queries/latin.rq",
            b"# title: x\nSELECT * { ?s ?p \"\xE9\" }",
        ),
        ("queries/folder.rq/x", b""),
        ("queries/.#good.rq", b"\xFF"),
    ]);
    let run = workshop.run(&["query", "good"]).exits(0);
    assert_shown!(run);
    let run = workshop.run(&["list", "queries"]).exits(0);
    assert_shown!(run);
    for part in [
        "error[CG0102] ./queries/latin.rq:2:19: ",
        "error[CG0101] ./queries/folder.rq: ",
    ] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    let run = workshop.run(&["query", "latin"]).exits(2);
    let start = "error[CG0102] ./queries/latin.rq:2:19: ";
    assert!(run.stderr.starts_with(start), "{}", run.stderr);
    let run = workshop.run(&["query", "folder"]).exits(2);
    assert_shown!(run);
    let run = workshop.run(&["query", "goood"]).exits(2);
    assert_shown!(run);
}

/// What Emacs leaves beside a file that is being changed: a link to nowhere.
#[cfg(unix)]
#[test]
fn locks_of_editors_are_no_queries() {
    let workshop = workshop(&[]);
    let lock = workshop.path("queries/.#good.rq");
    std::os::unix::fs::symlink("user@host.123", lock).unwrap();
    workshop.run(&["query", "good"]).exits(0);
    let run = workshop.run(&["list", "queries"]).exits(0);
    assert_eq!(run.stderr, "");
}

#[test]
fn queries_as_editors_write_them() {
    let workshop = workshop(&[
        (
            "queries/mark.rq",
            "\u{FEFF}# title: Marked\nASK { ?s ?p ?o }".as_bytes(),
        ),
        (
            "queries/words.rq",
            b"# param: n integer # how many, n=3 for three\nSELECT (?n AS ?m) {}",
        ),
    ]);
    let run = workshop.run(&["query", "mark"]).exits(0);
    assert_eq!(run.stdout, "true\n");
    let run = workshop
        .run(&["query", "words", "n=3", "--format", "tsv"])
        .exits(0);
    assert_eq!(run.stdout, "?m\n3\n");
    for text in ["", "# nothing", "PREFIX a: <http://a/>"] {
        let run = workshop.run(&["query", "-e", text]).exits(2);
        assert_shown!(run);
    }
}

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
    assert_shown!(run, @"
    $ query good
    true
    ---- stderr
    build 0001-ID
    ---- exit code 0
    ");
    let run = workshop.run(&["list", "queries"]).exits(0);
    assert_shown!(run, @"
    $ list queries
    query	title	parameters	tags
    good	Good		
    ---- stderr
    error[CG0101] ./queries/folder.rq: could not read the query: it is a directory
              hint | name a file in it
              rule | unreadable file, see `civigraph explain CG0101`
    error[CG0102] ./queries/latin.rq:2:19: the bytes from here are not UTF-8
          expected | UTF-8
              hint | save the file as UTF-8
              rule | wrong encoding (tabular-data-model §8), see `civigraph explain CG0102`
    found 2 errors in 2 files
    ---- exit code 0
    ");
    let run = workshop.run(&["query", "latin"]).exits(2);
    assert_shown!(run, @"
    $ query latin
    ---- stderr
    error[CG0102] ./queries/latin.rq:2:19: the bytes from here are not UTF-8
    expected: UTF-8
    hint: save the file as UTF-8
    ---- exit code 2
    ");
    let run = workshop.run(&["query", "folder"]).exits(2);
    assert_shown!(run, @"
    $ query folder
    ---- stderr
    error[CG0101] ./queries/folder.rq: could not read the query: it is a directory
    hint: name a file in it
    ---- exit code 2
    ");
    let run = workshop.run(&["query", "goood"]).exits(2);
    assert_shown!(run, @"
    $ query goood
    ---- stderr
    error[CG0704] command line: no such query: `goood`
    hint: did you mean `good`?
    ---- exit code 2
    ");
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
    let runs = ["", "# nothing", "PREFIX a: <http://a/>"]
        .map(|text| workshop.run(&["query", "-e", text]).exits(2));
    assert_shown!(runs);
}

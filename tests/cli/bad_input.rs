//! Every kind of bad input: a coded message at the exact place, exit 1 or 2, no panic, nothing published.

use super::workshop::{CITIES, METADATA, REGIONS, Run, Workshop, assert_shown};

/// A project with one file replaced, built.
#[track_caller]
fn build_with(file: &str, content: impl AsRef<[u8]>) -> Run {
    let workshop = Workshop::project();
    workshop.write(file, content.as_ref());
    let run = workshop.run(&["build", "--threads", "2"]);
    assert_eq!(run.stdout, "", "{}", run.stderr);
    let store = workshop.run(&["verify"]).exits(2);
    assert!(
        store.stderr.contains("civigraph build"),
        "something was published: {}",
        store.stderr
    );
    amend_with(file, content.as_ref(), &run);
    run
}

/// What is published already stays so, and the report is the same as without it.
#[track_caller]
fn amend_with(file: &str, content: &[u8], expected: &Run) {
    let workshop = Workshop::project();
    workshop.run(&["build"]).exits(0);
    let current = || std::fs::read(workshop.path(".civigraph/current")).unwrap();
    let before = current();
    workshop.write(file, content);
    let run = workshop.run(&["build", "--threads", "2"]);
    assert_eq!(
        (run.code, run.stderr),
        (expected.code, expected.stderr.clone())
    );
    assert_eq!(before, current(), "something was published");
    workshop.run(&["verify"]).exits(0);
}

/// Demands that a file is refused with these lines in the report, in any order.
#[track_caller]
fn check(file: &str, content: impl AsRef<[u8]>, lines: &[&str]) {
    let run = build_with(file, content).exits(1);
    for line in lines {
        let found = run.stderr.lines().any(|reported| {
            // Where the rest of a line is wording, only its start is demanded.
            let reported = reported.trim();
            match line.strip_suffix('…') {
                Some(start) => reported.starts_with(start),
                None => reported == *line,
            }
        });
        assert!(found, "no line `{line}` in\n{}", run.stderr);
    }
}

/// The table of cities with one thing replaced, which must be there.
#[track_caller]
fn cities(old: &str, new: &str) -> String {
    assert!(CITIES.contains(old), "{old}");
    CITIES.replacen(old, new, 1)
}

const FILE: &str = "data/cities.csv";

#[test]
fn the_project_is_sound_before_anything_is_broken() {
    let workshop = Workshop::project();
    workshop.run(&["check"]).exits(0);
    let run = workshop.run(&["build"]).exits(0);
    assert_shown!(run);
    workshop.run(&["verify"]).exits(0);
}

#[test]
fn unknown_column() {
    check(
        FILE,
        cities("people", "peoples"),
        &[
            "error[CG0351] data/cities.csv:1:18: …",
            "D1 | peoples  column `peoples`",
        ],
    );
}

#[test]
fn column_that_the_metadata_lacks() {
    check(
        FILE,
        "id,label,founded,people,region,twins,mayor\nirbit,Irbit,,,,,x\n",
        &[
            "error[CG0350] data/cities.csv:1:38: …",
            "G1 | 7 columns  column `mayor`",
        ],
    );
}

#[test]
fn missing_required_cell() {
    check(
        FILE,
        cities("revda,Revda", "revda,"),
        &[
            "error[CG0401] data/cities.csv:4:7: …",
            "B4 | column `label`",
        ],
    );
}

#[test]
fn bad_date() {
    check(
        FILE,
        cities("1631-01-01", "1631-13-01"),
        &[
            "error[CG0402] data/cities.csv:2:13: …",
            "C2 | 1631-13-01  column `founded`",
        ],
    );
}

#[test]
fn bad_number() {
    check(
        FILE,
        cities("36000", "36 000 чел."),
        &[
            "error[CG0402] data/cities.csv:2:24: …",
            "D2 | 36 000 чел.  column `people`",
            "expected | a whole number",
        ],
    );
}

#[test]
fn duplicate_key() {
    check(
        FILE,
        format!("{CITIES}irbit,Irbit again,,,,\n"),
        &[
            "error[CG0501] data/cities.csv:5:1: …",
            "A5 | irbit  column `id`",
        ],
    );
}

#[test]
fn dangling_reference() {
    check(
        FILE,
        cities("684709,samara", "684709,samra"),
        &[
            "error[CG0502] data/cities.csv:3:37: …",
            "E3 | samra  column `region`",
            "hint | did you mean `samara`?",
        ],
    );
}

/// Items of a list are looked up one by one, and the place is that of the cell that holds them.
#[test]
fn dangling_reference_in_a_list() {
    check(
        FILE,
        cities("irbit;revda", "irbit;rewda"),
        &[
            "error[CG0502] data/cities.csv:3:44: …",
            "F3 | rewda  column `twins`",
            "hint | did you mean `revda`?",
        ],
    );
}

#[test]
fn broken_quoting() {
    check(
        FILE,
        cities("Tolyatti,1737", "\"Toly\"atti,1737"),
        &[
            "error[CG0201] data/cities.csv:3:16: …",
            "B3 | column `label`",
        ],
    );
    check(
        FILE,
        cities("Tolyatti,1737", "\"Tolyatti,1737"),
        &[
            "error[CG0201] data/cities.csv:3:10: …",
            "B3 | column `label`",
        ],
    );
}

#[test]
fn wrong_encoding() {
    // `Ирбит` in windows-1251.
    let mut bytes = b"id,label,founded,people,region,twins\nirbit,".to_vec();
    bytes.extend_from_slice(b"\xc8\xf0\xe1\xe8\xf2,,,,\n");
    check(
        FILE,
        bytes,
        &[
            "error[CG0102] data/cities.csv:2:7: …",
            "B2 | column `label`",
        ],
    );
}

/// A byte order mark is not a character of the first cell and moves no column.
#[test]
fn byte_order_mark() {
    let marked = format!("\u{feff}{CITIES}");
    let workshop = Workshop::project();
    workshop.write(FILE, &marked);
    workshop.run(&["check"]).exits(0);
    check(
        FILE,
        marked.replace("36000", "x"),
        &[
            "error[CG0402] data/cities.csv:2:24: …",
            "D2 | x  column `people`",
        ],
    );
}

#[test]
fn carriage_returns() {
    let dos = CITIES.replace('\n', "\r\n");
    let workshop = Workshop::project();
    workshop.write(FILE, &dos);
    workshop.run(&["check"]).exits(0);
    check(
        FILE,
        dos.replace("61875", "x"),
        &[
            "error[CG0402] data/cities.csv:4:14: …",
            "D4 | x  column `people`",
        ],
    );
}

/// Lines are physical ones, records are those of a spreadsheet.
#[test]
fn line_breaks_in_quotes() {
    check(
        FILE,
        cities("Irbit", "\"Ir\nb,it\"").replace("684709", "x"),
        &[
            "error[CG0402] data/cities.csv:4:30: …",
            "D3 | x  column `people`",
        ],
    );
}

#[test]
fn ragged_rows() {
    check(
        FILE,
        cities("revda,Revda,,61875,sverdlovsk,", "revda,Revda"),
        &[
            "error[CG0202] data/cities.csv:4:12: …",
            "C4 | 2 cells  column `founded`",
            "found 1 error in 1 file",
        ],
    );
    check(
        FILE,
        cities("sverdlovsk,\n", "sverdlovsk,,,\n"),
        &[
            "error[CG0202] data/cities.csv:4:32: …",
            "G4 | 8 cells  a column without a name",
        ],
    );
    // What a blank line lacks is said once.
    check(
        FILE,
        format!("{CITIES}\n"),
        &[
            "error[CG0202] data/cities.csv:5:1: …",
            "hint | delete the blank line, or declare `\"dialect\": {\"skipBlankRows\": true}`",
            "found 2 errors in 1 file",
        ],
    );
}

#[test]
fn another_delimiter() {
    check(
        FILE,
        CITIES.replace(',', ";"),
        &[
            "error[CG0350] data/cities.csv:1:1: …",
            "hint | declare `\"dialect\": {\"delimiter\": \";\"}`",
        ],
    );
}

#[test]
fn nul_byte() {
    check(
        FILE,
        cities("Irbit", "Ir\0bit"),
        &[
            "error[CG0204] data/cities.csv:2:9: …",
            "B2 | column `label`",
        ],
    );
}

#[test]
fn nul_byte_in_the_header() {
    check(
        FILE,
        cities("label", "la\0bel"),
        &[
            "error[CG0204] data/cities.csv:1:6: …",
            "B1 | column `la\\0bel`",
        ],
    );
    // Where no metadata says that the title is another.
    let workshop = Workshop::empty();
    workshop.write("t.csv", "a\0b,c\n1,2\n");
    let run = workshop.run(&["check", "t.csv"]).exits(1);
    assert_shown!(run);
}

#[test]
fn cell_of_a_hundred_megabytes() {
    check(
        FILE,
        cities("Irbit", &"x".repeat(100_000_000)).replace("61875", "many"),
        &[
            "error[CG0203] data/cities.csv:2:7: the cell is 100000000 bytes long, more than can be read; its record is left out",
            "B2 | column `label`",
            "error[CG0402] data/cities.csv:4:14: …",
            "D4 | many  column `people`",
            "found 2 errors in 1 file",
        ],
    );
}

/// Line breaks and quotes of the cell that is left out are counted like others.
#[test]
fn quoted_cell_of_a_hundred_megabytes() {
    let long = format!("\"{}\"", "one \"\"two\"\",\r\n".repeat(7_000_000));
    check(
        FILE,
        cities("684709,samara", &format!("684709,{long}")).replace("61875", "many"),
        &[
            "error[CG0203] data/cities.csv:3:37: …",
            "E3 | column `region`",
            "error[CG0402] data/cities.csv:7000004:14: …",
        ],
    );
}

/// Without a header there are no columns to speak of, but the cell is named.
#[test]
fn title_of_a_hundred_megabytes() {
    check(
        FILE,
        cities("label", &"label ".repeat(17_000_000)),
        &[
            "error[CG0203] data/cities.csv:1:4: …",
            "B1 | column `label label label la…`",
        ],
    );
}

/// A file without a header is not the table that the metadata describes, however it is empty.
#[test]
fn empty_table() {
    for (content, found) in [
        ("", "found | 0 columns"),
        ("\u{feff}", "found | 0 columns"),
        ("\n", "A1 | 1 column  a column without a name"),
        ("\r\n\r\n", "A1 | 1 column  a column without a name"),
    ] {
        check(FILE, content, &["error[CG0350] data/cities.csv…", found]);
    }
    // One title that is missing is as many columns as there should be.
    let one = r#"{"@context": "http://www.w3.org/ns/csvw", "url": "one.csv",
        "tableSchema": {"columns": [{"name": "id", "titles": "id", "required": true}]}}"#;
    let headless = one.replace("\"url\"", "\"dialect\": {\"header\": false}, \"url\"");
    let workshop = Workshop::empty();
    workshop.write("one.json", one);
    workshop.write("headless.json", headless);
    for content in ["", "\u{feff}", "\n", "\n\n\n"] {
        workshop.write("one.csv", content);
        for arguments in [
            &["check", "one.csv", "--metadata", "one.json"][..],
            &["check", "one.json"],
        ] {
            let run = workshop.run(arguments).exits(1);
            assert!(run.stderr.starts_with("error[CG035"), "{}", run.stderr);
        }
    }
    // A table that has no header by agreement may have no rows.
    workshop.write("one.csv", "");
    workshop.run(&["check", "headless.json"]).exits(0);
    workshop.write("one.csv", "\n");
    workshop.run(&["check", "headless.json"]).exits(1);
}

#[test]
fn invalid_json() {
    check(
        "data/csv-metadata.json",
        METADATA.replacen("\"tables\":", "\"tables\"", 1),
        &["error[CG0301] data/csv-metadata.json:4:12: …"],
    );
}

#[test]
fn wrong_metadata() {
    let wrong = METADATA
        .replace("\"datatype\": \"integer\"", "\"datatype\": \"intger\"")
        .replace(
            "\"columnReference\": \"region\"",
            "\"columnReference\": \"regin\"",
        );
    check(
        "data/csv-metadata.json",
        wrong,
        &[
            "warning[CG0410] data/csv-metadata.json:29:62: …",
            "hint | did you mean `integer`?",
            "error[CG0326] data/csv-metadata.json:22:31: …",
            "hint | did you mean `region`?",
        ],
    );
}

#[test]
fn missing_table() {
    let workshop = Workshop::project();
    std::fs::remove_file(workshop.path("data/regions.csv")).unwrap();
    let run = workshop.run(&["build"]).exits(2);
    assert!(
        run.stderr
            .contains("error[CG0101] data/csv-metadata.json:5:5"),
        "{}",
        run.stderr
    );
}

/// Everything is found in one run, whichever files and rules are concerned.
#[test]
fn many_problems_in_one_run() {
    let workshop = Workshop::project();
    workshop.write("data/regions.csv", format!("{REGIONS},no id\n"));
    workshop.write(
        FILE,
        cities("1631-01-01", "yesterday").replace("61875", "many") + "omsk,,,,,\n",
    );
    let run = workshop.run(&["check"]).exits(1);
    for place in [
        "error[CG0401] data/regions.csv:4:1",
        "error[CG0402] data/cities.csv:2:13",
        "error[CG0402] data/cities.csv:4:14",
        "error[CG0401] data/cities.csv:5:6",
    ] {
        assert!(run.stderr.contains(place), "{place}\n{}", run.stderr);
    }
    assert_shown!(run);
}

#[test]
fn what_was_published_stays() {
    let workshop = Workshop::project();
    workshop.run(&["build"]).exits(0);
    let good = workshop
        .run(&["export", "--format", "nquads"])
        .exits(0)
        .stdout;
    workshop.write(FILE, cities("36000", "x"));
    workshop.run(&["build"]).exits(1);
    let after = workshop
        .run(&["export", "--format", "nquads"])
        .exits(0)
        .stdout;
    assert_eq!(after, good);
    assert!(!good.is_empty());
}

#[test]
fn reports_for_programs_go_to_stdout() {
    let workshop = Workshop::project();
    workshop.write(FILE, cities("36000", "x"));
    for format in ["json", "jsonl", "sarif", "github"] {
        let run = workshop.run(&["check", "--format", format]).exits(1);
        assert_shown!(run);
        assert_eq!(run.stderr, "", "{format}");
    }
}

/// A query with a syntax error is refused at the token that cannot be read on.
#[test]
fn wrong_sparql() {
    let workshop = Workshop::project();
    workshop.run(&["build"]).exits(0);
    workshop.write(
        "queries/wrong.rq",
        "# title: Wrong\nSELECT ?x WHERE {\n  ?x ?y\n}\n",
    );
    for (arguments, place) in [
        (
            &["query", "wrong"][..],
            "error[CG0701] ./queries/wrong.rq:4:1: ",
        ),
        (
            &["query", "queries/wrong.rq"],
            "error[CG0701] queries/wrong.rq:4:1: ",
        ),
        (
            &["query", "-e", "SELECT * { ?s ?p }"],
            "error[CG0701] command line:1:18: ",
        ),
    ] {
        let run = workshop.run(arguments).exits(2);
        assert!(
            run.stderr.starts_with(place),
            "{arguments:?}: {}",
            run.stderr
        );
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn wrong_ontology() {
    check(
        "ontology/terms.ttl",
        "@prefix ex: <https://example.org/> .\nex:a ex:b .\n",
        &["error[CG0809] ./ontology/terms.ttl:2:…"],
    );
    let workshop = Workshop::project();
    workshop.write("ontology/terms.ttl", "no Turtle");
    // With what is wrong with the rows, in one run.
    workshop.write(FILE, cities("36000", "many"));
    for command in ["check", "build"] {
        let run = workshop.run(&[command]).exits(1);
        for code in ["CG0402", "CG0809"] {
            assert!(run.stderr.contains(code), "{command}: {}", run.stderr);
        }
    }
}

/// A file that is there and may not be read.
#[cfg(unix)]
#[test]
fn unreadable_table() {
    use std::os::unix::fs::PermissionsExt;
    let workshop = Workshop::project();
    let path = workshop.path(FILE);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        eprintln!("skipped: this user may read everything");
        // A folder in its place cannot be read by anybody.
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
    }
    let run = workshop.run(&["build"]).exits(2);
    assert_shown!(run);
    let said = run.stderr.matches("error[CG0101]").count();
    assert_eq!(said, 1, "it is said once: {}", run.stderr);
}

#[test]
fn keys_of_the_same_text_say_what_differs() {
    let workshop = Workshop::empty();
    workshop.write(
        "m.json",
        r#"{"@context": "http://www.w3.org/ns/csvw", "tables": [
            {"url": "a.csv", "tableSchema": {"columns": [
                {"name": "id", "titles": "id", "datatype": "integer"},
                {"name": "list", "titles": "list", "separator": ";"},
                {"name": "text", "titles": "text"}]}},
            {"url": "b.csv", "tableSchema": {
                "foreignKeys": [
                    {"columnReference": ["id", "code"], "reference": {"resource": "a.csv", "columnReference": ["id", "text"]}},
                    {"columnReference": "code", "reference": {"resource": "a.csv", "columnReference": "list"}},
                    {"columnReference": "null", "reference": {"resource": "a.csv", "columnReference": "text"}},
                    {"columnReference": "items", "reference": {"resource": "a.csv", "columnReference": "id"}}],
                "columns": [
                    {"name": "id", "titles": "id"},
                    {"name": "code", "titles": "code"},
                    {"name": "null", "titles": "null", "null": ["-", "NA"]},
                    {"name": "items", "titles": "items", "separator": " "}]}}]}"#,
    );
    workshop.write("a.csv", "id,list,text\n1,1,1\n2,b,-\n");
    workshop.write("b.csv", "id,code,null,items\n1,1,-,2\n1,1,NA,\n");
    let run = workshop.run(&["check", "m.json"]).exits(1);
    for hint in [
        "a.csv:2:1 has the same text, but here `id` is of the datatype string, there `id` of integer",
        "a.csv:2:3 has the same text, but there `list` holds lists",
        "a.csv:3:5 has the same text, but here `null` is null",
        "`null` is null; if the reference may be missing",
        "a.csv:3:1 has the same text, but here `items` is of the datatype string, there `id` of integer",
    ] {
        assert!(run.stderr.contains(hint), "{hint}: {}", run.stderr);
    }
    assert_shown!(run);
}

#[test]
fn an_empty_cell_has_the_key_of_its_default() {
    let workshop = Workshop::empty();
    workshop.write(
        "m.json",
        r#"{"@context": "http://www.w3.org/ns/csvw", "url": "a.csv", "tableSchema": {
            "primaryKey": ["id", "kind"], "columns": [
                {"name": "id", "titles": "id", "default": "x"},
                {"name": "note", "titles": "note"},
                {"name": "kind", "virtual": true, "default": "k"}]}}"#,
    );
    workshop.write("a.csv", "id,note\n,1\n,2\n");
    let run = workshop.run(&["check", "m.json"]).exits(1);
    assert_shown!(run);
}

/// Whatever is warned of, what is wrong is shown.
#[test]
fn errors_go_before_warnings() {
    let workshop = Workshop::empty();
    let titles: Vec<String> = (0..60)
        .flat_map(|n| [format!("t{n}"), format!("t{n}")])
        .collect();
    let row = vec!["x"; titles.len()].join(",");
    workshop.write("a.csv", format!("{}\n{row}\nshort\n", titles.join(",")));
    let run = workshop.run(&["check", "a.csv"]).exits(1);
    assert_shown!(run);
    assert!(run.stderr.lines().count() < 200, "{}", run.stderr);
}

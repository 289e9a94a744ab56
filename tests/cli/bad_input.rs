//! Every kind of bad input: a coded message at the exact place, exit 1 or 2, no panic, nothing published.

use super::workshop::{CITIES, METADATA, REGIONS, Run, Workshop, assert_shown};

/// A project with one file replaced, built.
#[track_caller]
fn build_with(file: &str, content: impl AsRef<[u8]>) -> Run {
    let workshop = Workshop::project();
    workshop.write(file, content.as_ref());
    let run = workshop.run(&["build", "--threads", "2"]);
    assert_eq!(run.stdout, "", "{}", run.stderr);
    workshop.run(&["verify"]).exits(2);
    assert!(!workshop.path(".civigraph/current").exists());
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
    let run = build_with(FILE, cities("people", "peoples")).exits(1);
    assert_shown!(run, @r#"
    $ build --threads 2
    ---- stderr
    error[CG0351] data/cities.csv:1:18: the header does not match the titles of the column in the metadata
                D1 | peoples  column `peoples`
          expected | "people"
              rule | header does not match the metadata (tabular-metadata §5.5.1), see `civigraph explain CG0351`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    "#);
}

#[test]
fn column_that_the_metadata_lacks() {
    let run = build_with(
        FILE,
        "id,label,founded,people,region,twins,mayor\nirbit,Irbit,,,,,x\n",
    )
    .exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0350] data/cities.csv:1:38: the file has another number of columns than its schema
                G1 | 7 columns  column `mayor`
          expected | 6 columns, as data/csv-metadata.json:18 says
              rule | wrong number of columns (tabular-metadata §5.5.1), see `civigraph explain CG0350`
    error[CG0502] data/cities.csv:2:15: the reference to `regions.csv` is empty
                E2 | (empty)  column `region`
          expected | the value of `id` in a row of `regions.csv`
              hint | `region` is null; if the reference may be missing, declare the column `https://w3id.org/civigraph/csvw#optional`; `check --lax` accepts them all
              rule | reference to a missing row (tabular-data-model §6.6), see `civigraph explain CG0502`
    found 2 errors in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

#[test]
fn missing_required_cell() {
    let run = build_with(FILE, cities("revda,Revda", "revda,")).exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0401] data/cities.csv:4:7: a required cell is empty
                B4 | column `label`
              rule | missing required cell (tabular-metadata §5.7), see `civigraph explain CG0401`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

#[test]
fn bad_date() {
    let run = build_with(FILE, cities("1631-01-01", "1631-13-01")).exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0402] data/cities.csv:2:13: no such day: there is no month 13
                C2 | 1631-13-01  column `founded`
          expected | a value of the datatype date, such as `2015-03-22`
              rule | cell does not match its datatype (tabular-data-model §6.4), see `civigraph explain CG0402`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

#[test]
fn bad_number() {
    let run = build_with(FILE, cities("36000", "36 000 чел.")).exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0402] data/cities.csv:2:24: the cell is not a value of its datatype
                D2 | 36 000 чел.  column `people`
          expected | a whole number
              rule | cell does not match its datatype (tabular-data-model §6.4), see `civigraph explain CG0402`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

#[test]
fn duplicate_key() {
    let run = build_with(FILE, format!("{CITIES}irbit,Irbit again,,,,\n")).exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0501] data/cities.csv:5:1: `irbit` is already the primary key of line 2
                A5 | irbit  column `id`
          expected | a value of `id` that no other row has
              hint | the first is at data/cities.csv:2:1; change one of the two, or remove it
              rule | duplicate primary key (tabular-data-model §6.6), see `civigraph explain CG0501`
    error[CG0502] data/cities.csv:5:21: the reference to `regions.csv` is empty
                E5 | (empty)  column `region`
          expected | the value of `id` in a row of `regions.csv`
              hint | `region` is null; if the reference may be missing, declare the column `https://w3id.org/civigraph/csvw#optional`; `check --lax` accepts them all
              rule | reference to a missing row (tabular-data-model §6.6), see `civigraph explain CG0502`
    found 2 errors in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

#[test]
fn dangling_reference() {
    let run = build_with(FILE, cities("684709,samara", "684709,samra")).exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0502] data/cities.csv:3:37: no row of `regions.csv` has the key `samra`
                E3 | samra  column `region`
          expected | the value of `id` in a row of `regions.csv`
              hint | did you mean `samara`?
              rule | reference to a missing row (tabular-data-model §6.6), see `civigraph explain CG0502`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

/// Items of a list are looked up one by one, and the place is that of the cell that holds them.
#[test]
fn dangling_reference_in_a_list() {
    let run = build_with(FILE, cities("irbit;revda", "irbit;rewda")).exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0502] data/cities.csv:3:44: no row of `cities.csv` has the item `rewda`
                F3 | rewda  column `twins`
          expected | the value of `id` in a row of `cities.csv`
              hint | did you mean `revda`?
              rule | reference to a missing row (tabular-data-model §6.6), see `civigraph explain CG0502`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

#[test]
fn broken_quoting() {
    let run = build_with(FILE, cities("Tolyatti,1737", "\"Toly\"atti,1737")).exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0201] data/cities.csv:3:16: text follows a closing quote
                B3 | column `label`
              hint | double a quote that is part of a quoted cell
              rule | broken quoting (tabular-data-model §8.1), see `civigraph explain CG0201`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
    let run = build_with(FILE, cities("Tolyatti,1737", "\"Tolyatti,1737")).exits(1);
    assert_shown!(run, @r"
    $ build --threads 2
    ---- stderr
    error[CG0201] data/cities.csv:3:10: this quote is never closed
                B3 | column `label`
              rule | broken quoting (tabular-data-model §8.1), see `civigraph explain CG0201`
    warning[CG0416] data/cities.csv:3:10: the cell names something, and has white space at an end
                B3 | Tolyatti,1737-06-20,684709,samara,irbit;revda\nrevda,Revda,,61875,sverdlovsk,\n  column `label`
              rule | characters that look like others, see `civigraph explain CG0416`
    found 1 error and 1 warning in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

#[test]
fn wrong_encoding() {
    // `Ирбит` in windows-1251.
    let mut bytes = b"id,label,founded,people,region,twins\nirbit,".to_vec();
    bytes.extend_from_slice(b"\xc8\xf0\xe1\xe8\xf2,,,,\n");
    let run = build_with(FILE, bytes).exits(1);
    assert_shown!(run, @r#"
    $ build --threads 2
    ---- stderr
    error[CG0102] data/cities.csv:2:7: the bytes from here are not in the declared encoding
                B2 | column `label`
              hint | save the file as UTF-8, or declare `"dialect": {"encoding": …}`
              rule | wrong encoding (tabular-data-model §8), see `civigraph explain CG0102`
    error[CG0502] data/cities.csv:2:15: the reference to `regions.csv` is empty
                E2 | (empty)  column `region`
          expected | the value of `id` in a row of `regions.csv`
              hint | `region` is null; if the reference may be missing, declare the column `https://w3id.org/civigraph/csvw#optional`; `check --lax` accepts them all
              rule | reference to a missing row (tabular-data-model §6.6), see `civigraph explain CG0502`
    found 2 errors in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    "#);
}

/// A byte order mark is not a character of the first cell and moves no column.
#[test]
fn byte_order_mark() {
    let marked = format!("\u{feff}{CITIES}");
    let workshop = Workshop::project();
    workshop.write(FILE, &marked);
    workshop.run(&["check"]).exits(0);
    let run = build_with(FILE, marked.replace("36000", "x")).exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0402] data/cities.csv:2:24: the cell is not a value of its datatype
                D2 | x  column `people`
          expected | a whole number
              rule | cell does not match its datatype (tabular-data-model §6.4), see `civigraph explain CG0402`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

#[test]
fn carriage_returns() {
    let dos = CITIES.replace('\n', "\r\n");
    let workshop = Workshop::project();
    workshop.write(FILE, &dos);
    workshop.run(&["check"]).exits(0);
    let run = build_with(FILE, dos.replace("61875", "x")).exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0402] data/cities.csv:4:14: the cell is not a value of its datatype
                D4 | x  column `people`
          expected | a whole number
              rule | cell does not match its datatype (tabular-data-model §6.4), see `civigraph explain CG0402`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

/// Lines are physical ones, records are those of a spreadsheet.
#[test]
fn line_breaks_in_quotes() {
    let run = build_with(FILE, cities("Irbit", "\"Ir\nb,it\"").replace("684709", "x")).exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0402] data/cities.csv:4:30: the cell is not a value of its datatype
                D3 | x  column `people`
          expected | a whole number
              rule | cell does not match its datatype (tabular-data-model §6.4), see `civigraph explain CG0402`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

#[test]
fn ragged_rows() {
    let run = build_with(
        FILE,
        cities("revda,Revda,,61875,sverdlovsk,", "revda,Revda"),
    )
    .exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0202] data/cities.csv:4:12: the row has fewer cells than the table has columns
                C4 | 2 cells  column `founded`
          expected | 6 cells
              rule | ragged row (tabular-data-model §8), see `civigraph explain CG0202`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
    let run = build_with(FILE, cities("sverdlovsk,\n", "sverdlovsk,,,\n")).exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0202] data/cities.csv:4:32: the row has more cells than the table has columns
                G4 | 8 cells  a column without a name
          expected | 6 cells
              rule | ragged row (tabular-data-model §8), see `civigraph explain CG0202`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
    // What a blank line lacks is said once.
    let run = build_with(FILE, format!("{CITIES}\n")).exits(1);
    assert_shown!(run, @r#"
    $ build --threads 2
    ---- stderr
    error[CG0202] data/cities.csv:5:1: the row has fewer cells than the table has columns
                B5 | 1 cell  column `label`
          expected | 6 cells
              hint | delete the blank line, or declare `"dialect": {"skipBlankRows": true}`
              rule | ragged row (tabular-data-model §8), see `civigraph explain CG0202`
    error[CG0401] data/cities.csv:5:1: a required cell is empty
                A5 | column `id`
              rule | missing required cell (tabular-metadata §5.7), see `civigraph explain CG0401`
    found 2 errors in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    "#);
}

#[test]
fn another_delimiter() {
    let run = build_with(FILE, CITIES.replace(',', ";")).exits(1);
    assert_shown!(run, @r#"
    $ build --threads 2
    ---- stderr
    error[CG0350] data/cities.csv:1:1: the file has another number of columns than its schema
                A1 | 1 column  column `id;label;founded;people;region;twins`
          expected | 6 columns, as data/csv-metadata.json:18 says
              hint | declare `"dialect": {"delimiter": ";"}`
              rule | wrong number of columns (tabular-metadata §5.5.1), see `civigraph explain CG0350`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    "#);
}

#[test]
fn nul_byte() {
    let run = build_with(FILE, cities("Irbit", "Ir\0bit")).exits(1);
    assert_shown!(run, @r"
    $ build --threads 2
    ---- stderr
    error[CG0204] data/cities.csv:2:9: the cell holds a NUL byte
                B2 | column `label`
              rule | NUL byte, see `civigraph explain CG0204`
    warning[CG0416] data/cities.csv:2:7: the cell names something, and has a control character (U+0000)
                B2 | Ir\0bit  column `label`
              rule | characters that look like others, see `civigraph explain CG0416`
    found 1 error and 1 warning in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

#[test]
fn nul_byte_in_the_header() {
    let run = build_with(FILE, cities("label", "la\0bel")).exits(1);
    assert_shown!(run, @r#"
    $ build --threads 2
    ---- stderr
    error[CG0351] data/cities.csv:1:4: the header does not match the titles of the column in the metadata
                B1 | la\0bel  column `la\0bel`
          expected | "label"
              hint | they look the same, but here is a control character (U+0000)
              rule | header does not match the metadata (tabular-metadata §5.5.1), see `civigraph explain CG0351`
    error[CG0204] data/cities.csv:1:6: the title holds a NUL byte
                B1 | column `la\0bel`
              rule | NUL byte, see `civigraph explain CG0204`
    found 2 errors in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    "#);
    // Where no metadata says that the title is another.
    let workshop = Workshop::empty();
    workshop.write("t.csv", "a\0b,c\n1,2\n");
    let run = workshop.run(&["check", "t.csv"]).exits(1);
    assert_shown!(run, @r"
    $ check t.csv
    ---- stderr
    error[CG0204] t.csv:1:2: the title holds a NUL byte
                A1 | column `a\0b`
              rule | NUL byte, see `civigraph explain CG0204`
    warning[CG0416] t.csv:1:1: the title of the column has a control character (U+0000)
                A1 | a\0b  column `a\0b`
              rule | characters that look like others, see `civigraph explain CG0416`
    found 1 error and 1 warning in 1 file
    ---- exit code 1
    ");
}

#[test]
fn cell_of_a_hundred_megabytes() {
    let run = build_with(
        FILE,
        cities("Irbit", &"x".repeat(100_000_000)).replace("61875", "many"),
    )
    .exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0203] data/cities.csv:2:7: the cell is 100000000 bytes long, more than can be read; its record is left out
                B2 | column `label`
          expected | a record of at most 32 MiB
              rule | record too long, see `civigraph explain CG0203`
    error[CG0402] data/cities.csv:4:14: the cell is not a value of its datatype
                D4 | many  column `people`
          expected | a whole number
              rule | cell does not match its datatype (tabular-data-model §6.4), see `civigraph explain CG0402`
    found 2 errors in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

/// Line breaks and quotes of the cell that is left out are counted like others.
#[test]
fn quoted_cell_of_a_hundred_megabytes() {
    let long = format!("\"{}\"", "one \"\"two\"\",\r\n".repeat(7_000_000));
    let run = build_with(
        FILE,
        cities("684709,samara", &format!("684709,{long}")).replace("61875", "many"),
    )
    .exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0203] data/cities.csv:3:37: the cell is 98000002 bytes long, more than can be read; its record is left out
                E3 | column `region`
          expected | a record of at most 32 MiB
              rule | record too long, see `civigraph explain CG0203`
    error[CG0402] data/cities.csv:7000004:14: the cell is not a value of its datatype
                D4 | many  column `people`
          expected | a whole number
              rule | cell does not match its datatype (tabular-data-model §6.4), see `civigraph explain CG0402`
    found 2 errors in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

/// Without a header there are no columns to speak of, but the cell is named.
#[test]
fn title_of_a_hundred_megabytes() {
    let run = build_with(FILE, cities("label", &"label ".repeat(17_000_000))).exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0203] data/cities.csv:1:4: the title is 102000000 bytes long, more than can be read, so the file is not read
                B1 | column `label label label la…`
          expected | a record of at most 32 MiB
              rule | record too long, see `civigraph explain CG0203`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

/// A file without a header is not the table that the metadata describes, however it is empty.
#[test]
fn empty_table() {
    let contents = ["", "\u{feff}", "\n", "\r\n\r\n"];
    let runs = contents.map(|content| {
        build_with(FILE, content)
            .exits(1)
            .noted(&format!("{content:?}"))
    });
    assert_shown!(runs);
    // One title that is missing is as many columns as there should be.
    let one = r#"{"@context": "http://www.w3.org/ns/csvw", "url": "one.csv",
        "tableSchema": {"columns": [{"name": "id", "titles": "id", "required": true}]}}"#;
    let headless = one.replace("\"url\"", "\"dialect\": {\"header\": false}, \"url\"");
    let workshop = Workshop::empty();
    workshop.write("one.json", one);
    workshop.write("headless.json", headless);
    let mut runs = Vec::new();
    for content in ["", "\u{feff}", "\n", "\n\n\n"] {
        workshop.write("one.csv", content);
        for arguments in [
            &["check", "one.csv", "--metadata", "one.json"][..],
            &["check", "one.json"],
        ] {
            runs.push(
                workshop
                    .run(arguments)
                    .exits(1)
                    .noted(&format!("{content:?}")),
            );
        }
    }
    assert_shown!(runs);
    // A table that has no header by agreement may have no rows.
    workshop.write("one.csv", "");
    workshop.run(&["check", "headless.json"]).exits(0);
    workshop.write("one.csv", "\n");
    workshop.run(&["check", "headless.json"]).exits(1);
}

#[test]
fn invalid_json() {
    let run = build_with(
        "data/csv-metadata.json",
        METADATA.replacen("\"tables\":", "\"tables\"", 1),
    )
    .exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0301] data/csv-metadata.json:4:12: expected colon after the string or word in object property
              rule | invalid JSON (tabular-metadata §5), see `civigraph explain CG0301`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

#[test]
fn wrong_metadata() {
    let wrong = METADATA
        .replace("\"datatype\": \"integer\"", "\"datatype\": \"intger\"")
        .replace(
            "\"columnReference\": \"region\"",
            "\"columnReference\": \"regin\"",
        );
    let run = build_with("data/csv-metadata.json", wrong).exits(1);
    assert_shown!(run, @r#"
    $ build --threads 2
    ---- stderr
    error[CG0326] data/csv-metadata.json:22:31: no column of this table has this `name`
             found | regin
              hint | did you mean `region`?
              rule | foreign key without a target (tabular-metadata §5.5), see `civigraph explain CG0326`
    warning[CG0410] data/csv-metadata.json:29:62: no such built-in datatype
             found | "intger"
          expected | the name of a built-in datatype, such as `string` or `date`
              hint | did you mean `integer`?
              rule | unknown datatype (tabular-metadata §5.11.1), see `civigraph explain CG0410`
    found 1 error and 1 warning in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    "#);
}

#[test]
fn missing_table() {
    let workshop = Workshop::project();
    std::fs::remove_file(workshop.path("data/regions.csv")).unwrap();
    let run = workshop.run(&["build"]).exits(2);
    assert_shown!(run, @"
    $ build
    ---- stderr
    error[CG0101] data/csv-metadata.json:5:5: could not read the table: no such file
             found | data/regions.csv
              rule | unreadable file, see `civigraph explain CG0101`
    found 1 error in 1 file
    error: nothing was published: a file could not be read
    ---- exit code 2
    ");
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
    let runs = ["json", "jsonl", "sarif", "github"]
        .map(|format| workshop.run(&["check", "--format", format]).exits(1));
    assert_shown!(runs);
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
    let runs = [
        &["query", "wrong"][..],
        &["query", "queries/wrong.rq"],
        &["query", "-e", "SELECT * { ?s ?p }"],
    ]
    .map(|arguments| workshop.run(arguments).exits(2));
    assert_shown!(runs, @"
    $ query wrong
    ---- stderr
    error[CG0701] ./queries/wrong.rq:4:1: a triple needs an object
    ---- exit code 2

    $ query queries/wrong.rq
    ---- stderr
    error[CG0701] queries/wrong.rq:4:1: a triple needs an object
    ---- exit code 2

    $ query -e 'SELECT * { ?s ?p }'
    ---- stderr
    error[CG0701] command line:1:18: a triple needs an object
    ---- exit code 2
    ");
}

#[test]
fn wrong_ontology() {
    let run = build_with(
        "ontology/terms.ttl",
        "@prefix ex: <https://example.org/> .\nex:a ex:b .\n",
    )
    .exits(1);
    assert_shown!(run, @"
    $ build --threads 2
    ---- stderr
    error[CG0809] ./ontology/terms.ttl:2:11: not valid Turtle: . is not a valid RDF object
              rule | Turtle syntax error (RDF 1.1 Turtle), see `civigraph explain CG0809`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
    let workshop = Workshop::project();
    workshop.write("ontology/terms.ttl", "no Turtle");
    // With what is wrong with the rows, in one run.
    workshop.write(FILE, cities("36000", "many"));
    let runs = ["check", "build"].map(|command| workshop.run(&[command]).exits(1));
    assert_shown!(runs);
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
    assert_shown!(run, @"
    $ build
    ---- stderr
    error[CG0101] data/csv-metadata.json:16:5: could not read the table: it is a directory
             found | data/cities.csv
              rule | unreadable file, see `civigraph explain CG0101`
    found 1 error in 1 file
    error: nothing was published: a file could not be read
    ---- exit code 2
    ");
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
    assert_shown!(run, @"
    $ check m.json
    ---- stderr
    error[CG0501] a.csv:3:1: `x, k` is already the primary key of line 2
                A3 | x, k  column `id`
          expected | a value of `id`, `kind` that no other row has
              hint | the first is at a.csv:2:1; change one of the two, or remove it
              rule | duplicate primary key (tabular-data-model §6.6), see `civigraph explain CG0501`
    found 1 error in 1 file
    ---- exit code 1
    ");
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

//! `convert` and `check` of any CSV, without a project.

use super::workshop::{CITIES, METADATA, REGIONS, Workshop, assert_shown};

#[test]
fn a_csv_alone() {
    let workshop = Workshop::empty();
    workshop.write("a.csv", "name,age\nAnna,30\n");
    let run = workshop
        .run(&[
            "convert",
            "a.csv",
            "--minimal",
            "--base",
            "https://example.org/",
        ])
        .exits(0);
    assert_shown!(run, @r#"
    $ convert a.csv --minimal --base https://example.org/
    _:t0s1 <https://example.org/a.csv#name> "Anna" .
    _:t0s1 <https://example.org/a.csv#age> "30" .
    ---- exit code 0
    "#);
    // The base is that of the folder, with a slash or without.
    let run = workshop.run(&[
        "convert",
        "a.csv",
        "--minimal",
        "--base",
        "https://e.org/kg",
    ]);
    let run = run.exits(0);
    assert_shown!(run, @r#"
    $ convert a.csv --minimal --base https://e.org/kg
    _:t0s1 <https://e.org/kg/a.csv#name> "Anna" .
    _:t0s1 <https://e.org/kg/a.csv#age> "30" .
    ---- exit code 0
    "#);
}

/// Metadata Vocabulary §5.9: skipInitialSpace is ignored where trim is given.
#[test]
fn trim_goes_before_skip_initial_space() {
    let workshop = Workshop::empty();
    workshop.write("a.csv", "a\n\" x \"\n");
    let runs = [
        r#""skipInitialSpace": true, "trim": false"#,
        r#""skipInitialSpace": true, "trim": "end""#,
        r#""skipInitialSpace": true"#,
    ]
    .map(|dialect| {
        workshop.write(
            "m.json",
            format!(
                r#"{{"@context": "http://www.w3.org/ns/csvw", "url": "a.csv", "dialect": {{{dialect}}},
                     "tableSchema": {{"columns": [{{"titles": "a", "name": "a"}}]}}}}"#
            ),
        );
        let run = workshop.run(&["convert", "m.json", "--minimal"]);
        run.exits(0).noted(dialect)
    });
    assert_shown!(runs, @r#"
    $ convert m.json --minimal  # "skipInitialSpace": true, "trim": false
    _:t0s1 <file://FOLDER/a.csv#a> " x " .
    ---- exit code 0

    $ convert m.json --minimal  # "skipInitialSpace": true, "trim": "end"
    _:t0s1 <file://FOLDER/a.csv#a> " x" .
    ---- exit code 0

    $ convert m.json --minimal  # "skipInitialSpace": true
    _:t0s1 <file://FOLDER/a.csv#a> "x " .
    ---- exit code 0
    "#);
}

#[test]
fn the_name_of_the_output_says_the_format() {
    let workshop = Workshop::empty();
    workshop.write("a.csv", "name\nAnna\n");
    for name in [
        "a.nt", "a.nq", "a.ttl", "a.trig", "a.rdf", "a.jsonld", "a.nt.gz", "a.nq.zst",
    ] {
        workshop.run(&["convert", "a.csv", "-o", name]).exits(0);
        assert!(workshop.path(name).metadata().unwrap().len() > 0, "{name}");
    }
    let run = workshop.run(&["convert", "a.csv", "-o", "a.doc"]).exits(2);
    assert_shown!(run, @"
    $ convert a.csv -o a.doc
    ---- stderr
    error: the name `a.doc` does not say which format to write
    hint: name it with `--to`: nt, nq, ttl, trig, rdf, jsonld, json
    ---- exit code 2
    ");
    assert!(!workshop.path("a.doc").exists());
}

#[test]
fn json_by_the_recommendation() {
    let workshop = Workshop::empty();
    workshop.write("a.csv", "name,age\nAnna,30\n");
    let json = |arguments: &[&str]| -> serde_json::Value {
        let run = workshop.run(&[&["convert", "a.csv", "--to", "json"], arguments].concat());
        serde_json::from_str(&run.exits(0).stdout).unwrap()
    };
    assert_eq!(
        json(&["--minimal"]),
        serde_json::json!([{"name": "Anna", "age": "30"}])
    );
    let standard = json(&["--base", "https://example.org/"]);
    assert_eq!(standard["tables"][0]["url"], "https://example.org/a.csv");
    workshop.run(&["convert", "a.csv", "-o", "a.json"]).exits(0);
}

#[test]
fn warnings_are_no_failure_and_errors_leave_no_file() {
    let workshop = Workshop::empty();
    workshop.write("data/csv-metadata.json", METADATA);
    workshop.write("data/regions.csv", REGIONS);
    workshop.write("data/cities.csv", CITIES.replace("36000", "x"));
    let input = "data/csv-metadata.json";
    let run = workshop.run(&["convert", input, "-o", "out.nt"]).exits(0);
    assert_shown!(run, @"
    $ convert data/csv-metadata.json -o out.nt
    ---- stderr
    wrote 60 quads of 5 rows to out.nt, repeated ones counted each time
    warning[CG0402] data/cities.csv:2:24: the cell is not a value of its datatype
                D2 | x  column `people`
          expected | a whole number
              rule | cell does not match its datatype (tabular-data-model §6.4), see `civigraph explain CG0402`
    found 1 warning in 1 file
    ---- exit code 0
    ");
    workshop.run(&["check", input]).exits(1);

    workshop.write("data/cities.csv", CITIES.replace("Irbit", "\"Ir\"bit"));
    workshop
        .run(&["convert", input, "-o", "broken.nt"])
        .exits(1);
    assert!(!workshop.path("broken.nt").exists());
}

#[test]
fn what_is_not_there_is_a_usage_error() {
    let workshop = Workshop::empty();
    workshop.write("a.csv", "x\n1\n");
    let runs = [
        &["check", "b.csv"][..],
        &["convert", "b.csv"],
        &["convert", "a.csv", "--metadata", "b.json"],
        &["convert", "a.csv", "--catalog", "c.json"],
        &["convert", "a.csv", "--base", "no iri"],
        &["convert", "a.csv", "-o", "no/such/folder/a.nt"],
    ]
    .map(|arguments| workshop.run(arguments).exits(2));
    assert_shown!(runs);
}

#[test]
fn nothing_is_fetched() {
    let run = Workshop::empty()
        .run(&["convert", "http://example.org/a.csv"])
        .exits(2);
    assert_shown!(run, @"
    $ convert http://example.org/a.csv
    ---- stderr
    error[CG0101] http://example.org/a.csv: could not read the input: it is on the web
    hint: nothing is fetched from the network without `--allow-fetch`; `--catalog FILE` maps URLs to local files
    ---- exit code 2
    ");
}

#[test]
fn a_catalog_stands_for_the_web() {
    let workshop = Workshop::empty();
    workshop.write("files/a.csv", "x\n1\n");
    workshop.write(
        "files/catalog.json",
        r#"{"resources": {"http://example.org/a.csv": {"path": "a.csv", "content_type": "text/csv"}}}"#,
    );
    let run = workshop
        .run(&[
            "convert",
            "http://example.org/a.csv",
            "--catalog",
            "files/catalog.json",
            "--minimal",
        ])
        .exits(0);
    assert_shown!(run, @r#"
    $ convert http://example.org/a.csv --catalog files/catalog.json --minimal
    _:t0s1 <http://example.org/a.csv#x> "1" .
    ---- exit code 0
    "#);
}

#[test]
fn the_same_bytes_with_any_number_of_threads() {
    let workshop = Workshop::empty();
    let rows: String = (0..60_000).map(|i| format!("{i},name {i}\n")).collect();
    workshop.write("a.csv", format!("id,name\n{rows}"));
    let convert = |threads: &str| {
        workshop
            .run(&["convert", "a.csv", "--threads", threads])
            .exits(0)
            .stdout
    };
    let one = convert("1");
    assert!(one.lines().count() > 120_000);
    assert!(one == convert("4"), "the output depends on the threads");
}

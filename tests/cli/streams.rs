//! Tables that are not plain files: stdin, pipes, compressed ones; and warnings that fail a command.

use super::workshop::{
    CITIES, METADATA, REGIONS, Run, Workshop, assert_shown, gzip, program, zstd,
};

const ROWS: &str = "id,label\n1,Irbit\n2,Revda\n";

/// Metadata of one table with a key; `url` is its file.
fn metadata(url: &str) -> String {
    format!(
        r#"{{"@context": "http://www.w3.org/ns/csvw", "url": "{url}", "tableSchema": {{"primaryKey": "id", "columns": [
            {{"name": "id", "titles": "id", "datatype": "integer"}}, {{"name": "label", "titles": "label"}}]}}}}"#
    )
}

/// Runs the program with something on stdin.
fn piped(workshop: &Workshop, arguments: &[&str], stdin: impl Into<Vec<u8>>) -> Run {
    let output = program(&workshop.path(""))
        .args(arguments)
        .write_stdin(stdin)
        .output()
        .unwrap();
    Run::new(arguments, &output)
}

#[test]
fn stdin_has_the_metadata_of_its_name() {
    let workshop = Workshop::empty();
    workshop.write("a.csv-metadata.json", metadata("a.csv"));
    let wrong = "id,label\n1,Irbit\nx,Revda\n";
    // Without a name nothing describes it.
    piped(&workshop, &["check", "-"], wrong).exits(0);
    let named = ["check", "-", "--stdin-name", "a.csv"];
    let run = piped(&workshop, &named, wrong).exits(1);
    assert_shown!(run, @"
    $ check - --stdin-name a.csv
    ---- stderr
    error[CG0402] a.csv:3:1: the cell is not a value of its datatype
                A3 | x  column `id`
          expected | a whole number
              rule | cell does not match its datatype (tabular-data-model §6.4), see `civigraph explain CG0402`
    found 1 error in 1 file
    ---- exit code 1
    ");
    piped(&workshop, &named, ROWS).exits(0);
    let run = piped(&workshop, &["check", "-", "--metadata", "m.json"], ROWS).exits(2);
    assert_shown!(run, @"
    $ check - --metadata m.json
    ---- stderr
    error[CG0101] m.json: could not read the input: no such file
    ---- exit code 2
    ");
    let run = piped(&workshop, &["check", "-", "-"], ROWS).exits(2);
    assert_shown!(run, @"
    $ check - -
    ---- stderr
    error: stdin (`-`) can be read only once
    ---- exit code 2
    ");
}

#[test]
fn stdin_is_converted_like_the_file_of_its_name() {
    let workshop = Workshop::empty();
    workshop.write("a.csv", ROWS);
    workshop.write("a.csv-metadata.json", metadata("a.csv"));
    let options = ["--base", "https://example.org/", "--minimal"];
    let of_file = workshop.run(&[&["convert", "a.csv"], &options[..]].concat());
    let arguments = [&["convert", "-", "--stdin-name", "a.csv"], &options[..]].concat();
    let of_stdin = piped(&workshop, &arguments, ROWS).exits(0);
    assert_eq!(of_stdin.stdout, of_file.exits(0).stdout);
    assert_shown!(of_stdin, @r#"
    $ convert - --stdin-name a.csv --base https://example.org/ --minimal
    _:t0s1 <https://example.org/a.csv#id> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
    _:t0s1 <https://example.org/a.csv#label> "Irbit" .
    _:t0s2 <https://example.org/a.csv#id> "2"^^<http://www.w3.org/2001/XMLSchema#integer> .
    _:t0s2 <https://example.org/a.csv#label> "Revda" .
    ---- exit code 0
    "#);
    let unnamed = piped(&workshop, &["convert", "-", "--minimal"], ROWS).exits(0);
    assert_shown!(unnamed, @r#"
    $ convert - --minimal
    _:t0s1 <file://FOLDER/stdin.csv#id> "1" .
    _:t0s1 <file://FOLDER/stdin.csv#label> "Irbit" .
    _:t0s2 <file://FOLDER/stdin.csv#id> "2" .
    _:t0s2 <file://FOLDER/stdin.csv#label> "Revda" .
    ---- exit code 0
    "#);
}

/// Tables are read more than once: for their keys, for what is wrong with the whole file.
#[cfg(unix)]
#[test]
fn a_pipe_is_read_whole() {
    let workshop = Workshop::empty();
    workshop.write(
        "m.json",
        metadata("/dev/stdin").replace(r#""url": "/dev/stdin", "#, ""),
    );
    let check = ["check", "/dev/stdin", "--metadata", "m.json"];
    let run = piped(&workshop, &check, ROWS).exits(0);
    assert_shown!(run, @"
    $ check /dev/stdin --metadata m.json
    ---- stderr
    checked 2 rows: valid
    ---- exit code 0
    ");
    let run = piped(&workshop, &check, "id,label\n1,a\n2,b\n1,c\n").exits(1);
    assert_shown!(run, @"
    $ check /dev/stdin --metadata m.json
    ---- stderr
    error[CG0501] /dev/stdin:4:1: `1` is already the primary key of line 2
                A4 | 1  column `id`
          expected | a value of `id` that no other row has
              hint | the first is at /dev/stdin:2:1; change one of the two, or remove it
              rule | duplicate primary key (tabular-data-model §6.6), see `civigraph explain CG0501`
    found 1 error in 1 file
    ---- exit code 1
    ");
    let run = piped(&workshop, &["convert", "/dev/stdin", "--minimal"], ROWS).exits(0);
    assert_shown!(run, @r#"
    $ convert /dev/stdin --minimal
    _:t0s1 <file:///dev/stdin#id> "1" .
    _:t0s1 <file:///dev/stdin#label> "Irbit" .
    _:t0s2 <file:///dev/stdin#id> "2" .
    _:t0s2 <file:///dev/stdin#label> "Revda" .
    ---- exit code 0
    "#);
}

#[test]
fn a_compressed_table_is_its_content() {
    let workshop = Workshop::empty();
    let mut runs = Vec::new();
    for (name, bytes) in [
        ("a.csv.gz", gzip(ROWS.as_bytes())),
        ("a.csv.zst", zstd(ROWS.as_bytes())),
    ] {
        workshop.write(name, &bytes);
        runs.push(workshop.run(&["convert", name, "--minimal"]).exits(0));
        workshop.write(&format!("{name}-metadata.json"), metadata(name));
        runs.push(workshop.run(&["check", name]).exits(0));
        // Half of it is not a shorter table.
        workshop.write(name, &bytes[..bytes.len() / 2]);
        runs.push(workshop.run(&["check", name]).exits(2).noted("half of it"));
        // What only has the name is read as it is.
        workshop.write(name, "id,label\nx,Irbit\n");
        runs.push(
            workshop
                .run(&["check", name])
                .exits(1)
                .noted("not compressed"),
        );
    }
    assert_shown!(runs);
}

#[test]
fn a_project_may_have_compressed_tables() {
    let workshop = Workshop::empty();
    workshop.write(
        "data/csv-metadata.json",
        METADATA.replace("cities.csv", "cities.csv.gz"),
    );
    workshop.write("data/regions.csv", REGIONS);
    workshop.write("data/cities.csv.gz", gzip(CITIES.as_bytes()));
    workshop.run(&["check"]).exits(0);
    workshop.run(&["build", "--quiet"]).exits(0);
    let changed = CITIES.replace("36000", "37000");
    workshop.write("data/cities.csv.gz", gzip(changed.as_bytes()));
    workshop.run(&["build", "--quiet"]).exits(0);
    let count = [
        "query",
        "-e",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(STR(?o) = \"37000\") }",
        "--format",
        "csv",
    ];
    assert_eq!(workshop.run(&count).exits(0).stdout, "n\r\n1\r\n");
    let run = workshop.run(&["diff", "previous", "current"]).exits(1);
    assert_shown!(run, @"
    $ diff previous current
    ┌──────────────┬─────────┬──────────┬───────┬───────┐
    │ where        ┆ what    ┆ property ┆ old   ┆ new   │
    ╞══════════════╪═════════╪══════════╪═══════╪═══════╡
    │ cities irbit ┆ changed ┆ people   ┆ 36000 ┆ 37000 │
    └──────────────┴─────────┴──────────┴───────┴───────┘
    ---- stderr
    quads: 1 new, 1 gone
    ---- exit code 1
    ");
    // `fmt` leaves it alone and says so.
    let run = workshop.run(&["fmt"]).exits(0);
    assert_shown!(run, @"
    $ fmt
    ---- stderr
    formatted data/regions.csv
    data/cities.csv.gz is compressed, and stays as it is
    1 table put in canonical form
    ---- exit code 0
    ");
}

#[test]
fn warnings_fail_where_they_are_denied() {
    let workshop = Workshop::project();
    let check = ["check", "--deny-warnings"];
    workshop.run(&check).exits(0);
    let build = ["build", "--quiet", "--deny-warnings"];
    workshop.run(&build).exits(0);
    // A no-break space in a label.
    workshop.write(
        "data/regions.csv",
        REGIONS.replace("Samara Oblast", "Samara\u{a0}Oblast"),
    );
    workshop.run(&["check"]).exits(0);
    let run = workshop.run(&check).exits(1);
    assert_shown!(run, @r"
    $ check --deny-warnings
    ---- stderr
    warning[CG0416] data/regions.csv:3:8: the cell names something, and has a no-break space (U+00A0)
                B3 | Samara\u{a0}Oblast  column `label`
              rule | characters that look like others, see `civigraph explain CG0416`
    found 1 warning in 1 file
    warnings count as errors (`--deny-warnings`)
    ---- exit code 1
    ");
    workshop.run(&build).exits(1);
    // The build before is still the published one.
    let builds = workshop.run(&["builds", "--format", "json"]).exits(0);
    assert_eq!(
        builds.stdout.matches("\"id\"").count(),
        1,
        "{}",
        builds.stdout
    );
    workshop.run(&["build", "--quiet"]).exits(0);

    workshop.write("a.csv", "sep=;\nid;label\n1;a\n");
    workshop.run(&["convert", "a.csv"]).exits(0);
    workshop
        .run(&["convert", "a.csv", "--deny-warnings"])
        .exits(1);
}

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
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
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
    assert!(run.stderr.contains("a.csv:3:1"), "{}", run.stderr);
    piped(&workshop, &named, ROWS).exits(0);
    let run = piped(&workshop, &["check", "-", "--metadata", "m.json"], ROWS).exits(2);
    assert!(run.stderr.contains("m.json"), "{}", run.stderr);
    let run = piped(&workshop, &["check", "-", "-"], ROWS).exits(2);
    assert!(run.stderr.contains("only once"), "{}", run.stderr);
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
    assert!(of_stdin.stdout.contains("Revda"), "{}", of_stdin.stdout);
    let unnamed = piped(&workshop, &["convert", "-", "--minimal"], ROWS).exits(0);
    assert!(unnamed.stdout.contains("/stdin.csv#"), "{}", unnamed.stdout);
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
    assert!(run.stderr.contains("2 rows: valid"), "{}", run.stderr);
    let run = piped(&workshop, &check, "id,label\n1,a\n2,b\n1,c\n").exits(1);
    assert!(run.stderr.contains("CG0501"), "{}", run.stderr);
    let run = piped(&workshop, &["convert", "/dev/stdin", "--minimal"], ROWS).exits(0);
    assert!(run.stdout.contains("Revda"), "{}", run.stdout);
}

#[test]
fn a_compressed_table_is_its_content() {
    let workshop = Workshop::empty();
    for (name, bytes) in [
        ("a.csv.gz", gzip(ROWS.as_bytes())),
        ("a.csv.zst", zstd(ROWS.as_bytes())),
    ] {
        workshop.write(name, &bytes);
        let run = workshop.run(&["convert", name, "--minimal"]).exits(0);
        assert_shown!(run);
        workshop.write(&format!("{name}-metadata.json"), metadata(name));
        let run = workshop.run(&["check", name]).exits(0);
        assert_shown!(run);
        // Half of it is not a shorter table.
        workshop.write(name, &bytes[..bytes.len() / 2]);
        let run = workshop.run(&["check", name]).exits(2);
        assert_shown!(run);
        // What only has the name is read as it is.
        workshop.write(name, "id,label\nx,Irbit\n");
        let run = workshop.run(&["check", name]).exits(1);
        assert_shown!(run);
    }
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
    assert_shown!(run);
    // `fmt` leaves it alone and says so.
    let run = workshop.run(&["fmt"]).exits(0);
    assert_shown!(run);
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
    assert_shown!(run);
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

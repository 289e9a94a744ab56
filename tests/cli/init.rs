//! `init`: metadata proposed, never overwritten.

use super::workshop::{CITIES, REGIONS, Workshop, assert_shown};

#[test]
fn what_is_proposed_passes_the_check() {
    let workshop = Workshop::empty();
    workshop.write("towns/data/regions.csv", REGIONS);
    workshop.write("towns/data/cities.csv", CITIES);
    workshop
        .run(&["init", "towns/data/regions.csv", "towns/data/cities.csv"])
        .exits(0);
    let metadata = std::fs::read_to_string(workshop.path("towns/data/csv-metadata.json")).unwrap();
    assert_shown!(metadata);
    let run = workshop
        .run(&["check", "towns/data/csv-metadata.json"])
        .exits(0);
    assert_shown!(run, @"
    $ check towns/data/csv-metadata.json
    ---- stderr
    checked 5 rows: valid
    ---- exit code 0
    ");
}

#[test]
fn one_file_gets_metadata_of_its_own_name() {
    let workshop = Workshop::empty();
    workshop.write("a.csv", "id;born\nx;01.02.2018\ny;13.02.2018\n");
    workshop.run(&["init", "a.csv"]).exits(0);
    let metadata = std::fs::read_to_string(workshop.path("a.csv-metadata.json")).unwrap();
    assert_shown!(metadata);
    // It is where CSVW looks for it.
    let run = workshop.run(&["convert", "a.csv", "--minimal"]).exits(0);
    assert_shown!(run, @r#"
    $ convert a.csv --minimal
    <file://FOLDER/a.csv#x> <file://FOLDER/a.csv#id> "x" .
    <file://FOLDER/a.csv#x> <file://FOLDER/a.csv#born> "2018-02-01"^^<http://www.w3.org/2001/XMLSchema#date> .
    <file://FOLDER/a.csv#y> <file://FOLDER/a.csv#id> "y" .
    <file://FOLDER/a.csv#y> <file://FOLDER/a.csv#born> "2018-02-13"^^<http://www.w3.org/2001/XMLSchema#date> .
    ---- exit code 0
    "#);
}

#[test]
fn an_existing_file_is_never_overwritten() {
    let workshop = Workshop::empty();
    workshop.write("a.csv", "id\nx\n");
    workshop.write("a.csv-metadata.json", "mine");
    let run = workshop.run(&["init", "a.csv"]).exits(2);
    assert_shown!(run, @"
    $ init a.csv
    ---- stderr
    error: `a.csv-metadata.json` exists and is not overwritten
    hint: name another file with `-o FILE`, or `-o -` for stdout
    ---- exit code 2
    ");
    let run = workshop
        .run(&["init", "a.csv", "-o", "a.csv-metadata.json"])
        .exits(2);
    assert_shown!(run, @"
    $ init a.csv -o a.csv-metadata.json
    ---- stderr
    error: `a.csv-metadata.json` exists and is not overwritten
    hint: name another file with `-o FILE`, or `-o -` for stdout
    ---- exit code 2
    ");
    let kept = std::fs::read_to_string(workshop.path("a.csv-metadata.json")).unwrap();
    assert_eq!(kept, "mine");

    let run = workshop.run(&["init", "a.csv", "-o", "-"]).exits(0);
    assert!(run.stdout.starts_with("{\n"), "{}", run.stdout);
    workshop
        .run(&["init", "a.csv", "-o", "other.json"])
        .exits(0);
    assert!(workshop.path("other.json").exists());
}

#[test]
fn a_missing_file_leaves_nothing() {
    let workshop = Workshop::empty();
    let run = workshop.run(&["init", "no.csv"]).exits(2);
    assert_shown!(run, @"
    $ init no.csv
    ---- stderr
    error[CG0101] no.csv: could not read the table: no such file
    ---- exit code 2
    ");
    assert!(!workshop.path("no.csv-metadata.json").exists());
}

/// What no metadata can put right is reported with the proposal, as `check` would.
#[test]
fn a_broken_file_is_reported() {
    let mut runs = Vec::new();
    for content in [
        &b"id,name,city\n1,Ann,Rome\n2,\"Bob,Oslo\n3,Cyd,Bonn\n"[..],
        b"id,v\n1,a\0b\n2,c\n",
        b"id,amount\n1,100\nTotal,300\n\nSource: Dept\n",
    ] {
        let workshop = Workshop::empty();
        workshop.write("a.csv", content);
        runs.push(workshop.run(&["init", "a.csv"]).exits(1));
        // The proposal is there all the same.
        runs.push(workshop.run(&["check", "a.csv"]).exits(1));
        let run = workshop.run(&["init", "a.csv", "-o", "-"]).exits(1);
        assert!(run.stdout.starts_with("{\n"), "{}", run.stdout);
    }
    assert_shown!(runs);
    let workshop = Workshop::empty();
    workshop.write("a.csv.gz", b"\x1F\x8B\x08\0\0\0");
    let run = workshop.run(&["init", "a.csv.gz"]).exits(2);
    assert_shown!(run, @"
    $ init a.csv.gz
    ---- stderr
    error[CG0101] a.csv.gz: could not read the table: its gzip data could not be unpacked: unexpected end of file
    ---- exit code 2
    ");
}

#[test]
fn a_project_gets_a_base() {
    let workshop = Workshop::empty();
    workshop.write("towns/data/regions.csv", REGIONS);
    workshop.write("towns/data/cities.csv", CITIES);
    let files = ["towns/data/regions.csv", "towns/data/cities.csv"];
    workshop
        .run(&[
            "init",
            files[0],
            files[1],
            "-o",
            "towns/data/csv-metadata.json",
        ])
        .exits(0);
    let metadata = std::fs::read_to_string(workshop.path("towns/data/csv-metadata.json")).unwrap();
    assert_shown!(metadata);
    let run = workshop.run(&["check", "--project", "towns"]).exits(0);
    assert_shown!(run, @r#"
    $ check --project towns
    ---- stderr
    warning[CG0361] towns/data/csv-metadata.json:1:1: the base of the project is still a placeholder
             found | http://example.org/towns/
          expected | `"https://w3id.org/civigraph/csvw#base": "https://…/"` with an address of your own
              rule | no base of the project's own, see `civigraph explain CG0361`
    found 1 warning in 1 file
    checked 5 rows: valid
    ---- exit code 0
    "#);

    let base = ["--base", "https://example.com/towns"];
    let run = workshop
        .run(&[
            "init",
            files[0],
            files[1],
            base[0],
            base[1],
            "-o",
            "towns/named.json",
        ])
        .exits(0);
    assert_shown!(run, @"
    $ init towns/data/regions.csv towns/data/cities.csv --base https://example.com/towns -o towns/named.json
    ---- stderr
    wrote `towns/named.json`: check the guesses it comments on
    ---- exit code 0
    ");
    let metadata = std::fs::read_to_string(workshop.path("towns/named.json")).unwrap();
    assert_shown!(metadata);
    let run = workshop
        .run(&["init", files[0], "--base", "towns", "-o", "-"])
        .exits(2);
    assert_shown!(run, @"
    $ init towns/data/regions.csv --base towns -o -
    ---- stderr
    error: `towns` is not an absolute IRI
    hint: write one with its scheme, such as `https://example.com/towns/`
    ---- exit code 2
    ");
}

//! `init`: metadata proposed, never overwritten.

use super::workshop::{CITIES, REGIONS, Workshop, assert_shown};

#[test]
fn what_is_proposed_passes_the_check() {
    let workshop = Workshop::empty();
    workshop.write("data/regions.csv", REGIONS);
    workshop.write("data/cities.csv", CITIES);
    workshop
        .run(&["init", "data/regions.csv", "data/cities.csv"])
        .exits(0);
    let metadata = std::fs::read_to_string(workshop.path("data/csv-metadata.json")).unwrap();
    assert!(metadata.contains("foreignKeys"), "{metadata}");
    let run = workshop.run(&["check", "data/csv-metadata.json"]).exits(0);
    assert_shown!(run);
}

#[test]
fn one_file_gets_metadata_of_its_own_name() {
    let workshop = Workshop::empty();
    workshop.write("a.csv", "id;born\nx;01.02.2018\ny;13.02.2018\n");
    workshop.run(&["init", "a.csv"]).exits(0);
    let metadata = std::fs::read_to_string(workshop.path("a.csv-metadata.json")).unwrap();
    assert!(metadata.contains("dd.MM.yyyy"), "{metadata}");
    // It is where CSVW looks for it.
    let run = workshop.run(&["convert", "a.csv", "--minimal"]).exits(0);
    assert_shown!(run);
}

#[test]
fn an_existing_file_is_never_overwritten() {
    let workshop = Workshop::empty();
    workshop.write("a.csv", "id\nx\n");
    workshop.write("a.csv-metadata.json", "mine");
    let run = workshop.run(&["init", "a.csv"]).exits(2);
    assert_shown!(run);
    workshop
        .run(&["init", "a.csv", "-o", "a.csv-metadata.json"])
        .exits(2);
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
    assert_shown!(run);
    assert!(!workshop.path("no.csv-metadata.json").exists());
}

/// What no metadata can put right is reported with the proposal, as `check` would.
#[test]
fn a_broken_file_is_reported() {
    for content in [
        &b"id,name,city\n1,Ann,Rome\n2,\"Bob,Oslo\n3,Cyd,Bonn\n"[..],
        b"id,v\n1,a\0b\n2,c\n",
        b"id,amount\n1,100\nTotal,300\n\nSource: Dept\n",
    ] {
        let workshop = Workshop::empty();
        workshop.write("a.csv", content);
        let run = workshop.run(&["init", "a.csv"]).exits(1);
        assert_shown!(run);
        // The proposal is there all the same.
        let check = workshop.run(&["check", "a.csv"]).exits(1);
        assert_shown!(check);
        let run = workshop.run(&["init", "a.csv", "-o", "-"]).exits(1);
        assert!(run.stdout.starts_with("{\n"), "{}", run.stdout);
    }
    let workshop = Workshop::empty();
    workshop.write("a.csv.gz", b"\x1F\x8B\x08\0\0\0");
    let run = workshop.run(&["init", "a.csv.gz"]).exits(2);
    assert_shown!(run);
}

#[test]
fn a_project_gets_a_base() {
    let workshop = Workshop::empty();
    workshop.write("data/regions.csv", REGIONS);
    workshop.write("data/cities.csv", CITIES);
    let files = ["data/regions.csv", "data/cities.csv"];
    workshop
        .run(&["init", files[0], files[1], "-o", "data/csv-metadata.json"])
        .exits(0);
    let metadata = std::fs::read_to_string(workshop.path("data/csv-metadata.json")).unwrap();
    assert!(
        metadata.contains("csvw#base\": \"http://example.org/"),
        "{metadata}"
    );
    let run = workshop.run(&["check"]).exits(0);
    assert_shown!(run);

    let base = ["--base", "https://example.com/towns"];
    let run = workshop
        .run(&[
            "init",
            files[0],
            files[1],
            base[0],
            base[1],
            "-o",
            "named.json",
        ])
        .exits(0);
    assert_shown!(run);
    let metadata = std::fs::read_to_string(workshop.path("named.json")).unwrap();
    assert!(
        metadata.contains("\"https://example.com/towns/\""),
        "{metadata}"
    );
    let run = workshop
        .run(&["init", files[0], "--base", "towns", "-o", "-"])
        .exits(2);
    assert_shown!(run);
}

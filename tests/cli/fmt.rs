//! `civigraph fmt`: canonical tables.

use super::workshop::{CITIES, Workshop, assert_shown};

#[test]
fn a_table_is_put_in_canonical_form_once() {
    let workshop = Workshop::project();
    let check = workshop.run(&["fmt", "--check"]).exits(1);
    assert_shown!(check, @"
    $ fmt --check
    data/regions.csv
    data/cities.csv
    ---- exit code 1
    ");
    assert_eq!(
        std::fs::read(workshop.path("data/cities.csv")).unwrap(),
        CITIES.as_bytes()
    );
    workshop.run(&["fmt"]).exits(0);
    assert_eq!(
        std::fs::read_to_string(workshop.path("data/regions.csv")).unwrap(),
        "id,label\nsamara,Samara Oblast\nsverdlovsk,Sverdlovsk Oblast\n"
    );
    let check = workshop.run(&["fmt", "--check"]).exits(0);
    assert_eq!(check.stdout, "");
}

/// What the metadata says of the bytes stays true.
#[test]
fn the_encoding_stays() {
    let workshop = Workshop::project();
    let metadata = std::fs::read_to_string(workshop.path("data/csv-metadata.json")).unwrap();
    for (label, encode) in [
        ("windows-1251", windows_1251 as fn(&str) -> Vec<u8>),
        ("utf-16le", |text| {
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        }),
    ] {
        let dialect = format!(r#""url": "regions.csv", "dialect": {{"encoding": "{label}"}},"#);
        let declared = metadata.replace(r#""url": "regions.csv","#, &dialect);
        assert_ne!(declared, metadata);
        workshop.write("data/csv-metadata.json", declared);
        workshop.write(
            "data/regions.csv",
            encode("id,label\nsverdlovsk,Урал\nsamara,Волга\n"),
        );
        let formatted = encode("id,label\nsamara,Волга\nsverdlovsk,Урал\n");
        for _ in 0..2 {
            workshop.run(&["fmt"]).exits(0);
            let now = std::fs::read(workshop.path("data/regions.csv")).unwrap();
            assert_eq!(now, formatted, "{label}");
        }
        workshop.run(&["build"]).exits(0);
        workshop
            .run(&["export", "--format", "csv", "-o", "tables"])
            .exits(0);
        let exported = std::fs::read(workshop.path("tables/regions.csv")).unwrap();
        assert_eq!(exported, formatted, "{label}");
    }
}

/// Cyrillic capitals and small letters, and ASCII.
fn windows_1251(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| match u32::from(letter) {
            code @ 0x410..=0x44F => u8::try_from(code - 0x410 + 0xC0).unwrap(),
            code => u8::try_from(code).unwrap(),
        })
        .collect()
}

#[test]
fn one_file_with_the_metadata_that_is_found_for_it() {
    let workshop = Workshop::project();
    workshop.write(
        "data/cities.csv",
        "region,note,id,label\r\n,x,b,\"B\"\r\n,y,a,A\r\n",
    );
    workshop.run(&["fmt", "data/cities.csv"]).exits(0);
    assert_eq!(
        std::fs::read_to_string(workshop.path("data/cities.csv")).unwrap(),
        "id,label,region,note\na,A,,y\nb,B,,x\n"
    );
    assert!(
        std::fs::read_to_string(workshop.path("data/regions.csv"))
            .unwrap()
            .starts_with("id,label\nsverdlovsk")
    );
}

#[test]
fn a_file_that_cannot_be_read_for_sure_is_left_alone() {
    let workshop = Workshop::project();
    let broken = "id,label\nb,\"B\na,A\n";
    workshop.write("data/regions.csv", broken);
    let run = workshop.run(&["fmt"]).exits(1);
    assert_shown!(run, @"
    $ fmt
    ---- stderr
    formatted data/cities.csv
    error[CG0201] data/regions.csv:2: this quote is never closed
              hint | file not formatted: fix the quoting first
              rule | broken quoting (tabular-data-model §8.1), see `civigraph explain CG0201`
    found 1 error in 1 file
    ---- exit code 1
    ");
    assert_eq!(
        std::fs::read_to_string(workshop.path("data/regions.csv")).unwrap(),
        broken
    );
    let run = workshop.run(&["fmt", "no-such.csv"]).exits(2);
    assert_shown!(run, @"
    $ fmt no-such.csv
    ---- stderr
    error: no such file: `no-such.csv`
    ---- exit code 2
    ");
}

/// Ids are parts of IRIs: what nobody sees in them is repaired when asked, in all tables at once.
#[test]
fn unseen_characters_are_repaired_when_asked() {
    let workshop = Workshop::project();
    workshop.write(
        "data/regions.csv",
        "id,label\nsama\u{ad}ra,Sama\u{a0}ra\nsverdlovsk,S\n",
    );
    let cities = CITIES.replace(",samara", ",sama\u{ad}ra");
    workshop.write("data/cities.csv", &cities);
    let run = workshop.run(&["check"]);
    assert_shown!(run, @r"
    $ check
    ---- stderr
    warning[CG0416] data/regions.csv:2:1: the cell names something, and has a soft hyphen (U+00AD)
                A2 | sama\u{ad}ra  column `id`
              rule | characters that look like others, see `civigraph explain CG0416`
    warning[CG0416] data/regions.csv:2:9: the cell names something, and has a no-break space (U+00A0)
                B2 | Sama\u{a0}ra  column `label`
              rule | characters that look like others, see `civigraph explain CG0416`
    warning[CG0416] data/cities.csv:3:37: the cell names something, and has a soft hyphen (U+00AD)
                E3 | sama\u{ad}ra  column `region`
              rule | characters that look like others, see `civigraph explain CG0416`
    found 3 warnings in 2 files
    checked 5 rows: valid
    ---- exit code 0
    ");
    workshop.run(&["fmt"]).exits(0);
    let text = |name: &str| std::fs::read_to_string(workshop.path(name)).unwrap();
    assert_eq!(
        text("data/regions.csv"),
        "id,label\nsama\u{ad}ra,Sama\u{a0}ra\nsverdlovsk,S\n"
    );
    // One file is named, and all that refer to it are repaired.
    workshop
        .run(&["fmt", "--repair", "data/regions.csv"])
        .exits(0);
    assert_eq!(
        text("data/regions.csv"),
        "id,label\nsamara,Sama ra\nsverdlovsk,S\n"
    );
    assert!(!text("data/cities.csv").contains('\u{ad}'));
    let run = workshop.run(&["check"]).exits(0);
    assert_shown!(run, @"
    $ check
    ---- stderr
    checked 5 rows: valid
    ---- exit code 0
    ");
}

//! Things found by the words of their labels: `search`, names that are not quite labels, `cg:search`.

use super::workshop::{Workshop, assert_shown};
use serde_json::Value;
use std::ffi::OsString;
use std::path::PathBuf;

/// The rows of an answer in tab-separated lines, the header left out.
fn rows(workshop: &Workshop, arguments: &[&str]) -> Vec<Vec<String>> {
    let run = workshop.run(arguments).exits(0);
    let cells = |line: &str| line.split('\t').map(str::to_owned).collect();
    run.stdout.lines().skip(1).map(cells).collect()
}

/// The files of the text index of the published build.
fn files(workshop: &Workshop) -> Vec<PathBuf> {
    let current = std::fs::read_to_string(workshop.path(".civigraph/current")).unwrap();
    let folder = workshop.path(&format!(".civigraph/builds/{}/labels", current.trim_end()));
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn things_are_found_by_what_people_type() {
    let workshop = Workshop::shipped();
    let run = workshop.run(&["build"]).exits(0);
    // The other lines are times and sizes.
    assert!(run.stderr.contains(" of text index"), "{}", run.stderr);
    for (words, matched) in [
        (&["железногорск", "--lang", "ru"][..], "exact"),
        (&["Железногорском"], "form"),
        (&["железногор"], "beginning"),
        (&["Zheleznogorsk", "--lang", "ru"], "exact"),
        (&["Jeleznogorsk"], "similar"),
    ] {
        let arguments = [&["search", "--limit", "1"], words].concat();
        let found = rows(&workshop, &arguments);
        assert_eq!(found.len(), 1, "{words:?}");
        assert_eq!(found[0][2], matched, "{words:?}");
        assert_eq!(found[0][3], "city:zheleznogorsk", "{words:?}");
    }
    let run = workshop.run(&["search", "medvedev", "vadim", "--format", "json"]);
    let found: Value = serde_json::from_str(&run.exits(0).stdout).unwrap();
    assert_eq!(found[0]["text"], "Vadim Medvedev");
    let person = "https://w3id.org/civigraph/id/person/vadim-medvedev";
    assert_eq!(found[0]["iri"], person);
    let run = workshop
        .run(&["search", "nothing at all like this"])
        .exits(0);
    assert_shown!(run, @"
    $ search 'nothing at all like this'
    text	language	match	thing
    ---- stderr
    no text matches `nothing at all like this`
    ---- exit code 0
    ");

    // A name that is not quite a label.
    let described = workshop.run(&["describe", person]).exits(0);
    assert_shown!(described);
    let mut understood = String::new();
    for name in ["Medvedev", "Медведев", "вадима медведева", "Medvedev Vadim"]
    {
        let run = workshop.run(&["describe", name]).exits(0);
        // The whole description is compared where the name is a label; here it is the same.
        assert_eq!(run.stdout, described.stdout, "{name}");
        understood.push_str(&run.stderr);
    }
    assert_shown!(understood, @"
    `Medvedev` is understood as `Vadim Medvedev` (official:vadim-medvedev)
    `Медведев` is understood as `Вадим Медведев` (official:vadim-medvedev)
    `вадима медведева` is understood as `Вадим Медведев` (official:vadim-medvedev)
    `Medvedev Vadim` is understood as `Vadim Medvedev` (official:vadim-medvedev)
    ");
    let asked = workshop
        .run(&["query", "person-dossier", "person=Medvedev"])
        .exits(0);
    let whole = workshop
        .run(&["query", "person-dossier", "person=Vadim Medvedev"])
        .exits(0);
    assert_eq!(asked.stdout, whole.stdout);
    // A whole label in another form outweighs one of which it is a part.
    let run = workshop.run(&["describe", "Железногорска"]).exits(0);
    assert_shown!(run);
    // Names that nothing has.
    let runs = ["Медведефф", "qqqqqq"].map(|name| workshop.run(&["describe", name]).exits(2));
    assert_shown!(runs, @"
    $ describe Медведефф
    ---- stderr
    error[CG0711] command line: nothing is called `Медведефф`
    hint: did you mean `Vadim Medvedev`, `person/vadim-medvedev`; or `Вадим Медведев — Глава ЗАТО Железногорск`, `post-holding/medvedev-head-of-zato-zheleznogorsk`; or `Vadim Medvedev, direct speech, document 000`, `quotation/medvedev-000`?
    ---- exit code 2

    $ describe qqqqqq
    ---- stderr
    error[CG0711] command line: nothing is called `qqqqqq`
    hint: `civigraph list` shows what there is
    ---- exit code 2
    ");
    let query = "SELECT ?city ?region { \
        (?city ?score) cg:search (\"Ирбита\" 50) . ?city a cg:City ; cg:locatedIn ?region }";
    let found = rows(&workshop, &["query", "--format", "tsv", "-e", query]);
    assert_eq!(found.len(), 1);
    assert!(found[0][0].ends_with("/city/irbit>"), "{found:?}");
}

#[test]
fn a_build_may_go_without_a_text_index() {
    let workshop = Workshop::project();
    let run = workshop.run(&["build", "--no-text"]).exits(0);
    // The other lines are times and sizes.
    assert!(run.stderr.contains("no text index"), "{}", run.stderr);
    assert!(files(&workshop).is_empty());
    workshop.run(&["verify"]).exits(0);
    workshop.run(&["describe", "IRBIT"]).exits(0);
    let query = "SELECT * { ?s <https://example.org/ns#search> \"Irbit\" }";
    let runs = [
        &["describe", "irbti"][..],
        &["search", "Irbit"],
        &["query", "-e", query],
    ]
    .map(|arguments| workshop.run(arguments).exits(2));
    assert_shown!(runs);
    // The next build has one, though it takes over all else.
    workshop.run(&["build"]).exits(0);
    assert!(!files(&workshop).is_empty());
    assert_eq!(rows(&workshop, &["search", "Irbit"]).len(), 1);
    let run = workshop.run(&["builds", "--format", "json"]).exits(0);
    let builds: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(builds[0]["text_bytes"].is_null(), "{builds}");
    assert!(builds[1]["text_bytes"].as_u64().unwrap() > 0, "{builds}");
    // And back.
    workshop.run(&["rollback"]).exits(0);
    workshop.run(&["search", "Irbit"]).exits(2);
    workshop.run(&["rollback", "0002"]).exits(0);
    assert_eq!(rows(&workshop, &["search", "Irbit"]).len(), 1);
}

#[test]
fn an_amended_build_has_the_labels_of_its_tables() {
    let workshop = Workshop::project();
    workshop.run(&["build"]).exits(0);
    let bytes = || -> Vec<(OsString, Vec<u8>)> {
        let file = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_owned();
            (name, std::fs::read(path).unwrap())
        };
        files(&workshop).iter().map(file).collect()
    };
    let first = bytes();
    let cities = std::fs::read_to_string(workshop.path("data/cities.csv")).unwrap();
    // A change that is none of a label: the files are taken over.
    workshop.write("data/cities.csv", cities.replacen("1631", "1632", 1));
    workshop.run(&["build"]).exits(0);
    assert!(bytes() == first);
    workshop.run(&["verify"]).exits(0);
    workshop.write("data/cities.csv", cities.replacen("Irbit", "Irbeat", 1));
    workshop.run(&["build"]).exits(0);
    let amended = bytes();
    assert!(amended != first);
    let found = rows(&workshop, &["search", "Irbeat", "--limit", "1"]);
    assert_eq!(found[0][..1], ["Irbeat"]);
    let exact = rows(&workshop, &["search", "Irbit"]);
    assert!(exact.iter().all(|row| row[0] != "Irbit"), "{exact:?}");
    workshop.run(&["verify"]).exits(0);
    workshop.run(&["build", "--full"]).exits(0);
    assert!(bytes() == amended);
}

/// `verify` and opening find damage (see `faults::damage`). Whoever searches is told too, and nobody gets a
/// wrong answer or a panic.
#[test]
fn damage_is_an_error_and_never_a_wrong_answer() {
    let workshop = Workshop::project();
    let mut cities = std::fs::read_to_string(workshop.path("data/cities.csv")).unwrap();
    for number in 0..20_000_u32 {
        // Enough words for files of more than a page.
        let number = number.wrapping_mul(2_654_435_761);
        let digits = number.to_string();
        let word: String = digits.bytes().map(|digit| char::from(digit + 49)).collect();
        cities.push_str(&format!("{number},{word} {number:x},,,samara,\n"));
    }
    workshop.write("data/cities.csv", cities);
    workshop.run(&["build", "--quiet"]).exits(0);
    let large = |path: &&PathBuf| std::fs::metadata(path).unwrap().len() > 64 << 10;
    let files = files(&workshop);
    // Those that opening a build does not read whole.
    let large: Vec<&PathBuf> = files.iter().filter(large).collect();
    assert!(!large.is_empty());
    let searches: [&[&str]; 3] = [
        &["search", "Irbti", "--limit", "1"],
        &["describe", "9e3779b1"],
        &[
            "query",
            "-e",
            "SELECT * { ?s <https://example.org/ns#search> \"Irbit\" }",
        ],
    ];
    let right: Vec<String> = searches
        .iter()
        .map(|search| workshop.run(search).exits(0).stdout)
        .collect();
    for path in &large {
        let bytes = std::fs::read(path).unwrap();
        for eighth in 0..8 {
            let mut damaged = bytes.clone();
            damaged[bytes.len() * eighth / 8] ^= 1 << eighth;
            std::fs::write(path, damaged).unwrap();
            for (search, right) in searches.iter().zip(&right) {
                let run = workshop.run(search);
                assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
                // Which part of which file is damaged differs, and with it the words.
                match run.code {
                    0 => assert_eq!(run.stdout, *right),
                    _ => assert!(run.exits(2).stderr.contains("CG0802"), "{search:?}"),
                }
            }
            let run = workshop.run(&["verify"]).exits(2);
            assert!(run.stderr.contains("CG0802"), "{}", run.stderr);
        }
        std::fs::write(path, bytes).unwrap();
    }
    // The next build does not take the damage over.
    let path = large[0];
    let mut bytes = std::fs::read(path).unwrap();
    bytes[0] ^= 1;
    std::fs::write(path, bytes).unwrap();
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop.run(&["verify"]).exits(0);
}

//! Things found by the words of their labels: `search`, names that are not quite labels, `cg:search`.

use super::workshop::Workshop;
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
    assert_eq!(run.stdout, "text\tlanguage\tmatch\tthing\n");
    assert!(run.stderr.contains("nothing has"), "{}", run.stderr);

    // A name that is not quite a label.
    for name in ["Medvedev", "Медведев", "вадима медведева", "Medvedev Vadim"]
    {
        let run = workshop.run(&["describe", name]).exits(0);
        assert!(run.stdout.contains(person), "{name}: {}", run.stdout);
        assert!(run.stderr.contains("is understood as"), "{}", run.stderr);
    }
    let asked = workshop
        .run(&["query", "person-dossier", "person=Medvedev"])
        .exits(0);
    let whole = workshop
        .run(&["query", "person-dossier", "person=Vadim Medvedev"])
        .exits(0);
    assert_eq!(asked.stdout, whole.stdout);
    // A whole label in another form outweighs one of which it is a part.
    let run = workshop.run(&["describe", "Железногорска"]).exits(0);
    assert!(
        run.stdout.starts_with("Zheleznogorsk (city:zheleznogorsk)"),
        "{}",
        run.stdout
    );
    assert!(run.stderr.contains("is understood as"), "{}", run.stderr);
    // Names that nothing has.
    for (name, hint) in [
        ("Медведефф", "`person/vadim-medvedev`"),
        ("qqqqqq", "`civigraph list`"),
    ] {
        let run = workshop.run(&["describe", name]).exits(2);
        assert!(run.stderr.contains("CG0711"), "{}", run.stderr);
        assert!(run.stderr.contains(hint), "{}", run.stderr);
    }
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
    assert!(run.stderr.contains("no text index"), "{}", run.stderr);
    assert!(files(&workshop).is_empty());
    workshop.run(&["verify"]).exits(0);
    workshop.run(&["describe", "IRBIT"]).exits(0);
    let run = workshop.run(&["describe", "irbti"]).exits(2);
    assert!(run.stderr.contains("did you mean"), "{}", run.stderr);
    let run = workshop.run(&["search", "Irbit"]).exits(2);
    assert!(run.stderr.contains("--no-text"), "{}", run.stderr);
    let query = "SELECT * { ?s <https://example.org/ns#search> \"Irbit\" }";
    let run = workshop.run(&["query", "-e", query]).exits(2);
    assert!(run.stderr.contains("CG0715"), "{}", run.stderr);
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

//! Blank nodes in differences, patches and dumps.

use super::workshop::{CITIES, METADATA, REGIONS, Workshop, assert_shown};
use serde_json::Value;
use std::collections::BTreeSet;

const PREFIX: &str = "@prefix ex: <https://example.org/kb/> .\n";

#[track_caller]
fn difference(old: &str, new: &str) -> Value {
    let workshop = Workshop::empty();
    workshop.write("old.ttl", format!("{PREFIX}{old}"));
    workshop.write("new.ttl", format!("{PREFIX}{new}"));
    let run = workshop.run(&["diff", "old.ttl", "new.ttl", "--format", "json"]);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    let same = found["added"] == 0 && found["removed"] == 0;
    assert_eq!(run.code, i32::from(!same), "{}", run.stderr);
    found
}

#[track_caller]
fn check(old: &str, new: &str, added: u64, removed: u64) {
    let found = difference(old, new);
    assert_eq!(
        (&found["added"], &found["removed"]),
        (&added.into(), &removed.into()),
        "{found:#}"
    );
}

const AUTHORS: &str = r#"ex:doc ex:author [ ex:name "Ann" ; ex:org [ ex:name "Lab" ] ] , [ ex:name "Bob" ] ;
    ex:list ( "x" [ ex:k 1 ] "y" ) .
_:p ex:knows _:q . _:q ex:knows _:p ."#;

const RELABELLED: &str = r#"_:zz1 ex:knows _:zz2 . _:zz2 ex:knows _:zz1 .
_:a9 ex:name "Bob" . _:a1 ex:org _:a2 . _:a2 ex:name "Lab" . _:a1 ex:name "Ann" .
ex:doc ex:list ( "x" [ ex:k 1 ] "y" ) ; ex:author _:a9 , _:a1 ."#;

#[test]
fn other_labels_are_no_difference() {
    check(AUTHORS, RELABELLED, 0, 0);
    check(RELABELLED, AUTHORS, 0, 0);
}

#[test]
fn one_changed_value_is_one_change() {
    let changed = RELABELLED.replace("Lab", "Lab 2");
    check(AUTHORS, &changed, 1, 1);
    let found = difference(AUTHORS, &changed);
    let entities = found["entities"].as_array().unwrap();
    assert_eq!(entities.len(), 1);
    assert_eq!(entities[0]["properties"][0]["old"][0], "\"Lab\"");
    assert_eq!(entities[0]["properties"][0]["new"][0], "\"Lab 2\"");
    check(
        AUTHORS,
        &RELABELLED.replace("( \"x\"", "( \"x\" \"w\""),
        3,
        1,
    );
}

#[test]
fn one_new_restriction_beside_twenty_others() {
    let restriction = |class: &str, filler: &str| {
        format!(
            "ex:{class} ex:subClassOf [ a ex:Restriction ; ex:on ex:p ; ex:some ex:{filler} ] .\n"
        )
    };
    let old: String = (0..20)
        .map(|n| restriction(&format!("C{n}"), "D"))
        .collect();
    check(&old, &(restriction("New", "E") + &old), 4, 0);
}

fn clique(label: &str, nodes: usize) -> String {
    let pairs = (0..nodes).flat_map(|a| (0..nodes).map(move |b| (a, b)));
    pairs
        .filter(|(a, b)| a != b)
        .map(|(a, b)| format!("_:{label}{a} ex:e _:{label}{b} .\n"))
        .collect()
}

#[test]
fn symmetric_dumps_are_equal() {
    for nodes in [7, 8, 12] {
        check(&clique("n", nodes), &clique("m", nodes), 0, 0);
    }
    // One edge less.
    let without = clique("m", 12).replace("_:m3 ex:e _:m7 .\n", "");
    check(&clique("n", 12), &without, 0, 1);
}

#[test]
fn labels_that_look_like_those_of_nodes_without_any() {
    let old = "ex:a ex:p [ ex:q 1 ] . _:anonymous-0 ex:q 2 . _:anonymous-1 ex:q 3 .";
    check(old, old, 0, 0);
    check(old, &old.replace("ex:q 2", "ex:q 4"), 1, 1);
}

/// What a patch makes of lines whose labels are kept.
#[track_caller]
fn patched(old: &str, patch: &str) -> BTreeSet<String> {
    let mut lines: BTreeSet<String> = old.lines().map(str::to_owned).collect();
    for line in patch.lines() {
        match line.split_at(2) {
            ("D ", quad) => assert!(lines.remove(quad), "{line}"),
            ("A ", quad) => assert!(lines.insert(quad.to_owned()), "{line}"),
            _ => {}
        }
    }
    lines
}

#[test]
fn a_patch_names_blank_nodes_as_its_first_file_does() {
    let workshop = Workshop::empty();
    let old = "<urn:s> <urn:p> \"one\" .\n<urn:s> <urn:q> _:b .\n_:b <urn:n> \"B\" .\n";
    let new = "<urn:s> <urn:p> \"two\" .\n<urn:s> <urn:q> _:x .\n_:x <urn:n> \"C\" .\n<urn:s> <urn:q> _:b .\n_:b <urn:n> _:b .\n";
    workshop.write("old.nq", old);
    workshop.write("new.nq", new);
    let run = workshop
        .run(&["diff", "old.nq", "new.nq", "--triples"])
        .exits(1);
    workshop.write("patched.nq", {
        let lines = patched(old, &run.stdout);
        lines.into_iter().collect::<Vec<_>>().join("\n")
    });
    workshop.run(&["diff", "patched.nq", "new.nq"]).exits(0);
}

#[test]
fn a_patch_that_nobody_could_apply_is_refused() {
    let workshop = Workshop::empty();
    for (name, text) in [
        ("old.ttl", "ex:a ex:p [ ex:q 1 ] ; ex:r 1 ."),
        (
            "beside.ttl",
            "ex:a ex:p [ ex:q 1 ] ; ex:r 2 ; ex:s [ ex:t 1 ] .",
        ),
        ("new.ttl", "ex:a ex:p [ ex:q 2 ] ; ex:r 1 ."),
        ("labelled.ttl", "ex:a ex:p _:x ; ex:r 1 . _:x ex:q 1 ."),
    ] {
        workshop.write(name, format!("{PREFIX}{text}"));
    }
    let run = workshop.run(&["diff", "old.ttl", "new.ttl", "--triples"]);
    assert_shown!(run.exits(2), @"
    $ diff old.ttl new.ttl --triples
    ---- stderr
    error[CG0813] old.ttl: an RDF patch cannot change blank nodes that have no label in `old.ttl`
    expected: labels in the first version, as N-Triples and N-Quads have them
    hint: compare without `--triples`, or write the first version with `civigraph export --format nquads` and use that file
    ---- exit code 2
    ");
    // What differs is elsewhere, or is new.
    let run = workshop
        .run(&["diff", "old.ttl", "beside.ttl", "--triples"])
        .exits(1);
    assert_shown!(run, @r#"
    $ diff old.ttl beside.ttl --triples
    H from "old.ttl" .
    H to "beside.ttl" .
    TX .
    D <https://example.org/kb/a> <https://example.org/kb/r> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
    A <https://example.org/kb/a> <https://example.org/kb/r> "2"^^<http://www.w3.org/2001/XMLSchema#integer> .
    A <https://example.org/kb/a> <https://example.org/kb/s> _:new1 .
    A _:new1 <https://example.org/kb/t> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
    TC .
    ---- exit code 1
    "#);
    let run = workshop
        .run(&["diff", "labelled.ttl", "new.ttl", "--triples"])
        .exits(1);
    assert_shown!(run, @r#"
    $ diff labelled.ttl new.ttl --triples
    H from "labelled.ttl" .
    H to "new.ttl" .
    TX .
    D _:x <https://example.org/kb/q> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
    A _:x <https://example.org/kb/q> "2"^^<http://www.w3.org/2001/XMLSchema#integer> .
    TC .
    ---- exit code 1
    "#);
}

fn build(authors: &str) -> Workshop {
    let workshop = Workshop::empty();
    workshop.write("data/csv-metadata.json", METADATA);
    workshop.write("data/regions.csv", REGIONS);
    workshop.write("data/cities.csv", CITIES);
    workshop.write("ontology/v.ttl", format!("{PREFIX}{authors}"));
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop
}

fn dump(workshop: &Workshop, format: &str) -> String {
    let arguments = [
        "export",
        "--no-manifest",
        "--graph",
        "vocabulary",
        "--format",
        format,
    ];
    workshop.run(&arguments).exits(0).stdout
}

#[test]
fn dumps_are_stable() {
    let a = build(
        r#"ex:doc ex:author [ ex:name "Ann" ] , [ ex:name "Bob" ] , [ ex:name "Cyd" ; ex:list ( 1 2 ) ] ."#,
    );
    let b = build(
        r#"_:x9 ex:name "Cyd" ; ex:list _:l1 . _:l2 <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> () ; <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> 2 .
_:l1 <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> 1 ; <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> _:l2 .
ex:doc ex:author _:x9 , _:a1 , _:a0 . _:a0 ex:name "Ann" . _:a1 ex:name "Bob" ."#,
    );
    let c = build(
        r#"ex:doc ex:author [ ex:name "Ann" ] , [ ex:name "Bob" ] , [ ex:name "Abe" ] , [ ex:name "Cyd" ; ex:list ( 1 2 ) ] ."#,
    );
    for format in ["turtle", "trig", "nquads", "ntriples", "jsonld", "rdfxml"] {
        assert_eq!(dump(&a, format), dump(&b, format), "{format}");
    }
    for format in ["turtle", "trig"] {
        let (before, after) = (dump(&a, format), dump(&c, format));
        assert!(!before.contains("_:"), "{before}");
        let mut lines: Vec<&str> = after.lines().collect();
        for line in before.lines() {
            let at = lines.iter().position(|other| *other == line);
            lines.remove(at.unwrap_or_else(|| panic!("{line} is gone:\n{after}")));
        }
        assert_eq!(lines.len(), 3, "{lines:?}");
    }
}

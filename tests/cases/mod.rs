//! Small inputs that once came out wrong, run as a user runs them.
//!
//! A case is a folder: input files, and `steps` with the commands and what must hold after each. The steps run in a
//! copy of the folder. What they must give is in the steps; all that they gave is a snapshot beside it.
//! `INSTA_UPDATE=always cargo test cases::` renews the snapshots.
//!
//! ```text
//! # words for readers
//! project                 adds the small project of the other tests
//! cp FROM TO              copies a file
//! $ check a.csv           runs the program; it must exit with 0
//! $1 check a.csv          it must exit with 1
//! % build                 runs the program; it must exit with 0, and what it says is not shown
//! cat a.json              shows a file
//! same a.ttl b.ttl        demands that two files are equal, byte for byte
//! patched a.nq a.rdfp b.nq   demands that a patch makes one file of N-Quads the other
//! = text                  demands that the last command or file showed this
//! ! text                  demands that it did not
//! ```

use crate::cli::workshop::{CITIES, METADATA, REGIONS, Workshop, words};
use oxigraph::io::{RdfFormat, RdfParser};
use oxrdf::Dataset;
use oxrdf::dataset::CanonicalizationAlgorithm;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// The folders of a folder, in order of their names.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_dir());
    paths.sort();
    paths
}

fn check(kind: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let cases = folders(&folder().join(kind));
    assert!(!cases.is_empty());
    settings.bind(|| {
        for case in cases {
            let name = case.file_name().unwrap().to_str().unwrap();
            let shown = run(&case);
            insta::assert_snapshot!(format!("{kind}-{name}"), shown);
        }
    });
}

#[test]
fn tables_and_metadata() {
    check("csv");
}

#[test]
fn graphs_shapes_and_queries() {
    check("rdf");
}

/// Copies what is in a folder, apart from the steps.
fn copy(from: &Path, workshop: &Workshop, to: &str) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            copy(&path, workshop, &format!("{to}{name}/"));
        } else if name != "steps" {
            workshop.write(&format!("{to}{name}"), fs::read(&path).unwrap());
        }
    }
}

/// Takes the steps of a case and gives what they showed.
fn run(case: &Path) -> String {
    let workshop = Workshop::empty();
    copy(case, &workshop, "");
    let steps = fs::read_to_string(case.join("steps")).unwrap();
    let mut report = String::new();
    let mut last = String::new();
    for step in steps.lines() {
        let failed = |why: &str, shown: &str| format!("{}: {step}: {why}\n{shown}", case.display());
        if let Some(text) = step.strip_prefix("= ") {
            assert!(last.contains(text), "{}", failed("is not shown", &last));
            continue;
        }
        if let Some(text) = step.strip_prefix("! ") {
            assert!(!last.contains(text), "{}", failed("is shown", &last));
            continue;
        }
        let words = words(step);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [] => {}
            ["#", ..] => writeln!(report, "{step}").unwrap(),
            ["project"] => {
                workshop.write("data/csv-metadata.json", METADATA);
                workshop.write("data/regions.csv", REGIONS);
                workshop.write("data/cities.csv", CITIES);
            }
            ["cp", from, to] => {
                let content = fs::read(workshop.path(from)).unwrap();
                workshop.write(to, content);
            }
            ["cat", name] => {
                last = fs::read_to_string(workshop.path(name)).unwrap();
                writeln!(report, "{step}\n{last}").unwrap();
            }
            ["same", one, other] => {
                let equal = fs::read(workshop.path(one)).unwrap()
                    == fs::read(workshop.path(other)).unwrap();
                assert!(equal, "{}", failed("they differ", ""));
            }
            ["patched", one, patch, other] => {
                patched(&workshop, one, patch, other);
            }
            ["%", command @ ..] => drop(workshop.run(command).exits(0)),
            [start, command @ ..] if start.starts_with('$') => {
                let code: i32 = match &start[1..] {
                    "" => 0,
                    code => code.parse().unwrap(),
                };
                let run = workshop.run(command);
                last = without_names(&workshop, &format!("{}{}", run.stdout, run.stderr));
                assert_eq!(run.code, code, "{}", failed("exits otherwise", &last));
                writeln!(report, "{step}\n{last}exit code {code}\n").unwrap();
            }
            _ => panic!("{}", failed("not a step", "")),
        }
    }
    report
}

/// What was shown, without the folder and the names of builds, which depend on place and version.
fn without_names(workshop: &Workshop, shown: &str) -> String {
    let mut shown = shown.replace(&*workshop.path("").to_string_lossy(), "/folder/");
    let entries = fs::read_dir(workshop.path(".civigraph/builds"));
    for build in entries.into_iter().flatten() {
        let name = build.unwrap().file_name();
        shown = shown.replace(&*name.to_string_lossy(), "BUILD");
    }
    shown
}

/// Demands that a patch, applied to the lines of one file, makes the graph of the other, whatever the labels of
/// blank nodes.
fn patched(workshop: &Workshop, one: &str, patch: &str, other: &str) {
    let read = |name: &str| fs::read_to_string(workshop.path(name)).unwrap();
    let (one, patch, other) = (read(one), read(patch), read(other));
    let mut lines: BTreeSet<&str> = one.lines().collect();
    assert!(patch.lines().all(|line| line.ends_with(" .")), "{patch}");
    for line in patch.lines() {
        match line.split_once(' ') {
            Some(("D", quad)) => assert!(lines.remove(quad), "not there: {quad}"),
            Some(("A", quad)) => assert!(lines.insert(quad), "there already: {quad}"),
            _ => {}
        }
    }
    let patched: Vec<&str> = lines.into_iter().collect();
    assert_eq!(graph(&patched.join("\n")), graph(&other));
}

/// A graph with canonical labels.
fn graph(quads: &str) -> Dataset {
    let parser = RdfParser::from_format(RdfFormat::NQuads).for_slice(quads.as_bytes());
    let mut graph: Dataset = parser.map(Result::unwrap).collect();
    graph.canonicalize(CanonicalizationAlgorithm::Unstable);
    graph
}

//! The test suite of the W3C's CSV on the Web Working Group, whole, in one process.
//!
//! Every test must come out as its manifest says: graphs isomorphic and JSON equal to the expected
//! ones, warnings exactly where the suite has them, negatives refused, each with the diagnostics
//! that `csvw-codes.tsv` says. A crash is never a pass. The suite is run a second time as if it
//! were published elsewhere, since the answers must follow from the rules and not from its URLs.
//!
//! One test alone: `CIVIGRAPH_CSVW_TEST=rdf/test155 cargo test --release --test main csvw -- --nocapture`
//! prints what came out and what was expected.

mod codes;
mod graph;
mod manifest;
mod mutation;
mod outcome;
mod site;

use codes::Codes;
use manifest::{Entry, Suite};
use outcome::Outcome;
use site::Site;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where the suite is published.
const HOME: &str = "http://www.w3.org/2013/csvw/tests/";

/// Somewhere else: another scheme, host, port and depth.
const ELSEWHERE: &str = "https://mirror.example.org:8443/a/csvw-suite/";

#[test]
fn csv2rdf() {
    run(Suite::Rdf, HOME, 270);
}

#[test]
fn validation() {
    run(Suite::Validation, HOME, 282);
}

#[test]
fn csv2json() {
    run(Suite::Json, HOME, 270);
}

#[test]
fn non_normative() {
    run(Suite::NonNormative, HOME, 18);
}

#[test]
fn csv2rdf_elsewhere() {
    run(Suite::Rdf, ELSEWHERE, 270);
}

#[test]
fn validation_elsewhere() {
    run(Suite::Validation, ELSEWHERE, 282);
}

#[test]
fn csv2json_elsewhere() {
    run(Suite::Json, ELSEWHERE, 270);
}

/// Runs a manifest and demands that all of its tests pass.
fn run(suite: Suite, base: &str, count: usize) {
    let Some(folder) = super::suite("csvw") else {
        return;
    };
    let site = Site::new(&folder, HOME, base);
    let entries = manifest::read(&folder, suite, base);
    assert_eq!(entries.len(), count, "tests in the manifest");
    let codes = Codes::read();
    let alone = std::env::var("CIVIGRAPH_CSVW_TEST").ok();
    let failures = in_parallel(&entries, |entry| {
        let name = format!("{}/{}", suite.name(), entry.id);
        let chosen = alone.as_ref();
        if chosen.is_some_and(|chosen| !name.ends_with(chosen.as_str())) {
            return Ok(());
        }
        let result = catch_unwind(AssertUnwindSafe(|| {
            check(entry, &site, &codes, chosen.is_some())
        }));
        let reason = match result {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(reason)) => reason,
            Err(_) => "crashed".into(),
        };
        Err(format!("{name}: {}: {reason}", entry.title))
    });
    println!("{} {} of {count}", suite.name(), count - failures.len());
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}

/// Runs tests on all cores; the failures come in order.
fn in_parallel(
    entries: &[Entry],
    run: impl Fn(&Entry) -> Result<(), String> + Sync,
) -> Vec<String> {
    let failures = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(entry) = entries.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(failure) = run(entry) {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    failures
}

/// Runs one test; says why it fails.
fn check(entry: &Entry, site: &Site, codes: &Codes, verbose: bool) -> Result<(), String> {
    let outcome = Outcome::of(entry, site);
    if verbose {
        println!("{}", outcome.describe());
    }
    outcome.check_severity(entry.expect)?;
    if let Some(expected) = &entry.result {
        outcome.check_result(entry, &site.text(expected), verbose)?;
    }
    codes.check(entry, &outcome)
}

//! Builds killed at every step and at random moments, disks that are full, stores that are damaged, bad
//! files: what is published is the old graph or the new one, whole, and nothing is left lying about.
//!
//! The default run tries a part of the moments, sizes and bits; `CIVIGRAPH_FAULTS=all` tries them all.

mod bad_file;
mod damage;
#[cfg(unix)]
mod full_disk;
mod kill;
mod old_format;

use super::workshop::{CITIES, Workshop};

/// Whether to try everything.
fn thorough() -> bool {
    std::env::var("CIVIGRAPH_FAULTS").is_ok_and(|value| value == "all")
}

/// A project with its first build published and then changed, and the dumps before and after.
struct Change {
    workshop: Workshop,
    old: String,
    new: String,
}

/// The tables after the change.
fn changed() -> String {
    let changed = CITIES.replacen("Irbit", "Irbit on the Nitsa", 1);
    assert_ne!(changed, CITIES);
    changed
}

fn change() -> Change {
    let other = Workshop::project();
    other.write("data/cities.csv", changed());
    other.run(&["build"]).exits(0);
    let new = dump(&other);
    let workshop = Workshop::project();
    workshop.run(&["build"]).exits(0);
    let old = dump(&workshop);
    assert_ne!(old, new);
    workshop.write("data/cities.csv", changed());
    Change { workshop, old, new }
}

/// The published facts; opening checks the build.
#[track_caller]
fn dump(workshop: &Workshop) -> String {
    let arguments = ["export", "--format", "nquads", "--graph", "default"];
    workshop.run(&arguments).exits(0).stdout
}

/// Unfinished builds and temporary files in the store's folders.
fn litter(workshop: &Workshop) -> Vec<String> {
    [".civigraph", ".civigraph/builds"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(workshop.path(folder)).unwrap())
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("tmp-") || name.starts_with('.'))
        .collect()
}

/// Whatever happened to the build, readers see one whole graph, and the next build cleans up.
#[track_caller]
fn check(change: &Change, what: &str) {
    let Change { workshop, old, new } = change;
    let now = dump(workshop);
    assert!(now == *old || now == *new, "{what}: a mixed graph:\n{now}");
    workshop.run(&["verify"]).exits(0);
    workshop.run(&["build"]).exits(0);
    assert_eq!(dump(workshop), *new, "{what}");
    assert_eq!(litter(workshop), Vec::<String>::new(), "{what}");
}

#[test]
fn a_second_builder_is_refused_by_name() {
    let workshop = Workshop::project();
    workshop.run(&["build"]).exits(0);
    let _first = civigraph::store::Builder::begin(
        &workshop.path(".civigraph"),
        civigraph::store::BuildOptions::default(),
    )
    .unwrap();
    let second = workshop.run(&["build"]).exits(2);
    // The rest of the message is when it began, and the name of the machine.
    let holder = format!("process {} on", std::process::id());
    let refused = second.stderr.contains("CG0804") && second.stderr.contains(&holder);
    assert!(refused, "{}", second.stderr);
}

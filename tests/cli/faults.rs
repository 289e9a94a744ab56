//! Builds killed at every step and at random moments, and disks that are full: what is published is
//! the old graph or the new one, whole, and nothing is left lying about.

use super::workshop::{CITIES, Workshop, program};
use civigraph::store::Step;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A project with its first build published and then changed, and the dumps before and after.
struct Change {
    workshop: Workshop,
    old: String,
    new: String,
}

fn change() -> Change {
    let changed = CITIES.replacen("Irbit", "Irbit on the Nitsa", 1);
    assert_ne!(changed, CITIES);
    let other = Workshop::project();
    other.write("data/cities.csv", &changed);
    other.run(&["build"]).exits(0);
    let new = dump(&other);
    let workshop = Workshop::project();
    workshop.run(&["build"]).exits(0);
    let old = dump(&workshop);
    assert_ne!(old, new);
    workshop.write("data/cities.csv", &changed);
    Change { workshop, old, new }
}

/// The published facts; opening checks the build.
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
        .filter(|name| name.starts_with("tmp-"))
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
fn killed_at_every_step() {
    for step in Step::ALL {
        let change = change();
        let killed = program(&change.workshop.path(""))
            .args(["build", "--quiet"])
            .env("CIVIGRAPH_ABORT_AT", step.as_str())
            .output()
            .unwrap();
        assert_eq!(killed.status.code(), None, "{}: not killed", step.as_str());
        let now = dump(&change.workshop);
        let expected = if *step >= Step::Switched {
            &change.new
        } else {
            &change.old
        };
        assert_eq!(now, *expected, "killed at {}", step.as_str());
        check(&change, step.as_str());
    }
}

#[test]
fn killed_at_random_moments() {
    let change = change();
    // Moments spread over a build of some hundred milliseconds by a fixed sequence.
    let mut moment = 7_u64;
    for round in 0..30 {
        moment = moment
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let mut build = Command::new(env!("CARGO_BIN_EXE_civigraph"))
            .current_dir(change.workshop.path(""))
            .args(["build", "--quiet"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis((moment >> 33) % 300));
        build.kill().unwrap();
        build.wait().unwrap();
        let now = dump(&change.workshop);
        assert!(
            now == change.old || now == change.new,
            "round {round}: a mixed graph:\n{now}"
        );
    }
    check(&change, "random moments");
}

/// Runs the program with files limited to some blocks of 512 bytes (1024 in some shells).
#[cfg(unix)]
fn with_small_files(workshop: &Workshop, blocks: u32, arguments: &str) -> i32 {
    let binary = env!("CARGO_BIN_EXE_civigraph");
    // A limit that is hit is an error of the write, not a signal.
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec '{binary}' {arguments}");
    Command::new("sh")
        .args(["-c", &script])
        .current_dir(workshop.path(""))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .code()
        .unwrap_or(-1)
}

#[cfg(unix)]
#[test]
fn a_full_disk_harms_nothing() {
    for blocks in [0, 1, 2, 4, 8, 16, 32, 64, 128] {
        let change = change();
        let code = with_small_files(&change.workshop, blocks, "build --quiet");
        assert!(matches!(code, 0 | 2), "{blocks} blocks: exit code {code}");
        let now = dump(&change.workshop);
        let expected = if code == 0 { &change.new } else { &change.old };
        assert_eq!(now, *expected, "{blocks} blocks");
        check(&change, &format!("{blocks} blocks"));
    }
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_no_partial_dump() {
    let workshop = Workshop::project();
    workshop.run(&["build"]).exits(0);
    for name in [
        "graph.ttl",
        "graph.nq",
        "graph.rdf",
        "graph.jsonld",
        "graph.nt.gz",
    ] {
        let code = with_small_files(&workshop, 0, &format!("export -o {name}"));
        assert_eq!(code, 2, "{name}");
        let left: Vec<_> = std::fs::read_dir(workshop.path(""))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|left| left.starts_with("graph") || left.ends_with(".tmp"))
            .collect();
        assert_eq!(left, Vec::<String>::new(), "{name}");
    }
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
    assert!(second.stderr.contains("CG0804"), "{}", second.stderr);
    let holder = format!("process {} on", std::process::id());
    assert!(second.stderr.contains(&holder), "{}", second.stderr);
}

//! Builds killed at every step and at random moments, those that take over what is published and those
//! that are made anew.

use super::{Change, change, changed, check, dump, litter, thorough};
use crate::cli::workshop::{CITIES, Workshop, child, program};
use civigraph::store::BuildStep;
use std::process::Stdio;
use std::time::Duration;

/// More than the span of any build of the small project, so that one that never switches becomes a failure.
const LIMIT: Duration = Duration::from_secs(60);

const WAYS: [&[&str]; 2] = [&["build", "--quiet"], &["build", "--quiet", "--full"]];

#[test]
fn killed_at_every_step() {
    for step in BuildStep::ALL {
        for way in WAYS {
            let change = change();
            let what = format!("{way:?} killed at {}", step.as_str());
            let killed = program(&change.workshop.path(""))
                .args(way)
                .env("CIVIGRAPH_ABORT_AT", step.as_str())
                .output()
                .unwrap();
            assert_eq!(killed.status.code(), None, "{what}: not killed");
            let now = dump(&change.workshop);
            let expected = if *step >= BuildStep::Switched {
                &change.new
            } else {
                &change.old
            };
            assert_eq!(now, *expected, "{what}");
            // What was never published is not a build to go back to.
            let builds = change
                .workshop
                .run(&["builds", "--format", "json"])
                .exits(0);
            let builds: serde_json::Value = serde_json::from_str(&builds.stdout).unwrap();
            let count = if *step >= BuildStep::Switched { 2 } else { 1 };
            assert_eq!(
                builds.as_array().map(Vec::len),
                Some(count),
                "{what}: {builds:#}"
            );
            check(&change, &what);
        }
    }
}

/// The digest of what is published, as its name has it.
fn published(workshop: &Workshop) -> String {
    let id = std::fs::read_to_string(workshop.path(".civigraph/current")).unwrap();
    let (_, digest) = id.trim_end().split_once('-').unwrap();
    digest.to_owned()
}

/// Goes back and forth between two graphs; each build may be killed, so that sometimes the next one has
/// nothing to change.
///
/// How long a build takes depends on the machine and on what else it does: the span that the moments
/// are drawn from grows after each build that had not switched yet and shrinks after each that had, so
/// that about half of them are killed on either side wherever the test runs.
#[test]
fn killed_at_random_moments() {
    let Change { workshop, old, new } = change();
    let before = published(&workshop);
    workshop.run(&["build", "--quiet", "--full"]).exits(0);
    let after = published(&workshop);
    let rounds = if thorough() { 200 } else { 30 };
    let mut span = Duration::from_millis(100);
    // Moments spread over it by a fixed sequence.
    let mut moment = 7_u64;
    let mut seen = [0, 0];
    for round in 0.. {
        if round >= rounds && seen.iter().all(|&count| count > 0) {
            break;
        }
        assert!(span < LIMIT, "{seen:?} within {span:?}");
        moment = moment
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        // To the other graph from the one that is published.
        let to_old = published(&workshop) == after;
        let table = if to_old { CITIES.to_owned() } else { changed() };
        workshop.write("data/cities.csv", table);
        let mut build = child(env!("CARGO_BIN_EXE_civigraph"))
            .current_dir(workshop.path(""))
            .args(WAYS[usize::from(round % 2 == 0)])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let part = u32::try_from(moment >> 33).unwrap() % 1_000;
        std::thread::sleep(span * part / 1_000);
        build.kill().unwrap();
        build.wait().unwrap();
        let now = dump(&workshop);
        let digest = published(&workshop);
        match digest == before {
            true => assert_eq!(now, old, "round {round}"),
            false => assert_eq!(now, new, "round {round}"),
        }
        assert!(
            digest == before || digest == after,
            "round {round}: {digest}"
        );
        workshop.run(&["verify"]).exits(0);
        let switched = (digest == before) == to_old;
        seen[usize::from(switched)] += 1;
        span = if switched { span * 4 / 5 } else { span * 5 / 4 };
        // One killed build leaves one unfinished folder at most: the next start has swept the others.
        assert!(
            litter(&workshop).len() <= 2,
            "round {round}: {:?}",
            litter(&workshop)
        );
    }
    workshop.write("data/cities.csv", changed());
    check(&Change { workshop, old, new }, "random moments");
}

/// A build that is killed leaves nothing in the folder for temporary files either.
#[test]
fn killed_without_traces_elsewhere() {
    let change = change();
    let temporary = change.workshop.path("temporary");
    std::fs::create_dir(&temporary).unwrap();
    for step in BuildStep::ALL {
        program(&change.workshop.path(""))
            .args(["build", "--quiet", "--full"])
            .env("CIVIGRAPH_ABORT_AT", step.as_str())
            .env("TMPDIR", &temporary)
            .output()
            .unwrap();
        let left = std::fs::read_dir(&temporary).unwrap().count();
        assert_eq!(left, 0, "{}", step.as_str());
    }
}

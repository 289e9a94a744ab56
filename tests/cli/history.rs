//! Builds listed and published again.

use super::workshop::{CITIES, Workshop, assert_shown, program};

/// A project built twice, with one city less the second time.
fn built_twice() -> Workshop {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    let kept: Vec<&str> = CITIES
        .lines()
        .filter(|line| !line.starts_with("revda"))
        .collect();
    let text = kept.join("\n").replace("irbit;revda", "irbit");
    workshop.write("data/cities.csv", text);
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop
}

/// The published build and all builds, as `builds --format json` has them.
fn builds(workshop: &Workshop) -> Vec<serde_json::Value> {
    let run = workshop.run(&["builds", "--format", "json"]).exits(0);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn builds_with_what_changed() {
    let workshop = built_twice();
    let list = builds(&workshop);
    assert_eq!(list.len(), 2);
    assert_eq!(list[0]["current"], false);
    assert_eq!(list[0]["changes"], serde_json::Value::Null);
    assert_eq!(list[1]["current"], true);
    // A label, its people, its region; and Tolyatti's twin.
    let changes = serde_json::json!({
        "graphs": { "": { "added": 0, "removed": 4 } },
        "inputs": [{ "name": "data/cities.csv", "change": "changed" }],
    });
    assert_eq!(list[1]["changes"], changes);
    let run = workshop.run(&["builds"]).exits(0);
    // The rest of the lines are times and sizes.
    for part in ["+0 -4 in the default graph", "data/cities.csv", "*"] {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
}

#[test]
fn there_and_back() {
    let workshop = built_twice();
    let dump = |workshop: &Workshop| {
        let run = workshop.run(&["export", "--format", "ntriples"]);
        run.exits(0).stdout
    };
    let with_one_less = dump(&workshop);
    let run = workshop.run(&["rollback"]).exits(0);
    assert_shown!(run, @"
    $ rollback
    ---- stderr
    published build 0001-ID instead of 0002-ID
    ---- exit code 0
    ");
    assert!(dump(&workshop).contains("/city/revda>"));
    // There is none before the first one.
    let run = workshop.run(&["rollback"]).exits(2);
    assert_shown!(run, @"
    $ rollback
    ---- stderr
    error[CG0801] ./.civigraph: there is no build before the published one
    hint: `civigraph builds` lists them; `--keep` of `build` says how many are kept
    ---- exit code 2
    ");
    let newer = builds(&workshop)[1]["id"].as_str().unwrap().to_owned();
    workshop.run(&["rollback", &newer]).exits(0);
    assert_eq!(dump(&workshop), with_one_less);
    // The start of an id does, unless several start so.
    workshop.run(&["rollback", "0001"]).exits(0);
    assert!(dump(&workshop).contains("/city/revda>"));
    let runs = [&["rollback", "000"][..], &["verify", "--build", "000"]]
        .map(|arguments| workshop.run(arguments).exits(2));
    assert_shown!(runs, @"
    $ rollback 000
    ---- stderr
    error[CG0801] ./.civigraph: 2 builds have ids that start with `000`: 0001-ID, 0002-ID
    hint: name one with more of its id
    ---- exit code 2

    $ verify --build 000
    ---- stderr
    error[CG0801] ./.civigraph: 2 builds have ids that start with `000`: 0001-ID, 0002-ID
    hint: name one with more of its id
    ---- exit code 2
    ");
}

#[test]
fn an_answer_names_its_build() {
    let workshop = built_twice();
    let ask = ["query", "-e", "ASK { ?s ?p ?o }"];
    let run = workshop.run(&ask).exits(0);
    assert_shown!(run, @"
    $ query -e 'ASK { ?s ?p ?o }'
    true
    ---- stderr
    build 0002-ID
    ---- exit code 0
    ");
    workshop.run(&["rollback"]).exits(0);
    let run = workshop.run(&ask).exits(0);
    assert_shown!(run, @"
    $ query -e 'ASK { ?s ?p ?o }'
    true
    ---- stderr
    build 0001-ID
    ---- exit code 0
    ");
    let quiet = workshop.run(&["query", "--quiet", "-e", "ASK { ?s ?p ?o }"]);
    assert_eq!(quiet.exits(0).stderr, "");
}

#[test]
fn refused() {
    let workshop = Workshop::project();
    let run = workshop.run(&["builds"]).exits(2);
    assert_shown!(run, @"
    $ builds
    ---- stderr
    error[CG0801] ./.civigraph: nothing is published here yet
    hint: run `civigraph build` first
    ---- exit code 2
    ");
    let run = workshop.run(&["rollback"]).exits(2);
    assert_shown!(run, @"
    $ rollback
    ---- stderr
    error[CG0801] ./.civigraph: nothing is published here yet
    hint: run `civigraph build` first
    ---- exit code 2
    ");
    workshop.run(&["build", "--quiet"]).exits(0);
    let runs = [
        &["rollback", "0007-ab"][..],
        &["verify", "--build", "0007-9f3a2b1c"],
        &["verify", "--build", "nothing"],
    ]
    .map(|arguments| workshop.run(arguments).exits(2));
    assert_shown!(runs);
}

#[test]
fn building_what_has_not_changed_costs_no_history() {
    let workshop = built_twice();
    let first = builds(&workshop)[0]["id"].as_str().unwrap().to_owned();
    for _ in 0..4 {
        workshop.run(&["build", "--quiet"]).exits(0);
    }
    let ids: Vec<String> = builds(&workshop)
        .iter()
        .map(|build| build["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 3);
    assert_eq!(ids[0], first);
    // Two are enough for two states.
    workshop.run(&["build", "--quiet", "--keep", "2"]).exits(0);
    assert_eq!(builds(&workshop)[0]["id"], first.as_str());
    workshop.run(&["rollback"]).exits(0);
    let dump = workshop.run(&["export", "--format", "ntriples"]).exits(0);
    assert_shown!(dump);
}

#[test]
fn old_builds_are_pruned_by_a_setting() {
    let workshop = Workshop::project();
    let build = |arguments: &[&str], keep: Option<&str>| {
        let mut command = program(&workshop.path(""));
        command.args(["build", "--quiet"]).args(arguments);
        match keep {
            Some(keep) => command.env("CIVIGRAPH_KEEP", keep),
            None => command.env_remove("CIVIGRAPH_KEEP"),
        };
        assert_eq!(command.output().unwrap().status.code(), Some(0));
        let list = builds(&workshop);
        assert_eq!(list.last().unwrap()["current"], true);
        list.len()
    };
    assert_eq!([1, 2, 3, 3].map(|_| build(&[], None)), [1, 2, 3, 3]);
    assert_eq!(build(&["--keep", "5"], None), 4);
    assert_eq!(build(&[], Some("2")), 2);
    assert_eq!(build(&["--keep", "1"], Some("2")), 1);
    workshop.run(&["build", "--keep", "0"]).exits(2);
}

#[test]
fn builds_fit_a_narrow_terminal() {
    let workshop = built_twice();
    let program = env!("CARGO_BIN_EXE_civigraph");
    let at = |columns: u32| -> Option<String> {
        let line = format!("stty cols {columns} rows 24; {program} builds");
        let mut script = super::workshop::child("script");
        script
            .current_dir(workshop.path(""))
            .args(["-qec", &line, "/dev/null"]);
        let output = script
            .output()
            .ok()
            .filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).replace('\r', ""))
    };
    let (Some(wide), Some(narrow)) = (at(160), at(60)) else {
        println!("skipped: `script` is not here to make a terminal");
        return;
    };
    assert!(wide.starts_with('┌'), "{wide}");
    assert!(narrow.starts_with("build "), "{narrow}");
    for shown in [wide, narrow] {
        assert_eq!(shown.matches(" *").count(), 1, "{shown}");
        assert!(shown.contains("+0 -4 in the default graph"), "{shown}");
    }
    let narrow = at(60).unwrap_or_default();
    assert!(
        narrow.lines().all(|line| line.chars().count() <= 60),
        "{narrow}"
    );
}

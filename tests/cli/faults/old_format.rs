//! A build of format 2, from when the graph was kept in RocksDB: it is recognised, the next build takes its place, and
//! it is pruned as any other.

use super::{dump, litter};
use crate::cli::workshop::{Workshop, assert_shown};
use std::fs;
use std::path::PathBuf;

/// A project whose published build looks as that format had it; its folder, and what is to be published.
fn old() -> (Workshop, PathBuf, String) {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    let facts = dump(&workshop);
    let current = fs::read_to_string(workshop.path(".civigraph/current")).unwrap();
    let id = current.trim_end();
    let folder = workshop.path(".civigraph/builds").join(id);
    fs::remove_dir_all(folder.join("index")).unwrap();
    for name in ["others.nq.zst", "digest-states.json"] {
        fs::remove_file(folder.join(name)).unwrap();
    }
    fs::create_dir(folder.join("store")).unwrap();
    for name in [
        "quads.nq.zst",
        "frames.json",
        "store/000008.sst",
        "store/CURRENT",
        "store/MANIFEST-000005",
    ] {
        fs::write(folder.join(name), "MANIFEST-000005\n").unwrap();
    }
    let manifest =
        format!(r#"{{ "format": 2, "id": "{id}", "version": "0.1.0", "published": 1 }}"#);
    fs::write(folder.join("manifest.json"), manifest).unwrap();
    (workshop, folder, facts)
}

#[test]
fn commands_say_to_build_again() {
    let (workshop, folder, _) = old();
    let id = folder.file_name().unwrap().to_string_lossy().into_owned();
    let runs = [
        &["query", "-e", "SELECT * { ?s ?p ?o }"][..],
        &["list", "graphs"],
        &["export", "--format", "nquads"],
        &["describe", "city/irbit"],
        &["builds"],
        &["verify"],
        &["rollback", &id],
    ]
    .map(|command| workshop.run(command).exits(2));
    assert_shown!(runs);
    workshop.run(&["check"]).exits(0);
    assert!(folder.join("store/CURRENT").is_file());
}

#[test]
fn a_build_takes_its_place() {
    let mut runs = Vec::new();
    for way in [&["build", "--quiet"][..], &["build", "--quiet", "--full"]] {
        let (workshop, folder, facts) = old();
        workshop.run(way).exits(0);
        assert_eq!(dump(&workshop), facts, "{way:?}");
        workshop.run(&["verify"]).exits(0);
        assert_eq!(litter(&workshop), Vec::<String>::new(), "{way:?}");
        assert!(folder.is_dir(), "{way:?}: kept as long as others are");
        runs.push(workshop.run(&["rollback"]).exits(2));
        assert_eq!(dump(&workshop), facts, "{way:?}");

        workshop
            .run(&["build", "--quiet", "--full", "--keep", "1"])
            .exits(0);
        assert!(!folder.exists(), "{way:?}");
        assert_eq!(dump(&workshop), facts, "{way:?}");
    }
    assert_shown!(runs, @"
    $ rollback
    ---- stderr
    error[CG0805] ./.civigraph/builds/0001-ID/manifest.json: the build has format 2, this version reads format 3
    hint: run `civigraph build` to make a new one
    ---- exit code 2

    $ rollback
    ---- stderr
    error[CG0805] ./.civigraph/builds/0001-ID/manifest.json: the build has format 2, this version reads format 3
    hint: run `civigraph build` to make a new one
    ---- exit code 2
    ");
}

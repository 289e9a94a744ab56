//! Stores that are damaged: a bit flipped, a file cut or missing. It is told at opening or by `verify`, and
//! what can be opened is never an empty graph.

use super::{changed, thorough};
use crate::cli::workshop::{Workshop, assert_shown};
use civigraph::diagnostic::Code;
use civigraph::store::{self, Build, StoreError};
use std::path::{Path, PathBuf};

/// Every file on which the published graph rests.
fn files(root: &Path) -> Vec<PathBuf> {
    let id = std::fs::read_to_string(root.join("current")).unwrap();
    let mut files = vec![root.join("current")];
    let mut folders = vec![root.join("builds").join(id.trim_end())];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Demands that a damage is found; what can be opened and read still has its quads.
#[track_caller]
fn found(root: &Path, quads: u64, what: &str) {
    let refused = |error: StoreError| {
        let code = error.code();
        let known = [
            Code::NoBuild,
            Code::TornBuild,
            Code::ForeignStore,
            Code::OtherFormat,
            Code::StoreFiles,
            Code::Miscount,
        ];
        assert!(known.contains(&code), "{what}: {code}");
    };
    let build: Build = match store::open(root) {
        Ok(build) => build,
        Err(error) => return refused(error),
    };
    assert_eq!(build.manifest().statistics.quads, quads, "{what}");
    match store::verify(&build) {
        Ok(()) => panic!("{what}: not found"),
        Err(error) => refused(error),
    }
}

/// A store whose build was made anew, and one whose build took over another one.
fn stores() -> [Workshop; 2] {
    let anew = Workshop::project();
    anew.run(&["build", "--quiet"]).exits(0);
    let amended = Workshop::project();
    amended.run(&["build", "--quiet"]).exits(0);
    amended.write("data/cities.csv", changed());
    amended.run(&["build", "--quiet"]).exits(0);
    [anew, amended]
}

fn whole(root: &Path) -> u64 {
    let build = store::open(root).unwrap();
    store::verify(&build).unwrap();
    build.manifest().statistics.quads
}

#[test]
fn a_flipped_bit_is_found() {
    for workshop in stores() {
        let root = workshop.path(".civigraph");
        let quads = whole(&root);
        for path in files(&root) {
            let bytes = std::fs::read(&path).unwrap();
            let tries = if thorough() { 64 } else { 8 };
            let length = bytes.len();
            let mut places: Vec<usize> = (0..tries).map(|at| at * length / tries).collect();
            places.extend([length.saturating_sub(2), length.saturating_sub(1)]);
            places.dedup();
            for (at, bit) in places.into_iter().zip((0..8).cycle()) {
                let mut damaged = bytes.clone();
                let Some(byte) = damaged.get_mut(at) else {
                    // An empty file has no bit to flip.
                    continue;
                };
                *byte ^= 1 << bit;
                std::fs::write(&path, damaged).unwrap();
                found(
                    &root,
                    quads,
                    &format!("bit {bit} of byte {at} of {}", path.display()),
                );
            }
            std::fs::write(&path, bytes).unwrap();
        }
        assert_eq!(whole(&root), quads);
    }
}

#[test]
fn a_cut_or_longer_file_is_found() {
    for workshop in stores() {
        let root = workshop.path(".civigraph");
        let quads = whole(&root);
        for path in files(&root) {
            let bytes = std::fs::read(&path).unwrap();
            let length = bytes.len();
            for cut in [0, 1, length / 2, length.saturating_sub(1)] {
                if cut < length {
                    std::fs::write(&path, &bytes[..cut]).unwrap();
                    found(&root, quads, &format!("{} cut to {cut}", path.display()));
                }
            }
            std::fs::write(&path, [&bytes[..], b"\n"].concat()).unwrap();
            found(
                &root,
                quads,
                &format!("{} with a byte more", path.display()),
            );
            std::fs::write(&path, bytes).unwrap();
        }
        assert_eq!(whole(&root), quads);
    }
}

#[test]
fn a_missing_file_is_found() {
    for workshop in stores() {
        let root = workshop.path(".civigraph");
        let quads = whole(&root);
        for path in files(&root) {
            let bytes = std::fs::read(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            let refused = store::open(&root).err();
            assert!(refused.is_some(), "{} is missing", path.display());
            std::fs::write(&path, bytes).unwrap();
        }
        assert_eq!(whole(&root), quads);
    }
}

/// As users meet it: exit code 2, nothing on stdout, and a build repairs it.
#[test]
fn commands_refuse_a_damaged_store() {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    let root = workshop.path(".civigraph");
    let manifest = files(&root)
        .into_iter()
        .find(|path| path.ends_with("manifest.json"))
        .unwrap();
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text.replacen("example.org", "example.com", 1)).unwrap();
    let runs = [
        &["query", "-e", "SELECT * { ?s ?p ?o }"][..],
        &["list", "graphs"],
        &["export", "--format", "nquads"],
        &["describe", "city/irbit"],
        &["verify"],
    ]
    .map(|command| workshop.run(command).exits(2));
    assert_shown!(runs);
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop.run(&["verify"]).exits(0);
}

//! The shipped project, built: every stored query gives what was worked out from the documents, and
//! every term that is used is defined, and dumps hold what they should.

mod dumps;
mod extension;
mod lineage;
mod plans;
mod queries;
mod questions;
mod rdf12;
mod vocabulary;

use crate::cli::workshop::program;
use crate::facts::root;
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;

/// The store with the shipped project, built once for all tests.
static STORE: LazyLock<TempDir> = LazyLock::new(|| {
    // Nobody drops it: it stays among what is built, until the next run.
    let among = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let prefix = "graph-of-the-tests-";
    for entry in std::fs::read_dir(among).unwrap().flatten() {
        let old = entry.metadata().and_then(|found| found.modified());
        let old = old.is_ok_and(|time| time.elapsed().is_ok_and(|age| age.as_secs() > 3_600));
        if old && entry.file_name().to_string_lossy().starts_with(prefix) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    let folder = tempfile::Builder::new()
        .prefix(prefix)
        .tempdir_in(among)
        .unwrap();
    run(&["build", "--store", folder.path().to_str().unwrap()]);
    folder
});

/// The store with the shipped project.
pub fn store() -> &'static Path {
    STORE.path()
}

/// Runs the program on the shipped project, which must succeed, and gives its stdout.
#[track_caller]
pub fn run(arguments: &[&str]) -> String {
    let output = program(root()).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

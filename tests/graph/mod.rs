//! The shipped project, built: every stored query gives what was worked out from the documents, and
//! every term that is used is defined, and dumps hold what they should.

mod dumps;
mod extension;
mod lineage;
mod queries;
mod rdf12;
mod vocabulary;

use crate::cli::workshop::program;
use crate::facts::root;
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;

/// The store with the shipped project, built once for all tests.
static STORE: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
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

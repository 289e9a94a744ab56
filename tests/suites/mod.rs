//! Test suites of others, run whole from the folder of shared materials.

mod csvw;
mod pyshacl;
mod shacl;
mod sparql;

use std::path::PathBuf;

/// The folder of a suite; `None`, and a line that says so, where it is not available.
pub fn suite(name: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("CIVIGRAPH_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    available(shared.join("suites").join(name))
}

/// The folder that an environment variable names, or else that of a suite.
fn suite_in(name: &str, variable: &str) -> Option<PathBuf> {
    match std::env::var_os(variable) {
        Some(folder) => available(PathBuf::from(folder)),
        None => suite(name),
    }
}

fn available(folder: PathBuf) -> Option<PathBuf> {
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: the suite is not at {}", folder.display());
    None
}

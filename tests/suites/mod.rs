//! Test suites of others, run whole from the folder of shared materials.

mod csvw;

use std::path::PathBuf;

/// The folder of a suite; `None`, and a line that says so, where it is not at hand.
fn suite(name: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("CIVIGRAPH_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let folder = shared.join("suites").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: the suite is not at {}", folder.display());
    None
}

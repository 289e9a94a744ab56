//! The shipped tables against the documents: every fact has its claims, every span its words, every
//! trap its right answer.

mod coverage;
mod spans;
mod speakers;
mod tables;
mod traps;
mod words;

use std::path::{Path, PathBuf};

/// The folder of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder of what is shared and not redistributed; `None`, with a line that says so, where it is absent.
///
/// It lies beside the repository unless `CIVIGRAPH_SHARED` names it.
pub fn shared(name: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("CIVIGRAPH_SHARED")
        .map_or_else(|| root().join("../shared"), PathBuf::from);
    let folder = shared.join(name);
    if folder.is_dir() {
        Some(folder)
    } else {
        eprintln!("skipped: there is no {}", folder.display());
        None
    }
}

/// The lines of a tab-separated test file without its comments, each with its number.
pub fn lines(name: &str) -> Vec<(usize, Vec<String>)> {
    let text = std::fs::read_to_string(root().join("tests/facts").join(name)).unwrap();
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.starts_with('#') && !line.is_empty())
        .map(|(index, line)| (index + 1, line.split('\t').map(str::to_owned).collect()))
        .collect()
}

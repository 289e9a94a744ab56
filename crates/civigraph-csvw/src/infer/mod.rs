//! Metadata proposed for CSV files that have none: `civigraph init`.
//!
//! ```text
//!  files ──source──► delimiter, encoding, header          (the head of each file)
//!        ──profile─► per column: datatypes still possible, nulls, lists, languages, uniqueness
//!        ──keys────► primary keys, foreign keys by a second pass, keys of several columns
//!        ──document► JSON with a comment for the curator on every guess
//! ```
//!
//! All passes read every row, so that what is proposed holds for the whole file; memory grows with
//! the number of columns and, up to a bound, with the values of columns that may be keys.

mod candidate;
mod check;
mod composite;
mod document;
mod encoding;
mod keys;
mod list_profile;
mod locale;
mod name;
mod near_misses;
mod profile;
mod source;
#[cfg(test)]
mod tests;

pub use check::check;
pub use name::{latin, names};

use crate::diagnostic::Diagnostic;
use std::path::{Path, PathBuf};

/// Where bases of projects lie that have not got one of their own.
const EXAMPLE_BASE: &str = "http://example.org/";

/// How to infer.
#[derive(Debug, Clone)]
pub struct InferOptions {
    /// The folder in which the metadata will be: URLs of tables are relative to it.
    pub folder: PathBuf,
    /// How many values of columns that may be keys are remembered at once, over all files; 16 bytes each.
    pub remembered_values: usize,
    /// The base of the project's own IRIs; none is written where it is `None`.
    pub base: Option<String>,
}

impl InferOptions {
    /// Options for metadata that will be in `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            remembered_values: 4_000_000,
            base: None,
        }
    }
}

/// Infers the metadata of CSV files as the text of a JSON document.
///
/// # Errors
/// A diagnostic for the first file that cannot be read, or whose records cannot be told apart.
pub fn infer(files: &[PathBuf], options: &InferOptions) -> Result<String, Box<Diagnostic>> {
    let mut tables = Vec::with_capacity(files.len());
    let mut budget = options.remembered_values;
    for file in files {
        let source = source::GuessedTable::open(file)?;
        tables.push(profile::TableProfile::read(source, &mut budget)?);
    }
    let keys = keys::InferredKeys::find(&mut tables, budget)?;
    let base = options.base.as_deref();
    Ok(document::write(&tables, &keys, &options.folder, base))
}

/// A base for the IRIs of a project whose metadata will be in `folder`: one under `http://example.org/`,
/// after the name of the project's folder, to be replaced by the curator.
pub fn example_base(folder: &Path) -> String {
    let path = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let named = path
        .components()
        .rev()
        .filter_map(|component| match component {
            std::path::Component::Normal(name) => Some(name.to_string_lossy()),
            _ => None,
        });
    // Tables lie in `data`, which says nothing of the project.
    let name = named.into_iter().find(|name| name != "data");
    let name = name::names(&[name.as_deref().unwrap_or("project")]);
    format!("{EXAMPLE_BASE}{}/", name.concat())
}

/// Where CSVW looks for the metadata of files: beside a single file under its own name, for several
/// ones in the folder of the first under the name that holds for a whole folder.
pub fn standard_location(files: &[PathBuf]) -> PathBuf {
    let first = files.first().map_or(Path::new(""), PathBuf::as_path);
    if files.len() == 1 {
        let mut name = first.file_name().unwrap_or_default().to_owned();
        name.push("-metadata.json");
        first.with_file_name(name)
    } else {
        first.with_file_name("csv-metadata.json")
    }
}

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
mod composite;
mod document;
mod keys;
mod name;
mod profile;
mod source;
#[cfg(test)]
mod tests;

#[cfg(feature = "store")]
pub(crate) use name::latin;

use crate::diagnostic::Diagnostic;
use std::path::{Path, PathBuf};

/// How to infer.
#[derive(Debug, Clone)]
pub struct InferOptions {
    /// The folder in which the metadata will stand: URLs of tables are relative to it.
    pub folder: PathBuf,
    /// How many values of columns that may be keys are remembered at once, over all files; 16 bytes each.
    pub remembered_values: usize,
}

impl InferOptions {
    /// Options for metadata that will stand in `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            remembered_values: 4_000_000,
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
        let source = source::Source::open(file)?;
        tables.push(profile::Table::read(source, &mut budget)?);
    }
    let keys = keys::Keys::find(&tables, budget)?;
    Ok(document::write(&tables, &keys, &options.folder))
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

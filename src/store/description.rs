//! What a build says of itself.

use super::Prefixes;
use crate::digest::digest_file;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

/// Everything about a build that its quads do not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildDescription {
    /// Base of the project's own IRIs, with its final slash.
    pub base: String,
    /// Prefixes for dumps and tables.
    pub prefixes: Prefixes,
    /// Namespaces outside `{base}id/` in which templates of the metadata put things.
    #[serde(
        default,
        rename = "elsewhere",
        skip_serializing_if = "BTreeSet::is_empty"
    )]
    pub foreign_namespaces: BTreeSet<String>,
    /// The files that went in, in order of their names.
    pub inputs: Vec<BuildInput>,
    /// Title of the project by language tag.
    pub title: BTreeMap<String, String>,
    /// IRI of the licence of the data.
    pub license: Option<String>,
    /// Where problems with the data are reported: an address of mail or of the web.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Options that bear on the quads (mode, provenance …).
    pub options: BTreeMap<String, String>,
    /// SHA-256 of the plan that made the quads of rows; empty where it is not known.
    #[serde(default)]
    pub plan: String,
    /// Numbers of rows that claims dispute, by the name of their table's file: their quads do not come from their
    /// cells alone, and count as quads of no row.
    #[serde(default, rename = "apart")]
    pub disputed: BTreeMap<String, BTreeSet<u64>>,
}

/// A file that went into a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildInput {
    /// Path relative to the project, with `/` between its parts.
    pub name: String,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Data rows, for tables.
    pub rows: Option<u64>,
}

impl BuildInput {
    /// Reads a file's length and digest.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(name: impl Into<String>, path: &Path) -> io::Result<Self> {
        let (bytes, sha256) = digest_file(path)?;
        Ok(Self {
            name: name.into(),
            bytes,
            sha256,
            rows: None,
        })
    }
}

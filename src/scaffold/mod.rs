//! A new project out of CSV files, and a new table in one.
//!
//! ```text
//!  files ─► infer ─► entries of tables ─table─► IRIs, links, labels, classes ─layout─► data/csv-metadata.json
//!                                          └─► terms ─► ontology/*.ttl, queries/*.rq
//! ```

mod claims;
mod insert;
mod layout;
mod names;
mod query;
mod table;
mod terms;
#[cfg(test)]
mod tests;

pub use insert::{Addition, InsertRefusal, propose};

use crate::csvw::OWN_NAMESPACE;
use crate::diagnostic::Diagnostic;
use crate::infer::{self, InferOptions};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use table::{NamingScheme, ProposedTable, ReferencedTable};
use terms::VocabularyTerms;

/// What a new project is to be.
#[derive(Debug, Clone)]
pub struct Scaffold {
    /// The title of the project.
    pub title: String,
    /// The base of its IRIs, with a slash at its end.
    pub base: String,
    /// The language of texts that say nothing of theirs.
    pub language: String,
    /// Adds tables of documents, evidence, claims, gaps and merges.
    pub claims: bool,
}

/// A file of a new project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where it goes, relative to the folder of the project.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

impl File {
    fn new(path: impl Into<PathBuf>, text: String) -> Self {
        Self {
            path: path.into(),
            text,
        }
    }
}

/// Files of the tables that a project with claims has besides its own.
pub const CLAIM_TABLES: [&str; 5] = [
    "documents.csv",
    "evidence.csv",
    "claims.csv",
    "gaps.csv",
    "merges.csv",
];

/// The files of a project for tables that lie in `data`, the metadata first.
///
/// # Errors
/// A diagnostic for the first table that cannot be read.
pub fn files(
    tables: &[PathBuf],
    data: &Path,
    scaffold: &Scaffold,
) -> Result<Vec<File>, Box<Diagnostic>> {
    let options = InferOptions {
        base: Some(scaffold.base.clone()),
        ..InferOptions::new(data)
    };
    let text = infer::infer(tables, &options)?;
    let mut metadata: Value = serde_json::from_str(&text).unwrap_or_default();
    let naming = NamingScheme {
        base: scaffold.base.clone(),
        language: scaffold.language.clone(),
        functional: scaffold.claims,
    };
    let mut terms = VocabularyTerms::default();
    let mut entries = match metadata["tables"].take() {
        Value::Array(entries) => entries,
        _ => Vec::new(),
    };
    for (entry, file) in entries.iter_mut().zip(tables) {
        ProposedTable::new(entry, file).identify(&naming);
    }
    let targets: Vec<ReferencedTable> = entries.iter().filter_map(ReferencedTable::of).collect();
    for (entry, file) in entries.iter_mut().zip(tables) {
        ProposedTable::new(entry, file).describe(&naming, &targets, &mut terms);
    }
    // The language that was asked for, where any text is in it.
    let language = {
        let languages = terms.languages();
        let asked = languages.iter().find(|one| **one == scaffold.language);
        asked
            .or(languages.first())
            .map_or("en", |one| *one)
            .to_owned()
    };
    let mut files = Vec::new();
    if scaffold.claims {
        for empty in claims::tables(&scaffold.base, &terms.languages(), &language) {
            files.push(File::new(
                Path::new("data").join(empty.file),
                empty.header(),
            ));
            terms.kind(empty.kind);
            entries.push(empty.entry);
        }
        files.push(File::new(
            "ontology/claims.ttl",
            claims::vocabulary(&scaffold.base, &terms.languages()),
        ));
    }
    let mut document = json!({
        "@context": metadata["@context"],
        "dc:title": scaffold.title,
        format!("{OWN_NAMESPACE}base"): scaffold.base,
        "rdfs:comment": metadata["rdfs:comment"],
    });
    document["tables"] = json!(entries);
    let metadata = format!("{}\n", layout::block(&document, 0));
    let base = scaffold.base.as_str();
    let class = terms.first_class().unwrap_or_default().to_owned();
    let mut all = vec![
        File::new("data/csv-metadata.json", metadata),
        File::new(
            "ontology/terms.ttl",
            terms.vocabulary(base, Some(&scaffold.title)),
        ),
        File::new("ontology/prefixes.ttl", terms.prefixes(base)),
        File::new("ontology/shapes.ttl", terms.shapes(base, scaffold.claims)),
        File::new(
            "queries/classes.rq",
            query::classes(base, &language, &terms.languages()),
        ),
        File::new(
            "queries/things.rq",
            query::things(base, &class, &terms.languages()),
        ),
        File::new(".gitignore", ".civigraph/\n".to_owned()),
    ];
    all.extend(files);
    Ok(all)
}

//! Every piece of evidence is a span of a document, exactly.

use super::shared;
use super::tables::Table;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::Path;

/// The documents by id, as code points.
pub struct Documents(HashMap<String, Vec<char>>);

impl Documents {
    /// Reads the documents that `data/documents.csv` names.
    pub fn read(folder: &Path) -> Self {
        let texts = Table::read("documents")
            .rows
            .into_iter()
            .map(|(id, row)| {
                let text = std::fs::read_to_string(folder.join(&row["file"])).unwrap();
                (id, text.chars().collect())
            })
            .collect();
        Self(texts)
    }

    /// The words of a piece of evidence.
    pub fn span(&self, document: &str, start: &str, end: &str) -> Option<String> {
        let (start, end) = (start.parse().ok()?, end.parse().ok()?);
        let span: &[char] = self
            .0
            .get(document)?
            .get::<std::ops::Range<usize>>(start..end)?;
        Some(span.iter().collect())
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn documents_are_those_that_were_read() {
    let Some(folder) = shared("sources") else {
        return;
    };
    for (id, row) in &Table::read("documents").rows {
        let bytes = std::fs::read(folder.join(&row["file"])).unwrap();
        assert_eq!(sha256(&bytes), row["sha256"], "{id}");
        let characters = String::from_utf8(bytes).unwrap().chars().count();
        assert_eq!(characters.to_string(), row["length"], "{id}");
    }
}

#[test]
fn every_span_has_its_digest() {
    let Some(folder) = shared("sources") else {
        return;
    };
    let documents = Documents::read(&folder);
    for (id, row) in &Table::read("evidence").rows {
        let span = documents.span(&row["document"], &row["start"], &row["end"]);
        let span = span.unwrap_or_else(|| panic!("{id} is no span of its document"));
        assert_eq!(sha256(span.as_bytes()), row["sha256"], "{id}: {span}");
    }
}

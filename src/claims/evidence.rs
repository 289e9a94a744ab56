//! Every span of every claim against its document, exactly, byte for byte.

use super::document::Document;
use super::quantity::decimal;
use super::read::Claims;
use super::roles::{DocumentColumns, EvidenceColumns, Roles};
use super::table::{Reader, tell_unreadable};
use crate::csvw::model::TableGroup;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::Plan;
use crate::resource::Resolver;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Component, Path};

/// The longest document that is read, in bytes.
const DOCUMENT_LIMIT: u64 = 64 << 20;

/// The most claims that one message names.
const NAMED: usize = 5;

/// What became of the spans.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checked {
    /// Documents that are what the curator read.
    pub documents: u64,
    /// Spans whose words have the recorded digest.
    pub verified: u64,
    /// Spans whose words have not.
    pub failed: u64,
    /// Spans of documents that are not at hand: neither passed nor failed.
    pub not_checked: u64,
}

/// A document as its row describes it.
struct Described {
    document: Option<Document>,
    /// The document has the recorded digest.
    unchanged: bool,
}

/// Verifies every span of a project's evidence against the documents in `folder`.
///
/// A document that is not there is no finding: its spans count as not checked. A changed one is a
/// finding at its row, and each span whose words are not where they were is one at its own, with the
/// place where the same words stand now as a hint; nothing is ever applied.
pub fn verify(
    group: &TableGroup,
    plan: &Plan,
    claims: &Claims,
    folder: Option<&Path>,
    resolver: &dyn Resolver,
    diagnostics: &mut Diagnostics,
) -> Checked {
    let mut checked = Checked::default();
    // Incomplete roles have been reported when the claims were read.
    let roles = Roles::of(group, &mut Diagnostics::new(diagnostics.mode()));
    let (Some(evidence), Some(columns)) = (roles.evidence, roles.documents) else {
        return checked;
    };
    let documents = documents(plan, &columns, folder, resolver, diagnostics);
    checked.documents = documents.values().filter(|one| one.unchanged).count() as u64;
    let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
    for claim in claims.iter() {
        for id in &claim.evidence {
            users.entry(id).or_default().push(&claim.id);
        }
    }
    spans(
        plan,
        &evidence,
        &documents,
        &users,
        resolver,
        &mut checked,
        diagnostics,
    );
    checked
}

/// Reads the documents table and the documents themselves.
fn documents(
    plan: &Plan,
    columns: &DocumentColumns,
    folder: Option<&Path>,
    resolver: &dyn Resolver,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Described> {
    let mut documents = BTreeMap::new();
    let Some(table) = plan.tables.get(columns.table) else {
        return documents;
    };
    let read = Reader::open(table, resolver).and_then(|reader| {
        reader.visit(|row| {
            // Missing cells have been reported as such.
            let (Some(id), Some(file), Some(sha256)) = (
                row.get(columns.id),
                row.get(columns.file),
                row.get(columns.sha256),
            ) else {
                return;
            };
            let document = match folder.map(|folder| open(folder, &file)) {
                None => None,
                Some(Ok(document)) => document,
                Some(Err(why)) => {
                    diagnostics.push(
                        Diagnostic::new(
                            Code::DocumentUnreadable,
                            row.place(columns.file),
                            format!("document `{id}` cannot be read: {why}"),
                        )
                        .with_found(file),
                    );
                    None
                }
            };
            let mut unchanged = false;
            if let Some(document) = &document {
                unchanged = document.sha256() == sha256;
                let length = columns.length.and_then(|column| row.lexical(column));
                if !unchanged {
                    diagnostics.push(
                        Diagnostic::new(
                            Code::DocumentChanged,
                            row.place(columns.sha256),
                            format!("document `{id}` is not the one that was read"),
                        )
                        .with_found(sha256)
                        .with_expected(document.sha256())
                        .with_hint(
                            "read the document again; when its spans are reviewed, record this digest",
                        ),
                    );
                } else if let Some(length) = length
                    && position(&length) != Some(document.length())
                {
                    diagnostics.push(
                        Diagnostic::new(
                            Code::DocumentChanged,
                            columns
                                .length
                                .map_or_else(Place::default, |column| row.place(column)),
                            format!("document `{id}` has another length"),
                        )
                        .with_found(length)
                        .with_expected(document.length().to_string()),
                    );
                }
            }
            documents.insert(
                id,
                Described {
                    document,
                    unchanged,
                },
            );
        })
    });
    if let Err(error) = read {
        tell_unreadable(table, &error, diagnostics);
    }
    documents
}

/// Opens a document by its file name; `Ok(None)` where there is no such file.
pub(super) fn open(folder: &Path, file: &str) -> Result<Option<Document>, String> {
    let mut parts = Path::new(file).components();
    if !matches!(
        (parts.next(), parts.next()),
        (Some(Component::Normal(_)), None)
    ) {
        return Err("its name is not a plain file name".to_owned());
    }
    let path = folder.join(file);
    match fs::metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
        Ok(data) if data.len() > DOCUMENT_LIMIT => {
            return Err(format!("it is longer than {DOCUMENT_LIMIT} bytes"));
        }
        Ok(_) => {}
    }
    let bytes = fs::read(&path).map_err(|error| error.to_string())?;
    Document::new(bytes)
        .map(Some)
        .map_err(|_| "it is not UTF-8".to_owned())
}

/// A number of code points; `None` for what is in no text: below zero, between two of them, too large.
pub(super) fn position(lexical: &str) -> Option<usize> {
    decimal(lexical)?.to_string().parse().ok()
}

/// Checks the rows of the evidence table.
fn spans(
    plan: &Plan,
    columns: &EvidenceColumns,
    documents: &BTreeMap<String, Described>,
    users: &HashMap<&str, Vec<&str>>,
    resolver: &dyn Resolver,
    checked: &mut Checked,
    diagnostics: &mut Diagnostics,
) {
    let Some(table) = plan.tables.get(columns.table) else {
        return;
    };
    let read = Reader::open(table, resolver).and_then(|reader| {
        reader.visit(|row| {
            // What is missing or no number has been reported as a wrong cell.
            let (Some(id), Some(name), Some(start), Some(end), Some(sha256)) = (
                row.get(columns.id),
                row.get(columns.document),
                row.lexical(columns.start),
                row.lexical(columns.end),
                row.get(columns.sha256),
            ) else {
                checked.not_checked += 1;
                return;
            };
            let Some(document) = documents.get(&name).and_then(|one| one.document.as_ref()) else {
                checked.not_checked += 1;
                return;
            };
            let reviewed = || match users.get(id.as_str()) {
                None => String::new(),
                Some(claims) => {
                    let more = claims.len().saturating_sub(NAMED);
                    let named = claims[..claims.len() - more].join("`, `");
                    let rest = if more > 0 {
                        format!(" and {more} more")
                    } else {
                        String::new()
                    };
                    format!("; review claim `{named}`{rest}")
                }
            };
            let span = position(&start).zip(position(&end));
            let problem = match span.and_then(|(start, end)| document.span(start, end)) {
                None => Diagnostic::new(
                    Code::SpanOutside,
                    row.place(columns.start),
                    format!(
                        "evidence `{id}` is no span of document `{name}`{}",
                        reviewed()
                    ),
                )
                .with_found(format!("{start} to {end}"))
                .with_expected(format!("0 to {} at most", document.length())),
                Some(words) if super::sha256_hex(words.as_bytes()) == sha256 => {
                    checked.verified += 1;
                    return;
                }
                Some(words) => Diagnostic::new(
                    Code::SpanDiffers,
                    row.place(columns.sha256),
                    format!(
                        "the words of evidence `{id}` are not those that were read{}",
                        reviewed()
                    ),
                )
                .with_found(sha256.as_str())
                .with_expected(super::sha256_hex(words.as_bytes())),
            };
            checked.failed += 1;
            let length = span.map_or(0, |(start, end)| end.saturating_sub(start));
            diagnostics.push(
                match document.spans_with_digest(length, &sha256).as_slice() {
                    [] => problem,
                    moved => {
                        let places: Vec<String> = moved
                            .iter()
                            .take(NAMED)
                            .map(|(start, end)| format!("{start} to {end}"))
                            .collect();
                        problem.with_hint(format!("the same words stand at {}", places.join(", ")))
                    }
                },
            );
        })
    });
    if let Err(error) = read {
        tell_unreadable(table, &error, diagnostics);
    }
}

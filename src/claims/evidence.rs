//! Every span of every claim against its document, exactly, byte for byte.

use super::document::SourceDocument;
use super::quantity::decimal;
use super::read::Claims;
use super::roles::{ColumnRoles, DocumentColumns, EvidenceColumns};
use super::table::{DataRow, TableReader, tell_unreadable};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Hint, HintAction, Place};
use crate::resource::file;
use crate::tables::Tables;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Component, Path};

/// The longest document that is read, in bytes.
pub const DOCUMENT_LIMIT: u64 = 64 << 20;

/// The most claims that one message names.
const NAMED: usize = 5;

/// What became of the spans.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EvidenceSummary {
    /// Documents that are what the curator read.
    pub documents: u64,
    /// Spans whose words have the recorded digest.
    pub verified: u64,
    /// Spans whose words have not.
    pub failed: u64,
    /// Spans of documents that are not available: neither passed nor failed.
    pub not_checked: u64,
}

/// A document as its row describes it.
struct DescribedDocument {
    document: Option<SourceDocument>,
    /// The document has the recorded digest.
    unchanged: bool,
}

/// Verifies every span of a project's evidence against the documents in `folder`.
///
/// Without a folder, spans count as not checked. A document that is missing in it or that has changed is a
/// finding at its row, and each span whose words are not where they were is one at its own, with the
/// place where the same words are now as a hint; nothing is ever applied.
pub fn verify(
    tables: Tables<'_>,
    claims: &Claims,
    folder: Option<&Path>,
    diagnostics: &mut Diagnostics,
) -> EvidenceSummary {
    let mut checked = EvidenceSummary::default();
    // Incomplete roles have been reported when the claims were read.
    let roles = ColumnRoles::of(tables.group, &mut Diagnostics::new(diagnostics.mode()));
    let Some(columns) = roles.documents else {
        return checked;
    };
    let documents = documents(tables, &columns, folder, diagnostics);
    checked.documents = documents.values().filter(|one| one.unchanged).count() as u64;
    let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
    for claim in claims.iter() {
        for id in &claim.evidence {
            users.entry(id).or_default().push(&claim.id);
        }
    }
    if let Some(evidence) = roles.evidence {
        let spans = SpanRows {
            documents: &documents,
            users: &users,
            folder,
        };
        spans.check(tables, &evidence, &mut checked, diagnostics);
    }
    checked
}

/// Reads the documents table and the documents themselves.
fn documents(
    tables: Tables<'_>,
    columns: &DocumentColumns,
    folder: Option<&Path>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, DescribedDocument> {
    let Tables { plan, resolver, .. } = tables;
    let mut documents = BTreeMap::new();
    let Some(table) = plan.tables.get(columns.table) else {
        return documents;
    };
    let read = TableReader::open(table, resolver).and_then(|reader| {
        reader.visit(|row| {
            // Missing cells have been reported as such.
            let (Some(id), Some(file), Some(sha256)) = (
                row.get(columns.id),
                row.get(columns.file),
                row.get(columns.sha256),
            ) else {
                return;
            };
            let document = match folder.map(|folder| (folder, open(folder, &file))) {
                None => None,
                Some((_, Ok(Some(document)))) => Some(document),
                Some((folder, Ok(None))) => {
                    diagnostics.push(
                        Diagnostic::new(
                            Code::DocumentMissing,
                            row.place(columns.file),
                            format!("document `{id}` is missing in `{}`", folder.display()),
                        )
                        .with_found(file),
                    );
                    None
                }
                Some((_, Err(why))) => {
                    diagnostics.push(
                        Diagnostic::new(
                            Code::DocumentUnreadable,
                            row.place(columns.file),
                            file::could_not_read(&format!("document `{id}`"), why),
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
                        .with_optional_hint(folder.map(|folder| move_evidence(&id, folder))),
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
                DescribedDocument {
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

/// Opens a document by its file name; `Ok(None)` where it does not exist.
pub(super) fn open(folder: &Path, file: &str) -> Result<Option<SourceDocument>, String> {
    let mut parts = Path::new(file).components();
    if !matches!(
        (parts.next(), parts.next()),
        (Some(Component::Normal(_)), None)
    ) {
        return Err("its name is not a plain file name".to_owned());
    }
    let path = folder.join(file);
    let bytes = match file::read(&path, DOCUMENT_LIMIT) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(file::reason(&error)),
    };
    SourceDocument::new(bytes)
        .map(Some)
        .map_err(|_| "it is not UTF-8".to_owned())
}

/// A number of code points; `None` for what is in no text: below zero, between two of them, too large.
pub(super) fn position(lexical: &str) -> Option<usize> {
    decimal(lexical)?.to_string().parse().ok()
}

/// What writes down where the words of a document are now.
fn move_evidence(document: &str, folder: &Path) -> HintAction {
    HintAction::MoveEvidence {
        document: document.to_owned(),
        sources: folder.display().to_string(),
    }
}

/// What the rows of the evidence table are compared with.
struct SpanRows<'a> {
    documents: &'a BTreeMap<String, DescribedDocument>,
    /// Claims by the id of evidence that they use.
    users: &'a HashMap<&'a str, Vec<&'a str>>,
    folder: Option<&'a Path>,
}

/// A span that does not have its words.
struct FailedSpan {
    document: String,
    /// Length of the words in code points; 0 where the span has none.
    length: usize,
    sha256: String,
    problem: Diagnostic,
    /// What to do where the words are gone.
    review: Option<String>,
}

impl SpanRows<'_> {
    /// Checks the rows of the evidence table.
    fn check(
        &self,
        tables: Tables<'_>,
        columns: &EvidenceColumns,
        checked: &mut EvidenceSummary,
        diagnostics: &mut Diagnostics,
    ) {
        let Tables { plan, resolver, .. } = tables;
        let Some(table) = plan.tables.get(columns.table) else {
            return;
        };
        let mut failed = Vec::new();
        let read = TableReader::open(table, resolver).and_then(|reader| {
            reader.visit(|row| match self.row(columns, row) {
                None => checked.not_checked += 1,
                Some(Ok(())) => checked.verified += 1,
                Some(Err(one)) => failed.push(*one),
            })
        });
        checked.failed = failed.len() as u64;
        let places = self.places(&failed);
        for (one, places) in failed.into_iter().zip(places) {
            diagnostics.push(match (places.as_slice(), self.folder) {
                ([], _) | (_, None) => one.problem.with_optional_hint(one.review),
                (places, Some(folder)) => {
                    let more = places.len().saturating_sub(NAMED);
                    let shown: Vec<String> = places[..places.len() - more]
                        .iter()
                        .map(|(start, end)| format!("{start} to {end}"))
                        .collect();
                    let shown = shown.join(", ");
                    let rest = if more > 0 {
                        format!(" and {more} other places")
                    } else {
                        String::new()
                    };
                    let hint = Hint::from(format!("the same words are at {shown}{rest}"));
                    one.problem
                        .with_hint(hint.and(move_evidence(&one.document, folder)))
                }
            });
        }
        if let Err(error) = read {
            tell_unreadable(table, &error, diagnostics);
        }
    }

    /// Checks one row; `None` where its words cannot be looked at.
    fn row(
        &self,
        columns: &EvidenceColumns,
        row: &DataRow<'_>,
    ) -> Option<Result<(), Box<FailedSpan>>> {
        // What is missing or not a number has been reported as a wrong cell.
        let id = row.get(columns.id)?;
        let name = row.get(columns.document)?;
        let (start, end) = (row.lexical(columns.start)?, row.lexical(columns.end)?);
        let sha256 = row.get(columns.sha256)?;
        let document = self.documents.get(&name)?.document.as_ref()?;
        let span = position(&start).zip(position(&end));
        let problem = match span.and_then(|(start, end)| document.span(start, end)) {
            None => Diagnostic::new(
                Code::SpanOutside,
                row.place(columns.start),
                format!("evidence `{id}` is not a span of document `{name}`"),
            )
            .with_found(format!("{start} to {end}"))
            .with_expected(format!("0 to {} at most", document.length())),
            Some(words) if super::sha256_hex(words.as_bytes()) == sha256 => return Some(Ok(())),
            // Not the digest of the words that are there: recorded, it would pass for what was read.
            Some(_) => Diagnostic::new(
                Code::SpanDiffers,
                row.place(columns.start),
                format!("the words of evidence `{id}` are not at this place in document `{name}`"),
            )
            .with_found(format!("{start} to {end}")),
        };
        let claims = self.users.get(id.as_str());
        Some(Err(Box::new(FailedSpan {
            document: name,
            length: span.map_or(0, |(start, end)| end.saturating_sub(start)),
            sha256,
            problem,
            review: claims.map(|claims| {
                let more = claims.len().saturating_sub(NAMED);
                let named = claims[..claims.len() - more].join("`, `");
                let rest = if more > 0 {
                    format!(" and {more} more")
                } else {
                    String::new()
                };
                format!("the document does not have these words: review claim `{named}`{rest}")
            }),
        })))
    }

    /// Where the words of spans are in their documents.
    fn places(&self, failed: &[FailedSpan]) -> Vec<Vec<(usize, usize)>> {
        let mut places = vec![Vec::new(); failed.len()];
        let mut by_document: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, one) in failed.iter().enumerate() {
            by_document.entry(&one.document).or_default().push(index);
        }
        for (name, indexes) in by_document {
            let Some(document) = self
                .documents
                .get(name)
                .and_then(|one| one.document.as_ref())
            else {
                continue;
            };
            let wanted: Vec<(usize, &str)> = indexes
                .iter()
                .filter_map(|&index| failed.get(index))
                .map(|one| (one.length, one.sha256.as_str()))
                .collect();
            for (index, found) in indexes.into_iter().zip(document.places(&wanted)) {
                if let Some(slot) = places.get_mut(index) {
                    *slot = found;
                }
            }
        }
        places
    }
}

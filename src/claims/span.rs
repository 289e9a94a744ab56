//! The spans that evidence points at, with their words where the documents are available.

use super::document::SourceDocument;
use super::evidence;
use super::roles::ColumnRoles;
use super::table::TableReader;
use crate::diagnostic::{Diagnostics, Place, ReadingMode};
use crate::tables::Tables;
use std::collections::HashMap;
use std::io;
use std::path::Path;

/// A span of a document, in code points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Id of the evidence.
    pub id: String,
    /// Id of the document.
    pub document: String,
    /// First code point.
    pub start: usize,
    /// Code point after the last one.
    pub end: usize,
    /// Digest of the words.
    pub sha256: String,
}

/// All spans of a project by the id of their evidence.
#[derive(Debug, Clone, Default)]
pub struct Spans {
    spans: HashMap<String, Span>,
    /// The places of their rows.
    places: HashMap<String, Place>,
    documents: HashMap<String, SpanSource>,
}

/// A document as its row describes it.
#[derive(Debug, Clone)]
struct SpanSource {
    file: String,
    sha256: Option<String>,
    /// The document, or why it is not available.
    document: Result<SourceDocument, String>,
}

/// Why most documents that are not available are not.
const ABSENT: &str = "no such file";

impl Spans {
    /// Reads the evidence of a group, and the documents in `folder`, where there are any.
    ///
    /// # Errors
    /// A table cannot be read.
    pub fn read(tables: Tables<'_>, folder: Option<&Path>) -> io::Result<Self> {
        let Tables {
            group,
            plan,
            resolver,
        } = tables;
        let mut spans = Self::default();
        let roles = ColumnRoles::of(group, &mut Diagnostics::new(ReadingMode::Convert));
        if let Some(columns) = roles.evidence
            && let Some(table) = plan.tables.get(columns.table)
        {
            TableReader::open(table, resolver)?.visit(|row| {
                let number = |column| evidence::position(&row.lexical(column)?);
                if let (Some(id), Some(document), Some(start), Some(end), Some(sha256)) = (
                    row.get(columns.id),
                    row.get(columns.document),
                    number(columns.start),
                    number(columns.end),
                    row.get(columns.sha256),
                ) {
                    let span = Span {
                        id: id.clone(),
                        document,
                        start,
                        end,
                        sha256,
                    };
                    spans.places.insert(id.clone(), row.place(columns.start));
                    spans.spans.insert(id, span);
                }
            })?;
        }
        if let Some(columns) = roles.documents
            && let Some(table) = plan.tables.get(columns.table)
        {
            TableReader::open(table, resolver)?.visit(|row| {
                if let (Some(id), Some(file)) = (row.get(columns.id), row.get(columns.file)) {
                    let document = folder
                        .map_or(Ok(None), |folder| evidence::open(folder, &file))
                        .and_then(|found| found.ok_or_else(|| ABSENT.to_owned()));
                    let source = SpanSource {
                        file,
                        sha256: row.get(columns.sha256),
                        document,
                    };
                    spans.documents.insert(id, source);
                }
            })?;
        }
        Ok(spans)
    }

    /// The span of an evidence.
    pub fn get(&self, id: &str) -> Option<&Span> {
        self.spans.get(id)
    }

    /// The place where the start of a span is recorded.
    pub fn place(&self, id: &str) -> Option<&Place> {
        self.places.get(id)
    }

    /// The spans of a document, in the order of their places.
    pub fn of_document(&self, document: &str) -> Vec<&Span> {
        let spans = self.spans.values();
        let mut spans: Vec<&Span> = spans.filter(|span| span.document == document).collect();
        spans.sort_by(|a, b| (a.start, a.end, &a.id).cmp(&(b.start, b.end, &b.id)));
        spans
    }

    /// The evidence that points at exactly this span.
    pub fn at(&self, document: &str, start: usize, end: usize) -> Option<&Span> {
        // The same span may have been recorded twice: the answer is the same one every time.
        self.spans
            .values()
            .filter(|span| (span.document.as_str(), span.start, span.end) == (document, start, end))
            .min_by(|a, b| a.id.cmp(&b.id))
    }

    /// The ids of all documents, in order.
    pub fn documents(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.documents.keys().map(String::as_str).collect();
        ids.sort_unstable();
        ids
    }

    /// The document with a digest.
    pub fn registered(&self, sha256: &str) -> Option<&str> {
        let same = |source: &SpanSource| source.sha256.as_deref() == Some(sha256);
        let documents = self.documents.iter().filter(|(_, source)| same(source));
        documents.map(|(id, _)| id.as_str()).min()
    }

    /// The file name of a document.
    pub fn file(&self, document: &str) -> Option<&str> {
        let source = self.documents.get(document)?;
        Some(source.file.as_str())
    }

    /// A document that is available, and whether it is the one that the curator read.
    pub fn document(&self, id: &str) -> Option<(&SourceDocument, bool)> {
        let source = self.documents.get(id)?;
        let document = source.document.as_ref().ok()?;
        let unchanged = source.sha256.as_deref() == Some(document.sha256());
        Some((document, unchanged))
    }

    /// Why a document is not available, in words.
    pub fn why_absent(&self, id: &str) -> &str {
        let source = self.documents.get(id);
        let why = source.and_then(|source| source.document.as_ref().err());
        why.map_or(ABSENT, String::as_str)
    }

    /// The words of a span, where its document is available and they are those that were read.
    pub fn words(&self, span: &Span) -> Option<&str> {
        let source = self.documents.get(&span.document)?;
        source
            .document
            .as_ref()
            .ok()?
            .span(span.start, span.end)
            .filter(|words| super::sha256_hex(words.as_bytes()) == span.sha256)
    }
}

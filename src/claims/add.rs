//! New and moved evidence, as the cells of the tables that hold it.

use super::document::SourceDocument;
use super::roles::ColumnRoles;
use super::span::Span;
use crate::csvw::model::TableGroup;
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::tables::Tables;

/// A row for the evidence table. It holds a digest, never the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// Index of the evidence table.
    pub table: usize,
    /// Texts by index of column.
    pub cells: Vec<(usize, String)>,
}

impl EvidenceRow {
    /// The row of a span; `None` where the project has no evidence table, or its ids cannot look like
    /// this span's.
    pub fn new(tables: Tables<'_>, span: &Span) -> Option<Self> {
        let Tables { group, plan, .. } = tables;
        let columns =
            ColumnRoles::of(group, &mut Diagnostics::new(ReadingMode::Convert)).evidence?;
        let id = &plan.tables.get(columns.table)?.columns.get(columns.id)?;
        let mut buffer = String::new();
        id.parser().parse(&span.id, &mut buffer).ok()?;
        Some(Self {
            table: columns.table,
            cells: vec![
                (columns.id, span.id.clone()),
                (columns.document, span.document.clone()),
                (columns.start, span.start.to_string()),
                (columns.end, span.end.to_string()),
                (columns.sha256, span.sha256.clone()),
            ],
        })
    }
}

/// A row for the documents table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow {
    /// Index of the documents table.
    pub table: usize,
    /// Texts by index of column: id, file, digest and length.
    pub cells: Vec<(usize, String)>,
}

impl DocumentRow {
    /// The row of a document; `None` where the project has no documents table.
    pub fn new(
        group: &TableGroup,
        id: &str,
        file: &str,
        document: &SourceDocument,
    ) -> Option<Self> {
        let columns =
            ColumnRoles::of(group, &mut Diagnostics::new(ReadingMode::Convert)).documents?;
        let mut cells = vec![
            (columns.id, id.to_owned()),
            (columns.file, file.to_owned()),
            (columns.sha256, document.sha256().to_owned()),
        ];
        if let Some(length) = columns.length {
            cells.push((length, document.length().to_string()));
        }
        Some(Self {
            table: columns.table,
            cells,
        })
    }
}

/// Where a claim names its evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimCell {
    /// Index of the claims table.
    pub table: usize,
    /// Its column of ids.
    pub id: usize,
    /// Its column of evidence, a list.
    pub evidence: usize,
}

impl ClaimCell {
    /// The columns of the claims table; `None` where there is none, or it names no evidence.
    pub fn of(group: &TableGroup) -> Option<Self> {
        let columns = ColumnRoles::of(group, &mut Diagnostics::new(ReadingMode::Convert)).claims?;
        Some(Self {
            table: columns.table,
            id: columns.id,
            evidence: columns.evidence?,
        })
    }
}

/// Where the evidence table has spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvidenceCells {
    /// Index of the table.
    pub table: usize,
    /// Its column of ids.
    pub id: usize,
    /// The column of starts.
    pub start: usize,
    /// The column of ends.
    pub end: usize,
}

impl EvidenceCells {
    /// The columns of the evidence table; `None` where there is none.
    pub fn of(group: &TableGroup) -> Option<Self> {
        let columns =
            ColumnRoles::of(group, &mut Diagnostics::new(ReadingMode::Convert)).evidence?;
        Some(Self {
            table: columns.table,
            id: columns.id,
            start: columns.start,
            end: columns.end,
        })
    }
}

/// Where the documents table has what a document is recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentCells {
    /// Index of the table.
    pub table: usize,
    /// Its column of ids.
    pub id: usize,
    /// The column of digests.
    pub sha256: usize,
    /// The column of lengths, where there is one.
    pub length: Option<usize>,
}

impl DocumentCells {
    /// The columns of the documents table; `None` where there is none.
    pub fn of(group: &TableGroup) -> Option<Self> {
        let columns =
            ColumnRoles::of(group, &mut Diagnostics::new(ReadingMode::Convert)).documents?;
        Some(Self {
            table: columns.table,
            id: columns.id,
            sha256: columns.sha256,
            length: columns.length,
        })
    }
}

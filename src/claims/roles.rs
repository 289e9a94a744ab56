//! Which tables and columns hold claims, evidence and documents, by their `part` annotations.

use crate::csvw::model::{Table, TableGroup};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// The claims table: indexes of its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClaimColumns {
    pub(super) table: usize,
    pub(super) id: usize,
    /// Name of the table that the claim is about.
    pub(super) target: usize,
    /// Primary key of the row.
    pub(super) row: usize,
    /// Name of the column.
    pub(super) column: usize,
    /// The item of a list cell.
    pub(super) item: Option<usize>,
    /// The value as stated, where it is not the cell's.
    pub(super) value: Option<usize>,
    pub(super) rank: Option<usize>,
    pub(super) review: Option<usize>,
    pub(super) evidence: Option<usize>,
}

impl ClaimColumns {
    /// Whether a column says what a claim is about, or what its evidence is.
    pub(super) fn says_what(&self, column: usize) -> bool {
        [self.id, self.target, self.row, self.column].contains(&column)
            || [self.item, self.value, self.evidence].contains(&Some(column))
    }
}

/// The evidence table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EvidenceColumns {
    pub(super) table: usize,
    pub(super) id: usize,
    pub(super) document: usize,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) sha256: usize,
}

/// The documents table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DocumentColumns {
    pub(super) table: usize,
    pub(super) id: usize,
    pub(super) file: usize,
    pub(super) sha256: usize,
    pub(super) length: Option<usize>,
}

/// A table whose rows are quantities that may contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QuantityColumns {
    pub(super) table: usize,
    /// The columns that say what is measured, for whom and when.
    pub(super) key: Vec<usize>,
    pub(super) kind: usize,
    pub(super) value: usize,
}

/// Everything that the annotations declare.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ColumnRoles {
    pub(super) claims: Option<ClaimColumns>,
    pub(super) evidence: Option<EvidenceColumns>,
    pub(super) documents: Option<DocumentColumns>,
    pub(super) quantities: Vec<QuantityColumns>,
}

impl ColumnRoles {
    /// Finds the roles in a group. A table that declares a part of a role but not all of it is an error.
    pub(super) fn of(group: &TableGroup, diagnostics: &mut Diagnostics) -> Self {
        let mut roles = Self::default();
        for (index, table) in group.tables.iter().enumerate() {
            let mut finder = Finder {
                table,
                diagnostics: &mut *diagnostics,
            };
            if finder.declares("claim.") {
                roles.claims = finder.claims(index).or(roles.claims);
            }
            if finder.declares("evidence.") {
                roles.evidence = finder.evidence(index).or(roles.evidence);
            }
            if finder.declares("document.") {
                roles.documents = finder.documents(index).or(roles.documents);
            }
            if !table.extensions.functional_key.is_empty() {
                roles.quantities.extend(finder.quantities(index));
            }
        }
        roles
    }
}

struct Finder<'a> {
    table: &'a Table,
    diagnostics: &'a mut Diagnostics,
}

impl Finder<'_> {
    fn declares(&self, prefix: &str) -> bool {
        self.table
            .columns
            .iter()
            .any(|column| part(column).is_some_and(|part| part.starts_with(prefix)))
    }

    fn find(&self, wanted: &str) -> Option<usize> {
        self.table
            .columns
            .iter()
            .position(|column| part(column) == Some(wanted))
    }

    fn need(&mut self, wanted: &str) -> Option<usize> {
        let found = self.find(wanted);
        if found.is_none() {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::ClaimPart,
                    self.table.place.clone(),
                    format!("no column of this table is the part `{wanted}`"),
                )
                .with_hint(format!(
                    "annotate the column with \"https://w3id.org/civigraph/csvw#part\": \"{wanted}\""
                )),
            );
        }
        found
    }

    fn claims(&mut self, table: usize) -> Option<ClaimColumns> {
        let [id, target, row, column] =
            ["claim.id", "claim.table", "claim.row", "claim.column"].map(|part| self.need(part));
        Some(ClaimColumns {
            table,
            id: id?,
            target: target?,
            row: row?,
            column: column?,
            item: self.find("claim.item"),
            value: self.find("claim.value"),
            rank: self.find("claim.rank"),
            review: self.find("claim.review"),
            evidence: self.find("claim.evidence"),
        })
    }

    fn evidence(&mut self, table: usize) -> Option<EvidenceColumns> {
        let [id, document, start, end, sha256] = [
            "evidence.id",
            "evidence.document",
            "evidence.start",
            "evidence.end",
            "evidence.sha256",
        ]
        .map(|part| self.need(part));
        Some(EvidenceColumns {
            table,
            id: id?,
            document: document?,
            start: start?,
            end: end?,
            sha256: sha256?,
        })
    }

    fn documents(&mut self, table: usize) -> Option<DocumentColumns> {
        let [id, file, sha256] =
            ["document.id", "document.file", "document.sha256"].map(|part| self.need(part));
        Some(DocumentColumns {
            table,
            id: id?,
            file: file?,
            sha256: sha256?,
            length: self.find("document.length"),
        })
    }

    fn quantities(&mut self, table: usize) -> Option<QuantityColumns> {
        let [kind, value] = ["quantity.kind", "quantity.value"].map(|part| self.need(part));
        let mut key = Vec::new();
        for name in &self.table.extensions.functional_key {
            match self
                .table
                .columns
                .iter()
                .position(|column| column.name == *name)
            {
                Some(column) => key.push(column),
                None => self.diagnostics.push(Diagnostic::new(
                    Code::ClaimPart,
                    self.table.place.clone(),
                    format!("the functional key names a column that does not exist: `{name}`"),
                )),
            }
        }
        Some(QuantityColumns {
            table,
            key,
            kind: kind?,
            value: value?,
        })
    }
}

fn part(column: &crate::csvw::model::Column) -> Option<&str> {
    column.extensions.part.as_deref()
}

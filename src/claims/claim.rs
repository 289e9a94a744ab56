//! One claim, with the cell that it is about.

use crate::diagnostic::Place;

/// One claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its id, as in the table.
    pub id: String,
    /// Number of its row in the claims table.
    pub row: u64,
    /// Index of the table that it is about.
    pub table: usize,
    /// Number of the row that it is about.
    pub target_row: u64,
    /// Primary key of that row.
    pub key: String,
    /// Index of the column that it is about.
    pub column: usize,
    /// Zero-based place of the item in a list cell, where it is about one item.
    pub item: Option<usize>,
    /// The value as stated, where it is not the cell's.
    pub value: Option<String>,
    /// The text of the cell.
    pub cell: String,
    /// A curator has ranked it above the others.
    pub preferred: bool,
    /// A curator vouches for it: not refused, not pending, not deprecated.
    pub accepted: bool,
    /// Ids of its evidence.
    pub evidence: Vec<String>,
    /// The filled cells of its row, by column name.
    pub fields: Vec<(String, String)>,
    /// Those of them that say how it is known, by whom, and how it is judged: all but the ones that
    /// say what it is about.
    pub qualities: Vec<(String, String)>,
    /// The place of its id.
    pub place: Place,
    /// The place of its stated value, or of its id where the table has no column for that.
    pub(super) value_place: Place,
    /// The target row, where the stated value has to be put into it.
    pub(super) target: Option<TargetRow>,
}

/// A row that a claim states another value for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TargetRow {
    /// Its cells, as they are.
    pub(super) cells: Vec<String>,
    /// Number of its record in the file.
    pub(super) record: u64,
}

//! The cells that terms are made from.

use crate::plan::{ColumnId, TablePlan, TermMap, ValueSource};

/// The cell that a term is made from: the column's own one, where it is in the file and the template
/// does not read others alone.
pub(super) fn cell_of(plan: &TablePlan, term: Option<&TermMap>, column: ColumnId) -> ColumnId {
    let in_file = plan.file_columns();
    let read: Vec<ColumnId> = term
        .into_iter()
        .flat_map(|term| plan.slots(term))
        .filter_map(|slot| match slot {
            ValueSource::Column(column) if column.index() < in_file => Some(*column),
            ValueSource::Item => Some(column),
            _ => None,
        })
        .collect();
    match read.first() {
        Some(_) if read.contains(&column) => column,
        Some(&first) => first,
        None if column.index() < in_file => column,
        None => ColumnId::new(0),
    }
}

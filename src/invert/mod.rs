//! From the graph back to the tables: the plan read in the other direction.
//!
//! ```text
//!  quads ─► Graph ─┐
//!                  ├─► Anchor   which subjects are rows: the template that holds the primary key
//!  plan ───────────┤
//!                  └─► Row      cells that are not known yet, from rules whose other end is known
//!                       │
//!                    Written    how a value is written in its column
//!                       │
//!                  [fmt]        the canonical form
//! ```
//!
//! A mapping can lose things: a column that yields nothing, a number format, the order of rows
//! without a key. What a column loses is found out before a row is read (`sources`), and at the end
//! the tables are converted again and compared with the graph (`compare`): either the tables are
//! what the graph was made of, in canonical form, or a diagnostic says which column is to blame. What
//! leaves nothing in the graph to miss, a row without any triple say, only the tables that it was made of
//! tell (`originals`).
//!
//! [fmt]: crate::fmt

mod cell;
mod compare;
mod expand;
mod form;
mod graph;
mod matching;
mod originals;
mod row;
mod rule;
mod sources;
mod table;

pub use form::IriForm;
pub use graph::IndexedQuads;
pub use originals::compare_with;

use crate::csvw::model::TableGroup;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::fmt::{self, Profile, TableLayout};
use crate::tables::Tables;
use oxrdf::NamedNode;
use std::io;
use std::sync::Arc;
use table::Inverse;

/// A table as it would be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenTable {
    /// Index of the table in the group.
    pub table: usize,
    /// Its data rows.
    pub rows: usize,
    /// Its bytes, in canonical form.
    pub bytes: Vec<u8>,
}

/// Writes the tables of a group back from the graph that its plan made.
///
/// `claims` is the graph of claims, where contradicted cells are kept. `None` stands for a mapping
/// that loses something, or a graph that the mapping did not make; `diagnostics` say what.
///
/// # Errors
/// The tables that were written cannot be read again.
pub fn tables(
    tables: Tables<'_>,
    mut graph: IndexedQuads,
    claims: Option<&NamedNode>,
    profile: Profile,
    diagnostics: &mut Diagnostics,
) -> io::Result<Option<Vec<WrittenTable>>> {
    let Tables { group, .. } = tables;
    if let Some(claims) = claims {
        graph.withheld_in(claims);
    }
    for (index, table) in group.tables.iter().enumerate() {
        for problem in sources::check(tables.plan, index, table) {
            diagnostics.push(problem);
        }
    }
    if diagnostics.has_errors() {
        return Ok(None);
    }
    // Claims first: they know the values that were withheld from the facts.
    let order = claims_first(group);
    let mut rows = vec![Vec::new(); group.tables.len()];
    for index in order {
        let Some(inverse) = Inverse::new(tables, index) else {
            continue;
        };
        let found = inverse.rows(&graph, diagnostics);
        if let Some(table) = group.tables.get(index) {
            inverse.learn(table, &found, &mut graph);
        }
        if let Some(slot) = rows.get_mut(index) {
            *slot = inverse.written(&found, diagnostics);
        }
    }
    if diagnostics.has_errors() {
        return Ok(None);
    }
    let mut faithful = Vec::new();
    for (index, (table, rows)) in group.tables.iter().zip(&rows).enumerate() {
        let layout = TableLayout::of(table);
        match fmt::write(rows.clone(), &layout, Profile::Faithful) {
            Ok(bytes) => faithful.push((index, Arc::<[u8]>::from(bytes))),
            Err(error) => diagnostics.push(error.diagnostic(table.place.clone())),
        }
    }
    if diagnostics.has_errors() {
        return Ok(None);
    }
    compare::compare(tables, &graph, &faithful, diagnostics)?;
    if diagnostics.has_errors() {
        return Ok(None);
    }
    let mut written = Vec::with_capacity(faithful.len());
    for ((table, rows), (index, faithful)) in group.tables.iter().zip(rows).zip(faithful) {
        let count = rows.len();
        let bytes = match profile {
            Profile::Faithful => Ok(faithful.to_vec()),
            Profile::Spreadsheet => fmt::write(rows, &TableLayout::of(table), profile),
        };
        match bytes {
            Ok(bytes) => written.push(WrittenTable {
                table: index,
                rows: count,
                bytes,
            }),
            Err(error) => diagnostics.push(error.diagnostic(table.place.clone())),
        }
    }
    Ok((!diagnostics.has_errors()).then_some(written))
}

/// The tables, that of the claims ahead of the others.
fn claims_first(group: &TableGroup) -> Vec<usize> {
    let mut order: Vec<usize> = (0..group.tables.len()).collect();
    let is_claims = |index: &usize| {
        group.tables.get(*index).is_some_and(|table| {
            let mut parts = table.columns.iter().map(|c| c.extensions.part.as_deref());
            parts.any(|part| part == Some("claim.id"))
        })
    };
    order.sort_by_key(|index| !is_claims(index));
    order
}

/// A problem of one column.
fn column_problem(
    code: Code,
    group_table: &crate::csvw::model::Table,
    column: usize,
    message: String,
) -> Diagnostic {
    let place = group_table
        .columns
        .get(column)
        .map_or(&group_table.place, |column| &column.place);
    Diagnostic::new(code, place.clone(), message)
}

#[cfg(test)]
mod tests;

//! Contradictions: two accepted claims that cannot both hold. Both are kept; neither is asserted
//! until a curator ranks one.
//!
//! What may have one value only is declared, never guessed: a column by `functional`, a table of
//! quantities by `functional` with the names of the columns that say what is measured.

use super::quantity::Quantity;
use super::read::Claim;
use super::roles::{QuantityColumns, Roles};
use super::table::{Reader, tell_unreadable};
use crate::csvw::model::TableGroup;
use crate::diagnostic::Diagnostics;
use crate::plan::Plan;
use crate::resource::Resolver;
use std::collections::{BTreeMap, HashMap};

/// A contradiction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Index of the table.
    pub table: usize,
    /// Index of the column whose values contradict each other.
    pub column: usize,
    /// What is said, each value once; at least two.
    pub sides: Vec<Side>,
    /// The side that a curator ranked above the others.
    pub preferred: Option<usize>,
    /// The sides are rows of their own, not values of one cell.
    pub rows: bool,
}

/// One of the values that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The row.
    pub row: u64,
    /// The value, as text.
    pub value: String,
    /// Indexes of the claims that say so.
    pub claims: Vec<usize>,
}

/// Finds all contradictions, in the order of tables and rows.
pub(super) fn find(
    group: &TableGroup,
    plan: &Plan,
    roles: &Roles,
    claims: &[Claim],
    resolver: &dyn Resolver,
    diagnostics: &mut Diagnostics,
) -> Vec<Conflict> {
    let mut conflicts = within_cells(group, claims);
    for quantities in &roles.quantities {
        conflicts.extend(between_rows(
            plan,
            quantities,
            claims,
            resolver,
            diagnostics,
        ));
    }
    conflicts.sort_by_key(|conflict| {
        let row = conflict.sides.first().map_or(0, |side| side.row);
        (conflict.table, row, conflict.column)
    });
    conflicts
}

/// Claims that state different values for one cell of a functional column.
fn within_cells(group: &TableGroup, claims: &[Claim]) -> Vec<Conflict> {
    let mut cells: BTreeMap<(usize, u64, usize), Vec<Side>> = BTreeMap::new();
    for (index, claim) in claims.iter().enumerate() {
        let functional = group
            .tables
            .get(claim.table)
            .and_then(|table| table.columns.get(claim.column))
            .is_some_and(|column| column.extensions.functional);
        if !functional || !claim.accepted {
            continue;
        }
        let value = claim.value.as_ref().unwrap_or(&claim.cell);
        let sides = cells
            .entry((claim.table, claim.target_row, claim.column))
            .or_default();
        match sides.iter_mut().find(|side| side.value == *value) {
            Some(side) => side.claims.push(index),
            None => sides.push(Side {
                row: claim.target_row,
                value: value.clone(),
                claims: vec![index],
            }),
        }
    }
    cells
        .into_iter()
        .filter(|(_, sides)| sides.len() > 1)
        .map(|((table, _, column), sides)| Conflict {
            table,
            column,
            preferred: preferred(&sides, claims),
            sides,
            rows: false,
        })
        .collect()
}

/// Rows that measure the same and cannot both hold.
fn between_rows(
    plan: &Plan,
    columns: &QuantityColumns,
    claims: &[Claim],
    resolver: &dyn Resolver,
    diagnostics: &mut Diagnostics,
) -> Vec<Conflict> {
    let Some(table_plan) = plan.tables.get(columns.table) else {
        return Vec::new();
    };
    let mut claimed: HashMap<u64, Vec<usize>> = HashMap::new();
    for (index, claim) in claims.iter().enumerate() {
        if claim.table == columns.table && claim.column == columns.value {
            claimed.entry(claim.target_row).or_default().push(index);
        }
    }
    let mut measured: BTreeMap<Vec<Option<String>>, Vec<(Quantity, Side)>> = BTreeMap::new();
    let read = Reader::open(table_plan, resolver).and_then(|reader| {
        reader.visit(|row| {
            let (Some(kind), Some(value)) = (row.get(columns.kind), row.get(columns.value)) else {
                return;
            };
            // What is no quantity has been reported as a wrong cell.
            let Some(quantity) = Quantity::new(&kind, &value) else {
                return;
            };
            let all = claimed
                .get(&row.number)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let accepted: Vec<usize> = all
                .iter()
                .copied()
                .filter(|&index| claims.get(index).is_some_and(|claim| claim.accepted))
                .collect();
            if accepted.is_empty() && !all.is_empty() {
                return;
            }
            let key = columns.key.iter().map(|&column| row.get(column)).collect();
            let side = Side {
                row: row.number,
                value: format!("{kind} {value}"),
                claims: accepted,
            };
            measured.entry(key).or_default().push((quantity, side));
        })
    });
    if let Err(error) = read {
        tell_unreadable(table_plan, &error, diagnostics);
        return Vec::new();
    }
    measured
        .into_values()
        .filter_map(|rows| {
            let disagrees =
                |one: &(Quantity, Side)| rows.iter().any(|other| !one.0.agrees_with(&other.0));
            let sides: Vec<Side> = rows
                .iter()
                .filter(|row| disagrees(row))
                .map(|(_, side)| side.clone())
                .collect();
            (sides.len() > 1).then(|| Conflict {
                table: columns.table,
                column: columns.value,
                preferred: preferred(&sides, claims),
                sides,
                rows: true,
            })
        })
        .collect()
}

/// The one side that has a preferred claim; `None` where there is none, or more than one.
fn preferred(sides: &[Side], claims: &[Claim]) -> Option<usize> {
    let mut ranked = sides.iter().enumerate().filter(|(_, side)| {
        side.claims
            .iter()
            .any(|&index| claims.get(index).is_some_and(|claim| claim.preferred))
    });
    match (ranked.next(), ranked.next()) {
        (Some((index, _)), None) => Some(index),
        _ => None,
    }
}

//! Contradictions: two accepted claims that cannot both hold. Both are kept; neither is asserted
//! until a curator ranks one.
//!
//! What may have one value only is declared, never guessed: a column by `functional`, a table of
//! quantities by `functional` with the names of the columns that say what is measured.

use super::claim::Claim;
use super::quantity::Quantity;
use super::roles::{ColumnRoles, QuantityColumns};
use super::table::{TableReader, tell_unreadable};
use super::value::ColumnValues;
use crate::diagnostic::Diagnostics;
use crate::tables::Tables;
use std::collections::{BTreeMap, HashMap};

/// A contradiction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Index of the table.
    pub table: usize,
    /// Index of the column whose values contradict each other.
    pub column: usize,
    /// What is said, in a cell each value once; at least two.
    pub sides: Vec<ConflictingValue>,
    /// The sides are rows of their own, not values of one cell.
    pub rows: bool,
}

/// One of the values that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictingValue {
    /// The row.
    pub row: u64,
    /// The value, as text.
    pub value: String,
    /// Indexes of the claims that say so.
    pub claims: Vec<usize>,
    /// Indexes of the sides that it contradicts; at least one.
    pub against: Vec<usize>,
    /// A curator ranked it above the ones that it contradicts.
    pub preferred: bool,
    /// It is asserted: preferred, or in no contradiction with what is preferred nor with what else is left.
    pub asserted: bool,
}

impl ConflictingValue {
    fn new(row: u64, value: String, claims: Vec<usize>) -> Self {
        Self {
            row,
            value,
            claims,
            against: Vec::new(),
            preferred: false,
            asserted: false,
        }
    }
}

impl Conflict {
    /// Whether a curator has ranked one of the sides.
    pub fn is_decided(&self) -> bool {
        self.sides.iter().any(|side| side.preferred)
    }

    /// Settles which sides are asserted. Ranks decide where no two ranked sides contradict each other.
    fn decided(mut self, claims: &[Claim]) -> Self {
        let ranked: Vec<bool> = self
            .sides
            .iter()
            .map(|side| {
                let mut claims = side.claims.iter().filter_map(|&index| claims.get(index));
                claims.any(|claim| claim.preferred)
            })
            .collect();
        let meets = |side: &ConflictingValue, others: &[bool]| {
            let mut against = side.against.iter();
            against.any(|&other| others.get(other) == Some(&true))
        };
        let mut chosen = self
            .sides
            .iter()
            .zip(&ranked)
            .filter(|(_, ranked)| **ranked);
        if !ranked.contains(&true) || chosen.any(|(side, _)| meets(side, &ranked)) {
            return self;
        }
        let left: Vec<bool> = self
            .sides
            .iter()
            .map(|side| !meets(side, &ranked))
            .collect();
        for ((side, ranked), is_left) in self.sides.iter_mut().zip(ranked).zip(&left) {
            side.preferred = ranked;
            side.asserted = *is_left && !meets(side, &left);
        }
        self
    }
}

/// Bytes that are equal for equal values.
type ValueIdentity = Vec<u8>;

/// What is measured: the values of the functional key.
type FunctionalKey = Vec<Option<ValueIdentity>>;

/// Finds all contradictions, in the order of tables and rows.
pub(super) fn find(
    tables: Tables<'_>,
    roles: &ColumnRoles,
    claims: &[Claim],
    diagnostics: &mut Diagnostics,
) -> Vec<Conflict> {
    let mut conflicts = within_cells(tables, claims);
    for quantities in &roles.quantities {
        conflicts.extend(between_rows(tables, quantities, claims, diagnostics));
    }
    conflicts.sort_by_key(|conflict| {
        let row = conflict.sides.first().map_or(0, |side| side.row);
        (conflict.table, row, conflict.column)
    });
    conflicts
}

/// Claims that state different values for one cell of a functional column.
fn within_cells(tables: Tables<'_>, claims: &[Claim]) -> Vec<Conflict> {
    let Tables { group, plan, .. } = tables;
    let tables: Vec<ColumnValues<'_>> = plan.tables.iter().map(ColumnValues::new).collect();
    let mut cells: BTreeMap<(usize, u64, usize), Vec<(ValueIdentity, ConflictingValue)>> =
        BTreeMap::new();
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
        let identity = tables
            .get(claim.table)
            .map_or_else(Vec::new, |table| table.identity(claim.column, value));
        let sides = cells
            .entry((claim.table, claim.target_row, claim.column))
            .or_default();
        match sides.iter_mut().find(|(other, _)| *other == identity) {
            Some((_, side)) => side.claims.push(index),
            None => sides.push((
                identity,
                ConflictingValue::new(claim.target_row, value.clone(), vec![index]),
            )),
        }
    }
    cells
        .into_iter()
        .filter(|(_, sides)| sides.len() > 1)
        .map(|((table, _, column), sides)| {
            let count = sides.len();
            let sides = sides
                .into_iter()
                .enumerate()
                .map(|(at, (_, side))| ConflictingValue {
                    against: (0..count).filter(|&other| other != at).collect(),
                    ..side
                });
            let conflict = Conflict {
                table,
                column,
                sides: sides.collect(),
                rows: false,
            };
            conflict.decided(claims)
        })
        .collect()
}

/// Rows that measure the same and cannot both hold.
fn between_rows(
    tables: Tables<'_>,
    columns: &QuantityColumns,
    claims: &[Claim],
    diagnostics: &mut Diagnostics,
) -> Vec<Conflict> {
    let Tables { plan, resolver, .. } = tables;
    let Some(table_plan) = plan.tables.get(columns.table) else {
        return Vec::new();
    };
    let mut claimed: HashMap<u64, Vec<usize>> = HashMap::new();
    for (index, claim) in claims.iter().enumerate() {
        if claim.table == columns.table && claim.column == columns.value {
            claimed.entry(claim.target_row).or_default().push(index);
        }
    }
    let mut measured: BTreeMap<FunctionalKey, Vec<(Quantity, ConflictingValue)>> = BTreeMap::new();
    let read = TableReader::open(table_plan, resolver).and_then(|reader| {
        reader.visit(|row| {
            let (Some(kind), Some(value)) = (row.get(columns.kind), row.get(columns.value)) else {
                return;
            };
            // What is not a quantity has been reported as a wrong cell.
            let Some(quantity) = row
                .lexical(columns.value)
                .and_then(|number| Quantity::new(&kind, &number))
            else {
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
            let key = columns.key.iter().map(|&column| row.identity(column));
            let side = ConflictingValue::new(row.number, format!("{kind} {value}"), accepted);
            measured
                .entry(key.collect())
                .or_default()
                .push((quantity, side));
        })
    });
    if let Err(error) = read {
        tell_unreadable(table_plan, &error, diagnostics);
        return Vec::new();
    }
    measured
        .into_values()
        .filter_map(|mut rows| {
            // Only what contradicts something is a side.
            let all: Vec<Quantity> = rows.iter().map(|(quantity, _)| *quantity).collect();
            rows.retain(|(one, _)| all.iter().any(|other| !one.agrees_with(other)));
            let left: Vec<Quantity> = rows.iter().map(|(quantity, _)| *quantity).collect();
            let sides = rows.into_iter().map(|(one, side)| ConflictingValue {
                against: (0..left.len())
                    .filter(|&at| left.get(at).is_some_and(|other| !one.agrees_with(other)))
                    .collect(),
                ..side
            });
            let conflict = Conflict {
                table: columns.table,
                column: columns.value,
                sides: sides.collect(),
                rows: true,
            };
            (!conflict.sides.is_empty()).then(|| conflict.decided(claims))
        })
        .collect()
}

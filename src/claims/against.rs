//! Stated values held against what the tables say: cells that no claim supports, and rows that do not exist.

use super::claim::Claim;
use super::name::table_name;
use super::table::{TableReader, tell_unreadable};
use super::value::list_items;
use crate::csvw::model::{ForeignKey, TableGroup};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggest};
use crate::tables::Tables;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Reports stated values that contradict a cell for which no claim speaks.
///
/// Claims that contradict each other are a conflict, which keeps both values. Without a claim for the cell there is
/// none: the cell would be asserted, against the only source that was read.
pub(super) fn check_cells(group: &TableGroup, claims: &[Claim], diagnostics: &mut Diagnostics) {
    let mut cells: BTreeMap<(usize, u64, usize), Vec<&Claim>> = BTreeMap::new();
    for claim in claims.iter().filter(|claim| claim.accepted) {
        let functional = group
            .tables
            .get(claim.table)
            .and_then(|table| table.columns.get(claim.column))
            .is_some_and(|column| column.extensions.functional);
        if functional {
            cells
                .entry((claim.table, claim.target_row, claim.column))
                .or_default()
                .push(claim);
        }
    }
    for ((table, _, column), claims) in cells {
        let values: BTreeSet<Option<&str>> =
            claims.iter().map(|claim| claim.value.as_deref()).collect();
        let mut values = values.into_iter();
        let (Some(Some(value)), None, Some(claim)) = (values.next(), values.next(), claims.first())
        else {
            continue;
        };
        // An empty cell asserts nothing.
        if claim.cell.is_empty() {
            continue;
        }
        let name = group
            .tables
            .get(table)
            .and_then(|table| table.columns.get(column))
            .map_or("", |column| column.name.as_str());
        let message = format!(
            "claim `{}` states another value than `{name}` of `{}` in `{}`, for which no claim speaks",
            claim.id,
            claim.key,
            table_name(group, table)
        );
        diagnostics.push(
            Diagnostic::new(Code::ClaimAgainstCell, claim.value_place.clone(), message)
                .with_found(value)
                .with_expected(format!("`{}`, as in the cell", claim.cell))
                .with_hint(
                    "put the stated value into the cell, or add a claim for what the cell says: both are kept then",
                ),
        );
    }
}

/// Reports stated values that should be the key of a row and are not.
pub(super) fn check_references(
    tables: Tables<'_>,
    claims: &[Claim],
    diagnostics: &mut Diagnostics,
) {
    let Tables { group, plan, .. } = tables;
    let mut keys: HashMap<(usize, usize), Vec<String>> = HashMap::new();
    for claim in claims {
        let (Some(value), Some(reference)) = (&claim.value, reference(group, claim)) else {
            continue;
        };
        let (Some(column), Some(target)) = (
            plan.tables
                .get(claim.table)
                .and_then(|table| table.columns.get(claim.column)),
            plan.tables.get(reference.table),
        ) else {
            continue;
        };
        let &[referenced] = reference.referenced.as_slice() else {
            continue;
        };
        let known = keys
            .entry((reference.table, referenced))
            .or_insert_with(|| {
                let mut known = Vec::new();
                let read = TableReader::open(target, tables.resolver)
                    .and_then(|reader| reader.visit(|row| known.extend(row.get(referenced))));
                if let Err(error) = read {
                    tell_unreadable(target, &error, diagnostics);
                }
                known
            });
        let items = match column.separator {
            Some(_) => list_items(column, value),
            None => vec![(0, value.clone())],
        };
        for (_, item) in items {
            if known.contains(&item) {
                continue;
            }
            let file = table_name(group, reference.table);
            diagnostics.push(
                Diagnostic::new(
                    Code::ClaimValue,
                    claim.value_place.clone(),
                    format!(
                        "claim `{}` states a row that table `{file}` does not have",
                        claim.id
                    ),
                )
                .with_found(item.as_str())
                .with_expected(format!("the key of a row of `{file}`"))
                .with_optional_hint(suggest::hint(&item, known.iter().map(String::as_str))),
            );
        }
    }
}

/// The foreign key of the column of a claim, where it has one of its own.
fn reference<'g>(group: &'g TableGroup, claim: &Claim) -> Option<&'g ForeignKey> {
    let table = group.tables.get(claim.table)?;
    let mut keys = table.foreign_keys.iter();
    keys.find(|key| key.columns == [claim.column])
}

//! Rows that are gone and came again by another key.

use super::entity::EntityChange;
use super::rename::{StatedValue, ThingStatements, UnmatchedThings, renames};
use super::rows::{CellChange, RowChange, TableChange, key_text};
use crate::csvw::model::{Table, TableGroup};
use std::collections::{BTreeMap, BTreeSet};

/// The tables of one side and what they are called.
pub(super) struct NamedTables<'t> {
    group: &'t TableGroup,
    names: &'t [String],
}

impl<'t> NamedTables<'t> {
    /// The names are in the order of the tables.
    pub(super) fn new(group: &'t TableGroup, names: &'t [String]) -> Self {
        Self { group, names }
    }

    fn name(&self, table: usize) -> &str {
        self.names.get(table).map_or("", String::as_str)
    }

    fn find(&self, name: &str) -> Option<&'t Table> {
        let index = self.names.iter().position(|other| other == name)?;
        self.group.tables.get(index)
    }
}

/// Makes one of a row that is gone and a new one that differ in their keys alone, and in keys of
/// renamed rows that they refer to.
pub(super) fn tell(changes: &mut [TableChange], old: &NamedTables<'_>, new: &NamedTables<'_>) {
    let pairs = renames(
        &things(changes, old, &EntityChange::Gone),
        &things(changes, new, &EntityChange::New),
    );
    for change in changes {
        let table = change.table.clone();
        let mut from: BTreeMap<String, Option<RowChange>> = change
            .rows
            .iter()
            .filter(|row| row.what == EntityChange::New)
            .filter_map(|row| pairs.get(&name(&table, &row.key)))
            .map(|old| (old.clone(), None))
            .collect();
        if from.is_empty() {
            continue;
        }
        let mut rows = Vec::with_capacity(change.rows.len());
        for row in std::mem::take(&mut change.rows) {
            match from.get_mut(&name(&table, &row.key)) {
                Some(place) if row.what == EntityChange::Gone => *place = Some(row),
                _ => rows.push(row),
            }
        }
        change.rows = rows
            .into_iter()
            .map(|row| {
                let old = pairs
                    .get(&name(&table, &row.key))
                    .filter(|_| row.what == EntityChange::New);
                match old.and_then(|old| from.remove(old)).flatten() {
                    Some(old) => merged(old, row),
                    None => row,
                }
            })
            .collect();
    }
}

/// One row of both.
fn merged(old: RowChange, new: RowChange) -> RowChange {
    let mut cells: BTreeMap<String, CellChange> = BTreeMap::new();
    for cell in old.cells.into_iter().chain(new.cells) {
        match cells.get_mut(&cell.column) {
            Some(both) => both.new = cell.new,
            None => {
                cells.insert(cell.column.clone(), cell);
            }
        }
    }
    RowChange {
        key: new.key,
        what: EntityChange::Renamed { from: old.key },
        cells: cells
            .into_values()
            .filter(|cell| cell.old != cell.new)
            .collect(),
        removed: old.removed,
        added: new.added,
    }
}

/// How a row is called among the rows of all tables.
fn name(table: &str, key: &str) -> String {
    format!("{table}\n{key}")
}

/// The rows of one side and what is said of them beside their keys.
fn things(
    changes: &[TableChange],
    tables: &NamedTables<'_>,
    side: &EntityChange,
) -> UnmatchedThings {
    let mut things = UnmatchedThings::new();
    for change in changes {
        let table = tables.find(&change.table);
        let Some(table) = table.filter(|table| !table.primary_key.is_empty()) else {
            continue;
        };
        for row in change.rows.iter().filter(|row| row.what == *side) {
            let mut said = said(row, table, tables);
            // A row stays in its table.
            for (role, _) in &mut said {
                *role = name(&change.table, role);
            }
            things.insert(name(&change.table, &row.key), said);
        }
    }
    things
}

fn said(row: &RowChange, table: &Table, tables: &NamedTables<'_>) -> ThingStatements {
    let mut cells: BTreeMap<&str, &str> = row
        .cells
        .iter()
        .filter_map(|cell| {
            let text = cell.old.as_deref().or(cell.new.as_deref())?;
            Some((cell.column.as_str(), text))
        })
        .collect();
    let column_name = |&column: &usize| Some(table.columns.get(column)?.name.as_str());
    for key in table.primary_key.iter().filter_map(column_name) {
        cells.remove(key);
    }
    let mut said = ThingStatements::new();
    let mut reported: BTreeSet<&str> = BTreeSet::new();
    for foreign in &table.foreign_keys {
        let Some(other) = tables.group.tables.get(foreign.table) else {
            continue;
        };
        // The columns in the order of the primary key that they refer to.
        let columns: Option<Vec<&str>> = (foreign.columns.len() == other.primary_key.len())
            .then(|| {
                let places = other.primary_key.iter().map(|key| {
                    let place = foreign.referenced.iter().position(|column| column == key)?;
                    column_name(foreign.columns.get(place)?)
                });
                places.collect()
            })
            .flatten();
        let Some(columns) = columns else { continue };
        let texts: Option<Vec<&str>> = columns
            .iter()
            .map(|column| cells.get(column).copied())
            .collect();
        let Some(texts) = texts else { continue };
        let separator = match foreign.columns.as_slice() {
            [column] => table
                .columns
                .get(*column)
                .and_then(|c| c.separator.as_deref()),
            _ => None,
        };
        let role = columns.join("\n");
        let mut refer = |key: String| {
            said.push((
                role.clone(),
                StatedValue::Thing(name(tables.name(foreign.table), &key)),
            ));
        };
        match (texts.as_slice(), separator.filter(|s| !s.is_empty())) {
            ([list], Some(separator)) => {
                let items = list.split(separator).map(str::trim);
                items
                    .filter(|item| !item.is_empty())
                    .for_each(|item| refer(item.to_owned()));
            }
            _ => refer(key_text(texts.iter().copied())),
        }
        reported.extend(columns);
    }
    let others = cells
        .into_iter()
        .filter(|(column, _)| !reported.contains(column));
    said.extend(
        others.map(|(column, text)| (column.to_owned(), StatedValue::Text(text.to_owned()))),
    );
    said
}

//! Primary keys, and foreign keys to them.

use super::composite::{self, Composite, CompositeSearch};
use super::name;
use super::profile::{ColumnProfile, TableProfile, Unique, fingerprint};
use crate::diagnostic::Diagnostic;
use std::collections::HashSet;
use std::ops::ControlFlow;

/// A foreign key needs so many different values where names say nothing.
const TELLING_VALUES: usize = 3;
/// Values of keys are shorter than this on average.
const MAX_KEY_LENGTH: u64 = 40;

/// The keys of all tables, by index.
pub struct InferredKeys {
    /// The columns of the primary key of each table; none where there is no key.
    pub primary: Vec<Vec<usize>>,
    /// Tables with too many rows to look for keys of several columns.
    pub unsearched: Vec<usize>,
    /// The foreign keys of each table.
    pub foreign: Vec<Vec<InferredForeignKey>>,
}

/// A foreign key.
#[derive(Debug, Clone)]
pub struct InferredForeignKey {
    /// Its columns, in the order of the key that they refer to.
    pub columns: Vec<usize>,
    /// The table whose primary key its values are.
    pub table: usize,
    /// The column is named after that table, or the columns after those of its key.
    pub named: bool,
}

/// A foreign key of one column that no row has contradicted.
struct ForeignKeyGuess {
    column: usize,
    table: usize,
    named: bool,
    holds: bool,
    /// Fingerprints of the first different values.
    values: Vec<u64>,
}

impl InferredKeys {
    /// Finds the keys; reads the rows of tables that may refer to others once more, and those of
    /// tables without a key of one column. `remembered` bounds the values that are held for these.
    ///
    /// Columns whose words are all keys of another table become lists.
    pub fn find(
        tables: &mut [TableProfile],
        mut remembered: usize,
    ) -> Result<Self, Box<Diagnostic>> {
        let single: Vec<_> = tables.iter().map(primary_key).collect();
        split_lists(tables, &single)?;
        let tables: &[TableProfile] = tables;
        let mut keys = Self {
            primary: single
                .iter()
                .map(|key| key.iter().copied().collect())
                .collect(),
            unsearched: Vec::new(),
            foreign: (0..tables.len())
                .map(|index| foreign_keys(tables, &single, index))
                .collect::<Result<_, _>>()?,
        };
        let mut found = Vec::new();
        for (index, table) in tables.iter().enumerate() {
            if single.get(index).copied().flatten().is_some() {
                continue;
            }
            let references: Vec<usize> = (keys.foreign.get(index).into_iter().flatten())
                .flat_map(|foreign| foreign.columns.iter().copied())
                .collect();
            match composite::find(table, &references, remembered)? {
                CompositeSearch::Nothing => {}
                CompositeSearch::TooManyRows => keys.unsearched.push(index),
                CompositeSearch::Found(key) => {
                    remembered -= key.values.len().min(remembered);
                    if let Some(primary) = keys.primary.get_mut(index) {
                        primary.clone_from(&key.columns);
                    }
                    found.push((index, key));
                }
            }
        }
        for (index, key) in &found {
            keys.refer_to(tables, *index, key)?;
        }
        Ok(keys)
    }

    /// Finds the foreign keys to a key of several columns: columns of the same names and datatypes, all
    /// of whose values are there.
    fn refer_to(
        &mut self,
        tables: &[TableProfile],
        target: usize,
        key: &Composite,
    ) -> Result<(), Box<Diagnostic>> {
        let Some(named) = tables.get(target) else {
            return Ok(());
        };
        let parts: Vec<&ColumnProfile> = (key.columns.iter())
            .filter_map(|&column| named.columns.get(column))
            .collect();
        for (index, table) in tables.iter().enumerate() {
            let columns: Vec<usize> = parts
                .iter()
                .filter_map(|part| {
                    table.columns.iter().position(|column| {
                        column.name.eq_ignore_ascii_case(&part.name)
                            && same_datatype(column, part)
                            && column.is_required()
                            && column.choice.separator.is_none()
                            && !(column.is_text() && column.padded)
                    })
                })
                .collect();
            // What tells the rows of both tables apart says nothing of which refers to which.
            let mut sorted = columns.clone();
            sorted.sort_unstable();
            let is_key = self.primary.get(index) == Some(&sorted);
            if index == target || columns.len() < parts.len() || is_key {
                continue;
            }
            if composite::refers(table, &columns, key)?
                && let Some(foreign) = self.foreign.get_mut(index)
            {
                foreign.push(InferredForeignKey {
                    columns,
                    table: target,
                    named: true,
                });
            }
        }
        Ok(())
    }
}

/// The column that looks most like a key, of those whose values all differ.
fn primary_key(table: &TableProfile) -> Option<usize> {
    table
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| {
            matches!(column.unique, Unique::Yes(_))
                && column.is_required()
                && column.tells_apart()
                && column.choice.separator.is_none()
                && !(column.is_text() && column.padded)
        })
        .filter_map(|(index, column)| Some((key_score(table, index, column)?, index)))
        // Of equal ones the first.
        .max_by_key(|&(score, index)| (score, std::cmp::Reverse(index)))
        .map(|(_, index)| index)
}

/// How much a column looks like a key; `None` where it does not.
fn key_score(table: &TableProfile, index: usize, column: &ColumnProfile) -> Option<u32> {
    let name = column.name.to_lowercase();
    let base = column.choice.datatype.base.as_str();
    let discrete = matches!(base, "integer" | "anyURI" | "date" | "dateTime" | "gYear");
    if !(column.is_text() || discrete) {
        return None;
    }
    let by_name = match name.as_str() {
        "id" => 100,
        "code" | "key" | "slug" | "uuid" | "iri" | "uri" => 80,
        name if name::refers_to(name, &table.name, "id") => 90,
        name if name.ends_with("_id") => 60,
        _ => 0,
    };
    // In a table of one row everything is unique; the first short column may be a key otherwise.
    let by_place = if index == 0 && table.rows > 1 && column.mean_length <= MAX_KEY_LENGTH {
        20
    } else {
        0
    };
    Some(by_name + by_place).filter(|&score| score > 0)
}

/// A column that may hold lists of keys, with what would separate them.
struct ListSplit {
    column: usize,
    separator: String,
    target: usize,
    holds: bool,
    /// Some cell has more than one item.
    several: bool,
    values: HashSet<u64>,
}

/// Takes columns as lists where the pieces of every cell are keys of another table.
fn split_lists(
    tables: &mut [TableProfile],
    primary: &[Option<usize>],
) -> Result<(), Box<Diagnostic>> {
    let mut found = Vec::new();
    for (index, table) in tables.iter().enumerate() {
        let targets: Vec<(usize, &HashSet<u64>)> = keys_of(tables, primary)
            .into_iter()
            .enumerate()
            .filter(|(target, _)| *target != index)
            .filter_map(|(target, key)| {
                let (column, values) = key?;
                column.is_text().then_some((target, values))
            })
            .collect();
        let own_key = primary.get(index).copied().flatten();
        let mut splits: Vec<ListSplit> = Vec::new();
        for (number, column) in table.columns.iter().enumerate() {
            let is_list = column.choice.separator.is_some();
            if !column.is_text() || is_list || own_key == Some(number) || column.padded {
                continue;
            }
            let uncertain = column
                .maybe_separator
                .map(|separator| separator.to_string());
            let usual = [" ", "\t", ", ", ","].map(str::to_owned);
            for separator in uncertain.into_iter().chain(usual) {
                splits.extend(targets.iter().map(|&(target, _)| ListSplit {
                    column: number,
                    separator: separator.clone(),
                    target,
                    holds: true,
                    several: false,
                    values: HashSet::new(),
                }));
            }
        }
        if splits.is_empty() {
            continue;
        }
        table.source.rows_while(&mut |cells, _| {
            for split in splits.iter_mut().filter(|split| split.holds) {
                let cell = cells.get(split.column).map_or("", String::as_str);
                let target = targets.iter().find(|(target, _)| *target == split.target);
                let (Some(column), Some((_, keys))) = (table.columns.get(split.column), target)
                else {
                    continue;
                };
                for cell in column.items(cell) {
                    let mut count = 0;
                    for item in cell.split(split.separator.as_str()) {
                        count += 1;
                        let value = fingerprint(item);
                        split.holds &= keys.contains(&value);
                        if split.values.len() < TELLING_VALUES {
                            split.values.insert(value);
                        }
                    }
                    split.several |= count > 1;
                }
            }
            match splits.iter().any(|split| split.holds) {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        })?;
        let proven = splits
            .into_iter()
            .filter(|split| split.holds && split.several && split.values.len() >= TELLING_VALUES);
        found.extend(proven.map(|split| (index, split.column, split.separator)));
    }
    for (table, column, separator) in found {
        let column = tables
            .get_mut(table)
            .and_then(|table| table.columns.get_mut(column));
        if let Some(column) = column
            && column.choice.separator.is_none()
        {
            column.split_at(&separator);
        }
    }
    Ok(())
}

/// The columns that are primary keys, with their values; `None` where these are not known.
fn keys_of<'t>(
    tables: &'t [TableProfile],
    primary: &[Option<usize>],
) -> Vec<Option<(&'t ColumnProfile, &'t HashSet<u64>)>> {
    let keys = tables.iter().zip(primary).map(|(table, key)| {
        let column = table.columns.get((*key)?)?;
        match &column.unique {
            Unique::Yes(values) => Some((column, values)),
            Unique::No | Unique::Unknown => None,
        }
    });
    keys.collect()
}

fn same_datatype(a: &ColumnProfile, b: &ColumnProfile) -> bool {
    let (a, b) = (&a.choice.datatype, &b.choice.datatype);
    a.base == b.base && a.format == b.format
}

fn foreign_keys(
    tables: &[TableProfile],
    primary: &[Option<usize>],
    index: usize,
) -> Result<Vec<InferredForeignKey>, Box<Diagnostic>> {
    let Some(table) = tables.get(index) else {
        return Ok(Vec::new());
    };
    // The tables that can be referred to: column and values of the key.
    let targets = keys_of(tables, primary);
    let own_key = primary.get(index).copied().flatten();
    let mut guesses: Vec<ForeignKeyGuess> = Vec::new();
    for (number, column) in table.columns.iter().enumerate() {
        for (target, found) in targets.iter().enumerate() {
            let Some((key, _)) = found else { continue };
            if !column.has_values()
                || !same_datatype(column, key)
                || (column.is_text() && column.padded)
            {
                continue;
            }
            let is_own_key = own_key == Some(number);
            let named = name::refers_to(&column.name, &tables[target].name, &key.name);
            // Small numbers are in every key, and a key is not a reference unless it says so; nor is a
            // column of the table itself, whose few values may be in the key by chance.
            let by_values = column.is_text() && !is_own_key && target != index;
            if (is_own_key && target == index) || !(named || by_values) {
                continue;
            }
            guesses.push(ForeignKeyGuess {
                column: number,
                table: target,
                named,
                holds: true,
                values: Vec::new(),
            });
        }
    }
    if guesses.is_empty() {
        return Ok(Vec::new());
    }
    table.source.rows(|cells, _| {
        for guess in guesses.iter_mut().filter(|guess| guess.holds) {
            let column = table.columns.get(guess.column);
            let target = targets.get(guess.table).copied().flatten();
            let (Some(column), Some((_, keys))) = (column, target) else {
                continue;
            };
            let cell = cells.get(guess.column).map_or("", String::as_str);
            for item in column.items(cell) {
                let value = fingerprint(item);
                guess.holds &= keys.contains(&value);
                if guess.values.len() < TELLING_VALUES && !guess.values.contains(&value) {
                    guess.values.push(value);
                }
            }
        }
    })?;
    guesses.retain(|guess| guess.holds && (guess.named || guess.values.len() >= TELLING_VALUES));
    // Of several targets of a column the named one; without a name only a target that is alone.
    let mut chosen: Vec<InferredForeignKey> = Vec::new();
    for number in 0..table.columns.len() {
        let mut of_column = guesses.iter().filter(|guess| guess.column == number);
        let named = of_column.clone().find(|guess| guess.named);
        let alone = (of_column.clone().count() == 1)
            .then(|| of_column.next())
            .flatten();
        if let Some(guess) = named.or(alone) {
            chosen.push(InferredForeignKey {
                columns: vec![guess.column],
                table: guess.table,
                named: guess.named,
            });
        }
    }
    Ok(chosen)
}

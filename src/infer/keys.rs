//! Primary keys, and foreign keys to them.

use super::name;
use super::profile::{Column, Table, Unique, fingerprint};
use crate::diagnostic::Diagnostic;
use std::collections::HashSet;

/// A foreign key needs so many different values where names say nothing.
const TELLING_VALUES: usize = 3;
/// Values of keys are shorter than this on average.
const MAX_KEY_LENGTH: u64 = 40;

/// The keys of all tables, by index.
pub struct Keys {
    /// The column that is the primary key of each table.
    pub primary: Vec<Option<usize>>,
    /// The foreign keys of each table.
    pub foreign: Vec<Vec<Foreign>>,
}

/// A foreign key of one column.
pub struct Foreign {
    /// The column.
    pub column: usize,
    /// The table whose primary key its values are.
    pub table: usize,
    /// The column is named after that table.
    pub named: bool,
}

/// A foreign key that no row has contradicted.
struct Guess {
    foreign: Foreign,
    holds: bool,
    /// Fingerprints of the first different values.
    values: Vec<u64>,
}

impl Keys {
    /// Finds the keys; reads the rows of tables that may refer to others once more.
    pub fn find(tables: &[Table]) -> Result<Self, Box<Diagnostic>> {
        let primary: Vec<_> = tables.iter().map(primary_key).collect();
        let foreign = (0..tables.len())
            .map(|index| foreign_keys(tables, &primary, index))
            .collect::<Result<_, _>>()?;
        Ok(Self { primary, foreign })
    }
}

/// The column that looks most like a key, of those whose values all differ.
fn primary_key(table: &Table) -> Option<usize> {
    table
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| {
            matches!(column.unique, Unique::Yes(_))
                && column.is_required()
                && column.choice.separator.is_none()
                && !(column.is_text() && column.padded)
        })
        .filter_map(|(index, column)| Some((key_score(table, index, column)?, index)))
        // Of equal ones the first.
        .max_by_key(|&(score, index)| (score, std::cmp::Reverse(index)))
        .map(|(_, index)| index)
}

/// How much a column looks like a key; `None` where it does not.
fn key_score(table: &Table, index: usize, column: &Column) -> Option<u32> {
    let name = column.name.to_lowercase();
    let base = column.choice.datatype.base.as_str();
    if !(column.is_text() || matches!(base, "integer" | "anyURI")) {
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

fn foreign_keys(
    tables: &[Table],
    primary: &[Option<usize>],
    index: usize,
) -> Result<Vec<Foreign>, Box<Diagnostic>> {
    let Some(table) = tables.get(index) else {
        return Ok(Vec::new());
    };
    // The tables that can be referred to: column and values of the key.
    let targets: Vec<Option<(&Column, &HashSet<u64>)>> = tables
        .iter()
        .zip(primary)
        .map(|(table, key)| {
            let column = table.columns.get((*key)?)?;
            match &column.unique {
                Unique::Yes(values) => Some((column, values)),
                Unique::No | Unique::Unknown => None,
            }
        })
        .collect();
    let own_key = primary.get(index).copied().flatten();
    let mut guesses: Vec<Guess> = Vec::new();
    for (number, column) in table.columns.iter().enumerate() {
        for (target, found) in targets.iter().enumerate() {
            let Some((key, _)) = found else { continue };
            let same_datatype = column.choice.datatype.base == key.choice.datatype.base
                && column.choice.datatype.format == key.choice.datatype.format;
            if !column.has_values() || !same_datatype || (column.is_text() && column.padded) {
                continue;
            }
            let is_own_key = own_key == Some(number);
            let named = name::refers_to(&column.name, &tables[target].name, &key.name);
            // Small numbers are in every key, and a key is no reference unless it says so.
            let by_values = column.is_text() && !is_own_key;
            if (is_own_key && target == index) || !(named || by_values) {
                continue;
            }
            guesses.push(Guess {
                foreign: Foreign {
                    column: number,
                    table: target,
                    named,
                },
                holds: true,
                values: Vec::new(),
            });
        }
    }
    if guesses.is_empty() {
        return Ok(Vec::new());
    }
    table.source.rows(|cells| {
        for guess in guesses.iter_mut().filter(|guess| guess.holds) {
            let column = table.columns.get(guess.foreign.column);
            let target = targets.get(guess.foreign.table).copied().flatten();
            let (Some(column), Some((_, keys))) = (column, target) else {
                continue;
            };
            let cell = cells.get(guess.foreign.column).map_or("", String::as_str);
            for item in column.items(cell) {
                let value = fingerprint(item);
                guess.holds &= keys.contains(&value);
                if guess.values.len() < TELLING_VALUES && !guess.values.contains(&value) {
                    guess.values.push(value);
                }
            }
        }
    })?;
    guesses.retain(|guess| {
        guess.holds && (guess.foreign.named || guess.values.len() >= TELLING_VALUES)
    });
    // Of several targets of a column the named one; without a name only a target that is alone.
    let mut chosen: Vec<Foreign> = Vec::new();
    for number in 0..table.columns.len() {
        let mut of_column = guesses
            .iter()
            .map(|guess| &guess.foreign)
            .filter(|foreign| foreign.column == number);
        let named = of_column.clone().find(|foreign| foreign.named);
        let alone = (of_column.clone().count() == 1)
            .then(|| of_column.next())
            .flatten();
        if let Some(foreign) = named.or(alone) {
            chosen.push(Foreign { ..*foreign });
        }
    }
    Ok(chosen)
}

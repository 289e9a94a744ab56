//! The shipped CSV tables, read without the crate under test.

use super::root;
use std::collections::{BTreeMap, HashMap};

/// A table by the value of its column `id`.
pub struct Table {
    pub name: String,
    pub rows: BTreeMap<String, HashMap<String, String>>,
}

impl Table {
    /// Reads `data/{name}.csv`.
    #[track_caller]
    pub fn read(name: &str) -> Self {
        let path = root().join("data").join(format!("{name}.csv"));
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let header = reader.headers().unwrap().clone();
        let rows = reader
            .records()
            .map(|record| {
                let record = record.unwrap();
                let row: HashMap<String, String> = header
                    .iter()
                    .map(str::to_owned)
                    .zip(record.iter().map(str::to_owned))
                    .collect();
                (row["id"].clone(), row)
            })
            .collect();
        Self {
            name: name.to_owned(),
            rows,
        }
    }

    /// A cell, which must be there.
    #[track_caller]
    pub fn cell(&self, row: &str, column: &str) -> &str {
        let cells = self.rows.get(row);
        let cells = cells.unwrap_or_else(|| panic!("{} has no row {row}", self.name));
        let cell = cells.get(column);
        cell.unwrap_or_else(|| panic!("{} has no column {column}", self.name))
    }
}

//! The right reasons: which diagnostics each test must give, reviewed against its title.

use super::manifest::{Entry, Task};
use super::outcome::Outcome;
use std::collections::BTreeMap;

/// The codes of each test that gives any; the other tests must give none.
pub struct Codes(BTreeMap<(bool, String), String>);

impl Codes {
    /// Reads the table: test, `convert` or `validate`, codes, title of the test.
    pub fn read() -> Self {
        let lines = include_str!("../csvw-codes.tsv").lines().skip(1);
        let row = |line: &str| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [test, mode, codes, _] = cells[..] else {
                panic!("four cells in {line:?}");
            };
            ((mode == "validate", test.to_owned()), codes.to_owned())
        };
        Self(lines.map(row).collect())
    }

    /// Compares the codes of an outcome with the table.
    pub fn check(&self, entry: &Entry, outcome: &Outcome) -> Result<(), String> {
        let validate = entry.task == Task::Validate;
        let key = (validate, entry.id.clone());
        let expected = self.0.get(&key).map_or("", String::as_str);
        let found = outcome.codes();
        if found == expected {
            return Ok(());
        }
        let mode = if validate { "validate" } else { "convert" };
        let row = [&entry.id, mode, &found, &entry.title].join("\t");
        Err(format!(
            "the codes should be [{expected}]; the row for what was found:\n{row}"
        ))
    }
}

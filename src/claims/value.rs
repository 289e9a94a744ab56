//! What the texts of a table's cells are, by the datatypes of their columns.

use super::table::list_items;
use crate::datatype::Parser;
use crate::plan::ColumnPlan;
use std::cell::OnceCell;

/// The columns of a table with their parsers, each made when a value of it is first asked for.
pub(super) struct Values<'p> {
    columns: &'p [ColumnPlan],
    parsers: Vec<OnceCell<Parser>>,
}

impl<'p> Values<'p> {
    pub(super) fn new(columns: &'p [ColumnPlan]) -> Self {
        Self {
            columns,
            parsers: columns.iter().map(|_| OnceCell::new()).collect(),
        }
    }

    /// The lexical form of the value of a text, as the datatype of a column gives it; `None` where it is
    /// none of its values.
    pub(super) fn lexical(&self, column: usize, text: &str) -> Option<String> {
        let datatype = &self.columns.get(column)?.datatype;
        let parser = self.parsers.get(column)?.get_or_init(|| datatype.parser());
        let (mut normal, mut value) = (String::new(), String::new());
        let text = datatype.normalise(text, &mut normal);
        parser.parse(text, &mut value).ok().map(str::to_owned)
    }

    /// Bytes that are equal for two texts exactly if their values are; of lists, if those of all items are.
    pub(super) fn identity(&self, column: usize, text: &str) -> Vec<u8> {
        let mut identity = Vec::new();
        let Some(plan) = self.columns.get(column) else {
            return identity;
        };
        let mut write = |text: &str| match self.lexical(column, text) {
            Some(lexical) => plan.datatype.write_key(&lexical, &mut identity),
            // What is no value of the datatype is a string, and differs from all its values.
            None => {
                identity.push(0);
                identity.extend(text.as_bytes());
            }
        };
        match plan.separator {
            None => write(text),
            Some(_) => list_items(plan, text)
                .iter()
                .for_each(|(_, item)| write(item)),
        }
        identity
    }
}

//! How the cells of a column become values.

use crate::datatype::Datatype;
use serde::{Deserialize, Serialize};

/// How the cells of a column become values (Tabular Data Model §6.4).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnPlan {
    /// The name of the column.
    pub name: String,
    /// Not in the file; its cells are empty.
    pub virtual_column: bool,
    /// The type of values.
    pub datatype: Datatype,
    /// What stands for an empty cell.
    pub default: String,
    /// Strings that stand for null.
    pub null: Vec<String>,
    /// A null cell is a problem.
    pub required: bool,
    /// Cells are lists, separated by this.
    pub separator: Option<String>,
    /// Its texts name things: ids, references, labels. What cannot be seen in them is worth a warning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub naming: bool,
    /// The file has another column here, which is reported: its cells are not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub misfit: bool,
}

impl ColumnPlan {
    /// Whether a text stands for null.
    #[inline]
    pub fn is_null(&self, text: &str) -> bool {
        self.null.iter().any(|null| null == text)
    }

    /// A text of a cell or an item, or what stands for it where it is empty.
    #[inline]
    pub fn or_default<'t>(&'t self, text: &'t str) -> &'t str {
        if text.is_empty() { &self.default } else { text }
    }

    /// What stands between the separators of a list cell, as its datatype takes it. Those that are null are
    /// among them, and are no items.
    #[inline]
    pub fn pieces<'t>(
        &'t self,
        text: &'t str,
        separator: &'t str,
    ) -> impl Iterator<Item = &'t str> {
        text.split(separator)
            .map(|piece| self.or_default(self.datatype.normalise_item(piece)))
    }
}

//! How the cells of a column become values.

use crate::datatype::{Datatype, DatatypeParser};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

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
    /// What [`parser`](Self::parser) has made. It is not written down.
    #[serde(skip)]
    pub prepared: PreparedParser,
}

/// The parser of a column once it was made, shared by copies of the column. All are equal: it follows from the
/// datatype.
#[derive(Debug, Clone, Default)]
pub struct PreparedParser(OnceLock<Arc<DatatypeParser>>);

impl PartialEq for PreparedParser {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl ColumnPlan {
    /// The parser of single values, made when it is first asked for: to compile a regular expression takes longer
    /// than to read a row. The datatype must not change after that.
    pub fn parser(&self) -> &DatatypeParser {
        let parser = &self.prepared.0;
        parser.get_or_init(|| Arc::new(self.datatype.parser()))
    }

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

    /// The texts between the separators of a list cell, trimmed as its datatype asks. Those that are null are included,
    /// although they do not count as items.
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

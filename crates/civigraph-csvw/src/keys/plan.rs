//! Which columns of which tables have to be collected, worked out once.

use crate::csvw::model::TableGroup;
use serde::{Deserialize, Serialize};

/// A tuple of columns of one table whose values are collected, once however many rules need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyColumns {
    /// Index of the table in the group.
    pub table: usize,
    /// Indexes into the table's columns, in the order of the rule.
    pub columns: Vec<usize>,
    /// Names of those columns.
    pub names: Vec<String>,
    /// Names of the datatypes of those columns, for messages.
    pub datatypes: Vec<String>,
    /// Every item of the (single) list cell is a key of its own.
    pub items: bool,
}

/// A foreign key: every key of `from` must be the key of exactly one row of `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The referencing key, an index into [`KeyPlan::keys`].
    pub from: usize,
    /// The referenced key, an index into [`KeyPlan::keys`].
    pub to: usize,
    /// A key with a null refers to nothing (own annotation `optional`).
    pub optional: bool,
}

/// The keys of a table group and the rules over them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPlan {
    keys: Vec<KeyColumns>,
    primary: Vec<usize>,
    references: Vec<Reference>,
    urls: Vec<String>,
}

impl KeyPlan {
    /// The keys of a group.
    pub fn of(group: &TableGroup) -> Self {
        let mut plan = Self {
            urls: group.tables.iter().map(|table| table.url.clone()).collect(),
            ..Self::default()
        };
        for (index, table) in group.tables.iter().enumerate() {
            if !table.primary_key.is_empty()
                && let Some(key) = plan.key(group, index, &table.primary_key, false)
            {
                plan.primary.push(key);
            }
            for foreign in &table.foreign_keys {
                let items = refers_by_item(group, index, foreign);
                let from = plan.key(group, index, &foreign.columns, items);
                let to = plan.key(group, foreign.table, &foreign.referenced, false);
                if let (Some(from), Some(to)) = (from, to) {
                    let optional = table.extensions.optional
                        || foreign.columns.iter().any(|&column| {
                            let column = table.columns.get(column);
                            column.is_some_and(|column| column.extensions.optional)
                        });
                    let reference = Reference { from, to, optional };
                    if !plan.references.contains(&reference) {
                        plan.references.push(reference);
                    }
                }
            }
        }
        plan
    }

    /// The keys to collect.
    pub fn keys(&self) -> &[KeyColumns] {
        &self.keys
    }

    /// The primary keys, as indexes into [`KeyPlan::keys`].
    pub fn primary(&self) -> &[usize] {
        &self.primary
    }

    /// The foreign keys.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// Whether there is nothing to check.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The URL of a table, for messages.
    pub(super) fn url(&self, table: usize) -> &str {
        self.urls.get(table).map_or("", String::as_str)
    }

    /// The index of a key, added where it is new; `None` where a column is not in the table.
    fn key(
        &mut self,
        group: &TableGroup,
        table: usize,
        columns: &[usize],
        items: bool,
    ) -> Option<usize> {
        let described = group.tables.get(table)?;
        let columns_described = columns
            .iter()
            .map(|&column| described.columns.get(column))
            .collect::<Option<Vec<_>>>()?;
        let names = columns_described.iter().map(|column| column.name.clone());
        let datatypes =
            columns_described
                .iter()
                .map(|column| match column.datatype.base.as_str() {
                    "" => "string".to_owned(),
                    base => base.to_owned(),
                });
        let key = KeyColumns {
            table,
            columns: columns.to_vec(),
            names: names.collect(),
            datatypes: datatypes.collect(),
            items,
        };
        if let Some(known) = self.keys.iter().position(|known| *known == key) {
            return Some(known);
        }
        self.keys.push(key);
        Some(self.keys.len() - 1)
    }
}

/// Whether a foreign key refers item by item: one list column onto one column without lists.
fn refers_by_item(
    group: &TableGroup,
    table: usize,
    foreign: &crate::csvw::model::ForeignKey,
) -> bool {
    let separated = |table: usize, column: usize| {
        group
            .tables
            .get(table)
            .and_then(|table| table.columns.get(column))
            .is_some_and(|column| column.separator.is_some())
    };
    match (foreign.columns.as_slice(), foreign.referenced.as_slice()) {
        (&[from], &[to]) => separated(table, from) && !separated(foreign.table, to),
        _ => false,
    }
}

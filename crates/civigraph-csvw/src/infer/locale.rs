//! What the columns of a table prove of each other.

use super::profile::ColumnProfile;
use std::collections::BTreeMap;

/// What the columns of a table prove of each other's numbers and dates.
#[derive(Debug, Default)]
pub(super) struct Locale {
    /// The decimal marks that occur, each with the title of a column that proves it.
    marks: BTreeMap<char, String>,
    /// Likewise whether days come first.
    orders: BTreeMap<bool, String>,
}

impl Locale {
    pub(super) fn of(columns: &[ColumnProfile]) -> Self {
        let mut locale = Self::default();
        for column in columns {
            if let Some(mark) = column.values.proven_mark(&column.title) {
                let title = || column.title.clone();
                locale.marks.entry(mark).or_insert_with(title);
            }
            if let Some(day_first) = column.values.proven_order(&column.title) {
                let title = || column.title.clone();
                locale.orders.entry(day_first).or_insert_with(title);
            }
        }
        locale
    }

    /// The only decimal mark that is proven, and by which column.
    pub(super) fn mark(&self) -> Option<(char, &str)> {
        only(&self.marks)
    }

    /// The only order of days and months that is proven, and by which column.
    pub(super) fn day_first(&self) -> Option<(bool, &str)> {
        only(&self.orders)
    }
}

fn only<K: Copy>(proofs: &BTreeMap<K, String>) -> Option<(K, &str)> {
    let mut proofs = proofs.iter();
    match (proofs.next(), proofs.next()) {
        (Some((&key, title)), None) => Some((key, title)),
        _ => None,
    }
}

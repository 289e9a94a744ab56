//! What the metadata says about the form of a table: order of columns and rows, lists.

use crate::characters;
use crate::csv::Dialect;
use crate::csvw::model::{Table, TableGroup};
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::plan::ColumnPlan;
use std::cmp::Ordering;

/// How a table is laid out.
#[derive(Debug, Clone)]
pub struct TableLayout {
    /// How the file is written; delimiter, quotes and comments stay as they are.
    pub(super) dialect: Dialect,
    columns: Vec<DescribedColumn>,
    /// Indexes into `columns`.
    key: Vec<usize>,
}

/// A column that the metadata describes.
#[derive(Debug, Clone)]
struct DescribedColumn {
    plan: ColumnPlan,
    titles: Vec<String>,
    /// The order of a list's items says something.
    ordered: bool,
    /// What cannot be seen in its texts is repaired.
    repaired: bool,
}

impl DescribedColumn {
    fn is(&self, title: &str) -> bool {
        let title = title.trim();
        self.titles.iter().any(|known| known == title) || self.plan.name == title
    }

    /// Numbers by value, ahead of what is none; everything else by its bytes. A total order.
    fn compare(&self, a: &str, b: &str) -> Ordering {
        let datatype = &self.plan.datatype;
        if !datatype.base.is_numeric() {
            return a.cmp(b);
        }
        let compare = |a, b| datatype.compare(a, b);
        let is_value = |text| compare(text, text) == Some(Ordering::Equal);
        match (is_value(a), is_value(b)) {
            (true, true) => compare(a, b).unwrap_or(Ordering::Equal),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => a.cmp(b),
        }
    }

    /// What a list says, its white space already normalised: `None` where it is null.
    fn said<'t>(&'t self, text: &'t str, separator: &'t str) -> Option<Vec<&'t str>> {
        let plan = &self.plan;
        let text = plan.or_default(text);
        if text.is_empty() {
            return Some(Vec::new());
        }
        if plan.is_null(text) {
            return None;
        }
        let pieces = plan.pieces(text, separator);
        let mut items: Vec<&str> = pieces.filter(|piece| !plan.is_null(piece)).collect();
        if !self.ordered {
            items.sort_unstable();
            items.dedup();
        }
        Some(items)
    }

    /// A list without what says nothing: null items that are empty, the order of an unordered list and
    /// items that it repeats.
    fn settled(&self, text: &str, separator: &str) -> String {
        let mut items: Vec<&str> = text
            .split(separator)
            .map(|item| self.plan.datatype.normalise_item(item))
            .collect();
        if self.plan.default.is_empty() && self.plan.is_null("") {
            items.retain(|item| !item.is_empty());
        }
        if !self.ordered {
            items.sort_unstable();
            items.dedup();
        }
        let settled = items.join(separator);
        if self.said(&settled, separator) == self.said(text, separator) {
            return settled;
        }
        // Alone, an item may be no list of one: an empty text is not an item, and one for null is not a list.
        text.to_owned()
    }

    /// The title in the canonical form: the name where it is a title as well, else the first one.
    fn title(&self) -> &str {
        match self.titles.first() {
            Some(first) if !self.titles.contains(&self.plan.name) => first,
            _ => &self.plan.name,
        }
    }
}

impl TableLayout {
    /// The layout that the metadata of a table describes.
    pub fn of(table: &Table) -> Self {
        let mut silent = Diagnostics::new(ReadingMode::Convert);
        let columns = table
            .columns
            .iter()
            .filter(|column| !column.virtual_column)
            // Columns of the file that the schema does not know have neither name nor title.
            .filter(|column| !(column.titles.is_empty() && column.name.starts_with("_col.")))
            .map(|column| DescribedColumn {
                plan: ColumnPlan::compile(column, &mut silent),
                titles: column
                    .titles
                    .iter()
                    .map(|(_, title)| title.clone())
                    .collect(),
                ordered: column.ordered,
                repaired: false,
            })
            .collect();
        Self {
            dialect: table.dialect.clone(),
            columns,
            key: table.primary_key.clone(),
        }
    }

    /// Repairs what cannot be seen in the texts of columns that name things: ids, references and labels,
    /// so that a reference still finds its row.
    #[must_use]
    pub fn repairing(mut self, group: &TableGroup, table: usize) -> Self {
        let naming = crate::csvw::naming_columns(group, table);
        let columns = group
            .tables
            .get(table)
            .map(|table| table.columns.as_slice());
        for known in &mut self.columns {
            let mut described = columns.unwrap_or_default().iter().zip(&naming);
            known.repaired =
                described.any(|(column, &naming)| naming && column.name == known.plan.name);
        }
        self
    }

    /// A layout of plain text columns, by name.
    pub fn plain<'a>(
        columns: impl IntoIterator<Item = &'a str>,
        key: impl IntoIterator<Item = &'a str>,
        dialect: Dialect,
    ) -> Self {
        let columns: Vec<DescribedColumn> = columns
            .into_iter()
            .map(|name| DescribedColumn {
                plan: ColumnPlan {
                    name: name.to_owned(),
                    ..ColumnPlan::default()
                },
                titles: vec![name.to_owned()],
                ordered: false,
                repaired: false,
            })
            .collect();
        let key = key
            .into_iter()
            .filter_map(|name| columns.iter().position(|column| column.plan.name == name))
            .collect();
        Self {
            dialect,
            columns,
            key,
        }
    }

    /// The titles of the columns in the canonical form.
    pub fn titles(&self) -> Vec<&str> {
        self.columns.iter().map(DescribedColumn::title).collect()
    }

    /// What separates the items of a list column.
    pub(super) fn separator(&self, column: usize) -> Option<&str> {
        self.columns.get(column)?.plan.separator.as_deref()
    }

    /// How the columns of a file with this header are put in order.
    pub(super) fn order<'l>(&'l self, header: &[String]) -> ColumnOrder<'l> {
        let skipped = usize::try_from(self.dialect.skip_columns).unwrap_or(usize::MAX);
        let mut known: Vec<Option<usize>> = vec![None; header.len()];
        for (index, column) in self.columns.iter().enumerate() {
            let found = header
                .iter()
                .enumerate()
                .skip(skipped)
                .find(|(at, title)| known.get(*at) == Some(&None) && column.is(title));
            if let Some((at, _)) = found
                && let Some(slot) = known.get_mut(at)
            {
                *slot = Some(index);
            }
        }
        if header.is_empty() {
            // Without a header, places are all there is to know columns by.
            known = vec![None; skipped.min(self.columns.len())];
            known.extend((0..self.columns.len()).map(Some));
        }
        let mut sources: Vec<usize> = (0..known.len()).collect();
        sources.sort_by_key(|&at| match known.get(at).copied().flatten() {
            _ if at < skipped => (0, at),
            Some(index) => (1, index),
            None => (2, at),
        });
        ColumnOrder {
            layout: self,
            known,
            sources,
        }
    }
}

/// The columns of a file in the order of its layout.
#[derive(Debug)]
pub(super) struct ColumnOrder<'l> {
    layout: &'l TableLayout,
    /// What column of the layout each column of the file is.
    known: Vec<Option<usize>>,
    /// Which column of the file comes where.
    sources: Vec<usize>,
}

impl ColumnOrder<'_> {
    fn column(&self, at: usize) -> Option<&DescribedColumn> {
        self.layout.columns.get((*self.known.get(at)?)?)
    }

    /// Whether the metadata describes columns, and none of them is in the file.
    pub(super) fn knows_nothing(&self) -> bool {
        !self.layout.columns.is_empty() && self.known.iter().all(Option::is_none)
    }

    /// The key of a row as it is and as it is after repairs. `None` where no column of the key is repaired.
    pub(super) fn repaired_key(&self, cells: &[String]) -> Option<(Vec<String>, Vec<String>)> {
        let key = || self.layout.key.iter();
        key()
            .filter_map(|&column| self.layout.columns.get(column))
            .find(|column| column.repaired)?;
        let before: Vec<String> = key()
            .map(|&column| {
                let cell = self.place(column).and_then(|at| cells.get(at));
                cell.cloned().unwrap_or_default()
            })
            .collect();
        let after = key().zip(&before).map(|(&column, text)| {
            let mut text = text.clone();
            if let Some(at) = self.place(column) {
                self.settle(at, &mut text);
            }
            text
        });
        let after = after.collect();
        Some((before, after))
    }

    /// Where a column of the metadata is in the file.
    pub(super) fn place(&self, column: usize) -> Option<usize> {
        self.known.iter().position(|known| *known == Some(column))
    }

    /// The canonical titles of a header, still in the order of the file.
    pub(super) fn titles(&self, header: &[String]) -> Vec<String> {
        header
            .iter()
            .enumerate()
            .map(|(at, title)| match self.column(at) {
                Some(known) => known.title().to_owned(),
                None => title.clone(),
            })
            .collect()
    }

    /// Takes out of a cell what says nothing: white space that its datatype strips, empty items of a
    /// list, the order of an unordered list and items that it repeats.
    pub(super) fn settle(&self, at: usize, cell: &mut String) {
        let Some(known) = self.column(at) else { return };
        if known.repaired {
            let repaired: Vec<_> = match known.plan.separator.as_deref() {
                Some(separator) => cell.split(separator).map(characters::repaired).collect(),
                None => vec![characters::repaired(cell)],
            };
            let separator = known.plan.separator.as_deref().unwrap_or_default();
            *cell = repaired.join(separator);
        }
        let mut buffer = String::new();
        let text = known.plan.datatype.normalise(cell, &mut buffer);
        let settled = match known.plan.separator.as_deref() {
            Some(separator) if text.contains(separator) => known.settled(text, separator),
            _ if text == cell => return,
            _ => text.to_owned(),
        };
        *cell = settled;
    }

    /// The cells of a row in order. A short row stays short where that is possible; cells beyond the
    /// header stay at the end.
    pub(super) fn apply<'c>(&self, cells: &'c [String]) -> Vec<&'c str> {
        let last = self.sources.iter().rposition(|&at| at < cells.len());
        let in_order = self.sources.iter().take(last.map_or(0, |last| last + 1));
        in_order
            .map(|&at| cells.get(at).map_or("", String::as_str))
            .chain(cells.iter().skip(self.sources.len()).map(String::as_str))
            .collect()
    }

    /// The order of rows: by the values of the key, numbers as such, then by its text.
    pub(super) fn compare(&self, a: &[String], b: &[String]) -> Ordering {
        let pairs = self.layout.key.iter().filter_map(|&key| {
            let at = self.place(key)?;
            let known = self.layout.columns.get(key)?;
            let text = |cells: &[String]| cells.get(at).cloned().unwrap_or_default();
            Some((text(a), text(b), known))
        });
        let pairs: Vec<_> = pairs.collect();
        let by_value = pairs.iter().map(|(a, b, known)| known.compare(a, b));
        by_value
            .chain(pairs.iter().map(|(a, b, _)| a.cmp(b)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_list_says_is_never_touched() {
        #[rustfmt::skip]
        let cases = [
            // Null words, whether it is ordered, the cell before and after.
            (vec![""], false, "b;;a;b", "a;b"),
            (vec![""], false, ";", ""),
            (vec![""], true, "b;;a;b", "b;a;b"),
            // Two empty strings are one of them, and an empty cell none.
            (vec!["NA"], false, ";", ";"),
            (vec!["NA"], false, "a;;", ";a"),
            (vec!["NA"], true, ";", ";"),
            // A list of nulls is an empty one, and null none at all.
            (vec!["NA"], false, "NA;NA", "NA;NA"),
            (vec!["", "NA"], true, "NA;", "NA;"),
            (vec!["NA"], false, "b;NA;a;NA", "NA;a;b"),
        ];
        for (null, ordered, before, after) in cases {
            let known = DescribedColumn {
                plan: ColumnPlan {
                    name: "l".to_owned(),
                    separator: Some(";".to_owned()),
                    null: null.iter().map(|&null| null.to_owned()).collect(),
                    ..ColumnPlan::default()
                },
                titles: vec!["l".to_owned()],
                ordered,
                repaired: false,
            };
            let what = format!("{before} with {null:?}");
            assert_eq!(known.settled(before, ";"), after, "{what}");
            assert_eq!(known.settled(after, ";"), after, "{what}, again");
        }
    }
}

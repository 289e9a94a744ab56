//! Key values of rows, on their way to the [`KeyChecker`].

use super::value::{CellValue, Item};
use crate::datatype::{Base, Datatype};
use crate::keys::{KeyBuffer, KeyChecker};
use crate::plan::{ColumnPlan, TablePlan};
use std::io;
use std::ops::Range;

/// Collects the keys of the chunks of one table.
pub struct KeyCollector<'c> {
    checker: &'c KeyChecker,
    table: usize,
    /// Columns of each key of the table.
    columns: Vec<Vec<usize>>,
    buffer: KeyBuffer,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl<'c> KeyCollector<'c> {
    /// `None` where the table has no keys to collect.
    pub fn new(checker: &'c KeyChecker, table: usize) -> Option<Self> {
        let buffer = checker.buffer(table);
        let columns: Vec<Vec<usize>> = buffer
            .keys()
            .iter()
            .map(|key| key.columns.clone())
            .collect();
        (!columns.is_empty()).then(|| Self {
            checker,
            table,
            columns,
            buffer,
            bytes: Vec::new(),
            ends: Vec::new(),
        })
    }

    /// Collects the keys of a row, save those of which a cell is `missing` or of another column: that has been
    /// reported, and what its key or reference should be is not known.
    pub fn row(
        &mut self,
        plan: &TablePlan,
        values: &[CellValue<'_>],
        missing: &Range<usize>,
        row: u64,
    ) {
        for (slot, columns) in self.columns.iter().enumerate() {
            let misfit = |column: usize| plan.columns.get(column).is_some_and(|it| it.misfit);
            let unknown = |column: &usize| missing.contains(column) || misfit(*column);
            if columns.iter().any(unknown) {
                continue;
            }
            self.buffer.begin(slot);
            for &column in columns {
                let (Some(value), Some(column)) = (values.get(column), plan.columns.get(column))
                else {
                    continue;
                };
                self.bytes.clear();
                match value {
                    CellValue::Null => self.buffer.null(),
                    CellValue::Single(item) => {
                        write_key(column, *item, &mut self.bytes);
                        self.buffer.value(&self.bytes);
                    }
                    CellValue::List(list) => {
                        self.ends.clear();
                        for item in list.iter() {
                            write_key(column, item, &mut self.bytes);
                            self.ends.push(self.bytes.len());
                        }
                        let starts = std::iter::once(0).chain(self.ends.iter().copied());
                        self.buffer.list(
                            starts
                                .zip(&self.ends)
                                .map(|(start, &end)| self.bytes.get(start..end)),
                        );
                    }
                }
            }
            self.buffer.end(row);
        }
    }

    /// Hands the keys of a chunk over.
    pub fn finish(&mut self) -> io::Result<()> {
        let next = self.checker.buffer(self.table);
        self.checker
            .accept(std::mem::replace(&mut self.buffer, next))
    }
}

/// Appends the identity of a value; what does not match its datatype is a string.
pub fn write_key(column: &ColumnPlan, item: Item<'_>, out: &mut Vec<u8>) {
    if item.valid {
        column.datatype.write_key(item.text, out);
    } else {
        Datatype::of(Base::String).write_key(item.text, out);
    }
}

//! Rows read a second time: only those that a message is about.
//!
//! Collected keys hold fingerprints and row numbers. Before a duplicate is reported its rows are
//! read again and compared by value, so that a collision of fingerprints is never a false error,
//! and only then are places, texts and suggestions worked out.

use super::fingerprint::KeyBytes;
use super::plan::KeyColumns;
use crate::diagnostic::Place;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::ControlFlow;

/// Reads rows of the tables again. Implemented by the converter.
pub trait Rows: Sync {
    /// Visits rows of a table in ascending order of number, each with the cells of `columns` in
    /// that order, until the visitor breaks off.
    fn visit(
        &self,
        table: usize,
        columns: &[usize],
        which: RowSelection<'_>,
        visitor: &mut dyn FnMut(KeyRow) -> ControlFlow<()>,
    ) -> io::Result<()>;
}

/// Which rows are wanted.
#[derive(Debug, Clone, Copy)]
pub enum RowSelection<'a> {
    /// These, ascending and without repetition, numbered as [`KeyBuffer::end`](super::KeyBuffer::end) was told.
    Numbers(&'a [u64]),
    /// All from the first one on.
    All,
}

/// The key cells of a row.
#[derive(Debug, Clone)]
pub struct KeyRow {
    /// Number of the row, as [`KeyBuffer::end`](super::KeyBuffer::end) was told.
    pub number: u64,
    /// One for each column asked for.
    pub cells: Vec<KeyCell>,
}

/// A cell of a key.
#[derive(Debug, Clone)]
pub struct KeyCell {
    /// Where it is, to the line and column.
    pub place: Place,
    /// Its text in the file.
    pub text: String,
    /// Its value.
    pub value: KeyValue,
}

/// The value of a cell, each atomic value in the canonical form that was collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyValue {
    /// No value.
    Null,
    /// One value.
    One(Vec<u8>),
    /// A list.
    List(Vec<KeyItem>),
}

/// An item of a list cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyItem {
    /// Its text in the cell.
    pub text: String,
    /// Its value in canonical form; `None` for null.
    pub value: Option<Vec<u8>>,
}

impl KeyValue {
    /// Whether it is null or an empty list.
    pub(super) fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::One(_) => false,
            Self::List(items) => items.is_empty(),
        }
    }
}

impl KeyRow {
    /// Whether two rows have the same key.
    pub(super) fn same_values(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }

    /// The values of all cells, as they are collected where the whole row is a key.
    fn bytes(&self) -> KeyBytes {
        let mut bytes = KeyBytes::default();
        for cell in &self.cells {
            match &cell.value {
                KeyValue::Null => bytes.null(),
                KeyValue::One(value) => bytes.value(value),
                KeyValue::List(items) => bytes.list(items.iter().map(|item| item.value.as_deref())),
            }
        }
        bytes
    }

    /// Whether a value is null or an empty list.
    pub(super) fn has_null(&self) -> bool {
        self.cells.iter().any(|cell| cell.value.is_null())
    }

    /// The texts of the cells, as a message shows them.
    pub(super) fn text(&self) -> String {
        let texts: Vec<_> = self.cells.iter().map(|cell| cell.text.as_str()).collect();
        texts.join(", ")
    }

    /// Where the first cell is.
    pub(super) fn place(&self) -> Place {
        self.cells
            .first()
            .map(|cell| cell.place.clone())
            .unwrap_or_default()
    }

    /// The row's keys as they were collected: text and bytes; several where items are keys.
    pub(super) fn keys(&self, key: &KeyColumns) -> Vec<(String, KeyBytes)> {
        if let (true, [cell]) = (key.items, self.cells.as_slice())
            && let KeyValue::List(items) = &cell.value
        {
            return items
                .iter()
                .filter_map(|item| Some((item.text.clone(), one(item.value.as_deref()?))))
                .collect();
        }
        vec![(self.text(), self.bytes())]
    }
}

fn one(value: &[u8]) -> KeyBytes {
    let mut bytes = KeyBytes::default();
    bytes.value(value);
    bytes
}

/// Rows of one table that were read again.
#[derive(Debug, Default)]
pub(super) struct FetchedRows(BTreeMap<u64, KeyRow>);

impl FetchedRows {
    /// Reads rows with the cells of a key; `numbers` may repeat.
    pub(super) fn read(
        rows: &dyn Rows,
        key: &KeyColumns,
        numbers: impl IntoIterator<Item = u64>,
    ) -> io::Result<Self> {
        let numbers: BTreeSet<u64> = numbers.into_iter().collect();
        let numbers: Vec<u64> = numbers.into_iter().collect();
        let mut fetched = BTreeMap::new();
        if !numbers.is_empty() {
            rows.visit(
                key.table,
                &key.columns,
                RowSelection::Numbers(&numbers),
                &mut |row| {
                    fetched.insert(row.number, row);
                    ControlFlow::Continue(())
                },
            )?;
        }
        Ok(Self(fetched))
    }

    pub(super) fn row(&self, number: u64) -> Option<&KeyRow> {
        self.0.get(&number)
    }
}

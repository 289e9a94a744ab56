//! Rows read a second time: only those that a message is about.
//!
//! Collected keys hold fingerprints and row numbers. Before a duplicate is reported its rows are
//! read again and compared by value, so that a collision of fingerprints is never a false error,
//! and only then are places, texts and suggestions worked out.

use crate::diagnostic::Place;
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
        which: Which<'_>,
        visitor: &mut dyn FnMut(KeyRow) -> ControlFlow<()>,
    ) -> io::Result<()>;
}

/// Which rows are wanted.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
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
    /// Where it stands, to the line and column.
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

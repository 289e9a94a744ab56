//! Primary and foreign keys, checked in bounded memory (Tabular Data Model §4.3 and §6.6).
//!
//! The only part of validation that needs more than one row at a time. What is collected is not the
//! values but 24 bytes a key: a 128-bit fingerprint of the typed values and the number of the row.
//! Beyond a budget the collected keys are spilled to unnamed temporary files, split by the first byte
//! of the fingerprint; at the end one part after another is sorted, so that equal keys are together. A part
//! that is too large because many keys are equal is sorted on disk.
//!
//! ```text
//!  converting threads                                   the end
//!  KeyBuffer ─► KeyChecker::accept ─► partitions ─►  KeyChecker::finish
//!  (one a chunk)   (any order)       (memory, disk)   sort, join: duplicates, references without a row
//!                                                     Rows: read the few rows again that messages are about
//! ```
//!
//! ```no_run
//! # use civigraph_csvw::keys::{KeyChecker, KeyOptions, KeyPlan, Rows};
//! # use civigraph_csvw::diagnostic::Diagnostics;
//! # fn check(group: &civigraph_csvw::csvw::model::TableGroup, rows: &dyn Rows, diagnostics: &mut Diagnostics) -> std::io::Result<()> {
//! let checker = KeyChecker::new(KeyPlan::of(group), &KeyOptions::default());
//! for table in 0..group.tables.len() {
//!     // For each chunk of rows, on any thread:
//!     let mut buffer = checker.buffer(table);
//!     for slot in 0..buffer.keys().len() {
//!         // For each row: one value for each column of `buffer.keys()[slot]`.
//!         buffer.begin(slot);
//!         buffer.value(b"yekaterinburg");
//!         buffer.end(1);
//!     }
//!     checker.accept(buffer)?;
//! }
//! checker.finish(rows, diagnostics)
//! # }
//! ```
//!
//! Decisions, where the Recommendation leaves room:
//!
//! * Keys compare by value: what is hashed is the caller's canonical form of each typed value.
//! * In a primary key null is a value like any other: two rows whose key is null are duplicates.
//! * A foreign key with a null or an empty list among its values needs a row with the same values, as
//!   the Recommendation has it; or refers to nothing, so that nothing can be missing, where the own
//!   annotation `optional` says so.
//! * A foreign key of one column whose cells are lists, onto a column whose cells are not, refers
//!   item by item. Everything else compares whole cell values, lists with lists.

mod buffer;
mod checker;
mod duplicates;
mod fingerprint;
mod first_rows;
mod partitions;
mod plan;
mod references;
mod report;
mod rows;
mod runs;
#[cfg(test)]
mod tests;

pub use buffer::KeyBuffer;
pub use checker::{KeyChecker, KeyOptions};
pub use plan::{KeyColumns, KeyPlan, Reference};
pub use rows::{KeyCell, KeyItem, KeyRow, KeyValue, RowSelection, Rows};

//! CSV as bytes: records and cells under every dialect, with exact physical places.
//!
//! A table is read in chunks of whole records ([`Chunks`]); each chunk knows where it starts
//! ([`Split`]) and converts on its own, on any thread or machine. Inside a chunk, [`CompiledDialect::record`]
//! finds the cells of one record without copying them. Lines are counted as records pass;
//! characters in a line are counted only when a diagnostic asks ([`Place`](crate::diagnostic::Place)).
//!
//! Where nobody has read a table from its start, ranges of its bytes are counted on their own, and the counts put
//! together to splits ([`Extent`]).
//!
//! Specification: *Model for Tabular Data and Metadata on the Web* §8, W3C Recommendation of 2015-12-17.

mod chunks;
mod compare;
mod count;
mod diagnosis;
mod dialect;
mod extent;
mod format;
pub(crate) mod letters;
mod oversized;
mod preamble;
mod record;
mod records;
mod scan;
mod text;
mod walk;
mod words;

pub use chunks::{Chunk, Chunks, RecordPosition, Split};
pub use compare::{ExcludedRows, RowChanges, compare_rows};
pub use count::RangeCount;
pub(crate) use diagnosis::{DELIMITERS, declare_delimiter, other_content};
pub use diagnosis::{diagnose, doubt, other_delimiter};
pub use dialect::{Dialect, Trim};
pub use extent::{Extent, Sequential};
pub use format::CompiledDialect;
pub use oversized::{LinePosition, LongCell, LongRecord};
pub use preamble::stated_delimiter;
pub use preamble::{HeaderCell, Preamble, preamble};
pub use record::{Cell, Flaw, Record};
pub use records::{RecordPlace, Records};
pub use text::TextReader;

/// The longest record that is read, in bytes, unless the caller sets another limit.
///
/// A quote that never closes turns the rest of a file into one record: the limit bounds the memory.
/// A longer record is passed over ([`LongRecord`]), and reading goes on after it.
pub const RECORD_LIMIT: usize = 32 << 20;

#[cfg(test)]
mod tests;

//! What changed between two versions of a graph, in the curator's terms.
//!
//! ```text
//!  build ───────────────┐
//!  dump ──► sort ───────┼─► sorted lines ─┐
//!  folder ─► convert ───┤                 ├─► match blank nodes ─► compare ─► lines of one side ─► entities,
//!  git revision ────────┘   (the other) ──┘                                          │             RDF patch
//!        └─► tables ─► rows by key, compared ────────────────────────────────────────┴─► rows and cells
//! ```
//!
//! The sorted lines of both sides are read side by side, so memory grows with the difference, and with the
//! quads that mention blank nodes, up to a bound. Tables are compared by a fingerprint of each row; only the
//! rows that differ are read again.

mod aligned;
mod entity;
mod error;
mod git;
mod matching;
mod patch;
mod rename;
mod renamed;
mod report;
mod rows;
mod version;

pub use entity::{ChangedEntity, EntityChange, PropertyChange};
pub use error::DiffError;
pub use patch::write_patch;
pub use report::{Difference, compare};
pub use rows::{CellChange, RowChange, TableChange};
pub use version::ComparedVersion;

//! What changed between two versions of a graph, told in the curator's terms.
//!
//! ```text
//!  build ───────────────┐
//!  dump ──► sort ───────┼─► sorted lines ─┐
//!  folder ─► convert ───┤                 ├─► compare ─► lines of one side ─► entities, RDF patch
//!  git revision ────────┘   (the other) ──┘                  │
//!        └─► tables ─► rows by key, compared ────────────────┴─► rows and cells
//! ```
//!
//! The sorted lines of both sides are read side by side, so memory grows with the difference. Tables
//! are compared by a fingerprint of each row; only the rows that differ are read again.

mod entity;
mod git;
mod patch;
mod rename;
mod renamed;
mod report;
mod rows;
mod version;

pub use entity::{Entity, PropertyChange, What};
pub use patch::write_patch;
pub use report::{Difference, compare};
pub use rows::{CellChange, RowChange, TableChange};
pub use version::Version;

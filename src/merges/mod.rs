//! Decisions about sameness: which things are one, held against what the tables say.
//!
//! ```text
//!  merges table ─► Merges::read ──► decisions: two IRIs each, and what the row makes of them
//!                      │
//!  convert::run ─► MergeSink ─────► which of the things are described, which cells use one that was merged
//!                      │
//!                 Merges::check ──► diagnostics (`CG062x`)
//! ```
//!
//! A thing is merged into another one by `dct:isReplacedBy` in the accepted facts: that is what queries and
//! descriptions follow. Tables of decisions are those whose columns are the parts `merge.from`, `merge.to` and
//! `merge.decision`, and those that make `dct:isReplacedBy` without such parts.

mod cell;
mod check;
mod effect;
mod form;
mod read;
mod sink;

pub use read::{MergeDecision, Merges};
pub use sink::{MergeChunk, MergeSink, ThingMentions};

use oxrdf::NamedNodeRef;

/// The property of a thing that was merged into another one.
pub(crate) const REPLACED: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://purl.org/dc/terms/isReplacedBy");

/// The property of things that must not be merged.
const DIFFERENT: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://www.w3.org/2002/07/owl#differentFrom");

/// The decision that two things are one.
const SAME: &str = "same";

/// The decision that two things are two.
const DIFFERENTLY: &str = "different";

/// The decision that is left open.
const UNSURE: &str = "unsure";

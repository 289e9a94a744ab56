//! The published graph: builds made aside, verified, switched to atomically, opened read-only.
//!
//! ```text
//! .civigraph/
//!   lock            held by the one builder; `builder.json` says who that is
//!   current         one line: the name of the build that readers open
//!   builds/
//!     0007-9f3a2b1c/
//!       manifest.json   what is in the build: digests, counts, inputs, files with their sizes
//!       pin             locked (shared) by every reader, so that pruning waits
//!       quads.nq.zst    the quads as the plan made them, canonical N-Quads, sorted, in frames
//!       counts.zst      how often each was made; `frames.json` lists the frames
//!       others.nq.zst   those of them that come from no row alone: ontology, claims, inferences
//!       inputs/         the tables, their metadata and the ontology as they were
//!       release.nq      the release graph: DCAT, VoID and PROV about the quads
//!       store/          Oxigraph, opened read-only
//!     tmp-…             a build in the making, or the litter of a killed one
//!   cache/          what can be made again: the index of `lineage`, digests of tables
//! ```
//!
//! Dumps and digests come from `quads.nq.zst`, never out of the store: the store rewrites typed
//! literals (`"007"^^xsd:integer` becomes `7`), and a dump must not depend on the CSV files having
//! stayed as they were. The digest of a build is the SHA-256 of its canonical N-Quads, which is its
//! RDFC-1.0 hash: blank nodes carry their canonical labels already.
//!
//! A build is made in this order, and each step has a name ([`Step`]) at which a test may abort it:
//! convert and load, sort, load the rest, verify, write the manifest, sync, rename, switch, prune.
//! Until `current` is switched, readers know nothing of it.

mod about;
mod amend;
mod blank;
mod build;
mod difference;
mod digest;
mod error;
mod form;
mod frames;
mod history;
mod layout;
pub mod line;
mod load;
mod lock;
mod manifest;
mod merge;
mod nesting;
mod open;
mod prefixes;
mod release;
mod site;
pub mod sort;
mod statistics;
mod step;
#[cfg(test)]
mod tests;
mod verify;
mod work;

pub use about::{About, Input};
pub use amend::{Amended, Amender, ChangedRows, DeltaChunk, DeltaSink};
pub(crate) use blank::{Unlabelled, mentions_blank, renamed, to_sophia};
pub(crate) use build::without_place;
pub use build::{BuildOptions, Builder, Progress, Published, read_turtle};
pub use difference::{Side, compare_lines};
pub use digest::{digest_bytes, digest_file, hex};
pub use error::StoreError;
pub(crate) use form::StoredForm;
#[cfg(test)]
pub(crate) use frames::line_counts;
pub use history::{Change, Changes, Counts, InputChange, RolledBack, changes, roll_back};
pub use layout::{Layout, graph_iri};
pub(crate) use layout::{folder_of, sync_folder, write_atomically};
pub use load::{LoadChunk, LoadSink};
pub use lock::BuilderInfo;
pub(crate) use lock::utc;
pub use manifest::{Amendments, FORMAT, FileEntry, Manifest};
pub(crate) use nesting::{Nesting, Syntax, TooDeep};
pub use open::{Build, builds, open, open_build};
pub use prefixes::Prefixes;
pub use release::{description, release_quads};
pub use site::Site;
pub use statistics::{GraphStatistics, Statistics};
pub use step::Step;
pub use verify::verify;

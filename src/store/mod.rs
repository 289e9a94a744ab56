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
//!       index/          the quads as the plan made them, and how often each was made ([`civigraph_index`])
//!       others.nq.zst   those of them that come from no row alone: ontology, claims, inferences
//!       labels/         the labels and texts of the quads, for a search ([`civigraph_text`]); may be left out
//!       digest-states.json  the state of the digest at some subjects
//!       inputs/         the tables, their metadata and the ontology as they were
//!       release.nq      the release graph: DCAT, VoID and PROV about the quads
//!     tmp-…             a build in the making, or the litter of a killed one
//!   cache/          what can be made again: the index of `lineage`, digests of tables
//! ```
//!
//! Everything reads the index: dumps, digests, queries, comparisons, and the next build where little changes.
//! Its terms are exactly those that the plan made. The digest of a build is the SHA-256 of its canonical N-Quads, which is
//! its RDFC-1.0 hash: blank nodes carry their canonical labels already. The release graph names that digest, so it
//! cannot be in the index; it is read together with it.
//!
//! A build is made in this order, and each step has a name ([`BuildStep`]) at which a test may abort it:
//! convert and load, sort, digest, verify, write the manifest, sync, rename, switch, prune.
//! Until `current` is switched, readers know nothing of it.

mod amend;
mod blank;
mod build;
mod description;
mod difference;
mod error;
mod history;
mod layout;
pub mod line;
mod lines;
mod load;
mod lock;
mod manifest;
mod open;
mod prefixes;
mod release;
pub mod sort;
mod statistics;
mod step;
#[cfg(test)]
mod tests;
mod text;
mod verify;
mod work;
mod workspace;

pub use amend::{Amended, Amender, ChangedRows, DeltaChunk, DeltaSink};
pub(crate) use blank::{UnlabelledQuads, mentions_blank, renamed, to_sophia};
pub use build::{BuildOptions, BuildProgress, Builder, PublishedBuild, read_turtle};
pub use description::{BuildDescription, BuildInput};
pub use difference::{Side, compare_lines};
pub use error::StoreError;
pub use history::{
    BuildChanges, FileChange, InputChange, QuadCounts, RolledBack, changes, roll_back,
};
#[cfg(feature = "serve")]
pub(crate) use layout::sequence;
pub use layout::{StoreLayout, graph_iri};
pub(crate) use layout::{folder_of, sync_folder, write_atomically};
#[cfg(feature = "rocksdb")]
pub(crate) use load::index_error;
pub use load::{LoadChunk, LoadSink};
pub use lock::BuilderInfo;
#[cfg(any(feature = "cli", feature = "serve"))]
pub(crate) use lock::utc;
pub use manifest::{Amendments, FORMAT, FileEntry, Manifest};
pub use open::{Build, builds, open, open_build};
pub use prefixes::Prefixes;
pub use release::{description, release_quads};
pub use statistics::{GraphStatistics, Statistics};
pub use step::BuildStep;
pub(crate) use text::text_error;
pub use verify::verify;
pub use workspace::Workspace;

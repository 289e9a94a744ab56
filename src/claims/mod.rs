//! What each source says of each cell.
//!
//! A claim is about one cell of a curated table, named by table, row id and column. Where several tables have
//! files of one name, folders before it tell them apart. Its RDF form is
//! the reification of the triples that this cell yields, found through the plan, whatever the mapping:
//!
//! ```text
//!  claims.csv ─► Claims::read ──► which cells are claimed, which contradict each other
//!                    │
//!  convert::run ─► ClaimSink ───► keeps the quads of claimed cells, withholds contradicted ones
//!                    │
//!                 Claims::quads ─► rdf:subject, rdf:predicate, rdf:object; conflictsWith
//!
//!  evidence.csv, documents ─► evidence::verify ─► every span against its digest
//! ```
//!
//! Which columns play which part is declared in the metadata by the own annotation `part`; nothing
//! here knows the names of tables or columns.

mod add;
mod against;
mod claim;
mod conflict;
mod document;
mod evidence;
mod moved;
mod name;
mod quantity;
mod read;
mod reify;
mod review;
mod roles;
mod sink;
mod span;
mod stated;
mod table;
mod value;

pub use crate::digest::sha256_hex;
pub use add::{ClaimCell, DocumentCells, DocumentRow, EvidenceCells, EvidenceRow};
pub use claim::Claim;
pub use conflict::{Conflict, ConflictingValue};
pub use document::SourceDocument;
pub use evidence::{DOCUMENT_LIMIT, EvidenceSummary, verify};
pub use moved::{FollowedSpan, WordPlaces};
pub use name::{stem, table_name};
pub use quantity::Quantity;
pub use read::Claims;
pub(crate) use sink::Placement;
pub use sink::{ClaimChunk, ClaimSink};
pub use span::{Span, Spans};
pub(crate) use table::read_rows;
pub(crate) use table::read_texts;

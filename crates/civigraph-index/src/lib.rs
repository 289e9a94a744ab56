//! An immutable, memory-mapped index of RDF quads that Oxigraph's SPARQL evaluator queries.
//!
//! ```text
//!  threads: quads ─► QuadChunk ─┐
//!           quads ─► QuadChunk ─┼─► IndexBuilder ─► runs, sorted ─► merged ─► a folder of files
//!           quads ─► QuadChunk ─┘                                               │ Index::open, mapped
//!                                                                               ▼
//!                                  quads_for_pattern · count · lines · Dataset ─► SPARQL
//! ```
//!
//! What it is for: a graph that is made once and asked many times. There are no updates; a small change makes a
//! new index out of the old one in one pass ([`Index::amend`]).
//!
//! # What it keeps
//!
//! - **Terms exactly as they came**: lexical forms (`1.50` stays `1.50`), derived datatypes, triple terms and
//!   directional strings of RDF 1.2, labels of blank nodes. Language tags alone are brought into one case, that of
//!   BCP 47 §2.1.1 ([`canonical_language_tag`]), since tags are equal without regard to case.
//! - **Every quad once**, and how often it was made.
//! - **Nine orders**, so that every pattern of the default graph, of one named graph and of all named graphs is one
//!   range, whose exact size is found in O(log n) ([`Index::count`]).
//!
//! # Layout
//!
//! | file | holds |
//! |---|---|
//! | `header` | the version, sizes, and the checksum of each file's checksums; written last |
//! | `terms` | the keys of all terms but triple terms, sorted, front-coded in blocks of 16 |
//! | `triple-terms` | triple terms as ids: depth, subject, predicate, object |
//! | `spo`, `pos`, `osp` | the default graph in three orders |
//! | `spog`, `posg`, `ospg`, `gspo`, `gpos`, `gosp` | the named graphs in six orders |
//! | `spo-counts`, `spog-counts` | positions of quads that were made more than once, and how often |
//!
//! An **id** is a number of 32 bits. Ids are given in the order of keys: numbers by value, then `xsd:dateTime` by
//! instant, `xsd:date`, `xsd:gYear`, other typed literals by datatype (integers and decimals that the evaluator does not
//! hold among them, [`Index::largest_number`]), strings, IRIs and blank nodes in the order of their canonical
//! N-Quads forms; triple terms last. So a range of values is a range of ids, and a subject-ordered scan
//! gives canonical N-Quads nearly in order. Ids from 2³¹ on are for terms that a query makes; more
//! terms than that are an error.
//!
//! An **order** is a sorted list of entries of three or four ids in blocks of 32, each entry packed as its difference to
//! the one before. The first entry of each block and the block's place are in a list of their own, which searching
//! halves.
//!
//! Each file is followed by a CRC-32 for each 64 KiB, which reading compares: a flipped bit is an error with the file
//! and the page, never a wrong answer. Opening reads the header and the checksums; processes that map the same
//! files share their pages.
//!
//! # Example
//!
//! ```
//! use civigraph_index::{Dataset, Index, IndexBuilder, Options, QuadChunk};
//! use oxrdf::{GraphNameRef, Literal, NamedNode, NamedNodeRef, QuadRef, Term, vocab::xsd};
//! use spareval::{QueryEvaluator, QueryResults};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path().join("index");
//! let price = Literal::new_typed_literal("1.50", xsd::DECIMAL);
//! let mut chunk = QuadChunk::new();
//! chunk.push(QuadRef::new(
//!     NamedNodeRef::new("http://example.org/bread")?,
//!     NamedNodeRef::new("http://example.org/price")?,
//!     &price,
//!     GraphNameRef::DefaultGraph,
//! ));
//! let mut builder = IndexBuilder::new(&folder, Options::default())?;
//! builder.add(chunk)?;
//! builder.finish()?;
//!
//! let index = Index::open(&folder)?;
//! let dataset = Dataset::new(&index);
//! let query = spargebra::SparqlParser::new()
//!     .parse_query("SELECT ?price { ?thing <http://example.org/price> ?price FILTER(?price > 1) }")?;
//! let QueryResults::Solutions(solutions) = QueryEvaluator::new().prepare(&query).execute(&dataset)? else {
//!     unreachable!("a SELECT has solutions");
//! };
//! for solution in solutions {
//!     assert_eq!(solution?.get("price"), Some(&Term::from(price.clone())));
//! }
//! # Ok(())
//! # }
//! ```

#![warn(missing_docs)]
#![deny(unsafe_code)]
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod amend;
mod block;
mod builder;
mod counts;
mod dataset;
mod dictionary;
mod error;
mod header;
mod index;
mod language;
mod largest;
mod lines;
mod literals;
mod merge;
mod order;
mod page;
mod permutation;
mod range;
mod run;
mod sorted;
mod term;
mod value;

pub use amend::{QuadChanges, QuadDifference};
pub use builder::{IndexBuilder, Options};
pub use dataset::{Dataset, ReadLimits, TermId};
pub use error::{Error, ErrorKind, Result};
pub use header::FORMAT_VERSION;
pub use index::{Graphs, Index, Quads};
pub use language::canonical_language_tag;
pub use lines::CanonicalLines;
pub use range::{RangePredicate, ValueKind, ValueRange, readable_ranges};
pub use run::QuadChunk;
pub use term::write_quoted;

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

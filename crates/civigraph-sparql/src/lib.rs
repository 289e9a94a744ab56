//! Plans for Oxigraph's SPARQL evaluator (spareval) from the exact counts of a dataset.
//!
//! ```text
//! query ─► language tags ─► repairs ─► simplify ─► counts ─► sorting ─► joins ─► exact literals ─► large numbers ─► spareval
//!           tags.rs          repairs.rs modifiers.rs totals.rs sorting.rs joins.rs exact.rs          large.rs         on a View
//!                                                                                  passed.rs                          aggregates.rs
//! ```
//!
//! A query is rewritten in the algebra of spargebra, so that spareval needs no change: the order of joins becomes
//! `LATERAL`, an answer that is known becomes `VALUES`, a range of values becomes a predicate that the dataset answers
//! ([`RangePredicate`]). Only sorting is taken from spareval, whose own keeps all rows; where a query with a LIMIT is sorted by
//! a number, a date or a year, its triples are read in that order and no further than needed (ordered.rs).
//!
//! The optimiser of spareval (sparopt) stays on: without it joins have no keys. It keeps the order of `LATERAL` and
//! moves filters to where their variables are bound.
//!
//! # Example
//!
//! ```
//! use civigraph_sparql::{MemoryDataset, Options, evaluate};
//! use oxrdf::{Dataset, GraphName, NamedNode, Quad};
//! use spareval::{QueryEvaluator, QueryResults};
//! use spargebra::SparqlParser;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let node = NamedNode::new("http://example.org/a")?;
//! let quad = Quad::new(node.clone(), node.clone(), node, GraphName::DefaultGraph);
//! let dataset = MemoryDataset::from(Dataset::from_iter([quad]));
//! let query = SparqlParser::new().parse_query("SELECT * { ?s ?p ?o }")?;
//! let evaluation = evaluate(&dataset, &dataset, QueryEvaluator::new(), query, &Options::default())?;
//! let QueryResults::Solutions(solutions) = evaluation.results? else {
//!     return Err("a SELECT has solutions".into());
//! };
//! assert_eq!(solutions.count(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Where to add things
//!
//! A dataset of another kind implements [`ExactCounts`] beside spareval's own trait. A new rewriting is a file with one step
//! of the picture, a line in `plan.rs`, and a switch in [`Options`], so that tests can compare answers with and without.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)
)]

mod aggregates;
mod algebra;
mod compare;
mod counts;
mod evaluate;
mod exact;
mod explain;
mod filters;
mod index;
mod joins;
mod large;
mod memory;
mod modifiers;
mod number;
mod options;
mod passed;
mod plan;
mod prepare;
mod repairs;
mod sorting;
mod tags;
mod times;
mod totals;
mod triples;
mod units;
mod view;

pub use civigraph_index::{RangePredicate, ValueKind, ValueRange, canonical_language_tag};
pub use counts::{ExactCounts, Graphs, TriplePosition};
pub use evaluate::{Evaluation, EvaluationReport, evaluate, evaluate_index, execute};
pub use explain::{AppliedRewriting, Explanation, JoinGroup, JoinMethod, JoinStep, PlanNode};
pub use memory::MemoryDataset;
pub use options::Options;
pub use plan::{QueryPlan, optimise};
pub use prepare::prepare;
pub use sorting::Sorting;
pub use tags::with_functions;

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

//! The plan at work: rows in, quads out.
//!
//! [`run`] converts all tables of a [`Plan`](crate::plan::Plan) on all cores; [`splits`], [`split`]
//! and [`row`] convert a part of one table, here or on another machine, to the same quads. Quads
//! reach a [`Sink`] in the order of tables and rows, whatever the number of threads. Memory does not
//! grow with the table: a fixed number of chunks is under way at a time.

mod chunk;
mod collect;
mod expand;
mod keys;
mod part;
mod problems;
mod quads;
mod rows;
mod run;
mod sink;
mod table;
mod text;
mod threads;
mod value;

pub use collect::{CollectChunk, CollectSink, NullChunk, NullSink, TeeChunk, TeeSink};
pub(crate) use expand::resolve;
pub use part::{row, split, splits};
pub use rows::TableRows;
pub use run::{CHUNK_SIZE, Options, Summary, TableSummary, run};
pub use sink::{Origin, QuadSink, Sink};
pub use text::{TextChunk, TextSink};

#[cfg(test)]
mod tests;

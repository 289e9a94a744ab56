//! The plan at work: rows in, quads out.
//!
//! [`run`] converts all tables of a [`Plan`](crate::plan::Plan) on all cores; [`splits`], [`split`]
//! and [`row`] convert a part of one table, here or on another machine, to the same quads. Quads
//! reach a [`Sink`] in the order of tables and rows, whatever the number of threads. Memory does not
//! grow with the table: a fixed number of chunks is under way at a time.
//!
//! A plan that was written down, and one split of a table, are enough to convert that split:
//!
//! ```
//! use civigraph_csvw::convert::{self, CollectSink, QuadSink, Sink};
//! use civigraph_csvw::csvw::{self, CompileOptions, LoadOptions};
//! use civigraph_csvw::diagnostic::{Diagnostics, ReadingMode};
//! use civigraph_csvw::plan::{Plan, TableId};
//! use civigraph_csvw::resource::LocalFiles;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! let path = folder.path().join("numbers.csv");
//! std::fs::write(&path, (0..1000).fold("n\n".to_owned(), |csv, n| format!("{csv}{n}\n")))?;
//! let files = LocalFiles::new(folder.path());
//! let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
//! let url = files.url_of(&path);
//! let group = csvw::load(&url, &LoadOptions::default(), &files, &mut diagnostics).ok_or("no table")?;
//! let plan = csvw::compile(&group, &CompileOptions::default(), &mut diagnostics);
//! let splits = convert::splits(&plan, TableId::new(0), &files, 1 << 10)?;
//! let sent = serde_json::to_string(&(&plan, &splits[1]))?;
//!
//! // Somewhere else, with the same file:
//! let (plan, split): (Plan, _) = serde_json::from_str(&sent)?;
//! let mut chunk = CollectSink::default().chunk();
//! let rows = convert::split(&plan, TableId::new(0), &files, &split, &mut chunk, &mut diagnostics)?;
//! assert!(splits.len() > 2 && rows > 100);
//! # Ok(())
//! # }
//! ```
//!
//! # A table on several machines
//!
//! [`splits`] reads a table once to find its splits. Where that is too slow, two phases do without: [`extent`] looks at
//! the start of the file and cuts it into ranges of bytes, [`count`] counts each range on any machine, and
//! [`Extent::splits`](crate::csv::Extent::splits) makes the splits of all counts, which convert on any machine with
//! [`split`]. Text in UTF-16, for one, cannot be read from its middle: the extent says so, and is one range and one
//! split. Where a plan [counts no rows](crate::plan::Plan::depends_on_row_numbers), the same rows yield the same quads
//! wherever they are in the table.

mod chunk;
mod collect;
mod expand;
mod keys;
mod options;
mod part;
mod prepared;
mod problems;
mod quads;
mod row;
mod rows;
mod run;
mod sink;
mod table;
mod terms;
mod text;
mod threads;
mod value;

pub use collect::{CollectChunk, CollectSink, NullChunk, NullSink, TeeChunk, TeeSink};
pub use options::{CHUNK_SIZE, ConversionSummary, Options, TableSummary};
pub use part::{count, extent, row, split, splits};
pub use rows::TableRows;
pub use run::run;
pub use sink::{Origin, QuadSink, Sink};
pub use text::{TextChunk, TextSink, write_quad, write_term};

#[cfg(test)]
mod tests;

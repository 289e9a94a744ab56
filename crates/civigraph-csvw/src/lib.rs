//! CSV on the Web: tables with [W3C metadata](https://www.w3.org/TR/tabular-metadata/) checked, and converted to RDF
//! ([csv2rdf](https://www.w3.org/TR/csv2rdf/)) and JSON ([csv2json](https://www.w3.org/TR/csv2json/)).
//!
//! ```text
//!  metadata.json   table.csv
//!       │              │
//!  [resource]     find and open every URL, offline by default
//!       │              │
//!   [csvw]             │     metadata read, checked, normalised: the annotated table group, compiled to a plan
//!       │              │
//!   [plan]  ◄──────────┘     triple maps over term maps over tables; a value that serde writes down
//!       │
//!  [convert]                 rows in chunks on all cores: [csv] records ─► [datatype] values ─► quads
//!       │
//!       ├─► text writer      N-Triples, N-Quads
//!       ├─► collector        quads in memory
//!       ├─► [json]           csv2json out of the quads
//!       └─► [keys]           primary and foreign keys
//! ```
//!
//! A table with its metadata, as N-Triples:
//!
//! ```
//! use civigraph_csvw::convert::{self, Options, TextSink};
//! use civigraph_csvw::csvw::{self, CompileOptions, LoadOptions};
//! use civigraph_csvw::diagnostic::{Diagnostics, ReadingMode};
//! use civigraph_csvw::resource::LocalFiles;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! std::fs::write(folder.path().join("cities.csv"), "id,founded\nsamara,1586\n")?;
//! let metadata = folder.path().join("cities.csv-metadata.json");
//! std::fs::write(&metadata, r#"{
//!     "@context": "http://www.w3.org/ns/csvw",
//!     "url": "cities.csv",
//!     "tableSchema": {
//!         "aboutUrl": "http://example.org/city/{id}",
//!         "columns": [
//!             {"titles": "id", "suppressOutput": true},
//!             {"titles": "founded", "datatype": "gYear", "propertyUrl": "http://example.org/founded"}
//!         ]
//!     }
//! }"#)?;
//!
//! let files = LocalFiles::new(folder.path());
//! let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
//! let url = files.url_of(&metadata);
//! let group = csvw::load(&url, &LoadOptions::default(), &files, &mut diagnostics).ok_or("no table")?;
//! let options = CompileOptions {
//!     mode: csvw::ConversionMode::Minimal,
//!     ..CompileOptions::default()
//! };
//! let plan = csvw::compile(&group, &options, &mut diagnostics);
//! let mut sink = TextSink::triples(Vec::new());
//! convert::run(&plan, &files, &Options::default(), &mut sink, &mut diagnostics)?;
//!
//! assert!(!diagnostics.has_errors());
//! assert_eq!(
//!     String::from_utf8(sink.finish()?)?,
//!     "<http://example.org/city/samara> <http://example.org/founded> \
//!      \"1586\"^^<http://www.w3.org/2001/XMLSchema#gYear> .\n"
//! );
//! # Ok(())
//! # }
//! ```
//!
//! Everything that can be wrong with the input becomes a [`diagnostic`], with its place down to the cell; nothing
//! here prints, and no input ends the program. [`infer`] proposes metadata for files that have none, and [`mod@fmt`]
//! writes tables in one canonical form.
//!
//! # Where to add things
//!
//! | to add | do this |
//! |---|---|
//! | a mapping language | a module that reads it and builds a [`Plan`](crate::plan::Plan), as `csvw::compile` does; [plan] shows what each case of RML becomes |
//! | something that takes quads | a type that implements [`Sink`](crate::convert::Sink) and [`QuadSink`](crate::convert::QuadSink); [`CollectSink`](crate::convert::CollectSink) is the shortest example |
//! | a place that tables come from | a type that implements [`Resolver`](crate::resource::Resolver) |
//! | a datatype | an entry in `datatype/base.rs` |
//! | a diagnostic | an entry in `diagnostic/code.rs` |
//! | a format of reports | a file in `diagnostic/render/` |
//! | words for hints | a type that implements [`Wording`](crate::diagnostic::Wording) |
//!
//! The feature `fetch` (off by default) reads tables and metadata over HTTP.
//!
//! [resource]: crate::resource
//! [csvw]: crate::csvw
//! [plan]: crate::plan
//! [convert]: crate::convert
//! [csv]: crate::csv
//! [datatype]: crate::datatype
//! [json]: crate::json
//! [keys]: crate::keys

#![warn(missing_docs)]
// No input may end the program: errors are values. Where something cannot fail, the code says so
// without a way to panic.
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)
)]

pub mod characters;
pub mod convert;
pub mod csv;
pub mod csvw;
pub mod datatype;
pub mod diagnostic;
pub mod fmt;
pub mod infer;
pub mod json;
pub mod keys;
pub mod plan;
pub mod progress;
pub mod resource;
pub mod uri;

//! Civigraph turns curated CSV tables into a knowledge graph that can be trusted and queried.
//!
//! The pipeline, and the module that holds each step:
//!
//! ```text
//!  metadata.json   table.csv            ontology, documents
//!       │              │                        │
//!  [resource]     find and open every URL, offline by default
//!       │              │
//!   [csvw]             │     metadata read, checked, normalised: the annotated table group
//!       │              │
//!   [plan]  ◄──────────┘     compiled once: slots and templates; a value that serde writes down
//!       │
//!  [convert]                 rows in chunks on all cores: [csv] records ─► [datatype] values ─► quads
//!       │
//!       ├─► text writer      N-Triples, N-Quads           ─► `civigraph convert`
//!       ├─► collector        quads in memory              ─► tests, small tables
//!       ├─► [json]           csv2json out of the quads    ─► `civigraph convert --to json`
//!       ├─► [keys]           primary and foreign keys     ─► `civigraph check`
//!       ├─► [shacl]          shapes of the graph          ─► `civigraph check`
//!       └─► [store]          build aside, verify, publish ─► [query] · [export] · [describe]
//!                                        ▲
//!                                    [claims]  what each source says of each cell
//!                                    [rules]   what follows from the facts
//! ```
//!
//! And back: [invert] reads the plan in the other direction and finds the tables in a build; [fmt] writes
//! them in the one canonical form that files of curators get too.
//!
//! The steps from a table to quads are the crate [`civigraph_csvw`]; its front page has a runnable example.
//!
//! A project with a store is checked and published by `pipeline::build`, and asked by `query::run`.
//!
//! The feature `cli` (default) is the program. `rocksdb` adds dumps as stores of Oxigraph's own server, and takes a C++
//! compiler.
//!
//! [`infer`] proposes metadata for files that have none; [`scaffold`] makes a project of them.
//!
//! Everything that can be wrong with the input becomes a [`diagnostic`], with its place down to the
//! cell; nothing below the command line prints or exits, and nothing there names a command.
//!
//! # Where to add things
//!
//! | to add | do this |
//! |---|---|
//! | a mapping language | a front end in `crates/civigraph-csvw` that compiles to a [`Plan`](crate::plan::Plan) |
//! | something that takes quads | a type that implements [`Sink`](crate::convert::Sink), a line in `pipeline/assembly.rs` where a build is to feed it |
//! | a page | a file in `pages/` with its template, and a variant of `Address` |
//! | a command | a file in `cli/`, three lines in its `mod.rs` |
//!
//! `ARCHITECTURE.md` has the whole list, and what holds everywhere.
//!
//! [resource]: crate::resource
//! [csvw]: crate::csvw
//! [plan]: crate::plan
//! [convert]: crate::convert
//! [csv]: crate::csv
//! [datatype]: crate::datatype
//! [json]: crate::json
//! [keys]: crate::keys
//! [store]: crate::store
//! [query]: crate::query
//! [export]: crate::export
//! [describe]: crate::describe
//! [claims]: crate::claims
//! [invert]: crate::invert
//! [fmt]: crate::fmt
//! [rules]: crate::rules
//! [shacl]: crate::shacl
//! [`diagnostic`]: crate::diagnostic
//! [`infer`]: crate::infer
//! [`scaffold`]: crate::scaffold

#![warn(missing_docs)]
// No input may end the program: errors are values. Where something cannot fail, the code says so
// without a way to panic.
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)
)]

// The modules of the processor, so that one crate is enough to use all.
pub use civigraph_csvw::{
    characters, convert, csv, csvw, datatype, diagnostic, fmt, infer, json, keys, plan, progress,
    resource, uri,
};

#[cfg(feature = "worker")]
pub mod assist;
pub mod claims;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "worker")]
pub mod complete;
pub mod describe;
pub mod diff;
mod digest;
pub mod error;
pub mod export;
pub mod invert;
pub mod knowledge;
pub mod labels;
pub mod lineage;
pub mod list;
pub mod merges;
mod nesting;
#[cfg(feature = "serve")]
pub mod pages;
pub mod pipeline;
pub mod project;
pub mod query;
#[cfg(feature = "worker")]
pub mod reconcile;
#[cfg(feature = "worker")]
pub mod refusal;
pub mod rules;
pub mod scaffold;
#[cfg(feature = "serve")]
pub mod serve;
pub mod shacl;
pub mod store;
pub mod suggest;
pub mod tables;
mod turtle;
#[cfg(feature = "worker")]
pub mod worker;

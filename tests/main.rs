//! The integration tests, in one binary: each one links the store, which takes long.

mod cli;
mod diagnostics;
mod facts;
mod graph;
mod serve;
mod suites;

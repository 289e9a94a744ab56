//! The integration tests, in one binary: each one links the store, which takes long.

mod cases;
mod cli;
mod diagnostics;
mod facts;
mod graph;
mod serve;
mod suites;

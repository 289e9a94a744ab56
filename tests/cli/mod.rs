//! The program as a user calls it.
//!
//! Tests compare whole outputs: `assert_shown!` takes a run, or several, and compares the command, what it printed and how
//! it ended with a snapshot, without what differs from run to run. Short ones are in the tests, longer ones in `snapshots`.
//! `INSTA_UPDATE=always cargo test cli::` renews the files, `cargo insta accept` those in the tests.

mod ask;
mod bad_input;
mod blank_nodes;
mod build;
mod claims;
mod conflicts;
mod convert;
mod diff;
mod docs;
mod evidence;
mod faults;
mod fetch;
mod fmt;
mod hints;
mod history;
mod init;
mod interchange;
mod layers;
mod lineage;
mod merges;
mod museum;
mod new;
mod overlooked;
mod readme;
mod rules;
mod search;
mod shapes;
mod silent;
mod site;
mod streams;
mod tables;
mod talk;
mod terms;
mod unreadable;
mod watch;
pub mod workshop;

//! The program as a user calls it.

mod ask;
mod bad_input;
mod build;
mod claims;
mod conflicts;
mod convert;
mod diff;
mod evidence;
mod faults;
mod fetch;
mod fmt;
mod history;
mod init;
mod interchange;
mod lineage;
mod merges;
mod readme;
mod rules;
mod search;
mod shapes;
mod silent;
mod tables;
mod talk;
mod terms;
mod watch;
pub mod workshop;

//! The program as a user calls it.

mod bad_input;
mod build;
mod convert;
mod faults;
mod fmt;
mod history;
mod init;
mod readme;
mod rules;
mod talk;
pub mod workshop;

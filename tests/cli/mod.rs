//! The program as a user calls it.

mod bad_input;
mod talk;
mod workshop;

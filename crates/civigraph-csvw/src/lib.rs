//! CSV on the Web.

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

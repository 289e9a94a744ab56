//! Typed cell values: a cell's text checked and turned into a literal (Tabular Data Model §6.4).
//!
//! ```text
//!  DatatypeDescription ──compile──► Datatype ──parser──► Parser ──parse──► lexical form
//!  (as metadata has it)             (serde)              (prepared)        or CellProblem
//! ```
//!
//! [`Datatype::compile`] reports what is wrong with a description and goes on without it. A cell
//! first gets its white space normalised ([`Datatype::normalise`]); null, default and separator are
//! the caller's; then [`DatatypeParser::parse`] gives the lexical form that the literal carries.
//!
//! ```
//! use civigraph_csvw::datatype::{Datatype, DatatypeDescription, FormatDescription};
//! use civigraph_csvw::diagnostic::{Diagnostics, ReadingMode};
//!
//! let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
//! let datatype = Datatype::compile(
//!     &DatatypeDescription {
//!         base: "date".to_owned(),
//!         format: Some(FormatDescription {
//!             pattern: Some("dd.MM.yyyy".to_owned()),
//!             ..Default::default()
//!         }),
//!         ..Default::default()
//!     },
//!     &mut diagnostics,
//! );
//! let parser = datatype.parser();
//! let mut buffer = String::new();
//! assert_eq!(parser.parse("22.03.2015", &mut buffer).unwrap(), "2015-03-22");
//! assert_eq!(datatype.iri(), "http://www.w3.org/2001/XMLSchema#date");
//! ```

mod base;
mod canonical;
mod compile;
mod date_pattern;
mod decimal;
mod duration;
mod language;
mod number_pattern;
mod parser;
pub mod regular;
mod temporal;
#[cfg(test)]
mod tests;
mod text;
pub mod value;

pub use base::{Base, Family, WhiteSpace};
pub use canonical::canonical;
pub use compile::{Datatype, DatatypeFormat, Facets, RangeBound};
pub use date_pattern::DatePattern;
pub use language::{canonical_language_tag, canonical_literal, canonical_quad, canonical_term};
pub use number_pattern::{NumberFormat, NumberPattern};
pub use parser::{CellProblem, DatatypeParser};
pub use temporal::nonexistent;
pub use value::{JsonKind, write_json_number};

use crate::diagnostic::Place;
use std::collections::BTreeMap;

/// A datatype as metadata describes it, before it is compiled (Metadata Vocabulary §5.11.2).
///
/// Strings as written; bounds of unknown validity. [`Place`]s are kept for diagnostics.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DatatypeDescription {
    /// Name of the base datatype (`string`, `gYear`, `number` …); empty stands for `string`.
    pub base: String,
    /// The `@id` of a derived datatype.
    pub id: Option<String>,
    /// `format`: a pattern (number, date, regular expression, `Y|N`), or the parts of a number format.
    pub format: Option<FormatDescription>,
    /// Exact length.
    pub length: Option<u64>,
    /// Smallest length.
    pub min_length: Option<u64>,
    /// Largest length.
    pub max_length: Option<u64>,
    /// `minimum` / `minInclusive`, as written.
    pub min_inclusive: Option<String>,
    /// `maximum` / `maxInclusive`, as written.
    pub max_inclusive: Option<String>,
    /// `minExclusive`, as written.
    pub min_exclusive: Option<String>,
    /// `maxExclusive`, as written.
    pub max_exclusive: Option<String>,
    /// Where it is described.
    pub place: Place,
    /// Where the values of its properties are, by name.
    pub places: BTreeMap<String, Place>,
}

/// The `format` of a datatype.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormatDescription {
    /// The pattern.
    pub pattern: Option<String>,
    /// Decimal separator of a number, `.` by default.
    pub decimal_char: Option<String>,
    /// Group separator of a number.
    pub group_char: Option<String>,
    /// It is written as an object, which only numeric datatypes may have.
    pub is_object: bool,
}

//! Typed cell values: a cell's text checked and turned into a literal (Tabular Data Model §6.4).

use crate::diagnostic::Place;

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

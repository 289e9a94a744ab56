//! Descriptions of datatypes checked and compiled (Metadata Vocabulary §5.11.2).

use super::base::{Base, Family};
use super::date_pattern::DatePattern;
use super::number_pattern::{NumberFormat, NumberPattern};
use super::parser::DatatypeParser;
use super::regular::{PatternError, RegularExpression};
use super::value::{self, JsonKind};
use super::{DatatypeDescription, FormatDescription, text};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A datatype, compiled: a value that can be written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Datatype {
    /// The built-in datatype that it is or derives from.
    pub base: Base,
    /// The `@id` of a derived datatype.
    pub id: Option<String>,
    /// How cells are written.
    pub format: DatatypeFormat,
    /// What else holds for its values.
    pub facets: Facets,
}

/// The `format` of a datatype, compiled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DatatypeFormat {
    /// As XML Schema writes it.
    Standard,
    /// A number format.
    Number(NumberFormat),
    /// A date or time pattern.
    Date(DatePattern),
    /// The words for true and false.
    Boolean(String, String),
    /// A regular expression (known to be valid) that the XML Schema form must match as a whole.
    Regular(String),
    /// As XML Schema writes it, because what the metadata says is not a format of the datatype.
    Ignored(String),
}

/// Length and range facets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// Least length in characters, in bytes for binary datatypes.
    pub min_length: Option<u64>,
    /// Greatest length.
    pub max_length: Option<u64>,
    /// Lower bound.
    pub least: Option<RangeBound>,
    /// Upper bound.
    pub greatest: Option<RangeBound>,
}

/// A bound of a range: a lexical form of the base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeBound {
    /// The bound itself.
    pub value: String,
    /// The bound is not in the range.
    pub exclusive: bool,
}

impl Default for Datatype {
    fn default() -> Self {
        Self::of(Base::String)
    }
}

impl Datatype {
    /// A built-in datatype.
    pub fn of(base: Base) -> Self {
        Self {
            base,
            id: None,
            format: DatatypeFormat::Standard,
            facets: Facets::default(),
        }
    }

    /// Checks and compiles a description. What is wrong with it is reported and left out.
    pub fn compile(description: &DatatypeDescription, diagnostics: &mut Diagnostics) -> Self {
        let mut compiler = DatatypeCompiler {
            description,
            diagnostics,
        };
        let base = compiler.base();
        Self {
            base,
            id: compiler.id(),
            format: compiler.format(base),
            facets: compiler.facets(base),
        }
    }

    /// Prepares it for work on many cells.
    pub fn parser(&self) -> DatatypeParser {
        DatatypeParser::new(self)
    }

    /// The IRI that literals carry: the `@id` where there is one, else that of the base.
    pub fn iri(&self) -> &str {
        self.id.as_deref().unwrap_or(self.base.iri())
    }

    /// Whether values are plain strings, which take the language of their column.
    pub fn takes_language(&self) -> bool {
        self.base == Base::String && self.id.is_none()
    }

    /// The base whose [`canonical`](super::canonical()) forms may differ from what the parser gives;
    /// `None` where they never do.
    pub fn canonical_base(&self) -> Option<Base> {
        // The parser writes booleans as `true` and `false`.
        match self.base.family() {
            Family::Text | Family::Boolean => None,
            _ => Some(self.base),
        }
    }

    /// Applies the white-space rule of the base to the text of a cell: the first steps of parsing.
    pub fn normalise<'a>(&self, text: &'a str, buffer: &'a mut String) -> &'a str {
        text::normalise(self.base.white_space(), text, buffer)
    }

    /// Strips an item of a list, where the base asks for it.
    pub fn normalise_item<'a>(&self, item: &'a str) -> &'a str {
        if self.base.keeps_item_ends() {
            item
        } else {
            text::trim(item)
        }
    }

    /// What a value (as the parser gives it) becomes in csv2json.
    pub fn json_kind(&self, value: &str) -> JsonKind {
        value::json_kind(self.base, value)
    }

    /// The order of two values; see [`value::compare`].
    pub fn compare(&self, a: &str, b: &str) -> Option<Ordering> {
        value::compare(self.base, a, b)
    }

    /// Appends the identity of a value for keys; see [`value::write_key`].
    pub fn write_key(&self, value: &str, out: &mut Vec<u8>) {
        value::write_key(self.base, value, out);
    }
}

struct DatatypeCompiler<'a> {
    description: &'a DatatypeDescription,
    diagnostics: &'a mut Diagnostics,
}

impl DatatypeCompiler<'_> {
    /// Reports a problem with the value of a property.
    fn report(&mut self, code: Code, property: &str, message: String, found: &str) {
        let other = match property {
            "minimum" => "minInclusive",
            "maximum" => "maxInclusive",
            other => other,
        };
        let places = &self.description.places;
        let place = places.get(property).or_else(|| places.get(other));
        let place = place.unwrap_or(&self.description.place).clone();
        self.diagnostics
            .push(Diagnostic::new(code, place, message).with_found(found));
    }

    fn base(&mut self) -> Base {
        let name = self.description.base.as_str();
        if name.is_empty() {
            return Base::String;
        }
        Base::from_name(name)
            .or_else(|| Base::from_iri(name))
            .unwrap_or_else(|| {
                self.report(
                    Code::UnknownDatatype,
                    "base",
                    format!("`{name}` is not a built-in datatype; the cells are taken as strings"),
                    name,
                );
                Base::String
            })
    }

    fn id(&mut self) -> Option<String> {
        let id = self.description.id.as_deref()?;
        if id.starts_with("_:") || Base::from_iri(id).is_some() {
            self.report(
                Code::DatatypeId,
                "@id",
                format!(
                    "`@id` of a datatype must not be a blank node or a built-in datatype: `{id}`"
                ),
                id,
            );
            return None;
        }
        Some(id.to_owned())
    }

    fn format(&mut self, base: Base) -> DatatypeFormat {
        let Some(format) = &self.description.format else {
            return DatatypeFormat::Standard;
        };
        let pattern = format.pattern.as_deref();
        let compiled = match base.family() {
            Family::Decimal | Family::Float => return self.number_format(format),
            _ if format.is_object => Err(format!(
                "only numbers have a `format` that is an object, not `{}`",
                base.name()
            )),
            Family::Boolean => match pattern.and_then(|pattern| pattern.split_once('|')) {
                Some((yes, no))
                    if !yes.is_empty() && !no.is_empty() && !no.contains('|') && yes != no =>
                {
                    Ok(DatatypeFormat::Boolean(yes.to_owned(), no.to_owned()))
                }
                _ => Err("the format of a boolean is two words, such as `Y|N`".to_owned()),
            },
            Family::Temporal => pattern
                .and_then(|pattern| DatePattern::parse(base, pattern))
                .map(DatatypeFormat::Date)
                .ok_or_else(|| format!("the standard has no such pattern for `{}`", base.name())),
            Family::Text | Family::Binary | Family::Duration => {
                let pattern = pattern.unwrap_or_default();
                match RegularExpression::new(pattern) {
                    Ok(_) => Ok(DatatypeFormat::Regular(pattern.to_owned())),
                    Err(PatternError::Illegal(error)) => {
                        Err(format!("not a regular expression: {error}"))
                    }
                    Err(error) => {
                        self.report(
                            Code::UnsupportedFormat,
                            "format",
                            format!("the regular expression cannot be checked: {error}"),
                            pattern,
                        );
                        return DatatypeFormat::Standard;
                    }
                }
            }
        };
        compiled.unwrap_or_else(|message| {
            self.report(
                Code::BadFormat,
                "format",
                format!("{message}; the format is ignored"),
                pattern.unwrap_or_default(),
            );
            DatatypeFormat::Ignored(pattern.unwrap_or_default().to_owned())
        })
    }

    fn number_format(&mut self, format: &FormatDescription) -> DatatypeFormat {
        let decimal = format.decimal_char.as_deref().unwrap_or(".");
        let group = format.group_char.as_deref();
        let bad_separator = |text: &str| {
            text.is_empty() || text.contains(|c: char| c.is_ascii_digit()) || text == "-"
        };
        if bad_separator(decimal)
            || group.is_some_and(|group| bad_separator(group) || group == decimal)
        {
            self.report(
                Code::BadFormat,
                "format",
                "the separators of a number must be different and not empty; the format is ignored"
                    .to_owned(),
                group.unwrap_or(decimal),
            );
            return DatatypeFormat::Standard;
        }
        let pattern = format.pattern.as_deref().and_then(|pattern| {
            // Where only a decimal comma is given, the group separator cannot be the comma as well.
            let default = if decimal == "," { "." } else { "," };
            match NumberPattern::parse(pattern, decimal, group.unwrap_or(default)) {
                Ok(pattern) => Some(pattern),
                Err(error) => {
                    self.report(
                        Code::BadFormat,
                        "format",
                        format!("not a number pattern: {error}; the pattern is ignored"),
                        pattern,
                    );
                    None
                }
            }
        });
        if pattern.is_none() && group.is_none() && format.decimal_char.is_none() {
            return DatatypeFormat::Standard;
        }
        let default = (pattern.is_some()).then(|| if decimal == "," { "." } else { "," });
        DatatypeFormat::Number(NumberFormat {
            pattern,
            decimal: decimal.to_owned(),
            group: group.or(default).map(str::to_owned),
        })
    }

    fn facets(&mut self, base: Base) -> Facets {
        let (min_length, max_length) = self.lengths(base);
        let (least, greatest) = self.bounds(base);
        Facets {
            min_length,
            max_length,
            least,
            greatest,
        }
    }

    fn lengths(&mut self, base: Base) -> (Option<u64>, Option<u64>) {
        let description = self.description;
        let (exact, min, max) = (
            description.length,
            description.min_length,
            description.max_length,
        );
        let named = [("length", exact), ("minLength", min), ("maxLength", max)];
        if let Some((name, Some(length))) = named.into_iter().find(|(_, length)| length.is_some())
            && !base.has_length()
        {
            self.report(
                Code::FacetNotApplicable,
                name,
                format!(
                    "`{name}` is for strings and binary values, not for `{}`",
                    base.name()
                ),
                &length.to_string(),
            );
            return (None, None);
        }
        for (low_name, low, high_name, high) in [
            ("minLength", min, "length", exact),
            ("length", exact, "maxLength", max),
            ("minLength", min, "maxLength", max),
        ] {
            if let (Some(low), Some(high)) = (low, high)
                && low > high
            {
                self.report(
                    Code::FacetConflict,
                    low_name,
                    format!("`{low_name}` {low} is greater than `{high_name}` {high}"),
                    &low.to_string(),
                );
                return (None, None);
            }
        }
        (exact.or(min), exact.or(max))
    }

    fn bounds(&mut self, base: Base) -> (Option<RangeBound>, Option<RangeBound>) {
        let description = self.description;
        let named = [
            ("minimum", &description.min_inclusive),
            ("maximum", &description.max_inclusive),
            ("minExclusive", &description.min_exclusive),
            ("maxExclusive", &description.max_exclusive),
        ];
        if !base.is_ordered() {
            if let Some((name, Some(bound))) = named.iter().find(|(_, bound)| bound.is_some()) {
                self.report(
                    Code::FacetNotApplicable,
                    name,
                    format!(
                        "`{name}` is for numbers, dates, times and durations, not for `{}`",
                        base.name()
                    ),
                    bound,
                );
            }
            return (None, None);
        }
        let [min, max, above, below] = named.map(|(name, bound)| {
            let bound = bound.as_deref()?;
            if is_bound(base, bound) {
                return Some((name, bound));
            }
            self.report(
                Code::BadFacet,
                name,
                format!(
                    "`{name}` is not a value of `{}` and is ignored",
                    base.name()
                ),
                bound,
            );
            None
        });
        // Pairs that must not both be given; then pairs with the orders that they may have.
        for (a, b) in [(min, above), (max, below)] {
            if let (Some((a, value)), Some((b, _))) = (a, b) {
                self.report(
                    Code::FacetConflict,
                    a,
                    format!("`{a}` and `{b}` exclude each other"),
                    value,
                );
                return (None, None);
            }
        }
        for (low, high, may_be_equal) in [
            (min, max, true),
            (min, below, false),
            (above, below, true),
            (above, max, false),
        ] {
            let (Some((low_name, low)), Some((high_name, high))) = (low, high) else {
                continue;
            };
            let order = value::compare(base, low, high);
            if order == Some(Ordering::Greater) || (order == Some(Ordering::Equal) && !may_be_equal)
            {
                self.report(
                    Code::FacetConflict,
                    low_name,
                    format!("no value lies between `{low_name}` {low} and `{high_name}` {high}"),
                    low,
                );
                return (None, None);
            }
        }
        let bound = |inclusive: Option<(&str, &str)>, exclusive: Option<(&str, &str)>| {
            let bound = |(_, value): (&str, &str), exclusive| RangeBound {
                value: value.to_owned(),
                exclusive,
            };
            inclusive
                .map(|found| bound(found, false))
                .or_else(|| exclusive.map(|found| bound(found, true)))
        };
        (bound(min, above), bound(max, below))
    }
}

/// Whether a text can bound a datatype: it need not lie in an integer type's own range.
fn is_bound(base: Base, bound: &str) -> bool {
    match base.family() {
        Family::Decimal => value::is_valid(Base::Decimal, bound),
        Family::Float => value::is_valid(base, bound) && bound != "NaN",
        _ => value::is_valid(base, bound),
    }
}

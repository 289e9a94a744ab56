//! Predicates that stand for a predicate with its objects in a range of values.

use crate::error::Result;
use crate::index::Index;
use crate::term::{self, kind};
use crate::value::{self, OrderKey};
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, NamedNodeRef, Term};
use std::fmt;
use std::ops::Range;

const PREFIX: &str = "urn:civigraph:range:";
/// Follows the kind where the greatest value comes first.
const DESCENDING: &str = "-descending";

/// The values that are compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// Numbers of all numeric datatypes.
    Number,
    /// `xsd:date`.
    Date,
    /// `xsd:dateTime`.
    DateTime,
    /// `xsd:gYear`.
    Year,
}

impl ValueKind {
    /// Returns the kind of the values of a datatype.
    #[must_use]
    pub fn of(datatype: NamedNodeRef<'_>) -> Option<Self> {
        Some(match datatype {
            xsd::INTEGER
            | xsd::DECIMAL
            | xsd::DOUBLE
            | xsd::FLOAT
            | xsd::BYTE
            | xsd::SHORT
            | xsd::INT
            | xsd::LONG
            | xsd::UNSIGNED_BYTE
            | xsd::UNSIGNED_SHORT
            | xsd::UNSIGNED_INT
            | xsd::UNSIGNED_LONG
            | xsd::POSITIVE_INTEGER
            | xsd::NEGATIVE_INTEGER
            | xsd::NON_POSITIVE_INTEGER
            | xsd::NON_NEGATIVE_INTEGER => Self::Number,
            xsd::DATE => Self::Date,
            xsd::DATE_TIME => Self::DateTime,
            xsd::G_YEAR => Self::Year,
            _ => return None,
        })
    }
}

/// A range of values, bounds included.
///
/// The dataset answers it with a superset: at least every literal that SPARQL's `>=` finds
/// not less than the lower bound and whose `<=` finds not greater than the upper one. Dates with and without a time zone
/// are compared with 14 hours of uncertainty, so a dataset that sorts them in one sequence widens the bounds by that.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ValueRange {
    /// What is compared.
    pub kind: ValueKind,
    /// The least value.
    pub lower: Option<Literal>,
    /// The greatest value.
    pub upper: Option<Literal>,
}

/// A predicate whose triples are those of another predicate with an object in a range.
///
/// It is written as an IRI, since that is what the algebra of a query has at this place;
/// the dataset decodes it in `internalize_term`.
///
/// ```
/// use civigraph_index::{RangePredicate, ValueKind, ValueRange};
/// use oxrdf::{Literal, NamedNode};
///
/// let range = RangePredicate {
///     predicate: NamedNode::new("http://example.com/amount")?,
///     range: ValueRange { kind: ValueKind::Number, lower: Some(Literal::from(990)), upper: None },
///     descending: false,
/// };
/// assert_eq!(RangePredicate::decode(range.encode().as_ref()), Some(range));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RangePredicate {
    /// The predicate of the triples.
    pub predicate: NamedNode,
    /// Where the objects are.
    pub range: ValueRange,
    /// Whether the triples of the default graph come from the greatest value to the least instead of the other way
    /// round, as far as the dataset keeps an order.
    pub descending: bool,
}

impl RangePredicate {
    /// Returns the IRI for this predicate.
    #[must_use]
    pub fn encode(&self) -> NamedNode {
        let kind = match self.range.kind {
            ValueKind::Number => "number",
            ValueKind::Date => "date",
            ValueKind::DateTime => "dateTime",
            ValueKind::Year => "gYear",
        };
        let bound = |bound: &Option<Literal>| {
            bound.as_ref().map_or_else(String::new, |bound| {
                format!(
                    "{}^{}",
                    escape(bound.value()),
                    escape(bound.datatype().as_str())
                )
            })
        };
        NamedNode::new_unchecked(format!(
            "{PREFIX}{kind}{};{};{};{}",
            if self.descending { DESCENDING } else { "" },
            bound(&self.range.lower),
            bound(&self.range.upper),
            self.predicate.as_str()
        ))
    }

    /// Returns the predicate that an IRI was made for, or `None` for any other IRI.
    #[must_use]
    pub fn decode(iri: NamedNodeRef<'_>) -> Option<Self> {
        let mut parts = iri.as_str().strip_prefix(PREFIX)?.splitn(4, ';');
        let kind = parts.next()?;
        let (kind, descending) = match kind.strip_suffix(DESCENDING) {
            Some(kind) => (kind, true),
            None => (kind, false),
        };
        let kind = match kind {
            "number" => ValueKind::Number,
            "date" => ValueKind::Date,
            "dateTime" => ValueKind::DateTime,
            "gYear" => ValueKind::Year,
            _ => return None,
        };
        let mut bound = || {
            let text = parts.next()?;
            if text.is_empty() {
                return Some(None);
            }
            let (value, datatype) = text.split_once('^')?;
            Some(Some(Literal::new_typed_literal(
                unescape(value)?,
                NamedNode::new_unchecked(unescape(datatype)?),
            )))
        };
        let (lower, upper) = (bound()?, bound()?);
        Some(Self {
            predicate: NamedNode::new_unchecked(parts.next()?),
            range: ValueRange { kind, lower, upper },
            descending,
        })
    }
}

/// Time zones reach 14 hours from UTC; what has none may be in any of them.
const ZONES: i64 = 14 * 3600;

impl ValueKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Number, Self::Date, Self::DateTime, Self::Year];

    /// Whether SPARQL finds a literal of this kind greater than another one, and with it all that follow it in the order
    /// of values. What is too close to say is not.
    #[must_use]
    pub fn is_surely_greater(self, literal: &Literal, other: &Literal) -> bool {
        match (self.keys(literal), self.keys(other)) {
            (Some([low, _]), Some([_, high])) => low > high,
            _ => false,
        }
    }

    /// The kind of terms that this kind of values is sorted among.
    fn terms(self) -> u8 {
        match self {
            Self::Number => kind::NUMBER,
            Self::Date => kind::DATE,
            Self::DateTime => kind::TIME,
            Self::Year => kind::YEAR,
        }
    }

    /// The sort keys between which the values are that compare as equal to a literal; `None` where it has no value.
    fn keys(self, literal: &Literal) -> Option<[OrderKey; 2]> {
        let lexical = literal.value();
        let seconds = match self {
            Self::Number => {
                let local = literal.datatype().as_str().strip_prefix(value::XSD)?;
                let datatype = value::NUMBERS.iter().position(|number| *number == local)?;
                // NaN is neither less nor greater than anything.
                let number = value::number(datatype, lexical).filter(|number| !number.is_nan())?;
                // Different numbers can have the same double, and compared with a float the same float: the
                // neighbours are taken along.
                let single = number as f32;
                let low = number.next_down().min(f64::from(single.next_down()));
                let high = number.next_up().max(f64::from(single.next_up()));
                return Some([low, high].map(value::number_key));
            }
            Self::Date => value::seconds(lexical, false),
            Self::DateTime => value::seconds(lexical, true),
            Self::Year => value::year_seconds(lexical),
        }?;
        Some([seconds.saturating_sub(ZONES), seconds.saturating_add(ZONES)].map(value::time_key))
    }
}

impl Index {
    /// Other literals of this index with the value of a literal, as far as their values sort together: `1.50` for
    /// `1.5`. At most `limit`.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn same_value(&self, literal: &Literal, limit: usize) -> Result<Vec<Literal>> {
        let Some(kind) = ValueKind::of(literal.datatype()) else {
            return Ok(Vec::new());
        };
        let mut key = Vec::new();
        term::encode_literal(&mut key, literal.as_ref());
        let Some(start) = key
            .get(..9)
            .filter(|start| start.first() == Some(&kind.terms()))
        else {
            return Ok(Vec::new());
        };
        let first = self.dictionary.lower_bound(start)?;
        let mut keys = self.dictionary.scan(first..u32::MAX);
        let mut found = Vec::new();
        while let Some((_, other)) = keys.next()? {
            if found.len() == limit || !other.starts_with(start) {
                break;
            }
            if other != key
                && let Some(Term::Literal(other)) = term::decode(other)
            {
                found.push(other);
            }
        }
        Ok(found)
    }

    /// The ids of literals of a kind whose values may lie in a range: at least all of those that do.
    pub(crate) fn ids_in(&self, range: &ValueRange) -> Result<Range<u32>> {
        let terms = range.kind.terms();
        let mut ids = self.dictionary.ids_of(terms);
        let first_at = |key: OrderKey, after: bool| {
            let mut bytes = vec![terms];
            bytes.extend_from_slice(&key);
            if after {
                // Ahead of all keys that go on with anything greater.
                bytes.push(u8::MAX);
            }
            self.dictionary.lower_bound(&bytes)
        };
        let keys = |bound: &Option<Literal>| range.kind.keys(bound.as_ref()?);
        if [&range.lower, &range.upper]
            .into_iter()
            .any(|bound| bound.is_some() && keys(bound).is_none())
        {
            // A bound without a value compares with the same term only, which has no place among the values.
            return Ok(0..self.dictionary.len());
        }
        if let Some([low, _]) = keys(&range.lower) {
            ids.start = ids.start.max(first_at(low, false)?);
        }
        if let Some([_, high]) = keys(&range.upper) {
            ids.end = ids.end.min(first_at(high, true)?);
        }
        ids.end = ids.end.max(ids.start);
        Ok(ids)
    }
}

impl fmt::Display for RangePredicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = |bound: &Option<Literal>| bound.as_ref().map_or("", Literal::value).to_owned();
        let (lower, upper) = (bound(&self.range.lower), bound(&self.range.upper));
        if self.descending {
            write!(f, "{}[{upper}..{lower}]", self.predicate)
        } else {
            write!(f, "{}[{lower}..{upper}]", self.predicate)
        }
    }
}

/// Returns a text in which the IRIs of range predicates are written for people: `predicate[lower..upper]`.
pub fn readable_ranges(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        result.push_str(before);
        let range = after.split_once('>').and_then(|(iri, after)| {
            Some((
                RangePredicate::decode(NamedNodeRef::new_unchecked(iri))?,
                after,
            ))
        });
        rest = match range {
            Some((range, after)) => {
                result.push_str(&range.to_string());
                after
            }
            None => {
                result.push('<');
                after
            }
        };
    }
    result.push_str(rest);
    result
}

fn escape(text: &str) -> String {
    use std::fmt::Write;
    let mut result = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/#+".contains(&byte) {
            result.push(char::from(byte));
        } else {
            let _ = write!(result, "%{byte:02X}");
        }
    }
    result
}

fn unescape(text: &str) -> Option<String> {
    let mut result = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        result.push(if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(result).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_close_is_not_surely_greater() {
        for (kind, datatype, greater, other, expected) in [
            (ValueKind::Number, xsd::INTEGER, "2", "1", true),
            (ValueKind::Number, xsd::INTEGER, "1", "1", false),
            (ValueKind::Number, xsd::INTEGER, "1", "2", false),
            (
                ValueKind::Number,
                xsd::DECIMAL,
                "16777217",
                "16777216",
                false,
            ),
            (ValueKind::Number, xsd::DOUBLE, "NaN", "1", false),
            (
                ValueKind::Date,
                xsd::DATE,
                "2020-01-02",
                "2020-01-01",
                false,
            ),
            (ValueKind::Date, xsd::DATE, "2020-01-03", "2020-01-01", true),
            (ValueKind::Year, xsd::G_YEAR, "2021", "2020", true),
            (ValueKind::Year, xsd::G_YEAR, "-0001", "-0002", true),
        ] {
            let literal = |value| Literal::new_typed_literal(value, datatype);
            let found = kind.is_surely_greater(&literal(greater), &literal(other));
            assert_eq!(found, expected, "{greater} {other}");
        }
    }

    #[test]
    fn decodes_what_it_encodes() {
        for (lower, upper) in [
            (
                None,
                Some(Literal::new_typed_literal("1750-01-01+02:00", xsd::DATE)),
            ),
            (
                Some(Literal::new_typed_literal("-5;^%", xsd::INTEGER)),
                Some(Literal::from(1.5e300)),
            ),
            (None, None),
        ] {
            let range = RangePredicate {
                predicate: NamedNode::new_unchecked("http://example.com/p;q^%20"),
                descending: lower.is_none(),
                range: ValueRange {
                    kind: ValueKind::Number,
                    lower,
                    upper,
                },
            };
            assert_eq!(RangePredicate::decode(range.encode().as_ref()), Some(range));
        }
        for iri in [
            "urn:civigraph:range:",
            "urn:civigraph:range:number;x;;p",
            "http://example.com/",
        ] {
            assert_eq!(
                RangePredicate::decode(NamedNodeRef::new_unchecked(iri)),
                None
            );
        }
    }
}

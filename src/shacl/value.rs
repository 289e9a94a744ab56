//! Literals as values: their order, as the operators of SPARQL have it, and whether they are well-formed.

use crate::datatype::{Base, Family, value};
use oxrdf::Literal;
use std::cmp::Ordering;

/// What an ordered literal is, for comparison with another one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum OrderedLiteral<'l> {
    /// An integer or a decimal, of any length.
    Decimal(&'l str),
    /// A float or a double.
    Float(f64),
    /// A text without a language.
    Text(&'l str),
    Boolean(bool),
    /// A date, a time, a duration: what has an order of its own.
    Other(Base, &'l str),
}

impl<'l> OrderedLiteral<'l> {
    /// The value of a literal; `None` where it has no order or is ill-formed.
    pub(super) fn of(literal: &'l Literal) -> Option<Self> {
        if literal.language().is_some() {
            return None;
        }
        let base = Base::from_iri(literal.datatype().as_str())?;
        let text = match base {
            Base::String => return Some(Self::Text(literal.value())),
            _ => literal.value().trim(),
        };
        if !value::is_valid(base, text) {
            return None;
        }
        match base.family() {
            Family::Decimal => Some(Self::Decimal(text)),
            Family::Float => match text {
                "INF" | "+INF" => Some(Self::Float(f64::INFINITY)),
                "-INF" => Some(Self::Float(f64::NEG_INFINITY)),
                _ => text.parse().ok().map(Self::Float),
            },
            Family::Boolean => Some(Self::Boolean(matches!(text, "true" | "1"))),
            Family::Temporal | Family::Duration => Some(Self::Other(base, text)),
            Family::Text | Family::Binary => None,
        }
    }

    /// The order of two values; `None` where they cannot be compared.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Decimal(a), Self::Decimal(b)) => value::compare(Base::Decimal, a, b),
            (Self::Decimal(_) | Self::Float(_), Self::Decimal(_) | Self::Float(_)) => {
                self.float()?.partial_cmp(&other.float()?)
            }
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Boolean(a), Self::Boolean(b)) => Some(a.cmp(b)),
            (Self::Other(base, a), Self::Other(other, b)) => {
                let same = base == other || base.family() == other.family();
                let comparable = base == other
                    || (base.family() == Family::Duration && same)
                    || (is_moment(*base) && is_moment(*other));
                let base = if base == other { *base } else { common(*base) };
                comparable.then(|| value::compare(base, a, b)).flatten()
            }
            _ => None,
        }
    }

    fn float(&self) -> Option<f64> {
        match self {
            Self::Decimal(text) => text.parse().ok(),
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }
}

fn is_moment(base: Base) -> bool {
    matches!(base, Base::DateTime | Base::DateTimeStamp)
}

/// The datatype that two kinds of moments, or of durations, are both of.
fn common(base: Base) -> Base {
    if is_moment(base) {
        Base::DateTime
    } else {
        Base::Duration
    }
}

/// Whether a literal is a lexical form of its datatype; unknown datatypes have no ill-formed literals.
pub(super) fn is_well_formed(literal: &Literal) -> bool {
    if literal.language().is_some() {
        return true;
    }
    match Base::from_iri(literal.datatype().as_str()) {
        None | Some(Base::String) => true,
        Some(base) => {
            let text = literal.value();
            value::is_valid(base, text) || value::is_valid(base, text.trim())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::NamedNode;

    #[test]
    fn order_across_datatypes() {
        let literal = |text: &str| -> Literal {
            let (value, datatype) = text.split_once('^').unwrap();
            let iri = format!("http://www.w3.org/2001/XMLSchema#{datatype}");
            Literal::new_typed_literal(value, NamedNode::new_unchecked(iri))
        };
        for (a, b, expected) in [
            ("1^integer", "1.0^decimal", Some(Ordering::Equal)),
            ("2^byte", "10^integer", Some(Ordering::Less)),
            ("1e1^double", "9^integer", Some(Ordering::Greater)),
            ("NaN^double", "9^integer", None),
            ("x^integer", "9^integer", None),
            ("a^string", "b^string", Some(Ordering::Less)),
            ("1^string", "1^integer", None),
            (
                "2020-01-02^date",
                "2020-01-01^date",
                Some(Ordering::Greater),
            ),
            ("2020-01-02^date", "2020^gYear", None),
            (
                "99999999999999999999999999999999999999999999^integer",
                "99999999999999999999999999999999999999999998.5^decimal",
                Some(Ordering::Greater),
            ),
        ] {
            let (left, right) = (literal(a), literal(b));
            let found = OrderedLiteral::of(&left)
                .zip(OrderedLiteral::of(&right))
                .and_then(|(a, b)| a.compare(&b));
            assert_eq!(found, expected, "{a} {b}");
        }
    }
}

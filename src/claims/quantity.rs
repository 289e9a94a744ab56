//! What a figure says, as a set of numbers: whether two figures can both hold.
//!
//! "More than 75" and 80 can; "more than 80" and "about 70" cannot.

use oxsdatatypes::Decimal;
use std::str::FromStr;

/// The most places that an exponent moves the point.
const SHIFT_LIMIT: usize = 40;

/// How a stated number bounds the real one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum QuantityBound {
    /// No bound on this side.
    Open,
    /// The number itself is allowed.
    Inclusive(Decimal),
    /// The number itself is not allowed.
    Exclusive(Decimal),
}

/// The numbers that a figure allows: everything between two bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    low: QuantityBound,
    high: QuantityBound,
}

impl Quantity {
    /// A figure from its kind (`exact`, `approximate`, `minimum-inclusive`, `minimum-exclusive`,
    /// `maximum-inclusive`, `maximum-exclusive`) and the lexical form of its number; `None` where either is
    /// no such thing.
    ///
    /// An approximate number allows whatever rounds to it: "about 70" is 65 to 75. That range serves
    /// the comparison alone and is published nowhere.
    pub fn new(kind: &str, value: &str) -> Option<Self> {
        let number = decimal(value)?;
        Some(match kind {
            "exact" => Self {
                low: QuantityBound::Inclusive(number),
                high: QuantityBound::Inclusive(number),
            },
            "approximate" => {
                let half = half_of_last_digit(&number.to_string())?;
                Self {
                    low: QuantityBound::Inclusive(number.checked_sub(half)?),
                    high: QuantityBound::Inclusive(number.checked_add(half)?),
                }
            }
            "minimum-inclusive" => Self::from(QuantityBound::Inclusive(number)),
            "minimum-exclusive" => Self::from(QuantityBound::Exclusive(number)),
            "maximum-inclusive" => Self::to(QuantityBound::Inclusive(number)),
            "maximum-exclusive" => Self::to(QuantityBound::Exclusive(number)),
            _ => return None,
        })
    }

    fn from(low: QuantityBound) -> Self {
        Self {
            low,
            high: QuantityBound::Open,
        }
    }

    fn to(high: QuantityBound) -> Self {
        Self {
            low: QuantityBound::Open,
            high,
        }
    }

    /// Whether some number is allowed by both.
    pub fn agrees_with(&self, other: &Self) -> bool {
        reaches(self.low, other.high) && reaches(other.low, self.high)
    }
}

/// Whether there is a number at or above `low` and at or below `high`.
fn reaches(low: QuantityBound, high: QuantityBound) -> bool {
    match (low, high) {
        (QuantityBound::Open, _) | (_, QuantityBound::Open) => true,
        (QuantityBound::Inclusive(low), QuantityBound::Inclusive(high)) => low <= high,
        (
            QuantityBound::Inclusive(low) | QuantityBound::Exclusive(low),
            QuantityBound::Exclusive(high),
        )
        | (QuantityBound::Exclusive(low), QuantityBound::Inclusive(high)) => low < high,
    }
}

/// The number of a lexical form, of doubles too; `None` where it is none, or has more digits than are
/// compared.
pub(super) fn decimal(lexical: &str) -> Option<Decimal> {
    let Some((digits, exponent)) = lexical.split_once(['e', 'E']) else {
        return Decimal::from_str(lexical).ok();
    };
    // As its digits are: a double would add some of its own.
    let exponent: i32 = exponent.parse().ok()?;
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits.trim_start_matches('+')),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let shift = usize::try_from(exponent.unsigned_abs()).ok()?;
    if shift > SHIFT_LIMIT {
        return None;
    }
    let zeros = "0".repeat(shift);
    let (digits, point) = if exponent < 0 {
        (format!("{zeros}{whole}{fraction}"), whole.len())
    } else {
        (format!("{whole}{fraction}{zeros}"), whole.len() + shift)
    };
    let (whole, fraction) = digits.split_at_checked(point)?;
    Decimal::from_str(&format!("{sign}{whole}.{fraction}")).ok()
}

/// Half of the place of the last digit that is not a trailing zero: 5 for `70`, 0.05 for `1.5`.
fn half_of_last_digit(value: &str) -> Option<Decimal> {
    let digits = value.trim_start_matches(['+', '-']);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let text = if fraction.is_empty() {
        let zeros = whole.len() - whole.trim_end_matches('0').len();
        if zeros == whole.len() || zeros == 0 {
            "0.5".to_owned()
        } else {
            format!("5{}", "0".repeat(zeros - 1))
        }
    } else {
        format!("0.{}5", "0".repeat(fraction.len()))
    };
    Decimal::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_agree_where_some_number_satisfies_both() {
        #[rustfmt::skip]
        let cases = [
            ("minimum-exclusive", "75", "exact", "80", true),
            ("minimum-exclusive", "80", "approximate", "70", false),
            ("minimum-exclusive", "80", "exact", "80", false),
            ("minimum-inclusive", "80", "exact", "80", true),
            ("exact", "5", "exact", "5.0", true),
            ("exact", "5", "exact", "6", false),
            ("approximate", "70", "exact", "72", true),
            ("approximate", "70", "exact", "80", false),
            ("approximate", "1.5", "exact", "1.54", true),
            ("approximate", "1.5", "exact", "1.6", false),
            ("approximate", "3", "exact", "3.5", true),
            ("maximum-exclusive", "10", "minimum-inclusive", "10", false),
            ("maximum-inclusive", "10", "minimum-inclusive", "10", true),
            ("maximum-inclusive", "10", "maximum-exclusive", "3", true),
            ("minimum-inclusive", "3", "minimum-exclusive", "250", true),
            ("approximate", "-70", "exact", "-66", true),
        ];
        for (kind, value, other_kind, other_value, expected) in cases {
            let one = Quantity::new(kind, value).unwrap();
            let other = Quantity::new(other_kind, other_value).unwrap();
            let what = format!("{kind} {value} and {other_kind} {other_value}");
            assert_eq!(one.agrees_with(&other), expected, "{what}");
            assert_eq!(other.agrees_with(&one), expected, "{what}, turned round");
        }
    }

    #[test]
    fn numbers_of_lexical_forms() {
        #[rustfmt::skip]
        let cases = [
            ("-0", Some("0")),
            ("007", Some("7")),
            ("7E1", Some("70")),
            ("-7.25e1", Some("-72.5")),
            ("1.5E-3", Some("0.0015")),
            ("+12.E+0", Some("12")),
            ("0.1e0", Some("0.1")),
            ("INF", None),
            ("NaN", None),
            ("1E400", None),
            ("99999999999999999999999", None),
        ];
        for (lexical, expected) in cases {
            let number = decimal(lexical).map(|number| number.to_string());
            assert_eq!(number.as_deref(), expected, "{lexical}");
        }
    }

    #[test]
    fn what_is_no_quantity() {
        assert_eq!(Quantity::new("several", "3"), None);
        assert_eq!(Quantity::new("exact", "many"), None);
    }
}

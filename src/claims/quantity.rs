//! What a figure says, as a set of numbers: whether two figures can both hold.
//!
//! "More than 75" and 80 can; "more than 80" and "about 70" cannot.

use oxsdatatypes::Decimal;
use std::str::FromStr;

/// How a stated number bounds the real one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
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
    low: Bound,
    high: Bound,
}

impl Quantity {
    /// A figure from its kind (`exact`, `approximate`, `minimum-inclusive`, `minimum-exclusive`,
    /// `maximum-inclusive`, `maximum-exclusive`) and its decimal value; `None` where either is no such thing.
    ///
    /// An approximate number allows whatever rounds to it: "about 70" is 65 to 75. That range serves
    /// the comparison alone and is published nowhere.
    pub fn new(kind: &str, value: &str) -> Option<Self> {
        let number = Decimal::from_str(value).ok()?;
        Some(match kind {
            "exact" => Self {
                low: Bound::Inclusive(number),
                high: Bound::Inclusive(number),
            },
            "approximate" => {
                let half = half_of_last_digit(value)?;
                Self {
                    low: Bound::Inclusive(number.checked_sub(half)?),
                    high: Bound::Inclusive(number.checked_add(half)?),
                }
            }
            "minimum-inclusive" => Self::from(Bound::Inclusive(number)),
            "minimum-exclusive" => Self::from(Bound::Exclusive(number)),
            "maximum-inclusive" => Self::to(Bound::Inclusive(number)),
            "maximum-exclusive" => Self::to(Bound::Exclusive(number)),
            _ => return None,
        })
    }

    fn from(low: Bound) -> Self {
        Self {
            low,
            high: Bound::Open,
        }
    }

    fn to(high: Bound) -> Self {
        Self {
            low: Bound::Open,
            high,
        }
    }

    /// Whether some number is allowed by both.
    pub fn agrees_with(&self, other: &Self) -> bool {
        reaches(self.low, other.high) && reaches(other.low, self.high)
    }
}

/// Whether there is a number at or above `low` and at or below `high`.
fn reaches(low: Bound, high: Bound) -> bool {
    match (low, high) {
        (Bound::Open, _) | (_, Bound::Open) => true,
        (Bound::Inclusive(low), Bound::Inclusive(high)) => low <= high,
        (Bound::Inclusive(low) | Bound::Exclusive(low), Bound::Exclusive(high))
        | (Bound::Exclusive(low), Bound::Inclusive(high)) => low < high,
    }
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
    fn what_is_no_quantity() {
        assert_eq!(Quantity::new("several", "3"), None);
        assert_eq!(Quantity::new("exact", "many"), None);
    }
}

//! Lexical forms and order of decimal and floating-point numbers (XML Schema 1.1 part 2 §3.3).
//!
//! Decimals have any number of digits, so they are compared as text: no conversion, no limit.

use std::cmp::Ordering;

/// A decimal number taken apart: what its text says, without leading and trailing zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal<'a> {
    /// Below zero; never set for zero.
    pub negative: bool,
    /// Digits before the point, without leading zeros.
    pub integer: &'a str,
    /// Digits after the point, without trailing zeros.
    pub fraction: &'a str,
}

impl<'a> Decimal<'a> {
    /// Takes a lexical form of `xsd:decimal` apart; `None` if it is not one.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if (integer.is_empty() && fraction.is_empty())
            || !all_digits(integer)
            || !all_digits(fraction)
        {
            return None;
        }
        let integer = integer.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        Some(Self {
            negative: negative && !(integer.is_empty() && fraction.is_empty()),
            integer,
            fraction,
        })
    }
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let magnitude = || {
            self.integer
                .len()
                .cmp(&other.integer.len())
                .then_with(|| self.integer.cmp(other.integer))
                .then_with(|| self.fraction.cmp(other.fraction))
        };
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => magnitude(),
            (true, true) => magnitude().reverse(),
        }
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Whether a string has only decimal digits (none is fine).
pub fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is a lexical form of `xsd:integer`.
pub fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && all_digits(digits)
}

/// Whether a text is a lexical form of `xsd:decimal`.
pub fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text).as_bytes();
    let mut seen_point = false;
    let mut seen_digit = false;
    for &byte in digits {
        match byte {
            b'0'..=b'9' => seen_digit = true,
            b'.' if !seen_point => seen_point = true,
            _ => return false,
        }
    }
    seen_digit
}

/// Whether a text is a lexical form of `xsd:double` and `xsd:float`.
pub fn is_double(text: &str) -> bool {
    if is_special(text) {
        return true;
    }
    match text.find(['e', 'E']) {
        // The exponent sign is one byte.
        Some(at) => is_decimal(&text[..at]) && is_integer(&text[at + 1..]),
        None => is_decimal(text),
    }
}

/// Whether a text is one of the values that only floating-point types have.
pub fn is_special(text: &str) -> bool {
    matches!(text, "NaN" | "INF" | "-INF" | "+INF")
}

/// The value of a lexical form of `xsd:double`.
pub fn double_value(text: &str) -> Option<f64> {
    match text {
        "INF" | "+INF" => Some(f64::INFINITY),
        "-INF" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        _ if is_double(text) => text.parse().ok(),
        _ => None,
    }
}

/// The value of a lexical form of `xsd:float`: rounded to single precision.
pub fn float_value(text: &str) -> Option<f32> {
    match text {
        "INF" | "+INF" => Some(f32::INFINITY),
        "-INF" => Some(f32::NEG_INFINITY),
        "NaN" => Some(f32::NAN),
        _ if is_double(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lexical_forms() {
        for (text, integer, decimal, double) in [
            ("0", true, true, true),
            ("-7", true, true, true),
            ("+007", true, true, true),
            ("1.", false, true, true),
            (".5", false, true, true),
            ("-.5", false, true, true),
            ("1e6", false, false, true),
            ("1.5E-6", false, false, true),
            ("NaN", false, false, true),
            ("-INF", false, false, true),
            ("inf", false, false, false),
            ("", false, false, false),
            ("-", false, false, false),
            (".", false, false, false),
            ("e5", false, false, false),
            ("1e", false, false, false),
            ("1.2.3", false, false, false),
            ("1 000", false, false, false),
            ("١", false, false, false),
        ] {
            assert_eq!(is_integer(text), integer, "integer {text}");
            assert_eq!(is_decimal(text), decimal, "decimal {text}");
            assert_eq!(Decimal::parse(text).is_some(), decimal, "parsed {text}");
            assert_eq!(is_double(text), double, "double {text}");
            assert_eq!(double_value(text).is_some(), double, "value {text}");
        }
    }

    #[test]
    fn order_of_decimals() {
        let ordered = [
            "-100000000000000000000000000000000000000000.5",
            "-10",
            "-9.99",
            "-0.1",
            "0",
            "0.05",
            "0.5",
            "1",
            "1.05",
            "9",
            "10",
            "123456789012345678901234567890",
            "123456789012345678901234567890.1",
        ];
        for (i, a) in ordered.iter().enumerate() {
            for (j, b) in ordered.iter().enumerate() {
                let order = Decimal::parse(a).unwrap().cmp(&Decimal::parse(b).unwrap());
                assert_eq!(order, i.cmp(&j), "{a} {b}");
            }
        }
        assert_eq!(Decimal::parse("-0.00"), Decimal::parse("+0"));
        assert_eq!(Decimal::parse("007.50"), Decimal::parse("7.5"));
    }
}

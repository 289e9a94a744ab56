//! Numbers written in their format: what [`NumberFormat::parse`] reads, the other way round.

use super::{Exponent, NumberFormat, NumberPattern, Sign};
use crate::datatype::decimal;

/// Digits of a group where no pattern says how many they are.
const GROUP: usize = 3;

/// The parts of a number in the lexical form of XML Schema.
struct NumberParts<'a> {
    sign: Option<char>,
    integer: &'a str,
    fraction: &'a str,
    exponent: Option<&'a str>,
}

impl<'a> NumberParts<'a> {
    /// Takes a number apart; `None` for what is not one.
    fn of(lexical: &'a str) -> Option<Self> {
        let sign = lexical.chars().next().filter(|&c| super::is_sign(c));
        let unsigned = lexical.get(usize::from(sign.is_some())..)?;
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let of_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let of_exponent = exponent.is_none_or(|exponent| {
            let digits = exponent.strip_prefix(super::is_sign).unwrap_or(exponent);
            !digits.is_empty() && of_digits(digits)
        });
        let is_number = of_digits(integer) && of_digits(fraction) && of_exponent;
        (is_number && !(integer.is_empty() && fraction.is_empty())).then_some(Self {
            sign,
            integer,
            fraction,
            exponent,
        })
    }
}

impl NumberFormat {
    /// Writes a number of XML Schema in this format, as short as a pattern lets it be.
    ///
    /// Without a pattern, digits are in groups of three where there is a group separator. `None` stands for what is
    /// not a number, and for most of what the format cannot express: parse the text again to be sure.
    pub fn write(&self, lexical: &str) -> Option<String> {
        if decimal::is_special(lexical) {
            return Some(lexical.to_owned());
        }
        let parts = NumberParts::of(lexical)?;
        match &self.pattern {
            Some(pattern) => self.in_pattern(pattern, &parts),
            None => Some(self.plainly(&parts)),
        }
    }

    fn in_pattern(&self, pattern: &NumberPattern, parts: &NumberParts<'_>) -> Option<String> {
        let (integer, fraction) = shifted(parts.integer, parts.fraction, pattern.scale);
        let kept = fraction.trim_end_matches('0').len();
        let fraction = match fraction.get(..pattern.max_fraction) {
            // Zeros beyond the last place say nothing.
            Some(shorter) if kept <= pattern.max_fraction => shorter,
            Some(_) => return None,
            None => &fraction,
        };
        let fraction = format!("{fraction:0<width$}", width = pattern.min_fraction);
        let integer = format!("{integer:0>width$}", width = pattern.min_integer);

        let mut out = String::new();
        match (pattern.sign, parts.sign) {
            (Sign::Optional, sign) => out.extend(sign),
            (Sign::Required, sign) => {
                out.push_str(&pattern.before_sign);
                out.push(sign.unwrap_or('+'));
            }
            (Sign::Minus, Some('-')) => {
                out.push_str(&pattern.before_sign);
                out.push('-');
            }
            (Sign::Minus, _) => return None,
        }
        out.push_str(&pattern.before_digits);
        let group = self.group.as_deref().unwrap_or(",");
        let sizes = (pattern.primary_group, pattern.secondary_group);
        push_grouped(&integer, sizes, group, &mut out);
        if !fraction.is_empty() {
            out.push_str(&self.decimal);
            push_fraction(&fraction, pattern.fraction_group, group, &mut out);
        }
        match (pattern.exponent, parts.exponent) {
            (None, None) => {}
            (None, Some(_)) => return None,
            (Some(exponent), of_value) => exponent.write(of_value.unwrap_or("0"), &mut out),
        }
        out.push_str(&pattern.suffix);
        Some(out)
    }

    fn plainly(&self, parts: &NumberParts<'_>) -> String {
        let mut out: String = parts.sign.into_iter().collect();
        let integer = if parts.integer.is_empty() {
            "0"
        } else {
            parts.integer
        };
        match &self.group {
            Some(group) => push_grouped(integer, (GROUP, GROUP), group, &mut out),
            None => out.push_str(integer),
        }
        if !parts.fraction.is_empty() {
            out.push_str(&self.decimal);
            out.push_str(parts.fraction);
        }
        if let Some(exponent) = parts.exponent {
            out.push('E');
            out.push_str(exponent);
        }
        out
    }
}

impl Exponent {
    fn write(self, exponent: &str, out: &mut String) {
        out.push('E');
        let digits = match exponent.strip_prefix(super::is_sign) {
            Some(digits) => {
                out.extend(exponent.chars().next());
                digits
            }
            None => {
                out.extend(self.sign_required.then_some('+'));
                exponent
            }
        };
        for _ in digits.len()..self.min_digits {
            out.push('0');
        }
        out.push_str(digits);
    }
}

/// Digits before and after the point, of a number times a power of ten; only without zeros at its start where there
/// is such a power.
fn shifted(integer: &str, fraction: &str, places: usize) -> (String, String) {
    if places == 0 {
        return (integer.to_owned(), fraction.to_owned());
    }
    let moved = fraction.get(..places).unwrap_or(fraction);
    let digits = format!("{integer}{moved:0<places$}");
    let digits = match digits.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let rest = fraction.get(places..).unwrap_or_default();
    (digits.to_owned(), rest.to_owned())
}

/// Appends the digits before the point: the last group has its own size, 0 for no groups at all.
fn push_grouped(
    digits: &str,
    (primary, secondary): (usize, usize),
    separator: &str,
    out: &mut String,
) {
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len() - at;
        let begins = primary > 0
            && (left == primary
                || (left > primary && secondary > 0 && (left - primary).is_multiple_of(secondary)));
        if begins && at > 0 {
            out.push_str(separator);
        }
        out.push(digit);
    }
}

/// Appends the digits after the point, in groups from the point on; 0 for no groups.
fn push_fraction(digits: &str, size: usize, separator: &str, out: &mut String) {
    for (at, digit) in digits.chars().enumerate() {
        if size > 0 && at > 0 && at % size == 0 {
            out.push_str(separator);
        }
        out.push(digit);
    }
}

#[cfg(test)]
mod tests {
    use super::super::NumberKind;
    use super::*;
    use proptest::prelude::*;

    const DOUBLE: NumberKind = NumberKind {
        integer: false,
        floating: true,
    };

    fn format(pattern: &str, decimal: &str, group: Option<&str>) -> NumberFormat {
        let separator = group.unwrap_or(",");
        let pattern = (!pattern.is_empty())
            .then(|| NumberPattern::parse(pattern, decimal, separator).unwrap());
        NumberFormat {
            pattern,
            decimal: decimal.to_owned(),
            group: group.map(str::to_owned),
        }
    }

    #[test]
    fn numbers_as_their_formats_have_them() {
        let check = |pattern: &str, (decimal, group), lexical: &str, expected: Option<&str>| {
            let format = format(pattern, decimal, group);
            let written = format.write(lexical);
            assert_eq!(written.as_deref(), expected, "{pattern} {lexical}");
            if let Some(text) = written {
                let mut read = String::new();
                assert!(format.parse(&text, DOUBLE, &mut read), "{pattern} {text}");
            }
        };
        let comma = (",", Some("."));
        let point = (".", Some(","));
        for (lexical, expected) in [
            ("1234567.50", "1.234.567,50"),
            ("-12.5", "-12,5"),
            ("+999", "+999"),
            ("0.25", "0,25"),
            ("1.5E3", "1,5E3"),
            ("NaN", "NaN"),
        ] {
            check("", comma, lexical, Some(expected));
        }
        check("", (",", None), "1234.5", Some("1234,5"));
        check("#,##0.00", point, "1234.5", Some("1,234.50"));
        check("#,##0.00", point, "1234.500", Some("1,234.50"));
        check("#,##0.00", point, "0.125", None);
        check("#.##0,00", comma, "-1234567.89", Some("-1.234.567,89"));
        check("#,##,##0", point, "12345678", Some("1,23,45,678"));
        check("0.000,0#", point, "1.23456", Some("1.234,56"));
        check("000", point, "7", Some("007"));
        check("#.##", point, ".5", Some(".5"));
        check("0%", point, "0.5", Some("50%"));
        check("0.0#%", point, "1.2345", Some("123.45%"));
        check("0.0%", point, "0", Some("0.0%"));
        check("0‰", point, "0.0125", None);
        check("0.0‰", point, "0.0125", Some("12.5‰"));
        check("'EUR' 0.00", point, "-5", Some("-EUR 5.00"));
        check("+0", point, "5", Some("+5"));
        check("-0", point, "5", None);
        check("0.0E00", point, "1.5e3", Some("1.5E03"));
        check("0.0E+0", point, "1.5E3", Some("1.5E+3"));
        check("0.0E0", point, "2", Some("2.0E0"));
        check("0.0", point, "1.5E3", None);
        for wrong in ["", "x", "-", ".", "1e", "1.5.2", "--1"] {
            check("", point, wrong, None);
        }
    }

    proptest! {
        /// What is read in a format and written again is read as the same number.
        #[test]
        fn what_is_written_is_read_back(
            pattern in prop::sample::select(vec![
                "", "0", "#0.###", "#,##0.00", "#,##,##0.0##", "0.000,000", "0.0#%", "'a' 000.0", "+0.0#", "0.0##E0",
            ]),
            digits in "[0-9]{1,9}", fraction in "[0-9]{0,6}", negative: bool,
        ) {
            let format = format(pattern, ".", Some(","));
            let sign = if negative { "-" } else { "" };
            let point = if fraction.is_empty() { "" } else { "." };
            let lexical = format!("{sign}{digits}{point}{fraction}");
            if let Some(text) = format.write(&lexical) {
                let mut read = String::new();
                // A pattern with an exponent bounds the digits before the point.
                if format.parse(&text, DOUBLE, &mut read) {
                    let value = |text: &str| text.parse::<f64>().unwrap();
                    prop_assert_eq!(value(&read), value(&lexical), "{}", text);
                } else {
                    prop_assert!(pattern.contains('E'), "{} {}", pattern, text);
                }
            }
        }
    }
}

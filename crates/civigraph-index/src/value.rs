//! Numbers, days and times as bytes that sort by value.

use oxsdatatypes::{Decimal, Integer};

/// Datatypes of numbers, which share one section of the dictionary: a range of values is a range of ids,
/// whatever the types. The position in this list is part of the format.
pub(crate) const NUMBERS: [&str; 16] = [
    "integer",
    "decimal",
    "double",
    "float",
    "byte",
    "short",
    "int",
    "long",
    "unsignedByte",
    "unsignedShort",
    "unsignedInt",
    "unsignedLong",
    "nonNegativeInteger",
    "positiveInteger",
    "nonPositiveInteger",
    "negativeInteger",
];

/// The namespace of these datatypes.
pub(crate) const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// A sort key: byte order is the order of values.
pub(crate) type OrderKey = [u8; 8];

/// The key of a number, by its nearest double. Different numbers can have the same key; then their lexical
/// forms order them.
pub(crate) fn number_key(number: f64) -> OrderKey {
    // Both zeros are the same value.
    let bits = if number == 0.0 { 0 } else { number.to_bits() };
    let ordered = if bits >> 63 == 1 {
        !bits
    } else {
        bits | (1 << 63)
    };
    ordered.to_be_bytes()
}

/// The key of a point in time, in seconds.
pub(crate) fn time_key(seconds: i64) -> OrderKey {
    (seconds.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

/// Positions in [`NUMBERS`] of the datatypes whose values are not integers.
const DECIMAL: usize = 1;
const DOUBLE: usize = 2;
const FLOAT: usize = 3;

/// The value of a lexical form of a numeric datatype; `None` where it has none.
///
/// All forms have one that the evaluator reads as numbers, among them `inf` in any case. Integers and decimals that
/// it does not hold have none.
pub(crate) fn number(datatype: usize, lexical: &str) -> Option<f64> {
    match datatype {
        DOUBLE => return lexical.parse().ok(),
        // The evaluator compares what a float holds, not what its digits say.
        FLOAT => return lexical.parse::<f32>().ok().map(f64::from),
        _ => {}
    }
    let is_held = if datatype == DECIMAL {
        lexical.parse::<Decimal>().is_ok()
    } else {
        lexical.parse::<Integer>().is_ok()
    };
    if is_held {
        exact(datatype, lexical)
    } else {
        None
    }
}

/// Whether a datatype has no greatest number, so that a literal of it may be beyond what the evaluator holds.
pub(crate) fn is_exact(datatype: usize) -> bool {
    !matches!(datatype, DOUBLE | FLOAT)
}

/// The nearest double of the lexical form of an integer or a decimal, whatever its size.
pub(crate) fn exact(datatype: usize, lexical: &str) -> Option<f64> {
    let allowed = |byte: u8| match byte {
        b'0'..=b'9' | b'+' | b'-' => true,
        b'.' => datatype == DECIMAL,
        _ => false,
    };
    if !lexical.bytes().all(allowed) {
        return None;
    }
    lexical.parse().ok()
}

/// The seconds at which a date or a date and time starts, in UTC; those without a time zone are taken to be in
/// UTC. `None` where the lexical form has no value.
pub(crate) fn seconds(lexical: &str, with_time: bool) -> Option<i64> {
    let (negative, rest) = match lexical.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, lexical),
    };
    let (year, rest) = rest.split_once('-')?;
    if year.len() < 4 || (year.len() > 4 && year.starts_with('0')) {
        return None;
    }
    let year = i64::from(digits(year)?);
    let year = if negative { -year } else { year };
    let month = digits(rest.get(..2)?)?;
    let rest = rest.get(2..)?.strip_prefix('-')?;
    let day = digits(rest.get(..2)?)?;
    let mut rest = rest.get(2..)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_of(year, month) {
        return None;
    }
    let mut seconds = days_before(year, month, day).checked_mul(86_400)?;
    if with_time {
        let time = rest.strip_prefix('T')?;
        let (hour, minute, second) = (
            digits(time.get(..2)?)?,
            digits(time.get(2..)?.strip_prefix(':')?.get(..2)?)?,
            digits(time.get(5..)?.strip_prefix(':')?.get(..2)?)?,
        );
        rest = time.get(8..)?;
        if let Some(fraction) = rest.strip_prefix('.') {
            let end = fraction
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(fraction.len());
            if end == 0 {
                return None;
            }
            rest = fraction.get(end..)?;
        }
        let midnight = hour == 24 && minute == 0 && second == 0;
        if (hour > 23 && !midnight) || minute > 59 || second > 59 {
            return None;
        }
        seconds += i64::from(hour * 3600 + minute * 60 + second);
    }
    Some(seconds - zone(rest)?)
}

/// The seconds at which a year starts, as [`seconds`].
pub(crate) fn year_seconds(lexical: &str) -> Option<i64> {
    let (year, zone) = match lexical.get(1..)?.find(['Z', '+', '-']) {
        Some(at) => lexical.split_at_checked(at + 1)?,
        None => (lexical, ""),
    };
    seconds(&[year, "-01-01", zone].concat(), false)
}

/// The offset of a time zone in seconds; 0 where there is none.
fn zone(text: &str) -> Option<i64> {
    let (sign, rest) = match text {
        "" | "Z" => return Some(0),
        _ => match (text.strip_prefix('+'), text.strip_prefix('-')) {
            (Some(rest), _) => (1, rest),
            (_, Some(rest)) => (-1, rest),
            _ => return None,
        },
    };
    let (hours, minutes) = rest.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    if hours > 14 || minutes > 59 || (hours == 14 && minutes > 0) {
        return None;
    }
    Some(sign * i64::from(hours * 3600 + minutes * 60))
}

fn digits(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms").
fn days_before(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let month = i64::from(month);
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * from_march + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_by_value() {
        let numbers = [
            f64::NEG_INFINITY,
            -1e300,
            -2.5,
            -0.0,
            1e-300,
            1.0,
            1.5,
            2f64.powi(60),
            f64::INFINITY,
        ];
        let keys: Vec<OrderKey> = numbers.into_iter().map(number_key).collect();
        assert!(keys.is_sorted());
        assert_eq!(number_key(0.0), number_key(-0.0));
    }

    #[test]
    fn lexical_forms_of_numbers() {
        for (datatype, lexical, expected) in [
            (0, "007", Some(7.0)),
            (0, "+7", Some(7.0)),
            (0, "7.0", None),
            (0, " 7", None),
            (1, "1.50", Some(1.5)),
            (1, ".5", Some(0.5)),
            (1, "5.", Some(5.0)),
            (1, "1e3", None),
            (2, "1e3", Some(1000.0)),
            (2, "INF", Some(f64::INFINITY)),
            (2, "inf", Some(f64::INFINITY)),
            (2, "-INF", Some(f64::NEG_INFINITY)),
            (3, "0.1", Some(f64::from(0.1_f32))),
            (3, "1e300", Some(f64::INFINITY)),
            (0, "inf", None),
            (0, "9223372036854775807", Some(9_223_372_036_854_775_807.0)),
            (0, "9223372036854775808", None),
            (11, "18446744073709551615", None),
            (1, "0.0000000000000000010", Some(1e-18)),
            (1, "0.0000000000000000001", None),
            (1, "123456789012345678901234.5", None),
            (1, "INF", None),
            (2, "", None),
            (0, "-", None),
        ] {
            assert_eq!(number(datatype, lexical), expected, "{lexical}");
        }
    }

    #[test]
    fn days_and_times_in_seconds() {
        const DAY: i64 = 86_400;
        for (lexical, with_time, expected) in [
            ("1970-01-01", false, Some(0)),
            ("1969-12-31", false, Some(-DAY)),
            ("2000-02-29", false, Some(11_016 * DAY)),
            ("1900-02-29", false, None),
            ("1970-01-01+01:00", false, Some(-3600)),
            ("-0001-12-31", false, Some(-719_529 * DAY)),
            ("0000-01-01", false, Some(-719_528 * DAY)),
            ("12024-05-01", false, Some(3_672_269 * DAY)),
            ("02024-05-01", false, None),
            ("2024-13-01", false, None),
            ("2024-05", false, None),
            ("1970-01-01T01:02:03", true, Some(3723)),
            ("1970-01-01T01:02:03.5Z", true, Some(3723)),
            ("1970-01-01T24:00:00", true, Some(DAY)),
            ("1970-01-01T00:00:00-14:00", true, Some(14 * 3600)),
            ("1970-01-01T25:00:00", true, None),
            ("1970-01-01", true, None),
            ("1970-01-01Tab", true, None),
            ("1970-01-01T00:00:00.", true, None),
        ] {
            assert_eq!(seconds(lexical, with_time), expected, "{lexical}");
        }
        for (lexical, expected) in [
            ("1970", Some(0)),
            ("1971Z", Some(365 * DAY)),
            ("1970+01:00", Some(-3600)),
            ("-0001", Some(-719_893 * DAY)),
            ("197", None),
            ("", None),
            ("1970-01", None),
        ] {
            assert_eq!(year_seconds(lexical), expected, "{lexical}");
        }
    }
}

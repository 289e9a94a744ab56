//! The canonical forms of values (XML Schema 1.1 part 2 §3.3 and appendix E).

use super::base::{Base, Family};
use super::decimal::{self, Decimal};
use super::{duration, temporal};
use std::fmt::Write;

/// The canonical form of a valid lexical form: the text itself where it is canonical already, else
/// written to `buffer`.
///
/// Values that are equal have one form, with two exceptions of the standard: moments keep their time
/// zones, and `-0.0E0` is not `0.0E0`. Years of more than nine digits and durations beyond 64 bits
/// stay as they are.
pub fn canonical<'a>(base: Base, value: &'a str, buffer: &'a mut String) -> &'a str {
    if is_plain(base, value) {
        return value;
    }
    buffer.clear();
    match write(base, value, buffer) {
        Some(()) => buffer,
        None => value,
    }
}

/// Whether a text is canonical at a glance, as most are.
#[inline]
fn is_plain(base: Base, value: &str) -> bool {
    let bytes = value.as_bytes();
    match base.family() {
        Family::Text => true,
        Family::Boolean => matches!(value, "true" | "false"),
        Family::Decimal if base.is_integer() => {
            matches!(bytes, [b'0'] | [b'1'..=b'9', ..] | [b'-', b'1'..=b'9', ..])
        }
        // Nothing is easier than to write them again.
        Family::Decimal | Family::Float | Family::Duration => false,
        Family::Temporal => {
            let zero_zone = match bytes {
                [.., sign, b'0', b'0', b':', b'0', b'0'] => matches!(sign, b'+' | b'-'),
                _ => false,
            };
            let clock = match base {
                Base::Time => bytes,
                Base::DateTime | Base::DateTimeStamp => value
                    .find('T')
                    .and_then(|at| bytes.get(at + 1..))
                    .unwrap_or_default(),
                _ => &[],
            };
            !zero_zone
                && !clock.starts_with(b"24")
                && !clock.contains(&b'.')
                && !bytes.starts_with(b"-0000")
        }
        Family::Binary if base == Base::HexBinary => !bytes.iter().any(u8::is_ascii_lowercase),
        Family::Binary => !bytes.contains(&b' '),
    }
}

fn write(base: Base, value: &str, out: &mut String) -> Option<()> {
    match base.family() {
        Family::Text => return None,
        Family::Boolean => out.push_str(match value {
            "1" | "true" => "true",
            _ => "false",
        }),
        Family::Decimal => {
            let decimal = Decimal::parse(value)?;
            if decimal.negative {
                out.push('-');
            }
            out.push_str(if decimal.integer.is_empty() {
                "0"
            } else {
                decimal.integer
            });
            if !decimal.fraction.is_empty() {
                out.push('.');
                out.push_str(decimal.fraction);
            }
        }
        Family::Float if base == Base::Float => {
            let float = decimal::float_value(value)?;
            scientific(f64::from(float), format_args!("{float:E}"), out);
        }
        Family::Float => {
            let double = decimal::double_value(value)?;
            scientific(double, format_args!("{double:E}"), out);
        }
        Family::Temporal => return temporal::write_canonical(base, value, out),
        Family::Duration => duration::value(base, value)?.write_canonical(base, out),
        Family::Binary if base == Base::HexBinary => {
            out.push_str(value);
            out.make_ascii_uppercase();
        }
        Family::Binary => out.extend(value.split(' ')),
    }
    Some(())
}

/// Writes a floating-point number, whose shortest digits with an exponent are `digits`.
fn scientific(number: f64, digits: std::fmt::Arguments<'_>, out: &mut String) {
    if number.is_nan() {
        out.push_str("NaN");
    } else if number.is_infinite() {
        out.push_str(if number > 0.0 { "INF" } else { "-INF" });
    } else {
        // Writing to a string does not fail.
        let _ = out.write_fmt(digits);
        if !out.contains('.')
            && let Some(at) = out.find('E')
        {
            out.insert_str(at, ".0");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::{is_valid, write_key};
    use super::*;

    #[track_caller]
    fn check(base: Base, value: &str, expected: &str) {
        let name = base.name();
        assert!(is_valid(base, value), "{name} {value}");
        assert!(is_valid(base, expected), "{name} {expected}");
        let mut buffer = String::new();
        assert_eq!(
            canonical(base, value, &mut buffer),
            expected,
            "{name} {value}"
        );
        let again = canonical(base, expected, &mut buffer);
        assert_eq!(again, expected, "{name} {expected} again");
        let key = |value| {
            let mut key = Vec::new();
            write_key(base, value, &mut key);
            key
        };
        assert_eq!(key(value), key(expected), "{name} {value} as a key");
    }

    #[test]
    fn forms() {
        for (base, forms) in [
            (Base::String, "01 01"),
            (Base::Boolean, "1 true 0 false true true"),
            (
                Base::Integer,
                "01 1 +7 7 -0 0 000 0 -007 -7 10 10 +00 0 99999999999999999999999999 99999999999999999999999999",
            ),
            (Base::UnsignedByte, "007 7 +0 0"),
            (
                Base::Decimal,
                "1.50 1.5 .5 0.5 -.50 -0.5 1. 1 1200.00 1200 -0.0 0 +010 10 1.05 1.05",
            ),
            (
                Base::Double,
                "1.5e3 1.5E3 1500 1.5E3 .5 5.0E-1 1 1.0E0 0 0.0E0 -0 -0.0E0 NaN NaN +INF INF -INF -INF 1e400 INF \
                 -1e400 -INF 0.1 1.0E-1 123456789 1.23456789E8 1e-400 0.0E0",
            ),
            (Base::Float, "0.1 1.0E-1 16777217 1.6777216E7 1e39 INF"),
            (
                Base::Date,
                "2015-03-22 2015-03-22 2015-03-22+00:00 2015-03-22Z 2015-03-22-00:00 2015-03-22Z \
                 2015-03-22+05:00 2015-03-22+05:00 -0000-01-01 0000-01-01 -0044-03-15Z -0044-03-15Z",
            ),
            (
                Base::Time,
                "15:02:37 15:02:37 24:00:00 00:00:00 24:00:00.0Z 00:00:00Z 15:02:37.50+00:00 15:02:37.5Z 15:02:37.0 15:02:37 \
                 10:00:00 10:00:00",
            ),
            (
                Base::DateTime,
                "2015-12-31T24:00:00 2016-01-01T00:00:00 2016-02-28T24:00:00-01:00 2016-02-29T00:00:00-01:00 \
                 -0001-12-31T24:00:00 0000-01-01T00:00:00 2015-03-22T05:00:00.1230+05:00 2015-03-22T05:00:00.123+05:00 \
                 12015-01-01T00:00:00.0 12015-01-01T00:00:00",
            ),
            (
                Base::DateTimeStamp,
                "2015-03-22T05:00:00+00:00 2015-03-22T05:00:00Z",
            ),
            (Base::GYear, "2015+00:00 2015Z 2015 2015 -0000 0000"),
            (Base::GYearMonth, "2015-03-00:00 2015-03Z 2015-03 2015-03"),
            (Base::GMonth, "--03+00:00 --03Z"),
            (Base::GMonthDay, "--02-29+00:00 --02-29Z"),
            (Base::GDay, "---31-00:00 ---31Z ---31 ---31"),
            (
                Base::Duration,
                "P14M P1Y2M PT36H P1DT12H P0Y PT0S -P0D PT0S -P1Y0M1DT0H -P1Y1D PT60.50S PT1M0.5S P1Y2M3DT4H5M6S P1Y2M3DT4H5M6S",
            ),
            (
                Base::DayTimeDuration,
                "PT90M PT1H30M PT0.0S PT0S P0DT24H P1D",
            ),
            (
                Base::YearMonthDuration,
                "P12M P1Y P0M P0M -P0Y P0M P11M P11M",
            ),
            (Base::HexBinary, "0fb7 0FB7 0FB7 0FB7"),
        ] {
            let forms: Vec<&str> = forms.split_whitespace().collect();
            for pair in forms.chunks(2) {
                check(base, pair[0], pair[1]);
            }
        }
        check(Base::Base64Binary, "U2Vu ZA==", "U2VuZA==");
    }

    #[test]
    fn what_is_too_large_stays() {
        for (base, value) in [
            (Base::DateTime, "12345678901-01-01T00:00:00.50"),
            (Base::Duration, "P99999999999999999999Y"),
        ] {
            let mut buffer = String::new();
            assert_eq!(canonical(base, value, &mut buffer), value);
        }
    }
}

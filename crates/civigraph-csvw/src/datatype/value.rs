//! Values behind lexical forms: their order, their identity in keys, their form in JSON.

use super::base::{Base, Family};
use super::decimal::{self, Decimal};
use super::{duration, temporal, text};
use std::cmp::Ordering;

/// What a value becomes in csv2json.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonKind {
    /// A number; [`write_json_number`] writes it.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A string.
    String,
}

/// Whether a text is a lexical form of a datatype, its white space already normalised.
pub fn is_valid(base: Base, value: &str) -> bool {
    match base.family() {
        Family::Text => text::is_valid(base, value),
        Family::Binary => text::binary_length(base, value).is_some(),
        Family::Boolean => matches!(value, "true" | "false" | "1" | "0"),
        Family::Decimal if base.is_integer() => {
            decimal::is_integer(value) && in_integer_range(base, value)
        }
        Family::Decimal => decimal::is_decimal(value),
        Family::Float => decimal::is_double(value),
        Family::Temporal => temporal::is_valid(base, value),
        Family::Duration => duration::is_valid(base, value),
    }
}

/// Whether an integer (a valid lexical form) lies in the range of its datatype.
pub fn in_integer_range(base: Base, value: &str) -> bool {
    let (least, greatest) = base.integer_range();
    let against = |bound: &str| {
        let value = Decimal::parse(value)?;
        Some(value.cmp(&Decimal::parse(bound)?))
    };
    least.is_none_or(|least| against(least).is_some_and(Ordering::is_ge))
        && greatest.is_none_or(|greatest| against(greatest).is_some_and(Ordering::is_le))
}

/// The order of two lexical forms of one datatype.
///
/// `None` where the datatype has no order, a text is not a lexical form of it, or the two values are
/// incomparable (`NaN`, `P1M` and `P30D`, a time with and one without time zone).
pub fn compare(base: Base, a: &str, b: &str) -> Option<Ordering> {
    match base.family() {
        Family::Decimal => Some(Decimal::parse(a)?.cmp(&Decimal::parse(b)?)),
        Family::Float if base == Base::Float => {
            decimal::float_value(a)?.partial_cmp(&decimal::float_value(b)?)
        }
        Family::Float => decimal::double_value(a)?.partial_cmp(&decimal::double_value(b)?),
        Family::Temporal => temporal::moment(base, a)?.partial_cmp(&temporal::moment(base, b)?),
        Family::Duration => duration::value(base, a)?.partial_cmp(&duration::value(base, b)?),
        Family::Text | Family::Binary | Family::Boolean => None,
    }
}

/// Appends bytes that are equal for two valid lexical forms exactly if their values are.
///
/// Datatypes with one primitive type agree: the integer `1` equals the decimal `1.0`, but not the
/// double `1`. A cell that does not match its datatype is a string: write it as [`Base::String`].
/// The bytes of one value are never a prefix of those of another one in the same column list: they
/// end with a zero byte, and zero bytes inside are doubled with a one.
pub fn write_key(base: Base, value: &str, out: &mut Vec<u8>) {
    let escaped = |out: &mut Vec<u8>, tag: u8, text: &str| {
        out.push(tag);
        for &byte in text.as_bytes() {
            out.push(byte);
            if byte == 0 {
                out.push(1);
            }
        }
        out.extend([0, 0]);
    };
    let written = match base.family() {
        Family::Text => None,
        Family::Boolean => {
            out.extend([b'b', u8::from(matches!(value, "true" | "1"))]);
            Some(())
        }
        Family::Decimal => Decimal::parse(value).map(|decimal| {
            out.extend([b'd', if decimal.negative { b'-' } else { b'+' }]);
            out.extend(decimal.integer.as_bytes());
            out.push(b'.');
            out.extend(decimal.fraction.as_bytes());
            out.push(0);
        }),
        Family::Float if base == Base::Float => decimal::float_value(value).map(|float| {
            // Positive and negative zero are equal, and so are all NaNs.
            let float = if float.is_nan() {
                f32::NAN
            } else {
                float + 0.0
            };
            out.push(b'f');
            out.extend(float.to_be_bytes());
        }),
        Family::Float => decimal::double_value(value).map(|double| {
            let double = if double.is_nan() {
                f64::NAN
            } else {
                double + 0.0
            };
            out.push(b'e');
            out.extend(double.to_be_bytes());
        }),
        Family::Temporal => temporal::moment(base, value).map(|moment| {
            out.extend([b't', temporal_tag(base), u8::from(moment.zoned)]);
            out.extend(moment.seconds.to_be_bytes());
            out.extend(moment.fraction.as_bytes());
            out.push(0);
        }),
        Family::Duration => duration::value(base, value).map(|duration| {
            out.extend([b'p', u8::from(duration.negative)]);
            out.extend(duration.months.to_be_bytes());
            out.extend(duration.seconds.to_be_bytes());
            out.extend(duration.fraction.as_bytes());
            out.push(0);
        }),
        Family::Binary => {
            out.push(if base == Base::HexBinary { b'h' } else { b'6' });
            let hexadecimal = base == Base::HexBinary;
            out.extend(value.bytes().filter(|&byte| byte != b' ').map(|byte| {
                if hexadecimal {
                    byte.to_ascii_uppercase()
                } else {
                    byte
                }
            }));
            out.push(0);
            Some(())
        }
    };
    if written.is_none() {
        escaped(out, b's', value);
    }
}

/// A byte for each primitive type of dates and times.
fn temporal_tag(base: Base) -> u8 {
    match base {
        Base::Date => 0,
        Base::Time => 1,
        Base::GDay => 3,
        Base::GMonth => 4,
        Base::GMonthDay => 5,
        Base::GYear => 6,
        Base::GYearMonth => 7,
        // `dateTimeStamp` is a `dateTime`.
        _ => 2,
    }
}

/// What a lexical form becomes in csv2json; `NaN` and infinities have no number in JSON.
pub fn json_kind(base: Base, value: &str) -> JsonKind {
    match base.family() {
        Family::Boolean => JsonKind::Boolean,
        Family::Decimal | Family::Float if !decimal::is_special(value) => JsonKind::Number,
        _ => JsonKind::String,
    }
}

/// Appends a numeric lexical form (not `NaN` or an infinity) as a JSON number of the same value.
pub fn write_json_number(value: &str, out: &mut String) {
    let (mantissa, exponent) = match value.find(['e', 'E']) {
        Some(at) => value.split_at(at),
        None => (value, ""),
    };
    let digits = match mantissa.strip_prefix('-') {
        Some(digits) => {
            out.push('-');
            digits
        }
        None => mantissa.strip_prefix('+').unwrap_or(mantissa),
    };
    let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let integer = integer.trim_start_matches('0');
    out.push_str(if integer.is_empty() { "0" } else { integer });
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out.push_str(exponent);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(base: Base, value: &str) -> Vec<u8> {
        let mut key = Vec::new();
        write_key(base, value, &mut key);
        key
    }

    #[test]
    fn equal_values_have_equal_keys() {
        for (base, a, other, b) in [
            (Base::Integer, "+007", Base::Decimal, "7.0"),
            (Base::Byte, "-0", Base::Integer, "0"),
            (Base::Double, "1e1", Base::Double, "10"),
            (Base::Double, "-0", Base::Double, "0"),
            (Base::Boolean, "1", Base::Boolean, "true"),
            (Base::HexBinary, "0fb7", Base::HexBinary, "0FB7"),
            (Base::Date, "2015-03-22Z", Base::Date, "2015-03-22+00:00"),
            (
                Base::DateTime,
                "2015-03-22T24:00:00",
                Base::DateTime,
                "2015-03-23T00:00:00.0",
            ),
            (
                Base::DateTimeStamp,
                "2015-03-22T05:00:00+05:00",
                Base::DateTime,
                "2015-03-22T00:00:00Z",
            ),
            (Base::Duration, "PT36H", Base::DayTimeDuration, "P1DT12H"),
            (Base::String, "a", Base::AnyUri, "a"),
        ] {
            assert_eq!(key(base, a), key(other, b), "{a} {b}");
        }
    }

    #[test]
    fn different_values_have_different_keys() {
        for (base, a, other, b) in [
            (Base::Integer, "1", Base::Double, "1"),
            (Base::Integer, "1", Base::String, "1"),
            (Base::Float, "1", Base::Double, "1"),
            (Base::Date, "2015-03-22", Base::Date, "2015-03-22Z"),
            (
                Base::Date,
                "2015-03-22",
                Base::DateTime,
                "2015-03-22T00:00:00",
            ),
            (Base::GYear, "1972", Base::GDay, "---01"),
            (Base::Duration, "P1M", Base::Duration, "P30D"),
            (Base::Decimal, "1.05", Base::Decimal, "1.5"),
            (Base::String, "a\0", Base::String, "a"),
        ] {
            assert_ne!(key(base, a), key(other, b), "{a} {b}");
        }
    }

    #[test]
    fn json_numbers() {
        for (value, expected) in [
            ("+1", "1"),
            ("-007", "-7"),
            (".5", "0.5"),
            ("1.", "1"),
            ("10.10e1", "10.10e1"),
            ("-0.0E-5", "-0.0E-5"),
            ("000", "0"),
        ] {
            let mut out = String::new();
            write_json_number(value, &mut out);
            assert_eq!(out, expected, "{value}");
        }
    }

    #[test]
    fn integer_ranges() {
        for (base, good, bad) in [
            (Base::Byte, "-128 127 0 +0127", "-129 128 1234"),
            (
                Base::UnsignedLong,
                "0 -0 18446744073709551615",
                "-1 18446744073709551616",
            ),
            (
                Base::PositiveInteger,
                "1 99999999999999999999999999",
                "0 -1",
            ),
            (
                Base::NegativeInteger,
                "-1 -99999999999999999999999999",
                "0 1",
            ),
            (Base::NonPositiveInteger, "0 -5", "1"),
            (Base::Integer, "0 -5 99999999999999999999999999", "1.0 1e5"),
        ] {
            for value in good.split(' ') {
                assert!(is_valid(base, value), "{} {value}", base.name());
            }
            for value in bad.split(' ') {
                assert!(!is_valid(base, value), "{} {value}", base.name());
            }
        }
    }
}

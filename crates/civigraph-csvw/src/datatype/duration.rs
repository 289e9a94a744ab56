//! Durations: lexical forms and order (XML Schema 1.1 part 2 §3.3.6, §3.4.26, §3.4.27).

use super::base::Base;
use std::cmp::Ordering;
use std::fmt::Write;

/// A duration as months and seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duration<'a> {
    /// Both parts are below zero; never set for zero.
    pub negative: bool,
    /// Months, years included.
    pub months: i64,
    /// Whole seconds, days included.
    pub seconds: i64,
    /// Digits of the fraction of the second, without trailing zeros.
    pub fraction: &'a str,
}

/// Whether a text is a lexical form of a duration datatype.
pub fn is_valid(base: Base, text: &str) -> bool {
    Fields::scan(base, text).is_some()
}

/// The value of a lexical form; `None` if it is none, or does not fit into 64 bits.
pub fn value(base: Base, text: &str) -> Option<Duration<'_>> {
    let fields = Fields::scan(base, text)?;
    let number = |digits: &str| match digits {
        "" => Some(0_i64),
        _ => digits.parse().ok(),
    };
    let [years, months, days, hours, minutes, seconds] = fields.numbers;
    let months = number(years)?
        .checked_mul(12)?
        .checked_add(number(months)?)?;
    let mut total = number(days)?;
    for (factor, digits) in [(24, hours), (60, minutes), (60, seconds)] {
        total = total.checked_mul(factor)?.checked_add(number(digits)?)?;
    }
    let fraction = fields.fraction.trim_end_matches('0');
    let zero = months == 0 && total == 0 && fraction.is_empty();
    Some(Duration {
        negative: fields.negative && !zero,
        months,
        seconds: total,
        fraction,
    })
}

impl PartialOrd for Duration<'_> {
    /// Durations are ordered where adding them to each of four reference dates gives the same order.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        // Year and month of the reference dates: XML Schema part 2 §3.3.6.1.
        let references = [(1696, 9), (1697, 2), (1903, 3), (1903, 7)];
        let mut orders = references
            .into_iter()
            .map(|(year, month)| self.added_to(year, month).cmp(&other.added_to(year, month)));
        let first = orders.next()?;
        orders.all(|order| order == first).then_some(first)
    }
}

impl<'a> Duration<'a> {
    /// Appends the canonical form (§E.2.2).
    pub fn write_canonical(&self, base: Base, out: &mut String) {
        // Writing to a string does not fail.
        let part = |number: i64, unit: char, out: &mut String| {
            if number != 0 {
                let _ = write!(out, "{number}{unit}");
            }
        };
        out.push_str(if self.negative { "-P" } else { "P" });
        part(self.months / 12, 'Y', out);
        part(self.months % 12, 'M', out);
        part(self.seconds / 86_400, 'D', out);
        let clock = self.seconds % 86_400;
        if clock != 0 || !self.fraction.is_empty() {
            out.push('T');
            part(clock / 3600, 'H', out);
            part(clock / 60 % 60, 'M', out);
            match self.fraction {
                "" => part(clock % 60, 'S', out),
                fraction => {
                    let _ = write!(out, "{}.{fraction}S", clock % 60);
                }
            }
        } else if self.months == 0 && self.seconds == 0 {
            out.push_str(match base {
                Base::YearMonthDuration => "0M",
                _ => "T0S",
            });
        }
    }

    /// Seconds and fraction of a reference date (the first of a month) plus this duration.
    fn added_to(&self, year: i64, month: i64) -> Instant<'a> {
        let sign = if self.negative { -1 } else { 1 };
        let months = i128::from(year) * 12 + i128::from(month) - 1 + sign * i128::from(self.months);
        let days = days_before(months.div_euclid(12), months.rem_euclid(12));
        Instant {
            seconds: days * 86_400 + sign * i128::from(self.seconds),
            negative: self.negative,
            fraction: self.fraction,
        }
    }
}

/// Whole seconds plus or minus a fraction.
#[derive(PartialEq, Eq)]
struct Instant<'a> {
    seconds: i128,
    negative: bool,
    fraction: &'a str,
}

impl Instant<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        // A negative fraction lies below the whole second: −0.25 is (−1, complement of 25).
        let floor = |instant: &Self| {
            instant.seconds - i128::from(instant.negative && !instant.fraction.is_empty())
        };
        floor(self).cmp(&floor(other)).then_with(|| {
            let digit = |instant: &Self, at: usize| {
                let digit = instant
                    .fraction
                    .as_bytes()
                    .get(at)
                    .map_or(0, |byte| byte - b'0');
                let last = at + 1 >= instant.fraction.len();
                match (instant.negative && !instant.fraction.is_empty(), last) {
                    (false, _) => digit,
                    // Ten's complement: nines everywhere but at the last digit, which is not zero.
                    (true, false) => 9 - digit,
                    (true, true) if at < instant.fraction.len() => 10 - digit,
                    (true, true) => 0,
                }
            };
            (0..self.fraction.len().max(other.fraction.len()))
                .map(|at| digit(self, at).cmp(&digit(other, at)))
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        })
    }
}

/// Days from year 0 to the first of a month (0 to 11) in the proleptic Gregorian calendar.
fn days_before(year: i128, month: i128) -> i128 {
    const BEFORE: [i128; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leap = year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
    let previous = year - 1;
    let leap_days = previous.div_euclid(4) - previous.div_euclid(100) + previous.div_euclid(400);
    let in_year = usize::try_from(month)
        .ok()
        .and_then(|month| BEFORE.get(month))
        .copied()
        .unwrap_or(0);
    year * 365 + leap_days + in_year + i128::from(leap && month > 1)
}

/// The numbers of a lexical form, in order: years, months, days, hours, minutes, seconds.
struct Fields<'a> {
    negative: bool,
    numbers: [&'a str; 6],
    fraction: &'a str,
}

impl<'a> Fields<'a> {
    fn scan(base: Base, text: &'a str) -> Option<Self> {
        let allowed = match base {
            Base::Duration => 0..6,
            Base::YearMonthDuration => 0..2,
            Base::DayTimeDuration => 2..6,
            _ => return None,
        };
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut rest = rest.strip_prefix('P')?;
        let mut fields = Self {
            negative,
            numbers: [""; 6],
            fraction: "",
        };
        // The next field that may come: fields come in order, each at most once.
        let mut next = 0;
        let mut in_time = false;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('T') {
                if in_time || after.is_empty() {
                    return None;
                }
                in_time = true;
                next = 3;
                rest = after;
                continue;
            }
            let count = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (digits, after) = rest.split_at(count);
            rest = after;
            let mut fraction = None;
            if let Some(after) = rest.strip_prefix('.') {
                let count = after.bytes().take_while(u8::is_ascii_digit).count();
                let (digits, after) = after.split_at(count);
                fraction = Some(digits);
                rest = after;
            }
            let field = match (rest.as_bytes().first()?, in_time) {
                (b'Y', false) => 0,
                (b'M', false) => 1,
                (b'D', false) => 2,
                (b'H', true) => 3,
                (b'M', true) => 4,
                (b'S', true) => 5,
                _ => return None,
            };
            rest = &rest[1..];
            if digits.is_empty() || field < next || !allowed.contains(&field) {
                return None;
            }
            match fraction {
                Some(digits) if field == 5 && !digits.is_empty() => fields.fraction = digits,
                Some(_) => return None,
                None => {}
            }
            fields.numbers[field] = digits;
            next = field + 1;
        }
        // At least one field, and one after a `T`: an empty text after it was refused above.
        (next > 0).then_some(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lexical_forms() {
        for (base, good, bad) in [
            (
                Base::Duration,
                "PT130S PT130M PT130H P130D P130M P130Y PT2M10S P0Y20M0D -P60D P1Y2M3DT4H5M6.7S",
                "P PT P1YT P-1Y 1Y P1S PT1Y P1M1Y P1Y1Y PT1.5M PT1.S PT.5S P1DT -P +P1Y P1 Foo P1H",
            ),
            (
                Base::YearMonthDuration,
                "P1Y P20M -P1Y20M",
                "P1D P1Y1D PT1H P P1YT1H",
            ),
            (
                Base::DayTimeDuration,
                "P1D PT1H -P1DT2H3M4.5S",
                "P1Y P1M P P1MT1H",
            ),
        ] {
            for text in good.split(' ') {
                assert!(is_valid(base, text), "{} {text}", base.name());
            }
            for text in bad.split(' ').chain([""]) {
                assert!(!is_valid(base, text), "{} {text}", base.name());
            }
        }
    }

    /// The examples of XML Schema part 2 §3.3.6.2, and others.
    #[test]
    fn order() {
        use Ordering::{Equal, Greater, Less};
        for (a, b, expected) in [
            ("P1Y", "P364D", Some(Greater)),
            ("P1Y", "P365D", None),
            ("P1Y", "P366D", None),
            ("P1Y", "P367D", Some(Less)),
            ("P1M", "P27D", Some(Greater)),
            ("P1M", "P28D", None),
            ("P1M", "P31D", None),
            ("P1M", "P32D", Some(Less)),
            ("P5M", "P149D", Some(Greater)),
            ("P5M", "P150D", None),
            ("P5M", "P153D", None),
            ("P5M", "P154D", Some(Less)),
            ("P12M", "P1Y", Some(Equal)),
            ("PT36H", "P1DT12H", Some(Equal)),
            ("-P1D", "P1D", Some(Less)),
            ("-PT0S", "P0M", Some(Equal)),
            ("PT0.5S", "PT0.25S", Some(Greater)),
            ("-PT0.5S", "-PT0.25S", Some(Less)),
            ("-PT0.5S", "-PT0.50S", Some(Equal)),
            ("-PT1.5S", "-PT1S", Some(Less)),
            ("-PT1.5S", "-PT2S", Some(Greater)),
        ] {
            let order = value(Base::Duration, a)
                .unwrap()
                .partial_cmp(&value(Base::Duration, b).unwrap());
            assert_eq!(order, expected, "{a} {b}");
        }
        assert!(value(Base::Duration, "P99999999999999999999Y").is_none());
    }
}

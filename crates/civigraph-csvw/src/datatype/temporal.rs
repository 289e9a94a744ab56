//! Dates, times and their parts: lexical forms and order (XML Schema 1.1 part 2 §3.3.7–§3.3.15, §D.2).

use super::base::Base;
use std::cmp::Ordering;
use std::fmt::Write;

/// Years with more digits than this are valid but have no place on the time line here.
const MAX_YEAR_DIGITS: usize = 9;
/// How far a local time can be from universal time, in seconds.
const MAX_OFFSET: i64 = 14 * 3600;

/// A point on the time line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment<'a> {
    /// Seconds since 1970-01-01T00:00:00, in universal time where `zoned`, else in local time.
    pub seconds: i64,
    /// Digits of the fraction of the second, without trailing zeros.
    pub fraction: &'a str,
    /// A time zone was given.
    pub zoned: bool,
}

impl PartialOrd for Moment<'_> {
    /// `None` where one has a time zone, the other has none, and they are within 14 hours.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let order = |shift: i64| {
            (self.seconds + shift, self.fraction).cmp(&(other.seconds, other.fraction))
        };
        if self.zoned == other.zoned {
            return Some(order(0));
        }
        let (early, late) = (order(-MAX_OFFSET), order(MAX_OFFSET));
        (early == late).then_some(early)
    }
}

/// Whether a text is a lexical form of a date or time datatype.
pub fn is_valid(base: Base, text: &str) -> bool {
    parts(base, text).is_some()
}

/// Says what is wrong with a text that has the form of a date or time, but names a day or a time that
/// does not exist.
pub fn nonexistent(base: Base, text: &str) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    // Filled up to a whole date, in a leap year where there is none.
    let filled;
    let (date, time) = match base {
        Base::GYearMonth => {
            let zone = text.find(['Z', '+']).unwrap_or(text.len());
            filled = format!("{}-01", text.get(..zone)?);
            (Some(filled.as_str()), None)
        }
        Base::GMonth | Base::GMonthDay | Base::GDay => {
            filled = match text.strip_prefix("---") {
                Some(day) if base == Base::GDay => format!("2000-01-{day}"),
                Some(_) => return None,
                None => {
                    let rest = text.strip_prefix("--")?;
                    let day = if base == Base::GMonth { "-01" } else { "" };
                    format!(
                        "2000-{}{day}",
                        rest.get(..if day.is_empty() { 5 } else { 2 })?
                    )
                }
            };
            (Some(filled.as_str()), None)
        }
        Base::Date => (Some(text), None),
        Base::Time => (None, Some(text)),
        Base::DateTime | Base::DateTimeStamp => {
            let (date, time) = text.split_once('T')?;
            (Some(date), Some(time))
        }
        _ => return None,
    };
    // The first two digits after a mark.
    let two = |text: &str| -> Option<u8> {
        let digits = text.get(..2)?;
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse().ok()).flatten()
    };
    if let Some(date) = date {
        let mut fields = date.strip_prefix('-').unwrap_or(date).splitn(3, '-');
        let (year, month, day) = (fields.next()?, fields.next()?, fields.next()?);
        let (month, day) = (two(month)?, two(day)?);
        let Some(name) = usize::from(month)
            .checked_sub(1)
            .and_then(|month| MONTHS.get(month))
        else {
            return Some(format!("no such day: there is no month {month}"));
        };
        let days = days_in_month(year.parse().ok()?, month);
        if base == Base::GDay && (day == 0 || day > days) {
            return Some("no such day: months have 31 days at most".to_owned());
        }
        if day == 0 || day > days {
            let of_year = if month == 2 && base != Base::GMonthDay {
                format!(" {year}")
            } else {
                String::new()
            };
            return Some(format!("no such day: {name}{of_year} has {days} days"));
        }
    }
    let mut fields = time?.splitn(3, ':');
    let (hour, minute) = (two(fields.next()?)?, two(fields.next()?)?);
    let second = two(fields.next()?)?;
    let late = hour > 24 || hour == 24 && (minute > 0 || second > 0);
    (late || minute > 59 || second > 59).then(|| {
        "no such time: hours go to 23 (or are 24:00:00), minutes and seconds to 59".to_owned()
    })
}

/// The place of a lexical form on the time line; parts that the datatype lacks are filled in.
///
/// `None` if the text is not a lexical form, or its year has more than nine digits.
pub fn moment(base: Base, text: &str) -> Option<Moment<'_>> {
    parts(base, text)?.moment()
}

/// A lexical form taken apart.
#[derive(Debug, Clone, Copy)]
struct TemporalParts<'a> {
    /// `None` where it is too large to be computed with.
    year: Option<i64>,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    fraction: &'a str,
    /// Minutes east of universal time.
    zone: Option<i16>,
}

impl<'a> TemporalParts<'a> {
    fn moment(&self) -> Option<Moment<'a>> {
        let days = days_from_civil(self.year?, self.month, self.day);
        let clock =
            i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        Some(Moment {
            seconds: days * 86_400 + clock - i64::from(self.zone.unwrap_or(0)) * 60,
            fraction: self.fraction.trim_end_matches('0'),
            zoned: self.zone.is_some(),
        })
    }
}

/// Appends the canonical form of a lexical form (§E.3.6); `None` where the year cannot be computed
/// with.
pub fn write_canonical(base: Base, text: &str, out: &mut String) -> Option<()> {
    let mut parts = parts(base, text)?;
    let mut year = parts.year?;
    if parts.hour == 24 {
        // Midnight at the end of a day is the beginning of the next one.
        parts.hour = 0;
        if parts.day < days_in_month(year, parts.month) {
            parts.day += 1;
        } else {
            parts.day = 1;
            parts.month = parts.month % 12 + 1;
            year += i64::from(parts.month == 1);
        }
    }
    let sign = if year < 0 { "-" } else { "" };
    let TemporalParts {
        month,
        day,
        hour,
        minute,
        second,
        ..
    } = parts;
    let mut push = |text: std::fmt::Arguments<'_>| {
        // Writing to a string does not fail.
        let _ = out.write_fmt(text);
    };
    if !matches!(
        base,
        Base::Time | Base::GMonth | Base::GMonthDay | Base::GDay
    ) {
        push(format_args!("{sign}{:04}", year.abs()));
    }
    match base {
        Base::GYear | Base::Time => {}
        Base::GYearMonth => push(format_args!("-{month:02}")),
        Base::GMonth => push(format_args!("--{month:02}")),
        Base::GMonthDay => push(format_args!("--{month:02}-{day:02}")),
        Base::GDay => push(format_args!("---{day:02}")),
        _ => push(format_args!("-{month:02}-{day:02}")),
    }
    if matches!(base, Base::DateTime | Base::DateTimeStamp) {
        push(format_args!("T"));
    }
    if matches!(base, Base::Time | Base::DateTime | Base::DateTimeStamp) {
        push(format_args!("{hour:02}:{minute:02}:{second:02}"));
        match parts.fraction.trim_end_matches('0') {
            "" => {}
            fraction => push(format_args!(".{fraction}")),
        }
    }
    match parts.zone {
        None => {}
        Some(0) => push(format_args!("Z")),
        Some(zone) => {
            let sign = if zone < 0 { '-' } else { '+' };
            let (hours, minutes) = (zone.abs() / 60, zone.abs() % 60);
            push(format_args!("{sign}{hours:02}:{minutes:02}"));
        }
    }
    Some(())
}

fn parts(base: Base, text: &str) -> Option<TemporalParts<'_>> {
    let mut scan = TemporalCursor { rest: text };
    // 1972 is a leap year, so that `--02-29` has a place.
    let mut parts = TemporalParts {
        year: Some(1972),
        month: 1,
        day: 1,
        hour: 0,
        minute: 0,
        second: 0,
        fraction: "",
        zone: None,
    };
    match base {
        Base::Date => scan.date(&mut parts)?,
        Base::Time => {
            scan.time(&mut parts)?;
            // A time has no next day: midnight is one time.
            parts.hour %= 24;
        }
        Base::DateTime | Base::DateTimeStamp => {
            scan.date(&mut parts)?;
            scan.byte(b'T')?;
            scan.time(&mut parts)?;
        }
        Base::GYear => parts.year = scan.year()?,
        Base::GYearMonth => {
            parts.year = scan.year()?;
            scan.byte(b'-')?;
            parts.month = scan.two_digits(1, 12)?;
        }
        Base::GMonth => {
            scan.literal("--")?;
            parts.month = scan.two_digits(1, 12)?;
        }
        Base::GMonthDay => {
            scan.literal("--")?;
            parts.month = scan.two_digits(1, 12)?;
            scan.byte(b'-')?;
            parts.day = scan.two_digits(1, days_in_month(1972, parts.month))?;
        }
        Base::GDay => {
            scan.literal("---")?;
            parts.day = scan.two_digits(1, 31)?;
        }
        _ => return None,
    }
    parts.zone = scan.zone()?;
    let stamped = base != Base::DateTimeStamp || parts.zone.is_some();
    (scan.rest.is_empty() && stamped).then_some(parts)
}

struct TemporalCursor<'a> {
    rest: &'a str,
}

impl<'a> TemporalCursor<'a> {
    fn byte(&mut self, byte: u8) -> Option<()> {
        if self.rest.as_bytes().first() != Some(&byte) {
            return None;
        }
        // Only ASCII bytes are asked for.
        self.rest = &self.rest[1..];
        Some(())
    }

    fn literal(&mut self, literal: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(literal)?;
        Some(())
    }

    fn two_digits(&mut self, min: u8, max: u8) -> Option<u8> {
        let (&[tens, ones], _) = self.rest.as_bytes().split_first_chunk::<2>()?;
        if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
            return None;
        }
        self.rest = &self.rest[2..];
        let value = (tens - b'0') * 10 + (ones - b'0');
        (min..=max).contains(&value).then_some(value)
    }

    /// A year of at least four digits, more only without leading zeros; the inner `None` is one too large.
    fn year(&mut self) -> Option<Option<i64>> {
        let negative = self.byte(b'-').is_some();
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(count);
        if count < 4 || (count > 4 && digits.starts_with('0')) {
            return None;
        }
        self.rest = rest;
        if count > MAX_YEAR_DIGITS {
            return Some(None);
        }
        let year: i64 = digits.parse().ok()?;
        Some(Some(if negative { -year } else { year }))
    }

    fn date(&mut self, parts: &mut TemporalParts<'a>) -> Option<()> {
        parts.year = self.year()?;
        self.byte(b'-')?;
        parts.month = self.two_digits(1, 12)?;
        self.byte(b'-')?;
        // A year too large to be computed with: 29 February is let pass.
        parts.day = self.two_digits(1, days_in_month(parts.year.unwrap_or(2000), parts.month))?;
        Some(())
    }

    fn time(&mut self, parts: &mut TemporalParts<'a>) -> Option<()> {
        parts.hour = self.two_digits(0, 24)?;
        self.byte(b':')?;
        parts.minute = self.two_digits(0, 59)?;
        self.byte(b':')?;
        parts.second = self.two_digits(0, 59)?;
        if self.byte(b'.').is_some() {
            let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
            let (fraction, rest) = self.rest.split_at(count);
            if fraction.is_empty() {
                return None;
            }
            parts.fraction = fraction;
            self.rest = rest;
        }
        let midnight = parts.minute == 0
            && parts.second == 0
            && parts.fraction.bytes().all(|digit| digit == b'0');
        (parts.hour < 24 || midnight).then_some(())
    }

    /// An optional time zone in minutes.
    fn zone(&mut self) -> Option<Option<i16>> {
        let sign = match self.rest.as_bytes().first() {
            None => return Some(None),
            Some(b'Z') => {
                self.rest = &self.rest[1..];
                return Some(Some(0));
            }
            Some(b'+') => 1,
            Some(b'-') => -1,
            Some(_) => return None,
        };
        self.rest = &self.rest[1..];
        let hours = self.two_digits(0, 14)?;
        self.byte(b':')?;
        let minutes = self.two_digits(0, if hours == 14 { 0 } else { 59 })?;
        Some(Some(sign * (i16::from(hours) * 60 + i16::from(minutes))))
    }
}

/// Days of a month in the proleptic Gregorian calendar.
pub fn days_in_month(year: i64, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
fn days_from_civil(year: i64, month: u8, day: u8) -> i64 {
    // Years start in March here, so that the leap day is the last one.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lexical_forms() {
        for (base, good, bad) in [
            (
                Base::Date,
                "2015-03-22 2015-03-22Z 2015-03-22-08:00 2015-03-22+14:00 -0044-03-15 12015-01-01 2000-02-29 0000-01-01",
                "2015-3-22 15-03-22 2015-02-29 1900-02-29 2015-13-01 2015-00-01 2015-01-32 02015-01-01 2015-03-22z 2015-03-22+14:01 2015-03-22+15:00 2015-03-22T00:00:00 +2015-01-01",
            ),
            (
                Base::Time,
                "15:02:37 15:02:37Z 15:02:37.125-08:00 24:00:00 24:00:00.0",
                "15:02 25:00:00 24:00:01 24:00:00.1 15:60:00 15:02:60 15:02:37. 1:02:37",
            ),
            (
                Base::DateTime,
                "2015-03-15T15:02:37 2015-03-15T15:02:37Z 2015-03-15T15:02:37.999999999999-05:00",
                "2015-03-15 2015-03-15t15:02:37 2015-03-15T15:02",
            ),
            (
                Base::DateTimeStamp,
                "2015-03-15T15:02:37Z",
                "2015-03-15T15:02:37",
            ),
            (
                Base::GYear,
                "9999 9999Z -0001 9999-08:00 123456789012",
                "999 99 01999 1999-05",
            ),
            (Base::GYearMonth, "1999-05 1999-05Z", "1999-13 1999"),
            (Base::GMonth, "--02 --02Z --12-08:00", "--13 02 --2"),
            (Base::GMonthDay, "--02-29 --02-21Z", "--02-30 --04-31"),
            (Base::GDay, "---31 ---31Z ---01-08:00", "---32 ---00 31"),
        ] {
            for text in good.split(' ') {
                assert!(is_valid(base, text), "{} {text}", base.name());
            }
            for text in bad.split(' ').chain([""]) {
                assert!(!is_valid(base, text), "{} {text}", base.name());
            }
        }
    }

    #[test]
    fn order() {
        use Ordering::{Equal, Greater, Less};
        for (a, b, expected) in [
            ("2000-01-15T00:00:00", "2000-02-15T00:00:00", Some(Less)),
            ("2000-01-15T12:00:00", "2000-01-16T12:00:00Z", Some(Less)),
            ("2000-01-01T12:00:00", "1999-12-31T23:00:00Z", None),
            ("2000-01-16T12:00:00", "2000-01-16T12:00:00Z", None),
            ("2000-01-16T00:00:00", "2000-01-16T12:00:00Z", None),
            (
                "2000-01-15T00:00:00+05:00",
                "2000-01-14T19:00:00Z",
                Some(Equal),
            ),
            (
                "2000-01-15T24:00:00",
                "2000-01-16T00:00:00.000",
                Some(Equal),
            ),
            (
                "2000-01-15T00:00:00.5",
                "2000-01-15T00:00:00.25",
                Some(Greater),
            ),
            ("-0001-01-01T00:00:00", "0000-01-01T00:00:00", Some(Less)),
        ] {
            let order = moment(Base::DateTime, a)
                .unwrap()
                .partial_cmp(&moment(Base::DateTime, b).unwrap());
            assert_eq!(order, expected, "{a} {b}");
        }
    }

    #[test]
    fn days_that_do_not_exist() {
        for (base, text, expected) in [
            (
                Base::Date,
                "2023-02-29",
                Some("no such day: February 2023 has 28 days"),
            ),
            (
                Base::Date,
                "2023-04-31Z",
                Some("no such day: April has 30 days"),
            ),
            (
                Base::Date,
                "2023-13-01",
                Some("no such day: there is no month 13"),
            ),
            (Base::Date, "2024-02-29", None),
            (Base::Date, "29.02.2023", None),
            (
                Base::DateTime,
                "2023-02-30T10:00:00",
                Some("no such day: February 2023 has 28 days"),
            ),
            (
                Base::Time,
                "23:59:60",
                Some("no such time: hours go to 23 (or are 24:00:00), minutes and seconds to 59"),
            ),
            (Base::Time, "24:00:00", None),
            (Base::GYear, "2023", None),
            (
                Base::GMonthDay,
                "--02-30",
                Some("no such day: February has 29 days"),
            ),
            (
                Base::GYearMonth,
                "2023-13",
                Some("no such day: there is no month 13"),
            ),
            (
                Base::GMonth,
                "--13",
                Some("no such day: there is no month 13"),
            ),
            (
                Base::GDay,
                "---32",
                Some("no such day: months have 31 days at most"),
            ),
            (Base::GMonthDay, "02-30", None),
            (Base::GDay, "---3", None),
        ] {
            assert_eq!(nonexistent(base, text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn days() {
        assert_eq!(days_from_civil(1970, 1, 1), 0);
        assert_eq!(days_from_civil(2000, 3, 1), 11_017);
        assert_eq!(days_from_civil(1969, 12, 31), -1);
        assert_eq!(days_from_civil(-1, 12, 31) + 1, days_from_civil(0, 1, 1));
    }
}

//! Date and time formats: the fixed list of patterns of Tabular Data Model §6.4.4.

use super::base::Base;
use serde::{Deserialize, Serialize};

/// A date or time pattern, compiled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatePattern {
    /// The pattern as written, for messages.
    pub written: String,
    date: Option<DatePart>,
    /// `T` or a space, where there is both a date and a time.
    joiner: char,
    time: Option<TimePart>,
    zone: Option<ZonePart>,
}

/// How a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct DatePart {
    order: DateOrder,
    separator: Option<char>,
    /// Days and months always have two digits.
    padded: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum DateOrder {
    YearMonthDay,
    DayMonthYear,
    MonthDayYear,
}

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct TimePart {
    colons: bool,
    seconds: bool,
    /// Largest number of digits of the fraction of the second.
    fraction: usize,
}

/// How a time zone is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct ZonePart {
    space: bool,
    /// 1: minutes may be missing; 2: there are minutes; 3: minutes after a colon.
    width: usize,
    /// `Z` is allowed.
    z: bool,
}

impl DatePattern {
    /// Compiles a pattern for a datatype; `None` if it is not one of the standard's list for it.
    pub fn parse(base: Base, written: &str) -> Option<Self> {
        let body = written.trim_end_matches(['x', 'X']);
        let marker = &written[body.len()..];
        let (body, space) = match body.strip_suffix(' ') {
            Some(stripped) if !marker.is_empty() => (stripped, true),
            _ => (body, false),
        };
        let zone = match marker {
            "" => None,
            "x" | "xx" | "xxx" | "X" | "XX" | "XXX" => Some(ZonePart {
                space,
                width: marker.len(),
                z: marker.starts_with('X'),
            }),
            _ => return None,
        };
        let (date, joiner, time) = match base {
            Base::Date => (Some(DatePart::parse(body)?), ' ', None),
            Base::Time => (None, ' ', Some(TimePart::parse(body)?)),
            Base::DateTime | Base::DateTimeStamp => {
                // Only the ISO date is joined to a time by a `T`.
                let (date, joiner, time) = match body.strip_prefix("yyyy-MM-ddT") {
                    Some(time) => ("yyyy-MM-dd", 'T', time),
                    None => {
                        let (date, time) = body.split_once(' ')?;
                        (date, ' ', time)
                    }
                };
                let time = TimePart::parse(time)?;
                if joiner == 'T' && !time.colons {
                    return None;
                }
                (Some(DatePart::parse(date)?), joiner, Some(time))
            }
            _ => return None,
        };
        Some(Self {
            written: written.to_owned(),
            date,
            joiner,
            time,
            zone,
        })
    }

    /// How the pattern writes 22 March 2015, 15:02:37.
    pub fn example(&self) -> String {
        let mut out = String::new();
        if let Some(date) = self.date {
            let month = if date.padded { "03" } else { "3" };
            let fields = match date.order {
                DateOrder::YearMonthDay => ["2015", month, "22"],
                DateOrder::DayMonthYear => ["22", month, "2015"],
                DateOrder::MonthDayYear => [month, "22", "2015"],
            };
            let separator = date.separator.map(String::from).unwrap_or_default();
            out.push_str(&fields.join(&separator));
        }
        if let Some(time) = self.time {
            if self.date.is_some() {
                out.push(self.joiner);
            }
            let fields: &[&str] = if time.seconds {
                &["15", "02", "37"]
            } else {
                &["15", "02"]
            };
            out.push_str(&fields.join(if time.colons { ":" } else { "" }));
            if time.fraction > 0 {
                out.push_str(".5");
            }
        }
        if let Some(zone) = self.zone {
            if zone.space {
                out.push(' ');
            }
            out.push_str(match zone.width {
                1 => "+03",
                2 => "+0300",
                _ => "+03:00",
            });
        }
        out
    }

    /// Writes the XML Schema form of a formatted date or time into `out`; `None` if it does not match.
    ///
    /// Days and hours that do not exist are found when the result is checked.
    pub fn parse_value(&self, text: &str, out: &mut String) -> Option<()> {
        out.clear();
        let mut scan = DateCursor { rest: text };
        if let Some(date) = self.date {
            date.parse_value(&mut scan, out)?;
        }
        if let Some(time) = self.time {
            if self.date.is_some() {
                scan.literal(self.joiner)?;
                out.push('T');
            }
            time.parse_value(&mut scan, out)?;
        }
        if let Some(zone) = self.zone {
            zone.parse_value(&mut scan, out)?;
        }
        scan.rest.is_empty().then_some(())
    }
}

impl DatePart {
    fn parse(pattern: &str) -> Option<Self> {
        let part = |order, separator, padded| {
            Some(Self {
                order,
                separator,
                padded,
            })
        };
        match pattern {
            "yyyy-MM-dd" => return part(DateOrder::YearMonthDay, Some('-'), true),
            "yyyyMMdd" => return part(DateOrder::YearMonthDay, None, true),
            _ => {}
        }
        let separator = pattern.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
        let mut fields = pattern.split(separator);
        let fields = [fields.next()?, fields.next()?, fields.next()?];
        if pattern.matches(separator).count() != 2 {
            return None;
        }
        match fields {
            ["dd", "MM", "yyyy"] => part(DateOrder::DayMonthYear, Some(separator), true),
            ["d", "M", "yyyy"] => part(DateOrder::DayMonthYear, Some(separator), false),
            ["MM", "dd", "yyyy"] => part(DateOrder::MonthDayYear, Some(separator), true),
            ["M", "d", "yyyy"] => part(DateOrder::MonthDayYear, Some(separator), false),
            _ => None,
        }
    }

    fn parse_value(self, scan: &mut DateCursor<'_>, out: &mut String) -> Option<()> {
        let least = if self.padded { 2 } else { 1 };
        let (year, month, day);
        match self.order {
            DateOrder::YearMonthDay => {
                year = scan.digits(4, 4)?;
                self.separator(scan)?;
                month = scan.digits(least, 2)?;
                self.separator(scan)?;
                day = scan.digits(least, 2)?;
            }
            DateOrder::DayMonthYear => {
                day = scan.digits(least, 2)?;
                self.separator(scan)?;
                month = scan.digits(least, 2)?;
                self.separator(scan)?;
                year = scan.digits(4, 4)?;
            }
            DateOrder::MonthDayYear => {
                month = scan.digits(least, 2)?;
                self.separator(scan)?;
                day = scan.digits(least, 2)?;
                self.separator(scan)?;
                year = scan.digits(4, 4)?;
            }
        }
        out.push_str(year);
        for field in [month, day] {
            out.push('-');
            if field.len() == 1 {
                out.push('0');
            }
            out.push_str(field);
        }
        Some(())
    }

    fn separator(self, scan: &mut DateCursor<'_>) -> Option<()> {
        match self.separator {
            Some(separator) => scan.literal(separator),
            None => Some(()),
        }
    }
}

impl TimePart {
    fn parse(pattern: &str) -> Option<Self> {
        let (clock, fraction) = match pattern.split_once('.') {
            Some((clock, marks))
                if clock == "HH:mm:ss"
                    && !marks.is_empty()
                    && marks.bytes().all(|mark| mark == b'S') =>
            {
                (clock, marks.len())
            }
            Some(_) => return None,
            None => (pattern, 0),
        };
        let (colons, seconds) = match clock {
            "HH:mm:ss" => (true, true),
            "HHmmss" => (false, true),
            "HH:mm" => (true, false),
            "HHmm" => (false, false),
            _ => return None,
        };
        Some(Self {
            colons,
            seconds,
            fraction,
        })
    }

    fn parse_value(self, scan: &mut DateCursor<'_>, out: &mut String) -> Option<()> {
        out.push_str(scan.digits(2, 2)?);
        for present in [true, self.seconds] {
            out.push(':');
            if !present {
                out.push_str("00");
                continue;
            }
            if self.colons {
                scan.literal(':')?;
            }
            out.push_str(scan.digits(2, 2)?);
        }
        if self.fraction > 0 && scan.literal('.').is_some() {
            out.push('.');
            out.push_str(scan.digits(1, self.fraction)?);
        }
        Some(())
    }
}

impl ZonePart {
    fn parse_value(self, scan: &mut DateCursor<'_>, out: &mut String) -> Option<()> {
        if self.space {
            scan.literal(' ')?;
        }
        if self.z && scan.literal('Z').is_some() {
            out.push('Z');
            return Some(());
        }
        let sign = scan
            .rest
            .chars()
            .next()
            .filter(|c| matches!(c, '+' | '-'))?;
        scan.literal(sign)?;
        out.push(sign);
        out.push_str(scan.digits(2, 2)?);
        out.push(':');
        if self.width == 1 && scan.rest.is_empty() {
            out.push_str("00");
            return Some(());
        }
        if self.width == 3 {
            scan.literal(':')?;
        }
        out.push_str(scan.digits(2, 2)?);
        Some(())
    }
}

struct DateCursor<'a> {
    rest: &'a str,
}

impl<'a> DateCursor<'a> {
    fn literal(&mut self, literal: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(literal)?;
        Some(())
    }

    /// As many digits as there are, up to `max`; at least `min`.
    fn digits(&mut self, min: usize, max: usize) -> Option<&'a str> {
        let count = self
            .rest
            .bytes()
            .take(max)
            .take_while(u8::is_ascii_digit)
            .count();
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        (count >= min).then_some(digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(base: Base, pattern: &str, text: &str, expected: Option<&str>) {
        let pattern = DatePattern::parse(base, pattern).expect(pattern);
        let mut out = String::new();
        let found = pattern.parse_value(text, &mut out).map(|()| out.as_str());
        assert_eq!(found, expected, "{} {text}", pattern.written);
    }

    /// Every pattern of Tabular Data Model §6.4.4, with its example.
    #[test]
    fn patterns_of_the_standard() {
        for (pattern, text) in [
            ("yyyy-MM-dd", "2015-03-22"),
            ("yyyyMMdd", "20150322"),
            ("dd-MM-yyyy", "22-03-2015"),
            ("d-M-yyyy", "22-3-2015"),
            ("MM-dd-yyyy", "03-22-2015"),
            ("M-d-yyyy", "3-22-2015"),
            ("dd/MM/yyyy", "22/03/2015"),
            ("d/M/yyyy", "22/3/2015"),
            ("MM/dd/yyyy", "03/22/2015"),
            ("M/d/yyyy", "3/22/2015"),
            ("dd.MM.yyyy", "22.03.2015"),
            ("d.M.yyyy", "22.3.2015"),
            ("MM.dd.yyyy", "03.22.2015"),
            ("M.d.yyyy", "3.22.2015"),
        ] {
            check(Base::Date, pattern, text, Some("2015-03-22"));
            check(
                Base::DateTime,
                &format!("{pattern} HH:mm"),
                &format!("{text} 15:02"),
                Some("2015-03-22T15:02:00"),
            );
        }
        for (pattern, text, expected) in [
            ("HH:mm:ss.SSS", "15:02:37.143", "15:02:37.143"),
            ("HH:mm:ss.SSS", "15:02:37.1", "15:02:37.1"),
            ("HH:mm:ss.SSS", "15:02:37", "15:02:37"),
            ("HH:mm:ss", "15:02:37", "15:02:37"),
            ("HHmmss", "150237", "15:02:37"),
            ("HH:mm", "15:02", "15:02:00"),
            ("HHmm", "1502", "15:02:00"),
            ("HH:mm x", "15:02 -05", "15:02:00-05:00"),
            ("HH:mmX", "15:02+0530", "15:02:00+05:30"),
            ("HH:mmX", "15:02Z", "15:02:00Z"),
            ("HH:mmXX", "15:02-0800", "15:02:00-08:00"),
            ("HH:mmxxx", "15:02+05:30", "15:02:00+05:30"),
        ] {
            check(Base::Time, pattern, text, Some(expected));
        }
        for (pattern, text, expected) in [
            (
                "yyyy-MM-ddTHH:mm:ss.SSS",
                "2015-03-15T15:02:37.143",
                "2015-03-15T15:02:37.143",
            ),
            (
                "yyyy-MM-ddTHH:mm:ss",
                "2015-03-15T15:02:37",
                "2015-03-15T15:02:37",
            ),
            (
                "yyyy-MM-ddTHH:mm",
                "2015-03-15T15:02",
                "2015-03-15T15:02:00",
            ),
            ("M/d/yyyy HH:mm", "3/22/2015 15:02", "2015-03-22T15:02:00"),
            (
                "dd.MM.yyyy HH:mm:ss",
                "22.03.2015 15:02:37",
                "2015-03-22T15:02:37",
            ),
            (
                "yyyy-MM-ddTHH:mm:ssXXX",
                "2015-03-15T15:02:37Z",
                "2015-03-15T15:02:37Z",
            ),
            (
                "yyyy-MM-ddTHH:mm:ssXXX",
                "2015-03-15T15:02:37-05:00",
                "2015-03-15T15:02:37-05:00",
            ),
            (
                "d-M-yyyy HHmm X",
                "15-3-2015 1502 Z",
                "2015-03-15T15:02:00Z",
            ),
        ] {
            check(Base::DateTime, pattern, text, Some(expected));
        }
    }

    #[test]
    fn examples_match() {
        for (base, pattern, expected) in [
            (Base::Date, "dd.MM.yyyy", "22.03.2015"),
            (Base::Date, "M/d/yyyyX", "3/22/2015+03"),
            (Base::Date, "yyyyMMdd", "20150322"),
            (Base::Time, "HHmm XX", "1502 +0300"),
            (
                Base::DateTime,
                "yyyy-MM-ddTHH:mm:ss.SSxxx",
                "2015-03-22T15:02:37.5+03:00",
            ),
        ] {
            let compiled = DatePattern::parse(base, pattern).expect(pattern);
            assert_eq!(compiled.example(), expected);
            let parsed = compiled.parse_value(expected, &mut String::new());
            assert!(parsed.is_some(), "{pattern}");
        }
    }

    #[test]
    fn texts_that_do_not_match() {
        for (base, pattern, text) in [
            (Base::Date, "dd.MM.yyyy", "1.02.2015"),
            (Base::Date, "dd.MM.yyyy", "01.02.15"),
            (Base::Date, "dd.MM.yyyy", "01.02.2015 "),
            (Base::Date, "d.M.yyyy", "001.2.2015"),
            (Base::Date, "yyyy-MM-ddX", "2015-03-22"),
            (Base::Time, "HH:mm:ss.S", "15:02:37.143"),
            (Base::Time, "HH:mm:ss.S", "15:02:37."),
            (Base::Time, "HH:mmx", "15:02Z"),
            (Base::Time, "HH:mmxx", "15:02-08"),
            (Base::Time, "HH:mmxxx", "15:02-0800"),
            (Base::DateTime, "yyyy-MM-dd HH:mm", "2015-03-22T15:02"),
        ] {
            check(base, pattern, text, None);
        }
    }

    #[test]
    fn patterns_outside_the_list() {
        for (base, pattern) in [
            (Base::Date, "yy-MM-dd"),
            (Base::Date, "yyyy/MM/dd"),
            (Base::Date, "dd-MM/yyyy"),
            (Base::Date, "dd-M-yyyy"),
            (Base::Date, "d MMM yyyy"),
            (Base::Date, "HH:mm"),
            (Base::Date, "yyyy-MM-ddXXXX"),
            (Base::Date, "yyyy-MM-dd Xx"),
            (Base::Date, ""),
            (Base::Time, "HH:mm:ss.s"),
            (Base::Time, "HHmmss.S"),
            (Base::Time, "hh:mm"),
            (Base::DateTime, "yyyy-MM-dd"),
            (Base::DateTime, "dd.MM.yyyyTHH:mm"),
            (Base::DateTime, "yyyy-MM-ddTHHmm"),
            (Base::GYear, "yyyy"),
        ] {
            assert_eq!(DatePattern::parse(base, pattern), None, "{pattern}");
        }
    }
}

//! How a value is written in its column.

use crate::datatype::{DatatypeFormat, canonical};
use crate::plan::ColumnPlan;

/// Writes the values of a column as its cells hold them.
pub(super) struct CellWriter<'p> {
    column: &'p ColumnPlan,
}

impl<'p> CellWriter<'p> {
    pub(super) fn new(column: &'p ColumnPlan) -> Self {
        Self { column }
    }

    /// The text whose value is `lexical`; `None` where the column has no such value.
    pub(super) fn text(&self, lexical: &str) -> Option<String> {
        let separator = self.column.separator.as_deref();
        let splits = |text: &str| separator.is_some_and(|separator| text.contains(separator));
        let text = match &self.column.datatype.format {
            DatatypeFormat::Standard | DatatypeFormat::Ignored(_) | DatatypeFormat::Regular(_) => {
                lexical.to_owned()
            }
            DatatypeFormat::Number(format) => {
                let text = format.write(lexical)?;
                match &format.group {
                    // Groups are a choice where no pattern asks for them.
                    Some(group) if format.pattern.is_none() && splits(&text) => {
                        text.replace(group.as_str(), "")
                    }
                    _ => text,
                }
            }
            DatatypeFormat::Boolean(yes, no) => match lexical {
                "true" | "1" => yes.clone(),
                _ => no.clone(),
            },
            DatatypeFormat::Date(pattern) => date(&pattern.written, lexical)?,
        };
        if self.column.null.contains(&text) {
            return None;
        }
        let (mut normal, mut value) = (String::new(), String::new());
        let datatype = &self.column.datatype;
        let normal = match self.column.separator {
            Some(_) => datatype.normalise_item(&text),
            None => datatype.normalise(&text, &mut normal),
        };
        let same = self
            .column
            .parser()
            .parse(normal, &mut value)
            .is_ok_and(|value| value == lexical || self.is_same(value, lexical));
        (same && !splits(&text)).then_some(text)
    }

    /// Whether two numbers are one: in a number format, `7` can only be written as `007`.
    fn is_same(&self, a: &str, b: &str) -> bool {
        let datatype = &self.column.datatype;
        let base = match datatype.format {
            DatatypeFormat::Number(_) => datatype.canonical_base(),
            _ => None,
        };
        base.is_some_and(|base| {
            let (mut of_a, mut of_b) = (String::new(), String::new());
            canonical(base, a, &mut of_a) == canonical(base, b, &mut of_b)
        })
    }

    /// The text of a cell that makes no triple. `empty_is_said`: an empty list makes one.
    pub(super) fn null(&self, empty_is_said: bool) -> &str {
        let null = &self.column.null;
        // An empty cell of a column with a separator is an empty list, whatever its words for null, and
        // never is where a list is required.
        let empty = match self.column.separator {
            Some(_) => !empty_is_said && !self.column.required,
            None => null.iter().any(String::is_empty),
        };
        let word = null.iter().find(|word| !empty && !word.is_empty());
        word.map_or("", String::as_str)
    }

    /// What of the written form the values do not keep.
    pub(super) fn loss(&self) -> Option<&'static str> {
        let column = self.column;
        if !column.default.is_empty() {
            return Some("an empty cell and one with the default value give the same triples");
        }
        if column.null.len() > 1 && column.separator.is_none() {
            return Some("its several words for null give the same triples: none");
        }
        None
    }
}

/// Bytes of the year at the start of a date; it may have a sign.
fn year_length(date: &str) -> usize {
    let after_sign = date.get(1..).and_then(|rest| rest.find('-'));
    after_sign.map_or(date.len(), |at| at + 1)
}

/// A date or time in a pattern of Tabular Data Model §6.4.4.
fn date(pattern: &str, lexical: &str) -> Option<String> {
    let (date, time) = match lexical.split_once('T') {
        Some((date, time)) => (date, time),
        None if lexical.contains(':')
            && !lexical.contains("-0")
            && lexical.find(':') == Some(2) =>
        {
            ("", lexical)
        }
        None => (lexical, ""),
    };
    let zone_at = |text: &str, from: usize| {
        text.get(from..)
            .and_then(|rest| rest.find(['Z', '+', '-']))
            .map_or(text.len(), |at| from + at)
    };
    let year_end = year_length(date);
    let date_end = date.len();
    let date_end = date_end.min(zone_at(date, (year_end + 6).min(date.len())));
    let (time, zone) = if time.is_empty() {
        ("", date.get(date_end..).unwrap_or_default())
    } else {
        time.split_at(zone_at(time, 0))
    };
    let mut ymd = date.get(year_end..date_end).unwrap_or_default().split('-');
    let (_, month, day) = (ymd.next(), ymd.next(), ymd.next());
    let mut hms = time.splitn(3, ':');
    let (hour, minute) = (
        hms.next().unwrap_or_default(),
        hms.next().unwrap_or_default(),
    );
    let (second, fraction) = match hms.next().unwrap_or_default().split_once('.') {
        Some((second, fraction)) => (second.to_owned(), fraction.to_owned()),
        None => (
            time.rsplit(':').next().unwrap_or_default().to_owned(),
            String::new(),
        ),
    };
    let short = |text: Option<&str>| text.unwrap_or_default().trim_start_matches('0').to_owned();
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let run = rest.len() - rest.trim_start_matches(first).len();
        let (token, after) = rest.split_at(run);
        rest = after;
        match first {
            'y' => out.push_str(date.get(..year_end)?),
            'M' if run == 2 => out.push_str(month?),
            'M' => out.push_str(&short(month)),
            'd' if run == 2 => out.push_str(day?),
            'd' => out.push_str(&short(day)),
            'H' => out.push_str(hour),
            'm' => out.push_str(minute),
            's' => out.push_str(&second),
            'S' => out.push_str(&fraction),
            'x' | 'X' => match run {
                3 => out.push_str(zone),
                _ => out.push_str(&zone.replace(':', "")),
            },
            _ => out.push_str(token),
        }
    }
    // A fraction that is not there takes its point with it.
    Some(out.trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datatype::{Datatype, DatatypeDescription, FormatDescription};
    use crate::diagnostic::{Diagnostics, ReadingMode};

    #[track_caller]
    fn check(base: &str, format: &str, lexical: &str, expected: Option<&str>) {
        let format = FormatDescription {
            pattern: Some(format.to_owned()),
            ..FormatDescription::default()
        };
        check_in(base, format, None, lexical, expected);
    }

    #[track_caller]
    fn check_in(
        base: &str,
        format: FormatDescription,
        separator: Option<&str>,
        lexical: &str,
        expected: Option<&str>,
    ) {
        let message = format!("{base} {format:?} {lexical}");
        let description = DatatypeDescription {
            base: base.to_owned(),
            format: Some(format),
            ..DatatypeDescription::default()
        };
        let column = ColumnPlan {
            name: "c".into(),
            virtual_column: false,
            datatype: Datatype::compile(&description, &mut Diagnostics::new(ReadingMode::Validate)),
            default: String::new(),
            null: vec![String::new()],
            required: false,
            separator: separator.map(str::to_owned),
            ..ColumnPlan::default()
        };
        let text = CellWriter::new(&column).text(lexical);
        assert_eq!(text.as_deref(), expected, "{message}");
    }

    #[test]
    fn values_in_the_format_of_their_column() {
        for (base, format, lexical, expected) in [
            ("boolean", "yes|no", "true", Some("yes")),
            ("boolean", "yes|no", "false", Some("no")),
            ("time", "HH:mm", "09:05:00", Some("09:05")),
            ("date", "dd.MM.yyyy", "2018-11-01", Some("01.11.2018")),
            ("date", "M/d/yyyy", "2018-11-01", Some("11/1/2018")),
            (
                "dateTime",
                "yyyy-MM-ddTHH:mm:ss",
                "2018-11-01T09:05:07",
                Some("2018-11-01T09:05:07"),
            ),
            ("string", "a|b", "b", Some("b")),
            ("string", "a|b", "c", None),
        ] {
            check(base, format, lexical, expected);
        }
    }

    #[test]
    fn numbers_that_can_be_read_back() {
        let comma = || FormatDescription {
            decimal_char: Some(",".to_owned()),
            group_char: Some(".".to_owned()),
            is_object: true,
            ..FormatDescription::default()
        };
        check_in("decimal", comma(), None, "1234.50", Some("1.234,50"));
        check_in("decimal", comma(), Some(";"), "1234.5", Some("1.234,5"));
        // An item would come apart.
        check_in("decimal", comma(), Some(","), "1.5", None);
        check_in("decimal", comma(), Some(","), "1234", Some("1.234"));
        check_in("decimal", comma(), Some("."), "1234", Some("1234"));
        check("decimal", "0.00", "1.5", Some("1.50"));
        check("decimal", "0.00", "1.555", None);
        check("integer", "000", "7", Some("007"));
        check("integer", "000", "1234", Some("1234"));
        check("decimal", "0%", "0.5", Some("50%"));
        check("double", "0.0E0", "15", None);
    }
}

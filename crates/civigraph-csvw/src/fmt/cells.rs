//! Cells as text: quoted where a reader would need it, and nowhere else (RFC 4180 §2).

use crate::csv::{Dialect, Trim};

/// What is written besides the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Cells as they are.
    #[default]
    Faithful,
    /// Cells that a spreadsheet would take for formulas get an apostrophe in front. The tables are
    /// for looking at: they no longer hold the same facts.
    Spreadsheet,
}

/// The line terminator of the canonical form: a line feed, where the dialect knows it.
pub(super) fn terminator(dialect: &Dialect) -> String {
    let known = &dialect.line_terminators;
    match known.iter().find(|terminator| !terminator.is_empty()) {
        Some(first) if !known.iter().any(|terminator| terminator == "\n") => first.clone(),
        _ => "\n".to_owned(),
    }
}

/// Writes rows in a dialect.
pub(super) struct CsvWriter<'d> {
    dialect: &'d Dialect,
    delimiter: &'d str,
    terminator: String,
    profile: Profile,
    out: String,
}

impl<'d> CsvWriter<'d> {
    pub(super) fn new(dialect: &'d Dialect, profile: Profile) -> Self {
        Self {
            dialect,
            delimiter: match dialect.delimiter.as_str() {
                "" => ",",
                delimiter => delimiter,
            },
            terminator: terminator(dialect),
            profile,
            out: String::new(),
        }
    }

    /// A line as it is.
    pub(super) fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push_str(&self.terminator);
    }

    /// Text with its terminators.
    pub(super) fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    pub(super) fn row(&mut self, cells: &[impl AsRef<str>]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.out.push_str(self.delimiter);
            }
            let cell = cell.as_ref();
            // An empty line would be no row to many readers.
            let alone = cells.len() == 1 && cell.is_empty();
            if self.profile == Profile::Spreadsheet && is_formula(cell) {
                self.cell(&format!("'{cell}"), index == 0, alone);
            } else {
                self.cell(cell, index == 0, alone);
            }
        }
        self.out.push_str(&self.terminator);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.out.into_bytes()
    }

    fn cell(&mut self, cell: &str, first: bool, alone: bool) {
        let dialect = self.dialect;
        let quote = dialect.quote_char.as_deref().unwrap_or_default();
        let Some(mark) = Some(quote).filter(|quote| !quote.is_empty()) else {
            self.out.push_str(cell);
            return;
        };
        let starts_comment = first
            && dialect
                .comment_prefix
                .as_deref()
                .is_some_and(|prefix| !prefix.is_empty() && cell.starts_with(prefix));
        let trimmed = (dialect.trim != Trim::None || dialect.skip_initial_space)
            && cell.trim().len() != cell.len();
        let escapes = !dialect.double_quote && cell.contains('\\');
        let needed = alone
            || starts_comment
            || trimmed
            || escapes
            || cell.contains(self.delimiter)
            || cell.contains(mark)
            || cell.contains(['\r', '\n'])
            || dialect
                .line_terminators
                .iter()
                .any(|terminator| !terminator.is_empty() && cell.contains(terminator.as_str()))
            // It would be taken for a byte order mark.
            || (self.out.is_empty() && cell.starts_with('\u{FEFF}'));
        if !needed {
            self.out.push_str(cell);
            return;
        }
        self.out.push_str(mark);
        if dialect.double_quote {
            self.out.push_str(&cell.replace(mark, &mark.repeat(2)));
        } else {
            let escaped = cell.replace('\\', "\\\\");
            self.out
                .push_str(&escaped.replace(mark, &format!("\\{mark}")));
        }
        self.out.push_str(mark);
    }
}

/// Whether a spreadsheet would evaluate a cell. A plain number is not a formula, whatever its sign.
pub fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(profile: Profile, dialect: &Dialect, cells: &[&str], expected: &str) {
        let mut writer = CsvWriter::new(dialect, profile);
        writer.row(cells);
        assert_eq!(String::from_utf8(writer.finish()).unwrap(), expected);
    }

    #[test]
    fn quotes_only_where_needed() {
        let default = Dialect::default();
        let commented = Dialect {
            comment_prefix: Some("#".into()),
            ..Dialect::default()
        };
        let backslash = Dialect {
            double_quote: false,
            delimiter: ";".into(),
            ..Dialect::default()
        };
        for (dialect, cells, expected) in [
            (&default, &["a", " b ", "#c"][..], "a, b ,#c\n"),
            (
                &default,
                &["a,b", "a\"b", "a\rb"],
                "\"a,b\",\"a\"\"b\",\"a\rb\"\n",
            ),
            (&default, &["", ""], ",\n"),
            (&default, &[""], "\"\"\n"),
            (
                &default,
                &["\u{FEFF}a", "\u{FEFF}"],
                "\"\u{FEFF}a\",\u{FEFF}\n",
            ),
            (&commented, &["#a", "#b"], "\"#a\",#b\n"),
            (
                &backslash,
                &["a\\b", "a\"b", "a,b"],
                "\"a\\\\b\";\"a\\\"b\";a,b\n",
            ),
        ] {
            check(Profile::Faithful, dialect, cells, expected);
        }
    }

    #[test]
    fn formulas_are_neutralised_for_spreadsheets_only() {
        let cells = ["=1+2", "-3.5", "+a", "@b", "\tc", "a=b"];
        let default = Dialect::default();
        check(
            Profile::Faithful,
            &default,
            &cells,
            "=1+2,-3.5,+a,@b,\tc,a=b\n",
        );
        check(
            Profile::Spreadsheet,
            &default,
            &cells,
            "'=1+2,-3.5,'+a,'@b,'\tc,a=b\n",
        );
    }
}

//! Diagnostics written out, one renderer a file.

mod github;
mod human;
mod json;
mod jsonl;
mod sarif;

use super::{Diagnostics, Wording};
use std::io::{self, Write};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DiagnosticFormat {
    /// For people: grouped by rule and column, a bounded number of lines.
    #[default]
    Human,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// SARIF 2.1.0, for code scanning services and editors.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
}

/// Writes a report.
///
/// Only the human form leaves out diagnostics that the collection kept; `all` makes it write them too.
/// It carries ANSI colours: strip them on the way to anything that is not a terminal. Hints are in the words of the
/// interface, [`Neutral`](super::Neutral) for none.
///
/// # Errors
///
/// Those of `out`.
pub fn render(
    diagnostics: &Diagnostics,
    format: DiagnosticFormat,
    all: bool,
    wording: &dyn Wording,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        DiagnosticFormat::Human => human::render(diagnostics, all, wording, out),
        DiagnosticFormat::Json => json::render(diagnostics, wording, out),
        DiagnosticFormat::Jsonl => jsonl::render(diagnostics, wording, out),
        DiagnosticFormat::Sarif => sarif::render(diagnostics, wording, out),
        DiagnosticFormat::Github => github::render(diagnostics, wording, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{CellPlace, Code, Diagnostic, Neutral, Place, ReadingMode};

    /// A report with everything that a report can hold: groups, counts, both severities, hints,
    /// hostile values, a place without a cell and one without a line.
    fn sample() -> Diagnostics {
        let mut all = Diagnostics::new(ReadingMode::Convert).keeping(4);
        let cell = |line, column, name: &str, index, record| Place {
            cell: Some(CellPlace {
                column_name: name.into(),
                column_index: index,
                record,
            }),
            ..Place::at("data/cities.csv", line, column)
        };
        for (line, found) in [(14, "12a"), (15, "n/a"), (19, "\u{1b}[2J")] {
            all.push(
                Diagnostic::new(
                    Code::Datatype,
                    cell(line, 9, "population", 2, line - 1),
                    format!("`{found}` is not an integer"),
                )
                .with_found(found)
                .with_expected("an integer"),
            );
        }
        let more = Diagnostic::new(Code::Datatype, cell(20, 9, "population", 2, 19), "");
        all.count_more(&more, 998);
        all.push(
            Diagnostic::new(
                Code::DanglingReference,
                cell(3, 30, "region", 27, 3),
                "no row of `regions.csv` has the key `samra`",
            )
            .with_found("samra")
            .with_hint("did you mean `samara`?"),
        );
        all.push(Diagnostic::new(
            Code::Json,
            Place::at("data/csv-metadata.json", 7, 3),
            "expected `,` or `}`, found `\"name\"`",
        ));
        all.push(Diagnostic::new(
            Code::Unreadable,
            Place::file("data/sessions, old.csv"),
            "no such file",
        ));
        all
    }

    fn written(format: DiagnosticFormat, all: bool) -> String {
        let mut out = Vec::new();
        assert!(render(&sample(), format, all, &Neutral, &mut out).is_ok());
        String::from_utf8_lossy(&out).replace(env!("CARGO_PKG_VERSION"), "VERSION")
    }

    #[test]
    fn human() {
        insta::assert_snapshot!(
            anstream::adapter::strip_str(&written(DiagnosticFormat::Human, false)).to_string()
        );
    }

    #[test]
    fn human_all() {
        insta::assert_snapshot!(
            anstream::adapter::strip_str(&written(DiagnosticFormat::Human, true)).to_string()
        );
    }

    #[test]
    fn json() {
        let text = written(DiagnosticFormat::Json, false);
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        insta::assert_snapshot!(text);
    }

    #[test]
    fn jsonl() {
        insta::assert_snapshot!(written(DiagnosticFormat::Jsonl, false));
    }

    #[test]
    fn sarif() {
        let text = written(DiagnosticFormat::Sarif, false);
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        insta::assert_snapshot!(text);
    }

    #[test]
    fn github() {
        insta::assert_snapshot!(written(DiagnosticFormat::Github, false));
    }

    #[test]
    fn the_human_report_of_a_table_wrong_everywhere_is_bounded() {
        let mut all = Diagnostics::new(ReadingMode::Validate);
        for column in 0..300_u32 {
            for line in 2..=50 {
                let place = Place {
                    cell: Some(CellPlace {
                        column_name: format!("column {column}").into(),
                        column_index: column,
                        record: line,
                    }),
                    ..Place::at("wide.csv", line, 1)
                };
                all.push(Diagnostic::new(Code::Datatype, place, "wrong").with_found("x"));
            }
        }
        let mut out = Vec::new();
        assert!(render(&all, DiagnosticFormat::Human, false, &Neutral, &mut out).is_ok());
        let lines = String::from_utf8_lossy(&out).lines().count();
        assert!((100..200).contains(&lines), "{lines} lines");
    }
}

//! Annotations of GitHub Actions: workflow commands, one a line.

use crate::diagnostic::{Diagnostics, Severity, Wording};
use std::io::{self, Write};

pub(super) fn render(
    diagnostics: &Diagnostics,
    wording: &dyn Wording,
    out: &mut dyn Write,
) -> io::Result<()> {
    for diagnostic in diagnostics.iter() {
        let place = &diagnostic.place;
        let command = match diagnostics.severity(diagnostic) {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        write!(out, "::{command} file={}", property(&place.file))?;
        if place.line > 0 {
            write!(out, ",line={}", place.line)?;
            if place.column > 0 {
                write!(out, ",col={}", place.column)?;
            }
        }
        let title = format!("{}: {}", diagnostic.code, diagnostic.code.title());
        write!(out, ",title={}::", property(&title))?;
        let mut text = diagnostic.message.clone();
        if let Some(cell) = &place.cell {
            text.push_str(&format!(
                " (cell {}, column `{}`)",
                cell.spreadsheet(),
                cell.column_name
            ));
        }
        for (label, value) in [
            ("expected", diagnostic.expected.clone()),
            ("hint", diagnostic.worded_hint(wording)),
        ] {
            if let Some(value) = value {
                text.push_str(&format!("\n{label}: {value}"));
            }
        }
        writeln!(out, "{}", message(&text))?;
    }
    for group in diagnostics.groups() {
        let more = group.count - group.kept.len() as u64;
        if let Some(first) = group.kept.first().filter(|_| more > 0) {
            let text = format!(
                "{more} more in {}: {}",
                first.place.file,
                first.code.title()
            );
            writeln!(out, "::notice title={}::{}", first.code, message(&text))?;
        }
    }
    Ok(())
}

/// Escapes the text of a command.
fn message(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes the value of a property, where commas and colons separate too.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

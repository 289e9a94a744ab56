//! One JSON object a line: the diagnostics, then what was only counted, then the summary.

use super::json;
use crate::diagnostic::{Diagnostics, Wording};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line<'a> {
    Diagnostic(json::JsonDiagnostic<'a>),
    NotListed(json::NotListed<'a>),
    Summary(json::SeverityCounts),
}

pub(super) fn render(
    diagnostics: &Diagnostics,
    wording: &dyn Wording,
    out: &mut dyn Write,
) -> io::Result<()> {
    for record in json::records(diagnostics, wording) {
        line(&Line::Diagnostic(record), out)?;
    }
    for counted in json::not_listed(diagnostics) {
        line(&Line::NotListed(counted), out)?;
    }
    line(&Line::Summary(json::summary(diagnostics)), out)
}

fn line(line: &Line<'_>, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    writeln!(out)
}

//! One JSON document.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity, Wording};
use serde::Serialize;
use std::io::{self, Write};

/// The whole report.
#[derive(Serialize)]
struct JsonReport<'a> {
    diagnostics: Vec<JsonDiagnostic<'a>>,
    not_listed: Vec<NotListed<'a>>,
    summary: SeverityCounts,
}

/// One diagnostic with everything that belongs to it.
#[derive(Serialize)]
pub(super) struct JsonDiagnostic<'a> {
    severity: Severity,
    code: Code,
    title: &'static str,
    message: &'a str,
    file: &'a str,
    line: Option<u64>,
    column: Option<u64>,
    cell: Option<String>,
    column_name: Option<&'a str>,
    found: Option<&'a str>,
    expected: Option<&'a str>,
    hint: Option<String>,
    rule: Option<&'static str>,
}

/// How many diagnostics of a kind were counted and not kept.
#[derive(Serialize)]
pub(super) struct NotListed<'a> {
    severity: Severity,
    code: Code,
    file: &'a str,
    column_name: Option<&'a str>,
    count: u64,
}

/// The counts of the report.
#[derive(Serialize)]
pub(super) struct SeverityCounts {
    errors: u64,
    warnings: u64,
    notes: u64,
}

pub(super) fn render(
    diagnostics: &Diagnostics,
    wording: &dyn Wording,
    out: &mut dyn Write,
) -> io::Result<()> {
    let report = JsonReport {
        diagnostics: records(diagnostics, wording).collect(),
        not_listed: not_listed(diagnostics),
        summary: summary(diagnostics),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

pub(super) fn records<'a>(
    diagnostics: &'a Diagnostics,
    wording: &'a dyn Wording,
) -> impl Iterator<Item = JsonDiagnostic<'a>> {
    diagnostics
        .iter()
        .map(move |diagnostic| record(diagnostic, diagnostics.severity(diagnostic), wording))
}

fn record<'a>(
    diagnostic: &'a Diagnostic,
    severity: Severity,
    wording: &dyn Wording,
) -> JsonDiagnostic<'a> {
    let place = &diagnostic.place;
    let section = diagnostic.code.section();
    JsonDiagnostic {
        severity,
        code: diagnostic.code,
        title: diagnostic.code.title(),
        message: &diagnostic.message,
        file: &place.file,
        line: known(place.line),
        column: known(place.column),
        cell: place.cell.as_ref().map(|cell| cell.spreadsheet()),
        column_name: place.cell.as_ref().map(|cell| &*cell.column_name),
        found: diagnostic.found.as_deref(),
        expected: diagnostic.expected.as_deref(),
        hint: diagnostic.worded_hint(wording),
        rule: (!section.is_empty()).then_some(section),
    }
}

pub(super) fn not_listed(diagnostics: &Diagnostics) -> Vec<NotListed<'_>> {
    diagnostics
        .groups()
        .into_iter()
        .filter_map(|group| {
            let first = group.kept.first()?;
            let count = group.count - group.kept.len() as u64;
            (count > 0).then(|| NotListed {
                severity: group.severity,
                code: first.code,
                file: &first.place.file,
                column_name: first.place.cell.as_ref().map(|cell| &*cell.column_name),
                count,
            })
        })
        .collect()
}

pub(super) fn summary(diagnostics: &Diagnostics) -> SeverityCounts {
    SeverityCounts {
        errors: diagnostics.count(Severity::Error),
        warnings: diagnostics.count(Severity::Warning),
        notes: diagnostics.count(Severity::Note),
    }
}

fn known(number: u64) -> Option<u64> {
    (number > 0).then_some(number)
}

//! For people: grouped by rule and column, a bounded number of lines.
//!
//! Each diagnostic starts a line with its severity, code and `file:line:column`, so that editors
//! can jump; what belongs to it follows indented.

use crate::diagnostic::text::visible;
use crate::diagnostic::{
    CellPlace, Diagnostic, DiagnosticGroup, Diagnostics, Place, Severity, Wording,
};
use anstyle::{AnsiColor, Style};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Lines of a report, the summary aside, unless all is asked for.
const LINE_LIMIT: usize = 180;

/// How many diagnostics of a kind are shown; the first of these that keeps the report bounded.
const SHOWN_PER_KIND: [usize; 3] = [5, 3, 1];

/// Width of the labels of indented lines.
const LABEL_WIDTH: usize = 14;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const WARNING: Style = AnsiColor::BrightYellow.on_default().bold();
const HINT: Style = AnsiColor::BrightCyan.on_default();

pub(super) fn render(
    diagnostics: &Diagnostics,
    all: bool,
    wording: &dyn Wording,
    out: &mut dyn Write,
) -> io::Result<()> {
    if diagnostics.is_empty() {
        return Ok(());
    }
    let mut groups = diagnostics.groups();
    // Errors of the data come before what metadata is accused of.
    groups.sort_by_key(|group| {
        let noise = group
            .kept
            .first()
            .is_some_and(|first| first.code.is_noise());
        (std::cmp::Reverse(group.severity), noise)
    });
    let mut blocks: Vec<Vec<String>> = Vec::new();
    let blocks_of = |shown: usize| -> Vec<Vec<String>> {
        let blocks = groups.iter().map(|group| block(group, shown, wording));
        blocks.collect()
    };
    if all {
        blocks = blocks_of(usize::MAX);
    } else {
        for shown in SHOWN_PER_KIND {
            blocks = blocks_of(shown);
            if blocks.iter().map(Vec::len).sum::<usize>() <= LINE_LIMIT {
                break;
            }
        }
    }
    let shown = shown(&groups, &blocks, all);
    for (block, _) in blocks.iter().zip(&shown).filter(|(_, shown)| **shown) {
        for line in block {
            writeln!(out, "{line}")?;
        }
    }
    let hidden = shown.iter().filter(|shown| !**shown).count() as u64;
    if hidden > 0 {
        let more = counted(hidden, "kind of problem", "kinds of problems");
        let how = wording.everything().map(|how| format!("; {how}"));
        let how = how.unwrap_or_default();
        writeln!(out, "{DIM}… and {more} more{how}{DIM:#}")?;
    }
    summary(diagnostics, &groups, out)
}

/// Which blocks find room: errors before warnings, then in order.
fn shown(groups: &[DiagnosticGroup<'_>], blocks: &[Vec<String>], all: bool) -> Vec<bool> {
    let mut shown = vec![all; blocks.len()];
    let mut lines = 0;
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        for ((group, block), shown) in groups.iter().zip(blocks).zip(&mut shown) {
            if group.severity == severity {
                lines += block.len();
                *shown |= lines <= LINE_LIMIT;
            }
        }
    }
    shown
}

fn summary(
    diagnostics: &Diagnostics,
    groups: &[DiagnosticGroup<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    let errors = diagnostics.count(Severity::Error);
    let warnings = diagnostics.count(Severity::Warning);
    let files: BTreeSet<&str> = groups
        .iter()
        .flat_map(|group| &group.kept)
        .map(|diagnostic| &*diagnostic.place.file)
        .collect();
    let mut parts = Vec::new();
    if errors > 0 {
        parts.push(counted(errors, "error", "errors"));
    }
    if warnings > 0 {
        parts.push(counted(warnings, "warning", "warnings"));
    }
    let notes = diagnostics.count(Severity::Note);
    if notes > 0 {
        parts.push(counted(notes, "note", "notes"));
    }
    // The line must not start with a severity: tools that count lines would count it too.
    writeln!(
        out,
        "{BOLD}found {} in {}{BOLD:#}",
        parts.join(" and "),
        counted(files.len() as u64, "file", "files")
    )
}

/// The lines of one kind of problem.
fn block(group: &DiagnosticGroup<'_>, shown: usize, wording: &dyn Wording) -> Vec<String> {
    let mut lines = Vec::new();
    let mut said = Details::default();
    for diagnostic in group.kept.iter().take(shown) {
        lines.push(head(group.severity, diagnostic));
        said = details(diagnostic, &said, wording, &mut lines);
    }
    let shown = shown.min(group.kept.len()) as u64;
    if group.count > shown {
        let more = counted(group.count - shown, "more like this", "more like these");
        let place = group.kept.first().map(|d| scope(&d.place));
        let place = place.unwrap_or_default();
        lines.push(detail("", &format!("{DIM}… and {more}{place}{DIM:#}")));
    }
    if let Some(first) = group.kept.first() {
        let section = first.code.section();
        let section = if section.is_empty() {
            String::new()
        } else {
            format!(" ({section})")
        };
        let page = wording.page_of(first.code).map(|page| format!(", {page}"));
        let page = page.unwrap_or_default();
        let rule = format!("{}{section}{page}", first.code.title());
        lines.push(detail("rule", &format!("{DIM}{rule}{DIM:#}")));
    }
    lines
}

/// What was said under the diagnostic before, and need not be said again.
#[derive(Default)]
struct Details {
    expected: Option<String>,
    hint: Option<String>,
}

fn details(
    diagnostic: &Diagnostic,
    said: &Details,
    wording: &dyn Wording,
    lines: &mut Vec<String>,
) -> Details {
    let hint = diagnostic.worded_hint(wording);
    if let Some(cell) = &diagnostic.place.cell {
        let column = format!("{DIM}{}{DIM:#}", column(cell));
        let text = match diagnostic.found.as_deref().map(visible) {
            Some(found) if found.is_empty() => format!("{DIM}(empty){DIM:#}  {column}"),
            Some(found) => format!("{found}  {column}"),
            None => column,
        };
        lines.push(detail(&cell.spreadsheet(), &text));
    } else if let Some(found) = &diagnostic.found
        && !diagnostic.message.contains(found.as_str())
    {
        lines.push(detail("found", &visible(found)));
    }
    if diagnostic.expected != said.expected
        && let Some(expected) = &diagnostic.expected
    {
        lines.push(detail("expected", &visible(expected)));
    }
    if hint != said.hint
        && let Some(hint) = &hint
    {
        lines.push(detail("hint", &format!("{HINT}{}{HINT:#}", visible(hint))));
    }
    Details {
        expected: diagnostic.expected.clone(),
        hint,
    }
}

fn head(severity: Severity, diagnostic: &Diagnostic) -> String {
    let (style, word) = match severity {
        Severity::Error => (ERROR, "error"),
        Severity::Warning => (WARNING, "warning"),
        Severity::Note => (HINT, "note"),
    };
    format!(
        "{style}{word}[{}]{style:#} {BOLD}{}{BOLD:#}: {}",
        diagnostic.code,
        diagnostic.place,
        visible(&diagnostic.message)
    )
}

fn scope(place: &Place) -> String {
    match &place.cell {
        Some(cell) => format!(" in {}", column(cell)),
        None => String::new(),
    }
}

fn column(cell: &CellPlace) -> String {
    match &*cell.column_name {
        "" => "a column without a name".to_owned(),
        name => format!("column `{}`", visible(name)),
    }
}

fn detail(label: &str, text: &str) -> String {
    format!("{label:>LABEL_WIDTH$} {DIM}|{DIM:#} {text}")
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

//! `civigraph diff`: what changed between two versions, in rows and cells, by entity, or as triples.

use super::failure::Failure;
use super::output::Output;
use super::terminal::Terminal;
use super::{CommandOutcome, Global, complete};
use crate::characters;
use crate::diagnostic::render::DiagnosticFormat;
use crate::diagnostic::text::visible;
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::diff::{
    self, ChangedEntity, ComparedVersion, Difference, EntityChange, RowChange, TableChange,
};
use crate::project::STORE;
use crate::query::{TableStyle, write_table};
use crate::store::Prefixes;
use clap_complete::engine::ArgValueCompleter;
use std::io::{self, Write};
use std::path::PathBuf;

/// Show what changed between two versions of the graph.
///
/// A version is a build (`current`, `previous`, an id or its start), a dump (.ttl, .nt, .nq, .trig,
/// also .gz and .zst), a project folder, or a git revision of the project in the current folder. Where
/// both sides are folders or revisions, changes are reported in rows and cells, else by entity. What is
/// only renamed, merged or in another order is reported as such. The release graph, which describes the
/// build, is left out. Blank nodes of two versions are matched by what surrounds them. A project with errors
/// has no graph: its tables alone are compared.
///
/// Exit codes: 0 the same, 1 different, or a project with errors, 2 the command could not do its work.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph diff previous current                   # the last change of the published graph
  civigraph diff HEAD .                             # what the working folder changes
  civigraph diff v1.0 main --format markdown        # for a pull request
  civigraph diff old.ttl new.ttl.gz --format json   # dumps, for a program
  civigraph diff 0001 current --triples -o up.rdfp  # an RDF patch that makes the second of the first")]
pub(super) struct Arguments {
    /// The old version.
    #[arg(value_name = "A", add = ArgValueCompleter::new(complete::builds))]
    old: String,
    /// The new version.
    #[arg(value_name = "B", add = ArgValueCompleter::new(complete::builds))]
    new: String,
    /// How the difference is written.
    #[arg(
        long,
        short,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        conflicts_with = "triples"
    )]
    format: OutputFormat,
    /// Write an RDF patch.
    #[arg(long)]
    triples: bool,
    /// File to write.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How a difference is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum OutputFormat {
    /// A table for people.
    #[default]
    Table,
    /// A table in Markdown.
    Markdown,
    /// For programs.
    Json,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let folder = global.folder();
    let folder = folder.as_path();
    let store = match &global.store {
        Some(store) => store.clone(),
        None => folder.join(STORE),
    };
    let mut found = [ReadingMode::Validate; 2].map(Diagnostics::new);
    let [of_old, of_new] = &mut found;
    let progress = terminal.progress("comparing", None);
    let old = ComparedVersion::open(&arguments.old, folder, &store, of_old)?;
    let new = ComparedVersion::open(&arguments.new, folder, &store, of_new)?;
    progress.finish_and_clear();
    for (name, found) in [&arguments.old, &arguments.new].into_iter().zip(&found) {
        if !found.is_empty() {
            terminal.say(format_args!("in `{name}`:"));
        }
        terminal.report(found, DiagnosticFormat::Human, false)?;
    }
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) => (old, new),
        (old, _) => {
            let name = if old.is_none() {
                &arguments.old
            } else {
                &arguments.new
            };
            return Err(Failure::new(format!(
                "not compared: the metadata of `{name}` has errors"
            )));
        }
    };
    let wrong = with_errors([&old, &new]);
    if arguments.triples && !wrong.is_empty() {
        return Err(Failure::new(format!("there is no patch: {wrong}")));
    }
    let mut out = Output::open(arguments.output.as_deref())?;
    let differs = if arguments.triples {
        diff::write_patch(&old, &new, &mut out)?
    } else {
        let difference = diff::compare(&old, &new)?;
        let mut prefixes = old.prefixes.clone();
        for (prefix, namespace) in new.prefixes.iter() {
            prefixes.add(prefix, namespace);
        }
        let width = terminal
            .width()
            .filter(|_| arguments.output.is_none() && terminal.is_interactive());
        let shown = DifferenceView {
            difference: &difference,
            prefixes: &prefixes,
            base: new.base.as_deref().or(old.base.as_deref()),
        };
        match arguments.format {
            OutputFormat::Table => shown.table(width, &mut out)?,
            OutputFormat::Markdown => shown.markdown(&mut out)?,
            OutputFormat::Json => {
                serde_json::to_writer_pretty(&mut out, &difference).map_err(io::Error::from)?;
                writeln!(out)?;
            }
        }
        terminal.say(summary(&difference));
        if difference.blank_nodes_by_label {
            terminal.say(
                "note: there are too many blank nodes to match them; they were compared by their labels",
            );
        }
        !difference.is_empty()
    };
    out.flush()?;
    out.finish()?;
    if !wrong.is_empty() {
        terminal.say(format_args!(
            "only tables were compared, not the graphs: {wrong}"
        ));
    }
    Ok(if differs || !wrong.is_empty() {
        CommandOutcome::Findings
    } else {
        CommandOutcome::Fine
    })
}

/// Which sides have errors; nothing where neither has.
fn with_errors(versions: [&ComparedVersion; 2]) -> String {
    let wrong = versions.into_iter().filter(|version| version.errors > 0);
    let wrong: Vec<String> = wrong
        .map(|version| match version.errors {
            1 => format!("`{}` has 1 error", version.name),
            errors => format!("`{}` has {errors} errors", version.name),
        })
        .collect();
    wrong.join(", ")
}

fn summary(difference: &Difference) -> String {
    if !difference.has_graphs() {
        return match difference.tables.len() {
            0 => "no table differs".to_owned(),
            1 => "1 table differs".to_owned(),
            tables => format!("{tables} tables differ"),
        };
    }
    if difference.is_empty() {
        return "the same".to_owned();
    }
    if difference.only_reordered() {
        return "the same quads; rows or columns are in a different order".to_owned();
    }
    let (added, removed) = difference.quads();
    format!("quads: {added} new, {removed} gone")
}

const HEADER: [&str; 5] = ["where", "what", "property", "old", "new"];

/// A difference with what shortens its terms.
struct DifferenceView<'d> {
    difference: &'d Difference,
    prefixes: &'d Prefixes,
    base: Option<&'d str>,
}

impl DifferenceView<'_> {
    fn table(&self, width: Option<u16>, out: &mut dyn Write) -> io::Result<()> {
        let rows = self.rows();
        if rows.is_empty() {
            return Ok(());
        }
        let style = TableStyle {
            width,
            ascii: false,
        };
        write_table(out, &HEADER.map(str::to_owned), rows, &style)
    }

    fn markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        let Difference { old, new, .. } = self.difference;
        writeln!(out, "### {} → {}\n", escaped(old), escaped(new))?;
        writeln!(out, "{}.\n", summary(self.difference))?;
        let rows = self.rows();
        if rows.is_empty() {
            return Ok(());
        }
        let line = |out: &mut dyn Write, cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
            writeln!(out, "| {} |", cells.join(" | "))
        };
        line(out, &HEADER.map(str::to_owned))?;
        line(out, &HEADER.map(|_| "---".to_owned()))?;
        rows.iter().try_for_each(|row| line(out, row))
    }

    /// The cells of the table.
    fn rows(&self) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for table in &self.difference.tables {
            self.table_rows(table, &mut rows);
        }
        let mut records = 0_u64;
        for entity in &self.difference.entities {
            if self.is_record(&entity.subject) {
                records += 1;
            } else {
                self.entity_rows(entity, &mut rows);
            }
        }
        if records > 0 {
            let what = format!("{records} records of inferences and their premises");
            rows.push(cells("inferences", &what, "", "", ""));
        }
        rows
    }

    /// Nodes that represent triples in the records of inferences: their triples are reported already.
    fn is_record(&self, subject: &str) -> bool {
        let iri = subject.strip_prefix('<').and_then(|s| s.strip_suffix('>'));
        iri.zip(self.base)
            .is_some_and(|(iri, base)| crate::knowledge::is_record(iri, base))
    }

    fn table_rows(&self, table: &TableChange, rows: &mut Vec<Vec<String>>) {
        let name = &table.table;
        if table.reordered {
            let what = "rows or columns in another order";
            rows.push(cells(name, what, "", "", ""));
        }
        for column in &table.new_columns {
            rows.push(cells(name, "new column", column, "", ""));
        }
        for column in &table.gone_columns {
            rows.push(cells(name, "column gone", column, "", ""));
        }
        for row in &table.rows {
            self.row_rows(name, row, rows);
        }
    }

    fn row_rows(&self, table: &str, row: &RowChange, rows: &mut Vec<Vec<String>>) {
        let place = format!("{table} {}", row.key);
        let what = self.what(&row.what);
        if row.cells.is_empty() {
            rows.push(cells(&place, &what, "", "", ""));
        }
        let empty = String::new();
        for cell in &row.cells {
            let old = cell.old.as_ref().unwrap_or(&empty);
            let new = cell.new.as_ref().unwrap_or(&empty);
            rows.push(match characters::difference(new, old) {
                Some(difference) => {
                    let new = format!("{new} ({difference})");
                    cells(&place, &what, &cell.column, old, &new)
                }
                None => cells(&place, &what, &cell.column, old, new),
            });
        }
        // Cells say it all; `--triples` writes what they make.
        if !row.cells.is_empty() {
            return;
        }
        let triple = |line: &String| {
            let parts = crate::store::line::LineTerms::of(line.as_bytes());
            parts.map_or_else(String::new, |parts| {
                let term = |term: &[u8]| self.short(&String::from_utf8_lossy(term));
                let terms = [parts.subject, parts.predicate, parts.object];
                let mut terms: Vec<String> = terms.into_iter().map(term).collect();
                terms.extend(parts.graph.map(|graph| format!("in {}", term(graph))));
                terms.join(" ")
            })
        };
        for line in &row.removed {
            rows.push(cells("", "", "triple", &triple(line), ""));
        }
        for line in &row.added {
            rows.push(cells("", "", "triple", "", &triple(line)));
        }
    }

    fn entity_rows(&self, entity: &ChangedEntity, rows: &mut Vec<Vec<String>>) {
        let mut place = self.short(&entity.subject);
        if let Some(label) = &entity.label {
            place = format!("{label} ({place})");
        }
        let what = self.what(&entity.what);
        if entity.properties.is_empty() {
            rows.push(cells(&place, &what, "", "", ""));
        }
        for change in &entity.properties {
            let mut property = self.short(&change.property);
            if let Some(graph) = &change.graph {
                property = format!("{property} in {}", self.short(graph));
            }
            let values = |values: &[String]| {
                let values: Vec<String> = values.iter().map(|value| self.named(value)).collect();
                values.join("; ")
            };
            let (old, new) = (values(&change.old), values(&change.new));
            rows.push(cells(&place, &what, &property, &old, &new));
        }
    }

    fn what(&self, what: &EntityChange) -> String {
        match what {
            EntityChange::New => "new".to_owned(),
            EntityChange::Gone => "gone".to_owned(),
            EntityChange::Changed => "changed".to_owned(),
            EntityChange::Renamed { from } => format!("renamed from {}", self.short(from)),
            EntityChange::Merged { into } => format!("merged into {}", self.named(into)),
        }
    }

    /// A term with its label.
    fn named(&self, term: &str) -> String {
        match self.difference.labels.get(term) {
            Some(label) => format!("{label} ({})", self.short(term)),
            None => self.short(term),
        }
    }

    /// An IRI as dumps write it; anything else as it is.
    fn short(&self, term: &str) -> String {
        let iri = term.strip_prefix('<').and_then(|t| t.strip_suffix('>'));
        match iri {
            Some(iri) => match self.base.and_then(|base| iri.strip_prefix(base)) {
                Some(graph) if graph.starts_with("graph/") => {
                    graph.trim_start_matches("graph/").to_owned()
                }
                _ => self.prefixes.shorten(iri),
            },
            None => term.to_owned(),
        }
    }
}

fn cells(place: &str, what: &str, property: &str, old: &str, new: &str) -> Vec<String> {
    // What differs in nothing that is seen must be seen.
    [place, what, property, old, new].map(visible).to_vec()
}

/// Text for a cell of a Markdown table.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '\\' | '<' | '>' | '*' | '_' | '`' | '[' | ']' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

//! `civigraph evidence register`: a document, with its digest, in the documents table.

use super::change;
use crate::claims::{DOCUMENT_LIMIT, DocumentRow, SourceDocument};
use crate::cli::facts;
use crate::cli::failure::Failure;
use crate::cli::terminal::Terminal;
use crate::cli::{CommandOutcome, Global};
use crate::csvw::model::Table;
use crate::diagnostic::suggest::hint;
use crate::fmt::TableEdit;
use crate::infer;
use crate::resource::file::read_text;
use std::io::Write;
use std::path::PathBuf;

/// Add a document to the documents table: its file name, length and digest, never its text.
///
/// Labels that are required are made from the name of the file where `--set` does not give them. Prints the
/// id of the document.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph evidence register sources/notice.txt
  civigraph evidence register sources/notice.txt --id notice-1928 --set label_en='Notice of 1928' --set language=en")]
pub(super) struct Arguments {
    /// The document, a text file in UTF-8.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Its id [default: from the name of the file].
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// A cell of its row, as `column=value`; once for each cell.
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = cell)]
    set: Vec<(String, String)>,
}

fn cell(text: &str) -> Result<(String, String), String> {
    let (column, value) = text.split_once('=').ok_or("expected `column=value`")?;
    Ok((column.to_owned(), value.to_owned()))
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let file = &arguments.file;
    let shown = file.display();
    let Some(facts) = facts::load(global, terminal)? else {
        return Ok(CommandOutcome::Findings);
    };
    let text = read_text(file, &shown.to_string(), "the document", DOCUMENT_LIMIT)?;
    let document = SourceDocument::from(text);
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let id = match &arguments.id {
        Some(id) => id.clone(),
        None => infer::names(&[&stem])
            .concat()
            .to_lowercase()
            .replace('_', "-"),
    };
    let spans = facts::spans(&facts, None)?;
    if let Some(known) = spans.registered(document.sha256()) {
        let message = format!("`{shown}` is registered already, as document `{known}`");
        let hint = format!("`civigraph evidence add --document {known}` records words of it");
        return Err(Failure::new(message).with_hint(hint));
    }
    if let Some(known) = spans.file(&id) {
        let failure = Failure::new(format!(
            "the documents table has a document `{id}` already: `{known}`"
        ));
        return Err(failure.with_hint("choose another id with `--id ID`"));
    }
    let row = DocumentRow::new(&facts.tables.group, &id, &name, &document).ok_or_else(|| {
        Failure::new("the project has no documents table").with_hint(
            "`civigraph new DIR --with claims` makes one; docs/ANNOTATIONS.md names its parts",
        )
    })?;
    let table = facts.tables.group.tables.get(row.table);
    let mut cells = row.cells;
    if let Some(table) = table {
        complete(table, &mut cells, &arguments.set, &stem)?;
    }
    if !change(&facts, row.table, &TableEdit::Row(&cells), *terminal)? {
        return Ok(CommandOutcome::Findings);
    }
    let mut out = terminal.stdout();
    writeln!(out, "{id}")?;
    out.flush()?;
    Ok(CommandOutcome::Fine)
}

/// Adds the cells that the user gives, and labels that are required; every other required cell must be given.
fn complete(
    table: &Table,
    cells: &mut Vec<(usize, String)>,
    given: &[(String, String)],
    stem: &str,
) -> Result<(), Failure> {
    let names = || {
        table
            .columns
            .iter()
            .filter(|column| !column.virtual_column)
            .map(|column| column.name.as_str())
    };
    for (name, value) in given {
        let Some(column) = table.columns.iter().position(|column| column.name == *name) else {
            let failure = Failure::new(format!("the documents table has no column `{name}`"));
            return Err(match hint(name, names()) {
                Some(hint) => failure.with_hint(hint),
                None => {
                    failure.with_hint(format!("it has {}", names().collect::<Vec<_>>().join(", ")))
                }
            });
        };
        cells.retain(|(known, _)| *known != column);
        cells.push((column, value.clone()));
    }
    for (index, column) in table.columns.iter().enumerate() {
        if !column.required
            || column.virtual_column
            || cells.iter().any(|(known, _)| *known == index)
        {
            continue;
        }
        let name = &column.name;
        if !name.starts_with("label") {
            let failure = Failure::new(format!(
                "column `{name}` of the documents table must not be empty"
            ));
            return Err(failure.with_hint(format!("give its value with `--set {name}=…`")));
        }
        cells.push((index, stem.replace(['_', '-'], " ")));
    }
    Ok(())
}

//! `civigraph evidence`: spans of documents that claims rest on.

mod add;
mod moved;
mod register;

use super::failure::Failure;
use super::output::put;
use super::terminal::Terminal;
use super::{CommandOutcome, Global};
use crate::diagnostic::render::DiagnosticFormat;
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::fmt::{self, TableEdit, TableLayout};
use crate::lineage::ProjectFacts;
use crate::resource::{Resolver, ResourceContent};
use std::path::Path;

/// The most places that a message lists.
const LISTED: usize = 20;

/// Record the spans of documents that claims rest on.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph evidence register ../articles/report.txt
  civigraph evidence add --document 004 --words 'более 80' --sources ../articles
  civigraph evidence add --document 002 --words 'Самарской области' --occurrence 2 --claim c-002-010 --sources ../articles
  civigraph evidence move --sources ../articles   # after documents have changed")]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: EvidenceCommand,
}

#[derive(Debug, clap::Subcommand)]
enum EvidenceCommand {
    Register(register::Arguments),
    Add(add::Arguments),
    Move(moved::Arguments),
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    match &arguments.action {
        EvidenceCommand::Register(arguments) => register::run(arguments, global, terminal),
        EvidenceCommand::Add(arguments) => add::run(arguments, global, terminal),
        EvidenceCommand::Move(arguments) => moved::run(arguments, global, terminal),
    }
}

/// Changes a table's file; `false` where its text has problems, which are reported.
fn change(
    facts: &ProjectFacts,
    table: usize,
    change: &TableEdit<'_>,
    terminal: Terminal,
) -> Result<bool, Failure> {
    let missing = || Failure::new("the table is not a file of the project");
    let table = facts.tables.group.tables.get(table).ok_or_else(missing)?;
    let resource = facts
        .tables
        .source
        .resolve(&table.url)
        .map_err(|_| missing())?;
    let ResourceContent::File(path) = &resource.content else {
        return Err(missing());
    };
    let path: &Path = path;
    match fmt::change(&resource, &TableLayout::of(table), change) {
        Ok(Some(bytes)) => {
            put(path, &bytes)
                .map_err(|error| Failure::io(format_args!("write `{}`", resource.name), &error))?;
            terminal.say(format_args!("wrote {}", resource.name));
            Ok(true)
        }
        Ok(None) => Err(Failure::new(format!("`{}` has no such row", resource.name))),
        Err(problems) => {
            let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
            for problem in problems {
                diagnostics.push(problem);
            }
            terminal.report(&diagnostics, DiagnosticFormat::Human, false)?;
            Ok(false)
        }
    }
}

/// How often, in words.
fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}

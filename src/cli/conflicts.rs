//! `civigraph conflicts`: what the sources contradict each other about.

use super::facts::Facts;
use super::failure::Failure;
use super::terminal::Terminal;
use super::why::{Form, claim_for_people, claim_json};
use super::{Global, Outcome};
use crate::claims::Side;
use anstyle::Style;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

const BOLD: Style = Style::new().bold();

/// Show claims that contradict each other, side by side, with who said what and where.
///
/// Accepted claims that cannot both hold are both kept, and neither is asserted in the default graph
/// until a curator ranks one as preferred.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph conflicts                            # in the project of the current folder
  civigraph conflicts --sources ../articles      # with the words of the sources
  civigraph conflicts --format json")]
pub(super) struct Arguments {
    /// Folder of the source documents, to show the words of evidence.
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
    /// How the answer is written.
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t)]
    format: Form,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    let Some(facts) = Facts::load(global, terminal)? else {
        return Ok(Outcome::Findings);
    };
    let spans = facts.spans(arguments.sources.as_deref())?;
    let mut out = terminal.stdout();
    let failed = |error| Failure::io("write the answer", &error);
    let conflicts = facts.claims.conflicts();
    let column = |table: usize, column: usize| {
        facts
            .plan
            .tables
            .get(table)
            .and_then(|table| table.columns.get(column))
            .map_or("", |column| column.name.as_str())
    };
    // A row that no claim is about has no key here: its number, then.
    let key = |side: &Side| {
        let claim = side.claims.first();
        claim
            .and_then(|&claim| facts.claims.get(claim))
            .map_or_else(|| format!("#{}", side.row), |claim| claim.key.clone())
    };
    if arguments.format == Form::Json {
        let all: Vec<_> = conflicts
            .iter()
            .map(|conflict| {
                json!({
                    "table": facts.table(conflict.table),
                    "column": column(conflict.table, conflict.column),
                    "sides": conflict.sides.iter().map(|side| json!({
                        "row": key(side),
                        "value": side.value,
                        "preferred": side.preferred,
                        "asserted": side.asserted,
                        "claims": side.claims.iter()
                            .filter_map(|&claim| facts.claims.get(claim))
                            .map(|claim| claim_json(claim, &spans)).collect::<Vec<_>>(),
                    })).collect::<Vec<_>>(),
                    "preferred": conflict.sides.iter().position(|side| side.preferred),
                })
            })
            .collect();
        serde_json::to_writer_pretty(&mut out, &all)
            .map_err(std::io::Error::from)
            .and_then(|()| writeln!(out))
            .map_err(failed)?;
    } else {
        for conflict in conflicts {
            let table = facts.table(conflict.table);
            let name = column(conflict.table, conflict.column);
            let preferred = conflict.sides.iter().filter(|side| side.preferred).count();
            let state = match preferred {
                0 => "none is asserted".to_owned(),
                1 => "one is preferred".to_owned(),
                count => format!("{count} are preferred"),
            };
            let write = |out: &mut dyn Write| -> std::io::Result<()> {
                writeln!(out, "{BOLD}{table}, column `{name}`{BOLD:#}: {state}")?;
                for side in &conflict.sides {
                    let mark = match (side.preferred, side.asserted) {
                        (true, _) => " (preferred)",
                        (false, true) => " (asserted)",
                        (false, false) => "",
                    };
                    writeln!(
                        out,
                        "{BOLD}  {}{BOLD:#} in row `{}`{mark}",
                        side.value,
                        key(side)
                    )?;
                    for &claim in &side.claims {
                        if let Some(claim) = facts.claims.get(claim) {
                            claim_for_people(claim, &spans, &mut &mut *out)?;
                        }
                    }
                }
                writeln!(out)
            };
            write(&mut out).map_err(failed)?;
        }
    }
    out.flush().map_err(failed)?;
    terminal.say(match conflicts.len() {
        0 => "no conflicts".to_owned(),
        1 => "1 conflict".to_owned(),
        count => format!("{count} conflicts"),
    });
    Ok(Outcome::Fine)
}

//! `civigraph suggest`: what a curator might look at.

use super::failure::Failure;
use super::terminal::Terminal;
use super::why::OutputFormat;
use super::{CommandOutcome, Global, plain};
use crate::store;
use crate::suggest::{self, Decision, PossibleDuplicate, THRESHOLD};
use anstyle::Style;
use std::io::{self, Write};

const BOLD: Style = Style::new().bold();

/// Suggest what a curator might look at. Nothing is ever changed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph suggest duplicates                   # things that may be one
  civigraph suggest duplicates --all             # those already decided as well
  civigraph suggest duplicates --threshold 0.7 --format json")]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: SuggestCommand,
}

#[derive(Debug, clap::Subcommand)]
enum SuggestCommand {
    Duplicates(DuplicatesArguments),
}

/// List things of the published graph that may be one, with what speaks for it and against it.
///
/// Labels are compared in both scripts; what else the rows say, such as years of birth, speaks for a pair or
/// against it, and pairs of equal labels come in the order of what speaks for them. Pairs that the table of merges decides are left out. Nothing
/// is merged: that is a row of the table of merges.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph suggest duplicates                   # things that may be one
  civigraph suggest duplicates --all             # those already decided as well
  civigraph suggest duplicates --threshold 0.7 --format json")]
struct DuplicatesArguments {
    /// How alike things must be, from 0 to 1: their labels, and a tenth more or less for numbers and dates that
    /// agree or differ.
    #[arg(long, value_name = "NUMBER", default_value_t = THRESHOLD, value_parser = share)]
    threshold: f64,
    /// Show pairs that were decided as well.
    #[arg(long)]
    all: bool,
    /// How the answer is written.
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t)]
    format: OutputFormat,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(number),
        _ => Err("expected a number from 0 to 1".to_owned()),
    }
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let SuggestCommand::Duplicates(arguments) = &arguments.what;
    let build = store::open(&global.store()?)?;
    let candidates = suggest::duplicates(&build, arguments.threshold, arguments.all)?;
    let mut out = terminal.stdout();
    match arguments.format {
        OutputFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &candidates).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        OutputFormat::Human => {
            for candidate in &candidates {
                write(&mut out, candidate)?;
            }
        }
    }
    out.flush()?;
    let percent = arguments.threshold * 100.0;
    let alike = format!("at least {percent:.0} % alike (`--threshold`)");
    terminal.say(match candidates.len() {
        0 => format!("no candidates {alike}"),
        1 => format!("1 candidate {alike}; a row in the table of merges decides"),
        count => format!("{count} candidates {alike}; rows in the table of merges decide"),
    });
    Ok(CommandOutcome::Fine)
}

fn write(out: &mut impl Write, candidate: &PossibleDuplicate) -> io::Result<()> {
    let [one, other] = &candidate.names;
    let decided = match candidate.decision {
        Some(Decision::Same) => " (decided: same)",
        Some(Decision::Different) => " (decided: different)",
        Some(Decision::Unsure) => " (left open)",
        None => "",
    };
    writeln!(
        out,
        "{BOLD}{one}{BOLD:#} and {BOLD}{other}{BOLD:#}: {:.0} %{decided}",
        candidate.similarity * 100.0
    )?;
    for reason in &candidate.r#for {
        writeln!(out, "  + {}", plain(reason))?;
    }
    for reason in &candidate.against {
        writeln!(out, "  - {}", plain(reason))?;
    }
    writeln!(out)
}

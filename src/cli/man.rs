//! `civigraph man`: manual pages, from the description of the command line.

use super::failure::Failure;
use super::terminal::Terminal;
use super::{CommandOutcome, description};
use crate::diagnostic::suggest;
use clap_mangen::Man;
use std::io::Write;

/// Print the manual page of the program or of one of its commands.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph man > civigraph.1              # the page of the program
  civigraph man explain | man -l -         # read the page of a command
  civigraph man evidence add | man -l -    # of one below it")]
pub(super) struct Arguments {
    /// A command, as it is called; without it the page is about the program.
    #[arg(value_name = "COMMAND")]
    commands: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, terminal: &Terminal) -> Result<CommandOutcome, Failure> {
    let mut program = description();
    // Gives subcommands their display names, such as `civigraph-explain`.
    program.build();
    let mut subject = &program;
    for name in &arguments.commands {
        let below = subject.find_subcommand(name);
        subject = below.ok_or_else(|| unknown(name, subject))?;
    }
    let version = env!("CARGO_PKG_VERSION");
    let page = Man::new(subject.clone().version(version)).source(format!("civigraph {version}"));
    let mut roff = Vec::new();
    page.render(&mut roff)?;
    let mut out = terminal.stdout();
    out.write_all(with_examples(&String::from_utf8_lossy(&roff)).as_bytes())?;
    out.flush()?;
    Ok(CommandOutcome::Fine)
}

/// What is after the options are examples: the section is called so, and its lines are kept.
fn with_examples(roff: &str) -> String {
    let Some((before, after)) = roff.split_once(".SH EXTRA\nExamples:\n") else {
        return roff.to_owned();
    };
    let (examples, rest) = match after.find("\n.SH ") {
        Some(end) => after.split_at(end + 1),
        None => (after, ""),
    };
    format!("{before}.SH EXAMPLES\n.nf\n{examples}.fi\n{rest}")
}

fn unknown(name: &str, parent: &clap::Command) -> Failure {
    let failure = Failure::new(format!("no such command: `{name}`"));
    let known = parent.get_subcommands().map(clap::Command::get_name);
    match suggest::hint(name, known) {
        Some(hint) => failure.with_hint(hint),
        None => failure.with_hint("`civigraph --help` lists the commands"),
    }
}

//! `civigraph man`: manual pages, from the description of the command line.

use super::failure::Failure;
use super::terminal::Terminal;
use super::{Outcome, description};
use crate::diagnostic::suggest;
use clap_mangen::Man;
use std::io::Write;

/// Print the manual page of the program or of one of its commands.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph man > civigraph.1              # the page of the program
  civigraph man explain | man -l -         # read the page of a command")]
pub(super) struct Arguments {
    /// A command; without it the page is about the program.
    command: Option<String>,
}

pub(super) fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Outcome, Failure> {
    let mut program = description();
    // Gives subcommands their display names, such as `civigraph-explain`.
    program.build();
    let subject = match &arguments.command {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command.clone().version(env!("CARGO_PKG_VERSION")),
            None => return Err(unknown(name, &program)),
        },
    };
    let mut out = terminal.stdout();
    Man::new(subject).render(&mut out)?;
    out.flush()?;
    Ok(Outcome::Fine)
}

fn unknown(name: &str, program: &clap::Command) -> Failure {
    let failure = Failure::new(format!("there is no command `{name}`"));
    let known = program.get_subcommands().map(clap::Command::get_name);
    match suggest::hint(name, known) {
        Some(hint) => failure.with_hint(hint),
        None => failure.with_hint("`civigraph --help` lists the commands"),
    }
}

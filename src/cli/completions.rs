//! `civigraph completions`: completions for a shell, from the description of the command line.

use super::failure::Failure;
use super::terminal::Terminal;
use super::{Outcome, description};
use clap_complete::Shell;
use std::io::Write;

/// Print completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph completions bash > ~/.local/share/bash-completion/completions/civigraph
  civigraph completions zsh > ~/.zfunc/_civigraph
  civigraph completions fish > ~/.config/fish/completions/civigraph.fish")]
pub(super) struct Arguments {
    /// The shell.
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Outcome, Failure> {
    // The generator panics where writing fails: into memory first.
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut description(),
        "civigraph",
        &mut script,
    );
    let mut out = terminal.stdout();
    out.write_all(&script)?;
    out.flush()?;
    Ok(Outcome::Fine)
}

//! `civigraph completions`: completions for a shell.

use super::CommandOutcome;
use super::failure::Failure;
use super::terminal::Terminal;
use clap_complete::env::Shells;
use std::io::Write;

/// Print completions for a shell.
///
/// The shell asks the program what can follow: options, and in a project the names of its stored queries, their
/// parameters, kinds, things and builds (`civigraph describe city:` and the key of completion).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph completions bash > ~/.local/share/bash-completion/completions/civigraph
  civigraph completions zsh > ~/.zfunc/_civigraph
  civigraph completions fish > ~/.config/fish/completions/civigraph.fish")]
pub(super) struct Arguments {
    /// The shell.
    #[arg(value_parser = ["bash", "elvish", "fish", "powershell", "zsh"])]
    shell: String,
}

pub(super) fn run(arguments: &Arguments, terminal: &Terminal) -> Result<CommandOutcome, Failure> {
    let shells = Shells::builtins();
    let shell = shells
        .completer(&arguments.shell)
        .ok_or_else(|| Failure::new(format!("no completions for `{}`", arguments.shell)))?;
    let mut script = Vec::new();
    shell.write_registration(
        "COMPLETE",
        "civigraph",
        "civigraph",
        "civigraph",
        &mut script,
    )?;
    let mut out = terminal.stdout();
    out.write_all(&script)?;
    out.flush()?;
    Ok(CommandOutcome::Fine)
}

//! `civigraph rollback`: an older build published again.

use super::failure::Failure;
use super::terminal::Terminal;
use super::{CommandOutcome, Global, complete};
use crate::store;
use anstyle::Style;
use clap_complete::engine::ArgValueCompleter;

const BOLD: Style = Style::new().bold();

/// Publish an older build again.
///
/// Every file of that build is checked first; a damaged one is refused. Readers see the one build or
/// the other, never a mixture. Nothing is deleted: `civigraph rollback` with the id of the newer build
/// goes forward again.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph rollback                  # the build before the published one
  civigraph rollback 0007-9f3a2b1c    # one of those that `civigraph builds` lists; `0007` is enough")]
pub(super) struct Arguments {
    /// Id of the build [default: the one made before the published one].
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::builds))]
    id: Option<String>,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let root = global.store()?;
    let progress = terminal.progress("checking the build", None);
    let rolled = store::roll_back(&root, arguments.id.as_deref());
    progress.finish_and_clear();
    let rolled = rolled?;
    let id = &rolled.manifest.id;
    terminal.say(match &rolled.from {
        Some(from) if from == id => format!("build {id} is published already"),
        Some(from) => format!("published build {BOLD}{id}{BOLD:#} instead of {from}"),
        None => format!("published build {BOLD}{id}{BOLD:#}"),
    });
    Ok(CommandOutcome::Fine)
}

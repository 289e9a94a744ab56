//! `civigraph verify`: every byte and every quad of a build checked.

use super::failure::Failure;
use super::terminal::Terminal;
use super::{CommandOutcome, Global};
use crate::store;

/// Check every byte of the published build against its manifest.
///
/// Opening a build checks its manifest and the sizes of its files; this reads all of it: digests of
/// all files, the pages of the index, and the quads.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph verify                         # the published build
  civigraph verify --build 0007-9f3a2b1c   # another one")]
pub(super) struct Arguments {
    /// Id of a build [default: the published one].
    #[arg(long, value_name = "ID")]
    build: Option<String>,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let root = global.store()?;
    let build = match &arguments.build {
        Some(id) => store::open_build(&root, id)?,
        None => store::open(&root)?,
    };
    let progress = terminal.progress("verifying", None);
    let verified = store::verify(&build);
    progress.finish_and_clear();
    verified?;
    let manifest = build.manifest();
    terminal.say(format_args!(
        "build {} is whole: {} quads, SHA-256 {}",
        manifest.id, manifest.statistics.quads, manifest.digest
    ));
    Ok(CommandOutcome::Fine)
}

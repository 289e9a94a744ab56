//! `civigraph worker`: does the work of other commands that may take too much.

use super::CommandOutcome;
use super::failure::Failure;
use crate::worker::{self, Bytes};
use std::path::PathBuf;

/// Do what another process of this program asks for on stdin. Not for people.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph worker .civigraph 0001-9f3a2b1c --memory 128M")]
pub(super) struct Arguments {
    /// Folder of the store.
    store: PathBuf,
    /// Id of the build.
    build: String,
    /// Memory that a task may take.
    #[arg(long, value_name = "SIZE")]
    memory: Option<Bytes>,
}

pub(super) fn run(arguments: &Arguments) -> Result<CommandOutcome, Failure> {
    let opened = worker::run(&arguments.store, &arguments.build, arguments.memory)
        .map_err(|error| Failure::io("do the work", &error))?;
    Ok(if opened {
        CommandOutcome::Fine
    } else {
        CommandOutcome::Findings
    })
}

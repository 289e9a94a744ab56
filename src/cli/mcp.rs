//! `civigraph mcp`: tools for an assistant on standard input and output.

use super::failure::Failure;
use super::{CommandOutcome, Global};
use crate::serve::{self, ServeError, ServeOptions};
use crate::worker::Bytes;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// Answer an assistant by the Model Context Protocol on standard input and output.
///
/// For the configuration of an assistant, not for people: the assistant starts the program, and calls its tools:
/// `search`, `describe`, `schema`, `list_queries`, `run_query`, `sparql` and `why`. Answers carry the build, the cells,
/// the claims and the sources that they rest on. Only reads, and opens no connections; queries run in processes of
/// their own with limits on time and memory. `civigraph serve` has the same tools at `/mcp`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph mcp --project /srv/graph
  civigraph mcp --store /srv/graph/.civigraph --timeout 10")]
pub(super) struct Arguments {
    /// Seconds that a call may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
    /// Memory that a call may take.
    #[arg(long, value_name = "SIZE", default_value = "128M")]
    memory: Bytes,
}

pub(super) fn run(arguments: &Arguments, global: &Global) -> Result<CommandOutcome, Failure> {
    let options = ServeOptions {
        program: std::env::current_exe()
            .map_err(|error| Failure::io("find this program", &error))?,
        store: global.store()?,
        queries: global.project().ok().map(|project| project.queries()),
        sources: None,
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        public_url: None,
        hosts: Vec::new(),
        time: Duration::from_secs(arguments.timeout),
        memory: arguments.memory,
        rows: 1_000_000,
        bytes: 64 << 20,
        workers: 2,
        connections: 16,
        log: None,
    };
    match serve::answer_assistant(options) {
        Ok(()) => Ok(CommandOutcome::Fine),
        Err(ServeError::Store(error)) => Err(error.into()),
        Err(ServeError::Io(error)) => Err(Failure::io("answer the assistant", &error)),
    }
}

//! `civigraph serve`: the published graph over HTTP.

use super::failure::Failure;
use super::terminal::Terminal;
use super::{CommandOutcome, Global};
use crate::serve::{self, ServeError, ServeOptions};
use crate::worker::Bytes;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

/// Serve the published graph over HTTP: pages, SPARQL, stored queries, reconciliation, tools for assistants.
///
/// Only reads, and opens no connections. A new build is served within a second, and answers that have begun
/// are finished from the build that they began with. Queries run in processes of their own with limits on
/// time and memory; an answer that cannot be whole ends in an error, or the connection breaks.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph serve                                            # on http://127.0.0.1:7878
  civigraph serve --listen 127.0.0.1:8080 --timeout 10
  civigraph serve --sources ../articles                      # pages with the words of the sources
  civigraph serve --public-url https://graph.example.org     # behind a reverse proxy
  civigraph serve --listen 0.0.0.0:7878 --allow-remote --access-log -

Paths:
  /                    pages for people: things, rows, lists, a search, downloads
  /sparql              SPARQL 1.1 Protocol
  /graphs              Graph Store Protocol, reading
  /queries             stored queries
  /reconcile           OpenRefine: Reconciliation API 0.2 and 1.0-draft
  /mcp                 assistants: Model Context Protocol
  /health, /metrics    for those who run it")]
pub(super) struct Arguments {
    /// Address and port to listen at; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7878")]
    listen: String,
    /// Listen at an address that other machines reach.
    #[arg(long)]
    allow_remote: bool,
    /// The URL by which clients know the service, where a proxy is before it.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// One more host name that requests may be for.
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Folder of the source documents: pages show the words of spans. For this machine alone.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["allow_remote", "public_url"])]
    sources: Option<PathBuf>,
    /// Seconds that a request may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
    /// Memory that a query may take.
    #[arg(long, value_name = "SIZE", default_value = "128M")]
    memory: Bytes,
    /// Rows or triples that an answer may have.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    rows: u64,
    /// Bytes that an answer may have, before compression.
    #[arg(long, value_name = "SIZE", default_value = "512M")]
    bytes: Bytes,
    /// Queries that are answered at a time [default: the processors and 2, at most 6].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(2..))]
    workers: Option<u16>,
    /// Connections that may be open at a time.
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u16).range(1..))]
    connections: u16,
    /// File to which a line is added for each request; `-` for stdout.
    #[arg(long, value_name = "FILE")]
    access_log: Option<PathBuf>,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let listen = address(arguments)?;
    if let Some(url) = &arguments.public_url
        && !(url.starts_with("http://") || url.starts_with("https://"))
    {
        return Err(Failure::new(format!("`{url}` is not a URL"))
            .with_hint("write it as https://graph.example.org"));
    }
    let options = ServeOptions {
        program: std::env::current_exe()
            .map_err(|error| Failure::io("find this program", &error))?,
        store: global.store()?,
        queries: global.project().ok().map(|project| project.queries()),
        sources: sources(arguments)?,
        listen,
        public_url: arguments.public_url.clone(),
        hosts: arguments.hosts.clone(),
        time: Duration::from_secs(arguments.timeout),
        memory: arguments.memory,
        rows: arguments.rows,
        bytes: arguments.bytes.0,
        workers: arguments
            .workers
            .map_or_else(ServeOptions::usual_workers, usize::from),
        connections: usize::from(arguments.connections),
        log: arguments.access_log.clone(),
    };
    let served = serve::serve(options, |address, build| {
        terminal.say(format_args!("build {build} on http://{address}"));
    });
    match served {
        Ok(()) => Ok(CommandOutcome::Fine),
        Err(ServeError::Store(error)) => Err(error.into()),
        Err(ServeError::Io(error)) => Err(Failure::io(format!("listen at {listen}"), &error)
            .with_hint("name another address with `--listen`")),
    }
}

/// The folder of the source documents.
fn sources(arguments: &Arguments) -> Result<Option<PathBuf>, Failure> {
    let Some(folder) = &arguments.sources else {
        return Ok(None);
    };
    if !folder.is_dir() {
        let message = format!("`{}` is not a directory", folder.display());
        return Err(Failure::new(message));
    }
    Ok(Some(folder.clone()))
}

/// The address to listen at, which only this machine reaches unless the user says otherwise.
fn address(arguments: &Arguments) -> Result<SocketAddr, Failure> {
    let text = &arguments.listen;
    let address = text
        .to_socket_addrs()
        .ok()
        .and_then(|mut addresses| addresses.next())
        .ok_or_else(|| {
            Failure::new(format!("`{text}` is not an address with a port"))
                .with_hint("write it as 127.0.0.1:7878 or [::1]:7878")
        })?;
    let is_local = match address.ip() {
        IpAddr::V4(ip) => ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_loopback(),
    };
    if !is_local && !arguments.allow_remote {
        return Err(Failure::new(format!("other machines reach {address}")).with_hint(
            "add `--allow-remote` if that is meant; behind a reverse proxy, 127.0.0.1 is enough",
        ));
    }
    Ok(address)
}

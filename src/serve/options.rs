//! How the service runs.

use crate::worker::Bytes;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// How the service runs.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// The program that workers are started with.
    pub program: PathBuf,
    /// Folder of the store.
    pub store: PathBuf,
    /// Folder of the stored queries.
    pub queries: Option<PathBuf>,
    /// Folder of the source documents, whose words pages then show.
    pub sources: Option<PathBuf>,
    /// The address to listen at.
    pub listen: SocketAddr,
    /// The URL by which clients know the service, where a proxy is before it.
    pub public_url: Option<String>,
    /// Names of hosts, besides those of this machine and of the public URL, that requests may be for.
    pub hosts: Vec<String>,
    /// Time that a request may take.
    pub time: Duration,
    /// Memory that a query may take.
    pub memory: Bytes,
    /// Rows or triples of an answer.
    pub rows: u64,
    /// Bytes of an answer, before compression.
    pub bytes: u64,
    /// Queries that are answered at a time.
    pub workers: usize,
    /// Connections that are open at a time.
    pub connections: usize,
    /// The file of the access log; `-` is stdout. `None` for no log.
    pub log: Option<PathBuf>,
}

impl ServeOptions {
    /// Queries that are answered at a time, by default: few enough to stay within a gibibyte.
    pub fn usual_workers() -> usize {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        (processors + 2).min(6)
    }

    /// Workers for tasks that take long, and for others.
    pub(super) fn lanes(&self) -> (usize, usize) {
        let slow = (self.workers / 2).clamp(1, 2.max(self.workers / 3));
        (self.workers.saturating_sub(slow).max(1), slow)
    }
}

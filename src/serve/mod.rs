//! The graph over HTTP: SPARQL for programs, stored queries, and services for tools that people know.
//!
//! ```text
//!  listen ─► host ─► log ─► router ─┬─ sparql      SPARQL 1.1 Protocol          ─┐
//!                                   ├─ graphs      Graph Store Protocol, reading  │
//!                                   ├─ stored      stored queries as an API       ├─► lanes ─► pool ─► worker
//!                                   ├─ reconcile   OpenRefine                     │
//!                                   ├─ mcp         assistants                    ─┘
//!                                   ├─ status      /health, /metrics
//!                                   └─ pages       everything else: pages for people
//! ```
//!
//! Handlers read a request, make a [`Task`](crate::worker::Task) of it and turn the answer into a response. The
//! work itself is the library's, and is done in worker processes that can be killed.
//!
//! Nothing that a request can ask for changes anything, and nothing here opens a connection.

mod accept;
mod answer;
mod audience;
mod body;
mod builds;
mod complete;
mod description;
mod form;
mod graphs;
mod host;
mod lanes;
mod language;
mod listen;
mod log;
mod mcp;
mod metrics;
mod openapi;
mod options;
mod pages;
mod pool;
mod problem;
mod query_page;
mod reconcile;
mod router;
mod service;
mod sparql;
mod status;
mod stored;
mod value;

pub use mcp::run as answer_assistant;
pub use options::ServeOptions;

use crate::store::StoreError;
use service::Service;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

/// Why the service could not be started, or ended.
#[derive(Debug)]
pub enum ServeError {
    /// The build cannot be opened, or no worker can be started.
    Store(StoreError),
    /// The address cannot be listened at, or the network fails.
    Io(io::Error),
}

impl From<io::Error> for ServeError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<StoreError> for ServeError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Serves the published build until the process is asked to stop (`SIGINT`, `SIGTERM`), and what was begun is
/// answered. `started` is given the address and the id of the build once requests are answered.
///
/// # Errors
/// Nothing is published, or the address cannot be listened at.
pub fn serve(
    options: ServeOptions,
    started: impl FnOnce(SocketAddr, &str),
) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let service = Arc::new(Service::start(options, address).await?);
        let stop = listen::stop()?;
        started(address, &service.current().build.manifest().id);
        let watching = tokio::spawn(builds::watch(Arc::clone(&service)));
        listen::listen(listener, &service, stop).await;
        watching.abort();
        Ok(())
    })
}

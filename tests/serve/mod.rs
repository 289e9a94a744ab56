//! The service as its clients see it: the program is started, and asked over HTTP.

mod answers;
mod bombs;
mod builds;
mod client;
mod complete;
mod documents;
mod graph;
mod guard;
mod mcp;
mod pages;
mod plot;
mod processes;
mod protocol;
mod python;
mod query_page;
mod reconcile;
mod running;
mod server;
mod stored;

//! The service as its clients see it: the program is started, and asked over HTTP.

mod answers;
mod bombs;
mod builds;
mod client;
mod graph;
mod guard;
mod processes;
mod protocol;
mod running;
mod server;
mod stored;

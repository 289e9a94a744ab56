//! The service as its clients see it: the program is started, and asked over HTTP.

mod answers;
mod client;
mod graph;
mod protocol;
mod server;

//! The plan at work: rows in, quads out.

mod sink;

pub use sink::{Origin, QuadSink, Sink};

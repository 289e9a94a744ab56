//! Work in a process of its own, which may take too long or too much and then ends without harm.
//!
//! ```text
//!  civigraph serve, query ──Task──►  civigraph worker (the same program, the same build by memory map)
//!                         ◄─Frame──  Ready · Start · Data … Data · End | Failed
//! ```
//!
//! A worker opens one build, says that it is ready, and then does one [`Task`] after another. The limit on
//! memory is the operating system's (`RLIMIT_DATA`): it holds while a query is parsed, planned and sorted, and
//! pages of the index that are mapped do not count. The limit on time is kept by whoever started the worker,
//! who kills it. An answer without its last frame is not an answer, whatever came before.
//!
//! A worker ends by itself when its standard input does: it never outlives whoever asks.

mod ask;
mod frame;
mod limits;
mod run;
mod task;

pub use crate::refusal::Refusal;
pub use ask::{ask, command};
pub use frame::{HEADER, WorkerFrame, parse_header, task_frame};
pub use limits::{Bytes, why_ended};
pub use run::run;
pub use task::{QueryTask, Task};

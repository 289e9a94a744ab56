//! Progress of long work.

use std::fmt;
use std::sync::Arc;

/// Progress callback: called with amounts of work that are done. What an amount counts is up to the
/// work: bytes read, quads written.
#[derive(Clone)]
pub struct Progress(Arc<dyn Fn(u64) + Send + Sync>);

impl Progress {
    /// Makes a callback. It may be called from several threads at once.
    pub fn new(callback: impl Fn(u64) + Send + Sync + 'static) -> Self {
        Self(Arc::new(callback))
    }

    /// Adds an amount of work that was done since the last call.
    pub fn add(&self, amount: u64) {
        (self.0)(amount);
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}

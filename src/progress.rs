//! Progress of long work: whoever does it tells how much is done, whoever waits listens.

use std::fmt;
use std::sync::Arc;

/// Hears of work as it is done; what an amount counts is up to the work.
#[derive(Clone)]
pub struct Listener(Arc<dyn Fn(u64) + Send + Sync>);

impl Listener {
    /// A listener that is told amounts of work, each after it was done.
    pub fn new(hear: impl Fn(u64) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    pub(crate) fn tell(&self, amount: u64) {
        (self.0)(amount);
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

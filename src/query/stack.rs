//! A stack that is large enough for queries: parsing and evaluating recurse with their depth, which the limits bound.

use super::run::{aborted, not_started};
use crate::query::QueryError;
use std::cell::Cell;
use std::io;
use std::thread::{Builder, scope};

/// Bytes of a large stack. It is address space, and takes memory only as deep as it is used.
pub(super) const LARGE: usize = 256 << 20;

thread_local! {
    static IS_LARGE: Cell<bool> = const { Cell::new(false) };
}

/// Whether the stack of this thread is large, as far as this module knows.
pub(super) fn is_large() -> bool {
    IS_LARGE.get()
}

/// Does work in a thread with a large stack, and waits for it.
///
/// # Errors
/// There is no thread to be had, or the work panicked: `None` then.
pub(crate) fn with_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<Option<T>> {
    scope(|scope| {
        let thread = Builder::new().stack_size(LARGE).spawn_scoped(scope, || {
            IS_LARGE.set(true);
            work()
        })?;
        Ok(thread.join().ok())
    })
}

/// Does work that recurses with the depth of a query, on a large stack.
///
/// # Errors
/// There is no thread to be had, or the work panicked.
pub(crate) fn on_large_stack<T: Send>(
    file: &str,
    work: impl FnOnce() -> T + Send,
) -> Result<T, QueryError> {
    if is_large() {
        return Ok(work());
    }
    with_large_stack(work)
        .map_err(|error| not_started(file, &error))?
        .ok_or_else(|| aborted(file))
}

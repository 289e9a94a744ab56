//! One entity, for people: what is said of it, what points to it, under which names.

mod follow;
mod resolve;
#[cfg(test)]
mod tests;
mod write;

pub use follow::follow;
pub(crate) use resolve::find;
pub use resolve::resolve;
pub use write::{Entity, Link, Neighbour, SHOWN_LINKS, Statement, describe, write_turtle};

//! One entity, for people: what is said of it, what points to it, under which names.

mod follow;
mod resolve;
#[cfg(test)]
mod tests;
mod write;

pub use follow::follow;
pub use resolve::resolve;
pub use write::{Entity, Link, Neighbour, Statement, describe, write_turtle};

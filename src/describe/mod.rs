//! One entity, for people: what is said of it, what points to it, under which names.
//!
//! Names are looked up in the text index of a build; where it has none, all labels are read.

mod follow;
mod gaps;
mod merged;
mod resolve;
#[cfg(test)]
mod tests;
mod write;

pub use follow::{follow, merged_into};
pub use gaps::{DisputedProperty, DisputedSide, MissingProperty};
#[cfg(feature = "cli")]
pub(crate) use resolve::NamedEntity;
#[cfg(feature = "cli")]
pub(crate) use resolve::find;
#[cfg(feature = "worker")]
pub(crate) use resolve::named;
pub use resolve::resolve;
pub(crate) use write::unreadable;
pub use write::{
    EntityDescription, IncomingLink, Neighbour, SHOWN_LINKS, Statement, describe, write_turtle,
};

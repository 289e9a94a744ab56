//! Whether a triple that a table yields is in the published graph.

use crate::lineage::Lineage;
use crate::store::Build;
use oxrdf::{GraphName, Quad};
use std::io;

/// What became of a triple in the published build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publication {
    /// It is there.
    Asserted,
    /// It contradicts another one, and only its claims say it.
    Withheld,
    /// The tables have changed since, or nothing is published.
    Unknown,
}

impl Publication {
    /// Its name for programs; `None` where it is unknown.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Asserted => Some("asserted"),
            Self::Withheld => Some("withheld"),
            Self::Unknown => None,
        }
    }

    /// What people should know about it.
    pub fn remark(self) -> Option<&'static str> {
        (self == Self::Withheld)
            .then_some("not asserted: another claim says otherwise (civigraph conflicts)")
    }
}

/// Looks triples up in a build whose tables are those on disk.
pub(super) struct PublicationLookup<'b> {
    build: Option<&'b Build>,
}

impl<'b> PublicationLookup<'b> {
    /// Looks in a build; without one, nothing is known.
    pub(super) fn new(build: Option<&'b Build>) -> Self {
        Self { build }
    }

    /// The publication of what a cell made.
    pub(super) fn of(&self, one: &Lineage<'_>) -> io::Result<Publication> {
        let Some(build) = self.build else {
            return Ok(Publication::Unknown);
        };
        let quad = &one.quad;
        let is_there = is_there(build, quad)?;
        Ok(match &quad.graph_name {
            _ if is_there => Publication::Asserted,
            // Only what would be a fact is withheld.
            GraphName::DefaultGraph => Publication::Withheld,
            _ => Publication::Unknown,
        })
    }
}

/// Whether a build has a quad. Its blank nodes have other labels there: any will do.
fn is_there(build: &Build, quad: &Quad) -> io::Result<bool> {
    let store = build.index();
    let (subject, object) = (quad.subject.as_ref(), quad.object.as_ref());
    if !subject.is_blank_node() && !object.is_blank_node() {
        return store.contains(quad.as_ref()).map_err(io::Error::other);
    }
    let mut alike = store.quads_for_pattern(
        Some(subject).filter(|subject| !subject.is_blank_node()),
        Some(quad.predicate.as_ref()),
        Some(object).filter(|object| !object.is_blank_node()),
        Some(quad.graph_name.as_ref()),
    );
    alike
        .find_map(|found| match found {
            Ok(found) => {
                let same = found.subject.is_blank_node() == subject.is_blank_node()
                    && found.object.is_blank_node() == object.is_blank_node();
                same.then_some(Ok(true))
            }
            Err(error) => Some(Err(io::Error::other(error))),
        })
        .unwrap_or(Ok(false))
}

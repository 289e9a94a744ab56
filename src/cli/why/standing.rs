//! Whether a triple that a table yields is in the published graph.

use crate::lineage::Lineage;
use crate::store::{Build, StoredForm};
use oxrdf::{GraphName, Quad};
use std::io;

/// What became of a triple in the published build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is there.
    Asserted,
    /// It contradicts another one, and only its claims say it.
    Withheld,
    /// The tables have changed since, or nothing is published.
    Unknown,
}

impl Standing {
    /// The name of it for programs.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Asserted => Some("asserted"),
            Self::Withheld => Some("withheld"),
            Self::Unknown => None,
        }
    }

    /// What people should know about it.
    pub(super) fn remark(self) -> Option<&'static str> {
        (self == Self::Withheld)
            .then_some("not asserted: another claim says otherwise (civigraph conflicts)")
    }
}

/// Looks triples up in a build whose tables are those on disk.
pub(super) struct Standings<'b> {
    build: Option<&'b Build>,
    form: StoredForm,
}

impl<'b> Standings<'b> {
    /// Looks in a build; without one, nothing is known.
    pub(super) fn new(build: Option<&'b Build>) -> Result<Self, crate::store::StoreError> {
        Ok(Self {
            build,
            form: StoredForm::new()?,
        })
    }

    /// The standing of what a cell made.
    pub(super) fn of(&mut self, one: &Lineage<'_>) -> io::Result<Standing> {
        let Some(build) = self.build else {
            return Ok(Standing::Unknown);
        };
        let quad: Quad = self.form.of(one.quad.clone())?;
        let is_there = build
            .store()
            .contains(quad.as_ref())
            .map_err(io::Error::other)?;
        Ok(match &quad.graph_name {
            _ if is_there => Standing::Asserted,
            // Only what would be a fact is withheld.
            GraphName::DefaultGraph => Standing::Withheld,
            _ => Standing::Unknown,
        })
    }
}

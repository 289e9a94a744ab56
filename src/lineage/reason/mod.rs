//! Why a triple is in a build, or is not: its cells, its rule, its author, or the gap in its place.

mod cell;
mod inferred;
mod json;
mod object;
mod publication;

pub use cell::claim_json;
pub use inferred::ExplainedInference;
pub use json::place_text;
pub use object::parse_object;
pub use publication::Publication;

use super::{
    Lineage, LineageMatches, OtherTriple, ProjectFacts, QuadPattern, explain, ontology, records,
};
use crate::claims::Spans;
use crate::knowledge::{Gap, Knowledge};
use crate::labels::Labels;
use crate::project::Project;
use crate::store::{Build, StoreError};
use oxrdf::NamedNode;
use publication::PublicationLookup;
use std::io;
use std::path::Path;

/// Why there is a triple, or none.
#[derive(Debug)]
pub enum Reason<'c> {
    /// A cell made it.
    Cell(Box<Lineage<'c>>, Publication),
    /// A rule inferred it.
    Inferred(ExplainedInference),
    /// The ontology or the build says it.
    OtherTriple(OtherTriple),
    /// There is no such triple: the sources do not state it.
    Gap(NotStated),
}

/// A recorded gap about the subject that was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotStated {
    /// The subject.
    pub subject: NamedNode,
    /// The gap.
    pub gap: Gap,
    /// The label of the gap, in English.
    pub label: Option<String>,
}

/// What is found by patterns before it is explained.
#[derive(Debug)]
pub struct PatternMatches {
    found: LineageMatches,
    inferred: Vec<ExplainedInference>,
}

impl ProjectFacts {
    /// Looks for what patterns match: in the tables, and among what rules inferred in a build. Reads the
    /// claims about the rows that are found.
    ///
    /// # Errors
    /// The tables or the build cannot be read.
    pub fn look(
        &mut self,
        build: Option<&Build>,
        patterns: &[QuadPattern],
    ) -> Result<PatternMatches, StoreError> {
        let inferred = match build {
            Some(build) => inferred::inferences(build, self, patterns)?,
            None => Vec::new(),
        };
        let found = self.find_any(patterns).map_err(unread)?;
        Ok(PatternMatches { found, inferred })
    }

    /// The reasons for what was found. `current` is the build that was made from these very tables, if there is
    /// one; `build` and `project` are asked for what is from no table. Files of the project are named as if it lay
    /// in the folder `shown`.
    ///
    /// # Errors
    /// The tables or the build cannot be read.
    pub fn reasons(
        &self,
        looked: PatternMatches,
        patterns: &[QuadPattern],
        current: Option<&Build>,
        build: Option<(&Build, &Project)>,
        shown: &Path,
    ) -> Result<Vec<Reason<'_>>, StoreError> {
        let publications = PublicationLookup::new(current);
        let mut reasons = Vec::new();
        let lineages = explain(self.tables.get(), &self.claims, looked.found);
        for one in lineages.map_err(unread)? {
            let publication = publications.of(&one).map_err(unread)?;
            reasons.push(Reason::Cell(Box::new(one), publication));
        }
        reasons.extend(looked.inferred.into_iter().map(Reason::Inferred));
        if let Some((build, project)) = build {
            for pattern in patterns {
                let mut others = ontology(project, shown, build, pattern)?;
                others.extend(records(build, pattern)?);
                reasons.extend(others.into_iter().map(Reason::OtherTriple));
            }
            for pattern in patterns {
                let gaps = NotStated::find(build, pattern)?;
                reasons.extend(gaps.into_iter().map(Reason::Gap));
            }
        }
        Ok(reasons)
    }
}

impl NotStated {
    /// The gaps about the subject of a pattern and its property, if it has one. What a pattern with an
    /// object asks about is a triple, and no gap answers it.
    fn find(build: &Build, pattern: &QuadPattern) -> Result<Vec<Self>, StoreError> {
        if pattern.object.is_some() {
            return Ok(Vec::new());
        }
        let labels = Labels::new(build.index(), "en");
        let mut gaps = Knowledge::of(build).gaps(&pattern.subject)?;
        gaps.retain(|gap| {
            let wanted = pattern.predicate.as_ref();
            wanted.is_none_or(|wanted| *wanted == gap.property)
        });
        let found = gaps.into_iter().map(|gap| Self {
            subject: pattern.subject.clone(),
            label: labels.of(gap.node.as_str()),
            gap,
        });
        Ok(found.collect())
    }
}

impl Reason<'_> {
    /// The reason for programs; `build` is the id of the build.
    pub fn to_json(&self, facts: &ProjectFacts, spans: &Spans, build: &str) -> serde_json::Value {
        match self {
            Self::Cell(one, publication) => cell::to_json(one, *publication, facts, spans),
            Self::Inferred(one) => json::inferred(one),
            Self::OtherTriple(one) => json::other_triple(one, build),
            Self::Gap(one) => json::gap(one),
        }
    }
}

fn unread(error: io::Error) -> StoreError {
    StoreError::io("tables".as_ref(), "read", error)
}

//! Triples that rules inferred, with the cells of their premises.

use super::unread;
use crate::diagnostic::Place;
use crate::lineage::{InferredTriple, ProjectFacts, QuadPattern, inferred};
use crate::store::{Build, StoreError};

/// An inferred triple, with the cells that make its premises.
#[derive(Debug)]
pub struct ExplainedInference {
    /// The triple, its rule and its premises.
    pub inferred: InferredTriple,
    /// For each premise the places, with the names of their columns.
    pub cells: Vec<Vec<(Place, String)>>,
}

/// What was inferred in a build.
pub(super) fn inferences(
    build: &Build,
    facts: &mut ProjectFacts,
    patterns: &[QuadPattern],
) -> Result<Vec<ExplainedInference>, StoreError> {
    let mut explained = Vec::new();
    let mut found = Vec::new();
    for pattern in patterns {
        found.extend(inferred(build, pattern)?);
    }
    for inferred in found {
        let mut cells = Vec::with_capacity(inferred.premises.len());
        for premise in &inferred.premises {
            cells.push(if premise.inferred {
                Vec::new()
            } else {
                facts.cells(&premise.triple).map_err(unread)?
            });
        }
        explained.push(ExplainedInference { inferred, cells });
    }
    Ok(explained)
}

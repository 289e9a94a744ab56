//! Names of other tables matched with the things of a build, as OpenRefine's users do it.
//!
//! ```text
//!  /reconcile ─► Reconcile ─► worker: answer(build)
//!                               ├─ matching   candidates by label, scored by label and properties
//!                               ├─ suggest    things, classes and properties by the beginning of their names
//!                               ├─ extend     values of properties
//!                               └─ preview    what a thing is, in short
//! ```
//!
//! The two versions of the protocol, 0.2 and 1.0-draft, differ in how they write things down. That is the service's
//! affair: here are questions and answers without a version.

mod extend;
mod matching;
mod preview;
mod score;
mod suggest;
mod view;

pub use extend::{Extend, ExtensionTable, PropertyValue, RequestedProperty};
pub use matching::{Candidate, Candidates, MatchProperty, MatchQuery, Quantifier};
pub use preview::Preview;
pub use suggest::{Suggest, Suggestion, SuggestionKind};

use crate::store::{Build, StoreError};
use serde::{Deserialize, Serialize};

/// A thing, class or property with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedThing {
    /// The IRI.
    pub id: String,
    /// The label; the short name where there is none.
    pub name: String,
}

/// A question of a reconciliation client.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum ReconciliationRequest {
    /// Which things are meant, for each query.
    Match(Vec<MatchQuery>),
    /// What begins like this.
    Suggest(Suggest),
    /// Which properties the things of a class have.
    Propose {
        /// The class; all properties without one.
        class: Option<String>,
        /// The most properties.
        limit: usize,
    },
    /// Values of properties of things.
    Extend(Extend),
    /// What a thing is.
    Preview(String),
}

/// The answer to a question, of the same name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum ReconciliationAnswer {
    /// Candidates for each query, in the order of the queries.
    Match(Vec<Candidates>),
    /// Suggestions, the best first.
    Suggest(Vec<Suggestion>),
    /// Properties, the most used first.
    Propose(Vec<NamedThing>),
    /// Values.
    Extend(ExtensionTable),
    /// `None` where there is none.
    Preview(Option<Preview>),
}

impl ReconciliationRequest {
    /// Answers the question.
    ///
    /// # Errors
    /// The build cannot be read, or has no text index.
    pub fn answer(&self, build: &Build) -> Result<ReconciliationAnswer, StoreError> {
        Ok(match self {
            Self::Match(wanted) => {
                let candidates = wanted.iter().map(|wanted| wanted.candidates(build));
                ReconciliationAnswer::Match(candidates.collect::<Result<_, _>>()?)
            }
            Self::Suggest(suggest) => ReconciliationAnswer::Suggest(suggest.answer(build)?),
            Self::Propose { class, limit } => {
                ReconciliationAnswer::Propose(suggest::propose(build, class.as_deref(), *limit)?)
            }
            Self::Extend(extend) => ReconciliationAnswer::Extend(extend.answer(build)?),
            Self::Preview(id) => ReconciliationAnswer::Preview(preview::preview(build, id)?),
        })
    }
}

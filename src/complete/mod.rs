//! What an editor of queries asks of a build while somebody types.
//!
//! ```text
//!  editor ─► Complete ─► worker: Complete::answer(build) ─► Completed
//!                               │
//!            entities · classes · properties · values · labels · check · about
//! ```
//!
//! Every question is bounded: by the number of offers, by the things that are looked at, and by a time after which
//! what is known of the whole graph is offered instead.

mod context;
mod offers;
mod term_info;
mod view;

pub use context::CompletionContext;
pub use term_info::TermInfo;

use crate::query::{self, Request};
use crate::refusal::Refusal;
use crate::store::{Build, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A question of an editor.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum CompletionRequest {
    /// Things by the words of their names, in all languages.
    Entities(TypedName),
    /// Classes, those first that things in this place have.
    Classes(TypedName, CompletionContext),
    /// Properties, only those that things in this place have.
    Properties(TypedName, CompletionContext),
    /// Values of a property, only those that things in this place have.
    Values(TypedName, CompletionContext),
    /// Labels of IRIs.
    Labels {
        /// The IRIs.
        iris: Vec<String>,
        /// The language that is preferred.
        language: String,
    },
    /// Whether a query is right, without running it.
    Check {
        /// The query.
        query: String,
        /// What its relative IRIs are relative to.
        base: String,
    },
    /// What is known of a term.
    About {
        /// Its IRI.
        iri: String,
        /// The language that is preferred.
        language: String,
    },
}

/// What was typed of a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedName {
    /// The beginning of the name.
    pub text: String,
    /// The language that is preferred.
    pub language: String,
}

/// An answer for an editor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Completion {
    /// What may be meant, the best first.
    Items(Vec<CompletionItem>),
    /// Labels by IRI; an IRI without one is left out.
    Labels(BTreeMap<String, String>),
    /// What is wrong with a query, if anything is.
    Problem(Option<Refusal>),
    /// What is known of a term.
    #[serde(untagged)]
    About(Box<TermInfo>),
}

/// Something that may be meant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CompletionItem {
    /// Its IRI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iri: Option<String>,
    /// A term that is not an IRI, as SPARQL has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// Its label, or the name that was found.
    pub label: String,
    /// What it is: a class, or another name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// How often it is used here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}

impl CompletionRequest {
    /// Answers the question.
    ///
    /// # Errors
    /// The build cannot be read.
    pub fn answer(&self, build: &Arc<Build>) -> Result<Completion, StoreError> {
        match self {
            Self::Entities(typed) => offers::entities(build, typed).map(Completion::Items),
            Self::Classes(typed, context) => {
                offers::classes(build, typed, context).map(Completion::Items)
            }
            Self::Properties(typed, context) => {
                offers::properties(build, typed, context).map(Completion::Items)
            }
            Self::Values(typed, context) => {
                offers::values(build, typed, context).map(Completion::Items)
            }
            Self::Labels { iris, language } => {
                let view = view::CompletionView::new(build, language);
                let labels = iris
                    .iter()
                    .filter_map(|iri| Some((iri.clone(), view.label(iri)?)));
                Ok(Completion::Labels(labels.collect()))
            }
            Self::Check { query, base } => {
                let about = &build.manifest().about;
                let request = Request {
                    base: Some(base.clone()),
                    ..Request::new(query.as_str(), "query")
                };
                let checked = query::check(&request, &about.prefixes, &about.base);
                Ok(Completion::Problem(
                    checked.err().map(|error| error.into_diagnostic().into()),
                ))
            }
            Self::About { iri, language } => {
                TermInfo::of(build, iri, language).map(|info| Completion::About(Box::new(info)))
            }
        }
    }
}

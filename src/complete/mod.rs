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

mod about;
mod context;
mod offers;
mod view;

pub use about::About;
pub use context::Context;

use crate::query::{self, Request};
use crate::refusal::Refusal;
use crate::store::{Build, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A question of an editor.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Complete {
    /// Things by the words of their names, in all languages.
    Entities(Typed),
    /// Classes, those first that things in this place have.
    Classes(Typed, Context),
    /// Properties, only those that things in this place have.
    Properties(Typed, Context),
    /// Values of a property, only those that things in this place have.
    Values(Typed, Context),
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
pub struct Typed {
    /// The beginning of the name.
    pub text: String,
    /// The language that is preferred.
    pub language: String,
}

/// An answer for an editor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Completed {
    /// What may be meant, the best first.
    Items(Vec<Offer>),
    /// Labels by IRI; an IRI without one is left out.
    Labels(BTreeMap<String, String>),
    /// What is wrong with a query, if anything is.
    Problem(Option<Refusal>),
    /// What is known of a term.
    #[serde(untagged)]
    About(Box<About>),
}

/// Something that may be meant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Offer {
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

impl Complete {
    /// Answers the question.
    ///
    /// # Errors
    /// The build cannot be read.
    pub fn answer(&self, build: &Arc<Build>) -> Result<Completed, StoreError> {
        match self {
            Self::Entities(typed) => offers::entities(build, typed).map(Completed::Items),
            Self::Classes(typed, context) => {
                offers::classes(build, typed, context).map(Completed::Items)
            }
            Self::Properties(typed, context) => {
                offers::properties(build, typed, context).map(Completed::Items)
            }
            Self::Values(typed, context) => {
                offers::values(build, typed, context).map(Completed::Items)
            }
            Self::Labels { iris, language } => {
                let view = view::View::new(build, language);
                let labels = iris
                    .iter()
                    .filter_map(|iri| Some((iri.clone(), view.label(iri)?)));
                Ok(Completed::Labels(labels.collect()))
            }
            Self::Check { query, base } => {
                let about = &build.manifest().about;
                let request = Request {
                    base: Some(base.clone()),
                    ..Request::new(query.as_str(), "query")
                };
                let checked = query::check(&request, &about.prefixes, &about.base);
                Ok(Completed::Problem(
                    checked.err().map(|error| error.into_diagnostic().into()),
                ))
            }
            Self::About { iri, language } => {
                About::of(build, iri, language).map(|about| Completed::About(Box::new(about)))
            }
        }
    }
}

//! What assistants ask of a build, with answers that can be checked.
//!
//! ```text
//!  tool of MCP ─► Question ─► worker: Question::answer(build) ─► Answer { data, text }
//!                                        │
//!        search · describe · schema · why · query ──► evidence: cells, claims and sources of triples
//! ```
//!
//! A question is a value that can be sent to a worker process, and an answer is JSON for programs with a short
//! text for a model to read. Every answer names its build, and every statement in it the cell, the claims and
//! the documents that it rests on, as far as the build knows them.

mod describe;
mod evidence;
mod patterns;
mod query;
mod schema;
mod search;
mod term;
mod why;

pub use describe::DescribeRequest;
pub use query::QueryRequest;
pub use schema::SchemaRequest;
pub use search::SearchRequest;
pub use why::WhyRequest;

use crate::error::Error;
use crate::store::Build;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// Something to ask of a build.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Question {
    /// Which things have some words in their labels and texts.
    Search(SearchRequest),
    /// What is said of a thing.
    Describe(DescribeRequest),
    /// Which classes and properties there are.
    Schema(SchemaRequest),
    /// Where triples come from.
    Why(WhyRequest),
    /// What a query answers.
    Ask(Box<QueryRequest>),
}

/// An answer for programs and for a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssistantAnswer {
    /// For programs; it names the build.
    pub data: Value,
    /// The same in short, for a model to read.
    pub text: String,
}

impl Question {
    /// Answers the question.
    ///
    /// # Errors
    /// It names something that is not there, a query is wrong or takes too much, or the build cannot be read.
    pub fn answer(&self, build: &Arc<Build>) -> Result<AssistantAnswer, Error> {
        let mut answer = match self {
            Self::Search(question) => question.answer(build),
            Self::Describe(question) => question.answer(build),
            Self::Schema(question) => question.answer(build),
            Self::Why(question) => question.answer(build),
            Self::Ask(question) => question.answer(build),
        }?;
        let id = build.manifest().id.as_str();
        if let Some(data) = answer.data.as_object_mut() {
            data.shift_insert(0, "build".to_owned(), json!(id));
        }
        answer.text = format!("{}\nbuild {id}\n", answer.text.trim_end());
        Ok(answer)
    }
}

/// The language of labels where nobody asks for one.
fn english() -> String {
    "en".to_owned()
}

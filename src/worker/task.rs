//! What a worker can be asked.

use crate::assist::Question;
use crate::complete::CompletionRequest;
use crate::export::DumpFormat;
use crate::query::{AnswerKind, AnswerStyle, Request};
use crate::reconcile::ReconciliationRequest;
use serde::{Deserialize, Serialize};

/// A piece of work, all of it on the build that the worker opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Task {
    /// A query.
    Query(Box<QueryTask>),
    /// All graphs, or some of them, in a format of dumps. Names are those of [`ExportOptions`].
    ///
    /// [`ExportOptions`]: crate::export::ExportOptions
    Dump {
        /// The format.
        format: DumpFormat,
        /// Names of the graphs.
        graphs: Vec<String>,
    },
    /// Something that an assistant asks. The answer is an [`AssistantAnswer`](crate::assist::AssistantAnswer) in JSON.
    Ask(Question),
    /// Something that a reconciliation client asks. The answer is a [`ReconciliationAnswer`](crate::reconcile::ReconciliationAnswer) in
    /// JSON.
    Reconcile(ReconciliationRequest),
    /// Something that an editor of queries asks. The answer is a [`Completion`](crate::complete::Completion) in JSON.
    Complete(CompletionRequest),
}

/// A query and how its answer is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QueryTask {
    /// The query.
    pub request: Request,
    /// How the answer is written.
    pub style: AnswerStyle,
    /// Bytes of the answer; an answer that has more is cut, and fails.
    pub bytes: Option<u64>,
    /// Whether an answer with more rows than the limit fails; else it is cut and called incomplete.
    pub whole: bool,
    /// Kinds of answers for which no format is accepted.
    pub refused: Vec<AnswerKind>,
}

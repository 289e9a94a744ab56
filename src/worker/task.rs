//! What a worker can be asked.

use crate::assist::Question;
use crate::complete::Complete;
use crate::export::Format;
use crate::query::{AnswerKind, AnswerStyle, Request};
use crate::reconcile::Reconcile;
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
        format: Format,
        /// Names of the graphs.
        graphs: Vec<String>,
    },
    /// Something that an assistant asks. The answer is an [`Answer`](crate::assist::Answer) in JSON.
    Ask(Question),
    /// Something that a reconciliation client asks. The answer is a [`Reconciled`](crate::reconcile::Reconciled) in
    /// JSON.
    Reconcile(Reconcile),
    /// Something that an editor of queries asks. The answer is a [`Completed`](crate::complete::Completed) in JSON.
    Complete(Complete),
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

//! What went wrong, as a response (RFC 9457).

use super::audience::Audience;
use super::lanes::ServiceFailure;
use crate::diagnostic::{Code, Diagnostics};
use crate::pages::{Language, translated};
use crate::store::StoreError;
use crate::worker::Refusal;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// A refusal with its status.
#[derive(Debug, Clone)]
pub struct ProblemDetails {
    status: StatusCode,
    title: String,
    refusal: Option<Box<Refusal>>,
    /// What is wrong besides.
    others: Vec<Refusal>,
    retry: bool,
}

impl ProblemDetails {
    /// A problem of a request, in a sentence without a full stop.
    pub fn new(status: StatusCode, title: impl Into<String>) -> Self {
        Self {
            status,
            title: title.into(),
            refusal: None,
            others: Vec::new(),
            retry: false,
        }
    }

    /// All that is wrong with a request.
    pub fn of_all(diagnostics: &Diagnostics) -> Self {
        let mut refusals = diagnostics
            .iter()
            .map(|diagnostic| Refusal::from(diagnostic.clone()));
        match refusals.next() {
            Some(first) => Self {
                others: refusals.collect(),
                ..Self::from(first)
            },
            None => Self::bad("the request is wrong"),
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// All that is wrong, in the words and the language of a reader: a line for each problem, and for each hint.
    pub(super) fn lines(self, reader: Audience, language: Language) -> Vec<String> {
        let problem = self.in_language(reader, language);
        let words = language.words();
        let mut lines = vec![problem.title];
        let refusals = problem.refusal.into_iter().map(|refusal| *refusal);
        for (number, refusal) in refusals.chain(problem.others).enumerate() {
            if number > 0 {
                lines.push(refusal.message);
            }
            if refusal.line > 0 {
                lines.push((words.problem_at)(refusal.line, refusal.column));
            }
            if let Some(expected) = &refusal.expected {
                lines.push(format!("{} {expected}", words.problem_expected));
            }
            if let Some(hint) = &refusal.hint {
                lines.push(format!("{} {hint}", words.problem_hint));
            }
        }
        lines
    }

    /// The same in the words of a reader, with the sentences that are known in a language in that language.
    pub(super) fn in_language(mut self, reader: Audience, language: Language) -> Self {
        self.title = translated(language, self.title);
        self.refusal = self
            .refusal
            .map(|refusal| Box::new(in_language(*refusal, reader, language)));
        let others = self.others.into_iter();
        self.others = others
            .map(|refusal| in_language(refusal, reader, language))
            .collect();
        self
    }

    /// The problem of a request that is not as it should be.
    pub fn bad(title: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, title)
    }
}

/// A refusal in the words of a reader, with the sentences that are known in a language in that language.
pub(super) fn in_language(refusal: Refusal, reader: Audience, language: Language) -> Refusal {
    let translated = |sentence| translated(language, sentence);
    let hint = refusal.hint.and_then(|hint| hint.worded(&reader));
    Refusal {
        message: translated(refusal.message),
        expected: refusal.expected.map(translated),
        hint: hint.map(|hint| translated(hint).into()),
        ..refusal
    }
}

impl From<Refusal> for ProblemDetails {
    fn from(refusal: Refusal) -> Self {
        Self {
            status: status_of(refusal.known_code()),
            title: refusal.message.clone(),
            refusal: Some(Box::new(refusal)),
            others: Vec::new(),
            retry: false,
        }
    }
}

impl From<StoreError> for ProblemDetails {
    fn from(error: StoreError) -> Self {
        Refusal::from(error.into_diagnostic()).into()
    }
}

impl From<ServiceFailure> for ProblemDetails {
    fn from(failure: ServiceFailure) -> Self {
        match failure {
            ServiceFailure::Refused(refusal) => refusal.into(),
            ServiceFailure::Busy => Self {
                retry: true,
                ..Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "too many queries are waiting for an answer",
                )
            },
        }
    }
}

/// The status that goes with a code.
fn status_of(code: Code) -> StatusCode {
    match code {
        Code::QuerySyntax
        | Code::QueryLimit
        | Code::UnknownParameter
        | Code::ParameterValue
        | Code::MissingParameter
        | Code::QueryFunction
        | Code::QueryPattern
        | Code::AmbiguousEntity => StatusCode::BAD_REQUEST,
        Code::QueryForbidden => StatusCode::FORBIDDEN,
        Code::UnknownQuery | Code::UnknownEntity | Code::UnknownGraph => StatusCode::NOT_FOUND,
        Code::ExportFormat => StatusCode::NOT_ACCEPTABLE,
        Code::QueryTimeout | Code::QueryMemory | Code::NoBuild => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for ProblemDetails {
    fn into_response(self) -> Response {
        let itself = self.clone();
        let mut problem = Map::new();
        let mut say = |key: &str, value: Value| {
            problem.insert(key.to_owned(), value);
        };
        say("title", self.title.into());
        say("status", self.status.as_u16().into());
        if let Some(refusal) = self.refusal {
            say("code", refusal.code.into());
            if refusal.line > 0 {
                say("line", refusal.line.into());
            }
            if refusal.column > 0 {
                say("column", refusal.column.into());
            }
            let hint = refusal.hint.and_then(|hint| hint.worded(&Audience::Client));
            for (key, value) in [
                ("found", refusal.found),
                ("expected", refusal.expected),
                ("hint", hint),
            ] {
                if let Some(value) = value {
                    say(key, value.into());
                }
            }
        }
        if !self.others.is_empty() {
            let others = self.others.into_iter().map(|other| {
                json!({
                    "code": other.code, "title": other.message, "found": other.found,
                    "expected": other.expected,
                    "hint": other.hint.and_then(|hint| hint.worded(&Audience::Client)),
                })
            });
            let others: Vec<Value> = others.collect();
            problem.insert("others".to_owned(), others.into());
        }
        let mut body = serde_json::to_vec_pretty(&problem).unwrap_or_default();
        body.push(b'\n');
        let mut response = (self.status, Body::from(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        // For `language::translate`, which knows who asks.
        response.extensions_mut().insert(itself);
        response
    }
}

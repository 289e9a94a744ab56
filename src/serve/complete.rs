//! What the editor of queries asks while somebody types: `POST /complete/KIND`, or GET with the same parameters.
//!
//! | kind | parameters | answer |
//! |---|---|---|
//! | `entities` | `text`, `lang` | things by their names |
//! | `classes`, `properties`, `values` | the same, and the place: `prologue`, `patterns`, `subject`, `property`, `graph` | what things in this place have |
//! | `labels` | `iri`, many times | labels by IRI |
//! | `check` | `query`, `lang` | what is wrong with it and where, or `null` |
//! | `about` | `iri` | what is known of a term |

use super::answer::{describe, tag_of, unchanged};
use super::audience::Audience;
use super::form::FormData;
use super::problem::{ProblemDetails, in_language};
use super::service::Service;
use super::{sparql, value};
use crate::complete::{CompletionContext, CompletionRequest, TypedName};
use crate::pages::Language;
use crate::refusal::Refusal;
use crate::worker::Task;
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Labels that are asked for at a time.
const LABELS: usize = 1000;

/// Patterns that are tried.
const PATTERNS: usize = 4;

/// Characters of a name that is looked for.
const TEXT: usize = 200;

/// `GET /complete/KIND?…`.
///
/// # Errors
/// There is no such kind, or a parameter is missing or too long.
pub async fn get(
    State(service): State<Arc<Service>>,
    Path(kind): Path<String>,
    request: Request<Body>,
) -> Result<Response, ProblemDetails> {
    let (parts, _) = request.into_parts();
    let form = sparql::of_url(&parts)?;
    let known = parts.headers.get(header::IF_NONE_MATCH);
    let known = known.and_then(|known| known.to_str().ok());
    respond(
        &service,
        &kind,
        &form,
        known,
        parts.uri.query().unwrap_or_default(),
    )
    .await
}

/// `POST /complete/KIND` with the parameters as a form.
///
/// # Errors
/// As [`get`].
pub async fn post(
    State(service): State<Arc<Service>>,
    Path(kind): Path<String>,
    request: Request<Body>,
) -> Result<Response, ProblemDetails> {
    let (parts, body) = request.into_parts();
    let form = sparql::of_form(&parts, body, "parameters").await?;
    respond(&service, &kind, &form, None, "").await
}

async fn respond(
    service: &Service,
    kind: &str,
    form: &FormData,
    known: Option<&str>,
    asked: &str,
) -> Result<Response, ProblemDetails> {
    let current = service.current();
    let tag = tag_of(&current, &format!("complete {kind} {asked}"));
    if let Some(response) = unchanged(&current, known, &tag) {
        return Ok(response);
    }
    let question = question(kind, form, service)?;
    let mut found: Value = value::of(service, &current, &Task::Complete(question)).await?;
    if let Some(problem) = found.get_mut("problem")
        && let Ok(refusal) = Refusal::deserialize(&*problem)
    {
        let language = Language::of_code(form.last("lang").unwrap_or_default());
        let language = language.unwrap_or(Language::English);
        let refusal = in_language(refusal, Audience::Visitor, language);
        *problem = json!(refusal);
        // The editor shows a sentence.
        if let Some(hint) = problem.get_mut("hint") {
            *hint = refusal.hint.map(|hint| hint.to_string()).into();
        }
    }
    let mut response = Json(found).into_response();
    describe(
        response.headers_mut(),
        &current,
        Some(&tag).filter(|_| !asked.is_empty()).map(String::as_str),
    );
    Ok(response)
}

/// The question of a request.
///
/// # Errors
/// There is no such kind, or a parameter is missing or too long.
fn question(
    kind: &str,
    form: &FormData,
    service: &Service,
) -> Result<CompletionRequest, ProblemDetails> {
    let language = || form.last("lang").unwrap_or("en").to_owned();
    let required = |name: &str| {
        let value = form.last(name);
        value.ok_or_else(|| ProblemDetails::bad(format!("`{name}` is missing")))
    };
    let typed = || TypedName {
        text: form
            .last("text")
            .unwrap_or_default()
            .chars()
            .take(TEXT)
            .collect(),
        language: language(),
    };
    let context = || {
        let own = |name: &str| form.last(name).map(str::to_owned);
        CompletionContext {
            prologue: own("prologue").unwrap_or_default(),
            patterns: form
                .all("patterns")
                .take(PATTERNS)
                .map(str::to_owned)
                .collect(),
            subject: own("subject"),
            property: own("property"),
            graph: own("graph"),
        }
    };
    Ok(match kind {
        "entities" => CompletionRequest::Entities(typed()),
        "classes" => CompletionRequest::Classes(typed(), context()),
        "properties" => CompletionRequest::Properties(typed(), context()),
        "values" => CompletionRequest::Values(typed(), context()),
        "labels" => CompletionRequest::Labels {
            iris: form.all("iri").take(LABELS).map(str::to_owned).collect(),
            language: language(),
        },
        "check" => CompletionRequest::Check {
            query: required("query")?.to_owned(),
            base: format!("{}/sparql", service.url()),
        },
        "about" => CompletionRequest::About {
            iri: required("iri")?.to_owned(),
            language: language(),
        },
        _ => {
            return Err(ProblemDetails::new(
                StatusCode::NOT_FOUND,
                "there is nothing here",
            ));
        }
    })
}

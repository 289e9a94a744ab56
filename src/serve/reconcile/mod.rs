//! Reconciliation, as OpenRefine speaks it: version 0.2 at `/reconcile`, and 1.0-draft at `/reconcile/1.0-draft`.
//!
//! | 0.2 | 1.0-draft | what it is |
//! |---|---|---|
//! | `/reconcile` | `/` | the manifest |
//! | `?queries=` | `POST /match` | candidates for names |
//! | `?extend=` | `POST /extend` | values of properties |
//! | `/properties?type=` | `/extend/propose?type=` | properties of a class |
//! | `/suggest/entity?prefix=` | the same | also `type`, `property` |
//! | `/preview?id=` | the same | a thing as a small page |

mod current;
mod draft;
mod page;

use super::answer::{describe, insert};
use super::problem::ProblemDetails;
use super::service::{Current, Service};
use super::{sparql, value};
use crate::reconcile::{
    ReconciliationAnswer, ReconciliationRequest, Suggest, Suggestion, SuggestionKind,
};
use crate::worker::Task;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::sync::Arc;

/// Queries of one request.
const QUERIES: usize = 200;

/// Things of one request for values.
const THINGS: usize = 1000;

/// The routes of both versions.
pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/reconcile", get(current::get).post(current::post))
        .route("/reconcile/suggest/{kind}", get(suggest))
        .route("/reconcile/preview", get(preview))
        .route("/reconcile/properties", get(propose))
        .route("/reconcile/1.0-draft", get(draft::manifest))
        .route("/reconcile/1.0-draft/match", post(draft::find))
        .route("/reconcile/1.0-draft/extend", post(draft::extend))
        .route("/reconcile/1.0-draft/extend/propose", get(propose))
        .route("/reconcile/1.0-draft/suggest/{kind}", get(suggest))
        .route("/reconcile/1.0-draft/preview", get(preview))
}

/// `GET …/suggest/KIND?prefix=`.
async fn suggest(
    State(service): State<Arc<Service>>,
    Path(kind): Path<String>,
    request: Request<Body>,
) -> Result<Response, ProblemDetails> {
    let (parts, _) = request.into_parts();
    let form = sparql::of_url(&parts)?;
    let kind = match kind.as_str() {
        "entity" => SuggestionKind::Entity,
        "type" => SuggestionKind::Type,
        "property" => SuggestionKind::Property,
        _ => {
            return Err(ProblemDetails::new(
                StatusCode::NOT_FOUND,
                "there is nothing here",
            ));
        }
    };
    let suggest = Suggest {
        kind,
        prefix: form.last("prefix").unwrap_or_default().to_owned(),
        cursor: number(form.last("cursor"), "cursor")?.unwrap_or(0),
        language: language(&parts.headers),
    };
    let current = service.current();
    let ReconciliationAnswer::Suggest(found) =
        asked(&service, &current, ReconciliationRequest::Suggest(suggest)).await?
    else {
        return Err(unexpected());
    };
    let result: Vec<Value> = found.iter().map(suggestion).collect();
    Ok(respond(&current, &json!({ "result": result })))
}

fn suggestion(one: &Suggestion) -> Value {
    let mut value = json!(one.thing);
    if let Some(fields) = value.as_object_mut() {
        if let Some(description) = &one.description {
            fields.insert("description".to_owned(), json!(description));
        }
        if !one.types.is_empty() {
            fields.insert("notable".to_owned(), json!(one.types));
        }
    }
    value
}

/// Properties of a class: `?type=…&limit=…`.
async fn propose(
    State(service): State<Arc<Service>>,
    request: Request<Body>,
) -> Result<Response, ProblemDetails> {
    let (parts, _) = request.into_parts();
    let form = sparql::of_url(&parts)?;
    let class = form.last("type").map(str::to_owned);
    let limit = number(form.last("limit"), "limit")?;
    let question = ReconciliationRequest::Propose {
        class: class.clone(),
        limit: limit.unwrap_or(100),
    };
    let current = service.current();
    let ReconciliationAnswer::Propose(properties) = asked(&service, &current, question).await?
    else {
        return Err(unexpected());
    };
    let mut answer = json!({ "properties": properties });
    if let Some(fields) = answer.as_object_mut() {
        if let Some(class) = class {
            fields.insert("type".to_owned(), class.into());
        }
        if let Some(limit) = limit {
            fields.insert("limit".to_owned(), limit.into());
        }
    }
    Ok(respond(&current, &answer))
}

/// `GET …/preview?id=`: a page for a frame.
async fn preview(
    State(service): State<Arc<Service>>,
    request: Request<Body>,
) -> Result<Response, ProblemDetails> {
    let (parts, _) = request.into_parts();
    let form = sparql::of_url(&parts)?;
    let Some(id) = form.last("id") else {
        return Err(ProblemDetails::bad("`id` says which thing is meant"));
    };
    let current = service.current();
    let question = ReconciliationRequest::Preview(id.to_owned());
    let ReconciliationAnswer::Preview(found) = asked(&service, &current, question).await? else {
        return Err(unexpected());
    };
    let Some(found) = found else {
        return Err(ProblemDetails::new(StatusCode::NOT_FOUND, "no such thing"));
    };
    let mut response = page::write(&found).into_response();
    let headers = response.headers_mut();
    describe(headers, &current, None);
    insert(headers, header::CONTENT_TYPE, "text/html; charset=utf-8");
    // Clients show it in a frame of theirs.
    let policy = "default-src 'none'; frame-ancestors *";
    insert(headers, header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// Has a question answered by a worker.
async fn asked(
    service: &Service,
    current: &Current,
    question: ReconciliationRequest,
) -> Result<ReconciliationAnswer, ProblemDetails> {
    value::of(service, current, &Task::Reconcile(question)).await
}

fn unexpected() -> ProblemDetails {
    ProblemDetails::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "the worker answered another question",
    )
}

fn respond(current: &Current, answer: &Value) -> Response {
    let mut response = axum::Json(answer).into_response();
    describe(response.headers_mut(), current, None);
    response
}

fn number(text: Option<&str>, name: &str) -> Result<Option<usize>, ProblemDetails> {
    text.filter(|text| !text.is_empty())
        .map(|text| {
            let number = text.parse();
            number
                .map_err(|_| ProblemDetails::bad(format!("`{name}` is not a whole number from 0")))
        })
        .transpose()
}

/// The first language that a client asks for.
fn language(headers: &axum::http::HeaderMap) -> String {
    let wanted = headers.get(header::ACCEPT_LANGUAGE);
    let first = wanted
        .and_then(|wanted| wanted.to_str().ok())
        .and_then(|wanted| wanted.split([',', ';']).next())
        .map(str::trim)
        .filter(|language| !language.is_empty() && *language != "*");
    first.map_or_else(|| "en".to_owned(), str::to_owned)
}

/// A wanted value as a text: texts, numbers, truth values, and objects with an `id`.
fn wanted_value(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Object(object) => Some(object.get("id")?.as_str()?.to_owned()),
        Value::Null | Value::Array(_) => None,
    }
}

/// Wanted values, one or several.
fn wanted_values(value: &Value) -> Result<Vec<String>, ProblemDetails> {
    let values = match value {
        Value::Array(values) => values.iter().map(wanted_value).collect(),
        value => wanted_value(value).map(|value| vec![value]),
    };
    values.ok_or_else(|| {
        ProblemDetails::bad("a value is a text, a number, a truth value or has an `id`")
    })
}

/// The name of the service, and the classes with most members.
fn about(current: &Current) -> (String, Vec<Value>) {
    let manifest = current.build.manifest();
    let title = manifest.about.title.get("en");
    let name = title.map_or("Knowledge graph", String::as_str).to_owned();
    let labels = crate::query::Labels::new(current.build.index(), "en");
    let graph = manifest.statistics.graphs.get("");
    let mut classes: Vec<_> = graph.into_iter().flat_map(|graph| &graph.classes).collect();
    classes.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    let types = classes.iter().take(12).map(|(class, _)| {
        let short = || manifest.about.prefixes.shorten(class);
        json!({ "id": class, "name": labels.of(class).unwrap_or_else(short) })
    });
    (name, types.collect())
}

//! The language of refusals and hints, by the request's `Accept-Language`.

use super::answer::HINT;
use super::audience::Audience;
use super::form::{decode, encode};
use super::problem::ProblemDetails;
use crate::pages::{self, Language};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Puts what a response says of a query into the language that is asked for. Without one it is English.
pub async fn translate(request: Request<Body>, next: Next) -> Response {
    let language = wanted(request.headers());
    let mut response = next.run(request).await;
    if language == Language::English {
        return response;
    }
    if let Some(problem) = response.extensions_mut().remove::<ProblemDetails>() {
        return problem
            .in_language(Audience::Client, language)
            .into_response();
    }
    let hints: Vec<HeaderValue> = response
        .headers()
        .get_all(HINT)
        .iter()
        .map(|hint| in_language(hint, language).unwrap_or_else(|| hint.clone()))
        .collect();
    if !hints.is_empty() {
        let headers = response.headers_mut();
        headers.remove(HINT);
        headers.extend(hints.into_iter().map(|hint| (HINT, hint)));
        headers.append(header::VARY, HeaderValue::from_static("accept-language"));
    }
    response
}

/// The language that a request wants.
fn wanted(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
    Language::wanted(accepted.unwrap_or_default())
}

/// A hint in a language, where it is known in it.
fn in_language(hint: &HeaderValue, language: Language) -> Option<HeaderValue> {
    let hint = pages::translate(language, &decode(hint.to_str().ok()?)?)?;
    HeaderValue::from_str(&encode(&hint)).ok()
}

//! The SPARQL 1.1 Protocol, its query operation.

use super::accept;
use super::answer::{self, AnswerOptions};
use super::body;
use super::description;
use super::form::FormData;
use super::problem::ProblemDetails;
use super::service::Service;
use super::stored;
use crate::query::{QueryGraphs, Request};
use axum::body::Body;
use axum::extract::State;
use axum::http::{self, HeaderMap, StatusCode, header, request::Parts};
use axum::response::Response;
use oxrdf::NamedNode;
use std::sync::Arc;
use std::time::Duration;

/// Bytes of the body of a request.
const BODY: usize = 1 << 20;

/// Time in which the body of a request must have come.
const READING: Duration = Duration::from_secs(10);

/// The media type of forms.
const FORM: &str = "application/x-www-form-urlencoded";

/// What is said to updates.
const READ_ONLY: &str =
    "the service is read-only: the graph changes with the tables that it is built from";

/// `GET /sparql?query=…`; without a query, the description of the service.
///
/// # Errors
/// The query is wrong, refused or takes too much.
pub async fn get(
    State(service): State<Arc<Service>>,
    request: http::Request<Body>,
) -> Result<Response, ProblemDetails> {
    let (parts, _) = request.into_parts();
    let form = of_url(&parts)?;
    if form.last("update").is_some() {
        return Err(ProblemDetails::new(StatusCode::FORBIDDEN, READ_ONLY));
    }
    if form.last("query").is_none() {
        return description::respond(&service, &parts.headers);
    }
    run(&service, &form, &parts).await
}

/// `POST /sparql` with a form or with the query itself.
///
/// # Errors
/// As [`get`].
pub async fn post(
    State(service): State<Arc<Service>>,
    request: http::Request<Body>,
) -> Result<Response, ProblemDetails> {
    let (parts, body) = request.into_parts();
    let mut form = of_url(&parts)?;
    let media = media_type(&parts.headers)?;
    match media.as_str() {
        FORM => form.extend(posted(body).await?),
        "application/sparql-query" => {
            let text = text(body).await?;
            form.0.push(("query".to_owned(), text));
        }
        "application/sparql-update" => {
            return Err(ProblemDetails::new(StatusCode::FORBIDDEN, READ_ONLY));
        }
        _ => {
            return Err(ProblemDetails::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "a query is posted as `application/sparql-query` or `application/x-www-form-urlencoded`",
            ));
        }
    }
    if form.last("update").is_some() {
        return Err(ProblemDetails::new(StatusCode::FORBIDDEN, READ_ONLY));
    }
    run(&service, &form, &parts).await
}

async fn run(
    service: &Service,
    form: &FormData,
    parts: &Parts,
) -> Result<Response, ProblemDetails> {
    let mut queries = form.all("query");
    let (Some(text), None) = (queries.next(), queries.next()) else {
        return Err(ProblemDetails::bad("a request has one query"));
    };
    let mut wish = AnswerOptions::new(parts.version, &parts.headers);
    wish.format = form.last("format").map(str::to_owned);
    wish.spreadsheet = profile(form.last("profile"))?;
    wish.time = form.last("timeout").map(seconds).transpose()?;
    let current = service.of_build(form.last("build")).await?;
    let request = Request {
        graphs: QueryGraphs {
            default: nodes(form, "default-graph-uri")?,
            named: nodes(form, "named-graph-uri")?,
        },
        inferred: flag(form.last("inferred"))?,
        base: Some(format!("{}/sparql", service.url())),
        page: stored::page(
            form.last("limit"),
            form.last("offset"),
            service.options.rows,
        )?,
        ..Request::new(text, "query")
    };
    answer::query(service, &current, request, &wish).await
}

/// The parameters of the URL.
///
/// # Errors
/// They are not UTF-8.
pub fn of_url(parts: &Parts) -> Result<FormData, ProblemDetails> {
    FormData::parse(parts.uri.query().unwrap_or_default())
        .ok_or_else(|| ProblemDetails::bad("the query string is not UTF-8, percent-encoded"))
}

/// A form that was posted.
///
/// # Errors
/// It is too long or not UTF-8, or does not come in time.
pub async fn posted(body: Body) -> Result<FormData, ProblemDetails> {
    FormData::parse(&text(body).await?)
        .ok_or_else(|| ProblemDetails::bad("the form is not UTF-8, percent-encoded"))
}

/// The parameters of a request that takes nothing but a form; `what` it posts so.
///
/// # Errors
/// As [`posted`], or the body is something else.
pub async fn of_form(parts: &Parts, body: Body, what: &str) -> Result<FormData, ProblemDetails> {
    let mut form = of_url(parts)?;
    if media_type(&parts.headers)? != FORM {
        return Err(ProblemDetails::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("{what} are posted as `{FORM}`"),
        ));
    }
    form.extend(posted(body).await?);
    Ok(form)
}

/// The text of a body.
///
/// # Errors
/// As [`posted`].
pub async fn text(body: Body) -> Result<String, ProblemDetails> {
    let bytes = tokio::time::timeout(READING, body::read(body, BODY))
        .await
        .map_err(|_| {
            ProblemDetails::new(
                StatusCode::REQUEST_TIMEOUT,
                "the request did not come in time",
            )
        })?
        .map_err(|_| {
            ProblemDetails::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body of a request has at most {BODY} bytes"),
            )
        })?;
    String::from_utf8(bytes.into()).map_err(|_| ProblemDetails::bad("the request is not in UTF-8"))
}

/// The media type of a body in lower case, without parameters; its characters are UTF-8.
///
/// # Errors
/// They are not.
pub fn media_type(headers: &HeaderMap) -> Result<String, ProblemDetails> {
    let value = headers.get(header::CONTENT_TYPE);
    let value = value.and_then(|value| value.to_str().ok());
    let mut parts = value.unwrap_or_default().split(';').map(str::trim);
    let media = parts.next().unwrap_or_default().to_ascii_lowercase();
    for parameter in parts {
        if let Some((name, value)) = parameter.split_once('=')
            && name.trim().eq_ignore_ascii_case("charset")
        {
            let value = value.trim().trim_matches('"').to_ascii_lowercase();
            if !matches!(value.as_str(), "utf-8" | "utf8" | "us-ascii") {
                return Err(ProblemDetails::new(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "the body of a request is in UTF-8",
                ));
            }
        }
    }
    Ok(media)
}

/// The content type that a client wants of what is not a query's answer.
pub fn wanted<T: Copy>(
    headers: &HeaderMap,
    offers: &[(&'static str, T)],
) -> Result<(&'static str, T), ProblemDetails> {
    let wish = AnswerOptions::new(http::Version::HTTP_11, headers);
    accept::choose(wish.accept.as_deref(), offers).ok_or_else(|| {
        let offers: Vec<&str> = offers.iter().map(|(media, _)| *media).collect();
        let title = format!(
            "none of the accepted formats is available, but these are: {}",
            offers.join(", ")
        );
        ProblemDetails::new(StatusCode::NOT_ACCEPTABLE, title)
    })
}

fn nodes(form: &FormData, name: &str) -> Result<Vec<NamedNode>, ProblemDetails> {
    form.all(name)
        .map(|iri| {
            NamedNode::new(iri)
                .map_err(|_| ProblemDetails::bad(format!("`{name}` is not an absolute IRI")))
        })
        .collect()
}

/// Whether inferred triples count, `false` where nothing is said.
///
/// # Errors
/// It is neither `true` nor `false`.
pub fn flag(text: Option<&str>) -> Result<bool, ProblemDetails> {
    match text {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(ProblemDetails::bad("`inferred` is `true` or `false`")),
    }
}

/// Whether CSV is for spreadsheets: cells that they would evaluate get an apostrophe in front.
///
/// # Errors
/// There is no such profile.
pub fn profile(text: Option<&str>) -> Result<bool, ProblemDetails> {
    match text {
        None | Some("faithful") => Ok(false),
        Some("spreadsheet") => Ok(true),
        Some(_) => Err(ProblemDetails::bad(
            "`profile` is `faithful` or `spreadsheet`",
        )),
    }
}

/// A time in seconds.
///
/// # Errors
/// It is none.
pub fn seconds(text: &str) -> Result<Duration, ProblemDetails> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| ProblemDetails::bad("`timeout` is not a number of seconds"))
}

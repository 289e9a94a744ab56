//! The SPARQL 1.1 Graph Store HTTP Protocol, as far as it reads.

use super::accept::{self, DATASETS, GRAPHS};
use super::answer::{self, AnswerOptions, describe, held, insert};
use super::pages;
use super::problem::ProblemDetails;
use super::service::{Current, Service};
use super::sparql;
use crate::export::DumpFormat;
use crate::query::Request;
use crate::store::graph_iri;
use crate::worker::Task;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{self, StatusCode, header, request::Parts};
use axum::response::Response;
use oxrdf::NamedNode;
use std::sync::Arc;

/// `GET /graphs?default`, `?graph=IRI`; all graphs without either.
///
/// # Errors
/// There is no such graph.
pub async fn get(
    State(service): State<Arc<Service>>,
    request: http::Request<Body>,
) -> Result<Response, ProblemDetails> {
    let (parts, _) = request.into_parts();
    let form = sparql::of_url(&parts)?;
    let current = service.current();
    let format = form.last("format");
    match (form.last("default"), form.last("graph")) {
        (None, None) => dataset(&service, &current, format, &parts).await,
        (Some(_), None) => graph(&service, &current, None, format, &parts).await,
        (None, Some(iri)) => {
            let name = NamedNode::new(iri)
                .map_err(|_| ProblemDetails::bad("`graph` is not an absolute IRI"))?;
            graph(&service, &current, Some(name), format, &parts).await
        }
        (Some(_), Some(_)) => Err(ProblemDetails::bad("a request is for one graph")),
    }
}

/// `GET /graph/NAME`: a graph by its own name under the project's base; a browser gets the page about it.
///
/// # Errors
/// There is no such graph.
pub async fn direct(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    request: http::Request<Body>,
) -> Result<Response, ProblemDetails> {
    if pages::is_page_wanted(request.headers()) {
        return Ok(pages::respond(State(service), request).await);
    }
    let (parts, _) = request.into_parts();
    let form = sparql::of_url(&parts)?;
    let current = service.current();
    let iri = graph_iri(&current.build.manifest().about.base, &name);
    let name =
        NamedNode::new(iri).map_err(|_| ProblemDetails::bad("the name is not that of a graph"))?;
    graph(&service, &current, Some(name), form.last("format"), &parts).await
}

async fn graph(
    service: &Service,
    current: &Current,
    name: Option<NamedNode>,
    format: Option<&str>,
    parts: &Parts,
) -> Result<Response, ProblemDetails> {
    let mut wish = AnswerOptions::new(parts.version, &parts.headers);
    wish.format = format.map(str::to_owned);
    // Formats of graphs alone: this is a graph.
    if wish.format.is_none() {
        let (media, _) = sparql::wanted(&parts.headers, GRAPHS)?;
        wish.accept = Some(media.to_owned());
    }
    let is_named = name.is_some();
    let text = match is_named {
        true => "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?graph { ?s ?p ?o } }",
        false => "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    };
    let mut request = Request::new(text, "graph");
    if let Some(name) = name {
        request.parameters.insert("graph".to_owned(), name.into());
    }
    let response = answer::query(service, current, request, &wish).await?;
    // A graph without triples is not there, but for the default graph.
    let rows = response.headers().get(answer::ROWS);
    if is_named && rows.is_some_and(|rows| rows == "0") {
        return Err(ProblemDetails::new(StatusCode::NOT_FOUND, "no such graph"));
    }
    Ok(response)
}

/// All graphs, in a format that keeps them apart.
async fn dataset(
    service: &Service,
    current: &Current,
    format: Option<&str>,
    parts: &Parts,
) -> Result<Response, ProblemDetails> {
    let wish = AnswerOptions::new(parts.version, &parts.headers);
    let (media, format) = match format {
        None => sparql::wanted(&parts.headers, DATASETS)?,
        Some(name) => {
            let format = DumpFormat::parse(name);
            let offer =
                format.and_then(|format| Some((accept::media_type(format, DATASETS)?, format)));
            offer.ok_or_else(|| {
                ProblemDetails::bad(format!("`{name}` is not a format for all graphs"))
            })?
        }
    };
    let tag = answer::tag_of(current, media);
    if let Some(response) = answer::unchanged(current, wish.known.as_deref(), &tag) {
        return Ok(response);
    }
    let task = Task::Dump {
        format,
        graphs: vec!["all".to_owned()],
    };
    let deadline = service.deadline(None);
    let answer = service.lanes.answer(&current.pool, &task, deadline).await?;
    let (_, _, body) = held(answer, parts.version).await?;
    let mut response = Response::new(body);
    describe(response.headers_mut(), current, Some(&tag));
    let content = accept::content_type(media);
    insert(response.headers_mut(), header::CONTENT_TYPE, &content);
    Ok(response)
}

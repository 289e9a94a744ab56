//! The pages of people, as responses.
//!
//! Whatever no route of the services takes is a page, or nothing. A page is made in the process itself, in a thread
//! for work that blocks: it reads a bounded part of the index. Data about an IRI in formats of RDF is a query of the
//! workers.

use super::accept::{self, GRAPHS};
use super::answer::{self, describe, insert, tag_of};
use super::problem::ProblemDetails;
use super::service::{Current, Service};
use super::{query_page, sparql};
use crate::pages::{self, Address, Language, Links, Site, static_files};
use crate::store::StoreError;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oxrdf::NamedNode;
use std::io::BufRead;
use std::sync::Arc;

/// What a browser may load and run for a page: nothing that is not this service's own.
const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

/// The parameter that says the language of a page.
const LANGUAGE: &str = "lang";

/// Responds with a page.
pub async fn respond(State(service): State<Arc<Service>>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return nothing().into_response();
    }
    let path = parts.uri.path();
    if let Some(file) = static_files::at(path) {
        return static_file(file);
    }
    let asked = match sparql::of_url(&parts) {
        Ok(form) => {
            let queries = Arc::clone(&service.current().queries);
            // The parameter `lang` is the query's where it declares one, and else the page's.
            let takes_language = |name: &str| {
                let query = query_page::find(&queries, name);
                query.is_some_and(|query| pages::query::declares(query, LANGUAGE))
            };
            PageRequest::new(
                path,
                form.0,
                &parts.headers,
                parts.uri.query(),
                &takes_language,
            )
        }
        Err(problem) => return problem.into_response(),
    };
    let made = match asked.query() {
        Some(name) => query_page::respond(&service, &asked, name, &parts).await,
        None => Ok(None),
    };
    let made = match made {
        Ok(None) => page(&service, asked, &parts).await,
        Ok(Some(response)) => Ok(response),
        Err(problem) => Err(problem),
    };
    match made {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

/// What a request asks for.
#[derive(Debug, Clone)]
pub(super) struct PageRequest {
    pub(super) language: Language,
    /// Whether the path begins with the language.
    pub(super) chosen: bool,
    /// The path without its language.
    path: String,
    /// The path with its query string.
    pub(super) target: String,
    pub(super) parameters: Vec<(String, String)>,
}

impl PageRequest {
    /// `takes_language` says of the name of a stored query whether it has a parameter for the language.
    fn new(
        path: &str,
        mut parameters: Vec<(String, String)>,
        headers: &HeaderMap,
        query: Option<&str>,
        takes_language: &dyn Fn(&str) -> bool,
    ) -> Self {
        let prefix = path.get(1..).unwrap_or_default().split('/').next();
        let of_path = prefix.and_then(Language::of_code);
        let rest = match of_path {
            Some(language) => path.get(1 + language.code().len()..).unwrap_or_default(),
            None => path,
        };
        let path = if rest.is_empty() { "/" } else { rest };
        let is_of_query = query_of(path).flatten().is_some_and(takes_language);
        let of_parameter = parameters.iter().rfind(|(name, _)| name == LANGUAGE);
        let of_parameter = of_parameter.filter(|_| !is_of_query);
        let of_parameter = of_parameter.and_then(|(_, code)| Language::of_code(code));
        let accepted = headers.get(header::ACCEPT_LANGUAGE);
        let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
        let chosen = of_path.or(of_parameter);
        let pairs = query.unwrap_or_default().split('&').filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            !pair.is_empty() && (is_of_query || name != LANGUAGE)
        });
        let pairs: Vec<&str> = pairs.collect();
        let target = match pairs.is_empty() {
            true => path.to_owned(),
            false => format!("{path}?{}", pairs.join("&")),
        };
        if !is_of_query {
            parameters.retain(|(name, _)| name != LANGUAGE);
        }
        Self {
            language: chosen.unwrap_or_else(|| Language::wanted(accepted.unwrap_or_default())),
            chosen: chosen.is_some(),
            path: path.to_owned(),
            target,
            parameters,
        }
    }

    /// The name of the stored query whose page this is, if any; `None` where it is not a page of queries.
    fn query(&self) -> Option<Option<&str>> {
        query_of(&self.path)
    }
}

/// The name of the stored query at a path without its language, if any; `None` where it is not a page of queries.
fn query_of(path: &str) -> Option<Option<&str>> {
    match path.strip_prefix("/query")? {
        "" | "/" => Some(None),
        rest => rest.strip_prefix('/').map(Some),
    }
}

/// What is made of a request in the thread for work that blocks.
enum PageResponse {
    Page(Box<pages::RenderedPage>),
    /// Data about a thing, in a format of graphs.
    Data(NamedNode, &'static str),
    /// A file of the build, with its media type.
    File(std::path::PathBuf, &'static str),
    /// The lines of the build.
    Lines,
}

async fn page(
    service: &Service,
    asked: PageRequest,
    parts: &axum::http::request::Parts,
) -> Result<Response, ProblemDetails> {
    let current = service.current();
    let site = Arc::clone(&current.site);
    let wanted = wanted(&parts.headers);
    let tag = page_tag(&current, &asked, wanted);
    let root = root_of(&service.url()).to_owned();
    let known = parts.headers.get(header::IF_NONE_MATCH);
    let known = known.and_then(|known| known.to_str().ok());
    if let Some(mut response) = answer::unchanged(&current, known, &tag) {
        vary(response.headers_mut());
        return Ok(response);
    }
    let turn = tokio::time::timeout(service.options.time, service.pages.acquire());
    let Ok(Ok(_turn)) = turn.await else {
        let title = "too many pages are waiting";
        return Err(ProblemDetails::new(StatusCode::SERVICE_UNAVAILABLE, title));
    };
    let made = tokio::task::spawn_blocking(move || make(&site, &asked, &root, wanted));
    let made = made.await.map_err(|_| {
        let title = "the page could not be made";
        ProblemDetails::new(StatusCode::INTERNAL_SERVER_ERROR, title)
    })??;
    match made {
        None => Err(nothing()),
        Some(PageResponse::Page(page)) => Ok(html(&current, *page, &tag)),
        Some(PageResponse::Data(node, format)) => {
            data(service, &current, node, format, parts).await
        }
        Some(PageResponse::File(path, media)) => file(&current, &path, media, &tag).await,
        Some(PageResponse::Lines) => Ok(lines(&current, &tag)),
    }
}

/// What a client wants where there are a page and data: a page where it asks for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AcceptedForm {
    Page,
    /// Data alone, as a format of graphs.
    Data(&'static str),
    /// Neither of them.
    Other,
}

fn wanted(headers: &HeaderMap) -> AcceptedForm {
    let accept = headers.get_all(header::ACCEPT).iter();
    let accept: Vec<&str> = accept.filter_map(|accept| accept.to_str().ok()).collect();
    let accept = (!accept.is_empty()).then(|| accept.join(","));
    let pages = [("text/html", None), ("application/xhtml+xml", None)];
    let data = GRAPHS.iter().map(|(media, _)| (*media, Some(*media)));
    let offers: Vec<_> = pages.into_iter().chain(data).collect();
    match accept::choose(accept.as_deref(), &offers) {
        None => AcceptedForm::Other,
        Some((_, None)) => AcceptedForm::Page,
        Some((_, Some(media))) => AcceptedForm::Data(media),
    }
}

/// Whether a client names HTML among what it accepts, and wants nothing else more: a browser.
pub fn is_page_wanted(headers: &HeaderMap) -> bool {
    let mut accept = headers.get_all(header::ACCEPT).iter();
    let names_it = accept.any(|accept| {
        accept
            .to_str()
            .is_ok_and(|accept| accept.contains("text/html"))
    });
    names_it && wanted(headers) == AcceptedForm::Page
}

/// Makes what is asked for; `None` where there is nothing, and no page that says so is wanted.
fn make(
    site: &Site,
    asked: &PageRequest,
    root: &str,
    wanted: AcceptedForm,
) -> Result<Option<PageResponse>, StoreError> {
    let address = Address::of(site, &asked.path, &asked.parameters)?;
    match (&address, wanted) {
        (None, AcceptedForm::Data(_) | AcceptedForm::Other) => return Ok(None),
        (Some(Address::Thing(node, _)), AcceptedForm::Data(media)) => {
            return Ok(Some(PageResponse::Data(node.clone(), media)));
        }
        (Some(Address::Data(node, format)), _) => {
            return Ok(Some(PageResponse::Data(node.clone(), format)));
        }
        (Some(Address::Lines), _) => return Ok(Some(PageResponse::Lines)),
        (Some(Address::Input(name)), _) => {
            let media = match name.rsplit_once('.') {
                Some((_, "csv")) => "text/csv; charset=utf-8",
                Some((_, "ttl")) => "text/turtle; charset=utf-8",
                Some((_, "json")) => "application/json",
                // What it is, a browser must not guess.
                _ => "application/octet-stream",
            };
            return Ok(Some(PageResponse::File(site.build.input(name), media)));
        }
        _ => {}
    }
    let links = Links::of_service(site.base(), root, asked.language, asked.chosen);
    let page = pages::render(site, links, asked.language, &asked.target, address.as_ref())?;
    Ok(Some(PageResponse::Page(Box::new(page))))
}

fn html(current: &Current, page: pages::RenderedPage, tag: &str) -> Response {
    let mut response = Response::new(Body::from(page.html));
    if !page.found {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    let headers = response.headers_mut();
    describe(headers, current, Some(tag).filter(|_| page.found));
    as_page(headers);
    response
}

/// Says that a response is a page, and what it may load.
pub(super) fn as_page(headers: &mut HeaderMap) {
    insert(headers, header::CONTENT_TYPE, "text/html; charset=utf-8");
    insert(headers, header::CONTENT_SECURITY_POLICY, POLICY);
    vary(headers);
}

/// Responds with data about a thing. `format` is a suffix or a media type.
async fn data(
    service: &Service,
    current: &Current,
    node: NamedNode,
    format: &str,
    parts: &axum::http::request::Parts,
) -> Result<Response, ProblemDetails> {
    let mut wish = answer::AnswerOptions::new(parts.version, &parts.headers);
    match format.contains('/') {
        true => wish.accept = Some(format.to_owned()),
        false => wish.format = Some(format.to_owned()),
    }
    let mut request = crate::query::Request::new(pages::ABOUT, "data about a thing");
    request.parameters.insert("thing".to_owned(), node.into());
    answer::query(service, current, request, &wish).await
}

/// Responds with a file that the build keeps.
async fn file(
    current: &Current,
    path: &std::path::Path,
    media: &'static str,
    tag: &str,
) -> Result<Response, ProblemDetails> {
    let bytes = tokio::fs::read(path).await.map_err(|_| nothing())?;
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    describe(headers, current, Some(tag));
    insert(headers, header::CONTENT_TYPE, media);
    Ok(response)
}

/// Responds with the lines of the build, in pieces as the client takes them.
fn lines(current: &Current, tag: &str) -> Response {
    let (to_client, pieces) = tokio::sync::mpsc::channel(4);
    let build = Arc::clone(&current.build);
    tokio::task::spawn_blocking(move || {
        // Where it cannot be read, the connection breaks: a cut file never looks whole.
        let failed = |error: StoreError| std::io::Error::other(error.to_string());
        let mut lines = match build.lines() {
            Ok(lines) => lines,
            Err(error) => {
                let _ = to_client.blocking_send(Err(failed(error)));
                return;
            }
        };
        loop {
            let piece = lines.fill_buf().map(<[u8]>::to_vec);
            match piece {
                Ok(piece) if piece.is_empty() => break,
                Ok(piece) => {
                    lines.consume(piece.len());
                    if to_client.blocking_send(Ok(piece)).is_err() {
                        break;
                    }
                }
                Err(error) => {
                    let _ = to_client.blocking_send(Err(error));
                    break;
                }
            }
        }
    });
    let pieces = futures_util::stream::unfold(pieces, |mut pieces| async {
        pieces.recv().await.map(|piece| (piece, pieces))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    describe(headers, current, Some(tag));
    insert(headers, header::CONTENT_TYPE, "application/n-quads");
    response
}

/// Pages depend on the language that is accepted, too.
fn vary(headers: &mut HeaderMap) {
    let what = "Accept, Accept-Encoding, Accept-Language";
    headers.insert(header::VARY, HeaderValue::from_static(what));
}

/// The tag of a page: it depends on the build, the language, and this program's templates and style sheet.
fn page_tag(current: &Current, asked: &PageRequest, wanted: AcceptedForm) -> String {
    let what = format!(
        "{} {} {} {} {wanted:?} {}",
        env!("CARGO_PKG_VERSION"),
        static_files::path("style.css"),
        asked.language.code(),
        asked.chosen,
        asked.target
    );
    tag_of(current, &what)
}

fn static_file(file: static_files::StaticFile) -> Response {
    let mut response = Response::new(Body::from(file.bytes));
    let headers = response.headers_mut();
    insert(headers, header::CONTENT_TYPE, file.media);
    // Its path changes with its bytes.
    insert(
        headers,
        header::CACHE_CONTROL,
        "public, max-age=31536000, immutable",
    );
    response
}

/// The path of the service on its host.
pub(super) fn root_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/')
        .and_then(|at| rest.get(at..))
        .unwrap_or_default()
}

pub(super) fn nothing() -> ProblemDetails {
    ProblemDetails::new(StatusCode::NOT_FOUND, "there is nothing here")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(target: &str) -> PageRequest {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let pairs = query.unwrap_or_default().split('&');
        let parameters = pairs.filter_map(|pair| pair.split_once('='));
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let takes_language = |name: &str| name == "sessions";
        PageRequest::new(
            path,
            parameters.collect(),
            &HeaderMap::new(),
            query,
            &takes_language,
        )
    }

    #[test]
    fn lang_is_the_page_s_unless_a_stored_query_declares_it() {
        let russian = Language::Russian;
        for (target, language, rest) in [
            (
                "/browse?class=x&lang=ru&page=2",
                russian,
                "/browse?class=x&page=2",
            ),
            ("/data/query.csv?lang=ru", russian, "/data/query.csv"),
            ("/id/query/x?lang=ru", russian, "/id/query/x"),
            ("/query?query=x&lang=ru", russian, "/query?query=x"),
            ("/query/other?lang=ru", russian, "/query/other"),
            (
                "/ru/query/sessions?lang=en",
                russian,
                "/query/sessions?lang=en",
            ),
            (
                "/query/sessions?lang=ru",
                Language::English,
                "/query/sessions?lang=ru",
            ),
        ] {
            let asked = asked(target);
            assert_eq!(asked.language, language, "{target}");
            assert_eq!(asked.target, rest, "{target}");
        }
        assert_eq!(asked("/query/sessions?lang=ru").parameters.len(), 1);
        assert!(asked("/query/other?lang=ru").parameters.is_empty());
    }
}

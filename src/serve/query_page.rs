//! The page where queries are written and run, as a response: `/query`, and `/query/NAME` for a stored query.
//!
//! An address names its build (`build=ID`): as long as that is kept, the same address has the same answer. A build
//! that was deleted is a 410, with a link that asks the published one.

use super::answer::{self, AnswerOptions, HINT};
use super::audience::Audience;
use super::form::{FormData, decode, encode};
use super::problem::ProblemDetails;
use super::service::{Current, Service};
use super::{pages, sparql, stored};
use crate::pages::query::{Notice, QueryAnswer, QueryForm, QueryPage, ROWS, declares, path};
use crate::pages::{Language, Links, PageFrame};
use crate::query::{Request, ResultPage, StoredQuery};
use askama::Template;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use http_body_util::{BodyExt, Limited};
use std::sync::Arc;

/// Bytes of an answer that is shown.
const BYTES: usize = 4 << 20;

/// Formats that can be shown.
const ACCEPT: &str = "application/sparql-results+json, text/turtle;q=0.9";

/// Responds with the page; `None` where there is no such query. `name` is that of a stored query.
///
/// # Errors
/// A parameter is wrong, or the page cannot be made.
pub async fn respond(
    service: &Service,
    reader: &pages::PageRequest,
    name: Option<&str>,
    parts: &Parts,
) -> Result<Option<Response>, ProblemDetails> {
    let published = service.current();
    let form = FormData(reader.parameters.clone());
    let query = match name {
        Some(name) => {
            let Some(found) = find(&published.queries, name) else {
                return Ok(None);
            };
            Some(found)
        }
        None => None,
    };
    let own = |name: &str| query.is_some_and(|query| declares(query, name));
    let common = |name: &str| form.last(name).filter(|_| !own(name));
    let mut asked = QueryForm {
        stored: query.map(|query| query.name.clone()),
        text: form
            .last("query")
            .filter(|_| query.is_none())
            .unwrap_or_default()
            .to_owned(),
        values: form
            .0
            .iter()
            .filter(|(name, _)| own(name))
            .cloned()
            .collect(),
        inferred: sparql::flag(common("inferred"))?,
        build: String::new(),
    };
    let mut status = StatusCode::OK;
    let mut notice = None;
    let current = match service.of_build(common("build")).await {
        Ok(current) => {
            asked.build.clone_from(&current.build.manifest().id);
            current
        }
        Err(problem) => {
            status = problem.status();
            notice = Some(true);
            Arc::clone(&published)
        }
    };
    let is_older = asked.build != published.build.manifest().id;
    let answer = match (common("run"), notice) {
        (Some(_), None) => Some(
            run(
                service,
                &current,
                &asked,
                &published,
                parts,
                reader.language,
            )
            .await,
        ),
        _ => None,
    };
    let root = pages::root_of(&service.url()).to_owned();
    let site = Arc::clone(&published.site);
    let reader = reader.clone();
    let html = tokio::task::spawn_blocking(move || {
        let links = Links::of_service(site.base(), &root, reader.language, reader.chosen);
        let frame = PageFrame::new(&site, links, reader.language, &reader.target);
        let here = again(&frame, &asked);
        let notice = match notice {
            Some(_) => Some(Notice::Gone(here)),
            None => is_older.then_some(Notice::Older(here)),
        };
        let answer = answer.map(|ran| ran.shown(&site, &frame));
        let page = QueryPage::of(&site, &frame, &asked, notice, answer)?;
        page.render().ok()
    });
    let html = html.await.ok().flatten().ok_or_else(|| {
        ProblemDetails::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the page could not be made",
        )
    })?;
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    answer::describe(headers, &published, None);
    pages::as_page(headers);
    Ok(Some(response))
}

/// The stored query of a name, as a path has it.
pub(super) fn find<'q>(queries: &'q [StoredQuery], name: &str) -> Option<&'q StoredQuery> {
    // A plus sign in a path is one.
    let name = decode(&name.replace('+', "%2B"))?;
    queries.iter().find(|query| query.name == name)
}

/// The address of the same question to the published build.
fn again(frame: &PageFrame, asked: &QueryForm) -> String {
    let mut query: Vec<String> = Vec::new();
    if asked.stored.is_none() {
        query.push(format!("query={}", encode(&asked.text)));
    }
    for (name, value) in &asked.values {
        query.push(format!("{}={}", encode(name), encode(value)));
    }
    if asked.inferred {
        query.push("inferred=true".to_owned());
    }
    frame.href(&format!(
        "{}?{}",
        path(asked.stored.as_deref()),
        query.join("&")
    ))
}

/// What came of a query.
enum QueryOutcome {
    /// Results in JSON, with hints.
    Results(Vec<u8>, Vec<String>),
    /// A graph in Turtle.
    Graph(String),
    /// Nothing: what is wrong.
    Refused(Vec<String>),
}

impl QueryOutcome {
    fn shown(self, site: &crate::pages::Site, frame: &PageFrame) -> QueryAnswer {
        match self {
            Self::Results(body, hints) => {
                QueryAnswer::of_json(&body, in_language(hints, frame), site, frame).unwrap_or_else(
                    || QueryAnswer::Problem(vec![frame.words.answer_too_long.to_owned()]),
                )
            }
            Self::Graph(text) => QueryAnswer::Text(text),
            Self::Refused(lines) if lines.is_empty() => {
                QueryAnswer::Problem(vec![frame.words.answer_too_long.to_owned()])
            }
            Self::Refused(lines) => QueryAnswer::Problem(lines),
        }
    }
}

/// Hints in the language of a page, as far as they are known in it.
fn in_language(hints: Vec<String>, frame: &PageFrame) -> Vec<String> {
    let translated = |hint| crate::pages::translated(frame.language, hint);
    hints.into_iter().map(translated).collect()
}

/// Runs what is asked, for a page without scripts.
async fn run(
    service: &Service,
    current: &Current,
    asked: &QueryForm,
    published: &Current,
    parts: &Parts,
    language: Language,
) -> QueryOutcome {
    match answered(service, current, asked, published, parts).await {
        Ok(ran) => ran,
        Err(problem) => QueryOutcome::Refused(problem.lines(Audience::Visitor, language)),
    }
}

async fn answered(
    service: &Service,
    current: &Current,
    asked: &QueryForm,
    published: &Current,
    parts: &Parts,
) -> Result<QueryOutcome, ProblemDetails> {
    let request = match &asked.stored {
        Some(name) => {
            // A field that is left empty has the value of the query's header.
            let given: Vec<_> = asked
                .values
                .iter()
                .filter(|(_, value)| !value.is_empty())
                .cloned()
                .collect();
            stored::bind(current, stored::find(published, name)?.0, &given)?
        }
        None => Request {
            base: Some(format!("{}/sparql", service.url())),
            ..Request::new(asked.text.as_str(), "query")
        },
    };
    let request = Request {
        inferred: asked.inferred,
        page: Some(ResultPage {
            offset: 0,
            rows: ROWS + 1,
        }),
        ..request
    };
    let mut wish = AnswerOptions::new(parts.version, &HeaderMap::new());
    wish.accept = Some(ACCEPT.to_owned());
    let response = answer::query(service, current, request, &wish).await?;
    let (head, body) = response.into_parts();
    let hints = head.headers.get_all(HINT).iter();
    let hints = hints
        .filter_map(|hint| decode(hint.to_str().ok()?))
        .collect();
    let Ok(body) = Limited::new(body, BYTES).collect().await else {
        return Ok(QueryOutcome::Refused(Vec::new()));
    };
    let body = body.to_bytes().to_vec();
    let media = head.headers.get(header::CONTENT_TYPE);
    let is_turtle = media.is_some_and(|media| media.as_bytes().starts_with(b"text/turtle"));
    Ok(match is_turtle {
        true => QueryOutcome::Graph(String::from_utf8_lossy(&body).into_owned()),
        false => QueryOutcome::Results(body, hints),
    })
}

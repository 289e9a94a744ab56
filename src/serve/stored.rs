//! Stored queries as an API: `GET /queries/NAME?parameter=value`.
//!
//! Values are bound to variables of the parsed query, by the types that its header declares; they are never part of
//! its text.

use super::answer::{self, AnswerOptions, ROWS, describe, insert, tag_of};
use super::form::{FormData, encode};
use super::problem::ProblemDetails;
use super::service::{Current, Service};
use super::sparql;
use crate::diagnostic::{Diagnostics, ReadingMode, suggest};
use crate::query::{AnswerFormat, QueryParameter, Request, ResultPage, StoredQuery};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{self, HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// Parameters that every stored query has, unless it declares one of that name itself.
pub const COMMON: [&str; 7] = [
    "format", "profile", "limit", "offset", "inferred", "timeout", "build",
];

/// `GET /queries`: the stored queries with their parameters.
pub async fn list(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    let current = service.current();
    let queries: Vec<Value> = current
        .queries
        .iter()
        .map(|query| to_json(query, &service.url()))
        .collect();
    let body = json!({ "build": current.build.manifest().id, "queries": queries });
    let tag = tag_of(&current, &body.to_string());
    let known = headers.get(header::IF_NONE_MATCH);
    let known = known.and_then(|known| known.to_str().ok());
    if let Some(response) = answer::unchanged(&current, known, &tag) {
        return response;
    }
    let mut response = Json(body).into_response();
    describe(response.headers_mut(), &current, Some(&tag));
    response
}

/// A stored query for programs.
pub fn to_json(query: &StoredQuery, url: &str) -> Value {
    let header = &query.header;
    let parameters: Vec<Value> = header.parameters.iter().map(parameter).collect();
    json!({
        "name": query.name,
        "title": header.title,
        "description": header.description,
        "tags": header.tags,
        "parameters": parameters,
        "url": format!("{url}/queries/{}", encode(&query.name)),
    })
}

fn parameter(parameter: &QueryParameter) -> Value {
    json!({
        "name": parameter.name,
        "type": parameter.kind.as_str(),
        "default": parameter.default,
        "text": parameter.text,
        "required": parameter.default.is_none(),
    })
}

/// `GET /queries/NAME?parameter=value`; `NAME.csv` and the like choose a format.
///
/// # Errors
/// There is no such query, or a value is not of its parameter's type.
pub async fn get(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    request: http::Request<Body>,
) -> Result<Response, ProblemDetails> {
    let (parts, _) = request.into_parts();
    let form = sparql::of_url(&parts)?;
    let wish = AnswerOptions::new(parts.version, &parts.headers);
    run(&service, &name, form, wish, parts.uri.path()).await
}

/// `POST /queries/NAME` with the parameters as a form.
///
/// # Errors
/// As [`get`].
pub async fn post(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    request: http::Request<Body>,
) -> Result<Response, ProblemDetails> {
    let (parts, body) = request.into_parts();
    let form = sparql::of_form(&parts, body, "parameters").await?;
    let wish = AnswerOptions::new(parts.version, &parts.headers);
    run(&service, &name, form, wish, parts.uri.path()).await
}

async fn run(
    service: &Service,
    name: &str,
    form: FormData,
    mut wish: AnswerOptions,
    path: &str,
) -> Result<Response, ProblemDetails> {
    let published = service.current();
    let (query, format) = find(&published, name)?;
    let declared = |name: &str| query.header.parameters.iter().any(|one| one.name == name);
    let common = |name: &str| form.last(name).filter(|_| !declared(name));
    let current = service.of_build(common("build")).await?;
    wish.format = common("format").map(str::to_owned).or(format);
    wish.spreadsheet = sparql::profile(common("profile"))?;
    wish.time = common("timeout").map(sparql::seconds).transpose()?;
    let inferred = sparql::flag(common("inferred"))?;
    let page = page(common("limit"), common("offset"), service.options.rows)?;
    let given: Vec<(String, String)> = form
        .0
        .iter()
        .filter(|(name, _)| declared(name) || !COMMON.contains(&name.as_str()))
        .cloned()
        .collect();
    let request = Request {
        inferred,
        page,
        ..bind(&current, query, &given)?
    };
    let mut response = answer::query(service, &current, request, &wish).await?;
    if let Some(page) = page {
        let rows = response.headers().get(ROWS);
        let rows = rows.and_then(|rows| rows.to_str().ok()?.parse().ok());
        let links = links(path, &form, page, rows.unwrap_or(page.rows));
        insert(response.headers_mut(), header::LINK, &links);
    }
    Ok(response)
}

/// The query with values for its parameters.
///
/// # Errors
/// One is missing, unknown or wrong; all of them are named.
pub fn bind(
    current: &Current,
    query: &StoredQuery,
    given: &[(String, String)],
) -> Result<Request, ProblemDetails> {
    let about = &current.build.manifest().about;
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let parameters = query.bind(given, &about.prefixes, &about.base, &mut diagnostics);
    let Some(parameters) = parameters else {
        return Err(ProblemDetails::of_all(&diagnostics));
    };
    Ok(Request {
        parameters,
        ..Request::new(query.text.as_str(), query.file.as_str())
    })
}

/// The query of a name, with the format that the name's extension says.
///
/// # Errors
/// There is none; the nearest is proposed.
pub fn find<'c>(
    current: &'c Current,
    name: &str,
) -> Result<(&'c StoredQuery, Option<String>), ProblemDetails> {
    let of_name = |name: &str| current.queries.iter().find(|query| query.name == name);
    if let Some(query) = of_name(name) {
        return Ok((query, None));
    }
    if let Some((stem, extension)) = name.rsplit_once('.')
        && AnswerFormat::parse(extension).is_some()
        && let Some(query) = of_name(stem)
    {
        return Ok((query, Some(extension.to_owned())));
    }
    let names = current.queries.iter().map(|query| query.name.as_str());
    let title = match suggest::nearest(name, names) {
        Some(nearest) => format!("no such query: `{name}`; did you mean `{nearest}`?"),
        None => format!("no such query: `{name}`; /queries lists them all"),
    };
    Err(ProblemDetails::new(StatusCode::NOT_FOUND, title))
}

/// The most rows that a page can have before it.
pub const MOST_BEFORE: usize = 1_000_000_000;

/// The part of the answer that is asked for; without a limit, all of it.
///
/// # Errors
/// A number is wrong or too large.
pub fn page(
    limit: Option<&str>,
    offset: Option<&str>,
    most: u64,
) -> Result<Option<ResultPage>, ProblemDetails> {
    if limit.is_none() && offset.is_none() {
        return Ok(None);
    }
    let number = |name: &str, text: Option<&str>, usual: usize, most: usize| match text {
        None => Ok(usual),
        Some(text) => text
            .parse()
            .ok()
            .filter(|number| *number <= most)
            .ok_or_else(|| {
                ProblemDetails::bad(format!("`{name}` is not a whole number up to {most}"))
            }),
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    Ok(Some(ResultPage {
        offset: number("offset", offset, 0, MOST_BEFORE)?,
        rows: number("limit", limit, most, most)?,
    }))
}

/// Links to the pages before and after (RFC 8288).
fn links(path: &str, form: &FormData, page: ResultPage, rows: usize) -> String {
    let link = |offset: usize, relation: &str| {
        let mut query: Vec<String> = form
            .0
            .iter()
            .filter(|(name, _)| name != "limit" && name != "offset")
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        query.push(format!("limit={}", page.rows));
        query.push(format!("offset={offset}"));
        format!("<{path}?{}>; rel=\"{relation}\"", query.join("&"))
    };
    let mut links = vec![link(0, "first")];
    if page.offset > 0 {
        links.push(link(page.offset.saturating_sub(page.rows), "prev"));
    }
    if rows == page.rows && rows > 0 {
        links.push(link(page.offset.saturating_add(page.rows), "next"));
    }
    links.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_link_to_their_neighbours() {
        let form = FormData::parse("year=2018&limit=10&offset=10").unwrap_or_default();
        let page = ResultPage {
            offset: 10,
            rows: 10,
        };
        assert_eq!(
            links("/queries/q", &form, page, 10),
            "</queries/q?year=2018&limit=10&offset=0>; rel=\"first\", \
             </queries/q?year=2018&limit=10&offset=0>; rel=\"prev\", \
             </queries/q?year=2018&limit=10&offset=20>; rel=\"next\""
        );
        assert!(!links("/q", &form, page, 9).contains("next"));
    }

    #[test]
    fn parts_of_answers_are_whole_numbers() {
        assert_eq!(page(None, None, 5).ok(), Some(None));
        let found = page(Some("5"), None, 5).ok().flatten();
        assert_eq!(found, Some(ResultPage { offset: 0, rows: 5 }));
        assert!(page(Some("6"), None, 5).is_err());
        assert!(page(None, Some("1000000001"), 5).is_err());
        assert!(page(Some("-1"), None, 5).is_err());
        assert!(page(None, Some("x"), 5).is_err());
    }
}

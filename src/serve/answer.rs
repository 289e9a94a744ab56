//! Answers as responses: content types, entity tags, and what a client should know besides.

use super::accept::{self, GRAPHS, RESULTS};
use super::body;
use super::form::encode;
use super::lanes::{ServiceAnswer, WholeAnswer};
use super::problem::ProblemDetails;
use super::service::{Current, Service};
use crate::export::DumpFormat;
use crate::query::{AnswerFormat, AnswerKind, AnswerStart, AnswerStyle, QueryLimits, Request};
use crate::worker::{QueryTask, Task};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// The build that an answer is from.
pub const BUILD: HeaderName = HeaderName::from_static("civigraph-build");
/// The rows of a whole answer.
pub const ROWS: HeaderName = HeaderName::from_static("civigraph-rows");
/// Why an answer may be empty, percent-encoded.
pub const HINT: HeaderName = HeaderName::from_static("civigraph-hint");

/// Bytes of an answer that are held for a client of HTTP/1.0, which could not tell a cut answer from a whole one.
const HELD_FOR_1_0: usize = 16 << 20;

/// What was asked for besides the query.
#[derive(Debug, Clone)]
pub struct AnswerOptions {
    /// The version of HTTP of the client.
    pub version: Version,
    /// The formats that it accepts.
    pub accept: Option<String>,
    /// A format by its name, which counts more.
    pub format: Option<String>,
    /// Whether CSV is for spreadsheets.
    pub spreadsheet: bool,
    /// Entity tags that it has.
    pub known: Option<String>,
    /// The time that it wants to wait.
    pub time: Option<Duration>,
}

impl AnswerOptions {
    /// What the headers of a request say.
    pub fn new(version: Version, headers: &HeaderMap) -> Self {
        let text = |name| {
            let values = headers.get_all(name).iter();
            let texts: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
            (!texts.is_empty()).then(|| texts.join(","))
        };
        Self {
            version,
            accept: text(header::ACCEPT),
            format: None,
            spreadsheet: false,
            known: text(header::IF_NONE_MATCH),
            time: None,
        }
    }
}

/// The formats in which a query is answered, by what the answer is made of.
struct Formats {
    results: Option<(&'static str, AnswerFormat)>,
    graph: Option<(&'static str, DumpFormat)>,
}

impl Formats {
    fn of(wish: &AnswerOptions) -> Result<Self, ProblemDetails> {
        let Some(name) = wish.format.as_deref() else {
            let accept = wish.accept.as_deref();
            let formats = Self {
                results: accept::choose(accept, RESULTS),
                graph: accept::choose(accept, GRAPHS),
            };
            if formats.results.is_none() && formats.graph.is_none() {
                let offers = RESULTS.iter().map(|(media, _)| *media);
                let offers = offers.chain(GRAPHS.iter().map(|(media, _)| *media));
                let offers: Vec<&str> = offers.collect();
                return Err(ProblemDetails::new(
                    StatusCode::NOT_ACCEPTABLE,
                    format!(
                        "none of the accepted formats is available, but these are: {}",
                        offers.join(", ")
                    ),
                ));
            }
            return Ok(formats);
        };
        let format = AnswerFormat::parse(name)
            .filter(|format| *format != AnswerFormat::Table)
            .ok_or_else(|| ProblemDetails::bad(format!("`{name}` is not a format for answers")))?;
        let of_graph = match format {
            AnswerFormat::Json => Some(DumpFormat::JsonLd),
            AnswerFormat::Xml => Some(DumpFormat::RdfXml),
            AnswerFormat::Rdf(format) => Some(format),
            AnswerFormat::Csv | AnswerFormat::Tsv | AnswerFormat::Table => None,
        };
        let with_media = |format| Some((accept::media_type(format, RESULTS)?, format));
        Ok(Self {
            results: with_media(format),
            graph: of_graph.and_then(|format| Some((accept::media_type(format, GRAPHS)?, format))),
        })
    }

    fn media_type(&self, kind: AnswerKind) -> Option<&'static str> {
        match kind {
            AnswerKind::Graph => self.graph.map(|(media, _)| media),
            AnswerKind::Truth | AnswerKind::Solutions => self.results.map(|(media, _)| media),
        }
    }

    fn refused(&self) -> Vec<AnswerKind> {
        let kinds = [AnswerKind::Graph, AnswerKind::Solutions, AnswerKind::Truth];
        let mut kinds = kinds.to_vec();
        kinds.retain(|kind| self.media_type(*kind).is_none());
        kinds
    }
}

/// Answers a query.
///
/// # Errors
/// There is no answer.
pub async fn query(
    service: &Service,
    current: &Current,
    mut request: Request,
    wish: &AnswerOptions,
) -> Result<Response, ProblemDetails> {
    let formats = Formats::of(wish)?;
    let tag = entity_tag(current, &request, &formats, wish.spreadsheet);
    if let Some(response) = unchanged(current, wish.known.as_deref(), &tag) {
        return Ok(response);
    }
    request.limits = QueryLimits {
        rows: Some(service.options.rows),
        time: None,
        ..request.limits
    };
    let task = Task::Query(Box::new(QueryTask {
        style: AnswerStyle {
            format: formats.results.map(|(_, format)| format),
            graph_format: formats.graph.map(|(_, format)| format),
            spreadsheet: wish.spreadsheet,
            ..AnswerStyle::default()
        },
        bytes: Some(service.options.bytes),
        whole: true,
        refused: formats.refused(),
        request,
    }));
    let deadline = service.deadline(wish.time);
    let answer = service.lanes.answer(&current.pool, &task, deadline).await?;
    let (start, whole, body) = held(answer, wish.version).await?;
    let start = start.unwrap_or(AnswerStart {
        kind: AnswerKind::Solutions,
        volatile: true,
    });
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    describe(headers, current, (!start.volatile).then_some(tag.as_str()));
    let media = formats.media_type(start.kind).unwrap_or("text/plain");
    insert(headers, header::CONTENT_TYPE, &accept::content_type(media));
    if let Some(whole) = whole {
        insert(headers, ROWS, &whole.answered.rows.to_string());
        for hint in &whole.answered.hints {
            if let Ok(value) = HeaderValue::from_str(&encode(hint)) {
                headers.append(HINT, value);
            }
        }
    }
    Ok(response)
}

/// The body of an answer, and all that is known of it where it has ended.
///
/// # Errors
/// The client speaks HTTP/1.0, and the answer is too long to be held.
pub async fn held(
    answer: ServiceAnswer,
    version: Version,
) -> Result<(Option<AnswerStart>, Option<WholeAnswer>, Body), ProblemDetails> {
    match answer {
        ServiceAnswer::Whole(mut whole) => {
            let body = Body::from(std::mem::take(&mut whole.body));
            Ok((whole.start, Some(whole), body))
        }
        ServiceAnswer::Stream(stream) if version < Version::HTTP_11 => {
            let start = stream.start;
            match body::whole(stream, HELD_FOR_1_0).await {
                Some(bytes) => Ok((start, None, Body::from(bytes))),
                None => Err(ProblemDetails::new(
                    StatusCode::HTTP_VERSION_NOT_SUPPORTED,
                    "an answer of this length needs HTTP/1.1",
                )),
            }
        }
        ServiceAnswer::Stream(stream) => Ok((stream.start, None, body::of_stream(stream))),
    }
}

/// Says which build an answer is from, and how it may be kept.
pub fn describe(headers: &mut HeaderMap, current: &Current, tag: Option<&str>) {
    insert(headers, BUILD, &current.build.manifest().id);
    headers.insert(
        header::VARY,
        HeaderValue::from_static("Accept, Accept-Encoding"),
    );
    match tag {
        Some(tag) => {
            insert(headers, header::ETAG, tag);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        }
        None => {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
    }
}

/// Sets a header, where its value can be one.
pub fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The tag of an answer: the same for the same query on the same build. Weak, because it is compressed in several
/// ways.
fn entity_tag(
    current: &Current,
    request: &Request,
    formats: &Formats,
    spreadsheet: bool,
) -> String {
    let asked = (
        &request.text,
        &request.parameters,
        &request.graphs,
        request.inferred,
        request.page,
        &request.base,
        spreadsheet,
    );
    let mut hasher = Sha256::new();
    hasher.update(&current.build.manifest().digest);
    hasher.update(serde_json::to_vec(&asked).unwrap_or_default());
    for kind in [AnswerKind::Graph, AnswerKind::Solutions] {
        hasher.update(formats.media_type(kind).unwrap_or_default());
    }
    let hash = crate::digest::hex(&hasher.finalize());
    let id = &current.build.manifest().id;
    format!("W/\"{id}-{}\"", hash.get(..24).unwrap_or(&hash))
}

/// The tag of something that depends on the build alone.
pub fn tag_of(current: &Current, what: &str) -> String {
    let hash = crate::digest::hex(&Sha256::digest(what));
    let id = &current.build.manifest().id;
    format!("W/\"{id}-{}\"", hash.get(..24).unwrap_or(&hash))
}

/// The response to a client that knows the answer already, by the entity tags that it sent.
pub fn unchanged(current: &Current, known: Option<&str>, tag: &str) -> Option<Response> {
    if !matches(known?, tag) {
        return None;
    }
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    describe(response.headers_mut(), current, Some(tag));
    Some(response)
}

/// Whether a list of entity tags has one of them, by weak comparison.
fn matches(known: &str, tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    known.trim() != "*" && known.split(',').any(|known| bare(known) == bare(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly() {
        let tag = "W/\"0001-ab\"";
        assert!(matches("W/\"0001-ab\"", tag));
        assert!(matches("\"x\", \"0001-ab\"", tag));
        assert!(!matches("\"0001-a\"", tag));
        assert!(!matches("*", tag));
    }
}

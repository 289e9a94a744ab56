//! Calls of tools: arguments to a question, and the question to a worker.

use crate::assist::{AssistantAnswer, QueryRequest, Question};
use crate::query::{Request, StoredQuery};
use crate::serve::problem::ProblemDetails;
use crate::serve::service::{Current, Service};
use crate::serve::{stored, value};
use crate::worker::Task;
use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Rows or triples of an answer.
const ROWS: usize = 1000;

type Arguments = Option<Map<String, Value>>;

/// Calls a tool.
///
/// # Errors
/// The arguments are wrong, or there is no answer to them.
pub(super) async fn call(
    service: &Service,
    name: &str,
    arguments: Arguments,
) -> Result<AssistantAnswer, ProblemDetails> {
    let current = service.current();
    let question = match name {
        "search" => Question::Search(read(arguments)?),
        "describe" => Question::Describe(read(arguments)?),
        "schema" => Question::Schema(read(arguments)?),
        "why" => Question::Why(read(arguments)?),
        "sparql" => {
            let Sparql {
                query,
                limit,
                offset,
                inferred,
                evidence,
            } = read(arguments)?;
            let request = Request {
                inferred,
                ..Request::new(query, "query")
            };
            ask(request, limit, offset, evidence)
        }
        "run_query" => run_query(&current, read(arguments)?)?,
        "list_queries" => return Ok(list_queries(&current, &read(arguments)?)),
        _ => {
            let title = format!("no such tool: `{name}`");
            return Err(ProblemDetails::new(StatusCode::NOT_FOUND, title));
        }
    };
    value::of(service, &current, &Task::Ask(question)).await
}

/// The arguments of `sparql`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sparql {
    query: String,
    #[serde(default = "usual")]
    limit: usize,
    #[serde(default)]
    offset: usize,
    #[serde(default)]
    inferred: bool,
    #[serde(default = "yes")]
    evidence: bool,
}

/// The arguments of `run_query`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RunQuery {
    name: String,
    #[serde(default)]
    parameters: Map<String, Value>,
    #[serde(default = "usual")]
    limit: usize,
    #[serde(default)]
    offset: usize,
    #[serde(default)]
    inferred: bool,
    #[serde(default = "yes")]
    evidence: bool,
}

/// The arguments of `list_queries`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQueries {
    #[serde(default)]
    text: Option<String>,
}

fn usual() -> usize {
    100
}

fn yes() -> bool {
    true
}

fn read<T: DeserializeOwned>(arguments: Arguments) -> Result<T, ProblemDetails> {
    serde_json::from_value(Value::Object(arguments.unwrap_or_default()))
        .map_err(|error| ProblemDetails::bad(format!("the arguments are wrong: {error}")))
}

fn ask(request: Request, limit: usize, offset: usize, evidence: bool) -> Question {
    Question::Ask(Box::new(QueryRequest {
        request,
        offset,
        rows: limit.clamp(1, ROWS),
        evidence,
    }))
}

fn run_query(current: &Current, asked: RunQuery) -> Result<Question, ProblemDetails> {
    let (query, _) = stored::find(current, &asked.name)?;
    let mut given = Vec::with_capacity(asked.parameters.len());
    for (name, value) in asked.parameters {
        let value = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            _ => {
                return Err(ProblemDetails::bad(format!(
                    "the value of `{name}` is not a text, number or truth value"
                )));
            }
        };
        given.push((name, value));
    }
    let request = Request {
        inferred: asked.inferred,
        ..stored::bind(current, query, &given)?
    };
    Ok(ask(request, asked.limit, asked.offset, asked.evidence))
}

fn list_queries(current: &Current, asked: &ListQueries) -> AssistantAnswer {
    let wanted = asked.text.as_deref().map(str::to_lowercase);
    let mut text = String::new();
    let mut queries = Vec::new();
    for query in current.queries.iter() {
        let mut one = stored::to_json(query, "");
        if let Some(fields) = one.as_object_mut() {
            fields.remove("url");
        }
        let is_wanted = |wanted: &String| one.to_string().to_lowercase().contains(wanted);
        if wanted.as_ref().is_none_or(is_wanted) {
            text.push_str(&in_words(query));
            queries.push(one);
        }
    }
    if queries.is_empty() {
        text = "no stored query is about that\n".to_owned();
    }
    let build = &current.build.manifest().id;
    text.push_str(&format!("build {build}\n"));
    AssistantAnswer {
        data: json!({ "build": build, "queries": queries }),
        text,
    }
}

/// A query on one line: its name, title and parameters.
fn in_words(query: &StoredQuery) -> String {
    let parameters = query.header.parameters.iter();
    let parameters: Vec<String> = parameters
        .map(|parameter| match &parameter.default {
            Some(default) => format!(
                "{}: {} = {default}",
                parameter.name,
                parameter.kind.as_str()
            ),
            None => format!("{}: {}", parameter.name, parameter.kind.as_str()),
        })
        .collect();
    format!(
        "{}({}): {}\n",
        query.name,
        parameters.join(", "),
        query.title("en")
    )
}

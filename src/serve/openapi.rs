//! The description of the API (OpenAPI 3.1).

use super::accept::{GRAPHS, RESULTS};
use super::form::encode;
use super::service::Service;
use super::stored::MOST_BEFORE;
use crate::query::{ParameterType, QueryParameter, StoredQuery};
use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// `GET /openapi.json`.
pub async fn get(State(service): State<Arc<Service>>) -> Json<Value> {
    let current = service.current();
    let mut paths = Map::new();
    let mut add = |path: String, operation: Value| {
        paths.insert(path, operation);
    };
    add("/sparql".to_owned(), sparql());
    add("/graphs".to_owned(), graphs());
    add(
        "/queries".to_owned(),
        simple("Lists the stored queries", "listQueries"),
    );
    add(
        "/health".to_owned(),
        simple("Says whether the service answers", "health"),
    );
    for query in current.queries.iter() {
        let path = format!("/queries/{}", encode(&query.name));
        add(path, stored(query, service.options.rows));
    }
    let manifest = current.build.manifest();
    let title = manifest.about.title.get("en");
    Json(json!({
        "openapi": "3.1.0",
        "info": {
            "title": title.map_or("Knowledge graph", String::as_str),
            "version": manifest.id,
            "description": "A published knowledge graph. Everything is read-only.",
        },
        "servers": [{ "url": service.url() }],
        "paths": paths,
        "components": { "schemas": { "Problem": problem() } },
    }))
}

fn stored(query: &StoredQuery, rows: u64) -> Value {
    let mut parameters: Vec<Value> = query.header.parameters.iter().map(parameter).collect();
    let declared = |name: &str| query.header.parameters.iter().any(|one| one.name == name);
    for common in common_parameters(rows) {
        let name = common.get("name").and_then(Value::as_str);
        if !name.is_some_and(declared) {
            parameters.push(common);
        }
    }
    let operation = |id: &str, rest: Value| {
        let mut operation = json!({
            "operationId": id,
            "summary": query.title("en"),
            "description": query.description("en").unwrap_or_default(),
            "tags": query.header.tags,
            "responses": answers(),
        });
        if let (Some(operation), Value::Object(rest)) = (operation.as_object_mut(), rest) {
            operation.extend(rest);
        }
        operation
    };
    let form = form(&parameters);
    json!({
        "get": operation(&query.name, json!({ "parameters": parameters })),
        "post": operation(&format!("{}-post", query.name), json!({ "requestBody": form })),
    })
}

/// Parameters as the fields of a form.
fn form(parameters: &[Value]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for parameter in parameters {
        let Some(name) = parameter.get("name").and_then(Value::as_str) else {
            continue;
        };
        let schema = parameter.get("schema").cloned().unwrap_or_default();
        properties.insert(name.to_owned(), schema);
        if parameter.get("required") == Some(&Value::Bool(true)) {
            required.push(name);
        }
    }
    json!({
        "required": true,
        "content": { "application/x-www-form-urlencoded": { "schema": {
            "type": "object", "properties": properties, "required": required,
        } } },
    })
}

fn parameter(parameter: &QueryParameter) -> Value {
    let schema = match parameter.kind {
        ParameterType::Iri | ParameterType::String => json!({ "type": "string" }),
        ParameterType::Lang => json!({
            "type": "string", "pattern": "^[A-Za-z]{2,8}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$",
        }),
        ParameterType::Integer => json!({ "type": "integer" }),
        ParameterType::Decimal => json!({
            "type": "string", "pattern": "^[+-]?[0-9]+(\\.[0-9]+)?$",
        }),
        ParameterType::Date => json!({ "type": "string", "format": "date" }),
        ParameterType::GYear => json!({ "type": "string", "pattern": "^-?[0-9]{4}$" }),
        ParameterType::Boolean => json!({ "type": "string", "enum": ["true", "false"] }),
    };
    let mut described = json!({
        "name": parameter.name,
        "in": "query",
        "required": parameter.default.is_none(),
        "description": format!("{} ({})", parameter.text("en"), parameter.kind.example()),
        "schema": schema,
    });
    if let (Some(default), Some(described)) = (&parameter.default, described.as_object_mut()) {
        described.insert("example".to_owned(), default.as_str().into());
    }
    described
}

/// The parameters that all stored queries have.
fn common_parameters(rows: u64) -> Vec<Value> {
    let one = |name: &str, text: &str, schema: Value| json!({ "name": name, "in": "query", "description": text, "schema": schema });
    vec![
        one(
            "format",
            "Format of the answer, in place of `Accept`",
            json!({ "type": "string", "enum": ["json", "xml", "csv", "tsv"] }),
        ),
        one(
            "limit",
            "Rows of a page",
            json!({ "type": "integer", "minimum": 0, "maximum": rows }),
        ),
        one(
            "offset",
            "Rows before the page",
            json!({ "type": "integer", "minimum": 0, "maximum": MOST_BEFORE }),
        ),
        one(
            "profile",
            "For csv: `spreadsheet` puts an apostrophe before cells that a spreadsheet would evaluate",
            json!({ "type": "string", "enum": ["faithful", "spreadsheet"] }),
        ),
        one(
            "build",
            "Id of the build that answers, in place of the published one",
            json!({ "type": "string" }),
        ),
        one(
            "inferred",
            "Whether inferred triples count as facts",
            json!({ "type": "string", "enum": ["true", "false"] }),
        ),
    ]
}

fn sparql() -> Value {
    let query = json!({
        "name": "query", "in": "query", "schema": { "type": "string" },
        "description": "The query; without one, the description of the service",
    });
    let text = json!({ "schema": { "type": "string" } });
    let form = json!({ "schema": {
        "type": "object",
        "properties": { "query": { "type": "string" } },
        "required": ["query"],
    } });
    json!({
        "get": {
            "operationId": "query",
            "summary": "Answers a SPARQL query",
            "parameters": [query],
            "responses": answers(),
        },
        "post": {
            "operationId": "query-post",
            "summary": "Answers a SPARQL query",
            "requestBody": { "required": true, "content": {
                "application/sparql-query": text,
                "application/x-www-form-urlencoded": form,
            } },
            "responses": answers(),
        },
    })
}

fn graphs() -> Value {
    let graph = json!({
        "name": "graph", "in": "query", "schema": { "type": "string" },
        "description": "IRI of a named graph; without it, all graphs",
    });
    json!({
        "get": {
            "operationId": "graphs",
            "summary": "Gives a graph, or all of them",
            "parameters": [graph],
            "responses": answers(),
        }
    })
}

fn simple(summary: &str, id: &str) -> Value {
    json!({
        "get": {
            "operationId": id,
            "summary": summary,
            "responses": { "200": {
                "description": summary,
                "content": { "application/json": { "schema": { "type": "object" } } },
            } },
        }
    })
}

/// The responses of what is answered like a query.
fn answers() -> Value {
    let problem = |text: &str| {
        json!({
            "description": text,
            "content": { "application/problem+json": {
                "schema": { "$ref": "#/components/schemas/Problem" },
            } },
        })
    };
    let mut content = Map::new();
    let media = RESULTS.iter().map(|(media, _)| *media);
    for media in media.chain(GRAPHS.iter().map(|(media, _)| *media)) {
        let schema = if media.ends_with("json") {
            json!({})
        } else {
            json!({ "type": "string" })
        };
        content.insert(media.to_owned(), json!({ "schema": schema }));
    }
    json!({
        "200": { "description": "The answer", "content": content },
        "400": problem("The request is wrong"),
        "403": problem("The service is read-only and runs no federated queries"),
        "404": problem("There is no such thing"),
        "405": { "description": "The method is not one of those here" },
        "406": problem("No format of this is accepted"),
        "408": problem("The request did not come in time"),
        "410": problem("The build that was asked for was deleted"),
        "413": problem("The request is too long"),
        "415": problem("A body of this type is not read"),
        "503": problem("Too much was asked for, or too many are asking"),
    })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "required": ["title", "status"],
        "properties": {
            "title": { "type": "string", "description": "What is wrong" },
            "status": { "type": "integer" },
            "code": { "type": "string", "description": "The rule that was broken, as `CG0701`" },
            "line": { "type": "integer" },
            "column": { "type": "integer" },
            "found": { "type": "string" },
            "expected": { "type": "string" },
            "hint": { "type": "string" },
        },
    })
}

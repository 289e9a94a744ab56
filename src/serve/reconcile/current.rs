//! Version 0.2, which OpenRefine speaks.

use super::{QUERIES, THINGS, about, asked, respond, unexpected, wanted_values};
use crate::reconcile::{
    Candidate, Extend, ExtensionTable, MatchProperty, MatchQuery, PropertyValue,
    ReconciliationAnswer, ReconciliationRequest, RequestedProperty,
};
use crate::serve::form::FormData;
use crate::serve::problem::ProblemDetails;
use crate::serve::service::{Current, Service};
use crate::serve::sparql;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// `GET /reconcile`: the manifest, or the answer to `queries` or `extend`.
///
/// # Errors
/// The parameters are wrong, or there is no answer.
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    request: Request<Body>,
) -> Result<Response, ProblemDetails> {
    let (parts, _) = request.into_parts();
    answer(&service, &sparql::of_url(&parts)?).await
}

/// `POST /reconcile` with a form.
///
/// # Errors
/// As [`get`].
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    request: Request<Body>,
) -> Result<Response, ProblemDetails> {
    let (parts, body) = request.into_parts();
    answer(&service, &sparql::of_form(&parts, body, "queries").await?).await
}

async fn answer(service: &Service, form: &FormData) -> Result<Response, ProblemDetails> {
    let current = service.current();
    if let Some(queries) = form.last("queries") {
        let queries: Map<String, Value> = read(queries, "queries")?;
        if queries.len() > QUERIES {
            return Err(ProblemDetails::bad(format!(
                "a request has at most {QUERIES} queries"
            )));
        }
        let mut keys = Vec::with_capacity(queries.len());
        let mut wanted = Vec::with_capacity(queries.len());
        for (key, query) in queries {
            let query: CurrentQuery = serde_json::from_value(query).map_err(|error| {
                ProblemDetails::bad(format!("the query `{key}` is wrong: {error}"))
            })?;
            wanted.push(query.wanted()?);
            keys.push(key);
        }
        let ReconciliationAnswer::Match(found) =
            asked(service, &current, ReconciliationRequest::Match(wanted)).await?
        else {
            return Err(unexpected());
        };
        let results = keys.into_iter().zip(found).map(|(key, candidates)| {
            let result: Vec<Value> = candidates.iter().map(candidate).collect();
            (key, json!({ "result": result }))
        });
        return Ok(respond(&current, &Value::Object(results.collect())));
    }
    if let Some(extend) = form.last("extend") {
        let wanted: ExtendRequest = read(extend, "extend")?;
        let question = ReconciliationRequest::Extend(wanted.extend()?);
        let ReconciliationAnswer::Extend(found) = asked(service, &current, question).await? else {
            return Err(unexpected());
        };
        return Ok(respond(&current, &extended(found)));
    }
    Ok(respond(&current, &manifest(service, &current)))
}

fn read<T: for<'de> Deserialize<'de>>(text: &str, name: &str) -> Result<T, ProblemDetails> {
    serde_json::from_str(text)
        .map_err(|error| ProblemDetails::bad(format!("`{name}` is not what it should be: {error}")))
}

/// A query of the protocol.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CurrentQuery {
    query: Option<String>,
    #[serde(rename = "type")]
    types: Option<Types>,
    limit: Option<usize>,
    #[serde(default)]
    properties: Vec<QueryProperty>,
    type_strict: Option<Strict>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Types {
    One(String),
    Several(Vec<String>),
}

/// How several types are meant.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Strict {
    Any,
    Should,
    All,
}

#[derive(Deserialize)]
struct QueryProperty {
    pid: String,
    v: Value,
}

impl CurrentQuery {
    fn wanted(self) -> Result<MatchQuery, ProblemDetails> {
        if self.query.is_none() && self.properties.is_empty() {
            return Err(ProblemDetails::bad("a query has `query` or `properties`"));
        }
        let types = match self.types {
            Some(Types::One(class)) => vec![class],
            Some(Types::Several(classes)) => classes,
            None => Vec::new(),
        };
        let properties = self.properties.into_iter().map(|property| {
            Ok(MatchProperty {
                id: property.pid,
                values: wanted_values(&property.v)?,
                ..MatchProperty::default()
            })
        });
        Ok(MatchQuery {
            name: self.query.filter(|query| !query.trim().is_empty()),
            all_types: self.type_strict == Some(Strict::All),
            // OpenRefine says so of the one type that its user chose, and means it.
            any_type: self.type_strict == Some(Strict::Should) && types.len() > 1,
            types,
            properties: properties.collect::<Result<_, ProblemDetails>>()?,
            limit: self.limit,
            ..MatchQuery::default()
        })
    }
}

/// A candidate as both versions write it.
pub(super) fn candidate(one: &Candidate) -> Value {
    let features: Vec<Value> = one
        .features
        .iter()
        .map(|(feature, value)| json!({ "id": feature.id, "name": feature.name, "value": value }))
        .collect();
    let mut value = json!({
        "id": one.thing.id,
        "name": one.thing.name,
        "score": one.score,
        "match": one.certain,
        "type": one.types,
        "features": features,
    });
    if let (Some(description), Some(fields)) = (&one.description, value.as_object_mut()) {
        fields.insert("description".to_owned(), json!(description));
    }
    value
}

/// A request for values, which both versions write alike.
#[derive(Deserialize)]
pub(super) struct ExtendRequest {
    ids: Vec<String>,
    properties: Vec<ExtendProperty>,
}

#[derive(Deserialize)]
struct ExtendProperty {
    id: String,
    #[serde(default)]
    settings: Map<String, Value>,
}

impl ExtendRequest {
    pub(super) fn extend(self) -> Result<Extend, ProblemDetails> {
        if self.ids.len() > THINGS {
            return Err(ProblemDetails::bad(format!(
                "a request has at most {THINGS} ids"
            )));
        }
        let properties = self.properties.into_iter().map(|property| {
            let limit = match property.settings.get("limit") {
                Some(Value::Number(number)) => number.as_u64(),
                Some(Value::String(text)) => text.parse().ok(),
                _ => None,
            };
            RequestedProperty {
                id: property.id,
                // OpenRefine sends 0 for no limit.
                limit: limit
                    .filter(|limit| *limit > 0)
                    .and_then(|limit| limit.try_into().ok()),
            }
        });
        Ok(Extend {
            properties: properties.collect(),
            ids: self.ids,
        })
    }
}

/// A value as both versions write it, without its language.
pub(super) fn value(found: &PropertyValue) -> Value {
    match found {
        PropertyValue::Thing(thing) => json!(thing),
        PropertyValue::Text(text, _) => json!({ "str": text }),
        PropertyValue::Integer(number) => json!({ "int": number }),
        PropertyValue::Number(number) => json!({ "float": number }),
        PropertyValue::Date(date) => json!({ "date": date }),
    }
}

fn extended(found: ExtensionTable) -> Value {
    let ExtensionTable { properties, rows } = found;
    let rows = rows.into_iter().map(|(id, columns)| {
        let cells = properties.iter().zip(columns).map(|(property, values)| {
            let values: Vec<Value> = values.iter().map(value).collect();
            (property.id.clone(), Value::Array(values))
        });
        (id, Value::Object(cells.collect()))
    });
    let rows: Map<String, Value> = rows.collect();
    json!({ "meta": properties, "rows": rows })
}

fn manifest(service: &Service, current: &Current) -> Value {
    let base = &current.build.manifest().about.base;
    let url = service.url();
    let (name, types) = about(current);
    let suggest = |kind: &str| {
        json!({
            "service_url": url,
            "service_path": format!("/reconcile/suggest/{kind}"),
        })
    };
    json!({
        "versions": ["0.2"],
        "name": name,
        "identifierSpace": format!("{base}id/"),
        "schemaSpace": format!("{base}ns#"),
        "serviceVersion": env!("CARGO_PKG_VERSION"),
        "defaultTypes": types,
        "view": { "url": "{{id}}" },
        "preview": {
            "url": format!("{url}/reconcile/preview?id={{{{id}}}}"),
            "width": 400,
            "height": 200,
        },
        "suggest": {
            "entity": suggest("entity"),
            "type": suggest("type"),
            "property": suggest("property"),
        },
        "extend": {
            "propose_properties": {
                "service_url": url,
                "service_path": "/reconcile/properties",
            },
            "property_settings": [{
                "name": "limit",
                "label": "Limit",
                "type": "number",
                "default": 0,
                "help_text": "The most values of a thing (0 for all)",
            }],
        },
    })
}

//! Version 1.0-draft.

use super::current::{ExtendRequest, candidate, value};
use super::{QUERIES, about, asked, respond, unexpected, wanted_values};
use crate::reconcile::{
    ExtensionTable, MatchProperty, MatchQuery, PropertyValue, Quantifier, ReconciliationAnswer,
    ReconciliationRequest,
};
use crate::serve::problem::ProblemDetails;
use crate::serve::service::Service;
use crate::serve::sparql;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The manifest.
pub(super) async fn manifest(State(service): State<Arc<Service>>) -> Response {
    let current = service.current();
    let (name, types) = about(&current);
    let manifest = json!({
        "versions": ["1.0-draft"],
        "name": name,
        "serviceVersion": env!("CARGO_PKG_VERSION"),
        "defaultTypes": types,
        "view": { "url": "{+id}" },
        "preview": { "width": 400, "height": 200 },
        "suggest": { "entity": true, "type": true, "property": true },
        "extend": {
            "proposeProperties": true,
            "propertySettings": [{
                "id": "limit",
                "name": "Limit",
                "type": "number",
                "default": 0,
                "helpText": "The most values of a thing (0 for all)",
            }],
        },
        "standardizedScore": true,
    });
    respond(&current, &manifest)
}

/// `POST …/match`: candidates for queries.
///
/// # Errors
/// The queries are wrong, or there is no answer.
pub(super) async fn find(
    State(service): State<Arc<Service>>,
    request: Request<Body>,
) -> Result<Response, ProblemDetails> {
    let batch: Batch = read(request).await?;
    if batch.queries.len() > QUERIES {
        return Err(ProblemDetails::bad(format!(
            "a request has at most {QUERIES} queries"
        )));
    }
    let wanted = batch.queries.into_iter().map(DraftQuery::wanted);
    let wanted = wanted.collect::<Result<_, _>>()?;
    let current = service.current();
    let ReconciliationAnswer::Match(found) =
        asked(&service, &current, ReconciliationRequest::Match(wanted)).await?
    else {
        return Err(unexpected());
    };
    let results = found.iter().map(|candidates| {
        let candidates: Vec<Value> = candidates.iter().map(candidate).collect();
        json!({ "candidates": candidates })
    });
    let results: Vec<Value> = results.collect();
    Ok(respond(&current, &json!({ "results": results })))
}

/// `POST …/extend`: values of properties.
///
/// # Errors
/// As [`find`].
pub(super) async fn extend(
    State(service): State<Arc<Service>>,
    request: Request<Body>,
) -> Result<Response, ProblemDetails> {
    let wish: ExtendRequest = read(request).await?;
    let current = service.current();
    let question = ReconciliationRequest::Extend(wish.extend()?);
    let ReconciliationAnswer::Extend(found) = asked(&service, &current, question).await? else {
        return Err(unexpected());
    };
    let ExtensionTable { properties, rows } = found;
    let rows = rows.iter().map(|(id, columns)| {
        let cells = properties.iter().zip(columns).map(|(property, values)| {
            let values: Vec<Value> = values.iter().map(with_language).collect();
            json!({ "id": property.id, "values": values })
        });
        json!({ "id": id, "properties": cells.collect::<Vec<_>>() })
    });
    let rows: Vec<Value> = rows.collect();
    Ok(respond(
        &current,
        &json!({ "meta": properties, "rows": rows }),
    ))
}

fn with_language(found: &PropertyValue) -> Value {
    match found {
        PropertyValue::Text(text, Some(language)) => json!({ "str": text, "lang": language }),
        found => value(found),
    }
}

async fn read<T: for<'de> Deserialize<'de>>(request: Request<Body>) -> Result<T, ProblemDetails> {
    let text = sparql::text(request.into_body()).await?;
    serde_json::from_str(&text).map_err(|error| {
        ProblemDetails::bad(format!("the request is not what it should be: {error}"))
    })
}

#[derive(Deserialize)]
struct Batch {
    queries: Vec<DraftQuery>,
}

/// A query of the protocol.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DraftQuery {
    #[serde(rename = "type")]
    class: Option<String>,
    limit: Option<usize>,
    lang: Option<String>,
    #[serde(rename = "dir")]
    _dir: Option<String>,
    conditions: Vec<QueryCondition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueryCondition {
    match_type: MatchType,
    property_id: Option<String>,
    property_value: Value,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    match_quantifier: MatchQuantifier,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum MatchType {
    Name,
    Id,
    Property,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum MatchQuantifier {
    #[default]
    Any,
    All,
    None,
}

impl DraftQuery {
    fn wanted(self) -> Result<MatchQuery, ProblemDetails> {
        if self.conditions.is_empty() {
            return Err(ProblemDetails::bad("a query has at least one condition"));
        }
        let mut wanted = MatchQuery {
            types: self.class.into_iter().collect(),
            limit: self.limit,
            language: self.lang,
            ..MatchQuery::default()
        };
        for condition in self.conditions {
            let values = wanted_values(&condition.property_value)?;
            match condition.match_type {
                MatchType::Name => wanted.name = values.into_iter().next(),
                MatchType::Id => wanted.ids.extend(values),
                MatchType::Property => wanted.properties.push(MatchProperty {
                    id: condition.property_id.ok_or_else(|| {
                        ProblemDetails::bad("a condition on a property has a `propertyId`")
                    })?,
                    values,
                    quantifier: match condition.match_quantifier {
                        MatchQuantifier::Any => Quantifier::Any,
                        MatchQuantifier::All => Quantifier::All,
                        MatchQuantifier::None => Quantifier::None,
                    },
                    required: condition.required,
                }),
            }
        }
        Ok(wanted)
    }
}

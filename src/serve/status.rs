//! What whoever runs the service looks at.

use super::answer::{BUILD, insert};
use super::service::Service;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;

/// `GET /health`: that the service answers, and from which build.
pub async fn health(State(service): State<Arc<Service>>) -> Response {
    let current = service.current();
    let manifest = current.build.manifest();
    let mut response = Json(json!({
        "status": "ok",
        "build": manifest.id,
        "version": env!("CARGO_PKG_VERSION"),
    }))
    .into_response();
    insert(response.headers_mut(), BUILD, &manifest.id);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `GET /metrics`: counts for Prometheus.
pub async fn metrics(State(service): State<Arc<Service>>) -> Response {
    let current = service.current();
    let manifest = current.build.manifest();
    let graphs = manifest.statistics.graphs.values();
    let quads = graphs.map(|graph| graph.triples).sum::<u64>() + manifest.release_quads;
    let text = service.metrics.text(&manifest.id, quads);
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

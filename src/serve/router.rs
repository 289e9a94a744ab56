//! Which request goes where.

use super::service::Service;
use super::{
    complete, graphs, host, language, log, mcp, openapi, pages, reconcile, sparql, status, stored,
};
use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

/// The routes with what goes around all of them.
pub fn router(service: &Arc<Service>) -> Router {
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    Router::new()
        .route("/sparql", get(sparql::get).post(sparql::post))
        .route("/sparql/", get(sparql::get).post(sparql::post))
        .route("/graphs", get(graphs::get))
        .route("/graph/{*name}", get(graphs::direct))
        .route("/queries", get(stored::list))
        .route("/queries/{name}", get(stored::get).post(stored::post))
        .route("/complete/{kind}", get(complete::get).post(complete::post))
        .route("/openapi.json", get(openapi::get))
        .route("/health", get(status::health))
        .route("/metrics", get(status::metrics))
        .route("/mcp", any(mcp::respond))
        .merge(reconcile::routes())
        .fallback(pages::respond)
        .with_state(Arc::clone(service))
        .layer(from_fn(language::translate))
        .layer(CompressionLayer::new())
        .layer(cors())
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            policy_of_data,
        ))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(from_fn_with_state(Arc::clone(service), host::check))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(Arc::clone(service), log::log_request))
}

/// The policy of what is not a page. A response that nothing has changed has none: its headers replace those that the
/// client kept, and those may be a page's.
fn policy_of_data<B>(response: &Response<B>) -> Option<HeaderValue> {
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    (response.status() != StatusCode::NOT_MODIFIED).then_some(policy)
}

/// Pages of other sites may read: everything here is public, and nothing depends on who asks.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers(Any)
        .expose_headers(Any)
        .max_age(std::time::Duration::from_secs(86_400))
}

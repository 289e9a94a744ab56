//! The protocol at `/mcp` (Streamable HTTP), each request on its own.

use super::Assistant;
use crate::serve::problem::ProblemDetails;
use crate::serve::service::Service;
use crate::serve::sparql;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Method, Request};
use axum::response::Response;
use http_body_util::Full;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use std::sync::Arc;

/// `POST /mcp`: a message of the protocol, answered in JSON.
///
/// # Errors
/// The message is too long, or does not come in time.
pub async fn respond(
    State(service): State<Arc<Service>>,
    request: Request<Body>,
) -> Result<Response, ProblemDetails> {
    let (parts, body) = request.into_parts();
    let message = match parts.method {
        Method::POST => sparql::text(body).await?,
        _ => String::new(),
    };
    // The host has been checked already, and nothing depends on who asks.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_keep_alive(None)
        .disable_allowed_hosts();
    let assistant = Assistant::new(service);
    let protocol = StreamableHttpService::new(
        move || Ok(assistant.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    let request = Request::from_parts(parts, Full::new(Bytes::from(message)));
    Ok(protocol.handle(request).await.map(Body::new))
}

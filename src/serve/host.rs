//! Which hosts requests may be for.
//!
//! A page of another site can make a browser send requests to this machine under a name of its own that
//! resolves to it (DNS rebinding), and read the answers. The name is then in `Host`, and is none of ours.

use super::problem::ProblemDetails;
use super::service::Service;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::sync::Arc;

/// Refuses requests for other hosts.
pub async fn check(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let host = match request.uri().host() {
        Some(host) => Some(host),
        None => {
            let host = request.headers().get(header::HOST);
            host.and_then(|host| host.to_str().ok())
        }
    };
    let options = &service.options;
    let ours = options.public_url.as_deref().and_then(host_of_url);
    let known = || options.hosts.iter().map(String::as_str).chain(ours);
    if host.is_some_and(|host| is_ours(host, known)) {
        return next.run(request).await;
    }
    let title = format!(
        "this service does not answer for the host `{}`",
        host.unwrap_or_default()
    );
    ProblemDetails::new(StatusCode::MISDIRECTED_REQUEST, title).into_response()
}

/// Whether a `Host` names this machine or one of the known hosts. Addresses cannot be made to resolve elsewhere.
fn is_ours<'a, K: Iterator<Item = &'a str>>(host: &str, known: impl Fn() -> K) -> bool {
    let name = without_port(host);
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let address = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    if address.unwrap_or(name).parse::<IpAddr>().is_ok() {
        return true;
    }
    known().any(|known| without_port(known).eq_ignore_ascii_case(name))
}

/// A host without its port.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The host of a URL, with its port.
pub fn host_of_url(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_are_not_ours() {
        let known = || ["graph.example.org"].into_iter();
        for (host, expected) in [
            ("localhost", true),
            ("LOCALHOST:7878", true),
            ("127.0.0.1:7878", true),
            ("[::1]:7878", true),
            ("192.0.2.7", true),
            ("graph.example.org", true),
            ("Graph.Example.org:443", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example:7878", false),
            ("", false),
        ] {
            assert_eq!(is_ours(host, known), expected, "{host}");
        }
        assert_eq!(host_of_url("https://a.example:8/b"), Some("a.example:8"));
        assert_eq!(host_of_url("nothing"), None);
    }
}

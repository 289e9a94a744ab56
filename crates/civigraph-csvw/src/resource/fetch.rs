//! Resources on the web, fetched because the user asked for it.

use super::header::{ContentType, links, single_language};
use super::{DOCUMENT_LIMIT, ResolveError, Resolver, Resource, ResourceContent, url};
use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tempfile::{NamedTempFile, TempPath};
use ureq::http::{Response, StatusCode, header};
use ureq::{Agent, Body, ResponseExt};

/// The largest table that is fetched, in bytes; of documents it is [`DOCUMENT_LIMIT`].
pub const FETCH_LIMIT: u64 = 16 << 30;

/// Redirects that are followed.
const REDIRECTS: u32 = 5;

/// How long a connection, and an answer to a request, may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long an answer that has begun may pause. Large tables take long, so it has no limit in all.
const PAUSE: Duration = Duration::from_secs(60);

/// Resolves `http:` and `https:` URLs by asking their servers.
///
/// Each URL is fetched once, into a temporary file, and is the same for as long as the fetcher lives:
/// a table is read several times. The files go when the fetcher goes.
pub struct Fetcher {
    agent: Agent,
    limit: u64,
    /// What came of each URL.
    fetched: Mutex<HashMap<String, Result<Resource, ResolveError>>>,
    /// Held to be deleted in the end.
    files: Mutex<Vec<TempPath>>,
}

impl Default for Fetcher {
    fn default() -> Self {
        Self::new(FETCH_LIMIT)
    }
}

impl Fetcher {
    /// A fetcher that refuses answers of more than `limit` bytes.
    pub fn new(limit: u64) -> Self {
        let agent = Agent::config_builder()
            .user_agent(concat!("civigraph/", env!("CARGO_PKG_VERSION")))
            .max_redirects(REDIRECTS)
            .http_status_as_error(false)
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_per_read(Some(PAUSE))
            .build()
            .new_agent();
        Self {
            agent,
            limit,
            fetched: Mutex::default(),
            files: Mutex::default(),
        }
    }

    fn fetch(&self, url: &str) -> Result<Resource, ResolveError> {
        let response = self.agent.get(url).call().map_err(|error| failed(&error))?;
        match response.status() {
            status if status.is_success() => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => return Err(ResolveError::NotFound),
            status => {
                return Err(ResolveError::Failed(format!("the server answers {status}")));
            }
        }
        let at = url::normalise(&response.get_uri().to_string());
        let text = |name| {
            let values = response.headers().get_all(name).into_iter();
            values.filter_map(|value| value.to_str().ok())
        };
        let content_type = ContentType::parse(text(header::CONTENT_TYPE).next().unwrap_or(""));
        let language = single_language(text(header::CONTENT_LANGUAGE));
        let links = text(header::LINK)
            .flat_map(|field| links(field, &at))
            .collect();
        let is_document = content_type
            .media_type
            .as_deref()
            .is_some_and(|media_type| media_type.ends_with("json"));
        let limit = if is_document {
            self.limit.min(DOCUMENT_LIMIT)
        } else {
            self.limit
        };
        Ok(Resource {
            media_type: content_type.media_type,
            charset: content_type.charset,
            header: content_type.header,
            language,
            links,
            content: ResourceContent::File(self.save(response, limit)?.to_path_buf()),
            name: Arc::from(url),
            url: at,
        })
    }

    /// Writes the body of an answer into a temporary file.
    fn save(
        &self,
        response: Response<Body>,
        limit: u64,
    ) -> Result<std::path::PathBuf, ResolveError> {
        let broken =
            |error: io::Error| ResolveError::Failed(format!("the response was cut short: {error}"));
        let unwritten =
            |error: io::Error| ResolveError::Failed(format!("no temporary file: {error}"));
        let mut file = NamedTempFile::with_prefix("civigraph-").map_err(unwritten)?;
        let mut body = response
            .into_body()
            .into_with_config()
            .limit(u64::MAX)
            .reader()
            .take(limit.saturating_add(1));
        let length = io::copy(&mut body, &mut file).map_err(broken)?;
        if length > limit {
            return Err(ResolveError::Failed(format!(
                "the answer has more than {limit} bytes"
            )));
        }
        let temporary = file.into_temp_path();
        let path = temporary.to_path_buf();
        self.files
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(temporary);
        Ok(path)
    }
}

impl Resolver for Fetcher {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        let url = url::normalise(url::without_fragment(url));
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(ResolveError::NotFound);
        }
        // Held while fetching: no server is asked twice.
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = fetched.get(&url) {
            return answer.clone();
        }
        let answer = self.fetch(&url);
        if let Ok(resource) = &answer {
            // Where a redirect led to is asked for next.
            fetched.insert(resource.url.clone(), answer.clone());
        }
        fetched.insert(url, answer.clone());
        answer
    }

    fn fetches(&self) -> bool {
        true
    }
}

/// Why there is no answer, in words for the user.
fn failed(error: &ureq::Error) -> ResolveError {
    use ureq::Error;
    ResolveError::Failed(match error {
        Error::Timeout(timeout) => format!("the server did not answer in time ({timeout})"),
        Error::HostNotFound => "no such host".to_owned(),
        Error::ConnectionFailed => "the server cannot be reached".to_owned(),
        Error::TooManyRedirects => {
            format!("the server redirects more than {REDIRECTS} times")
        }
        Error::Tls(why) => format!("no secure connection: {why}"),
        Error::Rustls(why) => format!("no secure connection: {why}"),
        // What TLS makes of bytes that are none of its own.
        Error::Io(why) if why.kind() == io::ErrorKind::InvalidData => {
            format!("no secure connection: {why}")
        }
        Error::Io(why) => format!("the connection failed: {why}"),
        other => other.to_string(),
    })
}

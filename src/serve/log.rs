//! The access log: a line for each request, when its answer has ended.

use super::body::{BodyEnd, WatchedBody};
use super::service::Service;
use crate::store::utc;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Characters of a request's target that are logged.
const SHOWN: usize = 500;

/// Where requests are noted.
pub struct Log(Option<Mutex<File>>);

/// The address of a client.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

impl Log {
    /// A log at the end of a file.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(path: Option<&Path>) -> io::Result<Self> {
        let Some(path) = path else {
            return Ok(Self(None));
        };
        let path = if path.as_os_str() == "-" {
            Path::new("/dev/stdout")
        } else {
            path
        };
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        Ok(Self(Some(Mutex::new(file))))
    }

    fn line(&self, line: &str) {
        if let Some(file) = &self.0 {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            // A full disk ends the log and not the service.
            let _ = file.write_all(line.as_bytes());
        }
    }

    /// Notes something that is not a request.
    pub fn message(&self, text: &str) {
        self.line(&format!("# [{}] {text}\n", now()));
    }
}

fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    utc(since.map_or(0, |since| since.as_secs()))
}

/// Notes and counts a request once its answer has ended.
pub async fn log_request(
    State(service): State<Arc<Service>>,
    request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let peer = request.extensions().get::<Peer>().copied();
    let target: String = request.uri().to_string().chars().take(SHOWN).collect();
    let said = format!("{} {target} {:?}", request.method(), request.version());
    service.metrics.active.add(1);
    let active = Active(Arc::clone(&service));
    let response = next.run(request).await;
    let status = response.status().as_u16();
    response.map(|body| {
        Body::new(WatchedBody::new(body, move |ending: BodyEnd| {
            let service = &active.0;
            let duration = began.elapsed();
            service.metrics.request(status);
            service.metrics.durations.add(duration);
            service.metrics.bytes.add(ending.bytes);
            if !ending.whole {
                service.metrics.cut.add(1);
            }
            let peer = peer.map_or_else(|| "-".to_owned(), |peer| peer.0.to_string());
            let cut = if ending.whole { "" } else { " cut" };
            service.log.line(&format!(
                "{peer} - - [{}] \"{said}\" {status} {} {}ms{cut}\n",
                now(),
                ending.bytes,
                duration.as_millis()
            ));
        }))
    })
}

/// A request that is being answered.
struct Active(Arc<Service>);

impl Drop for Active {
    fn drop(&mut self) {
        self.0.metrics.active.subtract(1);
    }
}

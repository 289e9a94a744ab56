//! A client of HTTP/1.1 that sees what libraries hide: whether an answer came to its end.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Longer than any answer takes, so that a hang becomes a failure.
const LIMIT: Duration = Duration::from_secs(60);

/// A request, each on a connection of its own.
#[derive(Debug, Clone)]
pub struct Request {
    method: String,
    target: String,
    version: &'static str,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    /// Headers by their names in lower case; values of the same name are joined.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
    /// Whether the body ended as its headers say.
    pub whole: bool,
    /// From the start of the request to the end of the answer.
    pub took: Duration,
}

impl Request {
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            version: "1.1",
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// A query, posted as it is.
    pub fn query(text: &str) -> Self {
        Self::new("POST", "/sparql")
            .header("Content-Type", "application/sparql-query")
            .body(text)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self
    }

    /// The same request for something else.
    pub fn at(mut self, target: &str) -> Self {
        self.target = target.to_owned();
        self
    }

    /// A client of HTTP/1.0.
    pub fn old(mut self) -> Self {
        self.version = "1.0";
        self
    }

    /// Sends the request, and gives the connection without reading the answer.
    pub fn send(&self, address: SocketAddr) -> TcpStream {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.set_write_timeout(Some(LIMIT)).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut head = format!("{} {} HTTP/{}\r\n", self.method, self.target, self.version);
        let named = |name: &str| {
            let mut headers = self.headers.iter();
            headers.any(|(found, _)| found.eq_ignore_ascii_case(name))
        };
        if !named("Host") {
            head.push_str(&format!("Host: {address}\r\n"));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.body.is_empty() || self.method == "POST" {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        head.push_str("Connection: close\r\n\r\n");
        let bytes = [head.as_bytes(), &self.body].concat();
        // A server may refuse a request before it has read it: its answer is there to be read.
        let _ = stream.write_all(&bytes);
        stream
    }

    /// Sends the request and reads the answer.
    pub fn ask(&self, address: SocketAddr) -> Response {
        let began = Instant::now();
        let mut stream = self.send(address);
        let mut bytes = Vec::new();
        // A connection that is reset is one that did not end well: what came counts.
        let _ = stream.read_to_end(&mut bytes);
        let mut response = Response::parse(&bytes, self.method == "HEAD")
            .unwrap_or_else(|| panic!("no response: {:?}", String::from_utf8_lossy(&bytes)));
        response.took = began.elapsed();
        response
    }
}

impl Response {
    fn parse(bytes: &[u8], head_only: bool) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let rest = &bytes[end + 4..];
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let mut headers = BTreeMap::<String, String>::new();
        for line in lines {
            let (name, value) = line.split_once(':')?;
            headers
                .entry(name.to_ascii_lowercase())
                .and_modify(|joined| *joined = format!("{joined}, {}", value.trim()))
                .or_insert_with(|| value.trim().to_owned());
        }
        let chunked = headers
            .get("transfer-encoding")
            .is_some_and(|encoding| encoding == "chunked");
        let (body, whole) = if head_only || status == 304 {
            (rest.to_vec(), rest.is_empty())
        } else if chunked {
            unchunk(rest)
        } else if let Some(length) = headers.get("content-length") {
            (rest.to_vec(), length.parse::<usize>() == Ok(rest.len()))
        } else {
            (rest.to_vec(), true)
        };
        Some(Self {
            status,
            headers,
            body,
            whole,
            took: Duration::ZERO,
        })
    }

    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Demands a status, and a whole answer.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        assert!(self.whole, "the response was cut short: {}", self.text());
        self
    }
}

/// The content of chunks, and whether the last one came.
fn unchunk(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|window| window == b"\r\n") else {
            return (body, false);
        };
        let size = std::str::from_utf8(&rest[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        let content = &rest[end + 2..];
        if size == 0 {
            return (body, content == b"\r\n");
        }
        if content.len() < size + 2 {
            body.extend_from_slice(&content[..size.min(content.len())]);
            return (body, false);
        }
        body.extend_from_slice(&content[..size]);
        rest = &content[size + 2..];
    }
}

/// Text as part of a URL.
pub fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}

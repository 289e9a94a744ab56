//! A client of HTTP/1.1 that keeps its connection.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A connection.
pub struct Client {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens.
    pub fn new(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self {
            stream: BufReader::new(stream),
            address,
        })
    }

    /// Asks a query and reads the whole answer.
    ///
    /// # Errors
    /// There is no answer, or it is cut, or has another status than 200.
    pub fn ask(&mut self, query: &str) -> io::Result<()> {
        let head = format!(
            "POST /{} HTTP/1.1\r\nHost: {}\r\nAccept: application/sparql-results+json\r\n\
             Content-Type: application/sparql-query\r\nContent-Length: {}\r\n\r\n{query}",
            self.path(),
            self.address,
            query.len()
        );
        self.stream.get_mut().write_all(head.as_bytes())?;
        let status = self.line()?;
        let mut length = None;
        loop {
            let line = self.line()?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok();
            }
        }
        match length {
            Some(length) => self.skip(length)?,
            None => loop {
                let size = self.line()?;
                let size = u64::from_str_radix(&size, 16)
                    .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
                self.skip(size + 2)?;
                if size == 0 {
                    break;
                }
            },
        }
        if status.contains(" 200 ") {
            Ok(())
        } else {
            Err(io::Error::other(status))
        }
    }

    /// Where queries are asked.
    fn path(&self) -> &'static str {
        // Oxigraph's server has its endpoint there.
        if self.address.port() == super::oxigraph::PORT {
            "query"
        } else {
            "sparql"
        }
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        Ok(line.trim_end().to_owned())
    }

    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.stream.by_ref().take(bytes), &mut io::sink())?;
        if skipped == bytes {
            Ok(())
        } else {
            Err(io::Error::from(io::ErrorKind::UnexpectedEof))
        }
    }
}

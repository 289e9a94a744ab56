//! Where bytes come from: URLs resolved through local files, a catalog or the network.
//!
//! Nothing is fetched over the network unless the user asks for it. A [`Resolver`] maps an absolute
//! URL to a [`Resource`]; local files have `file:` URLs, or URLs below a base that the user gave.

mod catalog;
#[cfg(feature = "fetch")]
mod fetch;
pub mod file;
mod header;
mod local;
mod unpack;
pub mod url;

pub use catalog::Catalog;
#[cfg(feature = "fetch")]
pub use fetch::{FETCH_LIMIT, Fetcher};
pub use local::LocalFiles;
pub use unpack::Unpacked;
pub(crate) use unpack::{Unpacker, unpacked_name};

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// The largest metadata document, catalog or site-wide configuration that is read, in bytes.
pub const DOCUMENT_LIMIT: u64 = 16 * 1024 * 1024;

/// What is behind a URL.
#[derive(Debug, Clone)]
pub struct Resource {
    /// The absolute URL, after redirects.
    pub url: String,
    /// The media type without parameters, where something states one.
    pub media_type: Option<String>,
    /// The `charset` parameter of the media type.
    pub charset: Option<String>,
    /// The `header` parameter of the media type: `Some(false)` for `header=absent`.
    pub header: Option<bool>,
    /// The `Content-Language` header, where it names one language.
    pub language: Option<String>,
    /// `Link` headers: target (resolved against `url`), `rel` and `type`.
    pub links: Vec<LinkHeader>,
    /// The bytes.
    pub content: ResourceContent,
    /// The name that users know it by, for diagnostics: a path as given, or the URL.
    pub name: Arc<str>,
}

impl Resource {
    /// Bytes in memory, under a name that serves as URL too.
    pub fn of_bytes(name: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self {
            url: name.to_owned(),
            media_type: None,
            charset: None,
            header: None,
            language: None,
            links: Vec::new(),
            content: ResourceContent::Bytes(bytes.into()),
            name: Arc::from(name),
        }
    }
}

/// One `Link` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkHeader {
    /// Absolute target URL.
    pub target: String,
    /// The `rel` parameter, lower case.
    pub rel: String,
    /// The `type` parameter.
    pub media_type: Option<String>,
}

/// The bytes of a resource.
#[derive(Debug, Clone)]
pub enum ResourceContent {
    /// A local file, opened when it is read.
    File(PathBuf),
    /// A compressed file or a pipe, with its content in another file.
    Unpacked(Arc<Unpacked>),
    /// Bytes in memory.
    Bytes(Arc<[u8]>),
}

/// Bytes that can be read from any place on.
pub trait SeekableInput: Read + Seek + Send {}

impl<T: Read + Seek + Send> SeekableInput for T {}

impl ResourceContent {
    /// Opens the bytes for reading, at their start.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(&self) -> io::Result<Box<dyn SeekableInput>> {
        Ok(match self {
            Self::File(path) => Box::new(File::open(path)?),
            Self::Unpacked(unpacked) => Box::new(File::open(unpacked.content())?),
            Self::Bytes(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        })
    }

    /// Opens a range of the bytes. There are fewer where the content ends before.
    ///
    /// ```
    /// use civigraph_csvw::resource::Resource;
    /// use std::io::Read;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let resource = Resource::of_bytes("t.csv", *b"a,b\n1,2\n");
    /// let mut text = String::new();
    /// resource.content.range(4..7)?.read_to_string(&mut text)?;
    /// assert_eq!(text, "1,2");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn range(&self, bytes: Range<u64>) -> io::Result<impl Read + Send + use<>> {
        let mut input = self.open()?;
        // Not everything that can be read from its start can be read from elsewhere.
        if bytes.start > 0 {
            input.seek(SeekFrom::Start(bytes.start))?;
        }
        Ok(input.take(bytes.end.saturating_sub(bytes.start)))
    }
}

/// Why a URL gives nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolveError {
    /// There is nothing at that URL (a 404, a file that does not exist, a URL outside the catalog).
    NotFound,
    /// There is something, but it cannot be read; the text says why.
    Failed(String),
}

impl std::fmt::Display for ResolveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound => f.write_str("there is nothing at this address"),
            Self::Failed(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for ResolveError {}

/// Finds resources by absolute URL.
pub trait Resolver: Sync {
    /// Finds what is behind `url`.
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError>;

    /// Whether URLs on the web are asked for there; if not, a message about one says why it gives nothing.
    fn fetches(&self) -> bool {
        false
    }

    /// The local file that a URL stands for, whether or not it is there, as the user knows it; `None` for a URL that
    /// only the web could answer.
    fn file_of(&self, url: &str) -> Option<PathBuf> {
        let _ = url;
        None
    }
}

/// Asks several resolvers in turn; the first that knows the URL answers.
pub struct Chain<'a>(pub Vec<&'a dyn Resolver>);

impl Resolver for Chain<'_> {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        for resolver in &self.0 {
            match resolver.resolve(url) {
                Err(ResolveError::NotFound) => {}
                answer => return answer,
            }
        }
        Err(ResolveError::NotFound)
    }

    fn fetches(&self) -> bool {
        self.0.iter().any(|resolver| resolver.fetches())
    }

    fn file_of(&self, url: &str) -> Option<PathBuf> {
        self.0.iter().find_map(|resolver| resolver.file_of(url))
    }
}

impl Resource {
    /// Bytes of the content, where that is known before it is read.
    pub fn size(&self) -> Option<u64> {
        if let ResourceContent::Bytes(bytes) = &self.content {
            return Some(bytes.len() as u64);
        }
        let metadata = std::fs::metadata(self.content.path()?).ok()?;
        metadata.is_file().then_some(metadata.len())
    }

    /// All the bytes of a document that is kept in memory.
    ///
    /// Refuses one of more than `limit` bytes.
    pub fn read(&self, limit: u64) -> Result<Arc<[u8]>, ResolveError> {
        let too_large = || ResolveError::Failed(file::too_large(limit));
        match &self.content {
            ResourceContent::Bytes(bytes) if bytes.len() as u64 > limit => Err(too_large()),
            ResourceContent::Bytes(bytes) => Ok(Arc::clone(bytes)),
            ResourceContent::File(_) | ResourceContent::Unpacked(_) => {
                let bytes = self.read_start(limit.saturating_add(1))?;
                if bytes.len() as u64 > limit {
                    return Err(too_large());
                }
                Ok(bytes.into())
            }
        }
    }

    /// The first bytes, at most `limit` of them.
    pub fn read_start(&self, limit: u64) -> Result<Vec<u8>, ResolveError> {
        let failed = |error: io::Error| ResolveError::Failed(file::reason(&error));
        let mut bytes = Vec::new();
        let mut start = self.content.range(0..limit).map_err(failed)?;
        start.read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }
}

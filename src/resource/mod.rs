//! Where bytes come from: URLs resolved through local files, a catalog or the network.
//!
//! Nothing is fetched over the network unless the user asks for it. A [`Resolver`] maps an absolute
//! URL to a [`Resource`]; local files have `file:` URLs.

use std::path::PathBuf;
use std::sync::Arc;

/// What stands behind a URL.
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
    /// `Link` headers: target (resolved against `url`), `rel` and `type`.
    pub links: Vec<Link>,
    /// The bytes.
    pub content: Content,
    /// The name that users know it by, for diagnostics: a path as given, or the URL.
    pub name: Arc<str>,
}

/// One `Link` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Absolute target URL.
    pub target: String,
    /// The `rel` parameter, lower case.
    pub rel: String,
    /// The `type` parameter.
    pub media_type: Option<String>,
}

/// The bytes of a resource.
#[derive(Debug, Clone)]
pub enum Content {
    /// A local file, opened when it is read.
    File(PathBuf),
    /// Bytes at hand.
    Bytes(Arc<[u8]>),
}

/// Why a URL gives nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolveError {
    /// There is nothing at that URL (a 404, a file that does not exist, a URL outside the catalog).
    NotFound,
    /// There is something, but it cannot be had; the text says why.
    Failed(String),
}

/// Finds resources by absolute URL.
pub trait Resolver: Sync {
    /// Finds what stands behind `url`.
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError>;
}

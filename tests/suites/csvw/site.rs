//! The suite as a web site, at home or anywhere else.

use civigraph::resource::{Catalog, ResolveError, Resolver, Resource, ResourceContent};
use std::path::Path;

/// Resolves URLs as if the suite were published below another URL than its own.
pub struct Site {
    catalog: Catalog,
    home: String,
    base: String,
}

impl Site {
    /// The suite of a folder, which is published below `home`, below `base`.
    pub fn new(folder: &Path, home: &str, base: &str) -> Self {
        Self {
            catalog: Catalog::open(&folder.join("catalog.json")).unwrap(),
            home: home.into(),
            base: base.into(),
        }
    }

    /// The text of an expected output.
    pub fn text(&self, url: &str) -> String {
        let resource = self.resolve(url).unwrap();
        String::from_utf8(resource.read(u64::MAX).unwrap().to_vec()).unwrap()
    }

    /// The URL at home of a URL on this site; its configuration moves along.
    fn at_home(&self, url: &str) -> String {
        if let Some(path) = url.strip_prefix(&self.base) {
            return format!("{}{path}", self.home);
        }
        match url.strip_prefix(root(&self.base)) {
            Some(path) => format!("{}{path}", root(&self.home)),
            None => url.into(),
        }
    }

    fn moved(&self, text: &str) -> String {
        text.replace(&self.home, &self.base)
    }
}

impl Resolver for Site {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        if self.home == self.base {
            return self.catalog.resolve(url);
        }
        if url.starts_with(&self.home) {
            return Err(ResolveError::NotFound);
        }
        let mut resource = self.catalog.resolve(&self.at_home(url))?;
        if resource.url.starts_with(&self.home) {
            let bytes = resource
                .read(u64::MAX)
                .map_err(|error| ResolveError::Failed(error.to_string()))?;
            // Files in other encodings hold no URLs.
            resource.content = ResourceContent::Bytes(match std::str::from_utf8(&bytes) {
                Ok(text) => self.moved(text).into_bytes().into(),
                Err(_) => bytes,
            });
        }
        resource.url = self.moved(&resource.url);
        resource.name = self.moved(&resource.name).into();
        for link in &mut resource.links {
            link.target = self.moved(&link.target);
        }
        Ok(resource)
    }
}

/// Scheme and authority of a URL.
fn root(url: &str) -> &str {
    let path = url.find("://").map_or(0, |at| at + 3);
    &url[..url[path..].find('/').map_or(url.len(), |at| path + at)]
}

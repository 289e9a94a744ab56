//! Local files, by path, by `file:` URL, or by a URL below a base that the user gave.

use super::unpack::{Unpacker, unpacked_name};
use super::{ResolveError, Resolver, Resource, url};
use std::path::{Path, PathBuf};

/// Resolves URLs of local files.
///
/// With [`LocalFiles::published_at`] the files of a folder have the URLs under which they are, or
/// will be, published.
#[derive(Debug, Clone)]
pub struct LocalFiles {
    folder: PathBuf,
    base: Option<String>,
    unpacker: Unpacker,
}

impl LocalFiles {
    /// Files with `file:` URLs; relative paths start at `folder`, which must be absolute.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            base: None,
            unpacker: Unpacker::default(),
        }
    }

    /// Files below the folder have URLs below `base`, an absolute IRI: that of the folder, with or without
    /// a slash at its end.
    ///
    /// # Errors
    /// It is no IRI below which others can be.
    pub fn published_at(mut self, base: &str) -> Result<Self, url::InvalidUrl> {
        let mut folder = url::without_fragment(base).to_owned();
        if !folder.ends_with('/') {
            folder.push('/');
        }
        self.base = Some(url::normalise(&url::resolve(&folder, ".")?));
        Ok(self)
    }

    /// The URL of a path, relative to the folder or absolute.
    pub fn url_of(&self, path: &Path) -> String {
        let absolute = normal_path(&self.folder.join(path));
        if let Some(base) = &self.base
            && let Ok(relative) = absolute.strip_prefix(normal_path(&self.folder))
        {
            let mut url = base.clone();
            url::push_path(&mut url, relative);
            return url;
        }
        url::from_path(&absolute)
    }

    /// The URL that a user means by an input: a URL with a scheme, or a path.
    pub fn url_of_input(&self, input: &str) -> String {
        let has_scheme = input.split_once(':').is_some_and(|(scheme, rest)| {
            // One letter is a Windows drive.
            scheme.len() > 1
                && scheme
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b))
                && (rest.starts_with('/') || scheme.eq_ignore_ascii_case("urn"))
        });
        if has_scheme && url::is_absolute(input) && !self.folder.join(input).exists() {
            input.to_owned()
        } else {
            self.url_of(Path::new(input))
        }
    }

    fn path_of(&self, url: &str) -> Option<PathBuf> {
        // A file is one resource: what a query asks of it is not there.
        if url::without_fragment(url).contains('?') {
            return None;
        }
        if let Some(base) = &self.base
            && let Some(rest) = below(base, url)
        {
            let relative = url::decoded_path(&rest)?;
            // The base stands for the folder and what is below it, nothing else.
            let below = relative
                .components()
                .all(|part| matches!(part, std::path::Component::Normal(_)));
            return below.then(|| self.folder.join(relative));
        }
        url::to_path(url)
    }
}

/// What a URL has after a base, in whatever spelling.
fn below(base: &str, url: &str) -> Option<String> {
    match url.strip_prefix(base) {
        Some(rest) => Some(rest.to_owned()),
        None => url::identity(url)
            .strip_prefix(&url::identity(base))
            .map(str::to_owned),
    }
}

impl Resolver for LocalFiles {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        let Some(path) = self.path_of(url) else {
            return Err(ResolveError::NotFound);
        };
        match std::fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(ResolveError::Failed("it is a folder".into()));
            }
            Ok(_) => {}
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
                ) =>
            {
                return Err(ResolveError::NotFound);
            }
            Err(error) => return Err(ResolveError::Failed(error.to_string())),
        }
        let content = self
            .unpacker
            .content(&path)
            .map_err(|error| ResolveError::Failed(error.to_string()))?;
        let name = path
            .strip_prefix(&self.folder)
            .unwrap_or(&path)
            .to_string_lossy();
        Ok(Resource {
            url: url::without_fragment(url).to_owned(),
            media_type: media_type(&unpacked_name(&path)).map(str::to_owned),
            charset: None,
            header: None,
            language: None,
            links: Vec::new(),
            name: name.as_ref().into(),
            content,
        })
    }
}

/// The media type that the extension of a file name stands for.
fn media_type(path: &Path) -> Option<&'static str> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "csv" => Some("text/csv"),
        "tsv" | "tab" => Some("text/tab-separated-values"),
        "json" => Some("application/json"),
        "jsonld" => Some("application/ld+json"),
        _ => None,
    }
}

/// Takes `.` and `..` out of a path without asking the file system.
fn normal_path(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_files_below_a_base() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        std::fs::write(folder.path().join("data/a b.csv"), "x").unwrap();
        let files = LocalFiles::new(folder.path())
            .published_at("http://example.org/x/")
            .unwrap();
        let url = files.url_of(Path::new("data/./a b.csv"));
        assert_eq!(url, "http://example.org/x/data/a%20b.csv");
        let resource = files.resolve(&url).unwrap();
        assert_eq!(&*resource.name, "data/a b.csv");
        assert_eq!(resource.media_type.as_deref(), Some("text/csv"));
        assert_eq!(&*resource.read(10).unwrap(), b"x");
        assert!(matches!(resource.read(0), Err(ResolveError::Failed(_))));
        for missing in [
            "http://example.org/x/none.csv",
            "http://example.org/x/..%2Fa",
            "http://other.example/",
        ] {
            assert_eq!(files.resolve(missing).unwrap_err(), ResolveError::NotFound);
        }
        assert!(matches!(
            files.resolve("http://example.org/x/data"),
            Err(ResolveError::Failed(_))
        ));
    }

    #[test]
    fn inputs_are_paths_or_urls() {
        let files = LocalFiles::new("/nowhere");
        assert_eq!(files.url_of_input("a.csv"), "file:///nowhere/a.csv");
        assert_eq!(files.url_of_input("a:b.csv"), "file:///nowhere/a:b.csv");
        assert_eq!(
            files.url_of_input("http://example.org/a"),
            "http://example.org/a"
        );
    }
}

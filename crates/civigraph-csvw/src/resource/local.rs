//! Local files, by path, by `file:` URL, or by a URL below a base that the user gave.

use super::unpack::{Unpacker, unpacked_name};
use super::{ResolveError, Resolver, Resource, file, url};
use std::path::{Component, Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

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
    /// It is not an IRI below which others can be.
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
                .all(|part| matches!(part, Component::Normal(_)));
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
        let path = as_it_is_spelt(path);
        match std::fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(ResolveError::Failed("it is a directory".into()));
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
            Err(error) => return Err(ResolveError::Failed(file::reason(&error))),
        }
        let content = self
            .unpacker
            .content(&path)
            .map_err(|error| ResolveError::Failed(file::reason(&error)))?;
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

    fn file_of(&self, url: &str) -> Option<PathBuf> {
        self.path_of(url)
    }
}

/// The path of the file whose name has the same letters, where there is none with exactly these characters: letters
/// with marks are one character or two.
fn as_it_is_spelt(path: PathBuf) -> PathBuf {
    let is_ascii = path.to_str().is_none_or(str::is_ascii);
    if is_ascii || path.symlink_metadata().is_ok() {
        return path;
    }
    let mut found = PathBuf::new();
    for part in path.components() {
        let next = found.join(part);
        found = match part {
            Component::Normal(name) if next.symlink_metadata().is_err() => {
                let name = name.to_string_lossy();
                let Some(entry) = same_letters(&found, &name) else {
                    return path;
                };
                entry
            }
            _ => next,
        };
    }
    found
}

/// The entry of a folder whose name has the letters of another name.
fn same_letters(folder: &Path, name: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let mut entries: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let other = path.file_name().and_then(|name| name.to_str());
            other.is_some_and(|other| !other.is_ascii() && other.nfc().eq(name.nfc()))
        })
        .collect();
    entries.sort();
    entries.into_iter().next()
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
            Component::CurDir => {}
            Component::ParentDir => {
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
    fn letters_with_marks_are_one_character_or_two() {
        let folder = tempfile::tempdir().unwrap();
        let decomposed = "re\u{301}gions/e\u{301}te\u{301}.csv";
        std::fs::create_dir(folder.path().join("re\u{301}gions")).unwrap();
        std::fs::write(folder.path().join(decomposed), "x").unwrap();
        let files = LocalFiles::new(folder.path());
        let found = files.resolve(&files.url_of(Path::new("régions/été.csv")));
        assert_eq!(&*found.unwrap().name, decomposed);
        let missing = files.resolve(&files.url_of(Path::new("régions/êté.csv")));
        assert_eq!(missing.unwrap_err(), ResolveError::NotFound);
        // Where both are there, each has its own.
        std::fs::create_dir(folder.path().join("régions")).unwrap();
        std::fs::write(folder.path().join("régions/été.csv"), "y").unwrap();
        for name in ["régions/été.csv", decomposed] {
            let found = files.resolve(&files.url_of(Path::new(name)));
            assert_eq!(&*found.unwrap().name, name);
        }
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

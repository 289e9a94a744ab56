//! A catalog: a JSON map from URL to local file, content type and headers.

use super::header::{ContentType, links, single_language};
use super::{DOCUMENT_LIMIT, ResolveError, Resolver, Resource, Unpacker, file, url};
use crate::diagnostic::{Code, Diagnostic, Place};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// URLs that stand for local files, as written down in a JSON document.
///
/// ```json
/// {"resources": {"http://example.org/a.csv": {
///     "path": "files/a.csv",
///     "content_type": "text/csv",
///     "headers": {"Link": "<a.json>; rel=\"describedby\"; type=\"application/csvm+json\""}}}}
/// ```
///
/// A plain map from URL to path is enough where nothing else is to be said:
///
/// ```json
/// {"http://example.org/a.csv": "files/a.csv"}
/// ```
///
/// Paths are relative to the catalog. A URL that is not listed is not found.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// By normalised URL.
    entries: HashMap<String, CatalogEntry>,
    unpacker: Unpacker,
}

#[derive(Debug, Clone)]
struct CatalogEntry {
    path: PathBuf,
    content_type: String,
    languages: Vec<String>,
    links: Vec<String>,
}

/// A catalog with `resources`.
#[derive(serde::Deserialize)]
struct CatalogDocument {
    resources: HashMap<String, ResourceDescription>,
}

/// A URL as the name of a member of a plain map.
#[derive(PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(try_from = "String")]
struct PlainUrl(String);

impl TryFrom<String> for PlainUrl {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        if url::is_absolute(&name) {
            Ok(Self(name))
        } else {
            Err(format!(
                "`{name}` is neither `resources` nor an absolute URL"
            ))
        }
    }
}

/// What a URL stands for.
#[derive(serde::Deserialize)]
struct ResourceDescription {
    path: PathBuf,
    #[serde(default)]
    content_type: String,
    #[serde(default)]
    headers: HashMap<String, HeaderValues>,
}

/// A header field that is there once or several times.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum HeaderValues {
    One(String),
    Several(Vec<String>),
}

impl Catalog {
    /// Reads a catalog; the paths in it are relative to its folder.
    pub fn open(path: &Path) -> Result<Self, Box<Diagnostic>> {
        let name = path.to_string_lossy();
        let text = file::read(path, DOCUMENT_LIMIT)
            .map_err(|error| Box::new(file::unreadable(path, &name, "the catalog", &error)))?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        Self::parse(&text, folder).map_err(|error| {
            let words = error.to_string();
            let place = format!(" at line {} column {}", error.line(), error.column());
            Box::new(
                Diagnostic::new(
                    Code::Catalog,
                    Place::at(name.as_ref(), error.line() as u64, error.column() as u64),
                    format!(
                        "this is not a catalog: {}",
                        words.strip_suffix(&place).unwrap_or(&words)
                    ),
                )
                .with_expected(
                    r#"`{"URL": "FILE"}` or `{"resources": {"URL": {"path": "FILE"}}}`"#,
                ),
            )
        })
    }

    fn parse(text: &[u8], folder: &Path) -> serde_json::Result<Self> {
        let entries = resources(text)?
            .into_iter()
            .map(|(url, entry)| {
                let fields = |wanted: &str| -> Vec<String> {
                    let fields = entry.headers.iter();
                    fields
                        .filter(|(name, _)| name.eq_ignore_ascii_case(wanted))
                        .flat_map(|(_, field)| match field {
                            HeaderValues::One(value) => std::slice::from_ref(value),
                            HeaderValues::Several(values) => values,
                        })
                        .cloned()
                        .collect()
                };
                let entry = CatalogEntry {
                    path: folder.join(&entry.path),
                    languages: fields("content-language"),
                    links: fields("link"),
                    content_type: entry.content_type,
                };
                (url::identity(&url), entry)
            })
            .collect();
        Ok(Self {
            entries,
            unpacker: Unpacker::default(),
        })
    }
}

/// The entries of either form of a catalog.
fn resources(text: &[u8]) -> serde_json::Result<HashMap<String, ResourceDescription>> {
    // Read twice, so that errors keep their places.
    let members: HashMap<String, serde::de::IgnoredAny> = serde_json::from_slice(text)?;
    if members.is_empty() || members.contains_key("resources") {
        let document: CatalogDocument = serde_json::from_slice(text)?;
        return Ok(document.resources);
    }
    let plain: HashMap<PlainUrl, PathBuf> = serde_json::from_slice(text)?;
    let described = plain.into_iter().map(|(PlainUrl(url), path)| {
        let description = ResourceDescription {
            path,
            content_type: String::new(),
            headers: HashMap::new(),
        };
        (url, description)
    });
    Ok(described.collect())
}

impl Resolver for Catalog {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        let url = url::normalise(url::without_fragment(url));
        let entry = self.entries.get(&url::identity(&url));
        let entry = entry.ok_or(ResolveError::NotFound)?;
        // A listed file that is not there is a mistake in the catalog, not an absent resource.
        if let Err(error) = std::fs::metadata(&entry.path) {
            return Err(ResolveError::Failed(format!(
                "the catalog's file {}: {error}",
                entry.path.display()
            )));
        }
        let content_type = ContentType::parse(&entry.content_type);
        Ok(Resource {
            media_type: content_type.media_type,
            charset: content_type.charset,
            header: content_type.header,
            language: single_language(entry.languages.iter().map(String::as_str)),
            links: entry
                .links
                .iter()
                .flat_map(|field| links(field, &url))
                .collect(),
            content: self
                .unpacker
                .content(&entry.path)
                .map_err(|error| ResolveError::Failed(error.to_string()))?,
            name: Arc::from(url.as_str()),
            url,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_and_unlisted() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.csv"), "x\n1\n").unwrap();
        let path = folder.path().join("catalog.json");
        std::fs::write(
            &path,
            r#"{"resources": {
                "http://example.org/a.csv": {"path": "a.csv", "content_type": "text/csv;header=absent",
                    "headers": {"Link": "<m.json>; rel=\"describedby\"", "content-language": "ru"}},
                "http://example.org/gone.csv": {"path": "gone.csv"}}}"#,
        )
        .unwrap();
        let catalog = Catalog::open(&path).unwrap();
        let resource = catalog
            .resolve("http://EXAMPLE.org:80/a.csv#row=1")
            .unwrap();
        assert_eq!(resource.header, Some(false));
        assert_eq!(resource.language.as_deref(), Some("ru"));
        assert_eq!(resource.links[0].target, "http://example.org/m.json");
        assert_eq!(
            catalog.resolve("http://example.org/b").unwrap_err(),
            ResolveError::NotFound
        );
        assert!(matches!(
            catalog.resolve("http://example.org/gone.csv"),
            Err(ResolveError::Failed(_))
        ));
    }

    #[test]
    fn wrong_catalogs_say_where() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalog.json");
        assert_eq!(Catalog::open(&path).unwrap_err().code, Code::Unreadable);
        std::fs::write(&path, "{\n  \"resources\": 1}").unwrap();
        let error = Catalog::open(&path).unwrap_err();
        assert_eq!((error.code, error.place.line), (Code::Catalog, 2));
        std::fs::write(&path, "{\n  \"resource\": {}}").unwrap();
        let error = Catalog::open(&path).unwrap_err();
        assert_eq!((error.code, error.place.line), (Code::Catalog, 2));
        assert!(
            error.message.contains("`resource` is neither"),
            "{}",
            error.message
        );
    }

    #[test]
    fn plain_map_in_any_spelling() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a (1).csv"), "x\n1\n").unwrap();
        let path = folder.path().join("catalog.json");
        std::fs::write(
            &path,
            r#"{"http://example.org/a%20%281%29.csv": "a (1).csv"}"#,
        )
        .unwrap();
        let catalog = Catalog::open(&path).unwrap();
        for url in [
            "http://example.org/a%20%281%29.csv",
            "http://example.org/a%20(1).csv",
        ] {
            assert!(catalog.resolve(url).is_ok(), "{url}");
        }
    }
}

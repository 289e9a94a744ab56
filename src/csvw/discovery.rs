//! Finding the metadata of a CSV (Tabular Data Model §5).
//!
//! In this order: what the user gives, what a `Link` header names, what the site-wide configuration
//! or the default locations lead to. The first that describes the CSV is used.

use super::description::Group;
use super::json::Node;
use super::reader::{Document, FetchError, Reader};
use super::table::described_urls;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::resource::{DOCUMENT_LIMIT, ResolveError, Resource, url};
use crate::uri::{Template, Value};

/// Where metadata is looked for unless the site says otherwise.
const DEFAULT_LOCATIONS: &str = "{+url}-metadata.json\ncsv-metadata.json\n";

/// Media types of metadata documents.
const METADATA_TYPES: &[&str] = &[
    "application/csvm+json",
    "application/ld+json",
    "application/json",
];

/// Metadata and the URL of its document.
pub(super) struct Found {
    pub group: Group,
    pub url: String,
}

/// What looking for metadata led to.
pub(super) enum Outcome {
    /// Metadata to be used.
    Found(Box<Found>),
    /// No metadata: the header of the CSV is all there is.
    Nothing,
    /// Metadata that cannot be used although it must be; the diagnostics say why.
    Failed,
}

/// Whether an input is a metadata document, by media type, else by name, else by its first character.
pub(super) fn is_metadata(resource: &Resource) -> bool {
    match resource.media_type.as_deref() {
        Some(media_type) if METADATA_TYPES.contains(&media_type) => return true,
        Some(media_type) if media_type.ends_with("+json") => return true,
        Some("text/csv" | "text/tab-separated-values") => return false,
        _ => {}
    }
    let path = url::without_fragment(&resource.url);
    let path = path.split('?').next().unwrap_or(path).to_ascii_lowercase();
    if path.ends_with(".json") || path.ends_with(".jsonld") {
        return true;
    }
    if path.ends_with(".csv") || path.ends_with(".tsv") {
        return false;
    }
    let start = resource.read_start(1024).unwrap_or_default();
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&start);
    start.trim_ascii_start().first() == Some(&b'{')
}

impl Reader<'_> {
    /// Reads the metadata document behind a resource.
    pub fn read_metadata(&mut self, resource: &Resource) -> Outcome {
        match self.parse(resource) {
            Ok((document, top)) => self.use_metadata(document, &top),
            Err(FetchError::Invalid(diagnostic)) => {
                self.push(*diagnostic);
                Outcome::Failed
            }
            Err(FetchError::Resolve(error)) => {
                self.push(Diagnostic::new(
                    Code::Unreadable,
                    Place::file(resource.name.clone()),
                    format!("the file cannot be read: {error}"),
                ));
                Outcome::Failed
            }
        }
    }

    /// Reads the metadata document that the user gives for a CSV.
    pub fn metadata_for(&mut self, csv: &Resource, url: &str) -> Outcome {
        match self.resolver.resolve(url) {
            Ok(resource) => {
                let outcome = self.read_metadata(&resource);
                if let Outcome::Found(found) = &outcome {
                    self.note_other_tables(csv, &resource, &found.group);
                }
                outcome
            }
            Err(error) => {
                let diagnostic = Diagnostic::new(
                    Code::MetadataUnreadable,
                    Place::file(url),
                    format!("the metadata cannot be read: {error}"),
                );
                self.push_absent(diagnostic, url);
                Outcome::Failed
            }
        }
    }

    /// Tells when a group has no table with the URL of a CSV.
    fn note_other_tables(&mut self, csv: &Resource, metadata: &Resource, group: &Group) {
        let wanted = url::normalise(url::without_fragment(&csv.url));
        let mut urls = group.tables.iter().map(|table| table.url.as_ref());
        // What has no URL was reported as such.
        if urls.any(|url| url.is_none_or(|url| *url == wanted)) {
            return;
        }
        let message = format!(
            "{} is not read: the metadata that was given for it describes other tables",
            csv.name
        );
        let mut diagnostic = Diagnostic::new(
            Code::MetadataOfOthers,
            Place::file(metadata.name.clone()),
            message,
        )
        .with_expected(wanted);
        if let Some(first) = group.tables.iter().find_map(|table| table.url.clone()) {
            diagnostic = diagnostic.with_found(first);
        }
        self.push(diagnostic);
    }

    /// Looks for metadata that describes a CSV.
    pub fn discover(&mut self, csv: &Resource) -> Outcome {
        // The last link that describes the file counts.
        for link in csv.links.iter().rev() {
            let of_metadata = link.media_type.as_deref().is_some_and(|media_type| {
                METADATA_TYPES.contains(&media_type.to_ascii_lowercase().as_str())
            });
            if link.rel == "describedby" && of_metadata {
                match self.try_metadata(csv, &link.target) {
                    Attempt::Absent => self.push(
                        Diagnostic::new(
                            Code::MetadataIgnored,
                            Place::file(csv.name.clone()),
                            "the metadata that the Link header names is not there",
                        )
                        .with_found(link.target.as_str()),
                    ),
                    Attempt::Ignored => {}
                    Attempt::Used(outcome) => return outcome,
                }
            }
        }
        for location in self.locations(csv) {
            if let Attempt::Used(outcome) = self.try_metadata(csv, &location) {
                return outcome;
            }
        }
        Outcome::Nothing
    }

    /// The places where metadata of a CSV may be, from the site-wide configuration.
    fn locations(&self, csv: &Resource) -> Vec<String> {
        let csv_url = url::without_fragment(&csv.url);
        let configuration = if csv_url.starts_with("file:") {
            None
        } else {
            url::resolve(csv_url, "/.well-known/csvm")
                .ok()
                .and_then(|url| self.resolver.resolve(&url).ok())
                .and_then(|resource| resource.read(DOCUMENT_LIMIT).ok())
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        };
        configuration
            .as_deref()
            .unwrap_or(DEFAULT_LOCATIONS)
            .lines()
            .map(str::trim)
            .filter(|template| !template.is_empty())
            .filter_map(|template| url::resolve(csv_url, &expand(template, csv_url)?).ok())
            .collect()
    }

    /// Uses the metadata at a URL if there is any and it describes the CSV.
    fn try_metadata(&mut self, csv: &Resource, location: &str) -> Attempt {
        let (mut document, top) = match self.fetch(location) {
            Ok(fetched) => fetched,
            Err(FetchError::Resolve(ResolveError::NotFound)) => return Attempt::Absent,
            Err(FetchError::Resolve(ResolveError::Failed(reason))) => {
                self.push(
                    Diagnostic::new(
                        Code::MetadataIgnored,
                        Place::file(csv.name.clone()),
                        format!("the metadata of the file cannot be read: {reason}"),
                    )
                    .with_found(location),
                );
                return Attempt::Ignored;
            }
            // §5: invalid JSON stops the processing.
            Err(FetchError::Invalid(diagnostic)) => {
                self.push(*diagnostic);
                return Attempt::Used(Outcome::Failed);
            }
        };
        // What is wrong with a document counts only once it is clear that it is meant.
        let base = {
            let mut unheard = Diagnostics::new(self.diagnostics.mode());
            let mut document = document.clone();
            Reader::new(self.resolver, &mut unheard).context(&mut document, &top, false);
            document
        };
        let csv_url = url::normalise(url::without_fragment(&csv.url));
        let urls = described_urls(&base, &top);
        if !urls.contains(&csv_url) {
            let mut diagnostic = Diagnostic::new(
                Code::MetadataIgnored,
                document.place_of(&top),
                format!(
                    "this metadata is ignored: it has no table with the URL of {}",
                    csv.name
                ),
            )
            .with_expected(csv_url);
            if let Some(first) = urls.into_iter().next() {
                diagnostic = diagnostic.with_found(first);
            }
            self.push(diagnostic);
            return Attempt::Ignored;
        }
        Attempt::Used(match self.metadata(&mut document, &top) {
            Some(group) => Outcome::Found(Box::new(Found {
                group,
                url: document.url,
            })),
            None => Outcome::Failed,
        })
    }

    fn use_metadata(&mut self, mut document: Document, top: &Node) -> Outcome {
        match self.metadata(&mut document, top) {
            Some(group) => Outcome::Found(Box::new(Found {
                group,
                url: document.url,
            })),
            None => Outcome::Failed,
        }
    }
}

/// What came of one location.
enum Attempt {
    /// There is no document.
    Absent,
    /// There is one, but not for this file; a warning says so.
    Ignored,
    /// The search is over.
    Used(Outcome),
}

/// Expands a location template, whose one variable is `url`; `None` where it is no template.
fn expand(template: &str, url: &str) -> Option<String> {
    let template = Template::parse(template).ok()?;
    let mut location = String::new();
    template.expand(&mut location, |slot| {
        match template.names().get(slot).map(String::as_str) {
            Some("url") => Value::Text(url),
            _ => Value::Null,
        }
    });
    Some(location)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn location_templates() {
        let csv = "http://example.org/d/a.csv?q";
        assert_eq!(
            expand("{+url}-metadata.json", csv).as_deref(),
            Some("http://example.org/d/a.csv?q-metadata.json")
        );
        assert_eq!(
            expand("/csvm{?url}", csv).as_deref(),
            Some("/csvm?url=http%3A%2F%2Fexample.org%2Fd%2Fa.csv%3Fq")
        );
    }
}

//! Finding the metadata of a CSV (Tabular Data Model §5).
//!
//! In this order: what the user gives, what a `Link` header names, what the site-wide configuration
//! or the default locations lead to. The first that describes the CSV is used.

use super::description::{GroupDescription, TableDescription};
use super::json::{JsonNode, JsonValue};
use super::reader::{FetchError, MetadataDocument, MetadataReader};
use super::table::{described_urls, describes_any_file};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Hint, HintAction, Place};
use crate::resource::{DOCUMENT_LIMIT, ResolveError, Resource, file, url};
use crate::uri::{UriTemplate, VariableValue};
use std::collections::HashSet;

/// Where metadata is looked for unless the site says otherwise.
const DEFAULT_LOCATIONS: &str = "{+url}-metadata.json\ncsv-metadata.json\n";

/// Media types of metadata documents.
const METADATA_TYPES: &[&str] = &[
    "application/csvm+json",
    "application/ld+json",
    "application/json",
];

/// Metadata and the URL of its document.
pub(super) struct FoundMetadata {
    pub group: GroupDescription,
    pub url: String,
}

/// What looking for metadata led to.
pub(super) enum DiscoveryOutcome {
    /// Metadata to be used.
    Found(Box<FoundMetadata>),
    /// No metadata: the header of the CSV is all there is.
    Nothing,
    /// Metadata that cannot be used although it must be; the diagnostics say why.
    Failed,
}

impl DiscoveryOutcome {
    /// A group of one table without metadata: the header of the CSV is all there is.
    pub fn undescribed(csv: &Resource) -> Self {
        let table = TableDescription {
            url: Some(url::identity(url::without_fragment(&csv.url))),
            place: Place::file(csv.name.clone()),
            ..TableDescription::default()
        };
        Self::Found(Box::new(FoundMetadata {
            group: GroupDescription {
                tables: vec![table],
                ..GroupDescription::default()
            },
            url: String::new(),
        }))
    }

    /// Whether metadata was found that describes a CSV.
    pub fn has(&self, csv: &Resource) -> bool {
        let wanted = url::without_fragment(&csv.url);
        let is_it =
            |table: &TableDescription| table.url.as_ref().is_some_and(|url| url::same(url, wanted));
        match self {
            Self::Found(found) => found.group.tables.iter().any(is_it),
            Self::Nothing | Self::Failed => false,
        }
    }
}

/// The groups of several inputs as one, and the URLs of their documents; `None` where one of them failed.
///
/// What a group says about its tables is said on each of them, so that they can be in one group.
pub(super) fn joined(outcomes: Vec<DiscoveryOutcome>) -> Option<(GroupDescription, Vec<String>)> {
    let mut groups = Vec::new();
    let mut documents = Vec::new();
    for outcome in outcomes {
        match outcome {
            DiscoveryOutcome::Found(found) => {
                if !found.url.is_empty() && !documents.contains(&found.url) {
                    documents.push(found.url);
                }
                groups.push(found.group);
            }
            DiscoveryOutcome::Nothing => {}
            DiscoveryOutcome::Failed => return None,
        }
    }
    if groups.len() < 2 {
        return Some((groups.pop()?, documents));
    }
    let mut all = GroupDescription::default();
    let mut urls = HashSet::new();
    for group in groups {
        for table in group.tables {
            let url = table.url.as_deref().map(url::identity);
            if url.is_none_or(|url| urls.insert(url)) {
                all.tables.push(TableDescription {
                    schema: table.schema.or_else(|| group.schema.clone()),
                    dialect: table.dialect.or_else(|| group.dialect.clone()),
                    table_direction: table
                        .table_direction
                        .or_else(|| group.table_direction.clone()),
                    inherited: table.inherited.or(&group.inherited),
                    own: table.own.or(&group.own),
                    schema_unread: table.schema_unread || group.schema_unread,
                    dialect_unread: table.dialect_unread || group.dialect_unread,
                    ..table
                });
            }
        }
        all.annotations.extend(group.annotations);
        all.notes.extend(group.notes);
    }
    Some((all, documents))
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

impl MetadataReader<'_> {
    /// Reads the metadata document behind a resource.
    pub fn read_metadata(&mut self, resource: &Resource) -> DiscoveryOutcome {
        match self.parse(resource) {
            Ok((mut document, top)) => self.use_metadata(&mut document, &top),
            Err(FetchError::Invalid(diagnostic)) => {
                self.push(*diagnostic);
                DiscoveryOutcome::Failed
            }
            Err(FetchError::Resolve(error)) => {
                self.push(Diagnostic::new(
                    Code::Unreadable,
                    Place::file(resource.name.clone()),
                    file::could_not_read("the metadata", &error),
                ));
                DiscoveryOutcome::Failed
            }
        }
    }

    /// Reads the metadata document that the user gives for CSVs. It must describe each of them; without a
    /// `url`, it describes them all.
    /// With `decides`, what it describes is read instead.
    pub fn metadata_for(
        &mut self,
        csvs: &[Resource],
        url: &str,
        decides: bool,
    ) -> DiscoveryOutcome {
        let (parsed, name) = match self.resolver.resolve(url) {
            Ok(resource) => (self.parse(&resource), resource.name),
            Err(error) => {
                let diagnostic = Diagnostic::new(
                    Code::MetadataUnreadable,
                    Place::file(url),
                    file::could_not_read("the metadata", self.reason(&error, url)),
                );
                self.push_absent(diagnostic, url);
                return DiscoveryOutcome::Failed;
            }
        };
        let (mut document, top) = match parsed {
            Ok(parsed) => parsed,
            Err(FetchError::Invalid(diagnostic)) => {
                self.push(*diagnostic);
                return DiscoveryOutcome::Failed;
            }
            Err(FetchError::Resolve(error)) => {
                self.push(Diagnostic::new(
                    Code::Unreadable,
                    Place::file(name),
                    file::could_not_read("the metadata", &error),
                ));
                return DiscoveryOutcome::Failed;
            }
        };
        if describes_any_file(&top) {
            let group = self.metadata_of_any(&mut document, &top, csvs);
            return DiscoveryOutcome::Found(Box::new(FoundMetadata {
                group,
                url: document.url,
            }));
        }
        // What is wrong with a document counts only where it is meant.
        let base = self.with_context(&document, &top);
        let described = described_urls(&base, &top);
        let mismatches: Vec<Diagnostic> = csvs
            .iter()
            .filter_map(|csv| mismatch(csv, &base, &top, &described))
            .collect();
        let mismatch = !mismatches.is_empty();
        for mut diagnostic in mismatches {
            if decides {
                diagnostic.code = Code::MetadataOfOthers;
            }
            self.push(diagnostic);
        }
        if mismatch && !decides {
            return DiscoveryOutcome::Failed;
        }
        self.use_metadata(&mut document, &top)
    }

    /// A document with what its context says; what is wrong with the context is not reported.
    fn with_context(&self, document: &MetadataDocument, top: &JsonNode) -> MetadataDocument {
        let mut unheard = Diagnostics::new(self.diagnostics.mode());
        let mut document = document.clone();
        MetadataReader::new(self.resolver, &mut unheard).context(&mut document, top, false);
        document
    }

    /// Looks for metadata that describes a CSV.
    pub fn discover(&mut self, csv: &Resource) -> DiscoveryOutcome {
        // The last link that describes the file counts.
        for link in csv.links.iter().rev() {
            let of_metadata = link.media_type.as_deref().is_some_and(|media_type| {
                METADATA_TYPES.contains(&media_type.to_ascii_lowercase().as_str())
            });
            if link.rel == "describedby" && of_metadata {
                match self.try_metadata(csv, &link.target) {
                    LocationOutcome::Absent => self.push(
                        Diagnostic::new(
                            Code::MetadataIgnored,
                            Place::file(csv.name.clone()),
                            "the metadata that the Link header names is not there",
                        )
                        .with_found(link.target.as_str()),
                    ),
                    LocationOutcome::Ignored => {}
                    LocationOutcome::Used(outcome) => return outcome,
                }
            }
        }
        for location in self.locations(csv) {
            if let LocationOutcome::Used(outcome) = self.try_metadata(csv, &location) {
                return outcome;
            }
        }
        DiscoveryOutcome::Nothing
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
    fn try_metadata(&mut self, csv: &Resource, location: &str) -> LocationOutcome {
        let (mut document, top) = match self.fetch(location) {
            Ok(fetched) => fetched,
            Err(FetchError::Resolve(ResolveError::NotFound)) => return LocationOutcome::Absent,
            Err(FetchError::Resolve(ResolveError::Failed(reason))) => {
                self.push(
                    Diagnostic::new(
                        Code::MetadataIgnored,
                        Place::file(csv.name.clone()),
                        file::could_not_read("the metadata of the file", reason),
                    )
                    .with_found(location),
                );
                return LocationOutcome::Ignored;
            }
            // §5: invalid JSON stops the processing.
            Err(FetchError::Invalid(diagnostic)) => {
                self.push(*diagnostic);
                return LocationOutcome::Used(DiscoveryOutcome::Failed);
            }
        };
        // What is wrong with a document counts only once it is clear that it is meant.
        let base = self.with_context(&document, &top);
        let csv_url = url::normalise(url::without_fragment(&csv.url));
        let urls = described_urls(&base, &top);
        if !urls.iter().any(|url| url::same(url, &csv_url)) {
            let described: Vec<&str> = urls.iter().map(String::as_str).collect();
            let diagnostic = match why_no_tables(&top) {
                Some((place, why, expected)) => Diagnostic::new(
                    Code::MetadataIgnored,
                    document.place_of(place),
                    format!("this metadata is ignored: {why}"),
                )
                .with_expected(expected),
                None => {
                    let diagnostic = Diagnostic::new(
                        Code::MetadataIgnored,
                        document.place_of(&top),
                        format!(
                            "this metadata is ignored: it has no table with the URL of {}",
                            csv.name
                        ),
                    )
                    .with_expected(csv_url.as_str());
                    let hint = base_hint(&base, &csv_url, &described);
                    let diagnostic = diagnostic.with_optional_hint(hint);
                    match described.is_empty() {
                        true => diagnostic,
                        false => diagnostic.with_found(listed(&described)),
                    }
                }
            };
            self.push(diagnostic);
            return LocationOutcome::Ignored;
        }
        LocationOutcome::Used(match self.metadata(&mut document, &top) {
            Some(group) => DiscoveryOutcome::Found(Box::new(FoundMetadata {
                group,
                url: document.url,
            })),
            None => DiscoveryOutcome::Failed,
        })
    }

    fn use_metadata(
        &mut self,
        document: &mut MetadataDocument,
        top: &JsonNode,
    ) -> DiscoveryOutcome {
        match self.metadata(document, top) {
            Some(group) => DiscoveryOutcome::Found(Box::new(FoundMetadata {
                group,
                url: document.url.clone(),
            })),
            None => DiscoveryOutcome::Failed,
        }
    }
}

/// That none of the URLs that a document describes is that of a CSV.
fn mismatch(
    csv: &Resource,
    document: &MetadataDocument,
    top: &JsonNode,
    described: &[String],
) -> Option<Diagnostic> {
    let wanted = url::normalise(url::without_fragment(&csv.url));
    // What has no URL is reported as such.
    if described.is_empty() || described.iter().any(|url| url::same(url, &wanted)) {
        return None;
    }
    let described: Vec<&str> = described.iter().map(String::as_str).collect();
    let message = format!(
        "the metadata that was given for {} does not describe it",
        csv.name
    );
    let hint = base_hint(document, &wanted, &described)
        .unwrap_or_else(|| "metadata without `url` applies to any file named with it".into());
    Some(
        Diagnostic::new(Code::MetadataMismatch, document.place_of(top), message)
            .with_found(listed(&described))
            .with_expected(wanted.as_str())
            .with_hint(hint),
    )
}

/// That `@base` is why URLs differ, where file names agree.
fn base_hint(document: &MetadataDocument, wanted: &str, described: &[&str]) -> Option<Hint> {
    let name = |url: &str| url::identity(url.rsplit('/').next().unwrap_or(url));
    let same_name = described.iter().any(|url| name(url) == name(wanted));
    (same_name && document.base != document.url).then(|| {
        Hint::from(format!("`@base` of the metadata is {}", document.base)).and(HintAction::MapUrls)
    })
}

/// Some URLs, the first ones where they are many.
fn listed(urls: &[&str]) -> String {
    const SHOWN: usize = 3;
    let mut text = urls
        .iter()
        .take(SHOWN)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    if urls.len() > SHOWN {
        text.push_str(&format!(" and {} more", urls.len() - SHOWN));
    }
    text
}

/// Why a document describes no table at all: where, in words, and what would be right.
fn why_no_tables(top: &JsonNode) -> Option<(&JsonNode, String, &'static str)> {
    if top.as_object().is_none() {
        let why = format!("it is {}, not an object", top.kind());
        return Some((top, why, "`{\"@context\": …, \"url\": …}`"));
    }
    match top.get("tables") {
        Some(tables) => match &tables.value {
            JsonValue::Array(items) if items.is_empty() => {
                Some((tables, "`tables` is empty".into(), TABLES))
            }
            JsonValue::Array(_) => None,
            _ => {
                let why = format!("`tables` is {}, not an array", tables.kind());
                Some((tables, why, TABLES))
            }
        },
        None if top.get("url").is_none() => Some((
            top,
            "it has no `url` that says which file it describes".into(),
            "a `url`; without one, metadata applies to files that are named with it",
        )),
        None => None,
    }
}

/// How `tables` is written.
const TABLES: &str = "`\"tables\": [{\"url\": …}, …]`";

/// What came of one location.
enum LocationOutcome {
    /// There is no document.
    Absent,
    /// There is one, but not for this file; a warning says so.
    Ignored,
    /// The search is over.
    Used(DiscoveryOutcome),
}

/// Expands a location template, whose one variable is `url`; `None` where it is not a template.
fn expand(template: &str, url: &str) -> Option<String> {
    let template = UriTemplate::parse(template).ok()?;
    let mut location = String::new();
    template.expand(&mut location, |slot| {
        match template.names().get(slot).map(String::as_str) {
            Some("url") => VariableValue::Text(url),
            _ => VariableValue::Null,
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

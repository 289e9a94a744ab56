//! CSV on the Web: metadata read, checked and normalised into the annotated table group.
//!
//! [`load`] finds the metadata of an input ([discovery](load#discovery)), reads every description
//! into typed values, joins them with the header of each file, and resolves inheritance, URLs and
//! references, so that nothing is left to look up:
//!
//! ```text
//! bytes ─► json ─► reader (table, schema, dialect, …) ─► description ─► annotate ─► model::TableGroup
//! ```
//!
//! Specifications: *Model for Tabular Data and Metadata on the Web* and *Metadata Vocabulary for
//! Tabular Data*, W3C Recommendations of 2015-12-17.

mod annotate;
mod column;
mod common;
pub mod context;
mod datatype;
mod description;
mod dialect;
mod discovery;
mod foreign_key;
mod header;
mod inherited;
pub mod json;
pub mod model;
mod own;
mod property;
mod reader;
mod schema;
#[cfg(test)]
mod suite;
mod table;
#[cfg(test)]
mod tests;

pub use own::NAMESPACE as OWN_NAMESPACE;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::resource::{Resolver, url};
use discovery::{Found, Outcome, is_metadata};
use model::TableGroup;
use reader::Reader;

/// What the user says about an input beside its name.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// URL of the metadata to use for a CSV, whatever else there is (Tabular Data Model §5.1).
    pub metadata: Option<String>,
}

/// Loads the annotated table group of an input: a CSV or a metadata document, by absolute URL.
///
/// Everything that is wrong goes into `diagnostics`, weighed by their mode; reading goes on as the
/// Recommendations say. `None` means that nothing could be made of the input, and the diagnostics
/// say why. A group may come back although there are errors: whether to use it is up to the caller
/// ([`Diagnostics::has_errors`]).
///
/// # Discovery
/// The metadata of a CSV is what [`LoadOptions::metadata`] names; else what a `Link` header names;
/// else what is found by `/.well-known/csvm`, or at `{+url}-metadata.json` and `csv-metadata.json`
/// for local files and sites without that list. Metadata that is found, and not given, must have a
/// table with the URL of the CSV; a note says so where what is given has none, for then its own tables are
/// read. Without metadata the header names the columns.
pub fn load(
    input_url: &str,
    options: &LoadOptions,
    resolver: &dyn Resolver,
    diagnostics: &mut Diagnostics,
) -> Option<TableGroup> {
    let resource = match resolver.resolve(input_url) {
        Ok(resource) => resource,
        Err(error) => {
            diagnostics.push(Diagnostic::new(
                Code::Unreadable,
                Place::file(input_url),
                format!("the input cannot be read: {error}"),
            ));
            return None;
        }
    };
    let mut reader = Reader::new(resolver, diagnostics);
    let outcome = if is_metadata(&resource) {
        if let Some(metadata) = &options.metadata {
            reader.push(
                Diagnostic::new(
                    Code::MetadataOfOthers,
                    Place::file(resource.name.clone()),
                    "this is metadata itself: what was given for it is not read",
                )
                .with_found(metadata.as_str()),
            );
        }
        reader.read_metadata(&resource)
    } else if let Some(metadata) = &options.metadata {
        reader.metadata_for(&resource, metadata)
    } else {
        reader.discover(&resource)
    };
    let (group, metadata) = match outcome {
        Outcome::Failed => return None,
        Outcome::Found(found) => {
            let Found { group, url } = *found;
            (group, vec![url])
        }
        Outcome::Nothing => {
            let table = description::Table {
                url: Some(url::normalise(url::without_fragment(&resource.url))),
                place: Place::file(resource.name.clone()),
                ..description::Table::default()
            };
            let group = description::Group {
                tables: vec![table],
                ..description::Group::default()
            };
            (group, Vec::new())
        }
    };
    let mut group = reader.annotate(group);
    group.metadata = metadata;
    Some(group)
}

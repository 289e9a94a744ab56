//! CSV on the Web: metadata read, checked and normalised into the annotated table group.
//!
//! [`load`] finds the metadata of an input ([discovery](load#discovery)), reads every description
//! into typed values, joins them with the header of each file, and resolves inheritance, URLs and
//! references, so that nothing is left to look up:
//!
//! ```text
//! bytes ─► json ─► reader (table, schema, dialect, …) ─► description ─► annotate ─► model::TableGroup
//!                                                                                           │
//!                                                                plan::Plan ◄─── compile ◄──┘
//! ```
//!
//! [`compile`] turns the group into a plan, which knows nothing of CSVW any more.
//!
//! Specifications: *Model for Tabular Data and Metadata on the Web* and *Metadata Vocabulary for
//! Tabular Data*, W3C Recommendations of 2015-12-17.

mod annotate;
mod column;
mod common;
mod compile;
pub mod context;
mod datatype;
mod description;
mod dialect;
mod discovery;
mod foreign_key;
mod header;
mod inherited;
#[cfg(test)]
mod inputs;
pub mod json;
pub mod model;
mod own;
mod prefix;
mod property;
mod reader;
mod schema;
#[cfg(test)]
mod suite;
mod table;
mod terms;
#[cfg(test)]
mod tests;

pub use compile::{CompileOptions, ConversionMode, NAMESPACE, compile, naming_columns};
pub use own::NAMESPACE as OWN_NAMESPACE;
pub use prefix::well_known_namespace;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::resource::{Resolver, file};
use discovery::{DiscoveryOutcome, is_metadata};
use model::TableGroup;
use reader::MetadataReader;

/// What the user says about an input beside its name.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// URL of the metadata to use for a CSV, whatever else there is (Tabular Data Model §5.1).
    pub metadata: Option<String>,
    /// Where that metadata does not describe the CSV, reads the tables that it does describe, with a note: the
    /// W3C's test 121 has it so. Otherwise it is an error, since the CSV would go unread.
    pub metadata_decides: bool,
    /// Permits what publishers do and the Recommendations do not: a column without `titles` is known by its
    /// `name`, and a null foreign key refers to nothing.
    pub lax: bool,
    /// Prefixes with their namespaces that are declared elsewhere, such as in an ontology. Metadata cannot use
    /// them; messages show what they stand for.
    pub prefixes: Vec<(String, String)>,
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
/// for local files and sites without that list. It must have a table with the URL of the CSV: what is found
/// and has none is ignored with a warning, what is given and has none is an error. Metadata that is given
/// and names no file describes the CSV. Without metadata the header names the columns.
pub fn load(
    input_url: &str,
    options: &LoadOptions,
    resolver: &dyn Resolver,
    diagnostics: &mut Diagnostics,
) -> Option<TableGroup> {
    load_all(&[input_url], options, resolver, diagnostics)
}

/// Loads several inputs as one group; tables of one URL are one table.
///
/// See [`load`]. `None` means that nothing could be made of one of the inputs.
pub fn load_all(
    input_urls: &[&str],
    options: &LoadOptions,
    resolver: &dyn Resolver,
    diagnostics: &mut Diagnostics,
) -> Option<TableGroup> {
    let mut reader = MetadataReader::new(resolver, diagnostics);
    reader.lax = options.lax;
    reader.prefixes.clone_from(&options.prefixes);
    let mut outcomes = Vec::new();
    // Those for which metadata is given.
    let mut csvs = Vec::new();
    for &input_url in input_urls {
        let resource = match reader.resolver.resolve(input_url) {
            Ok(resource) => resource,
            Err(error) => {
                reader.push(Diagnostic::new(
                    Code::Unreadable,
                    Place::file(input_url),
                    file::could_not_read("the input", &error),
                ));
                outcomes.push(DiscoveryOutcome::Failed);
                continue;
            }
        };
        match &options.metadata {
            Some(metadata) if is_metadata(&resource) => {
                reader.push(
                    Diagnostic::new(
                        Code::MetadataOfOthers,
                        Place::file(resource.name.clone()),
                        "this is metadata itself: what was given for it is not read",
                    )
                    .with_found(metadata.as_str()),
                );
                outcomes.push(reader.read_metadata(&resource));
            }
            Some(_) => csvs.push(resource),
            None if is_metadata(&resource) => outcomes.push(reader.read_metadata(&resource)),
            None if outcomes.iter().any(|outcome| outcome.has(&resource)) => {}
            None => outcomes.push(match reader.discover(&resource) {
                DiscoveryOutcome::Nothing => DiscoveryOutcome::undescribed(&resource),
                outcome => outcome,
            }),
        }
    }
    if let Some(metadata) = options.metadata.as_deref().filter(|_| !csvs.is_empty()) {
        outcomes.push(reader.metadata_for(&csvs, metadata, options.metadata_decides));
    }
    let (group, metadata) = discovery::joined(outcomes)?;
    let mut group = reader.annotate(group);
    group.metadata = metadata;
    Some(group)
}

//! What a build says of itself: its inputs, prefixes, titles and licence.

use super::ProjectSource;
use super::assembly::Assembly;
use super::changes::{self, Inputs};
use super::work::BuildJob;
use crate::convert::ConversionSummary;
use crate::csvw::model::{Annotation, AnnotationValue, TableGroup};
use crate::project::Project;
use crate::resource::{Resolver, url};
use crate::store::{BuildDescription, BuildInput, StoreError};
use crate::tables::{foreign_namespaces, prefixes};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Terms of Dublin Core, which CSVW's prefix `dc` abbreviates.
const TITLE: &str = "http://purl.org/dc/terms/title";
const LICENSE: &str = "http://purl.org/dc/terms/license";

/// The term of DCAT for whom to write to.
const CONTACT: &str = "http://www.w3.org/ns/dcat#contactPoint";

/// Name relative to the project, with `/` between its parts.
fn name_of(project: &Project, path: &Path) -> String {
    let relative = path.strip_prefix(project.root()).unwrap_or(path);
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// The files that go into a build: its metadata, `files`, and its tables.
pub(super) fn inputs(
    project: &Project,
    source: &ProjectSource,
    group: &TableGroup,
    files: &[PathBuf],
) -> Inputs {
    let mut inputs = Inputs::default();
    for path in std::iter::once(project.metadata()).chain(files.iter().cloned()) {
        inputs.files.push((name_of(project, &path), path));
    }
    for (index, table) in group.tables.iter().enumerate() {
        if let Some(path) = path_of(source, project, &table.url) {
            inputs.tables.insert(index, (name_of(project, &path), path));
        }
    }
    inputs
}

impl BuildJob<'_> {
    /// What the build says of itself.
    pub(super) fn about(
        &self,
        summary: &ConversionSummary,
    ) -> Result<BuildDescription, StoreError> {
        let Self {
            project,
            source,
            assembly: Assembly { tables, claims, .. },
            inputs: from,
            ..
        } = self;
        let group = tables.group;
        let prefixes = prefixes(project, group, source.base()).map_err(|error| {
            StoreError::io(&project.root().join("ontology"), "read the ontology", error)
        })?;
        let mut inputs = Vec::new();
        let mut add = |(name, path): &(String, PathBuf), rows: Option<u64>| {
            let mut input = BuildInput::read(name, path)
                .map_err(|error| StoreError::io(path, "read the file", error))?;
            input.rows = rows;
            inputs.push(input);
            Ok::<(), StoreError>(())
        };
        for file in &from.files {
            add(file, None)?;
        }
        for (index, file) in &from.tables {
            add(file, summary.tables.get(*index).map(|counts| counts.rows))?;
        }
        inputs.sort_by(|a, b| a.name.cmp(&b.name));
        let disputed = claims.disputed_rows().into_iter();
        Ok(BuildDescription {
            base: source.base().to_owned(),
            prefixes,
            foreign_namespaces: foreign_namespaces(group, source.base())
                .into_iter()
                .map(|(_, namespace)| namespace)
                .collect(),
            inputs,
            title: title(group),
            license: license(group),
            contact: contact(group),
            options: BTreeMap::from([("mode".to_owned(), "minimal".to_owned())]),
            plan: changes::digest(tables.plan),
            disputed: disputed
                .filter_map(|(table, rows)| Some((from.tables.get(&table)?.0.clone(), rows)))
                .collect(),
        })
    }
}

/// The file of a table, relative to where the user is.
fn path_of(source: &ProjectSource, project: &Project, url: &str) -> Option<PathBuf> {
    let content = source.resolve(url).ok()?.content;
    let path = content.file()?.to_owned();
    let root = std::path::absolute(project.root()).ok()?;
    match path.strip_prefix(&root) {
        Ok(relative) => Some(project.root().join(relative)),
        Err(_) => Some(path),
    }
}

fn title(group: &TableGroup) -> BTreeMap<String, String> {
    let mut titles = BTreeMap::new();
    for annotation in values(group, TITLE) {
        if let AnnotationValue::String {
            value, language, ..
        } = annotation
        {
            titles.insert(language.clone().unwrap_or_default(), value.clone());
        }
    }
    titles
}

fn license(group: &TableGroup) -> Option<String> {
    iris(group, LICENSE).next()
}

/// Where problems are reported. What a reader could not write to is none.
fn contact(group: &TableGroup) -> Option<String> {
    let is_written_to = |iri: &String| {
        let schemes = ["mailto:", "https://", "http://"];
        schemes.iter().any(|scheme| iri.starts_with(scheme))
    };
    iris(group, CONTACT).find(is_written_to)
}

/// The IRIs that are values of a property of the group.
fn iris(group: &TableGroup, property: &str) -> impl Iterator<Item = String> {
    let values = values(group, property).into_iter();
    values.filter_map(|value| match value {
        AnnotationValue::Node { id, .. } => id.clone(),
        AnnotationValue::String { value, .. } if url::is_absolute(value) => Some(value.clone()),
        _ => None,
    })
}

/// The values of a property of the group.
fn values<'g>(group: &'g TableGroup, property: &str) -> Vec<&'g AnnotationValue> {
    let is_it = |annotation: &&Annotation| *annotation.property == *property;
    group
        .annotations
        .iter()
        .filter(is_it)
        .flat_map(|annotation| match &annotation.value {
            AnnotationValue::Array(items) => items.iter().collect(),
            value => vec![value],
        })
        .collect()
}

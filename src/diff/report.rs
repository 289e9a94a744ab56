//! The whole difference of two versions.

use super::aligned::AlignedVersions;
use super::entity::{self, ChangedEntity};
use super::rows::{self, ComparedTables, TableChange};
use super::{ComparedVersion, EntityChange, PropertyChange};
use crate::diff::DiffError;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What differs between two versions.
#[derive(Debug, Serialize)]
pub struct Difference {
    /// The old version.
    pub old: String,
    /// The new version.
    pub new: String,
    /// Errors in the old version: its graph was not compared.
    #[serde(skip_serializing_if = "is_zero")]
    pub old_errors: u64,
    /// Errors in the new version: its graph was not compared.
    #[serde(skip_serializing_if = "is_zero")]
    pub new_errors: u64,
    /// Quads that only the new version has; `None` where graphs were not compared.
    pub added: Option<u64>,
    /// Quads that only the old version has; `None` where graphs were not compared.
    pub removed: Option<u64>,
    /// Tables that differ; empty where one side has no tables.
    pub tables: Vec<TableChange>,
    /// Subjects that differ. Where tables were compared: beyond what their rows say.
    pub entities: Vec<ChangedEntity>,
    /// Labels of what is mentioned, by term.
    #[serde(skip)]
    pub labels: BTreeMap<String, String>,
    /// Whether there are too many blank nodes to match them by what surrounds them, so that their labels were
    /// compared.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub blank_nodes_by_label: bool,
}

impl Difference {
    /// Whether the graphs were compared, and not the tables alone.
    pub fn has_graphs(&self) -> bool {
        self.old_errors == 0 && self.new_errors == 0
    }

    /// Quads that only the new version has and those that only the old one has, as far as graphs were compared.
    pub fn quads(&self) -> (u64, u64) {
        (self.added.unwrap_or(0), self.removed.unwrap_or(0))
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.quads() == (0, 0) && self.tables.is_empty()
    }

    /// Whether the graph is the same and tables differ only in the order of rows or columns.
    pub fn only_reordered(&self) -> bool {
        self.quads() == (0, 0)
            && !self.tables.is_empty()
            && self.tables.iter().all(|table| {
                table.rows.is_empty()
                    && table.new_columns.is_empty()
                    && table.gone_columns.is_empty()
            })
    }
}

/// Compares two versions: their tables where both have them, and their quads. Of projects with errors, the
/// tables alone.
///
/// # Errors
/// A version cannot be read.
pub fn compare(old: &ComparedVersion, new: &ComparedVersion) -> Result<Difference, DiffError> {
    let tables = |version: &ComparedVersion| match &version.project {
        Some(project) => ComparedTables::open(project),
        None => Ok(None),
    };
    let tables = match (&old.project, &new.project) {
        (Some(_), Some(_)) => match (tables(old)?, tables(new)?) {
            (Some(old), Some(new)) => rows::compare(&old, &new)?,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let mut difference = Difference {
        old: old.name.clone(),
        new: new.name.clone(),
        old_errors: old.errors,
        new_errors: new.errors,
        added: None,
        removed: None,
        entities: Vec::new(),
        tables,
        labels: BTreeMap::new(),
        blank_nodes_by_label: false,
    };
    if !difference.has_graphs() {
        return Ok(difference);
    }
    let versions = AlignedVersions::new(old, new)?;
    let entity::Entities {
        entities,
        added,
        removed,
        labels,
    } = entity::compare(&versions)?;
    difference.added = Some(added);
    difference.removed = Some(removed);
    difference.entities = beyond_rows(entities, &difference.tables);
    difference.labels = labels;
    difference.blank_nodes_by_label = versions.by_label;
    Ok(difference)
}

/// Whether there is none of something that is left out of JSON then.
#[allow(clippy::trivially_copy_pass_by_ref)] // serde passes references
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The changes of entities that no row accounts for.
fn beyond_rows(entities: Vec<ChangedEntity>, tables: &[TableChange]) -> Vec<ChangedEntity> {
    if tables.is_empty() {
        return entities;
    }
    let rows = || tables.iter().flat_map(|table| &table.rows);
    let lines: BTreeSet<&str> = rows()
        .flat_map(|row| row.removed.iter().chain(&row.added))
        .map(String::as_str)
        .collect();
    let is_reported = |subject: &str, change: &PropertyChange, value: &String| {
        let graph = change
            .graph
            .as_ref()
            .map_or(String::new(), |g| format!(" {g}"));
        lines.contains(format!("{subject} {} {value}{graph} .", change.property).as_str())
    };
    entities
        .into_iter()
        .filter_map(|mut entity| {
            let subject = entity.subject.clone();
            for change in &mut entity.properties {
                let one = change.clone();
                change
                    .old
                    .retain(|value| !is_reported(&subject, &one, value));
                change
                    .new
                    .retain(|value| !is_reported(&subject, &one, value));
            }
            entity
                .properties
                .retain(|change| !(change.old.is_empty() && change.new.is_empty()));
            let kept = matches!(
                entity.what,
                EntityChange::Merged { .. } | EntityChange::Renamed { .. }
            );
            (kept || !entity.properties.is_empty()).then_some(entity)
        })
        .collect()
}

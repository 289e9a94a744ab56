//! Foreign keys resolved: names of tables, schemas and columns become indexes (Metadata Vocabulary §5.5).

use super::column::ColumnNames;
use super::description::{self, ColumnReference, ForeignKeyTarget, SchemaDescription};
use super::model::{ForeignKey, Table};
use super::property::or_nearest;
use super::reader::MetadataReader;
use crate::diagnostic::{Code, Diagnostic};
use crate::resource::url;
use std::sync::Arc;

impl MetadataReader<'_> {
    /// The foreign keys of each table; one that leads nowhere is reported and left out.
    pub(super) fn foreign_keys(
        &mut self,
        tables: &[Table],
        schemas: &[Option<Arc<SchemaDescription>>],
        unread: &[bool],
    ) -> Vec<Vec<ForeignKey>> {
        let nothing = SchemaDescription::default();
        let ends: Vec<ForeignKeyEnd<'_>> = tables
            .iter()
            .zip(schemas)
            .zip(unread)
            .map(|((table, schema), unread)| ForeignKeyEnd {
                url: &table.url,
                schema: schema.as_deref().unwrap_or(&nothing),
                columns: ColumnNames::new(&table.columns),
                unread: *unread,
            })
            .collect();
        ends.iter()
            .map(|end| {
                let keys = end.schema.foreign_keys.iter();
                keys.filter_map(|key| self.resolve_key(key, end, &ends))
                    .collect()
            })
            .collect()
    }

    fn resolve_key(
        &mut self,
        key: &description::ForeignKeyDescription,
        end: &ForeignKeyEnd<'_>,
        ends: &[ForeignKeyEnd<'_>],
    ) -> Option<ForeignKey> {
        let columns = self.key_columns(&key.columns, end, "this table");
        let table = self.key_target(key, ends)?;
        let referenced =
            self.key_columns(&key.referenced, ends.get(table)?, "the referenced table");
        let (columns, referenced) = (columns?, referenced?);
        if columns.len() != referenced.len() {
            self.push(
                Diagnostic::new(
                    Code::ForeignKey,
                    key.place.clone(),
                    "the foreign key refers to another number of columns than it has",
                )
                .with_found(referenced.len().to_string())
                .with_expected(columns.len().to_string()),
            );
            return None;
        }
        Some(ForeignKey {
            columns,
            table,
            referenced,
            place: key.place.clone(),
        })
    }

    /// The table that a foreign key refers to.
    fn key_target(
        &mut self,
        key: &description::ForeignKeyDescription,
        ends: &[ForeignKeyEnd<'_>],
    ) -> Option<usize> {
        let is_target = |end: &ForeignKeyEnd<'_>| match &key.target {
            ForeignKeyTarget::Resource(url) => url::same(end.url, url),
            ForeignKeyTarget::Schema(url) => {
                end.schema.id.as_ref().is_some_and(|id| url::same(id, url))
            }
        };
        let found: Vec<usize> = (0..ends.len())
            .filter(|&index| ends.get(index).is_some_and(is_target))
            .collect();
        let message = match (found.as_slice(), &key.target) {
            ([target], _) => return Some(*target),
            // Why its `@id` is not known has been said.
            ([], ForeignKeyTarget::Schema(_)) if ends.iter().any(|end| end.unread) => return None,
            ([], ForeignKeyTarget::Resource(_)) => "no table of the group has this URL",
            ([], ForeignKeyTarget::Schema(_)) => {
                "no table of the group has a schema with this `@id`"
            }
            (_, ForeignKeyTarget::Resource(_)) => "several tables of the group have this URL",
            (_, ForeignKeyTarget::Schema(_)) => {
                "several tables of the group have the schema with this `@id`"
            }
        };
        let mut diagnostic =
            Diagnostic::new(Code::ForeignKeyTarget, key.target_place.clone(), message)
                .with_found(key.target.url());
        if found.is_empty() && matches!(key.target, ForeignKeyTarget::Resource(_)) {
            let name = file_name(key.target.url());
            diagnostic = match ends.iter().find(|end| url::same(file_name(end.url), name)) {
                Some(end) => {
                    diagnostic.with_hint(format!("a table of that name is at {}", end.url))
                }
                // Whole URLs are always alike.
                None => {
                    let names = ends.iter().map(|end| file_name(end.url));
                    or_nearest(diagnostic, name, names)
                }
            };
        }
        self.push(diagnostic);
        None
    }

    fn key_columns(
        &mut self,
        reference: &ColumnReference,
        end: &ForeignKeyEnd<'_>,
        whose: &str,
    ) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        if end.unread {
            // Why its columns are not known has been said.
            return None;
        }
        for (name, place) in &reference.names {
            // A name that comes from a title does not count (Metadata Vocabulary §5.1.4).
            let index = end.columns.index(name);
            match index.filter(|_| end.schema.names.contains(name)) {
                Some(index) => found.push(index),
                None => {
                    let diagnostic = Diagnostic::new(
                        Code::ForeignKeyTarget,
                        place.clone(),
                        format!("no column of {whose} has this `name`"),
                    )
                    .with_found(name.as_str());
                    self.push(end.schema.suggest(name, diagnostic));
                }
            }
        }
        (found.len() == reference.names.len()).then_some(found)
    }
}

/// A table that a foreign key starts or ends at.
struct ForeignKeyEnd<'t> {
    url: &'t str,
    schema: &'t SchemaDescription,
    columns: ColumnNames<'t>,
    /// Nothing is known of its columns.
    unread: bool,
}

impl ForeignKeyTarget {
    fn url(&self) -> &str {
        match self {
            Self::Resource(url) | Self::Schema(url) => url,
        }
    }
}

/// The part of a URL after the last slash.
fn file_name(url: &str) -> &str {
    url.rsplit_once('/').map_or(url, |(_, name)| name)
}

//! Foreign keys resolved: names of tables, schemas and columns become indexes (Metadata Vocabulary §5.5).

use super::description::{self, ColumnReference, Schema, Target};
use super::model::{ForeignKey, Table};
use super::reader::{Reader, or_nearest};
use crate::diagnostic::{Code, Diagnostic};
use crate::resource::url;
use std::sync::Arc;

impl Reader<'_> {
    /// The foreign keys of one table; one that leads nowhere is reported and left out.
    pub(super) fn foreign_keys(
        &mut self,
        index: usize,
        schema: &Schema,
        tables: &[Table],
        schemas: &[Option<Arc<Schema>>],
    ) -> Vec<ForeignKey> {
        let Some(table) = tables.get(index) else {
            return Vec::new();
        };
        let mut keys = Vec::new();
        for key in &schema.foreign_keys {
            let own = self.key_columns(&key.columns, table, schema, "this table");
            let Some(target) = self.key_target(key, tables, schemas) else {
                continue;
            };
            let (Some(referenced_table), Some(referenced_schema)) =
                (tables.get(target), schemas.get(target))
            else {
                continue;
            };
            let empty = Schema::default();
            let referenced_schema = referenced_schema.as_deref().unwrap_or(&empty);
            let referenced = self.key_columns(
                &key.referenced,
                referenced_table,
                referenced_schema,
                "the referenced table",
            );
            let (Some(own), Some(referenced)) = (own, referenced) else {
                continue;
            };
            if own.len() != referenced.len() {
                self.push(
                    Diagnostic::new(
                        Code::ForeignKey,
                        key.place.clone(),
                        "the foreign key refers to another number of columns than it has",
                    )
                    .with_found(referenced.len().to_string())
                    .with_expected(own.len().to_string()),
                );
                continue;
            }
            keys.push(ForeignKey {
                columns: own,
                table: target,
                referenced,
                place: key.place.clone(),
            });
        }
        keys
    }

    /// The table that a foreign key refers to.
    fn key_target(
        &mut self,
        key: &description::ForeignKey,
        tables: &[Table],
        schemas: &[Option<Arc<Schema>>],
    ) -> Option<usize> {
        let (wanted, found): (&str, Vec<usize>) = match &key.target {
            Target::Resource(url) => (
                url,
                (0..tables.len())
                    .filter(|&i| tables.get(i).is_some_and(|table| table.url == *url))
                    .collect(),
            ),
            Target::Schema(url) => (
                url,
                (0..schemas.len())
                    .filter(|&i| {
                        let schema = schemas.get(i).and_then(Option::as_ref);
                        let id = schema.and_then(|schema| schema.id.as_deref());
                        id.is_some_and(|id| url::same(id, url))
                    })
                    .collect(),
            ),
        };
        let message = match (found.as_slice(), &key.target) {
            ([target], _) => return Some(*target),
            ([], Target::Resource(_)) => "no table of the group has this URL",
            ([], Target::Schema(_)) => "no table of the group has a schema with this `@id`",
            (_, Target::Resource(_)) => "several tables of the group have this URL",
            (_, Target::Schema(_)) => "several tables of the group have the schema with this `@id`",
        };
        let mut diagnostic =
            Diagnostic::new(Code::ForeignKeyTarget, key.target_place.clone(), message)
                .with_found(wanted);
        if matches!(key.target, Target::Resource(_)) {
            // Whole URLs are always alike.
            let names = tables.iter().map(|table| file_name(&table.url));
            diagnostic = or_nearest(diagnostic, file_name(wanted), names);
        }
        self.push(diagnostic);
        None
    }

    fn key_columns(
        &mut self,
        reference: &ColumnReference,
        table: &Table,
        schema: &Schema,
        whose: &str,
    ) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        for (name, place) in &reference.names {
            let index = table.columns.iter().position(|column| column.name == *name);
            // A name that comes from a title does not count (Metadata Vocabulary §5.1.4).
            match index.filter(|_| schema.has_column(name)) {
                Some(index) => found.push(index),
                None => {
                    let diagnostic = Diagnostic::new(
                        Code::ForeignKeyTarget,
                        place.clone(),
                        format!("no column of {whose} has this `name`"),
                    )
                    .with_found(name.as_str());
                    self.push(schema.suggest(name, diagnostic));
                }
            }
        }
        (found.len() == reference.names.len()).then_some(found)
    }
}

/// The part of a URL after the last slash.
fn file_name(url: &str) -> &str {
    url.rsplit_once('/').map_or(url, |(_, name)| name)
}

//! Metadata and headers joined: the annotated table group (Tabular Data Model §4).

use super::description::{self, ColumnReference, Inherited, Schema, Target, Title};
use super::header::{Header, HeaderColumn};
use super::model::{
    Annotation, AnnotationValue, Column, Dialect, Extensions, ForeignKey, Table, TableGroup,
};
use super::own::OwnAnnotations;
use super::reader::{Reader, or_nearest};
use crate::csv;
use crate::datatype::DatatypeDescription;
use crate::diagnostic::{Code, Diagnostic, Mode, Place};
use crate::resource::{ResolveError, Resource, url};
use std::collections::HashMap;
use std::sync::Arc;

const RDFS_COMMENT: &str = "http://www.w3.org/2000/01/rdf-schema#comment";

impl Reader<'_> {
    /// The annotated table group that a description and the headers of its files make.
    pub fn annotate(&mut self, group: description::Group) -> TableGroup {
        let mut schemas = Vec::new();
        let mut tables = Vec::new();
        for described in &group.tables {
            // A table without a URL was reported where it was read.
            let Some(url) = &described.url else { continue };
            let schema = described.schema.as_ref().or(group.schema.as_ref());
            schemas.push(schema.cloned());
            let table = self.table_of(&group, described, url, schema.map(Arc::as_ref));
            tables.push(table);
        }
        for (index, schema) in schemas.iter().enumerate() {
            if let Some(schema) = schema {
                let keys = self.foreign_keys(index, schema, &tables, &schemas);
                if let Some(table) = tables.get_mut(index) {
                    table.foreign_keys = keys;
                }
            }
        }
        TableGroup {
            id: group.id,
            tables,
            annotations: group.annotations,
            notes: group.notes,
            extensions: Extensions {
                graph: group.own.graph,
                ..Extensions::default()
            },
            base: group.own.base,
            metadata: Vec::new(),
        }
    }

    fn table_of(
        &mut self,
        group: &description::Group,
        described: &description::Table,
        url: &str,
        schema: Option<&Schema>,
    ) -> Table {
        let dialect = described.dialect.as_ref().or(group.dialect.as_ref());
        let mut dialect_or_default = dialect.map_or_else(Dialect::default, |d| (**d).clone());
        let outer = described.inherited.clone().or(&group.inherited);
        let mut annotations = described.annotations.clone();

        // A converter has no use for the file of a table that is left out of the output.
        let suppressed = described.suppress_output && self.diagnostics.mode() == Mode::Convert;
        let resource = if suppressed && schema.is_some() {
            None
        } else {
            self.open(described, url)
        };
        let mut header = None;
        if let Some(resource) = &resource {
            if dialect.is_none() {
                by_media_type(&mut dialect_or_default, resource);
            }
            match csv::preamble(resource, &dialect_or_default) {
                Ok(preamble) => {
                    header = Some(Header::new(
                        resource,
                        &preamble,
                        dialect_or_default.skip_rows,
                        dialect_or_default.skip_columns,
                        outer.lang.as_deref().unwrap_or("und"),
                    ));
                    annotations.extend(comments(preamble.comments));
                    for problem in preamble.problems {
                        self.push(problem);
                    }
                }
                Err(diagnostic) => self.push(diagnostic),
            }
            if let (Some(header), Some(schema)) = (&header, schema) {
                header.check(schema, resource, self.diagnostics);
            }
        }

        let header_columns = header.map(|header| header.columns).unwrap_or_default();
        let schema_or_empty = schema.cloned().unwrap_or_default();
        let graph = schema_or_empty
            .own
            .graph
            .clone()
            .or_else(|| described.own.graph.clone())
            .or_else(|| group.own.graph.clone());
        let inherited = schema_or_empty.inherited.clone().or(&outer);
        let columns = columns(
            schema,
            header_columns,
            &inherited,
            graph.as_deref(),
            &described.place,
        );
        self.check_names(&columns, &schema_or_empty);
        let functional_key = described
            .own
            .functional_key
            .as_ref()
            .or(schema_or_empty.own.functional_key.as_ref());
        let table = Table {
            url: url.to_owned(),
            id: described.id.clone(),
            suppress_output: described.suppress_output,
            dialect: dialect_or_default,
            primary_key: indexes(schema_or_empty.primary_key.as_ref(), &columns),
            foreign_keys: Vec::new(),
            row_titles: indexes(schema_or_empty.row_titles.as_ref(), &columns),
            table_direction: described
                .table_direction
                .clone()
                .or_else(|| group.table_direction.clone()),
            annotations,
            notes: described.notes.clone(),
            extensions: Extensions {
                graph,
                functional_key: functional_key
                    .map(|(names, _)| names.clone())
                    .unwrap_or_default(),
                ..Extensions::default()
            },
            place: described.place.clone(),
            columns,
        };
        if let Some((names, place)) = functional_key {
            for name in names {
                self.check_column("functional", name, place, &table.columns);
            }
        }
        self.check_own(&schema_or_empty, &table.columns);
        table
    }

    /// The file of a table; what is wrong is reported where the metadata names it.
    fn open(&mut self, described: &description::Table, url: &str) -> Option<Resource> {
        match self.resolver.resolve(url) {
            Ok(resource) => Some(resource),
            Err(error) => {
                let message = match error {
                    ResolveError::NotFound => "the file of this table does not exist".to_owned(),
                    ResolveError::Failed(reason) => {
                        format!("the file of this table cannot be read: {reason}")
                    }
                };
                self.push(
                    Diagnostic::new(Code::Unreadable, described.place.clone(), message)
                        .with_found(url),
                );
                None
            }
        }
    }

    /// Variables of URI templates are found by name: no two columns may share one.
    fn check_names(&mut self, columns: &[Column], schema: &Schema) {
        let mut first: HashMap<&str, usize> = HashMap::new();
        for (index, column) in columns.iter().enumerate() {
            let Some(earlier) = first.insert(&column.name, index) else {
                continue;
            };
            let named = |index: usize| {
                schema
                    .columns
                    .get(index)
                    .is_some_and(|described| described.name.is_some())
            };
            // Two equal `name`s were reported with the schema.
            if !(named(index) && named(earlier)) {
                self.push(
                    Diagnostic::new(
                        Code::AmbiguousTitle,
                        column.place.clone(),
                        format!(
                            "the columns {} and {} have the same name",
                            earlier + 1,
                            index + 1
                        ),
                    )
                    .with_found(column.name.as_str())
                    .with_hint("give each a `name` in the metadata"),
                );
            }
        }
    }

    /// Own annotations that name columns or want other properties.
    fn check_own(&mut self, schema: &Schema, columns: &[Column]) {
        for (described, column) in schema.columns.iter().zip(described_first(schema, columns)) {
            let own = &described.own;
            if let Some(place) = &own.each
                && (column.separator.is_none() || column.value_url.is_none())
            {
                self.push(
                    Diagnostic::new(
                        Code::OwnAnnotation,
                        place.clone(),
                        "`each` has no effect without `separator` and `valueUrl`",
                    )
                    .with_expected("a column with both"),
                );
            }
            if let Some((conditions, place)) = &own.when {
                for condition in conditions {
                    self.check_column("when", condition.column(), place, columns);
                }
            }
            if let Some((name, place)) = &own.language {
                self.check_column("language", name, place, columns);
            }
        }
    }

    fn check_column(&mut self, annotation: &str, name: &str, place: &Place, columns: &[Column]) {
        if columns.iter().any(|column| column.name == name) {
            return;
        }
        let diagnostic = Diagnostic::new(
            Code::OwnAnnotation,
            place.clone(),
            format!("`{annotation}` names a column that the table does not have"),
        )
        .with_found(name);
        let names = columns.iter().map(|column| column.name.as_str());
        self.push(or_nearest(diagnostic, name, names));
    }

    fn foreign_keys(
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

/// What the transfer says about how the file is written, where the metadata says nothing.
fn by_media_type(dialect: &mut Dialect, resource: &Resource) {
    if resource.media_type.as_deref() == Some("text/tab-separated-values") {
        dialect.delimiter = "\t".into();
    }
    if resource.header == Some(false) {
        dialect.header_row_count = 0;
    }
    if let Some(charset) = &resource.charset
        && encoding_rs::Encoding::for_label(charset.as_bytes()).is_some()
    {
        dialect.encoding.clone_from(charset);
    }
}

/// The comments before the data, as the annotation that the parser makes of them.
fn comments(comments: Vec<String>) -> Option<Annotation> {
    let values: Vec<_> = comments
        .into_iter()
        .map(|comment| comment.trim().to_owned())
        .filter(|comment| !comment.is_empty())
        .map(|value| AnnotationValue::String {
            value,
            language: None,
            datatype: None,
        })
        .collect();
    (!values.is_empty()).then(|| Annotation {
        property: RDFS_COMMENT.into(),
        written: "rdfs:comment".into(),
        value: AnnotationValue::Array(values),
    })
}

/// The columns of a table: those that the schema describes for the file, those that only the file
/// has, then the virtual ones. Without a schema the header is all there is.
fn columns(
    schema: Option<&Schema>,
    header: Vec<HeaderColumn>,
    inherited: &Inherited,
    graph: Option<&str>,
    table: &Place,
) -> Vec<Column> {
    let described = schema
        .map(|schema| schema.columns.as_slice())
        .unwrap_or_default();
    let in_file = described
        .iter()
        .filter(|column| !column.virtual_column)
        .count();
    let nobody = description::Column::default();
    let mut columns = Vec::new();
    for column in described.iter().filter(|column| !column.virtual_column) {
        columns.push(annotated(column, columns.len() + 1, inherited, graph));
    }
    for extra in header.into_iter().skip(in_file) {
        let mut column = description::Column {
            place: if schema.is_some() {
                table.clone()
            } else {
                extra.place
            },
            ..nobody.clone()
        };
        if schema.is_none() {
            column.default_language = extra.titles.first().map(|title| title.language.clone());
            column.titles = extra.titles;
        }
        columns.push(annotated(&column, columns.len() + 1, inherited, graph));
    }
    for column in described.iter().filter(|column| column.virtual_column) {
        columns.push(annotated(column, columns.len() + 1, inherited, graph));
    }
    columns
}

/// The annotated columns in the order in which the schema describes them.
fn described_first<'c>(schema: &Schema, columns: &'c [Column]) -> Vec<&'c Column> {
    let in_file = schema
        .columns
        .iter()
        .filter(|column| !column.virtual_column)
        .count();
    let virtuals = schema.columns.len() - in_file;
    let mut of_file = columns.iter().take(in_file);
    let mut of_schema = columns
        .iter()
        .skip(columns.len() - virtuals.min(columns.len()));
    schema
        .columns
        .iter()
        .filter_map(|column| {
            if column.virtual_column {
                of_schema.next()
            } else {
                of_file.next()
            }
        })
        .collect()
}

/// One column with everything that it inherits.
fn annotated(
    column: &description::Column,
    number: usize,
    outer: &Inherited,
    graph: Option<&str>,
) -> Column {
    let inherited = column.inherited.clone().or(outer);
    let lang = inherited.lang.unwrap_or_else(|| "und".into());
    let name = column
        .name
        .clone()
        .or_else(|| name_from_titles(column, &lang))
        .unwrap_or_else(|| format!("_col.{number}"));
    Column {
        name,
        titles: column
            .titles
            .iter()
            .map(|title| (title.language.clone(), title.text.clone()))
            .collect(),
        virtual_column: column.virtual_column,
        suppress_output: column.suppress_output,
        about_url: inherited.about_url,
        property_url: inherited.property_url,
        value_url: inherited.value_url,
        datatype: inherited.datatype.unwrap_or_else(|| DatatypeDescription {
            base: "string".into(),
            place: column.place.clone(),
            ..DatatypeDescription::default()
        }),
        default: inherited.default.unwrap_or_default(),
        lang,
        null: inherited.null.unwrap_or_else(|| vec![String::new()]),
        ordered: inherited.ordered.unwrap_or(false),
        required: inherited.required.unwrap_or(false),
        separator: inherited.separator.flatten(),
        text_direction: inherited.text_direction,
        annotations: column.annotations.clone(),
        extensions: extensions(&column.own, graph),
        place: column.place.clone(),
    }
}

fn extensions(own: &OwnAnnotations, graph: Option<&str>) -> Extensions {
    Extensions {
        graph: own.graph.clone().or_else(|| graph.map(str::to_owned)),
        each: own.each.is_some(),
        when: own.when.as_ref().map(|(conditions, _)| conditions.clone()),
        functional: own.functional,
        functional_key: Vec::new(),
        part: own.part.clone(),
        language: own.language.as_ref().map(|(name, _)| name.clone()),
    }
}

/// The first title in the default language, or in that of the cells, as a name.
fn name_from_titles(column: &description::Column, lang: &str) -> Option<String> {
    let default = column.default_language.as_deref().unwrap_or("und");
    let in_language = |tag: &str| {
        column
            .titles
            .iter()
            .find(|title: &&Title| title.language.eq_ignore_ascii_case(tag))
    };
    in_language(default)
        .or_else(|| in_language(lang))
        .map(|title| name_of_title(&title.text))
}

/// A title percent-encoded so that it is a variable name of URI templates.
fn name_of_title(title: &str) -> String {
    let mut name = String::with_capacity(title.len());
    for (index, byte) in title.bytes().enumerate() {
        // A name does not start with `_` or `.`.
        if byte.is_ascii_alphanumeric() || (index > 0 && matches!(byte, b'_' | b'.')) {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    name
}

/// The part of a URL after the last slash.
fn file_name(url: &str) -> &str {
    url.rsplit_once('/').map_or(url, |(_, name)| name)
}

fn indexes(reference: Option<&ColumnReference>, columns: &[Column]) -> Vec<usize> {
    reference
        .into_iter()
        .flat_map(|reference| &reference.names)
        .filter_map(|(name, _)| columns.iter().position(|column| column.name == *name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_as_names() {
        for (title, name) in [
            ("GID", "GID"),
            ("Trim Cycle", "Trim%20Cycle"),
            ("_a.b_c", "%5Fa.b_c"),
            ("ж-1", "%D0%B6%2D1"),
        ] {
            assert_eq!(name_of_title(title), name);
        }
    }
}

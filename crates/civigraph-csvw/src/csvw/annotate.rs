//! Metadata and headers joined: the annotated table group (Tabular Data Model §4).

use super::column::{ColumnNames, columns};
use super::description::{self, ColumnReference, Inherited, SchemaDescription};
use super::header::{FileHeader, HeaderColumn};
use super::model::{Annotation, AnnotationValue, Extensions, Table, TableGroup};
use super::reader::MetadataReader;
use crate::csv::{self, Dialect};
use crate::diagnostic::{Code, Diagnostic, Place, ReadingMode};
use crate::resource::{Resource, file};
use std::sync::Arc;

const RDFS_COMMENT: &str = "http://www.w3.org/2000/01/rdf-schema#comment";

impl MetadataReader<'_> {
    /// The annotated table group that a description and the headers of its files make.
    pub fn annotate(&mut self, group: description::GroupDescription) -> TableGroup {
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
        let unread = group.tables.iter().filter(|table| table.url.is_some());
        let unread: Vec<bool> = unread.map(|table| unknown_columns(&group, table)).collect();
        let unread = unread.into_iter().zip(&tables).zip(&schemas);
        let unread: Vec<bool> = unread
            .map(|((unknown, table), schema)| unknown || table.unread && schema.is_none())
            .collect();
        let keys = self.foreign_keys(&tables, &schemas, &unread);
        self.report_unnamed();
        for (table, keys) in tables.iter_mut().zip(keys) {
            table.foreign_keys = keys;
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
        group: &description::GroupDescription,
        described: &description::TableDescription,
        url: &str,
        schema: Option<&SchemaDescription>,
    ) -> Table {
        let outer = described.inherited.clone().or(&group.inherited);
        let head = self.head(group, described, url, schema, &outer);
        let unknown = unknown_columns(group, described) || head.columns_unknown(schema);
        // What the transfer says counts where the metadata says nothing (Tabular Data Model §6.1).
        let outer = outer.or(&Inherited {
            lang: head.language,
            ..Inherited::default()
        });
        let nothing = SchemaDescription::default();
        let has_schema = schema.is_some();
        let schema = schema.unwrap_or(&nothing);
        let optional = [&schema.own, &described.own, &group.own]
            .into_iter()
            .any(|own| own.optional)
            || self.lax;
        let graph = [&schema.own, &described.own, &group.own]
            .into_iter()
            .find_map(|own| own.graph.clone());
        let inherited = schema.inherited.clone().or(&outer);
        let mut columns = columns(
            schema,
            has_schema,
            head.columns,
            &inherited,
            graph.as_deref(),
        );
        for misfit in head.misfits {
            if let Some(column) = columns.get_mut(misfit) {
                column.misfit = true;
            }
        }
        let names = ColumnNames::new(&columns);
        // What is not known of the columns says nothing about their names.
        if !unknown {
            self.check_names(&names, schema);
            self.check_variables(&inherited, &names);
            self.check_described(schema, &names);
        }
        let key = described.own.functional_key.as_ref();
        let (functional_key, place) = key
            .or(schema.own.functional_key.as_ref())
            .cloned()
            .unwrap_or_default();
        for name in functional_key.iter().filter(|_| !unknown) {
            self.check_column("functional", name, &place, &names);
        }
        let direction = described.table_direction.as_ref();
        Table {
            url: url.to_owned(),
            id: described.id.clone(),
            suppress_output: described.suppress_output,
            dialect: head.dialect,
            primary_key: indexes(schema.primary_key.as_ref(), &names),
            foreign_keys: Vec::new(),
            row_titles: indexes(schema.row_titles.as_ref(), &names),
            table_direction: direction.or(group.table_direction.as_ref()).cloned(),
            annotations: described
                .annotations
                .iter()
                .cloned()
                .chain(head.comments)
                .collect(),
            notes: described.notes.clone(),
            extensions: Extensions {
                graph,
                functional_key,
                optional,
                ..Extensions::default()
            },
            place: described.place.clone(),
            unread: head.unread,
            columns,
        }
    }

    /// Reads what is before the data in the file of a table, and compares it with the schema.
    fn head(
        &mut self,
        group: &description::GroupDescription,
        described: &description::TableDescription,
        url: &str,
        schema: Option<&SchemaDescription>,
        outer: &Inherited,
    ) -> FileHead {
        let dialect = described.dialect.as_ref().or(group.dialect.as_ref());
        let mut head = FileHead {
            dialect: dialect.map_or_else(Dialect::default, |dialect| (**dialect).clone()),
            language: None,
            columns: Vec::new(),
            comments: None,
            misfits: Vec::new(),
            unread: false,
        };
        // A converter has no use for the file of a table that is left out of the output.
        let suppressed =
            described.suppress_output && self.diagnostics.mode() == ReadingMode::Convert;
        if suppressed && schema.is_some() {
            return head;
        }
        if dialect.is_none() && (described.dialect_unread || group.dialect_unread) {
            // How the file is written is not known, which is reported.
            head.unread = true;
            return head;
        }
        let Some(resource) = self.open(described, url) else {
            head.unread = true;
            return head;
        };
        head.language.clone_from(&resource.language);
        if dialect.is_none() {
            by_media_type(&mut head.dialect, &resource);
        }
        if let Some(diagnostic) = csv::diagnose(&resource, &head.dialect) {
            self.push(diagnostic);
            head.unread = true;
            return head;
        }
        match csv::preamble(&resource, &head.dialect) {
            Ok(preamble) => {
                let language = outer.lang.as_deref().unwrap_or("und");
                let header = FileHeader::new(&resource, &preamble, &head.dialect, language);
                if let Some(schema) = schema {
                    let compared = header.check(schema, &resource, self.lax, self.diagnostics);
                    head.misfits = compared.misfits;
                    self.unnamed.extend(compared.unnamed, url);
                    // A converter goes on by the schema.
                    head.unread =
                        compared.unreadable && self.diagnostics.mode() == ReadingMode::Validate;
                } else if let Some(diagnostic) = header.one_column(&resource, &head.dialect) {
                    self.push(diagnostic);
                    head.unread = self.diagnostics.mode() == ReadingMode::Validate;
                }
                let describes = |schema: &SchemaDescription| {
                    schema.columns.iter().any(|column| !column.virtual_column)
                };
                if header.columns.is_empty() && !schema.is_some_and(describes) {
                    let place = Place::file(Arc::clone(&resource.name));
                    let message = "the file is empty: it has no columns";
                    self.push(Diagnostic::new(Code::EmptyFile, place, message));
                }
                if self.diagnostics.mode() == ReadingMode::Validate {
                    for diagnostic in header.unseen(schema) {
                        self.push(diagnostic);
                    }
                }
                head.columns = header.columns;
                head.comments = comments(preamble.comments);
                // What is wrong with the text of the header is reported by whoever reads the rows.
            }
            Err(diagnostic) => {
                self.push(diagnostic);
                head.unread = true;
            }
        }
        head
    }

    /// The file of a table; what is wrong is reported where the metadata names it.
    fn open(&mut self, described: &description::TableDescription, url: &str) -> Option<Resource> {
        match self.resolver.resolve(url) {
            Ok(resource) => Some(resource),
            Err(error) => {
                let message = file::could_not_read("the table", self.reason(&error, url));
                let diagnostic =
                    Diagnostic::new(Code::Unreadable, described.place.clone(), message)
                        .with_found(self.shown(url))
                        .with_optional_hint(absent_hint(described, url));
                self.push_absent(diagnostic, url);
                None
            }
        }
    }
}

/// What may be wrong with a URL behind which there is nothing, as far as the URL shows it.
fn absent_hint(described: &description::TableDescription, url: &str) -> Option<String> {
    if let Some(base) = &described.base {
        return Some(format!(
            "URLs start with the `@base` of the metadata, {base}"
        ));
    }
    let name = url.rsplit('/').next().unwrap_or(url);
    if url.contains('#') || name.contains('?') {
        return Some("in a file name `#` is written `%23`, and `?` `%3F`".to_owned());
    }
    name.contains("%5C")
        .then(|| "folders are separated by `/` in a URL, not by `\\`".to_owned())
}

/// What a file says before its data.
struct FileHead {
    dialect: Dialect,
    /// The one language that the transfer states.
    language: Option<String>,
    columns: Vec<HeaderColumn>,
    comments: Option<Annotation>,
    /// Columns that hold something else than the schema says.
    misfits: Vec<usize>,
    /// Nothing could be made of the file, which is reported.
    unread: bool,
}

impl FileHead {
    /// Whether nothing is known of the columns, since there is neither a schema nor a header.
    fn columns_unknown(&self, schema: Option<&SchemaDescription>) -> bool {
        self.unread && schema.is_none()
    }
}

/// Whether the schema of a table could not be read, which is reported.
fn unknown_columns(
    group: &description::GroupDescription,
    table: &description::TableDescription,
) -> bool {
    table.schema.is_none() && (table.schema_unread || group.schema_unread && group.schema.is_none())
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

fn indexes(reference: Option<&ColumnReference>, columns: &ColumnNames<'_>) -> Vec<usize> {
    reference
        .into_iter()
        .flat_map(|reference| &reference.names)
        .filter_map(|(name, _)| columns.index(name))
        .collect()
}

//! Schemas, their columns and foreign keys (Metadata Vocabulary §5.5 and §5.6).

use super::description::{
    ColumnDescription, ColumnReference, ForeignKeyDescription, ForeignKeyTarget, SchemaDescription,
};
use super::inherited;
use super::json::{JsonMember, JsonNode, JsonValue};
use super::own::Level;
use super::reader::{FetchError, MetadataDocument, MetadataReader};
use crate::diagnostic::{Code, Diagnostic, Place, suggest};
use crate::resource::file;
use std::collections::HashMap;
use std::sync::Arc;

const SCHEMA_NAMES: &[&str] = &["columns", "foreignKeys", "primaryKey", "rowTitles"];
const COLUMN_NAMES: &[&str] = &["name", "suppressOutput", "titles", "virtual"];

impl MetadataReader<'_> {
    /// The `tableSchema` property: an object, or the URL of a document with one.
    pub fn schema(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
    ) -> Option<Arc<SchemaDescription>> {
        match &member.value.value {
            JsonValue::Object(_) => Some(Arc::new(self.schema_object(document, &member.value))),
            JsonValue::String(_) => {
                let url = self.link(document, member);
                if let Some(schema) = self.schemas.get(&url) {
                    return Some(Arc::clone(schema));
                }
                let (referenced, top) = self.referenced(document, member, &url, "schema")?;
                let mut schema = self.schema_object(&referenced, &top);
                schema.id.get_or_insert_with(|| url.clone());
                let schema = Arc::new(schema);
                self.schemas.insert(url, Arc::clone(&schema));
                Some(schema)
            }
            _ => {
                self.invalid(document, member, "an object or a URL");
                Some(Arc::new(SchemaDescription {
                    place: document.place_of(&member.value),
                    ..SchemaDescription::default()
                }))
            }
        }
    }

    /// Fetches the description that an object property refers to, and reads its context.
    pub fn referenced(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
        url: &str,
        kind: &str,
    ) -> Option<(MetadataDocument, JsonNode)> {
        match self.fetch(url) {
            Ok((mut referenced, top)) => {
                if top.as_object().is_none() {
                    self.push(
                        Diagnostic::new(
                            Code::NotAnObject,
                            referenced.place_of(&top),
                            format!("a {kind} is an object"),
                        )
                        .with_found(top.kind()),
                    );
                    return None;
                }
                self.context(&mut referenced, &top, false);
                Some((referenced, top))
            }
            Err(FetchError::Invalid(diagnostic)) => {
                self.push(*diagnostic);
                None
            }
            Err(FetchError::Resolve(error)) => {
                let diagnostic = Diagnostic::new(
                    Code::MetadataUnreadable,
                    document.place_of(&member.value),
                    file::could_not_read(&format!("the {kind}"), self.reason(&error, url)),
                )
                .with_found(self.shown(url));
                self.push_absent(diagnostic, url);
                None
            }
        }
    }

    /// A schema, or the document that is one.
    pub fn schema_object(
        &mut self,
        document: &MetadataDocument,
        node: &JsonNode,
    ) -> SchemaDescription {
        let mut schema = SchemaDescription {
            place: document.place_of(node),
            ..SchemaDescription::default()
        };
        for member in node.as_object().unwrap_or_default() {
            match member.name.as_str() {
                "@context" => {}
                "@id" => schema.id = self.id(document, member),
                "@type" => self.description_type(document, member, "Schema"),
                "columns" => {
                    for column in self.objects(document, member) {
                        let column = self.column(document, column);
                        schema.columns.push(column);
                    }
                }
                "primaryKey" => schema.primary_key = self.column_reference(document, member),
                "rowTitles" => schema.row_titles = self.column_reference(document, member),
                "foreignKeys" => {
                    for key in self.objects(document, member) {
                        schema.foreign_keys.extend(self.foreign_key(document, key));
                    }
                }
                _ if schema.inherited.read(self, document, member)
                    || schema.own.read(self, document, member, Level::Schema) => {}
                _ if Self::is_common(member) => {
                    self.common_property(document, member, &mut schema.annotations);
                }
                _ => self.unknown(
                    document,
                    member,
                    "schema",
                    &[SCHEMA_NAMES, inherited::NAMES].concat(),
                ),
            }
        }
        self.check_columns(&schema);
        let columns = schema.columns.iter();
        schema.names = columns.filter_map(|column| column.name.clone()).collect();
        schema.primary_key = self.known_columns(&schema, schema.primary_key.clone(), "primaryKey");
        schema.row_titles = self.known_columns(&schema, schema.row_titles.clone(), "rowTitles");
        schema
    }

    fn column(&mut self, document: &MetadataDocument, node: &JsonNode) -> ColumnDescription {
        let mut column = ColumnDescription {
            default_language: document.language.clone(),
            place: document.place_of(node),
            ..ColumnDescription::default()
        };
        for member in node.as_object().unwrap_or_default() {
            match member.name.as_str() {
                "@id" => {
                    self.id(document, member);
                }
                "@type" => self.description_type(document, member, "Column"),
                "name" => match member.value.as_str() {
                    Some(name) if is_column_name(name) => column.name = Some(name.to_owned()),
                    _ => self.push(
                        Diagnostic::new(
                            Code::ColumnName,
                            document.place_of(&member.value),
                            "not a column name, ignored",
                        )
                        .with_found(member.value.excerpt())
                        .with_expected("ASCII letters, digits, `_` and `.`, no `_` first")
                        .with_hint("words for readers belong in `titles`"),
                    ),
                },
                "titles" => column.titles = self.titles(document, member),
                "virtual" => {
                    column.virtual_column = self.boolean(document, member).unwrap_or(false);
                }
                "suppressOutput" => {
                    column.suppress_output = self.boolean(document, member).unwrap_or(false);
                }
                _ if column.inherited.read(self, document, member)
                    || column.own.read(self, document, member, Level::Column) => {}
                _ if Self::is_common(member) => {
                    self.common_property(document, member, &mut column.annotations);
                }
                _ => self.unknown(
                    document,
                    member,
                    "column",
                    &[COLUMN_NAMES, inherited::NAMES].concat(),
                ),
            }
        }
        column
    }

    /// Names are unique, and virtual columns come last.
    fn check_columns(&mut self, schema: &SchemaDescription) {
        let mut first: HashMap<&str, &ColumnDescription> = HashMap::new();
        let mut seen_virtual = false;
        for column in &schema.columns {
            if let Some(name) = column.name.as_deref()
                && let Some(earlier) = first.insert(name, column)
            {
                self.push(
                    Diagnostic::new(
                        Code::DuplicateColumn,
                        column.place.clone(),
                        format!("two columns have the name `{name}`"),
                    )
                    .with_found(name)
                    .with_hint(format!("the first one is on line {}", earlier.place.line)),
                );
            }
            if seen_virtual && !column.virtual_column {
                self.push(
                    Diagnostic::new(
                        Code::VirtualOrder,
                        column.place.clone(),
                        "this column of the file comes after a virtual one",
                    )
                    .with_hint("move the virtual columns to the end of `columns`"),
                );
            }
            seen_virtual |= column.virtual_column;
        }
    }

    /// A reference whose names all are names of columns; otherwise it counts as not given.
    fn known_columns(
        &mut self,
        schema: &SchemaDescription,
        reference: Option<ColumnReference>,
        property: &str,
    ) -> Option<ColumnReference> {
        let reference = reference?;
        let mut known = true;
        for (name, place) in &reference.names {
            if !schema.names.contains(name) {
                known = false;
                let diagnostic = Diagnostic::new(
                    Code::UnknownColumn,
                    place.clone(),
                    format!("`{property}` is ignored: no column has this `name`"),
                )
                .with_found(name.as_str());
                self.push(schema.suggest(name, diagnostic));
            }
        }
        known.then_some(reference)
    }

    fn foreign_key(
        &mut self,
        document: &MetadataDocument,
        node: &JsonNode,
    ) -> Option<ForeignKeyDescription> {
        let mut columns = None;
        let mut reference = None;
        for member in node.as_object().unwrap_or_default() {
            match member.name.as_str() {
                "columnReference" => columns = self.column_reference(document, member),
                "reference" if member.value.as_object().is_some() => {
                    reference = Some(&member.value);
                }
                "reference" => self.invalid(document, member, "an object"),
                _ => self.foreign_property(document, member, "`columnReference`, `reference`"),
            }
        }
        let mut missing = |what: &str| {
            self.push(Diagnostic::new(
                Code::ForeignKey,
                document.place_of(node),
                format!("this foreign key has no valid `{what}`"),
            ));
        };
        if columns.is_none() {
            missing("columnReference");
        }
        let Some(reference) = reference else {
            missing("reference");
            return None;
        };
        let target = self.reference(document, reference);
        let (target, target_place, referenced) = target?;
        Some(ForeignKeyDescription {
            columns: columns?,
            target,
            target_place,
            referenced,
            place: document.place_of(node),
        })
    }

    /// The `reference` of a foreign key.
    fn reference(
        &mut self,
        document: &MetadataDocument,
        node: &JsonNode,
    ) -> Option<(ForeignKeyTarget, Place, ColumnReference)> {
        let mut columns = None;
        let mut target = None;
        for member in node.as_object().unwrap_or_default() {
            match member.name.as_str() {
                "columnReference" => columns = self.column_reference(document, member),
                "resource" | "schemaReference" => {
                    let url = self.link(document, member);
                    let place = document.place_of(&member.value);
                    let this = if member.name == "resource" {
                        ForeignKeyTarget::Resource(url)
                    } else {
                        ForeignKeyTarget::Schema(url)
                    };
                    if target.replace((this, place)).is_some() {
                        self.push(Diagnostic::new(
                            Code::ForeignKey,
                            document.place(member.position),
                            "the reference has both `resource` and `schemaReference`",
                        ));
                    }
                }
                _ => self.foreign_property(
                    document,
                    member,
                    "`resource` or `schemaReference`, `columnReference`",
                ),
            }
        }
        let mut missing = |what: &str| {
            self.push(Diagnostic::new(
                Code::ForeignKey,
                document.place_of(node),
                format!("this reference has no valid {what}"),
            ));
        };
        if columns.is_none() {
            missing("`columnReference`");
        }
        if target.is_none() {
            missing("`resource` or `schemaReference`");
        }
        let (target, place) = target?;
        Some((target, place, columns?))
    }

    fn foreign_property(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
        expected: &str,
    ) {
        self.push(
            Diagnostic::new(
                Code::ForeignKey,
                document.place(member.position),
                format!("a foreign key has no property `{}`", member.name),
            )
            .with_found(member.name.as_str())
            .with_expected(expected),
        );
    }
}

impl SchemaDescription {
    /// Adds the column that was most likely meant to a diagnostic.
    pub fn suggest(&self, name: &str, diagnostic: Diagnostic) -> Diagnostic {
        let names = self
            .columns
            .iter()
            .filter_map(|column| column.name.as_deref());
        if let Some(hint) = suggest::hint(name, names) {
            return diagnostic.with_hint(hint);
        }
        let titled =
            |column: &&ColumnDescription| column.titles.iter().any(|title| title.text == name);
        if self.columns.iter().any(|column| titled(&column)) {
            return diagnostic.with_hint(format!(
                "a column has this title; add `\"name\": \"{name}\"` to it"
            ));
        }
        diagnostic
    }
}

/// Column names are variables of URI templates (RFC 6570 §2.3) that do not start with `_`.
fn is_column_name(name: &str) -> bool {
    let mut rest = name.as_bytes();
    let mut after_dot = true;
    if rest.is_empty() || name.starts_with('_') {
        return false;
    }
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'.' if !after_dot => after_dot = true,
            b'%' if tail.len() >= 2 && tail.iter().take(2).all(u8::is_ascii_hexdigit) => {
                rest = tail.get(2..).unwrap_or_default();
                after_dot = false;
            }
            b'_' => after_dot = false,
            _ if byte.is_ascii_alphanumeric() => after_dot = false,
            _ => return false,
        }
    }
    !after_dot
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_names() {
        for (name, valid) in [
            ("GID", true),
            ("on_street", true),
            ("a.b", true),
            ("Trim%20Cycle", true),
            ("1st", true),
            ("G I D", false),
            ("_GID", false),
            ("", false),
            ("a.", false),
            (".a", false),
            ("a..b", false),
            ("a%2", false),
            ("a%zz", false),
            ("имя", false),
            ("a-b", false),
        ] {
            assert_eq!(is_column_name(name), valid, "{name}");
        }
    }
}

//! Metadata documents as they describe: typed and checked, but not yet joined with a CSV.
//!
//! What a document leaves out is `None` here. Inheritance, defaults, and the match with the header
//! come in [`super::annotate`].

use super::model::{Annotation, AnnotationValue};
use super::own::OwnAnnotations;
use crate::csv::Dialect;
use crate::datatype::DatatypeDescription;
use crate::diagnostic::Place;
use std::collections::HashSet;
use std::sync::Arc;

/// A table group description (Metadata Vocabulary §5.3).
#[derive(Debug, Clone, Default)]
pub(super) struct GroupDescription {
    pub id: Option<String>,
    pub tables: Vec<TableDescription>,
    pub schema: Option<Arc<SchemaDescription>>,
    pub dialect: Option<Arc<Dialect>>,
    pub table_direction: Option<String>,
    pub notes: Vec<AnnotationValue>,
    pub annotations: Vec<Annotation>,
    pub inherited: Inherited,
    pub own: OwnAnnotations,
    /// The schema that it refers to could not be read.
    pub schema_unread: bool,
    /// The dialect that it refers to could not be read.
    pub dialect_unread: bool,
}

/// A table description (§5.4).
#[derive(Debug, Clone, Default)]
pub(super) struct TableDescription {
    /// Absolute and normalised; `None` where it is missing or invalid.
    pub url: Option<String>,
    pub id: Option<String>,
    pub schema: Option<Arc<SchemaDescription>>,
    pub dialect: Option<Arc<Dialect>>,
    pub suppress_output: bool,
    pub table_direction: Option<String>,
    pub notes: Vec<AnnotationValue>,
    pub annotations: Vec<Annotation>,
    pub inherited: Inherited,
    pub own: OwnAnnotations,
    pub place: Place,
    /// The `@base` of the document, where it has one.
    pub base: Option<String>,
    /// The schema that it refers to could not be read.
    pub schema_unread: bool,
    /// The dialect that it refers to could not be read.
    pub dialect_unread: bool,
}

/// A schema (§5.5).
#[derive(Debug, Clone, Default)]
pub(super) struct SchemaDescription {
    pub id: Option<String>,
    pub columns: Vec<ColumnDescription>,
    /// The `name` properties of the columns.
    pub names: HashSet<String>,
    pub primary_key: Option<ColumnReference>,
    pub row_titles: Option<ColumnReference>,
    pub foreign_keys: Vec<ForeignKeyDescription>,
    pub annotations: Vec<Annotation>,
    pub inherited: Inherited,
    pub own: OwnAnnotations,
    pub place: Place,
}

/// A column description (§5.6).
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnDescription {
    pub name: Option<String>,
    /// Title and language tag, in the order of the document.
    pub titles: Vec<Title>,
    /// The default language of the document that describes the column.
    pub default_language: Option<String>,
    pub virtual_column: bool,
    pub suppress_output: bool,
    pub annotations: Vec<Annotation>,
    pub inherited: Inherited,
    pub own: OwnAnnotations,
    pub place: Place,
}

/// A title of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Title {
    /// A language tag; `und` where nothing is known.
    pub language: String,
    pub text: String,
}

/// A URI template that is known to parse, or is empty.
#[derive(Debug, Clone)]
pub(super) struct TemplateText {
    pub text: String,
    pub place: Place,
    /// It does not parse, and counts as empty (§5.1.3): what it should name is not known.
    pub broken: bool,
}

/// Names of columns and where they are.
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnReference {
    pub names: Vec<(String, Place)>,
}

/// A foreign key definition (§5.5).
#[derive(Debug, Clone)]
pub(super) struct ForeignKeyDescription {
    pub columns: ColumnReference,
    pub target: ForeignKeyTarget,
    /// Where the target is named.
    pub target_place: Place,
    pub referenced: ColumnReference,
    pub place: Place,
}

/// What a foreign key refers to: an absolute, normalised URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ForeignKeyTarget {
    /// The `url` of a table.
    Resource(String),
    /// The `@id` of a schema.
    Schema(String),
}

/// The inherited properties (§5.7).
#[derive(Debug, Clone, Default)]
pub(super) struct Inherited {
    pub about_url: Option<TemplateText>,
    pub property_url: Option<TemplateText>,
    pub value_url: Option<TemplateText>,
    pub datatype: Option<DatatypeDescription>,
    pub default: Option<String>,
    pub lang: Option<String>,
    pub null: Option<Vec<String>>,
    pub ordered: Option<bool>,
    pub required: Option<bool>,
    /// `Some(None)` is an explicit null, which ends a separator of an outer description.
    pub separator: Option<Option<String>>,
    pub text_direction: Option<String>,
}

impl Inherited {
    /// What holds here: own values, and those of the description outside for the rest.
    #[must_use]
    pub fn or(self, outer: &Self) -> Self {
        Self {
            about_url: self.about_url.or_else(|| outer.about_url.clone()),
            property_url: self.property_url.or_else(|| outer.property_url.clone()),
            value_url: self.value_url.or_else(|| outer.value_url.clone()),
            datatype: self.datatype.or_else(|| outer.datatype.clone()),
            default: self.default.or_else(|| outer.default.clone()),
            lang: self.lang.or_else(|| outer.lang.clone()),
            null: self.null.or_else(|| outer.null.clone()),
            ordered: self.ordered.or(outer.ordered),
            required: self.required.or(outer.required),
            separator: self.separator.or_else(|| outer.separator.clone()),
            text_direction: self.text_direction.or_else(|| outer.text_direction.clone()),
        }
    }
}

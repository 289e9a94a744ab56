//! The annotated table group: what metadata, header and defaults say together, nothing left to look up.
//!
//! All inherited properties are resolved down to the columns, all URLs are absolute, all references
//! between columns are indexes. This is what the plan is compiled from.

use crate::csv::Dialect;
use crate::datatype::DatatypeDescription;
use crate::diagnostic::Place;

/// A group of annotated tables (Tabular Data Model §4.1).
#[derive(Debug, Clone, Default)]
pub struct TableGroup {
    /// The `@id` of the group.
    pub id: Option<String>,
    /// Tables in the order of the metadata.
    pub tables: Vec<Table>,
    /// Notes and common properties of the group, as JSON-LD values already normalised.
    pub annotations: Vec<Annotation>,
    /// `notes`, normalised values.
    pub notes: Vec<AnnotationValue>,
    /// Own annotations of the group.
    pub extensions: Extensions,
    /// `https://w3id.org/civigraph/csvw#base`: the base of the project's own IRIs.
    pub base: Option<String>,
    /// URLs of the metadata documents that the group was described by; empty for a bare CSV.
    pub metadata: Vec<String>,
}

/// One annotated table (Tabular Data Model §4.2).
#[derive(Debug, Clone)]
pub struct Table {
    /// Absolute URL of the CSV.
    pub url: String,
    /// The `@id` of the table.
    pub id: Option<String>,
    /// Leave the table out of the output.
    pub suppress_output: bool,
    /// How the CSV is written.
    pub dialect: Dialect,
    /// Columns of the file first, in file order, then virtual ones.
    pub columns: Vec<Column>,
    /// Indexes into `columns`; empty where there is no primary key.
    pub primary_key: Vec<usize>,
    /// Foreign keys that start here.
    pub foreign_keys: Vec<ForeignKey>,
    /// Indexes into `columns` of the row titles.
    pub row_titles: Vec<usize>,
    /// `rdf`/`json` value of tableDirection (`ltr`, `rtl`, `auto`).
    pub table_direction: Option<String>,
    /// Common properties, already normalised.
    pub annotations: Vec<Annotation>,
    /// `notes`, normalised values, comments of the CSV (`rdfs:comment`) included.
    pub notes: Vec<AnnotationValue>,
    /// Own annotations.
    pub extensions: Extensions,
    /// Nothing could be made of the file, which is reported.
    pub unread: bool,
    /// Where the table is described.
    pub place: Place,
}

/// One annotated column (Tabular Data Model §4.3), inherited properties resolved.
#[derive(Debug, Clone)]
pub struct Column {
    /// `name` annotation: given, or from the first title (percent-encoded), or `_col.N`.
    pub name: String,
    /// Titles by language tag.
    pub titles: Vec<(String, String)>,
    /// Not in the file.
    pub virtual_column: bool,
    /// Leave its cells out of the output.
    pub suppress_output: bool,
    /// URI template of the subject.
    pub about_url: Option<String>,
    /// URI template of the predicate; `None` stands for the table URL, `#` and the name.
    pub property_url: Option<String>,
    /// URI template of the object.
    pub value_url: Option<String>,
    /// The datatype, compiled by the plan.
    pub datatype: DatatypeDescription,
    /// Value of an empty cell.
    pub default: String,
    /// Language of string values (`und` where nothing is said).
    pub lang: String,
    /// Strings that stand for null.
    pub null: Vec<String>,
    /// A list keeps its order (`rdf:List`).
    pub ordered: bool,
    /// A null cell is an error.
    pub required: bool,
    /// The string that separates list items.
    pub separator: Option<String>,
    /// `ltr`, `rtl`, `auto`, `inherit`.
    pub text_direction: Option<String>,
    /// Common properties.
    pub annotations: Vec<Annotation>,
    /// Own annotations.
    pub extensions: Extensions,
    /// The header of the file has another column here, which is reported: cells are not held against what
    /// the schema says of this one.
    pub misfit: bool,
    /// Where the column is described.
    pub place: Place,
}

/// A foreign key, resolved (Tabular Data Model §4.3).
#[derive(Debug, Clone)]
pub struct ForeignKey {
    /// Indexes into the columns of the referencing table.
    pub columns: Vec<usize>,
    /// Index of the referenced table in the group.
    pub table: usize,
    /// Indexes into the columns of the referenced table.
    pub referenced: Vec<usize>,
    /// Where it is declared.
    pub place: Place,
}

/// A common property: predicate IRI and value (Metadata Vocabulary §5.8).
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation {
    /// Absolute IRI of the property.
    pub property: String,
    /// The property as it was written (`dc:title`), for csv2json.
    pub written: String,
    /// Its value.
    pub value: AnnotationValue,
}

/// The value of a common property or note, normalised (Metadata Vocabulary §6).
#[derive(Debug, Clone, PartialEq)]
pub enum AnnotationValue {
    /// Several values.
    Array(Vec<AnnotationValue>),
    /// A string, with language or datatype IRI.
    String {
        /// The text.
        value: String,
        /// Language tag.
        language: Option<String>,
        /// Absolute IRI of an explicit `@type`.
        datatype: Option<String>,
    },
    /// A number as written in the JSON.
    Number(String),
    /// A truth value.
    Boolean(bool),
    /// A number or a truth value with an explicit `@type`.
    Typed {
        /// The number or truth value.
        value: Box<AnnotationValue>,
        /// Absolute IRI of the `@type`.
        datatype: String,
    },
    /// JSON null.
    Null,
    /// A node: `@id`, `@type`s (absolute) and properties.
    Node {
        /// Absolute IRI; `None` makes a blank node.
        id: Option<String>,
        /// Absolute IRIs, each with its written form.
        types: Vec<(String, String)>,
        /// Properties.
        properties: Vec<Annotation>,
    },
}

/// Own annotations (`https://w3id.org/civigraph/csvw#…`), which other processors ignore.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Extensions {
    /// `graph`: URI template of the named graph; inherited from group to table to column.
    pub graph: Option<String>,
    /// `each`: `valueUrl` is expanded for each item of the list.
    pub each: bool,
    /// `when`: conditions that must all hold for the cell to yield anything.
    pub when: Option<Vec<Condition>>,
    /// `functional` on a column.
    pub functional: bool,
    /// `functional` on a table: names of the key columns.
    pub functional_key: Vec<String>,
    /// `optional` on a table (its group, its schema) or a column: a foreign key with a null refers to
    /// nothing. The Recommendation demands a row for it.
    pub optional: bool,
    /// `part`: the role of a column in the claims machinery.
    pub part: Option<String>,
    /// `language`: name of the column that holds the language tag.
    pub language: Option<String>,
    /// `text` on a virtual column: template of the literal that a row yields.
    pub text: Option<String>,
}

/// One condition of a `when` annotation.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Condition {
    /// The column is not null.
    Present(String),
    /// The column's string value is this one.
    Equals(String, String),
    /// The column's string value is another one (or null).
    Differs(String, String),
}

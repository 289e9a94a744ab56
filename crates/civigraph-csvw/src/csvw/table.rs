//! Table groups, tables and transformations (Metadata Vocabulary §5.2 to §5.4, §5.10).

use super::description::{GroupDescription, TableDescription};
use super::inherited;
use super::json::{JsonMember, JsonNode};
use super::own::Level;
use super::reader::{MetadataDocument, MetadataReader};
use crate::diagnostic::{Code, Diagnostic, HintAction};
use crate::resource::{Resource, url};

const GROUP_NAMES: &[&str] = &[
    "tables",
    "dialect",
    "notes",
    "tableDirection",
    "tableSchema",
    "transformations",
];
const TABLE_NAMES: &[&str] = &[
    "url",
    "dialect",
    "notes",
    "suppressOutput",
    "tableDirection",
    "tableSchema",
    "transformations",
];
const TRANSFORMATION_NAMES: &[&str] = &["url", "scriptFormat", "targetFormat", "source", "titles"];
const DIRECTIONS: &[&str] = &["rtl", "ltr", "auto"];

impl MetadataReader<'_> {
    /// The description that a whole metadata document is: of a group, or of one table.
    pub fn metadata(
        &mut self,
        document: &mut MetadataDocument,
        top: &JsonNode,
    ) -> Option<GroupDescription> {
        if top.as_object().is_none() {
            self.push(
                Diagnostic::new(
                    Code::NotAnObject,
                    document.place_of(top),
                    "a metadata document is an object",
                )
                .with_found(top.kind())
                .with_expected("a description of a table or of a table group"),
            );
            return None;
        }
        self.context(document, top, true);
        let group = if is_table(top) {
            GroupDescription {
                tables: vec![self.table(document, top)],
                ..GroupDescription::default()
            }
        } else {
            self.group(document, top)
        };
        Some(group)
    }

    /// The tables that metadata without a `url` describes: each file has the table, or the schema, that the
    /// document is.
    pub fn metadata_of_any(
        &mut self,
        document: &mut MetadataDocument,
        top: &JsonNode,
        csvs: &[Resource],
    ) -> GroupDescription {
        let is_schema = top.get("columns").is_some();
        self.context(document, top, !is_schema);
        let table = if is_schema {
            TableDescription {
                schema: Some(std::sync::Arc::new(self.schema_object(document, top))),
                place: document.place_of(top),
                ..TableDescription::default()
            }
        } else {
            self.described_table(document, top)
        };
        let tables = csvs.iter().map(|csv| TableDescription {
            url: Some(url::identity(url::without_fragment(&csv.url))),
            ..table.clone()
        });
        GroupDescription {
            tables: tables.collect(),
            ..GroupDescription::default()
        }
    }

    fn group(&mut self, document: &MetadataDocument, node: &JsonNode) -> GroupDescription {
        let mut group = GroupDescription::default();
        for member in node.as_object().unwrap_or_default() {
            match member.name.as_str() {
                "@context" => {}
                "@id" => group.id = self.id(document, member),
                "@type" => self.description_type(document, member, "TableGroup"),
                "tables" => {
                    for table in self.objects(document, member) {
                        let table = self.table(document, table);
                        if !self.is_listed(&group.tables, &table) {
                            group.tables.push(table);
                        }
                    }
                }
                "tableSchema" => {
                    group.schema = self.schema(document, member);
                    group.schema_unread = group.schema.is_none();
                }
                "dialect" => {
                    group.dialect = self.dialect(document, member);
                    group.dialect_unread = group.dialect.is_none();
                }
                "tableDirection" => {
                    group.table_direction = self.choice(document, member, DIRECTIONS);
                }
                "notes" => self.notes(document, member, &mut group.notes),
                "transformations" => self.transformations(document, member),
                _ if group.inherited.read(self, document, member)
                    || group.own.read(self, document, member, Level::Group) => {}
                _ if Self::is_common(member) => {
                    self.common_property(document, member, &mut group.annotations);
                }
                _ => self.unknown(
                    document,
                    member,
                    "table group",
                    &[GROUP_NAMES, inherited::NAMES].concat(),
                ),
            }
        }
        if group.tables.is_empty() {
            let diagnostic = Diagnostic::new(
                Code::NoTables,
                document.place_of(node.get("tables").unwrap_or(node)),
                "the table group has no tables",
            )
            .with_expected("`\"tables\": [{\"url\": …}, …]`");
            let hint = describes_any_file(node).then(|| {
                let metadata = document.file.to_string();
                HintAction::ApplyMetadata { metadata }
            });
            self.push(diagnostic.with_optional_hint(hint));
        }
        group
    }

    /// Whether one of the tables before has the same file, which is reported.
    fn is_listed(&mut self, before: &[TableDescription], table: &TableDescription) -> bool {
        let Some(url) = &table.url else { return false };
        let first = before.iter().find(|first| first.url.as_ref() == Some(url));
        if let Some(first) = first {
            let message = "the file of this table is listed before; this entry is left out";
            self.push(
                Diagnostic::new(Code::TableTwice, table.place.clone(), message)
                    .with_found(url.as_str())
                    .with_hint(format!("the first entry is at {}", first.place)),
            );
        }
        first.is_some()
    }

    fn table(&mut self, document: &MetadataDocument, node: &JsonNode) -> TableDescription {
        let table = self.described_table(document, node);
        if table.url.is_none() {
            self.missing(document, node, "table", "url");
        }
        table
    }

    /// A table whose `url` may be missing.
    fn described_table(
        &mut self,
        document: &MetadataDocument,
        node: &JsonNode,
    ) -> TableDescription {
        let mut table = TableDescription {
            place: document.place_of(node),
            base: Some(&document.base)
                .filter(|base| **base != document.url)
                .cloned(),
            ..TableDescription::default()
        };
        for member in node.as_object().unwrap_or_default() {
            match member.name.as_str() {
                "@context" => {}
                "url" => {
                    // An empty reference is the document itself, which is not CSV.
                    // In one spelling, so that the IRIs made of it are the same whichever is written.
                    table.url = self
                        .valid_link(document, member)
                        .filter(|_| member.value.as_str() != Some(""))
                        .map(|url| url::identity(&url));
                }
                "@id" => table.id = self.id(document, member),
                "@type" => self.description_type(document, member, "Table"),
                "tableSchema" => {
                    table.schema = self.schema(document, member);
                    table.schema_unread = table.schema.is_none();
                }
                "dialect" => {
                    table.dialect = self.dialect(document, member);
                    table.dialect_unread = table.dialect.is_none();
                }
                "suppressOutput" => {
                    table.suppress_output = self.boolean(document, member).unwrap_or(false);
                }
                "tableDirection" => {
                    table.table_direction = self.choice(document, member, DIRECTIONS);
                }
                "notes" => self.notes(document, member, &mut table.notes),
                "transformations" => self.transformations(document, member),
                _ if table.inherited.read(self, document, member)
                    || table.own.read(self, document, member, Level::Table) => {}
                _ if Self::is_common(member) => {
                    self.common_property(document, member, &mut table.annotations);
                }
                _ => self.unknown(
                    document,
                    member,
                    "table",
                    &[TABLE_NAMES, inherited::NAMES].concat(),
                ),
            }
        }
        table
    }

    /// Checks transformation definitions; nothing executes them.
    fn transformations(&mut self, document: &MetadataDocument, member: &JsonMember) {
        for transformation in self.objects(document, member) {
            let mut given = Vec::new();
            for member in transformation.as_object().unwrap_or_default() {
                match member.name.as_str() {
                    "@id" => {
                        self.id(document, member);
                    }
                    "@type" => self.description_type(document, member, "Template"),
                    "url" | "scriptFormat" | "targetFormat" => {
                        self.link(document, member);
                        if member.value.as_str().is_some() {
                            given.push(member.name.as_str());
                        }
                    }
                    "source" => {
                        if member.value.value != super::json::JsonValue::Null {
                            self.choice(document, member, &["json", "rdf"]);
                        }
                    }
                    "titles" => {
                        self.titles(document, member);
                    }
                    _ if Self::is_common(member) => {
                        self.common_property(document, member, &mut Vec::new());
                    }
                    _ => self.unknown(document, member, "transformation", TRANSFORMATION_NAMES),
                }
            }
            for required in ["url", "scriptFormat", "targetFormat"] {
                if !given.contains(&required) {
                    self.missing(document, transformation, "transformation", required);
                }
            }
        }
    }
}

/// Whether the top of a document describes one table; it describes a group where that is unclear.
fn is_table(top: &JsonNode) -> bool {
    if top.get("tables").is_some() {
        return false;
    }
    let kind = top.get("@type").and_then(JsonNode::as_str);
    // A group may have a schema for its tables, so that a schema alone says nothing.
    top.get("url").is_some() || kind == Some("Table")
}

/// Whether a document says nothing of the file that it describes: a table without `url`, or a schema.
pub(super) fn describes_any_file(top: &JsonNode) -> bool {
    let names_files = top.get("tables").is_some() || top.get("url").is_some();
    let is_group = top.get("@type").and_then(JsonNode::as_str) == Some("TableGroup");
    let describes = ["tableSchema", "columns", "dialect"];
    !names_files && !is_group && describes.iter().any(|name| top.get(name).is_some())
}

/// The absolute, normalised URLs of the tables that a document describes.
pub(super) fn described_urls(document: &MetadataDocument, top: &JsonNode) -> Vec<String> {
    let one = std::slice::from_ref(top);
    let tables = match top.get("tables").map(|tables| &tables.value) {
        Some(super::json::JsonValue::Array(tables)) => tables,
        _ => one,
    };
    tables
        .iter()
        .filter_map(|table| table.get("url")?.as_str())
        .filter_map(|url| url::resolve_written(&document.base, url).ok())
        .map(|url| url::normalise(&url))
        .collect()
}

//! Dialect descriptions (Metadata Vocabulary §5.9).

use super::json::{JsonMember, JsonNode, JsonValue};
use super::reader::{MetadataDocument, MetadataReader};
use crate::csv::{Dialect, Trim};
use std::sync::Arc;

const NAMES: &[&str] = &[
    "commentPrefix",
    "delimiter",
    "doubleQuote",
    "encoding",
    "header",
    "headerRowCount",
    "lineTerminators",
    "quoteChar",
    "skipBlankRows",
    "skipColumns",
    "skipInitialSpace",
    "skipRows",
    "trim",
];

impl MetadataReader<'_> {
    /// The `dialect` property: an object, or the URL of a document with one.
    pub fn dialect(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
    ) -> Option<Arc<Dialect>> {
        match &member.value.value {
            JsonValue::Object(_) => Some(Arc::new(self.dialect_object(document, &member.value))),
            JsonValue::String(_) => {
                let url = self.link(document, member);
                if let Some(dialect) = self.dialects.get(&url) {
                    return Some(Arc::clone(dialect));
                }
                let (referenced, top) = self.referenced(document, member, &url, "dialect")?;
                let dialect = Arc::new(self.dialect_object(&referenced, &top));
                self.dialects.insert(url, Arc::clone(&dialect));
                Some(dialect)
            }
            _ => {
                self.invalid(document, member, "an object or a URL");
                Some(Arc::default())
            }
        }
    }

    fn dialect_object(&mut self, document: &MetadataDocument, node: &JsonNode) -> Dialect {
        let mut dialect = Dialect::default();
        let mut header = None;
        let mut header_row_count = None;
        let mut skip_initial_space = None;
        let mut trim = None;
        for member in node.as_object().unwrap_or_default() {
            match member.name.as_str() {
                "@context" => {}
                "@id" => {
                    self.id(document, member);
                }
                "@type" => self.description_type(document, member, "Dialect"),
                "commentPrefix" => match &member.value.value {
                    JsonValue::String(prefix) if !prefix.is_empty() => {
                        dialect.comment_prefix = Some(prefix.clone());
                    }
                    JsonValue::Null => dialect.comment_prefix = None,
                    _ => self.invalid(document, member, "a string that is not empty, or null"),
                },
                "delimiter" => match member.value.as_str() {
                    Some(delimiter) if !delimiter.is_empty() => {
                        delimiter.clone_into(&mut dialect.delimiter);
                    }
                    _ => self.invalid(document, member, "a string that is not empty"),
                },
                "doubleQuote" => {
                    if let Some(value) = self.boolean(document, member) {
                        dialect.double_quote = value;
                    }
                }
                "encoding" => match member.value.as_str() {
                    Some(label) if encoding_rs::Encoding::for_label(label.as_bytes()).is_some() => {
                        label.clone_into(&mut dialect.encoding);
                    }
                    _ => self.invalid(
                        document,
                        member,
                        "the label of an encoding, such as `utf-8` or `windows-1251`",
                    ),
                },
                "header" => header = self.boolean(document, member),
                "headerRowCount" => header_row_count = self.count(document, member),
                "lineTerminators" => match line_terminators(&member.value) {
                    Some(terminators) => dialect.line_terminators = terminators,
                    None => self.invalid(document, member, "a string or an array of strings"),
                },
                "quoteChar" => match &member.value.value {
                    JsonValue::Null => dialect.quote_char = None,
                    JsonValue::String(quote) if !quote.is_empty() => {
                        dialect.quote_char = Some(quote.clone());
                    }
                    _ => self.invalid(document, member, "a string that is not empty, or null"),
                },
                "skipBlankRows" => {
                    if let Some(value) = self.boolean(document, member) {
                        dialect.skip_blank_rows = value;
                    }
                }
                "skipColumns" => {
                    if let Some(count) = self.count(document, member) {
                        dialect.skip_columns = count;
                    }
                }
                "skipInitialSpace" => skip_initial_space = self.boolean(document, member),
                "skipRows" => {
                    if let Some(count) = self.count(document, member) {
                        dialect.skip_rows = count;
                    }
                }
                "trim" => match trim_of(&member.value) {
                    Some(value) => trim = Some(value),
                    None => self.invalid(document, member, "true, false, `start` or `end`"),
                },
                _ => self.unknown(document, member, "dialect", NAMES),
            }
        }
        dialect.header_row_count =
            header_row_count.unwrap_or_else(|| u64::from(header.unwrap_or(true)));
        // "If the trim property is provided, the skipInitialSpace property is ignored" (§5.9).
        dialect.skip_initial_space = skip_initial_space.unwrap_or(false) && trim.is_none();
        dialect.trim = trim.unwrap_or(if dialect.skip_initial_space {
            Trim::Start
        } else {
            Trim::None
        });
        dialect
    }
}

fn line_terminators(node: &JsonNode) -> Option<Vec<String>> {
    let terminators: Vec<String> = match &node.value {
        JsonValue::String(text) => vec![text.clone()],
        JsonValue::Array(items) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect::<Option<_>>()?,
        _ => return None,
    };
    (!terminators.is_empty() && terminators.iter().all(|t| !t.is_empty())).then_some(terminators)
}

fn trim_of(node: &JsonNode) -> Option<Trim> {
    match &node.value {
        JsonValue::Boolean(true) => Some(Trim::Both),
        JsonValue::Boolean(false) => Some(Trim::None),
        JsonValue::String(text) => match text.as_str() {
            "true" => Some(Trim::Both),
            "false" => Some(Trim::None),
            "start" => Some(Trim::Start),
            "end" => Some(Trim::End),
            _ => None,
        },
        _ => None,
    }
}

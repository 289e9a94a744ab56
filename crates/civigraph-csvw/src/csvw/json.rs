//! Strict JSON (RFC 8259) in which every value knows its line and column.

use crate::diagnostic::{Code, Diagnostic, Place};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, ast};
use std::sync::Arc;

/// The deepest nesting of arrays and objects that is read.
///
/// Real metadata stays below ten; the limit keeps the stack small whatever the input.
pub const DEPTH_LIMIT: usize = 128;

/// A position in a document: line and character, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JsonPosition {
    /// Line from 1.
    pub line: u64,
    /// Character in the line from 1.
    pub column: u64,
}

/// A value and where it starts.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonNode {
    /// The value.
    pub value: JsonValue,
    /// Where it starts.
    pub position: JsonPosition,
}

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum JsonValue {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number as written.
    Number(String),
    /// A string, its escapes resolved.
    String(String),
    /// An array.
    Array(Vec<JsonNode>),
    /// An object, its members in the order of the document.
    Object(Vec<JsonMember>),
}

/// One member of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonMember {
    /// The name.
    pub name: String,
    /// Where the name starts.
    pub position: JsonPosition,
    /// The value.
    pub value: JsonNode,
}

impl JsonNode {
    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            JsonValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members, if this is an object.
    pub fn as_object(&self) -> Option<&[JsonMember]> {
        match &self.value {
            JsonValue::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The value of a member, if this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&JsonNode> {
        self.as_object()?
            .iter()
            .find(|member| member.name == name)
            .map(|member| &member.value)
    }

    /// The value as short JSON, for messages.
    pub fn excerpt(&self) -> String {
        match &self.value {
            JsonValue::Null => "null".into(),
            JsonValue::Boolean(value) => value.to_string(),
            JsonValue::Number(text) => text.clone(),
            JsonValue::String(text) if text.chars().count() > 60 => {
                let start: String = text.chars().take(57).collect();
                format!("{start:?}…")
            }
            JsonValue::String(text) => format!("{text:?}"),
            JsonValue::Array(items) if items.is_empty() => "[]".into(),
            JsonValue::Array(_) => "[…]".into(),
            JsonValue::Object(members) if members.is_empty() => "{}".into(),
            JsonValue::Object(_) => "{…}".into(),
        }
    }

    /// What kind of value it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self.value {
            JsonValue::Null => "null",
            JsonValue::Boolean(_) => "a boolean",
            JsonValue::Number(_) => "a number",
            JsonValue::String(_) => "a string",
            JsonValue::Array(_) => "an array",
            JsonValue::Object(_) => "an object",
        }
    }
}

/// Parses a JSON text that may start with a byte order mark.
///
/// Of members with one name the last one counts, as in JSON-LD; the others are dropped with a
/// warning each. The error is one diagnostic with its place in `file`.
pub fn parse(
    bytes: &[u8],
    file: &Arc<str>,
    warnings: &mut Vec<Diagnostic>,
) -> Result<JsonNode, Box<Diagnostic>> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
        let mut cursor = JsonCursor::new(&valid);
        let position = cursor.advance(valid.len());
        Box::new(
            Diagnostic::new(
                Code::Json,
                position.place(file),
                "the document is not UTF-8",
            )
            .with_hint("save the file as UTF-8"),
        )
    })?;
    if let Some(merge) = Diagnostic::unresolved_merge(text, file) {
        return Err(Box::new(merge));
    }
    check_depth(text, file)?;
    let parsed = jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &strict()).map_err(
        |error| {
            let position = JsonCursor::new(text).advance(error.range().start);
            let message = error.kind().to_string();
            Box::new(Diagnostic::new(
                Code::Json,
                position.place(file),
                lower_first(&message),
            ))
        },
    )?;
    check_syntax(text, file)?;
    let Some(value) = parsed.value else {
        return Err(Box::new(Diagnostic::new(
            Code::Json,
            Place::at(Arc::clone(file), 1, 1),
            "the document is empty",
        )));
    };
    let mut converter = JsonConverter {
        cursor: JsonCursor::new(text),
        file,
        warnings,
    };
    Ok(converter.node(value))
}

/// The parser accepts JSON with comments and more unless it is told not to.
fn strict() -> ParseOptions {
    ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

/// Checks the grammar to the letter and without recursion; the parser with positions is laxer
/// about control characters.
fn check_syntax(text: &str, file: &Arc<str>) -> Result<(), Box<Diagnostic>> {
    let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) else {
        return Ok(());
    };
    // serde_json counts lines from 1 and bytes of the line from 1.
    let line = text
        .split('\n')
        .nth(error.line().saturating_sub(1))
        .unwrap_or("");
    let mut before = line
        .char_indices()
        .take_while(|(index, _)| index + 1 < error.column())
        .count();
    // It points before a control character, not at it.
    if error.to_string().starts_with("control character") {
        let rest = line.chars().skip(before);
        before += rest.take_while(|character| !character.is_control()).count();
    }
    let message = error.to_string();
    let message = message
        .rsplit_once(" at line ")
        .map_or(message.as_str(), |(message, _)| message)
        .replacen("EOF", "the document ends", 1);
    Err(Box::new(Diagnostic::new(
        Code::Json,
        Place::at(Arc::clone(file), error.line() as u64, before as u64 + 1),
        lower_first(&message),
    )))
}

/// Measures the nesting before anything recurses into it.
fn check_depth(text: &str, file: &Arc<str>) -> Result<(), Box<Diagnostic>> {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                if depth > DEPTH_LIMIT {
                    let position = JsonCursor::new(text).advance(index);
                    return Err(Box::new(Diagnostic::new(
                        Code::JsonDepth,
                        position.place(file),
                        format!("arrays and objects are nested more than {DEPTH_LIMIT} deep"),
                    )));
                }
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}

impl JsonPosition {
    /// The position as a place in a file.
    pub fn place(self, file: &Arc<str>) -> Place {
        Place::at(Arc::clone(file), self.line, self.column)
    }
}

/// Counts lines and characters while it moves forward through a text.
struct JsonCursor<'a> {
    text: &'a str,
    offset: usize,
    position: JsonPosition,
}

impl<'a> JsonCursor<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            offset: 0,
            position: JsonPosition { line: 1, column: 1 },
        }
    }

    /// Moves to a byte offset that is not behind, and says where that is.
    fn advance(&mut self, offset: usize) -> JsonPosition {
        let passed = self.text.get(self.offset..offset).unwrap_or_default();
        for character in passed.chars() {
            if character == '\n' {
                self.position.line += 1;
                self.position.column = 1;
            } else {
                self.position.column += 1;
            }
        }
        self.offset = self.offset.max(offset);
        self.position
    }
}

struct JsonConverter<'a> {
    cursor: JsonCursor<'a>,
    file: &'a Arc<str>,
    warnings: &'a mut Vec<Diagnostic>,
}

impl JsonConverter<'_> {
    /// Recursion is bounded by [`DEPTH_LIMIT`].
    fn node(&mut self, value: ast::Value<'_>) -> JsonNode {
        let position = self.cursor.advance(value.range().start);
        let value = match value {
            ast::Value::NullKeyword(_) => JsonValue::Null,
            ast::Value::BooleanLit(literal) => JsonValue::Boolean(literal.value),
            ast::Value::NumberLit(literal) => JsonValue::Number(literal.value.to_owned()),
            ast::Value::StringLit(literal) => JsonValue::String(literal.value.into_owned()),
            ast::Value::Array(array) => JsonValue::Array(
                array
                    .elements
                    .into_iter()
                    .map(|element| self.node(element))
                    .collect(),
            ),
            ast::Value::Object(object) => JsonValue::Object(self.members(object)),
        };
        JsonNode { value, position }
    }

    fn members(&mut self, object: ast::Object<'_>) -> Vec<JsonMember> {
        let mut members: Vec<JsonMember> = Vec::with_capacity(object.properties.len());
        // Beyond a handful of members a search by name would be quadratic.
        let mut by_name = std::collections::HashMap::new();
        for property in object.properties {
            let position = self.cursor.advance(property.range.start);
            let member = JsonMember {
                name: property.name.into_string(),
                position,
                value: self.node(property.value),
            };
            match by_name.entry(member.name.clone()) {
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(members.len());
                    members.push(member);
                }
                std::collections::hash_map::Entry::Occupied(entry) => {
                    self.warnings.push(
                        Diagnostic::new(
                            Code::JsonDuplicate,
                            position.place(self.file),
                            format!("the member `{}` appears here a second time", member.name),
                        )
                        .with_hint("the last one counts; delete the others"),
                    );
                    if let Some(earlier) = members.get_mut(*entry.get()) {
                        *earlier = member;
                    }
                }
            }
        }
        members
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_text(text: &str) -> Result<JsonNode, Box<Diagnostic>> {
        parse(text.as_bytes(), &"m.json".into(), &mut Vec::new())
    }

    #[test]
    fn values_know_their_places() {
        let node = parse_text("{\n  \"ключ\": [1.50, \"a\\n\\u0416\"],\n\t\"b\" : {\"c\": null}}")
            .unwrap();
        let array = node.get("ключ").unwrap();
        assert_eq!(
            array.position,
            JsonPosition {
                line: 2,
                column: 11
            }
        );
        let JsonValue::Array(items) = &array.value else {
            panic!("an array")
        };
        assert_eq!(items[0].value, JsonValue::Number("1.50".into()));
        assert_eq!(items[1].as_str(), Some("a\nЖ"));
        assert_eq!(
            items[1].position,
            JsonPosition {
                line: 2,
                column: 18
            }
        );
        let null = node.get("b").unwrap().get("c").unwrap();
        assert_eq!(
            null.position,
            JsonPosition {
                line: 3,
                column: 14
            }
        );
    }

    #[test]
    fn what_is_no_json() {
        let wrong = [
            ("", 1, 1),
            ("{\n \"a\": 1,\n}", 2, 8),
            ("{\"a\": 01}", 1, 8),
            ("[1 2]", 1, 3),
            ("// no\n{}", 1, 1),
            ("{\"ж\" 1}", 1, 6),
            ("{a: 1}", 1, 2),
            ("['a']", 1, 2),
            ("[1] 2", 1, 5),
            ("[\"\u{1}\"]", 1, 3),
        ];
        let mut found = Vec::new();
        for (text, ..) in wrong {
            let error = parse_text(text).unwrap_err();
            assert_eq!(error.code, Code::Json, "{text}");
            found.push((text, error.place.line, error.place.column));
        }
        assert_eq!(found, wrong);
        let error = parse(b"{\n\"a\": \"\xFF\"}", &"m".into(), &mut Vec::new()).unwrap_err();
        assert_eq!((error.place.line, error.place.column), (2, 7));
    }

    #[test]
    fn depth_is_bounded_before_parsing() {
        for open in ["[", "{\"a\":"] {
            let deep = open.repeat(100_000);
            assert!(parse_text(&deep).is_err());
        }
        let closed = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let error = parse_text(&closed).unwrap_err();
        assert_eq!(error.code, Code::JsonDepth);
        assert_eq!(error.place.column, DEPTH_LIMIT as u64 + 1);
        let fits = format!("{}{}", "[".repeat(DEPTH_LIMIT), "]".repeat(DEPTH_LIMIT));
        assert!(parse_text(&fits).is_ok());
        assert!(parse_text(&format!("\"{}\"", "[".repeat(1000))).is_ok());
    }

    #[test]
    fn last_of_equal_names_counts() {
        let mut warnings = Vec::new();
        let node = parse(
            b"{\"a\": 1, \"b\": 2, \"a\": 3}",
            &"m".into(),
            &mut warnings,
        )
        .unwrap();
        assert_eq!(node.get("a").unwrap().value, JsonValue::Number("3".into()));
        assert_eq!(node.as_object().unwrap().len(), 2);
        assert_eq!(warnings.len(), 1);
        assert_eq!(warnings[0].place.column, 18);
    }
}

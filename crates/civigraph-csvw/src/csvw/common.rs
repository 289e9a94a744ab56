//! Common properties and notes: the dialect of JSON-LD in metadata (Metadata Vocabulary §5.8, §6 and appendix A).

use super::context::{expand_name, expand_prefix, is_language_tag, term};
use super::json::{JsonMember, JsonNode, JsonValue};
use super::model::{Annotation, AnnotationValue};
use super::reader::{MetadataDocument, MetadataReader};
use crate::diagnostic::{Code, Diagnostic};
use crate::resource::url;

impl MetadataReader<'_> {
    /// Whether a member of a description is a common property: a prefixed name or a URL.
    pub fn is_common(member: &JsonMember) -> bool {
        member.name.contains(':') && !member.name.starts_with('@')
    }

    /// Reads a common property. What breaks a rule is left out, with an error.
    pub fn common_property(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
        annotations: &mut Vec<Annotation>,
    ) {
        if let Some(annotation) = self.property(document, member) {
            annotations.push(annotation);
        }
    }

    /// Reads `notes`.
    pub fn notes(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
        notes: &mut Vec<AnnotationValue>,
    ) {
        for note in self.objects(document, member) {
            notes.extend(self.value(document, note));
        }
    }

    fn property(&mut self, document: &MetadataDocument, member: &JsonMember) -> Option<Annotation> {
        let property = if term(&member.name).is_some() {
            // Keys of node objects must not be terms.
            None
        } else {
            expand_name(&member.name)
        };
        let Some(property) = property else {
            self.wrong(
                document,
                member,
                format!("`{}` is not the name of a common property", member.name),
                "a prefixed name with a prefix of the CSVW context, or an absolute URL",
            );
            return None;
        };
        self.check_prefix(document, &member.value, &member.name);
        let value = self.value(document, &member.value)?;
        Some(Annotation {
            property,
            written: member.name.clone(),
            value,
        })
    }

    /// A value, normalised. Nesting is bounded by the JSON reader.
    fn value(&mut self, document: &MetadataDocument, node: &JsonNode) -> Option<AnnotationValue> {
        Some(match &node.value {
            JsonValue::Null => AnnotationValue::Null,
            JsonValue::Boolean(value) => AnnotationValue::Boolean(*value),
            JsonValue::Number(text) => return self.number(document, node, text),
            JsonValue::String(text) => AnnotationValue::String {
                value: text.clone(),
                language: document.language.clone(),
                datatype: None,
            },
            JsonValue::Array(items) => AnnotationValue::Array(
                items
                    .iter()
                    .filter_map(|item| self.value(document, item))
                    .collect(),
            ),
            JsonValue::Object(members) if node.get("@value").is_some() => {
                return self.value_object(document, members);
            }
            JsonValue::Object(members) => self.node_object(document, members),
        })
    }

    /// A number, unless it is larger than all that JSON and `xsd:double` can hold.
    fn number(
        &mut self,
        document: &MetadataDocument,
        node: &JsonNode,
        text: &str,
    ) -> Option<AnnotationValue> {
        if text.parse().is_ok_and(f64::is_finite) {
            return Some(AnnotationValue::Number(text.to_owned()));
        }
        self.push(
            Diagnostic::new(
                Code::CommonProperty,
                document.place_of(node),
                "the number is larger than any double",
            )
            .with_found(node.excerpt())
            .with_expected("a number below 1.8e308, or a string"),
        );
        None
    }

    /// An object with `@value`.
    fn value_object(
        &mut self,
        document: &MetadataDocument,
        members: &[JsonMember],
    ) -> Option<AnnotationValue> {
        let mut value = None;
        let mut language: Option<(&JsonMember, Option<String>)> = None;
        let mut datatype = None;
        for member in members {
            match member.name.as_str() {
                "@value" => match &member.value.value {
                    JsonValue::String(_) | JsonValue::Number(_) | JsonValue::Boolean(_) => {
                        value = Some(&member.value);
                    }
                    _ => self.wrong(
                        document,
                        member,
                        "`@value` is not a plain value".into(),
                        "a string, a number or a boolean",
                    ),
                },
                "@language" => match &member.value.value {
                    JsonValue::Null => language = Some((member, None)),
                    JsonValue::String(tag) if is_language_tag(tag) => {
                        language = Some((member, Some(tag.clone())));
                    }
                    _ => self.wrong(
                        document,
                        member,
                        "`@language` is not a language".into(),
                        "a language tag (BCP 47) or null",
                    ),
                },
                "@type" => match member.value.as_str().and_then(expand_name) {
                    Some(iri) => {
                        self.check_prefix_of(document, &member.value);
                        datatype = Some(iri);
                    }
                    None => self.wrong_type(document, member, &member.value),
                },
                name => self.wrong(
                    document,
                    member,
                    format!("`{name}` is used beside `@value`"),
                    "only `@type` or `@language`",
                ),
            }
        }
        if let (Some((member, _)), Some(_)) = (&language, &datatype) {
            self.wrong(
                document,
                member,
                "`@value` has a language and a type".into(),
                "`@type` or `@language`",
            );
        }
        let language = language.and_then(|(_, tag)| tag);
        let node = value?;
        let value = match &node.value {
            JsonValue::String(text) => {
                return Some(AnnotationValue::String {
                    value: text.clone(),
                    language,
                    datatype,
                });
            }
            JsonValue::Number(text) => self.number(document, node, text)?,
            JsonValue::Boolean(value) => AnnotationValue::Boolean(*value),
            _ => return None,
        };
        Some(match datatype {
            Some(datatype) => AnnotationValue::Typed {
                value: Box::new(value),
                datatype,
            },
            None => value,
        })
    }

    /// An object without `@value`.
    fn node_object(
        &mut self,
        document: &MetadataDocument,
        members: &[JsonMember],
    ) -> AnnotationValue {
        let mut id = None;
        let mut types = Vec::new();
        let mut properties = Vec::new();
        for member in members {
            match member.name.as_str() {
                "@id" => match self.node_id(document, member) {
                    Some(iri) => {
                        self.check_prefix_of(document, &member.value);
                        id = Some(iri);
                    }
                    None => self.wrong(
                        document,
                        member,
                        "`@id` is not a URL".into(),
                        "a URL or a prefixed name, not a blank node",
                    ),
                },
                "@type" => {
                    let one = std::slice::from_ref(&member.value);
                    let items = match &member.value.value {
                        JsonValue::Array(items) => items,
                        _ => one,
                    };
                    for item in items {
                        match item.as_str().map(|name| (name, expand_name(name))) {
                            Some((name, Some(iri))) => {
                                self.check_prefix(document, item, name);
                                types.push((iri, name.to_owned()));
                            }
                            _ => self.wrong_type(document, member, item),
                        }
                    }
                }
                "@language" => self.wrong(
                    document,
                    member,
                    "`@language` is used without `@value`".into(),
                    "`{\"@value\": …, \"@language\": …}`",
                ),
                name if name.starts_with('@') || name.starts_with("_:") => self.wrong(
                    document,
                    member,
                    format!("`{name}` is not permitted here"),
                    "`@value`, `@id`, `@type`, or a common property",
                ),
                _ => properties.extend(self.property(document, member)),
            }
        }
        AnnotationValue::Node {
            id,
            types,
            properties,
        }
    }

    fn node_id(&self, document: &MetadataDocument, member: &JsonMember) -> Option<String> {
        let id = member.value.as_str()?;
        if id.starts_with("_:") {
            return None;
        }
        url::resolve(&document.base, &expand_prefix(id)).ok()
    }

    /// Warns of an undeclared prefix in a string.
    fn check_prefix_of(&mut self, document: &MetadataDocument, node: &JsonNode) {
        if let Some(name) = node.as_str() {
            self.check_prefix(document, node, name);
        }
    }

    fn wrong_type(&mut self, document: &MetadataDocument, member: &JsonMember, item: &JsonNode) {
        self.push(
            Diagnostic::new(
                Code::CommonProperty,
                document.place_of(item),
                format!("`{}` is not a type", member.name),
            )
            .with_found(item.excerpt())
            .with_expected("a term or prefixed name of the CSVW context, or an absolute URL"),
        );
    }

    fn wrong(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
        message: String,
        expected: &str,
    ) {
        self.push(
            Diagnostic::new(
                Code::CommonProperty,
                document.place(member.position),
                message,
            )
            .with_found(member.value.excerpt())
            .with_expected(expected),
        );
    }
}

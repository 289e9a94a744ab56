//! The types of properties (Metadata Vocabulary §5.1), and what is said of values that are of no type.

use super::context::is_language_tag;
use super::description::{ColumnReference, TemplateText, Title};
use super::json::{JsonMember, JsonNode, JsonValue};
use super::reader::{MetadataDocument, MetadataReader};
use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::resource::url;
use crate::uri;

impl MetadataReader<'_> {
    /// Reports a property whose value is ignored.
    pub fn invalid(&mut self, document: &MetadataDocument, member: &JsonMember, expected: &str) {
        self.push(
            Diagnostic::new(
                Code::InvalidValue,
                document.place_of(&member.value),
                format!("invalid value of `{}`", member.name),
            )
            .with_found(member.value.excerpt())
            .with_expected(expected),
        );
    }

    /// Reports a property that this kind of description does not have.
    pub fn unknown(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
        owner: &str,
        known: &[&str],
    ) {
        let diagnostic = Diagnostic::new(
            Code::UnknownProperty,
            document.place(member.position),
            format!("a {owner} has no property `{}`", member.name),
        )
        .with_found(member.name.as_str());
        self.push(or_nearest(diagnostic, &member.name, known.iter().copied()));
    }

    /// Reports a required property that is missing or of no use.
    pub fn missing(
        &mut self,
        document: &MetadataDocument,
        owner: &JsonNode,
        kind: &str,
        property: &str,
    ) {
        self.push(Diagnostic::new(
            Code::MissingProperty,
            document.place_of(owner),
            format!("this {kind} has no valid `{property}`"),
        ));
    }

    /// A boolean atomic property.
    pub fn boolean(&mut self, document: &MetadataDocument, member: &JsonMember) -> Option<bool> {
        match member.value.value {
            JsonValue::Boolean(value) => Some(value),
            _ => {
                self.invalid(document, member, "true or false");
                None
            }
        }
    }

    /// An atomic property with a string.
    pub fn string(&mut self, document: &MetadataDocument, member: &JsonMember) -> Option<String> {
        match member.value.as_str() {
            Some(text) => Some(text.to_owned()),
            None => {
                self.invalid(document, member, "a string");
                None
            }
        }
    }

    /// An atomic property with one of several strings.
    pub fn choice(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
        choices: &[&str],
    ) -> Option<String> {
        match member.value.as_str() {
            Some(text) if choices.contains(&text) => Some(text.to_owned()),
            _ => {
                let expected: Vec<_> = choices.iter().map(|c| format!("`{c}`")).collect();
                self.invalid(document, member, &expected.join(", "));
                None
            }
        }
    }

    /// A numeric atomic property with a count.
    pub fn count(&mut self, document: &MetadataDocument, member: &JsonMember) -> Option<u64> {
        let count = match &member.value.value {
            JsonValue::Number(text) => text.parse().ok(),
            _ => None,
        };
        if count.is_none() {
            self.invalid(document, member, "a whole number, 0 or more");
        }
        count
    }

    /// A language tag.
    pub fn language(&mut self, document: &MetadataDocument, member: &JsonMember) -> Option<String> {
        match member.value.as_str() {
            Some(tag) if is_language_tag(tag) => Some(tag.to_owned()),
            _ => {
                self.invalid(document, member, "a language tag (BCP 47)");
                None
            }
        }
    }

    /// A link property: absolute and normalised; an invalid one counts as an empty string (§5.1.2).
    pub fn link(&mut self, document: &MetadataDocument, member: &JsonMember) -> String {
        self.valid_link(document, member)
            .unwrap_or_else(|| url::normalise(url::without_fragment(&document.base)))
    }

    /// A link property where an empty string would be of no use.
    pub fn valid_link(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
    ) -> Option<String> {
        let Some(reference) = member.value.as_str() else {
            self.invalid(document, member, "a URL");
            return None;
        };
        // A file name with spaces is the usual reason for an invalid one.
        match url::resolve_written(&document.base, reference) {
            Ok(url) => Some(url::normalise(&url)),
            Err(error) => {
                self.invalid(document, member, &format!("a URL ({error})"));
                None
            }
        }
    }

    /// `@id` of a description.
    pub fn id(&mut self, document: &MetadataDocument, member: &JsonMember) -> Option<String> {
        if member.value.as_str().is_some_and(|id| id.starts_with("_:")) {
            self.push(
                Diagnostic::new(
                    Code::BlankNodeId,
                    document.place_of(&member.value),
                    "`@id` is a blank node",
                )
                .with_found(member.value.excerpt())
                .with_expected("a URL"),
            );
            return None;
        }
        Some(self.link(document, member))
    }

    /// `@type` of a description, which can only be one.
    pub fn description_type(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
        expected: &str,
    ) {
        if member.value.as_str() != Some(expected) {
            self.push(
                Diagnostic::new(
                    Code::DescriptionType,
                    document.place_of(&member.value),
                    "`@type` does not fit the place of this description",
                )
                .with_found(member.value.excerpt())
                .with_expected(format!("`{expected}`")),
            );
        }
    }

    /// A URI template property; an invalid one counts as an empty string (§5.1.3).
    pub fn template(&mut self, document: &MetadataDocument, member: &JsonMember) -> TemplateText {
        let place = document.place_of(&member.value);
        let mut broken = false;
        let text = match member.value.as_str() {
            Some(text) => match uri::UriTemplate::parse(text) {
                Ok(_) => {
                    self.check_prefix(document, &member.value, text);
                    text
                }
                Err(error) => {
                    self.push(
                        Diagnostic::new(
                            Code::UriTemplate,
                            place.clone(),
                            format!("`{}` is not a URI template: {error}", member.name),
                        )
                        .with_found(member.value.excerpt()),
                    );
                    broken = true;
                    ""
                }
            },
            None => {
                self.invalid(document, member, "a string with a URI template");
                ""
            }
        };
        TemplateText {
            text: text.to_owned(),
            place,
            broken,
        }
    }

    /// The items of an array property; anything else counts as an empty array (§5.1.1).
    pub fn array<'m>(
        &mut self,
        document: &MetadataDocument,
        member: &'m JsonMember,
    ) -> &'m [JsonNode] {
        match &member.value.value {
            JsonValue::Array(items) => items,
            _ => {
                self.invalid(document, member, "an array");
                &[]
            }
        }
    }

    /// The objects among the items of an array property; the others are ignored.
    pub fn objects<'m>(
        &mut self,
        document: &MetadataDocument,
        member: &'m JsonMember,
    ) -> Vec<&'m JsonNode> {
        let items = self.array(document, member);
        let mut objects = Vec::with_capacity(items.len());
        for item in items {
            if item.as_object().is_some() {
                objects.push(item);
            } else {
                self.ignored_item(document, member, item, "an object");
            }
        }
        objects
    }

    fn ignored_item(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
        item: &JsonNode,
        expected: &str,
    ) {
        self.push(
            Diagnostic::new(
                Code::ArrayItem,
                document.place_of(item),
                format!("this item of `{}` is ignored", member.name),
            )
            .with_found(item.excerpt())
            .with_expected(expected),
        );
    }

    /// A natural language property (§5.1.6).
    pub fn titles(&mut self, document: &MetadataDocument, member: &JsonMember) -> Vec<Title> {
        let default = document.language.as_deref().unwrap_or("und");
        let mut titles = Vec::new();
        match &member.value.value {
            JsonValue::String(_) | JsonValue::Array(_) => {
                self.titles_in(document, member, &member.value, default, &mut titles);
            }
            JsonValue::Object(languages) => {
                for language in languages {
                    if is_language_tag(&language.name) {
                        let tag = &language.name;
                        self.titles_in(document, language, &language.value, tag, &mut titles);
                    } else {
                        self.push(
                            Diagnostic::new(
                                Code::InvalidValue,
                                document.place(language.position),
                                format!("a name in `{}` is not a language tag", member.name),
                            )
                            .with_found(language.name.as_str())
                            .with_expected("a language tag (BCP 47)"),
                        );
                    }
                }
            }
            _ => self.invalid(document, member, "a string, an array or an object"),
        }
        titles
    }

    fn titles_in(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
        node: &JsonNode,
        language: &str,
        titles: &mut Vec<Title>,
    ) {
        let mut take = |text: &str| {
            titles.push(Title {
                language: language.to_owned(),
                text: text.to_owned(),
            });
        };
        match &node.value {
            JsonValue::String(text) => take(text),
            JsonValue::Array(items) => {
                for item in items {
                    match item.as_str() {
                        Some(text) => take(text),
                        None => self.ignored_item(document, member, item, "a string"),
                    }
                }
            }
            _ => self.invalid(document, member, "a string or an array of strings"),
        }
    }

    /// A column reference property; `None` counts as not given (§5.1.4).
    pub fn column_reference(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
    ) -> Option<ColumnReference> {
        let one = std::slice::from_ref(&member.value);
        let items = match &member.value.value {
            JsonValue::String(_) => one,
            JsonValue::Array(items) if !items.is_empty() => items,
            _ => {
                self.invalid(
                    document,
                    member,
                    "the name of a column, or an array of names",
                );
                return None;
            }
        };
        let names: Option<Vec<_>> = items
            .iter()
            .map(|item| {
                item.as_str()
                    .map(|name| (name.to_owned(), document.place_of(item)))
            })
            .collect();
        if names.is_none() {
            self.invalid(document, member, "names of columns");
        }
        names.map(|names| ColumnReference { names })
    }
}

/// Adds to a diagnostic what a misspelt name most likely means.
pub(super) fn or_nearest<'c>(
    diagnostic: Diagnostic,
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Diagnostic {
    // Among more names than people write, a slip is not worth the search.
    match suggest::hint(name, candidates.into_iter().take(1000)) {
        Some(hint) => diagnostic.with_hint(hint),
        None => diagnostic,
    }
}

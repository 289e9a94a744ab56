//! Inherited properties (Metadata Vocabulary §5.7).

use super::description::Inherited;
use super::json::{JsonMember, JsonValue};
use super::reader::{MetadataDocument, MetadataReader};

/// The names of the inherited properties.
pub(super) const NAMES: &[&str] = &[
    "aboutUrl",
    "datatype",
    "default",
    "lang",
    "null",
    "ordered",
    "propertyUrl",
    "required",
    "separator",
    "textDirection",
    "valueUrl",
];

impl Inherited {
    /// Reads a member if it is an inherited property; says whether it is.
    ///
    /// An invalid value counts as not given, except that of a URI template, which counts as empty.
    pub fn read(
        &mut self,
        reader: &mut MetadataReader<'_>,
        document: &MetadataDocument,
        member: &JsonMember,
    ) -> bool {
        match member.name.as_str() {
            "aboutUrl" => self.about_url = Some(reader.template(document, member)),
            "propertyUrl" => self.property_url = Some(reader.template(document, member)),
            "valueUrl" => self.value_url = Some(reader.template(document, member)),
            "datatype" => self.datatype = reader.datatype(document, member),
            "default" => self.default = reader.string(document, member),
            "lang" => self.lang = reader.language(document, member),
            "null" => self.null = nulls(reader, document, member),
            "ordered" => self.ordered = reader.boolean(document, member),
            "required" => self.required = reader.boolean(document, member),
            "separator" => match &member.value.value {
                JsonValue::Null => self.separator = Some(None),
                JsonValue::String(text) if !text.is_empty() => {
                    self.separator = Some(Some(text.clone()));
                }
                _ => reader.invalid(document, member, "a string that is not empty, or null"),
            },
            "textDirection" => {
                self.text_direction =
                    reader.choice(document, member, &["ltr", "rtl", "auto", "inherit"]);
            }
            _ => return false,
        }
        true
    }
}

fn nulls(
    reader: &mut MetadataReader<'_>,
    document: &MetadataDocument,
    member: &JsonMember,
) -> Option<Vec<String>> {
    let nulls = match &member.value.value {
        JsonValue::String(text) => Some(vec![text.clone()]),
        JsonValue::Array(items) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    };
    if nulls.is_none() {
        reader.invalid(document, member, "a string or an array of strings");
    }
    nulls
}

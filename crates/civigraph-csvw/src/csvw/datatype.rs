//! Datatype descriptions (Metadata Vocabulary §5.11): their structure; what they mean for cells is
//! settled by [`crate::datatype`].

use super::context::{builtin_datatypes, is_builtin_datatype, is_builtin_datatype_url};
use super::json::{JsonMember, JsonValue};
use super::property::or_nearest;
use super::reader::{MetadataDocument, MetadataReader};
use crate::datatype::{DatatypeDescription, FormatDescription};
use crate::diagnostic::{Code, Diagnostic};

const NAMES: &[&str] = &[
    "base",
    "format",
    "length",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minInclusive",
    "maxInclusive",
    "minExclusive",
    "maxExclusive",
];

impl MetadataReader<'_> {
    /// The `datatype` property; `None` counts as not given.
    pub fn datatype(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
    ) -> Option<DatatypeDescription> {
        match &member.value.value {
            JsonValue::String(_) => {
                self.base_datatype(document, member)
                    .map(|base| DatatypeDescription {
                        base,
                        place: document.place_of(&member.value),
                        ..DatatypeDescription::default()
                    })
            }
            JsonValue::Object(members) => Some(self.derived_datatype(document, member, members)),
            _ => {
                self.invalid(document, member, "the name of a datatype, or an object");
                None
            }
        }
    }

    /// The name of a built-in datatype.
    fn base_datatype(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
    ) -> Option<String> {
        let Some(name) = member.value.as_str() else {
            self.invalid(document, member, "the name of a built-in datatype");
            return None;
        };
        if is_builtin_datatype(name) {
            return Some(name.to_owned());
        }
        let diagnostic = Diagnostic::new(
            Code::UnknownDatatype,
            document.place_of(&member.value),
            "no such built-in datatype",
        )
        .with_found(member.value.excerpt())
        .with_expected("the name of a built-in datatype, such as `string` or `date`");
        let local = name
            .rsplit_once(['#', ':'])
            .map_or(name, |(_, local)| local);
        self.push(or_nearest(diagnostic, local, builtin_datatypes()));
        None
    }

    fn derived_datatype(
        &mut self,
        document: &MetadataDocument,
        owner: &JsonMember,
        members: &[JsonMember],
    ) -> DatatypeDescription {
        let mut datatype = DatatypeDescription {
            base: "string".into(),
            place: document.place_of(&owner.value),
            ..DatatypeDescription::default()
        };
        for member in members {
            datatype
                .places
                .insert(member.name.clone(), document.place_of(&member.value));
            match member.name.as_str() {
                "@id" => datatype.id = self.datatype_id(document, member),
                "@type" => self.description_type(document, member, "Datatype"),
                "base" => {
                    if let Some(base) = self.base_datatype(document, member) {
                        datatype.base = base;
                    }
                }
                "format" => datatype.format = self.format(document, member),
                "length" => datatype.length = self.count(document, member),
                "minLength" => datatype.min_length = self.count(document, member),
                "maxLength" => datatype.max_length = self.count(document, member),
                "minimum" | "minInclusive" => {
                    let bound = self.bound(document, member);
                    self.same_bound(document, member, &mut datatype.min_inclusive, bound);
                }
                "maximum" | "maxInclusive" => {
                    let bound = self.bound(document, member);
                    self.same_bound(document, member, &mut datatype.max_inclusive, bound);
                }
                "minExclusive" => datatype.min_exclusive = self.bound(document, member),
                "maxExclusive" => datatype.max_exclusive = self.bound(document, member),
                // Common properties describe the datatype to readers; no output has them.
                _ if Self::is_common(member) => {
                    self.common_property(document, member, &mut Vec::new());
                }
                _ => self.unknown(document, member, "datatype", NAMES),
            }
        }
        datatype
    }

    fn datatype_id(&mut self, document: &MetadataDocument, member: &JsonMember) -> Option<String> {
        let id = self.id(document, member)?;
        if is_builtin_datatype_url(&id) {
            self.push(
                Diagnostic::new(
                    Code::DatatypeId,
                    document.place_of(&member.value),
                    "`@id` is the URL of a built-in datatype",
                )
                .with_found(member.value.excerpt())
                .with_expected("a URL of your own, or `base` instead"),
            );
            return None;
        }
        Some(id)
    }

    fn format(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
    ) -> Option<FormatDescription> {
        match &member.value.value {
            JsonValue::String(pattern) => Some(FormatDescription {
                pattern: Some(pattern.clone()),
                ..FormatDescription::default()
            }),
            JsonValue::Object(parts) => {
                let mut format = FormatDescription {
                    is_object: true,
                    ..FormatDescription::default()
                };
                for part in parts {
                    match part.name.as_str() {
                        "pattern" => format.pattern = self.string(document, part),
                        "decimalChar" => format.decimal_char = self.string(document, part),
                        "groupChar" => format.group_char = self.string(document, part),
                        _ => self.unknown(
                            document,
                            part,
                            "number format",
                            &["pattern", "decimalChar", "groupChar"],
                        ),
                    }
                }
                Some(format)
            }
            _ => {
                self.invalid(document, member, "a string or an object");
                None
            }
        }
    }

    /// A bound as written: a number or a string.
    fn bound(&mut self, document: &MetadataDocument, member: &JsonMember) -> Option<String> {
        match &member.value.value {
            JsonValue::Number(text) | JsonValue::String(text) => Some(text.clone()),
            _ => {
                self.invalid(document, member, "a number or a string");
                None
            }
        }
    }

    /// `minimum` and `minInclusive` are two names of one property, and so are those of the maximum.
    fn same_bound(
        &mut self,
        document: &MetadataDocument,
        member: &JsonMember,
        bound: &mut Option<String>,
        other: Option<String>,
    ) {
        let Some(other) = other else { return };
        if bound.as_ref().is_some_and(|bound| *bound != other) {
            self.push(
                Diagnostic::new(
                    Code::FacetConflict,
                    document.place_of(&member.value),
                    format!("`{}` says something else than its other name", member.name),
                )
                .with_found(member.value.excerpt())
                .with_expected(bound.clone().unwrap_or_default()),
            );
        }
        *bound = Some(other);
    }
}

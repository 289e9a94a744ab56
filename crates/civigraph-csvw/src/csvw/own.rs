//! Own annotations: properties of the namespace `https://w3id.org/civigraph/csvw#`.
//!
//! To other processors they are common properties. Here they say what CSVW cannot: named graphs,
//! templates expanded for each item of a list, conditions, functional properties, and the roles of
//! columns in the claims machinery. They never become quads of their own.

use super::json::{JsonMember, JsonNode, JsonValue};
use super::model::Condition;
use super::property::or_nearest;
use super::reader::{MetadataDocument, MetadataReader};
use crate::diagnostic::{Code, Diagnostic, Place, suggest};
use crate::resource::url;
use crate::uri::UriTemplate;

/// The namespace of own annotations.
pub const NAMESPACE: &str = "https://w3id.org/civigraph/csvw#";

/// Every annotation and the descriptions that it can be on.
const ANNOTATIONS: &[(&str, &[Level])] = &[
    ("base", &[Level::Group]),
    (
        "graph",
        &[Level::Group, Level::Table, Level::Schema, Level::Column],
    ),
    ("each", &[Level::Column]),
    ("when", &[Level::Column]),
    ("functional", &[Level::Table, Level::Schema, Level::Column]),
    (
        "optional",
        &[Level::Group, Level::Table, Level::Schema, Level::Column],
    ),
    ("part", &[Level::Column]),
    ("language", &[Level::Column]),
    ("text", &[Level::Column]),
];

/// What a column can be to the claims machinery.
const PARTS: &[&str] = &[
    "claim.id",
    "claim.table",
    "claim.row",
    "claim.column",
    "claim.item",
    "claim.value",
    "claim.basis",
    "claim.modality",
    "claim.rank",
    "claim.review",
    "claim.evidence",
    "evidence.id",
    "evidence.document",
    "evidence.start",
    "evidence.end",
    "evidence.sha256",
    "document.id",
    "document.file",
    "document.sha256",
    "document.length",
    "quantity.value",
    "quantity.kind",
    "merge.from",
    "merge.to",
    "merge.decision",
];

/// The kind of description that an annotation is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Group,
    Table,
    Schema,
    Column,
}

/// The own annotations of one description, names of columns not yet checked.
#[derive(Debug, Clone, Default)]
pub(super) struct OwnAnnotations {
    pub base: Option<String>,
    pub graph: Option<String>,
    pub each: Option<Place>,
    pub when: Option<(Vec<Condition>, Place)>,
    pub functional: bool,
    pub functional_key: Option<(Vec<String>, Place)>,
    pub optional: bool,
    pub part: Option<String>,
    pub language: Option<(String, Place)>,
    pub text: Option<(String, Place)>,
}

impl OwnAnnotations {
    /// What holds on a table: its own annotations, and those of its group for the rest.
    #[must_use]
    pub fn or(mut self, group: &Self) -> Self {
        self.graph = self.graph.or_else(|| group.graph.clone());
        self.optional |= group.optional;
        self
    }

    /// Reads a member if its name is in the namespace; says whether it is.
    pub fn read(
        &mut self,
        reader: &mut MetadataReader<'_>,
        document: &MetadataDocument,
        member: &JsonMember,
        level: Level,
    ) -> bool {
        let Some(name) = member.name.strip_prefix(NAMESPACE) else {
            if let Some(meant) = meant(&member.name) {
                reader.push(
                    Diagnostic::new(
                        Code::OwnAnnotation,
                        document.place(member.position),
                        format!("`{}` is not an annotation of Civigraph", member.name),
                    )
                    .with_found(member.name.as_str())
                    .with_hint(format!("did you mean `{meant}`?")),
                );
                return true;
            }
            return false;
        };
        let Some((_, permitted)) = ANNOTATIONS.iter().find(|(known, _)| *known == name) else {
            let diagnostic = Diagnostic::new(
                Code::OwnAnnotation,
                document.place(member.position),
                format!("no such annotation: `{name}`"),
            )
            .with_found(member.name.as_str());
            let known = ANNOTATIONS.iter().map(|(known, _)| *known);
            reader.push(or_nearest(diagnostic, name, known));
            return true;
        };
        if !permitted.contains(&level) {
            let levels: Vec<_> = permitted.iter().map(|level| level.name()).collect();
            reader.push(
                Diagnostic::new(
                    Code::OwnAnnotation,
                    document.place(member.position),
                    format!("`{name}` has no meaning on a {}", level.name()),
                )
                .with_expected(format!("on a {}", levels.join(" or "))),
            );
            return true;
        }
        let place = document.place_of(&member.value);
        if let Err(expected) = self.set(name, level, &member.value, place.clone()) {
            let diagnostic = Diagnostic::new(
                Code::OwnAnnotation,
                place,
                format!("invalid value of `{name}`"),
            )
            .with_found(member.value.excerpt())
            .with_expected(expected);
            reader.push(match member.value.as_str() {
                Some(part) if name == "part" => or_nearest(diagnostic, part, PARTS.iter().copied()),
                _ => diagnostic,
            });
        }
        true
    }

    /// Takes the value of an annotation; the error is what would have been right.
    fn set(
        &mut self,
        name: &str,
        level: Level,
        node: &JsonNode,
        place: Place,
    ) -> Result<(), &'static str> {
        let text = node.as_str();
        match (name, level) {
            ("base", _) => {
                let base = text.filter(|base| url::is_absolute(base) && base.ends_with('/'));
                let base = base.ok_or("an absolute IRI with a slash at its end")?;
                self.base = Some(base.to_owned());
            }
            ("graph", _) => {
                let graph = text.filter(|graph| UriTemplate::parse(graph).is_ok());
                self.graph = Some(graph.ok_or("a URI template")?.to_owned());
            }
            ("each", _) => self.each = truth(node)?.then_some(place),
            ("optional", _) => self.optional = truth(node)?,
            ("functional", Level::Column) => self.functional = truth(node)?,
            ("functional", _) => {
                let names = text.and_then(names);
                let names = names.ok_or("names of columns, separated by spaces")?;
                self.functional_key = Some((names, place));
            }
            ("when", _) => {
                let conditions = text.and_then(conditions).ok_or(
                    "`column`, `column=value` or `column!=value`, several separated by spaces",
                )?;
                self.when = Some((conditions, place));
            }
            ("part", _) => {
                let part = text.filter(|part| PARTS.contains(part));
                let part = part.ok_or("the name of a part, such as `claim.id`")?;
                self.part = Some(part.to_owned());
            }
            ("language", _) => {
                let name = text.and_then(names).filter(|names| names.len() == 1);
                let name = name.and_then(|mut names| names.pop());
                self.language = Some((name.ok_or("the name of a column")?, place));
            }
            ("text", _) => {
                let template = text.filter(|text| UriTemplate::parse(text).is_ok());
                self.text = Some((template.ok_or("a URI template")?.to_owned(), place));
            }
            // `ANNOTATIONS` has no others.
            _ => {}
        }
        Ok(())
    }
}

/// The annotation that a property of another namespace was meant to be: one with its local name, where the
/// namespace is a slip or a prefix that people expect.
fn meant(name: &str) -> Option<String> {
    const PREFIXES: &[&str] = &["cg:", "cgw:", "civigraph:", "cv:"];
    let end = name.rfind(['#', '/', ':'])? + 1;
    let (namespace, local) = name.split_at(end);
    let is_known = ANNOTATIONS.iter().any(|(known, _)| *known == local);
    let near = || strsim::damerau_levenshtein(namespace, NAMESPACE);
    let is_near = if namespace.contains("://") {
        // Far from every namespace but this one.
        namespace.len().abs_diff(NAMESPACE.len()) <= 8 && near() <= 3
            || is_known && namespace.contains("//w3id.org/civigraph/") && near() <= 12
    } else {
        is_known && PREFIXES.contains(&namespace)
    };
    is_near.then(|| {
        let known = ANNOTATIONS.iter().map(|(known, _)| *known);
        format!(
            "{NAMESPACE}{}",
            suggest::nearest(local, known).unwrap_or(local)
        )
    })
}

/// A boolean.
fn truth(node: &JsonNode) -> Result<bool, &'static str> {
    match node.value {
        JsonValue::Boolean(value) => Ok(value),
        _ => Err("true"),
    }
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Group => "table group",
            Self::Table => "table",
            Self::Schema => "schema",
            Self::Column => "column",
        }
    }
}

impl Condition {
    /// The name of the column that the condition is about.
    pub fn column(&self) -> &str {
        match self {
            Self::Present(column) | Self::Equals(column, _) | Self::Differs(column, _) => column,
        }
    }
}

/// Names separated by spaces, at least one.
fn names(text: &str) -> Option<Vec<String>> {
    let names: Vec<_> = text.split_ascii_whitespace().map(str::to_owned).collect();
    (!names.is_empty()).then_some(names)
}

fn conditions(text: &str) -> Option<Vec<Condition>> {
    let conditions: Option<Vec<_>> = text
        .split_ascii_whitespace()
        .map(|condition| {
            let (column, condition) = match condition.split_once('=') {
                None => (condition, Condition::Present(condition.to_owned())),
                Some((column, value)) => match column.strip_suffix('!') {
                    Some(column) => {
                        let condition = Condition::Differs(column.to_owned(), value.to_owned());
                        (column, condition)
                    }
                    None => (
                        column,
                        Condition::Equals(column.to_owned(), value.to_owned()),
                    ),
                },
            };
            (!column.is_empty()).then_some(condition)
        })
        .collect();
    conditions.filter(|conditions| !conditions.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_of_misspelt_namespaces() {
        for (name, expected) in [
            ("cgw:base", Some("base")),
            ("cg:when", Some("when")),
            ("https://w3id.org/civigraph/csw#base", Some("base")),
            ("https://w3id.org/civigraph/csvw/base", Some("base")),
            ("http://w3id.org/civigraph/csvw#gaph", Some("graph")),
            ("https://w3id.org/civigraph/base", Some("base")),
            ("https://w3id.org/civigraph/def/note", None),
            ("dc:title", None),
            ("cgw:other", None),
            ("http://example.org/base", None),
        ] {
            let expected = expected.map(|local| format!("{NAMESPACE}{local}"));
            assert_eq!(meant(name), expected, "{name}");
        }
    }

    #[test]
    fn conditions_in_a_when() {
        assert_eq!(
            conditions("a b=x c!=y d="),
            Some(vec![
                Condition::Present("a".into()),
                Condition::Equals("b".into(), "x".into()),
                Condition::Differs("c".into(), "y".into()),
                Condition::Equals("d".into(), String::new()),
            ])
        );
        for wrong in ["", "  ", "=x", "!=x"] {
            assert_eq!(conditions(wrong), None, "{wrong:?}");
        }
    }
}

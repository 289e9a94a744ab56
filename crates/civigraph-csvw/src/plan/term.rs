//! How the terms of quads are made.

use super::{ColumnId, TemplateId};
use oxrdf::Term;
use serde::{Deserialize, Serialize};

/// Makes a term for each row, or several, or none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermMap {
    /// The same term in all rows.
    Constant(Term),
    /// The IRI that a template makes.
    Iri(Expansion),
    /// The blank node whose label a template makes: one node for equal labels, whatever the table or row.
    BlankNode(Expansion),
    /// A new blank node for each row. Its label is `t`, the number of the table, this text and the number of the
    /// row, so that maps with the same text share the node of a row.
    Fresh(String),
    /// A literal.
    Literal(LiteralMap),
}

impl TermMap {
    /// An IRI that a template makes of the row as a whole, with nothing where a variable is null.
    pub fn iri(template: TemplateId) -> Self {
        Self::Iri(Expansion::of(template))
    }

    /// The expansion that makes the term, where one does.
    pub fn expansion(&self) -> Option<&Expansion> {
        match self {
            Self::Iri(expansion) | Self::BlankNode(expansion) => Some(expansion),
            Self::Literal(LiteralMap {
                value: LiteralText::Template(expansion),
                ..
            }) => Some(expansion),
            Self::Constant(_) | Self::Fresh(_) | Self::Literal(_) => None,
        }
    }

    /// The template that makes the term, where one does.
    pub fn template(&self) -> Option<TemplateId> {
        Some(self.expansion()?.template)
    }

    /// The IRI of a constant.
    pub fn constant_iri(&self) -> Option<&str> {
        match self {
            Self::Constant(Term::NamedNode(node)) => Some(node.as_str()),
            _ => None,
        }
    }

    /// Whether two maps make the same terms wherever both make one.
    pub fn agrees_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Iri(one), Self::Iri(other)) | (Self::BlankNode(one), Self::BlankNode(other)) => {
                one.template == other.template && one.each == other.each
            }
            _ => self == other,
        }
    }
}

/// A template filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Expansion {
    /// The template.
    pub template: TemplateId,
    /// Once for each item of the list in this column's cell, which is the template's [`Slot::Item`](super::ValueSource);
    /// `None` for once a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<ColumnId>,
    /// What a variable without a value does.
    #[serde(default, skip_serializing_if = "NullPolicy::is_expand")]
    pub null: NullPolicy,
}

impl Expansion {
    /// Once a row; null variables leave nothing behind.
    pub fn of(template: TemplateId) -> Self {
        Self {
            template,
            each: None,
            null: NullPolicy::Expand,
        }
    }
}

/// What a variable without a value does to the term that a template makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NullPolicy {
    /// It leaves nothing behind in the template (RFC 6570 §3.2.1), as CSVW has it.
    #[default]
    Expand,
    /// It makes no term, as in RML.
    Skip,
    /// It makes no term, and neither does a template that expands to the empty text.
    SkipEmpty,
}

impl NullPolicy {
    /// Whether this is [`Expand`](Self::Expand).
    pub fn is_expand(&self) -> bool {
        *self == Self::Expand
    }
}

/// Makes a literal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiteralMap {
    /// Its lexical form.
    pub value: LiteralText,
    /// Its datatype.
    pub datatype: DatatypeMap,
    /// Its language, where it is a string.
    #[serde(default, skip_serializing_if = "LanguageMap::is_none")]
    pub language: LanguageMap,
}

/// The text of a literal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiteralText {
    /// The value of a cell; each of the values of a list. Nothing for a null cell.
    Column(ColumnId),
    /// What a template makes.
    Template(Expansion),
}

/// The datatype of a literal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatatypeMap {
    /// None: it is a string, with or without a language.
    String,
    /// That of the column whose value it is. What is not a value of it is a string (Tabular Data Model §6.4), and
    /// only strings have a language.
    Column,
    /// The same for all rows.
    Constant(oxrdf::NamedNode),
    /// The IRI that a template makes. Without one, no literal is made.
    Template(Expansion),
}

/// The language of strings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguageMap {
    /// None: plain strings.
    #[default]
    None,
    /// A language tag.
    Constant(String),
    /// The value of a column of the row. What is not a language tag is reported, and the string has no language.
    Column(ColumnId),
    /// The tag that a template makes; a string without language where it is none.
    Template(Expansion),
}

impl LanguageMap {
    /// Whether strings have no language.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}

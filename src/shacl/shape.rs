//! Shapes as they are compiled.

use super::path::PropertyPath;
use super::query::ConstraintQuery;
use super::source::SubjectNode;
use crate::datatype::regular::XPathRegex;
use crate::diagnostic::Place;
use oxrdf::{Literal, NamedNode, Term};
use std::collections::HashSet;

/// A node shape or property shape.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) node: SubjectNode,
    /// Where it is described first.
    pub(super) place: Place,
    /// The way to its value nodes; a node shape has none.
    pub(super) path: Option<PropertyPath>,
    pub(super) targets: Vec<Target>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) severity: NamedNode,
    pub(super) messages: Vec<Literal>,
    pub(super) deactivated: bool,
}

impl Shape {
    /// Whether it is validated on its own.
    pub(super) fn runs(&self) -> bool {
        !self.deactivated && !self.targets.is_empty() && !self.constraints.is_empty()
    }
}

/// What a shape is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Node(Term),
    Class(NamedNode),
    SubjectsOf(NamedNode),
    ObjectsOf(NamedNode),
}

/// One demand of a shape.
#[derive(Debug, Clone)]
pub(super) struct Constraint {
    /// `sh:…ConstraintComponent`, or a component of the shapes' own.
    pub(super) component: NamedNode,
    /// Its node, for a constraint in SPARQL.
    pub(super) node: Option<SubjectNode>,
    /// Where its parameter is written.
    pub(super) place: Place,
    /// Its own messages; a shape's are used where there are none.
    pub(super) messages: Vec<Literal>,
    pub(super) check: Check,
}

/// What a constraint checks; numbers are those of shapes.
#[derive(Debug, Clone)]
pub(super) enum Check {
    Class(NamedNode),
    Datatype(NamedNode),
    NodeKind {
        iri: bool,
        blank: bool,
        literal: bool,
    },
    MinCount(u64),
    MaxCount(u64),
    Bound {
        bound: Literal,
        /// The bound is the least value, not the greatest.
        least: bool,
        inclusive: bool,
    },
    MinLength(u64),
    MaxLength(u64),
    Pattern {
        regex: XPathRegex,
        text: String,
    },
    LanguageIn(Vec<String>),
    UniqueLang,
    Equals(NamedNode),
    Disjoint(NamedNode),
    Less {
        predicate: NamedNode,
        or_equal: bool,
    },
    Not(usize),
    And(Vec<usize>),
    Or(Vec<usize>),
    Xone(Vec<usize>),
    Node(usize),
    Property(usize),
    Qualified {
        shape: usize,
        /// Shapes that the counted values must not conform to.
        disjoint: Vec<usize>,
        least: Option<u64>,
        most: Option<u64>,
    },
    Closed {
        allowed: HashSet<NamedNode>,
    },
    HasValue(Term),
    In(Vec<Term>),
    Query(Box<ConstraintQuery>),
}

impl Check {
    /// The shapes that it refers to.
    pub(super) fn shapes(&self) -> Vec<usize> {
        match self {
            Self::Not(shape) | Self::Node(shape) | Self::Property(shape) => vec![*shape],
            Self::And(shapes) | Self::Or(shapes) | Self::Xone(shapes) => shapes.clone(),
            Self::Qualified {
                shape, disjoint, ..
            } => {
                let mut shapes = vec![*shape];
                shapes.extend(disjoint);
                shapes
            }
            _ => Vec::new(),
        }
    }

    /// What is demanded, in words that follow "expected"; IRIs are written by `name`.
    pub(super) fn demand(&self, name: &dyn Fn(&str) -> String) -> Option<String> {
        let term = |term: &Term| match term {
            Term::NamedNode(node) => name(node.as_str()),
            Term::Literal(literal) if literal.datatype() != oxrdf::vocab::xsd::STRING => {
                literal.value().to_owned()
            }
            other => other.to_string(),
        };
        let many = |count: u64| match count {
            1 => "1 value".to_owned(),
            count => format!("{count} values"),
        };
        Some(match self {
            Self::Class(class) => format!("an instance of {}", name(class.as_str())),
            Self::Datatype(datatype) => {
                format!("a literal of the datatype {}", name(datatype.as_str()))
            }
            Self::NodeKind {
                iri,
                blank,
                literal,
            } => {
                let kinds = [
                    (*iri, "an IRI"),
                    (*blank, "a blank node"),
                    (*literal, "a literal"),
                ];
                let kinds: Vec<&str> = kinds
                    .iter()
                    .filter_map(|(allowed, kind)| allowed.then_some(*kind))
                    .collect();
                kinds.join(" or ")
            }
            Self::MinCount(count) => format!("at least {}", many(*count)),
            Self::MaxCount(0) => "no value".to_owned(),
            Self::MaxCount(count) => format!("at most {}", many(*count)),
            Self::Bound {
                bound,
                least,
                inclusive,
            } => {
                let relation = match (least, inclusive) {
                    (true, true) => "at least",
                    (true, false) => "more than",
                    (false, true) => "at most",
                    (false, false) => "less than",
                };
                format!("a value of {relation} {}", bound.value())
            }
            Self::MinLength(length) => format!("at least {length} characters"),
            Self::MaxLength(length) => format!("at most {length} characters"),
            Self::Pattern { text, .. } => format!("a text that matches {text}"),
            Self::LanguageIn(tags) => format!("a text in one of the languages {}", tags.join(", ")),
            Self::UniqueLang => "one value in each language".to_owned(),
            Self::Equals(predicate) => format!("the same values as {}", name(predicate.as_str())),
            Self::Disjoint(predicate) => {
                format!("a value other than those of {}", name(predicate.as_str()))
            }
            Self::Less {
                predicate,
                or_equal,
            } => {
                let relation = if *or_equal { "not greater" } else { "less" };
                format!("{relation} than each value of {}", name(predicate.as_str()))
            }
            Self::HasValue(value) => format!("the value {}", term(value)),
            Self::In(values) => {
                const SHOWN: usize = 12;
                let shown: Vec<String> = values.iter().take(SHOWN).map(term).collect();
                let more = match values.len().saturating_sub(SHOWN) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                format!("one of {}{more}", shown.join(", "))
            }
            Self::Qualified { least, most, .. } => match (least, most) {
                (Some(least), _) => format!("at least {} of that shape", many(*least)),
                (_, Some(most)) => format!("at most {} of that shape", many(*most)),
                _ => return None,
            },
            Self::Closed { .. } => "no property but those of the shape".to_owned(),
            Self::Not(_)
            | Self::And(_)
            | Self::Or(_)
            | Self::Xone(_)
            | Self::Node(_)
            | Self::Property(_)
            | Self::Query(_) => return None,
        })
    }
}

//! Property paths (SHACL §2.3.1).

use super::data::{DataGraph, Id};
use super::source::{ShapesGraph, is_iri, node};
use super::vocabulary::{rdf, sh};
use oxrdf::{NamedNode, Term};
use spargebra::algebra::PropertyPathExpression;
use std::collections::BTreeSet;
use std::fmt;

/// Depth of a path that is read; deeper ones are refused.
const DEPTH: usize = 32;

/// The way from a focus node to its value nodes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PropertyPath {
    /// One property.
    Predicate(NamedNode),
    /// The other way round.
    Inverse(Box<PropertyPath>),
    /// One after the other.
    Sequence(Vec<PropertyPath>),
    /// Any of them.
    Alternative(Vec<PropertyPath>),
    /// Any number of times.
    ZeroOrMore(Box<PropertyPath>),
    /// At least once.
    OneOrMore(Box<PropertyPath>),
    /// At most once.
    ZeroOrOne(Box<PropertyPath>),
}

/// As SPARQL writes it, with whole IRIs.
impl fmt::Display for PropertyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(&|iri| format!("<{iri}>")))
    }
}

impl PropertyPath {
    /// Reads the path that a term of the shapes graph stands for; says what is wrong with one.
    pub(super) fn read(source: &ShapesGraph, term: &Term) -> Result<Self, String> {
        Self::read_at(source, term, 0)
    }

    fn read_at(source: &ShapesGraph, term: &Term, depth: usize) -> Result<Self, String> {
        if depth > DEPTH {
            return Err(format!(
                "the path is deeper than {DEPTH} levels, or contains itself"
            ));
        }
        let subject = match term {
            Term::NamedNode(node) if !is_iri(term, rdf::NIL) => {
                return Ok(Self::Predicate(node.clone()));
            }
            _ => node(term).ok_or("a path is an IRI or a blank node, not a literal")?,
        };
        let deeper = |term: &Term| Self::read_at(source, term, depth + 1);
        let several = |term: &Term| -> Result<Vec<Self>, String> {
            let members = source.list(term).ok_or("the list of a path is broken")?;
            if members.len() < 2 {
                return Err("a sequence or alternative has at least two members".to_owned());
            }
            members.iter().map(deeper).collect()
        };
        if is_iri(term, rdf::NIL) || source.values(&subject, rdf::FIRST).next().is_some() {
            return several(term).map(Self::Sequence);
        }
        let mut found = Vec::new();
        for statement in source.about(&subject) {
            let Some(kind) = super::vocabulary::local(statement.predicate.as_str()) else {
                continue;
            };
            let object = &statement.object;
            found.push(match kind {
                "alternativePath" => several(object).map(Self::Alternative)?,
                "inversePath" => Self::Inverse(Box::new(deeper(object)?)),
                "zeroOrMorePath" => Self::ZeroOrMore(Box::new(deeper(object)?)),
                "oneOrMorePath" => Self::OneOrMore(Box::new(deeper(object)?)),
                "zeroOrOnePath" => Self::ZeroOrOne(Box::new(deeper(object)?)),
                _ => continue,
            });
        }
        match (found.pop(), found.is_empty()) {
            (Some(path), true) => Ok(path),
            (Some(_), false) => Err(format!(
                "a path is one of {}, not several of them",
                [sh("inversePath"), sh("alternativePath")].join(", ")
            )),
            (None, _) => Err("nothing says what this path is".to_owned()),
        }
    }

    /// The property, where the path is one.
    pub fn predicate(&self) -> Option<&NamedNode> {
        match self {
            Self::Predicate(predicate) => Some(predicate),
            _ => None,
        }
    }

    /// Every property in it.
    pub(super) fn predicates<'p>(&'p self, found: &mut Vec<&'p NamedNode>) {
        match self {
            Self::Predicate(predicate) => found.push(predicate),
            Self::Inverse(path)
            | Self::ZeroOrMore(path)
            | Self::OneOrMore(path)
            | Self::ZeroOrOne(path) => path.predicates(found),
            Self::Sequence(paths) | Self::Alternative(paths) => {
                for path in paths {
                    path.predicates(found);
                }
            }
        }
    }

    /// The value nodes of a focus node, each once.
    pub(super) fn values(&self, graph: &DataGraph, from: Id) -> Vec<Id> {
        let mut found = self.step(graph, from, false);
        if !matches!(self, Self::Predicate(_)) {
            let mut seen = BTreeSet::new();
            found.retain(|id| seen.insert(*id));
        }
        found
    }

    fn step(&self, graph: &DataGraph, from: Id, back: bool) -> Vec<Id> {
        match self {
            Self::Predicate(predicate) => match graph.iri(predicate.as_str()) {
                None => Vec::new(),
                Some(predicate) if back => graph.subjects(predicate, from).collect(),
                Some(predicate) => graph.objects(from, predicate).collect(),
            },
            Self::Inverse(path) => path.step(graph, from, !back),
            Self::Sequence(paths) => {
                let mut nodes = BTreeSet::from([from]);
                let steps: Vec<&Self> = if back {
                    paths.iter().rev().collect()
                } else {
                    paths.iter().collect()
                };
                for path in steps {
                    nodes = nodes
                        .into_iter()
                        .flat_map(|node| path.step(graph, node, back))
                        .collect();
                }
                nodes.into_iter().collect()
            }
            Self::Alternative(paths) => paths
                .iter()
                .flat_map(|path| path.step(graph, from, back))
                .collect(),
            Self::ZeroOrMore(path) => path.closure(graph, vec![from], back),
            Self::OneOrMore(path) => {
                let first = path.step(graph, from, back);
                path.closure(graph, first, back)
            }
            Self::ZeroOrOne(path) => {
                let mut found = vec![from];
                found.extend(path.step(graph, from, back));
                found
            }
        }
    }

    fn closure(&self, graph: &DataGraph, start: Vec<Id>, back: bool) -> Vec<Id> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        let mut waiting = start;
        while let Some(id) = waiting.pop() {
            if seen.insert(id) {
                found.push(id);
                waiting.extend(self.step(graph, id, back));
            }
        }
        found
    }

    /// The path in SPARQL, its IRIs written by `name`.
    pub(super) fn text(&self, name: &dyn Fn(&str) -> String) -> String {
        let inner = |path: &Self| match path {
            Self::Predicate(_) => path.text(name),
            _ => format!("({})", path.text(name)),
        };
        let joined = |paths: &[Self], by: &str| {
            let texts: Vec<String> = paths.iter().map(inner).collect();
            texts.join(by)
        };
        match self {
            Self::Predicate(predicate) => name(predicate.as_str()),
            Self::Inverse(path) => format!("^{}", inner(path)),
            Self::Sequence(paths) => joined(paths, "/"),
            Self::Alternative(paths) => joined(paths, "|"),
            Self::ZeroOrMore(path) => format!("{}*", inner(path)),
            Self::OneOrMore(path) => format!("{}+", inner(path)),
            Self::ZeroOrOne(path) => format!("{}?", inner(path)),
        }
    }

    /// The path as the algebra of SPARQL has it.
    pub(super) fn expression(&self) -> PropertyPathExpression {
        let boxed = |path: &Self| Box::new(path.expression());
        let fold = |paths: &[Self],
                    join: fn(
            Box<PropertyPathExpression>,
            Box<PropertyPathExpression>,
        ) -> PropertyPathExpression| {
            let mut paths = paths.iter().rev().map(Self::expression);
            let last = paths
                .next()
                .unwrap_or_else(|| PropertyPathExpression::NegatedPropertySet(Vec::new()));
            paths.fold(last, |right, left| join(Box::new(left), Box::new(right)))
        };
        match self {
            Self::Predicate(predicate) => PropertyPathExpression::NamedNode(predicate.clone()),
            Self::Inverse(path) => PropertyPathExpression::Reverse(boxed(path)),
            Self::Sequence(paths) => fold(paths, PropertyPathExpression::Sequence),
            Self::Alternative(paths) => fold(paths, PropertyPathExpression::Alternative),
            Self::ZeroOrMore(path) => PropertyPathExpression::ZeroOrMore(boxed(path)),
            Self::OneOrMore(path) => PropertyPathExpression::OneOrMore(boxed(path)),
            Self::ZeroOrOne(path) => PropertyPathExpression::ZeroOrOne(boxed(path)),
        }
    }
}

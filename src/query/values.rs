//! Why an answer is empty: literals that are written or compared as another type than the graph has.

use super::visit::{Visitor, walk_expression, walk_pattern};
use crate::store::Build;
use civigraph_index::Result;
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, Term, Variable};
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeMap;

/// Quads of a property that are looked at.
const SAMPLE: usize = 100_000;

/// What literals must have in common to be compared.
#[derive(Debug, PartialEq, Eq)]
enum Kind<'l> {
    Number,
    Text,
    TextIn(&'l str),
    Other(&'l str),
}

impl<'l> Kind<'l> {
    fn of(literal: &'l Literal) -> Self {
        if let Some(language) = literal.language() {
            return Self::TextIn(language);
        }
        let datatype = literal.datatype();
        match civigraph_index::ValueKind::of(datatype) {
            Some(civigraph_index::ValueKind::Number) => Self::Number,
            _ if datatype == xsd::STRING => Self::Text,
            _ => Self::Other(datatype.as_str()),
        }
    }
}

/// Says how the graph writes the text of a literal that no triple has: with a language, or as another type.
pub(super) fn written_otherwise(
    predicate: Option<&NamedNode>,
    literal: &Literal,
    build: &Build,
) -> Result<Option<String>> {
    let Some(predicate) = predicate else {
        return Ok(None);
    };
    let mut first = None;
    let mut same = None;
    for object in objects(predicate, build) {
        let Term::Literal(object) = object? else {
            continue;
        };
        if object == *literal {
            return Ok(None);
        }
        if object.value() == literal.value() {
            same.get_or_insert(object);
        } else if first.is_none() {
            first = Some(object);
        }
    }
    Ok(match (same, first) {
        (Some(same), _) => Some(format!(
            "no `{}` is `{}`; the graph has `{}`",
            shorten(predicate.as_str(), build),
            written(literal, build),
            written(&same, build)
        )),
        (None, Some(other)) if Kind::of(&other) != Kind::of(literal) => Some(format!(
            "no `{}` is `{}`; values are written as `{}`",
            shorten(predicate.as_str(), build),
            written(literal, build),
            written(&other, build)
        )),
        _ => None,
    })
}

/// Sentences about comparisons of a variable with a literal that is of another type than all of its values.
///
/// Recurses with the depth of the query: call it on a large stack.
pub(super) fn compared_otherwise(pattern: &GraphPattern, build: &Build) -> Result<Vec<String>> {
    let mut compared = Compared::default();
    compared.pattern(pattern);
    let mut hints = Vec::new();
    for (variable, literal) in &compared.comparisons {
        let Some(predicate) = compared.properties.get(variable) else {
            continue;
        };
        let mut example = None;
        let mut comparable = false;
        for object in objects(predicate, build) {
            let object = object?;
            if let Term::Literal(object) = &object {
                comparable |= Kind::of(object) == Kind::of(literal);
            }
            example.get_or_insert(object);
            if comparable {
                break;
            }
        }
        let Some(example) = example.filter(|_| !comparable) else {
            continue;
        };
        let shown = match &example {
            Term::Literal(example) => written(example, build),
            other => other.to_string(),
        };
        let instead = match &example {
            Term::Literal(example) => instead(variable, literal, example, build),
            _ => String::new(),
        };
        hints.push(format!(
            "`{variable}` has values such as `{shown}`, which cannot be compared with `{}`{instead}",
            written(literal, build)
        ));
    }
    Ok(hints)
}

/// What to write instead of a literal that is compared with values like an example.
fn instead(variable: &Variable, literal: &Literal, example: &Literal, build: &Build) -> String {
    match Kind::of(example) {
        Kind::TextIn(_) => format!(": compare `STR({variable})`"),
        Kind::Other(datatype) if Kind::of(literal) == Kind::Text => format!(
            ": write `\"{}\"^^{}`",
            literal.value(),
            shorten(datatype, build)
        ),
        Kind::Number if Kind::of(literal) == Kind::Text => ": numbers have no quotes".to_owned(),
        _ => String::new(),
    }
}

fn objects<'b>(
    predicate: &NamedNode,
    build: &'b Build,
) -> impl Iterator<Item = Result<Term>> + use<'b> {
    let quads = build
        .index()
        .quads_for_pattern(None, Some(predicate.as_ref()), None, None);
    quads.take(SAMPLE).map(|quad| quad.map(|quad| quad.object))
}

fn shorten(iri: &str, build: &Build) -> String {
    build.manifest().about.prefixes.shorten(iri)
}

/// A literal as a query has it.
fn written(literal: &Literal, build: &Build) -> String {
    match Kind::of(literal) {
        Kind::Other(datatype) => {
            format!("\"{}\"^^{}", literal.value(), shorten(datatype, build))
        }
        Kind::Number => literal.value().to_owned(),
        Kind::Text | Kind::TextIn(_) => literal.to_string(),
    }
}

/// Comparisons of variables with literals, and the properties whose values variables have.
#[derive(Default)]
struct Compared {
    comparisons: Vec<(Variable, Literal)>,
    properties: BTreeMap<Variable, NamedNode>,
}

impl Compared {
    fn triple(&mut self, triple: &TriplePattern) {
        if let (NamedNodePattern::NamedNode(predicate), TermPattern::Variable(object)) =
            (&triple.predicate, &triple.object)
        {
            self.properties
                .entry(object.clone())
                .or_insert_with(|| predicate.clone());
        }
    }

    fn compared(&mut self, one: &Expression, other: &Expression) {
        if let (Expression::Variable(variable), Expression::Literal(literal))
        | (Expression::Literal(literal), Expression::Variable(variable)) = (one, other)
        {
            self.comparisons.push((variable.clone(), literal.clone()));
        }
    }
}

impl Visitor for Compared {
    fn pattern(&mut self, pattern: &GraphPattern) {
        if let GraphPattern::Bgp { patterns } = pattern {
            patterns.iter().for_each(|triple| self.triple(triple));
        }
        walk_pattern(self, pattern);
    }

    fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Equal(one, other)
            | Expression::Greater(one, other)
            | Expression::GreaterOrEqual(one, other)
            | Expression::Less(one, other)
            | Expression::LessOrEqual(one, other) => self.compared(one, other),
            Expression::In(one, others) => {
                if let [other] = others.as_slice() {
                    self.compared(one, other);
                }
            }
            // What need not hold drops no row.
            Expression::Or(..) | Expression::Exists(_) => return,
            _ => {}
        }
        walk_expression(self, expression);
    }
}

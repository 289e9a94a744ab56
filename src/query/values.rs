//! Why an answer is empty: literals that are written or compared as another type than the graph has.

use super::visit::{Visitor, compared, walk_expression, walk_pattern};
use crate::store::Build;
use civigraph_index::Result;
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, Term, Variable};
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::cell::Cell;
use std::collections::BTreeMap;

/// Quads that are looked at for the hints of one answer.
const SAMPLE: usize = 100_000;

/// What literals must have in common to be compared.
#[derive(Debug, PartialEq, Eq)]
enum ComparisonKind<'l> {
    Number,
    Text,
    TextIn(&'l str),
    Other(&'l str),
}

impl<'l> ComparisonKind<'l> {
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

/// The values of the properties of a build. All that is asked of them looks at a bounded number of quads.
pub(super) struct PropertyValues<'b> {
    build: &'b Build,
    /// Quads that may still be looked at.
    left: Cell<usize>,
}

impl<'b> PropertyValues<'b> {
    pub(super) fn of(build: &'b Build) -> Self {
        Self {
            build,
            left: Cell::new(SAMPLE),
        }
    }

    /// Says how the graph writes the text of a literal that no triple has: with a language, or as another type.
    pub(super) fn written_otherwise(
        &self,
        predicate: &NamedNode,
        literal: &Literal,
    ) -> Result<Option<String>> {
        let index = self.build.index();
        let term = literal.as_ref().into();
        let mut exact = index.quads_for_pattern(None, Some(predicate.as_ref()), Some(term), None);
        if exact.next().transpose()?.is_some() {
            return Ok(None);
        }
        let wrong = || {
            let property = self.shorten(predicate.as_str());
            format!("no `{property}` is `{}`", self.written(literal))
        };
        let mut first = None;
        for object in self.objects(predicate) {
            let Term::Literal(object) = object? else {
                continue;
            };
            if object.value() == literal.value() {
                let same = self.written(&object);
                return Ok(Some(format!("{}; the graph has `{same}`", wrong())));
            }
            first.get_or_insert(object);
        }
        let other = first.filter(|other| ComparisonKind::of(other) != ComparisonKind::of(literal));
        Ok(other.map(|other| {
            let written = self.written(&other);
            format!("{}; values are written as `{written}`", wrong())
        }))
    }

    /// Sentences about comparisons of a variable with a literal that is of another type than all of its values.
    ///
    /// Recurses with the depth of the query: call it on a large stack.
    pub(super) fn compared_otherwise(&self, pattern: &GraphPattern) -> Result<Vec<String>> {
        let mut compared = Comparisons::default();
        compared.pattern(pattern);
        let mut hints = Vec::new();
        for (variable, literal) in &compared.comparisons {
            let Some(predicate) = compared.properties.get(variable) else {
                continue;
            };
            let mut example = None;
            let mut comparable = false;
            for object in self.objects(predicate) {
                let object = object?;
                if let Term::Literal(object) = &object {
                    comparable |= ComparisonKind::of(object) == ComparisonKind::of(literal);
                }
                example.get_or_insert(object);
                if comparable {
                    break;
                }
            }
            let Some(example) = example.filter(|_| !comparable) else {
                continue;
            };
            let (shown, instead) = match &example {
                Term::Literal(example) => (
                    self.written(example),
                    self.instead(variable, literal, example),
                ),
                other => (other.to_string(), String::new()),
            };
            hints.push(format!(
                "`{variable}` has values such as `{shown}`, which cannot be compared with `{}`{instead}",
                self.written(literal)
            ));
        }
        Ok(hints)
    }

    /// What to write instead of a literal that is compared with values like an example.
    fn instead(&self, variable: &Variable, literal: &Literal, example: &Literal) -> String {
        match ComparisonKind::of(example) {
            ComparisonKind::TextIn(_) => format!(": compare `STR({variable})`"),
            ComparisonKind::Other(datatype)
                if ComparisonKind::of(literal) == ComparisonKind::Text =>
            {
                format!(
                    ": write `\"{}\"^^{}`",
                    literal.value(),
                    self.shorten(datatype)
                )
            }
            ComparisonKind::Number if ComparisonKind::of(literal) == ComparisonKind::Text => {
                ": numbers have no quotes".to_owned()
            }
            _ => String::new(),
        }
    }

    /// The first values of a property.
    fn objects(&self, predicate: &NamedNode) -> impl Iterator<Item = Result<Term>> {
        let index = self.build.index();
        let quads = index.quads_for_pattern(None, Some(predicate.as_ref()), None, None);
        let quads = quads.take(self.left.get());
        quads.map(|quad| {
            self.left.set(self.left.get() - 1);
            quad.map(|quad| quad.object)
        })
    }

    fn shorten(&self, iri: &str) -> String {
        self.build.manifest().about.prefixes.shorten(iri)
    }

    /// A literal as a query has it.
    fn written(&self, literal: &Literal) -> String {
        match ComparisonKind::of(literal) {
            ComparisonKind::Other(datatype) => {
                format!("\"{}\"^^{}", literal.value(), self.shorten(datatype))
            }
            ComparisonKind::Number => literal.value().to_owned(),
            ComparisonKind::Text | ComparisonKind::TextIn(_) => literal.to_string(),
        }
    }
}

/// Comparisons of variables with literals, and the properties whose values variables have.
#[derive(Default)]
struct Comparisons {
    comparisons: Vec<(Variable, Literal)>,
    properties: BTreeMap<Variable, NamedNode>,
}

impl Comparisons {
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

impl Visitor for Comparisons {
    fn pattern(&mut self, pattern: &GraphPattern) {
        if let GraphPattern::Bgp { patterns } = pattern {
            patterns.iter().for_each(|triple| self.triple(triple));
        }
        walk_pattern(self, pattern);
    }

    fn expression(&mut self, expression: &Expression) {
        if let Some((one, other)) = compared(expression) {
            self.compared(one, other);
        }
        match expression {
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

//! One constraint held against the value nodes of one focus node (SHACL §4): a method for each component.

use super::data::Id;
use super::path::PropertyPath;
use super::query::ConstraintQuery;
use super::shape::Check;
use super::validate::{FoundViolation, ValidationEngine, ViolationSink};
use super::value::{OrderedLiteral, is_well_formed};
use super::vocabulary::rdf;
use crate::query::is_in_range;
use oxrdf::{Literal, NamedNode, Term, TermRef};
use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

/// A constraint of a shape, a focus node and its value nodes.
pub(super) struct ConstraintCheck<'h, 'e, 't> {
    pub(super) engine: &'h ValidationEngine<'e>,
    /// The number of the shape.
    pub(super) number: usize,
    /// The number of the constraint in it.
    pub(super) at: usize,
    pub(super) focus: Id,
    pub(super) values: &'h [Id],
    pub(super) take: ViolationSink<'t>,
}

impl ConstraintCheck<'_, '_, '_> {
    /// Gives the violations of a constraint to whoever takes them.
    pub(super) fn check(&mut self, check: &Check) -> ControlFlow<()> {
        match check {
            Check::Class(class) => self.class(class),
            Check::Datatype(datatype) => self.datatype(datatype),
            Check::NodeKind {
                iri,
                blank,
                literal,
            } => self.node_kind(*iri, *blank, *literal),
            Check::MinCount(count) => self.holds(self.values.len() as u64 >= *count),
            Check::MaxCount(count) => self.holds(self.values.len() as u64 <= *count),
            Check::Bound {
                bound,
                least,
                inclusive,
            } => self.bound(bound, *least, *inclusive),
            Check::MinLength(least) => self.length(|length| length >= *least),
            Check::MaxLength(most) => self.length(|length| length <= *most),
            // What would take too many steps to find out does not count as a match.
            Check::Pattern { regex, .. } => {
                self.each(|_, term| text(term).is_some_and(|text| regex.is_match(text) == Ok(true)))
            }
            Check::LanguageIn(tags) => self.language_in(tags),
            Check::UniqueLang => self.unique_lang(),
            Check::Equals(predicate) => self.equals(predicate),
            Check::Disjoint(predicate) => {
                let others = self.objects(predicate);
                self.each(|value, _| !others.contains(&value))
            }
            Check::Less {
                predicate,
                or_equal,
            } => self.less(predicate, *or_equal),
            Check::Not(shape) => {
                let engine = self.engine;
                self.each(|value, _| !engine.conforms(*shape, value))
            }
            Check::And(shapes) => {
                let engine = self.engine;
                self.each(|value, _| shapes.iter().all(|&shape| engine.conforms(shape, value)))
            }
            Check::Or(shapes) => {
                let engine = self.engine;
                self.each(|value, _| shapes.iter().any(|&shape| engine.conforms(shape, value)))
            }
            Check::Xone(shapes) => {
                let engine = self.engine;
                self.each(|value, _| {
                    let conforming = shapes
                        .iter()
                        .filter(|&&shape| engine.conforms(shape, value));
                    conforming.take(2).count() == 1
                })
            }
            Check::Node(shape) => {
                let engine = self.engine;
                self.each(|value, _| engine.conforms(*shape, value))
            }
            Check::Property(shape) => self.property(*shape),
            Check::Qualified {
                shape,
                disjoint,
                least,
                most,
            } => self.qualified(*shape, disjoint, *least, *most),
            Check::Closed { allowed } => self.closed(allowed),
            Check::HasValue(wanted) => {
                let wanted = self.engine.graph.find(wanted);
                self.holds(wanted.is_some_and(|id| self.values.contains(&id)))
            }
            Check::In(allowed) => self.each(|_, term| allowed.contains(term)),
            Check::Query(query) if query.ask => self.ask(query),
            Check::Query(query) => {
                let (number, at, focus) = (self.number, self.at, self.focus);
                self.engine.query(number, at, query, focus, &mut *self.take)
            }
        }
    }

    /// A violation at a value, or of the focus node.
    fn violation(&mut self, value: Option<&Term>) -> ControlFlow<()> {
        (self.take)(FoundViolation::new(self.number, self.at, self.focus, value))
    }

    /// A violation unless something holds for the value nodes together.
    fn holds(&mut self, holds: bool) -> ControlFlow<()> {
        match holds {
            true => ControlFlow::Continue(()),
            false => self.violation(None),
        }
    }

    /// A violation for each value for which something does not hold.
    fn each(&mut self, holds: impl Fn(Id, &Term) -> bool) -> ControlFlow<()> {
        for &value in self.values {
            if let Some(term) = self.engine.graph.term(value)
                && !holds(value, term)
            {
                self.violation(Some(term))?;
            }
        }
        ControlFlow::Continue(())
    }

    /// The objects of a property of the focus node.
    fn objects(&self, predicate: &NamedNode) -> Vec<Id> {
        let graph = self.engine.graph;
        match graph.iri(predicate.as_str()) {
            Some(predicate) => graph.objects(self.focus, predicate).collect(),
            None => Vec::new(),
        }
    }

    fn class(&mut self, class: &NamedNode) -> ControlFlow<()> {
        let graph = self.engine.graph;
        let classes = self.engine.classes(class);
        let kind = graph.iri(rdf::TYPE);
        self.each(|value, _| {
            kind.is_some_and(|kind| {
                let mut of_value = graph.objects(value, kind);
                of_value.any(|class| classes.contains(&class))
            })
        })
    }

    fn datatype(&mut self, datatype: &NamedNode) -> ControlFlow<()> {
        self.each(|_, term| match term {
            Term::Literal(literal) => {
                literal.datatype() == datatype.as_ref() && is_well_formed(literal)
            }
            _ => false,
        })
    }

    fn node_kind(&mut self, iri: bool, blank: bool, literal: bool) -> ControlFlow<()> {
        self.each(|_, term| match term {
            Term::NamedNode(_) => iri,
            Term::BlankNode(_) => blank,
            Term::Literal(_) => literal,
            Term::Triple(_) => false,
        })
    }

    fn bound(&mut self, bound: &Literal, least: bool, inclusive: bool) -> ControlFlow<()> {
        let bound = OrderedLiteral::of(bound);
        self.each(|_, term| {
            let value = match term {
                Term::Literal(literal) => OrderedLiteral::of(literal),
                _ => None,
            };
            let order = value
                .zip(bound.as_ref())
                .and_then(|(value, bound)| value.compare(bound));
            order.is_some_and(|order| {
                (order.is_eq() && inclusive)
                    || (order.is_gt() && least)
                    || (order.is_lt() && !least)
            })
        })
    }

    fn length(&mut self, holds: impl Fn(u64) -> bool) -> ControlFlow<()> {
        self.each(|_, term| text(term).is_some_and(|text| holds(text.chars().count() as u64)))
    }

    fn language_in(&mut self, tags: &[String]) -> ControlFlow<()> {
        self.each(|_, term| match term {
            Term::Literal(literal) => literal
                .language()
                .is_some_and(|tag| tags.iter().any(|range| lang_matches(tag, range))),
            _ => false,
        })
    }

    fn unique_lang(&mut self) -> ControlFlow<()> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for &value in self.values {
            if let Some(Term::Literal(literal)) = self.engine.graph.term(value)
                && let Some(tag) = literal.language()
            {
                *counts.entry(tag.to_ascii_lowercase()).or_insert(0) += 1;
            }
        }
        for _ in counts.values().filter(|count| **count > 1) {
            self.violation(None)?;
        }
        ControlFlow::Continue(())
    }

    fn equals(&mut self, predicate: &NamedNode) -> ControlFlow<()> {
        let others = self.objects(predicate);
        let values = self.values;
        let differ = values
            .iter()
            .filter(|value| !others.contains(value))
            .chain(others.iter().filter(|other| !values.contains(other)));
        for &one in differ {
            self.violation(self.engine.graph.term(one))?;
        }
        ControlFlow::Continue(())
    }

    fn less(&mut self, predicate: &NamedNode, or_equal: bool) -> ControlFlow<()> {
        let graph = self.engine.graph;
        let others = self.objects(predicate);
        for &value in self.values {
            for &other in &others {
                let order = match (graph.term(value), graph.term(other)) {
                    (Some(Term::Literal(a)), Some(Term::Literal(b))) => OrderedLiteral::of(a)
                        .zip(OrderedLiteral::of(b))
                        .and_then(|(a, b)| a.compare(&b)),
                    _ => None,
                };
                let right = order.is_some_and(|order| order.is_lt() || (order.is_eq() && or_equal));
                if !right {
                    self.violation(graph.term(value))?;
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn property(&mut self, shape: usize) -> ControlFlow<()> {
        let shared = self.engine.shared.contains(&shape);
        for &value in self.values {
            if !shared || !self.engine.conforms(shape, value) {
                self.engine.shape(shape, value, &mut *self.take)?;
            }
        }
        ControlFlow::Continue(())
    }

    fn qualified(
        &mut self,
        shape: usize,
        disjoint: &[usize],
        least: Option<u64>,
        most: Option<u64>,
    ) -> ControlFlow<()> {
        let engine = self.engine;
        let counted = self.values.iter().filter(|&&value| {
            engine.conforms(shape, value)
                && !disjoint.iter().any(|&other| engine.conforms(other, value))
        });
        let count = counted.count() as u64;
        let is_wrong =
            least.is_some_and(|least| count < least) || most.is_some_and(|most| count > most);
        self.holds(!is_wrong)
    }

    fn closed(&mut self, allowed: &HashSet<NamedNode>) -> ControlFlow<()> {
        let graph = self.engine.graph;
        for &value in self.values {
            for (predicate, object) in graph.about(value) {
                let Some(Term::NamedNode(predicate)) = graph.term(predicate) else {
                    continue;
                };
                if !allowed.contains(predicate) {
                    let object = graph.term(object);
                    let mut found = FoundViolation::new(self.number, self.at, self.focus, object);
                    found.path = Some(PropertyPath::Predicate(predicate.clone()));
                    (self.take)(found)?;
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// An `ASK` query, which is true of values that conform.
    fn ask(&mut self, query: &ConstraintQuery) -> ControlFlow<()> {
        let graph = self.engine.graph;
        for &value in self.values {
            match query.holds(graph, self.focus, value) {
                Ok(true) => {}
                Ok(false) => self.violation(graph.term(value))?,
                Err(message) => self.engine.fail(self.number, self.at, &message),
            }
        }
        ControlFlow::Continue(())
    }
}

/// `langMatches` for basic ranges.
fn lang_matches(tag: &str, range: &str) -> bool {
    match range {
        "*" => !tag.is_empty(),
        _ => tag.eq_ignore_ascii_case(range) || is_in_range(tag, range),
    }
}

/// What `STR` gives; blank nodes have no text.
fn text(term: &Term) -> Option<&str> {
    match term.as_ref() {
        TermRef::NamedNode(node) => Some(node.as_str()),
        TermRef::Literal(literal) => Some(literal.value()),
        _ => None,
    }
}

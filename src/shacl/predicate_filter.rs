//! Which triples shapes can look at: the others need not be kept.

use super::path::PropertyPath;
use super::query::QueryReads;
use super::shape::{Check, Shape, Target};
use super::vocabulary::{rdf, rdfs};
use oxrdf::QuadRef;
use std::collections::HashSet;

/// Which triples some shape can look at, by predicate.
#[derive(Debug, Default)]
pub(super) struct PredicateFilter {
    everything: bool,
    predicates: HashSet<String>,
}

impl PredicateFilter {
    /// What the shapes can look at, from their targets on.
    pub(super) fn of(shapes: &[Shape]) -> Self {
        let mut wanted = Self::default();
        let mut seen = HashSet::new();
        let mut waiting: Vec<usize> = (0..shapes.len())
            .filter(|&index| shapes.get(index).is_some_and(Shape::runs))
            .collect();
        while let Some(index) = waiting.pop() {
            if !seen.insert(index) {
                continue;
            }
            let Some(shape) = shapes.get(index) else {
                continue;
            };
            for target in &shape.targets {
                match target {
                    Target::Class(_) => wanted.classes(),
                    Target::SubjectsOf(predicate) | Target::ObjectsOf(predicate) => {
                        wanted.predicate(predicate.as_str());
                    }
                    Target::Node(_) => {}
                }
            }
            if let Some(path) = &shape.path {
                wanted.path(path);
            }
            for constraint in &shape.constraints {
                wanted.check(&constraint.check);
                waiting.extend(constraint.check.shapes());
            }
        }
        wanted
    }

    fn check(&mut self, check: &Check) {
        match check {
            Check::Class(_) => self.classes(),
            Check::Equals(predicate)
            | Check::Disjoint(predicate)
            | Check::Less { predicate, .. } => self.predicate(predicate.as_str()),
            Check::Closed { .. } => self.everything = true,
            Check::Query(query) => match query.reads() {
                QueryReads::Everything => self.everything = true,
                QueryReads::Predicates(predicates) => {
                    for predicate in predicates {
                        self.predicate(predicate);
                    }
                }
            },
            _ => {}
        }
    }

    fn classes(&mut self) {
        self.predicate(rdf::TYPE);
        self.predicate(rdfs::SUB_CLASS_OF);
    }

    fn predicate(&mut self, predicate: &str) {
        if !self.predicates.contains(predicate) {
            self.predicates.insert(predicate.to_owned());
        }
    }

    fn path(&mut self, path: &PropertyPath) {
        let mut predicates = Vec::new();
        path.predicates(&mut predicates);
        for predicate in predicates {
            self.predicate(predicate.as_str());
        }
        // `?` and `*` also reach nodes that no triple of these properties has.
    }

    /// The predicates; `None` for all.
    pub(super) fn predicates(&self) -> Option<&HashSet<String>> {
        (!self.everything).then_some(&self.predicates)
    }

    pub(super) fn wants(&self, quad: QuadRef<'_>) -> bool {
        self.everything
            // Most projects have no shapes, and all of their quads come by here.
            || (!self.predicates.is_empty() && self.predicates.contains(quad.predicate.as_str()))
    }
}

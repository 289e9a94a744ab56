//! Shapes that check nothing: nothing in the graph has what they name.

use super::data::Graph;
use super::path::Path;
use super::shape::{Shape, Target};
use super::vocabulary::rdf;
use crate::diagnostic::{Code, Diagnostic, Place, suggest};
use oxrdf::{NamedNode, Term};
use std::collections::{BTreeSet, HashSet};

/// A class or property that a shape names, and that nothing in the graph has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Idle {
    /// Nothing is of this class, of those that there are.
    Class(Place, NamedNode, BTreeSet<String>),
    /// No triple has this property, of those that there are.
    Property(Place, NamedNode, BTreeSet<String>),
}

/// Shapes that have constraints and no target, and to which no other shape refers.
pub(super) fn untargeted(shapes: &[Shape]) -> impl Iterator<Item = Diagnostic> {
    let active = shapes.iter().filter(|shape| !shape.deactivated);
    let referred: HashSet<usize> = active
        .flat_map(|shape| &shape.constraints)
        .flat_map(|constraint| constraint.check.shapes())
        .collect();
    let idle = shapes.iter().enumerate().filter(move |(number, shape)| {
        let checks = !shape.deactivated && !shape.constraints.is_empty();
        checks && shape.targets.is_empty() && !referred.contains(number)
    });
    idle.map(|(_, shape)| {
        let message = "the shape has no target, and no other shape refers to it";
        Diagnostic::new(Code::ShapeIdle, shape.place.clone(), message)
            .with_expected("`sh:targetClass`, `sh:targetSubjectsOf` or the like")
    })
}

/// What shapes name and nothing has, each once.
pub(super) fn idle(shapes: &[Shape], graph: &Graph) -> Vec<Idle> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for shape in shapes {
        if shape.deactivated || shape.constraints.is_empty() {
            continue;
        }
        for target in &shape.targets {
            match target {
                Target::Class(class) if seen.insert(class.as_str()) => {
                    if is_empty(class, graph) {
                        let place = shape.place.clone();
                        found.push(Idle::Class(place, class.clone(), classes(graph)));
                    }
                }
                Target::SubjectsOf(property) | Target::ObjectsOf(property) => {
                    found.extend(unused(shape, property, graph, &mut seen));
                }
                Target::Class(_) | Target::Node(_) => {}
            }
        }
        if let Some(Path::Predicate(property)) = &shape.path {
            found.extend(unused(shape, property, graph, &mut seen));
        }
    }
    found
}

fn unused<'s>(
    shape: &'s Shape,
    property: &'s NamedNode,
    graph: &Graph,
    seen: &mut HashSet<&'s str>,
) -> Option<Idle> {
    let used = graph
        .iri(property.as_str())
        .is_some_and(|id| graph.pairs(id).next().is_some());
    let is_new = !used && seen.insert(property.as_str());
    is_new.then(|| {
        let known = graph.predicates().map(|it| it.as_str().to_owned());
        Idle::Property(shape.place.clone(), property.clone(), known.collect())
    })
}

/// Whether nothing is of a class or of one below it.
fn is_empty(class: &NamedNode, graph: &Graph) -> bool {
    let (Some(class), Some(kind)) = (graph.iri(class.as_str()), graph.iri(rdf::TYPE)) else {
        return true;
    };
    let classes = graph.classes(class);
    !classes
        .iter()
        .any(|&class| graph.subjects(kind, class).next().is_some())
}

/// The classes of the things of a graph.
fn classes(graph: &Graph) -> BTreeSet<String> {
    let kinds = graph.iri(rdf::TYPE).into_iter();
    kinds
        .flat_map(|kind| graph.pairs(kind))
        .filter_map(|(_, class)| match graph.term(class) {
            Some(Term::NamedNode(class)) => Some(class.as_str().to_owned()),
            _ => None,
        })
        .collect()
}

impl Idle {
    /// What to say of it. What the ontology declares is empty for now, and what is of other vocabularies may come.
    pub(super) fn diagnostic(
        &self,
        declared: &HashSet<String>,
        name: &dyn Fn(&str) -> String,
    ) -> Option<Diagnostic> {
        let (place, iri, known, what) = match self {
            Self::Class(place, class, known) => (place, class, known, "class"),
            Self::Property(place, property, known) => (place, property, known, "property"),
        };
        if declared.contains(iri.as_str()) {
            return None;
        }
        let shown = name(iri.as_str());
        let known = known.iter().chain(declared);
        let known: Vec<String> = known.map(|iri| name(iri)).collect();
        let near = suggest::hint(&shown, known.iter().map(String::as_str));
        let ours = declared
            .iter()
            .any(|declared| namespace(declared) == namespace(iri.as_str()));
        (near.is_some() || ours).then(|| {
            let message = format!("nothing in the graph has the {what} `{shown}`");
            Diagnostic::new(Code::ShapeIdle, place.clone(), message).with_optional_hint(near)
        })
    }
}

fn namespace(iri: &str) -> &str {
    let end = iri.rfind(['#', '/']).map_or(0, |at| at + 1);
    iri.get(..end).unwrap_or(iri)
}

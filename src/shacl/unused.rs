//! Shapes that check nothing: nothing in the graph has what they name.

use super::data::{DataGraph, Id};
use super::path::PropertyPath;
use super::shape::{Shape, Target};
use super::vocabulary::rdf;
use crate::diagnostic::{Code, Diagnostic, Place, suggest};
use oxrdf::{NamedNode, Term};
use std::collections::{BTreeSet, HashSet};

/// The classes and properties that shapes name and nothing in a graph has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct UnusedNames {
    unused: Vec<UnusedName>,
    /// The classes that things have, where a class is unused.
    classes: BTreeSet<String>,
    /// The properties that triples have, where a property is unused.
    properties: BTreeSet<String>,
}

/// A name of a shape that nothing has.
#[derive(Debug, Clone, PartialEq, Eq)]
struct UnusedName {
    /// Where the shape is.
    place: Place,
    name: NamedNode,
    is_class: bool,
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
pub(super) fn idle(shapes: &[Shape], graph: &DataGraph) -> UnusedNames {
    let mut idle = UnusedNames::default();
    let mut seen = HashSet::new();
    let mut look = |shape: &Shape, name: &NamedNode, is_class: bool| {
        let is_unused = seen.insert((name.clone(), is_class))
            && match is_class {
                true => is_empty(name, graph),
                false => is_unused(name, graph),
            };
        if is_unused {
            idle.unused.push(UnusedName {
                place: shape.place.clone(),
                name: name.clone(),
                is_class,
            });
        }
    };
    for shape in shapes {
        if shape.deactivated || shape.constraints.is_empty() {
            continue;
        }
        for target in &shape.targets {
            match target {
                Target::Class(class) => look(shape, class, true),
                Target::SubjectsOf(property) | Target::ObjectsOf(property) => {
                    look(shape, property, false);
                }
                Target::Node(_) => {}
            }
        }
        if let Some(PropertyPath::Predicate(property)) = &shape.path {
            look(shape, property, false);
        }
    }
    if idle.unused.iter().any(|unused| unused.is_class) {
        idle.classes = classes(graph);
    }
    if idle.unused.iter().any(|unused| !unused.is_class) {
        let properties = graph
            .predicates()
            .map(|property| property.as_str().to_owned());
        idle.properties = properties.collect();
    }
    idle
}

/// Whether no triple has a property.
fn is_unused(property: &NamedNode, graph: &DataGraph) -> bool {
    let property = graph.iri(property.as_str());
    property.is_none_or(|property| graph.pairs(property).next().is_none())
}

/// Whether nothing is of a class or of one below it.
fn is_empty(class: &NamedNode, graph: &DataGraph) -> bool {
    let (Some(class), Some(kind)) = (graph.iri(class.as_str()), graph.iri(rdf::TYPE)) else {
        return true;
    };
    let classes = graph.classes(class);
    !classes
        .iter()
        .any(|&class| graph.subjects(kind, class).next().is_some())
}

/// The classes of the things of a graph.
fn classes(graph: &DataGraph) -> BTreeSet<String> {
    let kinds = graph.iri(rdf::TYPE).into_iter();
    let pairs = kinds.flat_map(|kind| graph.pairs(kind));
    let classes: HashSet<Id> = pairs.map(|(_, class)| class).collect();
    let named = classes
        .into_iter()
        .filter_map(|class| match graph.term(class) {
            Some(Term::NamedNode(class)) => Some(class.as_str().to_owned()),
            _ => None,
        });
    named.collect()
}

impl UnusedNames {
    /// What to say of it. What the ontology declares is empty for now, and what is of other vocabularies may come.
    pub(super) fn diagnostics(
        &self,
        declared: &HashSet<String>,
        name: impl Fn(&str) -> String,
    ) -> Vec<Diagnostic> {
        if self.unused.is_empty() {
            return Vec::new();
        }
        let named = |known: &BTreeSet<String>| -> Vec<String> {
            let known = known.iter().chain(declared);
            known.map(|iri| name(iri)).collect()
        };
        let (classes, properties) = (named(&self.classes), named(&self.properties));
        let namespaces: HashSet<&str> = declared.iter().map(|iri| namespace(iri)).collect();
        let undeclared = self
            .unused
            .iter()
            .filter(|unused| !declared.contains(unused.name.as_str()));
        undeclared
            .filter_map(|unused| {
                let (known, what) = match unused.is_class {
                    true => (&classes, "class"),
                    false => (&properties, "property"),
                };
                let shown = name(unused.name.as_str());
                let near = suggest::hint(&shown, known.iter().map(String::as_str));
                let ours = namespaces.contains(namespace(unused.name.as_str()));
                (near.is_some() || ours).then(|| {
                    let message = format!("nothing in the graph has the {what} `{shown}`");
                    Diagnostic::new(Code::ShapeIdle, unused.place.clone(), message)
                        .with_optional_hint(near)
                })
            })
            .collect()
    }
}

fn namespace(iri: &str) -> &str {
    let end = iri.rfind(['#', '/']).map_or(0, |at| at + 1);
    iri.get(..end).unwrap_or(iri)
}

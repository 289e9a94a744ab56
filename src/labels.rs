//! Labels of things, in the language that a reader asks for.

use civigraph_index::{Index, canonical_language_tag};
use oxrdf::vocab::rdf;
use oxrdf::{Literal, NamedNodeRef, Term, TermRef};
use std::cell::RefCell;
use std::collections::HashMap;

/// Properties that hold labels, best first.
pub(crate) const LABEL_PROPERTIES: [NamedNodeRef<'static>; 4] = [
    NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#prefLabel"),
    NamedNodeRef::new_unchecked("http://www.w3.org/2000/01/rdf-schema#label"),
    NamedNodeRef::new_unchecked("http://purl.org/dc/terms/title"),
    NamedNodeRef::new_unchecked("http://xmlns.com/foaf/0.1/name"),
];

/// Says of a merged thing which one is used in its place.
const IS_REPLACED_BY: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://purl.org/dc/terms/isReplacedBy");

/// Say what the triples of a part of a graph have in common.
const PARTS: [NamedNodeRef<'static>; 2] = [
    NamedNodeRef::new_unchecked("http://rdfs.org/ns/void#class"),
    NamedNodeRef::new_unchecked("http://rdfs.org/ns/void#property"),
];

/// The part of an IRI after its last slash or hash.
pub(crate) fn local_name(iri: &str) -> &str {
    iri.rsplit(['/', '#']).next().unwrap_or(iri)
}

/// Labels kept in memory; when there are more, all are forgotten.
const KEPT: usize = 100_000;

/// Looks up labels in an index, in all its graphs.
pub struct Labels<'a> {
    index: &'a Index,
    language: String,
    known: RefCell<HashMap<String, Option<String>>>,
}

impl<'a> Labels<'a> {
    /// Labels in a language; where there is none, in English, else in any.
    pub fn new(index: &'a Index, language: &str) -> Self {
        Self {
            index,
            language: canonical_language_tag(language).into_owned(),
            known: RefCell::default(),
        }
    }

    /// The label of an IRI, if it has one.
    pub fn of(&self, iri: &str) -> Option<String> {
        if let Some(known) = self.known.borrow().get(iri) {
            return known.clone();
        }
        let label = self.look_up(NamedNodeRef::new_unchecked(iri));
        let mut known = self.known.borrow_mut();
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(iri.to_owned(), label.clone());
        label
    }

    fn look_up(&self, node: NamedNodeRef<'_>) -> Option<String> {
        for property in LABEL_PROPERTIES {
            let best = self
                .index
                .quads_for_pattern(Some(node.into()), Some(property), None, None)
                // A label that cannot be read is no reason to fail an answer that has been read.
                .filter_map(Result::ok)
                .filter_map(|quad| match quad.object {
                    Term::Literal(literal) => Some(literal),
                    _ => None,
                })
                .min_by_key(|literal| (self.rank(literal), literal.value().to_owned()));
            if let Some(literal) = best {
                return Some(literal.value().to_owned());
            }
        }
        None
    }

    /// The label of an IRI, or a name from what is said of it: of a triple, what it states; of a part of a graph, the class
    /// or property of its triples; of a thing that was merged into another, the label of that one with its own id.
    pub fn name(&self, iri: &str) -> Option<String> {
        if let Some(label) = self.of(iri) {
            return Some(label);
        }
        let node = NamedNodeRef::new_unchecked(iri);
        if let Some(predicate) = self.object(node, rdf::PREDICATE) {
            let parts = [
                self.object(node, rdf::SUBJECT)?,
                predicate,
                self.object(node, rdf::OBJECT)?,
            ];
            return Some(parts.map(|part| self.shown(&part)).join(" — "));
        }
        let part = PARTS.iter().find_map(|part| self.object(node, *part));
        if let Some(part) = part {
            return Some(self.shown(&part));
        }
        let Term::NamedNode(other) = self.object(node, IS_REPLACED_BY)? else {
            return None;
        };
        Some(format!(
            "{} ({})",
            self.of(other.as_str())?,
            local_name(iri)
        ))
    }

    /// The first object of a property of a node, in any graph.
    fn object(&self, node: NamedNodeRef<'_>, property: NamedNodeRef<'_>) -> Option<Term> {
        let mut quads = self
            .index
            .quads_for_pattern(Some(node.into()), Some(property), None, None);
        Some(quads.next()?.ok()?.object)
    }

    /// A term in a name.
    fn shown(&self, term: &Term) -> String {
        match term {
            Term::NamedNode(node) => {
                let iri = node.as_str();
                self.of(iri).unwrap_or_else(|| local_name(iri).to_owned())
            }
            Term::Literal(literal) => literal.value().to_owned(),
            other => other.to_string(),
        }
    }

    /// How far a label is from the language asked for.
    fn rank(&self, literal: &Literal) -> u8 {
        match literal.language() {
            Some(language) if language == self.language => 0,
            // `ru` is content with `ru-RU`, but not with another script.
            Some(language)
                if language
                    .strip_prefix(self.language.as_str())
                    .is_some_and(|rest| rest.len() == 3 && rest.starts_with('-')) =>
            {
                1
            }
            Some("en") => 2,
            None => 3,
            Some(_) => 4,
        }
    }

    /// The label of a term that is an IRI.
    pub fn of_term(&self, term: TermRef<'_>) -> Option<String> {
        match term {
            TermRef::NamedNode(node) => self.of(node.as_str()),
            TermRef::BlankNode(_) | TermRef::Literal(_) | TermRef::Triple(_) => None,
        }
    }
}

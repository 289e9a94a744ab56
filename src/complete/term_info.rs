//! What is known of a term of a query.

use super::CompletionItem;
use super::view::CompletionView;
use crate::store::{Build, StoreError};
use civigraph_text::{PROPERTIES, TextKind};
use oxrdf::vocab::rdf;
use oxrdf::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use serde::Serialize;
use std::sync::Arc;

/// Examples of a class or a property.
const EXAMPLES: usize = 3;

/// Texts of a term that are compared by language.
const TEXTS: usize = 10;

/// What is known of a term.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TermInfo {
    /// Its IRI.
    pub iri: String,
    /// Its label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What is said of it in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The label of its class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Its members, where it is a class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<u64>,
    /// Its triples, where it is a property.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub triples: Option<u64>,
    /// Members of the class, or values of the property.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<CompletionItem>,
}

impl TermInfo {
    /// What a build knows of an IRI.
    ///
    /// # Errors
    /// The build cannot be read.
    pub(super) fn of(build: &Arc<Build>, iri: &str, language: &str) -> Result<Self, StoreError> {
        let mut about = Self {
            iri: iri.to_owned(),
            ..Self::default()
        };
        let Ok(node) = NamedNode::new(iri) else {
            return Ok(about);
        };
        let view = CompletionView::new(build, language);
        about.label = view.label(iri);
        about.description = description(build, &node, language);
        about.class = view.class(iri);
        about.members = view.classes().and_then(|all| all.get(iri)).copied();
        let triples = view.uses(iri);
        about.triples = (triples > 0).then_some(triples);
        about.examples = if about.members.is_some() {
            examples(&view, Some(rdf::TYPE), Some(&node.clone().into()))
        } else if triples > 0 {
            examples(&view, Some(node.as_ref()), None)
        } else {
            Vec::new()
        };
        if about.members.is_some() || triples > 0 {
            about.label.get_or_insert_with(|| view.short(iri));
        }
        Ok(about)
    }
}

/// Members of a class, or values of a property.
fn examples(
    view: &CompletionView<'_>,
    predicate: Option<NamedNodeRef<'_>>,
    object: Option<&Term>,
) -> Vec<CompletionItem> {
    let object_ref = object.map(Term::as_ref);
    let quads = view.build.index().quads_for_pattern(
        None,
        predicate,
        object_ref,
        Some(oxrdf::GraphNameRef::DefaultGraph),
    );
    let mut found: Vec<CompletionItem> = Vec::new();
    // An example that cannot be read is left out.
    for quad in quads.take(10 * EXAMPLES).filter_map(Result::ok) {
        let term = match (object, quad.subject) {
            (None, _) => quad.object,
            (Some(_), subject) => subject.into(),
        };
        let offer = match term {
            Term::NamedNode(node) => CompletionItem {
                label: view.name(node.as_str()),
                iri: Some(node.into_string()),
                ..CompletionItem::default()
            },
            Term::Literal(literal) => CompletionItem {
                label: literal.value().chars().take(60).collect(),
                ..CompletionItem::default()
            },
            Term::BlankNode(_) | Term::Triple(_) => continue,
        };
        if !found.contains(&offer) {
            found.push(offer);
        }
        if found.len() >= EXAMPLES {
            break;
        }
    }
    found
}

/// A sentence about a term, in the language that is preferred if there is one.
fn description(build: &Build, node: &NamedNode, language: &str) -> Option<String> {
    const COMMENT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2000/01/rdf-schema#comment");
    let subject: NamedOrBlankNode = node.clone().into();
    let texts = PROPERTIES
        .iter()
        .filter(|(_, kind)| *kind == TextKind::Text);
    let texts = texts.map(|(property, _)| NamedNodeRef::new_unchecked(property));
    let rank = |literal: &Literal| match literal.language() {
        Some(found) if found == language => 0,
        Some("en") => 1,
        None => 2,
        Some(_) => 3,
    };
    std::iter::once(COMMENT).chain(texts).find_map(|property| {
        let quads =
            build
                .index()
                .quads_for_pattern(Some(subject.as_ref()), Some(property), None, None);
        let literals = quads
            .take(TEXTS)
            .filter_map(|quad| match quad.ok()?.object {
                Term::Literal(literal) => Some(literal),
                _ => None,
            });
        let best = literals.min_by_key(rank)?;
        Some(best.value().to_owned())
    })
}

//! A build as reconciliation sees it: nodes, names, classes.

use super::NamedThing;
use crate::describe::unreadable;
use crate::diagnostic::{Code, HintAction};
use crate::query::{Labels, iri};
use crate::store::{Build, StoreError};
use civigraph_text::{PROPERTIES, TextIndex, TextKind};
use oxrdf::vocab::rdf;
use oxrdf::{GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term, TermRef};

/// A build with the labels of its things.
pub(super) struct LabelledBuild<'b> {
    pub(super) build: &'b Build,
    pub(super) labels: Labels<'b>,
}

impl<'b> LabelledBuild<'b> {
    pub(super) fn new(build: &'b Build, language: &str) -> Self {
        Self {
            build,
            labels: Labels::new(build.index(), language),
        }
    }

    /// The node of an identifier: an IRI, a prefixed name, or kind and id.
    pub(super) fn node(&self, id: &str) -> Option<NamedNode> {
        let about = &self.build.manifest().about;
        iri(id, &about.prefixes, &about.base)
    }

    /// A node with its label.
    pub(super) fn named(&self, iri: &str) -> NamedThing {
        NamedThing {
            id: iri.to_owned(),
            name: self.name(iri),
        }
    }

    pub(super) fn name(&self, iri: &str) -> String {
        let short = || self.build.manifest().about.prefixes.shorten(iri);
        self.labels.of(iri).unwrap_or_else(short)
    }

    /// The classes of a thing.
    pub(super) fn types(&self, node: &NamedNode) -> Result<Vec<String>, StoreError> {
        let quads = self.quads(Some(node), Some(rdf::TYPE), None, usize::MAX)?;
        let classes = quads.into_iter().filter_map(|quad| match quad.object {
            Term::NamedNode(class) => Some(class.into_string()),
            _ => None,
        });
        let mut classes: Vec<String> = classes.collect();
        classes.sort();
        Ok(classes)
    }

    /// What is said of a thing in a sentence, in the language of labels if it can be.
    pub(super) fn description(&self, node: &NamedNode) -> Result<Option<String>, StoreError> {
        for (property, _) in PROPERTIES
            .iter()
            .filter(|(_, kind)| *kind == TextKind::Text)
        {
            let property = NamedNodeRef::new_unchecked(property);
            let quads = self.quads(Some(node), Some(property), None, 10)?;
            let literals = quads.into_iter().filter_map(|quad| match quad.object {
                Term::Literal(literal) => Some(literal),
                _ => None,
            });
            let best = literals.min_by_key(|literal| match literal.language() {
                Some("en") => 0,
                None => 1,
                Some(_) => 2,
            });
            if let Some(literal) = best {
                return Ok(Some(literal.value().to_owned()));
            }
        }
        Ok(None)
    }

    /// The names of a node in all languages, and the names that it is found by.
    pub(super) fn names(&self, node: &NamedNode) -> Result<Vec<String>, StoreError> {
        let mut names = Vec::new();
        for (property, kind) in PROPERTIES {
            if *kind != TextKind::Text {
                let property = NamedNodeRef::new_unchecked(property);
                for quad in self.quads(Some(node), Some(property), None, 100)? {
                    if let Term::Literal(literal) = quad.object {
                        names.push(literal.value().to_owned());
                    }
                }
            }
        }
        Ok(names)
    }

    /// Named subjects of triples, each once, of the first `most` triples.
    pub(super) fn subjects(
        &self,
        predicate: NamedNodeRef<'_>,
        object: Option<TermRef<'_>>,
        most: usize,
    ) -> Result<Vec<NamedNode>, StoreError> {
        let quads = self.quads(None, Some(predicate), object, most)?;
        let subjects = quads.into_iter().filter_map(|quad| match quad.subject {
            NamedOrBlankNode::NamedNode(node) => Some(node),
            _ => None,
        });
        let mut subjects: Vec<NamedNode> = subjects.collect();
        subjects.sort();
        subjects.dedup();
        Ok(subjects)
    }

    /// The first triples of the facts that match.
    pub(super) fn quads(
        &self,
        subject: Option<&NamedNode>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        most: usize,
    ) -> Result<Vec<Quad>, StoreError> {
        let facts = Some(GraphNameRef::DefaultGraph);
        let subject = subject.map(|node| node.as_ref().into());
        self.build
            .index()
            .quads_for_pattern(subject, predicate, object, facts)
            .take(most)
            .map(|quad| quad.map_err(|error| unreadable(self.build, &error)))
            .collect()
    }

    /// The text index.
    pub(super) fn text(&self) -> Result<&'b TextIndex, StoreError> {
        self.build.text()?.ok_or_else(|| {
            let message = "the build has no text index";
            StoreError::new(Code::QueryFunction, self.build.folder(), message)
                .with_hint(HintAction::BuildTextIndex)
        })
    }
}

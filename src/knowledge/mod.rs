//! What a published build knows of its triples: how they follow from the sources, how surely and by whom
//! they are said, what contradicts them, and what the sources do not state.
//!
//! ```text
//!  triple ─► Knowledge::support ─► basis, modality, speakers, documents, claims
//!  thing  ─► Knowledge::disputes ─► values that contradict each other, each with who says so
//!         ─► Knowledge::gaps     ─► properties that were looked for in vain
//! ```
//!
//! It is read from the graph of claims, by the terms of the project's own namespace (its base and `ns#`)
//! that the ontology defines. Refused claims count for nothing.

mod claim;
mod dispute;
mod gap;
mod record;
mod support;

pub use claim::GraphClaim;
pub use dispute::{Dispute, DisputedValue};
pub use gap::Gap;
pub(crate) use record::{RULES, TRIPLES, is_record};
pub use support::TripleSupport;

use crate::diagnostic::Code;
use crate::labels::local_name;
use crate::store::{Build, StoreError, graph_iri};
use civigraph_index::Error as IndexError;
use oxrdf::{GraphName, GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use std::sync::Arc;

/// Reads what a build knows of its triples.
#[derive(Debug)]
pub struct Knowledge<'b> {
    build: &'b Build,
    terms: Arc<ProjectTerms>,
}

/// The terms and graphs of the project's own namespace.
#[derive(Debug)]
pub(crate) struct ProjectTerms {
    claims: GraphName,
    inferred: GraphName,
    basis: NamedNode,
    inferred_basis: NamedNode,
    modality: NamedNode,
    review: NamedNode,
    rule: NamedNode,
    said_by: NamedNode,
    evidence: NamedNode,
    stated_value: NamedNode,
    conflicts_with: NamedNode,
    quantity_kind: NamedNode,
    measure: NamedNode,
    gap_subject: NamedNode,
    gap_property: NamedNode,
    not_stated_in: NamedNode,
}

impl ProjectTerms {
    /// The terms under a base.
    pub(crate) fn new(base: &str) -> Self {
        let term = |name: &str| NamedNode::new_unchecked(format!("{base}ns#{name}"));
        let graph = |name| GraphName::from(NamedNode::new_unchecked(graph_iri(base, name)));
        Self {
            claims: graph("claims"),
            inferred: graph("inferred"),
            basis: term("basis"),
            inferred_basis: NamedNode::new_unchecked(format!("{base}id/basis/inferred")),
            modality: term("modality"),
            review: term("reviewStatus"),
            rule: term("rule"),
            said_by: term("saidBy"),
            evidence: term("evidence"),
            stated_value: term("statedValue"),
            conflicts_with: term("conflictsWith"),
            quantity_kind: term("quantityKind"),
            measure: term("measure"),
            gap_subject: term("gapSubject"),
            gap_property: term("gapProperty"),
            not_stated_in: term("notStatedIn"),
        }
    }
}

impl<'b> Knowledge<'b> {
    /// Knows what a build knows.
    pub fn of(build: &'b Build) -> Self {
        Self::with(
            build,
            Arc::new(ProjectTerms::new(&build.manifest().about.base)),
        )
    }

    /// Knows the same, with terms that were made before.
    pub(crate) fn with(build: &'b Build, terms: Arc<ProjectTerms>) -> Self {
        Self { build, terms }
    }

    /// The objects of a property of a node, in one graph or all.
    fn objects(
        &self,
        node: &NamedNode,
        property: NamedNodeRef<'_>,
        graph: Option<GraphNameRef<'_>>,
    ) -> Result<Vec<Term>, StoreError> {
        let node = Some(node.as_ref().into());
        self.build
            .index()
            .quads_for_pattern(node, Some(property), None, graph)
            .map(|quad| Ok(self.readable(quad)?.object))
            .collect()
    }

    /// The nodes that have a property with a node as its value, in one graph or all, each once.
    fn subjects(
        &self,
        property: NamedNodeRef<'_>,
        node: &NamedNode,
        graph: Option<GraphNameRef<'_>>,
    ) -> Result<Vec<NamedNode>, StoreError> {
        let node = Some(node.as_ref().into());
        let quads = self
            .build
            .index()
            .quads_for_pattern(None, Some(property), node, graph);
        let mut subjects = Vec::new();
        for quad in quads {
            if let NamedOrBlankNode::NamedNode(subject) = self.readable(quad)?.subject {
                subjects.push(subject);
            }
        }
        subjects.sort();
        subjects.dedup();
        Ok(subjects)
    }

    /// What was read from the index.
    fn readable<T>(&self, read: Result<T, IndexError>) -> Result<T, StoreError> {
        read.map_err(|error| {
            StoreError::new(
                Code::TornBuild,
                self.build.folder(),
                format!("the index cannot be read: {error}"),
            )
        })
    }
}

/// The part of an IRI after its last slash: the name of a concept in its scheme.
fn slug(node: &NamedNode) -> &str {
    local_name(node.as_str())
}

fn named(terms: impl IntoIterator<Item = Term>) -> Vec<NamedNode> {
    let mut nodes: Vec<NamedNode> = terms
        .into_iter()
        .filter_map(|term| match term {
            Term::NamedNode(node) => Some(node),
            _ => None,
        })
        .collect();
    nodes.sort();
    nodes.dedup();
    nodes
}

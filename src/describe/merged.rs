//! A thing together with those that were merged into it.

use super::write::{facts, incoming, unreadable};
use crate::merges::REPLACED;
use crate::store::{Build, StoreError};
use oxrdf::{NamedNode, Quad, Term};

/// A thing and those that were merged into it: what is said of one is said of all.
pub(super) struct MergedEntity(Vec<NamedNode>);

impl MergedEntity {
    pub(super) fn of(build: &Build, node: &NamedNode) -> Result<Self, StoreError> {
        let mut nodes = vec![node.clone()];
        nodes.extend(super::merged_into(build, node)?);
        Ok(Self(nodes))
    }

    /// The thing itself, then the others.
    pub(super) fn nodes(&self) -> &[NamedNode] {
        &self.0
    }

    /// The IRIs of what was merged into it.
    pub(super) fn merged(&self) -> impl Iterator<Item = &str> {
        self.0.iter().skip(1).map(NamedNode::as_str)
    }

    /// Whether a quad only says that these are one.
    fn is_merge(&self, quad: &Quad) -> bool {
        let here = |term: &Term| matches!(term, Term::NamedNode(node) if self.0.contains(node));
        quad.predicate.as_ref() == REPLACED
            && here(&quad.object)
            && here(&Term::from(quad.subject.clone()))
    }

    /// What the default graph says of them.
    pub(super) fn facts(&self, build: &Build) -> Result<Vec<Quad>, StoreError> {
        let mut quads = Vec::new();
        for node in &self.0 {
            quads.extend(facts(build, node.as_ref().into())?);
        }
        quads.retain(|quad| !self.is_merge(quad));
        Ok(quads)
    }

    /// Triples of the default graph that point to one of them from elsewhere.
    pub(super) fn incoming<'b>(
        &'b self,
        build: &'b Build,
    ) -> impl Iterator<Item = Result<Quad, StoreError>> + use<'b> {
        let each = move |node| incoming(build, node);
        self.0.iter().flat_map(each).filter_map(|quad| match quad {
            Ok(quad) if self.is_merge(&quad) => None,
            Ok(quad) => Some(Ok(quad)),
            Err(error) => Some(Err(unreadable(build, &error))),
        })
    }
}

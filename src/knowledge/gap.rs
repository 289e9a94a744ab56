//! What the sources do not state.

use super::{Knowledge, named};
use crate::store::StoreError;
use oxrdf::NamedNode;

/// A recorded gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Its IRI.
    pub node: NamedNode,
    /// The property, measure or role that the sources do not state.
    pub property: NamedNode,
    /// The documents that were read in vain.
    pub documents: Vec<NamedNode>,
}

impl Knowledge<'_> {
    /// The gaps about a thing, in the order of their properties.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn gaps(&self, subject: &NamedNode) -> Result<Vec<Gap>, StoreError> {
        let terms = &self.terms;
        let mut gaps = Vec::new();
        for node in self.subjects(terms.gap_subject.as_ref(), subject, None)? {
            let documents = named(self.objects(&node, terms.not_stated_in.as_ref(), None)?);
            for property in named(self.objects(&node, terms.gap_property.as_ref(), None)?) {
                gaps.push(Gap {
                    node: node.clone(),
                    property,
                    documents: documents.clone(),
                });
            }
        }
        gaps.sort_by(|a, b| (&a.property, &a.node).cmp(&(&b.property, &b.node)));
        Ok(gaps)
    }
}

//! Claims as the graph of claims has them.

use super::is_record;
use super::{Knowledge, slug};
use crate::store::StoreError;
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, Term};

/// A claim that is not refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphClaim {
    /// Its IRI.
    pub node: NamedNode,
    /// What it is about.
    pub subject: Option<NamedNode>,
    /// The property that it is about.
    pub predicate: Option<NamedNode>,
    /// What it says, several items of a list at most.
    pub objects: Vec<Term>,
    /// The value as it states it, where that is not what the table holds.
    pub stated: Option<String>,
    /// How it follows from the source.
    pub basis: Option<NamedNode>,
    /// In whose voice, and how surely, the source says it.
    pub modality: Option<NamedNode>,
    /// The persons and posts that say it.
    pub speakers: Vec<NamedNode>,
    /// The spans that support it.
    pub evidence: Vec<NamedNode>,
    /// The claims that cannot hold together with it.
    pub against: Vec<NamedNode>,
}

impl GraphClaim {
    fn new(node: NamedNode) -> Self {
        Self {
            node,
            subject: None,
            predicate: None,
            objects: Vec::new(),
            stated: None,
            basis: None,
            modality: None,
            speakers: Vec::new(),
            evidence: Vec::new(),
            against: Vec::new(),
        }
    }
}

impl Knowledge<'_> {
    /// The claims about a thing that are not refused, in the order of their IRIs.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn claims(&self, subject: &NamedNode) -> Result<Vec<GraphClaim>, StoreError> {
        let graph = self.terms.claims.as_ref();
        let nodes = self.subjects(rdf::SUBJECT, subject, Some(graph))?;
        let claims = nodes.into_iter().map(|node| self.claim(node));
        claims.filter_map(Result::transpose).collect()
    }

    /// A claim by its IRI, or an inference, which is a claim of its rule; `None` where it is refused, or a
    /// premise of inferences, which claims nothing.
    pub(super) fn claim(&self, node: NamedNode) -> Result<Option<GraphClaim>, StoreError> {
        let terms = &self.terms;
        let mut claim = GraphClaim::new(node.clone());
        let is_record = is_record(node.as_str(), &self.build.manifest().about.base);
        for quad in self.build.quads_of(node.as_ref().into())? {
            if quad.graph_name != terms.claims {
                continue;
            }
            let property = quad.predicate;
            match quad.object {
                Term::NamedNode(value) if property == rdf::SUBJECT => claim.subject = Some(value),
                Term::NamedNode(value) if property == rdf::PREDICATE => {
                    claim.predicate = Some(value);
                }
                value if property == rdf::OBJECT => claim.objects.push(value),
                Term::NamedNode(value) if property == terms.basis => claim.basis = Some(value),
                Term::NamedNode(value) if property == terms.modality => {
                    claim.modality = Some(value);
                }
                Term::NamedNode(value) if property == terms.review && slug(&value) == "refused" => {
                    return Ok(None);
                }
                Term::NamedNode(_) if is_record && property == terms.rule => {
                    claim.basis = Some(terms.inferred_basis.clone());
                }
                Term::NamedNode(value) if property == terms.said_by => claim.speakers.push(value),
                Term::NamedNode(value) if property == terms.evidence => claim.evidence.push(value),
                Term::NamedNode(value) if property == terms.conflicts_with => {
                    claim.against.push(value);
                }
                Term::Literal(value) if property == terms.stated_value => {
                    claim.stated = Some(value.value().to_owned());
                }
                _ => {}
            }
        }
        Ok((!is_record || claim.basis.is_some()).then_some(claim))
    }
}

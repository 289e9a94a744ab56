//! How a triple follows from the sources, and who says it.

use super::{GraphClaim, Knowledge, named, slug};
use crate::labels::Labels;
use crate::store::StoreError;
use oxrdf::{GraphName, NamedNode, NamedNodeRef, QuadRef, Term};

const HAS_SOURCE: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#hasSource");

/// What claims say of a triple: the most certain of them, and the documents of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TripleSupport {
    /// How it follows from the sources.
    pub basis: Option<NamedNode>,
    /// In whose voice, and how surely, it is said.
    pub modality: Option<NamedNode>,
    /// Who says it; nobody where a source says it in its own voice.
    pub speakers: Vec<NamedNode>,
    /// The documents with evidence for it.
    pub documents: Vec<NamedNode>,
    /// The claims, in the order of their IRIs.
    pub claims: Vec<NamedNode>,
}

impl TripleSupport {
    /// What is not plain about a triple, in words: nothing of one that a source states as a fact in its own
    /// voice.
    pub fn remarks(&self, labels: &Labels<'_>) -> Vec<String> {
        let name = |node: &NamedNode| {
            let label = labels.of(node.as_str());
            label.unwrap_or_else(|| slug(node).to_owned())
        };
        let mut remarks = Vec::new();
        remarks.extend(
            self.basis
                .as_ref()
                .filter(|node| slug(node) != "explicit")
                .map(name),
        );
        remarks.extend(
            self.modality
                .as_ref()
                .filter(|node| slug(node) != "fact")
                .map(name),
        );
        remarks.extend(self.speakers.iter().map(name));
        remarks
    }
}

/// How certain a claim is: its basis first, then its modality; the smallest is the most certain.
fn certainty(claim: &GraphClaim) -> (u8, u8) {
    let basis = match claim.basis.as_ref().map(slug) {
        Some("explicit") => 0,
        Some("register") => 1,
        Some("derived") => 2,
        Some("inferred") => 3,
        _ => 4,
    };
    let modality = match claim.modality.as_ref().map(slug) {
        Some("fact") => 0,
        Some("plan") => 1,
        Some("speaker-claim") => 2,
        _ => 3,
    };
    (basis, modality)
}

/// The claims about what a text translates: those about the one value that the property has in other languages.
fn translated<'c>(
    claims: &'c [GraphClaim],
    predicate: &NamedNode,
    object: &Term,
) -> Vec<&'c GraphClaim> {
    let is_text = |term: &Term| matches!(term, Term::Literal(text) if text.language().is_some());
    if !is_text(object) {
        return Vec::new();
    }
    let about: Vec<&GraphClaim> = claims
        .iter()
        .filter(|claim| claim.predicate.as_ref() == Some(predicate))
        .collect();
    let mut values = about.iter().flat_map(|claim| &claim.objects);
    match values.next() {
        // Of several names, nothing says which one it translates.
        Some(first) if is_text(first) && values.all(|value| value == first) => about,
        _ => Vec::new(),
    }
}

impl Knowledge<'_> {
    /// What claims say of a triple. One that follows by a rule alone is inferred; of one that nothing is said
    /// about, nothing is known. A translation is as certain as what it translates.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn support(
        &self,
        subject: &NamedNode,
        predicate: &NamedNode,
        object: &Term,
    ) -> Result<TripleSupport, StoreError> {
        self.support_by(&self.claims(subject)?, subject, predicate, object)
    }

    /// What claims say of a triple by which a thing points to another one. Where none is about the triple
    /// itself, it is as certain as the most certain of what else is claimed of the thing: a participation that
    /// is inferred is not a plain link to its event.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn link(
        &self,
        subject: &NamedNode,
        predicate: &NamedNode,
        object: &Term,
    ) -> Result<TripleSupport, StoreError> {
        self.link_by(&self.claims(subject)?, subject, predicate, object)
    }

    /// As [`link`](Self::link), with the claims about the subject.
    pub(crate) fn link_by(
        &self,
        claims: &[GraphClaim],
        subject: &NamedNode,
        predicate: &NamedNode,
        object: &Term,
    ) -> Result<TripleSupport, StoreError> {
        let support = self.support_by(claims, subject, predicate, object)?;
        if support != TripleSupport::default() {
            return Ok(support);
        }
        self.most_certain(&claims.iter().collect::<Vec<_>>())
    }

    /// As [`support`](Self::support), with the claims about the subject.
    pub(crate) fn support_by(
        &self,
        claims: &[GraphClaim],
        subject: &NamedNode,
        predicate: &NamedNode,
        object: &Term,
    ) -> Result<TripleSupport, StoreError> {
        let about: Vec<&GraphClaim> = claims
            .iter()
            .filter(|claim| claim.predicate.as_ref() == Some(predicate))
            .filter(|claim| claim.objects.contains(object))
            .collect();
        let about = if about.is_empty() {
            translated(claims, predicate, object)
        } else {
            about
        };
        if about.is_empty() {
            let is_in = |graph: &GraphName| {
                let quad = QuadRef::new(subject, predicate, object, graph);
                self.readable(self.build.index().contains(quad))
            };
            let inferred = is_in(&self.terms.inferred)? && !is_in(&GraphName::DefaultGraph)?;
            return Ok(TripleSupport {
                basis: inferred.then(|| self.terms.inferred_basis.clone()),
                ..TripleSupport::default()
            });
        }
        self.most_certain(&about)
    }

    /// What the most certain of some claims say, with the documents of all.
    fn most_certain(&self, about: &[&GraphClaim]) -> Result<TripleSupport, StoreError> {
        let Some(best) = about.iter().map(|claim| certainty(claim)).min() else {
            return Ok(TripleSupport::default());
        };
        let mut most = about.iter().filter(|claim| certainty(claim) == best);
        let first = most.clone().next();
        // What a source says itself is not the word of those who say it too.
        let speakers: Vec<NamedNode> = if most.clone().any(|claim| claim.speakers.is_empty()) {
            Vec::new()
        } else {
            let all = most.by_ref().flat_map(|claim| claim.speakers.clone());
            named(all.map(Term::from))
        };
        let mut documents = Vec::new();
        for evidence in about.iter().flat_map(|claim| &claim.evidence) {
            documents.extend(self.objects(evidence, HAS_SOURCE, None)?);
        }
        Ok(TripleSupport {
            basis: first.and_then(|claim| claim.basis.clone()),
            modality: first.and_then(|claim| claim.modality.clone()),
            speakers,
            documents: named(documents),
            claims: about.iter().map(|claim| claim.node.clone()).collect(),
        })
    }
}

//! Values that contradict each other, at the things that they are about.

use super::{GraphClaim, Knowledge, named, slug};
use crate::labels::Labels;
use crate::store::{Prefixes, StoreError};
use oxrdf::vocab::rdf;
use oxrdf::{GraphName, NamedNode, QuadRef, Term};
use std::collections::BTreeMap;

/// A property on which claims disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The property, or what is measured where figures contradict each other.
    pub property: NamedNode,
    /// What is said, each value once; at least two.
    pub sides: Vec<DisputedValue>,
}

/// One of the values that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputedValue {
    /// What has the value: the thing itself, or a figure about it.
    pub subject: NamedNode,
    /// The value.
    pub value: Term,
    /// What kind of bound it is, of a figure.
    pub kind: Option<NamedNode>,
    /// Who says it.
    pub speakers: Vec<NamedNode>,
    /// How it follows from the sources.
    pub basis: Option<NamedNode>,
    /// In whose voice, and how surely, it is said.
    pub modality: Option<NamedNode>,
    /// The claims that say so.
    pub claims: Vec<NamedNode>,
    /// A curator ranked it above the others.
    pub asserted: bool,
}

impl Dispute {
    /// Whether a curator ranked one of the values above the others.
    pub fn is_settled(&self) -> bool {
        self.sides.iter().any(|side| side.asserted)
    }

    /// All sides in words, in a language.
    pub fn text(&self, labels: &Labels<'_>, prefixes: &Prefixes) -> String {
        let sides: Vec<String> = self
            .sides
            .iter()
            .map(|side| side.text(labels, prefixes))
            .collect();
        sides.join(" / ")
    }
}

impl DisputedValue {
    /// The value with its qualifier and who says it: `more than 80 (Svyatoslav Sorokin)`.
    pub fn text(&self, labels: &Labels<'_>, prefixes: &Prefixes) -> String {
        let name = |node: &NamedNode| {
            let label = labels.of(node.as_str());
            label.unwrap_or_else(|| prefixes.shorten(node.as_str()))
        };
        let mut text = String::new();
        if let Some(kind) = self.kind.as_ref().filter(|kind| slug(kind) != "exact") {
            text.push_str(&name(kind));
            text.push(' ');
        }
        match &self.value {
            Term::NamedNode(node) => text.push_str(&name(node)),
            Term::Literal(literal) => text.push_str(literal.value()),
            other => text.push_str(&other.to_string()),
        }
        let basis = self.basis.iter().filter(|basis| slug(basis) != "explicit");
        // That someone says it goes without saying where they are named.
        let modality = self
            .modality
            .iter()
            .filter(|modality| !matches!(slug(modality), "fact" | "speaker-claim"));
        let by: Vec<String> = basis
            .chain(modality)
            .chain(&self.speakers)
            .map(name)
            .collect();
        if !by.is_empty() {
            text.push_str(&format!(" ({})", by.join(", ")));
        }
        text
    }
}

impl Knowledge<'_> {
    /// What claims disagree on about a thing: values of its own properties, and figures about it.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn disputes(&self, node: &NamedNode) -> Result<Vec<Dispute>, StoreError> {
        let mut disputes = self.disputes_by(&self.claims(node)?)?;
        // Rows that contradict each other are in the graph of claims.
        let graph = self.terms.claims.as_ref();
        let mut about = Vec::new();
        for quad in self.build.index().quads_for_pattern(
            None,
            None,
            Some(node.as_ref().into()),
            Some(graph),
        ) {
            let quad = self.readable(quad)?;
            if quad.predicate != rdf::SUBJECT && quad.predicate != rdf::OBJECT {
                about.push(Term::from(quad.subject));
            }
        }
        for row in named(about) {
            for dispute in self.disputes_by(&self.claims(&row)?)? {
                if !disputes.contains(&dispute) {
                    disputes.push(dispute);
                }
            }
        }
        Ok(disputes)
    }

    /// What claims about one thing disagree on, with those that contradict them.
    fn disputes_by(&self, claims: &[GraphClaim]) -> Result<Vec<Dispute>, StoreError> {
        let mut by_property: BTreeMap<NamedNode, Vec<GraphClaim>> = BTreeMap::new();
        for claim in claims.iter().filter(|claim| !claim.against.is_empty()) {
            let Some(predicate) = &claim.predicate else {
                continue;
            };
            let sides = by_property.entry(predicate.clone()).or_default();
            let mut others = vec![claim.clone()];
            for other in &claim.against {
                others.extend(self.claim(other.clone())?);
            }
            for other in others {
                if !sides.iter().any(|side| side.node == other.node) {
                    sides.push(other);
                }
            }
        }
        let mut disputes = Vec::new();
        for (predicate, mut claims) in by_property {
            claims.sort_by(|a, b| a.node.cmp(&b.node));
            disputes.push(self.dispute(predicate, &claims)?);
        }
        Ok(disputes)
    }

    fn dispute(&self, predicate: NamedNode, claims: &[GraphClaim]) -> Result<Dispute, StoreError> {
        let terms = &self.terms;
        let mut sides: Vec<DisputedValue> = Vec::new();
        let mut property = predicate.clone();
        for claim in claims {
            let (Some(subject), Some(value)) = (&claim.subject, claim.objects.first()) else {
                continue;
            };
            let same = sides
                .iter_mut()
                .find(|side| side.subject == *subject && side.value == *value);
            if let Some(side) = same {
                side.claims.push(claim.node.clone());
                let all = side.speakers.drain(..).chain(claim.speakers.clone());
                side.speakers = named(all.map(Term::from));
                continue;
            }
            let kinds = self.objects(subject, terms.quantity_kind.as_ref(), None)?;
            if let Some(measure) = named(self.objects(subject, terms.measure.as_ref(), None)?).pop()
            {
                property = measure;
            }
            let quad = QuadRef::new(subject, &predicate, value, &GraphName::DefaultGraph);
            sides.push(DisputedValue {
                subject: subject.clone(),
                value: value.clone(),
                kind: named(kinds).pop(),
                speakers: claim.speakers.clone(),
                basis: claim.basis.clone(),
                modality: claim.modality.clone(),
                claims: vec![claim.node.clone()],
                asserted: self.readable(self.build.index().contains(quad))?,
            });
        }
        Ok(Dispute { property, sides })
    }
}

//! What the sources disagree on about an entity, and what they do not state.

use crate::knowledge::{Dispute, Knowledge};
use crate::query::{Labels, printable};
use crate::store::{Prefixes, StoreError};
use oxrdf::NamedNode;

/// A property on which the sources disagree.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DisputedProperty {
    /// Short name of the property, or of what is measured.
    pub property: String,
    /// Its label.
    pub property_label: Option<String>,
    /// The values that contradict each other.
    pub sides: Vec<DisputedSide>,
    /// Whether a curator ranked one of them above the others.
    pub settled: bool,
}

/// One of the values that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DisputedSide {
    /// The value with its qualifier and who says it.
    pub text: String,
    /// The IRI of what has the value.
    pub subject: String,
    /// IRIs of those who say it.
    pub speakers: Vec<String>,
    /// IRIs of the claims that say so.
    pub claims: Vec<String>,
    /// A curator ranked it above the others.
    pub asserted: bool,
}

/// A property that the sources do not state.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MissingProperty {
    /// Short name of the property, measure or role.
    pub property: String,
    /// Its label.
    pub property_label: Option<String>,
    /// The IRI of the recorded gap.
    pub gap: String,
    /// What is missing, in words, where a measure or a role alone does not say it.
    pub label: Option<String>,
    /// The documents that were read in vain, as people read them.
    pub documents: Vec<String>,
}

impl DisputedProperty {
    /// All sides for people.
    pub(super) fn line(&self) -> String {
        let sides = self.sides.iter().map(|side| match side.asserted {
            true => format!("{} [preferred]", side.text),
            false => side.text.clone(),
        });
        let sides: Vec<String> = sides.collect();
        let end = if self.settled { "" } else { " — in conflict" };
        format!("{}{end}", printable(&sides.join(" / ")))
    }
}

impl MissingProperty {
    /// What people are shown in place of a value.
    pub(super) fn line(&self) -> String {
        let stated = format!("not stated in {}", printable(&self.documents.join(", ")));
        match &self.label {
            Some(label) => format!("{}: {stated}", printable(label)),
            None => stated,
        }
    }
}

/// What the sources disagree on about a thing.
pub(super) fn disputed(
    knowledge: &Knowledge<'_>,
    node: &NamedNode,
    labels: &Labels<'_>,
    prefixes: &Prefixes,
) -> Result<Vec<DisputedProperty>, StoreError> {
    let iris = |nodes: &[NamedNode]| -> Vec<String> {
        nodes.iter().map(|node| node.as_str().to_owned()).collect()
    };
    let disputed = |dispute: Dispute| DisputedProperty {
        property: prefixes.shorten(dispute.property.as_str()),
        property_label: labels.of(dispute.property.as_str()),
        settled: dispute.is_settled(),
        sides: dispute
            .sides
            .iter()
            .map(|side| DisputedSide {
                text: side.text(labels, prefixes),
                subject: side.subject.as_str().to_owned(),
                speakers: iris(&side.speakers),
                claims: iris(&side.claims),
                asserted: side.asserted,
            })
            .collect(),
    };
    let disputes = knowledge.disputes(node)?;
    Ok(disputes.into_iter().map(disputed).collect())
}

/// What the sources do not state about a thing. Measures and roles are among the `things`, properties are not.
pub(super) fn missing(
    knowledge: &Knowledge<'_>,
    node: &NamedNode,
    labels: &Labels<'_>,
    prefixes: &Prefixes,
    things: &str,
) -> Result<Vec<MissingProperty>, StoreError> {
    let name = |node: &NamedNode| {
        let short = prefixes.shorten(node.as_str());
        match labels.of(node.as_str()) {
            Some(label) => format!("{label} ({short})"),
            None => short,
        }
    };
    let gaps = knowledge.gaps(node)?;
    let missing = gaps.into_iter().map(|gap| MissingProperty {
        property: prefixes.shorten(gap.property.as_str()),
        property_label: labels.of(gap.property.as_str()),
        // `participant` may have values, and their names be missing.
        label: labels
            .of(gap.node.as_str())
            .filter(|_| gap.property.as_str().starts_with(things)),
        gap: gap.node.as_str().to_owned(),
        documents: gap.documents.iter().map(name).collect(),
    });
    Ok(missing.collect())
}

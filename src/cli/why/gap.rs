//! Properties that were looked for and that the sources do not state.

use super::BOLD;
use crate::cli::facts::Facts;
use crate::knowledge::{Gap, Knowledge};
use crate::lineage::Pattern;
use crate::query::{Labels, printable};
use crate::store::{Build, StoreError};
use oxrdf::{NamedNode, TermRef};
use serde_json::json;
use std::io::Write;

/// A recorded gap about the subject that was asked about.
pub(super) struct NotStated {
    subject: NamedNode,
    gap: Gap,
    /// The label of the gap, in English.
    label: Option<String>,
}

impl NotStated {
    /// The gaps about the subject of a pattern and its property, if it has one. What a pattern with an
    /// object asks about is a triple, and no gap answers it.
    pub(super) fn find(build: &Build, pattern: &Pattern) -> Result<Vec<Self>, StoreError> {
        if pattern.object.is_some() {
            return Ok(Vec::new());
        }
        let labels = Labels::new(build.index(), "en");
        let mut gaps = Knowledge::of(build).gaps(&pattern.subject)?;
        gaps.retain(|gap| {
            let wanted = pattern.predicate.as_ref();
            wanted.is_none_or(|wanted| *wanted == gap.property)
        });
        let found = gaps.into_iter().map(|gap| Self {
            subject: pattern.subject.clone(),
            label: labels.of(gap.node.as_str()),
            gap,
        });
        Ok(found.collect())
    }

    pub(super) fn human(&self, facts: &Facts, out: &mut impl Write) -> std::io::Result<()> {
        let name = |node: &NamedNode| facts.term(TermRef::from(node.as_ref()));
        writeln!(
            out,
            "{BOLD}{}  {}{BOLD:#}",
            name(&self.subject),
            name(&self.gap.property)
        )?;
        let documents: Vec<String> = self.gap.documents.iter().map(name).collect();
        writeln!(out, "  not stated in {}", documents.join(", "))?;
        let label = self.label.as_deref().unwrap_or_default();
        writeln!(
            out,
            "  recorded as {} {}",
            name(&self.gap.node),
            printable(label)
        )?;
        writeln!(out)
    }

    pub(super) fn json(&self) -> serde_json::Value {
        let documents = self.gap.documents.iter().map(NamedNode::as_str);
        json!({
            "subject": self.subject.as_str(),
            "predicate": self.gap.property.as_str(),
            "gap": self.gap.node.as_str(),
            "label": self.label,
            "notStatedIn": documents.collect::<Vec<_>>(),
        })
    }
}

//! A build as an editor sees it: names, labels, counts.

use crate::query::Labels;
use crate::store::{Build, GraphStatistics};
use crate::suggest::key;
use civigraph_index::Graphs;
use oxrdf::vocab::rdf;
use oxrdf::{GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use std::collections::BTreeMap;

/// The other language of labels.
fn other(language: &str) -> &'static str {
    if language == "ru" { "en" } else { "ru" }
}

/// A build with labels in the language that is preferred, and in the other one.
pub(super) struct CompletionView<'b> {
    pub(super) build: &'b Build,
    labels: Labels<'b>,
    others: Labels<'b>,
}

impl<'b> CompletionView<'b> {
    pub(super) fn new(build: &'b Build, language: &str) -> Self {
        Self {
            build,
            labels: Labels::new(build.index(), language),
            others: Labels::new(build.index(), other(language)),
        }
    }

    /// The label of an IRI.
    pub(super) fn label(&self, iri: &str) -> Option<String> {
        NamedNodeRef::new(iri).ok()?;
        self.labels.name(iri)
    }

    /// The label of an IRI, else its name with a prefix.
    pub(super) fn name(&self, iri: &str) -> String {
        self.label(iri).unwrap_or_else(|| self.short(iri))
    }

    /// An IRI with a prefix, where there is one.
    pub(super) fn short(&self, iri: &str) -> String {
        self.build.manifest().about.prefixes.shorten(iri)
    }

    /// Whether a name of an IRI, in either language or with its prefix, has a word that begins like a key.
    pub(super) fn begins(&self, iri: &str, wanted: &str) -> bool {
        if wanted.is_empty() {
            return true;
        }
        let has = |text: &str| {
            let text = key(text);
            text.starts_with(wanted) || text.contains(&format!(" {wanted}"))
        };
        let short = self.short(iri);
        let local = short.rsplit_once(':').map_or(&*short, |(_, local)| local);
        has(&short)
            || has(local)
            || self.labels.of(iri).is_some_and(|label| has(&label))
            || self.others.of(iri).is_some_and(|label| has(&label))
    }

    /// The label of the first class of a thing.
    pub(super) fn class(&self, iri: &str) -> Option<String> {
        let node = NamedNode::new(iri).ok()?;
        let subject: NamedOrBlankNode = node.into();
        let classes = self.build.index().quads_for_pattern(
            Some(subject.as_ref()),
            Some(rdf::TYPE),
            None,
            Some(GraphNameRef::DefaultGraph),
        );
        // A label that cannot be read is no reason to offer nothing.
        let classes = classes.filter_map(Result::ok).take(4);
        let mut names = classes.filter_map(|quad| match quad.object {
            Term::NamedNode(class) => Some(self.name(class.as_str())),
            _ => None,
        });
        names.next()
    }

    /// How many triples of the facts have a property.
    pub(super) fn uses(&self, property: &str) -> u64 {
        let Ok(property) = NamedNodeRef::new(property) else {
            return 0;
        };
        let index = self.build.index();
        let count = index.count(None, Some(property), None, Graphs::Default);
        count.unwrap_or_default()
    }

    /// Classes of the facts with their members.
    pub(super) fn classes(&self) -> Option<&'b BTreeMap<String, u64>> {
        self.facts().map(|graph| &graph.classes)
    }

    /// Properties of the facts with their triples.
    pub(super) fn properties(&self) -> Option<&'b BTreeMap<String, u64>> {
        self.facts().map(|graph| &graph.properties)
    }

    fn facts(&self) -> Option<&'b GraphStatistics> {
        self.build.manifest().statistics.graphs.get("")
    }
}

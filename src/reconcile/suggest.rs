//! What a beginning of a name may mean, for those who type.

use super::NamedThing;
use super::view::LabelledBuild;
use crate::store::{Build, StoreError, text_error};
use crate::suggest::key;
use civigraph_text::{TextKind, TextQuery};
use oxrdf::NamedNode;
use oxrdf::vocab::rdf;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Suggestions at a time.
const SHOWN: usize = 20;

/// Suggestions that can be paged through.
const MOST: usize = 500;

/// Members of a class whose properties are counted.
const SAMPLE: usize = 1000;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SuggestionKind {
    /// Things.
    Entity,
    /// Classes.
    Type,
    /// Properties.
    Property,
}

/// The beginning of a name of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggest {
    /// What is looked for.
    pub kind: SuggestionKind,
    /// The beginning.
    pub prefix: String,
    /// Suggestions that were shown before.
    pub cursor: usize,
    /// The language of names.
    pub language: String,
}

/// Something that may be meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// What it is.
    pub thing: NamedThing,
    /// What is said of it in a sentence.
    pub description: Option<String>,
    /// Its classes.
    pub types: Vec<NamedThing>,
}

impl Suggest {
    pub(super) fn answer(&self, build: &Build) -> Result<Vec<Suggestion>, StoreError> {
        let view = LabelledBuild::new(build, &self.language);
        let graph = build.manifest().statistics.graphs.get("");
        let found = match self.kind {
            SuggestionKind::Entity => self.entities(&view)?,
            SuggestionKind::Type => self.terms(&view, graph.map(|graph| &graph.classes)),
            SuggestionKind::Property => self.terms(&view, graph.map(|graph| &graph.properties)),
        };
        let shown = found.into_iter().skip(self.cursor).take(SHOWN);
        let mut suggestions = Vec::new();
        for iri in shown {
            let node = NamedNode::new_unchecked(iri);
            let types = match self.kind {
                SuggestionKind::Entity => view.types(&node)?,
                _ => Vec::new(),
            };
            suggestions.push(Suggestion {
                thing: view.named(node.as_str()),
                description: view.description(&node)?,
                types: types.iter().map(|class| view.named(class)).collect(),
            });
        }
        Ok(suggestions)
    }

    fn entities(&self, view: &LabelledBuild<'_>) -> Result<Vec<String>, StoreError> {
        let query = TextQuery {
            kinds: vec![TextKind::Label, TextKind::AltLabel, TextKind::Hidden],
            limit: MOST,
            ..TextQuery::new(self.prefix.as_str())
        };
        let subjects = view.text()?.subjects(&query);
        let subjects = subjects.map_err(|error| text_error(&error))?;
        Ok(subjects.into_iter().map(|subject| subject.iri).collect())
    }

    /// Classes or properties with a word that begins like this in their label or name, the most used first.
    fn terms(
        &self,
        view: &LabelledBuild<'_>,
        counts: Option<&BTreeMap<String, u64>>,
    ) -> Vec<String> {
        let wanted = key(&self.prefix);
        let prefixes = &view.build.manifest().about.prefixes;
        let begins = |text: &str| {
            let text = key(text);
            text.starts_with(&wanted) || text.contains(&format!(" {wanted}"))
        };
        by_count(counts.into_iter().flatten())
            .into_iter()
            .filter(|iri| begins(&view.name(iri)) || begins(&prefixes.shorten(iri)))
            .collect()
    }
}

/// The properties of the things of a class, the most used first; all properties where none is given.
pub(super) fn propose(
    build: &Build,
    class: Option<&str>,
    limit: usize,
) -> Result<Vec<NamedThing>, StoreError> {
    let view = LabelledBuild::new(build, "en");
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    match class {
        Some(class) => {
            let Some(class) = view.node(class) else {
                return Ok(Vec::new());
            };
            let class = Some(class.as_ref().into());
            for member in view.subjects(rdf::TYPE, class, SAMPLE)? {
                for quad in view.quads(Some(&member), None, None, SAMPLE)? {
                    *counts.entry(quad.predicate.into_string()).or_default() += 1;
                }
            }
        }
        None => {
            let graph = build.manifest().statistics.graphs.get("");
            counts = graph
                .map(|graph| graph.properties.clone())
                .unwrap_or_default();
        }
    }
    let properties = by_count(counts.iter()).into_iter().take(limit);
    Ok(properties.map(|iri| view.named(&iri)).collect())
}

fn by_count<'a>(counts: impl Iterator<Item = (&'a String, &'a u64)>) -> Vec<String> {
    let mut all: Vec<_> = counts.collect();
    all.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    all.into_iter().map(|(iri, _)| iri.clone()).collect()
}

//! Candidates for a name, by label, class and properties.

use super::view::LabelledBuild;
use super::{NamedThing, score};
use crate::store::{Build, StoreError, text_error};
use civigraph_text::{TextKind, TextQuery};
use oxrdf::{NamedNode, Term};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Texts that are looked at to find candidates.
const LOOKED_AT: usize = 200;

/// Triples of a property that are looked at where no name is given.
const SCANNED: usize = 10_000;

/// The most candidates of a query.
const MOST: usize = 100;

/// What a property weighs beside the name.
const PROPERTY_WEIGHT: f64 = 0.4;

/// A score from which on a candidate is certain, if no other one is near it.
const CERTAIN: f64 = 95.0;

/// How far the next candidate is from a certain one at least.
const APART: f64 = 5.0;

/// What is wanted by one query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchQuery {
    /// A name that it has.
    pub name: Option<String>,
    /// Identifiers, one of which it has.
    pub ids: Vec<String>,
    /// Classes that it is of.
    pub types: Vec<String>,
    /// Whether it has to be of all of them, and not of any.
    pub all_types: bool,
    /// Whether a thing of another class will do.
    pub any_type: bool,
    /// Values of its properties.
    pub properties: Vec<MatchProperty>,
    /// The most candidates.
    pub limit: Option<usize>,
    /// The language of names.
    pub language: Option<String>,
}

/// Values of a property that are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchProperty {
    /// The property.
    pub id: String,
    /// The values: texts, numbers, identifiers.
    pub values: Vec<String>,
    /// Which of them a candidate has.
    pub quantifier: Quantifier,
    /// Whether one without them is not a candidate.
    pub required: bool,
}

/// Which of several values a candidate has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quantifier {
    /// One of them.
    #[default]
    Any,
    /// Each of them.
    All,
    /// None of them.
    None,
}

/// Candidates, the best first.
pub type Candidates = Vec<Candidate>;

/// A thing that may be meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The thing.
    pub thing: NamedThing,
    /// What is said of it in a sentence.
    pub description: Option<String>,
    /// Its classes.
    pub types: Vec<NamedThing>,
    /// From 0 to 100.
    pub score: f64,
    /// Whether it is certain that this one is meant.
    pub certain: bool,
    /// How well its name matches, and each property, from 0 to 100.
    pub features: Vec<(NamedThing, f64)>,
}

impl MatchQuery {
    pub(super) fn candidates(&self, build: &Build) -> Result<Candidates, StoreError> {
        let view = LabelledBuild::new(build, self.language.as_deref().unwrap_or("en"));
        let classes: Vec<Option<NamedNode>> =
            self.types.iter().map(|class| view.node(class)).collect();
        let mut candidates = Vec::new();
        for (node, name) in self.found(&view)? {
            let types = view.types(&node)?;
            let is_of = |class: &Option<NamedNode>| {
                class
                    .as_ref()
                    .is_some_and(|class| types.iter().any(|one| one == class.as_str()))
            };
            let of_type = match self.all_types {
                true => classes.iter().all(is_of),
                false => classes.is_empty() || classes.iter().any(is_of),
            };
            if !of_type && !self.any_type {
                continue;
            }
            if let Some(mut candidate) = self.scored(&view, &node, name)? {
                candidate.types = types.iter().map(|class| view.named(class)).collect();
                if !of_type {
                    candidate.score /= 2.0;
                }
                candidates.push(candidate);
            }
        }
        candidates.sort_by(|a, b| {
            let by_score = b.score.total_cmp(&a.score);
            by_score.then_with(|| a.thing.id.cmp(&b.thing.id))
        });
        let next = candidates.get(1).map_or(0.0, |next| next.score);
        if let Some(best) = candidates.first_mut() {
            best.certain = best.score >= CERTAIN && best.score - next >= APART;
        }
        candidates.truncate(self.limit.unwrap_or(10).clamp(1, MOST));
        for candidate in &mut candidates {
            if let Some(node) = view.node(&candidate.thing.id) {
                candidate.description = view.description(&node)?;
            }
        }
        Ok(candidates)
    }

    /// Things that may be meant, with how well their names match, from 0 to 1.
    fn found(
        &self,
        view: &LabelledBuild<'_>,
    ) -> Result<BTreeMap<NamedNode, Option<f64>>, StoreError> {
        let mut found = BTreeMap::new();
        if !self.ids.is_empty() {
            for node in self.ids.iter().filter_map(|id| view.node(id)) {
                if !view.quads(Some(&node), None, None, 1)?.is_empty() {
                    found.insert(node, None);
                }
            }
            if let Some(wanted) = &self.name {
                for (node, score) in &mut found {
                    let names = view.names(node)?;
                    let scores = names.iter().map(|name| score::name(wanted, name));
                    *score = Some(scores.fold(0.0, f64::max));
                }
            }
            return Ok(found);
        }
        if let Some(wanted) = &self.name {
            let query = TextQuery {
                kinds: vec![TextKind::Label, TextKind::AltLabel, TextKind::Hidden],
                partial: true,
                limit: LOOKED_AT,
                ..TextQuery::new(wanted.as_str())
            };
            let hits = view.text()?.search(&query);
            for hit in hits.map_err(|error| text_error(&error))? {
                let score = score::name(wanted, &hit.text);
                let known = found
                    .entry(NamedNode::new_unchecked(hit.subject))
                    .or_insert(Some(score));
                *known = Some(known.map_or(score, |known| known.max(score)));
            }
            return Ok(found);
        }
        for wanted in &self.properties {
            let Some(property) = view.node(&wanted.id) else {
                continue;
            };
            if wanted.quantifier == Quantifier::None {
                continue;
            }
            let mut nodes = Vec::new();
            for node in wanted.values.iter().filter_map(|value| view.node(value)) {
                let object = Some(node.as_ref().into());
                nodes.extend(view.subjects(property.as_ref(), object, SCANNED)?);
            }
            if nodes.is_empty() {
                nodes = view.subjects(property.as_ref(), None, SCANNED)?;
            }
            found.extend(nodes.into_iter().map(|node| (node, None)));
        }
        Ok(found)
    }

    /// A candidate with its score; `None` where it lacks what it has to have.
    fn scored(
        &self,
        view: &LabelledBuild<'_>,
        node: &NamedNode,
        name: Option<f64>,
    ) -> Result<Option<Candidate>, StoreError> {
        let mut features = Vec::new();
        let (mut sum, mut weights) = (0.0, 0.0);
        if let Some(name) = name {
            let id = "name".to_owned();
            let title = "Match of the name".to_owned();
            features.push((NamedThing { id, name: title }, name * 100.0));
            sum += name;
            weights += 1.0;
        }
        for wanted in &self.properties {
            let matched = match view.node(&wanted.id) {
                Some(property) => wanted.matched(view, node, &property)?,
                None => 0.0,
            };
            if matched <= 0.0 && (wanted.required || name.is_none() && self.ids.is_empty()) {
                return Ok(None);
            }
            let property = view.node(&wanted.id);
            let title = property.map_or_else(|| wanted.id.clone(), |one| view.name(one.as_str()));
            let id = wanted.id.clone();
            features.push((NamedThing { id, name: title }, matched * 100.0));
            sum += matched * PROPERTY_WEIGHT;
            weights += PROPERTY_WEIGHT;
        }
        // An identifier alone says it all.
        let score = if weights > 0.0 { sum / weights } else { 1.0 };
        Ok(Some(Candidate {
            thing: view.named(node.as_str()),
            description: None,
            types: Vec::new(),
            score: score * 100.0,
            certain: false,
            features,
        }))
    }
}

impl MatchProperty {
    /// How well a thing has what is wanted, from 0 to 1.
    fn matched(
        &self,
        view: &LabelledBuild<'_>,
        node: &NamedNode,
        property: &NamedNode,
    ) -> Result<f64, StoreError> {
        let quads = view.quads(Some(node), Some(property.as_ref()), None, 1000)?;
        let mut objects = Vec::with_capacity(quads.len());
        for quad in quads {
            let names = match &quad.object {
                Term::NamedNode(object) => view.names(object)?,
                _ => Vec::new(),
            };
            objects.push((quad.object, names));
        }
        let scores = self.values.iter().map(|wanted| {
            let node = view.node(wanted);
            let wanted = node.as_ref().map_or(wanted.as_str(), |node| node.as_str());
            let scores = objects
                .iter()
                .map(|(object, names)| score::value(wanted, object, names));
            scores.fold(0.0, f64::max)
        });
        let any = scores.clone().fold(0.0, f64::max);
        Ok(match self.quantifier {
            Quantifier::Any => any,
            Quantifier::All => scores.fold(1.0, f64::min),
            Quantifier::None => f64::from(u8::from(any <= 0.0)),
        })
    }
}

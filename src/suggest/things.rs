//! The things of a build, with what can tell them apart.

use super::Decision;
use super::fold::key;
use crate::query::LABEL_PROPERTIES;
use crate::store::{Build, graph_iri};
use civigraph_index::Error as IndexError;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{GraphName, GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const ALT_LABEL: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#altLabel");
const DIFFERENT: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://www.w3.org/2002/07/owl#differentFrom");
const REPLACED: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://purl.org/dc/terms/isReplacedBy");

/// A label with its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyedLabel {
    pub(super) text: String,
    pub(super) key: String,
}

/// One thing.
#[derive(Debug, Clone, Default)]
pub(super) struct ComparedThing {
    pub(super) iri: String,
    pub(super) name: String,
    /// `city` of `…/id/city/irbit`.
    pub(super) kind: String,
    pub(super) labels: Vec<KeyedLabel>,
    /// Short names of its classes.
    pub(super) classes: BTreeSet<String>,
    /// What its other properties point to, short names.
    pub(super) values: BTreeMap<String, BTreeSet<String>>,
    /// Its numbers, dates and years.
    pub(super) measured: BTreeMap<String, BTreeSet<String>>,
}

impl ComparedThing {
    /// Whether a property of this thing has the other one as its value.
    pub(super) fn links_to(&self, other: &Self) -> bool {
        let decided = ["dct:isReplacedBy", "owl:differentFrom"];
        self.values.iter().any(|(property, values)| {
            !decided.contains(&property.as_str()) && values.contains(&other.name)
        })
    }

    pub(super) fn classes_text(&self) -> String {
        let classes: Vec<&str> = self.classes.iter().map(String::as_str).collect();
        classes.join(", ")
    }
}

/// Everything that is compared.
pub(super) struct ComparedThings {
    /// In order of their IRIs.
    pub(super) things: Vec<ComparedThing>,
    /// By two IRIs, in their order.
    pub(super) decisions: HashMap<(String, String), Decision>,
}

impl ComparedThings {
    /// Reads the accepted facts of a build.
    pub(super) fn read(build: &Build) -> Result<Self, IndexError> {
        let about = &build.manifest().about;
        let prefixes = &about.prefixes;
        let prefix = format!("{}id/", about.base);
        let mut things: BTreeMap<String, ComparedThing> = BTreeMap::new();
        let mut decisions = Decisions::default();
        let facts = Some(GraphNameRef::DefaultGraph);
        for quad in build.index().quads_for_pattern(None, None, None, facts) {
            let quad = quad?;
            let NamedOrBlankNode::NamedNode(subject) = &quad.subject else {
                continue;
            };
            let Some((kind, _)) = subject
                .as_str()
                .strip_prefix(&prefix)
                .and_then(|path| path.split_once('/'))
            else {
                continue;
            };
            let thing = things
                .entry(subject.as_str().to_owned())
                .or_insert_with(|| ComparedThing {
                    iri: subject.as_str().to_owned(),
                    name: prefixes.shorten(subject.as_str()),
                    kind: kind.to_owned(),
                    ..ComparedThing::default()
                });
            let predicate = quad.predicate.as_ref();
            match &quad.object {
                Term::Literal(literal)
                    if predicate == ALT_LABEL || LABEL_PROPERTIES.contains(&predicate) =>
                {
                    let label = KeyedLabel {
                        text: literal.value().to_owned(),
                        key: key(literal.value()),
                    };
                    if !thing.labels.contains(&label) {
                        thing.labels.push(label);
                    }
                }
                // Texts are written in many ways; numbers, dates and years are compared.
                Term::Literal(literal)
                    if literal.language().is_none() && literal.datatype() != xsd::STRING =>
                {
                    let property = prefixes.shorten(predicate.as_str());
                    let values = thing.measured.entry(property).or_default();
                    values.insert(literal.value().to_owned());
                }
                Term::NamedNode(object) => {
                    let name = prefixes.shorten(object.as_str());
                    if predicate == rdf::TYPE {
                        thing.classes.insert(name);
                        continue;
                    }
                    if predicate == DIFFERENT {
                        decisions.put(subject, object, Decision::Different);
                    } else if predicate == REPLACED {
                        decisions.put(subject, object, Decision::Same);
                    }
                    let property = prefixes.shorten(predicate.as_str());
                    thing.values.entry(property).or_default().insert(name);
                }
                _ => {}
            }
        }
        decisions.read_open(build)?;
        Ok(Self {
            things: things
                .into_values()
                .filter(|thing| !thing.labels.is_empty())
                .collect(),
            decisions: decisions.0,
        })
    }
}

#[derive(Default)]
struct Decisions(HashMap<(String, String), Decision>);

impl Decisions {
    fn put(&mut self, one: &NamedNode, other: &NamedNode, decision: Decision) {
        let (one, other) = (one.as_str().to_owned(), other.as_str().to_owned());
        let pair = if one < other {
            (one, other)
        } else {
            (other, one)
        };
        // What is decided outweighs what was left open.
        self.0
            .entry(pair)
            .and_modify(|known| *known = decision.min(*known))
            .or_insert(decision);
    }

    /// Reads what was looked at and left open: it is in the graph of claims only.
    fn read_open(&mut self, build: &Build) -> Result<(), IndexError> {
        let base = &build.manifest().about.base;
        let term = |name: &str| NamedNode::new_unchecked(format!("{base}ns#{name}"));
        let graph = GraphName::from(NamedNode::new_unchecked(graph_iri(base, "claims")));
        let store = build.index();
        let one =
            |subject: &NamedOrBlankNode, name: &str| -> Result<Option<NamedNode>, IndexError> {
                let predicate = term(name);
                let mut found = store.quads_for_pattern(
                    Some(subject.as_ref()),
                    Some(predicate.as_ref()),
                    None,
                    Some(graph.as_ref()),
                );
                Ok(match found.next().transpose()?.map(|quad| quad.object) {
                    Some(Term::NamedNode(node)) => Some(node),
                    _ => None,
                })
            };
        let from = term("mergeFrom");
        for quad in store.quads_for_pattern(None, Some(from.as_ref()), None, Some(graph.as_ref())) {
            let quad = quad?;
            let decision = one(&quad.subject, "decision")?;
            let open = decision.is_some_and(|decision| decision.as_str().ends_with("/unsure"));
            if let (true, Term::NamedNode(from), Some(to)) =
                (open, &quad.object, one(&quad.subject, "mergeTo")?)
            {
                self.put(from, &to, Decision::Unsure);
            }
        }
        Ok(())
    }
}

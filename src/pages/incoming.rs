//! What points to a thing, by property, with exact counts.

use super::evidence::kind_of;
use super::links::encode;
use super::reader::PageReader;
use super::value::ValueView;
use crate::knowledge::TripleSupport;
use crate::store::StoreError;
use civigraph_index::Graphs;
use oxrdf::{GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad};
use std::collections::BTreeMap;

/// Things of each property that are shown.
const SHOWN: usize = 10;

/// Things of each property that are compared for the order of their names.
const COMPARED: usize = 500;

/// Properties of all graphs that are looked for; each costs a search.
const PROPERTIES: usize = 4000;

/// Properties that are shown.
const GROUPS: usize = 40;

/// Things that point to a thing by one property.
pub(super) struct IncomingThings {
    /// The property.
    pub property: ValueView,
    /// How many things point here, in the reader's digits.
    pub count: String,
    /// The first of them, with what is not plain about the link.
    pub things: Vec<(ValueView, Option<LinkRemark>)>,
    /// Where all of them are.
    pub all: Option<String>,
    /// The graph that says so, where it is not that of facts.
    pub graph: Option<String>,
}

/// What is not plain about a link.
pub(super) struct LinkRemark {
    /// The class of the style sheet.
    pub kind: &'static str,
    pub word: String,
}

impl LinkRemark {
    /// `None` where all is plain.
    fn of(view: &PageReader<'_>, support: &TripleSupport) -> Option<Self> {
        let remarks = support.remarks(view.labels());
        (!remarks.is_empty()).then(|| Self {
            kind: kind_of(support),
            word: remarks.join(", "),
        })
    }
}

impl IncomingThings {
    /// What points to a node: by facts and inferences; by claims too where the node is itself no thing of the facts.
    pub(super) fn of(
        view: &PageReader<'_>,
        node: &NamedNode,
        everywhere: bool,
    ) -> Result<Vec<Self>, StoreError> {
        let claims = view.graph("claims");
        let release = view.graph("release");
        let mut found = Vec::new();
        let mut looked = 0;
        for (name, graph) in &view.build().manifest().statistics.graphs {
            if name == release.as_str() || !everywhere && name == claims.as_str() {
                continue;
            }
            let in_graph = NamedNodeRef::new_unchecked(name);
            let graphs = match name.is_empty() {
                true => Graphs::Default,
                false => Graphs::Named(in_graph.into()),
            };
            let object = Some(node.as_ref().into());
            let links = view.count(None, None, object, graphs)?;
            if links <= COMPARED as u64 {
                // So few are read at once.
                for (property, quads) in by_property(view, node, name)? {
                    if found.len() < GROUPS {
                        let count = quads.len() as u64;
                        found.push(Self::by(view, node, property.as_ref(), name, count, quads)?);
                    }
                }
                continue;
            }
            for property in graph.properties.keys() {
                looked += 1;
                if looked > PROPERTIES {
                    return Ok(found);
                }
                let property = NamedNodeRef::new_unchecked(property);
                let count = view.count(None, Some(property), object, graphs)?;
                if count > 0 && found.len() < GROUPS {
                    let graph = Some(in_graph_of(name));
                    let quads = view.quads(None, Some(property), object, graph, COMPARED)?;
                    found.push(Self::by(view, node, property, name, count, quads)?);
                }
            }
        }
        found.sort_by(|a, b| (&a.graph, &a.property.text).cmp(&(&b.graph, &b.property.text)));
        Ok(found)
    }

    fn by(
        view: &PageReader<'_>,
        node: &NamedNode,
        property: NamedNodeRef<'_>,
        graph: &str,
        count: u64,
        quads: Vec<Quad>,
    ) -> Result<Self, StoreError> {
        let mut things: Vec<(ValueView, Option<NamedNode>)> = Vec::with_capacity(quads.len());
        for quad in quads {
            things.push(match quad.subject {
                NamedOrBlankNode::NamedNode(subject) => {
                    (view.thing(subject.as_str()), Some(subject))
                }
                blank @ NamedOrBlankNode::BlankNode(_) => (view.value(&blank.into()), None),
            });
        }
        things.sort_by_cached_key(|(value, _)| value.text.to_lowercase());
        things.truncate(SHOWN);
        let inferred = view.graph("inferred");
        let mut shown = Vec::with_capacity(things.len());
        for (value, subject) in things {
            let word = match subject {
                Some(subject) if graph.is_empty() || graph == inferred.as_str() => {
                    let predicate = property.into_owned();
                    let object = node.clone().into();
                    let claims = view.claims(&subject)?;
                    let link = view
                        .knowledge
                        .link_by(&claims, &subject, &predicate, &object)?;
                    LinkRemark::of(view, &link)
                }
                _ => None,
            };
            shown.push((value, word));
        }
        let all = (count > SHOWN as u64).then(|| {
            let (property, node) = (encode(property.as_str()), encode(node.as_str()));
            view.frame
                .href(&format!("/browse?property={property}&value={node}"))
        });
        Ok(Self {
            property: view.term(property.as_str()),
            count: view.language().number(count),
            things: shown,
            all,
            graph: (!graph.is_empty()).then(|| view.name(graph)),
        })
    }
}

/// A graph by its name, which is empty for that of facts.
fn in_graph_of(name: &str) -> GraphNameRef<'_> {
    match name.is_empty() {
        true => GraphNameRef::DefaultGraph,
        false => NamedNodeRef::new_unchecked(name).into(),
    }
}

/// What points to a node in a graph, by property.
fn by_property(
    view: &PageReader<'_>,
    node: &NamedNode,
    graph: &str,
) -> Result<BTreeMap<NamedNode, Vec<Quad>>, StoreError> {
    let mut found: BTreeMap<NamedNode, Vec<Quad>> = BTreeMap::new();
    let object = Some(node.as_ref().into());
    for quad in view.quads(None, None, object, Some(in_graph_of(graph)), COMPARED)? {
        let known = found.entry(quad.predicate.clone()).or_default();
        known.push(quad);
    }
    Ok(found)
}

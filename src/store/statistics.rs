//! Counts of the quads of a build, taken while they pass in sorted order.

use super::BuildDescription;
use super::line::{self, LineTerms};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const RDF_TYPE: &[u8] = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";

/// Counts of all graphs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// Distinct quads of all graphs.
    pub quads: u64,
    /// Counts by graph; the empty name is the default graph.
    pub graphs: BTreeMap<String, GraphStatistics>,
    /// Subjects of the default graph by the `{type}` of their IRI `…id/{type}/{slug}`, or by their namespace
    /// where that is one of the others in which things are.
    pub things: BTreeMap<String, u64>,
}

/// Counts of one graph.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphStatistics {
    /// Triples.
    pub triples: u64,
    /// Distinct subjects.
    pub subjects: u64,
    /// Members by class IRI.
    pub classes: BTreeMap<String, u64>,
    /// Triples by property IRI.
    pub properties: BTreeMap<String, u64>,
}

impl Statistics {
    /// The counts after all lines about some subjects have changed: as they were, and as they are.
    pub(super) fn changed(&self, before: &Self, after: &Self) -> Self {
        let change = |all: u64, before: u64, after: u64| (all + after).saturating_sub(before);
        let none = GraphStatistics::default();
        let names: BTreeSet<&String> = self.graphs.keys().chain(after.graphs.keys()).collect();
        let graphs = names.into_iter().map(|name| {
            let of = |statistics: &'_ Self| statistics.graphs.get(name).cloned();
            let all = of(self).unwrap_or_default();
            let before = of(before).unwrap_or_default();
            let after = of(after).unwrap_or_default();
            let counts = GraphStatistics {
                triples: change(all.triples, before.triples, after.triples),
                subjects: change(all.subjects, before.subjects, after.subjects),
                classes: changed(&all.classes, &before.classes, &after.classes),
                properties: changed(&all.properties, &before.properties, &after.properties),
            };
            (name.clone(), counts)
        });
        Self {
            quads: change(self.quads, before.quads, after.quads),
            graphs: graphs.filter(|(_, counts)| *counts != none).collect(),
            things: changed(&self.things, &before.things, &after.things),
        }
    }
}

/// Counts by name after a change; what is not there any more has none.
fn changed(
    all: &BTreeMap<String, u64>,
    before: &BTreeMap<String, u64>,
    after: &BTreeMap<String, u64>,
) -> BTreeMap<String, u64> {
    let mut counts = all.clone();
    for (name, count) in after {
        *counts.entry(name.clone()).or_default() += count;
    }
    for (name, count) in before {
        let now = counts.entry(name.clone()).or_default();
        *now = now.saturating_sub(*count);
    }
    counts.retain(|_, count| *count > 0);
    counts
}

/// Counts lines that come in canonical order.
#[derive(Debug, Default)]
pub(super) struct LineCounter {
    things: Vec<u8>,
    /// Other namespaces of things, each with the bracket before it.
    foreign_namespaces: Vec<Vec<u8>>,
    quads: u64,
    graphs: Vec<GraphCounts>,
    /// Where the graph of a name is.
    places: HashMap<Vec<u8>, usize>,
    /// The graph of the last line.
    last: usize,
    things_by_type: BTreeMap<String, u64>,
}

#[derive(Debug, Default)]
struct GraphCounts {
    /// The empty name is the default graph.
    name: Vec<u8>,
    triples: u64,
    subjects: u64,
    last_subject: Vec<u8>,
    classes: Tally,
    properties: Tally,
}

/// How often each of some terms came.
///
/// Terms come in much the same order from subject to subject: what came after the last one before is tried
/// first, which spares nearly every look into the map.
#[derive(Debug, Default)]
struct Tally {
    counts: Vec<TermCount>,
    places: HashMap<Vec<u8>, usize>,
    last: usize,
}

#[derive(Debug)]
struct TermCount {
    term: Vec<u8>,
    count: u64,
    /// Where the term is that came after it.
    next: usize,
}

impl Tally {
    fn count(&mut self, term: &[u8]) {
        let guess = self.counts.get(self.last).map_or(0, |last| last.next);
        if let Some(guessed) = self.counts.get_mut(guess)
            && guessed.term == term
        {
            guessed.count += 1;
            self.last = guess;
            return;
        }
        let place = match self.places.get(term) {
            Some(&place) => place,
            None => {
                let place = self.counts.len();
                self.places.insert(term.to_vec(), place);
                self.counts.push(TermCount {
                    term: term.to_vec(),
                    count: 0,
                    next: 0,
                });
                place
            }
        };
        if let Some(last) = self.counts.get_mut(self.last) {
            last.next = place;
        }
        if let Some(found) = self.counts.get_mut(place) {
            found.count += 1;
        }
        self.last = place;
    }

    fn by_name(self) -> BTreeMap<String, u64> {
        let counts = self.counts.into_iter();
        counts
            .map(|count| (term_name(&count.term), count.count))
            .collect()
    }
}

impl LineCounter {
    /// Counts for a project with its base IRI and its namespaces.
    pub(super) fn new(about: &BuildDescription) -> Self {
        let namespaces = about.foreign_namespaces.iter();
        Self {
            things: format!("<{}id/", about.base).into_bytes(),
            foreign_namespaces: namespaces.map(|it| format!("<{it}").into_bytes()).collect(),
            ..Self::default()
        }
    }

    /// The graph of a name.
    fn graph(&mut self, name: &[u8]) -> Option<&mut GraphCounts> {
        // Most lines are in the graph of the one before.
        if self
            .graphs
            .get(self.last)
            .is_none_or(|last| last.name != name)
        {
            self.last = match self.places.get(name) {
                Some(&place) => place,
                None => {
                    self.places.insert(name.to_vec(), self.graphs.len());
                    self.graphs.push(GraphCounts {
                        name: name.to_vec(),
                        ..GraphCounts::default()
                    });
                    self.graphs.len() - 1
                }
            };
        }
        self.graphs.get_mut(self.last)
    }

    /// Counts a line.
    pub(super) fn line(&mut self, parts: &LineTerms<'_>) {
        self.quads += 1;
        let Some(graph) = self.graph(parts.graph.unwrap_or_default()) else {
            return;
        };
        graph.triples += 1;
        graph.properties.count(parts.predicate);
        if parts.predicate == RDF_TYPE {
            graph.classes.count(parts.object);
        }
        if graph.last_subject == parts.subject {
            return;
        }
        graph.last_subject.clear();
        graph.last_subject.extend_from_slice(parts.subject);
        graph.subjects += 1;
        if parts.graph.is_none()
            && let Some(kind) = kind(parts.subject, &self.things, &self.foreign_namespaces)
        {
            match self.things_by_type.get_mut(kind) {
                Some(count) => *count += 1,
                None => {
                    self.things_by_type.insert(kind.to_owned(), 1);
                }
            }
        }
    }

    /// The counts.
    pub(super) fn finish(self) -> Statistics {
        Statistics {
            quads: self.quads,
            graphs: self
                .graphs
                .into_iter()
                .map(|graph| {
                    let counts = GraphStatistics {
                        triples: graph.triples,
                        subjects: graph.subjects,
                        classes: graph.classes.by_name(),
                        properties: graph.properties.by_name(),
                    };
                    (term_name(&graph.name), counts)
                })
                .collect(),
            things: self.things_by_type,
        }
    }
}

/// The kind of a thing: a part of its IRI after the start of all things, or else its namespace.
fn kind<'s>(subject: &'s [u8], things: &[u8], foreign_namespaces: &[Vec<u8>]) -> Option<&'s str> {
    if let Some(rest) = subject.strip_prefix(things)
        && let Some(slash) = memchr::memchr(b'/', rest)
    {
        return std::str::from_utf8(rest.get(..slash)?).ok();
    }
    // The longest one: a namespace may be in another.
    let namespaces = foreign_namespaces
        .iter()
        .filter(|start| subject.starts_with(start));
    let end = namespaces.map(Vec::len).max()?;
    std::str::from_utf8(subject.get(1..end)?).ok()
}

/// An IRI without its brackets, another term as it is.
fn term_name(term: &[u8]) -> String {
    line::iri(term).map_or_else(|| String::from_utf8_lossy(term).into_owned(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_graph_class_and_property() {
        let mut counter = LineCounter::new(&BuildDescription {
            base: "http://e/".to_owned(),
            foreign_namespaces: ["http://e/id/", "http://o/", "http://o/town/"]
                .map(str::to_owned)
                .into(),
            ..BuildDescription::default()
        });
        let a = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
        for text in [
            format!("<http://e/id/city/irbit> <{a}> <http://e/City> ."),
            "<http://e/id/city/irbit> <http://e/p> \"x\" .".to_owned(),
            "<http://e/id/city/irbit> <http://e/p> \"y\" <http://e/g> .".to_owned(),
            "<http://e/id/city/tara> <http://e/p> \"y\" .".to_owned(),
            "<http://e/id/tara> <http://e/p> \"y\" .".to_owned(),
            "<http://o/town/x> <http://e/p> \"y\" .".to_owned(),
            "<http://other/x> <http://e/p> \"y\" .".to_owned(),
        ] {
            let parts = LineTerms::of(text.as_bytes());
            assert!(parts.is_some(), "{text}");
            if let Some(parts) = parts {
                counter.line(&parts);
            }
        }
        let counts = counter.finish();
        assert_eq!(counts.quads, 7);
        let things = [("city", 2), ("http://e/id/", 1), ("http://o/town/", 1)];
        let things = things.map(|(kind, count)| (kind.to_owned(), count));
        assert_eq!(counts.things, BTreeMap::from(things));
        let graph = counts.graphs.get("").cloned().unwrap_or_default();
        assert_eq!((graph.triples, graph.subjects), (6, 5));
        assert_eq!(graph.classes.get("http://e/City"), Some(&1));
        assert_eq!(graph.properties.get("http://e/p"), Some(&5));
        assert_eq!(counts.graphs.get("http://e/g").map(|g| g.triples), Some(1));
    }
}

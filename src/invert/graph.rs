//! The quads to read tables from, by subject, by object and by predicate.

use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, Quad, Term};
use std::collections::{HashMap, HashSet};

/// Quads with the indexes that reading rows takes.
#[derive(Debug, Clone, Default)]
pub struct IndexedQuads {
    quads: Vec<Quad>,
    by_subject: HashMap<String, Vec<usize>>,
    by_object: HashMap<String, Vec<usize>>,
    by_predicate: HashMap<String, Vec<usize>>,
    /// Where quads are kept that were withheld from their own graph.
    claims: Option<GraphName>,
    /// Quads that hold in whatever graph, because a claim says so.
    claimed: HashSet<usize>,
    /// Quads that no cell made: statements that a curator ranked above a cell.
    foreign: HashSet<Quad>,
}

impl FromIterator<Quad> for IndexedQuads {
    fn from_iter<T: IntoIterator<Item = Quad>>(quads: T) -> Self {
        let mut graph = Self::default();
        for quad in quads {
            graph.insert(quad);
        }
        graph
    }
}

impl IndexedQuads {
    /// Names the graph that keeps quads withheld from their own one.
    pub(super) fn withheld_in(&mut self, claims: &NamedNode) {
        self.claims = Some(claims.clone().into());
    }

    fn insert(&mut self, quad: Quad) -> usize {
        let index = self.quads.len();
        let subject = subject_key(&quad.subject);
        self.by_subject.entry(subject).or_default().push(index);
        if let Term::NamedNode(node) = &quad.object {
            let key = node.as_str().to_owned();
            self.by_object.entry(key).or_default().push(index);
        }
        let predicate = quad.predicate.as_str().to_owned();
        self.by_predicate.entry(predicate).or_default().push(index);
        self.quads.push(quad);
        index
    }

    /// Adds a statement that a claim makes about a cell.
    pub(super) fn claim(&mut self, subject: NamedOrBlankNode, predicate: NamedNode, object: Term) {
        let quad = Quad::new(subject, predicate, object, GraphName::DefaultGraph);
        let index = self.insert(quad);
        self.claimed.insert(index);
    }

    /// Marks a statement that is not in a cell.
    pub(super) fn not_a_cell(
        &mut self,
        subject: NamedOrBlankNode,
        predicate: NamedNode,
        object: Term,
    ) {
        self.foreign.insert(Quad::new(
            subject,
            predicate,
            object,
            GraphName::DefaultGraph,
        ));
    }

    /// All quads, and what claims say of cells.
    pub(super) fn all(&self) -> impl Iterator<Item = &Quad> {
        self.quads.iter()
    }

    /// The quads as they came.
    pub(super) fn quads(&self) -> impl Iterator<Item = &Quad> {
        self.quads
            .iter()
            .enumerate()
            .filter(|(index, _)| !self.claimed.contains(index))
            .map(|(_, quad)| quad)
    }

    pub(super) fn of_subject(&self, subject: &str) -> impl Iterator<Item = (usize, &Quad)> {
        self.found(self.by_subject.get(subject))
    }

    pub(super) fn of_object(&self, object: &str) -> impl Iterator<Item = (usize, &Quad)> {
        self.found(self.by_object.get(object))
    }

    pub(super) fn of_predicate(&self, predicate: &str) -> impl Iterator<Item = (usize, &Quad)> {
        self.found(self.by_predicate.get(predicate))
    }

    fn found(&self, indexes: Option<&Vec<usize>>) -> impl Iterator<Item = (usize, &Quad)> {
        indexes
            .into_iter()
            .flatten()
            .filter_map(|&index| Some((index, self.quads.get(index)?)))
            .filter(|(index, quad)| self.claimed.contains(index) || !self.is_foreign(quad))
    }

    /// Whether no cell made a quad.
    pub(super) fn is_foreign(&self, quad: &Quad) -> bool {
        !self.foreign.is_empty()
            && self.foreign.contains(&Quad {
                graph_name: GraphName::DefaultGraph,
                ..quad.clone()
            })
    }

    /// Whether a quad may stand for one in another graph than its own.
    pub(super) fn is_anywhere(&self, index: usize) -> bool {
        self.claimed.contains(&index)
            || self
                .quads
                .get(index)
                .is_some_and(|quad| self.claims.as_ref() == Some(&quad.graph_name))
    }

    /// The graph of claims.
    pub(super) fn claims(&self) -> Option<&GraphName> {
        self.claims.as_ref()
    }

    /// The items of an RDF list.
    pub(super) fn list(&self, head: &Term) -> Vec<Term> {
        const FIRST: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#first";
        const REST: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest";
        let mut items = Vec::new();
        let mut at = head.clone();
        let mut seen = HashSet::new();
        loop {
            let key = match &at {
                Term::BlankNode(node) => node.to_string(),
                _ => return items,
            };
            // A list that bites its tail is none that a cell made.
            if !seen.insert(key.clone()) {
                return items;
            }
            let mut rest = None;
            for (_, quad) in self.of_subject(&key) {
                match quad.predicate.as_str() {
                    FIRST => items.push(quad.object.clone()),
                    REST => rest = Some(quad.object.clone()),
                    _ => {}
                }
            }
            match rest {
                Some(next) => at = next,
                None => return items,
            }
        }
    }
}

fn subject_key(subject: &NamedOrBlankNode) -> String {
    match subject {
        NamedOrBlankNode::NamedNode(node) => node.as_str().to_owned(),
        NamedOrBlankNode::BlankNode(node) => node.to_string(),
    }
}

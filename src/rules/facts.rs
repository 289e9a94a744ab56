//! The accepted facts that rules can match, kept aside while a conversion passes.

use super::Rules;
use crate::convert::{Origin, QuadSink, Sink};
use oxrdf::{Dataset, GraphNameRef, Quad, QuadRef, Term, TermRef};
use spargebra::term::{NamedNodePattern, TermPattern};
use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Arc;

/// The facts that some rule can match. Terms stay as they are written.
#[derive(Debug, Clone, Default)]
pub struct RuleFacts {
    pub(super) dataset: Dataset,
    wanted: Arc<PredicateFilter>,
}

/// Which triples some body or head can match, by predicate and, where all patterns name one, by object.
#[derive(Debug, Default)]
struct PredicateFilter {
    everything: bool,
    /// No objects stands for any.
    predicates: HashMap<String, Option<HashSet<Term>>>,
}

impl PredicateFilter {
    fn of(rules: &Rules) -> Self {
        let mut wanted = Self::default();
        // Heads too: what is stated is not inferred.
        let patterns = rules
            .rules
            .iter()
            .flat_map(|rule| rule.head.iter().chain(&rule.body.premises));
        for pattern in patterns {
            let NamedNodePattern::NamedNode(predicate) = &pattern.predicate else {
                wanted.everything = true;
                continue;
            };
            let objects = wanted
                .predicates
                .entry(predicate.as_str().to_owned())
                .or_insert_with(|| Some(HashSet::new()));
            match (&pattern.object, objects) {
                (TermPattern::NamedNode(node), Some(objects)) => {
                    objects.insert(node.clone().into());
                }
                (_, objects) => *objects = None,
            }
        }
        wanted
    }

    /// Nodes of the default graph have IRIs; what is said of blank nodes is left alone.
    fn wants(&self, quad: QuadRef<'_>) -> bool {
        // Most projects have no rules, and all of their quads come by here.
        if (self.predicates.is_empty() && !self.everything)
            || quad.graph_name != GraphNameRef::DefaultGraph
            || quad.subject.is_blank_node()
            || matches!(quad.object, TermRef::BlankNode(_) | TermRef::Triple(_))
        {
            return false;
        }
        self.everything
            || match self.predicates.get(quad.predicate.as_str()) {
                None => false,
                Some(None) => true,
                Some(Some(objects)) => objects.contains(&quad.object.into_owned()),
            }
    }
}

impl RuleFacts {
    /// No facts yet, for these rules.
    pub fn new(rules: &Rules) -> Self {
        Self {
            dataset: Dataset::new(),
            wanted: Arc::new(PredicateFilter::of(rules)),
        }
    }

    /// Takes the quads that are facts some rule can match; the others are dropped.
    pub fn add<'q>(&mut self, quads: impl IntoIterator<Item = &'q Quad>) {
        for quad in quads {
            if self.wanted.wants(quad.as_ref()) {
                self.dataset.insert(quad);
            }
        }
    }
}

/// A sink that lets everything through to another one, and keeps the facts that rules can match.
#[derive(Debug)]
pub struct FactSink<S> {
    inner: S,
    facts: RuleFacts,
}

/// A chunk of a [`FactSink`].
#[derive(Debug)]
pub struct FactChunk<C> {
    inner: C,
    wanted: Arc<PredicateFilter>,
    facts: Vec<Quad>,
}

impl<S> FactSink<S> {
    /// A sink in front of `inner` that adds to `facts`.
    pub fn new(facts: RuleFacts, inner: S) -> Self {
        Self { inner, facts }
    }

    /// The sink behind it and the facts, once everything has passed.
    pub fn into_parts(self) -> (S, RuleFacts) {
        (self.inner, self.facts)
    }
}

impl<S: Sink> Sink for FactSink<S> {
    type Chunk = FactChunk<S::Chunk>;

    fn chunk(&self) -> Self::Chunk {
        FactChunk {
            inner: self.inner.chunk(),
            wanted: Arc::clone(&self.facts.wanted),
            facts: Vec::new(),
        }
    }

    fn accept(&mut self, chunk: Self::Chunk) -> io::Result<()> {
        for fact in &chunk.facts {
            self.facts.dataset.insert(fact);
        }
        self.inner.accept(chunk.inner)
    }
}

impl<C: QuadSink> QuadSink for FactChunk<C> {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        if self.wanted.wants(quad) {
            self.facts.push(quad.into_owned());
        }
        self.inner.quad(quad, origin);
    }
}

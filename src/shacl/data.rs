//! The triples that shapes can look at, in memory: the union of the graphs that tables make.

use super::predicate_filter::PredicateFilter;
use crate::convert::{Origin, QuadSink, Sink};
use crate::datatype::canonical_term;
use indexmap::IndexSet;
use oxrdf::{NamedNode, Quad, QuadRef, Term, TermRef};
use spareval::{InternalQuad, QueryableDataset};
use std::collections::HashSet;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;

/// The number of a term in a [`DataGraph`].
pub(super) type Id = u32;

/// The data that some shape can look at, while it is collected. Terms stay as they are written.
#[derive(Debug, Default)]
pub struct CollectedTriples {
    terms: IndexSet<Term>,
    triples: Vec<[Id; 3]>,
    filter: Arc<PredicateFilter>,
    /// There were more terms than numbers for them.
    full: bool,
}

impl CollectedTriples {
    pub(super) fn new(filter: Arc<PredicateFilter>) -> Self {
        Self {
            filter,
            ..Self::default()
        }
    }

    /// Takes those quads that some shape can look at; the others are dropped. The names of graphs
    /// do not count: shapes see one graph.
    pub fn add<'q>(&mut self, quads: impl IntoIterator<Item = QuadRef<'q>>) {
        for quad in quads {
            if self.filter.wants(quad) {
                self.insert(quad);
            }
        }
    }

    /// How many triples were taken; those that came twice count twice.
    pub fn len(&self) -> usize {
        self.triples.len()
    }

    /// Whether nothing was taken.
    pub fn is_empty(&self) -> bool {
        self.triples.is_empty()
    }

    fn insert(&mut self, quad: QuadRef<'_>) {
        let subject = self.id(quad.subject.into());
        let predicate = self.id(quad.predicate.into());
        let object = self.id(quad.object);
        if let (Some(subject), Some(predicate), Some(object)) = (subject, predicate, object) {
            self.triples.push([subject, predicate, object]);
        } else {
            self.full = true;
        }
    }

    fn id(&mut self, term: TermRef<'_>) -> Option<Id> {
        let (index, _) = self.terms.insert_full(canonical_term(term.into_owned()));
        Id::try_from(index).ok()
    }

    /// Everything that was taken, ready to be asked; `None` where there are too many terms.
    /// `constants` are terms that shapes name, whether or not some triple has them.
    pub(super) fn graph<'t>(
        mut self,
        constants: impl IntoIterator<Item = &'t Term>,
    ) -> Option<DataGraph> {
        for term in constants {
            self.full |= self.id(term.as_ref()).is_none();
        }
        if self.full {
            return None;
        }
        let mut spo = self.triples;
        spo.sort_unstable();
        spo.dedup();
        spo.shrink_to_fit();
        let turned = |order: [usize; 3]| {
            let mut turned: Vec<[Id; 3]> = spo
                .iter()
                .map(|triple| order.map(|at| triple[at]))
                .collect();
            turned.sort_unstable();
            turned
        };
        let (pos, osp) = (turned([1, 2, 0]), turned([2, 0, 1]));
        Some(DataGraph {
            terms: self.terms,
            spo,
            pos,
            osp,
        })
    }
}

/// A graph with an index for every pattern.
#[derive(Debug)]
pub(super) struct DataGraph {
    terms: IndexSet<Term>,
    spo: Vec<[Id; 3]>,
    pos: Vec<[Id; 3]>,
    osp: Vec<[Id; 3]>,
}

/// The entries of a sorted index that start with a prefix.
fn range<'i>(index: &'i [[Id; 3]], prefix: &[Id]) -> &'i [[Id; 3]] {
    let head = |entry: &[Id; 3]| -> std::cmp::Ordering {
        entry.get(..prefix.len()).unwrap_or_default().cmp(prefix)
    };
    let start = index.partition_point(|entry| head(entry).is_lt());
    let rest = index.get(start..).unwrap_or_default();
    let length = rest.partition_point(|entry| head(entry).is_eq());
    rest.get(..length).unwrap_or_default()
}

impl DataGraph {
    /// The term of a number.
    pub(super) fn term(&self, id: Id) -> Option<&Term> {
        self.terms.get_index(usize::try_from(id).ok()?)
    }

    /// The number of a term.
    pub(super) fn find(&self, term: &Term) -> Option<Id> {
        Id::try_from(self.terms.get_index_of(term)?).ok()
    }

    /// The number of an IRI.
    pub(super) fn iri(&self, iri: &str) -> Option<Id> {
        self.find(&Term::from(NamedNode::new_unchecked(iri)))
    }

    /// Whether a triple has a term as its subject or object, or an IRI that represents one which does.
    pub(super) fn is_node(&self, term: &Term) -> bool {
        let Ok(QueryTerm::Known(id)) = self.internalize_term(term.clone()) else {
            return false;
        };
        !range(&self.spo, &[id]).is_empty() || !range(&self.osp, &[id]).is_empty()
    }

    pub(super) fn objects(&self, subject: Id, predicate: Id) -> impl Iterator<Item = Id> {
        range(&self.spo, &[subject, predicate])
            .iter()
            .map(|&[_, _, object]| object)
    }

    pub(super) fn subjects(&self, predicate: Id, object: Id) -> impl Iterator<Item = Id> {
        range(&self.pos, &[predicate, object])
            .iter()
            .map(|&[_, _, subject]| subject)
    }

    /// Predicates and objects of a subject.
    pub(super) fn about(&self, subject: Id) -> impl Iterator<Item = (Id, Id)> {
        range(&self.spo, &[subject])
            .iter()
            .map(|&[_, predicate, object]| (predicate, object))
    }

    /// The predicates of all triples.
    pub(super) fn predicates(&self) -> impl Iterator<Item = &NamedNode> {
        let mut last = None;
        let ids = self.pos.iter().filter_map(move |&[predicate, _, _]| {
            (last.replace(predicate) != Some(predicate)).then_some(predicate)
        });
        ids.filter_map(|id| match self.term(id) {
            Some(Term::NamedNode(node)) => Some(node),
            _ => None,
        })
    }

    /// Subjects and objects of a predicate.
    pub(super) fn pairs(&self, predicate: Id) -> impl Iterator<Item = (Id, Id)> {
        range(&self.pos, &[predicate])
            .iter()
            .map(|&[_, object, subject]| (subject, object))
    }

    /// A class and everything below it.
    pub(super) fn classes(&self, class: Id) -> HashSet<Id> {
        let below = self.iri(super::vocabulary::rdfs::SUB_CLASS_OF);
        let mut found = HashSet::new();
        let mut waiting = vec![class];
        while let Some(class) = waiting.pop() {
            if found.insert(class)
                && let Some(below) = below
            {
                waiting.extend(self.subjects(below, class));
            }
        }
        found
    }
}

/// IRIs that stand for terms which cannot be in a query themselves: blank nodes, and literals as
/// subjects. `urn:` names need a namespace; nobody registers this one.
const STAND_IN: &str = "urn:x-civigraph-node:";

/// The IRI that stands for a term in a query on this graph.
pub(super) fn stand_in(id: Id) -> NamedNode {
    NamedNode::new_unchecked(format!("{STAND_IN}{id}"))
}

/// A term in an evaluation: of the graph, or made by the query.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum QueryTerm {
    Known(Id),
    Made(Arc<Term>),
}

impl QueryTerm {
    fn id(&self) -> Option<Id> {
        match self {
            Self::Known(id) => Some(*id),
            Self::Made(_) => None,
        }
    }
}

impl<'g> QueryableDataset<'g> for &'g DataGraph {
    type InternalTerm = QueryTerm;
    type Error = Infallible;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&QueryTerm>,
        predicate: Option<&QueryTerm>,
        object: Option<&QueryTerm>,
        graph_name: Option<Option<&QueryTerm>>,
    ) -> impl Iterator<Item = Result<InternalQuad<QueryTerm>, Infallible>> + use<'g> {
        let graph: &'g DataGraph = self;
        let ids = [subject, predicate, object].map(|term| term.map(QueryTerm::id));
        // There is no named graph, and what a query made is in no triple.
        let nothing = graph_name != Some(None) || ids.contains(&Some(None));
        let [s, p, o] = ids.map(Option::flatten);
        let (entries, order): (&'g [[Id; 3]], [usize; 3]) = match (s, p, o) {
            _ if nothing => (&[], [0, 1, 2]),
            (Some(s), Some(p), Some(o)) => (range(&graph.spo, &[s, p, o]), [0, 1, 2]),
            (Some(s), Some(p), None) => (range(&graph.spo, &[s, p]), [0, 1, 2]),
            (Some(s), None, None) => (range(&graph.spo, &[s]), [0, 1, 2]),
            (Some(s), None, Some(o)) => (range(&graph.osp, &[o, s]), [1, 2, 0]),
            (None, Some(p), Some(o)) => (range(&graph.pos, &[p, o]), [2, 0, 1]),
            (None, Some(p), None) => (range(&graph.pos, &[p]), [2, 0, 1]),
            (None, None, Some(o)) => (range(&graph.osp, &[o]), [1, 2, 0]),
            (None, None, None) => (&graph.spo, [0, 1, 2]),
        };
        entries.iter().map(move |entry| {
            let [subject, predicate, object] = order.map(|at| QueryTerm::Known(entry[at]));
            Ok(InternalQuad {
                subject,
                predicate,
                object,
                graph_name: None,
            })
        })
    }

    fn internalize_term(&self, term: Term) -> Result<QueryTerm, Infallible> {
        if let Term::NamedNode(node) = &term
            && let Some(id) = node.as_str().strip_prefix(STAND_IN)
            && let Ok(id) = id.parse()
        {
            return Ok(QueryTerm::Known(id));
        }
        Ok(match self.find(&term) {
            Some(id) => QueryTerm::Known(id),
            None => QueryTerm::Made(Arc::new(term)),
        })
    }

    fn externalize_term(&self, term: QueryTerm) -> Result<Term, Infallible> {
        Ok(match term {
            QueryTerm::Known(id) => match self.term(id) {
                Some(term) => term.clone(),
                // Only a query that spells out a stand-in gets here; it stays what it is.
                None => stand_in(id).into(),
            },
            QueryTerm::Made(term) => (*term).clone(),
        })
    }
}

/// A sink that lets everything through to another one, and keeps what shapes can look at.
#[derive(Debug)]
pub struct DataSink<S> {
    inner: S,
    data: CollectedTriples,
}

/// A chunk of a [`DataSink`].
#[derive(Debug)]
pub struct DataChunk<C> {
    inner: C,
    filter: Arc<PredicateFilter>,
    quads: Vec<Quad>,
}

impl<S> DataSink<S> {
    /// A sink in front of `inner` that adds to `data`.
    pub fn new(data: CollectedTriples, inner: S) -> Self {
        Self { inner, data }
    }

    /// The sink behind it and the data, once everything has passed.
    pub fn into_parts(self) -> (S, CollectedTriples) {
        (self.inner, self.data)
    }
}

impl<S: Sink> Sink for DataSink<S> {
    type Chunk = DataChunk<S::Chunk>;

    fn chunk(&self) -> Self::Chunk {
        DataChunk {
            inner: self.inner.chunk(),
            filter: Arc::clone(&self.data.filter),
            quads: Vec::new(),
        }
    }

    fn accept(&mut self, chunk: Self::Chunk) -> io::Result<()> {
        for quad in &chunk.quads {
            self.data.insert(quad.as_ref());
        }
        self.inner.accept(chunk.inner)
    }
}

impl<C: QuadSink> QuadSink for DataChunk<C> {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        if self.filter.wants(quad) {
            self.quads.push(quad.into_owned());
        }
        self.inner.quad(quad, origin);
    }
}

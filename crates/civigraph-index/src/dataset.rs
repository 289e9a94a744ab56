//! An index as a dataset of Oxigraph's SPARQL evaluator.

mod entries;

use crate::error::{Error, ErrorKind, Result};
use crate::index::{Graphs, Index, overlay};
use crate::order::{Caches, IdPattern};
use crate::range::RangePredicate;
use crate::term::{self, KeyParts};
use entries::{OverlayEntries, PatternQuads};
use oxrdf::{
    GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Term, TermRef,
};
use rustc_hash::FxHashMap;
use spareval::{ExpressionTerm, InternalQuad, QueryableDataset};
use std::cell::{Cell, RefCell};
use std::hash::Hash;
use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Ids from here on are terms that a query made.
const MADE: u32 = crate::dictionary::MAX_TERMS;

/// How many terms a query can make: ids after those are of terms beside the index.
const MOST_MADE: u32 = overlay::FIRST - MADE;

/// A term of a query: one of the index, or one that the query made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TermId(NonZeroU32);

impl TermId {
    fn new(id: u32) -> Self {
        // Ids stay below `u32::MAX`: those of an index below 2^31, and made ones are bounded.
        Self(NonZeroU32::MIN.saturating_add(id))
    }

    fn id(self) -> u32 {
        self.0.get() - 1
    }
}

/// What a query may take of a dataset.
#[derive(Debug, Clone, Default)]
pub struct ReadLimits {
    /// When reading stops.
    pub deadline: Option<Instant>,
    /// Reading stops when this is set.
    pub stop: Option<Arc<AtomicBool>>,
    /// How many entries may be read.
    pub entries: Option<u64>,
    /// How many terms the query may make.
    pub terms: Option<u32>,
}

/// Entries that are read before the limits are looked at again.
const BETWEEN_CHECKS: u64 = 4096;

/// An index that one query is evaluated on. It keeps unpacked blocks and the terms that the query makes.
pub struct Dataset<'i> {
    index: &'i Index,
    caches: Caches,
    made: RefCell<ComputedTerms>,
    limits: ReadLimits,
    read: Cell<u64>,
    /// A graph that the query does not see.
    hidden: Option<u32>,
}

#[derive(Default)]
struct ComputedTerms {
    terms: Vec<Term>,
    ids: FxHashMap<Term, u32>,
    /// What predicates stand for that are made up for ranges of values, by id.
    ranges: FxHashMap<u32, PredicateRange>,
}

/// A predicate with its objects in a range of ids.
#[derive(Clone)]
struct PredicateRange {
    /// `None` where the index does not have the predicate.
    predicate: Option<u32>,
    ids: Range<u32>,
    descending: bool,
}

impl<'i> Dataset<'i> {
    /// A dataset without limits.
    pub fn new(index: &'i Index) -> Self {
        Self::with_limits(index, ReadLimits::default())
    }

    /// A dataset that refuses to go on beyond its limits, with an error of the kind
    /// [`Stopped`](ErrorKind::Stopped).
    pub fn with_limits(index: &'i Index, limits: ReadLimits) -> Self {
        Self {
            index,
            caches: Caches::new(),
            made: RefCell::default(),
            limits,
            read: Cell::new(0),
            hidden: None,
        }
    }

    /// Hides a named graph from the query.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn without_graph(mut self, graph: NamedOrBlankNodeRef<'_>) -> Result<Self> {
        self.hidden = self.index.id(graph.into())?;
        Ok(self)
    }

    /// Whether a graph is hidden from the query.
    fn is_hidden(&self, graph: NamedOrBlankNodeRef<'_>) -> Result<bool> {
        Ok(self.hidden.is_some() && self.index.id(graph.into())? == self.hidden)
    }

    /// The name of the hidden graph.
    fn hidden_graph(&self) -> Result<Option<NamedOrBlankNode>> {
        let Some(hidden) = self.hidden else {
            return Ok(None);
        };
        let node = term::node(self.index.term(hidden)?);
        Ok(Some(node.ok_or_else(|| self.index.misplaced("a graph"))?))
    }

    /// How many quads match a pattern, as [`Index::count`], as far as the query sees them.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn count(
        &self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graphs: Graphs<'_>,
    ) -> Result<u64> {
        let of = |graphs| self.index.count(subject, predicate, object, graphs);
        match graphs {
            Graphs::Named(graph) if self.is_hidden(graph)? => Ok(0),
            Graphs::AllNamed => match self.hidden_graph()? {
                None => of(graphs),
                Some(hidden) => {
                    let hidden = of(Graphs::Named(hidden.as_ref()))?;
                    Ok(of(graphs)?.saturating_sub(hidden))
                }
            },
            _ => of(graphs),
        }
    }

    /// The predicates with how many quads they have, as [`Index::predicates`], as far as the query sees them.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn predicates(
        &self,
        graphs: Graphs<'_>,
        limit: usize,
    ) -> Result<Option<Vec<(NamedNode, u64)>>> {
        self.seen(graphs, |graphs| self.index.predicates(graphs, limit))
    }

    /// The objects of a predicate with how many quads they have, as [`Index::objects`], as far as the query sees them.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn objects(
        &self,
        predicate: NamedNodeRef<'_>,
        graphs: Graphs<'_>,
        limit: usize,
    ) -> Result<Option<Vec<(Term, u64)>>> {
        self.seen(graphs, |graphs| {
            self.index.objects(predicate, graphs, limit)
        })
    }

    /// Counts in some graphs without those in the hidden one.
    fn seen<T: Eq + Hash>(
        &self,
        graphs: Graphs<'_>,
        count: impl Fn(Graphs<'_>) -> Result<Option<Vec<(T, u64)>>>,
    ) -> Result<Option<Vec<(T, u64)>>> {
        let hidden = match graphs {
            Graphs::Named(graph) if self.is_hidden(graph)? => return Ok(Some(Vec::new())),
            Graphs::AllNamed => self.hidden_graph()?,
            _ => None,
        };
        let Some(mut counted) = count(graphs)? else {
            return Ok(None);
        };
        if let Some(hidden) = hidden {
            let Some(less) = count(Graphs::Named(hidden.as_ref()))? else {
                return Ok(None);
            };
            let less: FxHashMap<T, u64> = less.into_iter().collect();
            for (value, count) in &mut counted {
                *count = count.saturating_sub(less.get(value).copied().unwrap_or(0));
            }
            counted.retain(|(_, count)| *count > 0);
        }
        Ok(Some(counted))
    }

    /// The named graphs with how many quads they have, as [`Index::graphs`], as far as the query sees them.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn graphs(&self, limit: usize) -> Result<Option<Vec<(GraphName, u64)>>> {
        let hidden = self.hidden_graph()?.map(term::graph);
        let counted = self.index.graphs(limit)?;
        Ok(counted.map(|mut counted| {
            counted.retain(|(graph, _)| Some(graph) != hidden.as_ref());
            counted
        }))
    }

    /// The index.
    pub fn index(&self) -> &'i Index {
        self.index
    }

    /// How many entries of the index were read so far.
    pub fn entries_read(&self) -> u64 {
        self.read.get()
    }

    #[cold]
    fn stopped(&self, why: &str) -> Error {
        Error::new(ErrorKind::Stopped, self.index.folder(), why)
    }

    /// Counts an entry; an error where a limit is reached.
    #[inline]
    fn count_entry(&self) -> Result<()> {
        let read = self.read.get() + 1;
        self.read.set(read);
        if read.is_multiple_of(BETWEEN_CHECKS) {
            self.check(read)?;
        }
        Ok(())
    }

    #[cold]
    fn check(&self, read: u64) -> Result<()> {
        if self.limits.entries.is_some_and(|limit| read > limit) {
            return Err(self.stopped("the query reads more entries than it may"));
        }
        if let Some(stop) = &self.limits.stop
            && stop.load(Ordering::Relaxed)
        {
            return Err(self.stopped("the query was cancelled"));
        }
        if let Some(deadline) = self.limits.deadline
            && Instant::now() > deadline
        {
            return Err(self.stopped("the query ran out of time"));
        }
        Ok(())
    }

    fn internalize(&self, term: Term) -> Result<u32> {
        if let Some(id) = self.index.id(term.as_ref())? {
            return Ok(id);
        }
        let term = term::canonical(term);
        let mut made = self.made.borrow_mut();
        if let Some(&id) = made.ids.get(&term) {
            return Ok(id);
        }
        let count = u32::try_from(made.terms.len()).unwrap_or(u32::MAX);
        let limit = self.limits.terms.unwrap_or(MOST_MADE).min(MOST_MADE);
        if count >= limit {
            return Err(self.stopped("the query makes more terms than it may"));
        }
        if u64::from(count).is_multiple_of(BETWEEN_CHECKS) {
            self.check(self.read.get())?;
        }
        let id = MADE + count;
        if let Term::NamedNode(node) = &term
            && let Some(range) = RangePredicate::decode(node.as_ref())
        {
            let objects = PredicateRange {
                predicate: self.index.id(range.predicate.as_ref().into())?,
                ids: self.index.ids_in(&range.range)?,
                descending: range.descending,
            };
            made.ranges.insert(id, objects);
        }
        made.terms.push(term.clone());
        made.ids.insert(term, id);
        Ok(id)
    }

    fn term(&self, id: u32) -> Result<Term> {
        if !is_made(id) {
            return self.index.term(id);
        }
        let made = self.made.borrow();
        let term = made.terms.get((id - MADE) as usize).cloned();
        term.ok_or_else(|| self.index.misplaced("a term of a query"))
    }

    /// What a predicate stands for, where it was made up for a range of values.
    fn range(&self, predicate: Option<u32>) -> Option<PredicateRange> {
        let made = predicate.filter(|id| is_made(*id))?;
        self.made.borrow().ranges.get(&made).cloned()
    }

    /// The entries of a predicate that stands for another one with its objects in a range.
    fn in_range<'a>(
        &'a self,
        pattern: &IdPattern,
        range: PredicateRange,
        graph: Option<Option<u32>>,
    ) -> PatternQuads<'a> {
        let PredicateRange {
            predicate: Some(predicate),
            ids,
            descending,
        } = range
        else {
            return PatternQuads::None;
        };
        let stands_for = IdPattern {
            predicate: Some(predicate),
            ..*pattern
        };
        if ids.is_empty() || pattern.object.is_some_and(|object| !ids.contains(&object)) {
            return PatternQuads::None;
        }
        let whole = stands_for.subject.is_some() || stands_for.object.is_some();
        let caches = Some(&self.caches);
        let found: OverlayEntries<'a, Result<[u32; 4]>> = match graph {
            Some(None) => {
                let triples = &self.index.triples;
                let with_graph = |entry: Result<[u32; 3]>| entry.map(|[s, p, o]| [s, p, o, 0]);
                if whole {
                    Box::new(triples.scan(&stands_for, caches).map(with_graph))
                } else if descending {
                    let entries = triples.objects_backwards(predicate, &ids, caches);
                    Box::new(entries.map(with_graph))
                } else {
                    let entries = triples.objects_between(predicate, &ids, caches);
                    Box::new(entries.map(with_graph))
                }
            }
            graph => {
                let (named, graph) = (&self.index.named, graph.flatten());
                let entries = if whole {
                    named.scan(&stands_for, graph, caches)
                } else {
                    named.objects_between(predicate, &ids, graph, caches)
                };
                match self.index.overlay() {
                    Err(error) => return PatternQuads::Failed(Some(error)),
                    Ok(overlay) => {
                        Box::new(entries.chain(overlay.scan(&stands_for, graph).map(Ok)))
                    }
                }
            }
        };
        let default = graph == Some(None);
        let made = pattern.predicate.unwrap_or(predicate);
        // Objects beside the index have ids of their own, whatever their values.
        let within = move |object: u32| ids.contains(&object) || object >= overlay::FIRST;
        PatternQuads::Range(
            self,
            Box::new(found.filter_map(move |entry| match entry {
                Err(error) => Some(Err(error)),
                Ok([s, _, o, g]) => within(o).then_some(Ok(InternalQuad {
                    subject: TermId::new(s),
                    predicate: TermId::new(made),
                    object: TermId::new(o),
                    graph_name: (!default).then(|| TermId::new(g)),
                })),
            })),
        )
    }

    /// The entries of a pattern.
    fn entries<'a>(&'a self, pattern: &IdPattern, graph: Option<Option<u32>>) -> PatternQuads<'a> {
        if let Some(range) = self.range(pattern.predicate) {
            return self.in_range(pattern, range, graph);
        }
        let (dataset, index) = (self, self.index);
        let bound = [
            pattern.subject,
            pattern.predicate,
            pattern.object,
            graph.flatten(),
        ];
        if bound.into_iter().flatten().any(is_made) {
            return PatternQuads::None;
        }
        let caches = Some(&dataset.caches);
        match graph {
            Some(None) => PatternQuads::Triples(dataset, index.triples.scan(pattern, caches)),
            graph => {
                let graph = graph.flatten();
                match index.overlay() {
                    Err(error) => PatternQuads::Failed(Some(error)),
                    Ok(overlay) => PatternQuads::Named(
                        dataset,
                        index.named.scan(pattern, graph, caches),
                        overlay
                            .may_have(graph)
                            .then(|| Box::new(overlay.scan(pattern, graph)) as OverlayEntries<'_>),
                    ),
                }
            }
        }
    }

    /// A number, day or time without a string for its lexical form.
    fn value(&self, id: u32) -> Result<Option<ExpressionTerm>> {
        let dictionary = &self.index.dictionary;
        if id >= dictionary.len() || !term::is_valued(dictionary.kind(id)) {
            return Ok(None);
        }
        let (shared, rest) = dictionary.parts(id)?;
        let mut short = [0; 64];
        let length = shared.len() + rest.len();
        let Some(key) = short.get_mut(..length) else {
            return Ok(None);
        };
        let (start, end) = key.split_at_mut(shared.len());
        start.copy_from_slice(shared);
        end.copy_from_slice(rest);
        let Some(KeyParts::Xsd(lexical, local)) = term::parts(key) else {
            return Ok(None);
        };
        Ok(match local {
            "decimal" => lexical.parse().ok().map(ExpressionTerm::DecimalLiteral),
            "double" => lexical.parse().ok().map(ExpressionTerm::DoubleLiteral),
            "float" => lexical.parse().ok().map(ExpressionTerm::FloatLiteral),
            "date" => lexical.parse().ok().map(ExpressionTerm::DateLiteral),
            "gYear" => lexical.parse().ok().map(ExpressionTerm::GYearLiteral),
            "dateTime" | "dateTimeStamp" => {
                lexical.parse().ok().map(ExpressionTerm::DateTimeLiteral)
            }
            // Integers of all derived types compute as integers.
            _ => lexical.parse().ok().map(ExpressionTerm::IntegerLiteral),
        })
    }
}

fn is_made(id: u32) -> bool {
    (MADE..overlay::FIRST).contains(&id)
}

impl<'a> QueryableDataset<'a> for &'a Dataset<'a> {
    type InternalTerm = TermId;
    type Error = Error;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&TermId>,
        predicate: Option<&TermId>,
        object: Option<&TermId>,
        graph_name: Option<Option<&TermId>>,
    ) -> impl Iterator<Item = Result<InternalQuad<TermId>>> + use<'a> {
        let dataset: &'a Dataset<'a> = self;
        // An evaluation that has to stop may ask for many patterns that match nothing.
        if let Err(error) = dataset.count_entry() {
            return PatternQuads::Failed(Some(error));
        }
        let id = |term: Option<&TermId>| term.map(|term| term.id());
        let pattern = IdPattern {
            subject: id(subject),
            predicate: id(predicate),
            object: id(object),
        };
        let graph = graph_name.map(id);
        if let Some(hidden) = dataset.hidden {
            if graph == Some(Some(hidden)) {
                return PatternQuads::None;
            }
            if graph.is_none() {
                let hidden_too = dataset.entries(&pattern, graph);
                return hidden_too.without(hidden);
            }
        }
        dataset.entries(&pattern, graph)
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<TermId>> + use<'a> {
        let dataset: &'a Dataset<'a> = self;
        let (beside, failure) = match dataset.index.overlay() {
            Ok(overlay) => (overlay.graphs(), None),
            Err(error) => (Vec::new(), Some(Err(error))),
        };
        let graphs = dataset.index.named.graphs();
        // A graph that is in both comes once.
        let others = beside.into_iter().filter_map(|graph| {
            let counted = dataset
                .index
                .named
                .count(&IdPattern::default(), Some(graph));
            counted
                .map(|count| (count == 0).then_some(graph))
                .transpose()
        });
        let hidden = dataset.hidden;
        graphs
            .chain(others)
            .filter(move |id| !matches!(id, Ok(id) if Some(*id) == hidden))
            .map(|id| id.map(TermId::new))
            .chain(failure)
    }

    fn internalize_term(&self, term: Term) -> Result<TermId> {
        self.internalize(term).map(TermId::new)
    }

    fn externalize_term(&self, term: TermId) -> Result<Term> {
        self.term(term.id())
    }

    fn externalize_expression_term(&self, term: TermId) -> Result<ExpressionTerm> {
        match self.value(term.id())? {
            Some(value) => Ok(value),
            None => self.term(term.id()).map(ExpressionTerm::from),
        }
    }
}

impl std::fmt::Debug for Dataset<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dataset")
            .field("index", &self.index.folder())
            .finish_non_exhaustive()
    }
}

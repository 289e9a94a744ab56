//! Between the converter and its sink: notices what the rows say about things that decisions name.

use super::cell::cell_of;
use super::read::Merges;
use crate::convert::{Origin, QuadSink, Sink};
use crate::plan::{ColumnId, Plan, TableId};
use oxrdf::{NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Quad, QuadRef, TermRef};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::sync::Arc;

/// Uses of merged things that are kept; those beyond are counted.
const KEPT: usize = 10_000;

/// What to look for.
#[derive(Debug, Default)]
struct MergeFilter {
    /// Things that decisions name, each with whether it was merged into another one.
    things: HashMap<String, bool>,
    /// Tables of decisions: what they say of a thing does not describe it.
    tables: HashSet<TableId>,
    /// By table and column, the cells that the subject and the object of its triples are made from.
    cells: HashMap<(TableId, ColumnId), [ColumnId; 2]>,
}

/// What the rows say about the things that decisions name.
#[derive(Debug, Clone, Default)]
pub struct ThingMentions {
    /// Things that are the subject of a triple.
    pub(super) described: HashSet<String>,
    /// Things that are the object of a triple.
    pub(super) mentioned: HashSet<String>,
    /// Cells that make a triple with a merged thing.
    pub(super) uses: BTreeSet<ThingUse>,
    /// Uses that were not kept.
    pub(super) more: u64,
}

/// A cell that uses a thing that was merged into another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ThingUse {
    pub(super) table: TableId,
    pub(super) row: u64,
    pub(super) column: ColumnId,
    pub(super) thing: String,
    /// The row is about the thing.
    pub(super) as_subject: bool,
}

impl ThingMentions {
    fn add(&mut self, used: ThingUse) {
        if self.uses.len() < KEPT || self.uses.contains(&used) {
            self.uses.insert(used);
        } else {
            self.more += 1;
        }
    }

    fn append(&mut self, other: Self) {
        self.described.extend(other.described);
        self.mentioned.extend(other.mentioned);
        self.more += other.more;
        for used in other.uses {
            self.add(used);
        }
    }
}

/// A sink that lets everything through to another one.
#[derive(Debug)]
pub struct MergeSink<S> {
    inner: S,
    wanted: Arc<MergeFilter>,
    met: ThingMentions,
}

/// A chunk of a [`MergeSink`].
#[derive(Debug)]
pub struct MergeChunk<C> {
    inner: C,
    wanted: Arc<MergeFilter>,
    met: ThingMentions,
}

impl Merges {
    /// A sink in front of `inner` for the conversion of the plan that these decisions were read with.
    ///
    /// `ontology` may describe things as well.
    pub fn sink<S>(&self, plan: &Plan, ontology: &[Quad], inner: S) -> MergeSink<S> {
        let mut wanted = MergeFilter::default();
        for decision in &self.decisions {
            for thing in [&decision.from, &decision.to].into_iter().flatten() {
                wanted
                    .things
                    .entry(thing.as_str().to_owned())
                    .or_insert(false);
            }
            if let Some(from) = decision.from.as_ref().filter(|_| decision.replaced) {
                wanted.things.insert(from.as_str().to_owned(), true);
            }
        }
        let mut met = ThingMentions::default();
        if !wanted.things.is_empty() {
            let tables = self.tables.iter().map(|table| TableId::new(table.index));
            wanted.tables = tables.collect();
            for (id, table) in plan.tables() {
                for map in &table.maps {
                    let Some(column) = map.column() else { continue };
                    let subject = cell_of(table, Some(&map.subject), column);
                    let object = match map.object.iri() {
                        Some(object) => cell_of(table, Some(object), column),
                        None => column,
                    };
                    wanted.cells.insert((id, column), [subject, object]);
                }
            }
            let subjects = ontology.iter().filter_map(|quad| match &quad.subject {
                NamedOrBlankNode::NamedNode(subject) => Some(subject.as_str()),
                NamedOrBlankNode::BlankNode(_) => None,
            });
            let described = subjects.filter(|subject| wanted.things.contains_key(*subject));
            met.described = described.map(str::to_owned).collect();
        }
        MergeSink {
            inner,
            wanted: Arc::new(wanted),
            met,
        }
    }
}

impl<S> MergeSink<S> {
    /// The sink behind it, and what was noticed, once everything has passed.
    pub fn into_parts(self) -> (S, ThingMentions) {
        (self.inner, self.met)
    }
}

impl<S: Sink> Sink for MergeSink<S> {
    type Chunk = MergeChunk<S::Chunk>;

    fn chunk(&self) -> Self::Chunk {
        MergeChunk {
            inner: self.inner.chunk(),
            wanted: Arc::clone(&self.wanted),
            met: ThingMentions::default(),
        }
    }

    fn accept(&mut self, chunk: Self::Chunk) -> io::Result<()> {
        self.met.append(chunk.met);
        self.inner.accept(chunk.inner)
    }
}

impl<C> MergeChunk<C> {
    fn meet(&mut self, thing: NamedNodeRef<'_>, origin: Origin, as_subject: bool) {
        let Self { wanted, met, .. } = self;
        let Some((thing, &merged)) = wanted.things.get_key_value(thing.as_str()) else {
            return;
        };
        let met_as = match as_subject {
            true => &mut met.described,
            false => &mut met.mentioned,
        };
        met_as.insert(thing.clone());
        if merged {
            let Some(table) = origin.table else { return };
            let cells = origin
                .column
                .and_then(|column| wanted.cells.get(&(table, column)));
            let [subject, object] = cells.copied().unwrap_or([ColumnId::new(0); 2]);
            met.add(ThingUse {
                table,
                row: origin.row,
                column: if as_subject { subject } else { object },
                thing: thing.clone(),
                as_subject,
            });
        }
    }
}

impl<C: QuadSink> QuadSink for MergeChunk<C> {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        if !self.wanted.things.is_empty()
            && origin.row > 0
            && origin
                .table
                .is_some_and(|table| !self.wanted.tables.contains(&table))
        {
            if let NamedOrBlankNodeRef::NamedNode(subject) = quad.subject {
                self.meet(subject, origin, true);
            }
            if let TermRef::NamedNode(object) = quad.object {
                self.meet(object, origin, false);
            }
        }
        self.inner.quad(quad, origin);
    }
}

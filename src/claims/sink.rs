//! Between the converter and its sink: keeps the quads of claimed cells, withholds contradicted ones.

use super::conflict::{Conflict, ConflictingValue};
use super::read::Claims;
use crate::convert::{Origin, QuadSink, Sink};
use crate::plan::{ColumnId, TableId};
use oxrdf::{GraphNameRef, NamedNode, NamedOrBlankNode, Quad, QuadRef};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// What becomes of the quads of a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Treatment {
    /// Columns whose quads are kept for the reification.
    claimed: HashSet<ColumnId>,
    /// Columns whose quads are withheld.
    withheld: HashSet<ColumnId>,
    /// The whole row is withheld: its quads go to the graph of claims.
    row_withheld: bool,
}

/// Decisions by table and row, shared by all threads.
#[derive(Debug, Default)]
struct ClaimTreatments {
    /// The claims table.
    claims: Option<TableId>,
    /// Its columns that speak of the claim itself.
    own_columns: HashSet<ColumnId>,
    /// The graph of claims.
    graph: Option<NamedNode>,
    tables: HashSet<TableId>,
    rows: HashMap<(TableId, u64), Treatment>,
}

/// The quads that claims are about, by table, row and column.
pub(super) type ClaimedQuads = HashMap<(TableId, u64, ColumnId), Vec<Quad>>;

/// A sink that lets everything through to another one but the quads of rows that are
/// [disputed](Claims::disputed_rows): [`Claims::quads`] gives what is left of them.
#[derive(Debug)]
pub struct ClaimSink<S> {
    /// The sink behind it.
    pub inner: S,
    rules: Arc<ClaimTreatments>,
    pub(super) claimed: ClaimedQuads,
    pub(super) subjects: HashMap<u64, NamedOrBlankNode>,
    /// What is left of the quads of rows that are [disputed](Claims::disputed_rows).
    pub disputed: Vec<Quad>,
}

/// A chunk of a [`ClaimSink`].
#[derive(Debug)]
pub struct ClaimChunk<C> {
    inner: C,
    rules: Arc<ClaimTreatments>,
    claimed: Vec<(Quad, Origin)>,
    subjects: Vec<(u64, NamedOrBlankNode)>,
    disputed: Vec<Quad>,
}

impl Claims {
    /// Rows of which something is withheld, by the index of their table: their quads depend on other rows,
    /// the claims.
    pub fn disputed_rows(&self) -> BTreeMap<usize, BTreeSet<u64>> {
        let mut disputed: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
        for (conflict, side, asserted) in self.sides() {
            if !asserted {
                disputed.entry(conflict.table).or_default().insert(side.row);
            }
        }
        disputed
    }

    /// Every side of every contradiction, and whether its cell or row stays asserted.
    fn sides(&self) -> impl Iterator<Item = (&Conflict, &ConflictingValue, bool)> {
        self.conflicts.iter().flat_map(move |conflict| {
            // One cell: it stays if what it holds is the preferred value.
            let cell = conflict
                .sides
                .iter()
                .any(|side| side.asserted && self.holds_cell(side));
            let sides = conflict.sides.iter();
            sides.map(move |side| {
                let asserted = if conflict.rows { side.asserted } else { cell };
                (conflict, side, asserted)
            })
        })
    }

    /// A sink in front of `inner` for the conversion of the plan that these claims were read with.
    ///
    /// `graph` is the graph of claims, where rows go that contradict each other.
    pub fn sink<S>(&self, inner: S, graph: Option<NamedNode>) -> ClaimSink<S> {
        ClaimSink {
            inner,
            rules: Arc::new(self.rules(graph)),
            claimed: HashMap::new(),
            subjects: HashMap::new(),
            disputed: Vec::new(),
        }
    }

    /// Where the quads of rows are once contradictions are settled; `graph` is the graph of claims.
    pub(crate) fn placement(&self, graph: Option<NamedNode>) -> Placement {
        Placement {
            rules: self.rules(graph),
        }
    }

    fn rules(&self, graph: Option<NamedNode>) -> ClaimTreatments {
        let mut rules = ClaimTreatments {
            claims: self.columns.map(|columns| TableId::new(columns.table)),
            own_columns: self
                .own_columns
                .iter()
                .map(|&column| ColumnId::new(column))
                .collect(),
            graph,
            ..ClaimTreatments::default()
        };
        for claim in &self.claims {
            let treatment = rules.treatment(claim.table, claim.target_row);
            treatment.claimed.insert(ColumnId::new(claim.column));
        }
        for (conflict, side, asserted) in self.sides() {
            if asserted {
                continue;
            }
            let treatment = rules.treatment(conflict.table, side.row);
            if conflict.rows {
                treatment.row_withheld = true;
            } else {
                treatment.withheld.insert(ColumnId::new(conflict.column));
            }
        }
        rules
    }

    /// Whether a side says what is in the cell.
    pub(super) fn holds_cell(&self, side: &ConflictingValue) -> bool {
        let mut claims = side
            .claims
            .iter()
            .filter_map(|&index| self.claims.get(index));
        claims.any(|claim| claim.value.is_none())
    }
}

/// Where quads of rows are: asserted, in the graph of claims, or nowhere.
#[derive(Debug)]
pub(crate) struct Placement {
    rules: ClaimTreatments,
}

impl Placement {
    /// A quad as the graph has it; `None` where it is withheld.
    pub(crate) fn of<'q>(&'q self, quad: QuadRef<'q>, origin: Origin) -> Option<QuadRef<'q>> {
        match self.rules.of(origin) {
            None => Some(quad),
            Some(treatment) => self.rules.placed(treatment, quad, origin),
        }
    }
}

impl ClaimTreatments {
    /// What becomes of the row of a quad, where anything does.
    fn of(&self, origin: Origin) -> Option<&Treatment> {
        let table = origin.table?;
        if !self.tables.contains(&table) {
            return None;
        }
        self.rows.get(&(table, origin.row))
    }

    /// A quad of such a row as the graph has it; `None` where it is withheld.
    fn placed<'q>(
        &'q self,
        treatment: &Treatment,
        quad: QuadRef<'q>,
        origin: Origin,
    ) -> Option<QuadRef<'q>> {
        if treatment.row_withheld {
            let graph = GraphNameRef::NamedNode(self.graph.as_ref()?.as_ref());
            return Some(QuadRef::new(
                quad.subject,
                quad.predicate,
                quad.object,
                graph,
            ));
        }
        let withheld = origin
            .column
            .is_some_and(|column| treatment.withheld.contains(&column));
        (!withheld).then_some(quad)
    }

    fn treatment(&mut self, table: usize, row: u64) -> &mut Treatment {
        let table = TableId::new(table);
        self.tables.insert(table);
        self.rows.entry((table, row)).or_default()
    }
}

impl<S: Sink> Sink for ClaimSink<S> {
    type Chunk = ClaimChunk<S::Chunk>;

    fn chunk(&self) -> Self::Chunk {
        ClaimChunk {
            inner: self.inner.chunk(),
            rules: Arc::clone(&self.rules),
            claimed: Vec::new(),
            subjects: Vec::new(),
            disputed: Vec::new(),
        }
    }

    fn accept(&mut self, chunk: Self::Chunk) -> std::io::Result<()> {
        for (quad, origin) in chunk.claimed {
            if let (Some(table), Some(column)) = (origin.table, origin.column) {
                let cell = (table, origin.row, column);
                self.claimed.entry(cell).or_default().push(quad);
            }
        }
        self.subjects.extend(chunk.subjects);
        self.disputed.extend(chunk.disputed);
        self.inner.accept(chunk.inner)
    }
}

impl<C: QuadSink> QuadSink for ClaimChunk<C> {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        let rules = &*self.rules;
        let is_in = |columns: &HashSet<ColumnId>| {
            let column = origin.column;
            column.is_some_and(|column| columns.contains(&column))
        };
        if rules.claims.is_some()
            && rules.claims == origin.table
            && is_in(&rules.own_columns)
            && self
                .subjects
                .last()
                .is_none_or(|(row, _)| *row != origin.row)
        {
            self.subjects.push((origin.row, quad.subject.into_owned()));
        }
        let Some(treatment) = rules.of(origin) else {
            return self.inner.quad(quad, origin);
        };
        if is_in(&treatment.claimed) {
            self.claimed.push((quad.into_owned(), origin));
        }
        if !treatment.row_withheld && treatment.withheld.is_empty() {
            self.inner.quad(quad, origin);
        } else if let Some(quad) = rules.placed(treatment, quad, origin) {
            self.disputed.push(quad.into_owned());
        }
    }
}

//! The rows, columns and cells that made the triples of a build, for queries that ask for them.

use super::{NearbySplits, SubjectIndex, claimed};
use crate::convert;
#[cfg(feature = "serve")]
use crate::convert::{CollectSink, Options};
use crate::diagnostic::{Code, Diagnostics, HintAction, ReadingMode};
use crate::plan::{ColumnId, TableId};
use crate::store::{Build, StoreError};
use crate::tables::ProjectSource;
use crate::tables::{ProjectTables, Tables};
use oxrdf::{NamedNode, NamedOrBlankNode, Quad, Term};
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Subjects whose quads are kept in memory; when there are more, all are forgotten.
const KEPT: usize = 10_000;

/// Where a triple is in its table, in the numbers of its file as RFC 7111 counts them: header and
/// comments included, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fragment {
    /// URL of the table.
    pub table: Arc<str>,
    /// Row of the file.
    pub row: u64,
    /// Column of the file; `None` where no cell made the triple but the row (a virtual column).
    pub column: Option<u64>,
}

impl Fragment {
    /// The row: `cities.csv#row=3`.
    pub fn row_iri(&self) -> NamedNode {
        NamedNode::new_unchecked(format!("{}#row={}", self.table, self.row))
    }

    /// The column: `cities.csv#col=9`.
    pub fn column_iri(&self) -> Option<NamedNode> {
        let column = self.column?;
        Some(NamedNode::new_unchecked(format!(
            "{}#col={column}",
            self.table
        )))
    }

    /// The cell: `cities.csv#cell=3,9`.
    pub fn cell_iri(&self) -> Option<NamedNode> {
        let column = self.column?;
        Some(NamedNode::new_unchecked(format!(
            "{}#cell={},{column}",
            self.table, self.row
        )))
    }
}

/// A quad of the build, and what made it.
#[derive(Debug)]
struct TracedQuad {
    quad: Quad,
    origin: Fragment,
}

/// Leads triples of a build back to the tables that it keeps.
///
/// An index says which rows to read; large tables have it in a file beside the builds, and nothing else is
/// stored.
#[derive(Debug)]
pub struct Tracer {
    tables: ProjectTables,
    build: Arc<Build>,
    state: Mutex<TracerState>,
}

#[derive(Debug)]
struct TracerState {
    index: SubjectIndex,
    known: HashMap<String, Arc<[TracedQuad]>>,
    /// Whether all subjects are known.
    complete: bool,
    /// What claims make out of other cells, by subject; found out when a triple is from no cell.
    claimed: Option<HashMap<String, Vec<TracedQuad>>>,
}

impl Tracer {
    /// Reads the metadata that a build keeps and finds or makes the index of its tables, in the folder
    /// `cache`.
    ///
    /// # Errors
    /// The build does not keep its inputs, or they cannot be read.
    pub fn open(build: &Arc<Build>, cache: &Path) -> Result<Self, StoreError> {
        let torn = || {
            let message = "the build does not keep the tables that it was made from";
            StoreError::new(Code::TornBuild, build.folder(), message)
                .with_hint(HintAction::BuildAgain)
        };
        let unread = |error| StoreError::io(build.folder(), "read the tables", error);
        let project = build.inputs().ok_or_else(torn)?;
        let source = ProjectSource::open(&project)?;
        // The build was made from the same bytes, so there is nothing wrong with them.
        let mut silent = Diagnostics::new(ReadingMode::Convert);
        let tables = ProjectTables::load(source, &mut silent).ok_or_else(torn)?;
        let index = SubjectIndex::for_many(&tables.plan, &tables.source, cache).map_err(unread)?;
        Ok(Self {
            tables,
            build: Arc::clone(build),
            state: Mutex::new(TracerState {
                index,
                known: HashMap::new(),
                complete: false,
                claimed: None,
            }),
        })
    }

    /// Reads all tables at once, for those who are about to ask about most of their subjects. Memory grows with the
    /// tables.
    ///
    /// # Errors
    /// A table cannot be read.
    #[cfg(feature = "serve")]
    pub(crate) fn read_all(&self) -> io::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let tables = self.tables.get();
        let quads = all(tables)?;
        let mut known: HashMap<String, Vec<TracedQuad>> = HashMap::new();
        for made in state.locate(tables, quads, None)? {
            if let NamedOrBlankNode::NamedNode(subject) = &made.quad.subject {
                let subject = subject.as_str().to_owned();
                known.entry(subject).or_default().push(made);
            }
        }
        let known = known.into_iter();
        state.known = known
            .map(|(subject, made)| (subject, made.into()))
            .collect();
        state.complete = true;
        Ok(())
    }

    /// What made a triple, in the order of tables and rows: nothing where it is not from a table, several
    /// where several cells say the same. With a graph, only what the
    /// tables put into that graph counts.
    ///
    /// # Errors
    /// A table cannot be read.
    pub fn origins(
        &self,
        subject: &NamedNode,
        predicate: &NamedNode,
        object: &Term,
        graph: Option<&NamedNode>,
    ) -> io::Result<Vec<Fragment>> {
        // A panic elsewhere leaves nothing half done in here.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let made = match state.known.get(subject.as_str()) {
            Some(made) => Arc::clone(made),
            None if state.complete => Arc::default(),
            None => {
                let made: Arc<[TracedQuad]> = state.read(self.tables.get(), subject)?.into();
                if state.known.len() >= KEPT {
                    state.known.clear();
                }
                let key = subject.as_str().to_owned();
                state.known.insert(key, Arc::clone(&made));
                made
            }
        };
        let mut origins = self.matching(&made, predicate, object, graph)?;
        if origins.is_empty() {
            let claimed = state.claimed(self.tables.get())?;
            if let Some(made) = claimed.get(subject.as_str()) {
                origins = self.matching(made, predicate, object, graph)?;
            }
        }
        Ok(origins)
    }

    fn matching(
        &self,
        made: &[TracedQuad],
        predicate: &NamedNode,
        object: &Term,
        graph: Option<&NamedNode>,
    ) -> io::Result<Vec<Fragment>> {
        let exact = self.with_object(made, predicate, graph, |found| found == object)?;
        if !exact.is_empty() || !matches!(object, Term::Literal(_)) {
            return Ok(exact);
        }
        // A function of a query gets the value of a number or date, and not how it is written.
        self.with_object(made, predicate, graph, |found| computed(found) == *object)
    }

    fn with_object(
        &self,
        made: &[TracedQuad],
        predicate: &NamedNode,
        graph: Option<&NamedNode>,
        is_object: impl Fn(&Term) -> bool,
    ) -> io::Result<Vec<Fragment>> {
        let mut origins: Vec<Fragment> = Vec::new();
        for TracedQuad { quad, origin } in made {
            if quad.predicate == *predicate
                && is_object(&quad.object)
                && self.is_in(quad, graph)?
                && !origins.contains(origin)
            {
                origins.push(origin.clone());
            }
        }
        Ok(origins)
    }

    /// Whether a quad is meant by a graph: it is from there, or it was moved there because it
    /// contradicts another one.
    fn is_in(&self, quad: &Quad, graph: Option<&NamedNode>) -> io::Result<bool> {
        let Some(graph) = graph else { return Ok(true) };
        if quad.graph_name.as_ref() == graph.as_ref().into() {
            return Ok(true);
        }
        let store = self.build.index();
        let mut moved = quad.clone();
        moved.graph_name = graph.clone().into();
        let here = |quad: &Quad| store.contains(quad.as_ref()).map_err(io::Error::other);
        Ok(!here(quad)? && here(&moved)?)
    }
}

/// The quads of all rows, in the order of tables and rows.
#[cfg(feature = "serve")]
fn all(tables: Tables<'_>) -> io::Result<Vec<(Quad, convert::Origin)>> {
    let mut all = CollectSink::default();
    // The build was made from the same bytes, so there is nothing wrong with them.
    let mut silent = Diagnostics::new(ReadingMode::Convert);
    let options = Options::default();
    convert::run(
        tables.plan,
        tables.resolver,
        &options,
        &mut all,
        &mut silent,
    )?;
    all.quads.retain(|(_, origin)| origin.row > 0);
    Ok(all.quads)
}

/// A term as it comes out of the functions of SPARQL: `"007"^^xsd:int` is `"7"^^xsd:integer` there.
fn computed(term: &Term) -> Term {
    spareval::ExpressionTerm::from(term.clone()).into()
}

impl TracerState {
    fn claimed(&mut self, tables: Tables<'_>) -> io::Result<&HashMap<String, Vec<TracedQuad>>> {
        if self.claimed.is_none() {
            let quads = claimed(tables)?
                .into_iter()
                .map(|found| (found.quad, found.origin))
                .collect();
            let mut by_subject: HashMap<String, Vec<TracedQuad>> = HashMap::new();
            for made in self.locate(tables, quads, None)? {
                if let NamedOrBlankNode::NamedNode(subject) = &made.quad.subject {
                    let subject = subject.as_str().to_owned();
                    by_subject.entry(subject).or_default().push(made);
                }
            }
            self.claimed = Some(by_subject);
        }
        Ok(self.claimed.get_or_insert_default())
    }

    /// Every quad about a subject, in the order of tables and rows.
    fn read(&mut self, tables: Tables<'_>, subject: &NamedNode) -> io::Result<Vec<TracedQuad>> {
        let Tables { plan, resolver, .. } = tables;
        let candidates = self.index.candidates(subject.as_str())?;
        let mut splits = NearbySplits::new();
        let mut quads = Vec::new();
        for candidate in candidates {
            let table = candidate.table;
            let row = convert::row(
                plan,
                TableId::new(table),
                resolver,
                candidate.row,
                Some(&candidate.split),
            )?;
            let before = quads.len();
            quads.extend(row.into_iter().filter(|(quad, origin)| {
                origin.row > 0
                    && matches!(&quad.subject, NamedOrBlankNode::NamedNode(node) if node == subject)
            }));
            let splits = splits.entry(table).or_default();
            if quads.len() > before && !splits.contains(&candidate.split) {
                splits.push(candidate.split);
            }
        }
        self.locate(tables, quads, Some(&splits))
    }

    /// Finds out what the files call the rows and columns of quads. Reads some splits, or all tables.
    fn locate(
        &mut self,
        tables: Tables<'_>,
        quads: Vec<(Quad, convert::Origin)>,
        near: Option<&NearbySplits>,
    ) -> io::Result<Vec<TracedQuad>> {
        let Tables { plan, resolver, .. } = tables;
        let mut numbers: HashMap<(usize, u64), Vec<(u64, u64)>> = HashMap::new();
        for (_, origin) in &quads {
            let Some(table) = origin.table.map(TableId::index) else {
                continue;
            };
            numbers.entry((table, origin.row)).or_default();
        }
        let tables: BTreeSet<usize> = numbers.keys().map(|(table, _)| *table).collect();
        for table in tables {
            let Some(table_plan) = plan.tables.get(table) else {
                continue;
            };
            let splits = near.map(|near| near.get(&table).map_or(&[][..], Vec::as_slice));
            crate::claims::read_rows(table_plan, resolver, splits, |number, row| {
                if let Some(wanted) = numbers.get_mut(&(table, number)) {
                    *wanted = row()
                        .places
                        .iter()
                        .filter_map(|place| place.cell.as_ref())
                        .map(|cell| (cell.record, u64::from(cell.column_index) + 1))
                        .collect();
                }
            })?;
        }
        let mut made = Vec::with_capacity(quads.len());
        for (quad, origin) in quads {
            let Some(table) = origin.table.map(TableId::index) else {
                continue;
            };
            let cells = numbers.get(&(table, origin.row));
            let (Some(table_plan), Some(cells)) = (plan.tables.get(table), cells) else {
                continue;
            };
            let column = origin.column.map(ColumnId::index);
            let column = column.and_then(|column| cells.get(column));
            let Some((row, _)) = cells.first() else {
                continue;
            };
            let url = table_plan.url.split('#').next().unwrap_or_default();
            made.push(TracedQuad {
                quad,
                origin: Fragment {
                    table: Arc::from(url),
                    row: *row,
                    column: column.map(|(_, column)| *column),
                },
            });
        }
        Ok(made)
    }
}

//! The decisions of a project, as its tables have them.

use super::cell::cell_of;
use super::{DIFFERENT, REPLACED};
use crate::claims::read_rows;
use crate::convert::{self, Origin, QuadSink};
use crate::csvw::model::{Table, TableGroup};
use crate::diagnostic::{Diagnostics, Place, ReadingMode};
use crate::plan::{ColumnId, Plan, TableId, TablePlan, TripleMap};
use crate::resource::Resolver;
use crate::tables::Tables;
use oxrdf::{GraphNameRef, NamedNode, NamedOrBlankNodeRef, QuadRef, TermRef};
use std::collections::{BTreeMap, HashMap};
use std::io;

/// All decisions of a project.
#[derive(Debug, Clone, Default)]
pub struct Merges {
    pub(super) tables: Vec<MergeTable>,
    pub(super) decisions: Vec<MergeDecision>,
}

/// A table whose rows are decisions.
#[derive(Debug, Clone)]
pub(super) struct MergeTable {
    /// Its index in the group.
    pub(super) index: usize,
    /// The columns that are its parts; tables without parts are known by what they make.
    pub(super) columns: Option<MergeColumns>,
}

/// The columns of a table of decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct MergeColumns {
    pub(super) from: Option<usize>,
    pub(super) to: Option<usize>,
    pub(super) decision: Option<usize>,
}

/// One decision about two things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeDecision {
    /// Index of its table.
    pub table: usize,
    /// Number of its row.
    pub row: u64,
    /// The thing that it is about.
    pub from: Option<NamedNode>,
    /// The thing that this one is compared with.
    pub to: Option<NamedNode>,
    /// What was decided, as the cell has it; `None` where the table has no such column.
    pub text: Option<String>,
    /// The row makes `dct:isReplacedBy` in the accepted facts.
    pub replaced: bool,
    /// The row makes `owl:differentFrom` in the accepted facts.
    pub different: bool,
    /// The places of what the decision is about, what it is compared with, and what was decided.
    pub(super) places: [Place; 3],
}

impl Merges {
    /// Reads the decisions of a group. A table that cannot be read has none; the conversion says so.
    pub fn read(tables: Tables<'_>) -> Self {
        let Tables { plan, resolver, .. } = tables;
        let mut merges = Self::default();
        for (index, (table, table_plan)) in tables.iter().enumerate() {
            let columns = MergeColumns::of(table);
            if table_plan.unread || (columns.is_none() && !makes(table_plan, REPLACED.as_str())) {
                continue;
            }
            if let Ok(decisions) = decisions(plan, index, columns.unwrap_or_default(), resolver) {
                merges.decisions.extend(decisions);
            }
            merges.tables.push(MergeTable { index, columns });
        }
        merges
    }

    /// The decisions, in the order of tables and rows.
    pub fn iter(&self) -> impl Iterator<Item = &MergeDecision> {
        self.decisions.iter()
    }

    /// Things that were merged into others, each with what it was merged into.
    pub(super) fn replaced(&self) -> BTreeMap<&NamedNode, Vec<&MergeDecision>> {
        let mut replaced: BTreeMap<&NamedNode, Vec<&MergeDecision>> = BTreeMap::new();
        for decision in self.decisions.iter().filter(|decision| decision.replaced) {
            if let (Some(from), Some(_)) = (&decision.from, &decision.to) {
                replaced.entry(from).or_default().push(decision);
            }
        }
        replaced
    }
}

impl MergeColumns {
    /// The parts that a table declares; `None` where it declares none.
    fn of(table: &Table) -> Option<Self> {
        let find = |part: &str| {
            let mut columns = table.columns.iter();
            columns.position(|column| column.extensions.part.as_deref() == Some(part))
        };
        let columns = Self {
            from: find("merge.from"),
            to: find("merge.to"),
            decision: find("merge.decision"),
        };
        (columns != Self::default()).then_some(columns)
    }
}

/// Whether some column of a table makes triples of a property.
pub(super) fn makes(plan: &TablePlan, property: &str) -> bool {
    map_of(plan, property).is_some()
}

/// What makes triples of a property.
fn map_of<'p>(plan: &'p TablePlan, property: &str) -> Option<&'p TripleMap> {
    let mut maps = plan.maps.iter();
    maps.find(|map| map.predicate.constant_iri() == Some(property))
}

/// The columns that say which things a row is about, where no parts do.
fn columns_of_map(plan: &TablePlan) -> MergeColumns {
    let map = map_of(plan, REPLACED.as_str());
    let Some((map, column)) = map.and_then(|map| Some((map, map.column()?))) else {
        return MergeColumns::default();
    };
    MergeColumns {
        from: Some(cell_of(plan, Some(&map.subject), column).index()),
        to: Some(cell_of(plan, map.object.iri(), column).index()),
        decision: None,
    }
}

/// The decisions of one table.
fn decisions(
    plan: &Plan,
    table: usize,
    columns: MergeColumns,
    resolver: &dyn Resolver,
) -> io::Result<Vec<MergeDecision>> {
    let mut made = MergeRows {
        columns,
        rows: HashMap::new(),
    };
    let mut silent = Diagnostics::new(ReadingMode::Convert);
    let id = TableId::new(table);
    for split in convert::splits(plan, id, resolver, convert::CHUNK_SIZE)? {
        convert::split(plan, id, resolver, &split, &mut made, &mut silent)?;
    }
    let Some(table_plan) = plan.tables.get(table) else {
        return Ok(Vec::new());
    };
    let mut decisions = Vec::new();
    let shown = match columns {
        MergeColumns {
            from: None,
            to: None,
            decision: None,
        } => columns_of_map(table_plan),
        parts => parts,
    };
    read_rows(table_plan, resolver, None, |row, cells| {
        let cells = cells();
        let place = |column: Option<usize>| {
            let place = column.and_then(|column| cells.places.get(column));
            let place = place.or_else(|| cells.places.first());
            place.cloned().unwrap_or_default()
        };
        let text = columns.decision.map(|column| {
            let text = cells.texts.get(column).map_or("", |text| text.trim());
            let plan = table_plan.columns.get(column);
            plan.map_or(text, |plan| plan.or_default(text)).to_owned()
        });
        let of_row = made.rows.remove(&row).unwrap_or_default();
        decisions.push(MergeDecision {
            table,
            row,
            from: of_row.from,
            to: of_row.to,
            text,
            replaced: of_row.replaced,
            different: of_row.different,
            places: [shown.from, shown.to, shown.decision].map(place),
        });
    })?;
    Ok(decisions)
}

/// What the rows of a table make.
struct MergeRows {
    columns: MergeColumns,
    rows: HashMap<u64, MadeByRow>,
}

#[derive(Default)]
struct MadeByRow {
    from: Option<NamedNode>,
    to: Option<NamedNode>,
    replaced: bool,
    different: bool,
}

impl QuadSink for MergeRows {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        let is =
            |column: Option<usize>| column.is_some() && column.map(ColumnId::new) == origin.column;
        let object = match quad.object {
            TermRef::NamedNode(node) => node.into_owned(),
            _ => return,
        };
        if is(self.columns.from) {
            self.rows.entry(origin.row).or_default().from = Some(object);
        } else if is(self.columns.to) {
            self.rows.entry(origin.row).or_default().to = Some(object);
        } else if (quad.predicate == REPLACED || quad.predicate == DIFFERENT)
            && quad.graph_name == GraphNameRef::DefaultGraph
            && let NamedOrBlankNodeRef::NamedNode(subject) = quad.subject
        {
            let row = self.rows.entry(origin.row).or_default();
            row.replaced |= quad.predicate == REPLACED;
            row.different |= quad.predicate == DIFFERENT;
            row.from.get_or_insert_with(|| subject.into_owned());
            row.to.get_or_insert(object);
        }
    }
}

/// A thing as people name it: its kind and id, or its IRI.
pub(super) fn name<'n>(iri: &'n str, group: &TableGroup) -> &'n str {
    let base = group.base.as_deref().filter(|base| !base.is_empty());
    base.and_then(|base| iri.strip_prefix(base)?.strip_prefix("id/"))
        .unwrap_or(iri)
}

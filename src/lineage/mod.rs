//! Where a triple comes from: the cell that made it, the claims about that cell, the words of the sources.
//!
//! ```text
//!  pattern ─► convert::run again, through a filter ─► origin: table, row, column
//!                                                        │
//!                 file:line:column, cell, rule ◄─────────┼─────────► claims ─► evidence ─► words
//! ```
//!
//! Nothing is stored a second time: the plan and the CSV files say it. For large tables an [`SubjectIndex`]
//! tells which rows have quads about a subject, so that only those are read. Queries get there through a
//! `Tracer`. Why a triple was inferred is in the published build.

mod claimed;
mod facts;
mod filter;
mod index;
mod inferred;
mod other_triples;
mod reason;
mod state;
mod tracer;

pub use claimed::claimed;
pub use facts::ProjectFacts;
pub use filter::{QuadMatch, QuadPattern};
pub use index::{CandidateRow, SubjectIndex, folder};
pub use inferred::{InferredTriple, Premise, inferred};
pub use other_triples::{OtherTriple, TripleAuthor, ontology, records};
pub use reason::{
    ExplainedInference, NotStated, PatternMatches, Publication, Reason, claim_json, parse_object,
    place_text,
};
pub use state::changed;
pub use tracer::{Fragment, Tracer};

use crate::claims::{Claim, Claims, Spans};
use crate::convert::{self, Options};
use crate::diagnostic::{Diagnostics, Place, ReadingMode};
use crate::plan::{ColumnId, Plan, TableId, TablePlan, Template};
use crate::resource::Resolver;
pub use crate::tables::NearbySplits;
use crate::tables::RowCells;
use crate::tables::Tables;
use oxrdf::Quad;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// How a quad was made.
#[derive(Debug, Clone)]
pub struct Lineage<'c> {
    /// The quad.
    pub quad: Quad,
    /// Index of the table.
    pub table: usize,
    /// Number of the data row from 1; 0 for quads about the table itself.
    pub row: u64,
    /// The place of the cell; of the row's first cell where no cell of the file made it.
    pub place: Place,
    /// The column whose cell made it, and the text of that cell; virtual columns have no text.
    pub cell: Option<(String, Option<String>)>,
    /// The columns that templates of the rule read, with their texts.
    pub read: Vec<(String, String)>,
    /// The property or template of the metadata that says so, and where it is there.
    pub rule: Option<(String, Place)>,
    /// The claims about that cell; the claim itself, where it states the value.
    pub claims: Vec<&'c Claim>,
}

/// Finds every quad that the cells of a project make and a pattern matches, in the order of tables
/// and rows. With an index only the rows that it names are read.
///
/// # Errors
/// A table cannot be read.
pub fn find(
    plan: &Plan,
    resolver: &dyn Resolver,
    pattern: &QuadPattern,
    index: Option<&mut SubjectIndex>,
) -> io::Result<LineageMatches> {
    let mut sink = filter::FilterSink::new(pattern.clone());
    // `check` reports what is wrong with the tables; here only matches count.
    let mut silent = Diagnostics::new(ReadingMode::Convert);
    let mut near: Option<NearbySplits> = None;
    match index {
        None => {
            convert::run(plan, resolver, &Options::default(), &mut sink, &mut silent)?;
        }
        Some(index) => {
            let near = near.get_or_insert_default();
            for candidate in index.candidates(pattern.subject.as_str())? {
                let quads = convert::row(
                    plan,
                    TableId::new(candidate.table),
                    resolver,
                    candidate.row,
                    Some(&candidate.split),
                )?;
                sink.take(quads);
                let splits = near.entry(candidate.table).or_default();
                if !splits.contains(&candidate.split) {
                    splits.push(candidate.split);
                }
            }
        }
    }
    Ok(LineageMatches {
        matches: sink.matches,
        near,
    })
}

/// What a search found.
#[derive(Debug, Clone)]
pub struct LineageMatches {
    /// The quads with their origins.
    pub matches: Vec<QuadMatch>,
    /// The splits that hold their rows; `None` where all tables were read.
    pub near: Option<NearbySplits>,
}

/// Explains what was found. `claims` need not be more than those about the rows that were found.
///
/// # Errors
/// A table cannot be read.
pub fn explain<'c>(
    tables: Tables<'_>,
    claims: &'c Claims,
    found: LineageMatches,
) -> io::Result<Vec<Lineage<'c>>> {
    let Tables {
        group,
        plan,
        resolver,
    } = tables;
    let LineageMatches { matches, near } = found;
    let mut explained = Vec::with_capacity(matches.len());
    let mut cells = SourceCells::default();
    for found in &matches {
        cells.want(found);
    }
    cells.read(plan, resolver, near.as_ref())?;
    for QuadMatch {
        quad,
        origin,
        by_claim,
        place: place_in_cell,
    } in matches
    {
        let Some((id, table_plan)) = origin.table.and_then(|id| Some((id, plan.table(id)?))) else {
            continue;
        };
        let table = id.index();
        let column = origin
            .column
            .map(ColumnId::index)
            .filter(|&column| column < table_plan.columns.len());
        let row = cells.get(table, origin.row);
        let text = |column: usize| row.and_then(|row| row.texts.get(column)).cloned();
        let place = row
            .and_then(|row| {
                row.places
                    .get(column.unwrap_or(0))
                    .or_else(|| row.places.first())
            })
            .cloned()
            .unwrap_or_default();
        let name = |column: usize| {
            table_plan
                .columns
                .get(column)
                .map_or_else(String::new, |column| column.name.clone())
        };
        let described = group.tables.get(table).and_then(|table| {
            let column = table.columns.get(column?)?;
            let says = match (&column.property_url, &column.value_url) {
                _ if by_claim => format!("part {}", column.extensions.part.as_deref()?),
                (property, Some(value)) => format!(
                    "propertyUrl {}, valueUrl {value}",
                    property.as_deref().unwrap_or(&column.name)
                ),
                (Some(property), None) => format!("propertyUrl {property}"),
                (None, None) => format!("name {}", column.name),
            };
            Some((says, column.place.clone()))
        });
        explained.push(Lineage {
            table,
            row: origin.row,
            place,
            cell: column.map(|column| (name(column), text(column))),
            read: column.map_or_else(Vec::new, |column| {
                columns_read(table_plan, column)
                    .into_iter()
                    .filter(|&other| other != column)
                    .filter_map(|other| Some((name(other), text(other)?)))
                    .collect()
            }),
            rule: described,
            claims: claims
                .iter()
                .filter(|claim| {
                    claim.table == table
                        && claim.target_row == origin.row
                        && Some(claim.column) == column
                        && place_in_cell.is_none_or(|place| claim.is_about(plan, place))
                        || claim.row == origin.row
                            && column.is_some_and(|column| claims.is_stated(table, column))
                })
                .collect(),
            quad,
        });
    }
    Ok(explained)
}

/// The words of a claim's evidence, as far as its documents are available.
pub fn words<'s>(
    claim: &Claim,
    spans: &'s Spans,
) -> Vec<(&'s crate::claims::Span, Option<&'s str>)> {
    claim
        .evidence
        .iter()
        .filter_map(|id| spans.get(id))
        .map(|span| (span, spans.words(span)))
        .collect()
}

/// The columns that the templates of a column's subject, predicate and object read.
fn columns_read(table: &TablePlan, column: usize) -> Vec<usize> {
    let mut read = Vec::new();
    for map in table.maps_of(ColumnId::new(column)) {
        let terms = [&map.subject, &map.predicate, map.object.term()];
        let templates = terms.into_iter().filter_map(|term| table.template_of(term));
        for column in templates.flat_map(Template::columns).map(ColumnId::index) {
            if !read.contains(&column) {
                read.push(column);
            }
        }
    }
    read
}

/// The rows that matches come from, read once more for their texts and places.
#[derive(Default)]
struct SourceCells {
    rows: BTreeMap<(usize, u64), Option<RowCells>>,
}

impl SourceCells {
    fn want(&mut self, found: &QuadMatch) {
        if found.origin.row > 0
            && let Some(table) = found.origin.table
        {
            self.rows
                .entry((table.index(), found.origin.row))
                .or_default();
        }
    }

    fn read(
        &mut self,
        plan: &Plan,
        resolver: &dyn Resolver,
        near: Option<&NearbySplits>,
    ) -> io::Result<()> {
        let tables: BTreeSet<usize> = self.rows.keys().map(|(table, _)| *table).collect();
        for table in tables {
            let Some(table_plan) = plan.tables.get(table) else {
                continue;
            };
            let splits = near.map(|near| near.get(&table).map_or(&[][..], Vec::as_slice));
            crate::claims::read_rows(table_plan, resolver, splits, |number, row| {
                if let Some(wanted) = self.rows.get_mut(&(table, number)) {
                    *wanted = Some(row());
                }
            })?;
        }
        Ok(())
    }

    fn get(&self, table: usize, row: u64) -> Option<&RowCells> {
        self.rows.get(&(table, row))?.as_ref()
    }
}

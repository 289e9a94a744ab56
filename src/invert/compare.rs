//! The proof: the tables that were written give the graph that they were written from.

use super::graph::IndexedQuads;
use crate::convert::{self, CollectSink, Options};
use crate::csvw::model::TableGroup;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, ReadingMode};
use crate::plan::{ColumnId, Plan, TableId};
use crate::resource::{ResolveError, Resolver, Resource};
use crate::tables::Tables;
use oxrdf::vocab::{rdf, rdfs};
use oxrdf::{GraphName, Quad, Term};
use std::collections::{BTreeMap, HashSet};
use std::io;
use std::sync::Arc;

/// Converts tables that were written and reports each predicate whose triples are not those of the
/// graph.
pub(super) fn compare(
    tables: Tables<'_>,
    graph: &IndexedQuads,
    written: &[(usize, Arc<[u8]>)],
    diagnostics: &mut Diagnostics,
) -> io::Result<()> {
    let Tables { group, plan, .. } = tables;
    let resolver = WrittenTables {
        plan,
        tables: written,
    };
    let mut sink = CollectSink::default();
    let mut silent = Diagnostics::new(ReadingMode::Convert);
    convert::run(plan, &resolver, &Options::default(), &mut sink, &mut silent)?;
    let made: HashSet<String> = sink
        .quads
        .iter()
        .filter_map(|(quad, _)| triple(quad))
        .collect();
    let there: HashSet<String> = graph.all().filter_map(triple).collect();

    let mut missing: BTreeMap<&str, (u64, &Quad)> = BTreeMap::new();
    for quad in graph.quads() {
        let reified = graph.claims() == Some(&quad.graph_name) && is_about_claims(quad);
        if !reified
            && !graph.is_foreign(quad)
            && !is_of_classes(quad)
            && triple(quad).is_some_and(|triple| !made.contains(&triple))
        {
            let entry = missing.entry(quad.predicate.as_str());
            entry.or_insert((0, quad)).0 += 1;
        }
    }
    for (predicate, (count, example)) in missing {
        diagnostics.push(
            Diagnostic::new(
                Code::InverseDiffers,
                place(group),
                format!("the graph has {count} triples with <{predicate}> that no row makes"),
            )
            .with_found(example.to_string()),
        );
    }
    let mut surplus: BTreeMap<_, (u64, &Quad)> = BTreeMap::new();
    for (quad, origin) in &sink.quads {
        if triple(quad).is_some_and(|triple| !there.contains(&triple)) {
            let entry = surplus.entry((origin.table, origin.column));
            entry.or_insert((0, quad)).0 += 1;
        }
    }
    for ((table, column), (count, example)) in surplus {
        let table = table.and_then(|id: TableId| group.tables.get(id.index()));
        let place = table.map_or_else(
            || place(group),
            |table| match column.and_then(|id: ColumnId| table.columns.get(id.index())) {
                Some(column) => column.place.clone(),
                None => table.place.clone(),
            },
        );
        let message = format!("rows would make {count} triples here that the graph has not");
        diagnostics.push(
            Diagnostic::new(Code::InverseDiffers, place, message).with_found(example.to_string()),
        );
    }
    Ok(())
}

/// Whether a quad of the graph of claims says what a claim is about: no cell makes it.
fn is_about_claims(quad: &Quad) -> bool {
    let predicate = quad.predicate.as_str();
    [rdf::SUBJECT, rdf::PREDICATE, rdf::OBJECT].contains(&quad.predicate.as_ref())
        || predicate.ends_with("#conflictsWith")
        || predicate == "http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies"
}

/// Whether a quad is of the order of classes, which a build puts beside the facts: no cell makes it.
fn is_of_classes(quad: &Quad) -> bool {
    quad.predicate == rdfs::SUB_CLASS_OF && quad.graph_name == GraphName::DefaultGraph
}

/// A quad without its graph, as a key; blank nodes have no names to compare.
fn triple(quad: &Quad) -> Option<String> {
    if quad.subject.is_blank_node() || quad.object.is_blank_node() {
        return None;
    }
    // Tags are compared without regard to case.
    let object = match &quad.object {
        Term::Literal(literal) if literal.language().is_some() => format!(
            "\"{}\"@{}",
            literal.value(),
            literal.language().unwrap_or_default().to_ascii_lowercase()
        ),
        object => object.to_string(),
    };
    Some(format!("{} {} {object}", quad.subject, quad.predicate))
}

fn place(group: &TableGroup) -> Place {
    group.tables.first().map_or_else(
        || Place::file(""),
        |table| Place::file(table.place.file.clone()),
    )
}

/// The bytes of some tables, under their URLs.
pub(super) struct WrittenTables<'a> {
    pub(super) plan: &'a Plan,
    /// Each with its index in the plan.
    pub(super) tables: &'a [(usize, Arc<[u8]>)],
}

impl Resolver for WrittenTables<'_> {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        self.tables
            .iter()
            .find(|(index, _)| {
                self.plan
                    .tables
                    .get(*index)
                    .is_some_and(|table| table.url == url)
            })
            .map(|(_, bytes)| Resource::of_bytes(url, Arc::clone(bytes)))
            .ok_or(ResolveError::NotFound)
    }
}

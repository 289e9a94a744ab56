//! Claims as RDF: the reification of the triples that their cells yield.

use super::claim::Claim;
use super::name::table_name;
use super::read::Claims;
use super::roles::ClaimColumns;
use super::sink::{ClaimSink, ClaimedQuads};
use super::stated::StatedRows;
use crate::convert::Origin;
use crate::csvw::model::TableGroup;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::plan::{ColumnId, ObjectMap, Plan, TableId, TermMap};
use crate::tables::Tables;
use oxrdf::vocab::rdf;
use oxrdf::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use std::collections::HashMap;
use std::ops::Range;

/// Own terms of this namespace where the project declares no base of its own.
const BASE: &str = "https://w3id.org/civigraph/";

impl Claims {
    /// The graph of claims: the constant graph of the claims table, or `{base}graph/claims`.
    pub fn graph(&self, group: &TableGroup) -> Option<NamedNode> {
        let table = group.tables.get(self.columns?.table)?;
        match &table.extensions.graph {
            Some(graph) if !graph.contains('{') => NamedNode::new(graph.as_str()).ok(),
            _ => NamedNode::new(format!("{}graph/claims", base(group))).ok(),
        }
    }

    /// The quads that the conversion itself cannot make: what each claim is about, which claims
    /// contradict each other, and the values that a curator ranked above their cells.
    ///
    /// `sink` is the one that the conversion went through. A claim about a cell that yields nothing
    /// is a diagnostic at that claim.
    pub fn quads<S>(
        &self,
        tables: Tables<'_>,
        sink: &ClaimSink<S>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Quad> {
        let mut quads = self.made(tables, sink, diagnostics);
        quads.retain(|made| made.in_build);
        quads.into_iter().map(|made| made.quad).collect()
    }

    /// The quads of [`quads`](Self::quads), each with the cell of the claims table that made it; and with
    /// them the values that claims state and nobody asserts.
    pub(crate) fn made<S>(
        &self,
        tables: Tables<'_>,
        sink: &ClaimSink<S>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<MadeByClaim> {
        let Tables {
            group,
            plan,
            resolver,
        } = tables;
        let (Some(graph), Some(columns)) = (self.graph(group), &self.columns) else {
            return Vec::new();
        };
        let graph = GraphName::from(graph);
        let mut quads = Vec::new();
        let stating = StatedRows::new(plan, resolver);
        for claim in &self.claims {
            let about = claim.quads(&stating, &sink.claimed);
            if claim.value.is_some() {
                quads.extend(about.iter().map(|quad| MadeByClaim {
                    quad: quad.clone(),
                    origin: claim.origin(columns, columns.value),
                    in_build: false,
                }));
            }
            if about.is_empty() {
                let mut message =
                    format!("claim `{}` is about a cell that yields no triple", claim.id);
                if let Some(table) = group.tables.get(claim.table)
                    && let Some(column) = table.columns.get(claim.column)
                {
                    message.push_str(&format!(
                        ": `{}` of row `{}` in table `{}`",
                        column.name,
                        claim.key,
                        table_name(group, claim.table),
                    ));
                }
                diagnostics.push(
                    Diagnostic::new(Code::ClaimNothing, claim.place.clone(), message)
                        .with_hint(
                            "fill that cell, or let the claim be about another one; what no source states is a row \
                             of its own, in a table of gaps",
                        ),
                );
                continue;
            }
            let Some(subject) = sink.subjects.get(&claim.row) else {
                continue;
            };
            reify(claim, columns, subject, &about, &graph, &mut quads);
        }
        self.link(group, columns, &sink.subjects, &graph, &mut quads);
        self.assert_preferred(columns, &stating, &sink.claimed, &mut quads);
        quads
    }

    /// Links the claims of sides that contradict each other, both ways.
    fn link(
        &self,
        group: &TableGroup,
        columns: &ClaimColumns,
        subjects: &HashMap<u64, NamedOrBlankNode>,
        graph: &GraphName,
        quads: &mut Vec<MadeByClaim>,
    ) {
        let predicate = NamedNode::new_unchecked(format!("{}ns#conflictsWith", base(group)));
        let subject = |&index: &usize| {
            let claim = self.claims.get(index)?;
            Some((claim, subjects.get(&claim.row)?))
        };
        for conflict in &self.conflicts {
            for one in &conflict.sides {
                for other in one.against.iter().filter_map(|&at| conflict.sides.get(at)) {
                    for (claim, one) in one.claims.iter().filter_map(subject) {
                        for (_, other) in other.claims.iter().filter_map(subject) {
                            quads.push(MadeByClaim {
                                quad: Quad::new(
                                    one.clone(),
                                    predicate.clone(),
                                    other.clone(),
                                    graph.clone(),
                                ),
                                origin: claim.origin(columns, None),
                                in_build: true,
                            });
                        }
                    }
                }
            }
        }
    }

    /// Asserts the stated values that were ranked above what is in their cells.
    fn assert_preferred(
        &self,
        columns: &ClaimColumns,
        stating: &StatedRows<'_>,
        claimed: &ClaimedQuads,
        quads: &mut Vec<MadeByClaim>,
    ) {
        for conflict in self.conflicts.iter().filter(|conflict| !conflict.rows) {
            let winner = conflict
                .sides
                .iter()
                .find(|side| side.asserted && !self.holds_cell(side))
                .and_then(|side| side.claims.first())
                .and_then(|&index| self.claims.get(index));
            if let Some(claim) = winner {
                let stated = claim.quads(stating, claimed);
                quads.extend(stated.into_iter().map(|quad| MadeByClaim {
                    quad,
                    origin: claim.origin(columns, columns.value),
                    in_build: true,
                }));
            }
        }
    }
}

/// A quad that a claim made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MadeByClaim {
    pub(crate) quad: Quad,
    /// The cell of the claims table.
    pub(crate) origin: Origin,
    /// Whether the build has it: a stated value is asserted only where a curator ranked it first.
    pub(crate) in_build: bool,
}

impl Claim {
    /// A cell of the claim's own row, or the row where there is no such column.
    fn origin(&self, columns: &ClaimColumns, column: Option<usize>) -> Origin {
        Origin {
            table: Some(TableId::new(columns.table)),
            row: self.row,
            line: self.place.line,
            column: column.map(ColumnId::new),
        }
    }

    /// Whether the claim is about one of the quads of its cell, given by its place among them.
    pub(crate) fn is_about(&self, plan: &Plan, place: usize) -> bool {
        match (self.item, step(self, plan)) {
            (Some(item), Some(step)) => place == item * step + step - 1,
            _ => true,
        }
    }

    /// The quads that the claim is about: those of its cell, or of its stated value put into the cell.
    fn quads(&self, stating: &StatedRows<'_>, claimed: &ClaimedQuads) -> Vec<Quad> {
        let (table, column) = (TableId::new(self.table), ColumnId::new(self.column));
        let key = (table, self.target_row, column);
        let (quads, items) = match (&self.value, &self.target) {
            (Some(value), Some(target)) => stating.quads(self, value, target),
            _ => {
                let of_cell = claimed.get(&key).cloned().unwrap_or_default();
                (of_cell, self.item.map(|item| item..item + 1))
            }
        };
        match items {
            Some(items) => of_items(self, stating.plan(), quads, items),
            None => quads,
        }
    }
}

/// Those of the quads of a list cell that some of its items make.
fn of_items(claim: &Claim, plan: &Plan, quads: Vec<Quad>, items: Range<usize>) -> Vec<Quad> {
    let Some(step) = step(claim, plan) else {
        return quads;
    };
    quads
        .into_iter()
        .skip(step - 1)
        .step_by(step)
        .skip(items.start)
        .take(items.len())
        .collect()
}

/// How many quads an item of a claim's list cell makes; `None` where the whole list makes one.
fn step(claim: &Claim, plan: &Plan) -> Option<usize> {
    let table = plan.tables.get(claim.table);
    let map = table.and_then(|table| table.maps_of(ColumnId::new(claim.column)).next());
    match map.map(|map| &map.object) {
        // First the list itself, then a first and a rest of each node.
        Some(ObjectMap::List(_)) => Some(2),
        // One IRI is made of the whole list.
        Some(ObjectMap::Terms(TermMap::Constant(_))) => None,
        Some(ObjectMap::Terms(TermMap::Iri(expansion))) if expansion.each.is_none() => None,
        Some(ObjectMap::Terms(_)) | None => Some(1),
    }
}

/// Says what a claim is about. All quads of a cell have one subject and one predicate; a list has
/// several objects.
fn reify(
    claim: &Claim,
    columns: &ClaimColumns,
    node: &NamedOrBlankNode,
    about: &[Quad],
    graph: &GraphName,
    quads: &mut Vec<MadeByClaim>,
) {
    let Some(first) = about.first() else { return };
    let mut add = |predicate: NamedNodeRef<'_>, object: Term, column: usize| {
        quads.push(MadeByClaim {
            quad: Quad::new(node.clone(), predicate.into_owned(), object, graph.clone()),
            origin: claim.origin(columns, Some(column)),
            in_build: true,
        });
    };
    let value = columns.value.filter(|_| claim.value.is_some());
    let item = columns.item.filter(|_| claim.item.is_some());
    let object = value.or(item).unwrap_or(columns.column);
    add(rdf::SUBJECT, first.subject.clone().into(), columns.row);
    let predicate = first.predicate.clone().into();
    add(rdf::PREDICATE, predicate, columns.column);
    for quad in about {
        if quad.subject == first.subject && quad.predicate == first.predicate {
            add(rdf::OBJECT, quad.object.clone(), object);
        }
    }
    if claim.value.is_none() || claim.item.is_some() {
        return;
    }
    // A list that is stated is nowhere else.
    let list = about
        .iter()
        .filter(|quad| quad.subject != first.subject && quad.subject.is_blank_node());
    quads.extend(list.map(|quad| MadeByClaim {
        quad: Quad {
            graph_name: graph.clone(),
            ..quad.clone()
        },
        origin: claim.origin(columns, Some(object)),
        in_build: true,
    }));
}

fn base(group: &TableGroup) -> &str {
    group.base.as_deref().unwrap_or(BASE)
}

//! What a mapping loses, found before any row is read.

use super::cell::CellWriter;
use super::matching::is_readable;
use super::rule::{InvertedMap, IriSource};
use super::table::{anchor, remaining};
use crate::csvw::model::Table;
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::{
    ColumnId, Plan, TablePlan, Template, TemplateId, TemplatePart, TermMap, Test, TripleMap,
    ValueSource,
};
use std::collections::BTreeSet;

/// Everything that is in the way of writing a table back from its graph.
pub(super) fn check(plan: &Plan, index: usize, table: &Table) -> Vec<Diagnostic> {
    let Some(table_plan) = plan.tables.get(index) else {
        return Vec::new();
    };
    let whole = |message: &str| {
        vec![Diagnostic::new(
            Code::InverseRows,
            table.place.clone(),
            format!("`{}` cannot be written back: {message}", stem(&table.url)),
        )]
    };
    if table_plan.suppress_output {
        return whole("`suppressOutput` keeps it out of the graph");
    }
    if table.dialect.header_row_count > 1 || table.dialect.skip_rows > 0 {
        return whole("the graph does not hold the lines before its data");
    }
    if table.dialect.skip_columns > 0 {
        return whole("the graph does not hold the columns that its dialect skips");
    }
    let Some((anchor, _)) = anchor(plan, index) else {
        return if table.primary_key.is_empty() {
            whole("without a primary key nothing in the graph tells its rows and their order")
        } else {
            whole(
                "no `aboutUrl` holds the primary key so that it can be read from it, with a triple \
                 that no other table makes",
            )
        };
    };
    let mut problems = Vec::new();
    let known = reach(table_plan, anchor);
    for (id, plan) in table_plan.columns() {
        if plan.virtual_column {
            continue;
        }
        let column = id.index();
        let name = &plan.name;
        if !known.contains(&id) {
            problems.push(
                super::column_problem(
                    Code::InverseColumn,
                    table,
                    column,
                    format!("the graph does not hold the column `{name}`"),
                )
                .with_hint(
                    "let it yield a triple about the row, or use it in a template that does",
                ),
            );
        } else if let Some(loss) = CellWriter::new(plan).loss() {
            problems.push(super::column_problem(
                Code::InverseForm,
                table,
                column,
                format!("the graph does not hold how the column `{name}` is written: {loss}"),
            ));
        } else if conditional(table_plan, id) {
            problems.push(super::column_problem(
                Code::InverseColumn,
                table,
                column,
                format!(
                    "the graph holds the column `{name}` only in rows where its `when` is true"
                ),
            ));
        }
    }
    problems
}

/// Whether a column's only triple depends on a condition on other columns.
fn conditional(plan: &TablePlan, column: ColumnId) -> bool {
    let Some(map) = plan.maps_of(column).next() else {
        return false;
    };
    !map.stated().all(|test| *test == Test::Present(column))
        && !plan
            .maps
            .iter()
            .filter(|other| other.column() != Some(column))
            .any(|other| slots(plan, other).any(|slot| *slot == ValueSource::Column(column)))
}

/// The slots of all templates of a triple map, save those of texts, which do not tell their parts apart.
fn slots<'p>(plan: &'p TablePlan, map: &'p TripleMap) -> impl Iterator<Item = &'p ValueSource> {
    let terms = map
        .terms()
        .filter(|term| !matches!(term, TermMap::Literal(_)));
    terms.flat_map(|term| plan.slots(term))
}

/// The columns that can be found, starting from a row's subject, whatever the graph holds.
fn reach(plan: &TablePlan, anchor: TemplateId) -> BTreeSet<ColumnId> {
    let rules = InvertedMap::all(plan);
    let columns = |made: Option<IriSource<'_>>| -> Vec<ColumnId> {
        let template = made.and_then(IriSource::template).into_iter();
        template.flat_map(Template::columns).collect()
    };
    // Columns whose values can be read from an expansion.
    let readable = |made: Option<IriSource<'_>>| -> Vec<ColumnId> {
        let template = made.and_then(IriSource::template).into_iter();
        let parts = template.flat_map(|template| &template.parts);
        parts
            .filter_map(|part| match part {
                TemplatePart::Expression(expression) if is_readable(expression) => {
                    match expression.variables.first()?.slot {
                        ValueSource::Column(column) => Some(column),
                        _ => None,
                    }
                }
                _ => None,
            })
            .collect()
    };
    let anchor = plan.template(anchor).into_iter();
    let mut known: BTreeSet<ColumnId> = anchor.flat_map(Template::columns).collect();
    let file = plan.file_columns();
    loop {
        let before = known.len();
        for rule in &rules {
            if rule.subject.is_none() {
                continue;
            }
            let (subject, object) = (rule.subject, rule.iri());
            let all = |made: Option<IriSource<'_>>| {
                columns(made)
                    .iter()
                    .all(|column| column.index() >= file || known.contains(column))
            };
            let forward = all(subject);
            let backward = object.is_some() && all(object) && !columns(object).is_empty();
            if !forward && !backward {
                continue;
            }
            let mut found = readable(if forward { object } else { subject });
            found.extend(readable(Some(rule.predicate)));
            found.extend(readable(rule.graph));
            let column = ColumnId::new(rule.column);
            if rule.informative() && (forward || readable(subject).contains(&column)) {
                found.push(column);
            }
            known.extend(found);
        }
        for column in (0..file).map(ColumnId::new) {
            if remaining(plan, column).is_some() {
                known.insert(column);
            }
        }
        if known.len() == before {
            return known;
        }
    }
}

fn stem(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

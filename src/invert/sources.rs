//! What a mapping loses, found before any row is read.

use super::matching::is_readable;
use super::table::{anchor, informative, remaining};
use super::written::Writing;
use crate::csvw::model::Table;
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::{Object, Part, Plan, Rule, Slot, TablePlan, Test};
use std::collections::BTreeSet;

/// Everything that stands in the way of writing a table back from its graph.
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
    for (column, plan) in table_plan.columns.iter().enumerate() {
        if plan.virtual_column {
            continue;
        }
        let name = &plan.name;
        if !known.contains(&column) {
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
        } else if let Some(loss) = Writing::new(plan).loss() {
            problems.push(super::column_problem(
                Code::InverseForm,
                table,
                column,
                format!("the graph does not hold how the column `{name}` is written: {loss}"),
            ));
        } else if conditional(table_plan, column) {
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
fn conditional(plan: &TablePlan, column: usize) -> bool {
    let mut own = plan.rules.iter().filter(|rule| rule.column == column);
    let Some(rule) = own.next() else { return false };
    rule.when
        .as_ref()
        .is_some_and(|when| !when.tests.iter().all(|test| *test == Test::Present(column)))
        && !plan
            .rules
            .iter()
            .filter(|other| other.column != column)
            .any(|other| slots(plan, other).any(|slot| slot == Slot::Column(column)))
}

/// The slots of all templates of a rule.
fn slots<'p>(plan: &'p TablePlan, rule: &Rule) -> impl Iterator<Item = Slot> + 'p {
    let object = match rule.object {
        Object::Iri(template) | Object::Each(template) => Some(template),
        // A text does not tell its parts apart.
        Object::Literal(_) | Object::List(_) | Object::Text(..) => None,
    };
    [rule.subject, Some(rule.predicate), object, rule.graph]
        .into_iter()
        .flatten()
        .filter_map(|index| plan.templates.get(index))
        .flat_map(|template| template.slots().cloned())
}

/// The columns that can be found, starting from a row's subject, whatever the graph holds.
fn reach(plan: &TablePlan, anchor: usize) -> BTreeSet<usize> {
    let columns = |index: Option<usize>| -> Vec<usize> {
        let template = index.and_then(|index| plan.templates.get(index));
        let slots = template.into_iter().flat_map(|template| template.slots());
        slots
            .filter_map(|slot| match slot {
                Slot::Column(column) => Some(*column),
                _ => None,
            })
            .collect()
    };
    // Columns whose values can be read from an expansion.
    let readable = |index: Option<usize>| -> Vec<usize> {
        let template = index.and_then(|index| plan.templates.get(index));
        let parts = template.into_iter().flat_map(|template| &template.parts);
        parts
            .filter_map(|part| match part {
                Part::Expression(expression) if is_readable(expression) => {
                    match expression.variables.first()?.slot {
                        Slot::Column(column) => Some(column),
                        _ => None,
                    }
                }
                _ => None,
            })
            .collect()
    };
    let mut known: BTreeSet<usize> = columns(Some(anchor)).into_iter().collect();
    let file = plan.file_columns();
    loop {
        let before = known.len();
        for rule in &plan.rules {
            if rule.subject.is_none() {
                continue;
            }
            let object = match rule.object {
                Object::Iri(template) | Object::Each(template) => Some(template),
                Object::Literal(_) | Object::List(_) | Object::Text(..) => None,
            };
            let all = |index: Option<usize>| {
                columns(index)
                    .iter()
                    .all(|column| *column >= file || known.contains(column))
            };
            let forward = all(rule.subject);
            let backward = object.is_some() && all(object) && !columns(object).is_empty();
            if !forward && !backward {
                continue;
            }
            let mut found = readable(if forward { object } else { rule.subject });
            found.extend(readable(Some(rule.predicate)));
            found.extend(readable(rule.graph));
            if informative(plan, rule) && (forward || readable(rule.subject).contains(&rule.column))
            {
                found.push(rule.column);
            }
            known.extend(found);
        }
        for column in 0..file {
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

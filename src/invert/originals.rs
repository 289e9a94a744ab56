//! Tables that were written, against the ones that the graph was made of.
//!
//! That the same graph comes of both is not enough: a row that makes no triple, or one of two ways to
//! write a value, leaves nothing in the graph to miss.

use super::compare::WrittenTables;
use super::{WrittenTable, column_problem};
use crate::claims::read_texts;
use crate::csvw::model::Table;
use crate::datatype::DatatypeFormat;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, counted};
use crate::fmt::{self, Profile, TableLayout};
use crate::plan::{Plan, TablePlan};
use crate::resource::ResolveError;
use crate::tables::Tables;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::Arc;

/// Compares tables with the canonical form of those that the graph was made of, which the resolver finds,
/// and reports each column that the graph does not hold as it was written.
///
/// # Errors
/// A table cannot be read.
pub fn compare_with(
    tables: Tables<'_>,
    written: &[WrittenTable],
    profile: Profile,
    diagnostics: &mut Diagnostics,
) -> io::Result<()> {
    let Tables {
        group,
        plan,
        resolver,
    } = tables;
    for one in written {
        let Some(table) = group.tables.get(one.table) else {
            continue;
        };
        let original = match resolver.resolve(&table.url) {
            Ok(original) => original,
            Err(ResolveError::NotFound) => return Err(io::ErrorKind::NotFound.into()),
            Err(ResolveError::Failed(why)) => return Err(io::Error::other(why)),
        };
        match fmt::format(&original, &TableLayout::of(table), profile) {
            Ok(before) if before == one.bytes => {}
            Ok(before) => differ(table, plan, before.into(), one, diagnostics)?,
            Err(problems) => {
                for problem in problems {
                    diagnostics.push(problem);
                }
            }
        }
    }
    Ok(())
}

/// A column whose cells differ.
struct DifferingColumn {
    cells: u64,
    before: String,
    after: String,
}

/// Says in what a table differs.
fn differ(
    table: &Table,
    plan: &Plan,
    before: Arc<[u8]>,
    written: &WrittenTable,
    diagnostics: &mut Diagnostics,
) -> io::Result<()> {
    let Some(table_plan) = plan.tables.get(written.table) else {
        return Ok(());
    };
    let read = |bytes, visit: &mut dyn FnMut(u64, Vec<String>)| {
        let tables = &[(written.table, bytes)];
        read_texts(table_plan, &WrittenTables { plan, tables }, visit)
    };
    // Rows without a key have their numbers.
    let key = |number: u64, texts: &[String]| -> Vec<String> {
        if table.primary_key.is_empty() {
            return vec![number.to_string()];
        }
        let cell = |&column: &usize| texts.get(column).cloned().unwrap_or_default();
        table.primary_key.iter().map(cell).collect()
    };
    let mut after: HashMap<Vec<String>, Vec<String>> = HashMap::new();
    let bytes = Arc::from(written.bytes.as_slice());
    read(bytes, &mut |number, texts| {
        after.insert(key(number, &texts), texts);
    })?;
    let mut columns: BTreeMap<usize, DifferingColumn> = BTreeMap::new();
    let mut lost: Option<(u64, String)> = None;
    let known = table_plan.file_columns();
    read(before, &mut |number, texts| {
        let key = key(number, &texts);
        let Some(now) = after.get(&key) else {
            lost.get_or_insert_with(|| (0, key.join(", "))).0 += 1;
            return;
        };
        for column in 0..known {
            let text = |texts: &[String]| texts.get(column).cloned().unwrap_or_default();
            let (before, after) = (text(&texts), text(now));
            if before != after {
                let differing = DifferingColumn {
                    cells: 0,
                    before,
                    after,
                };
                columns.entry(column).or_insert(differing).cells += 1;
            }
        }
    })?;
    let name = crate::claims::stem(&table.url);
    if columns.is_empty() && lost.is_none() {
        diagnostics.push(
            Diagnostic::new(
                Code::InverseRows,
                table.place.clone(),
                format!(
                    "`{name}` cannot be written back: the graph has only its described columns"
                ),
            )
            .with_hint(
                "comments, and columns that the metadata does not describe, make no triples",
            ),
        );
    }
    if let Some((rows, example)) = lost {
        // What a row may lack is what might have held it.
        let columns: Vec<&str> = (0..known)
            .filter(|column| !table.primary_key.contains(column))
            .filter_map(|column| table_plan.columns.get(column))
            .filter(|column| !column.required)
            .map(|column| column.name.as_str())
            .collect();
        diagnostics.push(
            Diagnostic::new(
                Code::InverseRows,
                table.place.clone(),
                format!(
                    "`{name}` cannot be written back: the graph has no triple of {} with nothing in `{}`",
                    counted(rows, "row"),
                    columns.join("`, `")
                ),
            )
            .with_found(example)
            .with_hint("let every row make a triple, as a virtual column with its type does"),
        );
    }
    for (column, differing) in columns {
        let column_name = table_plan
            .columns
            .get(column)
            .map_or("", |column| &column.name);
        diagnostics.push(
            column_problem(
                Code::InverseForm,
                table,
                column,
                format!(
                    "the graph does not hold the written form of {} in the column `{column_name}` of `{name}`",
                    counted(differing.cells, "cell")
                ),
            )
            .with_found(differing.after)
            .with_expected(differing.before)
            .with_optional_hint(groups_at_will(table_plan, column).then(|| {
                "say which numbers have groups by a `pattern` such as `#,##0.##` in the `format`".to_owned()
            })),
        );
    }
    Ok(())
}

/// Whether the numbers of a column may have groups, and no pattern says which have.
fn groups_at_will(plan: &TablePlan, column: usize) -> bool {
    let column = plan.columns.get(column);
    column.is_some_and(|column| {
        matches!(&column.datatype.format, DatatypeFormat::Number(format) if format.pattern.is_none() && format.group.is_some())
    })
}

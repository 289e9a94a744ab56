//! The traps of the five documents come out right: `traps.tsv` says what to look at.

use super::spans::Documents;
use super::tables::Table;
use super::{lines, shared};
use std::collections::{BTreeSet, HashMap};

/// Traps of the documents.
const TRAPS: usize = 21;

#[test]
fn every_trap_comes_out_right() {
    let documents = shared("sources").map(|folder| Documents::read(&folder));
    let mut tables: HashMap<String, Table> = HashMap::new();
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for (number, fields) in lines("traps.tsv") {
        let [trap, assertion, table, row, column, expected, what] = &*fields else {
            panic!("line {number} has {} fields", fields.len());
        };
        seen.insert(trap.clone());
        let name = table;
        let table = tables
            .entry(name.clone())
            .or_insert_with(|| Table::read(name));
        let expected = expected.replace("\\u00a0", "\u{a0}");
        let holds = match assertion.as_str() {
            "cell" => table.cell(row, column) == expected,
            "item" => table
                .cell(row, column)
                .split(';')
                .any(|item| item == expected),
            "lacks" => {
                let cell = table.cell(row, column);
                !cell.is_empty() && !cell.contains(&expected)
            }
            "rows" => matching(table, row).to_string() == expected,
            "span" => documents.as_ref().is_none_or(|documents| {
                let cell = |column| table.cell(row, column);
                documents
                    .span(cell("document"), cell("start"), cell("end"))
                    .is_some_and(|span| span.contains(&expected))
            }),
            "outside" => !overlaps(table, row, column, &expected),
            "conflict" => conflict(table, row, &expected),
            other => panic!("line {number}: no assertion is called {other}"),
        };
        if !holds {
            wrong.push(format!("line {number}, trap {trap}: {what}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(seen.len(), TRAPS);
}

/// How many rows fulfil all conditions: `column=value` or `column~part`, separated by `&`.
#[track_caller]
fn matching(table: &Table, conditions: &str) -> usize {
    let holds = |id: &str, condition: &str| match condition.split_once('=') {
        Some((column, value)) if !column.contains('~') => table.cell(id, column) == value,
        _ => match condition.split_once('~') {
            Some((column, part)) => table.cell(id, column).contains(part),
            None => panic!("`{condition}` is no condition"),
        },
    };
    table
        .rows
        .keys()
        .filter(|id| conditions.split('&').all(|condition| holds(id, condition)))
        .count()
}

/// Whether any evidence of a document lies between two code points.
fn overlaps(evidence: &Table, document: &str, start: &str, end: &str) -> bool {
    let number = |text: &str| text.parse::<usize>().unwrap();
    evidence.rows.values().any(|row| {
        row["document"] == document
            && number(&row["start"]) < number(end)
            && number(&row["end"]) > number(start)
    })
}

/// Whether two claims are both accepted, neither preferred, and state different values of one cell,
/// or figures of one session and measure.
#[track_caller]
fn conflict(claims: &Table, one: &str, other: &str) -> bool {
    let stands =
        |id| claims.cell(id, "review") == "accepted" && claims.cell(id, "rank") == "normal";
    if !stands(one) || !stands(other) {
        return false;
    }
    let table = Table::read(claims.cell(one, "table"));
    let stated = |id| match claims.cell(id, "value") {
        "" => table.cell(claims.cell(id, "row"), claims.cell(id, "column")),
        value => value,
    };
    let same = |column| claims.cell(one, column) == claims.cell(other, column);
    let of_figure = |id: &str, column| table.cell(claims.cell(id, "row"), column).to_owned();
    let same_cell = same("row");
    let same_quantity = || {
        table.name == "figures"
            && ["session", "measure"]
                .iter()
                .all(|column| of_figure(one, column) == of_figure(other, column))
    };
    same("table")
        && same("column")
        && (same_cell || same_quantity())
        && stated(one) != stated(other)
}

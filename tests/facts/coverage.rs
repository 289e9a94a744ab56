//! Every fact of the documents is carried by claims, or there is a reason why not.

use super::tables::Table;
use super::{lines, root, shared};
use serde_json::Value;
use std::collections::BTreeSet;

/// Facts that may have a reason instead of a claim.
const REASONS: usize = 14;

#[test]
fn every_claim_named_is_there_and_reasons_are_few() {
    let claims = Table::read("claims");
    let mut reasons = 0;
    let mut seen = BTreeSet::new();
    for (number, fields) in lines("coverage.tsv") {
        let fact = fields[0].clone();
        assert!(
            seen.insert(fact.clone()),
            "line {number}: {fact} comes twice"
        );
        match &fields[1..] {
            [ids] if ids != "-" => {
                for id in ids.split(';') {
                    assert!(claims.rows.contains_key(id), "line {number}: no claim {id}");
                }
            }
            [dash, reason] if dash == "-" && !reason.is_empty() => reasons += 1,
            other => panic!("line {number}: neither claims nor a reason: {other:?}"),
        }
    }
    assert!(
        reasons <= REASONS,
        "{reasons} facts have a reason instead of a claim"
    );
}

#[test]
fn every_fact_is_accounted_for() {
    let Some(folder) = shared("facts") else {
        return;
    };
    let text = std::fs::read_to_string(folder.join("facts.tsv")).unwrap();
    let facts: BTreeSet<&str> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').nth(1))
        .collect();
    let covered = lines("coverage.tsv");
    let covered: BTreeSet<&str> = covered.iter().map(|(_, fields)| &*fields[0]).collect();
    assert_eq!(facts.len(), 349);
    assert_eq!(covered, facts);
}

#[test]
fn every_claim_points_at_a_cell() {
    let claims = Table::read("claims");
    let computed = virtual_columns();
    assert!(computed.len() > 20, "{computed:?}");
    for (id, claim) in &claims.rows {
        let (table, row, column) = (&claim["table"], &claim["row"], &claim["column"]);
        let is_virtual = computed.contains(&(table.clone(), column.clone()));
        assert!(
            Table::read(table)
                .rows
                .get(row)
                .is_some_and(|cells| is_virtual || cells.contains_key(column)),
            "{id} points at {table} {row} {column}"
        );
    }
}

/// The columns without cells, which the metadata computes, each with its table.
fn virtual_columns() -> BTreeSet<(String, String)> {
    let text = std::fs::read_to_string(root().join("data/csv-metadata.json")).unwrap();
    let metadata: Value = serde_json::from_str(&text).unwrap();
    let mut columns = BTreeSet::new();
    for table in metadata["tables"].as_array().unwrap() {
        let name = table["url"].as_str().unwrap().trim_end_matches(".csv");
        for column in table["tableSchema"]["columns"].as_array().unwrap() {
            if column["virtual"] == true {
                let column = column["name"].as_str().unwrap();
                columns.insert((name.to_owned(), column.to_owned()));
            }
        }
    }
    columns
}

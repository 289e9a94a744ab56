//! Every fact of the documents is carried by claims, or there is a reason why not.

use super::tables::Table;
use super::{lines, shared};
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
    for (id, claim) in &claims.rows {
        let (table, row, column) = (&claim["table"], &claim["row"], &claim["column"]);
        assert!(
            Table::read(table)
                .rows
                .get(row)
                .is_some_and(|cells| cells.contains_key(column)),
            "{id} points at {table} {row} {column}"
        );
    }
}

//! Rows that have the primary key of an earlier row.

use super::fingerprint::{KeyEntry, same_key};
use super::first_rows::FirstRows;
use super::partitions::{self, Partitions};
use super::plan::KeyPlan;
use super::report;
use super::rows::{FetchedRows, KeyRow, Rows};
use crate::diagnostic::Diagnostics;
use std::collections::BTreeMap;
use std::io;

/// Checks that no two rows have the same values in the columns of a primary key.
pub(super) fn check(
    plan: &KeyPlan,
    key: usize,
    entries: &Partitions,
    rows: &dyn Rows,
    diagnostics: &mut Diagnostics,
) -> io::Result<()> {
    // Pairs of a row and the first row with its key.
    let limit = diagnostics.kept_per_kind();
    let found = partitions::for_each(entries.entries(), |partition| {
        let mut found = FirstRows::new(limit);
        let mut entries = entries.sorted(partition)?;
        // Entries of one key ascend by row, so the first of them is the first row.
        let mut first: Option<KeyEntry> = None;
        while let Some(entry) = entries.next()? {
            match &first {
                Some(first) if same_key(first, &entry) => found.push((entry[2], first[2])),
                _ => first = Some(entry),
            }
        }
        Ok(found)
    })?;
    let (kept, more) = FirstRows::of_all(limit, found).finish();
    let key = &plan.keys()[key];
    let fetched = FetchedRows::read(
        rows,
        key,
        kept.iter().flat_map(|&(row, first)| [row, first]),
    )?;
    let messages = equal_pairs(&kept, &fetched)
        .into_iter()
        .map(|(row, first)| report::duplicate(key, row, first));
    report::push_all(messages, more, diagnostics);
    Ok(())
}

/// Of pairs of rows with equal fingerprints those whose values are equal.
///
/// Where values differ in spite of equal fingerprints, each row is compared with all earlier kept
/// rows of that fingerprint.
fn equal_pairs<'f>(kept: &[(u64, u64)], fetched: &'f FetchedRows) -> Vec<(&'f KeyRow, &'f KeyRow)> {
    let mut distinct: BTreeMap<u64, Vec<&KeyRow>> = BTreeMap::new();
    let mut pairs = Vec::new();
    for &(row, first) in kept {
        let Some(row) = fetched.row(row) else {
            continue;
        };
        let distinct = distinct
            .entry(first)
            .or_insert_with(|| fetched.row(first).into_iter().collect());
        match distinct.iter().find(|earlier| earlier.same_values(row)) {
            Some(earlier) => pairs.push((row, *earlier)),
            None => distinct.push(row),
        }
    }
    pairs
}

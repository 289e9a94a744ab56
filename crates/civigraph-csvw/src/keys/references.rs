//! Foreign keys: each must be the key of exactly one row of the referenced table.

use super::fingerprint::{Fingerprinter, KeyEntry, has_null, same_key};
use super::first_rows::FirstRows;
use super::partitions::{self, Partitions};
use super::plan::{KeyPlan, Reference};
use super::report;
use super::rows::{FetchedRows, KeyRow, RowSelection, Rows};
use super::runs::SortedEntries;
use crate::diagnostic::{Diagnostic, Diagnostics, Hint, suggest};
use std::collections::{HashMap, HashSet};
use std::io;
use std::ops::ControlFlow;

/// How many missing references of one foreign key get a suggestion.
const SUGGESTIONS: usize = 20;

/// How many rows of the referenced table are looked through for suggestions.
const CANDIDATES: usize = 10_000;

/// A reference without a row: row and fingerprint.
type DanglingReference = (u64, [u64; 2]);
/// A reference with several rows: row, fingerprint, the first two referenced rows.
type AmbiguousReference = (u64, [u64; 2], [u64; 2]);

/// Checks one foreign key.
pub(super) fn check(
    plan: &KeyPlan,
    reference: Reference,
    entries: &[Partitions],
    fingerprinter: Fingerprinter,
    rows: &dyn Rows,
    diagnostics: &mut Diagnostics,
) -> io::Result<()> {
    let limit = diagnostics.kept_per_kind();
    let (from, to) = (&entries[reference.from], &entries[reference.to]);
    // Duplicates of a primary key are reported once, at the duplicates.
    let unique = plan.primary().contains(&reference.to);
    let found = partitions::for_each(from.entries() + to.entries(), |partition| {
        let (from, to) = (from.sorted(partition)?, to.sorted(partition)?);
        let mut dangling = FirstRows::new(limit);
        let mut ambiguous = FirstRows::new(limit);
        join(from, to, |from, to| {
            if reference.optional && has_null(from) {
                return;
            }
            let fingerprint = [from[0], from[1]];
            match to {
                [] => dangling.push((from[2], fingerprint)),
                [first, second, ..] if !unique => {
                    ambiguous.push((from[2], fingerprint, [first[2], second[2]]));
                }
                _ => {}
            }
        })?;
        Ok((dangling, ambiguous))
    })?;
    let (dangling, ambiguous): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let dangling = FirstRows::of_all(limit, dangling);
    let ambiguous = FirstRows::of_all(limit, ambiguous);
    let reported = ReferenceReporter {
        plan,
        reference,
        fingerprinter,
        rows,
    };
    let (kept, more) = dangling.finish();
    report::push_all(reported.dangling(&kept)?, more, diagnostics);
    let (kept, more) = ambiguous.finish();
    report::push_all(reported.ambiguous(&kept)?, more, diagnostics);
    Ok(())
}

/// Calls `found` for each referencing entry with the first two entries that have its key.
fn join(
    mut from: SortedEntries,
    mut to: SortedEntries,
    mut found: impl FnMut(&KeyEntry, &[KeyEntry]),
) -> io::Result<()> {
    let mut ahead = to.next()?;
    let mut group: Vec<KeyEntry> = Vec::with_capacity(2);
    let mut last = None;
    while let Some(entry) = from.next()? {
        // The same item twice in one list.
        if last.replace(entry) == Some(entry) {
            continue;
        }
        if !group.first().is_some_and(|first| same_key(first, &entry)) {
            group.clear();
            while let Some(other) = ahead
                && other[..2] <= entry[..2]
            {
                if group.len() < 2 && same_key(&other, &entry) {
                    group.push(other);
                }
                ahead = to.next()?;
            }
        }
        found(&entry, &group);
    }
    Ok(())
}

/// Keys of the referenced table.
#[derive(Default)]
struct ReferencedKeys {
    texts: Vec<String>,
    /// Rows whose keys have the text of a missing one, by that text.
    alike: HashMap<String, KeyRow>,
}

/// Makes messages of findings.
struct ReferenceReporter<'a> {
    plan: &'a KeyPlan,
    reference: Reference,
    fingerprinter: Fingerprinter,
    rows: &'a dyn Rows,
}

impl ReferenceReporter<'_> {
    fn dangling(&self, kept: &[DanglingReference]) -> io::Result<Vec<Diagnostic>> {
        let from = &self.plan.keys()[self.reference.from];
        let to = &self.plan.keys()[self.reference.to];
        let fetched = FetchedRows::read(self.rows, from, kept.iter().map(|(row, _)| *row))?;
        let found: Vec<(&KeyRow, String)> = self.texts(kept, &fetched);
        let candidates = self.candidates(&found)?;
        Ok(found
            .into_iter()
            .enumerate()
            .map(|(index, (row, text))| {
                let hint = match candidates.alike.get(&text) {
                    // The text is there: what differs is the value.
                    Some(other) => report::difference(from, to, row, &text, other).map(Hint::from),
                    None if row.has_null() => Some(report::null(from, row)),
                    None if index < SUGGESTIONS => {
                        let texts = candidates.texts.iter().map(String::as_str);
                        suggest::hint(&text, texts).map(Hint::from)
                    }
                    None => None,
                };
                report::dangling(from, to, self.plan.url(to.table), row, &text, hint)
            })
            .collect())
    }

    fn ambiguous(&self, kept: &[AmbiguousReference]) -> io::Result<Vec<Diagnostic>> {
        let from = &self.plan.keys()[self.reference.from];
        let to = &self.plan.keys()[self.reference.to];
        let referencing = FetchedRows::read(self.rows, from, kept.iter().map(|(row, ..)| *row))?;
        let referenced =
            FetchedRows::read(self.rows, to, kept.iter().flat_map(|(.., rows)| *rows))?;
        let mut messages = Vec::new();
        for &(row, fingerprint, [first, second]) in kept {
            let (Some(row), Some(first), Some(second)) = (
                referencing.row(row),
                referenced.row(first),
                referenced.row(second),
            ) else {
                continue;
            };
            // By value, so that a collision is not an error.
            if !first.same_values(second) {
                continue;
            }
            if let Some((position, text)) = self.text(row, fingerprint) {
                let url = self.plan.url(to.table);
                let message = report::ambiguous(to, url, row, &text, [first, second]);
                messages.push((row.number, position, message));
            }
        }
        messages.sort_by_key(|(number, position, _)| (*number, *position));
        Ok(messages.into_iter().map(|(.., message)| message).collect())
    }

    /// The rows of findings and the texts that refer to nothing, in order of the file.
    fn texts<'f>(
        &self,
        kept: &[DanglingReference],
        fetched: &'f FetchedRows,
    ) -> Vec<(&'f KeyRow, String)> {
        let mut found: Vec<_> = kept
            .iter()
            .filter_map(|&(row, fingerprint)| {
                let row = fetched.row(row)?;
                let (position, text) = self.text(row, fingerprint)?;
                Some((row, position, text))
            })
            .collect();
        found.sort_by_key(|(row, position, _)| (row.number, *position));
        found
            .into_iter()
            .map(|(row, _, text)| (row, text))
            .collect()
    }

    /// The text of the row's key with a fingerprint, and its position among the row's keys.
    fn text(&self, row: &KeyRow, fingerprint: [u64; 2]) -> Option<(usize, String)> {
        let keys = row.keys(&self.plan.keys()[self.reference.from]);
        keys.into_iter()
            .enumerate()
            .find(|(_, (_, bytes))| self.fingerprinter.entry(bytes, 0)[..2] == fingerprint)
            .map(|(position, (text, _))| (position, text))
    }

    /// Keys that could have been meant, where anything is `missing`.
    fn candidates(&self, missing: &[(&KeyRow, String)]) -> io::Result<ReferencedKeys> {
        let mut candidates = ReferencedKeys::default();
        if !missing.is_empty() {
            let to = &self.plan.keys()[self.reference.to];
            let wanted: HashSet<&str> = missing.iter().map(|(_, text)| text.as_str()).collect();
            let mut visitor = |row: KeyRow| {
                let text = row.text();
                candidates.texts.push(text.clone());
                if wanted.contains(text.as_str()) {
                    candidates.alike.entry(text).or_insert(row);
                }
                if candidates.texts.len() < CANDIDATES {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            };
            self.rows
                .visit(to.table, &to.columns, RowSelection::All, &mut visitor)?;
        }
        Ok(candidates)
    }
}

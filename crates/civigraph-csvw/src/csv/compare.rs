//! Two versions of a table compared: which rows are gone, which are new.

use super::{Chunk, Chunks, CompiledDialect, Dialect, Records, Split, preamble};
use crate::resource::Resource;
use siphasher::sip128::{Hasher128, SipHasher13};
use std::collections::{BTreeSet, HashMap};
use std::hash::Hasher;
use std::io;
use std::mem;

/// Bytes of text that are compared at a time.
const CHUNK: usize = 256 << 10;

/// The rows in which two versions of a table differ, whatever their order.
///
/// Rows are compared by the bytes of their text. A row that is in both versions is in neither list, even
/// where it has another number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowChanges {
    /// Numbers of rows that only the old version has, in order, each with a split that holds it.
    pub gone: Vec<(u64, Split)>,
    /// Numbers of rows that only the new version has, in order.
    pub new: Vec<u64>,
}

/// Rows that are left out of a comparison, by their numbers.
#[derive(Debug, Clone, Copy)]
pub struct ExcludedRows<'a> {
    /// Rows of the old version.
    pub old: &'a BTreeSet<u64>,
    /// Rows of the new version.
    pub new: &'a BTreeSet<u64>,
}

/// Compares two versions of a table that are written in one dialect.
///
/// Both are read once, side by side. Memory grows with what differs between the parts read so far, and
/// `None` is the answer where that is more than `limit` rows. A row that occurs several times is compared
/// by how often.
///
/// # Errors
/// A version cannot be read, or holds a record longer than [`RECORD_LIMIT`](super::RECORD_LIMIT).
pub fn compare_rows(
    old: &Resource,
    new: &Resource,
    dialect: &Dialect,
    left_out: ExcludedRows<'_>,
    limit: usize,
) -> io::Result<Option<RowChanges>> {
    let format = CompiledDialect::new(dialect);
    let mut old = ComparedFile::open(old, dialect, &format)?;
    let mut new = ComparedFile::open(new, dialect, &format)?;
    let mut pending = UnmatchedRows::default();
    loop {
        let (has_old, has_new) = (old.next()?, new.next()?);
        if !has_old && !has_new {
            break;
        }
        // What is in both the same way cancels itself.
        let same = has_old
            && has_new
            && old.chunk.text == new.chunk.text
            && !old.holds(left_out.old)
            && !new.holds(left_out.new);
        if same {
            continue;
        }
        if has_old {
            let split = old.chunk.split;
            old.rows(&format, left_out.old, |fingerprint, number| {
                pending.meet(fingerprint, UnmatchedRow::Gone(number, split));
            });
        }
        if has_new {
            new.rows(&format, left_out.new, |fingerprint, number| {
                pending.meet(fingerprint, UnmatchedRow::New(number));
            });
        }
        if pending.count > limit {
            return Ok(None);
        }
    }
    Ok(Some(pending.finish()))
}

/// A version under comparison.
struct ComparedFile<'f> {
    chunks: Chunks<'f>,
    chunk: Chunk,
}

impl<'f> ComparedFile<'f> {
    fn open(
        resource: &Resource,
        dialect: &Dialect,
        format: &'f CompiledDialect,
    ) -> io::Result<Self> {
        let data = preamble(resource, dialect)
            .map_err(|diagnostic| io::Error::other(diagnostic.message))?
            .data;
        Ok(Self {
            chunks: Chunks::open(format, resource, &dialect.encoding, data, CHUNK)?,
            chunk: Chunk::default(),
        })
    }

    fn next(&mut self) -> io::Result<bool> {
        let more = self.chunks.next_into(&mut self.chunk)?;
        match self.chunk.skipped.first() {
            None => Ok(more),
            Some(long) => {
                let (record, limit) = (long.start.record, long.limit);
                let message = format!("record {record} is longer than {limit} bytes");
                Err(io::Error::other(message))
            }
        }
    }

    /// Whether the chunk may hold one of some rows.
    fn holds(&self, numbers: &BTreeSet<u64>) -> bool {
        let rows = self.chunk.split.start.row..self.chunks.position().row;
        rows.start < rows.end && numbers.range(rows).next().is_some()
    }

    fn rows(
        &self,
        format: &CompiledDialect,
        left_out: &BTreeSet<u64>,
        mut row: impl FnMut(u128, u64),
    ) {
        let text = &self.chunk.text;
        let mut records = Records::new(format, text, self.chunk.split.start);
        while let Some(place) = records.advance() {
            if place.is_row && !left_out.contains(&place.row) {
                let mut hasher = SipHasher13::new();
                // The record without its line break: the last one of a file may have none.
                let end = records.record().end;
                hasher.write(text.get(place.start..end).unwrap_or_default());
                row(hasher.finish128().as_u128(), place.row);
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum UnmatchedRow {
    Gone(u64, Split),
    New(u64),
}

/// Rows that have not met their like yet.
#[derive(Debug, Default)]
struct UnmatchedRows {
    rows: HashMap<u128, Vec<UnmatchedRow>>,
    count: usize,
}

impl UnmatchedRows {
    fn meet(&mut self, fingerprint: u128, row: UnmatchedRow) {
        let rows = self.rows.entry(fingerprint).or_default();
        match rows.last() {
            Some(last) if mem::discriminant(last) != mem::discriminant(&row) => {
                rows.pop();
                self.count -= 1;
                if rows.is_empty() {
                    self.rows.remove(&fingerprint);
                }
            }
            _ => {
                rows.push(row);
                self.count += 1;
            }
        }
    }

    fn finish(self) -> RowChanges {
        let mut changes = RowChanges::default();
        for row in self.rows.into_values().flatten() {
            match row {
                UnmatchedRow::Gone(number, split) => changes.gone.push((number, split)),
                UnmatchedRow::New(number) => changes.new.push(number),
            }
        }
        changes.gone.sort_unstable_by_key(|(number, _)| *number);
        changes.new.sort_unstable();
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn compare(old: &str, new: &str, left_out: ExcludedRows<'_>) -> io::Result<Option<RowChanges>> {
        let resource = |text: &str| Resource::of_bytes("t.csv", text.as_bytes().to_vec());
        compare_rows(
            &resource(old),
            &resource(new),
            &Dialect::default(),
            left_out,
            1_000,
        )
    }

    fn numbers(changes: Option<RowChanges>) -> (Vec<u64>, Vec<u64>) {
        let changes = changes.unwrap_or_default();
        let gone = changes.gone.into_iter().map(|(number, _)| number);
        (gone.collect(), changes.new)
    }

    const NONE: &BTreeSet<u64> = &BTreeSet::new();

    #[test]
    fn rows_by_their_text_and_how_often() -> io::Result<()> {
        for (old, new, gone, came) in [
            ("a\n1\n2\n", "a\n1\n2\n", vec![], vec![]),
            ("a\n1\n2\n", "a\n2\n1", vec![], vec![]),
            ("a\n1\n2\n", "a\n1\n3\n2\n", vec![], vec![2]),
            ("a\n1\n1\n2\n", "a\n1\n2\n", vec![1], vec![]),
            ("a\n\"x\ny\"\n2\n", "a\n\"x\nz\"\n2\n", vec![1], vec![1]),
            ("a\n", "a\n1\n", vec![], vec![1]),
        ] {
            let found = compare(
                old,
                new,
                ExcludedRows {
                    old: NONE,
                    new: NONE,
                },
            )?;
            assert_eq!(numbers(found), (gone, came), "{old:?} {new:?}");
        }
        Ok(())
    }

    #[test]
    fn rows_left_out_are_not_there() -> io::Result<()> {
        let first = &BTreeSet::from([1]);
        let text = "a\n1\n2\n";
        for (left_out, expected) in [
            (
                ExcludedRows {
                    old: first,
                    new: NONE,
                },
                (vec![], vec![1]),
            ),
            (
                ExcludedRows {
                    old: NONE,
                    new: first,
                },
                (vec![1], vec![]),
            ),
            (
                ExcludedRows {
                    old: first,
                    new: first,
                },
                (vec![], vec![]),
            ),
        ] {
            assert_eq!(numbers(compare(text, text, left_out)?), expected);
        }
        Ok(())
    }

    #[test]
    fn too_many_changes_are_no_answer() -> io::Result<()> {
        let old: String = (0..2_000).map(|i| format!("{i}\n")).collect();
        let left_out = ExcludedRows {
            old: NONE,
            new: NONE,
        };
        assert_eq!(compare(&format!("a\n{old}"), "a\n", left_out)?, None);
        Ok(())
    }

    proptest! {
        /// Against multisets of rows, over tables of many chunks.
        #[test]
        fn as_multisets(
            rows in prop::collection::vec(0_u32..50, 0..200),
            swaps in prop::collection::vec((0_usize..200, 0_usize..200), 0..5),
            edits in prop::collection::vec((0_usize..200, 0_u32..60), 0..5),
        ) {
            // Rows long enough that a chunk holds few of them.
            let pad = "x".repeat(9_000);
            let table = |rows: &[u32]| {
                let rows = rows.iter().map(|row| format!("{row}{pad}\n"));
                format!("a\n{}", rows.collect::<String>())
            };
            let mut new = rows.clone();
            for (a, b) in swaps {
                if a < new.len() && b < new.len() {
                    new.swap(a, b);
                }
            }
            for (at, value) in edits {
                if let Some(row) = new.get_mut(at) {
                    *row = value;
                }
            }
            let left_out = ExcludedRows { old: NONE, new: NONE };
            let (gone, came) = numbers(compare(&table(&rows), &table(&new), left_out)?);
            let values = |rows: &[u32], numbers: &[u64]| -> Vec<u32> {
                let mut values: Vec<u32> =
                    numbers.iter().map(|&number| rows[number as usize - 1]).collect();
                values.sort_unstable();
                values
            };
            let mut expected: HashMap<u32, i64> = HashMap::new();
            for row in &rows {
                *expected.entry(*row).or_default() -= 1;
            }
            for row in &new {
                *expected.entry(*row).or_default() += 1;
            }
            let side = |sign: i64| -> Vec<u32> {
                let mut side = Vec::new();
                for (value, count) in &expected {
                    side.extend((0..count * sign).map(|_| *value));
                }
                side.sort_unstable();
                side
            };
            prop_assert_eq!(values(&rows, &gone), side(-1));
            prop_assert_eq!(values(&new, &came), side(1));
        }
    }
}

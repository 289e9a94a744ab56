//! The first rows that a rule is broken in, whatever the order in which they are found.

use std::collections::BinaryHeap;

/// Keeps the smallest findings up to a limit and counts the rest.
///
/// Keys are merged in order of fingerprint; messages are wanted in order of row, so a finding
/// starts with the number of its row.
#[derive(Debug)]
pub(super) struct FirstRows<F> {
    limit: u64,
    /// The largest on top.
    kept: BinaryHeap<F>,
    more: u64,
}

impl<F: Ord> FirstRows<F> {
    /// Keeps `limit` findings, but at least one.
    pub(super) fn new(limit: u64) -> Self {
        Self {
            limit: limit.max(1),
            kept: BinaryHeap::new(),
            more: 0,
        }
    }

    /// The first of several.
    pub(super) fn of_all(limit: u64, parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::new(limit);
        for part in parts {
            all.more += part.more;
            part.kept.into_iter().for_each(|finding| all.push(finding));
        }
        all
    }

    pub(super) fn push(&mut self, finding: F) {
        if (self.kept.len() as u64) < self.limit {
            self.kept.push(finding);
            return;
        }
        self.more += 1;
        if let Some(mut largest) = self.kept.peek_mut()
            && finding < *largest
        {
            *largest = finding;
        }
    }

    /// The kept findings in ascending order, and how many more there were.
    pub(super) fn finish(self) -> (Vec<F>, u64) {
        (self.kept.into_sorted_vec(), self.more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_are_kept_in_order() {
        let check = |limit, expected: (&[u32], u64)| {
            let mut first = FirstRows::new(limit);
            for finding in [5, 1, 4, 2, 3] {
                first.push(finding);
            }
            let (kept, more) = first.finish();
            assert_eq!((kept.as_slice(), more), expected, "limit {limit}");
        };
        check(0, (&[1], 4));
        check(2, (&[1, 2], 3));
        check(5, (&[1, 2, 3, 4, 5], 0));
        check(u64::MAX, (&[1, 2, 3, 4, 5], 0));
    }

    #[test]
    fn the_first_of_parts_are_the_first_of_all() {
        let part = |findings: &[u32]| {
            let mut first = FirstRows::new(2);
            findings.iter().for_each(|finding| first.push(*finding));
            first
        };
        let all = FirstRows::of_all(2, [part(&[9, 8, 7]), part(&[]), part(&[6, 1, 5, 4])]);
        assert_eq!(all.finish(), (vec![1, 4], 5));
    }
}

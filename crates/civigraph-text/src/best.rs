//! The best of many candidates.

use std::cmp::Reverse;
use std::collections::HashSet;

/// A document with what orders it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RankedDocument {
    pub rank: u32,
    /// The number of the subject.
    pub subject: u64,
    pub doc: u32,
}

impl RankedDocument {
    /// Higher ranks first, then by the document: they are in the order of subjects.
    fn order(&self) -> (Reverse<u32>, u32) {
        (Reverse(self.rank), self.doc)
    }
}

/// Keeps the best candidates.
pub struct Best {
    limit: usize,
    /// Whether one candidate of each subject is enough.
    distinct: bool,
    candidates: Vec<RankedDocument>,
    /// What a candidate must not be worse than.
    bound: Option<(Reverse<u32>, u32)>,
    full: usize,
}

impl Best {
    pub fn new(limit: usize, distinct: bool) -> Self {
        Self {
            limit,
            distinct,
            candidates: Vec::new(),
            bound: None,
            full: limit.saturating_mul(4).max(1_024),
        }
    }

    /// Whether a document of this rank may be kept.
    pub fn takes(&self, rank: u32, doc: u32) -> bool {
        self.bound.is_none_or(|bound| (Reverse(rank), doc) <= bound)
    }

    pub fn push(&mut self, candidate: RankedDocument) {
        if !self.takes(candidate.rank, candidate.doc) {
            return;
        }
        self.candidates.push(candidate);
        if self.candidates.len() >= self.full {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.candidates.sort_unstable_by_key(RankedDocument::order);
        if self.distinct {
            let mut seen = HashSet::new();
            self.candidates
                .retain(|candidate| seen.insert(candidate.subject));
        }
        self.candidates.truncate(self.limit);
        if self.candidates.len() == self.limit {
            self.bound = self.candidates.last().map(RankedDocument::order);
        }
    }

    /// The candidates in order, as many as the limit.
    pub fn finish(mut self) -> Vec<RankedDocument> {
        self.cut();
        self.candidates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_are_kept_in_order() {
        for (limit, distinct, expected) in [
            (2, false, vec![(9, 1, 4), (9, 1, 5)]),
            (2, true, vec![(9, 1, 4), (9, 2, 9)]),
            (0, false, vec![]),
        ] {
            let mut best = Best::new(limit, distinct);
            for (rank, subject, doc) in [(3, 0, 1), (9, 2, 9), (9, 1, 8), (9, 1, 5), (9, 1, 4)] {
                best.push(RankedDocument { rank, subject, doc });
            }
            // Many worse ones make it cut before the end.
            for doc in 100..5_000 {
                best.push(RankedDocument {
                    rank: 1,
                    subject: 7,
                    doc,
                });
            }
            let found: Vec<_> = best
                .finish()
                .iter()
                .map(|found| (found.rank, found.subject, found.doc))
                .collect();
            assert_eq!(found, expected, "{limit} {distinct}");
        }
    }
}

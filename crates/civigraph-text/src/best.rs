//! The best of many candidates.

use std::cmp::Reverse;
use std::collections::HashSet;

/// A document with what orders it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    pub rank: u32,
    /// The place of the subject's IRI in the order of IRIs.
    pub subject: u64,
    pub doc: u32,
}

impl Candidate {
    /// Higher ranks first, then by the subject.
    fn order(&self) -> (Reverse<u32>, u64) {
        (Reverse(self.rank), self.subject)
    }
}

/// Keeps the best candidates, and all that tie with the last of them.
pub struct Best {
    limit: usize,
    /// Whether one candidate of each subject is enough.
    distinct: bool,
    candidates: Vec<Candidate>,
    /// What a candidate must not be worse than.
    bound: Option<(Reverse<u32>, u64)>,
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

    /// Whether a candidate of this rank may be kept, whatever its subject.
    pub fn takes(&self, rank: u32) -> bool {
        self.bound.is_none_or(|(Reverse(bound), _)| rank >= bound)
    }

    pub fn push(&mut self, candidate: Candidate) {
        if self.bound.is_some_and(|bound| candidate.order() > bound) {
            return;
        }
        self.candidates.push(candidate);
        if self.candidates.len() >= self.full {
            self.cut();
            // Ties may be many: the next cut is not at once.
            self.full = self.full.max(2 * self.candidates.len());
        }
    }

    fn cut(&mut self) {
        self.candidates
            .sort_unstable_by_key(|candidate| (candidate.order(), candidate.doc));
        if self.distinct {
            let mut seen = HashSet::new();
            self.candidates
                .retain(|candidate| seen.insert(candidate.subject));
        }
        let Some(last) = self.limit.checked_sub(1) else {
            self.candidates.clear();
            return;
        };
        if let Some(last) = self.candidates.get(last).map(Candidate::order) {
            self.bound = Some(last);
            self.candidates
                .retain(|candidate| candidate.order() <= last);
        }
    }

    /// The candidates in order: as many as the limit, and those that tie with the last.
    pub fn finish(mut self) -> Vec<Candidate> {
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
            (2, false, vec![(9, 1, 4), (9, 1, 5), (9, 1, 8)]),
            (2, true, vec![(9, 1, 4), (9, 2, 3)]),
            (0, false, vec![]),
        ] {
            let mut best = Best::new(limit, distinct);
            for (rank, subject, doc) in [(3, 0, 1), (9, 2, 3), (9, 1, 8), (9, 1, 5), (9, 1, 4)] {
                best.push(Candidate { rank, subject, doc });
            }
            // Many worse ones make it cut before the end.
            for doc in 100..5_000 {
                best.push(Candidate {
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

//! Pairs that share most, and then what is next to them.

use super::{BlankNodeMatcher, COUNTED, QuadShape, VersionQuads, mix};
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap, HashMap};

/// Pairs that the greedy stage looks at.
const GREEDY_STEPS: usize = 4_000_000;

/// Pairs of nodes that one common feature may propose.
const PROPOSALS: usize = 1_024;

/// How good a pair is: quads in common, fewer others, how far surroundings are equal, and the numbers as a last
/// resort.
type Score = (usize, Reverse<usize>, usize, Reverse<u32>, Reverse<u32>);

/// Proposed pairs, the best first.
type Heap = BinaryHeap<(Score, u32, u32)>;

impl BlankNodeMatcher<'_> {
    /// Pairs nodes that are left and whose surroundings are equal as far as a level reaches: those that have but one
    /// partner, or all of them.
    fn pair_level(&mut self, level: usize, unique: bool, heap: &mut Heap, steps: &mut usize) {
        let mut classes: BTreeMap<u64, [Vec<u32>; 2]> = BTreeMap::new();
        for (side, colors) in self.levels.get(level).into_iter().flatten().enumerate() {
            for (node, &color) in (0_u32..).zip(colors) {
                let paired = match side {
                    0 => self.new_of(node).is_some(),
                    _ => self.old_of(node).is_some(),
                };
                if !paired {
                    classes.entry(color).or_default()[side].push(node);
                }
            }
        }
        let mut classes: Vec<[Vec<u32>; 2]> = classes.into_values().collect();
        classes.retain(|[old, new]| {
            !old.is_empty() && !new.is_empty() && (!unique || (old.len() == 1 && new.len() == 1))
        });
        classes.sort_by_cached_key(|[old, new]| (old.len() + new.len(), old.first().copied()));
        for class in classes {
            self.pair_class(class, heap, steps);
        }
    }

    /// Pairs nodes that are alike, in order, and after each pair what is next to it.
    fn pair_class(&mut self, [old, new]: [Vec<u32>; 2], heap: &mut Heap, steps: &mut usize) {
        let mut new = new.into_iter();
        for old in old {
            if self.new_of(old).is_some() {
                continue;
            }
            let Some(new) = new.find(|&new| self.old_of(new).is_none()) else {
                return;
            };
            self.pair(old, Some(new));
            self.neighbours(old, new, heap, steps);
            self.take(heap, steps);
        }
    }

    /// Pairs the nodes that are left: the two that have most in common first, then what is next to them.
    pub(super) fn greedy(&mut self) {
        let mut heap: Heap = Heap::new();
        let mut steps = GREEDY_STEPS;
        for level in (2..self.levels.len()).rev() {
            self.pair_level(level, true, &mut heap, &mut steps);
        }
        let mut features: BTreeMap<u64, [Vec<u32>; 2]> = BTreeMap::new();
        let mut alike: BTreeMap<u64, [Vec<u32>; 2]> = BTreeMap::new();
        for (side, quads) in [self.old, self.new].into_iter().enumerate() {
            for node in 0..u32::try_from(quads.len()).unwrap_or(u32::MAX) {
                let paired = match side {
                    0 => self.new_of(node).is_some(),
                    _ => self.old_of(node).is_some(),
                };
                if paired {
                    continue;
                }
                let mut own: Vec<u64> = quads
                    .quads(node)
                    .map(|quad| self.feature(side, quad, node))
                    .collect();
                own.sort_unstable();
                let all = own.iter().copied().fold(0, mix);
                alike.entry(all).or_default()[side].push(node);
                own.dedup();
                for feature in own {
                    features.entry(feature).or_default()[side].push(node);
                }
            }
        }
        let mut by_size: Vec<[Vec<u32>; 2]> = features.into_values().collect();
        by_size.retain(|[old, new]| !old.is_empty() && !new.is_empty());
        by_size.sort_by_key(|[old, new]| old.len() * new.len());
        for [old, new] in &by_size {
            if old.len() * new.len() > PROPOSALS {
                break;
            }
            for &a in old {
                for &b in new {
                    self.propose(a, b, &mut heap, &mut steps);
                }
            }
        }
        self.take(&mut heap, &mut steps);
        // What too many have in common proposes no pairs: those that are alike, and then any that share something.
        for level in (0..self.levels.len()).rev() {
            self.pair_level(level, false, &mut heap, &mut steps);
        }
        for class in alike.into_values().chain(by_size) {
            self.pair_class(class, &mut heap, &mut steps);
        }
    }

    /// What a quad says of one of its nodes, beside nodes that are not paired yet.
    fn feature(&self, side: usize, quad: &QuadShape, node: u32) -> u64 {
        quad.nodes
            .iter()
            .fold(u64::from(quad.shape), |hash, &other| {
                let known = match side {
                    _ if other == node => Some(0),
                    0 => self.new_of(other).map(|new| u64::from(new) + 2),
                    _ => self.old_of(other).map(|_| u64::from(other) + 2),
                };
                mix(hash, known.unwrap_or(1))
            })
    }

    fn propose(&self, old: u32, new: u32, heap: &mut Heap, steps: &mut usize) {
        if *steps == 0 || self.new_of(old).is_some() || self.old_of(new).is_some() {
            return;
        }
        *steps -= 1;
        let score = self.score(old, new);
        if score.0 > 0 {
            heap.push((score, old, new));
        }
    }

    fn score(&self, old: u32, new: u32) -> Score {
        let features = |side: usize, quads: &VersionQuads, node: u32| {
            let mut features: Vec<(u64, bool)> = quads
                .quads(node)
                .take(COUNTED)
                .map(|quad| {
                    let known = quad.nodes.iter().all(|&other| {
                        other == node
                            || match side {
                                0 => self.new_of(other).is_some(),
                                _ => self.old_of(other).is_some(),
                            }
                    });
                    (self.feature(side, quad, node), known)
                })
                .collect();
            features.sort_unstable();
            features
        };
        let (before, after) = (features(0, self.old, old), features(1, self.new, new));
        let (mut a, mut b) = (before.iter().peekable(), after.iter().peekable());
        let (mut weight, mut common) = (0, 0);
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            match x.cmp(y) {
                Ordering::Less => {
                    a.next();
                }
                Ordering::Greater => {
                    b.next();
                }
                Ordering::Equal => {
                    common += 1;
                    // A quad whose other nodes are paired is sure to be common.
                    weight += if x.1 { 3 } else { 1 };
                    a.next();
                    b.next();
                }
            }
        }
        let others = before.len() + after.len() - 2 * common;
        let reach = self
            .levels
            .iter()
            .take_while(|[before, after]| before.get(old as usize) == after.get(new as usize));
        (
            weight,
            Reverse(others),
            reach.count(),
            Reverse(old),
            Reverse(new),
        )
    }

    /// Pairs by the proposals, the best first.
    fn take(&mut self, heap: &mut Heap, steps: &mut usize) {
        while let Some((score, old, new)) = heap.pop() {
            if self.new_of(old).is_some() || self.old_of(new).is_some() {
                continue;
            }
            // Pairs made since may have made it better or worse.
            let now = self.score(old, new);
            if now < score && *steps > 0 {
                *steps -= 1;
                if now.0 > 0 {
                    heap.push((now, old, new));
                }
                continue;
            }
            self.pair(old, Some(new));
            self.neighbours(old, new, heap, steps);
        }
    }

    /// Proposes the nodes next to a pair.
    fn neighbours(&self, old: u32, new: u32, heap: &mut Heap, steps: &mut usize) {
        let mut proposed = 0;
        let mut by_shape: HashMap<u32, Vec<&QuadShape>> = HashMap::new();
        for quad in self.new.quads(new).filter(|quad| quad.nodes.len() > 1) {
            by_shape.entry(quad.shape).or_default().push(quad);
        }
        for quad in self.old.quads(old).filter(|quad| quad.nodes.len() > 1) {
            for other in by_shape.get(&quad.shape).into_iter().flatten() {
                let pairs = || quad.nodes.iter().copied().zip(other.nodes.iter().copied());
                if !pairs().all(|(a, b)| (a == old) == (b == new)) {
                    continue;
                }
                for (a, b) in pairs().filter(|(a, _)| *a != old) {
                    self.propose(a, b, heap, steps);
                }
                proposed += 1;
                if proposed == PROPOSALS {
                    return;
                }
            }
        }
    }
}

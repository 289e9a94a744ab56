//! Partners that two nodes exchange.

use super::{BlankNodeMatcher, COUNTED};
use std::collections::HashMap;

/// Rounds of swaps.
const ROUNDS: usize = 8;

/// Steps that swaps take, in quads looked at.
const SWAP_STEPS: usize = 20_000_000;

impl BlankNodeMatcher<'_> {
    /// Common quads of two old nodes.
    fn common(&self, nodes: [Option<u32>; 2], steps: &mut usize) -> usize {
        let [first, second] = nodes;
        let mut common = 0;
        for node in [first, second].into_iter().flatten() {
            for quad in self.old.quads(node) {
                *steps = steps.saturating_sub(1);
                let twice = second == Some(node)
                    && first.is_some_and(|first| first != node && quad.nodes.contains(&first));
                common += usize::from(!twice && self.is_common(quad));
            }
        }
        common
    }

    /// Gives two nodes each other's partner where that makes more quads common.
    pub(super) fn swap(&mut self) {
        let mut ground: HashMap<u32, Vec<u32>> = HashMap::new();
        for quad in &self.new.quads {
            if let [node] = *quad.nodes {
                let nodes = ground.entry(quad.shape).or_default();
                if nodes.len() <= 32 {
                    nodes.push(node);
                }
            }
        }
        let mut steps = SWAP_STEPS;
        for _ in 0..ROUNDS {
            let mut better = false;
            for old in 0..u32::try_from(self.old.len()).unwrap_or(u32::MAX) {
                if self.old.quads(old).all(|quad| self.is_common(quad)) {
                    continue;
                }
                for new in self.candidates(old, &ground) {
                    if steps == 0 {
                        return;
                    }
                    let (now, other) = (self.new_of(old), self.old_of(new));
                    if now == Some(new) {
                        continue;
                    }
                    let nodes = [Some(old), other];
                    let before = self.common(nodes, &mut steps);
                    self.exchange(old, now, new, other);
                    if self.common(nodes, &mut steps) > before {
                        better = true;
                    } else {
                        self.unpair(old);
                        if let Some(other) = other {
                            self.unpair(other);
                            self.pair(other, Some(new));
                        }
                        if now.is_some() {
                            self.pair(old, now);
                        }
                    }
                }
            }
            if !better {
                return;
            }
        }
    }

    fn exchange(&mut self, old: u32, now: Option<u32>, new: u32, other: Option<u32>) {
        self.unpair(old);
        if let Some(other) = other {
            self.unpair(other);
            if now.is_some() {
                self.pair(other, now);
            }
        }
        self.pair(old, Some(new));
    }

    /// New nodes that an old one could be by a quad that is not common yet.
    fn candidates(&self, old: u32, ground: &HashMap<u32, Vec<u32>>) -> Vec<u32> {
        let mut found = Vec::new();
        for quad in self.old.quads(old).filter(|quad| !self.is_common(quad)) {
            if let [_] = *quad.nodes {
                let nodes = ground.get(&quad.shape).filter(|nodes| nodes.len() <= 32);
                found.extend(nodes.into_iter().flatten().copied());
            }
            let others = quad.nodes.iter().filter(|node| **node != old);
            for partner in others.filter_map(|&node| self.new_of(node)) {
                for other in self.new.quads(partner).take(COUNTED) {
                    if other.shape == quad.shape {
                        let places = quad.nodes.iter().zip(&other.nodes);
                        found.extend(places.filter(|(a, _)| **a == old).map(|(_, b)| *b));
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found.truncate(64);
        found
    }
}

//! The best of all ways to pair, for few nodes.

use super::{BlankNodeMatcher, QuadShape, VersionQuads};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

/// Nodes of one side that are searched exhaustively.
const EXHAUSTIVE: usize = 9;

/// Steps of an exhaustive search, in quads looked at.
const EXHAUSTIVE_STEPS: usize = 20_000_000;

impl BlankNodeMatcher<'_> {
    /// Searches small graphs, or small components of larger ones, for the matching with most common quads.
    pub(super) fn exhaust(&mut self) {
        let mut steps = EXHAUSTIVE_STEPS;
        let all =
            |side: &VersionQuads| (0..u32::try_from(side.len()).unwrap_or(u32::MAX)).collect();
        if self.old.len().max(self.new.len()) <= EXHAUSTIVE {
            let (old, new): (Vec<u32>, Vec<u32>) = (all(self.old), all(self.new));
            self.best(&old, &new, &mut steps);
            return;
        }
        for [old, new] in self.components() {
            let dirty = old
                .iter()
                .any(|&node| !self.old.quads(node).all(|quad| self.is_common(quad)));
            if dirty && old.len().max(new.len()) <= EXHAUSTIVE {
                self.best(&old, &new, &mut steps);
            }
        }
    }

    /// Nodes of both versions that hang together by quads or as pairs.
    fn components(&self) -> Vec<[Vec<u32>; 2]> {
        let offset = self.old.len();
        let mut parents: Vec<usize> = (0..offset + self.new.len()).collect();
        fn root(parents: &mut [usize], mut at: usize) -> usize {
            while let Some(&parent) = parents.get(at)
                && parent != at
            {
                let grand = parents.get(parent).copied().unwrap_or(parent);
                if let Some(place) = parents.get_mut(at) {
                    *place = grand;
                }
                at = parent;
            }
            at
        }
        let mut join = |a: usize, b: usize| {
            let (a, b) = (root(&mut parents, a), root(&mut parents, b));
            if let Some(place) = parents.get_mut(b) {
                *place = a;
            }
        };
        for (side, start) in [(self.old, 0), (self.new, offset)] {
            for quad in &side.quads {
                for pair in quad.nodes.windows(2) {
                    if let [a, b] = *pair {
                        join(start + a as usize, start + b as usize);
                    }
                }
            }
        }
        for (old, new) in self.to_new.iter().enumerate() {
            if let Some(new) = new {
                join(old, offset + *new as usize);
            }
        }
        let mut components: BTreeMap<usize, [Vec<u32>; 2]> = BTreeMap::new();
        for side in 0..2 {
            let (start, count) = [(0, offset), (offset, self.new.len())][side];
            for (node, at) in (0_u32..).zip(start..start + count) {
                let root = root(&mut parents, at);
                components.entry(root).or_default()[side].push(node);
            }
        }
        components.into_values().collect()
    }

    /// Pairs some old nodes with some new ones in the best way; the other nodes keep their partners.
    fn best(&mut self, old: &[u32], new: &[u32], steps: &mut usize) {
        let mut order = old.to_vec();
        order.sort_by_key(|&node| Reverse(self.old.quads(node).count()));
        // Each quad is counted where the last of its nodes gets a partner.
        let mut counted: Vec<Vec<QuadShape>> = vec![Vec::new(); order.len()];
        let mut seen = HashSet::new();
        for (at, node) in order.iter().enumerate().rev() {
            for quad in self.old.quads(*node) {
                if seen.insert(quad)
                    && let Some(place) = counted.get_mut(at)
                {
                    place.push(quad.clone());
                }
            }
        }
        let mut left = vec![0; order.len() + 1];
        for at in (0..order.len()).rev() {
            left[at] = left[at + 1] + counted[at].len();
        }
        let before: Vec<Option<u32>> = order.iter().map(|&node| self.new_of(node)).collect();
        let now = counted
            .iter()
            .flatten()
            .filter(|q| self.is_common(q))
            .count();
        let mut exhaustive = Exhaustive {
            order: &order,
            new,
            counted: &counted,
            left: &left,
            spare: order.len().saturating_sub(new.len()),
            best: now,
            partners: before,
        };
        for &node in &order {
            self.unpair(node);
        }
        exhaustive.descend(self, 0, 0, 0, steps);
        let partners = exhaustive.partners;
        for (&node, partner) in order.iter().zip(partners) {
            self.unpair(node);
            if partner.is_some() {
                self.pair(node, partner);
            }
        }
    }
}

/// A search through all ways to pair some nodes.
struct Exhaustive<'e> {
    order: &'e [u32],
    new: &'e [u32],
    counted: &'e [Vec<QuadShape>],
    /// Quads that are counted from each place on.
    left: &'e [usize],
    /// How many nodes have no partner.
    spare: usize,
    best: usize,
    partners: Vec<Option<u32>>,
}

impl Exhaustive<'_> {
    fn descend(
        &mut self,
        search: &mut BlankNodeMatcher<'_>,
        at: usize,
        alone: usize,
        common: usize,
        steps: &mut usize,
    ) {
        let left = self.left.get(at).copied().unwrap_or_default();
        if common + left <= self.best || *steps == 0 {
            return;
        }
        let (Some(&node), Some(quads)) = (self.order.get(at), self.counted.get(at)) else {
            self.best = common;
            self.partners = self.order.iter().map(|&node| search.new_of(node)).collect();
            return;
        };
        for &new in self.new {
            if search.old_of(new).is_some() {
                continue;
            }
            search.pair(node, Some(new));
            *steps = steps.saturating_sub(quads.len() + 1);
            let more = quads.iter().filter(|quad| search.is_common(quad)).count();
            self.descend(search, at + 1, alone, common + more, steps);
            search.unpair(node);
        }
        if alone < self.spare {
            self.descend(search, at + 1, alone + 1, common, steps);
        }
    }
}

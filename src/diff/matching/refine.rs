//! Nodes whose surroundings are equal.

use super::{BlankNodeMatcher, mix};
use std::collections::{BTreeMap, HashSet};

/// Steps that refinement takes, in quads looked at.
const REFINE_STEPS: usize = 20_000_000;

/// How many steps each level of surroundings reaches.
const LEVELS: [usize; 6] = [1, 2, 4, 8, 16, 32];

/// The start of the fingerprint of a node that was chosen.
const MARK: u64 = 0x5851_F42D_4C95_7F2D;

impl BlankNodeMatcher<'_> {
    /// Pairs the nodes whose whole surroundings are equal. Where several are alike, one pair is chosen, and the
    /// surroundings are looked at again with that.
    pub(super) fn refine(&mut self) {
        let mut steps = REFINE_STEPS;
        let mut marks = 0;
        loop {
            let is_stable = self.color(&mut steps, marks == 0);
            let mut classes: BTreeMap<u64, [Vec<u32>; 2]> = BTreeMap::new();
            for side in 0..2 {
                for (node, &color) in (0_u32..).zip(&self.colors[side]) {
                    classes.entry(color).or_default()[side].push(node);
                }
            }
            let mut smallest: Option<(usize, u32, u32)> = None;
            for [old, new] in classes.values() {
                let apart = |node: &u32| self.is_apart(*node);
                if old.len().max(new.len()) == 1 || (is_stable && old.iter().all(apart)) {
                    let pairs: Vec<_> = old.iter().copied().zip(new.iter().copied()).collect();
                    for (old, new) in pairs {
                        self.pair(old, Some(new));
                    }
                } else if let (&[first, ..], &[second, ..]) = (old.as_slice(), new.as_slice()) {
                    let size = (old.len() + new.len(), first, second);
                    if smallest.is_none_or(|smallest| size < smallest) {
                        smallest = Some(size);
                    }
                }
            }
            let Some((_, old, new)) = smallest.filter(|_| is_stable) else {
                return;
            };
            marks += 1;
            let mark = mix(MARK, marks);
            for (side, node) in [old, new].into_iter().enumerate() {
                if let Some(color) = self.colors[side].get_mut(node as usize) {
                    *color = mark;
                }
            }
        }
    }

    /// Whether no quad of an old node has another blank node.
    fn is_apart(&self, node: u32) -> bool {
        let mut quads = self.old.quads(node);
        quads.all(|quad| quad.nodes.iter().all(|other| *other == node))
    }

    /// Makes fingerprints of what surrounds each node, until they reach no further. `false` if out of steps.
    fn color(&mut self, steps: &mut usize, keep_levels: bool) -> bool {
        let sides = [self.old, self.new];
        let mut count = 0;
        for reach in 1.. {
            let next = [0, 1].map(|side| {
                let quads = &sides[side];
                let colors = &self.colors[side];
                (0_u32..)
                    .zip(colors)
                    .map(|(node, &color)| {
                        let mut said: Vec<u64> = quads
                            .quads(node)
                            .map(|quad| {
                                *steps = steps.saturating_sub(1);
                                quad.nodes
                                    .iter()
                                    .fold(u64::from(quad.shape), |hash, &other| {
                                        let color = colors.get(other as usize).copied();
                                        let own = u64::from(other == node);
                                        mix(mix(hash, own), color.unwrap_or_default())
                                    })
                            })
                            .collect();
                        said.sort_unstable();
                        said.into_iter().fold(color, mix)
                    })
                    .collect::<Vec<u64>>()
            });
            let distinct: HashSet<u64> = next.iter().flatten().copied().collect();
            self.colors = next;
            if keep_levels && LEVELS.contains(&reach) {
                self.levels.push(self.colors.clone());
            }
            if *steps == 0 {
                return false;
            }
            if distinct.len() == count {
                return true;
            }
            count = distinct.len();
        }
        true
    }
}

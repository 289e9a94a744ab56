//! Blank nodes of two versions, matched by what surrounds them.
//!
//! ```text
//!  quads with blank nodes ─► refine: equal surroundings, as far as they reach ─► greedy: the pair that shares
//!  most, then its neighbours ─► swaps that make more quads common ─► small components: the best of all
//! ```
//!
//! Labels of blank nodes mean nothing outside their file. A matching says which node of the new version is
//! which of the old one, so that as few quads as possible differ. Finding the fewest is hard in general:
//! every stage is bounded by a number of steps, and small graphs alone are searched exhaustively.
mod exhaustive;
mod greedy;
mod refine;
mod swap;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

/// Quads of a node that a score or a swap looks at.
const COUNTED: usize = 256;

/// A quad: what is in it beside its blank nodes, and those in order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct QuadShape {
    /// The number of its shape, the same in both versions.
    pub(super) shape: u32,
    /// Its blank nodes, numbered from 0 in each version.
    pub(super) nodes: Box<[u32]>,
}

/// The quads of one version that mention blank nodes.
#[derive(Debug, Default)]
pub(super) struct VersionQuads {
    quads: Vec<QuadShape>,
    set: HashSet<QuadShape>,
    /// Quads of each node.
    of: Vec<Vec<u32>>,
}

impl VersionQuads {
    /// Takes the quads of a version with that many blank nodes. Each quad comes once.
    pub(super) fn new(nodes: usize, quads: Vec<QuadShape>) -> Self {
        let mut of = vec![Vec::new(); nodes];
        for (at, quad) in (0_u32..).zip(&quads) {
            for &node in &quad.nodes {
                if let Some(quads) = of.get_mut(node as usize)
                    && quads.last() != Some(&at)
                {
                    quads.push(at);
                }
            }
        }
        Self {
            set: quads.iter().cloned().collect(),
            quads,
            of,
        }
    }

    fn len(&self) -> usize {
        self.of.len()
    }

    fn quads(&self, node: u32) -> impl Iterator<Item = &QuadShape> {
        let quads = self.of.get(node as usize).into_iter().flatten();
        quads.filter_map(|&at| self.quads.get(at as usize))
    }
}

/// Finds for each blank node of the old version the one of the new version that it is, if any.
pub(super) fn matching(old: &VersionQuads, new: &VersionQuads) -> Vec<Option<u32>> {
    let mut search = BlankNodeMatcher {
        old,
        new,
        to_new: vec![None; old.len()],
        to_old: vec![None; new.len()],
        colors: [vec![0; old.len()], vec![0; new.len()]],
        levels: Vec::new(),
    };
    search.refine();
    search.greedy();
    if search.differs() {
        search.swap();
        search.exhaust();
    }
    search.to_new
}

struct BlankNodeMatcher<'s> {
    old: &'s VersionQuads,
    new: &'s VersionQuads,
    to_new: Vec<Option<u32>>,
    to_old: Vec<Option<u32>>,
    /// Fingerprints of what surrounds the nodes of both versions.
    colors: [Vec<u64>; 2],
    /// The same, as far as so many steps reach: a change further away does not matter there.
    levels: Vec<[Vec<u64>; 2]>,
}

impl BlankNodeMatcher<'_> {
    fn new_of(&self, node: u32) -> Option<u32> {
        self.to_new.get(node as usize).copied().flatten()
    }

    fn old_of(&self, node: u32) -> Option<u32> {
        self.to_old.get(node as usize).copied().flatten()
    }

    fn pair(&mut self, old: u32, new: Option<u32>) {
        if let Some(place) = self.to_new.get_mut(old as usize) {
            *place = new;
        }
        if let Some(new) = new
            && let Some(place) = self.to_old.get_mut(new as usize)
        {
            *place = Some(old);
        }
    }

    fn unpair(&mut self, old: u32) {
        if let Some(new) = self.to_new.get_mut(old as usize).and_then(Option::take)
            && let Some(place) = self.to_old.get_mut(new as usize)
        {
            *place = None;
        }
    }

    /// Whether the new version has a quad of the old one.
    fn is_common(&self, quad: &QuadShape) -> bool {
        let nodes: Option<Box<[u32]>> = quad.nodes.iter().map(|&node| self.new_of(node)).collect();
        nodes.is_some_and(|nodes| {
            let shape = quad.shape;
            self.new.set.contains(&QuadShape { shape, nodes })
        })
    }

    /// Whether more quads could be common.
    fn differs(&self) -> bool {
        let common = self.old.quads.iter().filter(|q| self.is_common(q)).count();
        common < self.old.quads.len().min(self.new.quads.len())
    }
}

/// Mixes a number into a fingerprint.
fn mix(hash: u64, value: u64) -> u64 {
    let mut x = (hash ^ value.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .rotate_left(29)
        .wrapping_mul(0xBF58_476D_1CE4_E5B9)
        .wrapping_add(0x2545_F491_4F6C_DD1D);
    x ^= x >> 31;
    x = x.wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 29)
}

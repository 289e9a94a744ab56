use super::*;

/// A source of numbers that is the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = mix(self.0, 1);
        (self.0 >> 33) as usize % end.max(1)
    }
}

fn quad(shape: usize, nodes: &[usize]) -> QuadShape {
    QuadShape {
        shape: shape as u32,
        nodes: nodes.iter().map(|&node| node as u32).collect(),
    }
}

fn side(nodes: usize, quads: &[QuadShape]) -> VersionQuads {
    let mut quads = quads.to_vec();
    quads.sort();
    quads.dedup();
    VersionQuads::new(nodes, quads)
}

fn change(old: &VersionQuads, new: &VersionQuads, to_new: &[Option<u32>]) -> usize {
    let common = old.quads.iter().filter(|quad| {
        let nodes: Option<Box<[u32]>> = quad
            .nodes
            .iter()
            .map(|&node| to_new[node as usize])
            .collect();
        let shape = quad.shape;
        nodes.is_some_and(|nodes| new.set.contains(&QuadShape { shape, nodes }))
    });
    old.quads.len() + new.quads.len() - 2 * common.count()
}

/// The least change of all ways to pair.
fn brute_force(old: &VersionQuads, new: &VersionQuads) -> usize {
    fn all(
        old: &VersionQuads,
        new: &VersionQuads,
        at: usize,
        pairs: &mut Vec<Option<u32>>,
    ) -> usize {
        if at == old.len() {
            return change(old, new, pairs);
        }
        let mut least = usize::MAX;
        let mut choices: Vec<Option<u32>> = (0..new.len() as u32)
            .map(Some)
            .filter(|node| !pairs[..at].contains(node))
            .collect();
        // A node without a partner has no common quads: that is never better where partners are left.
        if choices.len() < old.len() - at {
            choices.push(None);
        }
        for choice in choices {
            pairs[at] = choice;
            least = least.min(all(old, new, at + 1, pairs));
        }
        pairs[at] = None;
        least
    }
    all(old, new, 0, &mut vec![None; old.len()])
}

fn random(numbers: &mut Numbers, nodes: usize) -> Vec<QuadShape> {
    let (ground, links) = (1 + numbers.below(4), 1 + numbers.below(2));
    let mut quads = Vec::new();
    for _ in 0..numbers.below(nodes * 2 + 1) {
        quads.push(quad(numbers.below(ground), &[numbers.below(nodes)]));
    }
    for _ in 0..numbers.below(nodes * 2 + 1) {
        let pair = [numbers.below(nodes), numbers.below(nodes)];
        quads.push(quad(10 + numbers.below(links), &pair));
    }
    quads
}

/// The same quads by other numbers of nodes, and some of them changed.
fn changed(
    numbers: &mut Numbers,
    quads: &[QuadShape],
    nodes: usize,
    edits: usize,
) -> Vec<QuadShape> {
    let mut places: Vec<usize> = (0..nodes).collect();
    for at in (1..nodes).rev() {
        places.swap(at, numbers.below(at + 1));
    }
    let mut quads: Vec<QuadShape> = quads
        .iter()
        .map(|q| {
            let nodes: Vec<usize> = q.nodes.iter().map(|&n| places[n as usize]).collect();
            quad(q.shape as usize, &nodes)
        })
        .collect();
    for _ in 0..edits {
        match numbers.below(3) {
            0 if !quads.is_empty() => {
                quads.swap_remove(numbers.below(quads.len()));
            }
            1 => quads.push(quad(numbers.below(4), &[numbers.below(nodes)])),
            _ => quads.push(quad(10, &[numbers.below(nodes), numbers.below(nodes)])),
        }
    }
    quads
}

#[test]
fn is_as_good_as_brute_force_for_small_graphs() {
    let mut numbers = Numbers(7);
    for round in 0..400 {
        // Eight nodes take long to search by brute force in a debug build.
        let nodes = if round < 2 { 8 } else { 1 + numbers.below(6) };
        let before = random(&mut numbers, nodes);
        let after = match numbers.below(3) {
            0 => random(&mut numbers, nodes),
            edits => changed(&mut numbers, &before, nodes, edits * 2),
        };
        let (old, new) = (side(nodes, &before), side(nodes, &after));
        let found = change(&old, &new, &matching(&old, &new));
        let least = brute_force(&old, &new);
        assert!(
            found * 10 <= least * 12,
            "round {round}: {found} instead of {least}\n{before:?}\n{after:?}"
        );
    }
}

#[test]
fn heuristics_are_close_to_what_was_changed_in_larger_graphs() {
    let mut numbers = Numbers(3);
    let (mut total, mut made) = (0, 0);
    for _ in 0..30 {
        let nodes = 20 + numbers.below(30);
        let before = random(&mut numbers, nodes);
        let after = changed(&mut numbers, &before, nodes, 3);
        let (old, new) = (side(nodes, &before), side(nodes, &after));
        total += change(&old, &new, &matching(&old, &new));
        made += 3;
    }
    assert!(total * 10 <= made * 12, "{total} for {made} edits");
}

#[track_caller]
fn isomorphic(name: &str, nodes: usize, quads: &[QuadShape]) {
    let mut numbers = Numbers(11);
    let after = changed(&mut numbers, quads, nodes, 0);
    let (old, new) = (side(nodes, quads), side(nodes, &after));
    assert_eq!(change(&old, &new, &matching(&old, &new)), 0, "{name}");
}

#[test]
fn symmetric_graphs_are_equal() {
    for size in [5, 7, 8, 12, 20] {
        let pairs = (0..size).flat_map(|a| (0..size).map(move |b| (a, b)));
        let clique: Vec<_> = pairs
            .filter(|(a, b)| a != b)
            .map(|(a, b)| quad(0, &[a, b]))
            .collect();
        isomorphic("clique", size, &clique);
    }
    let ring: Vec<_> = (0..40).map(|a| quad(0, &[a, (a + 1) % 40])).collect();
    isomorphic("ring", 40, &ring);
    let both = |edges: &[(usize, usize)]| -> Vec<QuadShape> {
        let edges = edges.iter();
        edges
            .flat_map(|&(a, b)| [quad(0, &[a, b]), quad(0, &[b, a])])
            .collect()
    };
    let petersen: Vec<_> = (0..5)
        .flat_map(|a| [(a, (a + 1) % 5), (a, a + 5), (a + 5, (a + 2) % 5 + 5)])
        .collect();
    isomorphic("Petersen", 10, &both(&petersen));
    let cube: Vec<_> = (0..16_usize)
        .flat_map(|a| (0..4).map(move |bit| (a, a ^ (1 << bit))))
        .filter(|(a, b)| a < b)
        .collect();
    isomorphic("hypercube", 16, &both(&cube));
    let triangles: Vec<_> = (0..60)
        .map(|a| quad(0, &[a, a / 3 * 3 + (a + 1) % 3]))
        .collect();
    isomorphic("triangles", 60, &triangles);
    let alike: Vec<_> = (0..500).map(|a| quad(0, &[a])).collect();
    isomorphic("alike", 500, &alike);
}

#[test]
fn a_change_in_a_long_list_is_one_change() {
    let list = |changed: usize| -> Vec<QuadShape> {
        let mut quads = vec![quad(0, &[0])];
        for at in 0..2_000 {
            quads.push(quad(if at == changed { 99 } else { 1 + at % 3 }, &[at]));
            if at > 0 {
                quads.push(quad(50, &[at - 1, at]));
            }
        }
        quads
    };
    let (old, new) = (side(2_000, &list(1_000)), side(2_000, &list(5_000)));
    assert_eq!(change(&old, &new, &matching(&old, &new)), 2);
}

//! The things around a thing, as a small picture that is drawn here.

use super::incoming::IncomingThings;
use super::reader::{PageReader, shortened};
use oxrdf::vocab::rdf;
use oxrdf::{GraphName, NamedNode, Quad, Term};

/// Neighbours on each side.
const SIDE: usize = 20;

/// Letters of a name that fit.
const LETTERS: usize = 34;

/// Height of a neighbour.
const HEIGHT: usize = 36;

/// Widths of a side with neighbours, and of the middle.
const BESIDE: usize = 300;
const MIDDLE: usize = 280;

/// A picture: what points here on the left, what this points to on the right.
pub(super) struct Neighbourhood {
    pub width: usize,
    pub height: usize,
    pub middle: usize,
    pub left: usize,
    pub right: usize,
    /// The thing itself, in lines.
    pub name: Vec<(usize, String)>,
    pub before: Vec<NeighbourNode>,
    pub after: Vec<NeighbourNode>,
    /// Neighbours that are not in the picture.
    pub more: usize,
}

/// A neighbour.
pub(super) struct NeighbourNode {
    pub y: usize,
    pub name: String,
    pub full: String,
    pub href: String,
    pub property: String,
}

impl Neighbourhood {
    /// The picture of a thing; `None` where it has fewer than two neighbours.
    pub(super) fn of(
        view: &PageReader<'_>,
        node: &NamedNode,
        quads: &[Quad],
        incoming: &[IncomingThings],
    ) -> Option<Self> {
        let inferred = GraphName::from(view.graph("inferred"));
        let mut after = Vec::new();
        let facts = quads.iter().filter(|quad| {
            quad.predicate != rdf::TYPE
                && (quad.graph_name == GraphName::DefaultGraph || quad.graph_name == inferred)
        });
        for quad in facts {
            // Addresses outside of the graph are not shown as neighbours.
            if let Term::NamedNode(object) = &quad.object
                && object != node
                && (object.as_str().starts_with(view.site.base())
                    || view.label(object.as_str()).is_some())
            {
                let value = view.thing(object.as_str());
                let property = view.term(quad.predicate.as_str()).text;
                after.push((value.text, value.href.unwrap_or_default(), property));
            }
        }
        let mut before = Vec::new();
        for group in incoming.iter().filter(|group| group.graph.is_none()) {
            for (thing, _) in &group.things {
                if let Some(href) = &thing.href {
                    before.push((
                        thing.text.clone(),
                        href.clone(),
                        group.property.text.clone(),
                    ));
                }
            }
        }
        for side in [&mut before, &mut after] {
            let mut seen = std::collections::HashSet::new();
            side.retain(|(_, href, property)| seen.insert((href.clone(), property.clone())));
        }
        if before.len() + after.len() < 2 {
            return None;
        }
        let more = before.len().saturating_sub(SIDE) + after.len().saturating_sub(SIDE);
        let rows = before.len().min(SIDE).max(after.len().min(SIDE));
        let height = (rows * HEIGHT).max(HEIGHT * 2) + 8;
        let middle = height / 2;
        let lines = lines(&view.name(node.as_str()));
        let top = (middle + 5).saturating_sub((lines.len().saturating_sub(1)) * 9);
        // A side without neighbours takes no room.
        let beside = |side: &[_]| if side.is_empty() { 0 } else { BESIDE };
        let left = beside(&before);
        let right = left + MIDDLE;
        Some(Self {
            width: right + beside(&after),
            height,
            middle,
            left,
            right,
            name: lines
                .into_iter()
                .enumerate()
                .map(|(at, line)| (top + at * 18, line))
                .collect(),
            before: placed(before, height),
            after: placed(after, height),
            more,
        })
    }
}

/// Neighbours of one side, one below the other.
fn placed(side: Vec<(String, String, String)>, height: usize) -> Vec<NeighbourNode> {
    let count = side.len().min(SIDE);
    let top = height.saturating_sub(count * HEIGHT) / 2;
    let nodes = side.into_iter().take(SIDE).enumerate();
    nodes
        .map(|(at, (name, href, property))| NeighbourNode {
            y: top + at * HEIGHT + HEIGHT / 2,
            full: name.clone(),
            name: shortened(&name, LETTERS),
            href,
            property: shortened(&property, LETTERS),
        })
        .collect()
}

/// A name in at most three lines.
fn lines(name: &str) -> Vec<String> {
    const LINE: usize = 20;
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        let is_full = lines.len() == 3;
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < LINE => {
                line.push(' ');
                line.push_str(word);
            }
            Some(line) if is_full => {
                line.push('…');
                break;
            }
            _ => lines.push(shortened(word, LINE)),
        }
    }
    lines
}

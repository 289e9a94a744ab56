//! Graphs to serve, published without tables.

use civigraph::store::{BuildDescription, BuildOptions, Builder};
use oxrdf::{GraphName, Literal, NamedNode, Quad};
use std::path::Path;

/// Publishes quads as a build of the store in a folder.
pub fn publish(folder: &Path, base: &str, quads: impl IntoIterator<Item = Quad>) -> String {
    let store = folder.join(".civigraph");
    let builder = Builder::begin(&store, BuildOptions::default()).unwrap();
    builder.add(quads).unwrap();
    let about = BuildDescription {
        base: base.to_owned(),
        ..BuildDescription::default()
    };
    builder.publish(about).unwrap().manifest.id
}

/// A graph with so many things: each has a number, a name and a neighbour.
pub fn things(count: usize) -> impl Iterator<Item = Quad> {
    let node = |name: &str, number: usize| {
        NamedNode::new_unchecked(format!("https://example.org/{name}{number}"))
    };
    let property = |name: &str| NamedNode::new_unchecked(format!("https://example.org/ns#{name}"));
    (0..count).flat_map(move |number| {
        let thing = node("id/thing/", number);
        let next = node("id/thing/", (number * 7 + 1) % count);
        let name = Literal::new_simple_literal(format!("thing, number {number}"));
        [
            Quad::new(
                thing.clone(),
                property("next"),
                next,
                GraphName::DefaultGraph,
            ),
            Quad::new(
                thing.clone(),
                property("number"),
                Literal::from(number as i64),
                GraphName::DefaultGraph,
            ),
            Quad::new(thing, property("name"), name, GraphName::DefaultGraph),
        ]
    })
}

/// A graph with so many names, each of so many bytes.
pub fn texts(count: usize, length: usize) -> impl Iterator<Item = Quad> {
    (0..count).map(move |number| {
        let text = number.to_string().repeat(length);
        Quad::new(
            NamedNode::new_unchecked(format!("https://example.org/id/text/{number}")),
            NamedNode::new_unchecked("https://example.org/ns#name"),
            Literal::new_simple_literal(&text[..length.min(text.len())]),
            GraphName::DefaultGraph,
        )
    })
}

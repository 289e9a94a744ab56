//! The graph that is served, and what is asked of it.

use civigraph::store::{BuildDescription, BuildOptions, Builder};
use oxrdf::{GraphName, Literal, NamedNode, Quad};
use std::io;
use std::path::Path;

/// Quads about each thing.
pub const QUADS_OF_A_THING: usize = 5;

/// Queries as stored ones are: `$` is a number that changes.
pub const QUERIES: &[(&str, &str)] = &[
    (
        "a thing",
        "SELECT ?p ?o { <https://example.org/id/thing/$> ?p ?o }",
    ),
    (
        "its neighbours",
        "PREFIX ns: <https://example.org/ns#> SELECT ?name { \
         <https://example.org/id/thing/$> ns:next/ns:next/ns:next ?x . ?x ns:name ?name }",
    ),
    (
        "things of a group",
        "PREFIX ns: <https://example.org/ns#> SELECT ?s ?name { \
         ?s ns:group <https://example.org/id/group/$> ; ns:name ?name } ORDER BY ?name LIMIT 20",
    ),
    (
        "a group counted",
        "PREFIX ns: <https://example.org/ns#> SELECT (COUNT(*) AS ?n) (AVG(?number) AS ?mean) { \
         ?s ns:group <https://example.org/id/group/$> ; ns:number ?number }",
    ),
    (
        "by a number",
        "PREFIX ns: <https://example.org/ns#> SELECT ?s ?name { ?s ns:number $ ; ns:name ?name }",
    ),
];

/// Queries that want too much.
pub const HOSTILE: &[&str] = &[
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
    "SELECT DISTINCT ?a ?f { ?a ?b ?c . ?d ?e ?f }",
    "SELECT * { ?a (<https://example.org/ns#next>|!<http://e/p>)* ?c }",
];

/// The query of a number.
pub fn query(number: usize, things: usize) -> String {
    let (_, text) = QUERIES[number % QUERIES.len()];
    let parameter = number.wrapping_mul(7_919) % things;
    text.replace("group/$", &format!("group/{}", parameter % groups(things)))
        .replace('$', &parameter.to_string())
}

fn groups(things: usize) -> usize {
    things / 100 + 1
}

/// The quads of so many things.
pub fn quads(things: usize) -> impl Iterator<Item = Quad> {
    let node = |name: String| NamedNode::new_unchecked(format!("https://example.org/{name}"));
    (0..things).flat_map(move |number| {
        let thing = node(format!("id/thing/{number}"));
        let say = |property: &str, object: oxrdf::Term| {
            Quad::new(
                thing.clone(),
                node(format!("ns#{property}")),
                object,
                GraphName::DefaultGraph,
            )
        };
        let name = |language: &str| {
            let text = format!("thing {number} in {language}");
            Literal::new_language_tagged_literal_unchecked(text, language)
        };
        [
            say(
                "next",
                node(format!("id/thing/{}", (number * 7 + 1) % things)).into(),
            ),
            say(
                "group",
                node(format!("id/group/{}", number % groups(things))).into(),
            ),
            say("number", Literal::from(number as i64).into()),
            say("name", name("en").into()),
            say("name", name("ru").into()),
        ]
    })
}

/// Publishes them.
///
/// # Errors
/// The folder cannot be written.
pub fn publish(folder: &Path, things: usize) -> io::Result<()> {
    let failed = |error: civigraph::store::StoreError| io::Error::other(error.to_string());
    let store = folder.join(".civigraph");
    let builder = Builder::begin(&store, BuildOptions::default()).map_err(failed)?;
    builder.add(quads(things)).map_err(failed)?;
    let about = BuildDescription {
        base: "https://example.org/".to_owned(),
        ..BuildDescription::default()
    };
    builder.publish(about).map_err(failed)?;
    Ok(())
}

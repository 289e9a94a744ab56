//! The graph of claims in RDF 1.2, read back by Oxigraph.

use super::{run, store};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::vocab::rdf;
use oxigraph::model::{GraphName, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use oxigraph::store::Store;
use std::collections::{BTreeSet, HashMap};

const REIFIES: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies");

/// The triples of the graph of claims, written in a format and read back.
fn claims(format: RdfFormat, name: &str, version: &str) -> Vec<Triple> {
    let store = store().to_str().unwrap();
    let text = run(&[
        "export", "--graph", "claims", "--rdf", version, "--format", name, "--store", store,
    ]);
    RdfParser::from_format(format)
        .for_slice(text.as_bytes())
        .map(|quad| Triple::from(quad.unwrap()))
        .collect()
}

fn lines<'t>(triples: impl IntoIterator<Item = &'t Triple>) -> BTreeSet<String> {
    triples.into_iter().map(ToString::to_string).collect()
}

#[test]
fn reifiers_say_what_the_statements_say() {
    let plain = claims(RdfFormat::NTriples, "ntriples", "1.1");
    let new = claims(RdfFormat::NTriples, "ntriples", "1.2");
    for (format, name) in [
        (RdfFormat::Turtle, "turtle"),
        (RdfFormat::TriG, "trig"),
        (RdfFormat::NQuads, "nquads"),
    ] {
        assert_eq!(lines(&claims(format, name, "1.2")), lines(&new), "{name}");
    }
    // RDF 1.1 stays as it is, and there is nothing more than reifiers.
    let (reifiers, others): (Vec<&Triple>, Vec<&Triple>) =
        new.iter().partition(|triple| triple.predicate == REIFIES);
    assert_eq!(lines(others), lines(&plain));

    // What each node is about, by its own reification.
    let mut parts: HashMap<&NamedOrBlankNode, [Vec<&Term>; 3]> = HashMap::new();
    for triple in &plain {
        let part = [rdf::SUBJECT, rdf::PREDICATE, rdf::OBJECT]
            .iter()
            .position(|part| triple.predicate == *part);
        if let Some(part) = part {
            parts.entry(&triple.subject).or_default()[part].push(&triple.object);
        }
    }
    let mut expected = BTreeSet::new();
    for (node, [subjects, predicates, objects]) in parts {
        for object in objects {
            let about = format!("{} {} {object}", subjects[0], predicates[0]);
            expected.insert(format!("{node} {about}"));
        }
    }
    let found: BTreeSet<String> = reifiers
        .into_iter()
        .map(|triple| match &triple.object {
            Term::Triple(about) => format!("{} {about}", triple.subject),
            other => panic!("{other} is no triple term"),
        })
        .collect();
    assert!(found.len() > 800, "{}", found.len());
    assert_eq!(found, expected);
}

#[test]
fn reifiers_are_asked_in_sparql() {
    let store = Store::new().unwrap();
    let quads = claims(RdfFormat::NTriples, "ntriples", "1.2");
    for triple in quads {
        store
            .insert(&triple.in_graph(GraphName::DefaultGraph))
            .unwrap();
    }
    let text = "PREFIX cg: <https://w3id.org/civigraph/ns#>
        PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        SELECT ?claim ?value {
            ?claim rdf:reifies <<( <https://w3id.org/civigraph/id/programme/novokuznetsk-2035> cg:horizon ?value )>>
        } ORDER BY ?claim";
    let results = SparqlEvaluator::new()
        .parse_query(text)
        .unwrap()
        .on_store(&store)
        .execute()
        .unwrap();
    let QueryResults::Solutions(solutions) = results else {
        panic!("no solutions");
    };
    let found: Vec<String> = solutions
        .map(|solution| {
            let solution = solution.unwrap();
            let Some(Term::Literal(value)) = solution.get("value") else {
                panic!("no literal");
            };
            format!("{} {}", solution.get("claim").unwrap(), value.value())
        })
        .collect();
    let claim = |id: &str, value| format!("<https://w3id.org/civigraph/id/claim/{id}> {value}");
    assert_eq!(
        found,
        [claim("c-003-021", "2035"), claim("c-003-063", "P100Y")]
    );
}

/// What a claim says of itself: how it is known, by whom, and what is thought of it.
#[test]
fn claims_have_their_qualities() {
    let store = store().to_str().unwrap();
    let count = |pattern: &str| -> u64 {
        let text = format!(
            "SELECT (COUNT(DISTINCT ?c) AS ?n) {{ GRAPH graph:claims {{ ?c a cg:Claim . {pattern} }} }}"
        );
        let answer = run(&["query", "-e", &text, "--format", "csv", "--store", store]);
        answer.lines().nth(1).unwrap().trim().parse().unwrap()
    };
    let all = count("");
    assert!(all > 500, "{all}");
    for property in [
        "cg:basis",
        "cg:modality",
        "cg:rank",
        "cg:reviewStatus",
        "rdf:subject",
        "rdf:predicate",
        "rdf:object",
    ] {
        assert_eq!(count(&format!("?c {property} ?x")), all, "{property}");
    }
    for property in [
        "cg:saidBy",
        "prov:wasDerivedFrom",
        "cg:evidence",
        "cg:statedValue",
    ] {
        assert!(count(&format!("?c {property} ?x")) > 0, "{property}");
    }
}

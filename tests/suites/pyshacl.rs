//! The shipped shapes on the shipped graph, and on graphs broken in a hundred places, against pySHACL.
//!
//! `CIVIGRAPH_PYSHACL` names its program (`pip install pyshacl` in a virtual environment gives one); the
//! test is skipped without it. Both see the same triples: the graphs of the tables, joined.

use super::shacl::{iri, line, objects, report_lines};
use crate::cli::workshop::Workshop;
use crate::facts::root;
use civigraph::diagnostic::{Diagnostics, ReadingMode};
use civigraph::shacl::{Shapes, ShapesText};
use oxigraph::io::{RdfFormat, RdfParser};
use oxrdf::{Graph, GraphName, NamedOrBlankNode, Quad, Term, Triple};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

#[test]
fn agrees_with_pyshacl() {
    let Some(program) = std::env::var_os("CIVIGRAPH_PYSHACL") else {
        println!("skipped: CIVIGRAPH_PYSHACL does not name pySHACL's program");
        return;
    };
    let ontology = root().join("ontology");
    let text: String = ["shapes.ttl", "shapes-sparql.ttl"]
        .iter()
        .map(|name| std::fs::read_to_string(ontology.join(name)).unwrap())
        .collect();
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let shapes = Shapes::parse(
        &[ShapesText {
            text: &text,
            name: "shapes.ttl",
            base: None,
        }],
        &mut diagnostics,
    );
    assert!(diagnostics.is_empty());
    let shipped = shipped();
    assert!(shipped.len() > 10_000, "{}", shipped.len());
    let folder = tempfile::tempdir().unwrap();
    let mut different = BTreeSet::new();
    std::fs::write(folder.path().join("shapes.ttl"), &text).unwrap();
    for variant in 0..6 {
        let triples = broken(&shipped, variant);
        let quads: Vec<Quad> = triples
            .iter()
            .map(|triple| triple.clone().in_graph(GraphName::DefaultGraph))
            .collect();
        let mut data = shapes.data();
        data.add(quads.iter().map(Quad::as_ref));
        let report = shapes.validate(data, u64::MAX).unwrap();
        let ours = report_lines(&report, false);
        let lines: String = triples
            .iter()
            .map(|triple| format!("{triple} .\n"))
            .collect();
        std::fs::write(folder.path().join("data.nt"), lines).unwrap();
        let theirs = validated(Path::new(&program), folder.path());
        let theirs = report_of(&theirs);
        println!("variant {variant}: {} results", ours.len());
        assert_eq!(ours.is_empty(), variant == 0);
        // What a query finds in several ways, pySHACL tells once.
        let [here, there] = [&ours, &theirs].map(|lines| lines.iter().collect::<BTreeSet<_>>());
        for line in here.symmetric_difference(&there) {
            different.insert(format!("variant {variant}: {line}"));
        }
    }
    assert!(different.is_empty(), "{different:#?}");
}

/// The triples of the graphs that the shipped tables make.
fn shipped() -> Vec<Triple> {
    let workshop = Workshop::empty();
    let project = root().to_string_lossy().into_owned();
    workshop
        .run(&["--project", &project, "--store", "store", "build"])
        .exits(0);
    workshop
        .run(&[
            "--store", "store", "export", "--format", "nquads", "-o", "all.nq",
        ])
        .exits(0);
    let text = std::fs::read(workshop.path("all.nq")).unwrap();
    let mut triples: Vec<Triple> = RdfParser::from_format(RdfFormat::NQuads)
        .for_slice(&text)
        .map(|quad| quad.unwrap())
        .filter(|quad| {
            let graph = quad.graph_name.to_string();
            !["vocabulary>", "inferred>", "release>"]
                .iter()
                .any(|other| graph.ends_with(other))
        })
        .map(Triple::from)
        .collect();
    triples.sort_by_key(ToString::to_string);
    triples.dedup();
    triples
}

/// A graph with some triples left out and some objects exchanged; variant 0 is sound.
fn broken(triples: &[Triple], variant: u64) -> Vec<Triple> {
    let mut state = variant;
    let mut random = || {
        // Knuth's generator: any will do that is always the same.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    // pySHACL writes numbers in another way than they stand, and lets values pass that have no order
    // with a number.
    let is_number = |term: &Term| matches!(term, Term::Literal(literal) if literal.value().parse::<f64>().is_ok());
    let objects: Vec<&Term> = triples
        .iter()
        .map(|triple| &triple.object)
        .filter(|term| !is_number(term))
        .collect();
    let mut made = Vec::new();
    for triple in triples {
        let mut triple = triple.clone();
        let other = objects[random() % objects.len()].clone();
        match random() % 300 {
            _ if variant == 0 => {}
            0..6 => continue,
            6 => triple.object = other,
            7 => {
                let mut more = triple.clone();
                more.object = other;
                made.push(more);
            }
            _ => {}
        }
        made.push(triple);
    }
    made
}

/// The report of pySHACL in Turtle.
fn validated(program: &Path, folder: &Path) -> String {
    let output = Command::new(program)
        .current_dir(folder)
        .args(["-s", "shapes.ttl", "-f", "turtle", "-df", "nt", "data.nt"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

fn report_of(text: &str) -> Vec<String> {
    let graph: Graph = RdfParser::from_format(RdfFormat::Turtle)
        .for_slice(text.as_bytes())
        .map(|quad| Triple::from(quad.unwrap()))
        .collect();
    let sh = |name: &str| format!("http://www.w3.org/ns/shacl#{name}");
    let kind = iri(&sh("ValidationResult"));
    let results: Vec<NamedOrBlankNode> = graph
        .subjects_for_predicate_object(
            iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type").as_ref(),
            kind.as_ref(),
        )
        .map(|subject| subject.into_owned())
        .collect();
    results
        .iter()
        .map(|result| {
            let one = |name: &str| objects(&graph, result.as_ref(), &sh(name)).pop();
            let named = |name: &str| match one(name) {
                Some(Term::NamedNode(node)) => node,
                other => panic!("{name} is {other:?}"),
            };
            line(
                &one("focusNode").unwrap(),
                one("resultPath").map(|path| path.to_string()),
                one("value").as_ref(),
                &named("sourceConstraintComponent"),
                &named("resultSeverity"),
                one("sourceShape").as_ref(),
                Vec::new(),
            )
        })
        .collect()
}

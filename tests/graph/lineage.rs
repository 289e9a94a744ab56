//! Every triple of every graph has an answer to `why`.

use super::store;
use crate::cli::workshop::program;
use crate::facts::root;

/// Triples of a graph, in the terms of SPARQL's TSV, spread over all of them.
fn some_triples(graph: &str) -> Vec<Vec<String>> {
    let pattern = match graph {
        "default" => "{ ?s ?p ?o }".to_owned(),
        name => format!("{{ GRAPH graph:{name} {{ ?s ?p ?o }} }}"),
    };
    let text = format!(
        "SELECT ?s ?p ?o {pattern} ORDER BY MD5(CONCAT(STR(?s), STR(?p), STR(?o))) LIMIT 12"
    );
    let store = store().to_str().unwrap();
    let answer = super::run(&["query", "-e", &text, "--format", "tsv", "--store", store]);
    answer
        .lines()
        .skip(1)
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .collect()
}

#[test]
fn every_triple_of_every_graph_is_explained() {
    let store = store().to_str().unwrap();
    for (graph, expected) in [
        ("default", "  made from  data/"),
        ("register", "  made from  data/"),
        ("sources", "  made from  data/"),
        ("claims", "  made "),
        ("inferred", "  inferred   by ontology/rules/"),
        ("vocabulary", "  made from  ontology/"),
        ("release", "  made by    the build "),
    ] {
        let triples = some_triples(graph);
        assert!(triples.len() > 10, "{graph}: {}", triples.len());
        for terms in triples {
            let output = program(root())
                .args(["why", "--store", store])
                .args(&terms)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{graph}: {terms:?}\n{errors}");
            assert!(said.contains(expected), "{graph}: {terms:?}\n{said}");
        }
    }
}

#[test]
fn things_are_found_by_id_and_label() {
    let store = store().to_str().unwrap();
    for name in ["Ирбит", "irbit", "city/irbit", "city:irbit"] {
        let said = super::run(&["why", "--store", store, name, "cg:locatedIn"]);
        assert!(said.contains("data/cities.csv:2:"), "{name}: {said}");
    }
    // A prefix of the ontology that looks like a kind of thing.
    let output = program(root())
        .args(["why", "--store", store, "person:karen-malkhasyan"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let hint = "did you mean `person/karen-malkhasyan`?";
    assert!(String::from_utf8_lossy(&output.stderr).contains(hint));
}

/// A value that only a claim states is led to that claim, and what is withheld is said to be.
#[test]
fn contradicted_values_are_explained_as_such() {
    let store = store().to_str().unwrap();
    let why = |object: &str| {
        super::run(&[
            "why",
            "--store",
            store,
            "programme:novokuznetsk-2035",
            "cg:horizon",
            object,
        ])
    };
    let (cell, claim) = (why("2035"), why("P100Y"));
    assert!(cell.contains("made from  data/programs.csv:5:"), "{cell}");
    assert!(claim.contains("column `value`: P100Y"), "{claim}");
    assert!(
        claim.contains("claim      c-003-063 data/claims.csv:"),
        "{claim}"
    );
    for said in [cell, claim] {
        assert!(
            said.contains("but        not asserted: another claim says otherwise"),
            "{said}"
        );
    }
}

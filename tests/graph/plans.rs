//! Queries that people write in the order of their thoughts, and whose plans must not multiply.

use super::{run, store};

const OPTIONAL_FIRST: &str = "SELECT * {
  ?s ?p ?o
  OPTIONAL { GRAPH graph:claims { ?claim rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; cg:basis ?basis } }
  ?s a cg:City
}";

const REQUIRED_FIRST: &str = "SELECT * {
  ?s a cg:City .
  ?s ?p ?o
  OPTIONAL { GRAPH graph:claims { ?claim rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; cg:basis ?basis } }
}";

/// A required pattern behind an `OPTIONAL` into the graph of claims is joined before it: else the optional
/// part is looked up for every triple of the graph.
#[test]
fn a_required_pattern_comes_before_an_optional_one() {
    let store = store().to_str().unwrap();
    let plan = run(&["query", "-e", OPTIONAL_FIRST, "--explain", "--store", store]);
    let (_, tree) = plan.split_once("\nplan\n").unwrap();
    let line = |what: &str| {
        let mut lines = tree.lines();
        lines.position(|line| line.contains(what)).unwrap()
    };
    let (optional, cities) = (line("LeftJoin"), line("ns#City>"));
    assert!(optional < cities, "{plan}");
    // What reaches the optional part is what is said of cities, and no more than comes out of it.
    let rows = |at: usize| -> u64 {
        let line = tree.lines().nth(at).unwrap();
        let (_, counted) = line.rsplit_once("  (").unwrap();
        let (rows, _) = counted.split_once(" rows").unwrap();
        rows.parse().unwrap()
    };
    assert!(rows(optional + 1) <= rows(optional), "{plan}");
}

#[test]
fn the_order_of_patterns_does_not_change_the_answer() {
    let store = store().to_str().unwrap();
    let answer = |query: &str| -> Vec<String> {
        let found = run(&["query", "-e", query, "--format", "tsv", "--store", store]);
        let mut lines: Vec<String> = found.lines().skip(1).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let found = answer(REQUIRED_FIRST);
    assert!(found.len() > 50, "{}", found.len());
    let columns = |line: &String| -> Vec<String> {
        let mut cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        cells.sort();
        cells
    };
    let sorted = |lines: Vec<String>| {
        let mut rows: Vec<Vec<String>> = lines.iter().map(columns).collect();
        rows.sort();
        rows
    };
    assert_eq!(sorted(answer(OPTIONAL_FIRST)), sorted(found));
}

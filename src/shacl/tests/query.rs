//! Constraints in SPARQL: what the evaluator gets wrong, and what shapes may not declare.

use super::*;

const DECLARATIONS: &str = ":D sh:declare [ sh:prefix \"e\" ; sh:namespace \"http://e/\" ],
    [ sh:prefix \"xsd\" ; sh:namespace \"http://www.w3.org/2001/XMLSchema#\" ] .\n";

/// The violations of one query, each focus node with its value.
fn of(target: &str, query: &str, data: &str) -> Vec<String> {
    let text = format!(
        "{DECLARATIONS}:S a sh:NodeShape ; {target} ; sh:sparql [ sh:prefixes :D ; sh:select \"\"\"{query}\"\"\" ] ."
    );
    found(&text, data)
}

#[test]
fn a_duration_is_added_to_a_date() {
    let data = "
        :a :from \"2020-01-01\"^^xsd:date ; :to \"2020-06-01\"^^xsd:date .
        :b :from \"2020-01-01\"^^xsd:date ; :to \"2020-01-05\"^^xsd:date .";
    for sum in [
        "?from + \"P30D\"^^xsd:dayTimeDuration",
        "\"P30D\"^^xsd:dayTimeDuration + ?from",
    ] {
        let query = format!("SELECT $this {{ $this e:from ?from ; e:to ?to FILTER(?to > {sum}) }}");
        let found = of("sh:targetSubjectsOf :from", &query, data);
        assert_eq!(found, ["<a> <a>"], "{query}");
    }
}

#[test]
fn casts_strip_white_space() {
    let query = "SELECT $this { $this e:p ?n FILTER(xsd:integer(?n) > 5) }";
    let found = of(
        "sh:targetSubjectsOf :p",
        query,
        ":a :p \" 7 \" . :b :p \"3\" .",
    );
    assert_eq!(found, ["<a> <a>"]);
}

/// Class subtraction, `\1` and `$2_$1` are XPath's; Rust's dialect knows none of them.
#[test]
fn regular_expressions_are_those_of_xpath() {
    let data = ":a :p \"b\" . :b :p \"a\" . :c :p \"noon\" . :d :p \"2019-05\" .";
    for (filter, expected) in [
        (r#"REGEX(?v, "^[a-z-[aeiou]]$")"#, "<a> <a>"),
        (r#"REGEX(?v, "(o)\\1")"#, "<c> <c>"),
        (
            r#"REPLACE(?v, "([0-9]+)-([0-9]+)", "$2_$1") = "05_2019""#,
            "<d> <d>",
        ),
    ] {
        let query = format!("SELECT $this {{ $this e:p ?v FILTER({filter}) }}");
        // In a Turtle string, a backslash is written as two.
        let query = query.replace('\\', "\\\\");
        let found = of("sh:targetSubjectsOf :p", &query, data);
        assert_eq!(found, [expected], "{query}");
    }
    let illegal = "SELECT $this { $this e:p ?v FILTER(REGEX(?v, \"(?=a)\")) }";
    let text = format!(
        "{DECLARATIONS}:S a sh:NodeShape ; sh:targetNode :a ; sh:sparql [ sh:prefixes :D ; sh:select \"\"\"{illegal}\"\"\" ] ."
    );
    let (_, problems) = shapes(&text);
    let codes: Vec<Code> = problems.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, [Code::ShapeQuery]);
}

#[test]
fn concatenations_have_no_language() {
    let query = "SELECT $this { $this e:q ?q { SELECT $this (GROUP_CONCAT(?v) AS ?all) { $this e:p ?v } GROUP BY $this } FILTER(LANG(?all) = \"\") }";
    let found = of(
        "sh:targetSubjectsOf :p",
        query,
        ":a :q 1 ; :p \"x\"@en, \"y\"@en .",
    );
    assert_eq!(found, ["<a> <a>"]);
}

/// A path of length zero holds for a focus node that no triple has.
#[test]
fn paths_of_length_zero_reach_their_start() {
    let data = ":a :p :b . :b :p :a .";
    for (node, query, expected) in [
        (
            ":nothing",
            "SELECT $this ?value { $this e:p* ?value }",
            vec!["<nothing> <nothing>"],
        ),
        (
            ":nothing",
            "SELECT $this ?value { ?value e:p? $this }",
            vec!["<nothing> <nothing>"],
        ),
        (
            ":a",
            "SELECT $this ?value { $this e:p* ?value }",
            vec!["<a> <a>", "<a> <b>"],
        ),
    ] {
        let mut found = of(&format!("sh:targetNode {node}"), query, data);
        found.sort();
        assert_eq!(found, expected, "{query}");
    }
}

/// Blank nodes and literals are in a query as IRIs; a path sees that they are in the graph.
#[test]
fn paths_start_at_blank_nodes_and_literals() {
    let data = ":a :p [ :p :c ] . :c :p \"x\" .";
    let found = of(
        "sh:targetObjectsOf :p",
        "SELECT $this ?value { $this e:p* ?value }",
        data,
    );
    assert_eq!(found.len(), 6, "{found:?}");
}

#[test]
fn a_prefix_has_one_namespace() {
    let shape = ":S a sh:NodeShape ; sh:targetNode :a ; sh:sparql [ sh:prefixes :A, :B ; sh:select \"SELECT $this { $this e:p ?v }\" ] .\n";
    for (declarations, expected) in [
        (
            ":A sh:declare [ sh:prefix \"e\" ; sh:namespace \"http://e/\" ] .",
            vec![],
        ),
        // The same twice is not a contradiction.
        (
            ":A sh:declare [ sh:prefix \"e\" ; sh:namespace \"http://e/\" ] .\n:B sh:declare [ sh:prefix \"e\" ; sh:namespace \"http://e/\"^^xsd:anyURI ] .",
            vec![],
        ),
        (
            ":A sh:declare [ sh:prefix \"e\" ; sh:namespace \"http://e/\" ] .\n:B sh:declare [ sh:prefix \"e\" ; sh:namespace \"http://f/\" ] .",
            vec![Code::Shape],
        ),
        // Behind `owl:imports` too.
        (
            ":A owl:imports :I ; sh:declare [ sh:prefix \"e\" ; sh:namespace \"http://e/\" ] .\n:I sh:declare [ sh:prefix \"e\" ; sh:namespace \"http://f/\" ] .",
            vec![Code::Shape],
        ),
        (
            ":A sh:declare [ sh:prefix \"e\" ; sh:namespace \"http://e/\", \"http://f/\" ] .",
            vec![Code::Shape],
        ),
        (
            ":A sh:declare [ sh:prefix \"e\", \"f\" ; sh:namespace \"http://e/\" ] .",
            vec![Code::Shape],
        ),
        (":A sh:declare [ sh:prefix \"e\" ] .", vec![Code::Shape]),
        (
            ":A sh:declare [ sh:prefix \"e\" ; sh:namespace \"no IRI\" ] .",
            vec![Code::Shape],
        ),
    ] {
        let (_, problems) = shapes(&format!("{shape}{declarations}"));
        let codes: Vec<Code> = problems.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, expected, "{declarations}");
    }
}

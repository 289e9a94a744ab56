//! Language tags, which are equal without regard to case wherever literals are compared.

use super::*;
use oxrdf::{BaseDirection, Literal, NamedNode};

/// Tags that are equal, in the cases in which tables, Turtle, shapes and queries may have them.
const TAGS: [&str; 3] = ["en-GB", "EN-gb", "en-gb"];

/// `:a :p "x"@tag ; :q "x"@other`.
fn data(tag: &str, other: &str) -> Vec<Quad> {
    let node = |name: &str| NamedNode::new_unchecked(format!("http://e/{name}"));
    let quad = |property: &str, language: &str| {
        let literal = Literal::new_language_tagged_literal_unchecked("x", language);
        Quad::new(
            node("a"),
            node(property),
            literal,
            oxrdf::GraphName::DefaultGraph,
        )
    };
    vec![quad("p", tag), quad("q", other)]
}

fn violations(shapes_text: &str, quads: &[Quad]) -> usize {
    let (shapes, problems) = shapes(shapes_text);
    assert_eq!(problems, [], "{shapes_text}");
    let mut data = shapes.data();
    data.add(quads.iter().map(Quad::as_ref));
    let report = shapes.validate(data, u64::MAX).unwrap();
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    report.results.len()
}

#[test]
fn constraints_compare_tags_without_regard_to_case() {
    for (constraint, expected) in [
        ("sh:in ( \"x\"@TAG )", 0),
        ("sh:in ( \"x\"@fr )", 1),
        ("sh:hasValue \"x\"@TAG", 0),
        ("sh:equals :q", 0),
        ("sh:disjoint :q", 1),
        ("sh:languageIn ( \"TAG\" )", 0),
        ("sh:languageIn ( \"en-US\" )", 1),
        // Strings with a language have no order, equal or not.
        ("sh:lessThan :q", 1),
        ("sh:lessThanOrEquals :q", 1),
        ("sh:nodeKind sh:Literal ; sh:maxCount 1", 0),
    ] {
        for tag in TAGS {
            for (of_p, of_q) in [("en-GB", "en-gb"), ("EN-GB", "en-GB")] {
                let text = format!(
                    ":S a sh:PropertyShape ; sh:targetNode :a ; sh:path :p ; {} .",
                    constraint.replace("TAG", tag)
                );
                assert_eq!(violations(&text, &data(of_p, of_q)), expected, "{text}");
            }
        }
    }
}

#[test]
fn one_value_in_each_language() {
    let shape = ":S a sh:PropertyShape ; sh:targetNode :a ; sh:path [ sh:alternativePath ( :p :q ) ] ; sh:uniqueLang true .";
    let mut quads = data("en-GB", "EN-gb");
    // The same literal twice is one value.
    assert_eq!(violations(shape, &quads), 0);
    for quad in &mut quads {
        if quad.predicate.as_str() == "http://e/q" {
            quad.object = Literal::new_language_tagged_literal_unchecked("y", "EN-gb").into();
        }
    }
    assert_eq!(violations(shape, &quads), 1);
}

#[test]
fn a_literal_is_a_target() {
    for tag in TAGS {
        let text = format!(
            ":S sh:targetNode \"x\"@{tag} ; sh:property [ sh:path [ sh:inversePath :p ] ; sh:minCount 1 ] ."
        );
        assert_eq!(violations(&text, &data("en-GB", "en-GB")), 0, "{text}");
    }
}

#[test]
fn queries_compare_tags_without_regard_to_case() {
    for condition in [
        "$this <http://e/p> 'x'@TAG",
        "$this <http://e/p> ?v FILTER(?v = 'x'@TAG)",
        "$this <http://e/p> ?v FILTER(sameTerm(?v, 'x'@TAG))",
        "$this <http://e/p> ?v FILTER(?v IN ('y', 'x'@TAG))",
        "$this <http://e/p> ?v FILTER(LANG(?v) = 'TAG')",
        "$this <http://e/p> ?v FILTER(LANG(?v) IN ('fr', 'TAG'))",
        "$this <http://e/p> ?v FILTER(LANGMATCHES(LANG(?v), 'TAG'))",
        "$this <http://e/p> ?v FILTER(?v = STRLANG('x', 'TAG'))",
        "$this <http://e/p> ?v BIND(STRLANG('x', 'TAG') AS ?made) FILTER(sameTerm(?v, ?made))",
        "BIND(STRLANG('x', 'TAG') AS ?made) $this <http://e/p> ?made",
        "$this <http://e/p> ?v ; <http://e/q> ?v",
        "FILTER EXISTS { $this <http://e/p> 'x'@TAG }",
    ] {
        for tag in TAGS {
            let text = format!(
                ":S a sh:NodeShape ; sh:targetNode :a ; sh:sparql [ sh:select \"SELECT $this {{ {} }}\" ] .",
                condition.replace("TAG", tag)
            );
            for (of_p, of_q) in [("en-GB", "en-gb"), ("EN-gb", "en-GB")] {
                assert_eq!(violations(&text, &data(of_p, of_q)), 1, "{text}");
            }
        }
    }
}

#[test]
fn parameters_of_own_components_compare_tags_without_regard_to_case() {
    for tag in TAGS {
        let text = format!(
            ":Is a sh:ConstraintComponent ; sh:parameter [ sh:path :is ] ;
                sh:validator [ a sh:SPARQLAskValidator ; sh:ask \"ASK {{ FILTER($value = $is) }}\" ] .
            :S a sh:PropertyShape ; sh:targetNode :a ; sh:path :p ; :is \"x\"@{tag} ."
        );
        assert_eq!(violations(&text, &data("en-GB", "en-GB")), 0, "{text}");
        let other = text.replace("\"x\"", "\"y\"");
        assert_eq!(violations(&other, &data("en-GB", "en-GB")), 1, "{other}");
    }
}

#[test]
fn directional_strings_keep_their_direction() {
    let literal = Literal::new_directional_language_tagged_literal_unchecked(
        "x",
        "AR-eg",
        BaseDirection::Rtl,
    );
    let mut quads = data("ar-EG", "ar-EG");
    for quad in &mut quads {
        quad.object = literal.clone().into();
    }
    for (value, expected) in [("\"x\"@ar-eg--rtl", 0), ("\"x\"@ar-eg", 1)] {
        let text =
            format!(":S a sh:PropertyShape ; sh:targetNode :a ; sh:path :p ; sh:in ( {value} ) .");
        assert_eq!(violations(&text, &quads), expected, "{text}");
    }
}

//! Shapes against small graphs.

mod language;
mod query;
mod result;

use super::*;
use crate::diagnostic::ReadingMode;
use oxigraph::io::{RdfFormat, RdfParser};

const PREFIXES: &str = "
    @prefix : <http://e/> .
    @prefix owl: <http://www.w3.org/2002/07/owl#> .
    @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix sh: <http://www.w3.org/ns/shacl#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
";

fn shapes(text: &str) -> (Shapes, Vec<(Code, u64)>) {
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let text = format!("{}\n{text}", PREFIXES.replace('\n', " "));
    let shapes = Shapes::parse(
        &[ShapesText {
            text: &text,
            name: "s.ttl",
            base: None,
        }],
        &mut diagnostics,
    );
    let found = diagnostics.iter().map(|d| (d.code, d.place.line)).collect();
    (shapes, found)
}

fn quads(text: &str) -> Vec<Quad> {
    RdfParser::from_format(RdfFormat::Turtle)
        .for_slice(format!("{PREFIXES}\n{text}").as_bytes())
        .map(|quad| quad.unwrap())
        .collect()
}

fn report(shapes: &Shapes, text: &str) -> ValidationReport {
    let mut data = shapes.data();
    let quads = quads(text);
    data.add(quads.iter().map(Quad::as_ref));
    shapes.validate(data, u64::MAX).unwrap()
}

/// Focus nodes and values of what is found, in order.
fn found(shapes_text: &str, text: &str) -> Vec<String> {
    let (shapes, problems) = shapes(shapes_text);
    assert_eq!(problems, [], "{shapes_text}");
    let report = report(&shapes, text);
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    let text = |term: &Term| match term {
        Term::BlankNode(_) => "_".to_owned(),
        term => term.to_string().replace("http://e/", ""),
    };
    report
        .results
        .iter()
        .map(|result| match &result.value {
            Some(value) => format!("{} {}", text(&result.focus), text(value)),
            None => text(&result.focus),
        })
        .collect()
}

/// Each ill-formed shape is reported at its line, and nothing panics.
#[test]
fn ill_formed_shapes_are_told_with_their_lines() {
    let property = |rest: &str| {
        format!(":S a sh:NodeShape ; sh:targetClass :C ; sh:property [ sh:path :p ;\n{rest} ] .")
    };
    let node = |rest: &str| format!(":S a sh:NodeShape ; sh:targetClass :C ;\n{rest} .");
    for (text, expected) in [
        (property("sh:minCount \"x\""), (Code::Shape, 3)),
        (property("sh:minCount -1"), (Code::Shape, 3)),
        (property("sh:minCount 1 ; sh:minCount 2"), (Code::Shape, 3)),
        (property("sh:pattern \"(\""), (Code::Shape, 3)),
        (
            property("sh:pattern \"a\" ; sh:flags \"z\""),
            (Code::Shape, 3),
        ),
        (
            property("sh:datatype xsd:string, xsd:date"),
            (Code::Shape, 3),
        ),
        (property("sh:nodeKind :IRI"), (Code::Shape, 3)),
        (property("sh:minInclusive :x"), (Code::Shape, 3)),
        (property("sh:languageIn ( 1 )"), (Code::Shape, 3)),
        (property("sh:qualifiedValueShape [ ]"), (Code::Shape, 3)),
        (property("sh:closed 3"), (Code::Shape, 3)),
        (property("sh:minCont 1"), (Code::ShapeProperty, 3)),
        (node("sh:minCount 1"), (Code::Shape, 3)),
        (node("sh:property \"x\""), (Code::Shape, 3)),
        (node("sh:property [ sh:minCount 1 ]"), (Code::Shape, 3)),
        (node("sh:property [ sh:path ( ) ]"), (Code::Shape, 3)),
        (node("sh:property [ sh:path ( :a ) ]"), (Code::Shape, 3)),
        (node("sh:property [ sh:path 5 ]"), (Code::Shape, 3)),
        (node("sh:in :list"), (Code::Shape, 3)),
        (
            node("sh:and :L . :L rdf:first :S ; rdf:rest :L"),
            (Code::Shape, 3),
        ),
        (node("sh:not :S"), (Code::ShapeRecursion, 3)),
        (
            node("sh:node [ sh:property [ sh:path :p ; sh:node :S ] ]"),
            (Code::ShapeRecursion, 3),
        ),
        (node("sh:severity \"bad\""), (Code::Shape, 3)),
        (
            node("sh:sparql [ sh:select \"SELECT $this {\" ]"),
            (Code::ShapeQuery, 3),
        ),
        (
            node("sh:sparql [ sh:select \"SELECT ?x { ?x :p 1 }\" ]"),
            (Code::ShapeQuery, 3),
        ),
        (
            node("sh:sparql [ sh:select \"SELECT ?x { ?x <http://e/p> 1 }\" ]"),
            (Code::ShapeQuery, 3),
        ),
        (
            node("sh:sparql [ sh:select \"\"\"SELECT $this\n{\n $this ] }\"\"\" ]"),
            (Code::ShapeQuery, 5),
        ),
        (
            node("sh:sparql [ sh:select \"SELECT $this { SERVICE <http://e/> { $this ?p 1 } }\" ]"),
            (Code::ShapeQuery, 3),
        ),
        (
            node("sh:sparql [ sh:message \"no query\" ]"),
            (Code::Shape, 3),
        ),
        (node("sh:sparql 1"), (Code::Shape, 3)),
        (
            ":S sh:targetNode [ ] ; sh:class :C .".to_owned(),
            (Code::Shape, 2),
        ),
        (":S sh:targetClass \"C\" .".to_owned(), (Code::Shape, 2)),
        (":S sh:entailment :E .".to_owned(), (Code::Shape, 2)),
        (":S sh:targetClass :C ;".to_owned(), (Code::Turtle, 2)),
    ] {
        let (shapes, problems) = shapes(&text);
        assert!(problems.contains(&expected), "{text}\n{problems:?}");
        // What is left of the shapes is used, and does not get in the way.
        report(&shapes, ":a a :C ; :p 1, \"x\", [ ] . [ ] a :C ; :p :a .");
    }
}

#[test]
fn shapes_may_nest_deep_and_lists_may_be_long() {
    let mut text = String::from(":s0 sh:targetClass :C .\n");
    for level in 0..5_000 {
        text += &format!(":s{level} a sh:NodeShape ; sh:node :s{} .\n", level + 1);
    }
    let (deep, problems) = shapes(&text);
    assert!(
        problems
            .iter()
            .all(|(code, _)| *code == Code::ShapeRecursion)
    );
    assert!(!problems.is_empty());
    report(&deep, ":a a :C .");

    let brackets = format!(
        ":S sh:targetClass :C ; sh:path {}:p{} .",
        "[ sh:inversePath ".repeat(5_000),
        " ]".repeat(5_000)
    );
    let (_, problems) = shapes(&brackets);
    assert!(problems.iter().any(|(code, _)| *code == Code::Shape));
}

/// Blank nodes and literals replace `$this` as IRIs do.
#[test]
fn queries_see_every_kind_of_focus_node() {
    let constraint = |query: &str| {
        format!(":S a sh:NodeShape ; sh:targetObjectsOf :p ; sh:sparql [ sh:select \"{query}\" ] .")
    };
    let data = ":a :p 1, \"x\"@en, :b, [ :q 2 ] . :b :q 3 . :c :same :b .";
    for (query, expected) in [
        (
            "SELECT $this { ?s <http://e/p> $this . FILTER isLiteral($this) }",
            2,
        ),
        (
            "SELECT $this { ?s <http://e/p> $this . FILTER isBlank($this) }",
            1,
        ),
        ("SELECT $this { FILTER isBlank($this) }", 1),
        ("SELECT $this { $this <http://e/q> ?value }", 2),
        (
            "SELECT $this { ?s <http://e/p> ?x . FILTER(?x = $this) }",
            4,
        ),
        (
            "SELECT $this { FILTER NOT EXISTS { $this <http://e/q> ?q } }",
            2,
        ),
        ("SELECT $this { FILTER(bound($this)) }", 4),
        ("SELECT $this ?value { BIND(STR($this) AS ?value) }", 4),
        (
            "SELECT $this { { SELECT $this (COUNT(?q) AS ?n) { $this <http://e/q> ?q } GROUP BY $this } FILTER(?n = 1) }",
            2,
        ),
    ] {
        let found = found(&constraint(query), data);
        assert_eq!(found.len(), expected, "{query}\n{found:?}");
    }
}

/// One evaluation for all focus nodes finds what one for each finds.
#[test]
fn many_focus_nodes_at_once_and_one_by_one() {
    let queries = [
        "SELECT $this ?value { $this <http://e/p> ?value . FILTER(?value > 5) }",
        "SELECT $this { $this <http://e/p> ?any . FILTER NOT EXISTS { $this <http://e/q> ?q } }",
        "SELECT DISTINCT $this ?value { { $this <http://e/p> ?value } UNION { ?value <http://e/q> $this } }",
        "SELECT $this { $this <http://e/q>+ $this }",
        "SELECT $this ?value { $this <http://e/p> ?n OPTIONAL { $this <http://e/q> ?value } }",
        "SELECT $this ?value { $this <http://e/q> ?o OPTIONAL { ?o <http://e/q> ?value FILTER(?value != $this) } }",
        "SELECT $this ?value { $this <http://e/p> ?n . ?value <http://e/p> ?n . FILTER($this != ?value) }",
        "SELECT $this ?value { { $this <http://e/p> ?n BIND(?n + 1 AS ?value) } UNION { $this <http://e/q> ?o BIND(1 AS ?value) } }",
    ];
    let mut data = String::new();
    for node in 0..100 {
        data += &format!(
            ":n{node} a :C ; :p {} . :n{node} :q :n{} .\n",
            node % 11,
            node * 7 % 40
        );
        if node % 3 == 0 {
            data += &format!("[] a :C ; :p {node} .\n");
        }
    }
    data = data
        .replace(":n5 :q", ":n5 :r")
        .replace(":n50 :q", ":n50 :r");
    let (parsed, problems) = shapes(
        &queries
            .iter()
            .map(|query| format!("[ sh:targetClass :C ; sh:sparql [ sh:select \"{query}\" ] ] .\n"))
            .map(|shape| shape.replace("] ] .", "] ] a sh:NodeShape ."))
            .collect::<String>(),
    );
    assert_eq!(problems, []);
    let one_by_one = {
        let mut parsed = parsed.clone();
        for shape in &mut parsed.shapes {
            for constraint in &mut shape.constraints {
                let Check::Query(query) = &mut constraint.check else {
                    panic!("no query");
                };
                assert!(query.at_once);
                query.at_once = false;
            }
        }
        parsed
    };
    let sorted = |shapes: &Shapes| {
        let quads = quads(&data);
        let mut all = shapes.data();
        all.add(quads.iter().map(Quad::as_ref));
        let mut found: Vec<String> = shapes
            .validate(all, u64::MAX)
            .unwrap()
            .results
            .iter()
            .map(|r| format!("{:?} {:?} {:?} {:?}", r.numbers, r.path, r.focus, r.value))
            .map(|line| line.split("BlankNode").next().unwrap().to_owned())
            .collect();
        found.sort();
        found
    };
    let at_once = sorted(&parsed);
    assert!(at_once.len() > 200, "{}", at_once.len());
    assert_eq!(at_once, sorted(&one_by_one));
    for query in [
        "SELECT $this { ?s <http://e/p> ?o FILTER(?o = $this) }",
        "SELECT $this { $this <http://e/p>* ?o }",
        "SELECT $this { $this <http://e/p> ?o } LIMIT 1",
        "SELECT $this (COUNT(?o) AS ?n) { $this <http://e/p> ?o } GROUP BY $this",
        "SELECT $this { $this <http://e/p> ?o . OPTIONAL { ?o <http://e/p> ?x { ?x <http://e/p> ?y FILTER(?y = $this) } } }",
        "SELECT $this { $this <http://e/p> ?o . FILTER EXISTS { { $this <http://e/q> ?x } UNION { ?x <http://e/q> ?o } } }",
    ] {
        let (parsed, _) = shapes(&format!(
            ":S sh:targetClass :C ; sh:sparql [ sh:select \"{query}\" ] ."
        ));
        let checks = parsed.shapes.iter().flat_map(|shape| &shape.constraints);
        for constraint in checks {
            assert!(
                matches!(&constraint.check, Check::Query(query) if !query.at_once),
                "{query}"
            );
        }
    }
}

#[test]
fn only_what_shapes_can_look_at_is_kept() {
    let data = ":a a :C ; :p 1 ; :q 2 ; :r 3 . :C rdfs:subClassOf :D .";
    for (text, expected) in [
        (
            ":S sh:targetClass :C ; sh:property [ sh:path ( :p [ sh:inversePath :q ] ) ; sh:minCount 1 ] .",
            4,
        ),
        (":S sh:targetSubjectsOf :p ; sh:nodeKind sh:IRI .", 1),
        (":S sh:targetSubjectsOf :p ; sh:closed true .", 5),
        (
            ":S sh:targetNode :a ; sh:sparql [ sh:select \"SELECT $this { $this <http://e/r> 1 }\" ] .",
            1,
        ),
        (
            ":S sh:targetNode :a ; sh:sparql [ sh:select \"SELECT $this { $this ?p 1 }\" ] .",
            5,
        ),
        (
            ":S a sh:NodeShape ; sh:property [ sh:path :p ; sh:minCount 1 ] .",
            0,
        ),
        (
            ":S sh:targetClass :C ; sh:deactivated true ; sh:property [ sh:path :p ; sh:minCount 1 ] .",
            0,
        ),
        ("", 0),
    ] {
        let (shapes, _) = shapes(text);
        let quads = quads(data);
        let mut kept = shapes.data();
        kept.add(quads.iter().map(Quad::as_ref));
        assert_eq!(kept.len(), expected, "{text}");
        assert_eq!(shapes.is_empty(), expected == 0);
    }
}

#[test]
fn classes_of_the_ontology_count() {
    let (shapes, _) =
        shapes(":S sh:targetClass :Place ; sh:property [ sh:path :in ; sh:class :Place ] .");
    let shapes = shapes.with_ontology(&quads(":City rdfs:subClassOf :Place . :City :other :x ."));
    let report = report(
        &shapes,
        ":a a :City ; :in :b, :c . :b a :City . :c a :Person .",
    );
    let values: Vec<String> = report
        .results
        .iter()
        .filter_map(|r| Some(r.value.as_ref()?.to_string()))
        .collect();
    assert_eq!(values, ["<http://e/c>"]);
    assert_eq!(report.focus_nodes, 2);
}

#[test]
fn results_beyond_the_kept_ones_are_counted() {
    let (shapes, _) = shapes(":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ] .");
    let text: String = (0..50).map(|node| format!(":n{node} a :C .\n")).collect();
    let quads = quads(&text);
    let mut data = shapes.data();
    data.add(quads.iter().map(Quad::as_ref));
    let report = shapes.validate(data, 3).unwrap();
    let more: u64 = report.results.iter().map(|result| result.more).sum();
    assert_eq!((report.results.len(), more), (3, 47));
    assert!(!report.conforms());
}

/// Shapes that share shapes must not take time that doubles with each level.
#[test]
fn shapes_that_share_shapes_take_no_longer() {
    let mut text = String::from(":s0 sh:targetClass :C .\n");
    for level in 0..45 {
        let next = level + 1;
        text += &format!(
            ":s{level} a sh:NodeShape ; sh:or ( :s{next} :s{next} ) ; sh:property :p{level}, :q{level} .\n"
        );
        text += &format!(
            ":p{level} sh:path :p ; sh:node :s{next} . :q{level} sh:path :p ; sh:node :s{next} .\n"
        );
    }
    text += ":s45 a sh:NodeShape ; sh:class :C .";
    let (parsed, problems) = shapes(&text);
    assert_eq!(problems, []);
    let start = std::time::Instant::now();
    assert!(report(&parsed, ":a a :C ; :p :a .").conforms());
    assert!(!report(&parsed, ":a a :C ; :p :b .").conforms());
    assert!(start.elapsed().as_secs() < 20);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        cases: 100,
        failure_persistence: None,
        ..proptest::prelude::ProptestConfig::default()
    })]

    /// The shipped shapes with words left out, doubled and exchanged: problems, but no panic.
    #[test]
    fn mangled_shapes_never_panic(changes in proptest::collection::vec((0_usize..10_000, 0_usize..10_000, 0..4), 1..12)) {
        const TEXTS: [&str; 2] = [
            include_str!("../../../ontology/shapes.ttl"),
            include_str!("../../../ontology/shapes-sparql.ttl"),
        ];
        for text in TEXTS {
            let mut words: Vec<&str> = text.split_inclusive([' ', '\n']).collect();
            for (at, other, change) in &changes {
                let (at, other) = (at % words.len(), other % words.len());
                match change {
                    0 => drop(words.remove(at)),
                    1 => words.insert(at, words[other]),
                    2 => words.swap(at, other),
                    _ => words[at] = "[ ",
                }
            }
            let mangled = words.concat();
            let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
            let shapes = Shapes::parse(
                &[ShapesText { text: &mangled, name: "s.ttl", base: None }],
                &mut diagnostics,
            );
            report(&shapes, "
                @prefix cg: <https://w3id.org/civigraph/ns#> .
                :a a cg:Claim, cg:Event, cg:Quantity ; cg:basis 1 ; cg:modality :b ; :p [ a cg:Gap ] .
                [ a cg:City ; cg:locatedIn \"x\" ] .");
        }
    }
}

//! What each rewriting does.
use crate::support::{lines, parse, planned, reference, sorted};
use civigraph_sparql::{Evaluation, JoinMethod, MemoryDataset, Options, evaluate, optimise};
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{Dataset, GraphName, Literal, NamedNode, Quad, Term};
use spareval::QueryEvaluator;

fn iri(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("http://example.com/{name}"))
}

/// A hundred people, five with a note, with labels in two languages, and claims about them in a named graph.
fn people() -> MemoryDataset {
    let mut dataset = Dataset::new();
    let mut add = |subject: String, predicate: NamedNode, object: Term, graph: GraphName| {
        dataset.insert(&Quad::new(iri(&subject), predicate, object, graph));
    };
    let default = || GraphName::DefaultGraph;
    for n in 0..100 {
        let person = format!("p{n}");
        add(
            person.clone(),
            rdf::TYPE.into_owned(),
            iri("Person").into(),
            default(),
        );
        for (language, word) in [("en", "person"), ("ru-Latn", "chelovek")] {
            let label =
                Literal::new_language_tagged_literal_unchecked(format!("{word} {n:03}"), language);
            add(person.clone(), iri("label"), label.into(), default());
        }
        add(
            person.clone(),
            iri("age"),
            Literal::new_typed_literal(format!("{n}.50"), xsd::DECIMAL).into(),
            default(),
        );
        add(
            person.clone(),
            iri("knows"),
            iri(&format!("p{}", (n + 1) % 100)).into(),
            default(),
        );
        if n % 20 == 0 {
            add(
                person.clone(),
                iri("note"),
                Literal::from("noted").into(),
                default(),
            );
        }
        add(
            format!("c{n}"),
            iri("about"),
            iri(&person).into(),
            iri("claims").into(),
        );
        add(
            format!("c{n}"),
            iri("certainty"),
            Literal::from(f64::from(n) / 100.0).into(),
            iri("claims").into(),
        );
    }
    dataset.into()
}

fn explained(dataset: &MemoryDataset, query: &str) -> String {
    optimise(parse(query).unwrap(), &dataset, &Options::default())
        .unwrap()
        .explanation
        .to_string()
}

fn answers(dataset: &MemoryDataset, query: &str) -> Vec<String> {
    planned(dataset, &parse(query).unwrap(), &Options::default())
}

#[test]
fn starts_with_the_rarest_pattern() {
    let people = people();
    let plan = optimise(
        parse("SELECT * { ?p a :Person ; :label ?l ; :note ?n ; :age ?a }").unwrap(),
        &people,
        &Options::default(),
    )
    .unwrap();
    let steps = &plan.explanation.groups[0].steps;
    assert!(steps[0].pattern.contains("note"), "{}", plan.explanation);
    assert!((steps[0].matches - 5.0).abs() < 0.1, "{}", plan.explanation);
    assert!(
        steps[1..]
            .iter()
            .all(|step| step.method == JoinMethod::LookUp)
    );
}

#[test]
fn joins_required_patterns_before_optional_ones() {
    let people = people();
    let query = "SELECT * { ?p :label ?l OPTIONAL { GRAPH :claims { ?c :about ?p } } ?p :note ?n }";
    assert!(explained(&people, query).contains("required_first"));
    // The claim is bound by the optional pattern, which therefore has to stay before.
    let query = "SELECT * { ?p :label ?l OPTIONAL { GRAPH :claims { ?c :about ?p } } ?c :note ?n }";
    assert!(!explained(&people, query).contains("required_first"));
}

#[test]
fn reads_ranges() {
    let people = people();
    for (query, rows) in [
        ("SELECT ?p { ?p :age ?a FILTER(?a > 90) }", 10),
        ("SELECT ?p { ?p :age ?a FILTER(90.5 <= ?a && ?a < 92) }", 2),
        ("SELECT ?p { ?p :age ?a . FILTER(?a = 20.5e0) }", 1),
        (
            "SELECT ?p ?a { ?p :note ?n OPTIONAL { ?p :age ?a FILTER(?a > 70) } }",
            5,
        ),
    ] {
        assert!(explained(&people, query).contains("ranges: "), "{query}");
        assert_eq!(answers(&people, query).len(), rows, "{query}");
    }
}

#[test]
fn answers_from_counts() {
    let people = people();
    for (query, expected) in [
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "n=\"505\""),
        ("SELECT (COUNT(?s) AS ?n) { ?s :note ?o }", "n=\"5\""),
        ("SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }", "n=\"5\""),
        (
            "SELECT ?c (COUNT(?s) AS ?n) { ?s a ?c } GROUP BY ?c",
            "c=<http://example.com/Person> n=\"100\"",
        ),
        (
            "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
            "g=<http://example.com/claims> n=\"200\"",
        ),
        ("ASK { ?s :note \"noted\" }", "true"),
        ("ASK { ?s :note \"other\" }", "false"),
    ] {
        assert!(explained(&people, query).contains("counts: "), "{query}");
        let answer = answers(&people, query);
        assert!(
            answer.len() == 1 && answer[0].starts_with(expected),
            "{query}: {answer:?}"
        );
    }
    // A variable that occurs twice is more than a count.
    assert!(!explained(&people, "SELECT (COUNT(*) AS ?n) { ?s ?p ?s }").contains("counts: "));
    let restricted = "SELECT (COUNT(*) AS ?n) FROM :claims { ?s ?p ?o }";
    assert!(!explained(&people, restricted).contains("counts: "));
}

#[test]
fn keeps_the_first_rows() {
    let people = people();
    for query in [
        "SELECT ?p ?a { ?p :age ?a } ORDER BY DESC(?a) LIMIT 3",
        "SELECT ?l { ?p :label ?l } ORDER BY LANG(?l) DESC(STR(?l)) LIMIT 5 OFFSET 98",
        "SELECT ?p { ?p :age ?a } ORDER BY ?a",
        "SELECT DISTINCT ?p { ?s ?p ?o } ORDER BY DESC(?p)",
        "SELECT DISTINCT ?p { ?s ?p ?o } ORDER BY STRLEN(STR(?p)) ?p LIMIT 2",
    ] {
        let expected = reference(people.dataset(), &parse(query).unwrap());
        assert_eq!(answers(&people, query), expected, "{query}");
        assert!(explained(&people, query).contains("sorting: "), "{query}");
    }
}

#[test]
fn shows_what_was_expected_and_what_was_found() {
    let people = people();
    let query =
        parse("SELECT ?l { ?p :note ?n ; :label ?l FILTER(LANG(?l) = \"en\") } ORDER BY ?l")
            .unwrap();
    let options = Options {
        statistics: true,
        ..Options::default()
    };
    let Evaluation { results, report } =
        evaluate(&people, &people, QueryEvaluator::new(), query, &options).unwrap();
    assert_eq!(lines(results.unwrap()).len(), 5);
    let nodes = report.nodes().unwrap().to_string();
    assert!(
        nodes.contains("QuadPattern(?p <http://example.com/note> ?n)  (5 rows, 5 estimated"),
        "{nodes}"
    );
}

#[test]
fn language_tags_are_equal_without_regard_to_case() {
    let people = people();
    for query in [
        "SELECT ?p { ?p :label \"chelovek 007\"@RU-latn }",
        "SELECT ?p { ?p :label ?l FILTER(LANG(?l) = \"ru-latn\" && STR(?l) = \"chelovek 007\") }",
        "SELECT ?p { ?p :label ?l FILTER(LANG(?l) IN (\"RU-LATN\") && STR(?l) = \"chelovek 007\") }",
        "SELECT ?p { VALUES ?t { \"RU-latn\" } ?p :label ?l FILTER(LANG(?l) = ?t && STR(?l) = \"chelovek 007\") }",
        "SELECT ?p { ?p :label ?l FILTER(?t = LANG(?l) && STR(?l) = \"chelovek 007\") VALUES ?t { \"ru-latn\" \"de\" } }",
        "SELECT ?p { ?p :label ?l FILTER(?l = STRLANG(\"chelovek 007\", \"ru-LATN\")) }",
        "SELECT ?p { VALUES ?l { \"chelovek 007\"@ru-latn } ?p :label ?l }",
    ] {
        assert_eq!(
            answers(&people, query),
            ["p=<http://example.com/p7>"],
            "{query}"
        );
    }
    assert_eq!(
        answers(&people, "CONSTRUCT { :s :p \"x\"@EN-gb } {}"),
        ["<http://example.com/s> <http://example.com/p> \"x\"@en-GB"]
    );
    assert_eq!(
        answers(
            &people,
            "SELECT (STRLANGDIR(\"x\", \"zh-hant-tw\", \"rtl\") AS ?x) {}"
        ),
        ["x=\"x\"@zh-Hant-TW--rtl"]
    );
}

/// Answers of Oxigraph 0.5.13 that are not those of the specification, and ours.
#[test]
fn repairs_what_oxigraph_gets_wrong() {
    let mut dataset = people().dataset().clone();
    for (name, date) in [("d1", "2020-01-30"), ("d2", "2021-12-31")] {
        dataset.insert(&Quad::new(
            iri(name),
            iri("date"),
            Literal::new_typed_literal(date, xsd::DATE),
            GraphName::DefaultGraph,
        ));
    }
    let dataset = MemoryDataset::from(dataset);
    let integer = "^^<http://www.w3.org/2001/XMLSchema#integer>";
    for (query, expected) in [
        // sparopt sorts the operands of `+`.
        (
            "SELECT ?e { ?s :date ?d BIND(?d + \"P1D\"^^xsd:dayTimeDuration AS ?e) }",
            vec![
                "e=\"2020-01-31\"^^<http://www.w3.org/2001/XMLSchema#date>".to_owned(),
                "e=\"2022-01-01\"^^<http://www.w3.org/2001/XMLSchema#date>".to_owned(),
            ],
        ),
        (
            "SELECT ?e { :d1 :date ?d BIND(\"P1M\"^^xsd:yearMonthDuration + ?d AS ?e) }",
            vec!["e=\"2020-02-29\"^^<http://www.w3.org/2001/XMLSchema#date>".to_owned()],
        ),
        // A path of length zero relates any constant to itself.
        (
            "SELECT ?o { :nowhere :knows* ?o }",
            vec!["o=<http://example.com/nowhere>".to_owned()],
        ),
        (
            "SELECT ?o { ?o :knows? :nowhere }",
            vec!["o=<http://example.com/nowhere>".to_owned()],
        ),
        ("ASK { :nowhere :knows* :nowhere }", vec!["true".to_owned()]),
        (
            "SELECT ?g ?o { GRAPH ?g { :p0 :about? ?o } }",
            vec!["g=<http://example.com/claims> o=<http://example.com/p0>".to_owned()],
        ),
        // A group of tagged strings is concatenated to a string without tag.
        (
            "SELECT (GROUP_CONCAT(?l; separator=\"|\") AS ?all) { :p1 :label ?l FILTER(LANG(?l) = \"en\") }",
            vec!["all=\"person 001\"".to_owned()],
        ),
        // Numbers and IRIs are concatenated as texts, and DISTINCT is about terms.
        (
            "SELECT (GROUP_CONCAT(?v; separator=\"|\") AS ?all) { VALUES ?v { 1 <urn:a> \"b\" } }",
            vec!["all=\"1|urn:a|b\"".to_owned()],
        ),
        (
            "SELECT (GROUP_CONCAT(DISTINCT ?v; separator=\"|\") AS ?all) { VALUES ?v { \"a\"@en \"a\"@de \"a\"@en } }",
            vec!["all=\"a|a\"".to_owned()],
        ),
        // The name of the graph is joined to the group from outside.
        (
            "SELECT ?g { GRAPH ?g { ?s :about :p1 FILTER(BOUND(?g)) } }",
            vec![],
        ),
        ("SELECT ?g { GRAPH ?g { FILTER(BOUND(?g)) } }", vec![]),
        // Casts from strings strip white space.
        (
            "SELECT (xsd:integer(\" 7 \") AS ?n) {}",
            vec![format!("n=\"7\"{integer}")],
        ),
        (
            "SELECT (xsd:integer(\"7\"@en) AS ?n) {}",
            vec!["n=".to_owned()],
        ),
        ("SELECT (1 + 2 AS ?n) {}", vec![format!("n=\"3\"{integer}")]),
        (
            "SELECT ?e { :d1 :date ?d BIND((\"P1D\"^^xsd:dayTimeDuration + ?d) - ?d AS ?e) }",
            vec!["e=\"P1D\"^^<http://www.w3.org/2001/XMLSchema#dayTimeDuration>".to_owned()],
        ),
        (
            "SELECT ?e { ?e :date ?d FILTER(\"P1Y\"^^xsd:yearMonthDuration + ?d > \"2022-01-01\"^^xsd:date) }",
            vec!["e=<http://example.com/d2>".to_owned()],
        ),
    ] {
        assert_eq!(sorted(answers(&dataset, query)), expected, "{query}");
    }
}

/// Numbers that spareval does not hold, in the dataset, in the query and as results.
#[test]
fn numbers_have_any_size() {
    let mut dataset = people().dataset().clone();
    let huge = "99999999999999999999";
    for (name, lexical, datatype) in [
        ("n1", "5", xsd::INTEGER),
        ("n2", huge, xsd::INTEGER),
        ("n3", "-123456789012345678901234.5", xsd::DECIMAL),
        ("n4", "0.00000000000000000001", xsd::DECIMAL),
        ("n5", "9223372036854775807", xsd::LONG),
        ("n6", "1e3", xsd::DOUBLE),
    ] {
        dataset.insert(&Quad::new(
            iri(name),
            iri("number"),
            Literal::new_typed_literal(lexical, datatype),
            GraphName::DefaultGraph,
        ));
    }
    let dataset = MemoryDataset::from(dataset);
    let literal = |lexical: &str, datatype: &str| {
        format!("x=\"{lexical}\"^^<http://www.w3.org/2001/XMLSchema#{datatype}>")
    };
    let (integer, decimal) = (
        |n: &str| literal(n, "integer"),
        |n: &str| literal(n, "decimal"),
    );
    let truth = |value: &str| literal(value, "boolean");
    let node = |name: &str| format!("x=<http://example.com/{name}>");
    for (query, expected) in [
        (
            "SELECT ?x { ?x :number ?n FILTER(?n > 1000) }",
            vec![node("n2"), node("n5")],
        ),
        (
            "SELECT ?x { ?x :number ?n FILTER(?n <= 0.1) }",
            vec![node("n3"), node("n4")],
        ),
        (
            "SELECT ?x { ?x :number ?n FILTER(?n IN (5, 99999999999999999999.0)) }",
            vec![node("n1"), node("n2")],
        ),
        (
            "SELECT ?x { ?x :number ?n FILTER(?n != 99999999999999999999) }",
            ["n1", "n3", "n4", "n5", "n6"].map(node).to_vec(),
        ),
        (
            "SELECT ?x { ?x :number ?n FILTER(?n && isNumeric(?n)) }",
            ["n1", "n2", "n3", "n4", "n5", "n6"].map(node).to_vec(),
        ),
        (
            "SELECT ?x { ?x :number ?n FILTER EXISTS { ?x :number ?m FILTER(?m * 2 > 9223372036854775807) } }",
            vec![node("n2"), node("n5")],
        ),
        (
            "SELECT (GROUP_CONCAT(?s; separator=\" \") AS ?x) { SELECT (STRAFTER(STR(?t), \"/n\") AS ?s) { ?t :number ?n } ORDER BY ?n }",
            vec!["x=\"3 4 1 6 5 2\"".to_owned()],
        ),
        (
            "SELECT (SUM(?n) AS ?x) { ?t :number ?n FILTER(?t IN (:n1, :n2, :n5)) }",
            vec![integer("109223372036854775811")],
        ),
        (
            "SELECT (AVG(?n) AS ?x) { ?t :number ?n FILTER(?t IN (:n1, :n2, :n5)) }",
            vec![decimal("36407790678951591937")],
        ),
        (
            "SELECT (MAX(?n) AS ?x) { ?t :number ?n }",
            vec![integer(huge)],
        ),
        (
            "SELECT (MIN(?n) AS ?x) { ?t :number ?n }",
            vec![decimal("-123456789012345678901234.5")],
        ),
        (
            "SELECT (SUM(?n) AS ?x) { VALUES ?n { 9223372036854775807 1 } }",
            vec![integer("9223372036854775808")],
        ),
        (
            "SELECT (SUM(?n) AS ?x) { VALUES ?n { 9223372036854775807 \"1\" } }",
            vec!["x=".to_owned()],
        ),
        (
            "SELECT (9223372036854775807 * 2 - 1 AS ?x) {}",
            vec![integer("18446744073709551613")],
        ),
        ("SELECT (0 / 0.5 AS ?x) {}", vec![decimal("0")]),
        ("SELECT (1 / 0 AS ?x) {}", vec!["x=".to_owned()]),
        // What is no number is as true as ever.
        (
            "SELECT (IF(?t, 1, 2) AS ?x) { BIND(STRLEN(\"\") > 0 AS ?t) ?s :number 5 }",
            vec![integer("2")],
        ),
        (
            "SELECT (IF(?t, 1, 2) AS ?x) { BIND(\"\" AS ?t) ?s :number 5 }",
            vec![integer("2")],
        ),
        (
            "SELECT (IF(?t, 1, 2) AS ?x) { BIND(\"a\" AS ?t) ?s :number 5 }",
            vec![integer("1")],
        ),
        (
            "SELECT (IF(?s, 1, 2) AS ?x) { ?s :number 5 }",
            vec!["x=".to_owned()],
        ),
        (
            "SELECT (0.1234567891 * 0.1234567891 AS ?x) {}",
            vec![decimal("0.01524157877488187881")],
        ),
        (
            "SELECT (FLOOR(ABS(-99999999999999999999.5)) AS ?x) {}",
            vec![decimal(huge)],
        ),
        (
            "SELECT (xsd:integer(\" 99999999999999999999 \") AS ?x) {}",
            vec![integer(huge)],
        ),
        (
            "SELECT (xsd:integer(1e30) AS ?x) {}",
            vec![integer("1000000000000000000000000000000")],
        ),
        (
            "SELECT (STRDT(\"99999999999999999999\", xsd:integer) > 5 AS ?x) {}",
            vec![truth("true")],
        ),
        (
            "SELECT (99999999999999999999 = \"a\" AS ?x) {}",
            vec![truth("false")],
        ),
        (
            "SELECT (99999999999999999999 < \"a\" AS ?x) {}",
            vec!["x=".to_owned()],
        ),
        (
            "SELECT (!99999999999999999999 AS ?x) {}",
            vec![truth("false")],
        ),
        (
            "SELECT (IF(99999999999999999999, 1, 2) AS ?x) {}",
            vec![integer("1")],
        ),
        // What spareval is asked first is there once, however many numbers are added.
        (
            "SELECT (1+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n+?n AS ?x) { BIND(1 AS ?n) }",
            vec![integer("26")],
        ),
    ] {
        assert_eq!(sorted(answers(&dataset, query)), expected, "{query}");
    }
}

#[test]
fn str_and_datatype_see_literals_as_they_are() {
    let mut dataset = people().dataset().clone();
    dataset.insert(&Quad::new(
        iri("p1"),
        iri("size"),
        Literal::new_typed_literal("007", xsd::BYTE),
        GraphName::DefaultGraph,
    ));
    let dataset = MemoryDataset::from(dataset);
    for (query, expected) in [
        ("SELECT (STR(?a) AS ?x) { :p1 :age ?a }", "x=\"1.50\""),
        (
            "SELECT (CONCAT(STR(?a), \"!\") AS ?x) { :p1 :age ?a }",
            "x=\"1.50!\"",
        ),
        (
            "SELECT (STR(?s) AS ?x) { :p1 :size ?s FILTER(STR(?s) = \"007\" && ?s = 7) }",
            "x=\"007\"",
        ),
        (
            "SELECT (DATATYPE(?s) AS ?x) { :p1 :size ?s }",
            "x=<http://www.w3.org/2001/XMLSchema#byte>",
        ),
        (
            "SELECT (COUNT(?o) AS ?x) { ?s ?p ?o FILTER(DATATYPE(?o) = xsd:byte) }",
            "x=\"1\"^^<http://www.w3.org/2001/XMLSchema#integer>",
        ),
        (
            "SELECT (GROUP_CONCAT(STR(?s)) AS ?x) { :p1 :size ?s }",
            "x=\"007\"",
        ),
        (
            "SELECT (GROUP_CONCAT(?s) AS ?x) { :p1 :size ?s }",
            "x=\"007\"",
        ),
        (
            "SELECT (STR(?l) AS ?x) { :p1 :note|:label ?l FILTER(LANG(?l) = \"en\") }",
            "x=\"person 001\"",
        ),
        (
            "SELECT ?x { :p1 :age ?a OPTIONAL { :p1 :size ?x FILTER(STR(?x) = \"007\") } }",
            "x=\"007\"^^<http://www.w3.org/2001/XMLSchema#byte>",
        ),
        (
            "SELECT ?x { :p1 :age ?a OPTIONAL { :p1 :none ?n } BIND(COALESCE(STR(?n), STR(?a)) AS ?x) }",
            "x=\"1.50\"",
        ),
    ] {
        assert_eq!(answers(&dataset, query), [expected], "{query}");
    }
    // Labels are strings, which spareval keeps: nothing is asked for.
    for query in [
        "SELECT ?p { ?p :label ?l FILTER(CONTAINS(STR(?l), \"1\")) }",
        "SELECT ?p { VALUES ?q { :label :none } ?p ?q ?l FILTER(CONTAINS(STR(?l), \"1\")) }",
    ] {
        assert!(!explained(&dataset, query).contains("exact_literals"));
    }
    for query in [
        "SELECT ?p { VALUES ?q { :label :size } ?p ?q ?l FILTER(CONTAINS(STR(?l), \"1\")) }",
        "SELECT ?p { VALUES ?q { :label UNDEF } ?p ?q ?l FILTER(CONTAINS(STR(?l), \"1\")) }",
        "SELECT ?p { VALUES ?q { :label } { SELECT ?l { ?p ?q ?l } } FILTER(CONTAINS(STR(?l), \"1\")) }",
        "SELECT ?p { ?p ?q ?l OPTIONAL { VALUES ?q { :label } } FILTER(CONTAINS(STR(?l), \"1\")) }",
    ] {
        assert!(
            explained(&dataset, query).contains("exact_literals"),
            "{query}"
        );
    }
}

#[test]
fn plans_patterns_in_exists() {
    let people = people();
    let query =
        "SELECT ?p { ?p :note ?n FILTER EXISTS { ?q a :Person . ?p :knows ?q . ?q :age ?a } }";
    assert_eq!(answers(&people, query).len(), 5);
    let plan = explained(&people, query);
    assert!(
        plan.contains("scan      ?p <http://example.com/knows> ?q"),
        "{plan}"
    );
}

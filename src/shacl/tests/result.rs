//! Results: messages, and the failures behind a failure.

use super::*;
use crate::shacl::report::fill_in;
use oxrdf::{Literal, NamedNode};

#[test]
fn values_in_messages_are_text() {
    let bindings = [
        (
            "this".to_owned(),
            Term::from(NamedNode::new_unchecked("http://e/a")),
        ),
        ("value".to_owned(), Literal::from("{$this}{?value}").into()),
    ];
    let text = |term: &Term| match term {
        Term::Literal(literal) => literal.value().to_owned(),
        other => other.to_string(),
    };
    for (message, expected) in [
        ("bad {?value}", "bad {$this}{?value}"),
        ("{$value} of {?this}.", "{$this}{?value} of <http://e/a>."),
        ("{?other} { {?value", "{?other} { {?value"),
        ("{{?this}}", "{<http://e/a>}"),
        ("", ""),
    ] {
        assert_eq!(fill_in(message, &bindings, &text), expected, "{message}");
    }
}

/// The results of a report with what is behind them, by component, without the namespace.
fn nested(results: &[ValidationResult]) -> Vec<String> {
    results
        .iter()
        .map(|result| {
            let name = result.component.as_str().rsplit('#').next().unwrap();
            let name = name.trim_end_matches("ConstraintComponent");
            match nested(&result.details).as_slice() {
                [] => name.to_owned(),
                details => format!("{name}({})", details.join(" ")),
            }
        })
        .collect()
}

#[test]
fn failures_name_what_is_behind_them() {
    let inner = ":T a sh:NodeShape ; sh:property [ sh:path :q ; sh:minCount 1 ] , [ sh:path :r ; sh:datatype xsd:date ] .
        :U a sh:NodeShape ; sh:class :D .
        :V a sh:NodeShape ; sh:node :T .\n";
    for (constraint, expected, conforms_to) in [
        ("sh:node :T", "Node(MinCount Datatype)", 0),
        ("sh:node :V", "Node(Node(MinCount Datatype))", 0),
        ("sh:and ( :T :U )", "And(MinCount Datatype Class)", 0),
        ("sh:or ( :T :U )", "Or(MinCount Datatype Class)", 0),
        ("sh:xone ( :T :U )", "Xone(MinCount Datatype Class)", 0),
        (
            "sh:xone ( [ sh:class :C ] [ sh:nodeKind sh:IRI ] )",
            "Xone",
            2,
        ),
        ("sh:not [ sh:class :C ]", "Not", 1),
    ] {
        let (shapes, problems) = shapes(&format!(
            "{inner}:S a sh:NodeShape ; sh:targetClass :C ; {constraint} ."
        ));
        assert_eq!(problems, [], "{constraint}");
        let report = report(&shapes, ":a a :C ; :r 1 .");
        assert_eq!(nested(&report.results), [expected], "{constraint}");
        assert_eq!(
            report.results[0].conforms_to.len(),
            conforms_to,
            "{constraint}"
        );
    }
}

/// What is behind a failure is bounded, however many shapes there are.
#[test]
fn details_are_bounded() {
    let mut text = String::from(":s0 sh:targetClass :C .\n");
    for level in 0..40 {
        let next = level + 1;
        text += &format!(
            ":s{level} a sh:NodeShape ; sh:or ( :s{next} [ sh:node :s{next} ] [ sh:and ( :s{next} ) ] ) .\n"
        );
    }
    text += ":s40 a sh:NodeShape ; sh:class :D .";
    let (shapes, problems) = shapes(&text);
    assert_eq!(problems, []);
    let report = report(&shapes, ":a a :C .");
    fn count(results: &[ValidationResult]) -> usize {
        results
            .iter()
            .map(|result| 1 + count(&result.details))
            .sum()
    }
    assert_eq!(report.results.len(), 1);
    assert!((2..=33).contains(&count(&report.results)));
}

#[test]
fn a_report_is_written_as_rdf() {
    let (shapes, problems) = shapes(
        ":S a sh:NodeShape ; sh:targetClass :C ; sh:node :T ; sh:property [ sh:path ( :p [ sh:inversePath :q ] ) ; sh:minCount 1 ; sh:message \"{?this} \\\"lacks\\\" one\"@en ] .
        :T a sh:NodeShape ; sh:class :D .",
    );
    assert_eq!(problems, []);
    let written = |report: &ValidationReport| {
        let mut out = Vec::new();
        report.write_turtle(&mut out).unwrap();
        let quads = RdfParser::from_format(RdfFormat::Turtle)
            .for_slice(&out)
            .map(|quad| oxrdf::Triple::from(quad.unwrap()))
            .collect::<oxrdf::Graph>();
        (String::from_utf8(out).unwrap(), quads)
    };
    let (text, graph) = written(&report(&shapes, ":a a :C ."));
    let count = |name: &str| {
        let name = NamedNode::new_unchecked(vocabulary::sh(name));
        graph.triples_for_predicate(&name).count()
    };
    assert_eq!(count("result"), 2, "{text}");
    assert_eq!(count("detail"), 1, "{text}");
    assert_eq!(count("sourceConstraintComponent"), 3, "{text}");
    // Only messages of constraints in SPARQL have variables.
    assert!(
        text.contains("sh:resultMessage \"{?this} \\\"lacks\\\" one\"@en"),
        "{text}"
    );
    assert!(
        text.contains("sh:resultPath ( <http://e/p> [ sh:inversePath <http://e/q> ] )"),
        "{text}"
    );
    let (text, _) = written(&report(&shapes, ":a a :B ."));
    assert!(text.contains("sh:conforms true ."), "{text}");
}

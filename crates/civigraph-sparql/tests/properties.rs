//! Generated queries on generated graphs.
use crate::generate::{Choices, dataset, query};
use crate::support::{parse, planned, reference, sorted, unoptimised};
use civigraph_sparql::{MemoryDataset, Options};
use oxrdf::vocab::xsd;
use oxrdf::{BaseDirection, BlankNode, Dataset, GraphName, Literal, NamedNode, Quad, Term, Triple};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

fn single(switch: impl Fn(&mut Options)) -> Options {
    let mut options = Options::none();
    switch(&mut options);
    options
}

fn variants() -> Vec<(&'static str, Options)> {
    vec![
        ("none", Options::none()),
        ("join_order", single(|options| options.join_order = true)),
        (
            "hash_joins",
            Options {
                join_order: true,
                hash_joins: true,
                hash_join_rows: 0,
                ..Options::none()
            },
        ),
        (
            "order_after_distinct",
            single(|options| options.order_after_distinct = true),
        ),
        (
            "required_first",
            single(|options| options.required_first = true),
        ),
        ("counts", single(|options| options.counts = true)),
        ("ranges", single(|options| options.ranges = true)),
        ("sorting", single(|options| options.sorting = true)),
        (
            "ordered_scans",
            Options {
                join_order: true,
                hash_joins: true,
                sorting: true,
                ordered_scans: true,
                ordered_scan_gain: 0,
                ..Options::none()
            },
        ),
        (
            "language_tags",
            single(|options| options.language_tags = true),
        ),
        // What these change is not what Oxigraph answers.
        (
            "the rest",
            Options {
                repairs: false,
                exact_literals: false,
                ..Options::default()
            },
        ),
    ]
}

fn same_answers(data: &[u8], bytes: &[u8]) -> Result<(), TestCaseError> {
    let memory = MemoryDataset::from(dataset(&mut Choices::new(data)));
    let mut choices = Choices::new(bytes);
    let (text, ordered) = query(&mut choices);
    let Some(query) = parse(&text) else {
        return Ok(());
    };
    let arrange = |lines| if ordered { lines } else { sorted(lines) };
    let expected = arrange(reference(memory.dataset(), &query));
    let mut variants = variants();
    // Nothing in these is repaired.
    if !["GRAPH ?g", ":knows*", ":knows?"]
        .iter()
        .any(|repaired| text.contains(repaired))
    {
        variants.push(("all", Options::default()));
    }
    for (name, options) in variants {
        let answer = arrange(planned(&memory, &query, &options));
        if answer != expected {
            let plain = arrange(unoptimised(memory.dataset(), &query));
            return Err(TestCaseError::fail(format!(
                "{name}: {text}\n{}\nplanned {answer:#?}\nOxigraph {expected:#?}\nunoptimised {}",
                memory.dataset(),
                if plain == answer {
                    "as planned".to_owned()
                } else if plain == expected {
                    "as Oxigraph".to_owned()
                } else {
                    format!("{plain:#?}")
                },
            )));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rewritings_keep_answers(
        data in proptest::collection::vec(any::<u8>(), 0..300),
        query in proptest::collection::vec(any::<u8>(), 5..200),
    ) {
        same_answers(&data, &query)?;
    }
}

/// Terms of every kind that `ORDER BY` tells apart, and some that it does not.
fn terms() -> Vec<Term> {
    let typed = [
        ("9", xsd::INTEGER),
        ("10", xsd::INTEGER),
        ("10.0", xsd::DECIMAL),
        ("1.50", xsd::DECIMAL),
        ("1.5", xsd::FLOAT),
        ("NaN", xsd::DOUBLE),
        ("-INF", xsd::DOUBLE),
        ("16777217", xsd::INTEGER),
        ("1.6777216E7", xsd::FLOAT),
        ("007", xsd::BYTE),
        ("true", xsd::BOOLEAN),
        ("0", xsd::BOOLEAN),
        ("2000-01-01", xsd::DATE),
        ("2000-01-01Z", xsd::DATE),
        ("2000-01-01T12:00:00", xsd::DATE_TIME),
        ("2000-01-01T13:00:00+02:00", xsd::DATE_TIME),
        ("12:00:00", xsd::TIME),
        ("1999", xsd::G_YEAR),
        ("-0044", xsd::G_YEAR),
        ("2000-05", xsd::G_YEAR_MONTH),
        ("--05", xsd::G_MONTH),
        ("P1Y", xsd::YEAR_MONTH_DURATION),
        ("P365D", xsd::DAY_TIME_DURATION),
        ("P1Y1D", xsd::DURATION),
        ("not a number", xsd::INTEGER),
    ];
    let mut terms = typed
        .iter()
        .map(|(value, datatype)| Literal::new_typed_literal(*value, *datatype).into())
        .collect::<Vec<Term>>();
    for value in ["", "9", "a"] {
        terms.push(Literal::new_simple_literal(value).into());
        terms.push(Literal::new_language_tagged_literal_unchecked(value, "en").into());
        terms.push(Literal::new_language_tagged_literal_unchecked(value, "ru-Latn").into());
        for direction in [BaseDirection::Ltr, BaseDirection::Rtl] {
            let literal =
                Literal::new_directional_language_tagged_literal_unchecked(value, "en", direction);
            terms.push(literal.into());
        }
    }
    let node = NamedNode::new_unchecked("http://example.com/a");
    terms.push(node.clone().into());
    terms.push(BlankNode::new_unchecked("x").into());
    terms.push(BlankNode::new_unchecked("y").into());
    for object in [
        node.clone().into(),
        Term::from(Literal::from(1)),
        Literal::from("1").into(),
    ] {
        terms.push(Triple::new(node.clone(), node.clone(), object).into());
    }
    terms
}

#[test]
fn terms_are_ordered_as_spareval_orders_them() {
    let property = NamedNode::new_unchecked("http://example.com/p");
    let subject = |name| NamedNode::new_unchecked(format!("http://example.com/{name}"));
    let terms = terms();
    let options = single(|options| options.sorting = true);
    let query = parse("SELECT ?x { { :a :p ?x } UNION { :b :p ?x } } ORDER BY ?x").unwrap();
    for first in &terms {
        for second in &terms {
            let quads = [("a", first), ("b", second)].map(|(name, term)| {
                Quad::new(
                    subject(name),
                    property.clone(),
                    term.clone(),
                    GraphName::DefaultGraph,
                )
            });
            let memory = MemoryDataset::from(quads.into_iter().collect::<Dataset>());
            let expected = reference(memory.dataset(), &query);
            assert_eq!(
                planned(&memory, &query, &options),
                expected,
                "{first} {second}"
            );
        }
    }
}

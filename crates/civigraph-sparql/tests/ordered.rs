//! ORDER BY with LIMIT that reads no further than it must.
use crate::support::{lines, parse};
use civigraph_index::{Dataset, Index, IndexBuilder, ReadLimits};
use civigraph_sparql::{Options, evaluate};
use oxrdf::vocab::xsd;
use oxrdf::{GraphName, Literal, NamedNode, NamedNodeRef, Quad};
use proptest::prelude::*;
use spareval::QueryEvaluator;

fn iri(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("http://example.com/{name}"))
}

fn quad(subject: usize, predicate: &str, object: Literal) -> Quad {
    let subject = iri(&format!("s{subject}"));
    Quad::new(subject, iri(predicate), object, GraphName::DefaultGraph)
}

fn index(quads: impl IntoIterator<Item = Quad>) -> (tempfile::TempDir, Index) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let mut builder = IndexBuilder::new(&path, civigraph_index::Options::default()).unwrap();
    for quad in quads {
        builder.add_quad(quad.as_ref()).unwrap();
    }
    builder.finish().unwrap();
    let index = Index::open(&path).unwrap();
    (folder, index)
}

fn answer(dataset: &Dataset<'_>, query: &str, options: &Options) -> Vec<String> {
    let query = parse(query).unwrap();
    let evaluation = evaluate(dataset, &dataset, QueryEvaluator::new(), query, options).unwrap();
    lines(evaluation.results.unwrap())
}

fn explained(dataset: &Dataset<'_>, query: &str) -> String {
    let query = parse(query).unwrap();
    let options = Options::default();
    let evaluation = evaluate(dataset, &dataset, QueryEvaluator::new(), query, &options).unwrap();
    evaluation.report.explanation.to_string()
}

/// Ten thousand things with a number, one in four of kind 0, and a note on every other one.
fn things() -> impl Iterator<Item = Quad> {
    (0..10_000_usize).flat_map(|n| {
        let number = i64::try_from(n * 7919 % 10_000).unwrap();
        let mut quads = vec![
            quad(n, "number", Literal::from(number)),
            quad(n, "kind", Literal::from(i64::try_from(n % 4).unwrap())),
        ];
        if n % 2 == 0 {
            quads.push(quad(n, "note", Literal::from(format!("note {n}"))));
        }
        quads
    })
}

#[test]
fn few_entries_are_read() {
    let (_folder, index) = index(things());
    for query in [
        "SELECT ?s ?n { ?s :number ?n } ORDER BY ?n LIMIT 10",
        "SELECT ?s ?n { ?s :number ?n } ORDER BY DESC(?n) LIMIT 10 OFFSET 5",
        "SELECT ?s ?n { ?s :number ?n ; :kind 0 } ORDER BY ?n ?s LIMIT 10",
        "SELECT ?s ?n ?o { ?s :number ?n ; :kind ?k FILTER(?k < 3) OPTIONAL { ?s :note ?o } } ORDER BY DESC(?n) LIMIT 10",
        "SELECT ?s ?n { ?s :number ?n FILTER(?n > 500) } ORDER BY ?n LIMIT 10",
        "SELECT ?s ?n { ?s :number ?n FILTER(?n < 500) } ORDER BY DESC(?n) LIMIT 10",
        "SELECT DISTINCT ?n ?k { ?s :number ?n ; :kind ?k } ORDER BY ?n LIMIT 10",
    ] {
        let limits = ReadLimits {
            entries: Some(500),
            ..ReadLimits::default()
        };
        let found = answer(
            &Dataset::with_limits(&index, limits),
            query,
            &Options::default(),
        );
        let options = Options {
            ordered_scans: false,
            ..Options::default()
        };
        let expected = answer(&Dataset::new(&index), query, &options);
        assert_eq!(found, expected, "{query}");
        assert_eq!(found.len(), 10, "{query}");
        let explained = explained(&Dataset::new(&index), query);
        assert!(
            explained.contains("ordered_scans: "),
            "{query}\n{explained}"
        );
    }
}

#[test]
fn values_of_several_kinds_are_sorted() {
    let mixed = things().chain([quad(0, "number", Literal::from("a text"))]);
    let (_folder, index) = index(mixed);
    let query = "SELECT ?s ?n { ?s :number ?n } ORDER BY ?n LIMIT 10";
    let explained = explained(&Dataset::new(&index), query);
    assert!(!explained.contains("ordered_scans: "), "{explained}");
}

/// A number that is about one greater a day, of a row that starts with `v="2019-01-11`.
fn day(row: &str) -> i32 {
    let parts = row.split_once("v=\"").unwrap().1.split('-').take(3);
    parts.fold(0, |days, part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        days * 31 + digits.parse::<i32>().unwrap()
    })
}

/// Values that are equal though they are written otherwise, and dates of which SPARQL cannot say which is earlier.
fn value(datatype: NamedNodeRef<'static>) -> BoxedStrategy<Literal> {
    let lexical = match datatype {
        xsd::DECIMAL => "-?[0-3]\\.[0-9]{1,2}",
        xsd::INTEGER => "-?0?[0-9]{1,2}",
        xsd::DATE => "20(19|20)-0[1-3]-1[0-9](Z|[+-]0[0-9]:00|)",
        _ => "(1999|200[0-9])(Z|)",
    };
    proptest::string::string_regex(lexical)
        .unwrap()
        .prop_map(move |lexical| Literal::new_typed_literal(lexical, datatype))
        .boxed()
}

fn values() -> impl Strategy<Value = Vec<Literal>> {
    let numbers = prop_oneof![value(xsd::DECIMAL), value(xsd::INTEGER)];
    prop_oneof![
        proptest::collection::vec(numbers, 1..60),
        proptest::collection::vec(value(xsd::DATE), 1..60),
        proptest::collection::vec(value(xsd::G_YEAR), 1..60),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn the_first_rows_are_those_of_sorting(
        values in values(),
        limit in 1..20_usize,
        offset in 0..5_usize,
        descending: bool,
    ) {
        let (_folder, index) = index(values.iter().enumerate().map(|(n, value)| quad(n, "value", value.clone())));
        let direction = if descending { "DESC" } else { "ASC" };
        let zoned = values.iter().any(|value| value.datatype() == xsd::DATE);
        // Dates with and without a time zone have no order that is transitive: any order of close ones is right.
        let query = format!("SELECT ?v ?s {{ ?s :value ?v }} ORDER BY {direction}(?v) ?s LIMIT {limit} OFFSET {offset}");
        let all = Options { ordered_scan_gain: 0, ..Options::default() };
        let none = Options { ordered_scans: false, ..Options::default() };
        let found = answer(&Dataset::new(&index), &query, &all);
        let expected = answer(&Dataset::new(&index), &query, &none);
        if zoned {
            prop_assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(&expected) {
                prop_assert!((day(found) - day(expected)).abs() <= 2, "{} {}", found, expected);
            }
        } else {
            prop_assert_eq!(found, expected);
        }
    }
}

//! What goes in comes out: quads, lines, counts, patterns and answers, whatever the memory.

use civigraph_index::{Dataset, Graphs, Index, IndexBuilder, Options, QuadChanges, QuadChunk};
use oxrdf::vocab::xsd;
use oxrdf::{
    BaseDirection, BlankNode, Dataset as Quads, GraphName, Literal, NamedNode, NamedOrBlankNode,
    Quad, Term, Triple,
};
use proptest::prelude::*;
use spareval::{QueryEvaluator, QueryResults, QueryableDataset};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn iri(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("http://example.org/{name}"))
}

fn node() -> impl Strategy<Value = NamedOrBlankNode> {
    prop_oneof![
        "[a-c]{0,2}(/[ab])?".prop_map(|name| iri(&name).into()),
        "[bc]{1,2}".prop_map(|label| BlankNode::new_unchecked(label).into()),
    ]
}

fn literal() -> impl Strategy<Value = Literal> {
    let typed = |lexical: String, datatype: &str| {
        let datatype =
            NamedNode::new_unchecked(format!("http://www.w3.org/2001/XMLSchema#{datatype}"));
        Literal::new_typed_literal(lexical, datatype)
    };
    prop_oneof![
        "[a-c\"\\n ]{0,3}".prop_map(Literal::new_simple_literal),
        (
            "[ab]{0,2}",
            prop::sample::select(vec!["en", "ru-Latn", "en-GB"])
        )
            .prop_map(|(text, tag)| Literal::new_language_tagged_literal_unchecked(text, tag)),
        "[ab]".prop_map(
            |text| Literal::new_directional_language_tagged_literal_unchecked(
                text,
                "ar",
                BaseDirection::Rtl
            )
        ),
        (
            "[-+]?[0-9]{1,2}",
            prop::sample::select(vec!["integer", "byte", "decimal", "double"])
        )
            .prop_map(move |(text, datatype)| typed(text, datatype)),
        "[0-9]\\.[05]0?".prop_map(move |text| typed(text, "decimal")),
        "20[0-2][0-9]-0[1-9]-[0-3][0-9]".prop_map(move |text| typed(text, "date")),
        "[ab]".prop_map(|text| Literal::new_typed_literal(text, iri("type"))),
    ]
}

fn term() -> impl Strategy<Value = Term> {
    let plain = prop_oneof![
        node().prop_map(Term::from),
        literal().prop_map(Term::from),
        literal().prop_map(Term::from),
    ];
    plain.prop_recursive(2, 4, 1, |inner| {
        (node(), "[pq]", inner).prop_map(|(subject, predicate, object)| {
            Term::Triple(Box::new(Triple {
                subject,
                predicate: iri(&predicate),
                object,
            }))
        })
    })
}

fn quad() -> impl Strategy<Value = Quad> {
    let graph = prop_oneof![
        2 => Just(GraphName::DefaultGraph),
        1 => "[gh]".prop_map(|name| iri(&name).into()),
        1 => Just(BlankNode::new_unchecked("g").into()),
    ];
    (node(), "[pq]", term(), graph).prop_map(|(subject, predicate, object, graph_name)| Quad {
        subject,
        predicate: iri(&predicate),
        object,
        graph_name,
    })
}

fn build(folder: &Path, quads: &[Quad], pieces: usize, memory: usize) -> Index {
    let options = Options {
        memory,
        ..Options::default()
    };
    let mut builder = IndexBuilder::new(folder, options).unwrap();
    for piece in quads.chunks(quads.len().div_ceil(pieces).max(1)) {
        let mut chunk = QuadChunk::new();
        for quad in piece {
            chunk.push(quad.as_ref());
        }
        builder.add(chunk).unwrap();
    }
    builder.finish().unwrap();
    Index::open(folder).unwrap()
}

fn lines(index: &Index) -> Vec<String> {
    let mut lines = index.lines().unwrap();
    let mut all = Vec::new();
    while let Some(line) = lines.next().unwrap() {
        all.push(String::from_utf8(line.to_vec()).unwrap());
    }
    all
}

fn files(folder: &Path) -> BTreeMap<&'static str, Vec<u8>> {
    Index::file_names()
        .map(|name| (name, std::fs::read(folder.join(name)).unwrap()))
        .collect()
}

/// Canonical N-Quads, which oxrdf writes but for control characters that are not made here.
fn canonical(quad: &Quad) -> String {
    format!("{quad} .")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn subjects_by_the_start_of_their_iris(
        quads in prop::collection::vec(quad(), 0..60),
        start in "[a-c]{0,2}/?",
    ) {
        let folder = tempfile::tempdir().unwrap();
        let index = build(&folder.path().join("index"), &quads, 1, 1 << 20);
        let start = iri(&start);
        let expected: BTreeSet<NamedNode> = quads
            .iter()
            .filter(|quad| quad.graph_name == GraphName::DefaultGraph)
            .filter_map(|quad| match &quad.subject {
                NamedOrBlankNode::NamedNode(node) => Some(node.clone()),
                NamedOrBlankNode::BlankNode(_) => None,
            })
            .filter(|node| node.as_str().starts_with(start.as_str()))
            .collect();
        let found: Vec<NamedNode> = index
            .subjects_starting_with(start.as_str())
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let sorted: BTreeSet<NamedNode> = found.iter().cloned().collect();
        prop_assert_eq!(found.len(), sorted.len());
        prop_assert_eq!(sorted, expected);
    }

    #[test]
    fn quads_come_back(quads in prop::collection::vec(quad(), 0..60), pieces in 1..5_usize) {
        let folder = tempfile::tempdir().unwrap();
        let (whole, spilled) = (folder.path().join("whole"), folder.path().join("spilled"));
        let index = build(&whole, &quads, pieces, usize::MAX);
        index.check().unwrap();
        let mut expected: Vec<String> = quads.iter().map(canonical).collect();
        expected.sort_unstable();
        expected.dedup();
        prop_assert_eq!(lines(&index), expected.clone());
        prop_assert_eq!(index.len() as usize, expected.len());
        // Memory changes nothing: the files are the same.
        build(&spilled, &quads, pieces, 0);
        prop_assert_eq!(files(&whole), files(&spilled));
        for quad in &quads {
            prop_assert!(index.contains(quad).unwrap());
            let mut of_subject = index.lines_of(quad.subject.as_ref()).unwrap();
            let start = format!("{} ", quad.subject);
            for line in expected.iter().filter(|line| line.starts_with(&start)) {
                prop_assert_eq!(of_subject.next().unwrap(), Some(line.as_bytes()));
            }
            prop_assert_eq!(of_subject.next().unwrap(), None);
            let mut from = index.lines_from(quad.subject.as_ref()).unwrap();
            for line in expected.iter().skip_while(|line| !line.starts_with(&start)) {
                prop_assert_eq!(from.next().unwrap(), Some(line.as_bytes()));
            }
        }
    }

    #[test]
    fn amended_files_are_those_of_a_new_index(
        quads in prop::collection::vec(quad(), 0..30),
        gone in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        came in prop::collection::vec(quad(), 0..10),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let old = build(&folder.path().join("old"), &quads, 1, usize::MAX);
        let mut left = quads.clone();
        let mut chunk = QuadChunk::new();
        for position in gone {
            if !left.is_empty() {
                let quad = left.swap_remove(position.index(left.len()));
                chunk.remove(quad.as_ref());
            }
        }
        for quad in &came {
            chunk.push(quad.as_ref());
            left.push(quad.clone());
        }
        let mut changes = QuadChanges::new();
        changes.add(chunk).unwrap();
        let amended = folder.path().join("amended");
        let difference = old.amend(&changes, &amended, &Options::default()).unwrap();
        build(&folder.path().join("new"), &left, 1, usize::MAX);
        prop_assert_eq!(files(&amended), files(&folder.path().join("new")));
        let (before, after): (Quads, Quads) = (quads.iter().collect(), left.iter().collect());
        for quad in &difference.gone {
            prop_assert!(before.contains(quad) && !after.contains(quad));
        }
        for quad in &difference.came {
            prop_assert!(!before.contains(quad) && after.contains(quad));
        }
        let lost = before.iter().filter(|quad| !after.contains(*quad)).count();
        let new = after.iter().filter(|quad| !before.contains(*quad)).count();
        prop_assert_eq!((difference.gone.len(), difference.came.len()), (lost, new));
    }

    #[test]
    fn large_amended_files_are_those_of_a_new_index(
        edits in prop::collection::vec((0..400_u32, 0..6_u32, 0..60_u32), 0..4),
        rows in prop::collection::vec(0..420_u32, 0..3),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut table: BTreeMap<(u32, u32), u32> = (0..400)
            .flat_map(|row| (0..6).map(move |column| ((row, column), (row * 7 + column) % 50)))
            .collect();
        let old_quads: Vec<Quad> = table.iter().flat_map(cell).collect();
        let old = build(&folder.path().join("old"), &old_quads, 1, usize::MAX);
        for (row, column, value) in edits {
            table.insert((row, column), value);
        }
        for row in rows {
            if row < 400 {
                table.retain(|(of, _), _| *of != row);
            } else {
                table.insert((row, 1), row);
            }
        }
        let new_quads: Vec<Quad> = table.iter().flat_map(cell).collect();
        let mut chunk = QuadChunk::new();
        old_quads.iter().for_each(|quad| chunk.remove(quad.as_ref()));
        new_quads.iter().for_each(|quad| chunk.push(quad.as_ref()));
        let mut changes = QuadChanges::new();
        changes.add(chunk).unwrap();
        let amended = folder.path().join("amended");
        old.amend(&changes, &amended, &Options::default()).unwrap();
        build(&folder.path().join("new"), &new_quads, 1, usize::MAX);
        prop_assert_eq!(files(&amended), files(&folder.path().join("new")));
    }

    #[test]
    fn patterns_and_counts(quads in prop::collection::vec(quad(), 1..40), asked in quad(), bits in 0..32_u32) {
        let folder = tempfile::tempdir().unwrap();
        let index = build(folder.path(), &quads, 2, usize::MAX);
        let all: Quads = quads.iter().collect();
        for asked in [&asked, &quads[0]] {
            let subject = (bits & 1 > 0).then(|| asked.subject.as_ref());
            let predicate = (bits & 2 > 0).then(|| asked.predicate.as_ref());
            let object = (bits & 4 > 0).then(|| asked.object.as_ref());
            let graph = (bits & 8 > 0).then(|| asked.graph_name.as_ref());
            let expected: Vec<String> = {
                let mut found: Vec<String> = all
                    .iter()
                    .filter(|quad| subject.is_none_or(|s| s == quad.subject))
                    .filter(|quad| predicate.is_none_or(|p| p == quad.predicate))
                    .filter(|quad| object.is_none_or(|o| o == quad.object))
                    .filter(|quad| graph.is_none_or(|g| g == quad.graph_name))
                    .map(|quad| quad.to_string())
                    .collect();
                found.sort_unstable();
                found
            };
            let found: Result<Vec<Quad>, _> = index.quads_for_pattern(subject, predicate, object, graph).collect();
            let mut found: Vec<String> = found.unwrap().iter().map(Quad::to_string).collect();
            found.sort_unstable();
            prop_assert_eq!(&found, &expected);
            let count = match graph {
                None => {
                    index.count(subject, predicate, object, Graphs::Default).unwrap()
                        + index.count(subject, predicate, object, Graphs::AllNamed).unwrap()
                }
                Some(oxrdf::GraphNameRef::DefaultGraph) => index.count(subject, predicate, object, Graphs::Default).unwrap(),
                Some(oxrdf::GraphNameRef::NamedNode(node)) => index.count(subject, predicate, object, Graphs::Named(node.into())).unwrap(),
                Some(oxrdf::GraphNameRef::BlankNode(node)) => index.count(subject, predicate, object, Graphs::Named(node.into())).unwrap(),
            };
            prop_assert_eq!(count as usize, expected.len());
        }
        let mut graphs: Vec<String> = index.named_graphs().unwrap().iter().map(GraphName::to_string).collect();
        graphs.sort_unstable();
        let mut expected: Vec<String> = all.iter().filter(|q| !q.graph_name.is_default_graph()).map(|q| q.graph_name.to_string()).collect();
        expected.sort_unstable();
        expected.dedup();
        prop_assert_eq!(graphs, expected);
    }

    #[test]
    fn answers_are_those_of_a_dataset_in_memory(quads in prop::collection::vec(quad(), 0..40)) {
        let folder = tempfile::tempdir().unwrap();
        let index = build(folder.path(), &quads, 1, usize::MAX);
        let dataset = Dataset::new(&index);
        let all: Quads = quads.iter().collect();
        // The same quads, some of them beside the index.
        let (inside, outside): (Vec<Quad>, Vec<Quad>) = quads.iter().cloned().partition(|quad| {
            quad.graph_name.is_default_graph() || quad.predicate.as_str().ends_with('p')
        });
        let beside = Some(build(&folder.path().join("inside"), &inside, 1, usize::MAX).with_overlay(move || Ok(outside.clone())));
        for text in [
            "SELECT * { ?s ?p ?o }",
            "SELECT * { GRAPH ?g { ?s ?p ?o } }",
            "SELECT * { ?s <http://example.org/p> ?o . ?s <http://example.org/q> ?x }",
            "SELECT ?s ?o { ?s ?p ?o FILTER(?o > 3) }",
            "SELECT ?s ?o { ?s ?p ?o FILTER(?o >= \"2010-01-01\"^^<http://www.w3.org/2001/XMLSchema#date>) }",
            "SELECT ?p (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } } GROUP BY ?p",
            "SELECT ?s { ?s (<http://example.org/p>|<http://example.org/q>)+ <http://example.org/a> }",
            "SELECT ?a ?b { ?s ?p <<( ?a <http://example.org/p> ?b )>> }",
            "SELECT ?l { ?s ?p ?l FILTER(LANG(?l) = \"ru-Latn\") }",
        ] {
            let query = spargebra::SparqlParser::new().parse_query(text).unwrap();
            let evaluator = QueryEvaluator::new();
            if let Some(beside) = &beside {
                let dataset = Dataset::new(beside);
                let expected = answers(evaluator.prepare(&query).execute(&all).unwrap());
                prop_assert_eq!(answers(evaluator.prepare(&query).execute(&dataset).unwrap()), expected, "beside: {}", text);
            }
            let expected = answers(evaluator.prepare(&query).execute(&all).unwrap());
            let found = answers(evaluator.prepare(&query).execute(&dataset).unwrap());
            prop_assert_eq!(found, expected, "{}", text);
        }
    }
}

/// The quads of a cell, some of which are made twice: in the default graph, and some in one of two named graphs.
fn cell((&(row, column), &value): (&(u32, u32), &u32)) -> Vec<Quad> {
    let object: Term = match column {
        0 => iri(&format!("o{value}")).into(),
        1 => Literal::new_simple_literal(format!("value {value}")).into(),
        2 => Literal::new_language_tagged_literal_unchecked(format!("{value}"), "en").into(),
        _ => Literal::from(i64::from(value)).into(),
    };
    let (subject, predicate) = (iri(&format!("row{row}")), iri(&format!("p{column}")));
    let quad =
        |graph: GraphName| Quad::new(subject.clone(), predicate.clone(), object.clone(), graph);
    let mut quads = vec![quad(GraphName::DefaultGraph)];
    if row % 9 == 0 {
        quads.push(quad(GraphName::DefaultGraph));
    }
    if column < 4 {
        quads.push(quad(iri(&format!("g{}", row % 2)).into()));
    }
    quads
}

fn answers(results: QueryResults<'_>) -> Vec<String> {
    let QueryResults::Solutions(solutions) = results else {
        panic!("a SELECT has solutions");
    };
    let mut rows: Vec<String> = solutions
        .map(|solution| {
            let solution = solution.unwrap();
            let mut row: Vec<String> = solution
                .iter()
                .map(|(variable, term)| format!("{variable}={term}"))
                .collect();
            row.sort_unstable();
            row.join(" ")
        })
        .collect();
    rows.sort_unstable();
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// A range finds at least what a comparison finds.
    #[test]
    fn ranges_hold_what_compares(values in prop::collection::vec((value(), any::<bool>()), 1..30), low in value(), high in value()) {
        use civigraph_index::{RangePredicate, ValueKind, ValueRange};
        let folder = tempfile::tempdir().unwrap();
        let quads: Vec<Quad> = values
            .iter()
            .enumerate()
            .map(|(number, (literal, named))| Quad {
                subject: iri(&number.to_string()).into(),
                predicate: iri("p"),
                object: literal.clone().into(),
                graph_name: if *named { iri("g").into() } else { GraphName::DefaultGraph },
            })
            .collect();
        let index = build(folder.path(), &quads, 1, usize::MAX);
        let Some(kind) = ValueKind::of(low.datatype()) else { return Ok(()) };
        for (lower, upper) in [(Some(&low), None), (None, Some(&high)), (Some(&low), Some(&high))] {
            if upper.is_some_and(|upper| ValueKind::of(upper.datatype()) != Some(kind)) { continue; }
            let mut filters = Vec::new();
            filters.extend(lower.map(|lower| format!("?o >= {lower}")));
            filters.extend(upper.map(|upper| format!("?o <= {upper}")));
            let range = RangePredicate {
            descending: false,
                predicate: iri("p"),
                range: ValueRange { kind, lower: lower.cloned(), upper: upper.cloned() },
            };
            for (before, after, graph) in [("", "", Some(None)), ("GRAPH ?g {", "}", None)] {
                let text = format!("SELECT ?s {{ {before} ?s <http://example.org/p> ?o {after} FILTER({}) }}", filters.join(" && "));
                let query = spargebra::SparqlParser::new().parse_query(&text).unwrap();
                let dataset = Dataset::new(&index);
                let evaluator = QueryEvaluator::new();
                let compared = answers(evaluator.prepare(&query).execute(&dataset).unwrap());
                let dataset = &dataset;
                let predicate = dataset.internalize_term(range.encode().into()).unwrap();
                let in_range: Vec<String> = dataset
                    .internal_quads_for_pattern(None, Some(&predicate), None, graph)
                    .map(|quad| format!("?s={}", dataset.externalize_term(quad.unwrap().subject).unwrap()))
                    .collect();
                for row in &compared {
                    prop_assert!(in_range.contains(row), "{row} {lower:?} {upper:?}");
                }
            }
        }
    }
}

fn value() -> impl Strategy<Value = Literal> {
    let typed = |lexical: String, datatype: &str| {
        let datatype =
            NamedNode::new_unchecked(format!("http://www.w3.org/2001/XMLSchema#{datatype}"));
        Literal::new_typed_literal(lexical, datatype)
    };
    prop_oneof![
        (
            "[-+]?[0-9]{1,2}(\\.[0-9]{1,2})?",
            prop::sample::select(vec!["decimal", "double", "float"])
        )
            .prop_map(move |(text, datatype)| typed(text, datatype)),
        (
            "-?[0-9]{1,17}",
            prop::sample::select(vec!["integer", "int"])
        )
            .prop_map(move |(text, datatype)| typed(text, datatype)),
        // Numbers that a float does not tell apart.
        (
            "(0\\.1|0\\.10000000[0-9]|1677721[4-9]|1e38|4e38)",
            prop::sample::select(vec!["decimal", "double", "float", "integer"])
        )
            .prop_map(move |(text, datatype)| typed(text, datatype)),
        "20[0-2][0-9]-0[1-9]-[0-2][1-9](Z|[-+]0[0-9]:00)?"
            .prop_map(move |text| typed(text, "date")),
        "2020-01-0[1-9]T[01][0-9]:00:00(Z|[-+]0[0-9]:00)?"
            .prop_map(move |text| typed(text, "dateTime")),
        "-?(19|20)[0-9]{2}".prop_map(move |text| typed(text, "gYear")),
    ]
}

#[test]
fn distinct_values_are_estimated_from_a_sample() {
    let folder = tempfile::tempdir().unwrap();
    // Each of 100 subjects has 4 values, which all share; in a graph each has another one.
    let default = (0..100).flat_map(|subject| (0..4).map(move |value| (subject, value)));
    let quads: Vec<Quad> = default
        .map(|(subject, value)| (subject, value, GraphName::DefaultGraph))
        .chain((0..100).map(|subject| (subject, subject, iri("g").into())))
        .map(|(subject, value, graph)| {
            let object = iri(&format!("o{value}"));
            Quad::new(iri(&format!("s{subject}")), iri("p"), object, graph)
        })
        .collect();
    let index = build(folder.path(), &quads, 1, usize::MAX);
    let (predicate, graph) = (iri("p"), iri("g"));
    for (graphs, subjects, objects, few) in [
        (Graphs::Default, 100, 4, Some(4)),
        (Graphs::Named(graph.as_ref().into()), 100, 100, None),
        (Graphs::AllNamed, 100, 100, None),
    ] {
        let predicate = predicate.as_ref();
        assert_eq!(
            index.estimate_subjects(predicate, graphs).unwrap(),
            subjects
        );
        assert_eq!(index.estimate_objects(predicate, graphs).unwrap(), objects);
        assert_eq!(index.few_objects(predicate, graphs).unwrap(), few);
    }
    let unknown = index.estimate_subjects(iri("q").as_ref(), Graphs::Default);
    assert_eq!(unknown.unwrap(), 0);
}

#[test]
fn lexical_forms_stay() {
    let folder = tempfile::tempdir().unwrap();
    let of = |lexical: &str| {
        Quad::new(
            iri("s"),
            iri("p"),
            Literal::new_typed_literal(lexical, xsd::DECIMAL),
            GraphName::DefaultGraph,
        )
    };
    let quads = [of("1.50"), of("1.5"), of("01.5")];
    let index = build(folder.path(), &quads, 1, usize::MAX);
    assert_eq!(index.len(), 3);
    assert_eq!(
        lines(&index),
        [of("01.5"), of("1.5"), of("1.50")].map(|quad| canonical(&quad))
    );
}

#[test]
fn foreign_and_damaged_folders_are_refused() {
    use civigraph_index::ErrorKind;
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        Index::open(folder.path()).unwrap_err().kind(),
        ErrorKind::Foreign
    );
    assert_eq!(
        Index::open(&folder.path().join("none")).unwrap_err().kind(),
        ErrorKind::Foreign
    );
    let quads: Vec<Quad> = (0..500)
        .map(|n| {
            Quad::new(
                iri(&n.to_string()),
                iri("p"),
                iri("o"),
                GraphName::DefaultGraph,
            )
        })
        .collect();
    build(folder.path(), &quads, 1, usize::MAX);
    for name in Index::file_names() {
        let path = folder.path().join(name);
        let bytes = std::fs::read(&path).unwrap();
        for damaged in [
            bytes[..bytes.len().saturating_sub(1)].to_vec(),
            [&bytes[..], &[0]].concat(),
        ] {
            if damaged != bytes {
                std::fs::write(&path, damaged).unwrap();
                assert_eq!(
                    Index::open(folder.path()).unwrap_err().kind(),
                    ErrorKind::Damaged,
                    "{name}"
                );
            }
        }
        for at in (0..bytes.len()).step_by(97) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            std::fs::write(&path, damaged).unwrap();
            let checked = Index::open(folder.path()).and_then(|index| index.check());
            assert!(checked.is_err(), "{name}: byte {at}");
        }
        std::fs::remove_file(&path).unwrap();
        assert!(Index::open(folder.path()).is_err(), "{name}");
        std::fs::write(&path, bytes).unwrap();
    }
    Index::open(folder.path()).unwrap().check().unwrap();
}

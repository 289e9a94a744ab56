//! The W3C's suites of SPARQL 1.0, 1.1 and 1.2, whole, on published builds and through all that a query of a user
//! passes: the guard, the prefixes, the rewritings and the writers of answers.
//!
//! Tests that do not pass are listed in `sparql-fails.tsv`, each with its reason; the list must be exactly right.
//! Updates, entailment and federation are left out: the graph is read-only and asks no other one.

use super::shacl::{iri, objects};
use super::suite;
use civigraph::datatype::{canonical_quad, canonical_term};
use civigraph::export::DumpFormat;
use civigraph::query::{self, AnswerFormat, AnswerStyle, Request};
use civigraph::store::{self, Build, BuildDescription, BuildOptions, Builder, Prefixes};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::sparql::results::{
    QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput,
};
use oxrdf::dataset::CanonicalizationAlgorithm;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{
    BlankNode, Dataset, Graph, GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term, Triple,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

const MF: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#";
const QT: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#";
const RS: &str = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#";

/// The base of the builds. They describe themselves in a graph of their own, which tests know nothing of: what is said
/// of that is left out of answers.
const BASE: &str = "https://build.example.org/";

#[test]
fn sparql_1_0() {
    run("sparql10", 283, 199);
}

#[test]
fn sparql_1_1() {
    run("sparql11", 235, 103);
}

#[test]
fn sparql_1_2() {
    run("sparql12", 63, 183);
}

/// Runs the tests of one suite, and demands that those and only those fail that are listed.
fn run(part: &str, evaluations: usize, syntax: usize) {
    let Some(folder) = suite("sparql") else {
        return;
    };
    let mut files = Vec::new();
    manifests(&folder.join(part), &mut files);
    let mut builds = Builds::default();
    let mut failures = BTreeMap::new();
    let mut counts = (0, 0);
    for file in files {
        let manifest = read(&file);
        for entry in entries(&manifest) {
            let kinds = objects(&manifest, entry.as_ref(), rdf::TYPE.as_str());
            let kinds: Vec<String> = kinds.iter().filter_map(local).collect();
            let is = |kind: &str| kinds.iter().any(|it| it == kind);
            let outcome = if is("QueryEvaluationTest") || is("CSVResultFormatTest") {
                counts.0 += 1;
                evaluation(&manifest, &entry, &mut builds)
            } else if kinds.iter().any(|kind| kind.contains("SyntaxTest"))
                && !kinds.iter().any(|kind| kind.contains("Update"))
            {
                counts.1 += 1;
                let right = kinds.iter().any(|kind| kind.starts_with("Positive"));
                parsing(&manifest, &entry, right)
            } else {
                continue;
            };
            if let Err(reason) = outcome {
                let place = file.strip_prefix(&folder).unwrap().parent().unwrap();
                let name = object(&manifest, &entry, &format!("{MF}name"));
                let Some(Term::Literal(name)) = name else {
                    panic!("{entry} has no name");
                };
                failures.insert(format!("{}: {}", place.display(), name.value()), reason);
            }
        }
    }
    assert_eq!(counts, (evaluations, syntax), "tests in the manifests");
    println!(
        "{part}: {} of {}",
        counts.0 + counts.1 - failures.len(),
        counts.0 + counts.1
    );
    let listed: BTreeMap<&str, &str> = include_str!("sparql-fails.tsv")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter(|(name, _)| name.starts_with(part))
        .collect();
    let unlisted: Vec<String> = failures
        .iter()
        .filter(|(name, _)| !listed.contains_key(name.as_str()))
        .map(|(name, reason)| format!("{name}: {reason}"))
        .collect();
    assert!(unlisted.is_empty(), "not listed:\n{}", unlisted.join("\n"));
    for (name, reason) in listed {
        assert!(
            failures.contains_key(name),
            "{name} passes, and is listed: {reason}"
        );
        assert!(
            !reason.trim().is_empty(),
            "{name} is listed without a reason"
        );
    }
}

fn manifests(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            manifests(&path, found);
        } else if path.file_name().is_some_and(|name| name == "manifest.ttl") {
            found.push(path);
        }
    }
}

fn base(path: &Path) -> String {
    format!("file://{}", path.canonicalize().unwrap().display())
}

/// The file that an IRI means.
fn path(term: &Term) -> PathBuf {
    let Term::NamedNode(node) = term else {
        panic!("{term} is not a file");
    };
    PathBuf::from(node.as_str().strip_prefix("file://").unwrap())
}

/// The quads of a file, those without a graph in the graph given.
fn quads(path: &Path, graph: &GraphName) -> Vec<Quad> {
    let extension = path.extension().unwrap().to_str().unwrap();
    let format = RdfFormat::from_extension(extension).unwrap();
    let bytes = fs::read(path).unwrap();
    let parser = RdfParser::from_format(format)
        .with_base_iri(base(path))
        .unwrap()
        .rename_blank_nodes();
    let quads = parser.for_slice(&bytes).map(Result::unwrap);
    quads
        .map(|quad| match quad.graph_name {
            GraphName::DefaultGraph => Triple::from(quad).in_graph(graph.clone()),
            _ => quad,
        })
        .collect()
}

fn read(path: &Path) -> Graph {
    let quads = quads(path, &GraphName::DefaultGraph);
    quads.into_iter().map(Triple::from).collect()
}

fn object(graph: &Graph, subject: &NamedOrBlankNode, predicate: &str) -> Option<Term> {
    objects(graph, subject.as_ref(), predicate)
        .into_iter()
        .next()
}

fn node(term: Term) -> NamedOrBlankNode {
    match term {
        Term::NamedNode(node) => node.into(),
        Term::BlankNode(node) => node.into(),
        other => panic!("{other} is not a node"),
    }
}

/// What stands behind the `#` of an IRI.
fn local(term: &Term) -> Option<String> {
    let Term::NamedNode(node) = term else {
        return None;
    };
    Some(node.as_str().rsplit_once('#')?.1.to_owned())
}

/// The tests of a manifest.
fn entries(manifest: &Graph) -> Vec<NamedOrBlankNode> {
    let start = iri(&format!("{MF}entries"));
    let Some(triple) = manifest.triples_for_predicate(start.as_ref()).next() else {
        return Vec::new();
    };
    let mut list = triple.object.into_owned();
    let mut entries = Vec::new();
    while list != rdf::NIL.into_owned().into() {
        let item = node(list);
        entries.push(node(object(manifest, &item, rdf::FIRST.as_str()).unwrap()));
        list = object(manifest, &item, rdf::REST.as_str()).unwrap();
    }
    entries
}

/// A query with the IRI of its file as its base.
fn request(path: &Path) -> Request {
    let text = fs::read_to_string(path).unwrap();
    Request {
        base: Some(base(path)),
        ..Request::new(text, "query.rq")
    }
}

fn parsing(manifest: &Graph, entry: &NamedOrBlankNode, right: bool) -> Result<(), String> {
    let action = object(manifest, entry, &format!("{MF}action")).unwrap();
    let checked = query::check(&request(&path(&action)), &Prefixes::default(), BASE);
    match (checked, right) {
        (Ok(()), true) | (Err(_), false) => Ok(()),
        (Ok(()), false) => Err("is accepted".to_owned()),
        (Err(error), true) => Err(format!("is refused: {error}")),
    }
}

/// Builds of data, by the files that they are made of: many tests share one.
#[derive(Default)]
struct Builds(BTreeMap<Vec<Data>, (TempDir, Arc<Build>)>);

/// A file, and the IRI of the graph that it is, unless that is the default graph.
type Data = (PathBuf, Option<String>);

impl Builds {
    fn of(&mut self, files: Vec<Data>) -> Arc<Build> {
        let (_, build) = self.0.entry(files).or_insert_with_key(|files| {
            let folder = tempfile::tempdir().unwrap();
            let options = BuildOptions {
                threads: 1,
                ..BuildOptions::default()
            };
            let builder = Builder::begin(folder.path(), options).unwrap();
            for (path, graph) in files {
                let graph = graph.as_ref().map(|graph| iri(graph).into());
                let graph = graph.unwrap_or(GraphName::DefaultGraph);
                builder.add(quads(path, &graph)).unwrap();
            }
            let about = BuildDescription {
                base: BASE.to_owned(),
                ..BuildDescription::default()
            };
            builder.publish(about).unwrap();
            let build = store::open(folder.path()).unwrap();
            (folder, Arc::new(build))
        });
        Arc::clone(build)
    }
}

fn evaluation(
    manifest: &Graph,
    entry: &NamedOrBlankNode,
    builds: &mut Builds,
) -> Result<(), String> {
    let action = node(object(manifest, entry, &format!("{MF}action")).unwrap());
    let query = path(&object(manifest, &action, &format!("{QT}query")).unwrap());
    let result = path(&object(manifest, entry, &format!("{MF}result")).unwrap());
    let mut files = Vec::new();
    for data in objects(manifest, action.as_ref(), &format!("{QT}data")) {
        files.push((path(&data), None));
    }
    for data in objects(manifest, action.as_ref(), &format!("{QT}graphData")) {
        let file = path(&data);
        let graph = base(&file);
        files.push((file, Some(graph)));
    }
    let request = request(&query);
    if files.is_empty() {
        // The query names its files.
        let parser = spargebra::SparqlParser::new()
            .with_base_iri(base(&query))
            .unwrap();
        let parsed = parser.parse_query(&request.text).ok();
        if let Some(dataset) = parsed.as_ref().and_then(|query| query.dataset()) {
            let graphs = dataset.default.iter().chain(dataset.named.iter().flatten());
            let graphs: BTreeSet<&NamedNode> = graphs.collect();
            for graph in graphs {
                files.push((path(&graph.clone().into()), Some(graph.as_str().to_owned())));
            }
        }
    }
    files.sort();
    let build = builds.of(files);
    let extension = result.extension().unwrap().to_str().unwrap();
    let answer = |format| {
        let mut out = Vec::new();
        let style = AnswerStyle {
            format: Some(format),
            ..AnswerStyle::default()
        };
        query::run(&build, &request, &style, &mut out)
            .map(|_| out)
            .map_err(|error| format!("is refused: {error}"))
    };
    // Any number of duplicates is right.
    let reduced = object(manifest, entry, &format!("{MF}resultCardinality")).is_some();
    let (expected, found) = if extension == "csv" {
        let lines = |bytes: Vec<u8>| -> BTreeSet<String> {
            let text = String::from_utf8(bytes).unwrap();
            text.lines().map(without_labels).collect()
        };
        let found = answer(AnswerFormat::Csv)?;
        (lines(fs::read(&result).unwrap()), lines(found))
    } else {
        let expected = expected(&result, reduced);
        let format = match &expected {
            Answer::Graph(_) => AnswerFormat::Rdf(DumpFormat::NTriples),
            Answer::Rows(_) => AnswerFormat::Json,
        };
        let bytes = answer(format)?;
        let found = match &expected {
            Answer::Graph(_) => {
                let parser = RdfParser::from_format(RdfFormat::NTriples).for_slice(&bytes);
                let quads = parser.map(Result::unwrap);
                canonical(
                    quads
                        .filter(|quad| !quad.to_string().contains(&format!("<{BASE}")))
                        .collect(),
                )
            }
            Answer::Rows(_) => solutions(QueryResultsFormat::Json, &bytes, reduced),
        };
        (expected.into_lines(), found)
    };
    if expected == found {
        return Ok(());
    }
    let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
        let only: Vec<&str> = one.difference(other).map(String::as_str).take(4).collect();
        only.join(" ")
    };
    Err(format!(
        "lacks {} and has {} instead",
        only(&expected, &found),
        only(&found, &expected)
    ))
}

/// A line of CSV without the labels of blank nodes.
fn without_labels(line: &str) -> String {
    let cells: Vec<&str> = line
        .split(',')
        .map(|cell| if cell.starts_with("_:") { "_:" } else { cell })
        .collect();
    cells.join(",")
}

enum Answer {
    Graph(BTreeSet<String>),
    Rows(BTreeSet<String>),
}

impl Answer {
    fn into_lines(self) -> BTreeSet<String> {
        let (Self::Graph(lines) | Self::Rows(lines)) = self;
        lines
    }
}

fn expected(path: &Path, distinct: bool) -> Answer {
    let bytes = fs::read(path).unwrap();
    match path.extension().unwrap().to_str().unwrap() {
        "srx" => Answer::Rows(solutions(QueryResultsFormat::Xml, &bytes, distinct)),
        "srj" => Answer::Rows(solutions(QueryResultsFormat::Json, &bytes, distinct)),
        "tsv" => Answer::Rows(solutions(QueryResultsFormat::Tsv, &bytes, distinct)),
        _ => {
            let quads = quads(path, &GraphName::DefaultGraph);
            let graph: Graph = quads.iter().cloned().map(Triple::from).collect();
            let set: Term = iri(&format!("{RS}ResultSet")).into();
            let set = graph
                .subjects_for_predicate_object(rdf::TYPE, set.as_ref())
                .next();
            match set {
                Some(set) => Answer::Rows(result_set(&graph, &set.into_owned(), distinct)),
                None => Answer::Graph(canonical(quads.into_iter().collect())),
            }
        }
    }
}

/// Solutions that are written as a graph.
fn result_set(graph: &Graph, set: &NamedOrBlankNode, distinct: bool) -> BTreeSet<String> {
    if let Some(Term::Literal(answer)) = object(graph, set, &format!("{RS}boolean")) {
        return [answer.value().to_owned()].into();
    }
    let solutions = objects(graph, set.as_ref(), &format!("{RS}solution"));
    rows(
        distinct,
        solutions.into_iter().map(|solution| {
            let bindings = objects(graph, node(solution).as_ref(), &format!("{RS}binding"));
            let bindings = bindings.into_iter().map(|binding| {
                let binding = node(binding);
                let variable = object(graph, &binding, &format!("{RS}variable")).unwrap();
                let Term::Literal(name) = variable else {
                    panic!("{variable} is not a name");
                };
                let value = object(graph, &binding, &format!("{RS}value")).unwrap();
                (name.value().to_owned(), value)
            });
            bindings.collect()
        }),
    )
}

fn solutions(format: QueryResultsFormat, bytes: &[u8], distinct: bool) -> BTreeSet<String> {
    match QueryResultsParser::from_format(format)
        .for_slice(bytes)
        .unwrap()
    {
        SliceQueryResultsParserOutput::Boolean(answer) => [answer.to_string()].into(),
        SliceQueryResultsParserOutput::Solutions(solutions) => rows(
            distinct,
            solutions.map(|solution| {
                let solution = solution.unwrap();
                let bindings = solution.iter();
                bindings
                    .map(|(variable, value)| (variable.as_str().to_owned(), value.clone()))
                    .collect()
            }),
        ),
    }
}

/// Rows, each once where that is asked for, as a graph of blank nodes, whose canonical form does not depend on labels.
fn rows(distinct: bool, solutions: impl Iterator<Item = Vec<(String, Term)>>) -> BTreeSet<String> {
    let node = |name: &str| NamedNode::new_unchecked(format!("urn:answer:{name}"));
    let mut dataset = Dataset::new();
    let mut seen = BTreeSet::new();
    for solution in solutions {
        let shown: BTreeSet<String> = solution.iter().map(|(n, v)| format!("{n}={v}")).collect();
        if shown
            .iter()
            .any(|value| value.contains(&format!("<{BASE}")))
        {
            continue;
        }
        if !seen.insert(shown) && distinct {
            continue;
        }
        let row = BlankNode::default();
        let mut add = |name: &str, value: Term| {
            let quad = Quad::new(row.clone(), node(name), value, GraphName::DefaultGraph);
            dataset.insert(&quad);
        };
        add("row", node("row").into());
        for (name, value) in solution {
            add(&name, value);
        }
    }
    canonical(dataset)
}

/// The lines of a graph that are the same whatever the labels, the case of language tags and the lexical forms of
/// computed numbers.
fn canonical(dataset: Dataset) -> BTreeSet<String> {
    let quads = dataset.iter().map(|quad| {
        let mut quad = canonical_quad(quad.into_owned());
        if let Term::Literal(literal) = &quad.object
            && [xsd::DECIMAL, xsd::DOUBLE, xsd::FLOAT].contains(&literal.datatype())
            && let Ok(value) = literal.value().parse::<f64>()
        {
            let value = Literal::new_typed_literal(value.to_string(), literal.datatype());
            quad.object = canonical_term(value.into());
        }
        quad
    });
    let mut dataset: Dataset = quads.collect();
    dataset.canonicalize(CanonicalizationAlgorithm::Unstable);
    dataset.iter().map(|quad| quad.to_string()).collect()
}

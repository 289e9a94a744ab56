//! The W3C suites, with and without the rewritings.
use civigraph_sparql::{MemoryDataset, Options, evaluate};
use oxrdf::dataset::CanonicalizationAlgorithm;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{
    BlankNode, Dataset, Graph, GraphName, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad,
    Term, TermRef,
};
use oxrdfio::{RdfFormat, RdfParser};
use sparesults::{QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput};
use spareval::{QueryEvaluator, QueryResults};
use spargebra::{Query, SparqlParser};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const MF: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#";
const QT: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#";
const RS: &str = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#";

/// Tests that fail with the rewritings, and why.
const FAILING: &[(&str, &str)] = &[
    (
        "sparql10/open-world: date-2",
        "spareval compares a date with and one without a time zone as unequal",
    ),
    (
        "sparql11/functions: BNODE(str)",
        "spareval takes the string for the label, also across solutions",
    ),
];

fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("CIVIGRAPH_SHARED")
        .map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
            PathBuf::from,
        )
        .join("suites/sparql");
    folder.is_dir().then_some(folder)
}

fn base(path: &Path) -> String {
    format!("file://{}", path.canonicalize().unwrap().display())
}

fn load(path: &Path, graph: GraphName) -> Option<Dataset> {
    let format = RdfFormat::from_extension(path.extension()?.to_str()?)?;
    let bytes = std::fs::read(path).ok()?;
    let parser = RdfParser::from_format(format)
        .with_base_iri(base(path))
        .ok()?;
    let parser = if format.supports_datasets() {
        parser
    } else {
        parser.with_default_graph(graph)
    };
    let mut dataset = Dataset::new();
    for quad in parser.rename_blank_nodes().for_slice(&bytes) {
        dataset.insert(&quad.ok()?);
    }
    Some(dataset)
}

struct Manifest {
    folder: PathBuf,
    graph: Graph,
}

impl Manifest {
    fn object(&self, subject: &Term, predicate: &str) -> Option<Term> {
        self.objects(subject, predicate).into_iter().next()
    }

    fn objects(&self, subject: &Term, predicate: &str) -> Vec<Term> {
        let subject = match subject {
            Term::NamedNode(node) => NamedOrBlankNode::from(node.clone()),
            Term::BlankNode(node) => node.clone().into(),
            _ => return Vec::new(),
        };
        let predicate = NamedNodeRef::new_unchecked(predicate);
        self.graph
            .objects_for_subject_predicate(&subject, predicate)
            .map(TermRef::into_owned)
            .collect()
    }

    fn path(&self, term: &Term) -> Option<PathBuf> {
        let Term::NamedNode(node) = term else {
            return None;
        };
        Some(PathBuf::from(node.as_str().strip_prefix("file://")?))
    }

    fn entries(&self) -> Vec<Term> {
        let mut entries = Vec::new();
        let Some(mut list) = self
            .graph
            .triples_for_predicate(NamedNodeRef::new_unchecked(&format!("{MF}entries")))
            .next()
            .map(|triple| triple.object.into_owned())
        else {
            return entries;
        };
        while let Some(first) = self.object(&list, rdf::FIRST.as_str()) {
            entries.push(first);
            match self.object(&list, rdf::REST.as_str()) {
                Some(rest) => list = rest,
                None => break,
            }
        }
        entries
    }
}

/// Answers as a graph, whose canonical form does not depend on the labels of blank nodes or the lexical forms of numbers.
fn canonical(dataset: Dataset) -> BTreeSet<String> {
    let mut dataset = dataset
        .iter()
        .map(|quad| {
            let mut quad = quad.into_owned();
            if let Term::Literal(literal) = &quad.object
                && matches!(literal.datatype(), xsd::DECIMAL | xsd::DOUBLE | xsd::FLOAT)
                && let Ok(value) = literal.value().parse::<f64>()
            {
                quad.object =
                    Literal::new_typed_literal(value.to_string(), literal.datatype()).into();
            }
            quad
        })
        .collect::<Dataset>();
    dataset.canonicalize(CanonicalizationAlgorithm::Unstable);
    dataset.iter().map(|quad| quad.to_string()).collect()
}

fn node(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("urn:answer:{name}"))
}

fn rows<'a>(solutions: impl Iterator<Item = Vec<(&'a str, Term)>>) -> BTreeSet<String> {
    let mut dataset = Dataset::new();
    let default = GraphName::DefaultGraph;
    for solution in solutions {
        let row = BlankNode::default();
        dataset.insert(&Quad::new(
            row.clone(),
            node("row"),
            node("row"),
            default.clone(),
        ));
        for (name, value) in solution {
            dataset.insert(&Quad::new(row.clone(), node(name), value, default.clone()));
        }
    }
    canonical(dataset)
}

fn answer(results: QueryResults<'_>) -> Option<BTreeSet<String>> {
    Some(match results {
        QueryResults::Boolean(answer) => [answer.to_string()].into(),
        QueryResults::Graph(triples) => {
            let mut dataset = Dataset::new();
            for triple in triples {
                dataset.insert(&triple.ok()?.in_graph(GraphName::DefaultGraph));
            }
            canonical(dataset)
        }
        QueryResults::Solutions(solutions) => {
            let solutions = solutions.collect::<Result<Vec<_>, _>>().ok()?;
            rows(solutions.iter().map(|solution| {
                solution
                    .iter()
                    .map(|(variable, value)| (variable.as_str(), value.clone()))
                    .collect()
            }))
        }
    })
}

/// The expected answer, unless it is in a format that is not read here.
fn expected(path: &Path) -> Option<BTreeSet<String>> {
    let extension = path.extension()?.to_str()?;
    let format = match extension {
        "srx" => QueryResultsFormat::Xml,
        "srj" => QueryResultsFormat::Json,
        "tsv" => QueryResultsFormat::Tsv,
        _ => {
            let dataset = load(path, GraphName::DefaultGraph)?;
            return if dataset
                .iter()
                .any(|quad| quad.object.to_string() == format!("<{RS}ResultSet>"))
            {
                result_set(&dataset)
            } else {
                Some(canonical(dataset))
            };
        }
    };
    let bytes = std::fs::read(path).ok()?;
    match QueryResultsParser::from_format(format)
        .for_slice(&bytes)
        .ok()?
    {
        SliceQueryResultsParserOutput::Boolean(answer) => Some([answer.to_string()].into()),
        SliceQueryResultsParserOutput::Solutions(solutions) => {
            let solutions = solutions.collect::<Result<Vec<_>, _>>().ok()?;
            Some(rows(solutions.iter().map(|solution| {
                solution
                    .iter()
                    .map(|(variable, value)| (variable.as_str(), value.clone()))
                    .collect()
            })))
        }
    }
}

/// Reads solutions that are written as a graph.
fn result_set(dataset: &Dataset) -> Option<BTreeSet<String>> {
    let manifest = Manifest {
        folder: PathBuf::new(),
        graph: dataset
            .iter()
            .map(|quad| oxrdf::TripleRef::from(quad).into_owned())
            .collect(),
    };
    let set: Term = dataset
        .iter()
        .find(|quad| {
            quad.predicate == rdf::TYPE && quad.object.to_string() == format!("<{RS}ResultSet>")
        })?
        .subject
        .into_owned()
        .into();
    if let Some(Term::Literal(answer)) = manifest.object(&set, &format!("{RS}boolean")) {
        return Some([answer.value().to_owned()].into());
    }
    let solutions = manifest.objects(&set, &format!("{RS}solution"));
    let mut found: Vec<Vec<(String, Term)>> = Vec::new();
    for solution in solutions {
        let mut row = Vec::new();
        for binding in manifest.objects(&solution, &format!("{RS}binding")) {
            let Some(Term::Literal(name)) = manifest.object(&binding, &format!("{RS}variable"))
            else {
                return None;
            };
            row.push((
                name.value().to_owned(),
                manifest.object(&binding, &format!("{RS}value"))?,
            ));
        }
        found.push(row);
    }
    Some(rows(found.iter().map(|row| {
        row.iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect()
    })))
}

#[derive(Default)]
struct Tally {
    run: usize,
    passed: usize,
    reference_passed: usize,
    failed: Vec<String>,
    worse: Vec<String>,
    better: Vec<String>,
}

fn evaluation_test(manifest: &Manifest, test: &Term, name: &str, tally: &mut Tally) -> Option<()> {
    let action = manifest.object(test, &format!("{MF}action"))?;
    let query_path = manifest.path(&manifest.object(&action, &format!("{QT}query"))?)?;
    let expected = expected(&manifest.path(&manifest.object(test, &format!("{MF}result"))?)?)?;
    let mut dataset = Dataset::new();
    for data in manifest.objects(&action, &format!("{QT}data")) {
        dataset.extend(&load(&manifest.path(&data)?, GraphName::DefaultGraph)?);
    }
    for data in manifest.objects(&action, &format!("{QT}graphData")) {
        let Term::NamedNode(graph) = &data else {
            return None;
        };
        dataset.extend(&load(&manifest.path(&data)?, graph.clone().into())?);
    }
    let text = std::fs::read_to_string(&query_path).ok()?;
    let query = SparqlParser::new()
        .with_base_iri(base(&query_path))
        .ok()?
        .parse_query(&text)
        .ok()?;
    // The dataset of the query is read from files.
    if dataset.is_empty()
        && let Some(named) = query.dataset()
    {
        for graph in named.default.iter().chain(named.named.iter().flatten()) {
            let path = PathBuf::from(graph.as_str().strip_prefix("file://")?);
            dataset.extend(&load(&path, graph.clone().into())?);
        }
    }
    let reference = run_reference(&dataset, &query).as_ref() == Some(&expected);
    let memory = MemoryDataset::from(dataset);
    let evaluation = evaluate(
        &memory,
        &memory,
        QueryEvaluator::new(),
        query,
        &Options {
            language_tags: false,
            ..Options::default()
        },
    );
    let planned = evaluation
        .ok()
        .and_then(|evaluation| answer(evaluation.results.ok()?));
    let planned = planned.as_ref() == Some(&expected);
    tally.run += 1;
    tally.passed += usize::from(planned);
    tally.reference_passed += usize::from(reference);
    if !planned {
        tally.failed.push(name.to_owned());
    }
    match (planned, reference) {
        (false, true) => tally.worse.push(name.to_owned()),
        (true, false) => tally.better.push(name.to_owned()),
        _ => {}
    }
    Some(())
}

fn run_reference(dataset: &Dataset, query: &Query) -> Option<BTreeSet<String>> {
    answer(QueryEvaluator::new().prepare(query).execute(dataset).ok()?)
}

fn manifests(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect::<Vec<_>>();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            manifests(&path, found);
        } else if path.file_name().is_some_and(|name| name == "manifest.ttl") {
            found.push(path);
        }
    }
}

#[test]
fn rewritings_pass_the_w3c_suites() {
    let Some(folder) = shared() else {
        eprintln!("skipped: the SPARQL suites are not there");
        return;
    };
    let mut paths = Vec::new();
    manifests(&folder, &mut paths);
    let mut tally = Tally::default();
    let mut skipped = Vec::new();
    for path in paths {
        let Some(dataset) = load(&path, GraphName::DefaultGraph) else {
            continue;
        };
        let manifest = Manifest {
            folder: path.parent().unwrap().to_owned(),
            graph: dataset
                .iter()
                .map(|quad| oxrdf::TripleRef::from(quad).into_owned())
                .collect(),
        };
        for test in manifest.entries() {
            let kinds = manifest.objects(&test, rdf::TYPE.as_str());
            // REDUCED may give any number of duplicates; sparopt gives none.
            if manifest
                .object(&test, &format!("{MF}resultCardinality"))
                .is_some()
            {
                continue;
            }
            if !kinds
                .iter()
                .any(|kind| kind.to_string() == format!("<{MF}QueryEvaluationTest>"))
            {
                continue;
            }
            let suite = manifest
                .folder
                .strip_prefix(&folder)
                .unwrap()
                .display()
                .to_string();
            let label = match manifest.object(&test, &format!("{MF}name")) {
                Some(Term::Literal(label)) => label.value().to_owned(),
                _ => test.to_string(),
            };
            let name = format!("{suite}: {label}");
            if evaluation_test(&manifest, &test, &name, &mut tally).is_none() {
                skipped.push(name);
            }
        }
    }
    eprintln!(
        "{} tests, {} passed with rewritings, {} by Oxigraph; better {:#?}, failed {:#?}, not run {:#?}",
        tally.run, tally.passed, tally.reference_passed, tally.better, tally.failed, skipped
    );
    assert_eq!(
        tally.worse,
        Vec::<String>::new(),
        "passed only without rewritings"
    );
    let known = FAILING
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect::<Vec<_>>();
    assert_eq!(tally.failed, known);
}

//! The test suite of the W3C's RDF Data Shapes Working Group: SHACL Core and SHACL-SPARQL, whole.
//!
//! Each test's report must be the expected one: conforms or not, and for each result its focus node,
//! path, value, component, severity, shape, constraint and messages. Blank nodes count as equal to
//! each other. Tests that do not pass are listed in `shacl-fails.tsv`, each with its reason; the list
//! must be exactly right.

use super::suite_in;
use civigraph::datatype::canonical_term;
use civigraph::diagnostic::{Diagnostics, ReadingMode, Severity};
use civigraph::shacl::{Shapes, ShapesText, ValidationReport};
use oxigraph::io::{RdfFormat, RdfParser};
use oxrdf::{
    Graph, NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Quad, Term, TermRef,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const SH: &str = "http://www.w3.org/ns/shacl#";
const SHT: &str = "http://www.w3.org/ns/shacl-test#";
const MF: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

/// Where the suite is taken to be published.
const HOME: &str = "http://suite.example.org/";

#[test]
fn core() {
    run("core", 98);
}

#[test]
fn sparql() {
    run("sparql", 22);
}

/// The tests that fail, with the reason for each.
fn listed(part: &str) -> BTreeMap<String, String> {
    include_str!("shacl-fails.tsv")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter(|(name, _)| name.starts_with(part))
        .map(|(name, reason)| (name.to_owned(), reason.to_owned()))
        .collect()
}

/// Runs the tests of a part of the suite, and demands that those and only those fail that are listed.
fn run(part: &str, count: usize) {
    let Some(folder) = suite_in("shacl", "CIVIGRAPH_SHACL_SUITE") else {
        return;
    };
    let tests = ["", "tests", "data-shapes-test-suite/tests"]
        .iter()
        .map(|inner| folder.join(inner))
        .find(|inner| inner.join("core/manifest.ttl").is_file());
    let Some(tests) = tests else {
        panic!("no core/manifest.ttl in {}", folder.display());
    };
    let mut entries = Vec::new();
    manifest(&tests, &tests.join(part).join("manifest.ttl"), &mut entries);
    entries.sort();
    assert_eq!(entries.len(), count, "tests in the manifests");
    let mut failures = BTreeMap::new();
    for (file, entry) in &entries {
        let name = name(&tests, file);
        let outcome = std::panic::catch_unwind(|| test(&tests, file, entry));
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(reason)) => drop(failures.insert(name, reason)),
            Err(_) => drop(failures.insert(name, "crashed".to_owned())),
        }
    }
    println!("{part}: {} of {count}", count - failures.len());
    let listed = listed(part);
    let unlisted: Vec<String> = failures
        .iter()
        .filter(|(name, _)| !listed.contains_key(*name))
        .map(|(name, reason)| format!("{name}: {reason}"))
        .collect();
    assert!(unlisted.is_empty(), "not listed:\n{}", unlisted.join("\n"));
    for (name, reason) in &listed {
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

fn name(tests: &Path, file: &Path) -> String {
    let name = file.strip_prefix(tests).unwrap().with_extension("");
    name.to_string_lossy().replace('\\', "/")
}

fn read(tests: &Path, file: &Path) -> Graph {
    let base = format!("{HOME}{}.ttl", name(tests, file));
    let parser = RdfParser::from_format(RdfFormat::Turtle)
        .with_base_iri(base)
        .unwrap();
    let text = std::fs::read(file).unwrap();
    let quads = parser.for_slice(&text);
    quads
        .map(|quad| oxrdf::Triple::from(quad.unwrap()))
        .collect()
}

fn file_of(tests: &Path, iri: &str) -> PathBuf {
    tests.join(iri.strip_prefix(HOME).unwrap())
}

/// Adds the tests of a manifest and of those that it includes: the file and the node of each.
fn manifest(tests: &Path, file: &Path, entries: &mut Vec<(PathBuf, String)>) {
    let graph = read(tests, file);
    for triple in graph.triples_for_predicate(iri(&format!("{MF}include")).as_ref()) {
        if let TermRef::NamedNode(other) = triple.object {
            manifest(tests, &file_of(tests, other.as_str()), entries);
        }
    }
    let kind = iri(&format!("{SHT}Validate"));
    for triple in graph.triples_for_object(kind.as_ref()) {
        if let NamedOrBlankNodeRef::NamedNode(entry) = triple.subject {
            entries.push((file.to_owned(), entry.as_str().to_owned()));
        }
    }
}

pub fn iri(text: &str) -> NamedNode {
    NamedNode::new(text).unwrap()
}

fn object(graph: &Graph, subject: NamedOrBlankNodeRef<'_>, predicate: &str) -> Option<Term> {
    let predicate = iri(predicate);
    let found = graph.object_for_subject_predicate(subject, predicate.as_ref());
    found.map(TermRef::into_owned)
}

pub fn objects(graph: &Graph, subject: NamedOrBlankNodeRef<'_>, predicate: &str) -> Vec<Term> {
    let predicate = iri(predicate);
    let found = graph.objects_for_subject_predicate(subject, predicate.as_ref());
    found.map(TermRef::into_owned).collect()
}

fn node(term: Term) -> NamedOrBlankNode {
    match term {
        Term::NamedNode(node) => node.into(),
        Term::BlankNode(node) => node.into(),
        other => panic!("{other} is no node"),
    }
}

/// Runs one test; says why it fails.
fn test(tests: &Path, file: &Path, entry: &str) -> Result<(), String> {
    let manifest = read(tests, file);
    let entry = NamedNodeRef::new_unchecked(entry);
    let action = node(object(&manifest, entry.into(), &format!("{MF}action")).unwrap());
    let part = |name: &str| {
        let graph = object(&manifest, action.as_ref(), &format!("{SHT}{name}")).unwrap();
        let Term::NamedNode(graph) = graph else {
            panic!("{graph} is no file");
        };
        (file_of(tests, graph.as_str()), graph.as_str().to_owned())
    };
    let ((data_file, _), (shapes_file, base)) = (part("dataGraph"), part("shapesGraph"));
    let text = std::fs::read_to_string(&shapes_file).unwrap();
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let shapes = Shapes::parse(
        &[ShapesText {
            text: &text,
            name: "shapes.ttl",
            base: Some(&base),
        }],
        &mut diagnostics,
    );
    let refused: Vec<String> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostics.severity(diagnostic) == Severity::Error)
        .map(|diagnostic| format!("{}: {}", diagnostic.place, diagnostic.message))
        .collect();
    let mut data = shapes.data();
    let graph = read(tests, &data_file);
    let quads: Vec<Quad> = graph
        .iter()
        .map(|triple| triple.into_owned().in_graph(oxrdf::GraphName::DefaultGraph))
        .collect();
    data.add(quads.iter().map(Quad::as_ref));
    let report = shapes
        .validate(data, u64::MAX)
        .map_err(|error| error.message)?;
    let result = object(&manifest, entry.into(), &format!("{MF}result")).unwrap();
    if result == iri(&format!("{SHT}Failure")).into() {
        return match refused.is_empty() && report.failures.is_empty() {
            true => Err("a failure is expected, and there is none".to_owned()),
            false => Ok(()),
        };
    }
    if !refused.is_empty() {
        return Err(format!("refused: {}", refused.join("; ")));
    }
    if let Some(failure) = report.failures.first() {
        return Err(format!("failed: {}", failure.message));
    }
    let expected = node(result);
    let conforms = object(&manifest, expected.as_ref(), &format!("{SH}conforms"));
    let conforms = matches!(conforms, Some(Term::Literal(literal)) if literal.value() == "true");
    let mut wanted = expected_results(&manifest, &expected, true);
    let with_messages = wanted.iter().any(|result| result.contains(" message "));
    let mut found = report_lines(&report, with_messages);
    wanted.sort();
    found.sort();
    if report.conforms() != conforms {
        return Err(format!(
            "conforms: {}, expected {conforms}\n  found {found:#?}",
            report.conforms()
        ));
    }
    if found != wanted {
        return Err(format!("found {found:#?}\n  expected {wanted:#?}"));
    }
    let (written, node) = as_rdf(&report);
    let mut lines = expected_results(&written, &node, with_messages);
    lines.sort();
    let says = object(&written, node.as_ref(), &format!("{SH}conforms"));
    if lines != wanted || says != Some(oxrdf::Literal::from(conforms).into()) {
        return Err(format!(
            "written {lines:#?}, conforms: {says:?}\n  expected {wanted:#?}"
        ));
    }
    Ok(())
}

/// A report as it is written in RDF, and its node.
fn as_rdf(report: &ValidationReport) -> (Graph, NamedOrBlankNode) {
    let mut text = Vec::new();
    report.write_turtle(&mut text).unwrap();
    let graph: Graph = RdfParser::from_format(RdfFormat::Turtle)
        .for_slice(&text)
        .map(|quad| oxrdf::Triple::from(quad.unwrap()))
        .collect();
    let class = iri(&format!("{SH}ValidationReport"));
    let node = graph
        .subjects_for_predicate_object(oxrdf::vocab::rdf::TYPE, class.as_ref())
        .map(NamedOrBlankNodeRef::into_owned)
        .next();
    (graph, node.unwrap())
}

/// The results of a report in RDF, each as one line.
fn expected_results(graph: &Graph, report: &NamedOrBlankNode, with_messages: bool) -> Vec<String> {
    objects(graph, report.as_ref(), &format!("{SH}result"))
        .into_iter()
        .map(|result| expected_result(graph, &node(result), with_messages))
        .collect()
}

/// The results of a report, each as one line.
pub fn report_lines(report: &ValidationReport, with_messages: bool) -> Vec<String> {
    report
        .results
        .iter()
        .map(|result| {
            let mut messages: Vec<String> = Vec::new();
            if with_messages {
                messages.extend(result.messages.iter().map(ToString::to_string));
            }
            line(
                &result.focus,
                result.path.as_ref().map(ToString::to_string),
                result.value.as_ref(),
                &result.component,
                &result.severity,
                Some(&result.shape.clone().into()),
                messages,
            )
        })
        .collect()
}

fn expected_result(graph: &Graph, result: &NamedOrBlankNode, with_messages: bool) -> String {
    let value = |name: &str| object(graph, result.as_ref(), &format!("{SH}{name}"));
    let named = |name: &str| match value(name) {
        Some(Term::NamedNode(node)) => node,
        other => panic!("{name} is {other:?}"),
    };
    let mut messages = objects(graph, result.as_ref(), &format!("{SH}resultMessage"));
    messages.retain(|_| with_messages);
    line(
        &value("focusNode").unwrap(),
        value("resultPath").map(|path| path_text(graph, &path)),
        value("value").as_ref(),
        &named("sourceConstraintComponent"),
        &named("resultSeverity"),
        value("sourceShape").as_ref(),
        messages
            .into_iter()
            .map(|message| canonical_term(message).to_string())
            .collect(),
    )
}

/// A result as one line.
pub fn line(
    focus: &Term,
    path: Option<String>,
    value: Option<&Term>,
    component: &NamedNode,
    severity: &NamedNode,
    shape: Option<&Term>,
    mut messages: Vec<String>,
) -> String {
    // Parsers put language tags in lower case.
    let text = |term: &Term| match term {
        Term::BlankNode(_) => "_".to_owned(),
        other => canonical_term(other.clone()).to_string(),
    };
    messages.sort();
    let mut line = format!(
        "{} path {} value {} by {component} {severity} of {}",
        text(focus),
        path.unwrap_or_default(),
        value.map(text).unwrap_or_default(),
        shape.map(text).unwrap_or_default(),
    );
    for message in messages {
        line.push_str(&format!(" message {message}"));
    }
    line
}

/// An expected path in SPARQL.
fn path_text(graph: &Graph, path: &Term) -> String {
    let node = match path {
        Term::NamedNode(node) => return node.to_string(),
        Term::BlankNode(node) => NamedOrBlankNode::from(node.clone()),
        other => panic!("{other} is no path"),
    };
    let inner = |term: &Term| match term {
        Term::NamedNode(node) => node.to_string(),
        other => format!("({})", path_text(graph, other)),
    };
    let list = |mut at: Term, by: &str| {
        let mut members = Vec::new();
        while let Term::BlankNode(cell) = &at {
            let cell = NamedOrBlankNode::from(cell.clone());
            members.push(inner(
                &object(graph, cell.as_ref(), &format!("{RDF}first")).unwrap(),
            ));
            at = object(graph, cell.as_ref(), &format!("{RDF}rest")).unwrap();
        }
        members.join(by)
    };
    let of = |name: &str| object(graph, node.as_ref(), &format!("{SH}{name}"));
    if let Some(path) = of("inversePath") {
        format!("^{}", inner(&path))
    } else if let Some(paths) = of("alternativePath") {
        list(paths, "|")
    } else if let Some(path) = of("zeroOrMorePath") {
        format!("{}*", inner(&path))
    } else if let Some(path) = of("oneOrMorePath") {
        format!("{}+", inner(&path))
    } else if let Some(path) = of("zeroOrOnePath") {
        format!("{}?", inner(&path))
    } else {
        list(path.clone(), "/")
    }
}

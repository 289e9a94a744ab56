//! The W3C's tests of the SPARQL 1.1 Protocol, the Graph Store Protocol and the Service Description.
//!
//! What the tests put or post first is published before the service starts, as graphs of a build. Every request for
//! an update must get a 403 or, where the test demands a 4xx, any 4xx. `protocol.tsv` has the result of each test; it
//! must be exactly right.

use super::client::{Request, Response};
use super::graph::publish;
use super::server::Server;
use crate::suites::suite;
use oxigraph::io::{RdfFormat, RdfParser};
use oxrdf::dataset::CanonicalizationAlgorithm;
use oxrdf::vocab::rdf;
use oxrdf::{Graph, GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term, Triple};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const MF: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#";
const HT: &str = "http://www.w3.org/2011/http#";
const HTS: &str = "http://www.w3.org/2011/http-statusCodes#";
const CNT: &str = "http://www.w3.org/2011/content#";
const UT: &str = "http://www.w3.org/2009/sparql/tests/test-update#";
const RDFS: &str = "http://www.w3.org/2000/01/rdf-schema#";
const SD: &str = "http://www.w3.org/ns/sparql-service-description#";

/// The base of the graphs of the Graph Store Protocol's tests.
const BASE: &str = "http://www.example/gsp/";

/// A manifest.
struct Manifest {
    graph: Graph,
    entries: Vec<NamedOrBlankNode>,
}

/// A request of a test, with the response that it demands.
struct Step {
    request: Request,
    method: String,
    path: String,
    body: Option<String>,
    content_type: Option<String>,
    statuses: BTreeSet<String>,
    truth: Option<bool>,
    format: Option<String>,
    expected_body: Option<String>,
    expected_type: Option<String>,
}

impl Manifest {
    fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        let parser = RdfParser::from_format(RdfFormat::Turtle)
            .with_base_iri("http://suite.example/manifest.ttl")
            .unwrap();
        let quads = parser.for_slice(&bytes);
        let graph: Graph = quads.map(|quad| Triple::from(quad.unwrap())).collect();
        let manifest = NamedNodeRef::new_unchecked("http://suite.example/manifest.ttl");
        let list = graph.object_for_subject_predicate(manifest, mf("entries").as_ref());
        let entries = list.map(|list| items(&graph, list.into_owned()));
        let entries = entries.unwrap_or_default();
        Self { graph, entries }
    }

    fn object(&self, subject: &NamedOrBlankNode, predicate: &NamedNode) -> Option<Term> {
        let found = self
            .graph
            .object_for_subject_predicate(subject.as_ref(), predicate.as_ref());
        found.map(Into::into)
    }

    fn objects(&self, subject: &NamedOrBlankNode, predicate: &NamedNode) -> Vec<Term> {
        self.graph
            .objects_for_subject_predicate(subject.as_ref(), predicate.as_ref())
            .map(Into::into)
            .collect()
    }

    fn text(&self, subject: &NamedOrBlankNode, predicate: &NamedNode) -> Option<String> {
        match self.object(subject, predicate)? {
            Term::Literal(literal) => Some(literal.value().to_owned()),
            Term::NamedNode(node) => Some(node.into_string()),
            _ => None,
        }
    }

    fn node(&self, subject: &NamedOrBlankNode, predicate: &NamedNode) -> Option<NamedOrBlankNode> {
        subject_of(self.object(subject, predicate)?)
    }

    /// The headers of a request or a response.
    fn headers(&self, message: &NamedOrBlankNode) -> Vec<(String, String)> {
        let Some(list) = self.object(message, &ht("headers")) else {
            return Vec::new();
        };
        items(&self.graph, list)
            .iter()
            .map(|header| {
                let name = self.text(header, &ht("fieldName")).unwrap();
                (name, self.text(header, &ht("fieldValue")).unwrap())
            })
            .collect()
    }

    /// The characters of a body, and those bytes.
    fn body(&self, message: &NamedOrBlankNode) -> Option<(String, Vec<u8>)> {
        let body = self.node(message, &ht("body"))?;
        let chars = self.text(&body, &iri(CNT, "chars"))?;
        let encoding = self.text(&body, &iri(CNT, "characterEncoding"));
        let bytes = match encoding.as_deref() {
            Some("UTF-16") => chars.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            _ => chars.clone().into_bytes(),
        };
        Some((chars, bytes))
    }

    fn steps(&self, test: &NamedOrBlankNode) -> Vec<Step> {
        let action = self.node(test, &mf("action")).unwrap();
        let requests = self.object(&action, &ht("requests")).unwrap();
        let requests = items(&self.graph, requests);
        requests.iter().map(|request| self.step(request)).collect()
    }

    fn step(&self, node: &NamedOrBlankNode) -> Step {
        let method = self.text(node, &ht("methodName")).unwrap();
        let path = self.text(node, &ht("absolutePath")).unwrap();
        let mut request = Request::new(&method, &target(&path));
        let mut content_type = None;
        for (name, value) in self.headers(node) {
            request = request.header(&name, &value);
            if name == "content-type" {
                content_type = Some(value);
            }
        }
        let body = self.body(node);
        if let Some((_, bytes)) = &body {
            request = request.body(bytes);
        }
        let response = self.node(node, &ht("resp")).unwrap();
        let expected_type = self
            .headers(&response)
            .into_iter()
            .find_map(|(name, value)| (name == "content-type").then_some(value));
        let statuses = self.objects(&response, &mf("expectedStatus"));
        Step {
            request,
            path,
            content_type,
            body: body.map(|(chars, _)| chars),
            statuses: statuses
                .into_iter()
                .filter_map(|status| match status {
                    Term::NamedNode(node) => node.as_str().strip_prefix(HTS).map(str::to_owned),
                    _ => None,
                })
                .collect(),
            truth: self
                .text(&response, &mf("expectedBoolean"))
                .map(|truth| truth == "true"),
            format: self.text(&response, &mf("expectedFormat")),
            expected_body: self.body(&response).map(|(chars, _)| chars),
            expected_type,
            method,
        }
    }
}

impl Step {
    /// Whether it changes something.
    fn writes(&self) -> bool {
        let form = self.content_type.as_deref() == Some("application/x-www-form-urlencoded");
        let body = self.body.as_deref().unwrap_or_default();
        self.content_type
            .as_deref()
            .is_some_and(|media| media.starts_with("application/sparql-update"))
            || (form && body.starts_with("update="))
            || self.path.contains("?update=")
    }

    /// Why a response is not the one that is demanded; `None` where it is.
    fn wrong(&self, response: &Response) -> Option<String> {
        let fits = |status: &str| match status {
            "StatusCode2xx" => response.status / 100 == 2,
            "StatusCode3xx" => response.status / 100 == 3,
            "StatusCode4xx" => response.status / 100 == 4,
            "OK" => response.status == 200,
            "NotFound" => response.status == 404,
            "NoContent" => response.status == 204,
            "Created" => response.status == 201,
            other => panic!("unknown status {other}"),
        };
        if !self.statuses.iter().any(|status| fits(status)) {
            return Some(format!(
                "status {} in place of {:?}",
                response.status, self.statuses
            ));
        }
        let media = response.header("content-type");
        if let Some(expected) = &self.expected_type
            && media != expected
        {
            return Some(format!("content type {media} in place of {expected}"));
        }
        let bare = media.split(';').next().unwrap_or_default();
        let kinds: &[&str] = match self.format.as_deref() {
            Some("boolean") => &[
                "application/sparql-results+json",
                "application/sparql-results+xml",
            ],
            Some("tabular") => &[
                "application/sparql-results+json",
                "application/sparql-results+xml",
                "text/csv",
                "text/tab-separated-values",
            ],
            Some("RDF") => &[
                "text/turtle",
                "application/rdf+xml",
                "application/n-triples",
            ],
            _ => &[],
        };
        if !kinds.is_empty() && !kinds.contains(&bare) {
            return Some(format!("content type {media}"));
        }
        if let Some(truth) = self.truth
            && response.json()["boolean"] != truth
        {
            return Some(format!("not {truth}"));
        }
        if let Some(expected) = &self.expected_body
            && canonical(expected) != canonical(&response.text())
        {
            return Some(format!("another graph: {}", response.text()));
        }
        None
    }
}

#[test]
fn the_protocol() {
    let Some(folder) = suite("sparql") else {
        return;
    };
    let folder = folder.join("sparql11/protocol");
    let manifest = Manifest::read(&folder.join("manifest.ttl"));
    let mut quads = BTreeMap::new();
    for test in &manifest.entries {
        for data in manifest.objects(test, &iri(UT, "graphData")) {
            let data = subject_of(data).unwrap();
            let name = manifest.text(&data, &iri(RDFS, "label")).unwrap();
            let file = manifest.text(&data, &iri(UT, "graph")).unwrap();
            let file = file.rsplit('/').next().unwrap().to_owned();
            quads.insert(name, std::fs::read_to_string(folder.join(file)).unwrap());
        }
    }
    let quads = quads
        .iter()
        .flat_map(|(name, text)| parse(text, Some(name)));
    let project = tempfile::tempdir().unwrap();
    publish(project.path(), "http://kasei.us/", quads);
    let server = Server::start(project.path(), &[]);
    let mut results = Vec::new();
    for test in &manifest.entries {
        results.push((
            local_name(test),
            run_protocol(&manifest.steps(test), &server),
        ));
    }
    assert_eq!(results.len(), 34);
    compare("protocol", &results);
}

fn run_protocol(steps: &[Step], server: &Server) -> String {
    let mut refused = false;
    for step in steps {
        let response = server.ask(step.request.clone());
        if step.writes() {
            refused = true;
            if !step.statuses.contains("StatusCode4xx") {
                if response.status != 403 {
                    return format!("fails: an update got {}", response.status);
                }
                // What would have been written is not there to be read.
                break;
            }
        }
        if let Some(wrong) = step.wrong(&response) {
            return format!("fails: {wrong}");
        }
    }
    if refused {
        "passes: the update is refused"
    } else {
        "passes"
    }
    .to_owned()
}

#[test]
fn the_graph_store_protocol() {
    let Some(folder) = suite("sparql") else {
        return;
    };
    let folder = folder.join("sparql11/graph-store-protocol");
    let mut results = Vec::new();
    for name in ["manifest-direct.ttl", "manifest-indirect.ttl"] {
        let manifest = Manifest::read(&folder.join(name));
        // Tests that the lists leave out are run too.
        let kind = mf("GraphStoreProtocolTest");
        let tests = manifest
            .graph
            .subjects_for_predicate_object(rdf::TYPE, kind.as_ref());
        let mut tests: Vec<NamedOrBlankNode> = tests.map(Into::into).collect();
        tests.sort_by_key(ToString::to_string);
        for test in &tests {
            let name = local_name(test);
            results.push((name, run_graph_store(&manifest.steps(test))));
        }
    }
    assert_eq!(results.len(), 14);
    compare("graph-store-protocol", &results);
}

/// Publishes what a test has put, posted and deleted whenever it reads, and reads it then.
fn run_graph_store(steps: &[Step]) -> String {
    let mut graphs = BTreeMap::<Option<String>, String>::new();
    let mut reads = 0;
    let mut location = None;
    for step in steps {
        let name = graph_name(&step.path, location.as_deref());
        let body = step.body.clone().unwrap_or_default();
        match step.method.as_str() {
            "PUT" => {
                graphs.insert(name, body);
            }
            "POST" => {
                // The name of a new graph is the server's to choose.
                let name = name.or_else(|| {
                    location = Some(format!("{BASE}new"));
                    location.clone()
                });
                graphs.entry(name).or_default().push_str(&parts(&body));
            }
            "DELETE" => {
                graphs.remove(&name);
            }
            _ => {
                reads += 1;
                if let Some(wrong) = read(step, &graphs, location.as_deref()) {
                    return format!("fails: {wrong}");
                }
            }
        }
    }
    format!("passes: {reads} read")
}

/// Publishes graphs and makes a request; gives what is wrong with the response.
fn read(
    step: &Step,
    graphs: &BTreeMap<Option<String>, String>,
    location: Option<&str>,
) -> Option<String> {
    let project = tempfile::tempdir().unwrap();
    let quads = graphs
        .iter()
        .flat_map(|(name, text)| parse(text, name.as_deref()));
    publish(project.path(), BASE, quads);
    let server = Server::start(project.path(), &[]);
    let mut request = step.request.clone();
    if let Some(location) = location {
        request = request.at(&target(&step.path).replace("$LOCATION$", location));
    }
    let wrong = step.wrong(&server.ask(request));
    // And what writes is refused.
    for method in ["PUT", "POST", "DELETE"] {
        let status = server.ask(Request::new(method, &target(&step.path))).status;
        if status != 405 {
            return Some(format!("{method} got {status}"));
        }
    }
    wrong
}

/// The graph that a request is about, which a service at `/graphs` and `/graph/` would know by its URL.
fn graph_name(path: &str, location: Option<&str>) -> Option<String> {
    if let Some(name) = path.strip_prefix("/gsp/") {
        return Some(format!("{BASE}graph/{name}"));
    }
    let (_, query) = path.split_once("?graph=")?;
    if query == "$LOCATION$" {
        return location.map(str::to_owned);
    }
    Some(decode(query))
}

fn decode(text: &str) -> String {
    let mut parts = text.split('%');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        decoded.push(char::from(u8::from_str_radix(digits, 16).unwrap()));
        decoded.push_str(rest);
    }
    decoded
}

/// The Turtle of a body, which may be a form with files.
fn parts(body: &str) -> String {
    if !body.starts_with("--") {
        return body.to_owned();
    }
    let parts = body.split("\r\n\r\n").skip(1);
    parts
        .map(|part| part.split("--").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_service_description() {
    let Some(folder) = suite("sparql") else {
        return;
    };
    let manifest = Manifest::read(&folder.join("sparql11/service-description/manifest.ttl"));
    let project = tempfile::tempdir().unwrap();
    publish(project.path(), BASE, super::graph::things(3));
    let server = Server::start(project.path(), &[]);
    let response = server.get("/sparql").is(200);
    let returned = RdfParser::from_format(RdfFormat::Turtle).for_slice(&response.body);
    let graph: Result<Graph, _> = returned.map(|quad| quad.map(Triple::from)).collect();
    let mut results = Vec::new();
    for test in &manifest.entries {
        let name = local_name(test);
        let endpoint = format!("http://{}/sparql", server.address);
        let passes = match (name.as_str(), &graph) {
            ("returns-rdf", graph) => {
                graph.is_ok() && response.header("content-type") == "text/turtle; charset=utf-8"
            }
            ("has-endpoint-triple", Ok(graph)) => {
                let endpoint = NamedNode::new(endpoint).unwrap();
                let found = graph
                    .subject_for_predicate_object(iri(SD, "endpoint").as_ref(), endpoint.as_ref());
                found.is_some()
            }
            ("conforms-to-schema", Ok(graph)) => conforms(graph),
            _ => false,
        };
        results.push((name, if passes { "passes" } else { "fails" }.to_owned()));
    }
    assert_eq!(results.len(), 3);
    compare("service-description", &results);
}

/// Whether subjects and objects of the vocabulary's properties have the classes that it declares for them, where
/// anything is said about their class, and what must have a type has one.
fn conforms(graph: &Graph) -> bool {
    let typed = |term: &Term, class: &str| {
        subject_of(term.clone()).is_some_and(|node| {
            graph.contains(Triple::new(node, rdf::TYPE, iri(SD, class)).as_ref())
        })
    };
    let declared = [
        ("endpoint", "Service", None),
        ("supportedLanguage", "Service", None),
        ("resultFormat", "Service", None),
        ("extensionFunction", "Service", Some("Function")),
        ("defaultDataset", "Service", Some("Dataset")),
        ("defaultGraph", "Dataset", Some("Graph")),
        ("namedGraph", "Dataset", Some("NamedGraph")),
        ("graph", "NamedGraph", Some("Graph")),
    ];
    let properties: BTreeSet<&str> = declared.iter().map(|(name, _, _)| *name).collect();
    let known = graph
        .iter()
        .all(|triple| match triple.predicate.as_str().strip_prefix(SD) {
            None | Some("name") => true,
            Some(name) => properties.contains(name),
        });
    let classed = declared.iter().all(|(name, domain, range)| {
        let property = iri(SD, name);
        let mut triples = graph.triples_for_predicate(property.as_ref()).peekable();
        let there = triples.peek().is_some() || matches!(*name, "namedGraph" | "graph");
        there
            && triples.all(|triple| {
                typed(&triple.subject.into_owned().into(), domain)
                    && range.is_none_or(|range| typed(&triple.object.into_owned(), range))
            })
    });
    known && classed
}

/// Compares results with the list of them.
fn compare(suite: &str, results: &[(String, String)]) {
    let listed: String = include_str!("protocol.tsv")
        .lines()
        .filter(|line| line.starts_with(&format!("{suite}\t")))
        .map(|line| format!("{line}\n"))
        .collect();
    let found: String = results
        .iter()
        .map(|(name, result)| format!("{suite}\t{name}\t{result}\n"))
        .collect();
    assert_eq!(found, listed, "\n{found}");
}

/// The target of a request at the service for one of the suite.
fn target(path: &str) -> String {
    if let Some(name) = path.strip_prefix("/gsp/") {
        format!("/graph/{name}")
    } else if let Some(query) = path.strip_prefix("/gsp") {
        format!("/graphs{query}")
    } else {
        path.to_owned()
    }
}

fn parse(text: &str, graph: Option<&str>) -> Vec<Quad> {
    let name = graph.map_or(GraphName::DefaultGraph, |name| {
        NamedNode::new(name).unwrap().into()
    });
    let parser = RdfParser::from_format(RdfFormat::Turtle).for_slice(text.as_bytes());
    parser
        .map(|quad| Triple::from(quad.unwrap()).in_graph(name.clone()))
        .collect()
}

/// A graph, whatever its blank nodes are called.
fn canonical(text: &str) -> BTreeSet<String> {
    let mut graph: Graph = parse(text, None).into_iter().map(Triple::from).collect();
    graph.canonicalize(CanonicalizationAlgorithm::Unstable);
    graph.iter().map(|triple| triple.to_string()).collect()
}

fn items(graph: &Graph, list: Term) -> Vec<NamedOrBlankNode> {
    let mut items = Vec::new();
    let mut rest = subject_of(list);
    while let Some(node) = rest {
        let of = |property| {
            let object = graph.object_for_subject_predicate(node.as_ref(), property);
            object.and_then(|object| subject_of(object.into()))
        };
        items.extend(of(rdf::FIRST));
        rest = of(rdf::REST);
    }
    items
}

fn subject_of(term: Term) -> Option<NamedOrBlankNode> {
    match term {
        Term::NamedNode(node) => Some(node.into()),
        Term::BlankNode(node) => Some(node.into()),
        _ => None,
    }
}

fn local_name(node: &NamedOrBlankNode) -> String {
    let text = node.to_string();
    let text = text.trim_end_matches('>');
    text.rsplit(['#', '/'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn iri(namespace: &str, name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{namespace}{name}"))
}

fn mf(name: &str) -> NamedNode {
    iri(MF, name)
}

fn ht(name: &str) -> NamedNode {
    iri(HT, name)
}

//! The description of the service (SPARQL 1.1 Service Description).

use super::accept::{self, GRAPHS};
use super::answer::{describe, insert, tag_of};
use super::problem::ProblemDetails;
use super::service::{Current, Service};
use super::sparql;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use oxigraph::io::RdfSerializer;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{BlankNode, Literal, NamedNode, NamedOrBlankNode, Term, Triple};

const SD: &str = "http://www.w3.org/ns/sparql-service-description#";
const VOID: &str = "http://rdfs.org/ns/void#";
const FORMATS: &str = "http://www.w3.org/ns/formats/";

/// Formats of answers by their names in the W3C's list.
const RESULT_FORMATS: [&str; 10] = [
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "N-Quads",
    "TriG",
    "RDF_XML",
    "JSON-LD",
];

/// Responds with the description.
///
/// # Errors
/// No format that there is is accepted.
pub fn respond(service: &Service, headers: &HeaderMap) -> Result<Response, ProblemDetails> {
    let (media, format) = sparql::wanted(headers, GRAPHS)?;
    let current = service.current();
    let endpoint = format!("{}/sparql", service.url());
    let failed = |_| {
        let title = "the description could not be written";
        ProblemDetails::new(StatusCode::INTERNAL_SERVER_ERROR, title)
    };
    let plain = RdfSerializer::from_format(format.rdf());
    let prefixed = plain
        .clone()
        .with_prefix("sd", SD)
        .and_then(|serializer| serializer.with_prefix("void", VOID));
    let serializer = prefixed.unwrap_or(plain);
    let mut serializer = serializer.for_writer(Vec::new());
    for triple in triples(&current, &endpoint) {
        serializer.serialize_triple(&triple).map_err(failed)?;
    }
    let body = serializer.finish().map_err(failed)?;
    let mut response = Response::new(Body::from(body));
    let tag = tag_of(&current, media);
    describe(response.headers_mut(), &current, Some(&tag));
    let content = accept::content_type(media);
    insert(response.headers_mut(), header::CONTENT_TYPE, &content);
    Ok(response)
}

/// What the service is, what it can do, and what it has.
fn triples(current: &Current, endpoint: &str) -> Vec<Triple> {
    let manifest = current.build.manifest();
    let service = NamedOrBlankNode::from(NamedNode::new_unchecked(endpoint));
    let dataset = NamedOrBlankNode::from(BlankNode::default());
    let default = NamedOrBlankNode::from(BlankNode::default());
    let mut triples = Vec::new();
    let sd = |name: &str| NamedNode::new_unchecked(format!("{SD}{name}"));
    let mut say = |subject: &NamedOrBlankNode, predicate: NamedNode, object: Term| {
        triples.push(Triple::new(subject.clone(), predicate, object));
    };
    let count =
        |count: u64| Term::from(Literal::new_typed_literal(count.to_string(), xsd::INTEGER));
    let size = NamedNode::new_unchecked(format!("{VOID}triples"));
    say(&service, rdf::TYPE.into_owned(), sd("Service").into());
    say(
        &service,
        sd("endpoint"),
        NamedNode::new_unchecked(endpoint).into(),
    );
    say(
        &service,
        sd("supportedLanguage"),
        sd("SPARQL11Query").into(),
    );
    for format in RESULT_FORMATS {
        let format = NamedNode::new_unchecked(format!("{FORMATS}{format}"));
        say(&service, sd("resultFormat"), format.into());
    }
    for function in ["rowOf", "columnOf", "cellOf", "cellCount"] {
        let function = NamedNode::new_unchecked(format!("{}ns#{function}", manifest.about.base));
        let function_node = NamedOrBlankNode::from(function.clone());
        say(&service, sd("extensionFunction"), function.into());
        say(
            &function_node,
            rdf::TYPE.into_owned(),
            sd("Function").into(),
        );
    }
    say(&service, sd("defaultDataset"), dataset.clone().into());
    say(&dataset, rdf::TYPE.into_owned(), sd("Dataset").into());
    say(&dataset, sd("defaultGraph"), default.clone().into());
    say(&default, rdf::TYPE.into_owned(), sd("Graph").into());
    for (name, graph) in &manifest.statistics.graphs {
        if name.is_empty() {
            say(&default, size.clone(), count(graph.triples));
            continue;
        }
        let Ok(name) = NamedNode::new(name.as_str()) else {
            continue;
        };
        let named = NamedOrBlankNode::from(BlankNode::default());
        let content = NamedOrBlankNode::from(BlankNode::default());
        say(&dataset, sd("namedGraph"), named.clone().into());
        say(&named, rdf::TYPE.into_owned(), sd("NamedGraph").into());
        say(&named, sd("name"), name.into());
        say(&named, sd("graph"), content.clone().into());
        say(&content, rdf::TYPE.into_owned(), sd("Graph").into());
        say(&content, size.clone(), count(graph.triples));
    }
    triples
}

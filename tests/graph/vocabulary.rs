//! Every class and property of the built graph is defined, here or in a vocabulary that is reused.

use super::{run, store};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::vocab::{rdf, rdfs};
use oxigraph::model::{GraphName, NamedNode, NamedOrBlankNode, Quad, Term};
use std::collections::{BTreeMap, BTreeSet};

const OWN: &str = "https://w3id.org/civigraph/ns#";
const BASE: &str = "https://w3id.org/civigraph/";
const VOCABULARY: &str = "https://w3id.org/civigraph/graph/vocabulary";
const RELEASE: &str = "https://w3id.org/civigraph/graph/release";
const VERSION: &str = "http://www.w3.org/2002/07/owl#versionIRI";
const DEFINITION: &str = "http://www.w3.org/2004/02/skos/core#definition";

/// The terms of other vocabularies that the data may use, as those vocabularies define them.
const REUSED: [(&str, &str); 15] = [
    ("http://data.europa.eu/m8g/", "PublicOrganisation"),
    ("http://purl.org/dc/elements/1.1/", "creator"),
    (
        "http://purl.org/dc/terms/",
        "Location contributor created creator date description hasPart identifier isPartOf \
         isReplacedBy issued language license medium publisher source spatial subject temporal title",
    ),
    (
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "Statement object predicate subject type value",
    ),
    (
        "http://www.w3.org/2000/01/rdf-schema#",
        "label seeAlso subClassOf",
    ),
    ("http://www.w3.org/2002/07/owl#", "differentFrom sameAs"),
    ("http://www.w3.org/2003/01/geo/wgs84_pos#", "lat long"),
    (
        "http://www.w3.org/2004/02/skos/core#",
        "Concept altLabel broadMatch editorialNote hiddenLabel inScheme notation prefLabel",
    ),
    ("http://www.w3.org/ns/adms#", "Identifier identifier"),
    ("http://www.w3.org/ns/dcat#", "CatalogRecord"),
    (
        "http://www.w3.org/ns/oa#",
        "SpecificResource TextPositionSelector end hasSelector hasSource start",
    ),
    (
        "http://www.w3.org/ns/org#",
        "Membership Organization OrganizationalUnit Post classification holds member memberOf postIn \
         subOrganizationOf",
    ),
    ("http://www.w3.org/ns/person#", "Person"),
    ("http://www.w3.org/ns/prov#", "wasDerivedFrom"),
    (
        "http://xmlns.com/foaf/0.1/",
        "Agent Document familyName givenName page primaryTopic",
    ),
];

fn quads() -> Vec<Quad> {
    let store = store().to_str().unwrap();
    let dump = run(&[
        "export", "--format", "nquads", "--graph", "all", "--store", store,
    ]);
    RdfParser::from_format(RdfFormat::NQuads)
        .for_slice(&dump)
        .map(Result::unwrap)
        .collect()
}

fn graph_of(quad: &Quad) -> &str {
    match &quad.graph_name {
        GraphName::NamedNode(name) => name.as_str(),
        _ => "",
    }
}

/// The classes and properties of all data.
fn used(quads: &[Quad]) -> BTreeSet<NamedNode> {
    let mut used = BTreeSet::new();
    for quad in quads {
        if [VOCABULARY, RELEASE].contains(&graph_of(quad)) {
            continue;
        }
        used.insert(quad.predicate.clone());
        if quad.predicate == rdf::TYPE
            && let Term::NamedNode(class) = &quad.object
        {
            used.insert(class.clone());
        }
    }
    used
}

#[test]
fn every_term_used_is_defined() {
    let quads = quads();
    let reused: BTreeSet<String> = REUSED
        .iter()
        .flat_map(|(namespace, terms)| {
            terms
                .split_whitespace()
                .map(move |term| format!("{namespace}{term}"))
        })
        .collect();
    let defined: BTreeSet<&str> = quads
        .iter()
        .filter(|quad| graph_of(quad) == VOCABULARY && quad.predicate == rdf::TYPE)
        .filter_map(|quad| match &quad.subject {
            NamedOrBlankNode::NamedNode(term) => Some(term.as_str()),
            NamedOrBlankNode::BlankNode(_) => None,
        })
        .collect();
    let used = used(&quads);
    assert!(used.len() > 100, "{} terms", used.len());
    let undefined: Vec<&NamedNode> = used
        .iter()
        .filter(|term| match term.as_str().starts_with(OWN) {
            true => !defined.contains(term.as_str()),
            false => !defined.contains(term.as_str()) && !reused.contains(term.as_str()),
        })
        .collect();
    assert!(undefined.is_empty(), "{undefined:?}");
}

/// Dumps can be compared line by line, and whatever is named can be looked up.
#[test]
fn every_node_has_an_iri_that_the_graph_describes() {
    let quads = quads();
    let described: BTreeSet<&str> = quads
        .iter()
        .map(|quad| match &quad.subject {
            NamedOrBlankNode::NamedNode(node) => node.as_str(),
            NamedOrBlankNode::BlankNode(node) => panic!("{node} is a blank node: {quad}"),
        })
        .collect();
    let nowhere: BTreeSet<&str> = quads
        .iter()
        .filter(|quad| quad.predicate.as_str() != VERSION)
        .filter_map(|quad| match &quad.object {
            Term::NamedNode(node) => Some(node.as_str()),
            Term::BlankNode(node) => panic!("{node} is a blank node: {quad}"),
            _ => None,
        })
        .filter(|node| node.starts_with(BASE) && !described.contains(node))
        .collect();
    assert!(nowhere.is_empty(), "{nowhere:?}");
}

#[test]
fn every_own_term_has_label_and_definition_in_both_languages() {
    let quads = quads();
    let mut languages: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut terms = BTreeSet::new();
    for quad in quads.iter().filter(|quad| graph_of(quad) == VOCABULARY) {
        let NamedOrBlankNode::NamedNode(subject) = &quad.subject else {
            continue;
        };
        if !subject.as_str().starts_with(OWN) {
            continue;
        }
        terms.insert(subject.as_str());
        if let Term::Literal(literal) = &quad.object {
            languages
                .entry((subject.as_str(), quad.predicate.as_str()))
                .or_default()
                .extend(literal.language());
        }
    }
    assert!(terms.len() > 40, "{} own terms", terms.len());
    for term in terms {
        for property in [rdfs::LABEL.as_str(), DEFINITION] {
            let found = languages
                .get(&(term, property))
                .cloned()
                .unwrap_or_default();
            assert!(
                found.is_superset(&BTreeSet::from(["en", "ru"])),
                "{term} has {property} in {found:?}"
            );
        }
    }
}

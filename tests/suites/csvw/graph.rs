//! Comparing graphs: by isomorphism, lexical forms kept.

use oxigraph::io::{RdfFormat, RdfParser};
use oxrdf::{NamedOrBlankNode, Quad, Term, Triple};
use sophia::api::term::{BnodeId, IriRef, LanguageTag, SimpleTerm};
use sophia::isomorphism::isomorphic_graphs;
use std::collections::BTreeSet;

/// The triples of a Turtle document.
pub fn parse(turtle: &str, base: &str) -> Vec<Triple> {
    RdfParser::from_format(RdfFormat::Turtle)
        .with_base_iri(base)
        .unwrap()
        .for_slice(turtle.as_bytes())
        .map(|quad| Triple::from(quad.unwrap()))
        .collect()
}

/// The triples of quads, which must all be in the default graph.
pub fn triples(quads: Vec<Quad>) -> Vec<Triple> {
    assert!(quads.iter().all(|quad| quad.graph_name.is_default_graph()));
    quads.into_iter().map(Triple::from).collect()
}

/// Whether two graphs say the same.
pub fn isomorphic(one: &[Triple], other: &[Triple]) -> bool {
    isomorphic_graphs(&terms(one), &terms(other)).unwrap()
}

/// Triples of one graph only that hold no blank nodes, to show what differs.
pub fn difference(one: &[Triple], other: &[Triple]) -> String {
    let named = |triples: &[Triple]| -> BTreeSet<String> {
        let text = |triple: &Triple| {
            let subject = match &triple.subject {
                NamedOrBlankNode::BlankNode(_) => "_".into(),
                named => named.to_string(),
            };
            let object = match &triple.object {
                Term::BlankNode(_) => "_".into(),
                other => other.to_string(),
            };
            format!("{subject} {} {object}", triple.predicate)
        };
        triples.iter().map(text).collect()
    };
    let (one, other) = (named(one), named(other));
    let lines = |sign: char, lines: Vec<&String>| -> String {
        let line = |line: &&String| format!("\n    {sign} {line}");
        lines.iter().take(8).map(line).collect()
    };
    let more = lines('+', one.difference(&other).collect());
    let less = lines('-', other.difference(&one).collect());
    format!("{more}{less}")
}

/// Terms for the comparison, each triple once.
fn terms(triples: &[Triple]) -> Vec<[SimpleTerm<'_>; 3]> {
    let distinct: std::collections::HashSet<&Triple> = triples.iter().collect();
    let iri = |iri: &'_ str| SimpleTerm::Iri(IriRef::new_unchecked(iri.to_owned().into()));
    let blank = |id: &str| SimpleTerm::BlankNode(BnodeId::new_unchecked(id.to_owned().into()));
    distinct
        .into_iter()
        .map(|triple| {
            let subject = match &triple.subject {
                NamedOrBlankNode::NamedNode(node) => iri(node.as_str()),
                NamedOrBlankNode::BlankNode(node) => blank(node.as_str()),
            };
            let object = match &triple.object {
                Term::NamedNode(node) => iri(node.as_str()),
                Term::BlankNode(node) => blank(node.as_str()),
                Term::Literal(literal) => match literal.language() {
                    Some(language) => SimpleTerm::LiteralLanguage(
                        literal.value().to_owned().into(),
                        LanguageTag::new_unchecked(language.to_lowercase().into()),
                        None,
                    ),
                    None => SimpleTerm::LiteralDatatype(
                        literal.value().to_owned().into(),
                        IriRef::new_unchecked(literal.datatype().as_str().to_owned().into()),
                    ),
                },
                Term::Triple(_) => panic!("the suite has no triple terms"),
            };
            [subject, iri(triple.predicate.as_str()), object]
        })
        .collect()
}

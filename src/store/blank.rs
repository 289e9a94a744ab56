//! Canonical labels for blank nodes (RDF Dataset Canonicalization 1.0, by sophia).
//!
//! The algorithm labels a blank node by the quads it stands in, so the quads without any do not
//! matter and need not be in memory: [`relabel`] is given only those that have some.

use super::StoreError;
use crate::diagnostic::{Code, Diagnostic, Place};
use oxrdf::{
    BaseDirection, BlankNode, GraphName, NamedOrBlankNode, Quad, QuadRef, Term, TermRef, Triple,
};
use sophia::api::quad::Spog;
use sophia::api::term::{
    BaseDirection as SophiaDirection, BnodeId, IriRef, LanguageTag, SimpleTerm,
};
use std::collections::{BTreeMap, HashSet};

/// Whether a quad mentions a blank node, also inside a triple term.
pub(crate) fn mentions_blank(quad: QuadRef<'_>) -> bool {
    quad.subject.is_blank_node()
        || quad.graph_name.is_blank_node()
        || match quad.object {
            TermRef::BlankNode(_) => true,
            TermRef::Triple(triple) => triple_mentions_blank(triple),
            TermRef::NamedNode(_) | TermRef::Literal(_) => false,
        }
}

fn triple_mentions_blank(triple: &Triple) -> bool {
    triple.subject.is_blank_node()
        || match &triple.object {
            Term::BlankNode(_) => true,
            Term::Triple(inner) => triple_mentions_blank(inner),
            Term::NamedNode(_) | Term::Literal(_) => false,
        }
}

/// Gives the blank nodes of `quads` their canonical labels. The order of the quads does not matter.
///
/// # Errors
/// The blank nodes are so alike that telling them apart would take too long.
pub(crate) fn relabel(quads: Vec<Quad>) -> Result<Vec<Quad>, StoreError> {
    if quads.is_empty() {
        return Ok(quads);
    }
    let dataset: HashSet<Spog<SimpleTerm<'static>>> = quads.iter().map(to_sophia).collect();
    let (_, labels) = sophia::c14n::sophia::relabel(&dataset).map_err(|error| {
        StoreError::from(
            Diagnostic::new(
                Code::BlankNodes,
                Place::default(),
                format!(
                    "the blank nodes are too much alike to be put in a canonical form: {error}"
                ),
            )
            .with_hint("give these nodes IRIs"),
        )
    })?;
    let labels: BTreeMap<&str, &str> = labels
        .iter()
        .map(|(from, to)| (from.as_ref(), to.as_str()))
        .collect();
    let relabel = |node: &BlankNode| match labels.get(node.as_str()) {
        // Canonical labels are letters and digits.
        Some(label) => BlankNode::new_unchecked(*label),
        None => node.clone(),
    };
    Ok(quads
        .iter()
        .map(|quad| Quad {
            subject: subject_with(&quad.subject, &relabel),
            predicate: quad.predicate.clone(),
            object: object_with(&quad.object, &relabel),
            graph_name: match &quad.graph_name {
                GraphName::BlankNode(node) => relabel(node).into(),
                other => other.clone(),
            },
        })
        .collect())
}

fn subject_with(
    subject: &NamedOrBlankNode,
    relabel: &impl Fn(&BlankNode) -> BlankNode,
) -> NamedOrBlankNode {
    match subject {
        NamedOrBlankNode::BlankNode(node) => relabel(node).into(),
        NamedOrBlankNode::NamedNode(node) => node.clone().into(),
    }
}

fn object_with(object: &Term, relabel: &impl Fn(&BlankNode) -> BlankNode) -> Term {
    match object {
        Term::BlankNode(node) => relabel(node).into(),
        Term::Triple(triple) => Triple {
            subject: subject_with(&triple.subject, relabel),
            predicate: triple.predicate.clone(),
            object: object_with(&triple.object, relabel),
        }
        .into(),
        Term::NamedNode(_) | Term::Literal(_) => object.clone(),
    }
}

/// The terms of a quad as sophia has them.
pub(crate) fn to_sophia(quad: &Quad) -> Spog<SimpleTerm<'static>> {
    let graph = match &quad.graph_name {
        GraphName::DefaultGraph => None,
        GraphName::NamedNode(node) => Some(iri(node.as_str())),
        GraphName::BlankNode(node) => Some(blank(node.as_str())),
    };
    (
        [
            subject(&quad.subject),
            iri(quad.predicate.as_str()),
            object(&quad.object),
        ],
        graph,
    )
}

fn subject(term: &NamedOrBlankNode) -> SimpleTerm<'static> {
    match term {
        NamedOrBlankNode::NamedNode(node) => iri(node.as_str()),
        NamedOrBlankNode::BlankNode(node) => blank(node.as_str()),
    }
}

fn object(term: &Term) -> SimpleTerm<'static> {
    match term {
        Term::NamedNode(node) => iri(node.as_str()),
        Term::BlankNode(node) => blank(node.as_str()),
        Term::Literal(literal) => {
            let value = literal.value().to_owned().into();
            match literal.language() {
                Some(language) => SimpleTerm::LiteralLanguage(
                    value,
                    LanguageTag::new_unchecked(language.to_owned().into()),
                    literal.direction().map(|direction| match direction {
                        BaseDirection::Ltr => SophiaDirection::Ltr,
                        BaseDirection::Rtl => SophiaDirection::Rtl,
                    }),
                ),
                None => SimpleTerm::LiteralDatatype(
                    value,
                    IriRef::new_unchecked(literal.datatype().as_str().to_owned().into()),
                ),
            }
        }
        Term::Triple(triple) => SimpleTerm::Triple(Box::new([
            subject(&triple.subject),
            iri(triple.predicate.as_str()),
            object(&triple.object),
        ])),
    }
}

fn iri(iri: &str) -> SimpleTerm<'static> {
    SimpleTerm::Iri(IriRef::new_unchecked(iri.to_owned().into()))
}

fn blank(label: &str) -> SimpleTerm<'static> {
    SimpleTerm::BlankNode(BnodeId::new_unchecked(label.to_owned().into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::NamedNode;

    /// Two blank nodes, told apart by what they point to, and the labels given.
    fn labels(first: &str, second: &str) -> Result<Vec<String>, StoreError> {
        let p = NamedNode::new_unchecked("http://e/p");
        let node = BlankNode::new_unchecked;
        let quads = vec![
            Quad::new(node(first), p.clone(), p.clone(), GraphName::DefaultGraph),
            Quad::new(p.clone(), p, node(second), GraphName::DefaultGraph),
        ];
        let mut lines: Vec<_> = relabel(quads)?.iter().map(Quad::to_string).collect();
        lines.sort();
        Ok(lines)
    }

    #[test]
    fn labels_do_not_depend_on_the_names_given() -> Result<(), StoreError> {
        let expected = labels("a", "b")?;
        assert!(expected.iter().all(|line| line.contains("_:c14n")));
        assert_eq!(labels("z9", "a1")?, expected);
        assert_ne!(labels("same", "same")?, expected);
        Ok(())
    }
}

//! Canonical labels for blank nodes (RDF Dataset Canonicalization 1.0, by sophia).
//!
//! The algorithm labels a blank node by the quads it is in, so the quads without any do not
//! matter and need not be in memory: [`UnlabelledQuads`] keeps back only those that have some. Where there are
//! too many of them, or they are too much alike, all keep the labels that they came with.

use super::work::{HASHES, within_bounds};
use oxrdf::{
    BaseDirection, BlankNode, GraphName, NamedOrBlankNode, Quad, QuadRef, Term, TermRef, Triple,
};
use sophia::api::quad::Spog;
use sophia::api::term::{
    BaseDirection as SophiaDirection, BnodeId, IriRef, LanguageTag, SimpleTerm,
};
use std::collections::{BTreeSet, HashSet};
use std::io;

/// Quads with blank nodes that are kept back to be given canonical labels. Beyond it they keep the labels
/// that they came with, and a build has no RDFC-1.0 hash.
const LIMIT: usize = 1_000_000;

/// Quads with blank nodes, kept back until all are there: their labels depend on each other.
#[derive(Debug)]
pub(crate) struct UnlabelledQuads {
    quads: Vec<Quad>,
    limit: usize,
    too_many: bool,
}

/// Quads with blank nodes whose labels are final.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LabelledQuads {
    pub(crate) quads: Vec<Quad>,
    /// Whether the labels are those of RDFC-1.0, in these quads and in those given out before.
    pub(crate) canonical: bool,
}

impl Default for UnlabelledQuads {
    fn default() -> Self {
        Self::up_to(LIMIT)
    }
}

impl UnlabelledQuads {
    pub(super) fn up_to(limit: usize) -> Self {
        Self {
            quads: Vec::new(),
            limit,
            too_many: false,
        }
    }

    /// Takes more quads, and gives out all that are sure to keep their labels.
    #[must_use]
    pub(crate) fn add(&mut self, more: Vec<Quad>) -> Vec<Quad> {
        if self.too_many {
            return more;
        }
        self.quads.extend(more);
        self.too_many = self.quads.len() > self.limit;
        if self.too_many {
            std::mem::take(&mut self.quads)
        } else {
            Vec::new()
        }
    }

    /// Whether all keep their labels, because there are too many.
    pub(super) fn too_many(&self) -> bool {
        self.too_many
    }

    /// Gives the quads that were kept back their labels. The order in which they came does not matter.
    ///
    /// # Errors
    /// There is no thread to be had.
    pub(crate) fn label(self) -> io::Result<LabelledQuads> {
        if self.too_many {
            return Ok(LabelledQuads {
                quads: self.quads,
                canonical: false,
            });
        }
        relabel(self.quads, HASHES)
    }
}

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

/// Gives the blank nodes of `quads` their canonical labels, where they can be told apart with so many
/// `hashes`.
fn relabel(quads: Vec<Quad>, hashes: u64) -> io::Result<LabelledQuads> {
    let mut labels = None;
    if !quads.is_empty() {
        // In an order of its own, so that the work is the same in every run.
        let dataset: BTreeSet<Spog<SimpleTerm<'static>>> = quads.iter().map(to_sophia).collect();
        labels = within_bounds(&dataset, nodes(&quads), hashes)?;
    }
    let Some(labels) = labels else {
        return Ok(LabelledQuads {
            canonical: quads.is_empty(),
            quads,
        });
    };
    let mut relabel = |node: &BlankNode| match labels.get(node.as_str()) {
        // Canonical labels are letters and digits.
        Some(label) => BlankNode::new_unchecked(label),
        None => node.clone(),
    };
    Ok(LabelledQuads {
        quads: quads
            .iter()
            .map(|quad| renamed(quad, &mut relabel))
            .collect(),
        canonical: true,
    })
}

/// How many nodes sophia has to label: blank nodes, and triple terms that mention some.
fn nodes(quads: &[Quad]) -> usize {
    let (mut nodes, mut triples) = (HashSet::new(), HashSet::new());
    for quad in quads {
        if let NamedOrBlankNode::BlankNode(node) = &quad.subject {
            nodes.insert(node);
        }
        if let GraphName::BlankNode(node) = &quad.graph_name {
            nodes.insert(node);
        }
        let mut object = &quad.object;
        while let Term::Triple(triple) = object {
            if let NamedOrBlankNode::BlankNode(node) = &triple.subject {
                nodes.insert(node);
            }
            if triple_mentions_blank(triple) {
                triples.insert(triple);
            }
            object = &triple.object;
        }
        if let Term::BlankNode(node) = object {
            nodes.insert(node);
        }
    }
    nodes.len() + triples.len()
}

/// The quad with other blank nodes.
pub(crate) fn renamed(quad: &Quad, rename: &mut impl FnMut(&BlankNode) -> BlankNode) -> Quad {
    Quad {
        subject: subject_with(&quad.subject, rename),
        predicate: quad.predicate.clone(),
        object: object_with(&quad.object, rename),
        graph_name: match &quad.graph_name {
            GraphName::BlankNode(node) => rename(node).into(),
            other => other.clone(),
        },
    }
}

fn subject_with(
    subject: &NamedOrBlankNode,
    rename: &mut impl FnMut(&BlankNode) -> BlankNode,
) -> NamedOrBlankNode {
    match subject {
        NamedOrBlankNode::BlankNode(node) => rename(node).into(),
        NamedOrBlankNode::NamedNode(node) => node.clone().into(),
    }
}

fn object_with(object: &Term, rename: &mut impl FnMut(&BlankNode) -> BlankNode) -> Term {
    match object {
        Term::BlankNode(node) => rename(node).into(),
        Term::Triple(triple) => Triple {
            subject: subject_with(&triple.subject, rename),
            predicate: triple.predicate.clone(),
            object: object_with(&triple.object, rename),
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
    use oxrdf::vocab::rdf;

    fn labelled(quads: Vec<Quad>) -> io::Result<(Vec<String>, bool)> {
        let LabelledQuads { quads, canonical } = relabel(quads, 300_000)?;
        let mut lines: Vec<_> = quads.iter().map(Quad::to_string).collect();
        lines.sort();
        Ok((lines, canonical))
    }

    /// Two blank nodes, told apart by what they point to, and the labels given.
    fn labels(first: &str, second: &str) -> io::Result<Vec<String>> {
        let p = NamedNode::new_unchecked("http://e/p");
        let node = BlankNode::new_unchecked;
        let quads = vec![
            Quad::new(node(first), p.clone(), p.clone(), GraphName::DefaultGraph),
            Quad::new(p.clone(), p, node(second), GraphName::DefaultGraph),
        ];
        let (lines, canonical) = labelled(quads)?;
        assert!(canonical);
        Ok(lines)
    }

    #[test]
    fn labels_do_not_depend_on_the_names_given() -> io::Result<()> {
        let expected = labels("a", "b")?;
        assert!(expected.iter().all(|line| line.contains("_:c14n")));
        assert_eq!(labels("z9", "a1")?, expected);
        assert_ne!(labels("same", "same")?, expected);
        Ok(())
    }

    /// Lists of equal items, each item with its node. The last of a ring goes on with the first.
    fn lists(count: usize, items: usize, ring: bool) -> Vec<Quad> {
        let mut quads = Vec::new();
        let node = |list, item| BlankNode::new_unchecked(format!("l{list}i{item}"));
        let mut push = |node: BlankNode, property: NamedNode, object: Term| {
            quads.push(Quad::new(node, property, object, GraphName::DefaultGraph));
        };
        for list in 0..count {
            for item in 0..items {
                push(node(list, item), rdf::FIRST.into_owned(), rdf::NIL.into());
                let rest = match item + 1 {
                    next if next < items => node(list, next).into(),
                    _ if ring => node(list, 0).into(),
                    _ => rdf::NIL.into(),
                };
                push(node(list, item), rdf::REST.into_owned(), rest);
            }
        }
        quads
    }

    /// Nodes that all point to each other.
    fn clique(size: usize) -> Vec<Quad> {
        let node = |at| BlankNode::new_unchecked(format!("n{at}"));
        let pairs = (0..size).flat_map(|from| (0..size).map(move |to| (from, to)));
        pairs
            .filter(|(from, to)| from != to)
            .map(|(from, to)| Quad::new(node(from), rdf::REST, node(to), GraphName::DefaultGraph))
            .collect()
    }

    /// A tree in which every node but the leaves points to two that are alike.
    fn tree(size: usize) -> Vec<Quad> {
        let node = |at| BlankNode::new_unchecked(format!("n{at}"));
        (1..size)
            .map(|at| {
                Quad::new(
                    node((at - 1) / 2),
                    rdf::REST,
                    node(at),
                    GraphName::DefaultGraph,
                )
            })
            .collect()
    }

    #[test]
    fn nodes_too_much_alike_keep_their_labels() -> io::Result<()> {
        for (name, quads, expected) in [
            ("no quads", Vec::new(), true),
            ("many short lists", lists(1_000, 3, false), true),
            ("a list", lists(1, 100, false), true),
            ("a long list", lists(1, 20_000, false), false),
            ("rings", lists(10, 20, true), true),
            ("many rings", lists(100, 100, true), false),
            ("a small clique", clique(5), true),
            ("a clique", clique(14), false),
            ("a small tree", tree(31), true),
            ("a tree", tree(5_000), false),
        ] {
            let mut given: Vec<_> = quads.iter().map(Quad::to_string).collect();
            given.sort();
            let mut reversed = quads.clone();
            reversed.reverse();
            let (lines, canonical) = labelled(quads)?;
            assert_eq!(canonical, expected, "{name}");
            assert_eq!(lines == given, !canonical || lines.is_empty(), "{name}");
            assert_eq!(labelled(reversed)?, (lines, canonical), "{name}");
        }
        Ok(())
    }

    #[test]
    fn too_many_are_let_go() -> io::Result<()> {
        let mut unlabelled = UnlabelledQuads::up_to(3);
        assert_eq!(unlabelled.add(lists(1, 1, false)), []);
        assert_eq!(unlabelled.add(lists(1, 1, false)).len(), 4);
        assert_eq!(unlabelled.add(lists(1, 1, false)).len(), 2);
        let expected = LabelledQuads {
            quads: Vec::new(),
            canonical: false,
        };
        assert_eq!(unlabelled.label()?, expected);
        Ok(())
    }
}

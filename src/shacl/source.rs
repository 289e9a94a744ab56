//! The shapes graph as it is written: triples that know their lines.

use super::vocabulary::rdf;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::turtle::{Turtle, TurtleProblem};
use oxrdf::{BlankNode, GraphName, NamedNode, NamedOrBlankNode, Term};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A node that can be a subject.
pub(super) type SubjectNode = NamedOrBlankNode;

/// A triple of the shapes graph.
#[derive(Debug, Clone)]
pub(super) struct ShapesTriple {
    pub(super) subject: SubjectNode,
    pub(super) predicate: NamedNode,
    pub(super) object: Term,
    /// The file, and the line on which the triple ends.
    pub(super) place: Place,
}

/// The triples of all shapes files.
#[derive(Debug, Default)]
pub(super) struct ShapesGraph {
    statements: Vec<ShapesTriple>,
    by_subject: HashMap<SubjectNode, Vec<usize>>,
    by_predicate: HashMap<NamedNode, Vec<usize>>,
    blank: usize,
}

impl ShapesGraph {
    /// Adds a Turtle document. What is not Turtle is a diagnostic; the triples before it are kept.
    pub(super) fn add(
        &mut self,
        text: &str,
        name: &str,
        base: Option<&str>,
        diagnostics: &mut Diagnostics,
    ) {
        let file: Arc<str> = name.into();
        if let Some(merge) = Diagnostic::unresolved_merge(text, &file) {
            diagnostics.push(merge);
            return;
        }
        let turtle = Turtle::new(text.as_bytes(), &file, base, GraphName::DefaultGraph);
        // Labels are those of one document; the anonymous ones differ from run to run.
        let mut labels: HashMap<BlankNode, BlankNode> = HashMap::new();
        for item in turtle {
            let (quad, line) = match item {
                Ok(found) => found,
                Err(TurtleProblem::Syntax(problem)) => {
                    diagnostics.push(problem);
                    continue;
                }
                Err(TurtleProblem::TooDeep(problem)) => {
                    diagnostics.push(problem);
                    break;
                }
                // Text in memory can always be read.
                Err(TurtleProblem::Io(_)) => break,
            };
            let mut own = |node: BlankNode| {
                labels
                    .entry(node)
                    .or_insert_with(|| {
                        self.blank += 1;
                        BlankNode::new_unchecked(format!("shape{}", self.blank))
                    })
                    .clone()
            };
            let subject = match quad.subject {
                SubjectNode::BlankNode(node) => SubjectNode::BlankNode(own(node)),
                node @ SubjectNode::NamedNode(_) => node,
            };
            let object = match quad.object {
                Term::BlankNode(node) => Term::BlankNode(own(node)),
                term => term,
            };
            self.push(ShapesTriple {
                subject,
                predicate: quad.predicate,
                object,
                place: Place::at(Arc::clone(&file), line, 0),
            });
        }
    }

    fn push(&mut self, statement: ShapesTriple) {
        let index = self.statements.len();
        let of_subject = self.by_subject.entry(statement.subject.clone());
        of_subject.or_default().push(index);
        let of_predicate = self.by_predicate.entry(statement.predicate.clone());
        of_predicate.or_default().push(index);
        self.statements.push(statement);
    }

    /// All triples, in the order in which they are written.
    pub(super) fn iter(&self) -> impl Iterator<Item = &ShapesTriple> {
        self.statements.iter()
    }

    /// The triples about a node.
    pub(super) fn about<'s>(
        &'s self,
        node: &SubjectNode,
    ) -> impl Iterator<Item = &'s ShapesTriple> + use<'s> {
        let indexes = self.by_subject.get(node).map(Vec::as_slice);
        indexes
            .unwrap_or_default()
            .iter()
            .filter_map(|&index| self.statements.get(index))
    }

    /// The triples with a predicate.
    pub(super) fn with<'s>(
        &'s self,
        predicate: &str,
    ) -> impl Iterator<Item = &'s ShapesTriple> + use<'s> {
        let indexes = self
            .by_predicate
            .get(&NamedNode::new_unchecked(predicate))
            .map(Vec::as_slice);
        indexes
            .unwrap_or_default()
            .iter()
            .filter_map(|&index| self.statements.get(index))
    }

    /// The triples about a node with a predicate.
    pub(super) fn values<'s>(
        &'s self,
        node: &SubjectNode,
        predicate: &str,
    ) -> impl Iterator<Item = &'s ShapesTriple> + use<'s> {
        let predicate = predicate.to_owned();
        self.about(node)
            .filter(move |statement| statement.predicate.as_str() == predicate)
    }

    /// Whether a node has a type.
    pub(super) fn is_a(&self, node: &SubjectNode, class: &str) -> bool {
        self.values(node, rdf::TYPE)
            .any(|statement| is_iri(&statement.object, class))
    }

    /// Where a node is described first.
    pub(super) fn place(&self, node: &SubjectNode) -> Place {
        self.about(node)
            .next()
            .map(|statement| statement.place.clone())
            .unwrap_or_default()
    }

    /// The members of a list; `None` where it is none, or has no end.
    pub(super) fn list(&self, head: &Term) -> Option<Vec<Term>> {
        let mut members = Vec::new();
        let mut seen = HashSet::new();
        let mut rest = head.clone();
        while !is_iri(&rest, rdf::NIL) {
            let node = node(&rest)?;
            let mut first = self.values(&node, rdf::FIRST);
            let mut next = self.values(&node, rdf::REST);
            members.push(first.next()?.object.clone());
            rest = next.next()?.object.clone();
            if first.next().is_some() || next.next().is_some() || !seen.insert(node) {
                return None;
            }
        }
        Some(members)
    }
}

/// Whether a term is this IRI.
pub(super) fn is_iri(term: &Term, iri: &str) -> bool {
    matches!(term, Term::NamedNode(node) if node.as_str() == iri)
}

/// A term as a node.
pub(super) fn node(term: &Term) -> Option<SubjectNode> {
    match term {
        Term::NamedNode(node) => Some(node.clone().into()),
        Term::BlankNode(node) => Some(node.clone().into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, ReadingMode};

    #[test]
    fn triples_know_their_lines() {
        let mut source = ShapesGraph::default();
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        let text = "@prefix e: <http://e/> .\n\ne:a e:b e:c ;\n  e:d [ e:e 1 ;\n    e:f \"\"\"two\nlines\"\"\" ] .\ne:g e:h";
        source.add(text, "s.ttl", None, &mut diagnostics);
        let lines: Vec<(String, u64)> = source
            .iter()
            .map(|s| (s.predicate.as_str().replace("http://e/", ""), s.place.line))
            .collect();
        for expected in [("b", 3), ("e", 4), ("f", 6)] {
            let expected = (expected.0.to_owned(), expected.1);
            assert!(lines.contains(&expected), "{lines:?}");
        }
        let found: Vec<_> = diagnostics.iter().map(|d| (d.code, d.place.line)).collect();
        assert_eq!(found, [(Code::Turtle, 7)]);
    }

    #[test]
    fn a_list_that_bites_its_tail_is_none() {
        let mut source = ShapesGraph::default();
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        let text =
            "@prefix e: <http://e/> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
            e:l rdf:first 1 ; rdf:rest e:l . e:ok e:is ( 1 2 ) .";
        source.add(text, "s.ttl", None, &mut diagnostics);
        let head = Term::from(NamedNode::new_unchecked("http://e/l"));
        assert_eq!(source.list(&head), None);
        let ok = source.with("http://e/is").next().unwrap().object.clone();
        assert_eq!(source.list(&ok).map(|list| list.len()), Some(2));
    }
}

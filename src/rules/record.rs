//! Inferences as RDF: what follows, and why.

use super::{Inference, Rules};
use crate::datatype::canonical_language_tag;
use crate::digest::sha256_hex;
use crate::knowledge::{RULES, TRIPLES};
use crate::store::graph_iri;
use crate::uri::push_unreserved;
use oxrdf::vocab::rdf;
use oxrdf::{GraphName, Literal, NamedNode, NamedNodeRef, Quad, Term, Triple};
use std::collections::BTreeSet;

const DCT: &str = "http://purl.org/dc/terms/";
const PROV: &str = "http://www.w3.org/ns/prov#";

/// Hexadecimal digits of a triple's digest in the IRI of its statement: 128 bits.
const DIGITS: usize = 32;

impl Rules {
    /// The quads of inferences: the triples in the graph `inferred`, and in the graph `claims` for each
    /// one a `cg:Inference` with `rdf:subject`, `rdf:predicate`, `rdf:object`, its rule (`cg:rule`) and
    /// its premises (`prov:wasDerivedFrom`), which are statements of the same form. The rules that
    /// were used are described there too.
    pub fn quads(&self, inferences: &[Inference], base: &str) -> Vec<Quad> {
        let node = |iri: String| NamedNode::new_unchecked(iri);
        let inferred = GraphName::from(node(graph_iri(base, "inferred")));
        let own = |name: &str| node(format!("{base}ns#{name}"));
        let mut record = InferenceRecord {
            graph: node(graph_iri(base, "claims")).into(),
            base,
            quads: Vec::with_capacity(8 * inferences.len()),
            stated: BTreeSet::new(),
        };
        let (class, by_rule) = (own("Inference"), own("rule"));
        let derived = node(format!("{PROV}wasDerivedFrom"));
        let mut used = BTreeSet::new();
        for inference in inferences {
            record
                .quads
                .push(inference.triple.clone().in_graph(inferred.clone()));
            let statement = record.statement(&inference.triple);
            record.add(&statement, rdf::TYPE, class.clone());
            if let Some(rule) = self.get(inference.rule) {
                let rule = rule_iri(base, &rule.name);
                record.add(&statement, by_rule.as_ref(), rule);
                used.insert(inference.rule);
            }
            for premise in &inference.premises {
                let premise = record.statement(premise);
                record.add(&statement, derived.as_ref(), premise);
            }
        }
        for rule in used.into_iter().filter_map(|index| self.get(index)) {
            let subject = rule_iri(base, &rule.name);
            record.add(&subject, rdf::TYPE, own("Rule"));
            for (property, texts) in [("title", &rule.title), ("description", &rule.description)] {
                let property = node(format!("{DCT}{property}"));
                for (language, text) in texts {
                    let language = canonical_language_tag(language);
                    let text = Literal::new_language_tagged_literal_unchecked(text, language);
                    record.add(&subject, property.as_ref(), text);
                }
            }
        }
        record.quads
    }
}

/// The IRI of a rule.
fn rule_iri(base: &str, name: &str) -> NamedNode {
    let mut iri = format!("{base}{RULES}");
    push_unreserved(&mut iri, name);
    NamedNode::new_unchecked(iri)
}

struct InferenceRecord<'b> {
    graph: GraphName,
    base: &'b str,
    quads: Vec<Quad>,
    /// Statements that were written down already.
    stated: BTreeSet<String>,
}

impl InferenceRecord<'_> {
    /// The node that stands for a triple; its IRI is minted from the triple alone.
    fn statement(&mut self, triple: &Triple) -> NamedNode {
        let digest = sha256_hex(triple.to_string().as_bytes());
        let digest = digest.get(..DIGITS).unwrap_or_default();
        let node = NamedNode::new_unchecked(format!("{}{TRIPLES}{digest}", self.base));
        if self.stated.insert(digest.to_owned()) {
            self.add(&node, rdf::SUBJECT, triple.subject.clone());
            self.add(&node, rdf::PREDICATE, triple.predicate.clone());
            self.add(&node, rdf::OBJECT, triple.object.clone());
        }
        node
    }

    fn add(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, object: impl Into<Term>) {
        self.quads.push(Quad::new(
            subject.clone(),
            property.into_owned(),
            object,
            self.graph.clone(),
        ));
    }
}

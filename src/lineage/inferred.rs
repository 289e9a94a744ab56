//! Why triples were inferred: their rules and premises, as the published build has them.

use super::QuadPattern;
use crate::diagnostic::Code;
use crate::store::{Build, StoreError, graph_iri};
use civigraph_index::{Error as IndexError, Index};
use oxrdf::vocab::rdf;
use oxrdf::{
    GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Quad, Term, TermRef,
    Triple,
};

const TITLE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/title");
const DERIVED: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#wasDerivedFrom");

/// An inferred triple and from what it follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferredTriple {
    /// The triple.
    pub triple: Triple,
    /// Name of the rule: that of its file, without `.rq`.
    pub rule: String,
    /// Title of the rule in English, if it has one.
    pub title: Option<String>,
    /// From what it follows.
    pub premises: Vec<Premise>,
}

/// A triple from which another one follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Premise {
    /// The triple.
    pub triple: Triple,
    /// Whether it was inferred too; the inference is in the same answer.
    pub inferred: bool,
}

/// The inferred triples of a build that match a pattern, and after them those that they rest on, each
/// once.
///
/// # Errors
/// The store cannot be read.
pub fn inferred(build: &Build, pattern: &QuadPattern) -> Result<Vec<InferredTriple>, StoreError> {
    let base = &build.manifest().about.base;
    let graph = |name| GraphName::from(NamedNode::new_unchecked(graph_iri(base, name)));
    let reader = InferenceReader {
        store: build.index(),
        inferred: graph("inferred"),
        claims: graph("claims"),
        rule: NamedNode::new_unchecked(format!("{base}ns#rule")),
    };
    reader.chain(pattern).map_err(|error| {
        StoreError::new(
            Code::TornBuild,
            build.folder(),
            format!("the index cannot be read: {error}"),
        )
    })
}

struct InferenceReader<'b> {
    store: &'b Index,
    inferred: GraphName,
    claims: GraphName,
    rule: NamedNode,
}

impl InferenceReader<'_> {
    fn chain(&self, pattern: &QuadPattern) -> Result<Vec<InferredTriple>, IndexError> {
        let subject = NamedOrBlankNodeRef::from(pattern.subject.as_ref());
        let matching = self.quads(Some(subject), None, None, &self.inferred)?;
        let mut waiting: Vec<Triple> = matching
            .into_iter()
            .filter(|quad| pattern.matches(quad.as_ref()))
            .map(Triple::from)
            .collect();
        let mut chain = Vec::new();
        let mut at = 0;
        while let Some(triple) = waiting.get(at).cloned() {
            at += 1;
            let Some(one) = self.inference(triple)? else {
                continue;
            };
            for premise in one.premises.iter().filter(|premise| premise.inferred) {
                if !waiting.contains(&premise.triple) {
                    waiting.push(premise.triple.clone());
                }
            }
            chain.push(one);
        }
        Ok(chain)
    }

    /// The inference of a triple. Statements are found by what they say and not by their IRIs.
    fn inference(&self, triple: Triple) -> Result<Option<InferredTriple>, IndexError> {
        let about = TermRef::from(triple.subject.as_ref());
        for quad in self.quads(None, Some(rdf::SUBJECT), Some(about), &self.claims)? {
            let statement = &quad.subject;
            let Some(Term::NamedNode(rule)) = self.value(statement, self.rule.as_ref())? else {
                continue;
            };
            if self.triple(statement)?.as_ref() != Some(&triple) {
                continue;
            }
            let mut premises = Vec::new();
            for derived in self.values(statement, DERIVED)? {
                if let Term::NamedNode(node) = derived
                    && let Some(triple) = self.triple(&node.into())?
                {
                    let quad = triple.clone().in_graph(self.inferred.clone());
                    let inferred = self.store.contains(&quad)?;
                    premises.push(Premise { triple, inferred });
                }
            }
            premises.sort_by_cached_key(|premise| premise.triple.to_string());
            let titles = self.values(&rule.clone().into(), TITLE)?;
            let title = titles.into_iter().find_map(|title| match title {
                Term::Literal(title) if title.language() == Some("en") => {
                    Some(title.value().to_owned())
                }
                _ => None,
            });
            let name = rule.as_str().rsplit('/').next().unwrap_or_default();
            return Ok(Some(InferredTriple {
                triple,
                rule: name.to_owned(),
                title,
                premises,
            }));
        }
        Ok(None)
    }

    /// The triple that a statement is about.
    fn triple(&self, statement: &NamedOrBlankNode) -> Result<Option<Triple>, IndexError> {
        let subject = match self.value(statement, rdf::SUBJECT)? {
            Some(Term::NamedNode(node)) => NamedOrBlankNode::from(node),
            _ => return Ok(None),
        };
        let Some(Term::NamedNode(predicate)) = self.value(statement, rdf::PREDICATE)? else {
            return Ok(None);
        };
        let object = self.value(statement, rdf::OBJECT)?;
        Ok(object.map(|object| Triple {
            subject,
            predicate,
            object,
        }))
    }

    fn value(
        &self,
        subject: &NamedOrBlankNode,
        property: NamedNodeRef<'_>,
    ) -> Result<Option<Term>, IndexError> {
        Ok(self.values(subject, property)?.into_iter().next())
    }

    fn values(
        &self,
        subject: &NamedOrBlankNode,
        property: NamedNodeRef<'_>,
    ) -> Result<Vec<Term>, IndexError> {
        let quads = self.quads(Some(subject.as_ref()), Some(property), None, &self.claims)?;
        Ok(quads.into_iter().map(|quad| quad.object).collect())
    }

    fn quads(
        &self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        property: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graph: &GraphName,
    ) -> Result<Vec<Quad>, IndexError> {
        self.store
            .quads_for_pattern(subject, property, object, Some(graph.as_ref()))
            .collect()
    }
}

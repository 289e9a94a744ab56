//! What triples rest on: cells of tables, claims, documents.

use super::term::node;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::knowledge::Knowledge;
use crate::lineage::{Tracer, folder};
use crate::query::Labels;
use crate::store::Build;
use oxrdf::{NamedNode, Term};
use serde_json::{Map, Value, json};
use std::cell::OnceCell;
use std::sync::Arc;

/// Finds what triples of a build rest on.
pub(super) struct Evidence<'b> {
    build: &'b Arc<Build>,
    knowledge: Knowledge<'b>,
    labels: Labels<'b>,
    /// `None` where the build does not keep its tables.
    tracer: OnceCell<Option<Tracer>>,
}

impl<'b> Evidence<'b> {
    /// Names documents and speakers in a language.
    pub(super) fn new(build: &'b Arc<Build>, language: &str) -> Self {
        Self {
            build,
            knowledge: Knowledge::of(build),
            labels: Labels::new(build.index(), language),
            tracer: OnceCell::new(),
        }
    }

    /// Labels in the language.
    pub(super) fn labels(&self) -> &Labels<'b> {
        &self.labels
    }

    /// The cells that make a triple, the claims about it, who says it and in which documents.
    pub(super) fn of(
        &self,
        subject: &NamedNode,
        predicate: &NamedNode,
        object: &Term,
    ) -> Result<Map<String, Value>, Error> {
        let mut evidence = Map::new();
        let cells = match self.tracer()? {
            Some(tracer) => tracer
                .origins(subject, predicate, object, None)
                .map_err(|error| Error::io("tables".as_ref(), "read", error))?,
            None => Vec::new(),
        };
        let cells: Vec<String> = cells
            .iter()
            .map(|cell| {
                cell.cell_iri()
                    .unwrap_or_else(|| cell.row_iri())
                    .into_string()
            })
            .collect();
        evidence.insert("cells".to_owned(), json!(cells));
        let support = self.knowledge.support(subject, predicate, object)?;
        let prefixes = &self.build.manifest().about.prefixes;
        let nodes = |nodes: &[NamedNode]| -> Vec<Value> {
            let named = |one: &NamedNode| node(one.as_str(), prefixes, &self.labels);
            nodes.iter().map(named).collect()
        };
        let claims = support.claims.iter().map(NamedNode::as_str);
        evidence.insert("claims".to_owned(), json!(claims.collect::<Vec<_>>()));
        evidence.insert("sources".to_owned(), nodes(&support.documents).into());
        for (key, one) in [("basis", &support.basis), ("modality", &support.modality)] {
            if let Some(one) = one {
                evidence.insert(key.to_owned(), node(one.as_str(), prefixes, &self.labels));
            }
        }
        if !support.speakers.is_empty() {
            evidence.insert("speakers".to_owned(), nodes(&support.speakers).into());
        }
        Ok(evidence)
    }

    fn tracer(&self) -> Result<Option<&Tracer>, Error> {
        if let Some(tracer) = self.tracer.get() {
            return Ok(tracer.as_ref());
        }
        let opened = match Tracer::open(self.build, &folder(self.build.root())) {
            Ok(tracer) => Some(tracer),
            Err(error) if error.code() == Code::TornBuild => None,
            Err(error) => return Err(error.into()),
        };
        Ok(self.tracer.get_or_init(|| opened).as_ref())
    }
}

/// The cells and claims of evidence on one line, if there are any.
pub(super) fn text(evidence: &Map<String, Value>) -> Option<String> {
    let strings = |key: &str| -> Vec<&str> {
        let all = evidence.get(key).and_then(Value::as_array);
        let all = all.into_iter().flatten();
        all.filter_map(Value::as_str).map(last).collect()
    };
    let (cells, claims) = (strings("cells"), strings("claims"));
    let sources = evidence.get("sources").and_then(Value::as_array);
    let sources: Vec<&str> = sources
        .into_iter()
        .flatten()
        .filter_map(|source| source.get("name").and_then(Value::as_str))
        .collect();
    let parts = [("cell", cells), ("claim", claims), ("source", sources)];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(_, all)| !all.is_empty())
        .map(|(name, all)| format!("{name} {}", all.join(" ")))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The part of an IRI after its last slash.
fn last(iri: &str) -> &str {
    iri.rsplit('/').next().unwrap_or(iri)
}

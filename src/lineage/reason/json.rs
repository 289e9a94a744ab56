//! Reasons for programs.

use super::{ExplainedInference, NotStated};
use crate::diagnostic::Place;
use crate::lineage::{InferredTriple, OtherTriple, TripleAuthor};
use oxrdf::{NamedNode, Triple};
use serde_json::json;

/// A triple that a rule inferred.
pub(super) fn inferred(one: &ExplainedInference) -> serde_json::Value {
    let InferredTriple {
        triple,
        rule,
        title,
        premises,
    } = &one.inferred;
    let premises: Vec<_> = premises
        .iter()
        .zip(&one.cells)
        .map(|(premise, cells)| {
            json!({
                "triple": terms(&premise.triple),
                "inferred": premise.inferred,
                "cells": cells.iter().map(|(at, column)| json!({
                    "place": place_text(at), "column": column,
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "triple": terms(triple),
        "inferred": true,
        "rule": { "name": rule, "title": title },
        "premises": premises,
    })
}

/// A triple of the ontology, or of the build about itself.
pub(super) fn other_triple(one: &OtherTriple, build: &str) -> serde_json::Value {
    let mut value = json!({ "triple": terms(&one.triple) });
    let (key, said) = match &one.by {
        TripleAuthor::Ontology(at) => ("ontology", json!({ "file": at.file, "line": at.line })),
        TripleAuthor::Build => ("build", json!(build)),
        TripleAuthor::Inference(rule) => ("inference", json!({ "rule": rule })),
        TripleAuthor::Rule(rule) => ("rule", json!({ "name": rule })),
    };
    if let Some(object) = value.as_object_mut() {
        object.insert(key.to_owned(), said);
    }
    value
}

/// A property that the sources do not state.
pub(super) fn gap(one: &NotStated) -> serde_json::Value {
    let documents = one.gap.documents.iter().map(NamedNode::as_str);
    json!({
        "subject": one.subject.as_str(),
        "predicate": one.gap.property.as_str(),
        "gap": one.gap.node.as_str(),
        "label": one.label,
        "notStatedIn": documents.collect::<Vec<_>>(),
    })
}

/// A triple for programs.
fn terms(triple: &Triple) -> serde_json::Value {
    json!({
        "subject": triple.subject.to_string(),
        "predicate": triple.predicate.to_string(),
        "object": triple.object.to_string(),
    })
}

/// A place as compilers write it: `file:line:column`.
pub fn place_text(place: &Place) -> String {
    let Place {
        file, line, column, ..
    } = place;
    match (line, column) {
        (0, _) => file.to_string(),
        (line, 0) => format!("{file}:{line}"),
        (line, column) => format!("{file}:{line}:{column}"),
    }
}

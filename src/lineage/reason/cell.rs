//! Triples that cells made, with the claims about these cells.

use super::json::place_text;
use super::publication::Publication;
use crate::claims::{Claim, Spans};
use crate::diagnostic::Place;
use crate::lineage::{Lineage, ProjectFacts, words};
use serde_json::json;

/// A triple that a cell made, for programs.
pub(super) fn to_json(
    one: &Lineage<'_>,
    publication: Publication,
    facts: &ProjectFacts,
    spans: &Spans,
) -> serde_json::Value {
    let Place {
        file, line, column, ..
    } = &one.place;
    json!({
        "triple": {
            "subject": one.quad.subject.to_string(),
            "predicate": one.quad.predicate.to_string(),
            "object": one.quad.object.to_string(),
            "graph": match &one.quad.graph_name {
                oxrdf::GraphName::DefaultGraph => None,
                graph => Some(graph.to_string()),
            },
        },
        "standing": publication.name(),
        "table": facts.table(one.table),
        "row": one.row,
        "place": { "file": file, "line": line, "column": column,
                   "cell": one.place.cell.as_ref().map(crate::diagnostic::CellPlace::spreadsheet) },
        "column": one.cell.as_ref().map(|(name, _)| name),
        "text": one.cell.as_ref().and_then(|(_, text)| text.as_ref()),
        "with": one.read.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "rule": one.rule.as_ref().map(|(rule, at)| json!({ "says": rule, "place": place_text(at) })),
        "claims": one.claims.iter().map(|claim| claim_json(claim, spans)).collect::<Vec<_>>(),
    })
}

/// A claim with its evidence, for programs.
pub fn claim_json(claim: &Claim, spans: &Spans) -> serde_json::Value {
    json!({
        "id": claim.id,
        "place": place_text(&claim.place),
        "fields": claim.fields.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "evidence": words(claim, spans).iter().map(|(span, words)| json!({
            "id": span.id,
            "document": span.document,
            "file": spans.file(&span.document),
            "start": span.start,
            "end": span.end,
            "words": words,
        })).collect::<Vec<_>>(),
    })
}

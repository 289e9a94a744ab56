//! Where triples come from.

use super::AssistantAnswer;
use crate::describe;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::error::Error;
use crate::lineage::{
    ProjectFacts, QuadPattern, Reason, TripleAuthor, parse_object, place_text, words,
};
use crate::query::printable;
use crate::store::Build;
use oxrdf::{NamedNode, TermRef, Triple};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::Path;

/// Triples that an answer explains at most.
const MOST: usize = 200;

/// Where triples of a thing come from: all of them, those of a property, or one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhyRequest {
    /// The subject: IRI, prefixed name, id or label.
    pub subject: String,
    /// The predicate: IRI or prefixed name.
    #[serde(default)]
    pub predicate: Option<String>,
    /// The object: IRI, prefixed name, or a literal with quotes or as plain text.
    #[serde(default)]
    pub object: Option<String>,
}

impl WhyRequest {
    pub(super) fn answer(&self, build: &Build) -> Result<AssistantAnswer, Error> {
        let mut facts = ProjectFacts::of_build(build)?;
        let subject = match facts.iri(&self.subject) {
            Some(node) => node,
            None => describe::named(build, &self.subject)?.node,
        };
        let predicate = match &self.predicate {
            Some(text) => Some(facts.iri(text).ok_or_else(|| not_an_iri(text))?),
            None => None,
        };
        let object = self.object.as_deref();
        let subject_iri = subject.as_str().to_owned();
        let pattern = QuadPattern {
            object: object.map(|text| parse_object(text, |text| facts.iri(text))),
            subject,
            predicate,
        };
        let patterns = [pattern];
        let looked = facts.look(Some(build), &patterns)?;
        let project = build.inputs();
        let asked = project.as_ref().map(|project| (build, project));
        let reasons = facts.reasons(looked, &patterns, Some(build), asked, Path::new(""))?;
        let spans = facts
            .spans(None)
            .map_err(|error| Error::io("tables".as_ref(), "read", error))?;
        let id = &build.manifest().id;
        let shown = reasons.iter().take(MOST);
        let all: Vec<_> = shown
            .map(|reason| reason.to_json(&facts, &spans, id))
            .collect();
        let mut text = String::new();
        for reason in reasons.iter().take(MOST) {
            text.push_str(&reason_text(reason, &facts, &spans));
        }
        if reasons.is_empty() {
            text = "no cell makes such a triple, and no rule has inferred it\n".to_owned();
        }
        if reasons.len() > MOST {
            let more = reasons.len() - MOST;
            text.push_str(&format!("{more} more: ask about one property\n"));
        }
        Ok(AssistantAnswer {
            data: json!({
                "subject": subject_iri,
                "reasons": all,
                "complete": reasons.len() <= MOST,
            }),
            text,
        })
    }
}

fn not_an_iri(text: &str) -> Error {
    Diagnostic::new(
        Code::ParameterValue,
        Place::file("predicate"),
        format!("`{text}` is not an IRI or prefixed name"),
    )
    .with_hint("`schema` lists the properties")
    .into()
}

/// A reason in a few lines.
fn reason_text(reason: &Reason<'_>, facts: &ProjectFacts, spans: &crate::claims::Spans) -> String {
    match reason {
        Reason::Cell(one, publication) => {
            let at = place_text(&one.place);
            let from = match &one.cell {
                Some((column, Some(text))) => {
                    format!("{at}, column `{column}`: {}", printable(text))
                }
                Some((column, None)) => format!("{at}, the row, by the virtual column `{column}`"),
                None => at,
            };
            let mut text = shown(&Triple::from(one.quad.clone()), facts);
            text.push_str(&format!("  made from {from}\n"));
            for claim in &one.claims {
                text.push_str(&format!(
                    "  claim {} {}\n",
                    claim.id,
                    place_text(&claim.place)
                ));
                for (span, _) in words(claim, spans) {
                    let file = spans.file(&span.document).unwrap_or(&span.document);
                    let (start, end) = (span.start, span.end);
                    text.push_str(&format!("    source {file}, characters {start} to {end}\n"));
                }
            }
            if let Some(remark) = publication.remark() {
                text.push_str(&format!("  but {remark}\n"));
            }
            text
        }
        Reason::Inferred(one) => {
            let mut text = shown(&one.inferred.triple, facts);
            text.push_str(&format!("  inferred by the rule {}\n", one.inferred.rule));
            for (premise, cells) in one.inferred.premises.iter().zip(&one.cells) {
                text.push_str(&format!("  from {}", shown(&premise.triple, facts)));
                for (at, column) in cells {
                    let at = place_text(at);
                    text.push_str(&format!("    made from {at}, column `{column}`\n"));
                }
            }
            text
        }
        Reason::OtherTriple(one) => {
            let by = match &one.by {
                TripleAuthor::Ontology(at) => format!("the ontology, {}", place_text(at)),
                TripleAuthor::Build => "the build, about itself".to_owned(),
                TripleAuthor::Inference(Some(rule)) => format!("the record of the rule {rule}"),
                TripleAuthor::Inference(None) => "a rule, as a premise of an inference".to_owned(),
                TripleAuthor::Rule(rule) => format!("the rule {rule} itself"),
            };
            format!("{}  from {by}\n", shown(&one.triple, facts))
        }
        Reason::Gap(one) => {
            let name = |node: &NamedNode| facts.term(TermRef::from(node.as_ref()));
            let documents: Vec<String> = one.gap.documents.iter().map(name).collect();
            format!(
                "{}  {}\n  not stated in {}\n",
                name(&one.subject),
                name(&one.gap.property),
                documents.join(", ")
            )
        }
    }
}

fn shown(triple: &Triple, facts: &ProjectFacts) -> String {
    let line = format!(
        "{}  {}  {}",
        facts.term(triple.subject.as_ref().into()),
        facts.term(TermRef::from(triple.predicate.as_ref())),
        facts.term(triple.object.as_ref()),
    );
    format!("{}\n", printable(&line))
}

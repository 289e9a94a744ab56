//! What a query says elsewhere of the thing that a triple is about.

use crate::query::{self, AnswerFormat, AnswerStyle, QueryLimits, Request};
use crate::store::Build;
use oxrdf::{Literal, NamedNode, Term};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// Things that are looked at.
const THINGS: usize = 500;

/// Time for a look; what takes longer is not worth waiting for while somebody types. Without optimisation everything
/// takes longer.
const TIME: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1000 } else { 40 });

/// Different terms that are taken.
const TERMS: usize = 1000;

/// The place of a triple in a query that is being written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompletionContext {
    /// Declarations of prefixes.
    pub prologue: String,
    /// What is said of the subject besides, candidates from the fullest to the shortest: those that are not finished
    /// do not parse, and are passed over.
    pub patterns: Vec<String>,
    /// The subject, as it is written.
    pub subject: Option<String>,
    /// The property, as it is written.
    pub property: Option<String>,
    /// The graph that the triple is within, as it is written.
    pub graph: Option<String>,
}

impl CompletionContext {
    /// The properties that things in this place have, with how often; `None` where that is not known in time.
    pub(super) fn properties(&self, build: &Arc<Build>) -> Option<Vec<(Term, u64)>> {
        self.look(build, "?_property", "?_value", "?_property")
    }

    /// The values of a property that things in this place have; as [`properties`](Self::properties).
    pub(super) fn values(&self, build: &Arc<Build>, property: &str) -> Option<Vec<(Term, u64)>> {
        self.look(build, property, "?_value", "?_value")
    }

    fn look(
        &self,
        build: &Arc<Build>,
        property: &str,
        value: &str,
        wanted: &str,
    ) -> Option<Vec<(Term, u64)>> {
        let subject = self.subject.as_deref()?;
        let is_variable = subject.starts_with(['?', '$']);
        let candidates = if is_variable {
            let said = self.patterns.iter().map(String::as_str);
            said.filter(|pattern| pattern.contains(subject)).collect()
        } else {
            vec![""]
        };
        candidates.into_iter().find_map(|pattern| {
            let things = if is_variable {
                format!("{{ SELECT DISTINCT {subject} WHERE {{ {pattern} }} LIMIT {THINGS} }}")
            } else {
                String::new()
            };
            let triple = format!("{subject} {property} {value} .");
            let triple = match &self.graph {
                // The name of a graph is that of the patterns, or any.
                Some(graph) => format!("GRAPH {graph} {{ {triple} }}"),
                None => triple,
            };
            let text = format!(
                "{}\nSELECT {wanted} (COUNT(*) AS ?_count) WHERE {{ {things} {triple} }} GROUP BY {wanted} LIMIT {TERMS}",
                self.prologue
            );
            run(build, text)
        })
    }
}

/// The terms and counts that a query has; `None` where it is wrong or takes too long.
fn run(build: &Arc<Build>, text: String) -> Option<Vec<(Term, u64)>> {
    let request = Request {
        limits: QueryLimits {
            time: Some(TIME),
            ..QueryLimits::default()
        },
        ..Request::new(text, "completion")
    };
    let style = AnswerStyle {
        format: Some(AnswerFormat::Json),
        ..AnswerStyle::default()
    };
    let mut out = Vec::new();
    query::run(build, &request, &style, &mut out).ok()?;
    let answer: Value = serde_json::from_slice(&out).ok()?;
    let rows = answer.pointer("/results/bindings")?.as_array()?;
    let mut terms: Vec<(Term, u64)> = rows
        .iter()
        .filter_map(|row| {
            let count = row.pointer("/_count/value")?.as_str()?.parse().ok()?;
            let term = row.get("_property").or_else(|| row.get("_value"))?;
            Some((term_of(term)?, count))
        })
        .collect();
    terms.sort_by(|a, b| {
        b.1.cmp(&a.1)
            .then_with(|| a.0.to_string().cmp(&b.0.to_string()))
    });
    Some(terms)
}

/// A term of SPARQL's results in JSON; blank nodes and triple terms cannot be written into a query.
fn term_of(value: &Value) -> Option<Term> {
    let text = value.get("value")?.as_str()?;
    match value.get("type")?.as_str()? {
        "uri" => Some(NamedNode::new(text).ok()?.into()),
        "literal" => {
            let of = |key: &str| value.get(key).and_then(Value::as_str);
            let literal = match (of("xml:lang"), of("datatype")) {
                (Some(language), _) => Literal::new_language_tagged_literal(text, language).ok()?,
                (None, Some(datatype)) => {
                    Literal::new_typed_literal(text, NamedNode::new(datatype).ok()?)
                }
                (None, None) => Literal::new_simple_literal(text),
            };
            Some(literal.into())
        }
        _ => None,
    }
}

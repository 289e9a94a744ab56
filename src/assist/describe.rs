//! What is said of a thing.

use super::evidence::{self, Evidence};
use super::{AssistantAnswer, english};
use crate::describe::{self, EntityDescription, Statement};
use crate::error::Error;
use crate::query::term_text;
use crate::store::Build;
use oxrdf::{NamedNode, Term};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// Things that point to a thing by one property and are shown; all are counted.
const LINKS: usize = 20;

/// Statements whose cells and claims are looked for.
const TRACED: usize = 200;

/// What is said of a thing, and what points to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescribeRequest {
    /// Its IRI, prefixed name, id or label.
    pub thing: String,
    /// Language of labels.
    #[serde(default = "english")]
    pub language: String,
}

impl DescribeRequest {
    pub(super) fn answer(&self, build: &Arc<Build>) -> Result<AssistantAnswer, Error> {
        let named = describe::named(build, &self.thing)?;
        let node = describe::follow(build, &named.node)?;
        let entity = describe::describe(build, &node, &self.language, LINKS)?;
        let evidence = Evidence::new(build, &self.language);
        let terms = terms(build, &node, &evidence)?;
        let mut all = Vec::with_capacity(entity.statements.len());
        let mut notes = Vec::new();
        for (number, statement) in entity.statements.iter().enumerate() {
            let mut one = json!(statement);
            if number < TRACED
                && let Some((predicate, object)) = terms.get(&key_of(statement))
                && let Some(fields) = one.as_object_mut()
            {
                let found = evidence.of(&node, predicate, object)?;
                if let Some(text) = evidence::text(&found) {
                    notes.push(format!(
                        "{} {}: {text}",
                        statement.property, statement.value
                    ));
                }
                fields.insert("predicate".to_owned(), json!(predicate.as_str()));
                for key in ["cells", "claims"] {
                    fields.insert(key.to_owned(), found.get(key).cloned().unwrap_or_default());
                }
            }
            all.push(one);
        }
        let mut data = fields(&entity);
        data.insert("statements".to_owned(), Value::Array(all));
        let mut text = Vec::new();
        entity
            .write(&mut text)
            .map_err(|error| Error::io("answer".as_ref(), "write", error))?;
        let mut text = String::from_utf8_lossy(&text).into_owned();
        if !notes.is_empty() {
            text.push_str(&format!("\nRests on:\n  {}\n", notes.join("\n  ")));
        }
        let mut answer = Map::new();
        answer.insert("thing".to_owned(), Value::Object(data));
        if node != named.node {
            answer.insert("mergedFrom".to_owned(), json!(named.node.as_str()));
        }
        Ok(AssistantAnswer {
            data: Value::Object(answer),
            text,
        })
    }
}

fn fields(entity: &EntityDescription) -> Map<String, Value> {
    match json!(entity) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// Property and value as a statement shows them, with language and datatype.
type StatementKey = (String, String, Option<String>, Option<String>);

fn key_of(statement: &Statement) -> StatementKey {
    (
        statement.property.clone(),
        statement.value.clone(),
        statement.language.clone(),
        statement.datatype.clone(),
    )
}

/// The terms of what statements show.
fn terms(
    build: &Build,
    node: &NamedNode,
    evidence: &Evidence<'_>,
) -> Result<HashMap<StatementKey, (NamedNode, Term)>, Error> {
    let prefixes = &build.manifest().about.prefixes;
    let mut terms = HashMap::new();
    for quad in build.quads_of(node.as_ref().into())? {
        let (language, datatype) = match &quad.object {
            Term::Literal(literal) => match literal.language() {
                Some(language) => (Some(language.to_owned()), None),
                None => (None, Some(literal.datatype().as_str().to_owned())),
            },
            _ => (None, None),
        };
        let key = (
            prefixes.shorten(quad.predicate.as_str()),
            term_text(quad.object.as_ref(), prefixes, Some(evidence.labels())),
            language,
            datatype,
        );
        terms.insert(key, (quad.predicate, quad.object));
    }
    Ok(terms)
}

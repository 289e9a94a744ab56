//! Things by the words of their labels and texts.

use super::AssistantAnswer;
use super::term::node_text;
use crate::error::Error;
use crate::query::{Labels, printable};
use crate::store::{Build, text_error};
use civigraph_text::{Hit, TextKind, TextQuery};
use oxrdf::vocab::rdf;
use oxrdf::{GraphNameRef, NamedNodeRef, Term};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The most texts that an answer has.
const MOST: usize = 100;

/// Which things have some words in their labels and texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchRequest {
    /// The words.
    pub text: String,
    /// Language of the texts; all without one.
    #[serde(default)]
    pub language: Option<String>,
    /// Whether only names count, and not descriptions.
    #[serde(default)]
    pub names: bool,
    /// The most texts to find.
    #[serde(default = "usual")]
    pub limit: usize,
}

fn usual() -> usize {
    10
}

impl SearchRequest {
    pub(super) fn answer(&self, build: &Build) -> Result<AssistantAnswer, Error> {
        let hits = self.hits(build)?;
        let labels = Labels::new(build.index(), self.language.as_deref().unwrap_or("en"));
        let prefixes = &build.manifest().about.prefixes;
        let mut found = Vec::with_capacity(hits.len());
        let mut text = String::new();
        for hit in &hits {
            let types = types(build, &hit.subject)?;
            let names: Vec<String> = types.iter().map(|class| prefixes.shorten(class)).collect();
            text.push_str(&format!(
                "{} a {}: \"{}\"\n",
                node_text(&hit.subject, prefixes, &labels),
                names.join(", "),
                printable(&hit.text)
            ));
            let mut one = super::term::node(&hit.subject, prefixes, &labels);
            let more = [
                ("types", json!(types)),
                ("property", json!(hit.property)),
                ("text", json!(hit.text)),
                ("language", json!(hit.language)),
                ("match", json!(hit.matched.as_str())),
                ("score", json!(hit.score)),
            ];
            if let Some(object) = one.as_object_mut() {
                object.extend(more.map(|(key, value)| (key.to_owned(), value)));
            }
            found.push(one);
        }
        if hits.is_empty() {
            text = format!("nothing has `{}` in a label or text", printable(&self.text));
        }
        Ok(AssistantAnswer {
            data: json!({ "found": Value::Array(found) }),
            text,
        })
    }

    fn hits(&self, build: &Build) -> Result<Vec<Hit>, Error> {
        let Some(index) = build.text()? else {
            let message = "the build has no text index";
            let code = crate::diagnostic::Code::QueryFunction;
            return Err(Error::new(code, build.folder(), message)
                .with_hint(crate::diagnostic::HintAction::BuildTextIndex));
        };
        let mut query = TextQuery {
            languages: self.language.iter().cloned().collect(),
            limit: self.limit.clamp(1, MOST),
            ..TextQuery::new(self.text.as_str())
        };
        if self.names {
            query.kinds = vec![TextKind::Label, TextKind::AltLabel, TextKind::Hidden];
        }
        index
            .search(&query)
            .map_err(|error| text_error(&error).into())
    }
}

/// The classes of a thing.
pub(super) fn types(build: &Build, iri: &str) -> Result<Vec<String>, Error> {
    let node = NamedNodeRef::new_unchecked(iri);
    let quads = build.index().quads_for_pattern(
        Some(node.into()),
        Some(rdf::TYPE),
        None,
        Some(GraphNameRef::DefaultGraph),
    );
    let mut types = Vec::new();
    for quad in quads {
        let quad = quad.map_err(|error| crate::describe::unreadable(build, &error))?;
        if let Term::NamedNode(class) = quad.object {
            types.push(class.into_string());
        }
    }
    types.sort();
    Ok(types)
}

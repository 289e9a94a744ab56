//! What a thing is, in short.

use super::view::LabelledBuild;
use crate::describe::{self, Statement};
use crate::store::{Build, StoreError};
use serde::{Deserialize, Serialize};

/// Statements that a preview has.
const SHOWN: usize = 8;

/// A thing in a few lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Its IRI.
    pub id: String,
    /// Its label.
    pub name: String,
    /// The names of its classes.
    pub types: Vec<String>,
    /// What is said of it in a sentence.
    pub description: Option<String>,
    /// Properties with their values, in words.
    pub statements: Vec<(String, String)>,
}

/// The preview of a thing; `None` where nothing is said of it.
pub(super) fn preview(build: &Build, id: &str) -> Result<Option<Preview>, StoreError> {
    let view = LabelledBuild::new(build, "en");
    let Some(node) = view.node(id) else {
        return Ok(None);
    };
    if build.quads_of(node.as_ref().into())?.is_empty() {
        return Ok(None);
    }
    let entity = describe::describe(build, &node, "en", 0)?;
    let types = view.types(&node)?;
    let label = |statement: &Statement| {
        let label = statement.property_label.as_ref();
        label.unwrap_or(&statement.property).clone()
    };
    let statements = entity
        .statements
        .iter()
        .filter(|statement| statement.property != "rdf:type")
        .take(SHOWN)
        .map(|statement| (label(statement), statement.value.clone()));
    Ok(Some(Preview {
        id: node.as_str().to_owned(),
        name: view.name(node.as_str()),
        types: types.iter().map(|class| view.name(class)).collect(),
        description: view.description(&node)?,
        statements: statements.collect(),
    }))
}

//! Terms for programs and for readers.

use crate::query::{Labels, printable};
use crate::store::Prefixes;
use oxrdf::{BlankNode, Literal, NamedNode, Term};
use serde_json::{Value, json};

/// A node with its short name and its label.
pub(super) fn node(iri: &str, prefixes: &Prefixes, labels: &Labels<'_>) -> Value {
    let mut node = json!({ "iri": iri, "name": prefixes.shorten(iri) });
    if let (Some(label), Some(object)) = (labels.of(iri), node.as_object_mut()) {
        object.insert("label".to_owned(), label.into());
    }
    node
}

/// A node with its label, on one line: `Irbit (city:irbit)`.
pub(super) fn node_text(iri: &str, prefixes: &Prefixes, labels: &Labels<'_>) -> String {
    let name = prefixes.shorten(iri);
    match labels.of(iri) {
        Some(label) => format!("{} ({name})", printable(&label)),
        None => name,
    }
}

/// A term of an answer in SPARQL's JSON; `None` for what is not a term that a table can make.
pub(super) fn of_json(value: &Value) -> Option<Term> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let content = text("value")?;
    Some(match text("type")? {
        "uri" => NamedNode::new(content).ok()?.into(),
        "bnode" => BlankNode::new(content).ok()?.into(),
        "literal" => match (text("xml:lang"), text("datatype")) {
            (Some(language), _) => Literal::new_language_tagged_literal(content, language)
                .ok()?
                .into(),
            (None, Some(datatype)) => {
                Literal::new_typed_literal(content, NamedNode::new(datatype).ok()?).into()
            }
            (None, None) => Literal::new_simple_literal(content).into(),
        },
        _ => return None,
    })
}

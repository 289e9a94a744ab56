//! Objects as users write them.

use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, Term};

const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// An object as the user writes it: a quoted literal, something that is an IRI, or plain text.
pub fn parse_object(text: &str, iri: impl Fn(&str) -> Option<NamedNode>) -> Term {
    if let Some(literal) = literal(text, &iri) {
        return literal.into();
    }
    match iri(text) {
        Some(node) => node.into(),
        None => Literal::new_simple_literal(text).into(),
    }
}

/// A literal as dumps write it, its datatype whole or as a prefixed name.
fn literal(text: &str, iri: impl Fn(&str) -> Option<NamedNode>) -> Option<Literal> {
    if !text.starts_with('"') {
        return None;
    }
    if let Ok(literal) = text.parse::<Literal>() {
        return Some(literal);
    }
    let (quoted, datatype) = text.rsplit_once("^^")?;
    let datatype = iri(datatype).or_else(|| {
        let name = datatype.strip_prefix("xsd:")?;
        NamedNode::new(format!("{XSD}{name}")).ok()
    })?;
    let value = quoted.parse::<Literal>().ok()?;
    (value.datatype() == xsd::STRING).then(|| Literal::new_typed_literal(value.value(), datatype))
}

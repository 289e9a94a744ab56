//! Notes and common properties (csv2json §5, "JSON-LD to JSON").

use super::text::{write_member, write_string};
use crate::csvw::context;
use crate::csvw::model::{Annotation, AnnotationValue};
use crate::datatype::write_json_number;

/// Appends the annotations and notes of a group or a table, each after a comma.
///
/// `comments` are comments found among the rows: further values of `rdfs:comment`.
pub(super) fn write_annotations(
    annotations: &[Annotation],
    notes: &[AnnotationValue],
    comments: &[String],
    out: &mut String,
) {
    let mut comments: Vec<AnnotationValue> = comments
        .iter()
        .map(|comment| AnnotationValue::String {
            value: comment.clone(),
            language: None,
            datatype: None,
        })
        .collect();
    for annotation in annotations {
        out.push(',');
        let name = name(&annotation.property);
        write_member(&name, out);
        if name == "rdfs:comment" && !comments.is_empty() {
            let mut values = match &annotation.value {
                AnnotationValue::Array(values) => values.clone(),
                value => vec![value.clone()],
            };
            values.append(&mut comments);
            write_value(&AnnotationValue::Array(values), out);
        } else {
            write_value(&annotation.value, out);
        }
    }
    if !comments.is_empty() {
        out.push(',');
        write_member("rdfs:comment", out);
        write_value(&AnnotationValue::Array(comments), out);
    }
    if !notes.is_empty() {
        out.push(',');
        write_member("notes", out);
        write_value(&AnnotationValue::Array(notes.to_vec()), out);
    }
}

/// Appends a value. Recursion is bounded: documents nest at most
/// [`DEPTH_LIMIT`](crate::csvw::json::DEPTH_LIMIT) deep.
pub(super) fn write_value(value: &AnnotationValue, out: &mut String) {
    match value {
        AnnotationValue::Null => out.push_str("null"),
        AnnotationValue::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
        AnnotationValue::Number(number) => write_json_number(number, out),
        AnnotationValue::String { value, .. } => write_string(value, out),
        AnnotationValue::Typed { value, .. } => write_value(value, out),
        AnnotationValue::Array(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(value, out);
            }
            out.push(']');
        }
        AnnotationValue::Node {
            id: Some(id),
            types,
            properties,
        } if types.is_empty() && properties.is_empty() => write_string(id, out),
        AnnotationValue::Node {
            id,
            types,
            properties,
        } => {
            out.push('{');
            let mut first = true;
            let mut member = |member: &str, out: &mut String| {
                if !std::mem::replace(&mut first, false) {
                    out.push(',');
                }
                write_member(member, out);
            };
            if let Some(id) = id {
                member("@id", out);
                write_string(id, out);
            }
            if let [(iri, _)] = types.as_slice() {
                member("@type", out);
                write_string(&name(iri), out);
            } else if !types.is_empty() {
                member("@type", out);
                let types = types.iter().map(|(iri, _)| AnnotationValue::String {
                    value: name(iri),
                    language: None,
                    datatype: None,
                });
                write_value(&AnnotationValue::Array(types.collect()), out);
            }
            for property in properties {
                member(&name(&property.property), out);
                write_value(&property.value, out);
            }
            out.push('}');
        }
    }
}

/// A URL compacted to a name (Metadata Vocabulary §5.1.2, URL compaction).
pub(super) fn name(iri: &str) -> String {
    if iri == oxrdf::vocab::rdf::TYPE.as_str() {
        return "@type".into();
    }
    context::compact(iri)
}

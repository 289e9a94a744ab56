//! Notes and common properties as quads (csv2rdf §6).

use crate::csvw::model::{Annotation, AnnotationValue};
use crate::datatype::{Base, canonical, canonical_literal};
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{BlankNode, GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term};

/// The namespace of CSVW: `http://www.w3.org/ns/csvw#`.
pub const NAMESPACE: &str = "http://www.w3.org/ns/csvw#";

/// Collects the quads of one table's or group's annotations.
pub(super) struct Annotator {
    quads: Vec<Quad>,
    /// What the labels of its blank nodes start with.
    label: String,
    nodes: usize,
    graph: GraphName,
}

impl Annotator {
    pub(super) fn new(label: impl Into<String>, graph: GraphName) -> Self {
        Self {
            quads: Vec::new(),
            label: label.into(),
            nodes: 0,
            graph,
        }
    }

    pub(super) fn finish(self) -> Vec<Quad> {
        self.quads
    }

    pub(super) fn push(
        &mut self,
        subject: impl Into<NamedOrBlankNode>,
        predicate: impl Into<NamedNode>,
        object: impl Into<Term>,
    ) {
        self.quads
            .push(Quad::new(subject, predicate, object, self.graph.clone()));
    }

    pub(super) fn blank_node(&mut self) -> BlankNode {
        self.nodes += 1;
        BlankNode::new_unchecked(format!("{}n{}", self.label, self.nodes))
    }

    /// Notes and common properties of `subject`.
    pub(super) fn describe(
        &mut self,
        subject: &NamedOrBlankNode,
        annotations: &[Annotation],
        notes: &[AnnotationValue],
    ) {
        let note = NamedNode::new_unchecked(format!("{NAMESPACE}note"));
        // A work list instead of recursion: nesting is the input's choice.
        let mut open: Vec<(NamedOrBlankNode, NamedNode, &AnnotationValue)> = Vec::new();
        for value in notes.iter().rev() {
            open.push((subject.clone(), note.clone(), value));
        }
        for annotation in annotations.iter().rev() {
            if let Ok(property) = NamedNode::new(annotation.property.as_str()) {
                open.push((subject.clone(), property, &annotation.value));
            }
        }
        while let Some((subject, property, value)) = open.pop() {
            let object: Term = match value {
                AnnotationValue::Array(values) => {
                    for value in values.iter().rev() {
                        open.push((subject.clone(), property.clone(), value));
                    }
                    continue;
                }
                AnnotationValue::Null => continue,
                AnnotationValue::String {
                    value,
                    language,
                    datatype,
                } => string(value, language.as_deref(), datatype.as_deref()).into(),
                AnnotationValue::Number(number) => self::number(number).into(),
                AnnotationValue::Boolean(value) => Literal::from(*value).into(),
                AnnotationValue::Typed { value, datatype } => match &**value {
                    AnnotationValue::Number(number) => string(number, None, Some(datatype)).into(),
                    AnnotationValue::Boolean(value) => {
                        string(&value.to_string(), None, Some(datatype)).into()
                    }
                    // Nothing else has a type beside its value.
                    other => {
                        open.push((subject, property, other));
                        continue;
                    }
                },
                AnnotationValue::Node {
                    id,
                    types,
                    properties,
                } => {
                    let node: NamedOrBlankNode =
                        match id.as_deref().and_then(|id| NamedNode::new(id).ok()) {
                            Some(node) => node.into(),
                            None => self.blank_node().into(),
                        };
                    self.push(subject, property, node.clone());
                    for (iri, _) in types {
                        if let Ok(class) = NamedNode::new(iri.as_str()) {
                            self.push(node.clone(), rdf::TYPE, class);
                        }
                    }
                    for annotation in properties.iter().rev() {
                        if let Ok(property) = NamedNode::new(annotation.property.as_str()) {
                            open.push((node.clone(), property, &annotation.value));
                        }
                    }
                    continue;
                }
            };
            self.push(subject, property, object);
        }
    }
}

fn string(value: &str, language: Option<&str>, datatype: Option<&str>) -> Literal {
    if let Some(language) = language
        && let Ok(literal) = Literal::new_language_tagged_literal(value, language)
    {
        return canonical_literal(literal);
    }
    match datatype.and_then(|datatype| NamedNode::new(datatype).ok()) {
        Some(datatype) => Literal::new_typed_literal(value, datatype),
        None => Literal::new_simple_literal(value),
    }
}

/// A JSON number: an integer where it has no fractional part, a double otherwise, in canonical form.
fn number(written: &str) -> Literal {
    let mut buffer = String::new();
    let whole = match written.parse::<f64>() {
        _ if !written.contains(['.', 'e', 'E']) => written.to_owned(),
        Ok(value) if value.fract() == 0.0 && value.abs() < 1e18 => format!("{value:.0}"),
        _ => {
            let double = canonical(Base::Double, written, &mut buffer);
            return Literal::new_typed_literal(double, xsd::DOUBLE);
        }
    };
    let integer = canonical(Base::Integer, &whole, &mut buffer);
    Literal::new_typed_literal(integer, xsd::INTEGER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (written, expected) in [
            ("12", "\"12\"^^<http://www.w3.org/2001/XMLSchema#integer>"),
            ("12.0", "\"12\"^^<http://www.w3.org/2001/XMLSchema#integer>"),
            ("1e2", "\"100\"^^<http://www.w3.org/2001/XMLSchema#integer>"),
            ("-0", "\"0\"^^<http://www.w3.org/2001/XMLSchema#integer>"),
            ("-0.0", "\"0\"^^<http://www.w3.org/2001/XMLSchema#integer>"),
            ("-0e1", "\"0\"^^<http://www.w3.org/2001/XMLSchema#integer>"),
            (
                "1e18",
                "\"1.0E18\"^^<http://www.w3.org/2001/XMLSchema#double>",
            ),
            (
                "0.5",
                "\"5.0E-1\"^^<http://www.w3.org/2001/XMLSchema#double>",
            ),
            (
                "12.25",
                "\"1.225E1\"^^<http://www.w3.org/2001/XMLSchema#double>",
            ),
        ] {
            assert_eq!(number(written).to_string(), expected);
        }
    }

    #[test]
    fn nested_nodes() {
        let mut annotator = Annotator::new("t0", GraphName::DefaultGraph);
        let subject = NamedOrBlankNode::from(NamedNode::new_unchecked("http://example.org/t"));
        annotator.describe(
            &subject,
            &[Annotation {
                property: "http://purl.org/dc/terms/creator".into(),
                written: "dc:creator".into(),
                value: AnnotationValue::Node {
                    id: None,
                    types: vec![(
                        "http://xmlns.com/foaf/0.1/Person".into(),
                        "foaf:Person".into(),
                    )],
                    properties: vec![Annotation {
                        property: "http://xmlns.com/foaf/0.1/name".into(),
                        written: "foaf:name".into(),
                        value: AnnotationValue::String {
                            value: "Ann".into(),
                            language: Some("en".into()),
                            datatype: None,
                        },
                    }],
                },
            }],
            &[AnnotationValue::Boolean(true)],
        );
        let quads: Vec<String> = annotator.finish().iter().map(ToString::to_string).collect();
        assert_eq!(
            quads,
            [
                "<http://example.org/t> <http://purl.org/dc/terms/creator> _:t0n1",
                "_:t0n1 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://xmlns.com/foaf/0.1/Person>",
                "_:t0n1 <http://xmlns.com/foaf/0.1/name> \"Ann\"@en",
                "<http://example.org/t> <http://www.w3.org/ns/csvw#note> \"true\"^^<http://www.w3.org/2001/XMLSchema#boolean>",
            ]
        );
    }
}

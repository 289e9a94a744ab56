//! Values of properties of things that have been matched.

use super::NamedThing;
use super::view::LabelledBuild;
use crate::store::{Build, StoreError};
use oxrdf::vocab::xsd;
use oxrdf::{Literal, Term};
use serde::{Deserialize, Serialize};

/// Values of a property of a thing.
const VALUES: usize = 1000;

/// Things and properties whose values are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extend {
    /// The things.
    pub ids: Vec<String>,
    /// The properties.
    pub properties: Vec<RequestedProperty>,
}

/// A property whose values are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedProperty {
    /// The property.
    pub id: String,
    /// The most values.
    pub limit: Option<usize>,
}

/// Values of properties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExtensionTable {
    /// The properties, as they were named, with their labels.
    pub properties: Vec<NamedThing>,
    /// For each thing as it was named, the values of each property.
    pub rows: Vec<(String, Vec<Vec<PropertyValue>>)>,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PropertyValue {
    /// A thing.
    Thing(NamedThing),
    /// A text with its language.
    Text(String, Option<String>),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A date with its time, as ISO 8601 has it.
    Date(String),
}

impl Extend {
    pub(super) fn answer(&self, build: &Build) -> Result<ExtensionTable, StoreError> {
        let view = LabelledBuild::new(build, "en");
        let name = |property: &RequestedProperty| NamedThing {
            id: property.id.clone(),
            name: match view.node(&property.id) {
                Some(node) => view.name(node.as_str()),
                None => property.id.clone(),
            },
        };
        let mut rows = Vec::with_capacity(self.ids.len());
        for id in &self.ids {
            let node = view.node(id);
            let mut row = Vec::with_capacity(self.properties.len());
            for property in &self.properties {
                let (Some(node), Some(predicate)) = (&node, view.node(&property.id)) else {
                    row.push(Vec::new());
                    continue;
                };
                let most = property.limit.unwrap_or(VALUES).min(VALUES);
                let quads = view.quads(Some(node), Some(predicate.as_ref()), None, most)?;
                let values = quads
                    .into_iter()
                    .filter_map(|quad| value(&view, quad.object));
                row.push(values.collect());
            }
            rows.push((id.clone(), row));
        }
        Ok(ExtensionTable {
            properties: self.properties.iter().map(name).collect(),
            rows,
        })
    }
}

fn value(view: &LabelledBuild<'_>, term: Term) -> Option<PropertyValue> {
    match term {
        Term::NamedNode(node) => Some(PropertyValue::Thing(view.named(node.as_str()))),
        Term::Literal(literal) => Some(of_literal(&literal)),
        _ => None,
    }
}

fn of_literal(literal: &Literal) -> PropertyValue {
    let text = literal.value();
    let datatype = literal.datatype();
    let whole = || PropertyValue::Text(text.to_owned(), literal.language().map(str::to_owned));
    if datatype == xsd::INTEGER || datatype == xsd::INT || datatype == xsd::LONG {
        text.parse()
            .map_or_else(|_| whole(), PropertyValue::Integer)
    } else if datatype == xsd::DECIMAL || datatype == xsd::DOUBLE || datatype == xsd::FLOAT {
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => PropertyValue::Number(number),
            _ => whole(),
        }
    } else if datatype == xsd::DATE && is_plain_date(text) {
        PropertyValue::Date(format!("{text}T00:00:00Z"))
    } else if datatype == xsd::DATE_TIME {
        PropertyValue::Date(text.to_owned())
    } else {
        whole()
    }
}

/// Whether a date has four digits of a year and no time zone.
fn is_plain_date(text: &str) -> bool {
    text.len() == 10
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_keep_what_they_are() {
        let value = |text: &str, datatype| of_literal(&Literal::new_typed_literal(text, datatype));
        assert_eq!(value("7", xsd::INTEGER), PropertyValue::Integer(7));
        assert_eq!(value("2.5", xsd::DECIMAL), PropertyValue::Number(2.5));
        let date = "2018-04-01T00:00:00Z".to_owned();
        assert_eq!(value("2018-04-01", xsd::DATE), PropertyValue::Date(date));
        let year = PropertyValue::Text("2018".to_owned(), None);
        assert_eq!(value("2018", xsd::G_YEAR), year);
        // A number that the protocol has no room for stays a text.
        assert!(matches!(
            value("INF", xsd::DOUBLE),
            PropertyValue::Text(_, None)
        ));
    }
}

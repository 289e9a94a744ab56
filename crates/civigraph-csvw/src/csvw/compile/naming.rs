//! The columns whose texts name things: ids, references and labels.

use crate::csvw::model::{Column, TableGroup};
use crate::datatype::{Base, Family};
use crate::uri::UriTemplate;

/// Properties whose values are labels.
const LABELS: &[&str] = &[
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://www.w3.org/2004/02/skos/core#altLabel",
    "http://www.w3.org/2004/02/skos/core#hiddenLabel",
    "http://purl.org/dc/elements/1.1/title",
    "http://purl.org/dc/terms/title",
    "http://schema.org/name",
    "https://schema.org/name",
    "http://xmlns.com/foaf/0.1/name",
    "rdfs:label",
    "skos:prefLabel",
    "skos:altLabel",
    "skos:hiddenLabel",
    "dc:title",
    "dc11:title",
    "dcterms:title",
    "schema:name",
    "foaf:name",
];

/// For each column of a table whether its texts name things: it is part of a key or a reference, a
/// template has it as a variable, its property is that of labels, or claims name cells by it.
pub fn naming_columns(group: &TableGroup, index: usize) -> Vec<bool> {
    let Some(table) = group.tables.get(index) else {
        return Vec::new();
    };
    let references = group.tables.iter().enumerate().flat_map(|(from, table)| {
        table.foreign_keys.iter().flat_map(move |key| {
            let own = (from == index).then_some(&key.columns);
            let referenced = (key.table == index).then_some(&key.referenced);
            own.into_iter().chain(referenced).flatten()
        })
    });
    let keys: Vec<usize> = table
        .primary_key
        .iter()
        .chain(references)
        .copied()
        .collect();
    let templates: Vec<UriTemplate> = table
        .columns
        .iter()
        .flat_map(|column| [&column.about_url, &column.property_url, &column.value_url])
        .flatten()
        .filter_map(|template| UriTemplate::parse(template).ok())
        .collect();
    let is_variable = |name: &str| {
        let mut names = templates.iter().flat_map(UriTemplate::names);
        names.any(|variable| variable == name)
    };
    let columns = table.columns.iter().enumerate();
    columns
        .map(|(at, column)| {
            let names = keys.contains(&at)
                || column.extensions.part.is_some()
                || is_variable(&column.name)
                || is_label(column);
            names && is_plain_text(column)
        })
        .collect()
}

fn is_label(column: &Column) -> bool {
    let property = column.property_url.as_deref();
    column.value_url.is_none() && property.is_some_and(|property| LABELS.contains(&property))
}

fn is_plain_text(column: &Column) -> bool {
    let name = column.datatype.base.as_str();
    let base = Base::from_name(name).or_else(|| Base::from_iri(name));
    let base = base.unwrap_or(Base::String);
    base.family() == Family::Text && !matches!(base, Base::Json | Base::Xml | Base::Html)
}

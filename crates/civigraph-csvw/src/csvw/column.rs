//! The annotated columns of a table: described by the schema, found in the file, or virtual.

use super::description::{self, Inherited, SchemaDescription, Title};
use super::header::HeaderColumn;
use super::model::{Column, Extensions};
use super::own::OwnAnnotations;
use super::property::or_nearest;
use super::reader::MetadataReader;
use crate::datatype::DatatypeDescription;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::uri::{self, encode_name};
use std::collections::HashMap;

/// The variables that every template has beside the names of the columns.
const BUILTIN_VARIABLES: &[&str] = &["_column", "_sourceColumn", "_row", "_sourceRow", "_name"];

/// The columns of a table by name; of two with one name the first.
pub(super) struct ColumnNames<'c> {
    columns: &'c [Column],
    indexes: HashMap<&'c str, usize>,
}

impl<'c> ColumnNames<'c> {
    pub fn new(columns: &'c [Column]) -> Self {
        let mut indexes = HashMap::with_capacity(columns.len());
        for (index, column) in columns.iter().enumerate() {
            indexes.entry(column.name.as_str()).or_insert(index);
        }
        Self { columns, indexes }
    }

    /// The index of a column.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.indexes.get(name).copied()
    }

    fn iter(&self) -> impl Iterator<Item = &'c str> {
        self.columns.iter().map(|column| column.name.as_str())
    }
}

impl MetadataReader<'_> {
    /// Variables of URI templates are found by name: no two columns may share one.
    pub(super) fn check_names(&mut self, columns: &ColumnNames<'_>, schema: &SchemaDescription) {
        let mut given: HashMap<&str, usize> = HashMap::new();
        for name in schema
            .columns
            .iter()
            .filter_map(|column| column.name.as_deref())
        {
            *given.entry(name).or_default() += 1;
        }
        for (index, column) in columns.columns.iter().enumerate() {
            let first = columns.index(&column.name).unwrap_or(index);
            // Two equal `name`s were reported with the schema.
            let reported = given
                .get(column.name.as_str())
                .is_some_and(|count| *count > 1);
            if first != index && !reported {
                self.push(
                    Diagnostic::new(
                        Code::AmbiguousTitle,
                        column.place.clone(),
                        format!(
                            "columns {} and {} have the same title",
                            first + 1,
                            index + 1
                        ),
                    )
                    .with_found(column.name.as_str())
                    .with_hint("give each a `name` in the metadata"),
                );
            }
        }
    }

    /// A variable that is not a column is always empty, which is hardly ever meant.
    pub(super) fn check_variables(&mut self, inherited: &Inherited, columns: &ColumnNames<'_>) {
        let templates = [
            &inherited.about_url,
            &inherited.property_url,
            &inherited.value_url,
        ];
        for template in templates.into_iter().flatten() {
            self.check_template(&template.text, &template.place, columns);
        }
    }

    fn check_template(&mut self, text: &str, place: &Place, columns: &ColumnNames<'_>) {
        // Every template here was parsed once already.
        let Ok(parsed) = uri::UriTemplate::parse(text) else {
            return;
        };
        for name in parsed.names() {
            let known = BUILTIN_VARIABLES.contains(&name.as_str()) || columns.index(name).is_some();
            let reported = (place.clone(), name.clone());
            if known || !self.unknown_variables.insert(reported) {
                continue;
            }
            let diagnostic = Diagnostic::new(
                Code::TemplateVariable,
                place.clone(),
                format!("the table has no column `{name}`, so the variable is always empty"),
            )
            .with_found(text);
            let known = columns.iter().chain(BUILTIN_VARIABLES.iter().copied());
            self.push(or_nearest(diagnostic, name, known));
        }
    }

    /// Templates and own annotations of columns that name columns or want other properties.
    pub(super) fn check_described(
        &mut self,
        schema: &SchemaDescription,
        columns: &ColumnNames<'_>,
    ) {
        // Columns that only the file has are between those of the schema and the virtual ones.
        let described = schema.columns.iter();
        let in_file = described.clone().filter(|column| !column.virtual_column);
        let virtuals = described.rev().filter(|column| column.virtual_column);
        let pairs = in_file
            .zip(columns.columns)
            .chain(virtuals.zip(columns.columns.iter().rev()));
        for (described, column) in pairs {
            self.check_variables(&described.inherited, columns);
            let own = &described.own;
            if let Some(place) = &own.each
                && (column.separator.is_none() || column.value_url.is_none())
            {
                self.push(
                    Diagnostic::new(
                        Code::OwnAnnotation,
                        place.clone(),
                        "`each` has no effect without `separator` and `valueUrl`",
                    )
                    .with_expected("a column with both"),
                );
            }
            if let Some(template) = &described.inherited.value_url
                && own.each.is_none()
                && column.separator.is_some()
                && uri::UriTemplate::parse(&template.text)
                    .is_ok_and(|parsed| parsed.names().contains(&column.name))
            {
                self.push(
                    Diagnostic::new(
                        Code::JoinedList,
                        template.place.clone(),
                        "all items of a list make one IRI, joined by commas",
                    )
                    .with_found(template.text.as_str())
                    .with_hint(format!(
                        "`\"{}each\": true` on the column makes an IRI of each",
                        super::OWN_NAMESPACE
                    )),
                );
            }
            if let Some((conditions, place)) = &own.when {
                for condition in conditions {
                    self.check_column("when", condition.column(), place, columns);
                }
            }
            if let Some((name, place)) = &own.language {
                self.check_column("language", name, place, columns);
            }
            if let Some((template, place)) = &own.text {
                self.check_template(template, place, columns);
                if !column.virtual_column {
                    self.push(
                        Diagnostic::new(
                            Code::OwnAnnotation,
                            place.clone(),
                            "`text` has no effect on a column of the file",
                        )
                        .with_expected("a virtual column"),
                    );
                }
            }
        }
    }

    pub(super) fn check_column(
        &mut self,
        annotation: &str,
        name: &str,
        place: &Place,
        columns: &ColumnNames<'_>,
    ) {
        if columns.index(name).is_some() {
            return;
        }
        let diagnostic = Diagnostic::new(
            Code::OwnAnnotation,
            place.clone(),
            format!("`{annotation}` names a column that the table does not have"),
        )
        .with_found(name);
        self.push(or_nearest(diagnostic, name, columns.iter()));
    }
}

/// The columns of a table: those that the schema describes for the file, those that only the file
/// has, then the virtual ones. Without a schema the header is all there is.
pub(super) fn columns(
    schema: &SchemaDescription,
    has_schema: bool,
    header: Vec<HeaderColumn>,
    inherited: &Inherited,
    graph: Option<&str>,
) -> Vec<Column> {
    let (virtuals, in_file): (Vec<_>, Vec<_>) = schema
        .columns
        .iter()
        .partition(|column| column.virtual_column);
    let mut columns = Vec::new();
    for column in &in_file {
        columns.push(annotated(column, columns.len() + 1, inherited, graph));
    }
    for extra in header.into_iter().skip(in_file.len()) {
        let mut column = description::ColumnDescription {
            place: extra.place,
            ..description::ColumnDescription::default()
        };
        // Beside a schema the header gives no names.
        if !has_schema {
            column.default_language = extra.titles.first().map(|title| title.language.clone());
            column.titles = extra.titles;
        }
        columns.push(annotated(&column, columns.len() + 1, inherited, graph));
    }
    for column in virtuals {
        columns.push(annotated(column, columns.len() + 1, inherited, graph));
    }
    columns
}

/// One column with everything that it inherits.
fn annotated(
    column: &description::ColumnDescription,
    number: usize,
    outer: &Inherited,
    graph: Option<&str>,
) -> Column {
    let inherited = column.inherited.clone().or(outer);
    let broken = [
        &inherited.about_url,
        &inherited.property_url,
        &inherited.value_url,
    ]
    .into_iter()
    .flatten()
    .any(|template| template.broken);
    let lang = inherited.lang.unwrap_or_else(|| "und".into());
    let name = column
        .name
        .clone()
        .or_else(|| name_from_titles(column, &lang))
        .unwrap_or_else(|| format!("_col.{number}"));
    Column {
        name,
        titles: column
            .titles
            .iter()
            .map(|title| (title.language.clone(), title.text.clone()))
            .collect(),
        virtual_column: column.virtual_column,
        // An IRI that a broken template cannot make must not be replaced by another one.
        suppress_output: column.suppress_output || broken,
        about_url: inherited.about_url.map(|template| template.text),
        property_url: inherited.property_url.map(|template| template.text),
        value_url: inherited.value_url.map(|template| template.text),
        datatype: inherited.datatype.unwrap_or_else(|| DatatypeDescription {
            base: "string".into(),
            place: column.place.clone(),
            ..DatatypeDescription::default()
        }),
        default: inherited.default.unwrap_or_default(),
        lang,
        null: inherited.null.unwrap_or_else(|| vec![String::new()]),
        ordered: inherited.ordered.unwrap_or(false),
        required: inherited.required.unwrap_or(false),
        separator: inherited.separator.flatten(),
        text_direction: inherited.text_direction,
        annotations: column.annotations.clone(),
        extensions: extensions(&column.own, graph),
        misfit: false,
        place: column.place.clone(),
    }
}

fn extensions(own: &OwnAnnotations, graph: Option<&str>) -> Extensions {
    Extensions {
        graph: own.graph.clone().or_else(|| graph.map(str::to_owned)),
        each: own.each.is_some(),
        when: own.when.as_ref().map(|(conditions, _)| conditions.clone()),
        functional: own.functional,
        functional_key: Vec::new(),
        optional: own.optional,
        part: own.part.clone(),
        language: own.language.as_ref().map(|(name, _)| name.clone()),
        text: own.text.as_ref().map(|(template, _)| template.clone()),
    }
}

/// The first title in the default language, or in that of the cells, as a name.
fn name_from_titles(column: &description::ColumnDescription, lang: &str) -> Option<String> {
    let default = column.default_language.as_deref().unwrap_or("und");
    let in_language = |tag: &str| {
        column
            .titles
            .iter()
            .find(|title: &&Title| title.language.eq_ignore_ascii_case(tag))
    };
    in_language(default)
        .or_else(|| in_language(lang))
        .map(|title| name_of_title(&title.text))
}

/// A title percent-encoded so that it is a name that metadata could give a column.
fn name_of_title(title: &str) -> String {
    match title.split_at_checked(1) {
        // Names do not start with these.
        Some(("_", rest)) => format!("%5F{}", encode_name(rest)),
        Some((".", rest)) => format!("%2E{}", encode_name(rest)),
        _ => encode_name(title),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_as_names() {
        for (title, name) in [
            ("GID", "GID"),
            ("Trim Cycle", "Trim%20Cycle"),
            ("_a.b_c", "%5Fa.b_c"),
            ("ж-1", "%D0%B6%2D1"),
        ] {
            assert_eq!(name_of_title(title), name);
        }
    }
}

//! The header of a CSV as embedded metadata, and whether a schema is compatible with it
//! (Tabular Data Model §8, Metadata Vocabulary §5.5.1).

use super::description::{Column, Schema, Title};
use super::model::Dialect;
use crate::csv::Preamble;
use crate::diagnostic::{CellPlace, Code, Diagnostic, Diagnostics, Place};
use crate::resource::Resource;

/// The columns that the header of a file announces.
pub(super) struct Header {
    pub columns: Vec<HeaderColumn>,
    /// The file should have header rows, or has data rows from which columns can be counted.
    pub counted: bool,
    /// Where there should be a header, no cell of it says anything.
    pub blank: bool,
    /// Why there is no column.
    nothing: &'static str,
}

/// One column of the file: its titles, one for each header row that is not blank there.
pub(super) struct HeaderColumn {
    pub titles: Vec<Title>,
    pub place: Place,
}

impl Header {
    /// The header of a preamble; `language` is that of the table's cells (`und` where unknown).
    pub fn new(
        resource: &Resource,
        preamble: &Preamble,
        dialect: &Dialect,
        language: &str,
    ) -> Self {
        let columns: Vec<HeaderColumn> = (0..preamble.column_count)
            .map(|index| {
                let mut titles = Vec::new();
                let mut place = None;
                for (row, cells) in preamble.header.iter().enumerate() {
                    let Some(cell) = cells.get(index) else {
                        continue;
                    };
                    place.get_or_insert_with(|| Place {
                        file: resource.name.clone(),
                        line: cell.line,
                        column: cell.column,
                        cell: Some(CellPlace {
                            column_name: cell.text.as_str().into(),
                            column_index: u32::try_from(dialect.skip_columns)
                                .unwrap_or(u32::MAX)
                                .saturating_add(u32::try_from(index).unwrap_or(u32::MAX)),
                            record: dialect.skip_rows + row as u64 + 1,
                        }),
                    });
                    if !cell.text.trim().is_empty() {
                        titles.push(Title {
                            language: language.to_owned(),
                            text: cell.text.clone(),
                        });
                    }
                }
                HeaderColumn {
                    titles,
                    place: place.unwrap_or_else(|| Place::file(resource.name.clone())),
                }
            })
            .collect();
        let expected = dialect.header_row_count > 0;
        Self {
            counted: preamble.column_count > 0 || expected,
            blank: expected && columns.iter().all(|column| column.titles.is_empty()),
            nothing: nothing(preamble, dialect),
            columns,
        }
    }

    /// Reports in what the header and a schema disagree; a converter goes on by the schema.
    pub fn check(&self, schema: &Schema, resource: &Resource, diagnostics: &mut Diagnostics) {
        let described: Vec<&Column> = schema
            .columns
            .iter()
            .filter(|column| !column.virtual_column)
            .collect();
        if self.counted && described.len() != self.columns.len() {
            let place = self
                .columns
                .get(described.len())
                .or(self.columns.last())
                .map_or_else(
                    || Place::file(resource.name.clone()),
                    |column| column.place.clone(),
                );
            let message = match self.columns.is_empty() {
                true => self.nothing,
                false => "the file has another number of columns than its schema",
            };
            diagnostics.push(
                Diagnostic::new(Code::ColumnCount, place, message)
                    .with_found(columns(self.columns.len()))
                    .with_optional_hint(self.other_delimiter(described.len()))
                    .with_expected(format!(
                        "{}, as {}:{} says",
                        columns(described.len()),
                        schema.place.file,
                        schema.place.line
                    )),
            );
        }
        // Columns without titles are compatible with any one by one, but no header is none at all.
        if self.blank
            && described.len() == self.columns.len()
            && let Some(column) = described.iter().find(|column| !column.titles.is_empty())
            && let Some(header) = self.columns.first()
        {
            diagnostics.push(
                Diagnostic::new(
                    Code::HeaderTitle,
                    header.place.clone(),
                    "the header is empty",
                )
                .with_expected(titles(column)),
            );
        }
        for (column, header) in described.iter().zip(&self.columns) {
            if let Some(diagnostic) = mismatch(column, header, &described) {
                diagnostics.push(diagnostic);
            }
        }
    }
}

impl Header {
    /// What to do where another delimiter makes as many columns as there should be.
    fn other_delimiter(&self, expected: usize) -> Option<String> {
        let [column] = self.columns.as_slice() else {
            return None;
        };
        let title = &column.titles.first()?.text;
        let delimiter = [';', '\t', '|', ',']
            .into_iter()
            .find(|&delimiter| expected > 1 && title.split(delimiter).count() == expected)?;
        Some(format!(
            "declare `\"dialect\": {{\"delimiter\": {:?}}}`",
            delimiter.to_string()
        ))
    }
}

/// Why a file has no column, where it has none.
fn nothing(preamble: &Preamble, dialect: &Dialect) -> &'static str {
    if !preamble.header.is_empty() && dialect.skip_columns > 0 {
        "`skipColumns` leaves no column of the file"
    } else if preamble.data.offset > 0 && dialect.skip_rows > 0 {
        "`skipRows` leaves nothing of the file: not even its header"
    } else {
        "the file is empty: not even its header is there"
    }
}

fn columns(count: usize) -> String {
    match count {
        1 => "1 column".to_owned(),
        _ => format!("{count} columns"),
    }
}

/// Why a column description and a column of the header are not compatible.
fn mismatch(column: &Column, header: &HeaderColumn, described: &[&Column]) -> Option<Diagnostic> {
    let found = header.titles.first()?;
    if column.titles.is_empty() {
        let name = column.name.as_deref()?;
        return Some(
            Diagnostic::new(
                Code::HeaderUnnamed,
                header.place.clone(),
                format!("the column `{name}` of the metadata has no titles to know it by"),
            )
            .with_found(found.text.as_str())
            .with_hint(format!(
                "add `\"titles\": {:?}` in {}:{}",
                found.text, column.place.file, column.place.line
            )),
        );
    }
    let matches = column.titles.iter().any(|title| {
        header.titles.iter().any(|header| {
            title.text == header.text && languages_match(&title.language, &header.language)
        })
    });
    if matches {
        return None;
    }
    let diagnostic = Diagnostic::new(
        Code::HeaderTitle,
        header.place.clone(),
        "the header does not match the titles of the column in the metadata",
    )
    .with_found(found.text.as_str())
    .with_expected(titles(column));
    let has_title = |column: &Column| column.titles.iter().any(|title| title.text == found.text);
    if has_title(column) {
        return Some(diagnostic.with_hint(format!(
            "the text is the same, but the language of the table is `{}`",
            found.language
        )));
    }
    // Beyond this many columns nobody reads the hint of each.
    let other = described
        .iter()
        .take(1000)
        .position(|other| has_title(other));
    Some(match other {
        Some(index) => diagnostic.with_hint(format!(
            "columns are matched by position, and this is the title of number {}",
            index + 1
        )),
        None => diagnostic,
    })
}

/// The titles of a column as metadata writes them.
fn titles(column: &Column) -> String {
    let titles: Vec<_> = column
        .titles
        .iter()
        .map(|title| match title.language.as_str() {
            "und" => format!("{:?}", title.text),
            language => format!("{:?}@{language}", title.text),
        })
        .collect();
    titles.join(" or ")
}

/// `und` matches every language; others match when the shorter tag is a prefix of the longer one.
fn languages_match(left: &str, right: &str) -> bool {
    if left.eq_ignore_ascii_case("und") || right.eq_ignore_ascii_case("und") {
        return true;
    }
    left.split('-')
        .zip(right.split('-'))
        .all(|(left, right)| left.eq_ignore_ascii_case(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_agree_up_to_the_shorter_tag() {
        for (left, right, expected) in [
            ("en", "en", true),
            ("en", "EN-us", true),
            ("en-US", "en-GB", false),
            ("de", "en", false),
            ("und", "ru", true),
            ("zh-Hant", "zh-Hant-TW", true),
        ] {
            assert_eq!(languages_match(left, right), expected, "{left} {right}");
            assert_eq!(languages_match(right, left), expected, "{right} {left}");
        }
    }
}

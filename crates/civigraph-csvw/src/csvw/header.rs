//! The header of a CSV as embedded metadata, and whether a schema is compatible with it
//! (Tabular Data Model §8, Metadata Vocabulary §5.5.1).

use super::description::{ColumnDescription, SchemaDescription, Title};
use crate::characters;
use crate::csv::{self, Dialect, Preamble};
use crate::diagnostic::{CellPlace, Code, Diagnostic, Diagnostics, Hint, HintAction, Place};
use crate::resource::Resource;
use crate::uri;

/// The columns that the header of a file announces.
pub(super) struct FileHeader {
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

impl FileHeader {
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

    /// Reports in what the header and a schema disagree; a converter goes on by the schema. With `lax`, the
    /// `name` of a column without titles is its title.
    pub fn check(
        &self,
        schema: &SchemaDescription,
        resource: &Resource,
        lax: bool,
        diagnostics: &mut Diagnostics,
    ) -> HeaderComparison {
        let described: Vec<&ColumnDescription> = schema
            .columns
            .iter()
            .filter(|column| !column.virtual_column)
            .collect();
        let mut compared = HeaderComparison::default();
        let counts_differ = self.counted && described.len() != self.columns.len();
        let delimiter = self.other_delimiter(described.len());
        let mut mismatches = Vec::new();
        for (index, (column, header)) in described.iter().zip(&self.columns).enumerate() {
            match mismatch(column, header, &described, lax) {
                Some(Mismatch::Title(diagnostic)) => mismatches.push((index, diagnostic)),
                Some(Mismatch::Unnamed(title)) => {
                    compared.unnamed.push(((*column).clone(), title));
                }
                None => {}
            }
        }
        let all_unknown = || {
            let titles = self
                .columns
                .iter()
                .filter_map(|column| column.titles.first());
            mismatches.len() == described.len()
                && !titles.into_iter().any(|it| is_known(&it.text, &described))
        };
        let many = match mismatches.len() {
            0 | 1 => false,
            count if count < FOLDED => all_unknown(),
            count => count * 2 > described.len(),
        };
        // That the whole header is another one says it.
        if counts_differ && (delimiter.is_some() || !many) {
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
                    .with_optional_hint(delimiter.clone())
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
        if counts_differ || many {
            // What is in these columns was written for others.
            compared.misfits = mismatches.iter().map(|(index, _)| *index).collect();
        }
        if delimiter.is_some() {
            // The one title is a whole header.
            compared.unreadable = true;
        } else if many {
            let quote = self.other_quote(&described);
            compared.unreadable = quote.is_some();
            diagnostics.push(self.another_header(&mismatches, &described, quote));
        } else {
            for (_, diagnostic) in mismatches {
                diagnostics.push(diagnostic);
            }
        }
        compared
    }

    /// That most titles are others: one finding for the whole header.
    fn another_header(
        &self,
        mismatches: &[(usize, Diagnostic)],
        described: &[&ColumnDescription],
        quote: Option<char>,
    ) -> Diagnostic {
        let found = self
            .columns
            .iter()
            .filter_map(|column| column.titles.first());
        let hint = if found.clone().all(|title| is_known(&title.text, described)) {
            Hint::from("the columns are in another order than in the metadata")
                .and(HintAction::FormatTables)
        } else if found.clone().any(|title| is_known(&title.text, described)) {
            "columns are matched by position: is one missing, or one too many?".into()
        } else {
            "is this the metadata of another file, or has the file no header (`\"header\": false`)?"
                .into()
        };
        let alike = self
            .columns
            .iter()
            .zip(described)
            .find_map(|(header, column)| {
                let found = header.titles.first()?;
                let mut titles = column.titles.iter();
                titles.find_map(|title| characters::difference(&found.text, &title.text))
            });
        let quoted = quote.map(|quote| {
            format!(
                "declare `\"dialect\": {{\"quoteChar\": {:?}}}`",
                quote.to_string()
            )
        });
        let hint = quoted.or(alike).map_or(hint, Hint::from);
        let found = shown(found.map(|title| format!("{:?}", title.text)));
        let expected = shown(described.iter().map(|column| titles(column)));
        let place = mismatches.first().map(|(_, first)| first.place.clone());
        let place = place.unwrap_or_default();
        Diagnostic::new(
            Code::HeaderTitle,
            // It is about the header and not about one column.
            Place {
                cell: None,
                ..place
            },
            format!(
                "{} of {} column titles of the header are not those of the metadata{}",
                mismatches.len(),
                described.len(),
                match described.len() == self.columns.len() {
                    true => String::new(),
                    false => format!(", and the file has {}", columns(self.columns.len())),
                }
            ),
        )
        .with_found(found)
        .with_expected(expected)
        .with_hint(hint)
    }
}

/// The first few of some titles.
fn shown(titles: impl Iterator<Item = String>) -> String {
    let mut titles: Vec<String> = titles.take(SHOWN + 1).collect();
    if titles.len() > SHOWN {
        titles.truncate(SHOWN);
        titles.push("…".to_owned());
    }
    titles.join(", ")
}

/// Whether any column has a title.
fn is_known(text: &str, described: &[&ColumnDescription]) -> bool {
    let mut titles = described.iter().flat_map(|column| &column.titles);
    titles.any(|title| title.text == text)
}

/// What came of comparing a header with a schema.
#[derive(Default)]
pub(super) struct HeaderComparison {
    /// Columns of the file in which the header announces something else than the schema.
    pub misfits: Vec<usize>,
    /// Columns of the schema that have a name and no titles, each with its title in the header.
    pub unnamed: Vec<(ColumnDescription, String)>,
    /// Rows are not written as the dialect says, which is reported: their cells mean nothing.
    pub unreadable: bool,
}

/// How a column description and a column of the header are not compatible.
enum Mismatch {
    Title(Diagnostic),
    /// Nothing says that the column of the header, with this title, is meant.
    Unnamed(String),
}

/// Titles that do not match, from which on they are one finding, where they are most of the header. Of fewer,
/// each has its hint, unless none is known at all.
const FOLDED: usize = 4;

/// Titles that such a finding shows.
const SHOWN: usize = 4;

impl FileHeader {
    /// What to do where another delimiter makes as many columns as there should be.
    fn other_delimiter(&self, expected: usize) -> Option<String> {
        let [column] = self.columns.as_slice() else {
            return None;
        };
        let title = &column.titles.first()?.text;
        let delimiter = csv::DELIMITERS
            .into_iter()
            .find(|&delimiter| expected > 1 && title.split(delimiter).count() == expected)?;
        Some(csv::declare_delimiter(delimiter))
    }
}

impl FileHeader {
    /// The quote around all titles, where the schema has them without it.
    fn other_quote(&self, described: &[&ColumnDescription]) -> Option<char> {
        let titles = || self.columns.iter().filter_map(|it| it.titles.first());
        let quote = titles().next()?.text.chars().next()?;
        let inside = |title: &Title| {
            let inside = title.text.strip_prefix(quote)?.strip_suffix(quote)?;
            is_known(inside, described).then_some(())
        };
        let is_quote = matches!(quote, '\'' | '"' | '`' | '|' | '~' | '$' | '%');
        (is_quote && titles().all(|title| inside(title).is_some())).then_some(quote)
    }

    /// That each row is one column, and another delimiter would part it.
    pub fn one_column(&self, resource: &Resource, dialect: &Dialect) -> Option<Diagnostic> {
        let [column] = self.columns.as_slice() else {
            return None;
        };
        // The line `sep=;` is a finding of its own.
        let title = column.titles.first()?;
        if csv::stated_delimiter(title.text.as_bytes()).is_some() {
            return None;
        }
        let delimiter = csv::other_delimiter(resource, dialect)?;
        let message =
            "the file has one column, and another delimiter separates the cells of all rows";
        Some(
            Diagnostic::new(Code::OtherDelimiter, column.place.clone(), message)
                .with_hint(csv::declare_delimiter(delimiter)),
        )
    }

    /// Titles with characters that look like others or like nothing. Of columns of a schema only those that it has
    /// itself: that others do not match is reported already.
    pub fn unseen(&self, schema: Option<&SchemaDescription>) -> Vec<Diagnostic> {
        let described: Option<Vec<&ColumnDescription>> =
            schema.map(|schema| schema.columns.iter().collect());
        let titles = self.columns.iter().filter_map(|column| {
            // Of lines that end with carriage returns alone, the whole file is the header, which is reported.
            let title = &column
                .titles
                .first()
                .filter(|it| !it.text.contains('\r'))?
                .text;
            // White space at the ends of titles is usual, and seen in every list of columns.
            let padded = characters::CharacterProblem::Padded;
            let problem = characters::problem(title).filter(|problem| *problem != padded)?;
            let counts = described
                .as_ref()
                .is_none_or(|described| is_known(title, described));
            counts.then(|| {
                let message = format!("the title of the column has {problem}");
                Diagnostic::new(Code::Unseen, column.place.clone(), message)
                    .with_found(title.as_str())
            })
        });
        titles.collect()
    }
}

/// Why a file has no column, where it has none.
fn nothing(preamble: &Preamble, dialect: &Dialect) -> &'static str {
    if !preamble.header.is_empty() && dialect.skip_columns > 0 {
        "`skipColumns` leaves no column of the file"
    } else if preamble.data.offset > 0 && dialect.skip_rows > 0 {
        "`skipRows` skips the whole file, its header too"
    } else {
        "the file is empty: it has no header"
    }
}

fn columns(count: usize) -> String {
    match count {
        1 => "1 column".to_owned(),
        _ => format!("{count} columns"),
    }
}

/// Why a column description and a column of the header are not compatible.
fn mismatch(
    column: &ColumnDescription,
    header: &HeaderColumn,
    described: &[&ColumnDescription],
    lax: bool,
) -> Option<Mismatch> {
    let found = header.titles.first()?;
    if column.titles.is_empty() {
        let name = column.name.as_deref()?;
        if !lax {
            return Some(Mismatch::Unnamed(found.text.clone()));
        }
        if name == found.text || name == uri::encode_name(&found.text) {
            return None;
        }
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
    let has_title =
        |column: &ColumnDescription| column.titles.iter().any(|title| title.text == found.text);
    if has_title(column) {
        return Some(Mismatch::Title(diagnostic.with_hint(format!(
            "the text is the same, but the language of the table is `{}`",
            found.language
        ))));
    }
    // Beyond this many columns nobody reads the hint of each.
    let other = described
        .iter()
        .take(1000)
        .position(|other| has_title(other));
    let other = other.map(|index| {
        let number = index + 1;
        Hint::from(format!(
            "columns are matched by position, and this is the title of number {number}"
        ))
        .and(HintAction::FormatTables)
    });
    let mut titles = column.titles.iter();
    let alike = || {
        let difference = titles.find_map(|title| characters::difference(&found.text, &title.text));
        difference.map(Hint::from)
    };
    Some(Mismatch::Title(
        diagnostic.with_optional_hint(other.or_else(alike)),
    ))
}

/// The titles of a column as metadata writes them.
fn titles(column: &ColumnDescription) -> String {
    if column.titles.is_empty() {
        return format!("{:?}", column.name.as_deref().unwrap_or_default());
    }
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

//! Cells as values (Tabular Data Model §6.4).

use crate::csv::{Cell, CompiledDialect};
use crate::datatype::{CellProblem, DatatypeParser, WhiteSpace};
use crate::plan::ColumnPlan;

/// The value of a cell. Borrows from the text of the chunk, the plan and the buffers of the column.
#[derive(Debug, Clone, Copy)]
pub enum CellValue<'r> {
    /// No value.
    Null,
    /// One value.
    Single(Item<'r>),
    /// A list of values.
    List(CellList<'r>),
}

/// One value of a cell.
#[derive(Debug, Clone, Copy)]
pub struct Item<'r> {
    /// The lexical form that is emitted.
    pub text: &'r str,
    /// It is a value of the column's datatype; otherwise it is emitted as a string.
    pub valid: bool,
}

/// The values of a list cell.
#[derive(Debug, Clone, Copy)]
pub struct CellList<'r> {
    text: &'r str,
    items: &'r [ListItem],
}

/// Where an item ends in the text of its list; it starts where the one before it ends.
#[derive(Debug, Clone, Copy)]
struct ListItem {
    end: usize,
    valid: bool,
}

impl<'r> CellList<'r> {
    /// The items in order.
    pub fn iter(self) -> impl Iterator<Item = Item<'r>> {
        let mut start = 0;
        self.items.iter().map(move |item| {
            let text = self.text.get(start..item.end).unwrap_or_default();
            start = item.end;
            Item {
                text,
                valid: item.valid,
            }
        })
    }
}

impl<'r> CellValue<'r> {
    /// The values, one by one.
    pub fn items(self) -> impl Iterator<Item = Item<'r>> {
        let (single, list) = match self {
            Self::Null => (None, None),
            Self::Single(item) => (Some(item), None),
            Self::List(list) => (None, Some(list.iter())),
        };
        single.into_iter().chain(list.into_iter().flatten())
    }

    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// The cells of a row, by column.
#[derive(Debug, Default)]
pub struct RowValues<'r> {
    /// What they are.
    pub values: Vec<CellValue<'r>>,
    /// What is in the file.
    pub strings: Vec<&'r str>,
}

impl RowValues<'_> {
    /// No cells yet, of another row, in the memory of these.
    pub fn recycle<'b>(self) -> RowValues<'b> {
        RowValues {
            values: recycle(self.values),
            strings: recycle(self.strings),
        }
    }
}

/// An empty vector for another lifetime, in the memory of an old one.
fn recycle<A, B>(mut old: Vec<A>) -> Vec<B> {
    old.clear();
    // Sizes are the same, so collecting happens in place.
    old.into_iter().filter_map(|_| None).collect()
}

/// Room for what a cell needs besides the text of the chunk; one a column, re-used from row to row.
#[derive(Debug, Default)]
pub struct CellBuffers {
    content: String,
    normal: String,
    value: String,
    list: String,
    items: Vec<ListItem>,
}

/// Whether a text has characters, and all of them are white space.
#[inline]
fn is_blank(text: &str) -> bool {
    text.starts_with(char::is_whitespace) && text.trim().is_empty()
}

/// A column with everything prepared for parsing its cells.
pub struct CellParser<'p> {
    column: &'p ColumnPlan,
    parser: &'p DatatypeParser,
    /// Every text is a value and stays as it is.
    anything: bool,
    /// More than that, only the empty text is null, and nothing is stripped or split.
    plain: bool,
}

/// What is wrong with a cell.
#[derive(Debug)]
pub enum CellError {
    /// The column is required and the cell is null.
    Required,
    /// The column is required and the cell holds only white space.
    Blank,
    /// The text is not a value of the datatype.
    Invalid(CellProblem),
    /// The number is larger or more exact than queries can compute with.
    NotComputable,
}

impl<'p> CellParser<'p> {
    pub fn new(column: &'p ColumnPlan) -> Self {
        let parser = column.parser();
        Self {
            column,
            anything: parser.accepts_everything(),
            plain: parser.accepts_everything()
                && column.datatype.base.white_space() == WhiteSpace::Preserve
                && column.separator.is_none()
                && column.null.iter().all(String::is_empty),
            parser,
        }
    }

    /// Parses a cell of the file, or one that is not there. Adds its string value and its value to
    /// those of the row; `report` takes each error with the text that is wrong.
    #[inline]
    pub fn parse<'r>(
        &'r self,
        cell: Option<&Cell>,
        format: &CompiledDialect,
        text: &'r str,
        buffers: &'r mut CellBuffers,
        row: &mut RowValues<'r>,
        mut report: impl FnMut(CellError, &str),
    ) {
        let CellBuffers {
            content,
            normal,
            value,
            list,
            items,
        } = buffers;
        let raw = cell.map_or("", |cell| cell.text(format, text, content));
        row.strings.push(raw);
        if self.column.required && is_blank(raw) {
            report(CellError::Blank, raw);
        }
        // Most cells are plain strings; a value that is made in its place costs the least.
        if self.plain && !raw.is_empty() {
            row.values.push(CellValue::Single(Item {
                text: raw,
                valid: true,
            }));
            return;
        }
        let text = self.column.datatype.normalise(raw, normal);
        let value = self.value(text, (value, list, items), report);
        row.values.push(value);
    }

    fn value<'r>(
        &'r self,
        text: &'r str,
        (value, list, items): (&'r mut String, &'r mut String, &'r mut Vec<ListItem>),
        mut report: impl FnMut(CellError, &str),
    ) -> CellValue<'r> {
        let column = self.column;
        let text = column.or_default(text);
        if let Some(separator) = &column.separator {
            list.clear();
            items.clear();
            if text.is_empty() {
                if column.required {
                    report(CellError::Required, text);
                }
                return CellValue::List(CellList { text: "", items });
            }
            if column.is_null(text) {
                return CellValue::Null;
            }
            let pieces = column.pieces(text, separator);
            for item in pieces.filter(|piece| !column.is_null(piece)) {
                let valid = match self.parser.parse(item, value) {
                    Ok(lexical) => {
                        if !self.parser.is_computable(lexical) {
                            report(CellError::NotComputable, item);
                        }
                        list.push_str(lexical);
                        true
                    }
                    Err(problem) => {
                        report(CellError::Invalid(problem), item);
                        list.push_str(item);
                        false
                    }
                };
                items.push(ListItem {
                    end: list.len(),
                    valid,
                });
            }
            return CellValue::List(CellList { text: list, items });
        }
        if column.is_null(text) {
            if column.required {
                report(CellError::Required, text);
            }
            return CellValue::Null;
        }
        if self.anything {
            return CellValue::Single(Item { text, valid: true });
        }
        match self.parser.parse(text, value) {
            Ok(lexical) => {
                if !self.parser.is_computable(lexical) {
                    report(CellError::NotComputable, text);
                }
                CellValue::Single(Item {
                    text: lexical,
                    valid: true,
                })
            }
            Err(problem) => {
                report(CellError::Invalid(problem), text);
                CellValue::Single(Item { text, valid: false })
            }
        }
    }
}

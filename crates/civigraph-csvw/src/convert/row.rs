//! A row that is being converted, and its variables.

use super::problems::{Problems, RowPlace};
use super::value::{CellValue, Item};
use crate::csv::Record;
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::{ColumnId, TemplateValues, ValueSource};

/// The row that is being converted.
pub struct ConvertedRow<'v, 'r> {
    /// Number of the data row from 1.
    pub number: u64,
    /// Values by column.
    pub values: &'v [CellValue<'r>],
    /// String values, for conditions.
    pub strings: &'v [&'r str],
    pub(super) record: &'v Record,
    pub at: RowPlace<'v>,
}

impl ConvertedRow<'_, '_> {
    /// The variables of templates in this row.
    #[inline]
    pub fn variables(&self) -> RowVariables<'_, '_> {
        RowVariables {
            values: self.values,
            row: self.number,
            source_row: self.at.place.record,
            item: None,
        }
    }

    /// Reports what should have been an IRI, at a cell or the start of the row.
    pub fn invalid_iri(&self, at: Option<ColumnId>, found: &str, problems: &mut Problems<'_>) {
        let column = at.map(ColumnId::index);
        let cell = column.and_then(|column| self.record.cells.get(column));
        let offset = cell.map_or(self.at.place.start, |cell| cell.raw_start);
        let code = Code::InvalidIri;
        problems.push(self.at, column, code, offset, |place| {
            Diagnostic::new(code, place, "the URI template gives no valid IRI").with_found(found)
        });
    }
}

/// The variables of a row.
#[derive(Clone, Copy)]
pub struct RowVariables<'v, 'r> {
    /// Values by column.
    pub values: &'v [CellValue<'r>],
    /// Number of the data row from 1.
    pub row: u64,
    /// Number of the record in the file from 1.
    pub source_row: u64,
    /// The item of the list that is being expanded.
    pub item: Option<Item<'v>>,
}

impl<'v> RowVariables<'v, '_> {
    /// The same for an item of a list.
    pub fn with_item(self, item: Item<'v>) -> Self {
        Self {
            item: Some(item),
            ..self
        }
    }
}

impl TemplateValues for RowVariables<'_, '_> {
    fn values(&self, slot: &ValueSource, take: &mut impl FnMut(&str, bool)) -> bool {
        let mut buffer = [0; 20];
        match slot {
            ValueSource::Column(column) => {
                if let Some(value) = self.values.get(column.index()) {
                    value.items().for_each(|item| take(item.text, item.valid));
                }
            }
            ValueSource::Row => take(digits(self.row, &mut buffer), false),
            ValueSource::SourceRow => take(digits(self.source_row, &mut buffer), false),
            ValueSource::Item => {
                if let Some(item) = self.item {
                    take(item.text, item.valid);
                }
            }
            ValueSource::Text(text) => take(text, false),
            ValueSource::Missing => {}
        }
        true
    }

    #[inline]
    fn single(&self, slot: &ValueSource) -> Option<(&str, bool)> {
        let item = match slot {
            ValueSource::Column(column) => match self.values.get(column.index())? {
                CellValue::Single(item) => *item,
                _ => return None,
            },
            ValueSource::Item => self.item?,
            _ => return None,
        };
        Some((item.text, item.valid))
    }
}

/// A number in decimal digits.
pub fn digits(mut number: u64, buffer: &mut [u8; 20]) -> &str {
    let mut start = buffer.len();
    loop {
        start -= 1;
        // `number % 10` is a digit.
        buffer[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    std::str::from_utf8(&buffer[start..]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_digits() {
        for number in [0, 7, 10, 987_654_321, u64::MAX] {
            assert_eq!(digits(number, &mut [0; 20]), number.to_string());
        }
    }
}

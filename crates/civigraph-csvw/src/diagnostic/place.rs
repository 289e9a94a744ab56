//! Where in the input something is.

use super::text::visible;
use std::fmt;
use std::sync::Arc;

/// A place in an input file: physical line and column, and the cell where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize)]
pub struct Place {
    /// The file as the user knows it: a relative path or a URL.
    pub file: Arc<str>,
    /// Physical line from 1, quoted line breaks counted; 0 where the place is the whole file.
    pub line: u64,
    /// Character in that line from 1 (a BOM is not a character); 0 where the place is the whole line.
    pub column: u64,
    /// The cell, for places in a table.
    pub cell: Option<CellPlace>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct CellPlace {
    /// The name of the column in the metadata.
    pub column_name: Arc<str>,
    /// Zero-based index of the column in the file, for spreadsheet notation (`C14`).
    pub column_index: u32,
    /// Record of the file from 1, header included, as a spreadsheet numbers its rows.
    pub record: u64,
}

impl Place {
    /// The name of the place of what was asked for, and is in no file: the name of a thing, the value of a parameter.
    pub const REQUEST: &str = "request";

    /// What was asked for, as against a file.
    pub fn request() -> Self {
        Self::file(Self::REQUEST)
    }

    /// A whole file.
    pub fn file(file: impl Into<Arc<str>>) -> Self {
        Self {
            file: file.into(),
            ..Self::default()
        }
    }

    /// A line and column of a file.
    pub fn at(file: impl Into<Arc<str>>, line: u64, column: u64) -> Self {
        Self {
            file: file.into(),
            line,
            column,
            cell: None,
        }
    }
}

/// `file:line:column`, as far as they are known; editors jump there.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&visible(&self.file))?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
            if self.column > 0 {
                write!(f, ":{}", self.column)?;
            }
        }
        Ok(())
    }
}

impl CellPlace {
    /// The cell in spreadsheet notation: `C14` is the third column of the fourteenth record.
    pub fn spreadsheet(&self) -> String {
        let mut letters = Vec::new();
        let mut index = u64::from(self.column_index) + 1;
        while index > 0 {
            index -= 1;
            // `index % 26` is below 26.
            letters.push(b'A' + (index % 26) as u8);
            index /= 26;
        }
        let mut cell: String = letters.iter().rev().map(|&b| char::from(b)).collect();
        cell.push_str(&self.record.to_string());
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_far_as_known() {
        assert_eq!(Place::file("a.csv").to_string(), "a.csv");
        assert_eq!(Place::at("a.csv", 3, 0).to_string(), "a.csv:3");
        assert_eq!(Place::at("a.csv", 3, 7).to_string(), "a.csv:3:7");
    }

    #[test]
    fn spreadsheet_letters() {
        for (index, expected) in [
            (0, "A2"),
            (25, "Z2"),
            (26, "AA2"),
            (701, "ZZ2"),
            (702, "AAA2"),
        ] {
            let cell = CellPlace {
                column_name: "x".into(),
                column_index: index,
                record: 2,
            };
            assert_eq!(cell.spreadsheet(), expected);
        }
    }
}

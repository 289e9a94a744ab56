//! How a CSV file is written.

use serde::{Deserialize, Serialize};

/// How a CSV is written (Tabular Data Model §8, Metadata Vocabulary §5.9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialect {
    /// Lines that start with this are comments.
    pub comment_prefix: Option<String>,
    /// Between cells.
    pub delimiter: String,
    /// A quote in a quoted cell is doubled; otherwise it is escaped with a backslash.
    pub double_quote: bool,
    /// Label of the encoding (WHATWG Encoding).
    pub encoding: String,
    /// Rows of the header.
    pub header_row_count: u64,
    /// Line terminators.
    pub line_terminators: Vec<String>,
    /// The quote character.
    pub quote_char: Option<String>,
    /// Rows whose cells are all empty are skipped.
    pub skip_blank_rows: bool,
    /// Columns ignored at the left.
    pub skip_columns: u64,
    /// White space after delimiters is not part of the cell.
    pub skip_initial_space: bool,
    /// Rows ignored at the top.
    pub skip_rows: u64,
    /// Which ends of a cell are trimmed.
    pub trim: Trim,
}

/// Which ends of a cell are trimmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trim {
    /// Neither.
    None,
    /// Both.
    Both,
    /// The start.
    Start,
    /// The end.
    End,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            comment_prefix: None,
            delimiter: ",".into(),
            double_quote: true,
            encoding: "utf-8".into(),
            header_row_count: 1,
            line_terminators: vec!["\r\n".into(), "\n".into()],
            quote_char: Some("\"".into()),
            skip_blank_rows: false,
            skip_columns: 0,
            skip_initial_space: false,
            skip_rows: 0,
            trim: Trim::None,
        }
    }
}

//! Tables that are the same on every machine.

use super::cell;
use super::random::Random;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// A generated table.
pub struct Table {
    pub name: String,
    rows: u64,
    /// The kinds of its columns, after the identifier.
    columns: &'static [Kind],
}

/// What is in a column, and its datatype.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    /// A text that is missing in half of the rows.
    Sparse,
    Integer,
    Decimal,
    Date,
    /// A date as people write it.
    Pattern,
    Boolean,
    Link,
}

use Kind::{Boolean, Date, Decimal, Integer, Link, Pattern, Sparse, Text};

/// The tables that are converted; `rows` of the typed one.
pub fn tables(rows: u64) -> [Table; 2] {
    [
        // 21 triples a row, as many as the table had on which the reference's speed is known.
        Table {
            name: "1117 x 24".to_owned(),
            rows: 1_117,
            columns: &[
                Text, Text, Text, Text, Text, Text, Text, Text, Sparse, Sparse, Sparse, Sparse,
                Sparse, Sparse, Integer, Integer, Integer, Decimal, Decimal, Date, Date, Date,
                Text,
            ],
        },
        Table {
            name: format!("{rows} typed"),
            rows,
            columns: &[
                Integer, Decimal, Date, Pattern, Boolean, Link, Integer, Decimal, Date, Pattern,
                Boolean, Text,
            ],
        },
    ]
}

impl Table {
    fn stem(&self) -> String {
        format!("table-{}", self.rows)
    }

    /// The file name of its metadata.
    pub fn metadata(&self) -> String {
        format!("{}.json", self.stem())
    }

    /// Writes the table and its metadata.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let mut random = Random(0x2015_1217);
        let mut text = "id".to_owned();
        for column in 1..=self.columns.len() {
            let _ = write!(text, ",column {column}");
        }
        text.push('\n');
        for row in 0..self.rows {
            let _ = write!(text, "row-{row}");
            for kind in self.columns {
                text.push(',');
                kind.cell(random.next(), &mut text);
            }
            text.push('\n');
        }
        std::fs::write(folder.join(format!("{}.csv", self.stem())), text)?;
        let columns: Vec<String> = (1..)
            .zip(self.columns)
            .map(|(number, kind)| {
                format!(
                    "{{\"name\": \"c{number}\", \"titles\": \"column {number}\"{}}}",
                    kind.description()
                )
            })
            .collect();
        let metadata = format!(
            "{{\"@context\": \"http://www.w3.org/ns/csvw\", \"url\": \"{}.csv\", \"tableSchema\": \
             {{\"aboutUrl\": \"http://example.org/id/{{id}}\", \"primaryKey\": \"id\", \"columns\": \
             [{{\"name\": \"id\", \"titles\": \"id\", \"required\": true}}, {}]}}}}",
            self.stem(),
            columns.join(", ")
        );
        std::fs::write(folder.join(self.metadata()), metadata)
    }
}

impl Kind {
    fn cell(self, value: u64, out: &mut String) {
        match self {
            Sparse if value.is_multiple_of(2) => {}
            Text | Sparse => cell::text(value, out),
            Integer => {
                let _ = write!(out, "{}", value % 100_000);
            }
            Decimal => cell::decimal(value, out),
            Date => cell::date(value, out),
            Pattern => cell::written_date(value, out),
            Boolean => out.push_str(if value.is_multiple_of(2) { "yes" } else { "no" }),
            Link => {
                let _ = write!(out, "item {}", value % 1000);
            }
        }
    }

    /// Its properties in the metadata, after others.
    fn description(self) -> &'static str {
        match self {
            Text | Sparse => "",
            Integer => r#", "datatype": "integer""#,
            Decimal => r#", "datatype": "decimal""#,
            Date => r#", "datatype": "date""#,
            Pattern => r#", "datatype": {"base": "date", "format": "dd.MM.yyyy"}"#,
            Boolean => r#", "datatype": {"base": "boolean", "format": "yes|no"}"#,
            Link => r#", "valueUrl": "http://example.org/item/{c6}""#,
        }
    }
}

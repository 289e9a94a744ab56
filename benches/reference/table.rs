//! Tables that are the same on every machine.

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

/// What stands in a column, and its datatype.
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

const WORDS: [&str; 8] = [
    "city",
    "strategy",
    "район",
    "session",
    "a, b",
    "say \"no\"",
    "Совет",
    "2030",
];

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
        let _ = match self {
            Sparse if value.is_multiple_of(2) => return,
            Text | Sparse => {
                let (a, b) = (value as usize % 8, (value >> 8) as usize % 8);
                let text = format!("{} {}", WORDS[a], WORDS[b]);
                if text.contains(['"', ',']) {
                    write!(out, "\"{}\"", text.replace('"', "\"\""))
                } else {
                    write!(out, "{text}")
                }
            }
            Integer => write!(out, "{}", value % 100_000),
            Decimal => write!(out, "{}.{:02}", value % 10_000, value % 97),
            Date => write!(
                out,
                "20{:02}-{:02}-{:02}",
                value % 26,
                value % 12 + 1,
                value % 28 + 1
            ),
            Pattern => {
                write!(
                    out,
                    "{:02}.{:02}.20{:02}",
                    value % 28 + 1,
                    value % 12 + 1,
                    value % 26
                )
            }
            Boolean => write!(
                out,
                "{}",
                if value.is_multiple_of(2) { "yes" } else { "no" }
            ),
            Link => write!(out, "item {}", value % 1000),
        };
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

/// xorshift64*: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }
}

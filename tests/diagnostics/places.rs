//! A report names the very cell: one cell of a random table is made wrong, and its line, its column
//! and its spreadsheet notation must be those that counting by hand gives.

use civigraph::convert::{self, NullSink, Options};
use civigraph::csvw::{self, CompileOptions, LoadOptions};
use civigraph::diagnostic::{CellPlace, Code, Diagnostics, Place, ReadingMode};
use civigraph::resource::{ResolveError, Resolver, Resource, ResourceContent};
use proptest::prelude::*;

/// What no cell may hold; the one that does is wrong.
const WRONG: char = '☠';

const CSV: &str = "http://example.org/t.csv";
const METADATA: &str = "http://example.org/t.json";

/// A table as somebody might have saved it.
#[derive(Debug, Clone)]
struct Table {
    /// Cells as they stand in the file, quotes included; the first record is the header.
    records: Vec<Vec<String>>,
    titles: Vec<String>,
    delimiter: char,
    line_end: &'static str,
    byte_order_mark: bool,
    last_line_ends: bool,
    /// Record from 1 (0 is the header) and column of the wrong cell.
    wrong: (usize, usize),
    threads: usize,
    chunk_size: usize,
}

/// Text of a cell: plain words, wide and combining characters, emoji of several code points, tabs,
/// quotes, separators, line breaks.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z0-9 ]{1,4}",
        2 => "[а-яё]{1,3}",
        1 => "[漢字かな]{1,2}",
        1 => Just("é".to_owned()),
        1 => Just("👩‍🚀".to_owned()),
        1 => Just("\u{a0}".to_owned()),
        1 => Just("\t".to_owned()),
        1 => Just(",".to_owned()),
        1 => Just(";".to_owned()),
        1 => Just("\"".to_owned()),
        1 => Just("\n".to_owned()),
        1 => Just("\r\n".to_owned()),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// A text as a cell: in quotes where it must be, or where its writer liked it so.
fn cell(text: &str, quoted: bool) -> String {
    let special = |c: char| "\"\n\r\t,;".contains(c);
    if quoted || text.is_empty() || text.contains(special) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn table() -> impl Strategy<Value = Table> {
    let size = (1_usize..6, 1_usize..8);
    let cells = size.prop_flat_map(|(width, height)| {
        let row = prop::collection::vec((text(), any::<bool>()), width);
        (
            prop::collection::vec((text(), any::<bool>()), width),
            prop::collection::vec(row, height),
            (0..height, 0..width, 0_usize..5),
        )
    });
    let style = (
        prop::sample::select(vec![',', ';', '\t']),
        prop::sample::select(vec!["\n", "\r\n"]),
        any::<bool>(),
        any::<bool>(),
        1_usize..4,
        prop::sample::select(vec![1, 7, 64, 4096]),
    );
    (cells, style).prop_map(|((header, mut rows, (row, column, at)), style)| {
        let (delimiter, line_end, byte_order_mark, last_line_ends, threads, chunk_size) = style;
        let spoilt = &mut rows[row][column].0;
        let at = spoilt
            .char_indices()
            .nth(at)
            .map_or(spoilt.len(), |(at, _)| at);
        spoilt.insert(at, WRONG);
        let titles: Vec<String> = header
            .iter()
            .enumerate()
            .map(|(index, (text, _))| format!("{index}{text}.").trim().to_owned())
            .collect();
        let first = titles.iter().zip(&header).map(|(t, (_, q))| cell(t, *q));
        let mut records = vec![first.collect()];
        for row in &rows {
            records.push(
                row.iter()
                    .map(|(text, quoted)| cell(text, *quoted))
                    .collect(),
            );
        }
        Table {
            records,
            titles,
            delimiter,
            line_end,
            byte_order_mark,
            last_line_ends,
            wrong: (row + 1, column),
            threads,
            chunk_size,
        }
    })
}

impl Table {
    /// The bytes of the file, and the line and column of the wrong cell, counted on the way.
    fn file(&self) -> (String, u64, u64) {
        let mut file = String::new();
        let mut place = (0, 0);
        for (number, record) in self.records.iter().enumerate() {
            for (column, cell) in record.iter().enumerate() {
                if column > 0 {
                    file.push(self.delimiter);
                }
                if self.wrong == (number, column) {
                    let line = file.rsplit('\n').next().unwrap_or_default();
                    let before = file.matches('\n').count();
                    place = (before as u64 + 1, line.chars().count() as u64 + 1);
                }
                file.push_str(cell);
            }
            if self.last_line_ends || number + 1 < self.records.len() {
                file.push_str(self.line_end);
            }
        }
        if self.byte_order_mark {
            file.insert(0, '\u{feff}');
        }
        (file, place.0, place.1)
    }

    fn metadata(&self) -> String {
        let format = format!("[^{WRONG}]*");
        let columns: Vec<_> = self
            .titles
            .iter()
            .enumerate()
            .map(|(index, title)| {
                serde_json::json!({
                    "name": format!("c{index}"),
                    "titles": title,
                    "datatype": {"base": "string", "format": format},
                })
            })
            .collect();
        serde_json::json!({
            "@context": "http://www.w3.org/ns/csvw",
            "url": CSV,
            "dialect": {"delimiter": self.delimiter.to_string(), "trim": false},
            "tableSchema": {"columns": columns},
        })
        .to_string()
    }
}

/// Two files in memory.
struct Memory {
    csv: String,
    metadata: String,
}

impl Resolver for Memory {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        let (text, name) = match url {
            CSV => (&self.csv, "t.csv"),
            METADATA => (&self.metadata, "t.json"),
            _ => return Err(ResolveError::NotFound),
        };
        Ok(Resource {
            url: url.to_owned(),
            media_type: None,
            charset: None,
            header: None,
            language: None,
            links: Vec::new(),
            content: ResourceContent::Bytes(text.as_bytes().into()),
            name: name.into(),
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_very_cell(table in table()) {
        let (csv, line, column) = table.file();
        let memory = Memory { csv, metadata: table.metadata() };
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        let options = LoadOptions {
            metadata: Some(METADATA.to_owned()),
            ..LoadOptions::default()
        };
        let group = csvw::load(CSV, &options, &memory, &mut diagnostics).unwrap();
        let plan = csvw::compile(&group, &CompileOptions::default(), &mut diagnostics);
        let options = Options {
            threads: table.threads,
            chunk_size: table.chunk_size,
            ..Options::default()
        };
        convert::run(&plan, &memory, &options, &mut NullSink, &mut diagnostics).unwrap();

        let (record, index) = table.wrong;
        let expected = Place {
            file: "t.csv".into(),
            line,
            column,
            cell: Some(CellPlace {
                column_name: format!("c{index}").into(),
                column_index: u32::try_from(index).unwrap(),
                record: record as u64 + 1,
            }),
        };
        // Titles may have a no-break space.
        let wrong = diagnostics.iter().filter(|found| found.code != Code::Unseen);
        let found: Vec<_> = wrong.map(|found| (found.code, &found.place)).collect();
        prop_assert_eq!(found, vec![(Code::Format, &expected)]);
    }
}

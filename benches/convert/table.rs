//! Tables that are the same on every machine.

use super::cell;
use super::random::Random;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Columns of every table.
pub const COLUMNS: usize = 20;

/// Subjects of the plain table start with this.
pub const SUBJECT: &str = "http://example.org/id/";
/// Predicates start with this.
pub const PREDICATE: &str = "http://example.org/ns#";

/// Writes the tables and their metadata; returns the bytes of the plain one.
///
/// `plain.csv`: strings of all sorts. `typed.csv`: a key, a reference to `regions.csv`, numbers,
/// dates, booleans, strings with facets. `wrong.csv`: the same with every row wrong.
pub fn write(folder: &Path, rows: u64) -> io::Result<u64> {
    let mut plain = BufWriter::new(File::create(folder.join("plain.csv"))?);
    let mut typed = BufWriter::new(File::create(folder.join("typed.csv"))?);
    let mut wrong = BufWriter::new(File::create(folder.join("wrong.csv"))?);
    let header: Vec<String> = (0..COLUMNS).map(|column| format!("c{column}")).collect();
    let header = header.join(",");
    for file in [&mut plain, &mut typed, &mut wrong] {
        writeln!(file, "{header}")?;
    }
    let mut random = Random(0x2017_2025);
    let mut line = String::new();
    for row in 0..rows {
        line.clear();
        plain_row(row, &mut random, &mut line);
        plain.write_all(line.as_bytes())?;
        line.clear();
        typed_row(row, false, &mut random, &mut line);
        typed.write_all(line.as_bytes())?;
        line.clear();
        typed_row(row, true, &mut random, &mut line);
        wrong.write_all(line.as_bytes())?;
    }
    let mut regions = BufWriter::new(File::create(folder.join("regions.csv"))?);
    writeln!(regions, "code")?;
    for region in 0..REGIONS {
        writeln!(regions, "r{region}")?;
    }
    for mut file in [plain, typed, wrong, regions] {
        file.flush()?;
    }
    std::fs::write(folder.join("plain.json"), plain_metadata())?;
    std::fs::write(folder.join("typed.json"), typed_metadata("typed.csv"))?;
    std::fs::write(folder.join("wrong.json"), typed_metadata("wrong.csv"))?;
    Ok(std::fs::metadata(folder.join("plain.csv"))?.len())
}

const REGIONS: u64 = 89;
fn plain_row(row: u64, random: &mut Random, line: &mut String) {
    let _ = write!(line, "{row}");
    for column in 1..COLUMNS {
        line.push(',');
        let value = random.next();
        match column % 5 {
            0 => {
                let _ = write!(line, "{}", value % 1_000_000);
            }
            1 => cell::decimal(value, line),
            2 => cell::text(value, line),
            3 => cell::date(value, line),
            _ => {
                let _ = write!(line, "item-{:x}", value % 0xFFFF_FFFF);
            }
        }
    }
    line.push('\n');
}

fn typed_row(row: u64, wrong: bool, random: &mut Random, line: &mut String) {
    let _ = write!(line, "id{row},r{}", row % REGIONS);
    for column in 2..COLUMNS {
        line.push(',');
        let value = random.next();
        let bad = wrong && column == 2 + (row as usize % 6);
        match column % 6 {
            _ if bad => line.push_str("???"),
            0 => cell::decimal(value, line),
            1 => line.push_str(if value.is_multiple_of(2) {
                "true"
            } else {
                "false"
            }),
            2 => {
                let _ = write!(line, "{}", value % 100_000);
            }
            3 => cell::date(value, line),
            4 => cell::written_date(value, line),
            _ => {
                let _ = write!(line, "{}-{:03}", value % 999 + 1, value % 1000);
            }
        }
    }
    line.push('\n');
}

fn plain_metadata() -> String {
    let columns: Vec<String> = (0..COLUMNS)
        .map(|column| {
            format!("{{\"name\": \"c{column}\", \"titles\": \"c{column}\", \"propertyUrl\": \"{PREDICATE}c{column}\"}}")
        })
        .collect();
    format!(
        "{{\"@context\": \"http://www.w3.org/ns/csvw\", \"url\": \"plain.csv\", \"tableSchema\": \
         {{\"aboutUrl\": \"{SUBJECT}{{c0}}\", \"columns\": [{}]}}}}",
        columns.join(", ")
    )
}

fn typed_metadata(url: &str) -> String {
    let columns: Vec<String> = (0..COLUMNS)
        .map(|column| {
            let datatype = match column {
                0 => r#"{"base": "string", "format": "id[0-9]+"}"#,
                1 => r#""string""#,
                _ => match column % 6 {
                    0 => r#"{"base": "decimal", "minimum": 0, "maximum": 10000}"#,
                    1 => r#""boolean""#,
                    2 => r#"{"base": "integer", "minimum": 0}"#,
                    3 => r#""date""#,
                    4 => r#"{"base": "date", "format": "dd.MM.yyyy"}"#,
                    _ => r#""string""#,
                },
            };
            let name = format!("\"name\": \"c{column}\", \"titles\": \"c{column}\"");
            format!("{{{name}, \"datatype\": {datatype}, \"required\": true}}")
        })
        .collect();
    format!(
        "{{\"@context\": \"http://www.w3.org/ns/csvw\", \"tables\": [\
         {{\"url\": \"{url}\", \"tableSchema\": {{\"aboutUrl\": \"{SUBJECT}{{c0}}\", \
         \"columns\": [{}], \"primaryKey\": \"c0\", \"foreignKeys\": [{{\"columnReference\": \"c1\", \
         \"reference\": {{\"resource\": \"regions.csv\", \"columnReference\": \"code\"}}}}]}}}}, \
         {{\"url\": \"regions.csv\", \"tableSchema\": {{\"columns\": [{{\"name\": \"code\", \
         \"titles\": \"code\"}}], \"primaryKey\": \"code\"}}}}]}}",
        columns.join(", ")
    )
}

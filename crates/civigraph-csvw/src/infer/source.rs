//! A CSV file whose dialect has been guessed, and its rows.

use super::encoding;
use crate::csv::{self, Chunk, Chunks, CompiledDialect, Dialect, Preamble, Record, TextReader};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::resource::{Resource, ResourceContent, file};
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes at the start of a file from which its dialect is guessed.
const HEAD: usize = 256 << 10;
/// Records of the head that are looked at.
const HEAD_RECORDS: usize = 200;
/// Bytes read at a time.
const CHUNK: usize = 1 << 20;

/// A file ready to be read.
pub struct GuessedTable {
    /// The file as the user named it.
    pub path: PathBuf,
    /// How it is written.
    pub dialect: Dialect,
    /// Its header.
    pub preamble: Preamble,
    /// What the dialect says that was guessed, for the curator.
    pub guesses: Vec<String>,
    resource: Resource,
}

impl GuessedTable {
    /// Opens a file and guesses its dialect.
    pub fn open(path: &Path) -> Result<Self, Box<Diagnostic>> {
        let name: Arc<str> = path.to_string_lossy().into();
        let mut head = Vec::new();
        let content = ResourceContent::of_file(path).map_err(|error| unreadable(&name, &error))?;
        file::open(content.path().unwrap_or(path))
            .and_then(|file| file.take(HEAD as u64).read_to_end(&mut head))
            .map_err(|error| unreadable(&name, &error))?;
        if let Some(what) = csv::other_content(&head) {
            let message = format!("not a CSV file: its content is {what}");
            return Err(Box::new(
                Diagnostic::new(Code::Unreadable, Place::file(name), message)
                    .with_hint("unpack it, or save the table as CSV"),
            ));
        }
        let resource = Resource {
            url: String::new(),
            media_type: None,
            charset: None,
            header: None,
            language: None,
            links: Vec::new(),
            content,
            name,
        };
        let encoding = encoding::guess(&head, head.len() == HEAD);
        let mut dialect = Dialect {
            encoding: encoding.label.to_owned(),
            ..Dialect::default()
        };
        let mut guesses = Vec::new();
        let head = decoded(&resource, &dialect.encoding)
            .map_err(|error| unreadable(&resource.name, &error))?;
        guesses.extend(encoding.note(&head));
        if head.contains(&b'\r') && !head.contains(&b'\n') {
            dialect.line_terminators = vec!["\r".to_owned()];
        }
        let stated = stated_delimiter(&head);
        dialect.delimiter = match stated {
            Some(stated) => stated.to_string(),
            None => delimiter(&head, &dialect).to_owned(),
        };
        if let Some(stated) = stated {
            dialect.skip_rows = 1;
            guesses.push(format!(
                "The first line, `sep={stated}`, is a note for spreadsheets: it is skipped."
            ));
        } else if starts_with_comments(&head, &dialect.delimiter) {
            dialect.comment_prefix = Some("#".to_owned());
        }
        match commented_header(&head, &dialect) {
            Some((prefix, rows)) => {
                dialect.comment_prefix = prefix;
                dialect.skip_rows = rows;
            }
            None => {
                if stated.is_none() {
                    dialect.skip_rows = rows_before_header(&head, &dialect);
                }
                let titles = title_rows(&head, &dialect);
                if titles > 0 {
                    dialect.skip_rows += titles;
                    guesses.push(match titles {
                        1 => {
                            "The first row is a title and not the header: it is skipped.".to_owned()
                        }
                        rows => format!(
                            "The first {rows} rows are titles and not the header: they are skipped."
                        ),
                    });
                }
            }
        }
        let spaced = Dialect {
            skip_initial_space: true,
            ..dialect.clone()
        };
        if flaws(&head, &dialect) > 0 && flaws(&head, &spaced) == 0 {
            dialect = spaced;
            guesses.push("Spaces between a delimiter and a quote are skipped.".to_owned());
        }
        let preamble = csv::preamble(&resource, &dialect)?;
        Ok(Self {
            path: path.to_owned(),
            dialect,
            preamble,
            guesses,
            resource,
        })
    }

    /// The titles of the columns.
    pub fn titles(&self) -> Vec<&str> {
        let header = self.preamble.header.first();
        (0..self.preamble.column_count)
            .map(|index| {
                header
                    .and_then(|row| row.get(index))
                    .map_or("", |cell| cell.text.as_str())
            })
            .collect()
    }

    /// Calls `row` with the cells of every data row; rows without any content are left out.
    ///
    /// Returns how many those were.
    pub fn rows(&self, mut row: impl FnMut(&[String], u64)) -> Result<u64, Box<Diagnostic>> {
        self.rows_while(&mut |cells, line| {
            row(cells, line);
            ControlFlow::Continue(())
        })
    }

    /// The same, up to the row at which `row` breaks off.
    pub fn rows_while(
        &self,
        row: &mut dyn FnMut(&[String], u64) -> ControlFlow<()>,
    ) -> Result<u64, Box<Diagnostic>> {
        let failed = |error: &std::io::Error| unreadable(&self.resource.name, error);
        let format = CompiledDialect::new(&self.dialect);
        let (start, encoding) = (self.preamble.data, &self.dialect.encoding);
        let mut chunks = Chunks::open(&format, &self.resource, encoding, start, CHUNK)
            .map_err(|error| failed(&error))?;
        let mut chunk = Chunk::default();
        let mut cells: Vec<String> = Vec::new();
        let mut buffer = String::new();
        let mut blank = 0;
        while chunks
            .next_into(&mut chunk)
            .map_err(|error| failed(&error))?
        {
            if let Some(long) = chunk.skipped.first() {
                let message = format!(
                    "the record that starts here is longer than {} MiB",
                    long.limit >> 20
                );
                let place = Place::at(Arc::clone(&self.resource.name), long.start.line, 0);
                return Err(Box::new(
                    Diagnostic::new(Code::RecordTooLong, place, message)
                        .with_hint("look for a quote that is never closed"),
                ));
            }
            let text = String::from_utf8_lossy(&chunk.text);
            let mut records = chunk.records(&format, &text);
            while let Some(place) = records.advance() {
                if !place.is_row {
                    continue;
                }
                let line = place.line;
                let record = records.record();
                cells.truncate(record.cells.len());
                cells.resize_with(record.cells.len(), String::new);
                for (cell, place) in record.cells.iter().zip(&mut cells) {
                    place.clear();
                    place.push_str(cell.text(&format, &text, &mut buffer));
                }
                if cells.iter().all(String::is_empty) && cells.len() < self.preamble.column_count {
                    blank += 1;
                } else if row(&cells, line).is_break() {
                    return Ok(blank);
                }
            }
        }
        Ok(blank)
    }
}

fn unreadable(name: &Arc<str>, error: &std::io::Error) -> Box<Diagnostic> {
    let path = Path::new(&**name);
    Box::new(file::unreadable(path, name, "the table", error))
}

/// The text at the start of a file.
fn decoded(resource: &Resource, encoding: &str) -> std::io::Result<Vec<u8>> {
    let mut text = TextReader::open(resource, encoding)?;
    let mut head = Vec::new();
    while head.len() < HEAD {
        let wanted = HEAD - head.len();
        if text.read(&mut head, wanted)? == 0 {
            break;
        }
    }
    Ok(head)
}

/// The delimiter that a first line `sep=;` states.
fn stated_delimiter(head: &[u8]) -> Option<char> {
    let line = head.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    csv::stated_delimiter(line)
}

/// How much is wrong with the quoting of the head.
fn flaws(head: &[u8], dialect: &Dialect) -> usize {
    let format = CompiledDialect::new(dialect);
    let mut record = Record::default();
    let (mut at, mut flaws) = (0, 0);
    while at < head.len() {
        at = format.skip(head, at, &mut record).0;
        // The last record of the head may be cut off.
        if at < head.len() || head.len() < HEAD {
            flaws += record.flaws.len();
        }
    }
    flaws
}

/// How many rows of titles are before the header: rows with one cell, or none, above rows that all
/// have more.
fn title_rows(head: &[u8], dialect: &Dialect) -> u64 {
    let format = CompiledDialect::new(dialect);
    let mut record = Record::default();
    let mut filled = Vec::new();
    let (mut at, mut skipped) = (0, 0);
    while at < head.len() && filled.len() < HEAD_RECORDS {
        let (next, is_row) = format.skip(head, at, &mut record);
        let whole = record.terminated || head.len() < HEAD;
        if skipped < dialect.skip_rows {
            skipped += 1;
        } else if (is_row || record.start == record.end) && whole {
            let cells = record.cells.iter();
            let count = cells.filter(|cell| !cell.bytes(head).is_empty()).count();
            filled.push((record.cells.len(), count));
        }
        at = next;
    }
    let most = filled.iter().map(|&(cells, _)| cells).max().unwrap_or(0);
    let titles = filled
        .iter()
        .take_while(|&&(cells, filled)| filled <= 1 && (cells < most || cells > 2))
        .count();
    let rest = filled.get(titles..).unwrap_or_default();
    // The header has as many cells as the rows, and none of them is empty.
    let header = rest
        .first()
        .is_some_and(|&(cells, filled)| cells == filled && cells > 1);
    let alike = rest.iter().filter(|&&(cells, _)| cells == most).count();
    if header && rest.len() > 1 && alike * 10 >= rest.len() * 9 {
        titles as u64
    } else {
        0
    }
}

/// The delimiter under which most records have the same number of cells, at least two.
fn delimiter(head: &[u8], dialect: &Dialect) -> &'static str {
    let mut best = (",", 0.0);
    for delimiter in [",", ";", "\t", "|"] {
        let counts = cell_counts(head, dialect, delimiter);
        let Some(first) = usual_count(&counts) else {
            continue;
        };
        let alike = counts.iter().filter(|&&count| count == first).count();
        // Between delimiters that fit equally well, the one that makes more columns.
        let score = alike as f64 / counts.len() as f64 + first.min(100) as f64 / 10_000.0;
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    best.0
}

/// How many cells the header has, or, where titles are before it, most of the records.
fn usual_count(counts: &[usize]) -> Option<usize> {
    match counts.first() {
        None => None,
        Some(&first) if first > 1 => Some(first),
        Some(_) => {
            let usual = counts.iter().copied().filter(|&count| count > 1);
            let times = |count: usize| counts.iter().filter(|&&other| other == count).count();
            let usual = usual.max_by_key(|&count| (times(count), count))?;
            // Titles are few, and what follows them is even.
            (times(usual) * 2 >= counts.len()).then_some(usual)
        }
    }
}

fn cell_counts(head: &[u8], dialect: &Dialect, delimiter: &str) -> Vec<usize> {
    let format = CompiledDialect::new(&Dialect {
        delimiter: delimiter.to_owned(),
        comment_prefix: Some("#".to_owned()),
        ..dialect.clone()
    });
    let mut record = Record::default();
    let mut counts = Vec::new();
    let mut at = 0;
    while at < head.len() && counts.len() < HEAD_RECORDS {
        let (next, is_row) = format.skip(head, at, &mut record);
        // The last record of the head may be cut off.
        let whole = record.terminated || head.len() < HEAD;
        if is_row && whole && record.end > record.start {
            counts.push(record.cells.len());
        }
        at = next;
    }
    counts
}

/// Whether lines that start with `#` are before the header. `#id,name` is a header.
fn starts_with_comments(head: &[u8], delimiter: &str) -> bool {
    let mut lines = head
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let has_delimiter = |line: &[u8]| {
        delimiter
            .bytes()
            .next()
            .is_some_and(|delimiter| line.contains(&delimiter))
    };
    first.starts_with(b"#") && !has_delimiter(first) && lines.take(20).any(has_delimiter)
}

/// Comments and blank lines at the start: each takes the place of a header row unless it is skipped
/// (Tabular Data Model §8).
fn rows_before_header(head: &[u8], dialect: &Dialect) -> u64 {
    let format = CompiledDialect::new(dialect);
    let mut record = Record::default();
    let (mut at, mut rows) = (0, 0);
    while at < head.len() {
        let comment = format.is_comment(head, at);
        let (next, _) = format.skip(head, at, &mut record);
        if !comment && record.end > record.start {
            return rows;
        }
        rows += 1;
        at = next;
    }
    // There is no header to skip anything for.
    0
}

/// The comment prefix and the rows to skip where the last of the comments is the header, as in
/// `##fileformat=VCFv4`, `#CHROM`: it has as many cells as the first row below.
fn commented_header(head: &[u8], dialect: &Dialect) -> Option<(Option<String>, u64)> {
    dialect.comment_prefix.as_ref()?;
    let format = CompiledDialect::new(dialect);
    let mut record = Record::default();
    let (mut at, mut header) = (0, None);
    while at < head.len() {
        let comment = format.is_comment(head, at);
        let (next, _) = format.skip(head, at, &mut record);
        if comment {
            header = Some((at, record.end));
        } else if record.end > record.start {
            break;
        }
        at = next;
    }
    let (start, end) = header?;
    let below = record.cells.len();
    let line = &head[..end];
    format.record(line, start, &mut record);
    // A sentence has blanks after its commas, titles have none.
    let titles = record.cells.iter().enumerate().all(|(index, cell)| {
        let title = cell.bytes(line);
        !title.is_empty() && (index == 0 || !title.starts_with(b" "))
    });
    if at >= head.len() || record.cells.len() != below || !record.flaws.is_empty() || !titles {
        return None;
    }
    let mut commented_rows = false;
    while at < head.len() {
        commented_rows |= format.is_comment(head, at);
        at = format.skip(head, at, &mut record).0;
    }
    // A longer prefix is that of the comments and not of the header. It is needed where comments are
    // among the rows, or have a quote that would go on in the next line.
    let prefixes = [Some("##"), Some("# ")];
    let (first, last) = match commented_rows {
        true => (None, Some(None)),
        false => (Some(None), None),
    };
    let mut tried = first.into_iter().chain(prefixes).chain(last);
    tried.find_map(|prefix| {
        let prefix = prefix.map(str::to_owned);
        let dialect = Dialect {
            comment_prefix: prefix.clone(),
            ..dialect.clone()
        };
        Some((prefix, rows_up_to(head, &dialect, start)?))
    })
}

/// How many rows and comments are before `end`, where one starts there that is not a comment.
fn rows_up_to(head: &[u8], dialect: &Dialect, end: usize) -> Option<u64> {
    let format = CompiledDialect::new(dialect);
    let mut record = Record::default();
    let (mut at, mut rows) = (0, 0);
    while at < end {
        at = format.skip(head, at, &mut record).0;
        rows += 1;
    }
    (at == end && !format.is_comment(head, at)).then_some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters() {
        for (head, expected) in [
            ("a,b,c\n1,2,3\n", ","),
            ("a;b;c\n1,5;2;3\n4,5;2;3\n", ";"),
            ("a\tb\n1,2\t3\n", "\t"),
            ("a|b\n1|2\n", "|"),
            ("a,b\n\"x;y;z\",1\n\"x;y\",2\n", ","),
            ("# made by hand\na;b\n1;2\n", ";"),
            ("one\ntwo\n", ","),
            ("A title\n\na;b\n1;2\n3;4\n", ";"),
            ("", ","),
        ] {
            assert_eq!(
                delimiter(head.as_bytes(), &Dialect::default()),
                expected,
                "{head}"
            );
        }
    }

    #[test]
    fn titles_before_the_header() {
        for (head, expected) in [
            (
                "Payments 2020 (Dept of X)\n\nid,amount,who\n1,100,A\n2,x,B\n",
                2,
            ),
            ("Payments,,\nid,amount,who\n1,100,A\n", 1),
            ("id,amount\n1,100\n", 0),
            ("id\n1\n2\n", 0),
            // Ragged rows are ragged rows.
            ("id,name,x\n1\n2,a,b\n", 0),
            ("id\n1,2\n1\n1,2,3\n", 0),
        ] {
            assert_eq!(
                title_rows(head.as_bytes(), &Dialect::default()),
                expected,
                "{head}"
            );
        }
    }

    #[test]
    fn stated_delimiters() {
        for (head, expected) in [
            ("sep=;\nid;name\n", Some(';')),
            ("SEP=\t\r\nid\tname\r\n", Some('\t')),
            ("\"sep=|\"\nid|name\n", Some('|')),
            ("sep=\nid\n", None),
            ("sep=;;\n", None),
            ("separator\n", None),
        ] {
            assert_eq!(stated_delimiter(head.as_bytes()), expected, "{head}");
        }
    }

    #[test]
    fn comments() {
        assert!(starts_with_comments(b"# note\na,b\n", ","));
        assert!(!starts_with_comments(b"#id,b\n1,2\n", ","));
        assert!(!starts_with_comments(b"a,b\n", ","));
    }
}

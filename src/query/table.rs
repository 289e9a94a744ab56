//! Tables for people: short names, labels, widths that fit the terminal.

use crate::characters;
use crate::labels::Labels;
use crate::store::Prefixes;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use oxrdf::{Term, TermRef};
use std::borrow::Cow;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// How a table looks.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct TableStyle {
    /// Columns of the terminal; `None` for lines as long as they are.
    pub width: Option<u16>,
    /// Only ASCII characters for the frame.
    pub ascii: bool,
}

/// Writes a table with a header. Where it would be so narrow that words break to pieces, each row becomes a
/// record instead: one line a cell, the name of the column before it.
///
/// # Errors
/// The output fails.
pub fn write_table(
    out: &mut dyn Write,
    header: &[String],
    rows: impl IntoIterator<Item = Vec<String>>,
    style: &TableStyle,
) -> io::Result<()> {
    let clean = |row: &[String]| -> Vec<String> {
        row.iter()
            .map(|cell| printable(cell).into_owned())
            .collect()
    };
    let header = clean(header);
    let rows: Vec<Vec<String>> = rows.into_iter().map(|row| clean(&row)).collect();
    let words = longest_words(&header, &rows);
    let least = style.width.map(|width| least_widths(&words, width));
    if let (Some(width), Some(None)) = (style.width, &least) {
        return write_records(out, &header, &rows, width.into());
    }
    let mut table = Table::new();
    table.load_style(if style.ascii {
        presets::ASCII_MARKDOWN
    } else {
        presets::UTF8_FULL_CONDENSED
    });
    table.set_header(header);
    table.add_rows(rows);
    if let Some(width) = style.width {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(width);
        for (column, least) in table
            .column_iter_mut()
            .zip(least.flatten().unwrap_or_default())
        {
            let least = Width::Fixed(least.saturating_add(PADDING));
            column.set_constraint(ColumnConstraint::LowerBoundary(least));
        }
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// A space on either side of a cell.
const PADDING: u16 = 2;

/// The width of the longest word of each column.
fn longest_words(header: &[String], rows: &[Vec<String>]) -> Vec<u16> {
    let mut longest = vec![0; header.len()];
    for row in std::iter::once(header).chain(rows.iter().map(Vec::as_slice)) {
        for (longest, cell) in longest.iter_mut().zip(row) {
            for word in cell.split_whitespace() {
                let width = u16::try_from(word.width()).unwrap_or(u16::MAX);
                *longest = (*longest).max(width);
            }
        }
    }
    longest
}

/// A word this long may be broken, as long as so much of it stays on a line.
const LEGIBLE: u16 = 16;

/// How wide columns with words of these widths must be at least, without padding, so that they fit side
/// by side and as few words break as can be; `None` where too little would be left of them.
fn least_widths(words: &[u16], width: u16) -> Option<Vec<u16>> {
    let frame = 1 + words.len() * usize::from(PADDING + 1);
    let room = usize::from(width).checked_sub(frame)?;
    let fit = |cap: u16| {
        let widths = words.iter().map(|&word| usize::from(word.min(cap)));
        widths.sum::<usize>() <= room
    };
    let longest = words.iter().copied().max().unwrap_or(0).min(width);
    let cap = (LEGIBLE.min(longest)..=longest)
        .rev()
        .find(|&cap| fit(cap))?;
    Some(words.iter().map(|&word| word.min(cap)).collect())
}

/// Writes rows one below the other. Cells without text are left out.
fn write_records(
    out: &mut dyn Write,
    header: &[String],
    rows: &[Vec<String>],
    width: usize,
) -> io::Result<()> {
    let names = header.iter().map(|name| name.width()).max().unwrap_or(0);
    let room = width.saturating_sub(names + usize::from(PADDING));
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        for (name, cell) in header.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
            let mut name = name.as_str();
            for line in wrapped(cell, room) {
                let gap = names + usize::from(PADDING) - name.width();
                writeln!(out, "{name}{:gap$}{line}", "")?;
                name = "";
            }
        }
    }
    Ok(())
}

/// Lines of at most a width, broken between words; a longer word has a line of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.width() + 1 + word.width() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// A term as people read it: the label of an IRI with its short name, a literal without its quotes.
pub fn term_text(term: TermRef<'_>, prefixes: &Prefixes, labels: Option<&Labels<'_>>) -> String {
    match term {
        TermRef::NamedNode(node) => {
            let short = match prefixes.split(node.as_str()) {
                Some((prefix, local)) => format!("{prefix}:{local}"),
                None => node.as_str().to_owned(),
            };
            match labels.and_then(|labels| labels.of(node.as_str())) {
                Some(label) => format!("{label} ({short})"),
                None => short,
            }
        }
        TermRef::Literal(literal) => literal.value().to_owned(),
        TermRef::BlankNode(node) => node.to_string(),
        TermRef::Triple(triple) => {
            let subject = Term::from(triple.subject.clone());
            let parts = [
                subject.as_ref(),
                triple.predicate.as_ref().into(),
                triple.object.as_ref(),
            ];
            let parts: Vec<_> = parts
                .iter()
                .map(|part| term_text(*part, prefixes, labels))
                .collect();
            format!("<<( {} )>>", parts.join(" "))
        }
    }
}

/// Text without characters that would steer a terminal, and with those that nobody would see written out:
/// `\u{a0}`. Line breaks stay.
pub fn printable(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && c != '\n';
    let unseen = |c: char| characters::is_space(c) || characters::is_unseen(c);
    if !text.contains(|c| steers(c) || unseen(c)) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            c if unseen(c) => out.extend(c.escape_unicode()),
            c if steers(c) => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(width: u16) -> io::Result<String> {
        let mut out = Vec::new();
        let header = ["query", "title", "default"].map(str::to_owned);
        let rows = [
            [
                "decisions-about-sameness",
                "What was decided about sameness, and why",
                "http://example.org/a-long-name",
            ],
            ["города", "", "x"],
        ];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        let style = TableStyle {
            width: Some(width),
            ascii: false,
        };
        write_table(&mut out, &header, rows, &style)?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    #[test]
    fn words_stay_whole() -> io::Result<()> {
        for width in [130, 90, 70] {
            let text = table(width)?;
            assert!(text.starts_with('┌'), "{text}");
            let whole = width > 80;
            assert_eq!(
                text.contains("http://example.org/a-long-name"),
                whole,
                "{text}"
            );
            assert!(text.contains("decisions-about-sameness"), "{text}");
            let widest = text.lines().map(UnicodeWidthStr::width).max();
            assert!(widest <= Some(width.into()), "{text}");
        }
        Ok(())
    }

    #[test]
    fn rows_become_records_where_a_table_is_too_narrow() -> io::Result<()> {
        assert_eq!(
            table(40)?,
            "query    decisions-about-sameness\n\
             title    What was decided about\n\
             \x20        sameness, and why\n\
             default  http://example.org/a-long-name\n\
             \n\
             query    города\n\
             default  x\n"
        );
        Ok(())
    }

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        for (text, expected) in [
            ("New\u{a0}York", "New\\u{a0}York"),
            ("a\u{ad}b\u{202e}", "a\\u{ad}b\\u{202e}"),
            ("a\tb\nc\u{7}", "a b\nc\u{fffd}"),
            ("Ирбит", "Ирбит"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }

    #[test]
    fn wide_characters_keep_the_frame_straight() -> io::Result<()> {
        let mut out = Vec::new();
        let rows = [["Ирбит", "1"], ["日本", "\u{1b}[31m2"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        let header = ["city".to_owned(), "n".to_owned()];
        write_table(&mut out, &header, rows, &TableStyle::default())?;
        let text = String::from_utf8_lossy(&out);
        assert!(!text.contains('\u{1b}'));
        let widths: Vec<_> = text
            .lines()
            .map(unicode_width::UnicodeWidthStr::width)
            .collect();
        assert!(
            widths.windows(2).all(|pair| pair.first() == pair.last()),
            "{text}"
        );
        Ok(())
    }
}

//! Tables for people: short names, labels, widths that fit the terminal.

use super::labels::Labels;
use crate::store::Prefixes;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use oxrdf::{Term, TermRef};
use std::borrow::Cow;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// How a table looks.
#[derive(Debug, Clone, Default)]
pub struct TableStyle {
    /// Columns of the terminal; `None` for lines as long as they are.
    pub width: Option<u16>,
    /// Only ASCII characters for the frame.
    pub ascii: bool,
}

/// Writes a table with a header.
///
/// # Errors
/// The output fails.
pub fn write_table(
    out: &mut dyn Write,
    header: &[String],
    rows: impl IntoIterator<Item = Vec<String>>,
    style: &TableStyle,
) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(if style.ascii {
        presets::ASCII_MARKDOWN
    } else {
        presets::UTF8_FULL_CONDENSED
    });
    if let Some(width) = style.width {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(width);
    }
    let mut words = Vec::new();
    note_words(&mut words, header);
    table.set_header(header.iter().map(|cell| printable(cell).into_owned()));
    for row in rows {
        note_words(&mut words, &row);
        table.add_row(row.iter().map(|cell| printable(cell).into_owned()));
    }
    if let Some(width) = style.width {
        let least = least_widths(&words, width);
        for (column, least) in table.column_iter_mut().zip(least) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
        }
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// The width of the longest word of each column, so far.
fn note_words(longest: &mut Vec<u16>, row: &[String]) {
    longest.resize(longest.len().max(row.len()), 0);
    for (longest, cell) in longest.iter_mut().zip(row) {
        for word in cell.split_whitespace() {
            let width = u16::try_from(word.width()).unwrap_or(u16::MAX);
            *longest = (*longest).max(width);
        }
    }
}

/// How wide columns must be at least, frame included, so that words stay whole: the longest words are
/// broken where there is no room for all of them.
fn least_widths(words: &[u16], width: u16) -> Vec<u16> {
    /// A space on either side.
    const PADDING: u16 = 2;
    let columns = u16::try_from(words.len()).unwrap_or(u16::MAX);
    let frame = columns.saturating_mul(PADDING + 1).saturating_add(1);
    let room = width.saturating_sub(frame);
    let taken = |cap: u16| {
        let widths = words.iter().map(|&word| word.min(cap));
        widths.fold(0_u16, u16::saturating_add)
    };
    let longest = words.iter().copied().max().unwrap_or(0).min(room);
    let cap = (0..=longest).rev().find(|&cap| taken(cap) <= room);
    let cap = cap.unwrap_or(0);
    words
        .iter()
        .map(|&word| word.min(cap).saturating_add(PADDING))
        .collect()
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

/// Text without characters that would steer a terminal; line breaks stay.
pub fn printable(text: &str) -> Cow<'_, str> {
    let steers = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    if text.contains(steers) {
        text.chars()
            .map(|c| match c {
                '\t' => ' ',
                c if steers(c) => '\u{FFFD}',
                c => c,
            })
            .collect::<String>()
            .into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_where_there_is_room() -> io::Result<()> {
        let lines = |width: u16| -> io::Result<String> {
            let mut out = Vec::new();
            let header = ["query", "title", "default"].map(str::to_owned);
            let row = [
                "decisions-about-sameness",
                "What was decided about sameness, and why",
                "http://example.org/a-long-name",
            ];
            let rows = [row.map(str::to_owned).to_vec()];
            let style = TableStyle {
                width: Some(width),
                ascii: false,
            };
            write_table(&mut out, &header, rows, &style)?;
            let text = String::from_utf8_lossy(&out).into_owned();
            assert!(
                text.lines().all(|line| line.width() <= width.into()),
                "{text}"
            );
            Ok(text)
        };
        assert!(lines(90)?.contains("http://example.org/a-long-name"));
        let text = lines(70)?;
        assert!(text.contains("decisions-about-sameness"), "{text}");
        let text = lines(50)?;
        assert!(text.contains("sameness,"), "{text}");
        lines(13)?;
        Ok(())
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

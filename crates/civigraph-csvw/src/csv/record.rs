//! The cells of one record.

use super::format::{CompiledDialect, LineEnd, Newline};

/// The cells of one record, by offsets into the text it was read from. Re-used from record to record.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// The cells, those of skipped columns left out.
    pub cells: Vec<Cell>,
    /// Offset of the record's first byte.
    pub start: usize,
    /// Offset after the last cell, before the terminator.
    pub end: usize,
    /// What is wrong with the quoting, each with its offset.
    pub flaws: Vec<(Flaw, usize)>,
    /// Physical line breaks inside quoted cells and at the end.
    pub lines: u64,
    /// The record ended with a terminator, not with the end of the text.
    pub terminated: bool,
}

/// One cell, by offsets into the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Offset of the cell's first byte, its opening quote included.
    pub raw_start: usize,
    /// Start of the content.
    start: usize,
    /// End of the content.
    end: usize,
    form: CellForm,
}

/// How the content of a cell is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CellForm {
    /// As it is.
    Verbatim,
    /// With quotes doubled, escaped or out of place: it has to be rewritten.
    Escaped {
        /// The content starts inside quotes.
        quoted: bool,
    },
}

/// What can be wrong with the quoting of a record (Tabular Data Model §8.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// A quote opens and never closes.
    Unclosed,
    /// Something other than a delimiter follows a closing quote.
    TextAfterQuote,
    /// Spaces that the dialect trims are between a closing quote and the delimiter.
    SpaceAfterQuote,
    /// A quote opens in the middle of a cell.
    QuoteInCell,
}

impl Cell {
    /// The content; `buffer` is used only where it is not a slice of the text.
    ///
    /// `text` is the text that the record was read from.
    #[inline]
    pub fn text<'a>(
        &self,
        format: &CompiledDialect,
        text: &'a str,
        buffer: &'a mut String,
    ) -> &'a str {
        let content = text.get(self.start..self.end).unwrap_or_default();
        self.rewrite(format, content, buffer)
    }

    /// The bytes of the content, quotes and escapes not yet rewritten.
    pub fn bytes<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// The content without quotes and escapes, from [`bytes`](Self::bytes) as a string.
    #[inline]
    pub fn rewrite<'a>(
        &self,
        format: &CompiledDialect,
        content: &'a str,
        buffer: &'a mut String,
    ) -> &'a str {
        match self.form {
            CellForm::Verbatim => content,
            CellForm::Escaped { quoted } => {
                buffer.clear();
                format.unescape(content, quoted, buffer);
                format.trim(buffer)
            }
        }
    }
}

/// Offsets of the malformed sequences of a text that should be UTF-8.
pub(super) fn invalid_utf8(text: &[u8]) -> impl Iterator<Item = usize> {
    let mut at = 0;
    text.utf8_chunks().filter_map(move |chunk| {
        let invalid = at + chunk.valid().len();
        at = invalid + chunk.invalid().len();
        (!chunk.invalid().is_empty()).then_some(invalid)
    })
}

impl CompiledDialect {
    /// Reads the record that starts at `start`; returns where the next one starts.
    ///
    /// At the end of the text there is no record; callers check `start < text.len()` first.
    pub fn record(&self, text: &[u8], start: usize, record: &mut Record) -> usize {
        record.cells.clear();
        record.flaws.clear();
        record.start = start;
        record.lines = 0;
        record.terminated = false;
        let mut at = start;
        let after = loop {
            let (next, end) = self.cell(text, at, record);
            match end {
                CellEnd::Delimiter => at = next,
                CellEnd::Terminator(after) => {
                    record.end = next;
                    record.terminated = true;
                    record.lines += match self.newline {
                        Newline::LfOrCrLf => 1,
                        _ => self.count_lines(&text[next..after]),
                    };
                    break after;
                }
                CellEnd::Text => {
                    record.end = next;
                    break next;
                }
            }
        };
        if self.lines == LineEnd::CrOrLf {
            // An escaped carriage return and the line feed after it are one line break.
            record.lines = self.count_lines(&text[start..after]);
        }
        if self.skip_columns > 0 {
            let skipped = self.skip_columns.min(record.cells.len());
            record.cells.drain(..skipped);
        }
        after
    }

    /// Whether all cells of a record are empty.
    pub(super) fn is_blank(&self, text: &[u8], record: &Record) -> bool {
        let mut buffer = String::new();
        record.cells.iter().all(|cell| {
            let content = cell.bytes(text);
            content.is_empty()
                || std::str::from_utf8(content)
                    .is_ok_and(|content| cell.rewrite(self, content, &mut buffer).is_empty())
        })
    }

    /// Reads one cell from `from` into the record. Returns the offset after it (for
    /// [`CellEnd::Delimiter`] after the delimiter) and how it ended.
    // Inlined so that the cell never takes the way over memory: this is the innermost loop of all.
    #[inline(always)]
    fn cell(&self, text: &[u8], from: usize, record: &mut Record) -> (usize, CellEnd) {
        let mut start = from;
        if self.trim_start {
            while start < text.len()
                && is_blank(text[start])
                && self.separator(text, start).is_none()
            {
                start += 1;
            }
            if self.bare_lines {
                record.lines += self.count_lines(&text[from..start]);
            }
        }
        if let Some(quote) = self.quote.as_deref()
            && text.get(start) == Some(&quote[0])
            && (quote.len() == 1 || text[start..].starts_with(quote))
        {
            return self.quoted_cell(text, start, quote.len(), record);
        }
        let stop = self.stops.find(text, start);
        let end = self.separator(text, stop);
        if self.bare_lines && end.is_some() {
            record.lines += self.count_lines(&text[start..stop]);
        }
        match end {
            Some(CellEnd::Delimiter) => {
                record.cells.push(self.verbatim(text, start, start, stop));
                (stop + self.delimiter.len(), CellEnd::Delimiter)
            }
            Some(CellEnd::Terminator(after)) => {
                let mut end = stop;
                if self.newline == Newline::LfOrCrLf && end > start && text[end - 1] == b'\r' {
                    end -= 1;
                }
                record.cells.push(self.verbatim(text, start, start, end));
                (end, CellEnd::Terminator(after))
            }
            Some(CellEnd::Text) => {
                record.cells.push(self.verbatim(text, start, start, stop));
                (stop, CellEnd::Text)
            }
            None => self.irregular_cell(text, start, stop, false, record),
        }
    }

    /// A cell whose opening quote is at `open`.
    fn quoted_cell(
        &self,
        text: &[u8],
        open: usize,
        quote: usize,
        record: &mut Record,
    ) -> (usize, CellEnd) {
        let start = open + quote;
        // The common case: no escapes, and the delimiter or the end follows the closing quote.
        if !self.backslash && quote == 1 {
            let mark = text[open];
            if let Some(length) = memchr::memchr(mark, &text[start..]) {
                let close = start + length;
                if text.get(close + 1) != Some(&mark)
                    && let Some(end) = self.separator(text, close + 1)
                {
                    if length > 0 {
                        record.lines += self.count_lines(&text[start..close]);
                    }
                    record.cells.push(self.verbatim(text, open, start, close));
                    let next = match end {
                        CellEnd::Delimiter => close + 1 + self.delimiter.len(),
                        CellEnd::Terminator(_) | CellEnd::Text => close + 1,
                    };
                    return (next, end);
                }
            }
        }
        self.irregular_cell(text, open, open, true, record)
    }

    /// Any cell at all, by the rules of Tabular Data Model §8: `from` is where it starts, `at` the
    /// first place that needs a closer look, `quoted` whether an opening quote is there.
    #[cold]
    fn irregular_cell(
        &self,
        text: &[u8],
        from: usize,
        mut at: usize,
        opens: bool,
        record: &mut Record,
    ) -> (usize, CellEnd) {
        let quote = self.quote.as_deref().unwrap_or_default();
        let is_quote = |at: usize| {
            quote.first() == Some(&text[at]) && (quote.len() == 1 || text[at..].starts_with(quote))
        };
        let mut quoted = false;
        let mut opened = from;
        let mut closed_at = None;
        let content = if opens { from + quote.len() } else { from };
        if opens {
            quoted = true;
            at = content;
        }
        let (next, end) = loop {
            if at >= text.len() {
                if quoted {
                    record.flaws.push((Flaw::Unclosed, opened));
                }
                break (text.len(), CellEnd::Text);
            }
            if self.backslash && text[at] == b'\\' {
                at += 1 + character_length(text, at + 1);
                continue;
            }
            if is_quote(at) {
                let after = at + quote.len();
                let doubled = !self.backslash && after < text.len() && is_quote(after);
                if doubled {
                    at += 2 * quote.len();
                } else if quoted {
                    quoted = false;
                    at += quote.len();
                    closed_at = Some(at);
                    // A dialect that trims says what is meant by blanks here, but the grammar has none (§8.1).
                    let mut after = at;
                    while self.trim_end
                        && after < text.len()
                        && is_blank(text[after])
                        && self.separator(text, after).is_none()
                    {
                        after += 1;
                    }
                    if self.separator(text, after).is_some() {
                        if after > at {
                            record.flaws.push((Flaw::SpaceAfterQuote, at));
                        }
                        at = after;
                    } else {
                        record.flaws.push((Flaw::TextAfterQuote, at));
                    }
                } else {
                    if closed_at.is_none() {
                        record.flaws.push((Flaw::QuoteInCell, at));
                    }
                    quoted = true;
                    opened = at;
                    at += quote.len();
                }
                continue;
            }
            if !quoted {
                match self.separator(text, at) {
                    Some(CellEnd::Delimiter) => {
                        break (at + self.delimiter.len(), CellEnd::Delimiter);
                    }
                    Some(end) => break (at, end),
                    None => {}
                }
            }
            at += 1;
            if quoted {
                // Inside quotes only a quote or a backslash means anything.
                let rest = &text[at..];
                at += match quote.first() {
                    Some(&mark) if self.backslash => memchr::memchr2(mark, b'\\', rest),
                    Some(&mark) => memchr::memchr(mark, rest),
                    None => None,
                }
                .unwrap_or(rest.len());
            } else {
                at = self.stops.find(text, at);
            }
        };
        let mut stop = match end {
            CellEnd::Delimiter => next - self.delimiter.len(),
            CellEnd::Terminator(_) | CellEnd::Text => next,
        };
        let mut after = next;
        if matches!(end, CellEnd::Terminator(_))
            && self.newline == Newline::LfOrCrLf
            && stop > content
            && text[stop - 1] == b'\r'
        {
            stop -= 1;
            after = stop;
        }
        record.lines += self.count_lines(&text[from..stop]);
        record.cells.push(Cell {
            raw_start: from,
            start: content,
            end: stop.max(content),
            form: CellForm::Escaped { quoted: opens },
        });
        (after, end)
    }

    /// A cell whose content is a slice of the text.
    #[inline]
    fn verbatim(&self, text: &[u8], raw_start: usize, start: usize, end: usize) -> Cell {
        let (mut start, mut end) = (start, end);
        if self.trim_end {
            while end > start && is_blank(text[end - 1]) {
                end -= 1;
            }
        }
        if self.trim_start {
            while start < end && is_blank(text[start]) {
                start += 1;
            }
        }
        Cell {
            raw_start,
            start,
            end,
            form: CellForm::Verbatim,
        }
    }

    /// Which separator is at `at`.
    #[inline(always)]
    pub(super) fn separator(&self, text: &[u8], at: usize) -> Option<CellEnd> {
        let Some(&byte) = text.get(at) else {
            return Some(CellEnd::Text);
        };
        if byte == self.delimiter[0]
            && (self.delimiter.len() == 1 || text[at..].starts_with(&self.delimiter))
        {
            return Some(CellEnd::Delimiter);
        }
        let length = self.terminator(text, at);
        (length > 0).then_some(CellEnd::Terminator(at + length))
    }

    /// Rewrites the content of a cell without its quotes and escapes.
    fn unescape(&self, content: &str, quoted: bool, buffer: &mut String) {
        let quote = self
            .quote
            .as_deref()
            .and_then(|quote| std::str::from_utf8(quote).ok())
            .unwrap_or_default();
        let mut quoted = quoted;
        let mut rest = content;
        if let [mark] = *quote.as_bytes()
            && !self.backslash
        {
            // The common case: of two neighbouring quotes one stays, all others go.
            while let Some(at) = memchr::memchr(mark, rest.as_bytes()) {
                let after = &rest[at + 1..];
                let doubled = after.as_bytes().first() == Some(&mark);
                buffer.push_str(&rest[..at + usize::from(doubled)]);
                rest = &after[usize::from(doubled)..];
            }
            buffer.push_str(rest);
            return;
        }
        while !rest.is_empty() {
            if self.backslash
                && let Some(escaped) = rest.strip_prefix('\\')
            {
                let mut characters = escaped.chars();
                buffer.extend(characters.next());
                rest = characters.as_str();
            } else if !quote.is_empty()
                && let Some(after) = rest.strip_prefix(quote)
            {
                match after.strip_prefix(quote) {
                    Some(after_both) if !self.backslash => {
                        buffer.push_str(quote);
                        rest = after_both;
                    }
                    _ => {
                        quoted = !quoted;
                        rest = after;
                    }
                }
            } else {
                // An escape or a quote starts with one of these bytes; both are ASCII or start a character.
                let stop = |byte: u8| {
                    self.backslash && byte == b'\\' || quote.as_bytes().first() == Some(&byte)
                };
                let after_first = rest.chars().next().map_or(0, char::len_utf8);
                let end = rest.as_bytes()[after_first..]
                    .iter()
                    .position(|&byte| stop(byte))
                    .map_or(rest.len(), |at| after_first + at);
                let (plain, after) = rest.split_at(end);
                buffer.push_str(plain);
                rest = after;
            }
        }
    }

    /// Trims the ends that the dialect trims.
    fn trim<'a>(&self, text: &'a str) -> &'a str {
        let blank = |c: char| c.is_ascii() && is_blank(c as u8);
        let text = if self.trim_start {
            text.trim_start_matches(blank)
        } else {
            text
        };
        if self.trim_end {
            text.trim_end_matches(blank)
        } else {
            text
        }
    }
}

/// How a cell ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellEnd {
    Delimiter,
    /// The offset after the terminator.
    Terminator(usize),
    Text,
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Bytes of the UTF-8 character at `at`; where it is not whole, those that belong to it.
pub(super) fn character_length(text: &[u8], at: usize) -> usize {
    let length = match text.get(at) {
        None => return 0,
        Some(0xC0..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..) => 4,
        Some(_) => 1,
    };
    let rest = text.get(at + 1..).unwrap_or_default().iter();
    // What follows an incomplete character may be the end of a record.
    let further = rest
        .take(length - 1)
        .take_while(|&&byte| byte & 0xC0 == 0x80);
    1 + further.count()
}

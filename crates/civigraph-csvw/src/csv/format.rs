//! A dialect prepared for scanning bytes.

use super::{Dialect, Trim};

/// A [`Dialect`] as bytes, with the tables that scanning needs.
#[derive(Debug, Clone)]
pub struct CompiledDialect {
    pub(super) delimiter: Vec<u8>,
    /// `None` where cells are never quoted.
    pub(super) quote: Option<Vec<u8>>,
    /// A quote is escaped with a backslash instead of being doubled.
    pub(super) backslash: bool,
    /// Longest first.
    pub(super) terminators: Vec<Vec<u8>>,
    pub(super) comment: Option<Vec<u8>>,
    pub(super) skip_blank: bool,
    pub(super) trim_start: bool,
    pub(super) trim_end: bool,
    pub(super) skip_columns: usize,
    pub(super) newline: Newline,
    pub(super) stops: StopBytes,
    pub(super) lines: LineEnd,
    /// A physical line may end inside a cell that is not quoted.
    pub(super) bare_lines: bool,
}

/// How terminators are recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Newline {
    /// Line feed; a carriage return before it belongs to it.
    LfOrCrLf,
    /// One byte.
    Byte(u8),
    /// The strings in `terminators`.
    Strings,
}

/// Where a physical line ends, for places in diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnd {
    /// Line feed, with or without a carriage return.
    Lf,
    /// A carriage return too, which is how some old files write all their lines.
    CrOrLf,
}

/// The bytes at which scanning of unquoted text stops to look closer.
#[derive(Debug, Clone)]
pub(super) struct StopBytes {
    table: Box<[bool; 256]>,
    /// The same, where they are at most three.
    few: Option<(u8, u8, u8)>,
}

/// Bytes looked at one by one before a vector search is worth its start: most cells are short.
const SHORT: usize = 24;

impl StopBytes {
    fn new(bytes: &[u8]) -> Self {
        let mut table = Box::new([false; 256]);
        for &byte in bytes {
            table[usize::from(byte)] = true;
        }
        Self {
            table,
            few: match *bytes {
                [a, b, c] => Some((a, b, c)),
                [a, b] => Some((a, b, b)),
                [a] => Some((a, a, a)),
                _ => None,
            },
        }
    }

    /// Where the next stop is in `text` at or after `from`; the length of `text` where there is none.
    #[inline]
    pub(super) fn find(&self, text: &[u8], from: usize) -> usize {
        let rest = text.get(from..).unwrap_or_default();
        let stop = |&byte: &u8| self.table[usize::from(byte)];
        let (short, long) = rest.split_at(rest.len().min(SHORT));
        if let Some(at) = short.iter().position(stop) {
            return from + at;
        }
        match self.few {
            Some((a, b, c)) => memchr::memchr3(a, b, c, long),
            None => long.iter().position(stop),
        }
        .map_or(text.len(), |at| from + short.len() + at)
    }
}

impl CompiledDialect {
    /// Prepares a dialect. An empty delimiter or terminator list falls back to the default one.
    pub fn new(dialect: &Dialect) -> Self {
        let bytes = |text: &str| text.as_bytes().to_vec();
        let mut delimiter = bytes(&dialect.delimiter);
        if delimiter.is_empty() {
            delimiter.push(b',');
        }
        let quote = dialect
            .quote_char
            .as_deref()
            .filter(|quote| !quote.is_empty())
            .map(bytes);
        let mut terminators: Vec<Vec<u8>> = dialect
            .line_terminators
            .iter()
            .filter(|terminator| !terminator.is_empty())
            .map(|terminator| bytes(terminator))
            .collect();
        if terminators.is_empty() {
            terminators = vec![b"\r\n".to_vec(), b"\n".to_vec()];
        }
        terminators.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        terminators.dedup();

        let newline = match terminators.as_slice() {
            [crlf, lf] if crlf == b"\r\n" && lf == b"\n" => Newline::LfOrCrLf,
            [one] if one.len() == 1 => Newline::Byte(one[0]),
            _ => Newline::Strings,
        };
        let backslash = !dialect.double_quote && quote.is_some();
        let mut stops = vec![delimiter[0]];
        if let Some(quote) = &quote {
            stops.push(quote[0]);
        }
        if backslash {
            stops.push(b'\\');
        }
        match newline {
            Newline::LfOrCrLf => stops.push(b'\n'),
            Newline::Byte(byte) => stops.push(byte),
            Newline::Strings => stops.extend(terminators.iter().map(|terminator| terminator[0])),
        }
        stops.sort_unstable();
        stops.dedup();

        let lines = if terminators.iter().any(|terminator| terminator == b"\r") {
            LineEnd::CrOrLf
        } else {
            LineEnd::Lf
        };
        Self {
            delimiter,
            quote,
            backslash,
            terminators,
            comment: dialect
                .comment_prefix
                .as_deref()
                .filter(|prefix| !prefix.is_empty())
                .map(bytes),
            skip_blank: dialect.skip_blank_rows,
            trim_start: dialect.skip_initial_space
                || matches!(dialect.trim, Trim::Both | Trim::Start),
            trim_end: matches!(dialect.trim, Trim::Both | Trim::End),
            skip_columns: usize::try_from(dialect.skip_columns).unwrap_or(usize::MAX),
            newline,
            stops: StopBytes::new(&stops),
            bare_lines: !matches!(newline, Newline::LfOrCrLf | Newline::Byte(b'\n')),
            lines,
        }
    }

    /// Whether the records of a block can be found by counting quotes and line breaks alone.
    ///
    /// Returns the quote (or the line break once more where there is none) and the line break.
    pub(super) fn parity(&self) -> Option<(Option<u8>, u8)> {
        let end = match self.newline {
            Newline::LfOrCrLf => b'\n',
            Newline::Byte(byte) => byte,
            Newline::Strings => return None,
        };
        let quote = match self.quote.as_deref() {
            None => None,
            Some(&[quote]) if !self.backslash => Some(quote),
            Some(_) => return None,
        };
        // With these the number of a row depends on what is in the records before it.
        let countable = self.comment.is_none() && !self.skip_blank && self.lines == LineEnd::Lf;
        let clear = end == b'\n'
            && quote != Some(end)
            && !self.delimiter.contains(&end)
            && quote.is_none_or(|quote| !self.delimiter.contains(&quote));
        (countable && clear).then_some((quote, end))
    }

    /// Whether a carriage return ahead of a line feed is part of the terminator.
    pub(super) fn strips_return(&self) -> bool {
        self.newline == Newline::LfOrCrLf
    }

    /// A terminator after which a record starts or a quote is open, whatever is before it: where a table can be cut.
    ///
    /// It is made of control characters, and nothing else that means something overlaps with it. `None` where no
    /// terminator is like that.
    pub(super) fn cut(&self) -> Option<&[u8]> {
        let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let others = [
            Some(&self.delimiter),
            self.quote.as_ref(),
            self.comment.as_ref(),
        ];
        let fits = |cut: &[u8]| {
            let shares = |text: &[u8]| text.iter().any(|byte| cut.contains(byte));
            let distinct = cut
                .iter()
                .enumerate()
                .all(|(at, byte)| !cut[..at].contains(byte));
            let controls = cut.iter().all(|byte| byte.is_ascii_control());
            let alone = others
                .into_iter()
                .flatten()
                .all(|other| !shares(other) && !other.iter().any(is_break));
            // One that ends with it ends a record at the same place.
            let agree = self
                .terminators
                .iter()
                .all(|other| !shares(other.strip_suffix(cut).unwrap_or(other)));
            distinct && controls && alone && agree
        };
        let preferred: [&[u8]; 3] = [b"\n", b"\r\n", b"\r"];
        let declared = self.terminators.iter().map(Vec::as_slice);
        preferred
            .into_iter()
            .chain(declared)
            .filter(|&one| self.terminators.iter().any(|other| other == one))
            .find(|&one| fits(one))
    }

    /// Whether a table can be cut in front of `at`, where `text` is all that is needed to know: the bytes before it and
    /// one after it.
    pub(super) fn is_cut(&self, cut: &[u8], text: &[u8], at: usize) -> bool {
        let Some(before) = text.get(..at).and_then(|text| text.strip_suffix(cut)) else {
            return false;
        };
        // An escaped terminator ends nothing.
        let escaped = self.backslash && before.last() == Some(&b'\\');
        // A line break of two bytes stays whole.
        let within = cut.last() == Some(&b'\r') && text.get(at) == Some(&b'\n');
        !escaped && !within
    }

    /// Whether a comment starts at `at`.
    pub fn is_comment(&self, text: &[u8], at: usize) -> bool {
        self.comment
            .as_deref()
            .is_some_and(|prefix| text.get(at..).is_some_and(|rest| rest.starts_with(prefix)))
    }

    /// The length of the terminator at `at`, 0 where there is none.
    #[inline]
    pub(super) fn terminator(&self, text: &[u8], at: usize) -> usize {
        let Some(&byte) = text.get(at) else { return 0 };
        match self.newline {
            Newline::LfOrCrLf => {
                if byte == b'\n' {
                    1
                } else if byte == b'\r' && text.get(at + 1) == Some(&b'\n') {
                    2
                } else {
                    0
                }
            }
            Newline::Byte(end) => usize::from(byte == end),
            Newline::Strings => {
                let rest = &text[at..];
                self.terminators
                    .iter()
                    .find(|terminator| rest.starts_with(terminator))
                    .map_or(0, Vec::len)
            }
        }
    }

    /// The end of the text of a line that starts at `from`, quotes ignored, and the start of the next one.
    pub(super) fn line(&self, text: &[u8], from: usize) -> (usize, usize) {
        let mut at = from;
        while at < text.len() {
            let length = self.terminator(text, at);
            if length > 0 {
                return (at, at + length);
            }
            at += 1;
        }
        (text.len(), text.len())
    }

    /// How many physical line breaks there are in `text`.
    pub fn count_lines(&self, text: &[u8]) -> u64 {
        let feeds = memchr::memchr_iter(b'\n', text).count();
        let returns = match self.lines {
            LineEnd::Lf => 0,
            LineEnd::CrOrLf => memchr::memchr_iter(b'\r', text)
                .filter(|&at| text.get(at + 1) != Some(&b'\n'))
                .count(),
        };
        (feeds + returns) as u64
    }

    /// Where the physical line that holds `at` starts, if it starts in `text`.
    pub fn line_start(&self, text: &[u8], at: usize) -> Option<usize> {
        let before = text.get(..at).unwrap_or(text);
        match self.lines {
            LineEnd::Lf => memchr::memrchr(b'\n', before),
            LineEnd::CrOrLf => memchr::memrchr2(b'\r', b'\n', before),
        }
        .map(|end| end + 1)
    }

    /// Cells at the left of each record that are not part of the table.
    pub fn skip_columns(&self) -> usize {
        self.skip_columns
    }
}

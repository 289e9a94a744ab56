//! The data rows of a file in ranges of bytes, each of which is counted on its own.

use super::chunks::{RecordPosition, Split};
use super::count::{RangeCount, RecordPart, TextExtent};
use super::text::Coding;
use super::{CompiledDialect, Dialect, Preamble};
use crate::resource::Resource;
use serde::{Deserialize, Serialize};
use std::io::{self, Read};
use std::ops::Range;

/// Bytes in which the next place for a cut is looked for at a time.
const CUT_BLOCK: usize = 16 << 10;

/// Where the data rows of a file are, and whether they can be read from its middle.
///
/// Where a table starts is not known in the middle of it: a line break may be in a quoted cell, and the number of a row
/// follows from all rows before it. Two phases get around that. In the first, each range of bytes is
/// [counted](RangeCount) on its own, on any thread or machine, once as if a record started there and once as if a quote
/// were open. Sums over all counts give the [places](Self::splits) of the splits, which are converted on their own in
/// the second.
///
/// ```
/// use civigraph_csvw::csv::{Dialect, Extent, RangeCount, preamble};
/// use civigraph_csvw::resource::Resource;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let dialect = Dialect::default();
/// let resource = Resource::of_bytes("t.csv", *b"a,b\n1,\"x\ny\nz\"\n2,u\n3,v\n");
/// let preamble = preamble(&resource, &dialect).map_err(|problem| problem.message)?;
/// let extent = Extent::new(&resource, &dialect, &preamble)?;
/// let counts: Vec<_> = extent
///     .ranges(4)
///     .map(|range| RangeCount::new(&resource, &dialect, &extent, range))
///     .collect::<Result<_, _>>()?;
/// let starts: Vec<_> = extent
///     .splits(&counts)
///     .iter()
///     .map(|split| (split.start.row, split.start.line))
///     .collect();
/// assert_eq!(starts, [(1, 2), (2, 5), (3, 6)]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// Where the data rows start.
    pub data: RecordPosition,
    /// The bytes of the file that hold them.
    pub bytes: Range<u64>,
    /// Why they can be read in one pass only, from the start to the end; `None` where they can be read in ranges.
    pub sequential: Option<Sequential>,
    /// Columns at the left of each record that are not part of the table.
    pub(super) skip_columns: u64,
    /// Rows without content are none.
    pub(super) skip_blank: bool,
}

/// Why a table can be read in one pass only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sequential {
    /// A line feed of the encoding is not always one byte of its own.
    Encoding(String),
    /// No line terminator of the dialect ends a record wherever it is not in quotes.
    Terminators,
    /// What is before the data ends within a character.
    Preamble,
    /// The size of the file is not known.
    Size,
}

impl std::fmt::Display for Sequential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Encoding(name) => {
                write!(f, "{name} cannot be read from the middle of a file")
            }
            Self::Terminators => f.write_str(
                "no line terminator of the dialect is a control character that appears in nothing else",
            ),
            Self::Preamble => f.write_str("the header ends within a character of its encoding"),
            Self::Size => f.write_str("the size of the file is not known"),
        }
    }
}

impl Extent {
    /// Finds where the data rows of a file are, from what is before them.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn new(resource: &Resource, dialect: &Dialect, preamble: &Preamble) -> io::Result<Self> {
        let format = CompiledDialect::new(dialect);
        let mut input = resource.content.open()?;
        let coding = Coding::find(&mut *input, &dialect.encoding)?;
        let mut extent = Self {
            data: preamble.data,
            bytes: 0..resource.size().unwrap_or(u64::MAX),
            sequential: None,
            skip_columns: dialect.skip_columns,
            skip_blank: dialect.skip_blank_rows,
        };
        extent.sequential = if !coding.encoding.is_ascii_compatible() {
            Some(Sequential::Encoding(coding.encoding.name().to_owned()))
        } else if format.cut().is_none() {
            Some(Sequential::Terminators)
        } else if resource.size().is_none() {
            Some(Sequential::Size)
        } else {
            match coding.byte_of(resource, coding.mark, preamble.data.offset)? {
                Some(start) => {
                    extent.bytes.start = start.min(extent.bytes.end);
                    None
                }
                None => Some(Sequential::Preamble),
            }
        };
        Ok(extent)
    }

    /// Cuts the bytes into ranges of about the same size; one where the table is [sequential](Self::sequential).
    pub fn ranges(&self, count: u64) -> impl ExactSizeIterator<Item = Range<u64>> + use<> {
        let Range { start, end } = self.bytes;
        let count = match self.sequential {
            None => count.clamp(1, (end - start).max(1)),
            Some(_) => 1,
        };
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let cut = move |at: u32| {
            let ahead = u128::from(end - start) * u128::from(at) / u128::from(count);
            // No more than the whole.
            start + u64::try_from(ahead).unwrap_or(end - start)
        };
        (0..count).map(move |at| cut(at)..cut(at + 1))
    }

    /// The splits of a table whose ranges were counted: of all bytes, in order. Each holds the records that start in
    /// its range; a range without one has none. A [sequential](Self::sequential) table is one split.
    pub fn splits(&self, counts: &[RangeCount]) -> Vec<Split> {
        let mut at = self.data;
        if self.sequential.is_some() {
            return vec![Split {
                start: at,
                byte: None,
                end: u64::MAX,
            }];
        }
        let mut splits: Vec<Split> = Vec::new();
        // The record that an earlier range left open.
        let mut open: Option<RecordPart> = None;
        for count in counts {
            let guess = match open {
                Some(_) => &count.in_quotes,
                None => &count.at_record,
            };
            at.advance(guess.rest.length, guess.rest_span);
            let Some(first) = &guess.first else {
                open = open.map(|open| open.followed_by(guess.rest));
                continue;
            };
            if let Some(open) = open {
                at.record += 1;
                at.row += u64::from(self.is_row(open.followed_by(guess.rest)));
            }
            if let Some(before) = splits.last_mut() {
                before.end = at.offset;
            }
            if guess.records > 0 || guess.open.is_some() {
                splits.push(Split {
                    start: at,
                    byte: first.byte,
                    end: at.offset,
                });
            }
            at.advance(count.text - guess.rest.length, guess.span);
            at.record += guess.records;
            at.row += guess.rows;
            open = guess.open;
        }
        if let Some(last) = splits.last_mut() {
            last.end = at.offset;
        }
        splits
    }

    /// Whether a record is a row.
    pub(super) fn is_row(&self, record: RecordPart) -> bool {
        !self.skip_blank || record.is_long() || !record.is_blank(self.skip_columns)
    }

    /// The first place at or behind a byte at which the table can be cut.
    pub(super) fn cut(
        &self,
        resource: &Resource,
        format: &CompiledDialect,
        byte: u64,
    ) -> io::Result<u64> {
        let Range { start, end } = self.bytes;
        let Some(cut) = format.cut().filter(|_| byte > start) else {
            return Ok(if byte > start { end } else { start });
        };
        // What is before a cut has to be seen: the terminator, and what may escape it.
        let mut base = byte.saturating_sub(cut.len() as u64 + 1).max(start);
        let mut input = resource.content.range(base..end)?;
        let mut text = Vec::new();
        let mut at = usize::try_from(byte - base).unwrap_or(usize::MAX);
        loop {
            let read = (&mut input).take(CUT_BLOCK as u64).read_to_end(&mut text)?;
            // One byte after a cut has to be seen.
            while at < text.len() {
                if format.is_cut(cut, &text, at) {
                    return Ok(base + at as u64);
                }
                let rest = text.get(at..).unwrap_or_default();
                let last = cut.last().copied().unwrap_or(b'\n');
                at += memchr::memchr(last, rest).unwrap_or(rest.len()) + 1;
            }
            if read == 0 {
                return Ok(end);
            }
            let seen = text.len().min(at).saturating_sub(cut.len() + 1);
            text.drain(..seen);
            base += seen as u64;
            at -= seen;
        }
    }
}

impl RecordPosition {
    /// Goes on over text of a length.
    fn advance(&mut self, length: u64, span: TextExtent) {
        self.offset += length;
        self.line += span.lines;
        self.characters = match span.lines {
            0 => self.characters + span.characters,
            _ => span.characters,
        };
    }
}

//! Sorted strings with numbers: words, their stems and keys, and the IRIs of subjects.
//!
//! ```text
//! block 0 │ block 1 │ … │ start of each block, 8 bytes each │ count of strings │ start of starts
//! ```
//!
//! A block has up to 32 strings. Its first string is its length and its bytes; each other one is
//! the bytes that it shares with the one before, the length of the rest, and the rest. In a
//! dictionary with values, the length of a value and the value follow each string. All lengths are
//! numbers of variable length.

use crate::error::Result;
use crate::manifest::FileChecksums;
use crate::page::{PageFile, PageWriter, SpillFile};
use crate::similar::Similar;
use crate::varint::{put, take, take_bytes};
use std::path::Path;

/// The strings of a block.
const BLOCK: u64 = 32;

/// Writes strings in order.
pub struct DictionaryWriter {
    file: PageWriter,
    starts: SpillFile,
    strings: u64,
    last: Vec<u8>,
    entry: Vec<u8>,
}

impl DictionaryWriter {
    /// Creates a file of a folder.
    pub fn create(folder: &Path, name: &str) -> Result<Self> {
        Ok(Self {
            file: PageWriter::create(folder, name)?,
            starts: SpillFile::new(folder)?,
            strings: 0,
            last: Vec::new(),
            entry: Vec::new(),
        })
    }

    /// Adds a string that is greater than those before. Either all strings have a value or none.
    pub fn push(&mut self, string: &[u8], value: Option<&[u8]>) -> Result<()> {
        self.entry.clear();
        let mut rest = string;
        if self.strings.is_multiple_of(BLOCK) {
            self.starts.write(&self.file.position().to_le_bytes())?;
        } else {
            let shared = shared(&self.last, string);
            put(&mut self.entry, shared as u64);
            rest = string.get(shared..).unwrap_or_default();
        }
        for bytes in [Some(rest), value].into_iter().flatten() {
            put(&mut self.entry, bytes.len() as u64);
            self.entry.extend_from_slice(bytes);
        }
        self.file.write(&self.entry)?;
        self.last.clear();
        self.last.extend_from_slice(string);
        self.strings += 1;
        Ok(())
    }

    /// How many strings were added.
    pub fn len(&self) -> u64 {
        self.strings
    }

    /// Completes the file.
    pub fn finish(mut self) -> Result<FileChecksums> {
        let starts = self.file.position();
        let file = &mut self.file;
        self.starts.each::<8>(|start| file.write(&start))?;
        self.file.write(&self.strings.to_le_bytes())?;
        self.file.write(&starts.to_le_bytes())?;
        self.file.finish()
    }
}

/// How many bytes two strings share at their start.
fn shared(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// Strings that are looked up.
#[derive(Debug)]
pub struct Dictionary {
    file: PageFile,
    strings: u64,
    /// Where the starts of blocks are.
    starts: usize,
    values: bool,
}

impl Dictionary {
    /// Reads the end of a file that was written with or without values.
    pub fn open(file: PageFile, values: bool) -> Result<Self> {
        let ([strings, starts], footer) = file.footer()?;
        let starts = usize::try_from(starts).unwrap_or(usize::MAX);
        let length = strings.div_ceil(BLOCK).saturating_mul(8);
        if footer.checked_sub(starts).map(|length| length as u64) != Some(length) {
            return Err(file.damaged_at(footer));
        }
        Ok(Self {
            file,
            strings,
            starts,
            values,
        })
    }

    /// How many strings there are.
    pub fn len(&self) -> u64 {
        self.strings
    }

    /// The string with a number.
    pub fn string(&self, number: u64) -> Result<String> {
        let mut cursor = self.cursor(number / BLOCK);
        for _ in 0..=number % BLOCK {
            if cursor.next()?.is_none() {
                return Err(self.file.damaged_at(self.starts));
            }
        }
        let position = cursor.start;
        String::from_utf8(cursor.string).map_err(|_| self.file.damaged_at(position))
    }

    /// The number and the value of a string.
    pub fn find(&self, string: &[u8]) -> Result<Option<(u64, &[u8])>> {
        let cursor = self.at_least(string)?;
        Ok(cursor
            .number()
            .filter(|_| cursor.string == string)
            .map(|number| (number, cursor.value)))
    }

    /// The first string that is not less than this one.
    pub fn at_least(&self, string: &[u8]) -> Result<StringCursor<'_>> {
        let block = self.partition(0, |first| first <= string)?;
        let mut cursor = self.cursor(block.saturating_sub(1));
        while cursor.next()?.is_some() && cursor.string.as_slice() < string {}
        Ok(cursor)
    }

    /// Calls a function with the number and the value of each string that is similar.
    pub fn similar(
        &self,
        similar: &mut Similar,
        mut found: impl FnMut(u64, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut cursor = self.cursor(0);
        while let Some(shared) = cursor.next()? {
            similar.read(&cursor.string, shared);
            if similar.matches() {
                if let Some(number) = cursor.number() {
                    found(number, cursor.value)?;
                }
            } else if cursor.is_first() || cursor.left == 0 {
                // All that starts so is not similar either: go to the block where that ends.
                let Some(dead) = similar.dead().and_then(|end| cursor.string.get(..end)) else {
                    continue;
                };
                let next = cursor.block + 1;
                let block = self.partition(next, |first| first.starts_with(dead))?;
                if block > next {
                    cursor.jump(block - 1);
                }
            }
        }
        Ok(())
    }

    /// The first block from `from` on whose first string does not fulfil a condition, which those
    /// before it fulfil.
    fn partition(&self, from: u64, holds: impl Fn(&[u8]) -> bool) -> Result<u64> {
        let blocks = self.strings.div_ceil(BLOCK);
        // In steps that double: the place is often near.
        let (mut low, mut step) = (from, 1);
        let mut high = loop {
            let block = low + step - 1;
            if block >= blocks {
                break blocks;
            }
            if !holds(self.first(block)?) {
                break block;
            }
            low = block + 1;
            step *= 2;
        };
        while low < high {
            let middle = low + (high - low) / 2;
            if holds(self.first(middle)?) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// The first string of a block.
    fn first(&self, block: u64) -> Result<&[u8]> {
        let (start, mut bytes) = self.block(block)?;
        take(&mut bytes)
            .and_then(|length| take_bytes(&mut bytes, length))
            .ok_or_else(|| self.file.damaged_at(start))
    }

    /// Where a block starts, and its bytes.
    fn block(&self, block: u64) -> Result<(usize, &[u8])> {
        let start = self.start(block)?;
        let end = if block + 1 < self.strings.div_ceil(BLOCK) {
            self.start(block + 1)?
        } else {
            self.starts
        };
        Ok((start, self.file.bytes(start..end)?))
    }

    fn start(&self, block: u64) -> Result<usize> {
        let position = self
            .starts
            .saturating_add((block as usize).saturating_mul(8));
        match usize::try_from(u64::from_le_bytes(self.file.array(position)?)) {
            Ok(start) if start <= self.starts => Ok(start),
            _ => Err(self.file.damaged_at(position)),
        }
    }

    /// A cursor before the first string of a block.
    fn cursor(&self, block: u64) -> StringCursor<'_> {
        StringCursor {
            dictionary: self,
            next: block.saturating_mul(BLOCK),
            block,
            left: 0,
            start: self.starts,
            bytes: &[],
            string: Vec::new(),
            value: &[],
        }
    }
}

/// A place among the strings.
pub struct StringCursor<'a> {
    dictionary: &'a Dictionary,
    /// The number of the next string.
    next: u64,
    /// The block of the current string.
    block: u64,
    /// The strings of the block after the current one.
    left: u64,
    /// Where the block starts.
    start: usize,
    /// What is left of the block.
    bytes: &'a [u8],
    string: Vec<u8>,
    value: &'a [u8],
}

impl<'a> StringCursor<'a> {
    /// Goes to the next string and returns how many bytes it shares with the one before; `None`
    /// after the last string.
    pub fn next(&mut self) -> Result<Option<usize>> {
        if self.next >= self.dictionary.strings {
            self.next = u64::MAX;
            return Ok(None);
        }
        let is_first = self.left == 0;
        if is_first {
            self.block = self.next / BLOCK;
            (self.start, self.bytes) = self.dictionary.block(self.block)?;
            self.left = BLOCK.min(self.dictionary.strings - self.next);
        }
        match self.read(is_first) {
            Some(shared) => {
                self.left -= 1;
                self.next += 1;
                Ok(Some(shared))
            }
            None => Err(self.dictionary.file.damaged_at(self.start)),
        }
    }

    fn read(&mut self, is_first: bool) -> Option<usize> {
        let bytes = &mut self.bytes;
        let mut kept = 0;
        if !is_first {
            kept = usize::try_from(take(bytes)?).ok()?;
            if kept > self.string.len() {
                return None;
            }
        }
        let length = take(bytes)?;
        let rest = take_bytes(bytes, length)?;
        let mut common = kept;
        if is_first {
            common = shared(&self.string, rest);
        }
        self.string.truncate(kept);
        self.string.extend_from_slice(rest);
        if self.dictionary.values {
            let length = take(bytes)?;
            self.value = take_bytes(bytes, length)?;
        }
        Some(common)
    }

    /// Goes before the first string of a block. The next string is compared with the current one.
    fn jump(&mut self, block: u64) {
        self.next = block.saturating_mul(BLOCK);
        self.left = 0;
    }

    /// Whether the current string is the first one of its block.
    fn is_first(&self) -> bool {
        self.next % BLOCK == 1
    }

    /// The number of the current string; `None` before the first and after the last one.
    pub fn number(&self) -> Option<u64> {
        (self.next != u64::MAX)
            .then(|| self.next.checked_sub(1))
            .flatten()
    }

    /// The current string.
    pub fn string(&self) -> &[u8] {
        &self.string
    }

    /// The value of the current string.
    pub fn value(&self) -> &'a [u8] {
        self.value
    }
}

//! One pass over the bytes of a file: marks of an unresolved merge, and bytes that are not UTF-8.

use super::Dialect;
use crate::resource::{Resource, ResourceContent};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes that are looked at together.
const BLOCK: usize = 1 << 20;

/// What one pass over the bytes of a file finds.
pub(super) struct ByteScan {
    quote: Option<u8>,
    pub(super) line: u64,
    /// Quotes so far: an odd number means that a quoted cell is open.
    quotes: u64,
    /// Where a conflict may begin: its line, the quotes before it, and whether its middle was seen.
    open: Option<(u64, u64, bool)>,
    /// The line of the first conflict.
    pub(super) conflict: Option<u64>,
    /// Words with letters beyond ASCII that are UTF-8, and such that are not.
    pub(super) wide: u64,
    pub(super) malformed: u64,
    pub(super) first_wide: u64,
    pub(super) first_malformed: u64,
}

impl ByteScan {
    pub(super) fn new(dialect: &Dialect) -> Self {
        let quote = dialect.quote_char.as_deref().map(str::as_bytes);
        Self {
            quote: quote.and_then(|quote| quote.first().copied()),
            line: 1,
            quotes: 0,
            open: None,
            conflict: None,
            wide: 0,
            malformed: 0,
            first_wide: 1,
            first_malformed: 1,
        }
    }

    pub(super) fn run(&mut self, resource: &Resource) -> io::Result<()> {
        match &resource.content {
            ResourceContent::Bytes(bytes) => self.block(bytes),
            content => {
                let path = content.path().unwrap_or(Path::new(""));
                let mut file = File::open(path)?;
                let mut block = Vec::with_capacity(BLOCK);
                loop {
                    let read = (&mut file).take(BLOCK as u64).read_to_end(&mut block)?;
                    // Whole lines, unless one is longer than any.
                    let end = match memchr::memrchr(b'\n', &block) {
                        _ if read == 0 => block.len(),
                        Some(end) => end + 1,
                        None if block.len() > 64 * BLOCK => block.len(),
                        None => continue,
                    };
                    self.block(block.get(..end).unwrap_or_default());
                    block.drain(..end);
                    if read == 0 || self.conflict.is_some() {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// Looks at whole lines.
    fn block(&mut self, block: &[u8]) {
        self.marks(block);
        if !block.is_ascii() {
            self.words(block);
        }
        self.line += memchr::memchr_iter(b'\n', block).count() as u64;
    }

    fn marks(&mut self, block: &[u8]) {
        if self.open.is_none() && memchr::memmem::find(block, b"<<<<<<<").is_none() {
            self.quotes += self.count_quotes(block);
            return;
        }
        for (line, text) in (self.line..).zip(block.split_inclusive(|&byte| byte == b'\n')) {
            let bare = text.trim_ascii_end();
            if text.starts_with(b"<<<<<<<") && !bare.starts_with(b"<<<<<<<<") {
                self.open = Some((line, self.quotes, false));
            } else if bare == b"=======" {
                if let Some((_, _, middle)) = &mut self.open {
                    *middle = true;
                }
            } else if text.starts_with(b">>>>>>>")
                && let Some((start, quotes, true)) = self.open
            {
                // All of it in one quoted cell is a text about merges.
                let quoted = quotes % 2 == 1 && quotes == self.quotes;
                if !quoted {
                    self.conflict.get_or_insert(start);
                }
                self.open = None;
            }
            self.quotes += self.count_quotes(text);
        }
    }

    fn count_quotes(&self, text: &[u8]) -> u64 {
        self.quote
            .map_or(0, |quote| memchr::memchr_iter(quote, text).count() as u64)
    }

    /// Counts runs of bytes beyond ASCII.
    fn words(&mut self, block: &[u8]) {
        for (line, text) in (self.line..).zip(block.split_inclusive(|&byte| byte == b'\n')) {
            if !text.is_ascii() {
                let runs = text.split(u8::is_ascii).filter(|run| !run.is_empty());
                for run in runs {
                    let (count, first) = match std::str::from_utf8(run) {
                        Ok(_) => (&mut self.wide, &mut self.first_wide),
                        Err(_) => (&mut self.malformed, &mut self.first_malformed),
                    };
                    if *count == 0 {
                        *first = line;
                    }
                    *count += 1;
                }
            }
        }
    }
}

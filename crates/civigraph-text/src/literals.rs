//! The texts, as they are in the graph.
//!
//! ```text
//! block 0 │ block 1 │ … │ first document (4 bytes), length (4) and start (8) of each │ count │ start of table
//! ```
//!
//! A block has texts of about 16 KiB, or one that is longer, compressed by zstd. A text is its
//! length and its bytes.

use crate::error::{Error, ErrorKind, Result};
use crate::manifest::FileChecksums;
use crate::page::{PageFile, PageWriter, SpillFile};
use crate::varint::{put, take, take_bytes};
use std::io;
use std::path::Path;
use zstd::bulk::{Compressor, Decompressor};

/// The bytes after which a block ends.
const BLOCK: usize = 1 << 14;

/// Fast, and labels are short.
const LEVEL: i32 = 3;

/// Bytes of a block's entry in the table.
const ENTRY: usize = 16;

/// Writes texts in the order of documents.
pub struct LiteralsWriter {
    file: PageWriter,
    table: SpillFile,
    compressor: Compressor<'static>,
    blocks: u64,
    /// The document that comes next.
    next: u32,
    /// The first document of the block.
    first: u32,
    block: Vec<u8>,
    compressed: Vec<u8>,
}

impl LiteralsWriter {
    /// Creates a file of a folder.
    pub fn create(folder: &Path, name: &str) -> Result<Self> {
        let file = PageWriter::create(folder, name)?;
        let compressor =
            Compressor::new(LEVEL).map_err(|e| Error::io(file.path(), "compress texts", &e))?;
        Ok(Self {
            file,
            table: SpillFile::new(folder)?,
            compressor,
            blocks: 0,
            next: 0,
            first: 0,
            block: Vec::new(),
            compressed: Vec::new(),
        })
    }

    /// Adds the text of the next document.
    pub fn push(&mut self, text: &str) -> Result<()> {
        put(&mut self.block, text.len() as u64);
        self.block.extend_from_slice(text.as_bytes());
        self.next = self.next.saturating_add(1);
        if self.block.len() >= BLOCK {
            self.end_block()?;
        }
        Ok(())
    }

    fn end_block(&mut self) -> Result<()> {
        let length = u32::try_from(self.block.len()).map_err(|_| {
            Error::new(
                ErrorKind::Write,
                self.file.path(),
                "a text of 4 GiB or more",
            )
        })?;
        self.compressed.clear();
        self.compressed
            .reserve(zstd::zstd_safe::compress_bound(self.block.len()));
        self.compressor
            .compress_to_buffer(&self.block, &mut self.compressed)
            .map_err(|e| Error::io(self.file.path(), "compress texts", &e))?;
        self.table.write(&self.first.to_le_bytes())?;
        self.table.write(&length.to_le_bytes())?;
        self.table.write(&self.file.position().to_le_bytes())?;
        self.file.write(&self.compressed)?;
        self.blocks += 1;
        self.first = self.next;
        self.block.clear();
        Ok(())
    }

    /// Completes the file.
    pub fn finish(mut self) -> Result<FileChecksums> {
        if !self.block.is_empty() {
            self.end_block()?;
        }
        let end = self.file.position();
        let file = &mut self.file;
        self.table.each::<ENTRY>(|entry| file.write(&entry))?;
        self.file.write(&self.blocks.to_le_bytes())?;
        self.file.write(&end.to_le_bytes())?;
        self.file.finish()
    }
}

/// Texts that are read.
#[derive(Debug)]
pub struct Literals {
    file: PageFile,
    blocks: u64,
    table: usize,
}

/// A block in the table.
#[derive(Clone, Copy)]
struct BlockEntry {
    first: u32,
    length: u32,
    start: u64,
}

impl Literals {
    /// Reads the end of a file.
    pub fn open(file: PageFile) -> Result<Self> {
        let ([blocks, table], footer) = file.footer()?;
        let table = usize::try_from(table).unwrap_or(usize::MAX);
        let length = blocks.saturating_mul(ENTRY as u64);
        if footer.checked_sub(table).map(|length| length as u64) != Some(length) {
            return Err(file.damaged_at(footer));
        }
        Ok(Self {
            file,
            blocks,
            table,
        })
    }

    /// Starts to read texts.
    pub fn reader(&self) -> Result<LiteralReader<'_>> {
        let decompressor = Decompressor::new().map_err(|e| self.failed(&e))?;
        Ok(LiteralReader {
            literals: self,
            decompressor,
            first: 0,
            next: 0,
            block: Vec::new(),
            at: 0,
        })
    }

    fn failed(&self, error: &io::Error) -> Error {
        Error::io(self.file.path(), "decompress texts", error)
    }

    fn entry(&self, block: u64) -> Result<BlockEntry> {
        let [a, b, c, d, e, f, g, h, start @ ..] = self
            .file
            .array::<ENTRY>(self.table + (block as usize).saturating_mul(ENTRY))?;
        Ok(BlockEntry {
            first: u32::from_le_bytes([a, b, c, d]),
            length: u32::from_le_bytes([e, f, g, h]),
            start: u64::from_le_bytes(start),
        })
    }

    /// The block of a document, and where it ends.
    fn block_of(&self, doc: u32) -> Result<(BlockEntry, u64)> {
        let (mut low, mut high) = (0, self.blocks);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.entry(middle)?.first <= doc {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let Some(block) = low.checked_sub(1) else {
            return Err(self.file.damaged_at(self.table));
        };
        let end = if low < self.blocks {
            self.entry(low)?.start
        } else {
            self.table as u64
        };
        Ok((self.entry(block)?, end))
    }
}

/// Reads texts; those of documents in order are read the fastest.
pub struct LiteralReader<'a> {
    literals: &'a Literals,
    decompressor: Decompressor<'static>,
    /// The first document of the block.
    first: u32,
    /// The document whose text comes next in the block.
    next: u32,
    block: Vec<u8>,
    /// Where that text is.
    at: usize,
}

impl LiteralReader<'_> {
    /// The text of a document.
    pub fn text(&mut self, doc: u32) -> Result<String> {
        if doc >= self.first
            && let Some(text) = self.in_block(doc)
        {
            return Ok(text);
        }
        let (entry, end) = self.literals.block_of(doc)?;
        let file = &self.literals.file;
        let place = usize::try_from(entry.start).unwrap_or(usize::MAX);
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        let length = entry.length as usize;
        self.block.clear();
        self.block
            .try_reserve(length)
            .map_err(|_| file.damaged_at(place))?;
        self.decompressor
            .decompress_to_buffer(file.bytes(place..end)?, &mut self.block)
            .map_err(|_| file.damaged_at(place))?;
        (self.first, self.next, self.at) = (entry.first, entry.first, 0);
        self.in_block(doc).ok_or_else(|| file.damaged_at(place))
    }

    /// The text of a document, if it is in the block.
    fn in_block(&mut self, doc: u32) -> Option<String> {
        if doc < self.next {
            (self.next, self.at) = (self.first, 0);
        }
        loop {
            let mut bytes = self.block.get(self.at..)?;
            let length = take(&mut bytes)?;
            let text = take_bytes(&mut bytes, length)?;
            self.at = self.block.len() - bytes.len();
            self.next = self.next.checked_add(1)?;
            if self.next > doc {
                return Some(std::str::from_utf8(text).ok()?.to_owned());
            }
        }
    }
}

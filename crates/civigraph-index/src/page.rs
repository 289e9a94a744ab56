//! Files of checked pages: what is read is what was written, or an error.
//!
//! ```text
//! ┌──────────────── data ────────────────┬──────────── checksums ───────────┐
//! │ page 0 │ page 1 │ … │ last, shorter  │ CRC-32 of page 0, of page 1, …   │
//! └──────────────────────────────────────┴──────────────────────────────────┘
//! ```
//!
//! A page is 64 KiB. The header of the index has the length of the data and the checksum of the checksums,
//! which opening compares: 4 bytes for each 64 KiB. A page is compared with its checksum when it is first
//! read, once for each opened index. CRC-32 finds every damage of up to 32 bits in a row, and all but one in
//! four billion of the others.

use crate::error::{Error, Result};
use memmap2::Mmap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of a page.
pub(crate) const PAGE: usize = 1 << 16;

/// What the header keeps about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct FileFacts {
    /// Bytes of data.
    pub(crate) data: u64,
    /// Where the second part of the data starts: skips, or offsets.
    pub(crate) second: u64,
    /// Checksum of the checksums.
    pub(crate) checksum: u32,
}

/// Writes a file and its checksums.
pub(crate) struct PageWriter {
    out: BufWriter<File>,
    path: PathBuf,
    page: crc32fast::Hasher,
    in_page: usize,
    checksums: Vec<u8>,
    written: u64,
}

impl PageWriter {
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).map_err(|e| Error::io(path, "create the file", e))?;
        Ok(Self {
            out: BufWriter::with_capacity(1 << 18, file),
            path: path.to_owned(),
            page: crc32fast::Hasher::new(),
            in_page: 0,
            checksums: Vec::new(),
            written: 0,
        })
    }

    /// Bytes written so far.
    pub(crate) fn position(&self) -> u64 {
        self.written
    }

    pub(crate) fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.out
            .write_all(bytes)
            .map_err(|e| Error::io(&self.path, "write", e))?;
        self.written += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, rest) = bytes.split_at(bytes.len().min(PAGE - self.in_page));
            self.page.update(now);
            self.in_page += now.len();
            if self.in_page == PAGE {
                self.end_page();
            }
            bytes = rest;
        }
        Ok(())
    }

    fn end_page(&mut self) {
        let page = std::mem::take(&mut self.page);
        self.checksums
            .extend_from_slice(&page.finalize().to_le_bytes());
        self.in_page = 0;
    }

    /// Ends the data and writes the checksums.
    pub(crate) fn finish(mut self, second: u64) -> Result<FileFacts> {
        if self.in_page > 0 {
            self.end_page();
        }
        self.out
            .write_all(&self.checksums)
            .and_then(|()| self.out.flush())
            .map_err(|e| Error::io(&self.path, "write", e))?;
        Ok(FileFacts {
            data: self.written,
            second,
            checksum: crc32fast::hash(&self.checksums),
        })
    }
}

/// A mapped file whose pages are checked as they are read.
#[derive(Debug)]
pub(crate) struct PageFile {
    path: PathBuf,
    map: Option<Mmap>,
    data: usize,
    /// A bit for each page that was compared with its checksum.
    checked: Vec<AtomicU64>,
}

impl PageFile {
    /// Maps a file and compares its length and its checksums with the header.
    pub(crate) fn open(path: PathBuf, facts: &FileFacts) -> Result<Self> {
        let file = File::open(&path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => Error::damaged(&path, "the file is missing"),
            _ => Error::io(&path, "open the file", e),
        })?;
        let length = file
            .metadata()
            .map_err(|e| Error::io(&path, "look at the file", e))?
            .len();
        let pages = facts.data.div_ceil(PAGE as u64);
        let expected = facts.data.checked_add(pages * 4);
        if expected != Some(length) {
            return Err(Error::damaged(
                &path,
                format!("the file has {length} bytes, {} were written", {
                    expected.unwrap_or(u64::MAX)
                }),
            ));
        }
        let (Ok(data), Ok(pages)) = (usize::try_from(facts.data), usize::try_from(pages)) else {
            return Err(Error::damaged(&path, "the file is too large to be mapped"));
        };
        let map = if length == 0 {
            None
        } else {
            Some(map(&file).map_err(|e| Error::io(&path, "map the file", e))?)
        };
        let opened = Self {
            path,
            map,
            data,
            checked: (0..pages.div_ceil(64)).map(|_| AtomicU64::new(0)).collect(),
        };
        let checksums = opened.all().get(data..).unwrap_or_default();
        if crc32fast::hash(checksums) != facts.checksum {
            return Err(Error::damaged(
                &opened.path,
                "the checksums at the end of the file are damaged",
            ));
        }
        Ok(opened)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of data.
    pub(crate) fn len(&self) -> usize {
        self.data
    }

    fn all(&self) -> &[u8] {
        self.map.as_deref().unwrap_or_default()
    }

    /// The bytes of a range, each page of which has the checksum that was written.
    #[inline]
    pub(crate) fn bytes(&self, range: Range<usize>) -> Result<&[u8]> {
        if range.end > self.data || range.start > range.end {
            return Err(self.outside());
        }
        let (first, last) = (range.start / PAGE, range.end.saturating_sub(1) / PAGE);
        for page in first..=last {
            let known = self
                .checked
                .get(page / 64)
                .is_some_and(|bits| bits.load(Ordering::Relaxed) & (1 << (page % 64)) != 0);
            if !known && self.data > 0 {
                self.check(page)?;
            }
        }
        self.all().get(range).ok_or_else(|| self.outside())
    }

    #[cold]
    fn outside(&self) -> Error {
        Error::damaged(&self.path, "a position lies outside the file")
    }

    /// An error about a place in the file.
    #[cold]
    pub(crate) fn damaged_at(&self, position: usize) -> Error {
        Error::damaged(&self.path, format!("byte {position} is damaged"))
    }

    #[cold]
    fn check(&self, page: usize) -> Result<()> {
        let bytes = self.all();
        let data = bytes
            .get(page * PAGE..((page + 1) * PAGE).min(self.data))
            .ok_or_else(|| self.outside())?;
        let at = self.data + page * 4;
        let expected = bytes
            .get(at..at + 4)
            .and_then(|bytes| bytes.try_into().ok())
            .map(u32::from_le_bytes);
        if expected != Some(crc32fast::hash(data)) {
            return Err(Error::damaged(
                &self.path,
                format!(
                    "page {page} (from byte {}) does not have the checksum that was written",
                    page * PAGE
                ),
            ));
        }
        if let Some(bits) = self.checked.get(page / 64) {
            bits.fetch_or(1 << (page % 64), Ordering::Relaxed);
        }
        Ok(())
    }

    /// Compares every page with its checksum.
    pub(crate) fn check_all(&self) -> Result<()> {
        (0..self.data.div_ceil(PAGE)).try_for_each(|page| self.check(page))
    }
}

/// Maps a file for reading: the one `unsafe` of this crate.
///
/// Mapping is unsafe because the bytes of the slice change when somebody writes to the file, and because
/// reading past the end of a file that was truncated after it was mapped ends the process (SIGBUS). An index is
/// never written to again once it has its header: its writer makes it in a folder of its own, readers
/// compare every length with the header before they map, and a file that is deleted or replaced by a rename
/// stays readable through the mapping. Somebody who overwrites bytes in place while a reader has them mapped can
/// make it read other bytes than those that were checked; every decoder is safe code with checked bounds, so
/// that gives wrong terms or an error and never undefined behaviour of its own. Somebody who truncates a mapped file
/// ends the processes that read beyond the cut, as does a disk that fails to read a page; a service that must survive that
/// reads in worker processes.
#[allow(unsafe_code)]
fn map(file: &File) -> std::io::Result<Mmap> {
    // SAFETY: see above; bytes are read as plain `u8`, for which every value is valid.
    unsafe { Mmap::map(file) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let bytes: Vec<u8> = (0..PAGE * 2 + 100).map(|i| (i % 251) as u8).collect();
        let mut writer = PageWriter::create(&path).unwrap();
        for piece in bytes.chunks(1000) {
            writer.write(piece).unwrap();
        }
        let facts = writer.finish(0).unwrap();
        let file = PageFile::open(path.clone(), &facts).unwrap();
        assert_eq!(file.bytes(0..bytes.len()).unwrap(), bytes);
        assert!(file.bytes(0..bytes.len() + 1).is_err());
        let written = std::fs::read(&path).unwrap();
        for at in [
            0,
            PAGE - 1,
            PAGE,
            bytes.len() - 1,
            bytes.len(),
            written.len() - 1,
        ] {
            let mut damaged = written.clone();
            damaged[at] ^= 4;
            std::fs::write(&path, &damaged).unwrap();
            let read = PageFile::open(path.clone(), &facts)
                .and_then(|file| file.bytes(0..bytes.len()).map(drop));
            assert!(read.is_err(), "byte {at}");
        }
        std::fs::write(&path, &written[..written.len() - 1]).unwrap();
        assert!(PageFile::open(path, &facts).is_err());
    }
}

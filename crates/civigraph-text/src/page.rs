//! Files of checked pages: what is read is what was written, or an error.
//!
//! A page is 64 KiB. The manifest has the CRC-32 of every page; a page is compared with it when it
//! is first read, once for each opened index.

use crate::error::{Error, Result};
use crate::manifest::{FileChecksums, IndexManifest, PAGE};
use memmap2::Mmap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Writes a file and computes the checksums of its pages.
pub struct PageWriter {
    out: BufWriter<File>,
    path: PathBuf,
    page: crc32fast::Hasher,
    in_page: usize,
    pages: Vec<u32>,
    written: u64,
}

impl PageWriter {
    /// Creates a file of a folder.
    pub fn create(folder: &Path, name: &str) -> Result<Self> {
        let path = folder.join(name);
        let file = File::create_new(&path).map_err(|e| Error::io(&path, "create the file", &e))?;
        Ok(Self {
            out: BufWriter::with_capacity(1 << 17, file),
            path,
            page: crc32fast::Hasher::new(),
            in_page: 0,
            pages: Vec::new(),
            written: 0,
        })
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes written so far.
    pub fn position(&self) -> u64 {
        self.written
    }

    /// Appends bytes.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.out
            .write_all(bytes)
            .map_err(|e| Error::io(&self.path, "write", &e))?;
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
        self.pages.push(page.finalize());
        self.in_page = 0;
    }

    /// Ends the file, makes it durable and returns what the manifest says about it.
    pub fn finish(mut self) -> Result<FileChecksums> {
        if self.in_page > 0 {
            self.end_page();
        }
        self.out
            .flush()
            .and_then(|()| self.out.get_ref().sync_all())
            .map_err(|e| Error::io(&self.path, "write", &e))?;
        Ok(FileChecksums {
            length: self.written,
            pages: self.pages,
        })
    }
}

/// Bytes that are collected in an unnamed temporary file while another one is written.
pub struct SpillFile {
    out: BufWriter<File>,
    folder: PathBuf,
}

impl SpillFile {
    /// An empty file beside the index.
    pub fn new(folder: &Path) -> Result<Self> {
        let file = tempfile::tempfile_in(folder)
            .map_err(|e| Error::io(folder, "create a temporary file", &e))?;
        Ok(Self {
            out: BufWriter::new(file),
            folder: folder.to_owned(),
        })
    }

    /// Appends bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.out
            .write_all(bytes)
            .map_err(|e| Error::io(&self.folder, "write a temporary file", &e))
    }

    /// Reads the bytes from the start, `N` at a time.
    pub fn each<const N: usize>(
        &mut self,
        mut take: impl FnMut([u8; N]) -> Result<()>,
    ) -> Result<()> {
        let failed = |e: &io::Error| Error::io(&self.folder, "read a temporary file", e);
        self.out
            .flush()
            .and_then(|()| self.out.get_ref().rewind())
            .map_err(|e| failed(&e))?;
        let mut input = BufReader::with_capacity(1 << 16, self.out.get_ref());
        let mut bytes = [0; N];
        loop {
            match input.read_exact(&mut bytes) {
                Ok(()) => take(bytes)?,
                Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
                Err(e) => return Err(failed(&e)),
            }
        }
    }
}

/// A mapped file whose pages are checked when they are first read.
#[derive(Debug)]
pub struct PageFile {
    path: PathBuf,
    map: Mmap,
    pages: Vec<u32>,
    /// A bit for each page that was compared with its checksum.
    checked: Vec<AtomicU64>,
}

impl PageFile {
    /// Maps a file of the manifest.
    pub fn open(folder: &Path, manifest: &IndexManifest, name: &str) -> Result<Self> {
        let path = folder.join(name);
        let entry = manifest
            .files
            .get(name)
            .ok_or_else(|| Error::damaged(&path, "the manifest does not list the file"))?;
        let file = File::open(&path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => Error::damaged(&path, "the file is missing"),
            _ => Error::io(&path, "open the file", &e),
        })?;
        let map = map(&file).map_err(|e| Error::io(&path, "map the file", &e))?;
        // The length is checked again: this is the mapping that will be read.
        if map.len() as u64 != entry.length {
            return Err(Error::damaged(
                &path,
                format!("{} bytes, {} expected", map.len(), entry.length),
            ));
        }
        Ok(Self {
            path,
            map,
            checked: (0..entry.pages.len().div_ceil(64))
                .map(|_| AtomicU64::new(0))
                .collect(),
            pages: entry.pages.clone(),
        })
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes in the file.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// The bytes of a range, each page of which has the checksum that was written.
    #[inline]
    pub fn bytes(&self, range: Range<usize>) -> Result<&[u8]> {
        if range.is_empty() {
            return if range.start == range.end {
                Ok(&[])
            } else {
                Err(self.damaged_at(range.start))
            };
        }
        for page in range.start / PAGE..=(range.end - 1) / PAGE {
            let known = self
                .checked
                .get(page / 64)
                .is_some_and(|bits| bits.load(Ordering::Relaxed) >> (page % 64) & 1 == 1);
            if !known {
                self.check(page)?;
            }
        }
        self.map
            .get(range.clone())
            .ok_or_else(|| self.damaged_at(range.start))
    }

    /// The `N` bytes at a position.
    #[inline]
    pub fn array<const N: usize>(&self, position: usize) -> Result<[u8; N]> {
        let end = position.saturating_add(N);
        self.bytes(position..end)?
            .try_into()
            .map_err(|_| self.damaged_at(position))
    }

    /// The `N` numbers of 8 bytes at the end of the file, and where they start.
    pub fn footer<const N: usize>(&self) -> Result<([u64; N], usize)> {
        let start = self
            .len()
            .checked_sub(8 * N)
            .ok_or_else(|| Error::damaged(&self.path, "the file is too short"))?;
        let mut numbers = [0; N];
        for (at, number) in numbers.iter_mut().enumerate() {
            *number = u64::from_le_bytes(self.array(start + 8 * at)?);
        }
        Ok((numbers, start))
    }

    /// An error about a place in the file.
    #[cold]
    pub fn damaged_at(&self, position: usize) -> Error {
        Error::damaged(
            &self.path,
            format!("the file is damaged at byte {position}"),
        )
    }

    #[cold]
    fn check(&self, page: usize) -> Result<()> {
        let start = page.saturating_mul(PAGE);
        let end = start.saturating_add(PAGE).min(self.map.len());
        let (Some(bytes), Some(expected)) = (self.map.get(start..end), self.pages.get(page)) else {
            return Err(self.damaged_at(start));
        };
        if crc32fast::hash(bytes) != *expected {
            return Err(Error::damaged(
                &self.path,
                format!(
                    "page {page} (from byte {start}) does not have the checksum that was written"
                ),
            ));
        }
        if let Some(bits) = self.checked.get(page / 64) {
            bits.fetch_or(1 << (page % 64), Ordering::Relaxed);
        }
        Ok(())
    }

    /// Compares every page with its checksum.
    pub fn check_all(&self) -> Result<()> {
        (0..self.pages.len()).try_for_each(|page| self.check(page))
    }
}

/// Maps a file for reading: the one `unsafe` of this crate.
///
/// Mapping is unsafe because the bytes of the slice change when somebody writes to the file, and
/// because reading past the end of a file that was truncated after it was mapped ends the process
/// (SIGBUS). An index is never written to again once it has its manifest: its writer makes it in a
/// folder of its own, and a file that is deleted or replaced by a rename stays readable through the
/// mapping. Somebody who overwrites bytes in place while a reader has them mapped can make it read
/// other bytes than those that were checked; every decoder is safe code with checked bounds, so
/// that gives wrong texts or an error and never undefined behaviour of its own. Somebody who
/// truncates a mapped file ends the processes that read beyond the cut, as does a disk that fails
/// to read a page.
#[allow(unsafe_code)]
fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: see above; bytes are read as plain `u8`, for which every value is valid.
    unsafe { Mmap::map(file) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::fs;

    #[test]
    fn a_page_is_checked_before_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = PageWriter::create(folder.path(), "file").unwrap();
        let bytes: Vec<u8> = (0..PAGE + 100).map(|at| (at % 251) as u8).collect();
        bytes
            .chunks(1_000)
            .for_each(|some| writer.write(some).unwrap());
        let manifest = IndexManifest {
            documents: 0,
            files: BTreeMap::from([("file".to_owned(), writer.finish().unwrap())]),
        };
        let open = || PageFile::open(folder.path(), &manifest, "file").unwrap();
        let file = open();
        assert_eq!(
            file.bytes(PAGE - 3..PAGE + 3).unwrap(),
            &bytes[PAGE - 3..PAGE + 3]
        );
        assert_eq!(file.footer::<4>().unwrap().1, PAGE + 68);
        assert!(file.bytes(PAGE..PAGE + 101).is_err());
        assert!(file.bytes(usize::MAX - 1..usize::MAX).is_err());
        let mut damaged = bytes.clone();
        damaged[PAGE + 7] ^= 1;
        fs::write(folder.path().join("file"), damaged).unwrap();
        let file = open();
        assert_eq!(file.bytes(0..PAGE).unwrap(), &bytes[..PAGE]);
        let error = file.bytes(PAGE..PAGE + 1).unwrap_err().to_string();
        assert!(error.contains("page 1 (from byte 65536)"), "{error}");
        assert!(file.check_all().is_err());
    }

    #[test]
    fn a_side_file_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut side = SpillFile::new(folder.path()).unwrap();
        (0..10_000_u32).for_each(|number| side.write(&number.to_le_bytes()).unwrap());
        for _ in 0..2 {
            let mut next = 0;
            side.each(|bytes| {
                assert_eq!(u32::from_le_bytes(bytes), next);
                next += 1;
                Ok(())
            })
            .unwrap();
            assert_eq!(next, 10_000);
        }
    }
}

//! The header of an index: its version, and what its files must be.
//!
//! ```text
//! magic "CIVIGIDX" │ version u32 │ first id of each kind of term, and their number: 9 × u32
//! │ 13 files, in the order of FILES: entries u64, data u64, second part u64, checksum u32
//! │ CRC-32 of all before
//! ```
//!
//! All numbers are little-endian. The header is written last, so a folder without one holds no index.

use crate::dictionary::Kinds;
use crate::error::{Error, ErrorKind, Result};
use crate::page::FileFacts;
use std::fs::{self, File};
use std::io::{ErrorKind as IoErrorKind, Read};
use std::path::{Path, PathBuf};

/// The version of the format. Another one is built anew.
pub const FORMAT_VERSION: u32 = 2;

/// The name of the header's file.
pub(crate) const HEADER: &str = "header";

/// No header has as many bytes.
const MOST_BYTES: u64 = 1 << 12;

const MAGIC: &[u8; 8] = b"CIVIGIDX";

/// The files beside the header.
pub(crate) const FILES: [&str; 13] = [
    "terms",
    "triple-terms",
    "spo",
    "pos",
    "osp",
    "spo-counts",
    "spog",
    "posg",
    "ospg",
    "gspo",
    "gpos",
    "gosp",
    "spog-counts",
];

/// A file's facts and how many entries it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct HeaderEntry {
    pub(crate) length: u64,
    pub(crate) facts: FileFacts,
}

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct IndexHeader {
    pub(crate) kinds: Kinds,
    pub(crate) files: [HeaderEntry; FILES.len()],
}

impl IndexHeader {
    /// The path of a file of an index.
    pub(crate) fn path(folder: &Path, file: usize) -> PathBuf {
        folder.join(FILES.get(file).copied().unwrap_or(HEADER))
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        for first in self.kinds {
            bytes.extend_from_slice(&first.to_le_bytes());
        }
        for entry in &self.files {
            for number in [entry.length, entry.facts.data, entry.facts.second] {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            bytes.extend_from_slice(&entry.facts.checksum.to_le_bytes());
        }
        bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
        let path = folder.join(HEADER);
        fs::write(&path, bytes).map_err(|e| Error::io(&path, "write the header", e))
    }

    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(HEADER);
        let mut bytes = Vec::new();
        let read = File::open(&path).and_then(|file| {
            // A file that is longer is not a header, whatever it is.
            file.take(MOST_BYTES).read_to_end(&mut bytes)
        });
        read.map_err(|error| {
            let is_folder = folder.is_dir();
            match error.kind() {
                IoErrorKind::NotFound if is_folder => Error::new(
                    ErrorKind::Foreign,
                    folder,
                    "the folder does not hold an index, or not a whole one",
                ),
                IoErrorKind::NotFound => Error::new(ErrorKind::Foreign, folder, "no such folder"),
                _ => Error::io(&path, "read the header", error),
            }
        })?;
        let mut rest = bytes.as_slice();
        let damaged = || Error::damaged(&path, "the header is damaged");
        if take::<8>(&mut rest).as_ref() != Some(MAGIC) {
            return Err(Error::new(
                ErrorKind::Foreign,
                &path,
                "the file is not the header of an index",
            ));
        }
        let version = take(&mut rest)
            .map(u32::from_le_bytes)
            .ok_or_else(damaged)?;
        if version != FORMAT_VERSION {
            return Err(Error::new(
                ErrorKind::Version,
                &path,
                format!("the index has format {version}, this program reads {FORMAT_VERSION}"),
            ));
        }
        let (content, checksum) = bytes.split_last_chunk::<4>().ok_or_else(damaged)?;
        if crc32fast::hash(content) != u32::from_le_bytes(*checksum) {
            return Err(damaged());
        }
        let mut header = Self::default();
        for first in &mut header.kinds {
            *first = take(&mut rest)
                .map(u32::from_le_bytes)
                .ok_or_else(damaged)?;
        }
        for entry in &mut header.files {
            let mut number = || take(&mut rest).map(u64::from_le_bytes).ok_or_else(damaged);
            entry.length = number()?;
            entry.facts.data = number()?;
            entry.facts.second = number()?;
            entry.facts.checksum = take(&mut rest)
                .map(u32::from_le_bytes)
                .ok_or_else(damaged)?;
        }
        if rest.len() != checksum.len() {
            return Err(damaged());
        }
        Ok(header)
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}

//! The manifest of an index: its version, its files and a checksum of every page of them.
//!
//! ```text
//! civigraph-text 2
//! documents 1000000
//! file columns 1342 8c7a1b22
//! file literals 104857600 00c5be11 9a0d…
//! end 51c2a0f3
//! ```
//!
//! The last line has the checksum of all lines before it. Checksums are CRC-32.

use crate::error::{Error, ErrorKind, Result};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// The bytes under one checksum.
pub const PAGE: usize = 1 << 16;

/// The file's name.
pub const NAME: &str = "manifest";

/// The file of subjects.
pub const SUBJECTS: &str = "subjects";

/// The file of what ranks and filters documents.
pub const COLUMNS: &str = "columns";

/// The file of texts.
pub const LITERALS: &str = "literals";

const MAGIC: &str = "civigraph-text";
const VERSION: u32 = 2;

/// What is known of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct FileChecksums {
    pub length: u64,
    /// The checksum of each page of [`PAGE`] bytes.
    pub pages: Vec<u32>,
}

/// The contents of an index.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IndexManifest {
    pub documents: u64,
    pub files: BTreeMap<String, FileChecksums>,
}

impl IndexManifest {
    /// Adds a file.
    pub fn add(&mut self, name: &str, file: FileChecksums) {
        self.files.insert(name.to_owned(), file);
    }

    /// Writes the manifest, after which the folder is an index.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(NAME);
        let text = self.text();
        File::create_new(&path)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            })
            .and_then(|()| sync(folder))
            .map_err(|error| Error::new(ErrorKind::Io, &path, error.to_string()))
    }

    /// The lines of the file.
    pub fn text(&self) -> String {
        let mut text = format!("{MAGIC} {VERSION}\ndocuments {}\n", self.documents);
        for (name, file) in &self.files {
            // Writing to a string does not fail.
            let _ = write!(text, "file {name} {}", file.length);
            for page in &file.pages {
                let _ = write!(text, " {page:08x}");
            }
            text.push('\n');
        }
        let end = crc32fast::hash(text.as_bytes());
        let _ = writeln!(text, "end {end:08x}");
        text
    }

    /// Reads the manifest of an index, and compares the lengths of its files.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(NAME);
        let bytes = fs::read(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound if !folder.exists() => {
                Error::new(ErrorKind::NotFound, folder, "no such folder")
            }
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Error::new(
                ErrorKind::NotAnIndex,
                folder,
                format!("not a text index: it has no file `{NAME}`"),
            ),
            _ => Error::new(ErrorKind::Io, &path, error.to_string()),
        })?;
        let foreign = || Error::new(ErrorKind::NotAnIndex, &path, "not a text index");
        let text = String::from_utf8(bytes).map_err(|_| foreign())?;
        let version = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix(MAGIC)?.strip_prefix(' '))
            .ok_or_else(foreign)?;
        if version != VERSION.to_string() {
            return Err(Error::new(
                ErrorKind::Version,
                &path,
                format!(
                    "version {version} of the text index, this is version {VERSION}: build it again"
                ),
            ));
        }
        let manifest = Self::parse(&text)
            .ok_or_else(|| Error::new(ErrorKind::Damaged, &path, "the manifest is damaged"))?;
        for (name, file) in &manifest.files {
            let path = folder.join(name);
            let length = fs::metadata(&path)
                .map_err(|error| {
                    let kind = match error.kind() {
                        io::ErrorKind::NotFound => ErrorKind::Damaged,
                        _ => ErrorKind::Io,
                    };
                    Error::new(kind, &path, error.to_string())
                })?
                .len();
            if length != file.length {
                return Err(Error::new(
                    ErrorKind::Damaged,
                    &path,
                    format!("{length} bytes, {} expected", file.length),
                ));
            }
        }
        Ok(manifest)
    }

    fn parse(text: &str) -> Option<Self> {
        let start = text.strip_suffix('\n')?.rfind('\n')? + 1;
        let (lines, end) = text.split_at(start);
        let end = u32::from_str_radix(end.trim_end().strip_prefix("end ")?, 16).ok()?;
        if crc32fast::hash(lines.as_bytes()) != end {
            return None;
        }
        let mut lines = lines.lines().skip(1);
        let documents = lines.next()?.strip_prefix("documents ")?.parse().ok()?;
        let mut files = BTreeMap::new();
        for line in lines {
            let mut fields = line.strip_prefix("file ")?.split(' ');
            let name = fields.next()?.to_owned();
            let length: u64 = fields.next()?.parse().ok()?;
            let pages: Vec<u32> = fields
                .map(|page| u32::from_str_radix(page, 16).ok())
                .collect::<Option<_>>()?;
            if length.div_ceil(PAGE as u64) != pages.len() as u64 {
                return None;
            }
            files.insert(name, FileChecksums { length, pages });
        }
        Some(Self { documents, files })
    }

    /// The bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|file| file.length).sum()
    }
}

/// Makes the names in a folder durable, where folders can be opened.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_back_and_every_change_is_noticed() {
        let manifest = IndexManifest {
            documents: 3,
            files: [
                ("columns", 5, vec![7]),
                ("literals", PAGE as u64 + 1, vec![1, 2]),
            ]
            .into_iter()
            .map(|(name, length, pages)| (name.to_owned(), FileChecksums { length, pages }))
            .collect(),
        };
        let text = manifest.text();
        assert_eq!(IndexManifest::parse(&text), Some(manifest));
        for at in 0..text.len() - 1 {
            let mut changed = text.clone().into_bytes();
            changed[at] ^= 1;
            let changed = String::from_utf8(changed).unwrap();
            // The first line was compared before.
            if at > text.find('\n').unwrap() {
                assert_eq!(IndexManifest::parse(&changed), None, "{changed}");
            }
        }
    }
}

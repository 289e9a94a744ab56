//! The folder of a finished index, read-only, with every page checked when it is first read.

use crate::manifest::{Manifest, PAGE};
use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, OwnedBytes, WatchCallback,
    WatchHandle, WritePtr,
};
use tantivy::{HasLen, TantivyError};

/// A directory that reads what the manifest lists, and writes nothing.
#[derive(Clone)]
pub struct CheckedFolder {
    path: PathBuf,
    inner: MmapDirectory,
    manifest: Arc<Manifest>,
}

impl CheckedFolder {
    pub fn open(path: &Path, manifest: Arc<Manifest>) -> tantivy::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            inner: MmapDirectory::open(path)?,
            manifest,
        })
    }

    fn file(&self, name: &Path) -> Result<CheckedFile, OpenReadError> {
        let entry = name
            .to_str()
            .and_then(|name| self.manifest.files.get(name))
            .ok_or_else(|| OpenReadError::FileDoesNotExist(name.to_owned()))?;
        let failed = |error: io::Error| OpenReadError::IoError {
            io_error: Arc::new(error),
            filepath: name.to_owned(),
        };
        let handle = self.inner.get_file_handle(name)?;
        // The length is checked again: this is the mapping that will be read.
        if handle.len() as u64 != entry.length {
            return Err(failed(damaged(&self.path.join(name), "has another length")));
        }
        Ok(CheckedFile {
            path: self.path.join(name),
            bytes: handle.read_bytes(0..handle.len()).map_err(failed)?,
            checked: entry.pages.iter().map(|_| AtomicBool::new(false)).collect(),
            pages: entry.pages.clone(),
        })
    }

    /// Reads and checks every page of every file.
    pub fn verify(&self) -> tantivy::Result<()> {
        for name in self.manifest.files.keys() {
            let file = self.file(Path::new(name)).map_err(TantivyError::from)?;
            file.check(0..file.bytes.len())?;
        }
        Ok(())
    }
}

fn damaged(path: &Path, what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("`{}` {what}: the file is damaged", path.display()),
    )
}

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "the index is read-only")
}

impl fmt::Debug for CheckedFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckedFolder({})", self.path.display())
    }
}

impl Directory for CheckedFolder {
    fn get_file_handle(&self, name: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        Ok(Arc::new(self.file(name)?))
    }

    fn exists(&self, name: &Path) -> Result<bool, OpenReadError> {
        Ok(name
            .to_str()
            .is_some_and(|name| self.manifest.files.contains_key(name)))
    }

    fn atomic_read(&self, name: &Path) -> Result<Vec<u8>, OpenReadError> {
        let file = self.file(name)?;
        let bytes =
            file.read_bytes(0..file.bytes.len())
                .map_err(|error| OpenReadError::IoError {
                    io_error: Arc::new(error),
                    filepath: name.to_owned(),
                })?;
        Ok(bytes.as_slice().to_vec())
    }

    fn delete(&self, name: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError {
            io_error: Arc::new(read_only()),
            filepath: name.to_owned(),
        })
    }

    fn open_write(&self, name: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::IoError {
            io_error: Arc::new(read_only()),
            filepath: name.to_owned(),
        })
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(read_only())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    /// Nothing changes, so there is nothing to lock, and no file to make for it.
    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

/// A mapped file whose pages are checked when they are first read.
struct CheckedFile {
    path: PathBuf,
    bytes: OwnedBytes,
    pages: Vec<u32>,
    checked: Vec<AtomicBool>,
}

impl CheckedFile {
    fn check(&self, range: Range<usize>) -> io::Result<()> {
        if range.is_empty() {
            return Ok(());
        }
        if range.end > self.bytes.len() {
            return Err(damaged(&self.path, "ends too early"));
        }
        for page in range.start / PAGE..=(range.end - 1) / PAGE {
            if self.checked[page].load(Ordering::Relaxed) {
                continue;
            }
            let end = ((page + 1) * PAGE).min(self.bytes.len());
            if crc32fast::hash(&self.bytes[page * PAGE..end]) != self.pages[page] {
                let at = page * PAGE;
                return Err(damaged(
                    &self.path,
                    &format!("has a wrong checksum in the page at byte {at}"),
                ));
            }
            self.checked[page].store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl HasLen for CheckedFile {
    fn len(&self) -> usize {
        self.bytes.len()
    }
}

impl FileHandle for CheckedFile {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        self.check(range.clone())?;
        Ok(self.bytes.slice(range))
    }
}

impl fmt::Debug for CheckedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckedFile({})", self.path.display())
    }
}

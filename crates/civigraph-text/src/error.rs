//! What can go wrong with an index.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The kind of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no such folder.
    NotFound,
    /// The folder to write already has files.
    Exists,
    /// The folder is not a text index, or one whose writing did not finish.
    NotAnIndex,
    /// The index has another version of the format.
    Version,
    /// A file is missing, has another length, or a checksum does not match.
    Damaged,
    /// Reading or writing failed.
    Io,
    /// An entry cannot be indexed, or there are more of them than the format can number.
    Write,
}

/// An error with the file or folder that it is about.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    path: PathBuf,
    message: String,
}

/// The result of an operation on an index.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn new(kind: ErrorKind, path: &Path, message: impl Into<String>) -> Self {
        Self {
            kind,
            path: path.to_owned(),
            message: message.into(),
        }
    }

    /// An error of the operating system.
    pub(crate) fn io(path: &Path, doing: &str, error: &io::Error) -> Self {
        Self::new(ErrorKind::Io, path, format!("could not {doing}: {error}"))
    }

    /// An error about a file that does not have the bytes that were written.
    pub(crate) fn damaged(path: &Path, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Damaged, path, message)
    }

    /// What kind of error this is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What went wrong, without the file or folder.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The file or folder that the error is about.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path.display(), self.message)
    }
}

impl std::error::Error for Error {}

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
    /// An entry cannot be indexed, or the indexer failed.
    Write,
}

/// An error with the file or folder that it is about.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    path: PathBuf,
    message: String,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, path: &Path, message: impl Into<String>) -> Self {
        Self {
            kind,
            path: path.to_owned(),
            message: message.into(),
        }
    }

    /// An error while files of a finished index are read.
    pub(crate) fn reading(path: &Path, error: impl Into<tantivy::TantivyError>) -> Self {
        let error = error.into();
        let kind = match &error {
            tantivy::TantivyError::IoError(error)
                if !matches!(
                    error.kind(),
                    io::ErrorKind::InvalidData
                        | io::ErrorKind::UnexpectedEof
                        | io::ErrorKind::NotFound
                ) =>
            {
                ErrorKind::Io
            }
            _ => ErrorKind::Damaged,
        };
        Self::new(kind, path, error.to_string())
    }

    /// An error while an index is written.
    pub(crate) fn writing(path: &Path, error: impl Into<tantivy::TantivyError>) -> Self {
        let error = error.into();
        let kind = match error {
            tantivy::TantivyError::IoError(_) | tantivy::TantivyError::OpenWriteError(_) => {
                ErrorKind::Io
            }
            _ => ErrorKind::Write,
        };
        Self::new(kind, path, error.to_string())
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

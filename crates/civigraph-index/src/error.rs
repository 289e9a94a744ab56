//! What can go wrong when an index is written or read.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// An error of an index, with the file it is about.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    path: PathBuf,
    message: String,
    source: Option<io::Error>,
}

/// Kinds of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The operating system refused to read or write a file.
    Io,
    /// A file is missing, too short, or does not have the bytes that were written.
    Damaged,
    /// The folder holds no index.
    Foreign,
    /// The index has a version of the format that this program does not read.
    Version,
    /// There are more terms or quads than ids can number.
    Full,
    /// A term cannot be kept: it is nested too deep, or it is not what RDF allows and would be read back as something
    /// else.
    Term,
    /// A change does not fit the index that it is made to.
    Misfit,
    /// A reader was asked to stop: its deadline passed or its budget is used up.
    Stopped,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, path: &Path, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            path: path.to_owned(),
            message: message.into(),
            source: None,
        }))
    }

    pub(crate) fn io(path: &Path, doing: &str, source: io::Error) -> Self {
        Self(Box::new(Inner {
            kind: ErrorKind::Io,
            path: path.to_owned(),
            message: format!("could not {doing}: {source}"),
            source: Some(source),
        }))
    }

    pub(crate) fn damaged(path: &Path, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Damaged, path, message)
    }

    /// The kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The file or folder that the error is about.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// What went wrong, without the path.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.path.display(), self.0.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|e| e as _)
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::Io => error
                .0
                .source
                .as_ref()
                .map_or(io::ErrorKind::Other, io::Error::kind),
            ErrorKind::Damaged
            | ErrorKind::Foreign
            | ErrorKind::Version
            | ErrorKind::Misfit
            | ErrorKind::Term => io::ErrorKind::InvalidData,
            ErrorKind::Full | ErrorKind::Stopped => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

/// The result of an operation on an index.
pub type Result<T> = std::result::Result<T, Error>;

//! Why a build or a store is refused.

use crate::diagnostic::{Code, Diagnostic, Place};
use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

/// A refusal, with its code (`CG08xx`, or `CG07xx` for queries) and the file it is about.
#[derive(Debug)]
pub struct StoreError {
    diagnostic: Box<Diagnostic>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// A refusal about a file or folder.
    pub fn new(code: Code, path: &Path, message: impl Into<String>) -> Self {
        Self::from(Diagnostic::new(
            code,
            Place::file(path.to_string_lossy().as_ref()),
            message,
        ))
    }

    /// A file or folder that could not be read or written.
    pub fn io(path: &Path, doing: &str, error: io::Error) -> Self {
        let mut refusal = Self::new(
            Code::StoreFiles,
            path,
            format!("could not {doing}: {error}"),
        );
        refusal.source = Some(Box::new(error));
        refusal
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.diagnostic.hint = Some(hint.into());
        self
    }

    /// Keeps the error that caused this one.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.diagnostic.code
    }

    /// The refusal as a diagnostic.
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.diagnostic
    }

    /// The refusal as a diagnostic.
    pub fn into_diagnostic(self) -> Diagnostic {
        *self.diagnostic
    }

    /// Whether the reader of our output went away, which is no failure.
    pub fn is_broken_pipe(&self) -> bool {
        self.source
            .as_deref()
            .and_then(|source| source.downcast_ref::<io::Error>())
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl From<Diagnostic> for StoreError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostic: Box::new(diagnostic),
            source: None,
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}: {}",
            self.diagnostic.code, self.diagnostic.place.file, self.diagnostic.message
        )
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}

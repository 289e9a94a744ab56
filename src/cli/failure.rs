//! Why a command could not do its work.

use super::words::{CommandLine, REQUEST};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::diff::DiffError;
use crate::error::Error;
use crate::export::ExportError;
use crate::project::NotAProject;
use crate::query::{QueryError, printable};
use crate::resource::file;
use crate::store::StoreError;
use std::fmt;
use std::io;

/// A failure that ends a command: a sentence for the user, and what to do about it.
#[derive(Debug)]
pub(super) struct Failure {
    subject: Option<(Code, Place)>,
    message: String,
    expected: Option<String>,
    hint: Option<String>,
    broken_pipe: bool,
}

impl Failure {
    /// A failure with its sentence, without a final full stop.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            subject: None,
            message: message.into(),
            expected: None,
            hint: None,
            broken_pipe: false,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// An error of the operating system while doing `what` (`read `a.csv``).
    pub(super) fn io(what: impl fmt::Display, error: &io::Error) -> Self {
        Self {
            broken_pipe: error.kind() == io::ErrorKind::BrokenPipe,
            ..Self::new(format!("could not {what}: {}", file::reason(error)))
        }
    }

    /// Whether the reader of our output went away, which is its right.
    pub(super) fn is_broken_pipe(&self) -> bool {
        self.broken_pipe
    }

    /// The code and the place of a failure that has them.
    pub(super) fn subject(&self) -> Option<(Code, &Place)> {
        self.subject.as_ref().map(|(code, place)| (*code, place))
    }

    /// What would have been right.
    pub(super) fn expected(&self) -> Option<&str> {
        self.expected.as_deref()
    }

    /// What to do about it.
    pub(super) fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Words of a parser may hold what a file holds.
        f.write_str(&printable(&self.message))
    }
}

/// Errors of writing to stdout; others go through [`Failure::io`], which says what was done.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::io("write the output", &error)
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        let place = match &*diagnostic.place.file {
            Place::REQUEST => Place {
                file: REQUEST.into(),
                ..diagnostic.place
            },
            _ => diagnostic.place,
        };
        Self {
            subject: Some((diagnostic.code, place)),
            message: diagnostic.message,
            expected: diagnostic.expected,
            hint: diagnostic.hint.and_then(|hint| hint.worded(&CommandLine)),
            broken_pipe: false,
        }
    }
}

impl From<Box<Diagnostic>> for Failure {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self::from(*diagnostic)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            broken_pipe: error.is_broken_pipe(),
            ..Self::from(error.into_diagnostic())
        }
    }
}

/// The errors of layers are refusals.
macro_rules! from_layers {
    ($($error:ty),*) => {
        $(
            impl From<$error> for Failure {
                fn from(error: $error) -> Self {
                    Self::from(Error::from(error))
                }
            }
        )*
    };
}

from_layers!(StoreError, ExportError, QueryError, DiffError);

impl From<NotAProject> for Failure {
    fn from(error: NotAProject) -> Self {
        Self::new(error.to_string()).with_hint(
            "run the command in a project, or name its folder with `--project DIR`; `civigraph new DIR` starts one",
        )
    }
}

//! What the errors of all layers are made of: a diagnostic, and the error behind it.
//!
//! Each layer has a type of its own, which the macro `layer_error` makes. Functions of a layer fail with that type, and
//! `?` turns errors of the layers below into it. What is above all layers, such as answers to assistants, fails with an
//! [`Error`].

use crate::diagnostic::{Code, Diagnostic, Hint, Place};
use crate::resource::file;
use std::error;
use std::fmt;
use std::io;
use std::path::Path;

/// Why something is refused, with its code (`CG08xx`, or `CG07xx` for queries) and the file it is about.
#[derive(Debug)]
pub struct Error {
    diagnostic: Box<Diagnostic>,
    source: Option<Box<dyn error::Error + Send + Sync>>,
}

impl Error {
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
            format!("could not {doing}: {}", file::reason(&error)),
        );
        refusal.source = Some(Box::new(error));
        refusal
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Hint>) -> Self {
        self.diagnostic.hint = Some(hint.into());
        self
    }

    /// Keeps the error that caused this one.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
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

    /// Whether the reader of our output went away, which is not a failure.
    pub fn is_broken_pipe(&self) -> bool {
        self.source
            .as_deref()
            .and_then(|source| source.downcast_ref::<io::Error>())
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl From<Box<Diagnostic>> for Error {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self {
            diagnostic,
            source: None,
        }
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostic: Box::new(diagnostic),
            source: None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}: {}",
            self.diagnostic.code, self.diagnostic.place.file, self.diagnostic.message
        )
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn error::Error + 'static))
    }
}

/// Makes the error of a layer, into which those of the layers named after it turn.
macro_rules! layer_error {
    ($(#[$about:meta])* $name:ident $(, from $below:ty)*) => {
        $(#[$about])*
        #[derive(Debug)]
        pub struct $name($crate::error::Error);

        impl $name {
            /// A refusal about a file or folder.
            pub fn new(
                code: $crate::diagnostic::Code,
                path: &std::path::Path,
                message: impl Into<String>,
            ) -> Self {
                Self($crate::error::Error::new(code, path, message))
            }

            /// A file or folder that could not be read or written.
            pub fn io(path: &std::path::Path, doing: &str, error: std::io::Error) -> Self {
                Self($crate::error::Error::io(path, doing, error))
            }

            /// Adds what to do about it.
            #[must_use]
            pub fn with_hint(self, hint: impl Into<$crate::diagnostic::Hint>) -> Self {
                Self(self.0.with_hint(hint))
            }

            /// Keeps the error that caused this one.
            #[must_use]
            pub fn with_source(
                self,
                source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
            ) -> Self {
                Self(self.0.with_source(source))
            }

            /// The code.
            pub fn code(&self) -> $crate::diagnostic::Code {
                self.0.code()
            }

            /// The refusal as a diagnostic.
            pub fn diagnostic(&self) -> &$crate::diagnostic::Diagnostic {
                self.0.diagnostic()
            }

            /// The refusal as a diagnostic.
            pub fn into_diagnostic(self) -> $crate::diagnostic::Diagnostic {
                self.0.into_diagnostic()
            }

            /// Whether the reader of our output went away, which is not a failure.
            pub fn is_broken_pipe(&self) -> bool {
                self.0.is_broken_pipe()
            }
        }

        impl From<$crate::diagnostic::Diagnostic> for $name {
            fn from(diagnostic: $crate::diagnostic::Diagnostic) -> Self {
                Self(diagnostic.into())
            }
        }

        impl From<Box<$crate::diagnostic::Diagnostic>> for $name {
            fn from(diagnostic: Box<$crate::diagnostic::Diagnostic>) -> Self {
                Self(diagnostic.into())
            }
        }

        impl From<$name> for $crate::error::Error {
            fn from(error: $name) -> Self {
                error.0
            }
        }

        $(
            impl From<$below> for $name {
                fn from(error: $below) -> Self {
                    Self(error.into())
                }
            }
        )*

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::error::Error for $name {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                std::error::Error::source(&self.0)
            }
        }
    };
}

pub(crate) use layer_error;

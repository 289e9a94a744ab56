//! A refusal on its way between processes.

use crate::diagnostic::{Code, Diagnostic, Hint, Place};
use serde::{Deserialize, Serialize};

/// Why there is no answer: a diagnostic that can be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The code, `CG0701`.
    pub code: String,
    /// What is wrong, a sentence without a full stop.
    pub message: String,
    /// What it is about: a file, or another name of the query.
    pub file: String,
    /// The line from 1; 0 where none is meant.
    pub line: u64,
    /// The character in the line from 1; 0 where none is meant.
    pub column: u64,
    /// The offending value.
    pub found: Option<String>,
    /// What would have been right.
    pub expected: Option<String>,
    /// What to do about it.
    pub hint: Option<Hint>,
}

impl Refusal {
    /// The code as one of the table of rules.
    pub fn known_code(&self) -> Code {
        Code::parse(&self.code).unwrap_or(Code::QueryFailed)
    }

    /// The refusal as a diagnostic.
    pub fn into_diagnostic(self) -> Diagnostic {
        let place = Place::at(self.file.as_str(), self.line, self.column);
        Diagnostic {
            found: self.found,
            expected: self.expected,
            hint: self.hint,
            ..Diagnostic::new(
                Code::parse(&self.code).unwrap_or(Code::QueryFailed),
                place,
                self.message,
            )
        }
    }
}

impl From<Diagnostic> for Refusal {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            code: diagnostic.code.as_str().to_owned(),
            message: diagnostic.message,
            file: diagnostic.place.file.to_string(),
            line: diagnostic.place.line,
            column: diagnostic.place.column,
            found: diagnostic.found,
            expected: diagnostic.expected,
            hint: diagnostic.hint,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_comes_back_as_it_was() {
        let diagnostic = Diagnostic::new(Code::QuerySyntax, Place::at("q.rq", 3, 7), "wrong")
            .with_found("x")
            .with_expected("y")
            .with_hint("z");
        let refusal = Refusal::from(diagnostic.clone());
        assert_eq!(refusal.known_code(), Code::QuerySyntax);
        assert_eq!(refusal.into_diagnostic(), diagnostic);
    }
}

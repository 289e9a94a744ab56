//! What is wrong with the input, as data: a [`Code`], a [`Place`] and the words.
//!
//! Modules that read input never print and never stop at the first problem: they push
//! [`Diagnostic`]s into a [`Diagnostics`] and go on. Severity is not chosen by whoever finds a
//! problem: one table of rules ([`code`]) says for each code how much it weighs when converting
//! and when validating ([`ReadingMode`]).
//!
//! What to do about a problem is a [`Hint`]. The commands of a program are not named in it: it names an [`HintAction`],
//! and each interface has its own [`Wording`].

pub mod code;
mod collection;
mod hint;
mod place;
pub mod render;
pub mod suggest;
pub mod text;

pub use code::Code;
pub use collection::{DiagnosticGroup, Diagnostics};
pub use hint::{Hint, HintAction, Neutral, Wording};
pub use place::{CellPlace, Place};

use std::sync::Arc;

/// A count in words: `1 row`, `2 rows`.
pub fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// How much a diagnostic weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// The work goes on, and its result counts.
    Warning,
    /// The input is refused.
    Error,
}

/// What the input is read for; decides the severity of each code.
///
/// The CSVW Recommendations ask a converter to go on where a validator must refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadingMode {
    /// Convert: go on with a warning wherever the standard defines how.
    Convert,
    /// Validate: refuse whatever breaks a rule.
    Validate,
}

/// Characters of a message that are kept: a cell may be a hundred megabytes long.
const MESSAGE_LIMIT: usize = 1_000;

/// Characters of a found or expected value that are kept.
const VALUE_LIMIT: usize = 240;

/// One problem at one place.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Diagnostic {
    /// Which rule was broken.
    pub code: Code,
    /// One sentence without a final full stop: what is wrong here.
    pub message: String,
    /// Where.
    pub place: Place,
    /// The offending value, as it is in the input.
    pub found: Option<String>,
    /// What would have been right.
    pub expected: Option<String>,
    /// What to do about it: a did-you-mean, an action.
    pub hint: Option<Hint>,
}

impl Diagnostic {
    /// A diagnostic with a message and a place; the rest is added by the `with_` methods.
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self {
            code,
            message: text::cut(message.into(), MESSAGE_LIMIT),
            place,
            found: None,
            expected: None,
            hint: None,
        }
    }

    /// Names the marks that git leaves in a text where two versions could not be merged, if there are any.
    #[must_use]
    pub fn unresolved_merge(text: &str, file: &Arc<str>) -> Option<Self> {
        let marked = |mark: &str| {
            let mut lines = (1..).zip(text.lines());
            lines
                .find(|(_, line)| line.starts_with(mark))
                .map(|(line, _)| line)
        };
        let (Some(line), Some(_)) = (marked("<<<<<<< "), marked(">>>>>>> ")) else {
            return None;
        };
        Some(
            Self::new(
                Code::Conflict,
                Place::at(Arc::clone(file), line, 1),
                "the document holds the marks of an unresolved merge",
            )
            .with_found("<<<<<<<")
            .with_hint("keep what is right between `<<<<<<<` and `>>>>>>>`, and delete the marks"),
        )
    }

    /// Adds the offending value; of a long one the first part is kept.
    #[must_use]
    pub fn with_found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(text::cut(found.into(), VALUE_LIMIT));
        self
    }

    /// Adds what would have been right.
    #[must_use]
    pub fn with_expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(text::cut(expected.into(), VALUE_LIMIT));
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What to do about it, in the words of an interface.
    pub fn worded_hint(&self, wording: &dyn Wording) -> Option<String> {
        self.hint.as_ref()?.worded(wording)
    }

    /// Adds what to do about it, where something is known.
    #[must_use]
    pub fn with_optional_hint(mut self, hint: Option<impl Into<Hint>>) -> Self {
        self.hint = hint.map(Into::into).or(self.hint);
        self
    }
}

//! Regular expressions in the dialects that the specifications ask for.
//!
//! ```text
//!  format of a datatype (ECMAScript) ──ecmascript──►                ┌─linear────► automaton
//!                                                    Syntax ────────┤
//!  sh:pattern, REGEX, REPLACE (XPath) ──xpath──────►                └─backtrack─► bounded steps
//! ```
//!
//! A parser for each dialect gives an expression its meaning. What an automaton can match is matched in
//! time linear in the text; look-around and back-references are matched by backtracking, which gives
//! up, and says so, where it would take too many steps.

mod backtrack;
mod blocks;
mod ecmascript;
mod linear;
mod syntax;
#[cfg(test)]
mod tests;
mod xpath;

pub use backtrack::MAX_STEPS;
pub use syntax::{OutOfSteps, PatternError};
pub use xpath::{ReplaceError, XPathRegex};

/// A `format`: an expression of ECMAScript that the whole value must match.
pub struct RegularExpression {
    engine: Engine,
}

enum Engine {
    Linear(regex_automata::meta::Regex),
    Backtracking(backtrack::Program),
}

impl std::fmt::Debug for RegularExpression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &self.engine {
            Engine::Linear(_) => "Regular(linear)",
            Engine::Backtracking(_) => "Regular(backtracking)",
        })
    }
}

impl RegularExpression {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// [`PatternError::Illegal`] where it is not ECMAScript, [`PatternError::Unsupported`] where it
    /// is too large.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        let syntax = ecmascript::parse(pattern)?;
        let engine = match linear::automaton(&syntax, true) {
            Some(automaton) => Engine::Linear(automaton?),
            None => Engine::Backtracking(backtrack::Program::new(&syntax)?),
        };
        Ok(Self { engine })
    }

    /// Whether the whole text matches.
    ///
    /// # Errors
    /// Where back-references or look-around make it take too many steps.
    pub fn matches(&self, text: &str) -> Result<bool, OutOfSteps> {
        match &self.engine {
            Engine::Linear(automaton) => Ok(automaton.is_match(text)),
            Engine::Backtracking(program) => program.is_whole(text),
        }
    }
}

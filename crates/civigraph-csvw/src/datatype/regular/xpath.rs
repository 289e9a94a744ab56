//! The expressions of XPath (Functions and Operators §5.6.1), which SPARQL's `REGEX` and `REPLACE`
//! and SHACL's `sh:pattern` have: those of XML Schema, with anchors, groups that capture, reluctant
//! quantifiers and back-references.
//!
//! ```
//! use civigraph_csvw::datatype::regular::XPathRegex;
//!
//! let consonant = XPathRegex::new("^[a-z-[aeiou]]$", "").unwrap();
//! assert_eq!(consonant.is_match("b"), Ok(true));
//! assert_eq!(consonant.is_match("a"), Ok(false));
//! let date = XPathRegex::new("([0-9]+)-([0-9]+)", "").unwrap();
//! assert_eq!(date.replace("2019-05", "$2_$1").unwrap(), "05_2019");
//! ```

mod parser;

use super::backtrack::{Program, Slots};
use super::linear;
use super::syntax::{OutOfSteps, PatternError};
use parser::{Flags, parse};
use std::fmt;

type Result<T> = std::result::Result<T, PatternError>;

/// An expression ready to match.
#[derive(Clone)]
pub struct XPathRegex {
    engine: Engine,
    groups: usize,
    /// Flag `q`: a replacement is text as well.
    literal: bool,
}

#[derive(Clone)]
enum Engine {
    Linear(regex_automata::meta::Regex),
    Backtracking(Program),
}

/// Why nothing was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplaceError {
    /// The expression matches the empty text (`err:FORX0003`).
    MatchesNothing,
    /// In the replacement, `\` is before `\` or `$`, and `$` before a digit (`err:FORX0004`).
    Replacement(String),
    /// Matching took too many steps.
    OutOfSteps,
}

impl fmt::Display for ReplaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MatchesNothing => f.write_str(
                "the regular expression matches the empty text, which cannot be replaced",
            ),
            Self::Replacement(found) => write!(
                f,
                "`{found}` is not allowed in a replacement: groups are `$1` to `$9`, a dollar sign is `\\$`, a \
                 backslash `\\\\`"
            ),
            Self::OutOfSteps => OutOfSteps.fmt(f),
        }
    }
}

impl std::error::Error for ReplaceError {}

impl From<OutOfSteps> for ReplaceError {
    fn from(_: OutOfSteps) -> Self {
        Self::OutOfSteps
    }
}

impl fmt::Debug for XPathRegex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.engine {
            Engine::Linear(_) => "XPathRegex(linear)",
            Engine::Backtracking(_) => "XPathRegex(backtracking)",
        })
    }
}

impl XPathRegex {
    /// Compiles an expression with flags: any of `s`, `m`, `i`, `x` and `q`.
    ///
    /// # Errors
    /// [`PatternError::Illegal`] where it is not one of XPath's, [`PatternError::Unsupported`] where
    /// it is too large.
    pub fn new(pattern: &str, flags: &str) -> Result<Self> {
        let flags = Flags::parse(flags)?;
        let syntax = parse(pattern, flags)?;
        let engine = match linear::automaton(&syntax, false) {
            Some(automaton) => Engine::Linear(automaton?),
            None => Engine::Backtracking(Program::new(&syntax)?),
        };
        Ok(Self {
            engine,
            groups: syntax.groups,
            literal: flags.literal,
        })
    }

    /// Whether a part of the text matches: `fn:matches`, SPARQL's `REGEX`.
    ///
    /// # Errors
    /// Where back-references make it take too many steps.
    pub fn is_match(&self, text: &str) -> std::result::Result<bool, OutOfSteps> {
        match &self.engine {
            Engine::Linear(automaton) => Ok(automaton.is_match(text)),
            Engine::Backtracking(program) => Ok(program.find(text, 0)?.is_some()),
        }
    }

    /// The text with every match replaced: `fn:replace`, SPARQL's `REPLACE`.
    ///
    /// # Errors
    /// As [`ReplaceError`] says.
    pub fn replace(
        &self,
        text: &str,
        replacement: &str,
    ) -> std::result::Result<String, ReplaceError> {
        let parts = if self.literal {
            vec![ReplacementPart::Text(replacement.to_owned())]
        } else {
            self.parts(replacement)?
        };
        if self.is_match("")? {
            return Err(ReplaceError::MatchesNothing);
        }
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while let Some(slots) = self.find(text, at)? {
            let slot = |slot: usize| slots.get(slot).copied().flatten();
            let (Some(start), Some(end)) = (slot(0), slot(1)) else {
                break;
            };
            // `^` or `\b` alone match nothing in some texts, though not in the empty one.
            if end == start {
                return Err(ReplaceError::MatchesNothing);
            }
            out.push_str(text.get(at..start).unwrap_or_default());
            for part in &parts {
                match part {
                    ReplacementPart::Text(text) => out.push_str(text),
                    ReplacementPart::Group(group) => {
                        if let (Some(start), Some(end)) = (slot(2 * group), slot(2 * group + 1)) {
                            out.push_str(text.get(start..end).unwrap_or_default());
                        }
                    }
                }
            }
            at = end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        Ok(out)
    }

    fn find(&self, text: &str, from: usize) -> std::result::Result<Option<Slots>, OutOfSteps> {
        match &self.engine {
            Engine::Backtracking(program) => program.find(text, from),
            Engine::Linear(automaton) => {
                let mut captures = automaton.create_captures();
                let input = regex_automata::Input::new(text).range(from..);
                automaton.search_captures(&input, &mut captures);
                if !captures.is_match() {
                    return Ok(None);
                }
                let spans = (0..=self.groups).flat_map(|group| {
                    let span = captures.get_group(group);
                    [span.map(|span| span.start), span.map(|span| span.end)]
                });
                Ok(Some(spans.collect()))
            }
        }
    }

    /// The parts of a replacement.
    fn parts(&self, replacement: &str) -> std::result::Result<Vec<ReplacementPart>, ReplaceError> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut chars = replacement.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some(escaped @ ('\\' | '$')) => text.push(escaped),
                    other => {
                        let found = std::iter::once('\\').chain(other).collect();
                        return Err(ReplaceError::Replacement(found));
                    }
                },
                '$' => {
                    let Some(mut group) = chars.peek().and_then(|c| c.to_digit(10)) else {
                        let found = std::iter::once('$').chain(chars.next()).collect();
                        return Err(ReplaceError::Replacement(found));
                    };
                    chars.next();
                    // As many digits as still name a group.
                    while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                        let longer = group.saturating_mul(10).saturating_add(digit);
                        if longer as usize > self.groups {
                            break;
                        }
                        group = longer;
                        chars.next();
                    }
                    parts.push(ReplacementPart::Text(std::mem::take(&mut text)));
                    parts.push(ReplacementPart::Group(group as usize));
                }
                c => text.push(c),
            }
        }
        parts.push(ReplacementPart::Text(text));
        Ok(parts)
    }
}

enum ReplacementPart {
    Text(String),
    Group(usize),
}

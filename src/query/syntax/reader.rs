//! The parser of SPARQL, asked how far a text can be read and what it would take next.

use super::super::guard::line_and_column;
use spargebra::SparqlParser;

/// Longer than any keyword of SPARQL.
const LONGEST_KEYWORD: usize = 16;

/// What the parser says when it reads again to tell what it misses, and does not come as far: only
/// the blank nodes that it knows differ then.
pub(super) const UNREPORTED: &str = "<unreported>";

/// A parser and the text of a query.
#[derive(Clone, Copy)]
pub(super) struct QueryReader<'t> {
    pub(super) parser: &'t SparqlParser,
    pub(super) text: &'t str,
}

impl<'t> QueryReader<'t> {
    /// The text up to a byte.
    pub(super) fn before(&self, at: usize) -> &'t str {
        self.text.get(..at).unwrap_or(self.text)
    }

    /// The text from a byte on.
    pub(super) fn after(&self, at: usize) -> &'t str {
        self.text.get(at..).unwrap_or_default()
    }

    /// Line and character of a byte.
    pub(super) fn place(&self, at: usize) -> (u64, u64) {
        line_and_column(self.text, at)
    }

    /// What the parser says of a text; `None` where it is a query.
    pub(super) fn error(&self, text: &str) -> Option<String> {
        let error = self.parser.clone().parse_query(text).err()?;
        Some(error.to_string())
    }

    /// Whether the text up to a byte is a query.
    pub(super) fn is_query(&self, at: usize) -> bool {
        self.error(&padded(self.before(at))).is_none()
    }

    /// Whether a text can be read to its end, be it a query or the start of one.
    fn is_start(&self, text: &str) -> bool {
        let padded = padded(text);
        match self.error(&padded) {
            None => true,
            Some(words) => {
                let end = position(&words).and_then(|(l, c, _)| byte_of(&padded, l, c));
                end == Some(padded.len())
            }
        }
    }

    /// Whether a text could be at a byte, after what is before it.
    pub(super) fn takes(&self, at: usize, next: &str) -> bool {
        self.is_start(&format!("{} {next}", self.before(at)))
    }

    /// Where the parser stopped with an error, and the sentence that it has for it.
    pub(super) fn stop(&self, words: &str) -> Option<(usize, Option<String>)> {
        let (line, column, expected) = position(words)?;
        let reported = byte_of(self.text, line, column).unwrap_or(self.text.len());
        let at = self.token_at(reported);
        let cause = match sentence(expected) {
            Some(cause) => Some(cause.to_owned()),
            None if expected == UNREPORTED && self.text.contains("_:") => {
                Some(UNREPORTED.to_owned())
            }
            None => self.cause_between(at, reported),
        };
        Some((at, cause))
    }

    /// The start of the token at which the parser stopped.
    ///
    /// The parser compares a keyword with as many characters as the keyword has, and tells the end of
    /// these, which is beyond the place where it was. So look for the last token before that end up to
    /// which the text can be read on: followed by enough space for any keyword, it gives an error at its
    /// end and no earlier.
    fn token_at(&self, reported: usize) -> usize {
        let text = self.text;
        let starts_token = |at: usize| {
            let before = text.get(..at).and_then(|t| t.chars().next_back());
            let here = text.get(at..).and_then(|t| t.chars().next());
            let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '?' | '$' | '-');
            match (before, here) {
                (None, _) | (_, None) => true,
                (Some(_), Some(here)) if here.is_whitespace() => false,
                (Some(before), Some(here)) => !(word(before) && word(here)),
            }
        };
        let reported = reported.min(text.len());
        (0..=reported)
            .rev()
            .filter(|&at| text.is_char_boundary(at) && starts_token(at))
            .take_while(|at| at + 4 * LONGEST_KEYWORD > reported)
            .find(|&at| self.is_start(self.before(at)))
            .unwrap_or(reported)
    }

    /// The sentence that the parser has for a text that ends between the place where it stopped and the one
    /// that it reported.
    ///
    /// A keyword that is compared with what follows the cause reaches further than the cause, and hides it.
    /// Where the text ends with the cause, nothing does.
    fn cause_between(&self, at: usize, reported: usize) -> Option<String> {
        let before = self.text.get(..at)?.trim_end().len();
        // Before a closing brace everything is complete; before another token, that one may be wrong.
        let rest = self.text.get(at..);
        let complete = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('}'));
        let ends = (at + usize::from(!complete)..=reported).rev();
        ends.chain(complete.then_some(before)).find_map(|end| {
            let start = self.text.get(..end)?;
            let words = self.error(start)?;
            let (line, column, expected) = position(&words)?;
            let at_end = byte_of(start, line, column) == Some(end);
            at_end.then(|| sentence(expected).map(str::to_owned))?
        })
    }
}

/// A text and enough space after it for any keyword.
fn padded(text: &str) -> String {
    format!("{text}{}", " ".repeat(2 * LONGEST_KEYWORD))
}

/// What the parser says in a sentence among the tokens that it expects: a rule that no token breaks.
fn sentence(expected: &str) -> Option<&str> {
    let list = expected.strip_prefix("one of ").unwrap_or(expected);
    list.split(", ").find(|item| {
        !item.starts_with(['"', '[', '\'', '<'])
            && item.contains(' ')
            && item.contains(char::is_lowercase)
    })
}

/// The parser tells the place in words only: `error at 3:17: expected …`.
fn position(words: &str) -> Option<(u64, u64, &str)> {
    let (position, rest) = words.strip_prefix("error at ")?.split_once(": ")?;
    let (line, column) = position.split_once(':')?;
    let expected = rest.strip_prefix("expected ").unwrap_or(rest);
    Some((line.parse().ok()?, column.parse().ok()?, expected))
}

/// The byte of a line and a character in it, both from 1.
fn byte_of(text: &str, line: u64, column: u64) -> Option<usize> {
    let line = usize::try_from(line).ok()?.checked_sub(1)?;
    let column = usize::try_from(column).ok()?.checked_sub(1)?;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text.get(start..)?;
    let inside = rest.char_indices().map(|(at, _)| at).nth(column);
    Some(start + inside.unwrap_or(rest.len()))
}

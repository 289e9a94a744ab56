//! What an expression says, whatever the dialect it is written in.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};
use std::fmt;

/// Groups nested deeper than this are refused: the tree is walked by recursion.
pub const MAX_DEPTH: usize = 200;

/// A parsed expression.
#[derive(Debug)]
pub struct ParsedExpression {
    pub node: ExpressionNode,
    /// How many groups capture.
    pub groups: usize,
    /// Back-references compare without regard to case.
    pub ignore_case: bool,
    /// A repeated group forgets what it captured before (ECMAScript §15.10.2.5).
    pub forgets: bool,
}

/// A part of an expression.
#[derive(Debug, Clone)]
pub enum ExpressionNode {
    /// One character of a set.
    Set(ClassUnicode),
    /// One after the other; none is the empty text.
    Sequence(Vec<ExpressionNode>),
    /// The first that fits.
    Choice(Vec<ExpressionNode>),
    Repeat {
        node: Box<ExpressionNode>,
        least: u32,
        most: Option<u32>,
        greedy: bool,
    },
    /// A group that captures, by its number from 1.
    Group(usize, Box<ExpressionNode>),
    /// What a group captured.
    Reference(usize),
    /// Look-around.
    Look {
        node: Box<ExpressionNode>,
        ahead: bool,
        negated: bool,
    },
    Start,
    End,
    LineStart,
    LineEnd,
    /// `\b`; negated `\B`.
    WordBoundary {
        negated: bool,
    },
}

impl ExpressionNode {
    pub fn empty() -> Self {
        Self::Sequence(Vec::new())
    }

    pub fn char(c: char) -> Self {
        Self::Set(set([(c, c)]))
    }

    /// The parts one after another.
    pub fn sequence(mut parts: Vec<Self>) -> Self {
        match parts.len() {
            1 => parts.pop().unwrap_or_else(Self::empty),
            _ => Self::Sequence(parts),
        }
    }

    /// Any of the parts.
    pub fn choice(mut parts: Vec<Self>) -> Self {
        match parts.len() {
            1 => parts.pop().unwrap_or_else(Self::empty),
            _ => Self::Choice(parts),
        }
    }

    /// The parts of a part.
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::Sequence(parts) | Self::Choice(parts) => parts,
            Self::Repeat { node, .. } | Self::Group(_, node) | Self::Look { node, .. } => {
                std::slice::from_ref(node)
            }
            _ => &[],
        }
    }
}

/// Why an expression cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternError {
    /// It is not an expression of its dialect.
    Illegal(String),
    /// It is one, and too large or too deep to be run.
    Unsupported(String),
}

impl PatternError {
    pub(super) fn illegal<T>(message: impl Into<String>) -> Result<T, Self> {
        Err(Self::Illegal(message.into()))
    }

    pub(super) fn too_deep<T>() -> Result<T, Self> {
        Err(Self::Unsupported(format!(
            "its groups are nested deeper than {MAX_DEPTH}"
        )))
    }

    pub(super) fn too_large() -> Self {
        Self::Unsupported("it is too large: write smaller numbers of repetitions".to_owned())
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Illegal(message) | Self::Unsupported(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for PatternError {}

/// Matching was given up: it would have taken too many steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfSteps;

impl fmt::Display for OutOfSteps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("matching the regular expression would take too many steps")
    }
}

impl std::error::Error for OutOfSteps {}

/// A set of characters from ranges.
pub fn set(ranges: impl IntoIterator<Item = (char, char)>) -> ClassUnicode {
    ClassUnicode::new(
        ranges
            .into_iter()
            .map(|(first, last)| ClassUnicodeRange::new(first, last)),
    )
}

/// Every character that is not in a set.
pub fn complement(mut set: ClassUnicode) -> ClassUnicode {
    set.negate();
    set
}

/// The characters with a Unicode property: `L`, `Script=Cyrillic`.
pub fn property(name: &str) -> Option<ClassUnicode> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '=');
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let hir = regex_syntax::Parser::new()
        .parse(&format!(r"\p{{{name}}}"))
        .ok()?;
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(set)) => Some(set),
        _ => None,
    }
}

/// The characters of an expression, one by one.
pub struct ExpressionCursor {
    chars: Vec<char>,
    at: usize,
}

impl ExpressionCursor {
    pub fn new(text: &str) -> Self {
        Self {
            chars: text.chars().collect(),
            at: 0,
        }
    }

    pub fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    pub fn peek_at(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    pub fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    /// Takes a text if it comes next.
    pub fn take(&mut self, text: &str) -> bool {
        let found = text
            .chars()
            .enumerate()
            .all(|(ahead, c)| self.peek_at(ahead) == Some(c));
        if found {
            self.at += text.chars().count();
        }
        found
    }

    /// Takes everything up to `end`, and `end` itself.
    pub fn take_until(&mut self, end: char) -> Option<String> {
        let length = self.chars.get(self.at..)?.iter().position(|&c| c == end)?;
        let text = self.chars.get(self.at..self.at + length)?.iter().collect();
        self.at += length + 1;
        Some(text)
    }

    /// Takes digits of a base, at most so many.
    pub fn digits(&mut self, radix: u32, most: usize) -> String {
        let mut digits = String::new();
        while digits.len() < most
            && let Some(c) = self.peek().filter(|c| c.is_digit(radix))
        {
            digits.push(c);
            self.at += 1;
        }
        digits
    }

    pub fn position(&self) -> usize {
        self.at
    }

    pub fn back_to(&mut self, position: usize) {
        self.at = position;
    }

    /// Takes `{3}`, `{3,}` or `{3,5}`, braces included; nothing where something else comes.
    pub fn counts(&mut self) -> Option<(u32, Option<u32>)> {
        let start = self.at;
        let counts = self.try_counts();
        if counts.is_none() {
            self.at = start;
        }
        counts
    }

    fn try_counts(&mut self) -> Option<(u32, Option<u32>)> {
        let number = |digits: &str| digits.parse().unwrap_or(u32::MAX);
        if !self.take("{") {
            return None;
        }
        let least = self.digits(10, usize::MAX);
        if least.is_empty() {
            return None;
        }
        let least = number(&least);
        let most = if self.take(",") {
            let most = self.digits(10, usize::MAX);
            (!most.is_empty()).then(|| number(&most))
        } else {
            Some(least)
        };
        self.take("}").then_some((least, most))
    }

    /// The quantifier that comes next: how often, and whether rather more than less.
    pub fn quantifier(&mut self) -> Option<(u32, Option<u32>, bool)> {
        let (least, most) = match self.peek()? {
            '*' => (0, None),
            '+' => (1, None),
            '?' => (0, Some(1)),
            '{' => {
                let (least, most) = self.counts()?;
                return Some((least, most, !self.take("?")));
            }
            _ => return None,
        };
        self.at += 1;
        Some((least, most, !self.take("?")))
    }
}

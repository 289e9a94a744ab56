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

use super::backtrack::{Program, Slots};
use super::blocks::block;
use super::linear;
use super::syntax::{
    ExpressionCursor, ExpressionNode, MAX_DEPTH, OutOfSteps, ParsedExpression, PatternError,
    complement, property, set,
};
use regex_syntax::hir::ClassUnicode;
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

#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    dot_all: bool,
    lines: bool,
    ignore_case: bool,
    no_spaces: bool,
    literal: bool,
}

impl Flags {
    fn parse(flags: &str) -> Result<Self> {
        let mut out = Self::default();
        for flag in flags.chars() {
            match flag {
                's' => out.dot_all = true,
                'm' => out.lines = true,
                'i' => out.ignore_case = true,
                'x' => out.no_spaces = true,
                'q' => out.literal = true,
                other => {
                    return PatternError::illegal(format!(
                        "`{other}` is not a flag: they are `i`, `s`, `m`, `x` and `q`"
                    ));
                }
            }
        }
        Ok(out)
    }
}

fn parse(pattern: &str, flags: Flags) -> Result<ParsedExpression> {
    let mut parser = Parser {
        scan: ExpressionCursor::new(pattern),
        flags,
        opened: 0,
        closed: Vec::new(),
    };
    let node = if flags.literal {
        let chars = pattern
            .chars()
            .map(|c| ExpressionNode::Set(parser.folded(set([(c, c)]))));
        ExpressionNode::sequence(chars.collect())
    } else {
        parser.choice(0)?
    };
    if !flags.literal && parser.scan.peek().is_some() {
        return PatternError::illegal("`)` without `(`");
    }
    Ok(ParsedExpression {
        node,
        groups: parser.opened,
        ignore_case: flags.ignore_case,
        forgets: false,
    })
}

struct Parser {
    scan: ExpressionCursor,
    flags: Flags,
    opened: usize,
    /// The groups that have ended.
    closed: Vec<usize>,
}

enum Atom {
    Char(char),
    Set(ClassUnicode),
    Node(ExpressionNode),
}

impl Parser {
    fn choice(&mut self, depth: usize) -> Result<ExpressionNode> {
        if depth > MAX_DEPTH {
            return PatternError::too_deep();
        }
        let mut choices = vec![self.sequence(depth)?];
        while self.scan.take("|") {
            choices.push(self.sequence(depth)?);
        }
        Ok(ExpressionNode::choice(choices))
    }

    /// Flag `x`: white space outside of classes is not there.
    fn skip_spaces(&mut self) {
        while self.flags.no_spaces && matches!(self.scan.peek(), Some('\t' | '\n' | '\r' | ' ')) {
            self.scan.next();
        }
    }

    fn sequence(&mut self, depth: usize) -> Result<ExpressionNode> {
        let mut parts = Vec::new();
        loop {
            self.skip_spaces();
            let Some(c) = self.scan.peek().filter(|c| !matches!(c, '|' | ')')) else {
                return Ok(ExpressionNode::sequence(parts));
            };
            self.scan.next();
            let atom = match c {
                '^' if self.flags.lines => ExpressionNode::LineStart,
                '^' => ExpressionNode::Start,
                '$' if self.flags.lines => ExpressionNode::LineEnd,
                '$' => ExpressionNode::End,
                '.' if self.flags.dot_all => ExpressionNode::Set(complement(ClassUnicode::empty())),
                '.' => ExpressionNode::Set(complement(set([('\n', '\n'), ('\r', '\r')]))),
                '(' => self.group(depth)?,
                '[' => ExpressionNode::Set(self.class(depth)?),
                '\\' => match self.escape(false)? {
                    Atom::Char(c) => ExpressionNode::Set(self.folded(set([(c, c)]))),
                    Atom::Set(set) => ExpressionNode::Set(set),
                    Atom::Node(node) => node,
                },
                '*' | '+' | '?' | '{' => {
                    return PatternError::illegal(format!("`{c}` repeats nothing"));
                }
                ']' | '}' => {
                    return PatternError::illegal(format!("`{c}` as itself is written `\\{c}`"));
                }
                c => ExpressionNode::Set(self.folded(set([(c, c)]))),
            };
            self.skip_spaces();
            parts.push(self.quantified(atom)?);
        }
    }

    fn quantified(&mut self, atom: ExpressionNode) -> Result<ExpressionNode> {
        let Some((least, most, greedy)) = self.scan.quantifier() else {
            return match self.scan.peek() {
                Some('{') => PatternError::illegal("`{` repeats as in `{2}`, `{2,}` or `{2,5}`"),
                _ => Ok(atom),
            };
        };
        if most.is_some_and(|most| most < least) {
            return PatternError::illegal(format!(
                "`{{{least},{}}}` repeats at least more often than at most",
                most.unwrap_or_default()
            ));
        }
        Ok(ExpressionNode::Repeat {
            node: Box::new(atom),
            least,
            most,
            greedy,
        })
    }

    fn group(&mut self, depth: usize) -> Result<ExpressionNode> {
        let captures = !self.scan.take("?:");
        if captures && self.scan.peek() == Some('?') {
            return PatternError::illegal(
                "XPath has no groups that start with `(?`, except `(?:`: neither look-around nor names",
            );
        }
        self.opened += usize::from(captures);
        let number = self.opened;
        let node = self.choice(depth + 1)?;
        if !self.scan.take(")") {
            return PatternError::illegal("`(` without `)`");
        }
        if !captures {
            return Ok(node);
        }
        self.closed.push(number);
        Ok(ExpressionNode::Group(number, Box::new(node)))
    }

    /// What follows a backslash.
    fn escape(&mut self, in_class: bool) -> Result<Atom> {
        let Some(c) = self.scan.next() else {
            return PatternError::illegal(r"nothing follows `\`");
        };
        Ok(match c {
            'n' => Atom::Char('\n'),
            'r' => Atom::Char('\r'),
            't' => Atom::Char('\t'),
            '\\' | '|' | '.' | '?' | '*' | '+' | '(' | ')' | '{' | '}' | '-' | '[' | ']' | '^'
            | '$' => Atom::Char(c),
            's' | 'S' | 'i' | 'I' | 'c' | 'C' | 'd' | 'D' | 'w' | 'W' => {
                let members = match c.to_ascii_lowercase() {
                    's' => set([('\t', '\n'), ('\r', '\r'), (' ', ' ')]),
                    'i' => name_start(),
                    'c' => name_characters(),
                    'd' => unicode("Nd")?,
                    _ => {
                        let mut other = unicode("P")?;
                        other.union(&unicode("Z")?);
                        other.union(&unicode("C")?);
                        complement(other)
                    }
                };
                Atom::Set(if c.is_ascii_uppercase() {
                    complement(members)
                } else {
                    members
                })
            }
            'p' | 'P' => {
                let name = if self.scan.take("{") {
                    self.scan.take_until('}')
                } else {
                    None
                };
                let Some(name) = name else {
                    return PatternError::illegal(format!(
                        r"`\{c}` is followed by a category in braces, such as `\{c}{{L}}`"
                    ));
                };
                let members = category(&name)?;
                Atom::Set(if c == 'P' {
                    complement(members)
                } else {
                    members
                })
            }
            '1'..='9' if !in_class => Atom::Node(self.reference(c)?),
            c => {
                return PatternError::illegal(format!(r"XPath has no escape `\{c}`"));
            }
        })
    }

    fn reference(&mut self, first: char) -> Result<ExpressionNode> {
        let mut number = first.to_digit(10).unwrap_or(0) as usize;
        while let Some(digit) = self.scan.peek().and_then(|c| c.to_digit(10)) {
            let longer = number.saturating_mul(10).saturating_add(digit as usize);
            if longer > self.opened {
                break;
            }
            number = longer;
            self.scan.next();
        }
        if self.closed.contains(&number) {
            Ok(ExpressionNode::Reference(number))
        } else {
            PatternError::illegal(format!(r"no group ends before `\{number}`"))
        }
    }

    /// The class after an opening bracket, subtraction included.
    fn class(&mut self, depth: usize) -> Result<ClassUnicode> {
        if depth > MAX_DEPTH {
            return PatternError::too_deep();
        }
        let negated = self.scan.take("^");
        let mut chars = ClassUnicode::empty();
        let mut members = ClassUnicode::empty();
        let mut first = true;
        let mut subtracted = None;
        loop {
            let c = match self.scan.next() {
                None => return PatternError::illegal("`[` without `]`"),
                Some(']') if first => {
                    return PatternError::illegal("a class has at least one member");
                }
                Some(']') => break,
                Some('-') if self.scan.peek() == Some('[') && !first => {
                    self.scan.next();
                    subtracted = Some(self.class(depth + 1)?);
                    if !self.scan.take("]") {
                        return PatternError::illegal("a subtraction ends its class");
                    }
                    break;
                }
                Some('[') => return PatternError::illegal(r"`[` in a class is written `\[`"),
                Some('-') if !first && !matches!(self.scan.peek(), Some(']')) => {
                    return PatternError::illegal(r"`-` between members is written `\-`");
                }
                Some(c) => c,
            };
            first = false;
            let from = match c {
                '\\' => self.escape(true)?,
                c => Atom::Char(c),
            };
            let from = match from {
                Atom::Char(c) => c,
                Atom::Set(set) => {
                    members.union(&set);
                    continue;
                }
                Atom::Node(_) => continue,
            };
            let is_range =
                self.scan.peek() == Some('-') && !matches!(self.scan.peek_at(1), Some(']' | '['));
            if !is_range {
                chars.union(&set([(from, from)]));
                continue;
            }
            self.scan.next();
            let to = match self.scan.next() {
                Some('\\') => self.escape(true)?,
                Some(c) => Atom::Char(c),
                None => return PatternError::illegal("`[` without `]`"),
            };
            match to {
                Atom::Char(to) if from <= to => chars.union(&set([(from, to)])),
                Atom::Char(to) => {
                    return PatternError::illegal(format!(
                        "the range `{from}-{to}` is the wrong way round"
                    ));
                }
                _ => return PatternError::illegal("a range ends with a character"),
            }
        }
        // Categories stay as they are where case is ignored.
        members.union(&self.folded(chars));
        if negated {
            members.negate();
        }
        if let Some(subtracted) = subtracted {
            members.difference(&subtracted);
        }
        Ok(members)
    }

    /// The characters, in both cases where case is ignored.
    fn folded(&self, mut chars: ClassUnicode) -> ClassUnicode {
        if self.flags.ignore_case {
            // The tables are compiled in.
            let _ = chars.try_case_fold_simple();
        }
        chars
    }
}

fn unicode(name: &str) -> Result<ClassUnicode> {
    property(name).ok_or_else(|| PatternError::Illegal(format!("no category `{name}`")))
}

/// A category (`Lu`) or a block (`IsCyrillic`).
fn category(name: &str) -> Result<ClassUnicode> {
    const CATEGORIES: &[&str] = &[
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc",
        "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So",
        "C", "Cc", "Cf", "Co", "Cn",
    ];
    if let Some(block_name) = name.strip_prefix("Is") {
        let Some((first, last)) = block(block_name) else {
            return PatternError::illegal(format!("Unicode has no block `{block_name}`"));
        };
        let (first, last) = (char::from_u32(first), char::from_u32(last));
        return Ok(set(first.zip(last)));
    }
    if CATEGORIES.contains(&name) {
        return unicode(name);
    }
    PatternError::illegal(format!(
        "`{name}` is neither a category, such as `Lu`, nor a block, such as `IsCyrillic`"
    ))
}

/// `\i`: what a name of XML starts with.
fn name_start() -> ClassUnicode {
    set([
        (':', ':'),
        ('A', 'Z'),
        ('_', '_'),
        ('a', 'z'),
        ('\u{C0}', '\u{D6}'),
        ('\u{D8}', '\u{F6}'),
        ('\u{F8}', '\u{2FF}'),
        ('\u{370}', '\u{37D}'),
        ('\u{37F}', '\u{1FFF}'),
        ('\u{200C}', '\u{200D}'),
        ('\u{2070}', '\u{218F}'),
        ('\u{2C00}', '\u{2FEF}'),
        ('\u{3001}', '\u{D7FF}'),
        ('\u{F900}', '\u{FDCF}'),
        ('\u{FDF0}', '\u{FFFD}'),
        ('\u{10000}', '\u{EFFFF}'),
    ])
}

/// `\c`: what a name of XML consists of.
fn name_characters() -> ClassUnicode {
    let mut characters = name_start();
    characters.union(&set([
        ('-', '.'),
        ('0', '9'),
        ('\u{B7}', '\u{B7}'),
        ('\u{300}', '\u{36F}'),
        ('\u{203F}', '\u{2040}'),
    ]));
    characters
}

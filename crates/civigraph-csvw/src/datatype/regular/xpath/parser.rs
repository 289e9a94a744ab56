//! Parses the expressions of XPath.

use super::Result;
use crate::datatype::regular::blocks::block;
use crate::datatype::regular::syntax::{
    ExpressionCursor, ExpressionNode, MAX_DEPTH, ParsedExpression, PatternError, complement,
    property, set,
};
use regex_syntax::hir::ClassUnicode;

/// The flags of an expression (Functions and Operators §5.6.2).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) dot_all: bool,
    pub(super) lines: bool,
    pub(super) ignore_case: bool,
    pub(super) no_spaces: bool,
    pub(super) literal: bool,
}

impl Flags {
    pub(super) fn parse(flags: &str) -> Result<Self> {
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

/// Parses an expression.
pub(super) fn parse(pattern: &str, flags: Flags) -> Result<ParsedExpression> {
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

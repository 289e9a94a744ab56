//! The expressions of ECMAScript, without flags.
//!
//! The 5.1 grammar that the Recommendation names, what later editions added (look-behind, named
//! groups), and what all implementations read beyond it (Annex B: `]` and `{` as themselves, octal
//! escapes). `\p{…}` with a property that there is has the meaning of the flag `u`: the 5.1 grammar
//! has no such escape.

use super::syntax::{
    ExpressionCursor, ExpressionNode, MAX_DEPTH, ParsedExpression, PatternError, complement,
    property, set,
};
use regex_syntax::hir::ClassUnicode;

type Result<T> = std::result::Result<T, PatternError>;

/// Parses an expression.
pub fn parse(pattern: &str) -> Result<ParsedExpression> {
    let (count, names) = groups(pattern)?;
    // `regress` is the judge of what is legal; the parser below gives the meaning.
    if let Err(error) = regress::Regex::new(pattern) {
        return PatternError::illegal(error.to_string());
    }
    let mut parser = Parser {
        scan: ExpressionCursor::new(pattern),
        count,
        names,
        opened: 0,
    };
    let node = parser.choice(0)?;
    if parser.scan.peek().is_some() {
        return PatternError::illegal("`)` without `(`");
    }
    Ok(ParsedExpression {
        node,
        groups: count,
        ignore_case: false,
        forgets: true,
    })
}

/// The groups that capture: how many, and the names of those that have one.
fn groups(pattern: &str) -> Result<(usize, Vec<(String, usize)>)> {
    let mut scan = ExpressionCursor::new(pattern);
    let (mut count, mut names) = (0, Vec::new());
    let (mut depth, mut in_class) = (0_usize, false);
    while let Some(c) = scan.next() {
        match c {
            '\\' => {
                scan.next();
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return PatternError::too_deep();
                }
                if scan.peek() != Some('?') {
                    count += 1;
                } else if scan.peek_at(1) == Some('<')
                    && !matches!(scan.peek_at(2), Some('=' | '!'))
                {
                    count += 1;
                    scan.take("?<");
                    if let Some(name) = scan.take_until('>') {
                        names.push((name, count));
                    }
                }
            }
            ')' if !in_class => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok((count, names))
}

struct Parser {
    scan: ExpressionCursor,
    count: usize,
    names: Vec<(String, usize)>,
    opened: usize,
}

/// One atom of an expression or a class.
enum Atom {
    Char(char),
    Set(ClassUnicode),
    Node(ExpressionNode),
}

impl Atom {
    fn node(self) -> ExpressionNode {
        match self {
            Self::Char(c) => ExpressionNode::char(c),
            Self::Set(set) => ExpressionNode::Set(set),
            Self::Node(node) => node,
        }
    }
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

    fn sequence(&mut self, depth: usize) -> Result<ExpressionNode> {
        let mut parts = Vec::new();
        while let Some(c) = self.scan.peek().filter(|c| !matches!(c, '|' | ')')) {
            self.scan.next();
            let atom = match c {
                '^' => ExpressionNode::Start,
                '$' => ExpressionNode::End,
                '.' => ExpressionNode::Set(complement(set([
                    ('\n', '\n'),
                    ('\r', '\r'),
                    ('\u{2028}', '\u{2029}'),
                ]))),
                '(' => self.group(depth)?,
                '[' => ExpressionNode::Set(self.class()?),
                '\\' => self.escape(false)?.node(),
                c => ExpressionNode::char(c),
            };
            parts.push(match self.scan.quantifier() {
                None => atom,
                Some((least, most, greedy)) => ExpressionNode::Repeat {
                    node: Box::new(atom),
                    least,
                    most,
                    greedy,
                },
            });
        }
        Ok(ExpressionNode::sequence(parts))
    }

    fn group(&mut self, depth: usize) -> Result<ExpressionNode> {
        let looks = [
            ("?=", true, false),
            ("?!", true, true),
            ("?<=", false, false),
            ("?<!", false, true),
        ];
        let look = looks.into_iter().find(|(mark, ..)| self.scan.take(mark));
        let mut number = None;
        if look.is_none() && !self.scan.take("?:") {
            self.opened += 1;
            number = Some(self.opened);
            if self.scan.take("?<") {
                self.scan.take_until('>');
            } else if self.scan.peek() == Some('?') {
                return Err(PatternError::Unsupported(
                    "groups with flags, such as `(?i:…)`, are not supported".to_owned(),
                ));
            }
        }
        let node = Box::new(self.choice(depth + 1)?);
        if !self.scan.take(")") {
            return PatternError::illegal("`(` without `)`");
        }
        Ok(match (look, number) {
            (Some((_, ahead, negated)), _) => ExpressionNode::Look {
                node,
                ahead,
                negated,
            },
            (None, Some(number)) => ExpressionNode::Group(number, node),
            (None, None) => *node,
        })
    }

    /// What follows a backslash.
    fn escape(&mut self, in_class: bool) -> Result<Atom> {
        let Some(c) = self.scan.next() else {
            return PatternError::illegal(r"nothing follows `\`");
        };
        let digits = || set([('0', '9')]);
        let word = || set([('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_')]);
        Ok(match c {
            'd' => Atom::Set(digits()),
            'D' => Atom::Set(complement(digits())),
            'w' => Atom::Set(word()),
            'W' => Atom::Set(complement(word())),
            's' => Atom::Set(spaces()),
            'S' => Atom::Set(complement(spaces())),
            'b' if in_class => Atom::Char('\u{8}'),
            'b' => Atom::Node(ExpressionNode::WordBoundary { negated: false }),
            'B' if !in_class => Atom::Node(ExpressionNode::WordBoundary { negated: true }),
            't' => Atom::Char('\t'),
            'n' => Atom::Char('\n'),
            'v' => Atom::Char('\u{B}'),
            'f' => Atom::Char('\u{C}'),
            'r' => Atom::Char('\r'),
            'c' => self.control(in_class),
            'x' => self.hexadecimal(2).map_or(Atom::Char('x'), code_unit),
            'u' => self.unit(),
            'p' | 'P' => self.property(c),
            'k' if !in_class && !self.names.is_empty() => self.named_reference()?,
            '1'..='9' if !in_class => self.numbered_reference(c),
            '0'..='7' => self.octal(c),
            c => Atom::Char(c),
        })
    }

    fn control(&mut self, in_class: bool) -> Atom {
        let fits =
            |c: &char| c.is_ascii_alphabetic() || (in_class && (c.is_ascii_digit() || *c == '_'));
        match self.scan.peek().filter(fits) {
            Some(letter) => {
                self.scan.next();
                code_unit(u32::from(letter) % 32)
            }
            // The backslash stands for itself; the letter comes next.
            None => {
                self.scan.back_to(self.scan.position() - 1);
                Atom::Char('\\')
            }
        }
    }

    /// So many hexadecimal digits, or none of them.
    fn hexadecimal(&mut self, count: usize) -> Option<u32> {
        let start = self.scan.position();
        let digits = self.scan.digits(16, count);
        if digits.len() < count {
            self.scan.back_to(start);
            return None;
        }
        u32::from_str_radix(&digits, 16).ok()
    }

    /// `\u0416`, or two such that are one character together.
    fn unit(&mut self) -> Atom {
        let Some(high) = self.hexadecimal(4) else {
            return Atom::Char('u');
        };
        let start = self.scan.position();
        if (0xD800..0xDC00).contains(&high)
            && self.scan.take(r"\u")
            && let Some(low) = self.hexadecimal(4)
            && (0xDC00..0xE000).contains(&low)
        {
            return code_unit(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00));
        }
        self.scan.back_to(start);
        code_unit(high)
    }

    fn property(&mut self, letter: char) -> Atom {
        let start = self.scan.position();
        if self.scan.take("{")
            && let Some(name) = self.scan.take_until('}')
            && let Some(set) = property(&name)
        {
            return Atom::Set(if letter == 'P' { complement(set) } else { set });
        }
        self.scan.back_to(start);
        Atom::Char(letter)
    }

    fn named_reference(&mut self) -> Result<Atom> {
        let name = if self.scan.take("<") {
            self.scan.take_until('>')
        } else {
            None
        };
        let found = name.and_then(|name| self.names.iter().find(|(known, _)| *known == name));
        match found {
            Some(&(_, number)) => Ok(Atom::Node(ExpressionNode::Reference(number))),
            None => PatternError::illegal(r"`\k` names no group"),
        }
    }

    fn numbered_reference(&mut self, first: char) -> Atom {
        let start = self.scan.position();
        let rest = self.scan.digits(10, usize::MAX);
        if let Ok(number) = format!("{first}{rest}").parse::<usize>()
            && number <= self.count
        {
            return Atom::Node(ExpressionNode::Reference(number));
        }
        self.scan.back_to(start);
        match first {
            '8' | '9' => Atom::Char(first),
            _ => self.octal(first),
        }
    }

    /// An octal escape: up to `\377`.
    fn octal(&mut self, first: char) -> Atom {
        let most = if first <= '3' { 2 } else { 1 };
        let digits = format!("{first}{}", self.scan.digits(8, most));
        code_unit(u32::from_str_radix(&digits, 8).unwrap_or(0))
    }

    /// The class after an opening bracket.
    fn class(&mut self) -> Result<ClassUnicode> {
        let negated = self.scan.take("^");
        let mut members = ClassUnicode::empty();
        loop {
            let first = match self.scan.next() {
                None => return PatternError::illegal("`[` without `]`"),
                Some(']') => break,
                Some(c) => self.class_atom(c)?,
            };
            let is_range =
                self.scan.peek() == Some('-') && !matches!(self.scan.peek_at(1), Some(']') | None);
            if !is_range {
                add(&mut members, first);
                continue;
            }
            self.scan.next();
            let Some(last) = self.scan.next() else {
                return PatternError::illegal("`[` without `]`");
            };
            match (first, self.class_atom(last)?) {
                (Atom::Char(first), Atom::Char(last)) if first > last => {
                    return PatternError::illegal(format!(
                        "the range `{first}-{last}` is the wrong way round"
                    ));
                }
                (Atom::Char(first), Atom::Char(last)) => members.union(&set([(first, last)])),
                // `[\d-x]`: three members.
                (first, last) => {
                    for atom in [first, Atom::Char('-'), last] {
                        add(&mut members, atom);
                    }
                }
            }
        }
        Ok(if negated {
            complement(members)
        } else {
            members
        })
    }

    fn class_atom(&mut self, c: char) -> Result<Atom> {
        match c {
            '\\' => self.escape(true),
            c => Ok(Atom::Char(c)),
        }
    }
}

fn add(members: &mut ClassUnicode, atom: Atom) {
    match atom {
        Atom::Char(c) => members.union(&set([(c, c)])),
        Atom::Set(set) => members.union(&set),
        Atom::Node(_) => {}
    }
}

/// The character of a number. Half a surrogate pair is in no text: the empty set.
fn code_unit(number: u32) -> Atom {
    char::from_u32(number).map_or_else(|| Atom::Set(ClassUnicode::empty()), Atom::Char)
}

/// `\s`: white space and line terminators.
fn spaces() -> ClassUnicode {
    set([
        ('\t', '\r'),
        (' ', ' '),
        ('\u{A0}', '\u{A0}'),
        ('\u{1680}', '\u{1680}'),
        ('\u{2000}', '\u{200A}'),
        ('\u{2028}', '\u{2029}'),
        ('\u{202F}', '\u{202F}'),
        ('\u{205F}', '\u{205F}'),
        ('\u{3000}', '\u{3000}'),
        ('\u{FEFF}', '\u{FEFF}'),
    ])
}

//! Regular expressions of `format`: ECMAScript syntax, matched against the whole value.
//!
//! `regress` says whether a pattern is one. What it accepts is matched in time linear in the cell: the
//! pattern is rewritten for the `regex` crate. Look-around and back-references cannot be rewritten;
//! such a pattern is matched by backtracking, and so that no cell can make it run away
//!
//! - it may not repeat a group that itself repeats or has alternatives: that is a bad format;
//! - cells do not match it that are so long that its other repetitions and alternatives, in a row,
//!   could take more than [`MAX_STEPS`] steps, or that are longer than [`MAX_BACKTRACKED`] bytes.

use std::fmt::Write;

/// The longest cell, in bytes, that is matched by backtracking.
pub const MAX_BACKTRACKED: usize = 1000;

/// How many ways to match a cell are tried at most, by an estimate from the pattern.
pub const MAX_STEPS: u64 = 1 << 24;

/// Backtracking patterns that could only match shorter cells than this are refused.
const MIN_BACKTRACKED: usize = 16;

/// A pattern ready to match.
pub struct Regular {
    engine: Engine,
}

enum Engine {
    Linear(regex::Regex),
    Backtracking {
        regex: Box<regress::Regex>,
        /// The longest cell that may match, in bytes.
        limit: usize,
    },
}

impl std::fmt::Debug for Regular {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &self.engine {
            Engine::Linear(_) => "Regular(linear)",
            Engine::Backtracking { .. } => "Regular(backtracking)",
        })
    }
}

impl Regular {
    /// Compiles a pattern; the error says what is wrong with it.
    pub fn new(pattern: &str) -> Result<Self, String> {
        // On its own first: wrapped in a group, `a)(b` would be valid.
        regress::Regex::new(pattern).map_err(|error| error.to_string())?;
        if let Some(rewritten) = rewrite(pattern) {
            let anchored = format!(r"\A(?:{rewritten})\z");
            if let Ok(regex) = regex::Regex::new(&anchored) {
                return Ok(Self {
                    engine: Engine::Linear(regex),
                });
            }
        }
        let Some(limit) = longest_backtracked(pattern) else {
            return Err("it could take too long: beside look-around or back-references, too much of it repeats or branches".to_owned());
        };
        let regex =
            regress::Regex::new(&format!("^(?:{pattern})$")).map_err(|error| error.to_string())?;
        Ok(Self {
            engine: Engine::Backtracking {
                regex: Box::new(regex),
                limit,
            },
        })
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        match &self.engine {
            Engine::Linear(regex) => regex.is_match(text),
            Engine::Backtracking { regex, limit } => {
                text.len() <= *limit && regex.find(text).is_some()
            }
        }
    }
}

/// `\s` of ECMAScript, as the inside of a class.
const SPACES: &str = r"\t\n\x{B}\x{C}\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}";

/// The same pattern in the syntax of the `regex` crate; `None` where that crate has no counterpart.
///
/// The pattern is known to be valid ECMAScript.
fn rewrite(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len() * 2);
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => match escape(&mut rest)? {
                Atom::Char(c) => literal(&mut out, c),
                Atom::Set(set) => {
                    out.push('[');
                    out.push_str(&set);
                    out.push(']');
                }
                Atom::WordBoundary => out.push_str(r"(?-u:\b)"),
            },
            '[' => class(&mut rest, &mut out)?,
            '.' => out.push_str(r"[^\n\r\x{2028}\x{2029}]"),
            '(' => {
                out.push('(');
                if let Some(after) = rest.strip_prefix("?:") {
                    rest = after;
                } else if let Some(after) = rest.strip_prefix("?<") {
                    if after.starts_with(['=', '!']) {
                        return None;
                    }
                    rest = &after[after.find('>')? + 1..];
                } else if rest.starts_with('?') {
                    return None;
                }
                // Nobody asks what a group captured.
                out.push_str("?:");
            }
            '{' => match quantifier(rest) {
                Some(length) => {
                    out.push('{');
                    out.push_str(&rest[..length]);
                    rest = &rest[length..];
                }
                None => out.push_str(r"\{"),
            },
            '^' => out.push_str(r"\A"),
            '$' => out.push_str(r"\z"),
            ')' | '|' | '*' | '+' | '?' => out.push(c),
            c => literal(&mut out, c),
        }
    }
    Some(out)
}

/// Length of `3}`, `3,}` or `3,5}` at the start of a text.
fn quantifier(text: &str) -> Option<usize> {
    let end = text.find('}')?;
    let (least, most) = text[..end].split_once(',').unwrap_or((&text[..end], ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!least.is_empty() && digits(least) && digits(most)).then_some(end + 1)
}

fn literal(out: &mut String, c: char) {
    if c.is_ascii_alphanumeric() || !c.is_ascii() {
        out.push(c);
    } else {
        // Writing to a string does not fail.
        let _ = write!(out, r"\x{{{:X}}}", u32::from(c));
    }
}

enum Atom {
    Char(char),
    /// The inside of a class.
    Set(String),
    WordBoundary,
}

/// What follows a backslash.
fn escape(rest: &mut &str) -> Option<Atom> {
    let c = rest.chars().next()?;
    *rest = &rest[c.len_utf8()..];
    let set = |set: &str| Some(Atom::Set(set.to_owned()));
    match c {
        'd' => set("0-9"),
        'D' => set("[^0-9]"),
        'w' => set("0-9A-Za-z_"),
        'W' => set("[^0-9A-Za-z_]"),
        's' => set(SPACES),
        'S' => Some(Atom::Set(format!("[^{SPACES}]"))),
        'b' => Some(Atom::WordBoundary),
        't' => Some(Atom::Char('\t')),
        'n' => Some(Atom::Char('\n')),
        'v' => Some(Atom::Char('\u{B}')),
        'f' => Some(Atom::Char('\u{C}')),
        'r' => Some(Atom::Char('\r')),
        '0' if !rest.starts_with(|c: char| c.is_ascii_digit()) => Some(Atom::Char('\0')),
        'x' => hexadecimal(rest, 2).map(Atom::Char),
        'u' if !rest.starts_with('{') => hexadecimal(rest, 4).map(Atom::Char),
        // Back-references, properties, control letters, other letters: left to the other engine.
        c if c.is_ascii_alphanumeric() => None,
        c => Some(Atom::Char(c)),
    }
}

/// A character by exactly so many hexadecimal digits; `None` for surrogates too.
fn hexadecimal(rest: &mut &str, digits: usize) -> Option<char> {
    let text = rest.get(..digits)?;
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    *rest = &rest[digits..];
    char::from_u32(u32::from_str_radix(text, 16).ok()?)
}

/// The class after an opening bracket.
fn class(rest: &mut &str, out: &mut String) -> Option<()> {
    let negated = rest.starts_with('^');
    if negated {
        *rest = &rest[1..];
    }
    if rest.starts_with(']') {
        // `[]` matches nothing, `[^]` everything.
        *rest = &rest[1..];
        out.push_str(if negated {
            r"[\x{0}-\x{10FFFF}]"
        } else {
            r"[^\x{0}-\x{10FFFF}]"
        });
        return Some(());
    }
    out.push_str(if negated { "[^" } else { "[" });
    loop {
        if let Some(after) = rest.strip_prefix(']') {
            *rest = after;
            out.push(']');
            return Some(());
        }
        let first = class_atom(rest)?;
        if rest.starts_with('-') && !rest[1..].starts_with(']') {
            *rest = &rest[1..];
            match (first, class_atom(rest)?) {
                (Atom::Char(first), Atom::Char(last)) => {
                    literal(out, first);
                    out.push('-');
                    literal(out, last);
                }
                // `[\d-x]`: three members.
                (first, last) => {
                    for atom in [first, Atom::Char('-'), last] {
                        member(out, atom)?;
                    }
                }
            }
        } else {
            member(out, first)?;
        }
    }
}

fn class_atom(rest: &mut &str) -> Option<Atom> {
    let c = rest.chars().next()?;
    *rest = &rest[c.len_utf8()..];
    match c {
        '\\' => match escape(rest)? {
            Atom::WordBoundary => Some(Atom::Char('\u{8}')),
            atom => Some(atom),
        },
        c => Some(Atom::Char(c)),
    }
}

fn member(out: &mut String, atom: Atom) -> Option<()> {
    match atom {
        Atom::Char(c) => literal(out, c),
        Atom::Set(set) => out.push_str(&set),
        Atom::WordBoundary => return None,
    }
    Some(())
}

/// The longest cell, in bytes, on which a pattern may be matched by backtracking.
///
/// `None` where a group that holds a quantifier or a `|` is itself repeated, which can take a number
/// of steps that is exponential in the length, or where only very short cells would be safe.
fn longest_backtracked(pattern: &str) -> Option<usize> {
    // Of each open group: whether it holds a quantifier or an alternative.
    let mut open = vec![false];
    let mut in_class = false;
    // Each repetition can end anywhere in the cell, each branch doubles the ways.
    let mut repetitions = 0_u32;
    let mut ways = 1_u64;
    let mut bytes = pattern.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            b'[' => in_class = true,
            b']' => in_class = false,
            _ if in_class => {}
            b'(' => {
                open.push(false);
                if bytes.peek() == Some(&b'?') {
                    bytes.next();
                }
            }
            b')' => {
                let held = open.pop().unwrap_or(false);
                let repeated = matches!(bytes.peek(), Some(b'*' | b'+' | b'{'));
                if held && repeated {
                    return None;
                }
                match open.last_mut() {
                    Some(outer) => *outer |= held || repeated,
                    None => open.push(held || repeated),
                }
            }
            b'*' | b'+' | b'?' | b'{' | b'|' => {
                if let Some(group) = open.last_mut() {
                    *group = true;
                }
                if matches!(byte, b'?' | b'|') {
                    ways = ways.saturating_mul(2);
                } else {
                    repetitions += 1;
                }
            }
            _ => {}
        }
    }
    // The search itself looks at every byte.
    let steps = |length: usize| {
        (length as u64)
            .saturating_pow(repetitions.saturating_add(1))
            .saturating_mul(ways)
    };
    let mut limit = MAX_BACKTRACKED;
    while limit >= MIN_BACKTRACKED && steps(limit) > MAX_STEPS {
        limit -= limit / 16 + 1;
    }
    (limit >= MIN_BACKTRACKED).then_some(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_linear(pattern: &str) -> bool {
        matches!(Regular::new(pattern).unwrap().engine, Engine::Linear(_))
    }

    /// Each pattern with texts that match and texts that do not; `regress` itself agrees.
    #[test]
    fn linear_patterns() {
        for (pattern, good, bad) in [
            ("[Aa]+", vec!["AaAaA"], vec!["", "AaB", "xAa"]),
            ("GED", vec!["GED"], vec!["GEDx", "xGED", "ged"]),
            ("a|bc", vec!["a", "bc"], vec!["ac", "abc"]),
            ("^-?P.DT.*$", vec!["P1DT2H", "-P0DT"], vec!["P1D", "xP1DT"]),
            (r"^\d$", vec!["7"], vec!["77", "٣", ""]),
            (r"\w+\s\S", vec!["ab_\u{a0}é"], vec!["é x", "a\u{200b}b"]),
            (r"[\d-x]+", vec!["1-x"], vec!["y"]),
            (r"[^\d\s]+", vec!["ab"], vec!["a1", "a b"]),
            (r"[a&&b~~\[\]^-]+", vec!["a&b~[]^-"], vec!["c"]),
            (".", vec!["я", "😀"], vec!["\n", "\u{2028}", ""]),
            (r"a{2,3}", vec!["aa", "aaa"], vec!["a", "aaaa"]),
            (r"a{x}", vec!["a{x}"], vec!["ax"]),
            (r"\u0416\x41\/\.\-", vec!["ЖA/.-"], vec!["ЖA/x-"]),
            (r"(?<year>\d{4})-(?:\d\d)", vec!["2017-11"], vec!["2017-1"]),
            (r"\bfoo\b.*", vec!["foo bar"], vec!["foobar"]),
            ("[^]*", vec!["", "a\nb"], vec![]),
            (
                r"(a+)+b",
                vec!["aab"],
                vec!["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"],
            ),
        ] {
            let regular = Regular::new(pattern).unwrap();
            assert!(is_linear(pattern), "{pattern}");
            let oracle = regress::Regex::new(&format!("^(?:{pattern})$")).unwrap();
            for text in good {
                assert!(regular.matches(text), "{pattern} {text}");
                assert!(oracle.find(text).is_some(), "{pattern} {text}");
            }
            for text in bad {
                assert!(!regular.matches(text), "{pattern} {text}");
                if text.len() < 30 {
                    assert!(oracle.find(text).is_none(), "{pattern} {text}");
                }
            }
        }
    }

    #[test]
    fn backtracking_patterns_are_bounded() {
        for (pattern, good, bad) in [
            (r"(?!X)[A-Z]+", "ABC", "XBC"),
            (r"(.)\1", "aa", "ab"),
            (r".*(?<=b)c", "abc", "acc"),
        ] {
            assert!(!is_linear(pattern), "{pattern}");
            let regular = Regular::new(pattern).unwrap();
            assert!(regular.matches(good), "{pattern}");
            assert!(!regular.matches(bad), "{pattern}");
        }
        let regular = Regular::new(r"(.)\1.*").unwrap();
        assert!(regular.matches(&"a".repeat(MAX_BACKTRACKED)));
        assert!(!regular.matches(&"a".repeat(MAX_BACKTRACKED + 1)));
        // The more repetitions in a row, the shorter the cells.
        let limit = |pattern| longest_backtracked(pattern).unwrap();
        assert!(limit(r"(.)\1.*.*") < MAX_BACKTRACKED);
        assert!(limit(r"(.)\1.*.*.*") < limit(r"(.)\1.*.*"));
        let regular = Regular::new(r"(?=.).*.*.*.*b").unwrap();
        assert!(!regular.matches(&"a".repeat(MAX_BACKTRACKED)));
    }

    #[test]
    fn refused_patterns() {
        for pattern in [
            "+",
            "[",
            "(",
            "a)(b",
            r"(?=x)(a+)+b",
            r"(x)\1(a|aa)*b",
            r"(?=x).*.*.*.*.*.*.*b",
        ] {
            assert!(Regular::new(pattern).is_err(), "{pattern}");
        }
        // Nested deeper than any honest pattern.
        let deep = "(".repeat(100_000) + &")".repeat(100_000);
        assert!(Regular::new(&deep).is_err());
    }

    #[test]
    fn long_cells_take_linear_time() {
        let cell = "a".repeat(20_000_000);
        assert!(!Regular::new("(a|aa|aaa)+b").unwrap().matches(&cell));
    }
}

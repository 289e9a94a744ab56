//! A bound on how deep an RDF document nests.
//!
//! The parser of JSON-LD calls itself for each object in an object, and triple terms are cloned, compared
//! and dropped that way in all formats: too deep ones would overflow the stack. So the bytes are watched on
//! their way to the parser.

use std::io::{self, Read};

/// Triple terms in triple terms, or objects and arrays in each other.
const LIMIT: usize = 500;

/// Watches what is read.
#[derive(Debug)]
pub(crate) struct Nesting<R> {
    inner: R,
    syntax: BracketSyntax,
    state: LexerState,
    depth: usize,
    line: u64,
    column: u64,
}

/// What the brackets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BracketSyntax {
    /// `<<` and `>>`, as in all formats of the Turtle family.
    Turtle,
    /// `{` and `}`, `[` and `]`.
    Json,
}

/// Where in the text the last byte was.
#[derive(Debug, Clone, Copy)]
enum LexerState {
    Between,
    /// After a `<`.
    Less,
    Iri,
    /// After a `>`.
    Greater,
    Comment,
    /// After a backslash, which takes the next byte with it.
    Escape,
    /// After so many of the quotes that may start a string.
    Opening(u8, u8),
    /// In a string, after so many of the quotes that may end it.
    Quoted(Quotes, u8),
    /// In a string, after a backslash.
    QuotedEscape(Quotes),
}

/// The quotes of a string.
#[derive(Debug, Clone, Copy)]
struct Quotes {
    quote: u8,
    /// Three of them.
    long: bool,
}

/// That a document nests too deep, as the source of an [`io::Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooDeep {
    /// Physical line from 1.
    pub(crate) line: u64,
    /// Character in that line from 1.
    pub(crate) column: u64,
}

impl std::fmt::Display for TooDeep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "it nests deeper than {LIMIT} levels")
    }
}

impl std::error::Error for TooDeep {}

impl TooDeep {
    /// What an error of reading comes from, if it is this.
    pub(crate) fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

impl<R> Nesting<R> {
    pub(crate) fn new(inner: R, syntax: BracketSyntax) -> Self {
        Self {
            inner,
            syntax,
            state: LexerState::Between,
            depth: 0,
            line: 1,
            column: 0,
        }
    }

    /// Takes note of a byte.
    fn byte(&mut self, byte: u8) -> Result<(), TooDeep> {
        if byte == b'\n' {
            self.line += 1;
            self.column = 0;
        } else if byte & 0xC0 != 0x80 {
            self.column += 1;
        }
        self.state = match (self.state, byte) {
            (LexerState::Less, b'<') => {
                self.open()?;
                LexerState::Between
            }
            (LexerState::Greater, b'>') => {
                self.depth = self.depth.saturating_sub(1);
                LexerState::Between
            }
            (LexerState::Iri | LexerState::Less, b'>') => LexerState::Between,
            // What cannot be in an IRI is not: the parser goes on after it as well.
            (LexerState::Iri | LexerState::Less, 0x21..) if !b"<\"{}|^`".contains(&byte) => {
                LexerState::Iri
            }
            (LexerState::Comment, b'\n' | b'\r') => LexerState::Between,
            (LexerState::Comment, _) => LexerState::Comment,
            (LexerState::Escape, _) => LexerState::Between,
            (LexerState::QuotedEscape(quotes), _) => LexerState::Quoted(quotes, 0),
            (LexerState::Opening(quote, 1), _) if byte == quote => LexerState::Opening(quote, 2),
            (LexerState::Opening(quote, 2), _) if byte == quote => {
                LexerState::Quoted(Quotes { quote, long: true }, 0)
            }
            (LexerState::Opening(quote, 1), _) => {
                self.quoted(Quotes { quote, long: false }, 0, byte)
            }
            (LexerState::Quoted(quotes, ended), _) => self.quoted(quotes, ended, byte),
            // Two quotes are an empty string.
            (_, _) => self.between(byte)?,
        };
        Ok(())
    }

    /// A byte outside of strings, IRIs and comments.
    fn between(&mut self, byte: u8) -> Result<LexerState, TooDeep> {
        Ok(match (self.syntax, byte) {
            (BracketSyntax::Json, b'{' | b'[') => {
                self.open()?;
                LexerState::Between
            }
            (BracketSyntax::Json, b'}' | b']') => {
                self.depth = self.depth.saturating_sub(1);
                LexerState::Between
            }
            (BracketSyntax::Json, b'"') => LexerState::Quoted(
                Quotes {
                    quote: byte,
                    long: false,
                },
                0,
            ),
            (BracketSyntax::Json, _) => LexerState::Between,
            (BracketSyntax::Turtle, b'<') => LexerState::Less,
            (BracketSyntax::Turtle, b'>') => LexerState::Greater,
            (BracketSyntax::Turtle, b'#') => LexerState::Comment,
            (BracketSyntax::Turtle, b'\\') => LexerState::Escape,
            (BracketSyntax::Turtle, b'"' | b'\'') => LexerState::Opening(byte, 1),
            (BracketSyntax::Turtle, _) => LexerState::Between,
        })
    }

    /// A byte of a string.
    fn quoted(&self, quotes: Quotes, ended: u8, byte: u8) -> LexerState {
        match byte {
            b'\\' => LexerState::QuotedEscape(quotes),
            _ if byte == quotes.quote && (!quotes.long || ended == 2) => LexerState::Between,
            _ if byte == quotes.quote => LexerState::Quoted(quotes, ended + 1),
            // A short string ends with its line.
            b'\n' | b'\r' if !quotes.long => LexerState::Between,
            _ => LexerState::Quoted(quotes, 0),
        }
    }

    fn open(&mut self) -> Result<(), TooDeep> {
        self.depth += 1;
        if self.depth > LIMIT {
            return Err(TooDeep {
                line: self.line,
                column: self.column,
            });
        }
        Ok(())
    }
}

impl<R: Read> Read for Nesting<R> {
    /// Reads on.
    ///
    /// # Errors
    /// It cannot be read, or it nests too deep ([`TooDeep`]).
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        for &byte in out.get(..read).unwrap_or_default() {
            self.byte(byte)
                .map_err(|deep| io::Error::new(io::ErrorKind::InvalidData, deep))?;
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place where a text nests too deep.
    fn check(syntax: BracketSyntax, text: &str, expected: Option<(u64, u64)>) {
        let mut read = Vec::new();
        let result = Nesting::new(text.as_bytes(), syntax).read_to_end(&mut read);
        let found = match result {
            Ok(_) => None,
            Err(error) => TooDeep::of(&error).map(|deep| (deep.line, deep.column)),
        };
        let text: String = text.chars().take(40).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn triple_terms() {
        let check = |text: &str, expected| check(BracketSyntax::Turtle, text, expected);
        let open = "<<( :é :p ".repeat(LIMIT);
        check(&open, None);
        check(&format!("{open}{}{open}", ")>>".repeat(LIMIT)), None);
        check(&format!("{open}<s> <<"), Some((1, 5006)));
        check(&format!("<a b\n{open}\n<<s"), Some((3, 2)));
        let deep = "<<".repeat(LIMIT + 1);
        // Where brackets are none.
        for text in [
            format!("\"{deep}\""),
            format!("'\\'{deep}'"),
            format!("\"\"\"\"\n\"\"{deep}\"\"\""),
            format!("'''\\'''{deep}'''"),
            format!("# {deep}"),
            format!("<#{}> <{}>", "a".repeat(LIMIT), "#>\n<".repeat(LIMIT)),
        ] {
            check(&text, None);
        }
        // Behind what only looks like the start of a string or a comment.
        for text in [
            "\"\" ",
            "\"\"\"\"\"\" ",
            "\"a\n",
            ":a\\' ",
            "<#> ",
            "# \n",
            "'\"' ",
        ] {
            check(&format!("{text}\n{deep}"), {
                let line = 2 + text.matches('\n').count() as u64;
                Some((line, 2 * LIMIT as u64 + 2))
            });
        }
    }

    #[test]
    fn json() {
        let check = |text: &str, expected| check(BracketSyntax::Json, text, expected);
        check(&"[{".repeat(LIMIT / 2), None);
        check(&"[{}]".repeat(LIMIT), None);
        check(&format!("\n{}", "[{".repeat(LIMIT)), Some((2, 501)));
        check(&format!("\"\\\"{}\"", "[".repeat(LIMIT + 1)), None);
        check(
            &format!("\"<<'#\"{}", "[".repeat(LIMIT + 1)),
            Some((1, 507)),
        );
    }
}

//! What a query that cannot be read lacks, in words.
//!
//! The parser lists every character and keyword that it would take. A reader wants to know in which part of the
//! query it stopped, and what that part needs. So the parser is asked whether it would take a sample of each kind of
//! thing there: where a literal could be but no brace, a triple needs its object.

use super::super::guard::significant;
use super::reader::QueryReader;
use crate::diagnostic::suggest;

/// What is wrong at a place.
pub(super) struct SyntaxFlaw {
    /// In a sentence.
    pub(super) message: String,
    /// How to write it.
    pub(super) hint: Option<String>,
    /// Where, if not at the place that was asked about.
    pub(super) at: Option<usize>,
}

impl SyntaxFlaw {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
            at: None,
        }
    }

    fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Says what is missing, or wrong, at the start of a token that the parser does not take.
pub(super) fn missing(reader: QueryReader<'_>, at: usize) -> SyntaxFlaw {
    let rest = reader.after(at);
    if let Some(unclosed) = unclosed_text(reader, at) {
        return unclosed;
    }
    let mut missing = part(reader, at);
    if let Some(hint) = slip(reader.before(at), rest) {
        missing.hint = Some(hint);
    } else if let Some(word) = word(rest) {
        name_word(reader, at, word, &mut missing);
    }
    missing
}

/// The part of the query that is not complete at a place.
fn part(reader: QueryReader<'_>, at: usize) -> SyntaxFlaw {
    let takes = |next: &str| reader.takes(at, next);
    let at_end = reader.after(at).trim().is_empty();
    if takes("SELECT * {}") && !takes("?x") {
        return SyntaxFlaw::new("a query starts with `SELECT`, `CONSTRUCT`, `DESCRIBE` or `ASK`");
    }
    if takes("x: <http://example.org/>") && !takes("SELECT * {}") {
        return SyntaxFlaw::new("a prefix with `:` is missing")
            .with_hint("prefixes are declared as `PREFIX name: <IRI>`");
    }
    // Between the parts of an expression.
    if takes("= 1") || takes("&& 1") {
        return unfinished_expression(reader, at);
    }
    if takes("!true") {
        return SyntaxFlaw::new("an expression is missing")
            .with_hint("a variable, a value, a function or brackets can be here");
    }
    if takes("a ?x") {
        return if takes("}") || takes(".") || takes("]") {
            SyntaxFlaw::new("a predicate, or the end of the triple, is missing")
                .with_hint("`;` goes on with the same subject, and a predicate follows it")
        } else if takes("^<http://example.org/>") && !takes("?x ?y") {
            SyntaxFlaw::new("a property path needs an IRI")
        } else {
            SyntaxFlaw::new("a triple needs a predicate and an object")
        };
    }
    let group = takes("OPTIONAL {}");
    if takes("[]") && !group {
        return if takes(")") {
            unclosed(reader, at, '(', ')')
        } else if takes("]") {
            unclosed(reader, at, '[', ']')
        } else {
            SyntaxFlaw::new("a triple needs an object")
        };
    }
    if group || takes(";") {
        return within_group(reader, at, group);
    }
    if let Some(missing) = clause(reader, at) {
        return missing;
    }
    // What is complete may break another rule.
    if (reader.is_query(at) || takes("ORDER BY ?x")) && !at_end {
        return SyntaxFlaw::new(if reader.after(at).starts_with('}') {
            "this `}` closes nothing"
        } else {
            "the query is complete before this"
        });
    }
    if takes("}") {
        return unclosed(reader, at, '{', '}');
    }
    if takes(")") {
        return unclosed(reader, at, '(', ')');
    }
    SyntaxFlaw::new(if at_end {
        "the query ends before it is complete"
    } else {
        "the query cannot be read on from here"
    })
}

/// Keywords and what they need, outside of triples and expressions.
fn clause(reader: QueryReader<'_>, at: usize) -> Option<SyntaxFlaw> {
    let takes = |next: &str| reader.takes(at, next);
    let selecting = takes("(1 AS ?x)");
    if takes("BY ?x") {
        return Some(SyntaxFlaw::new("`BY` is missing"));
    }
    if takes("EXISTS {}") && !takes("(1)") {
        return Some(SyntaxFlaw::new("`EXISTS` is missing"));
    }
    if selecting && !takes("?x") {
        return Some(SyntaxFlaw::new("`(` is missing"));
    }
    if takes("?x") && selecting && takes("*") {
        return Some(
            SyntaxFlaw::new("`SELECT` needs variables, `*`, or expressions with names in brackets")
                .with_hint("an expression is selected as `(COUNT(?x) AS ?n)`"),
        );
    }
    if takes("?x") && selecting && takes("{ }") {
        return Some(
            SyntaxFlaw::new("another variable, or `WHERE {`, is missing").with_hint(
                "variables are separated by spaces, and an expression is selected as `(COUNT(?x) AS ?n)`",
            ),
        );
    }
    if takes("?x") && takes("(1)") && takes("STR(1)") {
        return Some(SyntaxFlaw::new(
            "a variable, or an expression in brackets, is missing",
        ));
    }
    if takes("(1)") && takes("STR(1)") {
        return Some(SyntaxFlaw::new(
            "a condition in brackets, or a function, is missing",
        ));
    }
    if takes("?x") && takes("<http://example.org/>") {
        return Some(SyntaxFlaw::new("a variable or an IRI is missing"));
    }
    if takes("<http://example.org/>") && !takes("?x") {
        return Some(
            SyntaxFlaw::new("an IRI is missing").with_hint("IRIs are written as `<https://…>`"),
        );
    }
    if takes("{ }") || takes("{ } UNION { }") {
        return Some(SyntaxFlaw::new("`{` is missing"));
    }
    if takes("?x") {
        return Some(SyntaxFlaw::new("a variable is missing"));
    }
    if takes("1") && !takes("\"x\"") {
        return Some(SyntaxFlaw::new("a whole number is missing"));
    }
    if takes("(1)") || takes("(?x)") || takes("(1, 1, 1)") || takes("( )") {
        return Some(SyntaxFlaw::new("`(` is missing"));
    }
    None
}

/// After an operand of an expression.
fn unfinished_expression(reader: QueryReader<'_>, at: usize) -> SyntaxFlaw {
    if reader.takes(at, "AS ?x") {
        return SyntaxFlaw::new("`AS` and a variable are missing")
            .with_hint("the value of an expression has a name: `(COUNT(?x) AS ?n)`");
    }
    if reader.takes(at, ", 1") && !reader.takes(at, ")") {
        return SyntaxFlaw::new("the function needs another argument");
    }
    if reader.takes(at, ")") {
        return unclosed(reader, at, '(', ')');
    }
    SyntaxFlaw::new("an operator, or the end of the expression, is missing")
}

/// Between braces, before or after a triple.
fn within_group(reader: QueryReader<'_>, at: usize, group: bool) -> SyntaxFlaw {
    let takes = |next: &str| reader.takes(at, next);
    if reader.after(at).trim().is_empty() {
        return unclosed(reader, at, '{', '}');
    }
    if takes("]") && !takes("}") {
        return unclosed(reader, at, '[', ']');
    }
    if reader.after(at).starts_with('@') {
        return SyntaxFlaw::new("a language tag is missing")
            .with_hint("a text has its language as `\"text\"@en`");
    }
    if takes(";") {
        return SyntaxFlaw::new("the triple is complete before this").with_hint(
            "`.` ends a triple, `;` goes on with its subject, and `,` with its subject and predicate",
        );
    }
    if group && takes("?s ?p ?o") {
        return SyntaxFlaw::new("a triple, a keyword such as `FILTER`, or `}` is missing");
    }
    SyntaxFlaw::new("a `.`, a keyword such as `FILTER`, or `}` is missing")
}

/// The bracket that is open at a place.
fn unclosed(reader: QueryReader<'_>, at: usize, open: char, close: char) -> SyntaxFlaw {
    let mut opened = Vec::new();
    for byte in significant(reader.before(at)) {
        match reader.text.as_bytes().get(byte) {
            Some(b'(' | b'[' | b'{') => opened.push(byte),
            Some(b')' | b']' | b'}') => drop(opened.pop()),
            _ => {}
        }
    }
    let is_it = |byte: &&usize| reader.after(**byte).starts_with(open);
    match opened.iter().rev().find(is_it) {
        Some(&byte) => {
            let (line, column) = reader.place(byte);
            SyntaxFlaw::new(format!(
                "`{close}` is missing: the `{open}` at {line}:{column} is not closed"
            ))
        }
        None => SyntaxFlaw::new(format!("`{close}` is missing")),
    }
}

/// A string or an IRI that starts at the place, or shortly before it, and does not end.
fn unclosed_text(reader: QueryReader<'_>, at: usize) -> Option<SyntaxFlaw> {
    let bytes = reader.text.as_bytes();
    // What is closed is not significant.
    let quote = significant(reader.text)
        .filter(|byte| *byte <= at)
        .find(|byte| matches!(bytes.get(*byte), Some(b'"' | b'\'')));
    if let Some(quote) = quote {
        let mut missing = SyntaxFlaw::new("the string that starts here is not closed").with_hint(
            "a string ends with the quote it starts with; one of several lines has three",
        );
        missing.at = Some(quote);
        return Some(missing);
    }
    let schemes = ["<http:", "<https:", "<urn:"];
    let iri = significant(reader.text)
        .filter(|byte| *byte <= at)
        .find(|byte| {
            schemes
                .iter()
                .any(|scheme| reader.after(*byte).starts_with(scheme))
        })?;
    let mut missing = SyntaxFlaw::new("the IRI that starts here is not closed by `>`")
        .with_hint("an IRI has no spaces, quotes or brackets: encode them, such as `%20`");
    missing.at = Some(iri);
    Some(missing)
}

/// The keyword or name at the start of a text.
fn word(text: &str) -> Option<&str> {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))
        .unwrap_or(text.len());
    let word = text.get(..end)?;
    let is_name = text.get(end..).is_some_and(|rest| rest.starts_with(':'));
    (word.starts_with(char::is_alphabetic) && !is_name).then_some(word)
}

/// Keywords and functions of SPARQL that are one word.
const WORDS: &[&str] = &[
    "ABS",
    "ASC",
    "ASK",
    "AVG",
    "BASE",
    "BIND",
    "BNODE",
    "BOUND",
    "BY",
    "CEIL",
    "COALESCE",
    "CONCAT",
    "CONSTRUCT",
    "CONTAINS",
    "COUNT",
    "DATATYPE",
    "DAY",
    "DESC",
    "DESCRIBE",
    "DISTINCT",
    "ENCODE_FOR_URI",
    "EXISTS",
    "FILTER",
    "FLOOR",
    "FROM",
    "GRAPH",
    "GROUP",
    "GROUP_CONCAT",
    "HAVING",
    "HOURS",
    "IF",
    "IN",
    "IRI",
    "LANG",
    "LANGMATCHES",
    "LCASE",
    "LIMIT",
    "MAX",
    "MD5",
    "MIN",
    "MINUS",
    "MINUTES",
    "MONTH",
    "NAMED",
    "NOT",
    "NOW",
    "OFFSET",
    "OPTIONAL",
    "ORDER",
    "PREFIX",
    "RAND",
    "REDUCED",
    "REGEX",
    "REPLACE",
    "ROUND",
    "SAMPLE",
    "SECONDS",
    "SELECT",
    "SEPARATOR",
    "SHA1",
    "SHA256",
    "SHA384",
    "SHA512",
    "STR",
    "STRAFTER",
    "STRBEFORE",
    "STRDT",
    "STRENDS",
    "STRLANG",
    "STRLEN",
    "STRSTARTS",
    "STRUUID",
    "SUBSTR",
    "SUM",
    "TIMEZONE",
    "TZ",
    "UCASE",
    "UNDEF",
    "UNION",
    "URI",
    "UUID",
    "VALUES",
    "WHERE",
    "YEAR",
    "isBlank",
    "isIRI",
    "isLiteral",
    "isNumeric",
    "isURI",
    "sameTerm",
];

/// Keywords that come after the closing brace of a query.
const MODIFIERS: [&str; 5] = ["GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET"];

/// Says what a word that the parser does not take may be meant as.
fn name_word(reader: QueryReader<'_>, at: usize, word: &str, missing: &mut SyntaxFlaw) {
    let known = WORDS.iter().find(|known| known.eq_ignore_ascii_case(word));
    match known {
        Some(known) if MODIFIERS.contains(known) && reader.takes(at, "}") => {
            missing.message =
                format!("`{known}` comes after the `}}` that ends the query's pattern");
            missing.hint = None;
        }
        Some(&"UNION") => {
            missing.hint = Some("`UNION` goes between two groups: `{ … } UNION { … }`".to_owned());
        }
        Some(_) => {}
        None => {
            let is_call = reader.after(at + word.len()).trim_start().starts_with('(');
            let nearest = suggest::nearest(word, WORDS.iter().copied());
            // A keyword that could not be here either is not meant.
            let nearest = nearest.filter(|nearest| is_call || reader.takes(at, nearest));
            if is_call && reader.takes(at, "FILTER (1)") {
                missing.message = format!("`{word}` is not a keyword of SPARQL");
            } else if is_call {
                missing.message = format!("SPARQL has no function `{word}`");
                missing.hint = Some("a function of another vocabulary has a prefix".to_owned());
            } else if reader.takes(at, "?x") {
                missing.hint = Some(format!(
                    "write `?{word}` for a variable, and a name with a prefix or an IRI for a thing"
                ));
            }
            if let Some(nearest) = nearest {
                missing.hint = Some(format!("did you mean `{nearest}`?"));
            }
        }
    }
}

/// Operators of other languages.
fn slip(before: &str, rest: &str) -> Option<String> {
    let starts = |word: &str| {
        let start = rest.get(..word.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(word))
            && !rest
                .get(word.len()..)
                .is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
    };
    let (wrong, right) = if starts("and") {
        ("and", "&&")
    } else if starts("or") {
        ("or", "||")
    } else if before.ends_with('=') && rest.starts_with('=') || rest.starts_with("==") {
        ("==", "=")
    } else if before.ends_with('<') && rest.starts_with('>') || rest.starts_with("<>") {
        ("<>", "!=")
    } else if starts("like") {
        ("LIKE", "REGEX(…)` or `CONTAINS(…)")
    } else {
        return None;
    };
    Some(format!("SPARQL has `{right}` for `{wrong}`"))
}

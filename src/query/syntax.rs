//! SPARQL text to algebra; errors with their place.

use super::guard::{Findings, Limits, check_algebra, check_text, line_and_column};
use super::projection::order_of_text;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::store::{Prefixes, StoreError};
use spargebra::{Query, SparqlParser, SparqlSyntaxError};

/// Parses and checks a query. Prefixes of the project need not be declared; relative IRIs are resolved against
/// `base`, where there is one.
///
/// Recurses with the depth of the query: call it on a large stack.
pub(super) fn parse(
    text: &str,
    file: &str,
    prefixes: &Prefixes,
    base: Option<&str>,
    limits: &Limits,
) -> Result<(Query, Findings), StoreError> {
    check_text(text, file, limits)?;
    let mut parser = SparqlParser::new();
    if let Some(base) = base {
        // A base that is not an IRI leaves relative IRIs without one.
        parser = parser.clone().with_base_iri(base).unwrap_or(parser);
    }
    for (prefix, namespace) in prefixes.iter() {
        // A namespace that is no IRI cannot be of use in a query.
        parser = match parser.clone().with_prefix(prefix, namespace) {
            Ok(with_prefix) => with_prefix,
            Err(_) => parser,
        };
    }
    let mut query = parser.clone().parse_query(text).map_err(|error| {
        // An update is no typing error: say what it is, whatever its relative IRIs are relative to.
        let updates = parser.clone().with_base_iri("http://example.org/");
        match updates.map(|parser| parser.parse_update(text)) {
            // No operation at all is an update, but nobody means one.
            Ok(Ok(update)) if update.operations.is_empty() => {
                return Diagnostic::new(
                    Code::QuerySyntax,
                    Place::file(file),
                    "there is no query: the text is empty but for comments and declarations",
                )
                .with_expected("`SELECT`, `CONSTRUCT`, `DESCRIBE` or `ASK`")
                .into();
            }
            Ok(Ok(_)) => {
                return Diagnostic::new(
                    Code::QueryForbidden,
                    Place::file(file),
                    "this is an update; the published graph is only read",
                )
                .with_hint("change the CSV tables and run `civigraph build`")
                .into();
            }
            _ => {}
        }
        StoreError::from(syntax_error(&error, &parser, text, file))
    })?;
    order_of_text(&mut query, text);
    let findings = check_algebra(&query, file, limits)?;
    Ok((query, findings))
}

fn syntax_error(
    error: &SparqlSyntaxError,
    parser: &SparqlParser,
    text: &str,
    file: &str,
) -> Diagnostic {
    let words = error.to_string();
    let Some((line, column, expected)) = position(&words) else {
        return Diagnostic::new(Code::QuerySyntax, Place::file(file), words);
    };
    let mut cause = sentence(expected).map(str::to_owned);
    if expected == UNREPORTED && text.contains("_:") {
        cause = Some(UNREPORTED.to_owned());
    }
    let mut expected = shortened(expected);
    let (line, column) = match byte_of(text, line, column) {
        Some(told) => {
            let at = token_at(parser, text, told);
            cause = cause.or_else(|| cause_between(parser, text, at, told));
            // What could stand there: what the parser misses when the text ends there.
            expected = match parser.clone().parse_query(&padded(text, at)) {
                Ok(_) => "the end of the query".to_owned(),
                Err(error) => {
                    let words = error.to_string();
                    position(&words).map_or(expected, |(.., missed)| shortened(missed))
                }
            };
            line_and_column(text, at)
        }
        None => (line, column),
    };
    let wrong = |message: &str| {
        Diagnostic::new(
            Code::QuerySyntax,
            Place::at(file, line, column),
            message.to_owned(),
        )
    };
    match cause.as_deref() {
        Some("Prefix not found") => {
            wrong("this prefix is not declared, or no such name can stand here")
                .with_hint("declare prefixes at the start: `PREFIX name: <IRI>`")
        }
        Some("IRI parsing failed") => wrong("this is no absolute IRI"),
        Some("Duplicated variable name in SELECT") => wrong("a variable is selected twice"),
        Some("The SELECT contains a variable that is unbound") => {
            wrong("a variable is selected that the query does not group by")
        }
        Some(UNREPORTED) => {
            wrong("a blank node stands in two graph patterns").with_hint("use a variable")
        }
        Some(other) => wrong(&format!("the query is wrong here: {other}")),
        None if expected.is_empty() => wrong("the query cannot be read on from here"),
        None => wrong("the query cannot be read on from here").with_expected(expected),
    }
}

/// What the parser says when it reads again to tell what it misses, and does not come as far: only
/// the blank nodes that it knows differ then.
const UNREPORTED: &str = "<unreported>";

/// What the parser says in a sentence among the tokens that it expects: a rule that no token breaks.
fn sentence(expected: &str) -> Option<&str> {
    let list = expected.strip_prefix("one of ").unwrap_or(expected);
    list.split(", ").find(|item| {
        !item.starts_with(['"', '[', '\'', '<'])
            && item.contains(' ')
            && item.contains(char::is_lowercase)
    })
}

/// The sentence that the parser has for a text that ends between the place where it stopped and the one
/// that it told.
///
/// A keyword that is compared with what follows the cause reaches further than the cause, and hides it.
/// Where the text ends with the cause, nothing does.
fn cause_between(parser: &SparqlParser, text: &str, at: usize, told: usize) -> Option<String> {
    let before = text.get(..at)?.trim_end().len();
    // Before a closing brace everything is complete; before another token, that one may be wrong.
    let complete = text
        .get(at..)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('}'));
    let ends = (at + usize::from(!complete)..=told).rev();
    ends.chain(complete.then_some(before)).find_map(|end| {
        let start = text.get(..end)?;
        let words = parser.clone().parse_query(start).err()?.to_string();
        let (line, column, expected) = position(&words)?;
        let at_end = byte_of(start, line, column) == Some(end);
        at_end.then(|| sentence(expected).map(str::to_owned))?
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

/// Longer than any keyword of SPARQL.
const LONGEST_KEYWORD: usize = 16;

/// The text up to a byte, and enough space after it for any keyword.
fn padded(text: &str, at: usize) -> String {
    let start = text.get(..at).unwrap_or(text);
    format!("{start}{}", " ".repeat(2 * LONGEST_KEYWORD))
}

/// The start of the token at which the parser stopped.
///
/// The parser compares a keyword with as many characters as the keyword has, and tells the end of
/// these, which is beyond the place where it stood. So look for the last token before that end up to
/// which the text can be read on: followed by enough space for any keyword, it gives an error at its
/// end and no earlier.
fn token_at(parser: &SparqlParser, text: &str, told: usize) -> usize {
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
    let readable = |at: usize| {
        let padded = padded(text, at);
        match parser.clone().parse_query(&padded) {
            Ok(_) => true,
            Err(error) => {
                let words = error.to_string();
                let end = position(&words).and_then(|(l, c, _)| byte_of(&padded, l, c));
                end == Some(padded.len())
            }
        }
    };
    let told = told.min(text.len());
    (0..=told)
        .rev()
        .filter(|&at| text.is_char_boundary(at) && starts_token(at))
        .take_while(|at| at + 4 * LONGEST_KEYWORD > told)
        .find(|&at| readable(at))
        .unwrap_or(told)
}

/// The parser lists everything that could follow; a reader wants the first few. Sets of characters
/// tell a reader nothing, and what is not allowed is not expected.
fn shortened(expected: &str) -> String {
    const SHOWN: usize = 8;
    let list = expected.strip_prefix("one of ").unwrap_or(expected);
    // A keyword that does not match shows as "any character".
    let list = list
        .replace("[_]", "a keyword")
        .replace("['0'..='9']", "a digit");
    let told = |item: &str| {
        !item.is_empty()
            && !item.starts_with('[')
            && !matches!(item, "LATERAL" | "SERVICE" | UNREPORTED)
    };
    let items: Vec<&str> = list.split(", ").filter(|item| told(item)).collect();
    if items.len() <= SHOWN {
        return items.join(", ");
    }
    format!(
        "{} and {} more",
        items.get(..SHOWN).unwrap_or_default().join(", "),
        items.len() - SHOWN
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<(), (Code, u64, u64)>) {
        let parsed = parse(text, "q.rq", &Prefixes::default(), None, &Limits::default());
        let found = parsed
            .map(drop)
            .map_err(StoreError::into_diagnostic)
            .map_err(|d| (d.code, d.place.line, d.place.column));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn refusals_have_code_and_place() {
        check("SELECT * WHERE { ?s ?p ?o }", Ok(()));
        check(
            "SELECT * WHERE {\n  ?s ?p ]",
            Err((Code::QuerySyntax, 2, 9)),
        );
        check("SELECT * WHERE {\n «", Err((Code::QuerySyntax, 2, 2)));
        check(
            "SELECT *\nWHRE { ?s ?p ?o }",
            Err((Code::QuerySyntax, 2, 1)),
        );
        check(
            "SELECT * { ?s ?p ?o }\nORDR BY ?s LIMIT 10",
            Err((Code::QuerySyntax, 2, 1)),
        );
        check("SELECT * { «?s» ?p ?o }", Err((Code::QuerySyntax, 1, 12)));
        check("SELECT * { ?s ?p ?o", Err((Code::QuerySyntax, 1, 20)));
        check(
            "SELECT * { ?s no:prefix ?o }",
            Err((Code::QuerySyntax, 1, 15)),
        );
        check(
            "DELETE WHERE { ?s ?p ?o }",
            Err((Code::QueryForbidden, 0, 0)),
        );
        check("LOAD <http://e/>", Err((Code::QueryForbidden, 0, 0)));
        check(
            "INSERT DATA { <a> <b> <c> }",
            Err((Code::QueryForbidden, 0, 0)),
        );
        check(
            "SELECT * { FILTER NOT EXISTS { SERVICE <http://e/> { ?s ?p ?o } } }",
            Err((Code::QueryForbidden, 0, 0)),
        );
        let deep = format!("SELECT * {}{}", "{".repeat(70), "}".repeat(70));
        check(&deep, Err((Code::QueryLimit, 1, 74)));
        let wide = format!("SELECT * {{ {} }}", "?s ?p ?o . ".repeat(101));
        check(&wide, Err((Code::QueryLimit, 0, 0)));
        let path = format!("SELECT * {{ ?s <p>{} ?o }}", "/<http://e/p>".repeat(200));
        check(
            &path.replace("<p>", "<http://e/p>"),
            Err((Code::QueryLimit, 0, 0)),
        );
        let nested = format!(
            "SELECT * {{ {}{} }}",
            "?s ?p ?o OPTIONAL { ".repeat(20),
            "}".repeat(20)
        );
        check(&nested, Err((Code::QueryLimit, 0, 0)));
        let long = format!("SELECT * {{ }} #{}", "x".repeat(70_000));
        check(&long, Err((Code::QueryLimit, 0, 0)));
    }

    #[test]
    fn refusals_say_the_cause_and_not_only_what_is_expected() {
        for (text, message, expected) in [
            ("", "there is no query", Some("`SELECT`")),
            ("# SELECT * { }\n", "there is no query", Some("`SELECT`")),
            (
                "PREFIX a: <http://a/>",
                "there is no query",
                Some("`SELECT`"),
            ),
            ("SELECT ?x ?x {}", "a variable is selected twice", None),
            (
                "SELECT ?x ?x {} LIMIT 10",
                "a variable is selected twice",
                None,
            ),
            (
                "SELECT * { { SELECT ?x ?x {} } }",
                "a variable is selected twice",
                None,
            ),
            ("SELECT * {} LIMIT -1", "cannot be read on", Some("a digit")),
            (
                "SELECT * {} ORDER BY UNDEF",
                "cannot be read on",
                Some("\"?\""),
            ),
            (
                "SELECT ?y (COUNT(?x) AS ?n) { ?x ?y ?z }",
                "does not group by",
                None,
            ),
            (
                "SELECT ?y (COUNT(?x) AS ?n) { ?x ?y ?z } GROUPY BY ?y",
                "cannot be read on",
                Some(""),
            ),
            (
                "SELECT * { ?s ?p ?o } GROUP BY ?s",
                "SELECT * is not authorized with GROUP BY",
                None,
            ),
            (
                "SELECT * { BIND(1 AS ?x) BIND(2 AS ?x) }",
                "BIND is overriding an existing variable",
                None,
            ),
            (
                "SELECT * { VALUES (?a ?b) { (1) } }",
                "exactly the same number of values",
                None,
            ),
            (
                "SELECT * { _:a ?p ?o . { _:a ?q ?r } }",
                "in two graph patterns",
                None,
            ),
            ("SELECT * { <a> ?p ?o }", "no absolute IRI", None),
            (
                "SELECT * { no:a ?p ?o }",
                "this prefix is not declared",
                None,
            ),
        ] {
            let parsed = parse(text, "q.rq", &Prefixes::default(), None, &Limits::default());
            let found = parsed
                .map(drop)
                .map_err(StoreError::into_diagnostic)
                .unwrap_err();
            assert_eq!(found.code, Code::QuerySyntax, "{text}");
            assert!(found.message.contains(message), "{text}: {}", found.message);
            assert_eq!(
                found.expected.is_some(),
                expected.is_some(),
                "{text}: {found:?}"
            );
            let part = expected.unwrap_or_default();
            assert!(found.expected.unwrap_or_default().contains(part), "{text}");
        }
    }
}

//! SPARQL text to algebra; errors with their place.

use super::guard::{Findings, Limits, check_algebra, check_text};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::store::Prefixes;
use spargebra::{Query, SparqlParser, SparqlSyntaxError};

/// Parses and checks a query. Prefixes of the project need not be declared.
///
/// Recurses with the depth of the query: call it on a large stack.
pub(super) fn parse(
    text: &str,
    file: &str,
    prefixes: &Prefixes,
    limits: &Limits,
) -> Result<(Query, Findings), Diagnostic> {
    check_text(text, file, limits)?;
    let mut parser = SparqlParser::new();
    for (prefix, namespace) in prefixes.iter() {
        // A namespace that is no IRI cannot be of use in a query.
        parser = match parser.clone().with_prefix(prefix, namespace) {
            Ok(with_prefix) => with_prefix,
            Err(_) => parser,
        };
    }
    let query = parser.clone().parse_query(text).map_err(|error| {
        // An update is no typing error: say what it is.
        if parser.parse_update(text).is_ok() {
            return Diagnostic::new(
                Code::QueryForbidden,
                Place::file(file),
                "this is an update; the published graph is only read",
            )
            .with_hint("change the CSV tables and run `civigraph build`");
        }
        syntax_error(&error, file)
    })?;
    let findings = check_algebra(&query, file, limits)?;
    Ok((query, findings))
}

/// The parser tells the place in words only: `error at 3:17: expected …`.
fn syntax_error(error: &SparqlSyntaxError, file: &str) -> Diagnostic {
    let words = error.to_string();
    let parts = words
        .strip_prefix("error at ")
        .and_then(|rest| rest.split_once(": "));
    let Some((position, rest)) = parts else {
        return Diagnostic::new(Code::QuerySyntax, Place::file(file), words);
    };
    let mut numbers = position.splitn(2, ':').map(str::parse::<u64>);
    let place = match (numbers.next(), numbers.next()) {
        (Some(Ok(line)), Some(Ok(column))) => Place::at(file, line, column),
        _ => Place::file(file),
    };
    let diagnostic = Diagnostic::new(Code::QuerySyntax, place, "the query cannot be read on here");
    match rest.strip_prefix("expected ") {
        Some(expected) => diagnostic.with_expected(shortened(expected)),
        None => diagnostic.with_expected(rest),
    }
}

/// The parser lists everything that could follow; a reader wants the first few.
fn shortened(expected: &str) -> String {
    const SHOWN: usize = 8;
    let list = expected.strip_prefix("one of ").unwrap_or(expected);
    let items: Vec<&str> = list.split(", ").collect();
    if items.len() <= SHOWN {
        return list.to_owned();
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
        let parsed = parse(text, "q.rq", &Prefixes::default(), &Limits::default());
        let found = parsed
            .map(drop)
            .map_err(|d| (d.code, d.place.line, d.place.column));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn refusals_have_code_and_place() {
        check("SELECT * WHERE { ?s ?p ?o }", Ok(()));
        check(
            "SELECT * WHERE {\n  ?s ?p }",
            Err((Code::QuerySyntax, 2, 9)),
        );
        check("SELECT * WHERE {\n «", Err((Code::QuerySyntax, 2, 2)));
        check(
            "DELETE WHERE { ?s ?p ?o }",
            Err((Code::QueryForbidden, 0, 0)),
        );
        check("LOAD <http://e/>", Err((Code::QueryForbidden, 0, 0)));
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
}

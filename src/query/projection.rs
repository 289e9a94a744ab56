//! `SELECT *`: the columns of an answer in the order in which the query names its variables.
//!
//! The standard leaves the order open and the parser sorts by name: `?s ?p ?o` would come as `o`, `p`,
//! `s`.

use super::guard::significant;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use spargebra::term::Variable;

/// Puts the variables of an outermost `SELECT *` in the order of the text.
pub(super) fn order_of_text(query: &mut Query, text: &str) {
    let Query::Select { pattern, .. } = query else {
        return;
    };
    let Some(named) = variables_after_star(text) else {
        return;
    };
    if let Some(variables) = projected(pattern) {
        let place = |variable: &Variable| {
            let found = named.iter().position(|name| *name == variable.as_str());
            found.unwrap_or(named.len())
        };
        variables.sort_by_key(place);
    }
}

/// The variables of the outermost projection.
fn projected(pattern: &mut GraphPattern) -> Option<&mut Vec<Variable>> {
    match pattern {
        GraphPattern::Project { variables, .. } => Some(variables),
        GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => projected(inner),
        _ => None,
    }
}

/// The names of variables as they come after the first `SELECT`, where a `*` follows it.
fn variables_after_star(text: &str) -> Option<Vec<&str>> {
    let words = words(text);
    let select = |word: &&str| word.eq_ignore_ascii_case("SELECT");
    let mut rest = words.iter().skip_while(|word| !select(word)).skip(1);
    let mut next = *rest.next()?;
    if ["DISTINCT", "REDUCED"]
        .iter()
        .any(|option| next.eq_ignore_ascii_case(option))
    {
        next = rest.next()?;
    }
    if next != "*" {
        return None;
    }
    Some(
        rest.filter_map(|word| word.strip_prefix(['?', '$']))
            .filter(|name| !name.is_empty())
            .collect(),
    )
}

/// Keywords, variables and single signs, outside of strings, IRIs and comments.
fn words(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let inside = |at: usize| {
        let byte = bytes.get(at);
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii())
    };
    let mut words = Vec::new();
    let mut end = 0;
    for at in significant(text) {
        if at < end || bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            continue;
        }
        end = at + 1;
        while inside(end) && (inside(at) || matches!(bytes.get(at), Some(b'?' | b'$'))) {
            end += 1;
        }
        words.extend(text.get(at..end));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use spargebra::SparqlParser;

    fn check(text: &str, expected: &str) {
        let Ok(mut query) = SparqlParser::new().parse_query(text) else {
            panic!("{text} does not parse");
        };
        order_of_text(&mut query, text);
        let Query::Select { pattern, .. } = &mut query else {
            panic!("{text} is no SELECT");
        };
        let names: Vec<&str> = projected(pattern)
            .map(|variables| variables.iter().map(Variable::as_str).collect())
            .unwrap_or_default();
        assert_eq!(names.join(" "), expected, "{text}");
    }

    #[test]
    fn columns_come_in_the_order_of_the_text() {
        check("SELECT * { ?s ?p ?o }", "s p o");
        check("select distinct * { ?s ?p ?o } LIMIT 5", "s p o");
        check("SELECT*{?s?p?o}", "s p o");
        check(
            "PREFIX e: <http://e/SELECT*?z> # ?c\nSELECT * WHERE { ?b e:x \"?a\" . ?a e:y $z } ORDER BY ?z",
            "b a z",
        );
        check("SELECT * { ?z ?город ?a }", "z город a");
        check("SELECT ?o ?p { ?s ?p ?o }", "o p");
        check("SELECT ?o { { SELECT * { ?s ?p ?o } } }", "o");
        check("SELECT * { { SELECT ?o ?a { ?a ?p ?o } } }", "o a");
        check("SELECT * { BIND(1 AS ?x) VALUES ?a { 2 } }", "x a");
    }
}

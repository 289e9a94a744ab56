//! Queries that are refused: where, and with which words.

use super::*;
use crate::query::QueryError;

fn check(text: &str, expected: Result<(), (Code, u64, u64)>) {
    let parsed = parse(
        text,
        "q.rq",
        &Prefixes::default(),
        None,
        &QueryLimits::default(),
    );
    let found = parsed
        .map(drop)
        .map_err(QueryError::into_diagnostic)
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

/// The place of an error, what it says, and its hint.
fn refusal(text: &str) -> (u64, u64, String, String) {
    let mut prefixes = Prefixes::default();
    prefixes.add("cg", "http://e/ns#");
    let parsed = parse(text, "q.rq", &prefixes, None, &QueryLimits::default());
    let found = parsed.map(drop).map_err(QueryError::into_diagnostic);
    let found = found.unwrap_err();
    assert_eq!(found.code, Code::QuerySyntax, "{text}");
    let (line, column) = (found.place.line, found.place.column);
    let hint = found.hint.map(|hint| hint.to_string());
    (line, column, found.message, hint.unwrap_or_default())
}

#[track_caller]
fn says(text: &str, place: (u64, u64), message: &str, hint: &str) {
    let (line, column, found, found_hint) = refusal(text);
    assert_eq!(((line, column), found.as_str()), (place, message), "{text}");
    assert!(found_hint.contains(hint), "{text}: {found_hint}");
}

#[test]
fn what_is_missing_is_said_in_words() {
    for (text, column, message, hint) in [
        (
            "SELECT * { ?s }",
            15,
            "a triple needs a predicate and an object",
            "",
        ),
        ("SELECT * { ?s ?p }", 18, "a triple needs an object", ""),
        ("SELECT * { ?s a }", 17, "a triple needs an object", ""),
        (
            "SELECT * { ?s ?p ?o ; ?q }",
            26,
            "a triple needs an object",
            "",
        ),
        (
            "SELECT * { ?s ?p [ ?q ] }",
            23,
            "a triple needs an object",
            "",
        ),
        (
            "CONSTRUCT { ?s ?p } WHERE { ?s ?p ?o }",
            19,
            "a triple needs an object",
            "",
        ),
        (
            "SELECT * { ?s ?p ?o ?x }",
            21,
            "the triple is complete before this",
            "`;`",
        ),
        (
            "SELECT * { ?s <http://e/p>/ ?o }",
            29,
            "a property path needs an IRI",
            "",
        ),
        (
            "SELECT * { ?s name ?o }",
            15,
            "a triple needs a predicate and an object",
            "`?name`",
        ),
        (
            "SELECT * { ?s ?p ?o",
            20,
            "`}` is missing: the `{` at 1:10 is not closed",
            "",
        ),
        (
            "SELECT * { ?s ?p ( 1 2 }",
            24,
            "`)` is missing: the `(` at 1:18 is not closed",
            "",
        ),
        (
            "SELECT * { ?s ?p [ ?q ?r ?o }",
            26,
            "`]` is missing: the `[` at 1:18 is not closed",
            "",
        ),
        ("SELECT * { ?s ?p ?o }}", 22, "this `}` closes nothing", ""),
        (
            "SELECT * { ?s ?p \"abc }",
            18,
            "the string that starts here is not closed",
            "",
        ),
        (
            "SELECT * { ?s <http://e/p ?o }",
            15,
            "the IRI that starts here is not closed by `>`",
            "",
        ),
        (
            "SELECT * { ?s ?p 'x'@ }",
            21,
            "a language tag is missing",
            "",
        ),
        ("SELECT ?x WHERE", 16, "`{` is missing", ""),
        ("SELECT * { OPTIONAL ?s ?p ?o }", 21, "`{` is missing", ""),
        ("SELECT * { { ?s ?p ?o } UNION }", 31, "`{` is missing", ""),
        (
            "SELECT * { ?s ?p ?o UNION { ?s ?q ?r } }",
            21,
            "the triple is complete before this",
            "`{ … } UNION { … }`",
        ),
        (
            "SELECT * { GRAPH { ?s ?p ?o } }",
            18,
            "a variable or an IRI is missing",
            "",
        ),
        (
            "SELECT * { FILTER ?o > 1 }",
            19,
            "a condition in brackets, or a function, is missing",
            "",
        ),
        (
            "SELECT * { FILTER(?o > ) }",
            24,
            "an expression is missing",
            "",
        ),
        (
            "SELECT * { FILTER(?o > 1 }",
            26,
            "`)` is missing: the `(` at 1:18 is not closed",
            "",
        ),
        (
            "SELECT * { FILTER(?o == 1) }",
            23,
            "an expression is missing",
            "`=` for `==`",
        ),
        (
            "SELECT * { FILTER(?o = 1 AND ?x) }",
            26,
            "`)` is missing: the `(` at 1:18 is not closed",
            "`&&`",
        ),
        (
            "SELECT * { FILTER(REGEX(?o)) }",
            27,
            "the function needs another argument",
            "",
        ),
        (
            "SELECT * { FILTER(STRSTART(?o, \"x\")) }",
            19,
            "SPARQL has no function `STRSTART`",
            "`STRSTARTS`",
        ),
        (
            "SELECT * { FILTR(?o = 1) }",
            12,
            "`FILTR` is not a keyword of SPARQL",
            "`FILTER`",
        ),
        (
            "SELECT * { BIND(?o + 1) }",
            23,
            "`AS` and a variable are missing",
            "",
        ),
        (
            "SELECT (COUNT(?s) AS n) { ?s ?p ?o }",
            22,
            "a variable is missing",
            "`?n`",
        ),
        (
            "SELECT COUNT(?s) { ?s ?p ?o }",
            8,
            "`SELECT` needs variables, `*`, or expressions with names in brackets",
            "(COUNT(?x) AS ?n)",
        ),
        (
            "SELECT ?s, ?p { ?s ?p ?o }",
            10,
            "another variable, or `WHERE {`, is missing",
            "separated by spaces",
        ),
        ("SELECT * {} LIMIT ten", 19, "a whole number is missing", ""),
        ("SELECT * {} ORDER ?s", 19, "`BY` is missing", ""),
        (
            "SELECT * {} ORDER BY UNDEF",
            22,
            "a variable, or an expression in brackets, is missing",
            "",
        ),
        (
            "SELECT * { ?s ?p ?o LIMIT 5 }",
            21,
            "`LIMIT` comes after the `}` that ends the query's pattern",
            "",
        ),
        (
            "SELECT * {} GROUPY BY ?y",
            13,
            "the query is complete before this",
            "`GROUP`",
        ),
        (
            "SELCT * { ?s ?p ?o }",
            1,
            "a query starts with `SELECT`, `CONSTRUCT`, `DESCRIBE` or `ASK`",
            "`SELECT`",
        ),
        (
            "PREFIX ex <http://e/> SELECT * {}",
            8,
            "a prefix with `:` is missing",
            "`PREFIX name: <IRI>`",
        ),
        (
            "PREFIX ex: http://e/ SELECT * {}",
            12,
            "an IRI is missing",
            "",
        ),
    ] {
        says(text, (1, column), message, hint);
    }
    says(
        "SELECT * {\n  ?s ?p \"a\" ;\n     ?q\n}",
        (4, 1),
        "a triple needs an object",
        "",
    );
}

/// Wherever a query ends, the reader says what it needs next, and not only that it cannot be read.
#[test]
fn a_query_may_end_anywhere() {
    let text = "PREFIX e: <http://e/> SELECT ?a (SUM(?b * 2) AS ?s) WHERE {
        ?a a e:A ; e:p [ e:q ?b ] , ( 1 'x'@en ) . OPTIONAL { ?a ^e:r/e:s* ?c FILTER(!BOUND(?c) || ?c IN (1, 2)) }
        VALUES (?a ?d) { (e:x 1) } { ?a e:t true } UNION { GRAPH e:g { ?a ?p 1.5 } MINUS { ?a e:u ?v } }
        BIND(IF(?b > 1, STR(?b), \"\") AS ?e) } GROUP BY ?a HAVING (SUM(?b) > 1) ORDER BY DESC(?s) LIMIT 5";
    assert!(
        parse(
            text,
            "",
            &Prefixes::default(),
            None,
            &QueryLimits::default()
        )
        .is_ok()
    );
    for (end, _) in text.char_indices() {
        let start = text.get(..end).unwrap_or_default();
        let parsed = parse(
            start,
            "q.rq",
            &Prefixes::default(),
            None,
            &QueryLimits::default(),
        );
        let Err(error) = parsed else { continue };
        let found = error.into_diagnostic();
        let said =
            !found.message.contains("cannot be read on") && !found.message.contains("ends before");
        assert!(said, "{start}: {}", found.message);
    }
}

#[test]
fn undeclared_prefixes_are_named() {
    let prefix = |text: &str, column: u64, name: &str, hint: &str| {
        let message = format!("the prefix `{name}` is not declared");
        says(text, (1, column), &message, hint);
    };
    prefix(
        "SELECT * { ?x a schema:Person }",
        17,
        "schema",
        "`PREFIX schema: <http://schema.org/>`",
    );
    prefix(
        "SELECT * { ?x a wd:Q5 }",
        17,
        "wd",
        "`PREFIX wd: <http://www.wikidata.org/entity/>`",
    );
    prefix(
        "SELECT * { ?x dcterms:title ?t }",
        15,
        "dcterms",
        "<http://purl.org/dc/terms/>",
    );
    prefix(
        "SELECT * { ?x a cgg:City }",
        17,
        "cgg",
        "did you mean `cg`?",
    );
    prefix(
        "SELECT * { ?x no:a ?o }",
        15,
        "no",
        "the prefixes of the build need not be declared",
    );
    // The second one is said when the first one is declared.
    prefix("SELECT * { one:a two:b ?o }", 12, "one", "");
}

#[test]
fn variables_outside_of_groups_are_named() {
    for (text, column, variable) in [
        (
            "SELECT ?y (COUNT(?x) AS ?n) { ?x ?y ?z } GROUP BY ?x",
            8,
            "?y",
        ),
        (
            "SELECT ?x ?y (COUNT(?z) AS ?n) { ?x ?y ?z } GROUP BY ?x",
            11,
            "?y",
        ),
        (
            "SELECT ?x (STR(?y) AS ?s) { ?x ?y ?z } GROUP BY ?x",
            16,
            "?y",
        ),
        (
            "SELECT ?x (CONCAT(?x, ?y) AS ?s) (COUNT(?z) AS ?n) { ?x ?y ?z } GROUP BY ?x",
            23,
            "?y",
        ),
        (
            "SELECT ?x (COUNT(?z) AS ?n) (?y AS ?s) { ?x ?y ?z } GROUP BY ?x",
            30,
            "?y",
        ),
        (
            "SELECT * { { SELECT ?x ?y (COUNT(?z) AS ?n) { ?x ?y ?z } GROUP BY ?x } }",
            24,
            "?y",
        ),
    ] {
        let message = format!("`{variable}` is selected, but the query does not group by it");
        says(text, (1, column), &message, "`GROUP BY`");
    }
    says(
        "SELECT ?y (COUNT(?x) AS ?n) { ?x ?y ?z }",
        (1, 8),
        "`?y` is selected beside an aggregate, and the query has no `GROUP BY`",
        "(SAMPLE(?y) AS ?name)",
    );
}

#[test]
fn rules_that_no_token_breaks() {
    for (text, message) in [
        ("SELECT ?x ?x {}", "a variable is selected twice"),
        ("SELECT ?x ?x {} LIMIT 10", "a variable is selected twice"),
        (
            "SELECT * { { SELECT ?x ?x {} } }",
            "a variable is selected twice",
        ),
        (
            "SELECT * { ?s ?p ?o } GROUP BY ?s",
            "`SELECT *` and `GROUP BY` do not go together",
        ),
        (
            "SELECT * { BIND(1 AS ?x) BIND(2 AS ?x) }",
            "BIND is overriding an existing variable",
        ),
        (
            "SELECT * { VALUES (?a ?b) { (1) } }",
            "exactly the same number of values",
        ),
        (
            "SELECT * { _:a ?p ?o . { _:a ?q ?r } }",
            "in two graph patterns",
        ),
        ("SELECT * { <a> ?p ?o }", "not an absolute IRI"),
    ] {
        let (.., found, _) = refusal(text);
        assert!(found.contains(message), "{text}: {found}");
    }
    for text in ["", "# SELECT * { }\n", "PREFIX a: <http://a/>"] {
        let (.., found, _) = refusal(text);
        assert!(found.contains("the query is empty"), "{text}: {found}");
    }
}

/// An algebra without the names that the parser gives to aggregates: 128 random bits in hexadecimal digits, without
/// leading zeros (so one name in 16 has 31 digits, one in 256 has 30, ...).
fn without_random_names(algebra: &str) -> String {
    let parts = algebra.split('"');
    let is_random = |part: &&str| {
        (16..=32).contains(&part.len()) && part.chars().all(|c| c.is_ascii_hexdigit())
    };
    parts
        .map(|part| if is_random(&part) { "" } else { part })
        .collect()
}

#[test]
fn what_the_parser_refuses_and_is_right() {
    let parsed = |text: &str| {
        let parsed = parse(
            text,
            "q.rq",
            &Prefixes::default(),
            None,
            &QueryLimits::default(),
        );
        parsed.map(|(query, _)| without_random_names(&format!("{query:?}")))
    };
    for (text, same) in [
        (
            "SELECT (TRUE AS ?t) (False AS ?f) { FILTER(tRUE) }",
            "SELECT (true AS ?t) (false AS ?f) { FILTER(true) }",
        ),
        (
            "SELECT (COUNT(?v) AS ?n) (?n + 1 AS ?m) (?m * ?m AS ?l) { ?s ?p ?v }",
            "SELECT (COUNT(?v) AS ?n) (COUNT(?v) + 1 AS ?m) ((COUNT(?v) + 1) * (COUNT(?v) + 1) AS ?l) { ?s ?p ?v }",
        ),
        (
            "SELECT * { { SELECT ?p (SUM(?v) as ?sum) (?sum / 2 AS ?half) { ?s ?p ?v # ?sum TRUE\n } GROUP BY ?p } }",
            "SELECT * { { SELECT ?p (SUM(?v) as ?sum) (SUM(?v) / 2 AS ?half) { ?s ?p ?v } GROUP BY ?p } }",
        ),
    ] {
        let same = parsed(same).unwrap();
        assert_eq!(parsed(text).unwrap(), same, "{text}");
    }
    for refused in [
        // Not named before, or with another value in each place.
        "SELECT (?n + 1 AS ?m) (COUNT(?v) AS ?n) { ?s ?p ?v }",
        "SELECT (SUM(?v) + RAND() AS ?n) (?n + 1 AS ?m) { ?s ?p ?v }",
        "SELECT (COUNT(?v) AS ?n) (?s + 1 AS ?m) { ?s ?p ?v }",
        "SELECT (TRUE_ AS ?t) {}",
    ] {
        assert!(parsed(refused).is_err(), "{refused}");
    }
    // Each name doubles the text of the one before.
    let doubled = (1..40).map(|n| format!("(?n{} + ?n{} AS ?n{n})", n - 1, n - 1));
    let doubled: String = doubled.collect();
    let doubled = format!("SELECT (COUNT(*) AS ?n0) {doubled} {{ ?s ?p ?v }}");
    assert!(parsed(&doubled).is_err());
}

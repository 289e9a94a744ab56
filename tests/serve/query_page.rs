//! The page where queries are written and run, as clients without scripts see it.

use super::client::{Request, encode};
use super::server::Server;
use crate::cli::workshop::{CITIES, Workshop, assert_shown};

const QUERY: &str = "\
# title: Cities of a region
# title@ru: Города региона
# param: region iri = <https://example.org/id/region/samara>  # the region
# param@ru: region # регион
# param: lang lang = en  # language of labels
# param: inferred boolean = false
SELECT ?city ?lang ?inferred { ?city <https://example.org/ns#region> ?region }
";

fn serving() -> (Workshop, Server) {
    let workshop = Workshop::project();
    workshop.write("queries/cities.rq", QUERY);
    workshop.run(&["build", "--quiet"]).exits(0);
    let server = Server::start(&workshop.path(""), &[]);
    (workshop, server)
}

#[track_caller]
fn page(server: &Server, target: &str, status: u16) -> String {
    let request = Request::get(target).header("Accept", "text/html");
    let response = server.ask(request).is(status);
    let policy = response.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(response.header("content-type"), "text/html; charset=utf-8");
    response.text()
}

/// What is in the main part of a page, line by line: its texts, and the tags of links and of forms.
fn seen(html: &str) -> String {
    const KEPT: [&str; 6] = ["a", "form", "input", "select", "option", "textarea"];
    let (_, main) = html.split_once("<main").unwrap();
    let (_, main) = main.split_once('>').unwrap();
    let (mut rest, _) = main.split_once("</main>").unwrap();
    let mut lines = Vec::new();
    while let Some((text, tagged)) = rest.split_once('<') {
        lines.extend(text.lines().map(str::trim).map(str::to_owned));
        let (tag, after) = tagged.split_once('>').unwrap();
        let name = tag.split_whitespace().next().unwrap_or_default();
        if KEPT.contains(&name) {
            let tag: Vec<&str> = tag.split_whitespace().collect();
            lines.push(format!("<{}>", tag.join(" ")));
        }
        rest = after;
    }
    lines.extend(rest.lines().map(str::trim).map(str::to_owned));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

#[test]
fn a_form_without_scripts_has_a_table_as_its_answer() {
    let (_workshop, server) = serving();
    let shown = |target: &str| seen(&page(&server, target, 200));
    assert_shown!(shown("/query"), @r#"
    Query
    <form id="query-form" action="/query" method="get">
    SPARQL query
    <textarea id="query-text" name="query" rows="12" spellcheck="false" autocapitalize="off">
    Run
    <input type="checkbox" name="inferred" value="true">
    count inferred facts
    Format
    Copy link
    Cancel
    Stored queries
    <input type="search" class="filter by-script" placeholder="Filter" aria-label="Filter">
    <a href="/query/cities">
    Cities of a region
    "#);
    let query = encode("SELECT ?s ?name { ?s ?p ?o BIND(\"<b>&\" AS ?name) } ORDER BY ?s LIMIT 2");
    assert_shown!(shown(&format!("/query?query={query}&run=1")));
    let wrong = encode("SELECT ?s {\n ?s ?p\n}");
    assert_shown!(shown(&format!("/query?query={wrong}&run=1")));
    let none = encode("ASK { <https://example.org/x> ?p ?o }");
    assert_shown!(shown(&format!("/query?query={none}&run=1")), @r#"
    Query
    <form id="query-form" action="/query" method="get">
    SPARQL query
    <textarea id="query-text" name="query" rows="12" spellcheck="false" autocapitalize="off">
    ASK { &#60;https://example.org/x&#62; ?p ?o }
    Run
    <input type="checkbox" name="inferred" value="true">
    count inferred facts
    Format
    Copy link
    Cancel
    no
    Stored queries
    <input type="search" class="filter by-script" placeholder="Filter" aria-label="Filter">
    <a href="/query/cities">
    Cities of a region
    "#);
    let graph = encode("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 1");
    assert_shown!(shown(&format!("/query?query={graph}&run=1")));
    // An address that is only opened runs nothing.
    assert_shown!(shown(&format!("/query?query={query}")), @r#"
    Query
    <form id="query-form" action="/query" method="get">
    SPARQL query
    <textarea id="query-text" name="query" rows="12" spellcheck="false" autocapitalize="off">
    SELECT ?s ?name { ?s ?p ?o BIND(&#34;&#60;b&#62;&#38;&#34; AS ?name) } ORDER BY ?s LIMIT 2
    Run
    <input type="checkbox" name="inferred" value="true">
    count inferred facts
    Format
    Copy link
    Cancel
    Stored queries
    <input type="search" class="filter by-script" placeholder="Filter" aria-label="Filter">
    <a href="/query/cities">
    Cities of a region
    "#);
}

#[test]
fn stored_queries_have_forms_in_both_languages() {
    let (_workshop, server) = serving();
    // Its own parameters come before those of all queries: `inferred` is not a checkbox here.
    assert_shown!(seen(&page(&server, "/query/cities", 200)));
    // `lang` is a parameter of the query here, and the language of the page is that of its path.
    let answered = page(&server, "/query/cities?lang=ru&region=&run=1", 200);
    assert!(answered.contains("<html lang=\"en\""), "{answered}");
    assert_shown!(seen(&answered));
    assert_shown!(seen(&page(&server, "/ru/query/cities", 200)));
    for path in ["/query/none", "/query/cities.csv", "/query/%ff"] {
        page(&server, path, 404);
    }
    assert_shown!(seen(&page(&server, "/query/none", 404)), @r#"
    Not found
    Nothing in this graph has the address
    /query/none
    <a href="/search?q=none">
    Search
    ·
    <a href="/">
    Front page
    "#);
}

#[test]
fn an_address_names_its_build() {
    let (workshop, _) = serving();
    let first = std::fs::read_to_string(workshop.path(".civigraph/current")).unwrap();
    let first = first.trim();
    workshop.write(
        "data/cities.csv",
        format!("{CITIES}perm,Perm,1723-05-15,1034000,samara,\n"),
    );
    workshop.run(&["build", "--quiet"]).exits(0);
    let server = Server::start(&workshop.path(""), &[]);
    let target = |build: &str| format!("/query/cities?region=x:y&run=1&build={build}");
    let older = page(&server, &format!("/query/cities?run=1&build={first}"), 200);
    assert_shown!(seen(&older));
    let published = page(
        &server,
        &format!("/query/cities?run=1&build={}", server.build),
        200,
    );
    assert_shown!(seen(&published));
    let gone = page(&server, &target("0000-00000000"), 410);
    assert_shown!(seen(&gone));
    page(&server, &target("9999-00000000"), 404);
}

#[test]
fn hostile_queries_are_texts() {
    let (_workshop, server) = serving();
    let bad = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    for target in [
        format!("/query?query={}", encode(bad)),
        format!("/query?query={}&run=1", encode(bad)),
        format!("/query?build={}", encode(bad)),
        format!("/query/cities?region={}&run=1", encode(bad)),
        format!("/query/{}", encode(bad)),
    ] {
        let html = server
            .ask(Request::get(&target).header("Accept", "text/html"))
            .text();
        assert!(
            !html.contains("<script>") && !html.contains("<img"),
            "{target}: {html}"
        );
    }
}

#[test]
fn problems_and_hints_are_in_the_language_of_the_reader() {
    let (_workshop, server) = serving();
    let wrong = encode("SELECT ?s { ?s ?p }");
    let empty = encode("SELECT ?s { ?s a <https://w3id.org/civigraph/ns#Citty> }");
    let said = page(&server, &format!("/ru/query?query={wrong}&run=1"), 200);
    assert_shown!(seen(&said));
    let said = page(&server, &format!("/ru/query?query={empty}&run=1"), 200);
    assert_shown!(seen(&said));
    // Programs get what they ask for, and English where they ask for nothing.
    let mut problems = String::new();
    for (language, hint) in [
        (None, "nothing in the graph"),
        (Some("ru"), "в графе нет ничего"),
        (Some("de, en"), "nothing in the graph"),
    ] {
        let ask = |query: &str| {
            let request = Request::get(&format!("/sparql?query={query}"));
            match language {
                Some(language) => request.header("Accept-Language", language),
                None => request,
            }
        };
        let problem = server.ask(ask(&wrong)).is(400);
        assert_eq!(problem.header("content-type"), "application/problem+json");
        problems.push_str(&format!("{language:?}\n{:#}\n", problem.json()));
        let answer = server.ask(ask(&empty)).is(200);
        let said = answer.header("civigraph-hint");
        assert!(said.starts_with(&encode(hint)), "{said}");
    }
    assert_shown!(problems);
    let checked = format!("/complete/check?query={wrong}&lang=ru");
    let checked = server.get(&checked).is(200).json();
    assert_shown!(format!("{checked:#}"), @r#"
    {
      "problem": {
        "code": "CG0701",
        "message": "тройке нужен объект",
        "file": "query",
        "line": 1,
        "column": 19,
        "found": null,
        "expected": null,
        "hint": null
      }
    }
    "#);
}

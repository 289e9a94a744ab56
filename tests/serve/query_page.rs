//! The page where queries are written and run, as clients without scripts see it.

use super::client::{Request, encode};
use super::server::Server;
use crate::cli::workshop::{CITIES, Workshop};

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

#[test]
fn a_form_without_scripts_has_a_table_as_its_answer() {
    let (_workshop, server) = serving();
    let empty = page(&server, "/query", 200);
    assert!(
        empty.contains("<textarea") && empty.contains("Cities of a region"),
        "{empty}"
    );
    let query = encode("SELECT ?s ?name { ?s ?p ?o BIND(\"<b>&\" AS ?name) }");
    let answered = page(&server, &format!("/query?query={query}&run=1"), 200);
    assert!(
        answered.contains("<th scope=\"col\">name</th>"),
        "{answered}"
    );
    assert!(
        answered.contains("&#60;b&#62;") && !answered.contains("<td><b>"),
        "{answered}"
    );
    let wrong = page(
        &server,
        &format!("/query?query={}&run=1", encode("SELECT ?s {\n ?s ?p\n}")),
        200,
    );
    assert!(
        wrong.contains("role=\"alert\"") && wrong.contains("line 3"),
        "{wrong}"
    );
    let none = encode("ASK { <https://example.org/x> ?p ?o }");
    assert!(
        page(&server, &format!("/query?query={none}&run=1"), 200).contains("class=\"truth\">no")
    );
    let graph = encode("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 1");
    assert!(page(&server, &format!("/query?query={graph}&run=1"), 200).contains("<pre"));
    // An address that is only opened runs nothing.
    assert!(!page(&server, &format!("/query?query={query}"), 200).contains("<td>"));
}

#[test]
fn stored_queries_have_forms_in_both_languages() {
    let (_workshop, server) = serving();
    let form = page(&server, "/query/cities", 200);
    assert!(
        form.contains("name=\"region\"") && form.contains("https://example.org/id/region/samara"),
        "{form}"
    );
    // Its own parameters come before those of all queries: this one is not a checkbox.
    assert!(
        form.contains("<select") && !form.contains("type=\"checkbox\""),
        "{form}"
    );
    // `lang` is a parameter of the query here, and the language of the page is that of its path.
    let answered = page(&server, "/query/cities?lang=ru&region=&run=1", 200);
    assert!(answered.contains("<html lang=\"en\""), "{answered}");
    assert!(
        answered.contains(">ru<") && answered.contains(">false<"),
        "{answered}"
    );
    let russian = page(&server, "/ru/query/cities", 200);
    assert!(
        russian.contains("Города региона") && russian.contains("Выполнить"),
        "{russian}"
    );
    assert!(russian.contains("Регион <code>region</code>"), "{russian}");
    assert!(form.contains("The region <code>region</code>"), "{form}");
    page(&server, "/query/none", 404);
    page(&server, "/query/cities.csv", 404);
    page(&server, "/query/%ff", 404);
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
    assert!(
        older.contains("older build") && !older.contains("Perm"),
        "{older}"
    );
    let published = page(
        &server,
        &format!("/query/cities?run=1&build={}", server.build),
        200,
    );
    assert!(
        published.contains("Perm") && !published.contains("older build"),
        "{published}"
    );
    let gone = page(&server, &target("0000-00000000"), 410);
    assert!(
        gone.contains("no longer kept") && gone.contains("/query/cities?region=x%3Ay"),
        "{gone}"
    );
    assert!(!gone.contains("<td>"), "{gone}");
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
    assert!(
        said.contains("тройке нужен объект") && said.contains("строка 1, столбец 19"),
        "{said}"
    );
    let said = page(&server, &format!("/ru/query?query={empty}&run=1"), 200);
    assert!(said.contains("в графе нет ничего из класса"), "{said}");
    // Programs get what they ask for, and English where they ask for nothing.
    for (language, title, hint) in [
        (None, "a triple needs an object", "nothing in the graph"),
        (Some("ru"), "тройке нужен объект", "в графе нет ничего"),
        (
            Some("de, en"),
            "a triple needs an object",
            "nothing in the graph",
        ),
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
        assert!(problem.text().contains(title), "{}", problem.text());
        let answer = server.ask(ask(&empty)).is(200);
        let said = answer.header("civigraph-hint");
        assert!(said.starts_with(&encode(hint)), "{said}");
    }
    let checked = format!("/complete/check?query={wrong}&lang=ru");
    let checked = server.get(&checked).is(200).text();
    assert!(checked.contains("тройке нужен объект"), "{checked}");
}

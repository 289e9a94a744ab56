//! Stored queries as an API.

use super::client::{Request, encode};
use super::server::Server;
use crate::cli::workshop::{Workshop, assert_shown};
use civigraph::diagnostic::{Diagnostics, ReadingMode};
use civigraph::query::{self, StoredQuery};
use civigraph::store;
use std::sync::Arc;

const CITIES: &str = "\
# title: Cities by the year of their foundation
# title@ru: Города по году основания
# description: Cities that were founded in or after a year.
# param: since gYear = 1600  # the first year
# param: most integer = 1000000  # inhabitants at most
# tags: cities
PREFIX ns: <https://example.org/ns#>
SELECT ?city ?people {
  ?city ns:founded ?founded ; ns:people ?people .
  FILTER(STR(YEAR(?founded)) >= STR(?since) && ?people <= ?most)
} ORDER BY ?people
";

/// A parameter of each type, all given back.
const ECHO: &str = "\
# title: Echo
# param: text string  # any text
# param: thing iri = https://example.org/x  # an IRI
# param: lang lang = ru  # a language
# param: number integer = 7  # a number
# param: share decimal = 2.25  # a number
# param: day date = 2017-03-04  # a date
# param: year gYear = 2016  # a year
# param: flag boolean = false  # yes or no
SELECT ?text ?thing ?lang ?number ?share ?day ?year ?flag {}
";

fn serving() -> (Workshop, Server) {
    let workshop = Workshop::project();
    workshop.write("queries/cities.rq", CITIES);
    workshop.write("queries/echo.rq", ECHO);
    workshop.run(&["build", "--quiet"]).exits(0);
    let server = Server::start(&workshop.path(""), &[]);
    (workshop, server)
}

#[test]
fn stored_queries_take_parameters() {
    let (_workshop, server) = serving();
    let response = server.get("/queries/cities.csv").is(200);
    assert_eq!(
        response.text(),
        "city,people\r\nhttps://example.org/id/city/irbit,36000\r\nhttps://example.org/id/city/tolyatti,684709\r\n"
    );
    let response = server.get("/queries/cities.csv?since=1700").is(200);
    assert_eq!(response.header("civigraph-rows"), "1");
    let posted = Request::new("POST", "/queries/cities")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Accept", "text/csv")
        .body("since=1700");
    assert_eq!(server.ask(posted).is(200).body, response.body);
    let tag = response.header("etag").to_owned();
    let again = Request::get("/queries/cities.csv?since=1700").header("If-None-Match", &tag);
    server.ask(again).is(304);
    let other = Request::get("/queries/cities.csv?since=1701").header("If-None-Match", &tag);
    server.ask(other).is(200);
    let mut problems = String::new();
    for (target, status) in [
        ("/queries/cities?since=long-ago", 400),
        ("/queries/cities?sinse=1700", 400),
        ("/queries/echo", 400),
        ("/queries/cities?limit=-1", 400),
        ("/queries/cities?offset=x", 400),
        ("/queries/citis", 404),
        ("/queries/..%2Fcities", 404),
        ("/queries/cities.png", 404),
    ] {
        let problem = server.get(target).is(status).json();
        problems.push_str(&format!("{target}\n{problem:#}\n"));
    }
    assert_shown!(problems);
}

#[test]
fn answers_come_in_pages() {
    let (_workshop, server) = serving();
    let first = server.get("/queries/cities.csv?limit=1").is(200);
    assert_eq!(first.text().lines().count(), 2);
    let next = "</queries/cities.csv?limit=1&offset=1>; rel=\"next\"";
    assert!(
        first.header("link").contains(next),
        "{}",
        first.header("link")
    );
    let second = server.get("/queries/cities.csv?limit=1&offset=1").is(200);
    assert_ne!(first.body, second.body);
    let third = server.get("/queries/cities.csv?limit=1&offset=2").is(200);
    assert_eq!(third.header("civigraph-rows"), "0");
    assert!(!third.header("link").contains("next"));
}

#[test]
fn queries_are_listed_and_described() {
    let (_workshop, server) = serving();
    let list = server.get("/queries").is(200).json();
    assert_eq!(list["build"], server.build.as_str());
    let cities = &list["queries"][0];
    assert_eq!(cities["name"], "cities");
    assert_eq!(cities["title"]["ru"], "Города по году основания");
    assert_eq!(cities["parameters"][0]["type"], "gYear");
    assert_eq!(cities["parameters"][0]["required"], false);
    let api = server.get("/openapi.json").is(200).json();
    assert_eq!(api["openapi"], "3.1.0");
    let operation = &api["paths"]["/queries/echo"]["get"];
    assert_eq!(operation["parameters"][0]["name"], "text");
    assert_eq!(operation["parameters"][0]["required"], true);
    // Every path that is described is there, and every reference leads somewhere.
    for (path, operations) in api["paths"].as_object().unwrap() {
        let status = server.get(path).status;
        let declared = &operations["get"]["responses"][status.to_string()];
        assert!(declared.is_object(), "{path}: {status}");
    }
    let problem = server.get("/queries/echo").json();
    for required in api["components"]["schemas"]["Problem"]["required"]
        .as_array()
        .unwrap()
    {
        assert!(
            problem.get(required.as_str().unwrap()).is_some(),
            "{required}"
        );
    }
}

/// Values that are meant to leave the place where they are put.
fn nasty(number: u64) -> String {
    const PARTS: &[&str] = &[
        "\"",
        "'",
        "\"\"\"",
        "'''",
        "\\",
        "\\\"",
        "\\u0022",
        "}",
        "{",
        ")",
        "(",
        ".",
        ";",
        ">",
        "<",
        "?x",
        "$x",
        "#",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\u{1F600}",
        "\u{202E}",
        "\u{FEFF}",
        "é",
        "%22",
        "&amp;",
        "--",
        "/*",
        "*/",
        "//",
        "UNION",
        "SELECT * WHERE {?s ?p ?o}",
        "SERVICE <http://127.0.0.1/>",
        "DROP ALL",
        "INSERT DATA",
        "FILTER(true)",
        "BIND(1 AS ?y)",
        "VALUES ?text {1}",
        "@en",
        "^^<http://e/>",
        "<http://e/>",
        "_:b",
        "[]",
        "1",
        "-1",
        "1e400",
        "true",
        "2018-08-31",
        "PREFIX p: <http://e/>",
        "a",
        " ",
        "",
        "<<( ?s ?p ?o )>>",
        "javascript:alert(1)",
        "../..",
    ];
    // The digits of the number in the base of the number of parts choose the parts.
    let (mut rest, mut text) = (number.wrapping_mul(2_654_435_761), String::new());
    for _ in 0..1 + number % 5 {
        let part = usize::try_from(rest % PARTS.len() as u64).unwrap();
        text.push_str(PARTS[part]);
        rest /= PARTS.len() as u64;
    }
    text
}

/// A value that cannot change the algebra comes back as it was: all that a query says of it is that it is there.
#[test]
fn no_value_becomes_part_of_a_query() {
    let (workshop, server) = serving();
    let build = Arc::new(store::open(&workshop.path(".civigraph")).unwrap());
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let echo = StoredQuery::parse(
        "echo".to_owned(),
        "echo.rq",
        ECHO.to_owned(),
        &mut diagnostics,
    );
    let about = &build.manifest().about;
    let plain = "a word".to_owned();
    let expected = algebra(&echo, &plain, &build);
    for number in 0..5_000 {
        let value = nasty(number);
        assert_eq!(algebra(&echo, &value, &build), expected, "{value:?}");
        // Typed parameters take the value whole or not at all.
        for parameter in &echo.header.parameters {
            if let Some(term) = parameter.kind.term(&value, &about.prefixes, &about.base) {
                let one =
                    spargebra::SparqlParser::new().parse_query(&format!("ASK {{ ?s ?p {term} }}"));
                let text = one
                    .unwrap_or_else(|error| panic!("{value:?}: {error}"))
                    .to_sse();
                assert!(text.contains(&term.to_string()), "{value:?}: {text}");
            }
        }
        // Over HTTP a part of them: each is a request.
        if number % 50 == 0 {
            let target = format!("/queries/echo?text={}", encode(&value));
            let answer = server.get(&target).is(200).json();
            assert_eq!(
                answer["results"]["bindings"][0]["text"]["value"],
                value.as_str()
            );
            assert_eq!(answer["results"]["bindings"].as_array().unwrap().len(), 1);
        }
    }
}

/// The algebra of the query, with the value that was put in taken out again.
fn algebra(query: &StoredQuery, value: &str, build: &Arc<store::Build>) -> String {
    let about = &build.manifest().about;
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let given = [("text".to_owned(), value.to_owned())];
    let parameters = query
        .bind(&given, &about.prefixes, &about.base, &mut diagnostics)
        .unwrap();
    assert_eq!(parameters["text"], oxrdf::Literal::from(value).into());
    let request = query::Request {
        parameters,
        ..query::Request::new(query.text.as_str(), query.file.as_str())
    };
    let bound = query::bound(&request, &about.prefixes, &about.base).unwrap();
    let literal = oxrdf::Literal::from(value).to_string();
    let text = bound.to_sse();
    assert_eq!(text.matches(&literal).count(), 1, "{text}");
    text.replacen(&literal, "VALUE", 1)
}

//! Answers: their formats, their headers, and how they end.

use super::client::{Request, Response, encode};
use super::graph::{publish, texts, things};
use super::server::Server;
use crate::cli::workshop::{Workshop, assert_shown};
use std::io::Read;

const BASE: &str = "https://example.org/";

/// A service of a small graph, and the folder that it serves.
fn small() -> (tempfile::TempDir, Server) {
    serving(20, &[])
}

fn serving(count: usize, arguments: &[&str]) -> (tempfile::TempDir, Server) {
    let folder = tempfile::tempdir().unwrap();
    publish(folder.path(), BASE, things(count));
    let server = Server::start(folder.path(), arguments);
    (folder, server)
}

const SELECT: &str =
    "SELECT ?n { ?s <https://example.org/ns#number> ?n FILTER(?n < 3) } ORDER BY ?n";

#[test]
fn every_way_to_ask_gives_the_same_answer() {
    let (_folder, server) = small();
    let form = "application/x-www-form-urlencoded";
    let body = format!("query={}", encode(SELECT));
    let ways = [
        Request::get(&format!("/sparql?query={}", encode(SELECT))),
        Request::get(&format!("/sparql/?query={}", encode(SELECT))),
        Request::query(SELECT),
        Request::new("POST", "/sparql")
            .header("Content-Type", form)
            .body(&body),
        Request::new("POST", "/sparql")
            .header("Content-Type", &format!("{form}; charset=UTF-8"))
            .body(&body),
    ];
    for way in ways {
        let response = server.ask(way.header("Accept", "text/csv")).is(200);
        assert_eq!(response.text(), "n\r\n0\r\n1\r\n2\r\n");
        assert_eq!(response.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(response.header("civigraph-build"), server.build);
        assert_eq!(response.header("civigraph-rows"), "3");
        assert_eq!(response.header("x-content-type-options"), "nosniff");
        let policy = response.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
    }
}

#[test]
fn formats_are_negotiated() {
    let (_folder, server) = small();
    let construct = "CONSTRUCT WHERE { <https://example.org/id/thing/1> ?p ?o }";
    for (query, accept, expected) in [
        (SELECT, "", "application/sparql-results+json"),
        (SELECT, "*/*", "application/sparql-results+json"),
        (SELECT, "application/json", "application/json"),
        (
            SELECT,
            "application/sparql-results+xml",
            "application/sparql-results+xml",
        ),
        (
            SELECT,
            "text/tab-separated-values",
            "text/tab-separated-values; charset=utf-8",
        ),
        (
            SELECT,
            "text/turtle, text/csv;q=0.1",
            "text/csv; charset=utf-8",
        ),
        (
            SELECT,
            "text/csv;q=0.5, */*;q=0.1",
            "text/csv; charset=utf-8",
        ),
        (
            "ASK {}",
            "application/sparql-results+xml, */*;q=0.1",
            "application/sparql-results+xml",
        ),
        (construct, "", "text/turtle; charset=utf-8"),
        (
            construct,
            "application/rdf+xml;q=0.9, text/html",
            "application/rdf+xml",
        ),
        (construct, "application/n-triples", "application/n-triples"),
        (construct, "application/ld+json", "application/ld+json"),
        (construct, "application/n-quads", "application/n-quads"),
        (construct, "application/trig", "application/trig"),
    ] {
        let mut request = Request::query(query);
        if !accept.is_empty() {
            request = request.header("Accept", accept);
        }
        let response = server.ask(request).is(200);
        assert_eq!(response.header("content-type"), expected, "{accept}");
        assert!(response.header("vary").contains("Accept"));
    }
    for (query, accept) in [
        (SELECT, "image/png"),
        (SELECT, "text/turtle"),
        (construct, "text/csv"),
        ("ASK {}", "application/rdf+xml"),
        (SELECT, "text/csv;q=0"),
    ] {
        let response = server
            .ask(Request::query(query).header("Accept", accept))
            .is(406);
        assert_eq!(response.header("content-type"), "application/problem+json");
    }
    // A browser's address bar and `read_csv` have no headers to set.
    let target = format!("/sparql?query={}&format=csv", encode(SELECT));
    let response = server.get(&target).is(200);
    assert_eq!(response.header("content-type"), "text/csv; charset=utf-8");
}

#[test]
fn a_repeated_query_costs_nothing() {
    let (_folder, server) = small();
    let first = server.query(SELECT).is(200);
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with(&format!("W/\"{}-", server.build)), "{tag}");
    let workers = server.metric("civigraph_workers_started_total");
    let again = server
        .ask(Request::query(SELECT).header("If-None-Match", &tag))
        .is(304);
    assert_eq!(again.header("etag"), tag);
    assert!(again.body.is_empty());
    assert_eq!(server.metric("civigraph_workers_started_total"), workers);
    // Another format, another graph and another query are other answers.
    let csv = Request::query(SELECT).header("Accept", "text/csv");
    server.ask(csv.header("If-None-Match", &tag)).is(200);
    let inferred = Request::query(SELECT).at("/sparql?inferred=true");
    server.ask(inferred.header("If-None-Match", &tag)).is(200);
    let other = Request::query("ASK {}").header("If-None-Match", &tag);
    server.ask(other).is(200);
    // These have another answer each time.
    for query in [
        "SELECT (NOW() AS ?now) {}",
        "SELECT (RAND() AS ?n) {}",
        "SELECT (STRUUID() AS ?id) {}",
        "SELECT ?s { ?s ?p ?o FILTER EXISTS { BIND(UUID() AS ?id) } }",
    ] {
        let response = server.query(query).is(200);
        assert_eq!(response.header("etag"), "", "{query}");
        assert_eq!(response.header("cache-control"), "no-store", "{query}");
    }
}

#[test]
fn answers_are_compressed_where_that_is_accepted() {
    let (_folder, server) = serving(500, &[]);
    let query = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p";
    let plain = server.query(query).is(200);
    assert_eq!(plain.header("content-encoding"), "");
    for encoding in ["gzip", "zstd"] {
        let request = Request::query(query).header("Accept-Encoding", encoding);
        let response = server.ask(request).is(200);
        assert_eq!(response.header("content-encoding"), encoding);
        assert!(response.body.len() * 4 < plain.body.len());
        let mut text = Vec::new();
        match encoding {
            "gzip" => {
                flate2::read::GzDecoder::new(response.body.as_slice())
                    .read_to_end(&mut text)
                    .unwrap();
            }
            _ => text = zstd::decode_all(response.body.as_slice()).unwrap(),
        }
        assert_eq!(text, plain.body);
    }
}

#[test]
fn pages_of_other_sites_may_read() {
    let (_folder, server) = small();
    let request = Request::query("ASK {}").header("Origin", "https://other.example");
    let response = server.ask(request).is(200);
    assert_eq!(response.header("access-control-allow-origin"), "*");
    assert_eq!(response.header("access-control-allow-credentials"), "");
    let preflight = Request::new("OPTIONS", "/sparql")
        .header("Origin", "https://other.example")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "content-type");
    let response = server.ask(preflight).is(200);
    let methods = response.header("access-control-allow-methods");
    assert_eq!(methods, "GET,HEAD,POST");
}

#[test]
fn a_head_is_that_of_the_answer() {
    let (_folder, server) = small();
    let target = format!("/sparql?query={}", encode(SELECT));
    let full = server.get(&target).is(200);
    let head = server.ask(Request::new("HEAD", &target)).is(200);
    for name in ["content-type", "etag", "content-length", "civigraph-rows"] {
        assert_eq!(head.header(name), full.header(name), "{name}");
    }
}

#[test]
fn what_changes_something_is_refused() {
    let (_folder, server) = small();
    let form = "application/x-www-form-urlencoded";
    let update = "INSERT DATA { <http://e/s> <http://e/p> 1 }";
    let mut problems = String::new();
    for request in [
        Request::get(&format!("/sparql?update={}", encode(update))),
        Request::new("POST", "/sparql")
            .header("Content-Type", "application/sparql-update")
            .body(update),
        Request::new("POST", "/sparql")
            .header("Content-Type", form)
            .body(format!("update={}", encode(update))),
    ] {
        let problem = server.ask(request).is(403).json();
        problems.push_str(&format!("{problem:#}\n"));
    }
    assert_shown!(problems, @r#"
    {
      "title": "the service is read-only: the graph changes with the tables that it is built from",
      "status": 403
    }
    {
      "title": "the service is read-only: the graph changes with the tables that it is built from",
      "status": 403
    }
    {
      "title": "the service is read-only: the graph changes with the tables that it is built from",
      "status": 403
    }
    "#);
    for query in [
        update,
        "LOAD <http://127.0.0.1/>",
        "DROP ALL",
        "CLEAR DEFAULT",
    ] {
        let response = server.query(query);
        assert!(
            matches!(response.status, 400 | 403),
            "{query}: {}",
            response.status
        );
    }
    let service = "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }";
    let response = server.query(service).is(403);
    assert_eq!(response.json()["code"], "CG0703");
    let service = "SELECT * { SERVICE SILENT <http://127.0.0.1/> { ?s ?p ?o } }";
    server.query(service).is(403);
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"] {
        for target in ["/sparql", "/graphs", "/queries", "/health", "/metrics"] {
            let status = server.ask(Request::new(method, target)).status;
            assert_eq!(status, 405, "{method} {target}");
        }
    }
    assert_eq!(
        server.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").json()["results"]["bindings"][0]["n"]
            ["value"],
        "60"
    );
}

#[test]
fn diagnostics_are_those_of_the_command_line() {
    let (_folder, server) = small();
    let response = server.query("SELECT * {\n  ?s ?p \n}").is(400);
    assert_eq!(response.header("content-type"), "application/problem+json");
    assert_shown!(format!("{:#}", response.json()), @r#"
    {
      "title": "a triple needs an object",
      "status": 400,
      "code": "CG0701",
      "line": 3,
      "column": 1
    }
    "#);
    let response = server
        .query("SELECT * { ?s <https://example.org/ns#nmber> ?o }")
        .is(200);
    assert_eq!(response.header("civigraph-rows"), "0");
    let hint = response.header("civigraph-hint");
    assert!(!hint.is_empty() && hint.is_ascii(), "{hint}");
    server.get("/nothing").is(404);
    server
        .get("/sparql?query=ASK%20%7B%7D&query=ASK%20%7B%7D")
        .is(400);
    server.get("/sparql?query=%FF").is(400);
    server
        .get("/sparql?query=ASK%20%7B%7D&default-graph-uri=relative")
        .is(400);
    server
        .get("/sparql?query=ASK%20%7B%7D&timeout=soon")
        .is(400);
}

#[test]
fn graphs_are_read() {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    let server = Server::start(&workshop.path(""), &[]);
    let response = server.get("/graphs?default").is(200);
    assert_eq!(
        response.header("content-type"),
        "text/turtle; charset=utf-8"
    );
    assert_shown!(response.text());
    let tag = response.header("etag").to_owned();
    server
        .ask(Request::get("/graphs?default").header("If-None-Match", &tag))
        .is(304);
    let all = server.get("/graphs").is(200);
    assert_eq!(all.header("content-type"), "application/n-quads");
    let dump = workshop
        .run(&["export", "--format", "nquads"])
        .exits(0)
        .stdout;
    assert_eq!(all.text(), dump);
    server
        .get("/graphs?graph=https%3A%2F%2Fexample.org%2Fnothing")
        .is(404);
    server.get("/graphs?graph=relative").is(400);
    server.get("/graph/nothing").is(404);
    server
        .get("/graphs?default&graph=https%3A%2F%2Fexample.org%2F")
        .is(400);
}

/// Long enough not to be held before its first byte is sent.
const LONG: usize = 8_000;

#[test]
fn long_answers_come_whole() {
    let (_folder, server) = serving(LONG, &[]);
    let query = "SELECT ?s ?name { ?s <https://example.org/ns#name> ?name }";
    let csv = Request::query(query).header("Accept", "text/csv");
    let response = server.ask(csv.clone()).is(200);
    assert_eq!(response.header("transfer-encoding"), "chunked");
    assert_eq!(response.text().lines().count(), LONG + 1);
    let compressed = server
        .ask(csv.clone().header("Accept-Encoding", "gzip"))
        .is(200);
    let mut text = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(compressed.body.as_slice());
    decoder.read_to_end(&mut text).unwrap();
    assert_eq!(text, response.body);
    // Without chunks only the end of the connection could say that this is the end, and it would say so too where
    // the answer is cut.
    let response = server.ask(csv.old()).is(200);
    assert_eq!(
        response.header("content-length"),
        response.body.len().to_string()
    );
    assert_eq!(response.text().lines().count(), LONG + 1);
}

/// Every format of answers, with a query whose answer has it.
fn formats() -> Vec<(&'static str, &'static str)> {
    let select = "SELECT ?s ?name { ?s <https://example.org/ns#name> ?name }";
    let construct = "CONSTRUCT WHERE { ?s <https://example.org/ns#name> ?name }";
    let mut formats = Vec::new();
    for media in [
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    ] {
        formats.push((media, select));
    }
    for media in [
        "text/turtle",
        "application/n-triples",
        "application/n-quads",
        "application/trig",
        "application/rdf+xml",
        "application/ld+json",
    ] {
        formats.push((media, construct));
    }
    formats
}

/// Whether a client can see that an answer is not whole.
fn is_seen_to_fail(response: &Response) -> bool {
    response.status >= 400 || !response.whole
}

#[test]
fn an_answer_that_is_cut_never_looks_whole() {
    // By the rows of the answer, by its bytes; before the first byte is sent, and after.
    for limits in [["--rows", "10"], ["--rows", "7900"], ["--bytes", "16M"]] {
        let folder = tempfile::tempdir().unwrap();
        if limits[0] == "--rows" {
            publish(folder.path(), BASE, things(LONG));
        } else {
            publish(folder.path(), BASE, texts(200, 100_000));
        }
        let server = Server::start(folder.path(), &limits);
        for (media, query) in formats() {
            let compressed = limits[0] == "--rows" || media == "text/csv";
            let encodings = ["identity", "gzip"];
            for encoding in &encodings[..1 + usize::from(compressed)] {
                let request = Request::query(query)
                    .header("Accept", media)
                    .header("Accept-Encoding", encoding);
                let response = server.ask(request);
                assert!(is_seen_to_fail(&response), "{limits:?} {media} {encoding}");
                if response.status >= 400 && *encoding == "identity" {
                    assert_eq!(response.json()["code"], "CG0702", "{media}");
                }
            }
            if limits == ["--rows", "10"] {
                let old = server.ask(Request::query(query).header("Accept", media).old());
                assert!(is_seen_to_fail(&old), "{media}");
            }
        }
    }
}

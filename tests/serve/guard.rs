//! Queries that want too much, and clients that leave.

use super::client::Request;
use super::graph::{publish, things};
use super::processes::{memory, processor_time};
use super::server::Server;
use crate::cli::workshop::program;
use std::time::{Duration, Instant};

const BASE: &str = "https://example.org/";

/// How much later than its limit an answer may come on a machine that does other things too. The promise, half a
/// second, is measured by `benches/serve`.
const MARGIN: Duration = Duration::from_secs(2);

/// Takes all the time that there is, and little memory.
const SLOW: &str = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";

/// Takes all the memory that there is.
const LARGE: &str = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i";

fn project(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    publish(folder.path(), BASE, things(count));
    folder
}

#[test]
fn time_is_limited() {
    let folder = project(500);
    let mut server = Server::start(folder.path(), &["--timeout", "1"]);
    let path = format!(
        "ASK {{ ?s {} ?o }}",
        vec!["<https://example.org/ns#next>?"; 90].join("/")
    );
    let star = "SELECT (COUNT(*) AS ?n) { ?s (<https://example.org/ns#next>|!<https://example.org/ns#x>)* ?o . ?o (<https://example.org/ns#next>|^<https://example.org/ns#next>)* ?p }";
    for query in [SLOW, path.as_str(), star] {
        let response = server.query(query);
        assert!(
            response.took < Duration::from_secs(1) + MARGIN,
            "{:?}: {query}",
            response.took
        );
        if response.status != 200 {
            assert_eq!(response.status, 503, "{}", response.text());
            assert_eq!(response.json()["code"], "CG0709", "{}", response.text());
        }
    }
    assert!(server.metric("civigraph_timeouts_total") > 0);
    // A client may ask for less time, and not for more.
    let response = server
        .ask(Request::query(SLOW).at("/sparql?timeout=0.2"))
        .is(503);
    assert!(
        response.took < Duration::from_secs(1),
        "{:?}",
        response.took
    );
    let response = server
        .ask(Request::query(SLOW).at("/sparql?timeout=100"))
        .is(503);
    assert!(
        response.took < Duration::from_secs(1) + MARGIN,
        "{:?}",
        response.took
    );
    server.lives();
}

#[test]
fn memory_is_limited() {
    let folder = project(500);
    let mut server = Server::start(folder.path(), &["--timeout", "60", "--memory", "32M"]);
    for query in [
        LARGE,
        // Each string is eight times as long as the one before.
        "SELECT (STRLEN(?g) AS ?length) { BIND(\"xxxxxxxx\" AS ?a) \
         BIND(CONCAT(?a, ?a, ?a, ?a, ?a, ?a, ?a, ?a) AS ?b) BIND(CONCAT(?b, ?b, ?b, ?b, ?b, ?b, ?b, ?b) AS ?c) \
         BIND(CONCAT(?c, ?c, ?c, ?c, ?c, ?c, ?c, ?c) AS ?d) BIND(CONCAT(?d, ?d, ?d, ?d, ?d, ?d, ?d, ?d) AS ?e) \
         BIND(CONCAT(?e, ?e, ?e, ?e, ?e, ?e, ?e, ?e) AS ?f) BIND(CONCAT(?f, ?f, ?f, ?f, ?f, ?f, ?f, ?f) AS ?g) \
         BIND(CONCAT(?g, ?g, ?g, ?g, ?g, ?g, ?g, ?g) AS ?h) BIND(CONCAT(?h, ?h, ?h, ?h, ?h, ?h, ?h, ?h) AS ?i) }",
    ] {
        let response = server.query(query).is(503);
        assert_eq!(
            response.json()["code"],
            "CG0716",
            "{query}: {}",
            response.text()
        );
    }
    // Of this the first rows come before the memory is used up.
    let distinct = "SELECT DISTINCT ?a ?c ?f ?i { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }";
    let response = server.query(distinct);
    assert!(response.status == 503 || !response.whole);
    assert!(server.metric("civigraph_out_of_memory_total") >= 2);
    server.query("ASK {}").is(200);
    server.lives();
}

#[test]
fn the_command_line_ends_with_a_message() {
    let folder = project(500);
    for (arguments, message) in [
        (
            ["--memory", "32M"],
            "error[CG0716] command line: the query needs more memory than its limit of 32 MiB",
        ),
        (
            ["--timeout", "1"],
            "error[CG0709] command line: query timed out after 1 s",
        ),
    ] {
        for format in ["csv", "json", "table"] {
            let output = program(folder.path())
                .args([
                    "query",
                    "--store",
                    ".civigraph",
                    "-e",
                    LARGE,
                    "--format",
                    format,
                ])
                .args(arguments)
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(2));
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(said.starts_with(message), "{said}");
        }
    }
    // Within its limits a query is answered as without them.
    let query = "SELECT ?s ?n { ?s <https://example.org/ns#number> ?n } ORDER BY ?n";
    let answer = |arguments: &[&str]| {
        let mut command = program(folder.path());
        let output = command
            .args(["query", "--store", ".civigraph", "-e", query])
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0));
        output.stdout
    };
    assert_eq!(answer(&["--memory", "64M", "--timeout", "60"]), answer(&[]));
}

/// Waits until a condition holds; gives how long that took.
fn until(most: Duration, mut holds: impl FnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < most, "not within {most:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    began.elapsed()
}

#[cfg(target_os = "linux")]
#[test]
fn the_processor_is_idle_soon_after_clients_leave() {
    let folder = project(500);
    let server = Server::start(folder.path(), &["--timeout", "60"]);
    let clients: Vec<_> = (0..4)
        .map(|_| Request::query(SLOW).send(server.address))
        .collect();
    let began = processor_time(server.id());
    until(Duration::from_secs(20), || {
        processor_time(server.id()) > began + Duration::from_millis(500)
    });
    drop(clients);
    // Workers that take the places of those that were killed start meanwhile.
    std::thread::sleep(Duration::from_secs(1));
    until(Duration::from_secs(5), || {
        let before = processor_time(server.id());
        std::thread::sleep(Duration::from_millis(300));
        processor_time(server.id()).saturating_sub(before) <= Duration::from_millis(20)
    });
    assert!(server.metric("civigraph_abandoned_total") >= 1);
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_nobody_reads_is_given_up() {
    let folder = project(20_000);
    let server = Server::start(folder.path(), &["--timeout", "2"]);
    let before = memory(server.id());
    let query = "SELECT * { ?s ?p ?o . ?s ?q ?r }";
    let streams: Vec<_> = (0..3)
        .map(|_| Request::query(query).send(server.address))
        .collect();
    std::thread::sleep(Duration::from_secs(4));
    let grown = memory(server.id()).saturating_sub(before);
    assert!(grown < 256 << 20, "{grown}");
    // The connections are still open, but have no workers any more: an answer that needs one for long gets it.
    let response = server.query("SELECT ?n { ?s <https://example.org/ns#number> ?n } ORDER BY ?n");
    assert_eq!(
        response.clone().is(200).header("transfer-encoding"),
        "chunked"
    );
    drop(streams);
}

#[test]
fn a_polite_client_is_answered_among_others() {
    let folder = project(500);
    let mut server = Server::start(folder.path(), &["--timeout", "5"]);
    let hostile: Vec<_> = (0..8)
        .map(|number| {
            let query = if number % 2 == 0 { SLOW } else { LARGE };
            Request::query(query).send(server.address)
        })
        .collect();
    let query = "SELECT ?o { <https://example.org/id/thing/7> ?p ?o }";
    let mut times: Vec<Duration> = (0..20).map(|_| server.query(query).is(200).took).collect();
    times.sort();
    // Far less than the hostile ones take; `benches/serve` has the figures.
    assert!(times[10] < Duration::from_secs(2), "{times:?}");
    drop(hostile);
    server.lives();
}

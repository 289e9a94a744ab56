//! How the service starts and stops, whom it answers, and what it says of itself.

use super::client::Request;
use super::graph::{publish, things};
use super::server::Server;
use crate::cli::workshop::{Run, Workshop, assert_shown};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    publish(folder.path(), "https://example.org/", things(200));
    folder
}

#[test]
fn other_machines_are_served_only_when_asked_for() {
    let workshop = Workshop::project();
    let serve = |arguments: &[&str]| -> Run {
        let all: Vec<&str> = ["serve"].iter().chain(arguments).copied().collect();
        workshop.run(&all).exits(2)
    };
    let runs = [
        ["--listen", "0.0.0.0:0"],
        ["--listen", "[::]:0"],
        ["--listen", "nonsense"],
        ["--public-url", "graph.example.org"],
        // Nothing is published yet.
        ["--listen", "127.0.0.1:0"],
    ]
    .map(|arguments| serve(&arguments));
    assert_shown!(runs);
    workshop.run(&["build", "--quiet"]).exits(0);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let run = serve(&["--listen", &address]);
    assert_shown!(run.replacing(&address, "127.0.0.1:TAKEN"), @"
    $ serve --listen 127.0.0.1:TAKEN
    ---- stderr
    error: could not listen at 127.0.0.1:TAKEN: Address already in use
    hint: name another address with `--listen`
    ---- exit code 2
    ");
}

#[test]
fn only_known_hosts_are_answered() {
    let folder = project();
    let arguments = [
        "--public-url",
        "https://graph.example.org/data",
        "--host",
        "other.example",
    ];
    let server = Server::start(folder.path(), &arguments);
    let port = server.address.port();
    let ask = |host: &str| {
        server
            .ask(Request::get("/health").header("Host", host))
            .status
    };
    for host in [
        "localhost",
        "127.0.0.1",
        "graph.example.org",
        "GRAPH.example.org:443",
        "other.example",
    ] {
        assert_eq!(ask(host), 200, "{host}");
    }
    assert_eq!(ask(&format!("localhost:{port}")), 200);
    for host in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "graph.example.org.evil.example",
    ] {
        assert_eq!(ask(host), 421, "{host}");
    }
    // Absolute targets name the host too.
    assert_eq!(
        server
            .ask(Request::get("http://evil.example/health").header("Host", "localhost"))
            .status,
        421
    );
    let description = server.get("/sparql").is(200).text();
    assert!(
        description.contains("<https://graph.example.org/data/sparql>"),
        "{description}"
    );
    let api = server.get("/openapi.json").is(200).json();
    assert_eq!(api["servers"][0]["url"], "https://graph.example.org/data");
}

#[test]
fn what_was_begun_is_answered_before_the_end() {
    let folder = project();
    let server = Server::start(folder.path(), &[]);
    let address = server.address;
    let query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }";
    let asking = std::thread::spawn(move || Request::query(query).ask(address));
    std::thread::sleep(Duration::from_millis(100));
    let (took, code, said) = server.stop();
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(took < Duration::from_secs(12), "{took:?}");
    let answer = asking.join().unwrap().is(200).json();
    assert_eq!(answer["results"]["bindings"][0]["n"]["value"], "360000");
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn idle_connections_do_not_delay_the_end() {
    let folder = project();
    let server = Server::start(folder.path(), &[]);
    let _idle = TcpStream::connect(server.address).unwrap();
    let (took, code, said) = server.stop();
    assert_eq!(code, 0, "{said}");
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn workers_end_with_the_service() {
    let folder = project();
    let server = Server::start(folder.path(), &[]);
    server.query("ASK {}").is(200);
    let store = folder.path().join(".civigraph");
    // The store is served by its path as it was given: find workers by the folder that they run in.
    let workers = || {
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        let mine = processes.filter(|process| {
            let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            let folder = std::fs::read_link(process.path().join("cwd"));
            String::from_utf8_lossy(&line).contains("\0worker\0")
                && folder.is_ok_and(|cwd| cwd.join(".civigraph") == store)
        });
        mine.count()
    };
    assert!(workers() > 0);
    // Killed, and with no time to end anything.
    drop(server);
    let began = Instant::now();
    while workers() > 0 {
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "{} workers live on",
            workers()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn requests_are_bounded() {
    let folder = project();
    let mut server = Server::start(folder.path(), &[]);
    let long = "x".repeat(70_000);
    let query = format!("ASK {{ ?s ?p '{long}' }}");
    assert_eq!(server.query(&query).is(400).json()["code"], "CG0702");
    server.query(&"x".repeat(2_000_000)).is(413);
    let status = server
        .get(&format!("/sparql?query={}", "x".repeat(400_000)))
        .status;
    assert!(matches!(status, 414 | 431), "{status}");
    let mut many = Request::get("/health");
    for number in 0..200 {
        many = many.header(&format!("X-{number}"), "x");
    }
    assert_eq!(server.ask(many).status, 431);
    server.lives();
}

#[test]
fn clients_that_do_not_finish_their_request_are_cut_off() {
    let folder = project();
    let server = Server::start(folder.path(), &[]);
    let mut head = TcpStream::connect(server.address).unwrap();
    head.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
        .unwrap();
    let mut body = TcpStream::connect(server.address).unwrap();
    body.write_all(
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\nASK",
    )
    .unwrap();
    for stream in [&mut head, &mut body] {
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let mut answer = Vec::new();
        // Closed by the service, with a status or without.
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
            "{answer}"
        );
    }
}

#[test]
fn requests_are_counted_and_logged() {
    let folder = project();
    let server = Server::start(folder.path(), &["--access-log", "access.log"]);
    server.query("ASK {}").is(200);
    server.get("/nothing").is(404);
    server.get("/health?a=%0Ab%22c").is(200);
    assert_eq!(server.metric("civigraph_requests_total{status=\"4xx\"}"), 1);
    let quads = format!("civigraph_quads{{build=\"{}\"}}", server.build);
    assert!(server.metric(&quads) > 0);
    let log = std::fs::read_to_string(folder.path().join("access.log")).unwrap();
    let lines: Vec<&str> = log.lines().collect();
    assert!(lines[0].starts_with("127.0.0.1 - - ["), "{log}");
    assert!(lines[0].contains("\"POST /sparql HTTP/1.1\" 200 "), "{log}");
    assert!(lines[1].contains("\"GET /nothing HTTP/1.1\" 404 "), "{log}");
    // A request is a line, whatever it contains.
    assert!(lines[2].contains("/health?a=%0Ab"), "{log}");
    assert_eq!(server.get("/health").json()["status"], "ok");
}

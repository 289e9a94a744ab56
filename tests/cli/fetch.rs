//! `--allow-fetch`, against a server on the loopback interface: only what was asked for is fetched,
//! headers count as the Recommendations say, and whatever a server does has an end.

use super::workshop::Workshop;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A server that answers a few paths, and remembers what it was asked.
struct Server {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers: path, then head and body as they go over the wire; `{me}` stands for the server.
    fn start(answers: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let answers: HashMap<String, String> = answers
            .iter()
            .map(|(path, answer)| ((*path).to_owned(), answer.replace("{me}", &address)))
            .collect();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        // Ends with the test process; it holds nothing.
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                // A client that goes away in the middle is a client's right.
                let _ = answer(&connection, &answers, &log);
            }
        });
        Self { address, asked }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(
    mut connection: &TcpStream,
    answers: &HashMap<String, String>,
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection);
    let mut request = String::new();
    if reader.read_line(&mut request).is_err() {
        return connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    }
    let path = request.split(' ').nth(1).unwrap_or(&request).to_owned();
    log.lock().unwrap().push(path.trim().to_owned());
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let missing = "404 Not Found\r\n\r\n".to_owned();
    let (head, body) = answers
        .get(&path)
        .unwrap_or(&missing)
        .split_once("\r\n\r\n")
        .unwrap();
    write!(
        connection,
        "HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

const CITIES: &str = "200 OK\r\nContent-Type: text/csv; charset=windows-1251; header=absent\r\n\
     Link: <meta.json>; rel=\"describedby\"; type=\"application/csvm+json\"\r\n\r\nirbit,36000\n";

const META: &str = r#"200 OK
Content-Type: application/csvm+json

{"@context": "http://www.w3.org/ns/csvw", "url": "cities.csv", "tableSchema": {"aboutUrl": "{+id}", "columns": [
  {"name": "id", "titles": "id"},
  {"name": "people", "titles": "people", "datatype": "integer", "propertyUrl": "http://example.org/people"}]}}"#;

fn site() -> Server {
    let meta = META
        .replacen("\n\n", "\r\n\r\n", 1)
        .replacen("OK\n", "OK\r\n", 1);
    Server::start(&[
        ("/d/cities.csv", CITIES),
        ("/d/meta.json", &meta),
        ("/old", "302 Found\r\nLocation: /d/cities.csv\r\n\r\n"),
        ("/around", "302 Found\r\nLocation: /around\r\n\r\n"),
        (
            "/away",
            "302 Found\r\nLocation: file:///etc/hostname\r\n\r\n",
        ),
        ("/broken", "500 Internal Server Error\r\n\r\n"),
    ])
}

#[test]
fn the_one_language_of_a_table_is_that_of_its_strings() {
    for (language, expected) in [("ru", "\"x\"@ru ."), ("ru, en", "\"x\" .")] {
        let table = format!(
            "200 OK\r\nContent-Type: text/csv\r\nContent-Language: {language}\r\n\r\na\nx\n"
        );
        let server = Server::start(&[("/a.csv", &table)]);
        let run = Workshop::empty()
            .run(&[
                "convert",
                &server.url("/a.csv"),
                "--allow-fetch",
                "--minimal",
            ])
            .exits(0);
        assert!(run.stdout.contains(expected), "{}", run.stdout);
    }
}

#[test]
fn nothing_is_fetched_unless_asked() {
    let server = site();
    let workshop = Workshop::empty();
    let url = server.url("/d/cities.csv");
    for command in ["convert", "check"] {
        let run = workshop.run(&[command, &url]).exits(2);
        assert!(run.stderr.contains("`--allow-fetch`"), "{}", run.stderr);
    }
    // Neither is what metadata refers to.
    workshop.write(
        "meta.json",
        format!(
            r#"{{"@context": "http://www.w3.org/ns/csvw", "url": "{url}", "tableSchema": "{}"}}"#,
            server.url("/schema.json")
        ),
    );
    let run = workshop.run(&["check", "meta.json"]);
    assert!(
        run.stderr.contains("error[CG0341] meta.json:1:"),
        "{}",
        run.stderr
    );
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[test]
fn headers_say_what_a_table_is() {
    let server = site();
    for path in ["/d/cities.csv", "/old"] {
        let url = server.url(path);
        let run = Workshop::empty()
            .run(&["convert", &url, "--allow-fetch", "--minimal"])
            .exits(0);
        let triple = format!(
            "<{}> <http://example.org/people> \"36000\"^^",
            server.url("/d/irbit")
        );
        assert!(run.stdout.contains(&triple), "{}{}", run.stdout, run.stderr);
    }
    // However often a table is read, it is fetched once.
    let asked = server.asked();
    let times = asked.iter().filter(|path| *path == "/d/cities.csv").count();
    assert_eq!(times, 2, "{asked:?}");
    Workshop::empty()
        .run(&["check", &server.url("/d/meta.json"), "--allow-fetch"])
        .exits(0);
}

/// What cannot be had is said with its code, in the words of a person.
#[test]
fn failures_have_a_code() {
    let server = site();
    // A port on which nobody listens.
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for (url, words) in [
        (server.url("/none.csv"), "there is nothing at this address"),
        (server.url("/broken"), "the server answers 500"),
        (
            server.url("/around"),
            "the server redirects more than 5 times",
        ),
        (server.url("/away"), ""),
        (format!("http://{closed}/a.csv"), "the connection failed: "),
        (
            server.url("/a.csv").replace("http:", "https:"),
            "no secure connection: ",
        ),
    ] {
        let run = Workshop::empty()
            .run(&["check", &url, "--allow-fetch"])
            .exits(2);
        let start = format!("error[CG0101] {url}: could not read the input: {words}");
        assert!(run.stderr.starts_with(&start), "{start}\n{}", run.stderr);
        assert!(!run.stderr.contains("hint"), "{}", run.stderr);
    }
}

#[test]
fn answers_are_bounded() {
    use civigraph::resource::{Fetcher, ResolveError, Resolver};
    // This process asks, with the environment that it has.
    let proxies = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
    if proxies.iter().any(|name| std::env::var_os(name).is_some()) {
        println!("skipped: a proxy stands between this test and its server");
        return;
    }
    let long = format!("200 OK\r\n\r\n{}", "x".repeat(1000));
    let server = Server::start(&[("/long", &long)]);
    assert!(Fetcher::new(1000).resolve(&server.url("/long")).is_ok());
    assert_eq!(
        Fetcher::new(999).resolve(&server.url("/long")).unwrap_err(),
        ResolveError::Failed("the answer has more than 999 bytes".into())
    );
    assert_eq!(
        Fetcher::default().resolve("ftp://127.0.0.1/a").unwrap_err(),
        ResolveError::NotFound
    );
}

/// Metadata that refers to a table that cannot be had: the place is where it is named.
#[test]
fn a_table_that_is_not_there() {
    let server = site();
    let workshop = Workshop::empty();
    let table = server.url("/none.csv");
    workshop.write(
        "meta.json",
        format!("{{\"@context\": \"http://www.w3.org/ns/csvw\",\n \"url\": \"{table}\"}}"),
    );
    let run = workshop
        .run(&["check", "meta.json", "--allow-fetch"])
        .exits(2);
    assert!(
        run.stderr.contains("error[CG0101] meta.json:1:1: "),
        "{}",
        run.stderr
    );
}

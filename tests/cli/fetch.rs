//! `--allow-fetch`, against a server on the loopback interface: only what was asked for is fetched,
//! headers count as the Recommendations say, and whatever a server does has an end.

use super::workshop::{Run, Workshop, assert_shown};
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

    /// What a command left, without the port of the server.
    fn shown(&self, run: Run) -> Run {
        run.replacing(&self.address, "http://SERVER")
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
    let runs = ["ru", "ru, en"].map(|language| {
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
        server.shown(run).noted(language)
    });
    assert_shown!(runs, @r#"
    $ convert http://SERVER/a.csv --allow-fetch --minimal  # ru
    _:t0s1 <http://SERVER/a.csv#a> "x"@ru .
    ---- exit code 0

    $ convert http://SERVER/a.csv --allow-fetch --minimal  # ru, en
    _:t0s1 <http://SERVER/a.csv#a> "x" .
    ---- exit code 0
    "#);
}

#[test]
fn nothing_is_fetched_unless_asked() {
    let server = site();
    let workshop = Workshop::empty();
    let url = server.url("/d/cities.csv");
    let runs =
        ["convert", "check"].map(|command| server.shown(workshop.run(&[command, &url]).exits(2)));
    assert_shown!(runs, @"
    $ convert http://SERVER/d/cities.csv
    ---- stderr
    error[CG0101] http://SERVER/d/cities.csv: could not read the input: it is on the web
    hint: nothing is fetched from the network without `--allow-fetch`; `--catalog FILE` maps URLs to local files
    ---- exit code 2

    $ check http://SERVER/d/cities.csv
    ---- stderr
    error[CG0101] http://SERVER/d/cities.csv: could not read the input: it is on the web
    hint: nothing is fetched from the network without `--allow-fetch`; `--catalog FILE` maps URLs to local files
    ---- exit code 2
    ");
    // Neither is what metadata refers to.
    workshop.write(
        "meta.json",
        format!(
            r#"{{"@context": "http://www.w3.org/ns/csvw", "url": "{url}", "tableSchema": "{}"}}"#,
            server.url("/schema.json")
        ),
    );
    let run = server.shown(workshop.run(&["check", "meta.json"]));
    assert_shown!(run, @"
    $ check meta.json
    ---- stderr
    error[CG0341] meta.json:1:104: could not read the schema: it is on the web and was not asked for
             found | http://SERVER/schema.json
              hint | nothing is fetched from the network without `--allow-fetch`; `--catalog FILE` maps URLs to local files
              rule | metadata not found (tabular-metadata §6), see `civigraph explain CG0341`
    error[CG0101] meta.json:1:1: could not read the table: it is on the web and was not asked for
             found | http://SERVER/d/cities.csv
              hint | nothing is fetched from the network without `--allow-fetch`; `--catalog FILE` maps URLs to local files
              rule | unreadable file, see `civigraph explain CG0101`
    found 2 errors in 1 file
    error: not everything was checked: a file could not be read
    ---- exit code 2
    ");
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[test]
fn headers_say_what_a_table_is() {
    let server = site();
    let runs = ["/d/cities.csv", "/old"].map(|path| {
        let convert = ["convert", &server.url(path), "--allow-fetch", "--minimal"];
        server.shown(Workshop::empty().run(&convert).exits(0))
    });
    assert_shown!(runs, @r#"
    $ convert http://SERVER/d/cities.csv --allow-fetch --minimal
    <http://SERVER/d/irbit> <http://SERVER/d/cities.csv#id> "irbit" .
    <http://SERVER/d/irbit> <http://example.org/people> "36000"^^<http://www.w3.org/2001/XMLSchema#integer> .
    ---- exit code 0

    $ convert http://SERVER/old --allow-fetch --minimal
    <http://SERVER/d/irbit> <http://SERVER/d/cities.csv#id> "irbit" .
    <http://SERVER/d/irbit> <http://example.org/people> "36000"^^<http://www.w3.org/2001/XMLSchema#integer> .
    ---- exit code 0
    "#);
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
    let check = |url: &str| {
        Workshop::empty()
            .run(&["check", url, "--allow-fetch"])
            .exits(2)
    };
    let runs = ["/none.csv", "/broken", "/around", "/away"]
        .map(|path| server.shown(check(&server.url(path))));
    assert_shown!(runs);
    let run = check(&format!("http://{closed}/a.csv"));
    assert_shown!(run.replacing(&closed.to_string(), "CLOSED"), @"
    $ check http://CLOSED/a.csv --allow-fetch
    ---- stderr
    error[CG0101] http://CLOSED/a.csv: could not read the input: the connection failed: Connection refused (os error 111)
    ---- exit code 2
    ");
    let run = check(&server.url("/a.csv").replace("http:", "https:"));
    assert_shown!(run.replacing(&server.address.replace("http:", "https:"), "https://SERVER"), @"
    $ check https://SERVER/a.csv --allow-fetch
    ---- stderr
    error[CG0101] https://SERVER/a.csv: could not read the input: no secure connection: received corrupt message of type InvalidContentType
    ---- exit code 2
    ");
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
    assert_shown!(server.shown(run), @"
    $ check meta.json --allow-fetch
    ---- stderr
    error[CG0101] meta.json:1:1: could not read the table: there is nothing at this address
             found | http://SERVER/none.csv
              rule | unreadable file, see `civigraph explain CG0101`
    found 1 error in 1 file
    error: not everything was checked: a file could not be read
    ---- exit code 2
    ");
}

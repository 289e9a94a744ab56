//! Queries made to do harm: every shape that is known to hurt a parser, a planner or an evaluator, at sizes up to a
//! megabyte, and queries of a random grammar. The service must outlive them all and answer each in time.

use super::client::Request;
use super::graph::{publish, things};
use super::plot;
use super::processes::Watch;
use super::server::Server;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The time limit of the service.
const LIMIT: Duration = Duration::from_secs(1);

/// How much later an answer may come on a machine that does other things too.
const MARGIN: Duration = Duration::from_secs(3);

/// What the service may take with all its workers.
const MEMORY: u64 = 1 << 30;

const P: &str = "<https://example.org/ns#next>";

/// A shape: `start`, as many times `unit` as fit, as many times `close`, `end`.
struct Shape {
    name: &'static str,
    start: &'static str,
    unit: &'static str,
    middle: &'static str,
    close: &'static str,
    end: &'static str,
}

impl Shape {
    /// The shape at about a size in bytes.
    fn at(&self, size: usize) -> String {
        let count = (size / (self.unit.len() + self.close.len()).max(1)).max(1);
        let number = |text: &str| {
            let numbered = (0..count).map(|number| text.replace('@', &number.to_string()));
            numbered.collect::<String>()
        };
        let units = if self.unit.contains('@') {
            number(self.unit)
        } else {
            self.unit.repeat(count)
        };
        [
            self.start,
            &units,
            self.middle,
            &self.close.repeat(count),
            self.end,
        ]
        .concat()
    }
}

/// `@` in a unit is its number.
const fn shape(
    name: &'static str,
    start: &'static str,
    unit: &'static str,
    middle: &'static str,
    close: &'static str,
    end: &'static str,
) -> Shape {
    Shape {
        name,
        start,
        unit,
        middle,
        close,
        end,
    }
}

const SHAPES: &[Shape] = &[
    shape("braces", "SELECT * ", "{", " ?s ?p ?o ", "}", ""),
    shape("braces that do not close", "SELECT * ", "{", "", "", ""),
    shape(
        "escaped braces",
        "SELECT * ",
        r"\u007B",
        " ?s ?p ?o ",
        r"\u007D",
        "",
    ),
    shape(
        "escaped parentheses",
        "ASK { FILTER ",
        r"\U00000028",
        "1",
        r"\U00000029",
        "}",
    ),
    shape("parentheses", "ASK { FILTER ", "(", "1", ")", "}"),
    shape("negations", "ASK { FILTER(", "!", "true", "", ") }"),
    shape("minus signs", "ASK { FILTER(0 < ", "- ", "1", "", ") }"),
    shape("calls", "ASK { FILTER(", "ABS(", "1", ")", " > 0) }"),
    shape("IF", "ASK { FILTER(", "IF(true,", "1", ",0)", ") }"),
    shape(
        "COALESCE",
        "ASK { FILTER(",
        "COALESCE(?x, ",
        "1",
        ")",
        ") }",
    ),
    shape(
        "EXISTS",
        "ASK ",
        "{ FILTER EXISTS ",
        "{ ?s ?p ?o }",
        "}",
        "",
    ),
    shape(
        "NOT EXISTS",
        "ASK ",
        "{ ?s ?p ?o FILTER NOT EXISTS ",
        "{ ?s ?p ?o }",
        "}",
        "",
    ),
    shape(
        "OPTIONAL",
        "ASK ",
        "{ ?s ?p ?o OPTIONAL ",
        "{ ?s ?p ?o }",
        "}",
        "",
    ),
    shape(
        "OPTIONAL after OPTIONAL",
        "ASK { ",
        "OPTIONAL { ?a@ ?b@ ?c@ } ",
        "",
        "",
        "}",
    ),
    shape(
        "MINUS",
        "ASK ",
        "{ ?s ?p ?o MINUS ",
        "{ ?s ?p ?o }",
        "}",
        "",
    ),
    shape(
        "MINUS after MINUS",
        "SELECT * { ?s ?p ?o ",
        "MINUS { ?s ?p ?x@ } ",
        "",
        "",
        "}",
    ),
    shape(
        "sub-selects",
        "SELECT * ",
        "{ SELECT * ",
        "{ ?s ?p ?o }",
        "}",
        "",
    ),
    shape(
        "sub-selects beside each other",
        "SELECT * { ",
        "{ SELECT * { ?a@ ?b@ ?c@ } } ",
        "",
        "",
        "}",
    ),
    shape("UNION", "SELECT * { {}", " UNION {}", "", "", " }"),
    shape(
        "UNION of patterns",
        "SELECT * { {?s ?p ?o}",
        " UNION {?s@ ?p ?o}",
        "",
        "",
        " } ORDER BY ?s",
    ),
    shape("GRAPH", "SELECT * ", "{ GRAPH ?g ", "{ ?s ?p ?o }", "}", ""),
    shape("groups", "SELECT * { ", "{ ?a@ ?b@ ?c@ } ", "", "", "}"),
    shape(
        "path sequence",
        "ASK { ?s <https://example.org/ns#next>",
        "/<https://example.org/ns#next>",
        " ?o }",
        "",
        "",
    ),
    shape(
        "path of optional steps",
        "SELECT * { ?s <https://example.org/ns#next>?",
        "/<https://example.org/ns#next>?",
        " ?o }",
        "",
        "",
    ),
    shape(
        "path of stars",
        "SELECT * { ?s <https://example.org/ns#next>*",
        "/<https://example.org/ns#next>*",
        " ?o }",
        "",
        "",
    ),
    shape(
        "path alternatives",
        "SELECT * { ?s <https://example.org/ns#next>",
        "|<https://example.org/ns#x@>",
        " ?o }",
        "",
        "",
    ),
    shape(
        "nested stars",
        "SELECT * { ?s ",
        "(",
        "<https://example.org/ns#next>",
        ")*",
        " ?o }",
    ),
    shape(
        "nested inverses",
        "SELECT * { ?s ",
        "^(",
        "<https://example.org/ns#next>",
        ")",
        " ?o }",
    ),
    shape(
        "negated properties",
        "SELECT * { ?s !(<https://example.org/ns#a>",
        "|<https://example.org/ns#x@>",
        ") ?o }",
        "",
        "",
    ),
    shape(
        "cross product",
        "SELECT (COUNT(*) AS ?n) { ",
        "?a@ ?b@ ?c@ . ",
        "}",
        "",
        "",
    ),
    shape(
        "chain",
        "SELECT * { ?x0 <https://example.org/ns#next> ?y .",
        "?x@ <https://example.org/ns#next> ?z@ . ?z@ ?q@ ?w . ",
        "}",
        "",
        "",
    ),
    shape(
        "triples of one subject",
        "SELECT * { ?s ?p ?o",
        " ; ?p@ ?o@",
        "}",
        "",
        "",
    ),
    shape("objects", "SELECT * { ?s ?p ?o", " , ?o@", "}", "", ""),
    shape("collections", "ASK { ?s ?p ", "(", "1", ")", "}"),
    shape("blank nodes", "ASK { ?s ?p ", "[ ?p ", "1", "]", "}"),
    shape("long collection", "ASK { ?s ?p (", "1 ", ") }", "", ""),
    shape(
        "triple terms",
        "ASK { ?s ?p ",
        "<<( ?s ?p ",
        "1",
        ")>>",
        "}",
    ),
    shape(
        "reified triples",
        "ASK { ?s ?p ",
        "<< ?s ?p ",
        "1",
        ">>",
        "}",
    ),
    shape("annotations", "ASK { ?s ?p ?o ", "{| ?p ?o ", "", "|}", "}"),
    shape(
        "conjunction",
        "ASK { ?s ?p ?o FILTER(true",
        " && ?o != @",
        ") }",
        "",
        "",
    ),
    shape(
        "disjunction",
        "ASK { ?s ?p ?o FILTER(false",
        " || ?o = @",
        ") }",
        "",
        "",
    ),
    shape("sum", "ASK { FILTER(0", "+1", " > 0) }", "", ""),
    shape("IN", "ASK { ?s ?p ?o FILTER(?o IN (0", ",@", ")) }", "", ""),
    shape(
        "CONCAT",
        "SELECT (CONCAT(\"\"",
        ",\"@\"",
        ") AS ?x) {}",
        "",
        "",
    ),
    shape(
        "VALUES",
        "SELECT * { VALUES ?x { ",
        "@ ",
        "} ?s ?p ?o }",
        "",
        "",
    ),
    shape(
        "VALUES of many",
        "SELECT * { ",
        "VALUES ?x@ { 1 2 } ",
        "}",
        "",
        "",
    ),
    shape(
        "doubling",
        "SELECT (STRLEN(?x) AS ?n) { BIND(\"xxxxxxxx\" AS ?x0) ",
        "BIND(CONCAT(?x0,?x0,?x0,?x0) AS ?b@) ",
        "}",
        "",
        "",
    ),
    shape("variables", "SELECT ", "?v@ ", "{}", "", ""),
    shape("expressions", "SELECT ", "(@ AS ?v@) ", "{}", "", ""),
    shape(
        "aggregates",
        "SELECT ",
        "(COUNT(?s) AS ?v@) ",
        "{ ?s ?p ?o }",
        "",
        "",
    ),
    shape(
        "ORDER BY",
        "SELECT * { ?s ?p ?o . ?a ?b ?c } ORDER BY ?s",
        " STR(?o)",
        "",
        "",
        "",
    ),
    shape(
        "GROUP BY",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?a ?b ?c } GROUP BY ?s",
        " ?o",
        "",
        "",
        "",
    ),
    shape(
        "HAVING",
        "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (1 = 1)",
        " (COUNT(*) > 0)",
        "",
        "",
        "",
    ),
    shape(
        "FROM",
        "SELECT * ",
        "FROM <http://e/@> ",
        "{ ?s ?p ?o }",
        "",
        "",
    ),
    shape(
        "FROM NAMED",
        "SELECT * ",
        "FROM NAMED <http://e/@> ",
        "{ GRAPH ?g { ?s ?p ?o } }",
        "",
        "",
    ),
    shape("prefixes", "", "PREFIX p@: <http://e/@> ", "ASK {}", "", ""),
    shape(
        "template",
        "CONSTRUCT { ",
        "?s ?p ?o . [] ?p@ ?o . ",
        "} { ?s ?p ?o . ?a ?b ?c }",
        "",
        "",
    ),
    shape(
        "DESCRIBE",
        "DESCRIBE ",
        "<https://example.org/id/thing/@> ",
        "",
        "",
        "",
    ),
    shape(
        "DESCRIBE of all",
        "DESCRIBE * { ",
        "?a@ ?b@ ?c@ . ",
        "}",
        "",
        "",
    ),
    shape("long string", "ASK { ?s ?p \"", "x", "\" }", "", ""),
    shape(
        "string that does not end",
        "ASK { ?s ?p \"",
        "x",
        "",
        "",
        "",
    ),
    shape("long IRI", "ASK { ?s <http://e/", "x", "> ?o }", "", ""),
    shape("long name", "ASK { ?", "x", " ?p ?o }", "", ""),
    shape("long number", "SELECT (1", "0", " * 10 AS ?n) {}", "", ""),
    shape("long comment", "#", "x", "\nASK {}", "", ""),
    shape("blanks", "ASK {", "\t\n", "}", "", ""),
    shape("NUL", "ASK {", "\0", "}", "", ""),
    shape(
        "regular expression",
        "ASK { ?s ?p ?o FILTER REGEX(STR(?o), \"",
        "(a*)*",
        "$\") }",
        "",
        "",
    ),
    shape(
        "nested expression",
        "ASK { ?s ?p ?o FILTER REGEX(STR(?o), \"",
        "(",
        "a",
        ")*",
        "\") }",
    ),
    shape(
        "counted repetition",
        "ASK { ?s ?p ?o FILTER REGEX(STR(?o), \"a",
        "{9}",
        "\") }",
        "",
        "",
    ),
    shape(
        "REPLACE",
        "SELECT (REPLACE(\"",
        "x",
        "\", \"x\", \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\") AS ?y) { ?s ?p ?o . ?a ?b ?c }",
        "",
        "",
    ),
    shape(
        "words of a search",
        "SELECT * { ?s <https://example.org/ns#search> \"",
        "thing ",
        "\" }",
        "",
        "",
    ),
    shape(
        "updates",
        "",
        "INSERT DATA { <http://e/@> <http://e/p> 1 } ;",
        "",
        "",
        "",
    ),
    shape("ASK after ASK", "", "ASK {} ", "", "", ""),
];

/// Queries that are short and do all the harm themselves.
fn short() -> Vec<String> {
    let doubling = |times: usize| {
        let binds: String = (0..times)
            .map(|n| format!("BIND(CONCAT(?x{n}, ?x{n}) AS ?x{}) ", n + 1))
            .collect();
        format!("SELECT (STRLEN(?x{times}) AS ?n) {{ BIND(\"xxxxxxxx\" AS ?x0) {binds}}}")
    };
    let mut queries = vec![doubling(20), doubling(32), doubling(60)];
    for query in [
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
        "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        "SELECT ?a (COUNT(DISTINCT *) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a",
        "SELECT (GROUP_CONCAT(STR(?a)) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        "SELECT (MAX(?o) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND(CONCAT(STR(?a), STR(?f)) AS ?o) }",
        "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        "DESCRIBE * { ?a ?b ?c . ?d ?e ?f }",
        "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c = ?f && ?f = ?i && ?a != ?a) }",
        "SELECT * { ?a ?b ?c MINUS { ?d ?e ?f MINUS { ?g ?h ?i } } }",
        "SELECT * { ?a !<http://e/p>* ?c . ?c !<http://e/p>* ?e . ?e !<http://e/p>* ?a }",
        "SELECT * { ?s (<https://example.org/ns#next>|^<https://example.org/ns#next>)* ?o } ORDER BY ?o",
        "SELECT * { ?s ?p ?o FILTER NOT EXISTS { ?a ?b ?c . ?d ?e ?f FILTER(?c = ?f && ?o = 1) } }",
        "SELECT * { ?s ?p ?o OPTIONAL { ?a ?b ?c OPTIONAL { ?d ?e ?f FILTER(?c = ?o) } FILTER(?f = ?o) } }",
        "SELECT * { { SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c } { SELECT * { ?g ?h ?i . ?j ?k ?l } ORDER BY ?i } }",
        "SELECT (SUM(?n) AS ?x) { ?a ?b ?n . ?d ?e ?m . ?g ?h ?k } HAVING (SUM(?m) > 0)",
        "SELECT * { ?s ?p ?o } OFFSET 18446744073709551615",
        "SELECT * { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f } LIMIT 18446744073709551615",
        "SELECT (1 / 0 AS ?x) (9223372036854775807 + 1 AS ?y) (1e308 * 1e308 AS ?z) {}",
        "SELECT (SUBSTR(\"x\", -9223372036854775808, 9223372036854775807) AS ?x) {}",
        "SELECT (REPLACE(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"(a|a)*b\", \"x\") AS ?x) {}",
        "SELECT * { SERVICE <http://169.254.169.254/> { ?s ?p ?o } }",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "LOAD <http://169.254.169.254/>",
        "",
        "\u{FEFF}",
        "SELECT",
        "ASK { \u{202E}?s ?p ?o }",
    ] {
        queries.push(query.to_owned());
    }
    queries
}

/// A generator of random numbers (xorshift), so that what fails fails again.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn query(&mut self) -> String {
        let depth = 1 + self.below(7);
        let group = self.group(depth);
        let head = self.one(&[
            "SELECT *",
            "SELECT DISTINCT ?a ?c",
            "ASK",
            "SELECT (COUNT(*) AS ?n)",
            "CONSTRUCT { ?a ?b ?c }",
        ]);
        let tail = self.one(&["", "", " LIMIT 10", " OFFSET 5"]);
        let order = if head.starts_with("SELECT *") {
            self.one(&["", " ORDER BY ?a", " ORDER BY DESC(STR(?c))"])
        } else {
            ""
        };
        let tail = if head == "ASK" { "" } else { tail };
        format!("{head} {group}{order}{tail}")
    }

    fn group(&mut self, depth: usize) -> String {
        let count = 1 + self.below(3);
        let parts: Vec<String> = (0..count).map(|_| self.part(depth)).collect();
        format!("{{ {} }}", parts.join(" "))
    }

    fn part(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.triple();
        }
        let inner = depth - 1;
        match self.below(11) {
            0 => format!("OPTIONAL {}", self.group(inner)),
            1 => format!("MINUS {}", self.group(inner)),
            2 => format!("{} UNION {}", self.group(inner), self.group(inner)),
            3 => format!("{{ SELECT * {} }}", self.group(inner)),
            4 => format!("FILTER NOT EXISTS {}", self.group(inner)),
            5 => format!("FILTER({})", self.expression(inner)),
            6 => format!("GRAPH ?g {}", self.group(inner)),
            7 => format!(
                "BIND({} AS ?x{})",
                self.expression(inner),
                self.below(1_000_000)
            ),
            _ => self.triple(),
        }
    }

    fn triple(&mut self) -> String {
        let subject = self.one(&["?a", "?b", "?c", "<https://example.org/id/thing/1>", "[]"]);
        let paths = [
            "?p",
            "?b",
            P,
            "(<https://example.org/ns#next>)*",
            "!<http://e/p>",
            "^<https://example.org/ns#next>+",
        ];
        let path = self.one(&paths);
        let object = self.one(&["?a", "?c", "?d", "1", "\"x\"@en"]);
        format!("{subject} {path} {object} .")
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self
                .one(&["?a", "?c", "1", "\"x\"", "true", "RAND()"])
                .to_owned();
        }
        let (left, right) = (self.expression(depth - 1), self.expression(depth - 1));
        match self.below(6) {
            0 => format!("({left} = {right})"),
            1 => format!("({left} && {right})"),
            2 => format!("({left} + {right})"),
            3 => format!("CONCAT(STR({left}), STR({right}))"),
            4 => format!("REGEX(STR({left}), STR({right}))"),
            _ => format!("IF({left}, {right}, !({left}))"),
        }
    }
}

/// Sends queries to a service, several at a time, and demands an answer to each in time.
fn explode(bombs: &[(String, String)]) {
    let folder = tempfile::tempdir().unwrap();
    publish(folder.path(), "https://example.org/", things(400));
    let limit = LIMIT.as_secs().to_string();
    let mut server = Server::start(folder.path(), &["--timeout", &limit]);
    let watch = Watch::new(server.id());
    let next = AtomicUsize::new(0);
    let answers = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some((name, text)) = bombs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let response = Request::query(text).ask(server.address);
                    answers.lock().unwrap().push((response, name, text.len()));
                }
            });
        }
    });
    let mut answers = answers.into_inner().unwrap();
    answers.sort_by_key(|(response, ..)| response.took);
    let wrong: Vec<String> = answers
        .iter()
        .filter(|(response, ..)| {
            !matches!(response.status, 200 | 400 | 403 | 404 | 413 | 503)
                || response.took > LIMIT + MARGIN
        })
        .map(|(response, name, _)| {
            let text: String = response.text().chars().take(200).collect();
            format!(
                "{name}: {} after {:?}: {text}",
                response.status, response.took
            )
        })
        .collect();
    let (last, name, _) = answers.last().unwrap();
    let most = watch.most() >> 20;
    println!(
        "{} queries, the last answer after {:?} ({name}), at most {most} MiB",
        bombs.len(),
        last.took
    );
    if let Some(to) = std::env::var_os("CIVIGRAPH_PLOT") {
        let points: Vec<_> = answers
            .iter()
            .map(|(response, _, size)| plot::Point {
                size: *size,
                took: response.took,
                status: response.status,
            })
            .collect();
        let memory: Vec<_> = watch
            .seen()
            .into_iter()
            .map(|(at, size)| (at.as_secs_f64(), (size >> 20) as f64))
            .collect();
        plot::write(to.as_ref(), &points, &memory, LIMIT);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(watch.most() < MEMORY, "{most} MiB");
    server.lives();
}

/// Bombs of each shape at some sizes.
fn bombs(sizes: &[usize]) -> Vec<(String, String)> {
    SHAPES
        .iter()
        .flat_map(|shape| {
            sizes
                .iter()
                .map(|size| (format!("{} of {size} bytes", shape.name), shape.at(*size)))
        })
        .collect()
}

#[test]
fn bombs_do_no_harm() {
    let mut all = bombs(&[300, 4_000, 60_000]);
    for (number, text) in short().into_iter().enumerate() {
        all.push((format!("short query {number}"), text));
    }
    // Longer than any query may be: one of each kind of end is enough.
    for shape in SHAPES.iter().step_by(9) {
        all.push((format!("{} of 1 MB", shape.name), shape.at(1_000_000)));
    }
    explode(&all);
}

#[test]
fn random_queries_do_no_harm() {
    let mut random = Random(20_151_217);
    let all: Vec<_> = (0..150)
        .map(|_| random.query())
        .map(|text| (text.clone(), text))
        .collect();
    explode(&all);
}

/// All shapes at all sizes, and many more random queries. `CIVIGRAPH_PLOT=FILE.svg` gets a picture of it.
#[test]
#[ignore = "takes minutes: `cargo test --test main -- --ignored all_bombs`"]
fn all_bombs_do_no_harm() {
    let sizes: Vec<usize> = (6..20).map(|shift| 1 << shift).chain([1_000_000]).collect();
    let mut all = bombs(&sizes);
    let mut random = Random(20_260_101);
    all.extend(
        (0..5_000)
            .map(|_| random.query())
            .map(|text| (text.clone(), text)),
    );
    explode(&all);
}

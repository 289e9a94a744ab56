//! What an editor of queries asks while somebody types.

use super::client::{Request, encode};
use super::server::Server;
use crate::cli::workshop::{CITIES, Workshop};
use serde_json::Value;
use std::time::Duration;

fn shipped() -> (Workshop, Server) {
    let workshop = Workshop::shipped();
    workshop.run(&["build", "--quiet"]).exits(0);
    let server = Server::start(&workshop.path(""), &[]);
    (workshop, server)
}

/// The items that are offered, as `label` and last part of the IRI.
fn offered(server: &Server, kind: &str, parameters: &[(&str, &str)]) -> Vec<(String, String)> {
    let form: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    let request = Request::new("POST", &format!("/complete/{kind}"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form.join("&"));
    let response = server.ask(request).is(200);
    let items = response.json()["items"].clone();
    let text = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let items = items.as_array().unwrap().iter().map(|item| {
        let iri = text(item, "iri");
        let last = iri.rsplit(['/', '#']).next().unwrap_or_default().to_owned();
        let last = match last.is_empty() {
            true => text(item, "term"),
            false => last,
        };
        (text(item, "label"), last)
    });
    items.collect()
}

fn names(offered: &[(String, String)]) -> Vec<&str> {
    offered.iter().map(|(_, name)| name.as_str()).collect()
}

#[test]
fn offers_fit_the_place_in_the_query() {
    let (_workshop, server) = shipped();
    // Things by their names in both languages, in other forms and with errors.
    for text in ["Железн", "Железногорска", "zheleznogorsk", "Zhelez"] {
        let found = offered(&server, "entities", &[("text", text), ("lang", "ru")]);
        assert!(
            names(&found).contains(&"zato-zheleznogorsk"),
            "{text}: {found:?}"
        );
    }
    assert_eq!(offered(&server, "entities", &[("text", "")]), []);
    // All properties where nothing is said of the subject; those of cities where it is a city.
    let all = offered(
        &server,
        "properties",
        &[("text", ""), ("subject", "?x"), ("patterns", "")],
    );
    let place = [
        ("text", ""),
        ("subject", "?city"),
        ("patterns", "?city a cg:City . ?city | broken"),
        ("patterns", "?city a cg:City ."),
        ("prologue", "PREFIX cg: <https://w3id.org/civigraph/ns#>\n"),
    ];
    let here = offered(&server, "properties", &place);
    assert!(names(&here).contains(&"locatedIn"), "{here:?}");
    assert!(
        names(&all).contains(&"event") && !names(&here).contains(&"event"),
        "{here:?}"
    );
    // By the words of a label, in the language of the reader.
    let words = [("text", "находит"), ("lang", "ru"), ("subject", "?x")];
    let region = offered(&server, "properties", &words);
    assert!(!region.is_empty() && region.len() < all.len(), "{region:?}");
    // Classes: those of the things in this place come first.
    let classes = offered(
        &server,
        "classes",
        &[
            ("text", ""),
            ("subject", "?x"),
            ("patterns", "?x cg:locatedIn ?region ."),
        ],
    );
    assert!(names(&classes).len() > 5, "{classes:?}");
    // Values of a property, for the things in this place.
    let values = offered(
        &server,
        "values",
        &[
            ("text", ""),
            ("subject", "?city"),
            ("property", "cg:locatedIn"),
            ("patterns", "?city a cg:ClosedTown ."),
        ],
    );
    assert_eq!(names(&values), ["krasnoyarsky-kray"], "{values:?}");
    // A constant is a subject like any other.
    let constant = [
        ("text", ""),
        ("subject", "<https://w3id.org/civigraph/id/city/irbit>"),
    ];
    let of_irbit = offered(&server, "properties", &constant);
    assert!(names(&of_irbit).contains(&"prefLabel"), "{of_irbit:?}");
    // A graph that the place is within.
    let register = [
        ("text", ""),
        ("subject", "?city"),
        ("graph", "<https://w3id.org/civigraph/graph/register>"),
        (
            "patterns",
            "GRAPH <https://w3id.org/civigraph/graph/register> { ?city ?p ?o . }",
        ),
    ];
    let of_register = offered(&server, "properties", &register);
    assert!(names(&of_register).contains(&"lat"), "{of_register:?}");
    assert!(
        !names(&of_register).contains(&"locatedIn"),
        "{of_register:?}"
    );
}

#[test]
fn terms_are_explained_and_labelled() {
    let (_workshop, server) = shipped();
    let about = |iri: &str, language: &str| {
        let target = format!("/complete/about?iri={}&lang={language}", encode(iri));
        server.get(&target).is(200).json()
    };
    let city = about("https://w3id.org/civigraph/ns#City", "ru");
    assert!(city["members"].as_u64().unwrap() > 5, "{city}");
    assert_eq!(city["examples"].as_array().unwrap().len(), 3, "{city}");
    let property = about("https://w3id.org/civigraph/ns#locatedIn", "en");
    assert!(property["triples"].as_u64().unwrap() > 5, "{property}");
    assert!(property["label"].is_string(), "{property}");
    let nothing = about("https://example.org/none", "en");
    assert_eq!(nothing["label"], Value::Null);
    about("no IRI", "en");
    let labels = server.get(
        "/complete/labels?lang=ru&iri=https://w3id.org/civigraph/id/city/irbit&iri=x&iri=https://example.org/none",
    );
    let labels = labels.is(200).json()["labels"].clone();
    assert_eq!(
        labels.to_string(),
        r#"{"https://w3id.org/civigraph/id/city/irbit":"Ирбит"}"#
    );
}

#[test]
fn queries_are_checked_without_being_run() {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    let server = Server::start(&workshop.path(""), &[]);
    let check = |query: &str| server.get(&format!("/complete/check?query={}", encode(query)));
    let problem = |query: &str| check(query).is(200).json()["problem"].clone();
    assert_eq!(problem("SELECT * { ?s ?p ?o }"), Value::Null);
    let wrong = problem("SELECT * {\n  ?s ?p }");
    assert_eq!(
        (&wrong["line"], &wrong["code"]),
        (&Value::from(2), &Value::from("CG0701")),
        "{wrong}"
    );
    let refused = problem("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }");
    assert!(refused["message"].is_string(), "{refused}");
    let undeclared = problem("SELECT * { ?s zz:p ?o }");
    assert_eq!(
        undeclared["hint"],
        "add `PREFIX name: <IRI>` at the start of the query"
    );
    server.get("/complete/check").is(400);
    server.get("/complete/nothing").is(404);
    server.get("/complete/entities?text=%ff").is(400);
    // Nobody waits for an offer: a place that takes too long is passed over.
    let slow = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(CONCAT(STR(?a), STR(?d), STR(?g), STR(?j)) = \"x\")";
    let target = format!(
        "/complete/properties?text=&subject=?a&patterns={}",
        encode(slow)
    );
    let response = server.get(&target).is(200);
    assert!(
        response.took < Duration::from_secs(20),
        "{:?}",
        response.took
    );
    assert!(!response.json()["items"].as_array().unwrap().is_empty());
}

#[test]
fn a_part_of_an_answer_and_an_older_build_can_be_asked_for() {
    let workshop = Workshop::project();
    workshop.write(
        "queries/count.rq",
        "# title: Count\nSELECT (COUNT(*) AS ?n) { ?s ?p ?o }\n",
    );
    workshop.run(&["build", "--quiet"]).exits(0);
    let first = std::fs::read_to_string(workshop.path(".civigraph/current")).unwrap();
    let first = first.trim();
    workshop.write(
        "data/cities.csv",
        format!("{CITIES}perm,Perm,1723-05-15,1034000,samara,\n"),
    );
    workshop.run(&["build", "--quiet"]).exits(0);
    let server = Server::start(&workshop.path(""), &[]);
    let query = encode("SELECT ?s { ?s ?p ?o } ORDER BY ?s");
    let rows = |more: &str| {
        let response = server.get(&format!("/sparql?query={query}{more}")).is(200);
        response.json()["results"]["bindings"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(rows("&limit=3"), 3);
    assert!(rows("") > 10);
    assert_eq!(rows("&offset=2&limit=1"), 1);
    server
        .get(&format!("/sparql?query={query}&limit=x"))
        .is(400);
    // An older build answers as it did, and says so.
    let now = server.get("/queries/count.csv").is(200);
    let before = server
        .get(&format!("/queries/count.csv?build={first}"))
        .is(200);
    assert_eq!(before.header("civigraph-build"), first);
    assert_ne!(before.body, now.body);
    let all = format!("/sparql?query={query}&build={}", server.build);
    assert_eq!(
        server.get(&all).is(200).header("civigraph-build"),
        server.build
    );
    // What was deleted is gone; what never was is not there.
    server
        .get(&format!("/sparql?query={query}&build=0000-00000000"))
        .is(410);
    server
        .get(&format!("/sparql?query={query}&build=9999-00000000"))
        .is(404);
    server
        .get(&format!("/sparql?query={query}&build=../x"))
        .is(404);
}

#[test]
fn csv_can_be_made_safe_for_spreadsheets() {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    let server = Server::start(&workshop.path(""), &[]);
    let query = encode("SELECT ?x { VALUES ?x { \"=1+1\" \"-5\" \"@a\" \"plain\" } }");
    let target = format!("/sparql?query={query}&format=csv");
    let faithful = server.get(&target).is(200);
    assert_eq!(faithful.text(), "x\r\n=1+1\r\n-5\r\n@a\r\nplain\r\n");
    let safe = server.get(&format!("{target}&profile=spreadsheet")).is(200);
    assert_eq!(safe.text(), "x\r\n'=1+1\r\n-5\r\n'@a\r\nplain\r\n");
    assert_ne!(faithful.header("etag"), safe.header("etag"));
    server.get(&format!("{target}&profile=other")).is(400);
}

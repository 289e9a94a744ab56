//! Reconciliation: what OpenRefine asks, and what it gets.

use super::client::{Request, encode};
use super::server::Server;
use crate::cli::workshop::{Workshop, child};
use crate::facts::shared;
use serde_json::{Value, json};
use std::path::Path;

const CITY: &str = "https://w3id.org/civigraph/ns#City";
const LOCATED: &str = "https://w3id.org/civigraph/ns#locatedIn";
const IRBIT: &str = "https://w3id.org/civigraph/id/city/irbit";
const REGION: &str = "https://w3id.org/civigraph/id/region/sverdlovskaya-oblast";

/// A service of the shipped tables.
struct Refine {
    server: Server,
    _workshop: Workshop,
}

impl Refine {
    fn start() -> Self {
        let workshop = Workshop::shipped();
        workshop.run(&["build", "--quiet"]).exits(0);
        Self {
            server: Server::start(&workshop.path(""), &[]),
            _workshop: workshop,
        }
    }

    fn get(&self, target: &str) -> Value {
        serde_json::from_str(&self.server.get(target).is(200).text()).unwrap()
    }

    fn ask(&self, field: &str, value: &Value) -> Value {
        let answer = self.server.ask(form(field, value)).is(200);
        serde_json::from_str(&answer.text()).unwrap()
    }

    fn ask_draft(&self, path: &str, body: &Value) -> Value {
        let answer = self.server.ask(draft(path, body)).is(200);
        serde_json::from_str(&answer.text()).unwrap()
    }
}

/// Posts a form with one field, as OpenRefine does.
fn form(field: &str, value: &Value) -> Request {
    Request::new("POST", "/reconcile")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(format!("{field}={}", encode(&value.to_string())))
}

fn draft(path: &str, body: &Value) -> Request {
    Request::new("POST", &format!("/reconcile/1.0-draft/{path}"))
        .header("Content-Type", "application/json")
        .body(body.to_string())
}

#[test]
fn names_are_matched_in_any_script() {
    let refine = Refine::start();
    let answer = refine.ask(
        "queries",
        &json!({
            "q0": {"query": "Ирбит", "type": CITY, "type_strict": "should"},
            "q1": {"query": "irbit", "type": "cg:City", "limit": 1},
            "q2": {"query": "Irbitt"},
            "q3": {"query": "nothing at all like this"},
        }),
    );
    for key in ["q0", "q1"] {
        let best = &answer[key]["result"][0];
        assert_eq!(best["id"], IRBIT, "{answer}");
        assert_eq!(best["match"], true, "{answer}");
        assert_eq!(best["score"], 100.0, "{answer}");
        assert_eq!(best["name"], "Irbit");
        let types = best["type"].as_array().unwrap();
        assert!(
            types
                .iter()
                .any(|one| one["id"] == CITY && one["name"] == "city")
        );
    }
    let misspelt = &answer["q2"]["result"][0];
    assert_eq!(misspelt["id"], IRBIT);
    assert_eq!(misspelt["match"], false, "{misspelt}");
    assert!(misspelt["score"].as_f64() < Some(95.0), "{misspelt}");
    assert_eq!(answer["q3"]["result"], json!([]));
}

#[test]
fn types_and_properties_narrow_the_candidates() {
    let refine = Refine::start();
    let with = |query: Value| refine.ask("queries", &json!({"q": query}))["q"]["result"].clone();
    let person = "https://w3id.org/civigraph/ns#Programme";
    assert_eq!(with(json!({"query": "Irbit", "type": person})), json!([]));
    let all = json!({"query": "Irbit", "type": [CITY, person], "type_strict": "all"});
    assert_eq!(with(all), json!([]));
    let any = json!({"query": "Irbit", "type": [CITY, person], "type_strict": "any"});
    assert_eq!(with(any)[0]["id"], IRBIT);

    // The value may be an identifier, an object with one, or a label.
    for value in [
        json!(REGION),
        json!({"id": REGION}),
        json!("Sverdlovsk Oblast"),
        json!(["x", REGION]),
    ] {
        let query =
            json!({"query": "Irbit", "type": CITY, "properties": [{"pid": LOCATED, "v": value}]});
        let found = with(query);
        assert_eq!(found[0]["score"], 100.0, "{value}: {found}");
        assert_eq!(found[0]["features"][1]["value"], 100.0, "{value}: {found}");
    }
    let other = json!({"query": "Irbit", "type": CITY, "properties": [{"pid": LOCATED, "v": "Samara Oblast"}]});
    let found = with(other);
    assert_eq!(found[0]["id"], IRBIT);
    assert_eq!(found[0]["match"], false, "{found}");

    // Without a name, by properties alone.
    let by_region = json!({"type": CITY, "properties": [{"pid": LOCATED, "v": REGION}]});
    assert_eq!(with(by_region)[0]["id"], IRBIT);
}

#[test]
fn beginnings_are_completed() {
    let refine = Refine::start();
    let found = refine.get("/reconcile/suggest/entity?prefix=Zhelezno");
    assert!(
        found["result"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["name"] == "Zheleznogorsk")
    );
    let found = refine.get("/reconcile/suggest/type?prefix=cit");
    assert!(
        found["result"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["id"] == CITY)
    );
    let found = refine.get("/reconcile/suggest/property?prefix=located");
    assert_eq!(found["result"][0]["id"], LOCATED);
    let all = refine.get("/reconcile/suggest/entity?prefix=a");
    let next = refine.get("/reconcile/suggest/entity?prefix=a&cursor=1");
    assert_eq!(all["result"][1], next["result"][0]);
    refine
        .server
        .get("/reconcile/suggest/other?prefix=a")
        .is(404);
    refine
        .server
        .get("/reconcile/suggest/entity?prefix=a&cursor=x")
        .is(400);
}

#[test]
fn things_are_extended_and_previewed() {
    let refine = Refine::start();
    let wish = json!({
        "ids": [IRBIT, "no such thing"],
        "properties": [{"id": LOCATED}, {"id": "skos:prefLabel", "settings": {"limit": "1"}}, {"id": "x"}],
    });
    let answer = refine.ask("extend", &wish);
    assert_eq!(answer["meta"][0]["name"], "located in");
    let row = &answer["rows"][IRBIT];
    assert_eq!(
        row[LOCATED],
        json!([{"id": REGION, "name": "Sverdlovsk Oblast"}])
    );
    assert_eq!(row["skos:prefLabel"].as_array().unwrap().len(), 1);
    assert_eq!(answer["rows"]["no such thing"][LOCATED], json!([]));
    let answer = refine.ask_draft("extend", &wish);
    let cells = &answer["rows"][0]["properties"];
    assert_eq!(cells[0]["values"][0]["id"], REGION);
    assert!(cells[1]["values"][0]["lang"].is_string(), "{answer}");

    let properties = refine.get(&format!(
        "/reconcile/properties?type={}&limit=50",
        encode(CITY)
    ));
    let all = properties["properties"].as_array().unwrap();
    assert!(all.iter().any(|one| one["id"] == LOCATED), "{properties}");

    let page = refine
        .server
        .get(&format!("/reconcile/preview?id={}", encode(IRBIT)))
        .is(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(
        page.header("content-security-policy")
            .contains("frame-ancestors *")
    );
    assert!(page.text().contains("Sverdlovsk Oblast"), "{}", page.text());
    refine
        .server
        .get("/reconcile/preview?id=https%3A%2F%2Fe%2Fx")
        .is(404);
}

#[test]
fn the_draft_has_conditions() {
    let refine = Refine::start();
    let by = |conditions: Value| {
        let batch = json!({"queries": [{"type": CITY, "lang": "ru", "conditions": conditions}]});
        refine.ask_draft("match", &batch)["results"][0]["candidates"].clone()
    };
    let name = json!({"matchType": "name", "propertyValue": "Ирбит"});
    let found = by(json!([name]));
    assert_eq!(
        (&found[0]["id"], &found[0]["name"]),
        (&json!(IRBIT), &json!("Ирбит"))
    );
    assert_eq!(
        by(json!([{"matchType": "id", "propertyValue": IRBIT}]))[0]["match"],
        true
    );
    let region = |value: &str, quantifier: &str| {
        by(json!([name, {
            "matchType": "property", "propertyId": LOCATED, "propertyValue": [value, REGION],
            "matchQuantifier": quantifier, "required": true,
        }]))
    };
    assert_eq!(region("Samara Oblast", "any")[0]["id"], IRBIT);
    assert_eq!(region("Samara Oblast", "all"), json!([]));
    assert_eq!(region(REGION, "all")[0]["id"], IRBIT);
    assert_eq!(region("Samara Oblast", "none"), json!([]));
}

/// The examples of the specification are read, or refused, as it says.
#[test]
fn examples_of_the_specification_are_read_as_they_are_meant() {
    let Some(suite) = shared("suites/reconciliation") else {
        return;
    };
    let refine = Refine::start();
    let mut count = 0;
    for (version, folder) in [
        ("0.2", "reconciliation-query-batch"),
        ("0.2", "data-extension-query"),
        ("1.0-draft", "reconciliation-query-batch"),
        ("1.0-draft", "data-extension-query"),
    ] {
        for (kind, status) in [("valid", 200), ("invalid", 400)] {
            let examples = suite.join(version).join("examples").join(folder).join(kind);
            let Ok(examples) = std::fs::read_dir(examples) else {
                continue;
            };
            for example in examples {
                let path = example.unwrap().path();
                let example: Value =
                    serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
                let request = match (version, folder) {
                    ("0.2", "data-extension-query") => form("extend", &example),
                    ("0.2", _) => form("queries", &example),
                    (_, "data-extension-query") => draft("extend", &example),
                    _ => draft("match", &example),
                };
                let answer = refine.server.ask(request);
                assert_eq!(
                    answer.status,
                    status,
                    "{}: {}",
                    path.display(),
                    answer.text()
                );
                count += 1;
            }
        }
    }
    assert!(count > 20, "{count}");
}

/// What is answered is valid by the schemas of the specification, as Python's `jsonschema` sees it.
#[test]
fn answers_are_valid_by_the_schemas() {
    let Some(suite) = shared("suites/reconciliation") else {
        return;
    };
    let Some(python) = super::python::with(&["jsonschema"]) else {
        return;
    };
    let refine = Refine::start();
    let folder = tempfile::tempdir().unwrap();
    let write = |version: &str, schema: &str, answer: &Value| {
        let path = folder.path().join(format!("{version} {schema}.json"));
        std::fs::write(path, answer.to_string()).unwrap();
    };
    let wish = json!({"ids": [IRBIT, "x"], "properties": [
        {"id": LOCATED}, {"id": "skos:prefLabel"}, {"id": "cg:start"}, {"id": "rdf:type"},
    ]});
    let city = encode(CITY);
    let queries = json!({"q0": {"query": "Irbit"}, "q1": {"query": "Moscow", "properties": [{"pid": LOCATED, "v": "x"}]}});
    write("0.2", "manifest", &refine.get("/reconcile"));
    write(
        "0.2",
        "reconciliation-result-batch",
        &refine.ask("queries", &queries),
    );
    write(
        "0.2",
        "data-extension-response",
        &refine.ask("extend", &wish),
    );
    let proposal = refine.get(&format!("/reconcile/properties?type={city}"));
    write("0.2", "data-extension-property-proposal", &proposal);
    let draft = "1.0-draft";
    let queries =
        json!({"queries": [{"conditions": [{"matchType": "name", "propertyValue": "Irbit"}]}]});
    write(draft, "manifest", &refine.get("/reconcile/1.0-draft"));
    write(
        draft,
        "reconciliation-result-batch",
        &refine.ask_draft("match", &queries),
    );
    write(
        draft,
        "data-extension-response",
        &refine.ask_draft("extend", &wish),
    );
    let proposal = refine.get(&format!("/reconcile/1.0-draft/extend/propose?type={city}"));
    write(draft, "data-extension-property-proposal", &proposal);
    for (version, path) in [("0.2", "/reconcile"), (draft, "/reconcile/1.0-draft")] {
        for (kind, schema) in [
            ("entity", "entities"),
            ("type", "types"),
            ("property", "properties"),
        ] {
            let found = refine.get(&format!("{path}/suggest/{kind}?prefix=s"));
            assert!(!found["result"].as_array().unwrap().is_empty(), "{kind}");
            write(version, &format!("suggest-{schema}-response"), &found);
        }
    }
    let output = child(python.to_str().unwrap())
        .arg(crate::facts::root().join("tests/serve/schemas.py"))
        .arg(Path::new(&suite))
        .arg(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "14 answers are valid\n"
    );
}

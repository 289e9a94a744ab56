//! The tools of assistants, by the Model Context Protocol: on stdin and stdout, and over HTTP.

use super::client::Request;
use super::server::Server;
use crate::cli::workshop::{Workshop, assert_shown, child};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// The revision of the protocol that is spoken here.
const REVISION: &str = "2025-06-18";

/// The shipped tables, built.
fn shipped() -> Workshop {
    let workshop = Workshop::shipped();
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop
}

/// A client that has said hello.
struct Client {
    _workshop: Workshop,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    asked: u64,
}

impl Client {
    fn start(arguments: &[&str]) -> Self {
        let workshop = shipped();
        let mut child = child(env!("CARGO_BIN_EXE_civigraph"))
            .current_dir(workshop.path(""))
            .arg("mcp")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut client = Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            asked: 0,
            _workshop: workshop,
        };
        let hello = client.ask("initialize", &hello());
        assert_eq!(hello["result"]["serverInfo"]["name"], "civigraph");
        assert_eq!(hello["result"]["protocolVersion"], REVISION);
        client.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        client
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.input.as_mut().unwrap(), "{message}").unwrap();
    }

    /// Sends a request and waits for its answer.
    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters}));
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(answer["id"], id, "{line}");
        answer
    }

    /// Calls a tool. Gives its answer for programs, and in words.
    #[track_caller]
    fn call(&mut self, tool: &str, arguments: &Value) -> (Value, String) {
        let call = json!({"name": tool, "arguments": arguments});
        let answer = self.ask("tools/call", &call);
        let result = &answer["result"];
        assert_ne!(result["isError"], true, "{answer}");
        let data = &result["structuredContent"];
        assert!(data["build"].is_string(), "{answer}");
        (data.clone(), text(result).to_owned())
    }

    /// Calls a tool that refuses. Gives what it says.
    #[track_caller]
    fn refused(&mut self, tool: &str, arguments: &Value) -> String {
        let answer = self.ask("tools/call", &json!({"name": tool, "arguments": arguments}));
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        text(&answer["result"]).to_owned()
    }

    /// Leaves, and gives the exit code of the program.
    fn leave(mut self) -> Option<i32> {
        drop(self.input.take());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn hello() -> Value {
    json!({
        "protocolVersion": REVISION,
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    })
}

fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap_or_default()
}

#[test]
fn tools_are_listed_with_schemas() {
    let mut client = Client::start(&[]);
    let answer = client.ask("tools/list", &json!({}));
    let tools = answer["result"]["tools"].as_array().unwrap();
    let names: Vec<&str> = tools
        .iter()
        .filter_map(|tool| tool["name"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "search",
            "describe",
            "list_queries",
            "run_query",
            "sparql",
            "schema",
            "why"
        ]
    );
    for tool in tools {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
        assert_eq!(tool["outputSchema"]["required"][0], "build", "{tool}");
    }
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn questions_are_answered_with_cell_claim_and_source() {
    let mut client = Client::start(&[]);
    let irbit = "https://w3id.org/civigraph/id/city/irbit";
    let (found, said) = client.call("search", &json!({"text": "Ирбит", "limit": 1}));
    assert_eq!(found["found"][0]["iri"], irbit);
    assert_shown!(said, @r#"
    Irbit (city:irbit) a dct:Location, cg:City, cg:Municipality: "Ирбит"
    build 0001-ID
    "#);

    let (described, said) = client.call("describe", &json!({"thing": irbit}));
    let statements = described["thing"]["statements"].as_array().unwrap();
    let located = statements
        .iter()
        .find(|one| one["property"] == "cg:locatedIn")
        .unwrap();
    let cell = "https://w3id.org/civigraph/data/cities.csv#cell=2,9";
    let claim = "https://w3id.org/civigraph/id/claim/c-004-038";
    let source = "https://w3id.org/civigraph/id/document/004";
    assert_eq!(located["cells"], json!([cell]));
    assert_eq!(located["claims"], json!([claim]));
    assert_eq!(located["sources"], json!([source]));
    assert_shown!(said);

    let query = "SELECT ?city ?region { ?city a cg:City ; cg:locatedIn ?region } ORDER BY ?city";
    let (answer, said) = client.call("sparql", &json!({"query": query, "limit": 2}));
    assert_eq!(answer["rows"].as_array().unwrap().len(), 2);
    assert_eq!(answer["rows"][0]["city"]["value"], irbit);
    assert_eq!(answer["complete"], false);
    assert_shown!(said, @"
    city	region
    Irbit (city:irbit)	Sverdlovsk Oblast (region:sverdlovskaya-oblast)
    Novokuybyshevsk (city:novokuybyshevsk)	Samara Oblast (region:samarskaya-oblast)
    … there is more: ask for it with `offset`, or narrow the query

    Rests on:
      city:irbit rdf:type cg:City: cell cities.csv#cell=2,2, claim c-004-037c, source document:004
      city:irbit cg:locatedIn region:sverdlovskaya-oblast: cell cities.csv#cell=2,9, claim c-004-038, source document:004
      city:novokuybyshevsk rdf:type cg:City: cell cities.csv#cell=4,2, claim c-002-009b, source document:002
      city:novokuybyshevsk cg:locatedIn region:samarskaya-oblast: cell cities.csv#cell=4,9, claim c-002-011, source document:002
    build 0001-ID
    ");
    let evidence = answer["evidence"].as_array().unwrap();
    let located = evidence
        .iter()
        .find(|one| one["row"] == 0 && one["predicate"].as_str().unwrap().contains("locatedIn"))
        .unwrap();
    assert_eq!(located["cells"], json!([cell]));
    assert_eq!(located["claims"], json!([claim]));
    assert_eq!(located["sources"][0]["iri"], source);

    let asked = json!({"subject": "city:irbit", "predicate": "cg:locatedIn"});
    let (why, said) = client.call("why", &asked);
    let reason = &why["reasons"][0];
    assert_eq!(reason["place"]["file"], "data/cities.csv");
    assert_eq!(reason["place"]["cell"], "I2");
    assert_eq!(reason["text"], "sverdlovskaya-oblast");
    assert_eq!(reason["claims"][0]["id"], "c-004-038");
    let span = &reason["claims"][0]["evidence"][0];
    assert_eq!(span["document"], "004");
    assert!(span["end"].as_u64() > span["start"].as_u64(), "{span}");
    assert_shown!(said, @"
    city:irbit  cg:locatedIn  region:sverdlovskaya-oblast
      made from data/cities.csv:2:39, column `region`: sverdlovskaya-oblast
      claim c-004-038 data/claims.csv:911:1
        source 004_DIGEST.txt, characters 1523 to 1686
    build 0001-ID
    ");

    let asked = json!({"subject": "official:karen-malkhasyan", "predicate": "org:memberOf"});
    let (why, _) = client.call("why", &asked);
    assert_eq!(why["reasons"][0]["rule"]["name"], "member-of-organisation");
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn stored_queries_and_schema_are_there() {
    let mut client = Client::start(&[]);
    let (listed, said) = client.call("list_queries", &json!({"text": "month"}));
    let names: Vec<&Value> = listed["queries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_shown!(said, @"
    sessions-by-month(): Sessions and other events by month
    build 0001-ID
    ");
    assert!(names.contains(&&json!("sessions-by-month")), "{said}");
    let (answer, _) = client.call("run_query", &json!({"name": "sessions-by-month"}));
    assert_eq!(answer["columns"][0], "month");
    assert_eq!(answer["complete"], true);
    let dossier =
        json!({"name": "person-dossier", "parameters": {"person": "official:vadim-medvedev"}});
    let (answer, said) = client.call("run_query", &dossier);
    assert_eq!(answer["kind"], "triples", "{said}");
    assert_shown!(said);

    let (schema, _) = client.call("schema", &json!({}));
    let classes = schema["classes"].as_array().unwrap();
    let city = classes.iter().find(|one| one["name"] == "cg:City").unwrap();
    assert_eq!(city["label"], "city");
    assert!(city["members"].as_u64() > Some(1));
    assert!(city["examples"][0]["iri"].is_string(), "{city}");
    assert!(schema["properties"][0]["examples"][0]["object"].is_string());
    let (schema, _) = client.call("schema", &json!({"class": "cg:City"}));
    let used = schema["properties"].as_array().unwrap();
    assert!(used.iter().any(|one| one["name"] == "cg:locatedIn"));

    let (answer, _) = client.call("sparql", &json!({"query": "ASK { ?s cg:locatedIn ?o }"}));
    assert_eq!(answer["truth"], true);
    let (answer, said) = client.call(
        "sparql",
        &json!({"query": "SELECT ?s { ?s cg:locatedn ?o }"}),
    );
    assert_eq!(answer["rows"], json!([]));
    assert_shown!(said, @"
    s
    (no rows)
    hint: nothing in the graph has the property `cg:locatedn`; did you mean `cg:locatedIn`?
    build 0001-ID
    ");
}

#[test]
fn what_is_wrong_is_said_to_the_model() {
    let mut client = Client::start(&[]);
    let mut all = String::new();
    for (tool, arguments) in [
        ("sparql", json!({"query": "SELECT ?s { ?s ?p }"})),
        (
            "sparql",
            json!({"query": "INSERT DATA { <a:a> <a:a> <a:a> }"}),
        ),
        (
            "sparql",
            json!({"query": "SELECT * { SERVICE <http://e/> { ?s ?p ?o } }"}),
        ),
        ("run_query", json!({"name": "sessions-by-mont"})),
        ("describe", json!({"thing": "nothing like this"})),
        ("search", json!({"words": "x"})),
    ] {
        let said = client.refused(tool, &arguments);
        all.push_str(&format!("{tool} {arguments}\n{said}\n\n"));
    }
    assert_shown!(all);
    let answer = client.ask("tools/call", &json!({"name": "update", "arguments": {}}));
    assert_eq!(answer["error"]["code"], -32602);
    // And it goes on.
    client.call("search", &json!({"text": "Irbit"}));
}

#[test]
fn a_call_keeps_the_limits() {
    let mut client = Client::start(&["--timeout", "1"]);
    let bomb = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";
    let began = std::time::Instant::now();
    let said = client.refused("sparql", &json!({"query": bomb}));
    assert_shown!(said, @"
    query timed out
    hint: narrow the query, or ask for a part of the answer
    ");
    assert!(began.elapsed().as_secs_f64() < 3.0, "{:?}", began.elapsed());
    client.call("search", &json!({"text": "Irbit"}));
}

#[test]
fn the_service_has_the_same_tools() {
    let workshop = shipped();
    let server = Server::start(&workshop.path(""), &[]);
    let post = |message: &Value| {
        server.ask(
            Request::new("POST", "/mcp")
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .header("MCP-Protocol-Version", REVISION)
                .body(message.to_string()),
        )
    };
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello()});
    let answer: Value = serde_json::from_str(&post(&hello).is(200).text()).unwrap();
    assert_eq!(answer["result"]["serverInfo"]["name"], "civigraph");
    post(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).is(202);
    let call = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {
        "name": "why", "arguments": {"subject": "city:irbit", "predicate": "cg:locatedIn"},
    }});
    let answer: Value = serde_json::from_str(&post(&call).is(200).text()).unwrap();
    let data = &answer["result"]["structuredContent"];
    assert_eq!(data["build"], server.build);
    assert_eq!(data["reasons"][0]["claims"][0]["id"], "c-004-038");
    // There is no stream of events to listen to, and no session to end.
    server.get("/mcp").is(405);
    server.ask(Request::new("DELETE", "/mcp")).is(405);
    // Other sites' names are refused here as elsewhere.
    let other = Request::new("POST", "/mcp").header("Host", "evil.example");
    server.ask(other.body("{}")).is(421);
}

/// The client of PyPI, over both transports.
#[test]
fn the_python_client_gets_answers() {
    let Some(python) = super::python::with(&["mcp"]) else {
        return;
    };
    let workshop = shipped();
    let server = Server::start(&workshop.path(""), &[]);
    let script = crate::facts::root().join("tests/serve/mcp_client.py");
    let output = child(python.to_str().unwrap())
        .arg(script)
        .arg(env!("CARGO_BIN_EXE_civigraph"))
        .arg(workshop.path(""))
        .arg(format!("http://{}/mcp", server.address))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let line = "city:irbit cities.csv I2 c-004-038 004\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), line.repeat(2));
}

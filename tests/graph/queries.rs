//! Every stored query with its defaults against the expected result beside its name in `tests/queries/`.

use super::{run, store};
use crate::cli::workshop::Workshop;
use crate::facts::root;
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::Graph;
use oxigraph::model::dataset::CanonicalizationAlgorithm;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The files of a folder with one of these extensions, by their names without it.
fn files(folder: &str, extensions: &[&str]) -> Vec<(String, PathBuf)> {
    let mut files: Vec<(String, PathBuf)> = std::fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extensions.iter().any(|known| extension == *known))
        })
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    files.sort();
    files
}

#[test]
fn every_query_has_an_expected_result() {
    let names = |files: Vec<(String, PathBuf)>| -> BTreeSet<String> {
        files.into_iter().map(|(name, _)| name).collect()
    };
    let queries = names(files("queries", &["rq"]));
    assert!(queries.len() >= 30, "{} queries", queries.len());
    assert_eq!(queries, names(files("tests/queries", &["tsv", "ttl"])));
}

#[test]
fn every_query_gives_what_the_documents_say() {
    let store = store().to_str().unwrap();
    let mut wrong = Vec::new();
    for (name, path) in files("tests/queries", &["tsv", "ttl"]) {
        let expected = std::fs::read_to_string(&path).unwrap();
        let differs = if path.extension().is_some_and(|extension| extension == "ttl") {
            let found = run(&["query", &name, "--format", "turtle", "--store", store]);
            (graph(&found) != graph(&expected)).then_some(found)
        } else {
            let found = run(&["query", &name, "--format", "tsv", "--store", store]);
            (found.trim_end() != expected.trim_end()).then(|| difference(&expected, &found))
        };
        wrong.extend(differs.map(|difference| format!("{name}:\n{difference}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The lines that are in one text only.
fn difference(expected: &str, found: &str) -> String {
    let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    let (expected, found) = (lines(expected), lines(found));
    let only = |mark: &str, these: &[String], those: &[String]| -> Vec<String> {
        these
            .iter()
            .filter(|line| !those.contains(line))
            .map(|line| format!("{mark} {line}"))
            .collect()
    };
    let mut lines = only("-", &expected, &found);
    lines.extend(only("+", &found, &expected));
    if lines.is_empty() {
        lines.push("the same rows in another order".to_owned());
    }
    lines.join("\n")
}

/// A graph with canonical blank nodes, so that equal means isomorphic.
#[track_caller]
fn graph(turtle: &str) -> Graph {
    let mut graph: Graph = RdfParser::from_format(RdfFormat::Turtle)
        .for_slice(turtle)
        .map(|quad| quad.unwrap().into())
        .collect::<Vec<oxigraph::model::Triple>>()
        .into_iter()
        .collect();
    graph.canonicalize(CanonicalizationAlgorithm::Unstable);
    graph
}

/// Parameters are values: text that looks like SPARQL stays text.
/// A tenure that ended after the day was held on it.
#[test]
fn posts_are_held_until_their_tenure_ends() {
    let workshop = Workshop::shipped();
    let path = workshop.path("data/post_holdings.csv");
    let sound = std::fs::read_to_string(&path).unwrap();
    let was = ",sergey-kuznetsov,head-of-novokuznetsk,Глава г. Новокузнецка,2018-04-19,2018-04-19,2018-04-19,,,unknown,";
    assert!(sound.contains(was));
    for (ended, status, held) in [
        ("2020-05-01", "ended", true),
        ("2018-06-01", "unknown", false),
        ("2018-06", "ended", false),
        ("2018", "ended", true),
        ("2018-05/..", "ended", true),
        ("../2018-11-30~", "ended", false),
        ("", "ended", false),
        ("", "unknown", true),
    ] {
        let is = was.replace(",,,unknown,", &format!(",,{ended},{status},"));
        std::fs::write(&path, sound.replace(was, &is)).unwrap();
        workshop.run(&["build", "--quiet"]).exits(0);
        let run = workshop
            .run(&["query", "posts-as-of", "--format", "tsv"])
            .exits(0);
        assert_eq!(
            run.stdout.contains("sergey-kuznetsov"),
            held,
            "{ended} {status}"
        );
    }
}

#[test]
fn parameters_cannot_inject() {
    let store = store().to_str().unwrap();
    let answer = run(&[
        "query",
        "search-label",
        "text=\" ) } DROP ALL #",
        "--format",
        "tsv",
        "--store",
        store,
    ]);
    assert_eq!(answer.lines().count(), 1, "{answer}");
}

#[test]
fn things_are_named_as_describe_takes_them() {
    let store = store().to_str().unwrap();
    let asked = |value: &str| {
        let session = format!("session={value}");
        run(&["query", "session-participants", &session, "--store", store])
    };
    let by_iri = asked("<https://w3id.org/civigraph/id/event/monogoroda-zhivem-po-novomu>");
    assert!(by_iri.lines().count() > 5, "{by_iri}");
    for name in [
        "event:monogoroda-zhivem-po-novomu",
        "event/monogoroda-zhivem-po-novomu",
        "monogoroda-zhivem-po-novomu",
        "Моногорода: живем по-новому",
        "monotowns: living in a new way",
    ] {
        assert_eq!(asked(name), by_iri, "{name}");
    }
}

#[test]
fn answers_end_with_a_line_break() {
    let store = store().to_str().unwrap();
    let table = ["table", "csv", "tsv", "json", "xml"];
    let graph = ["turtle", "ntriples", "nquads", "trig", "rdfxml", "jsonld"];
    for (query, formats) in [
        ("SELECT * { ?s ?p ?o } LIMIT 2", &table[..]),
        ("ASK { ?s ?p ?o }", &table[..]),
        ("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 2", &graph[..]),
    ] {
        for format in formats {
            let answer = run(&["query", "-e", query, "--format", format, "--store", store]);
            let ends = answer.ends_with('\n') && !answer.ends_with("\n\n");
            assert!(ends, "{format}: {answer:?}");
        }
    }
}

#[test]
fn queries_are_listed_in_their_readme() {
    let readme = std::fs::read_to_string(root().join("queries/README.md")).unwrap();
    for (name, _) in files("queries", &["rq"]) {
        let link = format!("[{name}]({name}.rq)");
        assert!(readme.contains(&link), "queries/README.md lacks {link}");
    }
}

#[test]
fn expected_results_are_no_empty_files() {
    for (name, path) in files("tests/queries", &["tsv", "ttl"]) {
        assert!(Path::new(&path).metadata().unwrap().len() > 0, "{name}");
    }
}

/// The store keeps language tags in lower case; people see what the tables say.
#[test]
fn descriptions_keep_the_case_of_language_tags() {
    let store = store().to_str().unwrap();
    let said = run(&["describe", "city/irbit", "--store", store]);
    assert!(said.contains("Irbit [ru-Latn]"), "{said}");
    let turtle = run(&[
        "describe",
        "city/irbit",
        "--format",
        "turtle",
        "--store",
        store,
    ]);
    assert!(turtle.contains("\"Irbit\"@ru-Latn"), "{turtle}");
}

/// Labels beside IRIs follow the language that the query was asked for, unless told otherwise.
#[test]
fn labels_follow_the_language_of_the_query() {
    let store = store().to_str().unwrap();
    let answer = |more: &[&str]| {
        let asked = [
            "query",
            "programmes-of-place",
            "--format",
            "table",
            "--store",
            store,
        ];
        run(&[&asked[..], more].concat())
    };
    let (english, russian) = ("Novokuznetsk to 2035 (", "Новокузнецка до 2035 года (");
    for (more, label) in [
        (&[][..], english),
        (&["lang=ru"], russian),
        (&["lang=ru", "--labels", "en"], english),
        (&["--labels", "ru"], russian),
    ] {
        assert!(answer(more).contains(label), "{more:?}: {}", answer(more));
    }
}

#[test]
fn programs_get_lists_with_numbers() {
    let store = store().to_str().unwrap();
    let list = run(&["list", "--format", "json", "--store", store]);
    let lists: serde_json::Value = serde_json::from_str(&list).unwrap();
    let row = |list: &str, column: &str, value: &str| {
        let mut lists = lists.as_array().unwrap().iter();
        let found = lists.find(|one| one["list"] == list).unwrap();
        let mut rows = found["rows"].as_array().unwrap().iter();
        rows.find(|row| row[column] == value).unwrap().clone()
    };
    assert_eq!(row("tables", "table", "data/regions.csv")["rows"], 9);
    assert!(row("graphs", "graph", "claims")["triples"].as_u64() > Some(10_000));
    assert_eq!(row("things", "kind", "region")["count"], 9);
    let query = row("queries", "query", "concepts-of-scheme");
    assert_eq!(query["parameters"], "scheme=scheme:quantity-kind lang=en");
}

/// The shipped data contradict themselves exactly twice: the horizon of a strategy, and a number of events.
#[test]
fn the_contradictions_are_those_of_the_documents() {
    let conflicts = run(&["conflicts", "--format", "json"]);
    let conflicts: serde_json::Value = serde_json::from_str(&conflicts).unwrap();
    let mut columns: Vec<String> = conflicts
        .as_array()
        .unwrap()
        .iter()
        .map(|conflict| {
            format!(
                "{} {}",
                conflict["table"].as_str().unwrap(),
                conflict["column"].as_str().unwrap()
            )
        })
        .collect();
    columns.sort();
    assert_eq!(
        columns,
        [
            "figures value",
            "programs horizon",
            "sessions date",
            "sessions earliest"
        ]
    );
}

/// CSV has the names of things in columns of their own where they are asked for, and else none.
#[test]
fn csv_has_labels_where_they_are_asked_for() {
    let store = store().to_str().unwrap();
    let asked = "SELECT ?city ?region { BIND(city:irbit AS ?city) ?city cg:locatedIn ?region }";
    let plain = run(&["query", "-e", asked, "--format", "csv", "--store", store]);
    assert!(plain.starts_with("city,region\r\n"), "{plain}");
    let labelled = run(&[
        "query", "-e", asked, "--format", "csv", "--labels", "ru", "--store", store,
    ]);
    let base = "https://w3id.org/civigraph/id";
    assert_eq!(
        labelled,
        format!(
            "city,cityLabel,region,regionLabel\r\n\
             {base}/city/irbit,Ирбит,{base}/region/sverdlovskaya-oblast,Свердловская область\r\n"
        )
    );
}

/// A gap is an answer: it is explained as what it is.
#[test]
fn why_explains_what_is_not_stated() {
    let store = store().to_str().unwrap();
    let why = |arguments: &[&str]| {
        let mut all = vec!["why"];
        all.extend(arguments);
        all.extend(["--format", "json", "--store", store]);
        let found: serde_json::Value = serde_json::from_str(&run(&all)).unwrap();
        found
    };
    let found = why(&["event:goroda-rossii-9", "cg:venue"]);
    assert_eq!(found.as_array().unwrap().len(), 1);
    let gap = "https://w3id.org/civigraph/id/gap/goroda-rossii-9-venue";
    assert_eq!(found[0]["gap"], gap);
    let document = "https://w3id.org/civigraph/id/document/004";
    assert_eq!(found[0]["notStatedIn"], serde_json::json!([document]));
    let host = why(&["event:goroda-rossii-9", "cg:hostMunicipality"]);
    assert!(host[0]["gap"].is_null(), "{host}");
}

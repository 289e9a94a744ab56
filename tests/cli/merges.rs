//! Merged things keep answering, and things that may be one are suggested.

use super::workshop::Workshop;
use serde_json::Value;

const METADATA: &str = r#"{
  "@context": "http://www.w3.org/ns/csvw",
  "https://w3id.org/civigraph/csvw#base": "https://example.org/",
  "tables": [
    {"url": "cities.csv", "tableSchema": {"aboutUrl": "https://example.org/id/city/{id}", "primaryKey": "id", "columns": [
      {"name": "id", "titles": "id", "suppressOutput": true},
      {"name": "ru", "titles": "ru", "lang": "ru", "propertyUrl": "skos:prefLabel"},
      {"name": "en", "titles": "en", "lang": "en", "propertyUrl": "skos:prefLabel"},
      {"name": "region", "titles": "region", "propertyUrl": "https://example.org/ns#region", "valueUrl": "https://example.org/id/region/{region}"},
      {"name": "type", "virtual": true, "propertyUrl": "rdf:type", "valueUrl": "https://example.org/ns#City"}]}},
    {"url": "merges.csv", "tableSchema": {"aboutUrl": "https://example.org/id/merge/{id}", "primaryKey": "id", "columns": [
      {"name": "id", "titles": "id", "suppressOutput": true},
      {"name": "from", "titles": "from", "propertyUrl": "https://example.org/ns#mergeFrom", "valueUrl": "https://example.org/id/{+from}", "https://w3id.org/civigraph/csvw#graph": "https://example.org/graph/claims"},
      {"name": "to", "titles": "to", "propertyUrl": "https://example.org/ns#mergeTo", "valueUrl": "https://example.org/id/{+to}", "https://w3id.org/civigraph/csvw#graph": "https://example.org/graph/claims"},
      {"name": "decision", "titles": "decision", "propertyUrl": "https://example.org/ns#decision", "valueUrl": "https://example.org/id/decision/{decision}", "https://w3id.org/civigraph/csvw#graph": "https://example.org/graph/claims"},
      {"name": "replaced", "virtual": true, "aboutUrl": "https://example.org/id/{+from}", "propertyUrl": "dc:isReplacedBy", "valueUrl": "https://example.org/id/{+to}", "https://w3id.org/civigraph/csvw#when": "decision=same"},
      {"name": "different", "virtual": true, "aboutUrl": "https://example.org/id/{+from}", "propertyUrl": "owl:differentFrom", "valueUrl": "https://example.org/id/{+to}", "https://w3id.org/civigraph/csvw#when": "decision=different"}]}}
  ]
}"#;

const CITIES: &str = "\
id,ru,en,region
orel,Орёл,Oryol,r1
orel-2,Орел,,r1
zarechny,Заречный,Zarechny,r1
zarechny-penza,Заречный,Zarechny,r2
irbit,Ирбит,Irbit,r1
irbit-latin,,Irbit,r1
revda,Ревда,Revda,r1
slash,,Town: A/B,r1
";

fn workshop(merges: &str) -> Workshop {
    let workshop = Workshop::empty();
    workshop.write("data/csv-metadata.json", METADATA);
    workshop.write("data/cities.csv", CITIES);
    workshop.write("data/merges.csv", format!("id,from,to,decision\n{merges}"));
    workshop.run(&["build"]).exits(0);
    workshop
}

/// The pairs that are suggested, ids only, in order.
#[track_caller]
fn pairs(workshop: &Workshop, more: &[&str]) -> Vec<String> {
    let arguments = [&["suggest", "duplicates", "--format", "json"], more].concat();
    let run = workshop.run(&arguments).exits(0);
    let candidates: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    let id = |name: &Value| {
        let name = name.as_str().unwrap();
        name.rsplit([':', '/']).next().unwrap().to_owned()
    };
    let mut pairs: Vec<String> = candidates
        .iter()
        .map(|one| format!("{} {}", id(&one["names"][0]), id(&one["names"][1])))
        .collect();
    pairs.sort();
    pairs
}

#[test]
fn things_that_may_be_one_are_shown_with_reasons() {
    let workshop = workshop("");
    assert_eq!(
        pairs(&workshop, &[]),
        [
            "irbit irbit-latin",
            "orel orel-2",
            "zarechny zarechny-penza"
        ]
    );
    let run = workshop.run(&["suggest", "duplicates"]).exits(0);
    for reason in [
        "“Орёл” and “Орел” read the same",
        "both are called “Irbit”",
        "differs: ",
        "is the same: ",
    ] {
        assert!(run.stdout.contains(reason), "{reason}:\n{}", run.stdout);
    }
}

#[test]
fn decisions_are_respected() {
    let workshop = workshop(
        "a,city/orel-2,city/orel,same\nb,city/zarechny,city/zarechny-penza,different\n\
         c,city/irbit-latin,city/irbit,unsure\n",
    );
    assert_eq!(pairs(&workshop, &[]), ["irbit irbit-latin"]);
    let open = workshop.run(&["suggest", "duplicates"]).exits(0);
    assert!(open.stdout.contains("(left open)"), "{}", open.stdout);
    assert_eq!(pairs(&workshop, &["--all"]).len(), 3);
    let all = workshop.run(&["suggest", "duplicates", "--all"]).exits(0);
    assert!(
        all.stdout.contains("(decided: different)"),
        "{}",
        all.stdout
    );
    workshop
        .run(&["suggest", "duplicates", "--threshold", "2"])
        .exits(2);
}

#[test]
fn a_merged_thing_is_answered_by_the_other() {
    let workshop = workshop("a,city/orel-2,city/orel,same\n");
    let run = workshop.run(&["describe", "city/orel-2"]).exits(0);
    assert!(run.stderr.contains("was merged into"), "{}", run.stderr);
    assert!(run.stdout.contains("Oryol"), "{}", run.stdout);
    // A parameter of a query takes the same names, and a bracketed IRI as it stands.
    workshop.write(
        "queries/names.rq",
        "# param: thing iri\nPREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n\
         SELECT ?n { ?thing skos:prefLabel ?n } ORDER BY ?n",
    );
    let ask = |thing: &str, expected: &str| {
        let run = workshop.run(&["query", "names", thing, "--format", "tsv"]);
        assert_eq!(run.exits(0).stdout, format!("?n\n{expected}"), "{thing}");
    };
    ask("thing=city/orel-2", "\"Oryol\"@en\n\"Орёл\"@ru\n");
    ask("thing=Орел", "\"Oryol\"@en\n\"Орёл\"@ru\n");
    ask(
        "thing=<https://example.org/id/city/orel-2>",
        "\"Орел\"@ru\n",
    );
    ask("thing=city:nowhere", "");
    ask("thing=Town: A/B", "\"Town: A/B\"@en\n");
    let run = workshop.run(&["query", "names", "thing=No such: a/b"]);
    assert!(run.exits(2).stderr.contains("CG0711"));
    // Undoing a merge is removing its row.
    workshop.write("data/merges.csv", "id,from,to,decision\n");
    workshop.run(&["build"]).exits(0);
    let run = workshop.run(&["describe", "city/orel-2"]).exits(0);
    assert!(!run.stdout.contains("Oryol"), "{}", run.stdout);
    // A circle ends where it began.
    workshop.write(
        "data/merges.csv",
        "id,from,to,decision\na,city/orel-2,city/orel,same\nb,city/orel,city/orel-2,same\n",
    );
    workshop.run(&["build"]).exits(0);
    workshop.run(&["describe", "city/orel-2"]).exits(0);
}

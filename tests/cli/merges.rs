//! Merged things keep answering, and things that may be one are suggested.

use super::workshop::{Workshop, assert_shown};
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
    assert_shown!(run);
}

#[test]
fn decisions_are_respected() {
    let workshop = workshop(
        "a,city/orel-2,city/orel,same\nb,city/zarechny,city/zarechny-penza,different\n\
         c,city/irbit-latin,city/irbit,unsure\n",
    );
    assert_eq!(pairs(&workshop, &[]), ["irbit irbit-latin"]);
    let open = workshop.run(&["suggest", "duplicates"]).exits(0);
    assert_shown!(open);
    assert_eq!(pairs(&workshop, &["--all"]).len(), 3);
    let all = workshop.run(&["suggest", "duplicates", "--all"]).exits(0);
    assert_shown!(all);
    workshop
        .run(&["suggest", "duplicates", "--threshold", "2"])
        .exits(2);
}

#[test]
fn what_else_the_rows_say_counts_for_and_against() {
    let workshop = Workshop::empty();
    workshop.write(
        "tables/makers.csv",
        "id,name,birth_year\nfaber,Lothar von Faber,1817\nfaber-2,Lothar Faber,1817\nfaber-3,Lothar v. Faber,1902\n",
    );
    let base = "https://museum.example/";
    workshop
        .run(&["new", ".", "--from", "tables", "--base", base])
        .exits(0);
    workshop.run(&["build"]).exits(0);
    let shown = |threshold: &str| {
        let run = workshop.run(&["suggest", "duplicates", "--threshold", threshold]);
        let run = run.exits(0);
        (run.stdout, run.stderr)
    };
    // The same names are more alike where the birth years are one, and less where they are two.
    let alike = |text: &str, pair: &str| -> u32 {
        let rest = text
            .split(pair)
            .nth(1)
            .unwrap_or_else(|| panic!("{pair}\n{text}"));
        let digits: String = rest
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        digits.parse().unwrap()
    };
    let (all, summary) = shown("0.1");
    let same = alike(&all, "maker:faber and maker:faber-2");
    let other = alike(&all, "maker:faber and maker:faber-3");
    assert!(same > other, "{all}");
    for part in [
        "+ ns:birthYear is the same: 1817",
        "ns:birthYear differs: 1817 and 1902",
    ] {
        assert!(all.contains(part), "{part}\n{all}");
    }
    let threshold = "at least 10 % alike (`--threshold`)";
    assert!(summary.contains(threshold), "{summary}");
}

#[test]
fn a_merged_thing_is_answered_by_the_other() {
    let workshop = workshop("a,city/orel-2,city/orel,same\n");
    let run = workshop.run(&["describe", "city/orel-2"]).exits(0);
    assert_shown!(run);
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
    // What hangs on the old one is found as well, by either name.
    let all = "\"Oryol\"@en\n\"Орел\"@ru\n\"Орёл\"@ru\n";
    ask("thing=city/orel-2", all);
    ask("thing=city/orel", all);
    ask("thing=Орел", all);
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
    assert_shown!(run);
    // A circle merges nothing, and is not published.
    workshop.write(
        "data/merges.csv",
        "id,from,to,decision\na,city/orel-2,city/orel,same\nb,city/orel,city/orel-2,same\n",
    );
    let run = workshop.run(&["build"]).exits(1);
    assert_eq!(
        run.stderr.matches("CG0623").count(),
        2 + 1,
        "{}",
        run.stderr
    );
}

/// A project where a city refers to one that was merged into another.
fn twinned() -> Workshop {
    let workshop = Workshop::empty();
    let twin = r#""titles": "twin", "propertyUrl": "https://example.org/ns#twin", "valueUrl": "https://example.org/id/city/{twin}"},"#;
    let type_of = r#"{"name": "type", "virtual": true"#;
    let with_twin = format!(r#"{{"name": "twin", {twin}"#);
    workshop.write(
        "data/csv-metadata.json",
        METADATA.replacen(type_of, &format!("{with_twin}\n      {type_of}"), 1),
    );
    let cities: Vec<String> = CITIES
        .lines()
        .map(|line| match line.split_once(',') {
            Some(("id", _)) => format!("{line},twin\n"),
            Some(("revda", _)) => format!("{line},orel-2\n"),
            _ => format!("{line},\n"),
        })
        .collect();
    workshop.write("data/cities.csv", cities.concat());
    workshop.write(
        "data/merges.csv",
        "id,from,to,decision\na,city/orel-2,city/orel,same\n",
    );
    workshop
}

#[test]
fn cells_that_use_a_merged_thing_are_listed() {
    let workshop = twinned();
    let run = workshop.run(&["check"]).exits(0);
    for place in ["data/cities.csv:3:1", "data/cities.csv:8:22"] {
        let warning = format!("warning[CG0625] {place}");
        assert!(run.stderr.contains(&warning), "{place}:\n{}", run.stderr);
    }
    assert_shown!(run);
    // Nothing uses it any more: its IRI alone leads on, and that is right.
    workshop.write(
        "data/cities.csv",
        "id,ru,en,region,twin\norel,Орёл,Oryol,r1,\n",
    );
    let run = workshop.run(&["check"]).exits(0);
    assert_shown!(run);
}

#[test]
fn what_hangs_on_a_merged_thing_is_found_by_both_names() {
    let workshop = twinned();
    let queries = [
        (
            "joined",
            "SELECT ?x { ?x ns:twin ?thing ; skos:prefLabel ?n }",
            "revda revda",
        ),
        (
            "filter",
            "SELECT ?x { ?x ns:twin ?y FILTER(?y = ?thing) }",
            "revda",
        ),
        (
            "other",
            "SELECT ?x { ?x ns:twin ?y FILTER(?y != ?thing) }",
            "",
        ),
        (
            "path",
            "SELECT ?x { ?thing ^ns:twin/a/^a ?x } ORDER BY ?x LIMIT 1",
            "irbit",
        ),
        (
            "missing",
            "SELECT ?x { ?x ns:twin ?y FILTER NOT EXISTS { ?x ns:twin ?thing } }",
            "",
        ),
        (
            "optional",
            "SELECT ?x { ?c a ns:City OPTIONAL { ?x ns:twin ?thing } } LIMIT 1",
            "revda",
        ),
        (
            "graph",
            "SELECT ?x { GRAPH ?x { ?m ns:mergeFrom ?thing } }",
            "claims",
        ),
        (
            "bracket",
            "SELECT ?x { ?x ns:twin [ ns:region ?r ] . ?thing ns:region ?r }",
            "revda",
        ),
        (
            "count",
            "SELECT (COUNT(*) AS ?x) { ?thing ns:region ?r }",
            "1",
        ),
        (
            "itself",
            "SELECT (?thing AS ?x) { ?thing a ns:City }",
            "orel",
        ),
    ];
    for (name, text, _) in &queries {
        let head = "# param: thing iri\nPREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n\
                    PREFIX ns: <https://example.org/ns#>\n";
        workshop.write(&format!("queries/{name}.rq"), format!("{head}{text}"));
    }
    workshop.run(&["build"]).exits(0);
    for (name, _, expected) in &queries {
        for thing in ["thing=city/orel", "thing=city/orel-2"] {
            let run = workshop.run(&["query", name, thing, "--format", "csv"]);
            let found: Vec<String> = run
                .exits(0)
                .stdout
                .lines()
                .skip(1)
                .map(|line| line.rsplit('/').next().unwrap().trim().to_owned())
                .collect();
            assert_eq!(found.join(" "), *expected, "{name} {thing}");
        }
    }
    // An IRI in brackets is this one alone.
    let alone = "thing=<https://example.org/id/city/orel>";
    let run = workshop.run(&["query", "filter", alone, "--format", "csv"]);
    assert_eq!(run.exits(0).stdout.lines().count(), 1);
    for name in ["city/orel", "city/orel-2"] {
        let run = workshop.run(&["describe", name]).exits(0);
        for said in ["Oryol", "Орел", "Revda", "merged with"] {
            assert!(run.stdout.contains(said), "{name} {said}:\n{}", run.stdout);
        }
        let run = workshop
            .run(&["describe", name, "--format", "json"])
            .exits(0);
        let entity: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(entity["merged"][0], "https://example.org/id/city/orel-2");
        let run = workshop.run(&["why", name, "<https://example.org/ns#region>"]);
        let cells = run.exits(0).stdout;
        for cell in ["cell D2", "cell D3"] {
            assert!(cells.contains(cell), "{name}:\n{cells}");
        }
    }
    let run = workshop.run(&[
        "why",
        "city/revda",
        "<https://example.org/ns#twin>",
        "city/orel",
    ]);
    assert!(run.exits(0).stdout.contains("cell E8"));
}

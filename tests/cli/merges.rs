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
    assert_shown!(open, @"
    $ suggest duplicates
    city:irbit and city:irbit-latin: 100 % (left open)
      + <https://example.org/ns#region> is the same: region:r1
      + both are called “Irbit”
      + “Ирбит” and “Irbit” read the same

    ---- stderr
    1 candidate at least 85 % alike (`--threshold`); a row in the table of merges decides
    ---- exit code 0
    ");
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
    let run = workshop.run(&["suggest", "duplicates", "--threshold", "0.1"]);
    let run = run.exits(0);
    assert_shown!(run, @"
    $ suggest duplicates --threshold 0.1
    maker:faber and maker:faber-2: 85 %
      + ns:birthYear is the same: 1817
      + “Lothar von Faber” and “Lothar Faber” are 75 % alike

    maker:faber and maker:faber-3: 78 %
      + “Lothar von Faber” and “Lothar v. Faber” are 88 % alike
      - ns:birthYear differs: 1817 and 1902

    maker:faber-2 and maker:faber-3: 76 %
      + “Lothar Faber” and “Lothar v. Faber” are 86 % alike
      - ns:birthYear differs: 1817 and 1902

    ---- stderr
    3 candidates at least 10 % alike (`--threshold`); rows in the table of merges decide
    ---- exit code 0
    ");
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
    let same = alike(&run.stdout, "maker:faber and maker:faber-2");
    let other = alike(&run.stdout, "maker:faber and maker:faber-3");
    assert!(same > other, "{}", run.stdout);
}

#[test]
fn a_merged_thing_is_answered_by_the_other() {
    let workshop = workshop("a,city/orel-2,city/orel,same\n");
    let run = workshop.run(&["describe", "city/orel-2"]).exits(0);
    assert_shown!(run, @"
    $ describe city/orel-2
    Oryol (city:orel)
    <https://example.org/id/city/orel>
    merged with <https://example.org/id/city/orel-2>

      <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>
        https://example.org/ns#City
      <http://www.w3.org/2004/02/skos/core#prefLabel>
        Oryol [en]
        Орел [ru]
        Орёл [ru]
      <https://example.org/ns#region>
        region:r1
    ---- stderr
    city:orel-2 was merged into city:orel
    ---- exit code 0
    ");
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
    assert_shown!(run.exits(2), @"
    $ query names 'thing=No such: a/b'
    ---- stderr
    error[CG0711] command line: nothing is called `No such: a/b`
    hint: `civigraph list` shows what there is
    ---- exit code 2
    ");
    // Undoing a merge is removing its row.
    workshop.write("data/merges.csv", "id,from,to,decision\n");
    workshop.run(&["build"]).exits(0);
    let run = workshop.run(&["describe", "city/orel-2"]).exits(0);
    assert_shown!(run, @"
    $ describe city/orel-2
    Орел (city:orel-2)
    <https://example.org/id/city/orel-2>

      <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>
        https://example.org/ns#City
      <http://www.w3.org/2004/02/skos/core#prefLabel>
        Орел [ru]
      <https://example.org/ns#region>
        region:r1
    ---- exit code 0
    ");
    // A circle merges nothing, and is not published.
    workshop.write(
        "data/merges.csv",
        "id,from,to,decision\na,city/orel-2,city/orel,same\nb,city/orel,city/orel-2,same\n",
    );
    let run = workshop.run(&["build"]).exits(1);
    assert_shown!(run, @"
    $ build
    ---- stderr
    error[CG0623] data/merges.csv:3:13: `city/orel` is merged into itself
                C3 | city/orel → city/orel-2 → city/orel  column `to`
    error[CG0623] data/merges.csv:2:15: `city/orel-2` is merged into itself
                C2 | city/orel-2 → city/orel → city/orel-2  column `to`
              rule | merge in a circle, see `civigraph explain CG0623`
    found 2 errors in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
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
    assert_shown!(run, @"
    $ check
    ---- stderr
    warning[CG0625] data/cities.csv:3:1: this row describes `city/orel-2`, which was merged into `city/orel`
                A3 | orel-2  column `id`
              hint | move what it says to the other row, and remove this one
              rule | merged thing in use, see `civigraph explain CG0625`
    warning[CG0625] data/cities.csv:8:22: this cell refers to `city/orel-2`, which was merged into `city/orel`
                E8 | orel-2  column `twin`
              hint | refer to the thing that it was merged into
              rule | merged thing in use, see `civigraph explain CG0625`
    found 2 warnings in 1 file
    checked 9 rows: valid
    ---- exit code 0
    ");
    // Nothing uses it any more: its IRI alone leads on, and that is right.
    workshop.write(
        "data/cities.csv",
        "id,ru,en,region,twin\norel,Орёл,Oryol,r1,\n",
    );
    let run = workshop.run(&["check"]).exits(0);
    assert_shown!(run, @"
    $ check
    ---- stderr
    checked 2 rows: valid
    ---- exit code 0
    ");
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
    let mut runs = Vec::new();
    for name in ["city/orel", "city/orel-2"] {
        runs.push(workshop.run(&["describe", name]).exits(0));
        let run = workshop
            .run(&["describe", name, "--format", "json"])
            .exits(0);
        let entity: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(entity["merged"][0], "https://example.org/id/city/orel-2");
        let run = workshop.run(&["why", name, "<https://example.org/ns#region>"]);
        runs.push(run.exits(0));
    }
    let run = workshop.run(&[
        "why",
        "city/revda",
        "<https://example.org/ns#twin>",
        "city/orel",
    ]);
    runs.push(run.exits(0));
    assert_shown!(runs);
}

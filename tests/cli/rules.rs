//! What rules infer: in the graph, in answers, explained.

use super::workshop::{Workshop, assert_shown};

const NEIGHBOURS: &str = "\
# title: Twins of one's twins
PREFIX ns: <https://example.org/ns#>
CONSTRUCT { ?a ns:kin ?c }
WHERE { ?a ns:twin ?b . ?b ns:twin ?c }
";

fn workshop() -> Workshop {
    let workshop = Workshop::project();
    workshop.write("ontology/rules/kin.rq", NEIGHBOURS);
    workshop
}

/// Whether irbit and revda are kin, as `query` answers with these arguments.
fn kin(workshop: &Workshop, arguments: &[&str]) -> String {
    let text = "ASK { <https://example.org/id/city/irbit> <https://example.org/ns#kin> <https://example.org/id/city/revda> }";
    let all: Vec<&str> = [&["query", "-e", text], arguments].concat();
    workshop.run(&all).exits(0).stdout.trim().to_owned()
}

#[test]
fn seen_only_when_asked_for() {
    let workshop = workshop();
    workshop.run(&["build", "--quiet"]).exits(0);
    assert_eq!(kin(&workshop, &[]), "false");
    assert_eq!(kin(&workshop, &["--inferred"]), "true");
    let dump = workshop.run(&["export", "--graph", "inferred", "--format", "ntriples"]);
    let dump = dump.exits(0).stdout;
    assert_eq!(dump.lines().count(), 3, "{dump}");
    workshop.run(&["verify"]).exits(0);
}

#[test]
fn the_same_again_whatever_the_threads() {
    let dump = |threads: &str| {
        let workshop = workshop();
        workshop.run(&["build", "--threads", threads]).exits(0);
        let run = workshop.run(&["export", "--graph", "all", "--format", "nquads"]);
        run.exits(0).stdout
    };
    let one = dump("1");
    assert!(one.contains("ns#Inference"), "{one}");
    assert_eq!(one, dump("2"));
}

#[test]
fn explained_by_rule_and_premises() {
    let workshop = workshop();
    workshop.run(&["build", "--quiet"]).exits(0);
    let run = workshop.run(&[
        "why",
        "city/irbit",
        "https://example.org/ns#kin",
        "city/revda",
    ]);
    assert_shown!(run.exits(0), @"
    $ why city/irbit 'https://example.org/ns#kin' city/revda
    city:irbit  <https://example.org/ns#kin>  city:revda
      inferred   by ontology/rules/kin.rq Twins of one's twins
      from       city:irbit  <https://example.org/ns#twin>  city:tolyatti
        made from data/cities.csv:2:41 column `twins`
      from       city:tolyatti  <https://example.org/ns#twin>  city:revda
        made from data/cities.csv:3:44 column `twins`

    ---- exit code 0
    ");
    let run = workshop
        .run(&["why", "city/irbit", "--format", "json"])
        .exits(0);
    let all: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let last = all.as_array().unwrap().last().unwrap();
    assert_eq!(last["inferred"], true);
    assert_eq!(last["rule"]["name"], "kin");
    assert_eq!(last["premises"].as_array().unwrap().len(), 2);
    assert_eq!(last["premises"][0]["cells"].as_array().unwrap().len(), 1);
}

#[test]
fn a_wrong_rule_stops_the_build_at_its_place() {
    let workshop = workshop();
    let wrong = "CONSTRUCT { ?a ?p ?b }\nWHERE { ?a ?p ?b FILTER NOT EXISTS { ?b ?p ?a } }\n";
    workshop.write("ontology/rules/wrong.rq", wrong);
    let runs = ["check", "build"].map(|command| workshop.run(&[command]).exits(1));
    assert_shown!(runs, @"
    $ check
    ---- stderr
    error[CG0713] ./ontology/rules/wrong.rq:2:29: a rule cannot use negation: more facts would give fewer inferences
              rule | wrong rule, see `civigraph explain CG0713`
    found 1 error in 1 file
    ---- exit code 1

    $ build
    ---- stderr
    error[CG0713] ./ontology/rules/wrong.rq:2:29: a rule cannot use negation: more facts would give fewer inferences
              rule | wrong rule, see `civigraph explain CG0713`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

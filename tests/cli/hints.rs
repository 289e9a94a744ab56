//! Empty answers that should have been questions: hints on stderr, and the words of refusals.

use super::workshop::{Workshop, assert_shown};

/// The shipped project, built.
fn shipped() -> Workshop {
    let workshop = Workshop::shipped();
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop
}

fn hints(workshop: &Workshop, arguments: &[&str]) -> Vec<String> {
    let run = workshop.run(&[&["query"], arguments].concat()).exits(0);
    let lines = run.stderr.lines();
    lines
        .filter_map(|line| line.strip_prefix("hint: "))
        .map(str::to_owned)
        .collect()
}

#[test]
fn things_of_another_kind_and_languages_that_nothing_has() {
    let workshop = shipped();
    let runs = [
        &["person-dossier", "person=city/irbit"][..],
        &["person-dossier"],
        &["session-participants", "session=city/irbit"],
        &["names-of", "thing=city/irbitt"],
        &[
            "-e",
            "SELECT ?x { <https://w3id.org/civigraph/id/city/irbit> cg:speaker ?x }",
        ],
        &[
            "-e",
            "ASK { <https://w3id.org/civigraph/id/city/irbit> a cg:Event }",
        ],
        // What an answer need not have is no reason for an empty one.
        &[
            "-e",
            "SELECT * { <https://w3id.org/civigraph/id/city/irbit> a cg:City OPTIONAL { ?q cg:speaker <https://w3id.org/civigraph/id/city/irbit> } }",
        ],
        &["who-said-what", "lang=xx"],
        &["who-said-what", "lang=ru-latin"],
        // Labels that are optional leave no rows out.
        &[
            "-e",
            "SELECT ?x { ?x a cg:City OPTIONAL { ?x skos:prefLabel ?l FILTER(LANGMATCHES(LANG(?l), 'fr')) } } ORDER BY ?x LIMIT 3",
        ],
        &[
            "-e",
            "SELECT ?x ?l { ?x a cg:City ; skos:prefLabel ?l FILTER(LANGMATCHES(LANG(?l), 'RU')) } ORDER BY ?x ?l LIMIT 3",
        ],
    ]
    .map(|arguments| {
        let command = [&["query"], arguments].concat();
        workshop.run(&command).exits(0)
    });
    assert_shown!(runs);
}

#[test]
fn every_stored_query_answers_without_hints() {
    let workshop = shipped();
    let listed = workshop.run(&["list", "queries"]).exits(0).stdout;
    for line in listed.lines().skip(1) {
        let name = line.split('\t').next().unwrap();
        assert_eq!(hints(&workshop, &[name]), [""; 0], "{name}");
    }
}

#[test]
fn a_parameter_has_one_value() {
    let workshop = Workshop::project();
    workshop.write(
        "queries/n.rq",
        "# param: n integer = 1\nSELECT (?n AS ?m) {}\n",
    );
    workshop.run(&["build", "--quiet"]).exits(0);
    let run = workshop.run(&["query", "n", "n=1", "n=2"]).exits(2);
    assert_shown!(run, @"
    $ query n n=1 n=2
    ---- stderr
    error[CG0706] command line: the parameter `n` is given more than once
             found | 1, 2
          expected | one value
              rule | wrong parameter value, see `civigraph explain CG0706`
    found 1 error in 1 file
    error: the query was not run
    ---- exit code 2
    ");
    workshop.run(&["query", "n", "n=2"]).exits(0);
}

#[test]
fn prefixes_that_need_not_be_declared_are_listed() {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    let listed = workshop.run(&["list", "prefixes"]).exits(0).stdout;
    assert!(listed.starts_with("prefix\tnamespace\n"), "{listed}");
    for line in listed.lines().skip(1) {
        let prefix = line.split('\t').next().unwrap();
        let query = format!("ASK {{ {prefix}x ?p ?o }}");
        workshop.run(&["query", "-e", &query]).exits(0);
    }
    assert_shown!(listed, @"
    prefix	namespace
    city:	https://example.org/id/city/
    region:	https://example.org/id/region/
    ");
    let run = workshop
        .run(&["query", "-e", "ASK { ?x a schema:Person }"])
        .exits(2);
    assert_shown!(run, @"
    $ query -e 'ASK { ?x a schema:Person }'
    ---- stderr
    error[CG0701] command line:1:12: the prefix `schema` is not declared
    hint: add `PREFIX schema: <http://schema.org/>` at the start of the query
    ---- exit code 2
    ");
}

#[test]
fn texts_come_in_the_order_of_readers() {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    let values = "VALUES ?t { 'ёж'@ru 'Жук' 'ель'@ru 'ad' 'Äb' 'ac' 'zoo' 2 10 }";
    let ordered = |arguments: &[&str], order: &str| {
        let query = format!(
            "PREFIX cg: <https://example.org/ns#> SELECT ?t {{ {values} }} ORDER BY {order}"
        );
        let run = workshop.run(&[&["query", "--format", "csv", "-e", &query], arguments].concat());
        let found = run.exits(0).stdout.replace("\r\n", " ");
        found.strip_prefix("t ").unwrap().trim_end().to_owned()
    };
    // The order of SPARQL: code points.
    assert_eq!(ordered(&[], "STR(?t)"), "10 2 ac ad zoo Äb Жук ель ёж");
    for (arguments, order, expected) in [
        (&["--collate"][..], "?t", "Äb ac ad zoo ёж ель Жук 2 10"),
        (&[], "cg:collate(?t)", "Äb ac ad zoo ёж ель Жук 2 10"),
        (&[], "DESC(cg:collate(?t))", "Жук ель ёж zoo ad ac Äb 10 2"),
        (&["--collate=ru"], "?t", "ёж ель Жук Äb ac ad zoo 2 10"),
        (&[], "cg:collate(?t, 'ru')", "ёж ель Жук Äb ac ad zoo 2 10"),
        (&["--collate=sv"], "?t", "ac ad zoo Äb ёж ель Жук 2 10"),
        (
            &[],
            "isNumeric(?t) cg:collate(?t, 'sv')",
            "ac ad zoo Äb ёж ель Жук 2 10",
        ),
    ] {
        let mut found = ordered(arguments, order);
        // Whether numbers come before or after texts is nobody's business.
        for numbers in ["2 10 ", "10 2 "] {
            if let Some(texts) = found.strip_prefix(numbers) {
                found = format!("{texts} {}", numbers.trim_end());
            }
        }
        assert_eq!(found, expected, "{arguments:?} {order}");
    }
    let sorted = "SELECT * { VALUES ?t { 'b' 'a' } } ORDER BY ?t";
    let run = workshop.run(&["query", "--collate", "-e", sorted]).exits(0);
    assert_eq!(run.stdout.replace('\r', ""), "t\na\nb\n");
    let run = workshop.run(&["query", "--collate=not a tag", "-e", sorted]);
    assert_shown!(run.exits(2), @"
    $ query '--collate=not a tag' -e 'SELECT * { VALUES ?t { 'b' 'a' } } ORDER BY ?t'
    ---- stderr
    error[CG0715] command line: `not a tag` is not a language to order texts by
    ---- exit code 2
    ");
    let by = "PREFIX cg: <https://example.org/ns#> SELECT ?t { VALUES ?t { 'b' 'a' } } ORDER BY cg:collate(?t, 'not a tag')";
    let run = workshop.run(&["query", "-e", by]).exits(2);
    assert_shown!(run, @"
    $ query -e 'PREFIX cg: <https://example.org/ns#> SELECT ?t { VALUES ?t { 'b' 'a' } } ORDER BY cg:collate(?t, 'not a tag')'
    t
    b
    a
    ---- stderr
    error[CG0715] command line: `not a tag` is not a language to order texts by
    hint: what was written is not the whole answer
    ---- exit code 2
    ");
}

#[test]
fn a_thing_of_named_graphs_is_described_in_turtle() {
    let workshop = Workshop::project();
    workshop.write(
        "ontology/o.ttl",
        "@prefix o: <https://example.org/ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\
         o:Town rdfs:comment \"A small city.\" ; rdfs:subClassOf [ rdfs:label \"a place\" ] .\n\
         o:Village rdfs:seeAlso o:Town .\n",
    );
    workshop.run(&["build", "--quiet"]).exits(0);
    let run = workshop
        .run(&[
            "describe",
            "https://example.org/ns#Town",
            "--format",
            "turtle",
        ])
        .exits(0);
    assert_shown!(run, @r#"
    $ describe 'https://example.org/ns#Town' --format turtle
    # in <https://example.org/graph/vocabulary>
    PREFIX o: <https://example.org/ns#>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

    o:Town
        rdfs:comment "A small city.";
        rdfs:subClassOf [
                rdfs:label "a place"].

    o:Village
        rdfs:seeAlso o:Town.
    ---- exit code 0
    "#);
    let city = workshop.run(&["describe", "city/revda", "--format", "turtle"]);
    assert_shown!(city.exits(0), @r#"
    $ describe city/revda --format turtle
    PREFIX city: <https://example.org/id/city/>
    PREFIX o: <https://example.org/ns#>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    PREFIX region: <https://example.org/id/region/>

    city:revda
        rdfs:label "Revda"@en;
        o:people 61875;
        o:region region:sverdlovsk.

    city:tolyatti
        o:twin city:revda.
    ---- exit code 0
    "#);
}

#[test]
fn why_knows_the_properties_of_the_graph() {
    let workshop = shipped();
    let runs = ["cg:locatedin", "cg:locateIn"]
        .map(|property| workshop.run(&["why", "city:irbit", property]).exits(1));
    assert_shown!(runs, @"
    $ why city:irbit cg:locatedin
    ---- stderr
    no cell or rule makes this triple; `civigraph describe city:irbit` shows what is in the graph
    hint: did you mean `cg:locatedIn`?
    ---- exit code 1

    $ why city:irbit cg:locateIn
    ---- stderr
    no cell or rule makes this triple; `civigraph describe city:irbit` shows what is in the graph
    hint: did you mean `cg:locatedIn`?
    ---- exit code 1
    ");
    // A property that other things have is not misspelt.
    let run = workshop.run(&["why", "city:irbit", "cg:horizon"]).exits(1);
    assert_shown!(run, @"
    $ why city:irbit cg:horizon
    ---- stderr
    no cell or rule makes this triple; `civigraph describe city:irbit` shows what is in the graph
    ---- exit code 1
    ");
}

#[test]
fn columns_in_another_order_are_put_back_by_fmt() {
    let workshop = Workshop::shipped();
    let table = workshop.path("data/venues.csv");
    let before = std::fs::read_to_string(&table).unwrap();
    let swapped: String = before
        .lines()
        .map(|line| {
            let (id, rest) = line.split_once(',').unwrap();
            let (second, rest) = rest.split_once(',').unwrap();
            format!("{second},{id},{rest}\n")
        })
        .collect();
    std::fs::write(&table, swapped).unwrap();
    let run = workshop.run(&["check"]).exits(1);
    assert_shown!(run);
    workshop.run(&["fmt"]).exits(0);
    assert_eq!(std::fs::read_to_string(&table).unwrap(), before);
}

#[test]
fn lists_say_what_was_merged_and_what_there_is() {
    let workshop = shipped();
    let listed = workshop.run(&["list", "city"]).exits(0);
    assert_shown!(listed, @"
    $ list city
    thing	label
    city:irbit	Irbit
    city:moscow	Moscow
    city:novokuybyshevsk	Novokuybyshevsk
    city:novokuznetsk	Novokuznetsk
    city:podgorny	Podgorny
    city:pokhvistnevo	Pokhvistnevo
    city:yekaterinburg	Yekaterinburg
    city:zato-zheleznogorsk	ZATO Zheleznogorsk
    city:zheleznogorsk	Zheleznogorsk
    city:zato-zheleznogorsk-of-document-000	merged into city:zato-zheleznogorsk
    ---- exit code 0
    ");
    let run = workshop.run(&["list", "towns"]).exits(2);
    assert_shown!(run);
}

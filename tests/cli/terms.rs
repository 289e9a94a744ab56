//! Terms in answers are those of the tables, and an answer that is empty because of that says so.

use super::workshop::{Workshop, assert_shown};

const METADATA: &str = r#"{
  "@context": "http://www.w3.org/ns/csvw",
  "https://w3id.org/civigraph/csvw#base": "https://example.org/",
  "tables": [{
  "url": "loaves.csv",
  "tableSchema": {
    "aboutUrl": "https://example.org/id/loaf/{id}",
    "columns": [
      {"name": "id", "titles": "id", "suppressOutput": true},
      {"name": "price", "titles": "price", "datatype": "decimal", "propertyUrl": "https://example.org/ns#price"},
      {"name": "weight", "titles": "weight", "datatype": "byte", "propertyUrl": "https://example.org/ns#weight"},
      {"name": "name", "titles": "name", "lang": "RU-latn", "propertyUrl": "rdfs:label"},
      {"name": "kind", "virtual": true, "propertyUrl": "rdf:type", "valueUrl": "https://example.org/ns#Loaf"}
    ]
  }
  }]
}
"#;

fn workshop() -> Workshop {
    let workshop = Workshop::empty();
    workshop.write("data/csv-metadata.json", METADATA);
    workshop.write(
        "data/loaves.csv",
        "id,price,weight,name\nrye,1.50,007,Rzhanoy\nwhite,2.25,5,Bely\n",
    );
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop
}

#[track_caller]
fn check(workshop: &Workshop, query: &str, rows: &str, hint: &str) {
    let text = format!(
        "PREFIX : <https://example.org/ns#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> {query}"
    );
    let run = workshop
        .run(&["query", "-e", &text, "--format", "tsv"])
        .exits(0);
    let found = run.stdout.split_once('\n').map_or("", |(_, rows)| rows);
    assert_eq!(found, rows, "{query}");
    let said: Vec<&str> = run
        .stderr
        .lines()
        .filter_map(|line| line.strip_prefix("hint: "))
        .collect();
    assert_eq!(said.join("\n"), hint, "{query}");
}

#[test]
fn terms_are_those_of_the_tables() {
    let workshop = workshop();
    check(
        &workshop,
        "SELECT ?p { ?s :price ?p } ORDER BY ?p",
        "1.50\n2.25\n",
        "",
    );
    check(
        &workshop,
        "SELECT ?w { ?s :weight ?w } ORDER BY ?w",
        "\"5\"^^<http://www.w3.org/2001/XMLSchema#byte>\n\"007\"^^<http://www.w3.org/2001/XMLSchema#byte>\n",
        "",
    );
    check(
        &workshop,
        "SELECT ?p { ?s :price ?p FILTER(?p = 1.5) }",
        "1.50\n",
        "",
    );
    check(
        &workshop,
        "SELECT ?p { ?s :price ?p FILTER(?p > 1.5 && ?p < 3) }",
        "2.25\n",
        "",
    );
    check(
        &workshop,
        "SELECT (SUM(?w) AS ?sum) { ?s :weight ?w }",
        "12\n",
        "",
    );
}

#[test]
fn language_tags_are_equal_without_regard_to_case() {
    let workshop = workshop();
    let name = "\"Bely\"@ru-Latn\n";
    for query in [
        "SELECT ?n { ?s rdfs:label ?n FILTER(?n = \"Bely\"@ru-latn) }",
        "SELECT ?n { ?s rdfs:label ?n FILTER(?n = \"Bely\"@RU-Latn) }",
        "SELECT ?n { ?s rdfs:label ?n FILTER(LANG(?n) = \"ru-Latn\" && STRSTARTS(?n, \"B\")) }",
        "SELECT ?n { ?s rdfs:label ?n FILTER(LANG(?n) = \"ru-latn\" && STRSTARTS(?n, \"B\")) }",
        "SELECT ?n { ?s rdfs:label ?n FILTER(?n = STRLANG(\"Bely\", \"ru-LATN\")) }",
        "SELECT ?n { ?s rdfs:label ?n FILTER(?n IN (\"Bely\"@Ru-Latn)) }",
        "SELECT ?n { VALUES ?n { \"Bely\"@RU-LATN } ?s rdfs:label ?n }",
        "SELECT ?n { ?s rdfs:label \"Bely\"@rU-lAtN, ?n }",
        "SELECT ?n { BIND(\"Bely\"@ru-LATN AS ?n) ?s rdfs:label ?n }",
    ] {
        check(&workshop, query, name, "");
    }
}

#[test]
fn an_empty_answer_says_what_the_graph_does_not_have() {
    let workshop = workshop();
    check(
        &workshop,
        "SELECT ?s { ?s :price 1.5 }",
        "",
        "no object is written `\"1.5\"^^<http://www.w3.org/2001/XMLSchema#decimal>`; the graph has the value as \
         `\"1.50\"^^<http://www.w3.org/2001/XMLSchema#decimal>`: a pattern matches terms as they are written, \
         `FILTER(?o = 1.5)` compares values",
    );
    check(
        &workshop,
        "SELECT ?s { ?s :prise ?p }",
        "",
        "nothing in the graph has the property `<https://example.org/ns#prise>`; did you mean `<https://example.org/ns#price>`?",
    );
    check(
        &workshop,
        "SELECT ?s { ?s a :Leaf }",
        "",
        "nothing in the graph has the class `<https://example.org/ns#Leaf>`; did you mean `<https://example.org/ns#Loaf>`?",
    );
    check(
        &workshop,
        "SELECT ?s { GRAPH :nowhere { ?s ?p ?o } }",
        "",
        "no such graph: `<https://example.org/ns#nowhere>`",
    );
    check(&workshop, "SELECT ?s { ?s :price 9 }", "", "");
}

#[test]
fn regular_expressions_are_those_of_xpath() {
    let workshop = workshop();
    for (expression, value) in [
        (
            "REPLACE(\"2019-05\", \"([0-9]+)-([0-9]+)\", \"$2_$1\")",
            "\"05_2019\"",
        ),
        ("REPLACE(\"a.b\"@en, \"\\\\.\", \"\\\\$\")", "\"a$b\"@en"),
        ("REGEX(\"b\", \"^[a-z-[aeiou]]$\")", "true"),
        ("REGEX(\"a\", \"^[a-z-[aeiou]]$\")", "false"),
        ("REGEX(\"abab\", \"^(ab)\\\\1$\")", "true"),
        ("REGEX(\"ab#c\", \"b # c\", \"x\")", "true"),
        ("REGEX(\"Жук\", \"^\\\\p{IsCyrillic}+$\")", "true"),
        ("REGEX(\"a.c\", \".\", \"q\")", "true"),
    ] {
        check(
            &workshop,
            &format!("SELECT ({expression} AS ?x) {{}}"),
            &format!("{value}\n"),
            "",
        );
    }
    let run = workshop
        .run(&[
            "query",
            "-e",
            "ASK { ?s ?p ?o FILTER(REGEX(?o, \"(?=a)\")) }",
        ])
        .exits(2);
    assert_shown!(run, @r#"
    $ query -e 'ASK { ?s ?p ?o FILTER(REGEX(?o, "(?=a)")) }'
    ---- stderr
    error[CG0717] command line: `(?=a)` is not a regular expression of XPath: XPath has no groups that start with `(?`, except `(?:`: neither look-around nor names
    ---- exit code 2
    "#);
}

#[test]
fn the_plan_of_a_query() {
    let workshop = workshop();
    let run = workshop
        .run(&[
            "query",
            "--explain",
            "-e",
            "SELECT * { ?s <https://example.org/ns#price> ?p ; <https://example.org/ns#weight> ?w }",
        ])
        .exits(0);
    assert_shown!(run, @"
    $ query --explain -e 'SELECT * { ?s <https://example.org/ns#price> ?p ; <https://example.org/ns#weight> ?w }'
    rewritings
      join_order: 2 patterns in the order of exact counts
    join group 1
      scan      ?s <https://example.org/ns#price> ?p  (2 of the pattern, 2 rows after)
      look up   ?s <https://example.org/ns#weight> ?w  (2 of the pattern, 2 rows after)
    plan
    Project(?s, ?p, ?w)  (2 rows, TIME ms)
      Lateral  (2 rows, TIME ms)
        QuadPattern(?s <https://example.org/ns#price> ?p)  (2 rows, 2 estimated, TIME ms)
        QuadPattern(?s <https://example.org/ns#weight> ?w)  (2 rows, 2 estimated, TIME ms)
    ---- stderr
    build 0001-ID
    ---- exit code 0
    ");
}

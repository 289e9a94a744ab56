//! Triples led back to the rows and cells that made them: by `why` and in SPARQL.

use super::workshop::{Workshop, assert_shown};

const METADATA: &str = r##"{
  "@context": "http://www.w3.org/ns/csvw",
  "https://w3id.org/civigraph/csvw#base": "https://example.org/",
  "tables": [
    {
      "url": "cities.csv",
      "dialect": { "commentPrefix": "#", "skipColumns": 1 },
      "tableSchema": {
        "aboutUrl": "https://example.org/id/city/{id}",
        "columns": [
          {"name": "id", "titles": "id", "suppressOutput": true},
          {"name": "label", "titles": "label", "lang": "ru-Latn", "propertyUrl": "rdfs:label"},
          {"name": "people", "titles": "people", "datatype": "int", "propertyUrl": "https://example.org/ns#people"},
          {"name": "tags", "titles": "tags", "separator": ";", "propertyUrl": "https://example.org/ns#tag"},
          {"name": "kind", "virtual": true, "propertyUrl": "rdf:type", "valueUrl": "https://example.org/ns#City"}
        ]
      }
    },
    {
      "url": "more.csv",
      "tableSchema": {
        "aboutUrl": "https://example.org/id/city/{id}",
        "columns": [
          {"name": "id", "titles": "id", "suppressOutput": true},
          {"name": "tag", "titles": "tag", "propertyUrl": "https://example.org/ns#tag"},
          {"name": "code", "titles": "code", "propertyUrl": "https://example.org/ns#code", "https://w3id.org/civigraph/csvw#graph": "https://example.org/graph/register"}
        ]
      }
    }
  ]
}
"##;

/// The header is row 1 and its first column skipped; a comment and a quoted line break stand in between.
const CITIES: &str = "\
-,id,label,people,tags
x,irbit,Irbit,036000,old;small
# a remark
x,revda,\"Rev
da\",61875,small
x,tara,Tara,061875,
";

const MORE: &str = "id,tag,code\nrevda,new,R1\nirbit,old,I1\nirbit,old,I1\n";

fn workshop() -> Workshop {
    let workshop = Workshop::empty();
    workshop.write("data/csv-metadata.json", METADATA);
    workshop.write("data/cities.csv", CITIES);
    workshop.write("data/more.csv", MORE);
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop
}

/// The lines of an answer without its header; IRIs shortened, quotation marks off.
#[track_caller]
fn ask(workshop: &Workshop, text: &str) -> Vec<String> {
    let text = format!(
        "PREFIX ns: <https://example.org/ns#>\nPREFIX city: <https://example.org/id/city/>\n{text}"
    );
    let run = workshop
        .run(&["query", "-e", &text, "--format", "csv"])
        .exits(0);
    run.stdout
        .replace('\r', "")
        .replace("https://example.org/", "")
        .lines()
        .skip(1)
        .map(str::to_owned)
        .collect()
}

#[test]
fn functions_give_rows_columns_and_cells() {
    let workshop = workshop();
    // Rows count as the file does: header, remark and all; columns with the one that is skipped.
    let found = ask(
        &workshop,
        "SELECT ?s ?p (ns:rowOf(?s, ?p, ?o) AS ?row) (ns:columnOf(?s, ?p, ?o) AS ?column)
                (ns:cellOf(?s, ?p, ?o) AS ?cell) (ns:cellCount(?s, ?p, ?o) AS ?count)
         { ?s ?p ?o FILTER(?p != ns:tag) } ORDER BY ?s ?p",
    );
    let label = "http://www.w3.org/2000/01/rdf-schema#label";
    let class = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
    let expected = [("irbit", 2), ("revda", 4), ("tara", 5)].map(|(city, row)| {
        let at = format!("data/cities.csv#row={row}");
        [
            format!("id/city/{city},{class},{at},,,1"),
            format!("id/city/{city},{label},{at},data/cities.csv#col=3,\"data/cities.csv#cell={row},3\",1"),
            format!("id/city/{city},ns#people,{at},data/cities.csv#col=4,\"data/cities.csv#cell={row},4\",1"),
        ]
    });
    assert_eq!(found, expected.concat());
}

#[test]
fn several_cells_of_one_triple_are_told_one_by_one() {
    let workshop = workshop();
    let found = ask(
        &workshop,
        "SELECT ?s ?tag ?n (ns:cellOf(?s, ns:tag, ?tag, ?n) AS ?cell)
         { ?s ns:tag ?tag VALUES ?n { 1 2 3 4 5 } FILTER(?n <= ns:cellCount(?s, ns:tag, ?tag)) }
         ORDER BY ?s ?tag ?n",
    );
    let expected = [
        "id/city/irbit,old,1,\"data/cities.csv#cell=2,5\"",
        "id/city/irbit,old,2,\"data/more.csv#cell=3,2\"",
        "id/city/irbit,old,3,\"data/more.csv#cell=4,2\"",
        "id/city/irbit,small,1,\"data/cities.csv#cell=2,5\"",
        "id/city/revda,new,1,\"data/more.csv#cell=2,2\"",
        "id/city/revda,small,1,\"data/cities.csv#cell=4,5\"",
    ];
    assert_eq!(found, expected);
    // A row answers in the other direction too: what stands in row 3 of a table.
    let found = ask(
        &workshop,
        "SELECT ?s ?o { GRAPH ?g { ?s ?p ?o }
         FILTER(ns:rowOf(?s, ?p, ?o, 2, ?g) = <https://example.org/data/more.csv#row=4>) }",
    );
    assert_eq!(found, ["id/city/irbit,I1"]);
}

#[test]
fn what_is_from_no_cell_is_unbound() {
    let workshop = workshop();
    let unbound = |call: &str| {
        let text = format!("ASK {{ BIND({call} AS ?x) FILTER(!BOUND(?x)) }}");
        let text = format!(
            "PREFIX ns: <https://example.org/ns#>\nPREFIX city: <https://example.org/id/city/>\n{text}"
        );
        let run = workshop.run(&["query", "-e", &text]).exits(0);
        assert_eq!(run.stdout.trim(), "true", "{call}");
    };
    for call in [
        "ns:rowOf(city:irbit, ns:tag, 'young')",
        "ns:rowOf(city:absent, ns:tag, 'old')",
        "ns:rowOf(city:irbit, ns:tag, 'old', 4)",
        "ns:rowOf(city:irbit, ns:tag, 'old', 0)",
        "ns:rowOf(city:irbit, ns:tag, 'old', -1)",
        "ns:rowOf(city:irbit, ns:tag, 'old', 'first')",
        "ns:rowOf(city:irbit, ns:tag, 'old', <https://example.org/graph/register>)",
        "ns:rowOf(city:irbit, ns:tag, 'old'@en)",
        "ns:rowOf('irbit', ns:tag, 'old')",
        "ns:rowOf(city:irbit, 'tag', 'old')",
        "ns:rowOf(city:irbit, ns:tag, ?nothing)",
        "ns:cellOf(city:irbit, <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>, ns:City)",
    ] {
        unbound(call);
    }
    let found = ask(
        &workshop,
        "SELECT (ns:cellCount(city:irbit, ns:tag, 'young') AS ?n) {}",
    );
    assert_eq!(found, ["0"]);
}

/// A build is asked about the tables that it was made from, whatever has become of them.
#[test]
fn tables_that_changed_since_are_told_as_they_were() {
    let workshop = workshop();
    let row = |tag: &str| {
        let text = format!(
            "SELECT (ns:rowOf(city:tara, ns:people, ?o) AS ?row) {{ city:tara ns:people ?o }} #{tag}"
        );
        ask(&workshop, &text)
    };
    assert_eq!(row("built"), ["data/cities.csv#row=5"]);
    let changed = CITIES.replace("x,irbit,Irbit,036000,old;small\n", "");
    workshop.write("data/cities.csv", changed);
    std::fs::remove_file(workshop.path("data/more.csv")).unwrap();
    assert_eq!(row("changed"), ["data/cities.csv#row=5"]);
    let label = "http://www.w3.org/2000/01/rdf-schema#label";
    let why = workshop.run(&["why", "city/tara", label]).exits(0);
    assert_shown!(why, @r#"
    $ why city/tara 'http://www.w3.org/2000/01/rdf-schema#label'
    city:tara  <http://www.w3.org/2000/01/rdf-schema#label>  "Tara"@ru-Latn
      made from  data/cities.csv:6:8 cell C5, column `label`: Tara
      with       id=tara
      rule       data/csv-metadata.json:12:11 propertyUrl rdfs:label

    ---- stderr
    changed since build 0001-ID: data/cities.csv, data/more.csv; lines and cells are those of the build
    ---- exit code 0
    "#);
    workshop.write("data/more.csv", MORE);
    workshop.run(&["build", "--quiet"]).exits(0);
    assert_eq!(row("built again"), ["data/cities.csv#row=4"]);
    let why = workshop.run(&["why", "city/tara", label]).exits(0);
    assert_shown!(why, @r#"
    $ why city/tara 'http://www.w3.org/2000/01/rdf-schema#label'
    city:tara  <http://www.w3.org/2000/01/rdf-schema#label>  "Tara"@ru-Latn
      made from  data/cities.csv:5:8 cell C4, column `label`: Tara
      with       id=tara
      rule       data/csv-metadata.json:12:11 propertyUrl rdfs:label

    ---- exit code 0
    "#);
    workshop.run(&["rollback"]).exits(0);
    assert_eq!(row("rolled back"), ["data/cities.csv#row=5"]);
    // A store has all that is needed.
    let elsewhere = Workshop::empty();
    let store = workshop.path(".civigraph");
    let store = store.to_str().unwrap();
    let text = "SELECT (COUNT(?row) AS ?n) { ?s ?p ?o BIND(<https://example.org/ns#rowOf>(?s, ?p, ?o) AS ?row) }";
    let run = elsewhere.run(&["query", "--store", store, "-e", text, "--format", "csv"]);
    assert_eq!(run.exits(0).stdout, "n\r\n13\r\n");
    let why = elsewhere
        .run(&["why", "--store", store, "city/tara", label])
        .exits(0);
    assert_shown!(why, @r#"
    $ why --store FOLDER/.civigraph city/tara 'http://www.w3.org/2000/01/rdf-schema#label'
    city:tara  <http://www.w3.org/2000/01/rdf-schema#label>  "Tara"@ru-Latn
      made from  data/cities.csv:6:8 cell C5, column `label`: Tara
      with       id=tara
      rule       data/csv-metadata.json:12:11 propertyUrl rdfs:label

    ---- exit code 0
    "#);
}

/// Nothing is published yet: the tables as they stand.
#[test]
fn tables_are_explained_without_a_build() {
    let workshop = Workshop::project();
    let why = workshop
        .run(&["why", "city/irbit", "https://example.org/ns#people"])
        .exits(0);
    assert_shown!(why, @r#"
    $ why city/irbit 'https://example.org/ns#people'
    city:irbit  <https://example.org/ns#people>  "36000"^^<http://www.w3.org/2001/XMLSchema#integer>
      made from  data/cities.csv:2:24 cell D2, column `people`: 36000
      with       id=irbit
      rule       data/csv-metadata.json:29:11 propertyUrl https://example.org/ns#people

    ---- exit code 0
    "#);
}

/// Literals of which the store keeps the value and not the digits, some of which a rule starts from.
#[test]
fn literals_are_found_as_dumps_and_as_answers_write_them() {
    let workshop = Workshop::empty();
    let columns = [
        ("d", "date", "2018-01-01", "2018-01-01"),
        (
            "t",
            "dateTime",
            "2020-01-01T00:00:00.000Z",
            "2020-01-01T00:00:00Z",
        ),
        ("f", "double", "7E1", "70"),
        ("p", "duration", "P0Y12M", "P1Y"),
        ("n", "nonNegativeInteger", "007", "7"),
    ];
    let described: Vec<String> = columns
        .iter()
        .map(|(name, datatype, ..)| {
            format!(r#"{{"name": "{name}", "titles": "{name}", "datatype": "{datatype}", "propertyUrl": "https://example.org/ns#{name}"}}"#)
        })
        .collect();
    workshop.write(
        "data/csv-metadata.json",
        format!(
            r#"{{"@context": "http://www.w3.org/ns/csvw", "https://w3id.org/civigraph/csvw#base": "https://example.org/",
                "tables": [{{"url": "t.csv", "tableSchema": {{"aboutUrl": "https://example.org/id/t/{{id}}", "columns": [
                  {{"name": "id", "titles": "id", "suppressOutput": true}}, {}]}}}}]}}"#,
            described.join(",")
        ),
    );
    let cells = columns.map(|(_, _, written, _)| written).join(",");
    workshop.write("data/t.csv", format!("id,d,t,f,p,n\na,{cells}\n"));
    workshop.write(
        "ontology/rules/copy.rq",
        "# title: Copy\nCONSTRUCT { ?s <https://example.org/ns#of> ?p } WHERE { ?s ?p ?o FILTER(isLiteral(?o)) }\n",
    );
    workshop.run(&["build", "--quiet"]).exits(0);
    let mut runs = Vec::new();
    for (name, datatype, written, stored) in columns {
        let property = format!("https://example.org/ns#{name}");
        for literal in [
            format!("\"{written}\"^^xsd:{datatype}"),
            format!("\"{stored}\"^^xsd:{datatype}"),
            format!("\"{stored}\"^^<http://www.w3.org/2001/XMLSchema#{datatype}>"),
        ] {
            runs.push(workshop.run(&["why", "t/a", &property, &literal]).exits(0));
        }
        let why = workshop.run(&["why", "t/a", "https://example.org/ns#of", &property]);
        runs.push(why.exits(0));
    }
    assert_shown!(runs);
}

/// A claim about an item belongs to the triple of that item alone.
#[test]
fn claims_about_items_stand_at_their_triples() {
    let workshop = Workshop::shipped();
    workshop.run(&["build", "--quiet"]).exits(0);
    let subject = "participation/heads-of-small-towns-at-discussion";
    let run = workshop.run(&["why", subject, "dct:spatial", "--format", "json"]);
    let answers: serde_json::Value = serde_json::from_str(&run.exits(0).stdout).unwrap();
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), 4);
    for answer in answers {
        let object = answer["triple"]["object"].as_str().unwrap();
        let claims = answer["claims"].as_array().unwrap();
        assert!(!claims.is_empty(), "{object}");
        for claim in claims {
            let item = claim["fields"]["item"].as_str().unwrap();
            assert!(object.ends_with(&format!("/{item}>")), "{object} {item}");
        }
    }
}

/// Blank nodes have other labels in the store; what is there is there.
#[test]
fn ordered_lists_are_asserted() {
    let workshop = Workshop::empty();
    workshop.write(
        "data/csv-metadata.json",
        r#"{"@context": "http://www.w3.org/ns/csvw", "https://w3id.org/civigraph/csvw#base": "https://e.org/",
            "tables": [{"url": "t.csv", "tableSchema": {"aboutUrl": "https://e.org/id/t/{id}", "primaryKey": "id",
              "columns": [{"name": "id", "titles": "id"},
                          {"name": "steps", "titles": "steps", "separator": ";", "ordered": true}]}}]}"#,
    );
    workshop.write("data/t.csv", "id,steps\nx,p;q\n");
    workshop.run(&["build", "--quiet"]).exits(0);
    let run = workshop.run(&["why", "t/x"]).exits(0);
    assert_shown!(run, @r#"
    $ why t/x
    t:x  <https://e.org/data/t.csv#id>  "x"
      made from  data/t.csv:2:1 cell A2, column `id`: x
      rule       data/csv-metadata.json:3:27 name id

    t:x  <https://e.org/data/t.csv#steps>  _:t0r1c1i0
      made from  data/t.csv:2:3 cell B2, column `steps`: p;q
      with       id=x
      rule       data/csv-metadata.json:4:27 name steps

    ---- exit code 0
    "#);
}

//! Triples led back to the rows and cells that made them: by `why` and in SPARQL.

use super::workshop::Workshop;

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

/// Rows of changed tables would be wrong ones.
#[test]
fn tables_that_changed_since_are_refused() {
    let workshop = workshop();
    let text = "SELECT (<https://example.org/ns#rowOf>(?s, ?p, ?o) AS ?row) { ?s ?p ?o }";
    workshop.run(&["query", "-e", text]).exits(0);
    // As many bytes as before: the digest tells.
    workshop.write("data/cities.csv", CITIES.replace("Tara", "Tura"));
    let refused = workshop.run(&["query", "-e", text]).exits(2);
    assert_eq!(refused.stdout, "");
    assert!(
        refused.stderr.contains("[CG0716] data/cities.csv"),
        "{}",
        refused.stderr
    );
    // Other queries do not care, and `why` says what it looks at.
    workshop.run(&["query", "-e", "ASK { ?s ?p ?o }"]).exits(0);
    let why = workshop
        .run(&[
            "why",
            "city/tara",
            "http://www.w3.org/2000/01/rdf-schema#label",
        ])
        .exits(0);
    assert!(why.stdout.contains("Tura"), "{}", why.stdout);
    assert!(
        why.stderr.contains("changed since build 0001-"),
        "{}",
        why.stderr
    );
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop.run(&["query", "-e", text]).exits(0);
    // An older build is asked about its own tables alone.
    workshop.run(&["rollback"]).exits(0);
    workshop.run(&["query", "-e", text]).exits(2);
    std::fs::remove_file(workshop.path("data/more.csv")).unwrap();
    let refused = workshop.run(&["query", "-e", text]).exits(2);
    assert!(
        refused.stderr.contains("and 1 other file"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_store_without_its_project_has_no_rows() {
    let workshop = workshop();
    let elsewhere = Workshop::empty();
    let store = workshop.path(".civigraph");
    let store = store.to_str().unwrap();
    let text = "SELECT (<https://example.org/ns#rowOf>(?s, ?p, ?o) AS ?row) { ?s ?p ?o }";
    let refused = elsewhere
        .run(&["query", "--store", store, "-e", text])
        .exits(2);
    assert!(refused.stderr.contains("CG0716"), "{}", refused.stderr);
    elsewhere
        .run(&["query", "--store", store, "-e", "ASK {}"])
        .exits(0);
}

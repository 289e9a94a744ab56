//! What a claim is about: the triples of its cell, or of one item of it, whatever the mapping.

use super::workshop::{Workshop, assert_shown};

const METADATA: &str = r#"{
  "@context": "http://www.w3.org/ns/csvw",
  "https://w3id.org/civigraph/csvw#base": "https://example.org/",
  "tables": [
    {"url": "things.csv", "tableSchema": {"aboutUrl": "https://example.org/id/thing/{id}", "primaryKey": "id", "columns": [
      {"name": "id", "titles": "id", "suppressOutput": true},
      {"name": "names", "titles": "names", "separator": ";", "null": ["-"], "propertyUrl": "https://example.org/ns#name"},
      {"name": "steps", "titles": "steps", "separator": ";", "ordered": true, "propertyUrl": "https://example.org/ns#steps"},
      {"name": "numbers", "titles": "numbers", "separator": ";", "datatype": "integer", "propertyUrl": "https://example.org/ns#number"}]}},
    {"url": "claims.csv", "https://w3id.org/civigraph/csvw#graph": "https://example.org/graph/claims",
     "tableSchema": {"aboutUrl": "https://example.org/id/claim/{id}", "primaryKey": "id", "columns": [
      {"name": "id", "titles": "id", "suppressOutput": true, "https://w3id.org/civigraph/csvw#part": "claim.id"},
      {"name": "table", "titles": "table", "https://w3id.org/civigraph/csvw#part": "claim.table"},
      {"name": "row", "titles": "row", "https://w3id.org/civigraph/csvw#part": "claim.row"},
      {"name": "column", "titles": "column", "https://w3id.org/civigraph/csvw#part": "claim.column"},
      {"name": "item", "titles": "item", "https://w3id.org/civigraph/csvw#part": "claim.item"},
      {"name": "value", "titles": "value", "https://w3id.org/civigraph/csvw#part": "claim.value"}]}}
  ]
}"#;

/// A project with things (`names,steps,numbers`) and one claim about each (`column,item,value`), built.
fn built(cases: &[(&str, &str)]) -> Workshop {
    let workshop = Workshop::empty();
    workshop.write("data/csv-metadata.json", METADATA);
    let mut things = "id,names,steps,numbers\n".to_owned();
    let mut claims = "id,table,row,column,item,value\n".to_owned();
    for (index, (thing, claim)) in cases.iter().enumerate() {
        things.push_str(&format!("t{index},{thing}\n"));
        claims.push_str(&format!("c{index},things,t{index},{claim}\n"));
    }
    workshop.write("data/things.csv", things);
    workshop.write("data/claims.csv", claims);
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop
}

/// The answers of a SELECT query with one variable.
fn answers(workshop: &Workshop, text: &str) -> Vec<String> {
    let text = format!(
        "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\nPREFIX ns: <https://example.org/ns#>\n{text}"
    );
    let run = workshop
        .run(&["query", "-e", &text, "--format", "csv"])
        .exits(0);
    let lines = run.stdout.lines().skip(1);
    lines.map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_claim_about_an_item_is_about_the_triple_of_that_item() {
    #[rustfmt::skip]
    let cases = [
        // Null items make no triple; empty ones do where they are not null.
        ("a;-;b;c,,", "names,b,", "b"),
        ("a;;b;c,,", "names,b,", "b"),
        ("a;-;b,,", "names,b,", "b"),
        ("-;a,,", "names,a,", "a"),
        (",,1;2; 3", "numbers,3,", "3"),
        // Of an ordered list, the node that holds it.
        (",x;y;z,", "steps,x,", "x"),
        (",x;y;z,", "steps,y,", "y"),
        (",x;y;z,", "steps,z,", "z"),
        // A stated value stands in place of its item.
        ("a;-;b;c,,", "names,b,q", "q"),
        (",,1;2;3", "numbers,2,22", "22"),
        (",x;y;z,", "steps,y,q", "q"),
        // The whole cell.
        ("a;-;b,,", "names,,", "a b"),
        ("a;-;b,,", "names,,q;r", "q r"),
    ];
    let workshop = built(&cases.map(|(thing, claim, _)| (thing, claim)));
    for (index, (thing, claim, expected)) in cases.into_iter().enumerate() {
        let about = format!("<https://example.org/id/claim/c{index}>");
        let text = format!("SELECT ?o {{ GRAPH ?g {{ {about} rdf:object ?o }} }} ORDER BY ?o");
        let objects = answers(&workshop, &text).join(" ");
        assert_eq!(objects, expected, "{claim} of {thing}");
        // Where nothing else is stated, the triple is there.
        let text = format!(
            "SELECT ?s {{ GRAPH ?g {{ {about} rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }} ?s ?p ?o }}"
        );
        let there = !answers(&workshop, &text).is_empty();
        assert_eq!(there, claim.ends_with(','), "{claim} of {thing}");
    }
}

#[test]
fn a_stated_list_is_a_list_of_its_own() {
    let workshop = built(&[(",x;y,", "steps,,p;q;r")]);
    let text = "SELECT ?o { GRAPH ?g { ?c rdf:object/rdf:rest*/rdf:first ?o } } ORDER BY ?o";
    assert_eq!(answers(&workshop, text), ["p", "q", "r"]);
    let text = "SELECT ?o { ?t ns:steps/rdf:rest*/rdf:first ?o } ORDER BY ?o";
    assert_eq!(answers(&workshop, text), ["x", "y"]);
}

/// Metadata of two tables of one file name, and of claims whose first column is about a person.
const ALIKE: &str = r#"{
  "@context": "http://www.w3.org/ns/csvw",
  "https://w3id.org/civigraph/csvw#base": "https://example.org/",
  "tables": [
    {"url": "things.csv", "tableSchema": {"aboutUrl": "https://example.org/id/thing/{id}", "primaryKey": "id", "columns": [
      {"name": "id", "titles": "id", "suppressOutput": true},
      {"name": "name", "titles": "name", "propertyUrl": "https://example.org/ns#name"}]}},
    {"url": "sub/things.csv", "tableSchema": {"aboutUrl": "https://example.org/id/part/{id}", "primaryKey": "id", "columns": [
      {"name": "id", "titles": "id", "suppressOutput": true},
      {"name": "name", "titles": "name", "propertyUrl": "https://example.org/ns#name"}]}},
    {"url": "claims.csv", "https://w3id.org/civigraph/csvw#graph": "https://example.org/graph/claims",
     "tableSchema": {"aboutUrl": "https://example.org/id/claim/{id}", "primaryKey": "id", "columns": [
      {"name": "said_by", "titles": "said_by", "aboutUrl": "https://example.org/id/person/{said_by}", "propertyUrl": "https://example.org/ns#nick"},
      {"name": "id", "titles": "id", "suppressOutput": true, "https://w3id.org/civigraph/csvw#part": "claim.id"},
      {"name": "table", "titles": "table", "https://w3id.org/civigraph/csvw#part": "claim.table"},
      {"name": "row", "titles": "row", "https://w3id.org/civigraph/csvw#part": "claim.row"},
      {"name": "column", "titles": "column", "https://w3id.org/civigraph/csvw#part": "claim.column"}]}}
  ]
}"#;

#[test]
fn tables_of_one_file_name_are_told_apart_by_their_folders() {
    let workshop = Workshop::empty();
    workshop.write("data/csv-metadata.json", ALIKE);
    workshop.write("data/things.csv", "id,name\nt,one\n");
    workshop.write("data/sub/things.csv", "id,name\nt,two\n");
    let claims = |table: &str| format!("said_by,id,table,row,column\nann,c,{table},t,name\n");
    workshop.write("data/claims.csv", claims("things"));
    let run = workshop.run(&["check"]).exits(1);
    assert_shown!(run, @"
    $ check
    ---- stderr
    error[CG0601] data/claims.csv:2:7: claim `c` is about one of several tables of that name
                C2 | things  column `table`
          expected | data/things or sub/things
              rule | claim about an unknown table, see `civigraph explain CG0601`
    found 1 error in 1 file
    ---- exit code 1
    ");
    for (table, name) in [("sub/things", "two"), ("data/things", "one")] {
        workshop.write("data/claims.csv", claims(table));
        workshop.run(&["build", "--quiet"]).exits(0);
        // Said of the claim, whatever else its row is about.
        let text = "SELECT ?o { GRAPH ?g { <https://example.org/id/claim/c> rdf:object ?o } }";
        assert_eq!(answers(&workshop, text), [name], "{table}");
        let text = "SELECT ?c { GRAPH ?g { ?c rdf:subject ?s } }";
        assert_eq!(answers(&workshop, text), ["https://example.org/id/claim/c"]);
    }
}

#[test]
fn tables_of_one_stem_are_told_apart_by_more_of_their_files_names() {
    let workshop = Workshop::empty();
    let metadata = ALIKE
        .replace("sub/things.csv", "things.2021.csv")
        .replace("\"things.csv", "\"things.2020.csv");
    workshop.write("data/csv-metadata.json", metadata);
    workshop.write("data/things.2020.csv", "id,name\nt,one\n");
    workshop.write("data/things.2021.csv", "id,name\nt,two\n");
    let claims = |table: &str| format!("said_by,id,table,row,column\nann,c,{table},t,name\n");
    let runs = ["things", "things.202"].map(|table| {
        workshop.write("data/claims.csv", claims(table));
        workshop.run(&["check"]).exits(1)
    });
    assert_shown!(runs);
    for (table, name) in [("things.2020", "one"), ("data/things.2021.csv", "two")] {
        workshop.write("data/claims.csv", claims(table));
        workshop.run(&["build", "--quiet"]).exits(0);
        let text = "SELECT ?o { GRAPH ?g { <https://example.org/id/claim/c> rdf:object ?o } }";
        assert_eq!(answers(&workshop, text), [name], "{table}");
    }
}

#[test]
fn a_key_that_several_rows_have_is_no_row() {
    let workshop = Workshop::empty();
    let metadata = METADATA
        .replacen("thing/{id}", "thing/{id}/{names}", 1)
        .replacen(
            "\"primaryKey\": \"id\"",
            "\"primaryKey\": [\"id\", \"steps\"]",
            1,
        )
        .replacen("\"separator\": \";\", \"ordered\": true, ", "", 1);
    workshop.write("data/csv-metadata.json", metadata);
    let things = "id,names,steps,numbers\na/b,one,c,1\na,two,b/c,2\na,three,b,3\n";
    workshop.write("data/things.csv", things);
    let claims = |row: &str| format!("id,table,row,column,item,value\nc,things,{row},numbers,,\n");
    workshop.write("data/claims.csv", claims("a/b"));
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop.write("data/claims.csv", claims("a/b/c"));
    let run = workshop.run(&["check"]).exits(1);
    assert_shown!(run, @"
    $ check
    ---- stderr
    error[CG0602] data/claims.csv:2:10: claim `c` is about one of several rows of table `things` with this key
                C2 | a/b/c  column `row`
              rule | claim about a missing or ambiguous row, see `civigraph explain CG0602`
    found 1 error in 1 file
    ---- exit code 1
    ");
    // Duplicates are told where they are.
    let twice = "id,names,steps,numbers\na,one,b/c,1\na,two,b/c,2\n";
    workshop.write("data/things.csv", twice);
    let run = workshop.run(&["check"]).exits(1);
    assert_shown!(run, @"
    $ check
    ---- stderr
    error[CG0501] data/things.csv:3:1: `a, b/c` is already the primary key of line 2
                A3 | a, b/c  column `id`
          expected | a value of `id`, `steps` that no other row has
              hint | the first is at data/things.csv:2:1; change one of the two, or remove it
              rule | duplicate primary key (tabular-data-model §6.6), see `civigraph explain CG0501`
    found 1 error in 1 file
    ---- exit code 1
    ");
}

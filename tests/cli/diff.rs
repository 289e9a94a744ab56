//! What changed between builds, dumps, folders and revisions.

use super::workshop::{CITIES, METADATA, REGIONS, Workshop, assert_shown, child, program};
use serde_json::Value;
use std::collections::BTreeSet;

/// Runs `diff`, which must find something, and gives its JSON.
#[track_caller]
fn differs(workshop: &Workshop, old: &str, new: &str) -> Value {
    let run = workshop.run(&["diff", old, new, "--format", "json"]);
    serde_json::from_str(&run.exits(1).stdout).unwrap()
}

/// The project in two folders, `old` and `new`, the second with other cities.
fn folders(cities: &str) -> Workshop {
    let workshop = Workshop::empty();
    for (folder, cities) in [("old", CITIES), ("new", cities)] {
        workshop.write(&format!("{folder}/data/csv-metadata.json"), METADATA);
        workshop.write(&format!("{folder}/data/regions.csv"), REGIONS);
        workshop.write(&format!("{folder}/data/cities.csv"), cities);
    }
    workshop
}

#[test]
fn builds_in_rows_and_cells() {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop.write("data/cities.csv", CITIES.replace("36000", "37000"));
    workshop.run(&["build", "--quiet"]).exits(0);
    // A build keeps its tables, whatever became of the project since.
    workshop.write("data/cities.csv", "");
    let found = differs(&workshop, "previous", "current");
    assert_eq!((&found["added"], &found["removed"]), (&1.into(), &1.into()));
    let row = &found["tables"][0]["rows"][0];
    assert_eq!(row["key"], "irbit");
    assert_eq!(row["cells"][0]["old"], "36000");
    assert_eq!(row["cells"][0]["new"], "37000");
    assert_eq!(row["removed"].as_array().unwrap().len(), 1);
    assert_eq!(found["entities"].as_array().unwrap().len(), 0);
    let same = workshop.run(&["diff", "current", "0002"]).exits(0);
    assert_eq!(same.stdout, "");
}

#[test]
fn dumps_by_entity() {
    let workshop = Workshop::project();
    for (people, dump) in [("36000", "old.ttl"), ("37000", "new.ttl")] {
        workshop.write("data/cities.csv", CITIES.replace("36000", people));
        workshop.run(&["build", "--quiet"]).exits(0);
        workshop.run(&["export", "-o", dump, "--quiet"]).exits(0);
    }
    let found = differs(&workshop, "old.ttl", "new.ttl");
    assert_eq!((&found["added"], &found["removed"]), (&1.into(), &1.into()));
    assert_eq!(found["entities"].as_array().unwrap().len(), 1);
    let irbit = &found["entities"][0];
    assert_eq!(irbit["label"], "Irbit");
    assert_eq!(irbit["what"], "changed");
    let people = &irbit["properties"][0];
    assert!(people["old"][0].as_str().unwrap().starts_with("\"36000\""));
    assert!(people["new"][0].as_str().unwrap().starts_with("\"37000\""));
    let table = workshop.run(&["diff", "old.ttl", "new.ttl"]).exits(1);
    assert_shown!(table, @r#"
    $ diff old.ttl new.ttl
    ┌────────────────────┬─────────┬─────────────────────────────────┬─────────────────────────────────────────────────────┬─────────────────────────────────────────────────────┐
    │ where              ┆ what    ┆ property                        ┆ old                                                 ┆ new                                                 │
    ╞════════════════════╪═════════╪═════════════════════════════════╪═════════════════════════════════════════════════════╪═════════════════════════════════════════════════════╡
    │ Irbit (city:irbit) ┆ changed ┆ <https://example.org/ns#people> ┆ "36000"^^<http://www.w3.org/2001/XMLSchema#integer> ┆ "37000"^^<http://www.w3.org/2001/XMLSchema#integer> │
    └────────────────────┴─────────┴─────────────────────────────────┴─────────────────────────────────────────────────────┴─────────────────────────────────────────────────────┘
    ---- stderr
    quads: 1 new, 1 gone
    ---- exit code 1
    "#);
}

#[test]
fn folders_in_rows_and_cells() {
    let workshop = folders(
        &CITIES
            .replace("36000", "37000")
            .replace("revda,Revda", "tara,Tara")
            .replace("irbit;revda", "irbit;tara"),
    );
    let found = differs(&workshop, "old", "new");
    let tables = found["tables"].as_array().unwrap();
    assert_eq!(tables.len(), 1);
    assert_eq!(tables[0]["table"], "cities");
    let rows: Vec<(&str, &str)> = tables[0]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["key"].as_str().unwrap(), row["what"].as_str().unwrap()))
        .collect();
    assert_eq!(
        rows,
        [
            ("irbit", "changed"),
            ("revda", "gone"),
            ("tara", "new"),
            ("tolyatti", "changed")
        ]
    );
    let cell = &tables[0]["rows"][0]["cells"][0];
    assert_eq!(
        (&cell["column"], &cell["old"], &cell["new"]),
        (&"people".into(), &"36000".into(), &"37000".into())
    );
    assert_eq!(tables[0]["rows"][0]["removed"].as_array().unwrap().len(), 1);
    assert_eq!(tables[0]["rows"][0]["added"].as_array().unwrap().len(), 1);
    // The rows account for everything.
    assert_eq!(found["entities"], Value::Array(Vec::new()));
    let text = workshop
        .run(&["diff", "old", "new", "--format", "markdown"])
        .exits(1);
    assert_shown!(text);
}

#[test]
fn tables_of_one_file_name_are_compared_each_with_its_own() {
    let workshop = Workshop::empty();
    let metadata = METADATA.replace("cities.csv", "sub/regions.csv");
    for (folder, cities) in [
        ("old", CITIES.to_owned()),
        ("new", CITIES.replace("36000", "37000")),
    ] {
        workshop.write(&format!("{folder}/data/csv-metadata.json"), &metadata);
        workshop.write(&format!("{folder}/data/regions.csv"), REGIONS);
        workshop.write(&format!("{folder}/data/sub/regions.csv"), cities);
    }
    let found = differs(&workshop, "old", "new");
    let tables = found["tables"].as_array().unwrap();
    assert_eq!(tables.len(), 1);
    assert_eq!(tables[0]["table"], "sub/regions.csv");
    assert_eq!(tables[0]["rows"][0]["key"], "irbit");
}

#[test]
fn a_list_of_a_row_that_moved_is_compared_item_by_item() {
    let workshop = Workshop::empty();
    let (metadata, _) = METADATA.split_once("\"separator\"").unwrap();
    let list =
        r#""separator": ";", "ordered": true, "propertyUrl": "https://example.org/ns#twin"}]}}]}"#;
    let metadata = format!("{metadata}{list}");
    let (header, rows) = CITIES.split_once('\n').unwrap();
    let changed = rows.replace("36000", "37000");
    let moved = format!("{header}\nnovy,Novy,1700-01-01,1,sverdlovsk,\n{changed}");
    for (folder, cities) in [("old", CITIES), ("new", &moved)] {
        workshop.write(&format!("{folder}/data/csv-metadata.json"), &metadata);
        workshop.write(&format!("{folder}/data/regions.csv"), REGIONS);
        workshop.write(&format!("{folder}/data/cities.csv"), cities);
    }
    let found = differs(&workshop, "old", "new");
    let rows = found["tables"][0]["rows"].as_array().unwrap();
    let irbit = rows.iter().find(|row| row["key"] == "irbit").unwrap();
    for (side, people) in [("removed", "36000"), ("added", "37000")] {
        let lines = irbit[side].as_array().unwrap();
        assert_eq!(lines.len(), 1, "{lines:#?}");
        assert!(lines[0].as_str().unwrap().contains(people), "{lines:#?}");
    }
}

#[test]
fn renamed_ids() {
    let workshop = folders(
        &CITIES
            .replace("revda,Revda", "revda-2,Revda")
            .replace("irbit;revda", "irbit;revda-2"),
    );
    let found = differs(&workshop, "old", "new");
    let rows = found["tables"][0]["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{rows:#?}");
    assert_eq!(rows[0]["what"], "renamed");
    assert_eq!(rows[0]["from"], "revda");
    assert_eq!(rows[0]["key"], "revda-2");
    assert_eq!(rows[1]["key"], "tolyatti");
}

/// Who renames a thing renames what is named after it.
#[test]
fn renamed_ids_and_references_to_them() {
    let workshop = Workshop::empty();
    let schema = |file: &str, column: &str, other: &str| {
        format!(
            r#"{{ "url": "{file}", "tableSchema": {{
                "columns": [{{ "name": "id", "titles": "id" }},
                    {{ "name": "{column}", "titles": "{column}", "separator": ";" }}],
                "primaryKey": "id", "aboutUrl": "http://e/{{id}}",
                "foreignKeys": [{{ "columnReference": "{column}",
                    "reference": {{ "resource": "{other}", "columnReference": "id" }} }}] }} }}"#
        )
    };
    let metadata = format!(
        r#"{{ "@context": "http://www.w3.org/ns/csvw", "tables": [{}, {}] }}"#,
        schema("towns.csv", "near", "towns.csv"),
        schema("venues.csv", "towns", "towns.csv"),
    );
    for folder in ["old", "new"] {
        workshop.write(&format!("{folder}/data/csv-metadata.json"), &metadata);
    }
    workshop.write("old/data/towns.csv", "id,near\na,b\nb,a;c\nc,\n");
    workshop.write("old/data/venues.csv", "id,towns\na-hall,a;c\nb-hall,b\n");
    workshop.write("new/data/towns.csv", "id,near\na1,b1\nb1,a1;c\nc,\n");
    workshop.write(
        "new/data/venues.csv",
        "id,towns\na1-hall,a1;c\nb1-hall,b1\n",
    );
    let found = differs(&workshop, "old", "new");
    let mut renamed = Vec::new();
    for table in found["tables"].as_array().unwrap() {
        for row in table["rows"].as_array().unwrap() {
            let from = row["from"].as_str().unwrap_or_else(|| panic!("{row:#}"));
            renamed.push(format!("{from} {}", row["key"].as_str().unwrap()));
        }
    }
    assert_eq!(
        renamed,
        ["a a1", "b b1", "a-hall a1-hall", "b-hall b1-hall"]
    );
    let cells = &found["tables"][1]["rows"][0]["cells"];
    assert_eq!(cells[1]["column"], "towns");
    assert_eq!(
        (&cells[1]["old"], &cells[1]["new"]),
        (&"a;c".into(), &"a1;c".into())
    );
}

#[test]
fn another_order_is_told_as_such() {
    let mut lines: Vec<&str> = CITIES.lines().collect();
    lines[1..].reverse();
    let workshop = folders(&lines.join("\n"));
    let found = differs(&workshop, "old", "new");
    assert_eq!((&found["added"], &found["removed"]), (&0.into(), &0.into()));
    assert_eq!(found["tables"][0]["reordered"], true);
    let run = workshop.run(&["diff", "old", "new"]).exits(1);
    assert_shown!(run, @"
    $ diff old new
    ┌────────┬──────────────────────────────────┬──────────┬─────┬─────┐
    │ where  ┆ what                             ┆ property ┆ old ┆ new │
    ╞════════╪══════════════════════════════════╪══════════╪═════╪═════╡
    │ cities ┆ rows or columns in another order ┆          ┆     ┆     │
    └────────┴──────────────────────────────────┴──────────┴─────┴─────┘
    ---- stderr
    the same quads; rows or columns are in a different order
    ---- exit code 1
    ");
    workshop.run(&["diff", "old", "old"]).exits(0);
}

#[test]
fn dumps_with_renames_and_merges() {
    let workshop = Workshop::empty();
    let line = |s: &str, p: &str, o: &str| format!("<http://e/{s}> <http://e/{p}> {o} .\n");
    let merged = "<http://e/old> <http://purl.org/dc/terms/isReplacedBy> <http://e/b> .\n";
    let before = [
        line("a", "p", "1"),
        line("b", "p", "\"x\""),
        line("old", "p", "\"y\""),
    ];
    let after = [
        line("a2", "p", "1"),
        line("b", "p", "\"x\""),
        merged.to_owned(),
    ];
    workshop.write("before.ttl", before.concat());
    workshop.write("after.ttl", after.concat());
    let found = differs(&workshop, "before.ttl", "after.ttl");
    let what: Vec<(&str, &str)> = found["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["subject"].as_str().unwrap(),
                one["what"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        what,
        [("<http://e/a2>", "renamed"), ("<http://e/old>", "merged")]
    );
    assert_eq!(found["entities"][0]["from"], "<http://e/a>");
    assert_eq!(found["entities"][1]["into"], "<http://e/b>");
}

#[test]
fn a_build_and_its_dumps_are_the_same() {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    for name in ["a.ttl", "a.nq.gz", "a.trig.zst"] {
        workshop.run(&["export", "-o", name]).exits(0);
        workshop.run(&["diff", name, "current"]).exits(0);
    }
    workshop.run(&["diff", ".", "current"]).exits(0);
}

/// Language tags are the same whatever their case; readers of dumps give them in lower case.
#[test]
fn tags_in_another_case_are_the_same() {
    let workshop = Workshop::shipped();
    workshop.run(&["build", "--quiet"]).exits(0);
    for name in ["a.ttl", "a.nq.gz", "a.jsonld", "a.rdf"] {
        let export = ["export", "-o", name, "--no-manifest"];
        workshop.run(&export).exits(0);
        for (old, new) in [
            ("current", name),
            (name, "current"),
            (name, "a.ttl"),
            (".", name),
        ] {
            let run = workshop.run(&["diff", old, new]);
            assert_eq!(run.code, 0, "{old} {new}: {}{}", run.stdout, run.stderr);
        }
    }
    let dump = std::fs::read_to_string(workshop.path("a.ttl")).unwrap();
    assert!(dump.contains("\"Irbit\"@ru-Latn"));
    workshop.write(
        "b.ttl",
        dump.replace("\"Irbit\"@ru-Latn", "\"Irbeet\"@ru-Latn"),
    );
    let patch = workshop
        .run(&["diff", "current", "b.ttl", "--triples"])
        .exits(1);
    let changes: Vec<&str> = patch
        .stdout
        .lines()
        .filter(|line| line.starts_with("A ") || line.starts_with("D "))
        .collect();
    assert_eq!(changes.len(), 2, "{}", patch.stdout);
}

#[test]
fn a_patch_applies() {
    let workshop = Workshop::project();
    workshop.write(
        "ontology/terms.ttl",
        "<http://e/a> <http://e/b> \"c \\\" d\" .\n",
    );
    let dump = |workshop: &Workshop| -> BTreeSet<String> {
        workshop.run(&["build", "--quiet"]).exits(0);
        let run = workshop.run(&["export", "--graph", "all", "--format", "nquads"]);
        let lines = run.exits(0).stdout;
        let facts = lines
            .lines()
            .filter(|line| !line.contains("/graph/release>"));
        facts.map(str::to_owned).collect()
    };
    let mut patched = dump(&workshop);
    workshop.write(
        "data/cities.csv",
        CITIES
            .replace("36000", "37000")
            .replace("irbit;revda", "irbit"),
    );
    workshop.write("ontology/terms.ttl", "<http://e/a> <http://e/b> \"e\" .\n");
    let expected = dump(&workshop);
    let patch = workshop
        .run(&["diff", "previous", "current", "--triples"])
        .exits(1);
    let lines: Vec<&str> = patch.stdout.lines().collect();
    assert_eq!(lines[2], "TX .");
    assert_eq!(lines.last(), Some(&"TC ."));
    for line in &lines[3..lines.len() - 1] {
        match line.split_at(2) {
            ("D ", quad) => assert!(patched.remove(quad), "{line}"),
            ("A ", quad) => assert!(patched.insert(quad.to_owned()), "{line}"),
            _ => panic!("{line}"),
        }
    }
    assert_eq!(patched, expected);
}

#[test]
fn a_git_revision_and_the_working_folder() {
    let workshop = Workshop::empty();
    for (name, text) in [
        ("csv-metadata.json", METADATA),
        ("regions.csv", REGIONS),
        ("cities.csv", CITIES),
    ] {
        workshop.write(&format!("project/data/{name}"), text);
    }
    let git = |arguments: &[&str]| {
        let output = child("git")
            .current_dir(workshop.path(""))
            .args([
                "-c",
                "user.name=Tester",
                "-c",
                "user.email=tester@example.org",
            ])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?} {output:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "First"]);
    workshop.write("project/data/cities.csv", CITIES.replace("36000", "37000"));
    let diff = [
        "--project",
        "project",
        "diff",
        "HEAD",
        "project",
        "--format",
        "json",
    ];
    let run = workshop.run(&diff).exits(1);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["tables"][0]["rows"][0]["cells"][0]["new"], "37000");
    // The index of the repository is untouched.
    git(&["commit", "--quiet", "-a", "-m", "Second"]);
    workshop.run(&diff).exits(0);
    // Where git does not answer, its reason is told.
    for (name, value, reason) in [
        // As if the repository were another user's, for git's own tests. What git says is git's.
        ("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1", "dubious ownership"),
        ("PATH", "", "could not run it"),
    ] {
        let output = program(&workshop.path(""))
            .args(diff)
            .env(name, value)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(reason), "{said}");
    }
}

#[test]
fn what_cannot_be_compared() {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    let runs = ["nothing", "--output=x", "previous"]
        .map(|name| workshop.run(&["diff", "current", "--", name]).exits(2));
    assert_shown!(runs);
    workshop.write("wrong.ttl", "<a> <b> \n");
    let run = workshop.run(&["diff", "wrong.ttl", "current"]).exits(2);
    assert_shown!(run, @"
    $ diff wrong.ttl current
    ---- stderr
    error[CG0809] wrong.ttl:2:1: the dump cannot be read: Unexpected end
    ---- exit code 2
    ");
    workshop.write("data/csv-metadata.json", "{");
    let run = workshop.run(&["diff", ".", "current"]).exits(2);
    assert_shown!(run, @"
    $ diff . current
    ---- stderr
    in `.`:
    error[CG0301] data/csv-metadata.json:1:1: unterminated object
              rule | invalid JSON (tabular-metadata §5), see `civigraph explain CG0301`
    found 1 error in 1 file
    error: not compared: the metadata of `.` has errors
    ---- exit code 2
    ");
}

#[test]
fn what_nests_too_deep() {
    let workshop = Workshop::project();
    let triples = |depth: usize| {
        let (open, close) = ("<<( :a :b ".repeat(depth), " )>>".repeat(depth));
        format!("@prefix : <https://example.org/> .\n:s :p {open}:c{close} .\n")
    };
    let object = r#"{"@id": "https://example.org/a", "https://example.org/p": "#;
    let objects = |depth: usize| format!("{}1{}", object.repeat(depth), "}".repeat(depth));
    let runs = [
        ("triples.ttl", triples(400), 0),
        ("deep.ttl", triples(100_000), 2),
        ("objects.jsonld", objects(400), 0),
        ("deep.jsonld", objects(5_000), 2),
    ]
    .map(|(name, text, code)| {
        workshop.write(name, text);
        workshop.run(&["diff", name, name]).exits(code)
    });
    assert_shown!(runs);
    workshop.write("ontology/deep.ttl", triples(100_000));
    let run = workshop.run(&["build"]).exits(1);
    assert_shown!(run, @"
    $ build
    ---- stderr
    error[CG0809] ./ontology/deep.ttl:2:5008: this Turtle cannot be read: it nests deeper than 500 levels
              rule | Turtle syntax error (RDF 1.1 Turtle), see `civigraph explain CG0809`
    found 1 error in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
    workshop.write("ontology/deep.ttl", "");
    workshop.write("ontology/shapes-deep.ttl", triples(100_000));
    let run = workshop.run(&["check"]).exits(1);
    assert_shown!(run, @"
    $ check
    ---- stderr
    error[CG0809] ./ontology/shapes-deep.ttl:2:5008: this Turtle cannot be read: it nests deeper than 500 levels
              rule | Turtle syntax error (RDF 1.1 Turtle), see `civigraph explain CG0809`
    found 1 error in 1 file
    ---- exit code 1
    ");
}

#[test]
fn a_dump_with_nodes_too_much_alike_is_the_same_as_itself() {
    let workshop = Workshop::empty();
    let items = "0 ".repeat(2_000);
    let list = format!("<https://example.org/a> <https://example.org/list> ({items}) .\n");
    workshop.write("list.ttl", list);
    workshop.run(&["diff", "list.ttl", "list.ttl"]).exits(0);
}

#[test]
fn what_looks_the_same_is_shown_apart() {
    let workshop = folders(CITIES);
    let changed = REGIONS.replace("Samara Oblast", "Samara\u{a0}Oblast");
    workshop.write("new/data/regions.csv", changed);
    let run = workshop.run(&["diff", "old", "new"]).exits(1);
    assert_shown!(run, @r"
    $ diff old new
    ┌────────────────┬─────────┬──────────┬───────────────┬────────────────────────────────────────────────────────────────────────────────┐
    │ where          ┆ what    ┆ property ┆ old           ┆ new                                                                            │
    ╞════════════════╪═════════╪══════════╪═══════════════╪════════════════════════════════════════════════════════════════════════════════╡
    │ regions samara ┆ changed ┆ label    ┆ Samara Oblast ┆ Samara\u{a0}Oblast (they look the same, but here is a no-break space (U+00A0)) │
    └────────────────┴─────────┴──────────┴───────────────┴────────────────────────────────────────────────────────────────────────────────┘
    ---- stderr
    quads: 1 new, 1 gone
    ---- exit code 1
    ");
}

/// A project with errors has no graph; its tables can be compared all the same.
#[test]
fn rows_are_compared_where_a_side_has_errors() {
    let workshop = folders(&CITIES.replace("36000", "many"));
    let run = workshop.run(&["diff", "old", "new"]).exits(1);
    assert_shown!(run, @"
    $ diff old new
    ┌──────────────┬─────────┬──────────┬───────┬──────┐
    │ where        ┆ what    ┆ property ┆ old   ┆ new  │
    ╞══════════════╪═════════╪══════════╪═══════╪══════╡
    │ cities irbit ┆ changed ┆ people   ┆ 36000 ┆ many │
    └──────────────┴─────────┴──────────┴───────┴──────┘
    ---- stderr
    in `new`:
    error[CG0402] new/data/cities.csv:2:24: the cell is not a value of its datatype
                D2 | many  column `people`
          expected | a whole number
              rule | cell does not match its datatype (tabular-data-model §6.4), see `civigraph explain CG0402`
    found 1 error in 1 file
    1 table differs
    only tables were compared, not the graphs: `new` has 1 error
    ---- exit code 1
    ");
    let found = differs(&workshop, "new", "old");
    assert_eq!(found["old_errors"], 1);
    assert!(found.get("new_errors").is_none(), "{found:#}");
    assert!(
        found["added"].is_null() && found["removed"].is_null(),
        "{found:#}"
    );
    let cell = &found["tables"][0]["rows"][0]["cells"][0];
    assert_eq!(
        (&cell["old"], &cell["new"]),
        (&"many".into(), &"36000".into())
    );
    // The graphs are not known to be the same.
    workshop.run(&["diff", "new", "new"]).exits(1);
    let run = workshop.run(&["diff", "old", "new", "--triples"]).exits(2);
    assert_shown!(run, @"
    $ diff old new --triples
    ---- stderr
    in `new`:
    error[CG0402] new/data/cities.csv:2:24: the cell is not a value of its datatype
                D2 | many  column `people`
          expected | a whole number
              rule | cell does not match its datatype (tabular-data-model §6.4), see `civigraph explain CG0402`
    found 1 error in 1 file
    error: there is no patch: `new` has 1 error
    ---- exit code 2
    ");
}

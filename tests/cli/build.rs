//! Builds and dumps of a project: the same bytes, wherever and however it is built.

use super::workshop::{Workshop, assert_shown};

/// The dump of a project after a build with these arguments.
#[track_caller]
fn dump(workshop: &Workshop, arguments: &[&str]) -> String {
    let build: Vec<&str> = [&["build"], arguments].concat();
    workshop.run(&build).exits(0);
    let dump = workshop.run(&["export", "--graph", "all", "--format", "nquads"]);
    dump.exits(0).stdout
}

#[test]
fn the_same_bytes_in_another_folder_and_with_other_threads() {
    let one = dump(&Workshop::project(), &["--threads", "1"]);
    let two = dump(&Workshop::project(), &["--threads", "2"]);
    assert!(one.contains("<https://example.org/id/city/irbit>"));
    assert_eq!(one, two);
}

#[test]
fn the_order_of_tables_does_not_matter() {
    let workshop = Workshop::project();
    let before = dump(&workshop, &[]);
    let metadata = std::fs::read(workshop.path("data/csv-metadata.json")).unwrap();
    let mut metadata: serde_json::Value = serde_json::from_slice(&metadata).unwrap();
    metadata["tables"].as_array_mut().unwrap().reverse();
    workshop.write("data/csv-metadata.json", metadata.to_string());
    let after = dump(&workshop, &[]);
    // The digest of the metadata file itself differs, and the release graph states it.
    let facts = |dump: &str| -> Vec<String> {
        dump.lines()
            .filter(|line| !line.contains("/graph/release>"))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(facts(&before), facts(&after));
}

#[test]
fn from_another_folder() {
    let workshop = Workshop::empty();
    let project = Workshop::project();
    let folder = project.path("");
    let folder = folder.to_str().unwrap();
    workshop
        .run(&["build", "--project", folder, "--store", "my-store"])
        .exits(0);
    workshop.run(&["verify", "--store", "my-store"]).exits(0);
    project.write("data/cities.csv", "id\n");
    let run = workshop.run(&["check", "--project", folder]).exits(1);
    assert_shown!(run, @"
    $ check --project FOLDER/
    ---- stderr
    error[CG0350] FOLDER/data/cities.csv:1:1: the file has another number of columns than its schema
                A1 | 1 column  column `id`
          expected | 6 columns, as FOLDER/data/csv-metadata.json:18 says
              rule | wrong number of columns (tabular-metadata §5.5.1), see `civigraph explain CG0350`
    found 1 error in 1 file
    ---- exit code 1
    ");
}

#[test]
fn a_build_ends_with_what_is_in_it_and_what_to_try() {
    let run = Workshop::project().run(&["build"]).exits(0);
    assert_shown!(run);
}

#[test]
fn quiet_says_nothing() {
    let run = Workshop::project().run(&["build", "--quiet"]).exits(0);
    assert_eq!(run.stderr, "");
}

#[test]
fn dumps_by_name() {
    let workshop = Workshop::project();
    workshop.run(&["build"]).exits(0);
    for (name, media_type, compressed) in [
        ("a.ttl", "text/turtle", None),
        ("a.nt", "application/n-triples", None),
        ("a.nq", "application/n-quads", None),
        ("a.trig", "application/trig", None),
        ("a.rdf", "application/rdf+xml", None),
        ("a.jsonld", "application/ld+json", None),
        ("a.ttl.gz", "text/turtle", Some("application/gzip")),
        ("a.nq.zst", "application/n-quads", Some("application/zstd")),
    ] {
        workshop.run(&["export", "-o", name]).exits(0);
        assert!(workshop.path(name).exists(), "{name}");
        let manifest = workshop.path(&format!("{name}.manifest.ttl"));
        let manifest = std::fs::read_to_string(manifest).unwrap();
        let registered = |property: &str, media_type: &str| {
            let start = "http://www.iana.org/assignments/media-types";
            format!("dcat:{property} <{start}/{media_type}>")
        };
        let media_type = registered("mediaType", media_type);
        // The rest of the manifest has times, sizes and digests.
        assert!(manifest.contains(&media_type), "{name}: {manifest}");
        let compressed = compressed.map(|compressed| registered("compressFormat", compressed));
        assert!(
            match &compressed {
                Some(compressed) => manifest.contains(compressed),
                None => !manifest.contains("compressFormat"),
            },
            "{name}: {manifest}"
        );
    }
    let run = workshop.run(&["export", "-o", "a.doc"]).exits(2);
    assert_shown!(run, @"
    $ export -o a.doc
    ---- stderr
    error[CG0810]: no such format: `doc`
    expected: turtle, ntriples, nquads, trig, rdfxml, jsonld
    hint: `--format csv -o DIR` writes tables to a folder
    ---- exit code 2
    ");
    let run = workshop.run(&["export", "--graph", "clams"]).exits(2);
    assert_shown!(run, @"
    $ export --graph clams
    ---- stderr
    error[CG0811] command line: no such graph: `clams`
    expected: default, release
    ---- exit code 2
    ");
}

/// A project with a list of 20,000 equal items in a cell and in the ontology, and a row beside it.
fn lists_of_equal_items(beside: &str) -> Workshop {
    let workshop = Workshop::empty();
    workshop.write(
        "data/csv-metadata.json",
        r#"{"@context": "http://www.w3.org/ns/csvw", "url": "lists.csv", "tableSchema": {
            "aboutUrl": "https://example.org/{id}",
            "columns": [{"titles": "id"}, {"titles": "list", "separator": ";", "ordered": true}]}}"#,
    );
    rewrite_list(&workshop, beside);
    let items = "0 ".repeat(20_000);
    let list = format!("<https://example.org/a> <https://example.org/list> ({items}) .\n");
    workshop.write("ontology/list.ttl", list);
    workshop
}

fn rewrite_list(workshop: &Workshop, beside: &str) {
    let items = vec!["0"; 20_000].join(";");
    let table = format!("id,list\na,{items}\nb,{beside}\n");
    workshop.write("data/lists.csv", table);
}

#[test]
fn lists_of_equal_items_keep_the_labels_of_their_rows() {
    let workshop = lists_of_equal_items("1;2");
    let before = dump(&workshop, &["--threads", "1"]);
    assert_eq!(before.matches("ns#first> \"0\"").count(), 40_000);
    assert!(before.contains("sorted-nquads"), "it has a canonical hash");
    let again = lists_of_equal_items("1;2");
    assert!(before == dump(&again, &["--threads", "2"]));

    rewrite_list(&workshop, "3");
    let changed = dump(&workshop, &[]);
    assert!(before != changed);
    assert!(changed == dump(&lists_of_equal_items("3"), &[]));
    // Not a list of equal items any more.
    workshop.write("ontology/list.ttl", "");
    workshop.write("data/lists.csv", "id,list\na,0;0\n");
    assert!(dump(&workshop, &[]).contains("_:c14n0"));
}

//! The page that a new project starts with.

use crate::scaffold::{File, Scaffold};
use serde_json::Value;
use std::fmt::Write as _;

/// `README.md`, for people who work with the project at a terminal. `metadata` is the text of the project's.
pub(super) fn file(scaffold: &Scaffold, metadata: &str) -> File {
    let metadata = serde_json::from_str(metadata).unwrap_or_default();
    File {
        path: "README.md".into(),
        text: write(scaffold, &metadata),
    }
}

fn write(scaffold: &Scaffold, metadata: &Value) -> String {
    let mut out = format!(
        "\
# {}

A knowledge graph made with Civigraph: tables in `data/`, what they mean in
`data/csv-metadata.json` and `ontology/`, questions in `queries/`.

| table | its things |
|---|---|
",
        scaffold.title
    );
    for table in metadata["tables"].as_array().into_iter().flatten() {
        let about = table["tableSchema"]["aboutUrl"]
            .as_str()
            .unwrap_or_default();
        let url = table["url"].as_str().unwrap_or_default();
        let _ = writeln!(out, "| `data/{url}` | `{about}` |");
    }
    out.push_str(
        "
Edit the tables, then:

```console
$ civigraph check            # what is wrong, down to the cell
$ civigraph build            # publish what is right
$ civigraph list             # what is in the graph
$ civigraph query classes    # a stored query
$ civigraph export -o graph.ttl
```

Before the first build is published elsewhere: read the comments in `data/csv-metadata.json` and delete those that are
settled, and put labels and definitions into `ontology/terms.ttl`.
",
    );
    if scaffold.claims {
        out.push_str(
            "
What a source says goes into `data/claims.csv`: a claim names a cell by table, row and column, and its evidence.
`civigraph evidence register FILE` adds a document, `civigraph evidence add` a span of it. What no source states is a row of
`data/gaps.csv`. `civigraph suggest duplicates` lists what may be one thing, and a row of `data/merges.csv` decides.
",
        );
    }
    out
}

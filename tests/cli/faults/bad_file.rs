//! One bad file among many: nothing of the new build is seen.

use super::{dump, litter};
use crate::cli::workshop::Workshop;

/// Tables of the project.
const TABLES: usize = 50;

/// A project of many tables with a row each.
fn workshop() -> Workshop {
    let workshop = Workshop::empty();
    let tables: Vec<String> = (0..TABLES)
        .map(|table| {
            format!(
                r#"{{ "url": "t{table}.csv", "tableSchema": {{
                    "aboutUrl": "https://example.org/id/thing/{table}-{{id}}", "primaryKey": "id",
                    "columns": [
                        {{ "name": "id", "titles": "id", "required": true, "suppressOutput": true }},
                        {{ "name": "n", "titles": "n", "datatype": "integer",
                           "propertyUrl": "https://example.org/ns#n" }} ] }} }}"#
            )
        })
        .collect();
    let metadata = format!(
        r#"{{ "@context": "http://www.w3.org/ns/csvw",
              "https://w3id.org/civigraph/csvw#base": "https://example.org/",
              "tables": [ {} ] }}"#,
        tables.join(",\n")
    );
    workshop.write("data/csv-metadata.json", metadata);
    for table in 0..TABLES {
        workshop.write(&format!("data/t{table}.csv"), "id,n\na,1\n");
    }
    workshop
}

#[test]
fn one_bad_file_among_fifty_at_each_position() {
    let workshop = workshop();
    workshop.run(&["build", "--quiet"]).exits(0);
    let before = dump(&workshop);
    assert_eq!(before.lines().count(), TABLES);
    let builds = || {
        std::fs::read_dir(workshop.path(".civigraph/builds"))
            .unwrap()
            .count()
    };
    // All tables are new, and one of them is bad in a way of its own.
    let bad: [&[u8]; 5] = [
        b"id,n\na,one\n",
        b"id,n\na,2\na,2\n",
        b"id,n\na,\"2\n",
        b"id,n\n\xff,2\n",
        b"id,m\na,2\n",
    ];
    for table in 0..TABLES {
        workshop.write(&format!("data/t{table}.csv"), "id,n\na,2\n");
    }
    for table in 0..TABLES {
        let name = format!("data/t{table}.csv");
        workshop.write(&name, bad[table % bad.len()]);
        for way in [&["build"][..], &["build", "--full"]] {
            let run = workshop.run(way).exits(1);
            // A hundred reports of five kinds, each compared elsewhere.
            assert!(run.stderr.contains(&name), "{name}:\n{}", run.stderr);
            assert_eq!(dump(&workshop), before, "{name}");
        }
        assert_eq!(builds(), 1, "{name}");
        assert_eq!(litter(&workshop), Vec::<String>::new(), "{name}");
        workshop.write(&name, "id,n\na,2\n");
    }
    // A file that is not there is no finding in the data, and as bad.
    std::fs::remove_file(workshop.path("data/t49.csv")).unwrap();
    workshop.run(&["build"]).exits(2);
    assert_eq!(dump(&workshop), before);
    workshop.write("data/t49.csv", "id,n\na,2\n");
    workshop.run(&["build", "--quiet"]).exits(0);
    assert_eq!(dump(&workshop), before.replace("\"1\"", "\"2\""));
}

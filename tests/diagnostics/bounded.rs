//! A report stays readable however much is wrong.

use crate::cli::workshop::Workshop;

const ROWS: usize = 3_000;

/// A table with ten columns, each cell of which is wrong.
fn wrong_everywhere() -> Workshop {
    let workshop = Workshop::empty();
    let names: Vec<String> = (0..10).map(|column| format!("c{column}")).collect();
    let columns: Vec<String> = names
        .iter()
        .map(|name| format!(r#"{{"titles": "{name}", "name": "{name}", "datatype": "integer"}}"#))
        .collect();
    workshop.write(
        "wrong.csv-metadata.json",
        format!(
            r#"{{"@context": "http://www.w3.org/ns/csvw", "url": "wrong.csv",
                "tableSchema": {{"primaryKey": "c0", "columns": [{}]}}}}"#,
            columns.join(",")
        ),
    );
    let row = vec!["x"; names.len()].join(",");
    let rows = format!("{row}\n").repeat(ROWS);
    workshop.write("wrong.csv", format!("{}\n{rows}", names.join(",")));
    workshop
}

#[test]
fn a_table_wrong_in_every_cell() {
    let workshop = wrong_everywhere();
    let short = workshop.run(&["check", "wrong.csv"]).exits(1).stderr;
    let lines = short.lines().count();
    assert!((20..200).contains(&lines), "{lines} lines:\n{short}");
    for column in 0..10 {
        let more = format!("more like these in column `c{column}`");
        assert!(short.contains(&more), "{more}\n{short}");
    }
    // Every cell, and every row but the first as a duplicate.
    let total = format!("found {} errors in 1 file", ROWS * 10 + ROWS - 1);
    assert!(short.contains(&total), "{short}");

    let all = workshop.run(&["check", "wrong.csv", "--all"]).exits(1);
    let errors = all.stderr.lines().filter(|line| line.starts_with("error["));
    assert_eq!(errors.count(), ROWS * 10 + ROWS - 1);
    assert!(all.stderr.contains(&format!("J{} | x", ROWS + 1)));
}

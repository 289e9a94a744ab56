//! `civigraph export --format csv`: the tables come back out of the graph.

use super::workshop::{CITIES, Workshop, assert_shown, gunzip, gzip, unzstd, zstd};
use std::path::Path;

/// The CSV files of a folder, with their bytes.
fn tables(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut tables: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(&path).unwrap())
        })
        .collect();
    tables.sort();
    tables
}

/// Demands that the tables come out of the graph as `civigraph fmt` writes them.
#[track_caller]
fn comes_back(workshop: &Workshop) {
    workshop.run(&["build"]).exits(0);
    workshop
        .run(&["export", "--format", "csv", "-o", "out"])
        .exits(0);
    workshop.run(&["fmt"]).exits(0);
    let written = tables(&workshop.path("out"));
    let expected = tables(&workshop.path("data"));
    for ((name, written), (_, expected)) in written.iter().zip(&expected) {
        assert_eq!(
            String::from_utf8_lossy(written),
            String::from_utf8_lossy(expected),
            "{name}"
        );
    }
    assert_eq!(written.len(), expected.len());
}

#[test]
fn the_small_project() {
    comes_back(&Workshop::project());
}

#[test]
fn every_shipped_table_whatever_its_form() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workshop = Workshop::empty();
    for folder in ["data", "ontology", "ontology/rules"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap().to_string_lossy();
                workshop.write(&format!("{folder}/{name}"), std::fs::read(&path).unwrap());
            }
        }
    }
    // As a spreadsheet saves them: everything in quotes, CRLF, a byte order mark, rows upside down.
    for (name, bytes) in tables(&workshop.path("data")) {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(bytes.as_slice());
        let mut records: Vec<_> = reader.records().map(Result::unwrap).collect();
        records.get_mut(1..).unwrap().reverse();
        let mut writer = csv::WriterBuilder::new()
            .quote_style(csv::QuoteStyle::Always)
            .terminator(csv::Terminator::CRLF)
            .from_writer("\u{FEFF}".as_bytes().to_vec());
        for record in &records {
            writer.write_record(record).unwrap();
        }
        workshop.write(&format!("data/{name}"), writer.into_inner().unwrap());
    }
    comes_back(&workshop);
}

#[test]
fn a_column_that_the_graph_has_not_is_named_and_nothing_written() {
    let workshop = Workshop::project();
    let metadata = std::fs::read_to_string(workshop.path("data/csv-metadata.json")).unwrap();
    let people = r#"{"name": "people", "titles": "people","#;
    let lost = metadata.replace(people, &format!(r#"{people} "suppressOutput": true,"#));
    assert_ne!(lost, metadata);
    workshop.write("data/csv-metadata.json", lost);
    workshop.run(&["build"]).exits(0);
    let run = workshop
        .run(&["export", "--format", "csv", "-o", "out"])
        .exits(1);
    assert_shown!(run, @"
    $ export --format csv -o out
    ---- stderr
    error[CG0821] data/csv-metadata.json:29:11: the graph does not hold the column `people`
              hint | let it yield a triple about the row, or use it in a template that does
              rule | column not in the graph, see `civigraph explain CG0821`
    found 1 error in 1 file
    nothing was written
    ---- exit code 1
    ");
    assert!(!workshop.path("out").exists());
    // Other metadata than that of the build would read the graph wrongly.
    workshop.write("data/csv-metadata.json", metadata);
    let run = workshop.run(&["export", "--format", "csv", "-o", "out"]);
    assert_shown!(run.exits(2), @"
    $ export --format csv -o out
    ---- stderr
    error: the metadata has changed since the graph was built with it
    hint: run `civigraph build`, or bring the metadata of that build back
    ---- exit code 2
    ");
}

#[test]
fn formulas_are_neutralised_where_asked() {
    let workshop = Workshop::project();
    workshop.write("data/regions.csv", "id,label\nsamara,=1+1\nsverdlovsk,S\n");
    workshop.run(&["build"]).exits(0);
    let export = ["export", "--format", "csv", "-o"];
    workshop
        .run(&[&export[..], &["faithful"]].concat())
        .exits(0);
    let safe = [&export[..], &["safe", "--profile", "spreadsheet"]].concat();
    workshop.run(&safe).exits(0);
    let read = |name: &str| std::fs::read_to_string(workshop.path(name)).unwrap();
    assert_eq!(
        read("faithful/regions.csv"),
        "id,label\nsamara,=1+1\nsverdlovsk,S\n"
    );
    assert_eq!(
        read("safe/regions.csv"),
        "id,label\nsamara,'=1+1\nsverdlovsk,S\n"
    );
    let runs = [
        &["export", "--profile", "spreadsheet"][..],
        &["export", "--format", "csv"],
    ]
    .map(|arguments| workshop.run(arguments).exits(2));
    assert_shown!(runs, @"
    $ export --profile spreadsheet
    ---- stderr
    error: `--profile` applies to `--format csv` only
    ---- exit code 2

    $ export --format csv
    ---- stderr
    error: tables are written to a folder
    hint: name it with `-o DIR`
    ---- exit code 2
    ");
}

/// A project of one table, with columns after an id that yields nothing itself.
fn one_table(columns: &str, table: &str) -> Workshop {
    let workshop = Workshop::empty();
    workshop.write(
        "data/csv-metadata.json",
        format!(
            r#"{{"@context": "http://www.w3.org/ns/csvw", "https://w3id.org/civigraph/csvw#base": "https://example.org/",
                "tables": [{{"url": "t.csv", "dialect": {{"commentPrefix": "%"}}, "tableSchema": {{
                  "aboutUrl": "https://example.org/id/t/{{id}}", "primaryKey": "id",
                  "columns": [{{"name": "id", "titles": "id", "suppressOutput": true}}, {columns}]}}}}]}}"#
        ),
    );
    workshop.write("data/t.csv", table);
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop
}

#[test]
fn what_leaves_nothing_in_the_graph_is_named_and_nothing_written() {
    let plain = r#"{"name": "v", "titles": "v"}"#;
    let list = r#"{"name": "v", "titles": "v", "separator": ";", "null": ["a", ""]}"#;
    let flag = r#"{"name": "v", "titles": "v", "datatype": "boolean"}"#;
    let mut runs = Vec::new();
    for (columns, table, code) in [
        (plain, "id,v\n1,x\n2,y\n", 0),
        (plain, "id,v\n1,x\n2,\n", 1),
        (list, "id,v\n1,a;a b;b\n", 1),
        (flag, "id,v\n1,true\n2,false\n", 0),
        (flag, "id,v\n1,1\n2,false\n", 1),
        (plain, "id,v\n%why\n1,x\n", 1),
    ] {
        let workshop = one_table(columns, table);
        let run = workshop.run(&["export", "--format", "csv", "-o", "out"]);
        runs.push(run.exits(code).noted(&format!("{table:?}")));
        assert_eq!(workshop.path("out").exists(), code == 0, "{table}");
    }
    assert_shown!(runs);
}

#[test]
fn tables_of_one_file_name_are_written_into_their_folders() {
    let workshop = Workshop::project();
    let metadata = std::fs::read_to_string(workshop.path("data/csv-metadata.json")).unwrap();
    let metadata = metadata.replace("cities.csv", "sub/regions.csv");
    workshop.write("data/csv-metadata.json", metadata);
    let cities = std::fs::read(workshop.path("data/cities.csv")).unwrap();
    workshop.write("data/sub/regions.csv", &cities);
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop
        .run(&["export", "--format", "csv", "-o", "out"])
        .exits(0);
    workshop.run(&["fmt"]).exits(0);
    for name in ["regions.csv", "sub/regions.csv"] {
        let read =
            |folder: &str| std::fs::read(workshop.path(&format!("{folder}/{name}"))).unwrap();
        assert_eq!(read("out"), read("data"), "{name}");
    }
}

/// Numbers come back with the separators, the groups and the signs of their formats.
#[test]
fn numbers_come_back_as_their_formats_have_them() {
    let columns = |format: &str| {
        format!(
            r#"{{"name": "v", "titles": "v", "datatype": {{"base": "decimal", "format": {format}}}}}"#
        )
    };
    let comma = r#"{"decimalChar": ",", "groupChar": " "}"#;
    for (format, cells) in [
        (comma, vec!["1,5", "-0,25", "1 234 567,80", "999"]),
        (
            r##"{"pattern": "#.##0,00", "decimalChar": ",", "groupChar": "."}"##,
            vec!["1.234,50", "0,00"],
        ),
        (r##""#,##0.##""##, vec!["36,000", "1,234,567.5"]),
        (r#""0.0%""#, vec!["12.5%", "0.0%", "100.0%"]),
        (r#""+0""#, vec!["+5", "-5"]),
    ] {
        let cell = |(id, cell): (usize, &&str)| format!("{id};{cell}\n");
        let rows: String = cells.iter().enumerate().map(cell).collect();
        let workshop = Workshop::empty();
        let columns = columns(format);
        workshop.write(
            "data/csv-metadata.json",
            format!(
                r#"{{"@context": "http://www.w3.org/ns/csvw", "https://w3id.org/civigraph/csvw#base": "https://example.org/",
                    "tables": [{{"url": "t.csv", "dialect": {{"delimiter": ";"}}, "tableSchema": {{
                      "aboutUrl": "https://example.org/id/t/{{id}}", "primaryKey": "id",
                      "columns": [{{"name": "id", "titles": "id", "suppressOutput": true}}, {columns}]}}}}]}}"#
            ),
        );
        workshop.write("data/t.csv", format!("id;v\n{rows}"));
        comes_back(&workshop);
    }
    // Where groups are a matter of taste, the column is named.
    let columns = columns(comma);
    let workshop = one_table(&columns, "id,v\n1,1000\n2,1 000\n");
    let run = workshop
        .run(&["export", "--format", "csv", "-o", "out"])
        .exits(1);
    assert_shown!(run, @"
    $ export --format csv -o out
    ---- stderr
    error[CG0822] data/csv-metadata.json:4:87: the graph does not hold the written form of 1 cell in the column `v` of `t`
             found | 1 000
          expected | 1000
              hint | say which numbers have groups by a `pattern` such as `#,##0.##` in the `format`
              rule | written form not in the graph, see `civigraph explain CG0822`
    found 1 error in 1 file
    nothing was written
    ---- exit code 1
    ");
}

/// A table that is compressed in the project is compressed in the export.
#[test]
fn a_compressed_table_comes_back_compressed() {
    let mut runs = Vec::new();
    for (name, compress, unpack) in [
        (
            "cities.csv.gz",
            gzip as fn(&[u8]) -> Vec<u8>,
            gunzip as fn(&[u8]) -> Vec<u8>,
        ),
        ("cities.csv.zst", zstd, unzstd),
    ] {
        let workshop = Workshop::project();
        let metadata = std::fs::read_to_string(workshop.path("data/csv-metadata.json")).unwrap();
        workshop.write(
            "data/csv-metadata.json",
            metadata.replace("cities.csv", name),
        );
        std::fs::remove_file(workshop.path("data/cities.csv")).unwrap();
        let mut lines: Vec<&str> = CITIES.lines().collect();
        lines[1..].sort_unstable();
        let table = lines.join("\n") + "\n";
        workshop.write(&format!("data/{name}"), compress(table.as_bytes()));
        workshop.run(&["build", "--quiet"]).exits(0);
        let run = workshop
            .run(&["export", "--format", "csv", "-o", "out"])
            .exits(0);
        runs.push(run);
        let written = std::fs::read(workshop.path(&format!("out/{name}"))).unwrap();
        assert_eq!(String::from_utf8(unpack(&written)).unwrap(), table);
    }
    assert_shown!(runs, @"
    $ export --format csv -o out
    ---- stderr
    wrote 2 tables with 5 rows to out; 1 is identical to what the build read
    ---- exit code 0

    $ export --format csv -o out
    ---- stderr
    wrote 2 tables with 5 rows to out; 1 is identical to what the build read
    ---- exit code 0
    ");
}

//! What once went wrong in silence: tables and metadata that do not fit, said and not passed over.
//!
//! `tests/SILENT-FAILURES.md` lists the kinds, point by point, with the similar cases that were looked for.

use super::workshop::{Run, Workshop, assert_shown};

const CONTEXT: &str = r#""@context": "http://www.w3.org/ns/csvw""#;

/// Files, and what `check` or `convert` says of them.
fn workshop(files: &[(&str, &str)]) -> Workshop {
    let workshop = Workshop::empty();
    for (name, content) in files {
        workshop.write(name, content.replace("CONTEXT", CONTEXT));
    }
    workshop
}

/// Starts of lines that are findings.
fn findings(run: &Run) -> Vec<&str> {
    let is_finding = |line: &&str| {
        ["error[", "warning[", "note["]
            .iter()
            .any(|start| line.starts_with(start))
    };
    run.stderr.lines().filter(is_finding).collect()
}

fn codes(run: &Run) -> Vec<&str> {
    let lines = findings(run).into_iter();
    lines
        .filter_map(|line| line.split_once('[')?.1.split_once(']'))
        .map(|(code, _)| code)
        .collect()
}

const MINIMAL: &[&str] = &["convert", "--minimal", "--base", "http://ex.org/"];

fn convert(workshop: &Workshop, arguments: &[&str]) -> Run {
    workshop.run(&[MINIMAL, arguments].concat())
}

// 1. One identity, one comparison.

#[test]
fn a_file_is_one_file_in_every_spelling() {
    for (file, written) in [
        ("cities (1).csv", "cities%20%281%29.csv"),
        ("cities (1).csv", "cities (1).csv"),
        (
            "a+b & c's, =@;$!*.csv",
            "a%2Bb%20%26%20c%27s%2C%20%3D%40%3B%24%21%2A.csv",
        ),
        ("x:y.csv", "./x%3Ay.csv"),
        ("Отчёт 100% #3.csv", "Отчёт 100%25 %233.csv"),
        ("100%.csv", "100%.csv"),
    ] {
        let metadata = format!(
            r##"{{CONTEXT, "url": "{written}", "tableSchema": {{"aboutUrl": "#{{id}}",
            "columns": [{{"titles": "id", "name": "id", "datatype": "integer"}}]}}}}"##
        );
        for place in [
            format!("{file}-metadata.json"),
            "csv-metadata.json".to_owned(),
        ] {
            let workshop = workshop(&[(file, "id\nx\n"), (&place, &metadata)]);
            // Only where the metadata is used the cell is wrong.
            let run = workshop.run(&["check", file]).exits(1);
            assert_eq!(codes(&run), ["CG0402"], "{file} {written}\n{}", run.stderr);
            let run = workshop.run(&["check", &place]).exits(1);
            assert_eq!(codes(&run), ["CG0402"], "{file} {written}");
        }
    }
}

#[test]
fn a_file_gives_the_same_iris_in_every_spelling() {
    for written in ["a%20%281%29.csv", "a (1).csv", "a%20(1).csv"] {
        let metadata = format!(r#"{{CONTEXT, "url": "{written}"}}"#);
        let workshop = workshop(&[("a (1).csv", "id\nx\n"), ("m.json", &metadata)]);
        let bare = convert(&workshop, &["a (1).csv"]).exits(0).stdout;
        assert_eq!(bare, "_:t0s1 <http://ex.org/a%20(1).csv#id> \"x\" .\n");
        assert_eq!(convert(&workshop, &["m.json"]).exits(0).stdout, bare);
    }
}

#[test]
fn what_init_writes_is_found() {
    let workshop = Workshop::empty();
    for name in ["cities (1).csv", "a+b & c's, =@;$!*.csv", "100% #3?.csv"] {
        workshop.write(name, "id,v\n1,a\n");
        workshop.run(&["init", name]).exits(0);
        let run = workshop.run(&["check", name]).exits(0);
        assert_eq!(findings(&run), [""; 0], "{name}");
        workshop.write(name, "id,v\nx,a\n");
        workshop.run(&["check", name]).exits(1);
    }
}

// 2. Named metadata that does not fit.

#[test]
fn the_file_that_is_named_is_checked_or_nothing() {
    let workshop = workshop(&[
        ("data.csv", "id\n1\n"),
        ("alternate.csv", "id\n7\n"),
        (
            "data.csv-metadata.json",
            r#"{CONTEXT, "url": "data.csv", "tableSchema": {"columns": [{"titles": "id", "name": "id"}]}}"#,
        ),
        (
            "nourl.json",
            r##"{CONTEXT, "tableSchema": {"columns": [{"titles": "id", "name": "id", "datatype": "integer"}], "aboutUrl": "#{id}"}}"##,
        ),
        (
            "schema.json",
            r##"{"columns": [{"titles": "id", "name": "id", "datatype": "integer"}], "aboutUrl": "#{id}"}"##,
        ),
    ]);
    let runs = ["check", "convert"].map(|command| {
        let arguments = [
            command,
            "alternate.csv",
            "--metadata",
            "data.csv-metadata.json",
        ];
        workshop.run(&arguments).exits(2)
    });
    assert_shown!(runs);
    for metadata in ["nourl.json", "schema.json"] {
        let run = convert(
            &workshop,
            &["alternate.csv", "data.csv", "--metadata", metadata],
        )
        .exits(0);
        let expected = ["7", "1"].map(|id| {
            let file = if id == "7" { "alternate" } else { "data" };
            format!(
                "<http://ex.org/{file}.csv#{id}> <http://ex.org/{file}.csv#id> \
                 \"{id}\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n"
            )
        });
        assert_eq!(run.stdout, expected.concat());
    }
}

#[test]
fn a_base_is_named_where_it_is_why() {
    let workshop = workshop(&[
        ("age.csv", "code,label\n1,young\n"),
        (
            "map.json",
            r#"{"http://stat.ex/def/age.csv": "age.csv", "http://stat.ex/def/age.table.json": "age.table.json"}"#,
        ),
        (
            "age.table.json",
            r#"{"aboutUrl": "age/{code}", "columns": [{"titles": "code", "name": "code"},
            {"titles": "label", "name": "label", "propertyUrl": "rdfs:label"}]}"#,
        ),
        (
            "age.csv-metadata.json",
            r#"{"@context": ["http://www.w3.org/ns/csvw", {"@base": "http://stat.ex/def/"}],
            "url": "age.csv", "tableSchema": "age.table.json"}"#,
        ),
    ]);
    let run = workshop.run(&["check", "age.csv-metadata.json"]).exits(2);
    assert_shown!(run, @"
    $ check age.csv-metadata.json
    ---- stderr
    error[CG0341] age.csv-metadata.json:2:46: could not read the schema: it is on the web and was not asked for
             found | http://stat.ex/def/age.table.json
              hint | nothing is fetched from the network without `--allow-fetch`; `--catalog FILE` maps URLs to local files
              rule | metadata not found (tabular-metadata §6), see `civigraph explain CG0341`
    error[CG0101] age.csv-metadata.json:1:1: could not read the table: it is on the web and was not asked for
             found | http://stat.ex/def/age.csv
              hint | URLs start with the `@base` of the metadata, http://stat.ex/def/; nothing is fetched from the network without `--allow-fetch`; `--catalog FILE` maps URLs to local files
              rule | unreadable file, see `civigraph explain CG0101`
    found 2 errors in 1 file
    error: not everything was checked: a file could not be read
    ---- exit code 2
    ");
    let run = convert(&workshop, &["age.csv"]).exits(0);
    assert_shown!(run, @r#"
    $ convert --minimal --base http://ex.org/ age.csv
    _:t0s1 <http://ex.org/age.csv#code> "1" .
    _:t0s1 <http://ex.org/age.csv#label> "young" .
    ---- stderr
    warning[CG0340] age.csv-metadata.json:1:1: this metadata is ignored: it has no table with the URL of age.csv
             found | http://stat.ex/def/age.csv
          expected | http://ex.org/age.csv
              hint | `@base` of the metadata is http://stat.ex/def/; `--catalog FILE` says which file a URL means
              rule | metadata does not describe the file (tabular-data-model §5), see `civigraph explain CG0340`
    found 1 warning in 1 file
    ---- exit code 0
    "#);
    // The plain map that the help describes.
    let run = convert(
        &workshop,
        &["age.csv-metadata.json", "--catalog", "map.json"],
    )
    .exits(0);
    assert_eq!(
        run.stdout,
        "<http://stat.ex/def/age/1> <http://stat.ex/def/age.csv#code> \"1\" .\n\
         <http://stat.ex/def/age/1> <http://www.w3.org/2000/01/rdf-schema#label> \"young\" .\n"
    );
}

#[test]
fn metadata_that_is_none_says_so() {
    let runs = [
        "[]",
        r#"{CONTEXT, "tables": {"url": "h.csv"}}"#,
        r#"{CONTEXT, "url": "other.csv"}"#,
        r#"{CONTEXT, "tableSchema": {}}"#,
        "",
        "// c\n{}",
    ]
    .map(|metadata| {
        let workshop = workshop(&[("h.csv", "id\n1\n"), ("h.csv-metadata.json", metadata)]);
        workshop
            .run(&["check", "h.csv"])
            .noted(&format!("{metadata:?}"))
    });
    assert_shown!(runs);
}

// 3. and 9. The file as a whole.

#[test]
fn a_file_that_is_wrong_as_a_whole_is_one_finding() {
    let rows = |row: &str| format!("id,label,people\n{}", row.repeat(300));
    let metadata = |dialect: &str| {
        format!(
            r#"{{CONTEXT, "url": "t.csv"{dialect}, "tableSchema": {{"primaryKey": "id", "columns": [
            {{"titles": "id", "name": "id"}}, {{"titles": "label", "name": "label"}},
            {{"titles": "people", "name": "people", "datatype": "integer"}}]}}}}"#
        )
    };
    let encoded = |text: &str, label: &str| -> Vec<u8> {
        match label {
            "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            // What is needed of windows-1251.
            _ => text
                .chars()
                .map(|c| match u32::from(c) {
                    code @ 0x410..=0x44F => (code - 0x410 + 0xC0) as u8,
                    code => code as u8,
                })
                .collect(),
        }
    };
    let text = rows("a,Томск,1\n");
    for (content, dialect, code) in [
        (
            rows("<<<<<<< HEAD\na,b,x\n=======\na,c,1\n>>>>>>> x\n").into_bytes(),
            "",
            "CG0207",
        ),
        (
            text.clone().into_bytes(),
            r#", "dialect": {"encoding": "windows-1251"}"#,
            "CG0105",
        ),
        (encoded(&text, "windows-1251"), "", "CG0102"),
        (encoded(&text, "utf-16le"), "", "CG0102"),
        (rows("a,b,1\n").replace(',', ";").into_bytes(), "", "CG0350"),
        (
            b"key;name;count;year\n1;2;x;4\n1;2;x;4\n".repeat(50),
            r#", "dialect": {"delimiter": ";"}"#,
            "CG0351",
        ),
        (
            format!("key,name,count\n{}", "1,2,x\n".repeat(50)).into_bytes(),
            "",
            "CG0351",
        ),
    ] {
        let workshop = workshop(&[("t.csv-metadata.json", &metadata(dialect))]);
        workshop.write("t.csv", &content);
        let run = workshop.run(&["check", "t.csv", "--all"]).exits(1);
        let mut found = codes(&run);
        found.dedup();
        assert_eq!(found.first(), Some(&code), "{}", run.stderr);
        assert!(findings(&run).len() <= 4, "{}", run.stderr);
        if code == "CG0207" {
            workshop.run(&["fmt", "t.csv"]).exits(1);
            assert_eq!(std::fs::read(workshop.path("t.csv")).unwrap(), content);
        }
    }
}

#[test]
fn a_doubtful_encoding_is_doubted() {
    let workshop = workshop(&[(
        "t.csv-metadata.json",
        r#"{CONTEXT, "url": "t.csv", "dialect": {"encoding": "windows-1251"}}"#,
    )]);
    // KOI8-R.
    workshop.write(
        "t.csv",
        b"id,label\n1,\xF4\xCF\xCD\xD3\xCB\n2,\xE9\xD2\xCB\xD5\xD4\xD3\xCB\n",
    );
    let run = workshop.run(&["check", "t.csv"]).exits(0);
    assert_shown!(run, @"
    $ check t.csv
    ---- stderr
    warning[CG0106] t.csv:2:1: the text does not look like windows-1251: 2 of 2 words beyond ASCII
             found | фПНУЛ
              hint | in koi8-r it reads `Томск`
              rule | doubtful encoding (tabular-data-model §8), see `civigraph explain CG0106`
    found 1 warning in 1 file
    checked 2 rows: valid
    ---- exit code 0
    ");
}

// 10. Names from nowhere.

#[test]
fn a_misspelt_annotation_is_an_error() {
    let runs = [
        r#""cgw:base": "https://e.org/""#,
        r#""https://w3id.org/civigraph/csw#base": "https://e.org/""#,
        r#""https://w3id.org/civigraph/csvw#bse": "https://e.org/""#,
        r#""https://w3id.org/civigraph/csvw#base": "https://e.org/kb""#,
    ]
    .map(|annotation| {
        let metadata = format!(r#"{{CONTEXT, {annotation}, "tables": [{{"url": "t.csv"}}]}}"#);
        let workshop = workshop(&[("m.json", &metadata), ("t.csv", "id\n1\n")]);
        workshop.run(&["check", "m.json"]).exits(1)
    });
    assert_shown!(runs);
}

#[test]
fn a_prefix_that_nothing_declares_is_shown_whole() {
    let workshop = workshop(&[
        (
            "data/csv-metadata.json",
            r#"{CONTEXT, "https://w3id.org/civigraph/csvw#base": "https://e.org/", "tables": [{"url": "t.csv", "tableSchema": {"columns": [
            {"titles": "a", "name": "a", "propertyUrl": "bib:born"}]}}]}"#,
        ),
        ("data/t.csv", "a\n1\n"),
        (
            "ontology/o.ttl",
            "@prefix bib: <https://bib.example/terms#> .\n",
        ),
    ]);
    let run = workshop.run(&["check"]).exits(0);
    assert_shown!(run, @"
    $ check
    ---- stderr
    warning[CG0331] data/csv-metadata.json:2:57: nothing declares the prefix `bib`, so the IRI is `bib:born` as written
              hint | write the whole IRI: `https://bib.example/terms#born`
              rule | undeclared prefix (tabular-metadata §5.2), see `civigraph explain CG0331`
    found 1 warning in 1 file
    checked 1 row: valid
    ---- exit code 0
    ");
}

#[test]
fn things_outside_the_base_are_found() {
    let workshop = workshop(&[
        (
            "data/csv-metadata.json",
            r#"{CONTEXT, "https://w3id.org/civigraph/csvw#base": "https://e.org/", "tables": [{"url": "t.csv", "tableSchema": {
            "aboutUrl": "http://towns.example/town/{id}", "columns": [{"titles": "id", "name": "id"},
            {"titles": "label", "name": "label", "propertyUrl": "rdfs:label"}]}}]}"#,
        ),
        ("data/t.csv", "id,label\nirbit,Irbit\ntara,Tara\n"),
    ]);
    workshop.run(&["build"]).exits(0);
    let run = workshop.run(&["list", "things"]).exits(0);
    assert_eq!(run.stdout, "kind\tcount\ntown:\t2\n");
    let runs =
        ["irbit", "town:irbit", "Irbit"].map(|name| workshop.run(&["describe", name]).exits(0));
    assert_shown!(runs);
}

#[test]
fn things_without_a_kind_are_found() {
    let workshop = workshop(&[
        (
            "data/csv-metadata.json",
            r#"{CONTEXT, "https://w3id.org/civigraph/csvw#base": "https://e.org/", "tables": [{"url": "t.csv", "tableSchema": {
            "aboutUrl": "https://e.org/id/{id}", "columns": [{"titles": "id", "name": "id"},
            {"titles": "label", "name": "label", "propertyUrl": "rdfs:label"}]}}]}"#,
        ),
        ("data/t.csv", "id,label\nirbit,Irbit\ntara,Tara\n"),
    ]);
    workshop.run(&["build"]).exits(0);
    let run = workshop.run(&["list", "things"]).exits(0);
    assert_eq!(run.stdout, "kind\tcount\nid:\t2\n");
    let runs =
        ["irbit", "id:irbit", "Irbit"].map(|name| workshop.run(&["describe", name]).exits(0));
    assert_shown!(runs);
    let run = workshop.run(&["list", "id"]).exits(0);
    assert_shown!(run, @"
    $ list id
    thing	label
    id:irbit	Irbit
    id:tara	Tara
    ---- exit code 0
    ");
}

// 11. Files of a project that nobody reads.

#[test]
fn what_nobody_reads_is_said_by_check_and_list() {
    let workshop = Workshop::project();
    for (name, content) in [
        ("data/readers.csv", "id\n1\n"),
        ("data/readers.csv-metadata.json", "{}"),
        (
            "ontology/my-shapes.ttl",
            "<http://e/S> a <http://www.w3.org/ns/shacl#NodeShape> .",
        ),
        ("queries/old.sparql", "SELECT * {}"),
        (
            "queries/typed.rq",
            "# titel: X\n# param: x integr\nSELECT * { ?s ?p ?x }",
        ),
        ("queries/broken.rq", "SELECT * { ?s ?p }"),
        (
            "queries/unused.rq",
            "# param: y integer\nSELECT * { ?s ?p ?x }",
        ),
    ] {
        workshop.write(name, content);
    }
    let run = workshop.run(&["check", "--all"]).exits(1);
    assert_shown!(run);
    let workshop = Workshop::project();
    workshop.write("data/readers.csv", "id\n1\n");
    workshop.run(&["build"]).exits(0);
    let run = workshop.run(&["list", "tables"]).exits(0);
    assert_shown!(run, @"
    $ list tables
    table	rows	bytes	sha256
    data/cities.csv	3	172	DIGEST
    data/regions.csv	2	59	DIGEST
    ---- stderr
    warning[CG0107] data/readers.csv: no table of the metadata has this file
              hint | add a table with its `url` to the metadata, or move the file away
              rule | file that nothing reads, see `civigraph explain CG0107`
    found 1 warning in 1 file
    ---- exit code 0
    ");
}

// 14. Metadata as it is in the wild.

#[test]
fn columns_without_titles_are_one_finding_behind_those_of_the_data() {
    let columns: Vec<String> = (0..40).map(|i| format!(r#"{{"name": "c{i}"}}"#)).collect();
    let header: Vec<String> = (0..40).map(|i| format!("c{i}")).collect();
    let metadata = format!(
        r#"{{CONTEXT, "url": "t.csv", "tableSchema": {{"columns": [{}], "primaryKey": "c0"}}}}"#,
        columns.join(",")
    );
    let row = vec!["1"; 40].join(",");
    let table = format!("{}\n{row}\n{row}\n", header.join(","));
    let workshop = workshop(&[("t.csv-metadata.json", &metadata), ("t.csv", &table)]);
    let run = workshop.run(&["check", "t.csv"]).exits(1);
    assert_shown!(run, @r#"
    $ check t.csv
    ---- stderr
    error[CG0501] t.csv:3:1: `1` is already the primary key of line 2
                A3 | 1  column `c0`
          expected | a value of `c0` that no other row has
              hint | the first is at t.csv:2:1; change one of the two, or remove it
              rule | duplicate primary key (tabular-data-model §6.6), see `civigraph explain CG0501`
    error[CG0352] t.csv-metadata.json:1:87: 40 columns have no titles to know them by, `c0` first
              hint | add `"titles": "c0"`; `check --lax` takes names for titles
              rule | column without titles (tabular-metadata §5.5.1), see `civigraph explain CG0352`
    found 2 errors in 2 files
    ---- exit code 1
    "#);
    let run = workshop.run(&["check", "t.csv", "--lax"]).exits(1);
    assert_eq!(codes(&run), ["CG0501"]);
    // Names that are not those of the header are no titles either.
    workshop.write("t.csv", table.replace("c7,", "x7,"));
    let run = workshop.run(&["check", "t.csv", "--lax"]).exits(1);
    assert_eq!(codes(&run), ["CG0351", "CG0501"]);
}

#[test]
fn null_keys_are_lax() {
    let workshop = workshop(&[
        (
            "m.json",
            r#"{CONTEXT, "tables": [
            {"url": "a.csv", "tableSchema": {"columns": [{"titles": "id", "name": "id"}], "primaryKey": "id"}},
            {"url": "b.csv", "tableSchema": {"columns": [{"titles": "x", "name": "x"}, {"titles": "a", "name": "a"}],
            "foreignKeys": [{"columnReference": "a", "reference": {"resource": "a.csv", "columnReference": "id"}}]}}]}"#,
        ),
        ("a.csv", "id\n1\n"),
        ("b.csv", "x,a\n1,1\n2,\n"),
    ]);
    assert_eq!(
        codes(&workshop.run(&["check", "m.json"]).exits(1)),
        ["CG0502"]
    );
    workshop.run(&["check", "m.json", "--lax"]).exits(0);
    workshop.write("b.csv", "x,a\n1,9\n");
    let run = workshop.run(&["check", "m.json", "--lax"]).exits(1);
    assert_shown!(run, @"
    $ check m.json --lax
    ---- stderr
    error[CG0502] b.csv:2:3: no row of `a.csv` has the key `9`
                B2 | 9  column `a`
          expected | the value of `id` in a row of `a.csv`
              rule | reference to a missing row (tabular-data-model §6.6), see `civigraph explain CG0502`
    found 1 error in 1 file
    ---- exit code 1
    ");
}

#[test]
fn a_schema_that_was_not_read_is_one_finding() {
    let workshop = workshop(&[
        (
            "m.json",
            r#"{CONTEXT, "tables": [
            {"url": "a.csv", "tableSchema": "http://example.org/s.json", "aboutUrl": "http://e.org/{id}"},
            {"url": "b.csv", "tableSchema": {"columns": [{"titles": "a", "name": "a"}],
            "foreignKeys": [{"columnReference": "a", "reference": {"resource": "a.csv", "columnReference": "id"}},
            {"columnReference": "a", "reference": {"schemaReference": "http://example.org/t.json", "columnReference": "id"}}]}}]}"#,
        ),
        ("a.csv", "id\n1\n"),
        ("b.csv", "a\n9\n"),
    ]);
    let run = workshop.run(&["check", "m.json"]).exits(1);
    assert_eq!(codes(&run), ["CG0341"], "{}", run.stderr);
}

#[test]
fn what_is_wrong_is_left_out_and_the_rest_converted() {
    let metadata = |more: &str, column: &str| {
        format!(
            r##"{{CONTEXT, "url": "t.csv"{more}, "tableSchema": {{"aboutUrl": "#{{a}}", "columns": [
            {{"titles": "a", "name": "a"}}, {{"titles": "b", "name": "b"{column}}}]}}}}"##
        )
    };
    let mut runs = Vec::new();
    for (more, column, lines) in [
        (r#", "dc:title": {"@value": "x", "@type": "_:b"}"#, "", 2),
        ("", r#", "valueUrl": "http://e.org/{b""#, 1),
        // Not a subject for all rows.
        ("", r##", "aboutUrl": "#{b""##, 1),
        ("", r#", "valueUrl": "{+b}:x y""#, 1),
    ] {
        let workshop = workshop(&[("m.json", &metadata(more, column)), ("t.csv", "a,b\n1,2\n")]);
        let run = convert(&workshop, &["m.json", "-o", "out.nt"]).exits(1);
        let written = std::fs::read_to_string(workshop.path("out.nt")).unwrap();
        assert_eq!(written.lines().count(), lines, "{written}");
        runs.push(run.noted(&format!("{more}{column}")));
    }
    assert_shown!(runs);
}

#[test]
fn an_empty_list_is_about_nothing() {
    let metadata = |each: &str| {
        format!(
            r#"{{CONTEXT, "url": "l.csv", "tableSchema": {{"aboutUrl": "{{+app}}", "columns": [
            {{"titles": "app", "name": "app", "suppressOutput": true}},
            {{"titles": "theme", "name": "theme", "separator": ";", "propertyUrl": "http://ex.org/theme",
            "valueUrl": "{{+theme}}"{each}}}]}}}}"#
        )
    };
    let workshop = workshop(&[
        ("l.json", &metadata("")),
        (
            "e.json",
            &metadata(r#", "https://w3id.org/civigraph/csvw#each": true"#),
        ),
        (
            "l.csv",
            "app,theme\nhttp://a.ex/1,http://t.ex/S\nhttp://a.ex/2,http://t.ex/I;http://t.ex/J\n\
             http://a.ex/3,\nhttp://a.ex/4,http://t.ex/A;;http://t.ex/A\n",
        ),
    ]);
    let line =
        |app: &str, theme: &str| format!("<http://a.ex/{app}> <http://ex.org/theme> <{theme}> .\n");
    let run = convert(&workshop, &["l.json"]).exits(0);
    let joined = [
        line("1", "http://t.ex/S"),
        line("2", "http://t.ex/I,http://t.ex/J"),
        line("4", "http://t.ex/A,http://t.ex/A"),
    ];
    assert_eq!(run.stdout, joined.concat());
    assert_eq!(codes(&run), ["CG0328"]);
    let run = convert(&workshop, &["e.json"]).exits(0);
    let each = [
        line("1", "http://t.ex/S"),
        line("2", "http://t.ex/I"),
        line("2", "http://t.ex/J"),
        line("4", "http://t.ex/A"),
    ];
    assert_eq!(run.stdout, each.concat());
}

#[test]
fn a_space_before_a_quote_is_named() {
    let workshop = workshop(&[("s.csv", "column1,column2\n0, \"a, b\"\n1, c\n")]);
    let run = workshop.run(&["check", "s.csv"]).exits(1);
    assert_shown!(run, @r#"
    $ check s.csv
    ---- stderr
    error[CG0201] s.csv:2:4: a quote in the middle of a cell that is not quoted
                B2 | column `column2`
              hint | delete the space before the quote, or declare `"dialect": {"skipInitialSpace": true}`
              rule | broken quoting (tabular-data-model §8.1), see `civigraph explain CG0201`
    found 1 error in 1 file
    ---- exit code 1
    "#);
}

//! Cases like those that once went wrong in silence, found by looking for more of each kind.
//!
//! `tests/SILENT-FAILURES.md` lists them by point.

use super::workshop::{Run, Workshop, assert_shown};

const CONTEXT: &str = r#""@context": "http://www.w3.org/ns/csvw""#;

const BASE: &str = r#""https://w3id.org/civigraph/csvw#base": "https://e.org/kb/""#;

fn workshop(files: &[(&str, &str)]) -> Workshop {
    let workshop = Workshop::empty();
    for (name, content) in files {
        let content = content.replace("CONTEXT", CONTEXT).replace("BASE", BASE);
        workshop.write(name, content);
    }
    workshop
}

fn codes(run: &Run) -> Vec<&str> {
    let lines = run.stderr.lines().chain(run.stdout.lines());
    lines
        .filter(|line| line.starts_with("error[") || line.starts_with("warning["))
        .filter_map(|line| line.split_once('[')?.1.split_once(']'))
        .map(|(code, _)| code)
        .collect()
}

// 1. One identity, one comparison.

/// macOS and archives made there write names of files with letters in two parts.
#[test]
fn a_name_in_nfd_is_that_in_nfc() {
    let metadata = r#"{CONTEXT, "tables": [
        {"url": "été.csv", "tableSchema": {"primaryKey": "id", "columns": [{"titles": "id", "name": "id"}]}},
        {"url": "b.csv", "tableSchema": {"columns": [{"titles": "ref", "name": "ref"}],
        "foreignKeys": [{"columnReference": "ref", "reference": {"resource": "e%CC%81te%CC%81.csv", "columnReference": "id"}}]}}]}"#;
    let decomposed = "e\u{301}te\u{301}.csv";
    let files = [
        (decomposed, "id\n1\n"),
        ("b.csv", "ref\n1\n2\n"),
        ("csv-metadata.json", metadata),
    ];
    let workshop = workshop(&files);
    for input in ["csv-metadata.json", "été.csv", decomposed] {
        let run = workshop.run(&["check", input]).exits(1);
        assert_eq!(codes(&run), ["CG0502"], "{input}\n{}", run.stderr);
    }
    let convert = |input: &str| {
        workshop
            .run(&["convert", "--minimal", "--base", "https://e.org/", input])
            .exits(0)
            .stdout
    };
    let own = convert(decomposed);
    assert_shown!(own, @r#"
    _:t0s1 <https://e.org/%C3%A9t%C3%A9.csv#id> "1" .
    _:t1s1 <https://e.org/b.csv#ref> "1" .
    _:t1s2 <https://e.org/b.csv#ref> "2" .
    "#);
    assert_eq!(convert("été.csv"), own);
}

// 3. Text that was guessed.

#[test]
fn central_european_text_is_not_western() {
    // Gdańsk, Poznań, Częstochowa, Będzin in windows-1250.
    let polish = b"id;city\n1;Gda\xF1sk\n2;Pozna\xF1\n3;Cz\xEAstochowa\n4;B\xEAdzin\n";
    let metadata =
        r#"{CONTEXT, "url": "t.csv", "dialect": {"encoding": "ENCODING", "delimiter": ";"}}"#;
    let mut runs = Vec::new();
    for (encoding, expected) in [
        ("windows-1252", &["CG0106"][..]),
        ("iso-8859-1", &["CG0106"]),
        ("windows-1250", &[]),
    ] {
        let workshop = workshop(&[(
            "t.csv-metadata.json",
            &metadata.replace("ENCODING", encoding),
        )]);
        workshop.write("t.csv", polish);
        let run = workshop.run(&["check", "t.csv"]).exits(0);
        assert_eq!(codes(&run), expected, "{encoding}\n{}", run.stderr);
        runs.push(run.noted(encoding));
    }
    assert_shown!(runs);
    let workshop = Workshop::empty();
    workshop.write("t.csv", polish);
    let run = workshop.run(&["init", "t.csv", "-o", "-"]).exits(0);
    assert_shown!(run);
    let run = workshop.run(&["check", "t.csv"]).exits(1);
    assert_shown!(run, @"
    $ check t.csv
    ---- stderr
    error[CG0102] t.csv:2:1: the file is not in utf-8: 4 words cannot be decoded, the first on this line; nothing else of the file is checked
              hint | in windows-1250 it reads `Gdańsk`: declare that as `encoding` in the dialect, or save the file as UTF-8
              rule | wrong encoding (tabular-data-model §8), see `civigraph explain CG0102`
    found 1 error in 1 file
    ---- exit code 1
    ");
}

// 9. One diagnosis.

#[test]
fn conflict_marks_are_named_in_every_kind_of_file() {
    let conflict = |text: &str| format!("<<<<<<< HEAD\n{text}\n=======\n{text}\n>>>>>>> other\n");
    let turtle = conflict("<https://e.org/a> <https://e.org/p> <https://e.org/b> .");
    let query = conflict("SELECT * { ?s ?p ?o }");
    let rule = conflict("CONSTRUCT { ?s a ?o } WHERE { ?s ?p ?o }");
    for (name, content) in [
        ("ontology/o.ttl", &turtle),
        ("ontology/shapes.ttl", &turtle),
        ("ontology/rules/r.rq", &rule),
        ("queries/q.rq", &query),
    ] {
        let workshop = Workshop::project();
        workshop.write(name, content);
        let run = workshop.run(&["check"]).exits(1);
        assert_eq!(codes(&run), ["CG0207"], "{name}\n{}", run.stderr);
    }
}

/// A file of another table is one finding also where it has another number of columns.
#[test]
fn a_foreign_header_is_one_finding() {
    let workshop = workshop(&[
        (
            "t.csv-metadata.json",
            r#"{CONTEXT, "url": "t.csv", "tableSchema": {"primaryKey": "id", "columns": [
            {"titles": "id", "name": "id", "datatype": "integer"}, {"titles": "v", "name": "v", "datatype": "date"}]}}"#,
        ),
        ("t.csv", "city,country,people\nA,B,1\nC,D,2\n"),
    ]);
    let run = workshop.run(&["check", "t.csv"]).exits(1);
    assert_eq!(codes(&run), ["CG0351"], "{}", run.stderr);
    assert_shown!(run, @r#"
    $ check t.csv
    ---- stderr
    error[CG0351] t.csv:1:1: 2 of 2 column titles of the header are not those of the metadata, and the file has 3 columns
             found | "city", "country", "people"
          expected | "id", "v"
              hint | is this the metadata of another file, or has the file no header (`"header": false`)?
              rule | header does not match the metadata (tabular-metadata §5.5.1), see `civigraph explain CG0351`
    found 1 error in 1 file
    ---- exit code 1
    "#);
}

/// A header that looks like that of the metadata says in what it differs.
#[test]
fn titles_that_look_the_same_are_told_apart() {
    let workshop = workshop(&[
        (
            "t.csv-metadata.json",
            r#"{CONTEXT, "url": "t.csv", "tableSchema": {"columns": [{"titles": "id"}, {"titles": "name"}]}}"#,
        ),
        ("t.csv", "id\u{a0},na\u{200b}me\n1,a\n"),
    ]);
    let run = workshop.run(&["check", "t.csv"]).exits(1);
    assert_shown!(run, @r#"
    $ check t.csv
    ---- stderr
    error[CG0351] t.csv:1:1: 2 of 2 column titles of the header are not those of the metadata
             found | "id\u{a0}", "na\u{200b}me"
          expected | "id", "name"
              hint | they look the same, but here is a no-break space (U+00A0)
              rule | header does not match the metadata (tabular-metadata §5.5.1), see `civigraph explain CG0351`
    found 1 error in 1 file
    ---- exit code 1
    "#);
}

// 11. Files of a project that nobody reads.

#[test]
fn a_spreadsheet_is_no_table() {
    let workshop = Workshop::project();
    workshop.write("data/cities.xlsx", "PK");
    let run = workshop.run(&["check"]).exits(0);
    assert_shown!(run, @"
    $ check
    ---- stderr
    warning[CG0107] data/cities.xlsx: nothing reads this file: tables are CSV
              hint | export it as CSV and add a table with its `url` to the metadata, or move the file away
              rule | file that nothing reads, see `civigraph explain CG0107`
    found 1 warning in 1 file
    checked 5 rows: valid
    ---- exit code 0
    ");
}

// 16. SHACL.

/// A violation at a cell that has a warning was taken for known.
#[test]
fn a_warning_does_not_hide_a_violation() {
    let workshop = workshop(&[
        (
            "data/csv-metadata.json",
            r#"{CONTEXT, BASE, "tables": [{"url": "t.csv", "tableSchema": {
            "aboutUrl": "https://e.org/kb/id/t/{id}", "primaryKey": "id", "columns": [
            {"titles": "id", "name": "id", "suppressOutput": true},
            {"titles": "n", "name": "n", "datatype": "integer", "propertyUrl": "https://e.org/kb/n"}]}}]}"#,
        ),
        ("data/t.csv", "id,n\na,5\nb,99999999999999999999\n"),
        (
            "ontology/shapes.ttl",
            "@prefix sh: <http://www.w3.org/ns/shacl#> .\n\
            <https://e.org/kb/S> a sh:NodeShape ; sh:targetSubjectsOf <https://e.org/kb/n> ;\n\
            sh:property [ sh:path <https://e.org/kb/n> ; sh:maxInclusive 10 ] ;\n\
            sh:sparql [ sh:message \"large\" ; sh:select \
            \"SELECT $this { $this <https://e.org/kb/n> ?n FILTER(?n > 99999999999999999998) }\" ] .\n",
        ),
    ]);
    let run = workshop.run(&["check"]).exits(1);
    assert_shown!(run);
    // Nor where violations are all that fails a build.
    workshop.run(&["build"]).exits(1);
}

// 18. Empty answers.

#[test]
fn a_declared_class_without_members_is_no_misspelling() {
    let workshop = Workshop::project();
    workshop.write(
        "ontology/o.ttl",
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n<https://e.org/Town> a owl:Class .\n",
    );
    workshop.run(&["build"]).exits(0);
    let run = workshop
        .run(&["query", "-e", "SELECT ?s { ?s a <https://e.org/Town> }"])
        .exits(0);
    assert_shown!(run, @"
    $ query -e 'SELECT ?s { ?s a <https://e.org/Town> }'
    s
    ---- stderr
    hint: nothing in the graph has the class `<https://e.org/Town>`, which the ontology declares
    build 0001-ID
    ---- exit code 0
    ");
}

// What a review found, by point.

/// A list of tables in which one file is twice, in two spellings.
#[test]
fn a_table_is_listed_once() {
    let workshop = workshop(&[
        (
            "csv-metadata.json",
            r#"{CONTEXT, "tables": [{"url": "a (1).csv"}, {"url": "a%20%281%29.csv"}]}"#,
        ),
        ("a (1).csv", "id\n1\n"),
    ]);
    let run = workshop.run(&["check", "csv-metadata.json"]).exits(1);
    assert_eq!(codes(&run), ["CG0317"], "{}", run.stderr);
    // A converter goes on with one of them.
    let run = workshop
        .run(&["convert", "--minimal", "csv-metadata.json"])
        .exits(0);
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
}

/// `cat a.csv b.csv`: the second file brings its byte order mark and its header.
#[test]
fn joined_files_are_noticed() {
    let workshop = workshop(&[
        (
            "t.csv",
            "\u{feff}id,note\n1,a\n\u{feff}id,note\n2,\u{feff}b\n",
        ),
        ("u.csv", "\u{feff}\u{feff}id,note\n1,a\n"),
    ]);
    let run = workshop.run(&["check", "t.csv"]).exits(0);
    let mut found = codes(&run);
    found.sort_unstable();
    assert_eq!(found, ["CG0210", "CG0416", "CG0416"], "{}", run.stderr);
    assert_shown!(run, @r"
    $ check t.csv
    ---- stderr
    warning[CG0210] t.csv:3:1: the row repeats the header: were files joined here?
              rule | header among the rows, see `civigraph explain CG0210`
    warning[CG0416] t.csv:3:1: the cell has a byte order mark (U+FEFF), as files start with: were files joined here?
                A3 | \u{feff}id  column `id`
              rule | characters that look like others, see `civigraph explain CG0416`
    warning[CG0416] t.csv:4:3: the cell has a byte order mark (U+FEFF), as files start with: were files joined here?
                B4 | \u{feff}b  column `note`
              rule | characters that look like others, see `civigraph explain CG0416`
    found 3 warnings in 1 file
    checked 3 rows: valid
    ---- exit code 0
    ");
    let run = workshop.run(&["check", "u.csv"]).exits(0);
    assert_eq!(codes(&run), ["CG0416"], "{}", run.stderr);
    let run = workshop.run(&["check", "u.csv", "--deny-warnings"]);
    run.exits(1);
}

/// One encoding is declared, and a line or a header comes from a file in another.
#[test]
fn words_in_utf_8_among_others() {
    let metadata = r#"{CONTEXT, "url": "t.csv", "dialect": {"encoding": "ENCODING"}}"#;
    let check = |bytes: &[u8], encoding: &str| {
        let metadata = metadata.replace("ENCODING", encoding);
        let workshop = workshop(&[("t.csv-metadata.json", metadata.as_str())]);
        workshop.write("t.csv", bytes);
        workshop.run(&["check", "t.csv"])
    };
    let mixed = [
        "id,prénom\n".as_bytes(),
        b"1,H\xe9l\xe8ne\n2,Zo\xe9\n3,Fran\xe7ois\n",
    ]
    .concat();
    let run = check(&mixed, "iso-8859-1").exits(0);
    assert_shown!(run, @"
    $ check t.csv
    ---- stderr
    warning[CG0106] t.csv:1:1: words of the file are in UTF-8 and not in windows-1252 as its dialect says: 1 of 4 words beyond ASCII
             found | prÃ©nom
              hint | in utf-8 it reads `prénom`: save the whole file in one encoding
              rule | doubtful encoding (tabular-data-model §8), see `civigraph explain CG0106`
    found 1 warning in 1 file
    checked 3 rows: valid
    ---- exit code 0
    ");
    // Russian words whose letters happen to be UTF-8.
    let russian = b"id,\xf1\xeb\xee\xe2\xee\n1,\xc5\xb8\n2,\xd1\xee\xe2\xe0\n";
    let run = check(russian, "windows-1251").exits(0);
    assert_eq!(codes(&run), [""; 0], "{}", run.stderr);
    // UTF-16 has a zero byte in every line end.
    let run = check(b"id,na\n1,ab\n", "utf-16le").exits(1);
    assert_eq!(codes(&run), ["CG0102"], "{}", run.stderr);
}

#[test]
fn packed_tables_under_the_name_of_a_table_are_named() {
    let workshop = Workshop::empty();
    workshop.write("t.csv", crate::cli::workshop::gzip(b"id\n1\n"));
    let runs = ["check", "convert"].map(|command| workshop.run(&[command, "t.csv"]).exits(1));
    assert_shown!(runs, @"
    $ check t.csv
    ---- stderr
    error[CG0102] t.csv: the file is not CSV: it is compressed with gzip
              hint | unpack it; tables whose names end in `.gz` or `.zst` are unpacked when they are read
              rule | wrong encoding (tabular-data-model §8), see `civigraph explain CG0102`
    found 1 error in 1 file
    ---- exit code 1

    $ convert t.csv
    ---- stderr
    error[CG0102] t.csv: the file is not CSV: it is compressed with gzip
              hint | unpack it; tables whose names end in `.gz` or `.zst` are unpacked when they are read
              rule | wrong encoding (tabular-data-model §8), see `civigraph explain CG0102`
    found 1 error in 1 file
    ---- exit code 1
    ");
}

/// A repair that makes two ids one would lose a thing.
#[test]
fn a_repair_keeps_ids_apart() {
    let metadata = r#"{CONTEXT, "tables": [
        {"url": "a.csv", "tableSchema": {"aboutUrl": "https://e.org/{id}", "primaryKey": "id",
            "columns": [{"titles": "id", "name": "id"}, {"titles": "v", "name": "v"}]}},
        {"url": "b.csv", "tableSchema": {"columns": [{"titles": "ref", "name": "ref"}],
            "foreignKeys": [{"columnReference": "ref", "reference": {"resource": "a.csv", "columnReference": "id"}}]}}]}"#;
    let (a, b) = ("id,v\nz,1\nz\u{200b},2\n", "ref\nz\u{200b}\n");
    let workshop = workshop(&[("csv-metadata.json", metadata), ("a.csv", a), ("b.csv", b)]);
    let run = workshop.run(&["fmt", "--repair", "a.csv"]).exits(1);
    assert_eq!(codes(&run), ["CG0501"], "{}", run.stderr);
    let read = |name: &str| std::fs::read_to_string(workshop.path(name)).unwrap();
    assert_eq!((read("a.csv"), read("b.csv")), (a.to_owned(), b.to_owned()));
    workshop.write("a.csv", "id,v\nz\u{200b},2\n");
    workshop.run(&["fmt", "--repair", "a.csv"]).exits(0);
    assert_eq!(
        (read("a.csv"), read("b.csv")),
        ("id,v\nz,2\n".to_owned(), "ref\nz\n".to_owned())
    );
}

#[test]
fn an_empty_file_is_empty_whatever_describes_it() {
    let workshop = workshop(&[
        ("t.csv", ""),
        (
            "t.json",
            r#"{CONTEXT, "url": "t.csv", "tableSchema": {"columns": []}}"#,
        ),
    ]);
    let run = workshop.run(&["check", "t.json"]).exits(0);
    assert_eq!(codes(&run), ["CG0209"], "{}", run.stderr);
}

/// A column of codes that a spreadsheet has shortened, and columns of numbers with a total or another minus.
#[test]
fn cells_that_are_no_numbers_among_numbers() {
    let workshop = workshop(&[(
        "t.csv",
        "id;barcode;value;share\n1;4.00638E+12;2;\u{2212}0,5\n2;4.00639E+12;3;1,5\n3;4.00640E+12;Total;2,0\n",
    )]);
    let run = workshop.run(&["init", "t.csv", "-o", "-"]).exits(0);
    assert_shown!(run);
}

/// With a decimal comma, the wrong delimiter makes rows of two cells: still one finding.
#[test]
fn another_delimiter_is_one_finding() {
    let metadata = r#"{CONTEXT, "url": "t.csv", "tableSchema": {"columns": [{"titles": "id"}, {"titles": "v"}]}}"#;
    let semicolons = "id;v\n1;2,5\n2;3,5\n";
    let workshop = workshop(&[
        ("t.csv-metadata.json", metadata),
        ("t.csv", semicolons),
        ("u.csv", semicolons),
        ("names.csv", "name\n\"a;b\"\n\"c;d\"\n"),
        ("list.csv", "a;b\n\"a;b\"\n\"c;d\"\n"),
    ]);
    let run = workshop.run(&["check", "t.csv"]).exits(1);
    assert_eq!(codes(&run), ["CG0350"], "{}", run.stderr);
    let runs = [
        &["fmt", "t.csv"][..],
        &["fmt", "--check", "t.csv"],
        &["fmt", "u.csv"],
        &["fmt", "--check", "u.csv"],
    ]
    .map(|arguments| workshop.run(arguments).exits(1));
    assert_shown!(runs);
    let run = workshop.run(&["check", "u.csv"]).exits(1);
    assert_eq!(codes(&run), ["CG0211"], "{}", run.stderr);
    for name in ["names.csv", "list.csv"] {
        let run = workshop.run(&["check", name]).exits(0);
        assert_eq!(codes(&run), [""; 0], "{name}\n{}", run.stderr);
        workshop.run(&["fmt", "--check", name]);
    }
    // Nor is a table of other columns in any form.
    workshop.write("t.csv", "town,people\na,1\n");
    let run = workshop.run(&["fmt", "t.csv"]).exits(1);
    assert_eq!(codes(&run), ["CG0351"], "{}", run.stderr);
}

/// Another quote around every cell is one finding, with what to declare.
#[test]
fn another_quote_is_one_finding() {
    let workshop = workshop(&[
        (
            "t.csv-metadata.json",
            r#"{CONTEXT, "url": "t.csv", "tableSchema": {"columns": [{"titles": "id"}, {"titles": "v"}]}}"#,
        ),
        ("t.csv", "'id','v'\n'1','a,b'\n'2','c,d'\n"),
    ]);
    let run = workshop.run(&["check", "t.csv"]).exits(1);
    assert_eq!(codes(&run), ["CG0351"], "{}", run.stderr);
    assert_shown!(run, @r#"
    $ check t.csv
    ---- stderr
    error[CG0351] t.csv:1:1: 2 of 2 column titles of the header are not those of the metadata
             found | "'id'", "'v'"
          expected | "id", "v"
              hint | declare `"dialect": {"quoteChar": "'"}`
              rule | header does not match the metadata (tabular-metadata §5.5.1), see `civigraph explain CG0351`
    found 1 error in 1 file
    ---- exit code 1
    "#);
}

/// What a catalog lacks was not looked for on the web.
#[test]
fn what_a_catalog_lacks_was_not_asked_for() {
    let workshop = workshop(&[("c.json", r#"{"http://x.example/a.csv": "a.csv"}"#)]);
    let run = workshop
        .run(&["check", "http://x.example/b.csv", "--catalog", "c.json"])
        .exits(2);
    assert_shown!(run, @"
    $ check http://x.example/b.csv --catalog c.json
    ---- stderr
    error[CG0101] http://x.example/b.csv: could not read the input: the catalog does not have it, and it is on the web
    hint: nothing is fetched from the network without `--allow-fetch`; `--catalog FILE` maps URLs to local files
    ---- exit code 2
    ");
}

fn years() -> Workshop {
    let workshop = workshop(&[
        (
            "data/csv-metadata.json",
            r#"{CONTEXT, BASE, "tables": [{"url": "t.csv", "tableSchema": {
            "aboutUrl": "https://e.org/kb/id/t/{id}", "primaryKey": "id", "columns": [
            {"titles": "id", "name": "id", "suppressOutput": true},
            {"titles": "d", "name": "d", "datatype": "date", "propertyUrl": "https://e.org/kb/d"},
            {"titles": "y", "name": "y", "datatype": "gYear", "propertyUrl": "https://e.org/kb/y"},
            {"titles": "l", "name": "l", "lang": "en", "propertyUrl": "https://e.org/kb/l"}]}}]}"#,
        ),
        (
            "data/t.csv",
            "id,d,y,l\na,2024-01-31,2024,x\nb,99999999999-01-01,99999999999,y\nc,-99999999999-01-01,-99999999999,z\n\
             d,0500-01-01,0500,w\n",
        ),
    ]);
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop
}

/// The index sorts years of up to nine digits; the evaluator compares longer ones too.
#[test]
fn years_of_many_digits_are_compared() {
    let workshop = years();
    for (filter, expected) in [
        ("d ?v FILTER(?v > \"2000-01-01\"^^xsd:date)", 2),
        ("d ?v FILTER(?v < \"2000-01-01\"^^xsd:date)", 2),
        ("y ?v FILTER(?v > \"2000\"^^xsd:gYear)", 2),
        ("y ?v FILTER(?v < \"2000\"^^xsd:gYear)", 2),
    ] {
        let query = format!(
            "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT ?v {{ ?s <https://e.org/kb/{} }}",
            filter.replacen(' ', "> ", 1)
        );
        let run = workshop
            .run(&["query", "--format", "tsv", "-e", &query])
            .exits(0);
        assert_eq!(
            run.stdout.lines().count(),
            1 + expected,
            "{query}\n{}",
            run.stdout
        );
    }
}

#[test]
fn empty_answers_of_other_types() {
    let workshop = years();
    let runs = [
        "SELECT ?s { ?s <https://e.org/kb/l> \"x\" }",
        "SELECT ?s { ?s <https://e.org/kb/d> \"2024-01-31\" }",
        "SELECT ?s { ?s <https://e.org/kb/d> ?d FILTER(?d > \"2024-01-01\") }",
        "SELECT ?s { ?s <https://e.org/kb/l> ?l FILTER(?l = \"x\") }",
        "SELECT ?s FROM <https://e.org/kb/graph/nope> { ?s ?p ?o }",
        "DESCRIBE <https://e.org/kb/id/t/nope>",
        "SELECT ?name { ?s <https://e.org/kb/l> ?nam }",
        "SELECT ?s { ?s <https://e.org/kb/l> ?l FILTER(?t = \"x\"@en) }",
        "SELECT (COUNT(*) AS ?n) { ?s <https://e.org/kb/none> ?o }",
        "SELECT ?s { ?s ?p ?c FILTER(?c = <https://e.org/kb/id/t/nope>) }",
        "SELECT ?p { VALUES ?s { <https://e.org/kb/id/t/nope> } ?s ?p ?c }",
    ]
    .map(|query| workshop.run(&["query", "-e", query]).exits(0));
    assert_shown!(runs);
    // Where a side of `||` holds, nothing is wrong with the other.
    let query = "SELECT ?s { ?s <https://e.org/kb/l> ?l FILTER(?l = \"q\"@en || ?l = \"q\") }";
    let run = workshop.run(&["query", "-e", query]).exits(0);
    assert_shown!(run, @r#"
    $ query -e 'SELECT ?s { ?s <https://e.org/kb/l> ?l FILTER(?l = "q"@en || ?l = "q") }'
    s
    ---- stderr
    build 0001-ID
    ---- exit code 0
    "#);
}

/// Messages of constraints of SHACL Core have no variables (§5.3.2); what looks like one is text.
#[test]
fn messages_of_core_constraints_are_text() {
    let workshop = Workshop::project();
    workshop.write(
        "ontology/shapes.ttl",
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\
         <https://example.org/S> a sh:NodeShape ; sh:targetSubjectsOf rdfs:label ; sh:property [ sh:path rdfs:label ;\n\
         sh:maxLength 3 ; sh:message \"{?value} of {$this} and {?this}\" ] .\n",
    );
    let run = workshop.run(&["check"]).exits(1);
    assert_shown!(run);
    workshop.write(
        "ontology/shapes.ttl",
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\
         <https://example.org/S> a sh:NodeShape ; sh:targetSubjectsOf rdfs:label ; sh:severity sh:Warnig ;\n\
         sh:property [ sh:path rdfs:label ; sh:maxLength 3 ] .\n",
    );
    let run = workshop.run(&["check"]).exits(1);
    assert_shown!(run);
}

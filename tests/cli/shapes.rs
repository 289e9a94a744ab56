//! Shapes: what breaks one is told at its cells, by `check` as by `build`, and nothing is published.

use super::workshop::{Run, Workshop, assert_shown, program};
use std::net::TcpListener;

const HEAD: &str = "
@prefix ex: <https://example.org/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix shape: <https://example.org/shape/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
";

fn project(shapes: &str) -> Workshop {
    let workshop = Workshop::project();
    workshop.write("ontology/shapes.ttl", format!("{HEAD}{shapes}"));
    workshop
}

/// `code line:column cell` of everything that a report for programs holds.
fn reported(report: &str) -> Vec<String> {
    let report: serde_json::Value = serde_json::from_str(report).unwrap();
    let found = report["diagnostics"].as_array().unwrap();
    found
        .iter()
        .map(|one| {
            format!(
                "{} {}:{}:{} {} {}",
                one["code"].as_str().unwrap(),
                one["file"].as_str().unwrap().trim_start_matches("./"),
                one["line"],
                one["column"],
                one["cell"].as_str().unwrap_or("-"),
                one["found"].as_str().unwrap_or("-"),
            )
        })
        .collect()
}

#[test]
fn each_violation_is_led_back_to_its_cell() {
    for (shape, expected) in [
        // A value: its cell.
        (
            "[] sh:targetSubjectsOf ex:people ; sh:path ex:people ; sh:maxInclusive 100000 ; a sh:PropertyShape .",
            vec!["CG0910 data/cities.csv:3:30 D3 684709"],
        ),
        // None where one must be: the empty cell.
        (
            "[] sh:targetSubjectsOf ex:people ; sh:path ex:founded ; sh:minCount 1 .",
            vec!["CG0910 data/cities.csv:4:13 C4 "],
        ),
        // One too many: a list cell.
        (
            "[] sh:targetSubjectsOf ex:people ; sh:path ex:twin ; sh:maxCount 1 .",
            vec!["CG0910 data/cities.csv:3:44 F3 irbit;revda"],
        ),
        // The other way round: the cell that says it.
        (
            "[] sh:targetObjectsOf ex:region ; sh:path [ sh:inversePath ex:region ] ; sh:pattern \"irbit|tol\" .",
            vec!["CG0910 data/cities.csv:4:20 E4 sverdlovsk"],
        ),
        // At the end of a path: the cell of the other table.
        (
            "[] sh:targetSubjectsOf ex:people ; sh:path ( ex:region rdfs:label ) ; sh:pattern \"Sverd\" .",
            vec!["CG0910 data/regions.csv:3:8 B3 Samara Oblast"],
        ),
        // A thing as a whole: its row.
        (
            "[] sh:targetSubjectsOf ex:people ; sh:or ( [ sh:path ex:twin ; sh:minCount 1 ] ) .",
            vec!["CG0910 data/cities.csv:4:1 A4 -"],
        ),
        // What no cell makes: the shape.
        (
            "\n[] sh:targetNode ex:nothing ; sh:path rdfs:label ; sh:minCount 1 .",
            vec!["CG0910 ontology/shapes.ttl:8:null - <https://example.org/ns#nothing>"],
        ),
        // A query with a value.
        (
            "[] a sh:NodeShape ; sh:targetSubjectsOf ex:twin ; sh:sparql [ sh:select \"SELECT $this ?value { $this <https://example.org/ns#twin> ?value FILTER NOT EXISTS { ?value <https://example.org/ns#twin> $this } }\" ] .",
            vec!["CG0910 data/cities.csv:3:44 F3 irbit;revda"],
        ),
    ] {
        let workshop = project(shape);
        let run = workshop.run(&["check", "--format", "json"]).exits(1);
        assert_eq!(reported(&run.stdout), expected, "{shape}");
        let build = workshop.run(&["build"]).exits(1);
        let place = expected[0].split(' ').nth(1).unwrap().replace(":null", "");
        let told = build
            .stderr
            .lines()
            .filter(|line| line.starts_with("error["));
        assert!(
            told.clone().all(|line| line.contains(&place)),
            "{}",
            build.stderr
        );
        assert_eq!(told.count(), 1, "{}", build.stderr);
        assert!(!workshop.path(".civigraph/current").exists());
        workshop.run(&["query", "-e", "ASK {}"]).exits(2);
    }
}

#[test]
fn warnings_and_notes_are_told_and_the_build_is_published() {
    let runs = ["Warning", "Info"].map(|severity| {
        let workshop = project(&format!(
            "[] sh:targetSubjectsOf ex:people ; sh:path ex:founded ; sh:minCount 1 ; sh:severity sh:{severity} ."
        ));
        workshop.run(&["build"]).exits(0);
        workshop.run(&["check"]).exits(0)
    });
    assert_shown!(runs);
}

#[test]
fn messages_come_in_the_language_of_the_user() {
    let workshop = project(
        "[] sh:targetSubjectsOf ex:people ; sh:path ex:founded ; sh:minCount 1 ;
            sh:message \"When?\"@en , \"Когда?\"@ru .",
    );
    let sound = super::workshop::CITIES.replace("Revda,,", "Revda,1734-01-01,");
    workshop.write("data/cities.csv", sound);
    // What is published next is an amendment of this one.
    workshop.run(&["build"]).exits(0);
    workshop.write("data/cities.csv", super::workshop::CITIES);
    let mut runs = Vec::new();
    for locale in ["ru_RU.UTF-8", "de_DE.UTF-8", "C"] {
        for command in ["check", "build"] {
            let mut run = program(&workshop.path(""));
            let output = run.env("LC_ALL", locale).arg(command).output().unwrap();
            runs.push(Run::new(&[command], &output).exits(1).noted(locale));
        }
    }
    assert_shown!(runs);
}

/// A cell that is wrong in itself is told once, as what it is; others are told with it.
#[test]
fn all_problems_in_one_run() {
    let workshop = project(
        "[] sh:targetSubjectsOf ex:region ; sh:path ex:people ; sh:datatype xsd:integer ; sh:maxInclusive 100000 .",
    );
    let cities = super::workshop::CITIES.replace("36000", "many");
    workshop.write("data/cities.csv", cities);
    let run = workshop.run(&["check", "--format", "json"]).exits(1);
    assert_eq!(
        reported(&run.stdout),
        [
            "CG0402 data/cities.csv:2:24 D2 many",
            "CG0910 data/cities.csv:3:30 D3 684709"
        ]
    );
    let run = workshop.run(&["build"]).exits(1);
    assert_shown!(run, @"
    $ build
    ---- stderr
    error[CG0402] data/cities.csv:2:24: the cell is not a value of its datatype
                D2 | many  column `people`
          expected | a whole number
              rule | cell does not match its datatype (tabular-data-model §6.4), see `civigraph explain CG0402`
    error[CG0910] data/cities.csv:3:30: city:tolyatti ex:people breaks sh:maxInclusive
                D3 | 684709  column `people`
          expected | a value of at most 100000
              hint | a shape at ./ontology/shapes.ttl:7
              rule | shape violated (SHACL), see `civigraph explain CG0910`
    found 2 errors in 1 file
    nothing was published; what was published before stays
    ---- exit code 1
    ");
}

/// A claim that points at nothing becomes no statement; the shapes of statements have nothing to add.
#[test]
fn a_claim_about_nothing_is_told_once() {
    let workshop = Workshop::shipped();
    let claims = std::fs::read_to_string(workshop.path("data/claims.csv")).unwrap();
    let (head, rows) = claims.split_once('\n').unwrap();
    let row = rows.replacen("cities,zato-zheleznogorsk,", "cities,nowhere,", 1);
    assert_ne!(row, rows);
    workshop.write("data/claims.csv", format!("{head}\n{row}"));
    let run = workshop.run(&["check", "--format", "json"]).exits(1);
    assert_eq!(
        reported(&run.stdout),
        ["CG0602 data/claims.csv:2:18 C2 nowhere"]
    );
}

#[test]
fn many_violations_are_grouped_and_counted() {
    let workshop = project(
        "[] sh:targetSubjectsOf rdfs:label ; sh:path rdfs:label ; sh:maxLength 3 ; sh:message \"too long\" .",
    );
    let rows: String = (0..3_000)
        .map(|row| format!("r{row},Region {row}\n"))
        .collect();
    workshop.write(
        "data/regions.csv",
        format!("id,label\nsverdlovsk,A\nsamara,B\n{rows}"),
    );
    let run = workshop.run(&["check"]).exits(1);
    assert_shown!(run);
    let all = workshop.run(&["check", "--all"]).exits(1);
    let errors = all
        .stderr
        .lines()
        .filter(|line| line.starts_with("error[CG0910]"));
    assert_eq!(errors.count(), 3_003);
}

/// Whatever a query or a shape says, no connection is attempted.
#[test]
fn nothing_is_contacted() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let service = format!("http://{}/sparql", listener.local_addr().unwrap());
    let workshop = project("");
    workshop.run(&["build"]).exits(0);
    let query = format!("SELECT * {{ SERVICE <{service}> {{ ?s ?p ?o }} }}");
    let runs = [query.clone(), query.replace("SERVICE", "SERVICE SILENT")].map(|query| {
        let run = workshop.run(&["query", "-e", &query]).exits(2);
        run.replacing(&service, "http://SERVER/sparql")
    });
    assert_shown!(runs, @"
    $ query -e 'SELECT * { SERVICE <http://SERVER/sparql> { ?s ?p ?o } }'
    ---- stderr
    error[CG0703] command line: `SERVICE` is not allowed: queries read the published graph alone
    ---- exit code 2

    $ query -e 'SELECT * { SERVICE SILENT <http://SERVER/sparql> { ?s ?p ?o } }'
    ---- stderr
    error[CG0703] command line: `SERVICE` is not allowed: queries read the published graph alone
    ---- exit code 2
    ");
    workshop.write(
        "ontology/shapes.ttl",
        format!(
            "{HEAD}<{service}> a sh:NodeShape ; sh:targetSubjectsOf ex:people ;
                sh:sparql [ sh:select \"SELECT $this {{ SERVICE SILENT <{service}> {{ $this ?p ?o }} }}\" ] ;
                sh:sparql [ sh:prefixes <{service}> ; sh:select \"SELECT $this {{ $this ex:people -1 }}\" ] ;
                sh:shapesGraph <{service}> .
            <{service}> <http://www.w3.org/2002/07/owl#imports> <{service}> ;
                sh:declare [ sh:prefix \"ex\" ; sh:namespace \"https://example.org/ns#\" ] ."
        ),
    );
    let run = workshop.run(&["check"]).exits(1);
    assert_shown!(run.replacing(&service, "http://SERVER/sparql"), @"
    $ check
    ---- stderr
    error[CG0902] ./ontology/shapes.ttl:8: `SERVICE` is not allowed: queries read the published graph alone
              rule | wrong query of a shape (SHACL §5), see `civigraph explain CG0902`
    found 1 error in 1 file
    ---- exit code 1
    ");
    let rule = format!(
        "CONSTRUCT {{ ?s <http://e/p> ?o }} WHERE {{ SERVICE <{service}> {{ ?s ?p ?o }} }}"
    );
    workshop.write("ontology/shapes.ttl", "");
    workshop.write("ontology/rules/far.rq", rule);
    workshop.run(&["build"]).exits(1);
    let contacted = listener.accept().map(|(_, from)| from.to_string());
    assert_eq!(
        contacted.map_err(|error| error.kind()),
        Err(std::io::ErrorKind::WouldBlock)
    );
}

/// A curator who corrects a date has to think of its first and last day as well.
#[test]
fn the_days_of_a_date_follow_from_it() {
    let workshop = Workshop::shipped();
    let path = workshop.path("data/sessions.csv");
    let sound = std::fs::read_to_string(&path).unwrap();
    for (was, is, expected) in [
        (
            ",2018-04-19,2018-04-19,2018-04-19,held,",
            ",2018-04-20,2018-04-19,2018-04-20,held,",
            vec!["CG0910 data/sessions.csv:15:219 J15 2018-04-19"],
        ),
        (
            ",2018-11-23/2018-11-24,2018-11-23,2018-11-24,",
            ",2018-11/2020-02,2018-11-01,2020-02-28,",
            vec!["CG0910 data/sessions.csv:10:163 K10 2020-02-28"],
        ),
        (
            ",2016/..,2016-01-01,,",
            ",2016/..,,,",
            vec!["CG0910 data/sessions.csv:6:82 I6 2016/.."],
        ),
        (
            ",../2018-11-01,,2018-11-01,",
            ",2017-22/2018-11-01,2017-06-01,2018-11-01,",
            vec![],
        ),
    ] {
        assert!(sound.contains(was), "{was}");
        workshop.write("data/sessions.csv", sound.replace(was, is));
        let code = i32::from(!expected.is_empty());
        let run = workshop.run(&["check", "--format", "json"]).exits(code);
        assert_eq!(reported(&run.stdout), expected, "{is}");
    }
}

/// The start of a shipped decision.
const SAME: &str =
    "same-zheleznogorsk,city/zato-zheleznogorsk-of-document-000,city/zato-zheleznogorsk,same,";

/// The shipped shapes let right data through and nothing else.
#[test]
fn what_the_shipped_shapes_constrain() {
    for (table, was, is, expected) in [
        // A place may have several categories.
        ("cities", ",monotown,", ",monotown;nuclear-city,", vec![]),
        // Written on a day, published on another: the days are those of the publication.
        (
            "documents",
            ",,2018-08-14,2018-08-14,2018-08-14,09:43",
            ",2018-08-13,2018-08-14,2018-08-14,2018-08-14,09:43",
            vec![],
        ),
        (
            "post_holdings",
            ",Глава г. Новокузнецка,2018-04-19,2018-04-19,2018-04-19,,,unknown",
            ",Глава г. Новокузнецка,2018-04-19,2018-04-19,2018-04-19,2019-05,2019-04-30,ended",
            vec!["CG0910 data/post_holdings.csv:3:217 K3 2019-04-30"],
        ),
        (
            "fragments",
            "azarov-002-2,azarov-002,2,",
            "azarov-002-2,azarov-002,1,",
            vec![
                "CG0910 data/fragments.csv:2:25 C2 1",
                "CG0910 data/fragments.csv:3:25 C3 1",
            ],
        ),
        (
            "regions",
            "Кузбасс,Kuzbass,Кузбасса",
            "Кузбасс,Kuzbass,Кузбасс",
            vec!["CG0910 data/regions.csv:2:100 H2 Кузбасс"],
        ),
        (
            "gaps",
            "document-000-outlet,document/000,",
            "document-000-outlet,document/009,",
            vec!["CG0910 data/gaps.csv:8:21 B8 document/009"],
        ),
        (
            "merges",
            "different-departments,org/department-of-information-policy-samara,org/department-of-information-policy-sverdlovsk",
            "different-departments,org/department-of-information-policy-samara,org/nothing",
            vec!["CG0621 data/merges.csv:2:67 C2 org/nothing"],
        ),
        // A pair is decided about in one way, whatever stands first.
        (
            "merges",
            SAME,
            "different-places,city/zato-zheleznogorsk-of-document-000,city/zato-zheleznogorsk,different,me,я,b,a,б\n\
             same-zheleznogorsk,city/zato-zheleznogorsk-of-document-000,city/zato-zheleznogorsk,same,",
            vec![
                "CG0624 data/merges.csv:5:82 D5 -",
                "CG0910 data/merges.csv:6:84 D6 same",
            ],
        ),
        (
            "merges",
            SAME,
            "different-places,city/zato-zheleznogorsk,city/zato-zheleznogorsk-of-document-000,different,me,я,b,a,б\n\
             same-zheleznogorsk,city/zato-zheleznogorsk-of-document-000,city/zato-zheleznogorsk,same,",
            vec![
                "CG0624 data/merges.csv:5:82 D5 -",
                "CG0910 data/merges.csv:6:84 D6 same",
            ],
        ),
        // Two that are replaced by one are not different.
        (
            "merges",
            SAME,
            "different-places,city/zato-old,city/zato-zheleznogorsk-of-document-000,different,me,я,b,a,б\n\
             same-old,city/zato-old,city/zato-zheleznogorsk,same,me,я,b,a,б\n\
             same-zheleznogorsk,city/zato-zheleznogorsk-of-document-000,city/zato-zheleznogorsk,same,",
            vec!["CG0624 data/merges.csv:5:72 D5 -"],
        ),
        // Nothing is replaced by two things, nor by itself.
        (
            "merges",
            SAME,
            "same-place,city/zato-zheleznogorsk-of-document-000,city/zheleznogorsk,same,me,я,b,a,б\n\
             same-zheleznogorsk,city/zato-zheleznogorsk-of-document-000,city/zato-zheleznogorsk,same,",
            vec![
                "CG0624 data/merges.csv:5:52 C5 city/zato-zheleznogorsk, city/zheleznogorsk",
                "CG0624 data/merges.csv:6:60 C6 city/zato-zheleznogorsk, city/zheleznogorsk",
            ],
        ),
        (
            "merges",
            SAME,
            "same-back,city/zato-old,city/zato-zheleznogorsk-of-document-000,same,me,я,b,a,б\n\
             same-zheleznogorsk,city/zato-zheleznogorsk-of-document-000,city/zato-old,same,",
            vec![
                "CG0623 data/merges.csv:5:25 C5 city/zato-old → city/zato-zheleznogorsk-of-document-000 → city/zato-old",
                "CG0623 data/merges.csv:6:60 C6 city/zato-zheleznogorsk-of-document-000 → city/zato-old → city/zato-zheleznogorsk-of-document-000",
            ],
        ),
    ] {
        let workshop = Workshop::shipped();
        let path = workshop.path(&format!("data/{table}.csv"));
        let sound = std::fs::read_to_string(&path).unwrap();
        assert!(sound.contains(was), "{was}");
        std::fs::write(&path, sound.replacen(was, is, 1)).unwrap();
        let code = i32::from(!expected.is_empty());
        let run = workshop.run(&["check", "--format", "json"]).exits(code);
        assert_eq!(reported(&run.stdout), expected, "{is}");
    }
}

const TAGGED_METADATA: &str = r#"{
  "@context": "http://www.w3.org/ns/csvw",
  "https://w3id.org/civigraph/csvw#base": "https://example.org/",
  "tables": [{
    "url": "texts.csv",
    "tableSchema": {
      "aboutUrl": "https://example.org/id/text/{id}",
      "primaryKey": "id",
      "columns": [
        { "name": "id", "titles": "id", "required": true, "suppressOutput": true },
        { "name": "text", "titles": "text", "propertyUrl": "https://example.org/ns#text",
          "https://w3id.org/civigraph/csvw#language": "language" },
        { "name": "language", "titles": "language", "datatype": "language", "suppressOutput": true },
        { "name": "name", "titles": "name", "lang": "RU-latn", "propertyUrl": "https://example.org/ns#name" }
      ]
    }
  }]
}
"#;

fn tagged(shapes: &str) -> Workshop {
    let workshop = Workshop::empty();
    workshop.write("data/csv-metadata.json", TAGGED_METADATA);
    workshop.write(
        "data/texts.csv",
        "id,text,language,name\na,x,en-GB,imia\nb,x,EN-gb,imia\nc,x,en-gb,imia\n",
    );
    workshop.write("ontology/shapes.ttl", format!("{HEAD}{shapes}"));
    workshop
}

/// Literals of tables, of the ontology, of shapes, rules and queries are equal without regard to the case of their tags.
#[test]
fn language_tags_have_one_case_everywhere() {
    let workshop = tagged(
        "[] sh:targetSubjectsOf ex:text ; sh:path ex:text ; sh:in ( \"x\"@EN-gb ) ; sh:hasValue \"x\"@en-GB .
        [] sh:targetSubjectsOf ex:name ; sh:path ex:name ; sh:in ( \"imia\"@ru-latn ) .",
    );
    workshop.write(
        "ontology/vocabulary.ttl",
        format!("{HEAD}ex:British rdfs:comment \"x\"@EN-gb ."),
    );
    workshop.write(
        "ontology/rules/british.rq",
        "PREFIX ex: <https://example.org/ns#>\nCONSTRUCT { ?text a ex:British } WHERE { ?text ex:text 'x'@EN-gb }\n",
    );
    workshop.run(&["check"]).exits(0);
    workshop.run(&["build", "--quiet"]).exits(0);
    let run = workshop.run(&["export", "--graph", "all", "--format", "nquads"]);
    let dump = run.exits(0).stdout;
    // Three rows, the statement of each inference, and the ontology.
    assert_eq!(dump.matches("\"x\"@en-GB").count(), 7, "{dump}");
    assert_eq!(dump.matches("\"imia\"@ru-Latn").count(), 3, "{dump}");
    let inferred = workshop.run(&["export", "--graph", "inferred", "--format", "ntriples"]);
    assert_eq!(inferred.exits(0).stdout.lines().count(), 3);
    for condition in [
        "?text ex:text 'x'@EN-gb",
        "?text ex:text ?x FILTER(?x = 'x'@en-gb)",
        "?text ex:name ?x FILTER(LANG(?x) = 'ru-latn')",
        "?text ex:text ?x FILTER(?x = STRLANG('x', 'en-gb'))",
    ] {
        let query = format!(
            "PREFIX ex: <https://example.org/ns#> SELECT (COUNT(*) AS ?n) {{ {condition} }}"
        );
        let run = workshop.run(&["query", "--format", "csv", "-e", &query]);
        let answer = run.exits(0).stdout;
        assert_eq!(answer.lines().nth(1), Some("3"), "{condition}");
    }
    let run = workshop.run(&["convert", "data/texts.csv"]);
    let converted = run.exits(0).stdout;
    assert_eq!(converted.matches("\"x\"@en-GB").count(), 3, "{converted}");
    assert_eq!(
        converted.matches("\"imia\"@ru-Latn").count(),
        3,
        "{converted}"
    );
}

/// What is behind a failing shape is said, and what a value holds is text.
#[test]
fn messages_say_what_is_behind_a_failure() {
    let workshop = project(
        "shape:City a sh:NodeShape ; sh:targetSubjectsOf ex:region ; sh:property [ sh:path ex:region ; sh:node shape:Region ] .
        shape:Region a sh:NodeShape ; sh:property [ sh:path rdfs:label ; sh:minLength 100 ] .",
    );
    let run = workshop.run(&["check", "--all"]).exits(1);
    assert_shown!(run, @"
    $ check --all
    ---- stderr
    error[CG0910] data/cities.csv:2:30: city:irbit ex:region region:sverdlovsk breaks sh:node
                E2 | sverdlovsk  column `region`
              hint | a shape at ./ontology/shapes.ttl:7; because region:sverdlovsk rdfs:label Sverdlovsk Oblast breaks sh:minLength (expected at least 100 characters)
    error[CG0910] data/cities.csv:3:37: city:tolyatti ex:region region:samara breaks sh:node
                E3 | samara  column `region`
              hint | a shape at ./ontology/shapes.ttl:7; because region:samara rdfs:label Samara Oblast breaks sh:minLength (expected at least 100 characters)
    error[CG0910] data/cities.csv:4:20: city:revda ex:region region:sverdlovsk breaks sh:node
                E4 | sverdlovsk  column `region`
              hint | a shape at ./ontology/shapes.ttl:7; because region:sverdlovsk rdfs:label Sverdlovsk Oblast breaks sh:minLength (expected at least 100 characters)
              rule | shape violated (SHACL), see `civigraph explain CG0910`
    found 3 errors in 1 file
    ---- exit code 1
    ");
}

/// The report of SHACL on stdout, everything for people on stderr.
#[test]
fn the_report_is_written_in_turtle() {
    let workshop = project(
        "shape:P a sh:PropertyShape ; sh:targetSubjectsOf ex:people ; sh:path ex:people ; sh:maxInclusive 100000 .",
    );
    let run = workshop.run(&["check", "--format", "shacl-ttl"]).exits(1);
    assert_shown!(run);
    workshop.write("ontology/shapes.ttl", "");
    let run = workshop.run(&["check", "--format", "shacl-ttl"]).exits(0);
    assert_shown!(run, @"
    $ check --format shacl-ttl
    @prefix sh: <http://www.w3.org/ns/shacl#> .

    [] a sh:ValidationReport ;
        sh:conforms true .
    ---- stderr
    checked 5 rows: valid
    ---- exit code 0
    ");
    // Not a report that says "conforms" of shapes that could not be read.
    workshop.write(
        "ontology/shapes.ttl",
        format!("{HEAD}shape:P a sh:PropertyShape ; sh:targetSubjectsOf ex:people ; sh:path ex:people ; sh:minCount \"x\" ."),
    );
    let run = workshop.run(&["check", "--format", "shacl-ttl"]).exits(2);
    assert_shown!(run, @r#"
    $ check --format shacl-ttl
    ---- stderr
    error[CG0901] ./ontology/shapes.ttl:7: `sh:minCount` is an integer from 0 of the datatype xsd:integer
             found | "x"
              rule | ill-formed shape (SHACL), see `civigraph explain CG0901`
    found 1 error in 1 file
    error: no SHACL report: the graph could not be checked against the shapes
    ---- exit code 2
    "#);
}

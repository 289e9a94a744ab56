//! `civigraph evidence`: words become spans, and spans follow their words.

use super::workshop::{Workshop, assert_shown};
use sha2::{Digest, Sha256};

const TEXT: &str = "Город Ирбит.\nБолее\u{a0}80 событий, более 80 гостей, более 80 дел.\n";

const METADATA: &str = r#"{
  "@context": "http://www.w3.org/ns/csvw",
  "https://w3id.org/civigraph/csvw#base": "https://example.org/",
  "tables": [
    {"url": "cities.csv", "tableSchema": {"aboutUrl": "https://example.org/id/city/{id}", "primaryKey": "id", "columns": [
      {"name": "id", "titles": "id", "suppressOutput": true},
      {"name": "label", "titles": "label", "propertyUrl": "rdfs:label"}]}},
    {"url": "documents.csv", "tableSchema": {"aboutUrl": "https://example.org/id/document/{id}", "primaryKey": "id", "columns": [
      {"name": "id", "titles": "id", "suppressOutput": true, "https://w3id.org/civigraph/csvw#part": "document.id"},
      {"name": "file", "titles": "file", "https://w3id.org/civigraph/csvw#part": "document.file"},
      {"name": "sha256", "titles": "sha256", "https://w3id.org/civigraph/csvw#part": "document.sha256"}]}},
    {"url": "evidence.csv", "tableSchema": {"aboutUrl": "https://example.org/id/evidence/{id}", "primaryKey": "id", "columns": [
      {"name": "id", "titles": "id", "suppressOutput": true, "https://w3id.org/civigraph/csvw#part": "evidence.id"},
      {"name": "document", "titles": "document", "https://w3id.org/civigraph/csvw#part": "evidence.document"},
      {"name": "start", "titles": "start", "https://w3id.org/civigraph/csvw#part": "evidence.start"},
      {"name": "end", "titles": "end", "https://w3id.org/civigraph/csvw#part": "evidence.end"},
      {"name": "sha256", "titles": "sha256", "https://w3id.org/civigraph/csvw#part": "evidence.sha256"}]}},
    {"url": "claims.csv", "tableSchema": {"aboutUrl": "https://example.org/id/claim/{id}", "primaryKey": "id", "columns": [
      {"name": "id", "titles": "id", "suppressOutput": true, "https://w3id.org/civigraph/csvw#part": "claim.id"},
      {"name": "table", "titles": "table", "https://w3id.org/civigraph/csvw#part": "claim.table"},
      {"name": "row", "titles": "row", "https://w3id.org/civigraph/csvw#part": "claim.row"},
      {"name": "column", "titles": "column", "https://w3id.org/civigraph/csvw#part": "claim.column"},
      {"name": "evidence", "titles": "evidence", "separator": ";", "https://w3id.org/civigraph/csvw#part": "claim.evidence"}]}}
  ]
}"#;

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn workshop() -> Workshop {
    let workshop = Workshop::empty();
    workshop.write("data/csv-metadata.json", METADATA);
    workshop.write("data/cities.csv", "id,label\nirbit,Ирбит\n");
    let digest = sha256(TEXT.as_bytes());
    workshop.write(
        "data/documents.csv",
        format!("id,file,sha256\nd,d.txt,{digest}\n"),
    );
    let span = sha256("Город".as_bytes());
    workshop.write(
        "data/evidence.csv",
        format!("id,document,start,end,sha256\nd-0-5,d,0,5,{span}\n"),
    );
    workshop.write(
        "data/claims.csv",
        "id,table,row,column,evidence\nc1,cities,irbit,label,d-0-5\n",
    );
    workshop.write("sources/d.txt", TEXT);
    workshop
}

const ADD: [&str; 6] = ["evidence", "add", "--document", "d", "--sources", "sources"];

fn add<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ADD.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn a_span_is_recorded_and_attached() {
    let workshop = workshop();
    let read = |name: &str| std::fs::read_to_string(workshop.path(name)).unwrap();
    let run = workshop.run(&add(&["--words", "Ирбит", "--claim", "c1"]));
    assert_eq!(run.exits(0).stdout, "d-6-11\n");
    let rows = read("data/evidence.csv");
    let added = format!("d-6-11,d,6,11,{}\n", sha256("Ирбит".as_bytes()));
    assert!(rows.ends_with(&added), "{rows}");
    assert!(!rows.contains("Ирбит"));
    assert!(read("data/claims.csv").contains("d-0-5;d-6-11"));
    let check = workshop.run(&["check", "--sources", "sources"]).exits(0);
    assert_shown!(check);
    // Again: nothing is written twice.
    let run = workshop.run(&add(&["--words", "Ирбит", "--claim", "c1"]));
    assert_eq!(run.exits(0).stdout, "d-6-11\n");
    assert_eq!(read("data/evidence.csv"), rows);
}

#[test]
fn a_second_occurrence_wants_a_choice() {
    let workshop = workshop();
    let before = std::fs::read(workshop.path("data/evidence.csv")).unwrap();
    let run = workshop.run(&add(&["--words", "более 80"])).exits(2);
    assert_shown!(run);
    assert_eq!(
        std::fs::read(workshop.path("data/evidence.csv")).unwrap(),
        before
    );
    workshop
        .run(&add(&["--words", "более 80", "--occurrence", "3"]))
        .exits(2);
    let run = workshop.run(&add(&["--words", "более 80", "--occurrence", "2"]));
    assert_eq!(run.exits(0).stdout, "d-48-56\n");
}

#[test]
fn lookalikes_are_shown_and_never_taken() {
    let workshop = workshop();
    let run = workshop.run(&add(&["--words", "Более 80"])).exits(2);
    assert_shown!(run);
}

#[test]
fn what_is_not_there_is_named() {
    let workshop = workshop();
    let run = workshop.run(&add(&["--words", "Ирбит", "--claim", "c11"]));
    assert!(run.exits(2).stderr.contains("did you mean `c1`?"));
    let other = [
        "evidence",
        "add",
        "--document",
        "e",
        "--words",
        "x",
        "--sources",
        "sources",
    ];
    workshop.run(&other).exits(2);
    workshop.write("sources/d.txt", format!("{TEXT}more\n"));
    let run = workshop.run(&add(&["--words", "Ирбит"])).exits(2);
    assert_shown!(run);
}

#[test]
fn every_span_is_verified_failed_or_not_checked() {
    let workshop = workshop();
    let span = sha256("Город".as_bytes());
    let huge = "99999999999999999999999";
    let rows = |spans: &[(&str, &str)]| {
        let mut rows = "id,document,start,end,sha256\n".to_owned();
        for (index, (start, end)) in spans.iter().enumerate() {
            rows.push_str(&format!("e{index},d,{start},{end},{span}\n"));
        }
        rows
    };
    let claims = "id,table,row,column,evidence\nc1,cities,irbit,label,e0\n";
    workshop.write("data/claims.csv", claims);
    let integer = METADATA
        .replace(
            r#""titles": "start","#,
            r##""titles": "start", "datatype": {"base": "integer", "format": {"groupChar": " "}},"##,
        )
        .replace(r#""titles": "end","#, r#""titles": "end", "datatype": "double","#);
    workshop.write("data/csv-metadata.json", integer);
    let check = || workshop.run(&["check", "--sources", "sources"]);

    // Numbers by their values, however they are written.
    workshop.write("data/evidence.csv", rows(&[("-0", "5"), ("0", "5E0")]));
    let run = check().exits(0);
    assert!(
        run.stderr.contains("2 of 2 spans verified"),
        "{}",
        run.stderr
    );

    // What is in no text has failed.
    let outside = [("0", "5"), ("0", huge), ("0", "4.5"), ("1 000", "1005")];
    workshop.write("data/evidence.csv", rows(&outside));
    let run = check().exits(1);
    assert!(
        run.stderr.contains("1 of 4 spans verified"),
        "{}",
        run.stderr
    );
    assert_eq!(
        run.stderr.matches("error[CG0612]").count(),
        3,
        "{}",
        run.stderr
    );

    // Where a number is missing there is nothing to look at.
    workshop.write("data/evidence.csv", rows(&[("0", "5"), ("0", "")]));
    let run = check().exits(0);
    assert!(
        run.stderr.contains("1 of 1 span verified"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("1 span not checked"), "{}", run.stderr);
}

/// The rows of the evidence table after its header.
fn rows(workshop: &Workshop) -> String {
    let table = std::fs::read_to_string(workshop.path("data/evidence.csv")).unwrap();
    table.split_once('\n').unwrap().1.to_owned()
}

/// A row for a span of words of the document as it was read.
fn row(start: usize, end: usize) -> String {
    let words: String = TEXT.chars().skip(start).take(end - start).collect();
    format!(
        "d-{start}-{end},d,{start},{end},{}\n",
        sha256(words.as_bytes())
    )
}

fn with_spans(spans: &[(usize, usize)]) -> Workshop {
    let workshop = workshop();
    let rows: String = spans.iter().map(|&(start, end)| row(start, end)).collect();
    workshop.write(
        "data/evidence.csv",
        format!("id,document,start,end,sha256\n{rows}"),
    );
    workshop
}

const MOVE: [&str; 4] = ["evidence", "move", "--sources", "sources"];

#[test]
fn a_missing_document_is_named_and_does_not_pass() {
    let workshop = workshop();
    std::fs::rename(
        workshop.path("sources/d.txt"),
        workshop.path("sources/e.txt"),
    )
    .unwrap();
    let run = workshop.run(&["check", "--sources", "sources"]).exits(1);
    assert_shown!(run);
    let run = workshop.run(&MOVE).exits(1);
    assert_shown!(run);
    // Without a folder nothing is expected to be there.
    workshop.run(&["check"]).exits(0);
}

#[test]
fn spans_follow_their_words() {
    let workshop = with_spans(&[(0, 5), (6, 11), (31, 39)]);
    let before = rows(&workshop);
    // "более 80" is there twice; the spans around it moved by 7, and so did it.
    let after = format!("Новое. {TEXT}");
    workshop.write("sources/d.txt", &after);
    let check = workshop.run(&["check", "--sources", "sources"]).exits(1);
    assert_shown!(check);
    // The digest of the words that are there now would make a wrong span pass.
    let wrong: String = after.chars().take(5).collect();
    assert!(
        !check.stderr.contains(&sha256(wrong.as_bytes())),
        "{}",
        check.stderr
    );

    let dry = [&MOVE[..], &["--dry-run"]].concat();
    let run = workshop.run(&dry).exits(0);
    let moved = "d-0-5: 0 to 5 is now 7 to 12\n\
                 d-6-11: 6 to 11 is now 13 to 18\n\
                 d-31-39: 31 to 39 is now 38 to 46\n";
    assert_eq!(run.stdout, moved);
    assert_eq!(rows(&workshop), before);
    assert_eq!(workshop.run(&MOVE).exits(0).stdout, moved);
    let check = workshop.run(&["check", "--sources", "sources"]).exits(0);
    assert_shown!(check);
    assert_eq!(workshop.run(&MOVE).exits(0).stdout, "");
    // The id that words have where others had been is taken.
    let run = workshop.run(&add(&["--words", "Новое"])).exits(0);
    assert_eq!(run.stdout, "d-0-5-2\n");
}

#[test]
fn words_that_are_gone_or_not_certain_stay() {
    let workshop = with_spans(&[(6, 11), (48, 56)]);
    let after = TEXT
        .replace("Ирбит", "Ирбич")
        .replace("Более", "Совсем более");
    workshop.write("sources/d.txt", &after);
    let before = rows(&workshop);
    let run = workshop.run(&MOVE).exits(1);
    assert_eq!(run.stdout, "");
    assert!(
        run.stderr
            .contains("does not have the words of evidence `d-6-11`"),
        "{}",
        run.stderr
    );
    assert_shown!(run);
    assert_eq!(rows(&workshop), before);
    let chosen = [&MOVE[..], &["--evidence", "d-48-56", "--occurrence", "2"]].concat();
    let run = workshop.run(&chosen).exits(1);
    assert_eq!(run.stdout, "d-48-56: 48 to 56 is now 55 to 63\n");
    let third = [&MOVE[..], &["--evidence", "d-48-56", "--occurrence", "3"]].concat();
    workshop.run(&third).exits(2);
    // While words are missing, the document does not count as read.
    let check = workshop.run(&["check", "--sources", "sources"]).exits(1);
    assert_shown!(check);
}

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
    assert_eq!(
        read("data/claims.csv"),
        "id,table,row,column,evidence\nc1,cities,irbit,label,d-0-5;d-6-11\n"
    );
    let check = workshop.run(&["check", "--sources", "sources"]).exits(0);
    assert_shown!(check, @"
    $ check --sources sources
    ---- stderr
    evidence: 2 of 2 spans verified in 1 unchanged document
    checked 5 rows: valid
    ---- exit code 0
    ");
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
    assert_shown!(run, @"
    $ evidence add --document d --sources sources --words 'более 80'
    ---- stderr
       1  31-39, line 2: ород Ирбит. Более 80 событий, [более 80] гостей, более 80 дел. 
       2  48-56, line 2:  80 событий, более 80 гостей, [более 80] дел. 
    error: these words occur 2 times in document `d`
    hint: choose one with `--occurrence N`, or give more words
    ---- exit code 2
    ");
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
    assert_shown!(run, @"
    $ evidence add --document d --sources sources --words 'Более 80'
    ---- stderr
       1  13-21, line 2: Город Ирбит. [Более 80] событий, более 80 гостей, бол
       2  31-39, line 2: ород Ирбит. Более 80 событий, [более 80] гостей, более 80 дел. 
       3  48-56, line 2:  80 событий, более 80 гостей, [более 80] дел. 
    error: these words are not in document `d`
    hint: words that look alike are listed above; copy them from the document, with its spaces, dashes and quotation marks
    ---- exit code 2
    ");
}

#[test]
fn what_is_not_there_is_named() {
    let workshop = workshop();
    let run = workshop.run(&add(&["--words", "Ирбит", "--claim", "c11"]));
    assert_shown!(run.exits(2), @"
    $ evidence add --document d --sources sources --words Ирбит --claim c11
    ---- stderr
    error: the claims table has no claim `c11`
    hint: did you mean `c1`?
    ---- exit code 2
    ");
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
    let run = workshop.run(&other).exits(2);
    assert_shown!(run, @"
    $ evidence add --document e --words x --sources sources
    ---- stderr
    error: the documents table has no document `e`
    ---- exit code 2
    ");
    workshop.write("sources/d.txt", format!("{TEXT}more\n"));
    let run = workshop.run(&add(&["--words", "Ирбит"])).exits(2);
    assert_shown!(run, @"
    $ evidence add --document d --sources sources --words Ирбит
    ---- stderr
    error: document `d` is not the one that was read: its digest differs
    hint: `civigraph evidence move --document d --sources sources` finds the spans in it again, and then records its digest
    ---- exit code 2
    ");
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
    assert_shown!(run, @"
    $ check --sources sources
    ---- stderr
    evidence: 2 of 2 spans verified in 1 unchanged document
    checked 5 rows: valid
    ---- exit code 0
    ");

    // What is in no text has failed.
    let outside = [("0", "5"), ("0", huge), ("0", "4.5"), ("1 000", "1005")];
    workshop.write("data/evidence.csv", rows(&outside));
    let run = check().exits(1);
    assert_shown!(run, @"
    $ check --sources sources
    ---- stderr
    error[CG0612] data/evidence.csv:3:6: evidence `e1` is not a span of document `d`
                C3 | 0 to 99999999999999999999999  column `start`
          expected | 0 to 62 at most
    error[CG0612] data/evidence.csv:4:6: evidence `e2` is not a span of document `d`
                C4 | 0 to 4.5  column `start`
    error[CG0612] data/evidence.csv:5:6: evidence `e3` is not a span of document `d`
                C5 | 1000 to 1005  column `start`
              hint | the same words are at 0 to 5; `civigraph evidence move --document d --sources sources` finds the spans of the document again and records where they are
              rule | span outside its document (oa:TextPositionSelector), see `civigraph explain CG0612`
    found 3 errors in 1 file
    evidence: 1 of 4 spans verified in 1 unchanged document
    ---- exit code 1
    ");

    // Where a number is missing there is nothing to look at.
    workshop.write("data/evidence.csv", rows(&[("0", "5"), ("0", "")]));
    let run = check().exits(0);
    assert_shown!(run, @"
    $ check --sources sources
    ---- stderr
    evidence: 1 of 1 span verified in 1 unchanged document
    evidence: 1 span not checked
    checked 5 rows: valid
    ---- exit code 0
    ");
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
    assert_shown!(run, @"
    $ check --sources sources
    ---- stderr
    error[CG0614] data/documents.csv:2:3: document `d` is missing in `sources`
                B2 | d.txt  column `file`
              rule | missing document, see `civigraph explain CG0614`
    found 1 error in 1 file
    evidence: 1 span not checked
    ---- exit code 1
    ");
    let run = workshop.run(&MOVE).exits(1);
    assert_shown!(run, @"
    $ evidence move --sources sources
    ---- stderr
    error[CG0614] sources/d.txt: could not read document `d`: no such file
              rule | missing document, see `civigraph explain CG0614`
    found 1 error in 1 file
    moved 0 spans
    ---- exit code 1
    ");
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
    // The digest of the words that are there now would make a wrong span pass; a snapshot has no digests.
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
    assert_shown!(check, @"
    $ check --sources sources
    ---- stderr
    evidence: 3 of 3 spans verified in 1 unchanged document
    checked 6 rows: valid
    ---- exit code 0
    ");
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
    assert_shown!(run, @r"
    $ evidence move --sources sources
    ---- stderr
    error[CG0613] data/evidence.csv:2:10: document `d` does not have the words of evidence `d-6-11`
                C2 | 6 to 11  column `start`
              hint | no claim uses it: remove its row
    error[CG0613] data/evidence.csv:3:11: document `d` has the words of evidence `d-48-56` 2 times
                C3 | 48 to 56  column `start`
          expected | 1 at 38 to 46: бич. Совсем более\u{a0}80 событий, [более 80] гостей, более 80 дел. ; 2 at 55 to 63: \u{a0}80 событий, более 80 гостей, [более 80] дел. 
              hint | choose one with `--evidence d-48-56 --occurrence N`
              rule | span with other words (oa:TextPositionSelector), see `civigraph explain CG0613`
    found 2 errors in 1 file
    moved 0 spans
    ---- exit code 1
    ");
    assert_eq!(rows(&workshop), before);
    let chosen = [&MOVE[..], &["--evidence", "d-48-56", "--occurrence", "2"]].concat();
    let run = workshop.run(&chosen).exits(1);
    assert_shown!(run, @"
    $ evidence move --sources sources --evidence d-48-56 --occurrence 2
    d-48-56: 48 to 56 is now 55 to 63
    ---- stderr
    error[CG0613] data/evidence.csv:2:10: document `d` does not have the words of evidence `d-6-11`
                C2 | 6 to 11  column `start`
              hint | no claim uses it: remove its row
              rule | span with other words (oa:TextPositionSelector), see `civigraph explain CG0613`
    found 1 error in 1 file
    wrote data/evidence.csv
    moved 1 span
    ---- exit code 1
    ");
    let third = [&MOVE[..], &["--evidence", "d-48-56", "--occurrence", "3"]].concat();
    let run = workshop.run(&third).exits(2);
    assert_shown!(run, @"
    $ evidence move --sources sources --evidence d-48-56 --occurrence 3
    ---- stderr
    error: document `d` has the words of evidence `d-48-56` 2 times: there is no occurrence 3
    ---- exit code 2
    ");
    // While words are missing, the document does not count as read.
    let check = workshop.run(&["check", "--sources", "sources"]).exits(1);
    assert_shown!(check, @"
    $ check --sources sources
    ---- stderr
    error[CG0610] data/documents.csv:2:9: document `d` is not the one that was read
                C2 | DIGEST  column `sha256`
              hint | `civigraph evidence move --document d --sources sources` finds the spans of the document again and records where they are
              rule | changed document, see `civigraph explain CG0610`
    error[CG0613] data/evidence.csv:3:10: the words of evidence `d-6-11` are not at this place in document `d`
                C3 | 6 to 11  column `start`
              rule | span with other words (oa:TextPositionSelector), see `civigraph explain CG0613`
    found 2 errors in 2 files
    evidence: 1 of 2 spans verified in 0 unchanged documents
    ---- exit code 1
    ");
}

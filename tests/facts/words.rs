//! Words that the tables give as those of a source are its words, letter by letter.

use super::shared;
use super::spans::Documents;
use super::tables::Table;

/// The words of a piece of evidence.
fn words(documents: &Documents, evidence: &Table, id: &str) -> String {
    let cell = |column| evidence.cell(id, column);
    documents
        .span(cell("document"), cell("start"), cell("end"))
        .unwrap_or_else(|| panic!("{id} is no span of its document"))
}

#[test]
fn spellings_and_dates_are_the_words_of_their_spans() {
    let Some(folder) = shared("sources") else {
        return;
    };
    let documents = Documents::read(&folder);
    let evidence = Table::read("evidence");
    let mut wrong = Vec::new();
    for (table, column) in [("spellings", "spelling"), ("date_wordings", "wording")] {
        for (id, row) in &Table::read(table).rows {
            for span in row["evidence"].split(';') {
                let found = words(&documents, &evidence, span);
                if found != row[column] {
                    wrong.push(format!("{id}: `{}` and not `{found}`", row[column]));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// A misprint is in the words of the source, and not in what is meant.
#[test]
fn misprints_are_in_the_words_of_their_spans() {
    let Some(folder) = shared("sources") else {
        return;
    };
    let documents = Documents::read(&folder);
    let evidence = Table::read("evidence");
    for (id, row) in &Table::read("misprints").rows {
        let found = words(&documents, &evidence, &row["evidence"]);
        assert_ne!(found, row["meant"], "{id}");
    }
}

/// The wording of a figure is in the evidence for its value; a count by the curator has none.
#[test]
fn wordings_of_figures_are_in_their_evidence() {
    let claims = Table::read("claims");
    let evidence = Table::read("evidence");
    let documents = shared("sources").map(|folder| Documents::read(&folder));
    for (id, row) in &Table::read("figures").rows {
        let about = claims.rows.values().filter(|claim| {
            claim["table"] == "figures" && claim["row"] == *id && claim["column"] == "value"
        });
        let about: Vec<_> = about.collect();
        assert!(!about.is_empty(), "{id} has no claim about its value");
        let derived = about.iter().all(|claim| claim["basis"] == "derived");
        assert_eq!(
            row["wording"].is_empty(),
            derived,
            "{id}: {}",
            row["wording"]
        );
        let Some(documents) = documents.as_ref().filter(|_| !derived) else {
            continue;
        };
        let spans = about.iter().flat_map(|claim| claim["evidence"].split(';'));
        let mut found = spans.map(|span| words(documents, &evidence, span));
        assert!(
            found.any(|found| found.contains(&row["wording"])),
            "{id}: {}",
            row["wording"]
        );
    }
}

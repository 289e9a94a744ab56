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

/// What a curator writes of someone's words has no number that the words lack: a year that is inferred is a date
/// of its own.
#[test]
fn gists_have_the_numbers_of_the_words_alone() {
    let Some(folder) = shared("sources") else {
        return;
    };
    let documents = Documents::read(&folder);
    let evidence = Table::read("evidence");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for claim in Table::read("claims").rows.values() {
        if claim["column"] != "gist_ru" || claim["basis"] != "explicit" {
            continue;
        }
        let spans = claim["evidence"].split(';');
        let spans: Vec<String> = spans
            .map(|span| words(&documents, &evidence, span))
            .collect();
        let row = &claim["row"];
        let table = Table::read(&claim["table"]);
        for column in ["gist_ru", "gist_en"] {
            let gist = table.cell(row, column);
            let numbers = gist.split(|c: char| !c.is_ascii_digit());
            for number in numbers.filter(|number| !number.is_empty()) {
                seen += 1;
                if !spans.iter().any(|span| span.contains(number)) {
                    wrong.push(format!("{row}.{column} has {number}"));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(seen > 10, "{seen} numbers");
}

/// What the curator writes is claimed, with a basis.
#[test]
fn every_gist_has_a_claim_with_a_basis() {
    let claims = Table::read("claims");
    for table in ["statements", "quotations"] {
        for id in Table::read(table).rows.keys() {
            let mut about = claims.rows.values().filter(|claim| {
                claim["table"] == table && claim["row"] == *id && claim["column"] == "gist_ru"
            });
            assert!(
                about.any(|claim| claim["review"] == "accepted" && !claim["basis"].is_empty()),
                "{table} {id}"
            );
        }
    }
}

/// Parts of words by which the documents say that someone takes part, and how.
const TAKING_PART: [&str; 16] = [
    "участ",
    "собрала",
    "откры",
    "председат",
    "рассказал",
    "представил",
    "поддержк",
    "содействи",
    "инициатив",
    "оценят",
    "совещани",
    "разделились",
    "члены",
    "смогут",
    "групп",
    "сессии -",
];

/// That someone is in a list says nothing of taking part: the evidence of a role has the words that do.
#[test]
fn roles_rest_on_words_about_taking_part() {
    let Some(folder) = shared("sources") else {
        return;
    };
    let documents = Documents::read(&folder);
    let evidence = Table::read("evidence");
    let mut seen = 0;
    let mut wrong = Vec::new();
    for (id, claim) in &Table::read("claims").rows {
        if claim["table"] != "participations"
            || claim["column"] != "role"
            || claim["basis"] != "explicit"
        {
            continue;
        }
        seen += 1;
        let mut spans = claim["evidence"]
            .split(';')
            .map(|span| words(&documents, &evidence, span));
        let says = |span: String| {
            let span = span.to_lowercase();
            TAKING_PART.iter().any(|part| span.contains(part))
        };
        if !spans.any(says) {
            wrong.push(id.clone());
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(seen > 40, "{seen} roles");
}

/// The title in which someone took part is in the evidence for it.
#[test]
fn posts_held_at_events_rest_on_their_titles() {
    let Some(folder) = shared("sources") else {
        return;
    };
    let documents = Documents::read(&folder);
    let evidence = Table::read("evidence");
    let titles = ["глав", "руководител", "заместител", "губернатор"];
    for (id, claim) in &Table::read("claims").rows {
        if claim["table"] != "participations"
            || claim["column"] != "post_held"
            || claim["basis"] != "explicit"
        {
            continue;
        }
        // The asterisk of a misprint aside.
        let mut spans = claim["evidence"].split(';').map(|span| {
            words(&documents, &evidence, span)
                .to_lowercase()
                .replace('*', "")
        });
        assert!(
            spans.any(|span| titles.iter().any(|title| span.contains(title))),
            "{id}"
        );
    }
}

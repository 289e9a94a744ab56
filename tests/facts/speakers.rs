//! Who said it: only what a speaker's own words hold is put in a speaker's mouth.

use super::tables::Table;
use std::collections::HashMap;

/// A span of a document: its id, start and end in code points.
type Span = (String, usize, usize);

fn span(evidence: &Table, id: &str) -> Span {
    let number = |column| evidence.cell(id, column).parse().unwrap();
    (
        evidence.cell(id, "document").to_owned(),
        number("start"),
        number("end"),
    )
}

/// The spans of the fragments of a speaker's quotations; `column` is `person` or `post`.
fn words_of(evidence: &Table, column: &str, speaker: &str) -> Vec<Span> {
    let quotations = Table::read("quotations");
    Table::read("fragments")
        .rows
        .values()
        .filter(|fragment| quotations.cell(&fragment["quotation"], column) == speaker)
        .map(|fragment| span(evidence, &fragment["evidence"]))
        .collect()
}

#[test]
fn claims_that_someone_said_rest_on_their_words() {
    let evidence = Table::read("evidence");
    let mut wrong = Vec::new();
    let claims = Table::read("claims");
    // Who spoke is told by the words around a quotation.
    let attribution = |claim: &HashMap<String, String>| {
        claim["table"] == "quotations" && ["person", "post"].contains(&claim["column"].as_str())
    };
    let quoted = claims.rows.iter().filter(|(_, claim)| !attribution(claim));
    for (id, claim) in quoted {
        for (said_by, column) in [("said_by", "person"), ("said_by_post", "post")] {
            let speaker = &claim[said_by];
            if speaker.is_empty() {
                continue;
            }
            let words = words_of(&evidence, column, speaker);
            let within = claim["evidence"].split(';').all(|id| {
                let (document, start, end) = span(&evidence, id);
                words
                    .iter()
                    .any(|word| word.0 == document && word.1 <= start && end <= word.2)
            });
            if !within {
                wrong.push(format!("{id}: {speaker} said no such words"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// A curator infers, even from someone's words. Who is quoted has said the words, not the conclusion.
#[test]
fn nobody_is_said_to_have_said_what_is_inferred_as_fact() {
    let claims = Table::read("claims");
    let wrong: Vec<&String> = claims
        .rows
        .iter()
        .filter(|(_, claim)| claim["basis"] == "inferred" && claim["modality"] == "fact")
        .filter(|(_, claim)| !claim["said_by"].is_empty() || !claim["said_by_post"].is_empty())
        .map(|(id, _)| id)
        .collect();
    assert_eq!(wrong, Vec::<&String>::new());
}

//! Questions to the shipped graph: `questions.tsv` has them with their answers.

use super::{run, store};
use crate::facts::root;
use std::collections::BTreeMap;

/// Questions of each kind of fault, at least.
const LEAST: usize = 5;

const THINGS: &str = "https://w3id.org/civigraph/id/";

/// The rows of an answer in CSV, as `questions.tsv` writes them.
fn rows(csv: &str) -> String {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let cells = row.iter().map(|cell| match cell {
            "" => "-",
            cell => cell.strip_prefix(THINGS).unwrap_or(cell),
        });
        cells.collect::<Vec<_>>().join(" | ")
    });
    rows.collect::<Vec<_>>().join(" ;; ")
}

#[test]
fn every_question_has_the_answer_of_the_documents() {
    let store = store().to_str().unwrap();
    let text = std::fs::read_to_string(root().join("tests/graph/questions.tsv")).unwrap();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let lines = (1..).zip(text.lines());
    for (number, line) in lines.filter(|(_, line)| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [kind, question, asked, answer] = *fields else {
            panic!("line {number} has {} fields", fields.len());
        };
        *kinds.entry(kind).or_default() += 1;
        let found = if asked.starts_with("SELECT ") {
            rows(&run(&[
                "query", "-e", asked, "--format", "csv", "--store", store,
            ]))
        } else if asked.starts_with("ASK ") {
            let found = run(&["query", "-e", asked, "--format", "csv", "--store", store]);
            found.trim_end().to_owned()
        } else {
            let mut arguments: Vec<&str> = asked.split(' ').collect();
            arguments.extend(["--store", store]);
            let found = run(&arguments);
            let missing = answer.split(" ;; ").find(|line| !found.contains(line));
            missing.map_or_else(|| answer.to_owned(), |_| found)
        };
        if found != answer {
            wrong.push(format!("line {number}: {question}\n- {answer}\n+ {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(kinds.values().sum::<usize>() >= 40, "{kinds:?}");
    let few = kinds.iter().find(|(_, count)| **count < LEAST);
    assert_eq!(few, None);
}

//! Queries that are right and that the parser refuses, in words that it takes.
//!
//! | spargebra 0.4.8 refuses | what it gets |
//! |---|---|
//! | `TRUE`, `False`: keywords have no case | `true`, `false` |
//! | `SELECT (COUNT(?v) AS ?n) (?n + 1 AS ?m)`: what a `SELECT` names can be used behind it (SPARQL 1.1 §18.2.4.4) | `((COUNT(?v)) + 1 AS ?m)` |

use super::reader::QueryReader;
use super::ungrouped::{definition, ungrouped};
use super::{UNGROUPED_IN_EXPRESSION, significant};
use spargebra::{Query, SparqlParser};

/// Repairs of one query.
const MOST: usize = 64;

/// The longest text that is repaired, in bytes: each repair parses it again.
const LONGEST: usize = 1 << 16;

/// Functions that have another value in every place.
const OTHER_EACH_TIME: [&str; 4] = ["RAND", "UUID", "STRUUID", "BNODE"];

/// The query that a text is after repairs, and its text then. `None` where that is not what is wrong.
pub(super) fn repaired(parser: &SparqlParser, text: &str) -> Option<(Query, String)> {
    if text.len() > LONGEST {
        return None;
    }
    let mut text = text.to_owned();
    for _ in 0..MOST {
        let words = match parser.clone().parse_query(&text) {
            Ok(query) => return Some((query, text)),
            Err(error) => error.to_string(),
        };
        let reader = QueryReader {
            parser,
            text: &text,
        };
        let (at, cause) = reader.stop(&words)?;
        let (range, by) = if cause.as_deref() == Some(UNGROUPED_IN_EXPRESSION) {
            let wrong = ungrouped(reader, UNGROUPED_IN_EXPRESSION)?;
            let expression = definition(&text, wrong.variable, wrong.at)?;
            let upper = expression.to_ascii_uppercase();
            if OTHER_EACH_TIME.iter().any(|name| upper.contains(name)) {
                return None;
            }
            let range = wrong.at..wrong.at + wrong.variable.len();
            (range, format!("({expression})"))
        } else {
            let word = ["true", "false"].into_iter().find(|word| {
                let here = text.get(at..at + word.len());
                here.is_some_and(|here| here != *word && here.eq_ignore_ascii_case(word))
            })?;
            (at..at + word.len(), word.to_owned())
        };
        // Not in a comment, a string or an IRI.
        significant(&text).find(|byte| *byte == range.start)?;
        text.replace_range(range, &by);
        // A name that is used twice may double it, time and again.
        if text.len() > LONGEST {
            return None;
        }
    }
    None
}

//! Languages that a query asks for and that no text of the graph has.

use super::visit::{Visitor, pattern_of, walk_expression};
use crate::diagnostic::suggest;
use crate::store::Build;
use civigraph_index::Result;
use oxrdf::Literal;
use spargebra::Query;
use spargebra::algebra::{Expression, Function};
use std::collections::BTreeSet;

/// Texts beyond which nobody looks for a language.
const TEXTS: u32 = 5_000_000;

/// Tags that a hint lists.
const SHOWN: usize = 12;

/// A sentence for each language that no text has.
///
/// Recurses with the depth of the query: call it on a large stack.
pub(super) fn hints(query: &Query, build: &Build) -> Result<Vec<String>> {
    let pattern = pattern_of(query);
    let mut asked = Languages::default();
    asked.pattern(pattern);
    let mut hints = Vec::new();
    for (range, tag) in &asked.0 {
        let wanted =
            |known: &str| known.eq_ignore_ascii_case(tag) || (*range && is_in_range(known, tag));
        if let Some(known) = build.index().languages_without(&wanted, TEXTS)? {
            hints.push(hint(tag, &known));
        }
    }
    Ok(hints)
}

fn hint(tag: &str, known: &BTreeSet<String>) -> String {
    let near = suggest::hint(tag, known.iter().map(String::as_str));
    let mut there: Vec<String> = known
        .iter()
        .take(SHOWN)
        .map(|it| format!("`{it}`"))
        .collect();
    if known.len() > SHOWN {
        there.push(format!("{} more", known.len() - SHOWN));
    }
    let there = match (near, there.is_empty()) {
        (Some(near), _) => format!("; {near}"),
        (None, true) => String::new(),
        (None, false) => format!("; there are {}", there.join(", ")),
    };
    format!("no text in the graph has the language `{tag}`{there}")
}

/// Whether a tag is longer than a basic language range and in it (RFC 4647 §3.3.1).
pub(crate) fn is_in_range(tag: &str, range: &str) -> bool {
    let start = tag.get(..range.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(range))
        && tag
            .get(range.len()..)
            .is_some_and(|rest| rest.starts_with('-'))
}

/// The tags with which a query compares languages, each with whether it is a range.
#[derive(Default)]
struct Languages(BTreeSet<(bool, String)>);

impl Languages {
    fn compared(&mut self, one: &Expression, other: &Expression) {
        if let (Expression::FunctionCall(Function::Lang, _), Expression::Literal(tag))
        | (Expression::Literal(tag), Expression::FunctionCall(Function::Lang, _)) = (one, other)
        {
            self.add(false, tag);
        }
    }

    fn add(&mut self, range: bool, tag: &Literal) {
        // The empty tag is that of texts without a language, and `*` is any.
        if !tag.value().is_empty() && tag.value() != "*" {
            self.0.insert((range, tag.value().to_owned()));
        }
    }
}

impl Visitor for Languages {
    fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Equal(one, other) | Expression::SameTerm(one, other) => {
                self.compared(one, other);
            }
            Expression::In(one, others) => {
                // One of several may be there.
                if let [other] = others.as_slice() {
                    self.compared(one, other);
                }
            }
            // What is not wanted need not be there.
            Expression::Not(_) => return,
            Expression::FunctionCall(Function::LangMatches, arguments) => {
                if let [
                    Expression::FunctionCall(Function::Lang, _),
                    Expression::Literal(range),
                ] = arguments.as_slice()
                {
                    self.add(true, range);
                }
            }
            _ => {}
        }
        walk_expression(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_in_ranges() {
        for (tag, range, expected) in [
            ("ru-Latn", "ru", true),
            ("RU-latn", "ru", true),
            ("rue", "ru", false),
            ("ru", "ru-Latn", false),
        ] {
            assert_eq!(is_in_range(tag, range), expected, "{tag} {range}");
        }
    }
}

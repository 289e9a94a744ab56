//! Which variable a query with groups selects without grouping by it: the parser knows only that there is one.

use super::super::guard::significant;
use super::reader::QueryReader;
use std::ops::Range;

/// A variable, and where it is.
pub(super) struct Ungrouped<'t> {
    pub(super) variable: &'t str,
    pub(super) at: usize,
    /// Whether the query has no groups, but one of all rows for an aggregate.
    pub(super) no_groups: bool,
}

/// Finds the variable that makes the parser say `sentence`.
///
/// What a `SELECT` lists is replaced by counts, all but one item after the other: the one that the parser refuses
/// then is the wrong one.
pub(super) fn ungrouped<'t>(reader: QueryReader<'t>, sentence: &str) -> Option<Ungrouped<'t>> {
    let says = |text: &str| {
        let changed = QueryReader { text, ..reader };
        let stop = reader.error(text).and_then(|words| changed.stop(&words));
        stop.is_some_and(|(_, cause)| cause.as_deref() == Some(sentence))
    };
    let selections = selections(reader.text);
    let no_groups = !selections.grouped;
    for items in &selections.items {
        let without = |kept: Option<usize>| {
            let replaced = items.iter().enumerate();
            let replaced = replaced.filter(|(index, _)| Some(*index) != kept);
            replace(
                reader.text,
                replaced.map(|(index, item)| (item.clone(), count(index))),
            )
        };
        if says(&without(None)) {
            continue;
        }
        let Some(index) = (0..items.len()).find(|index| says(&without(Some(*index)))) else {
            continue;
        };
        let item = items.get(index)?;
        let variables = variables(reader.text, item);
        // Of an expression, the variable that matters; the last one is its name.
        let wrong = variables.iter().find(|variable| {
            let others = variables.iter().filter(|other| other != variable);
            let constants = others.map(|other| (other.clone(), "1".to_owned()));
            let name = variables.last().filter(|_| variables.len() > 1);
            let constants = constants.filter(|(range, _)| Some(range) != name);
            let mut replaced: Vec<_> = constants.collect();
            let rest = items
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index);
            replaced.extend(rest.map(|(index, item)| (item.clone(), count(index))));
            replaced.sort_by_key(|(range, _)| range.start);
            says(&replace(reader.text, replaced))
        });
        let wrong = wrong.or(variables.first())?;
        return Some(Ungrouped {
            variable: reader.text.get(wrong.clone())?,
            at: wrong.start,
            no_groups,
        });
    }
    None
}

/// The expression that an item of a `SELECT` gives a name, before the place in a later item where the name is used.
pub(super) fn definition<'t>(text: &'t str, variable: &str, at: usize) -> Option<&'t str> {
    let selections = selections(text);
    let mut items = selections.items.iter();
    let items = items.find(|items| items.iter().any(|item| item.contains(&at)))?;
    let mut before = items.iter().take_while(|item| !item.contains(&at));
    before.find_map(|item| {
        let name = variables(text, item).pop()?;
        let expression = text
            .get(item.start..name.start)?
            .strip_prefix('(')?
            .trim_end();
        let (expression, keyword) =
            expression.split_at_checked(expression.len().checked_sub(2)?)?;
        let names = text.get(name)? == variable && keyword.eq_ignore_ascii_case("AS");
        names.then(|| expression.trim())
    })
}

/// An item of a `SELECT` that is always right, and makes an aggregate of the query.
fn count(index: usize) -> String {
    format!("(COUNT(*) AS ?civigraph{index})")
}

/// A text with some of its parts replaced, which come in their order.
fn replace(text: &str, parts: impl IntoIterator<Item = (Range<usize>, String)>) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut at = 0;
    for (range, by) in parts {
        replaced.push_str(text.get(at..range.start).unwrap_or_default());
        replaced.push_str(&by);
        at = range.end;
    }
    replaced.push_str(text.get(at..).unwrap_or_default());
    replaced
}

/// What the `SELECT` clauses of a text list.
#[derive(Default)]
struct Selections {
    items: Vec<Vec<Range<usize>>>,
    /// Whether there is a `GROUP BY`.
    grouped: bool,
}

fn selections(text: &str) -> Selections {
    let mut found = Selections::default();
    let mut items: Option<Vec<Range<usize>>> = None;
    let mut depth = 0_usize;
    let mut opened = 0;
    let mut at = 0;
    for byte in significant(text) {
        if byte < at {
            continue;
        }
        let rest = text.get(byte..).unwrap_or_default();
        at = byte + 1;
        match text.as_bytes().get(byte) {
            Some(b'(') => {
                if depth == 0 {
                    opened = byte;
                }
                depth += 1;
            }
            Some(b')') => {
                depth = depth.saturating_sub(1);
                if depth == 0
                    && let Some(items) = &mut items
                {
                    items.push(opened..byte + 1);
                }
            }
            Some(b'{' | b'}') => {
                found.items.extend(items.take());
                depth = 0;
            }
            Some(b'?' | b'$') => {
                let end = byte + 1 + name_length(rest.get(1..).unwrap_or_default());
                at = end;
                if depth == 0
                    && end > byte + 1
                    && let Some(items) = &mut items
                {
                    items.push(byte..end);
                }
            }
            Some(letter) if letter.is_ascii_alphabetic() => {
                let length = name_length(rest);
                at = byte + length;
                let word = rest.get(..length).unwrap_or_default();
                let is_name = rest.get(length..).is_some_and(|rest| rest.starts_with(':'));
                if depth > 0 || is_name {
                    continue;
                }
                if word.eq_ignore_ascii_case("SELECT") {
                    items = Some(Vec::new());
                } else if word.eq_ignore_ascii_case("WHERE") || word.eq_ignore_ascii_case("FROM") {
                    found.items.extend(items.take());
                } else if word.eq_ignore_ascii_case("GROUP") {
                    found.grouped = true;
                }
            }
            _ => {}
        }
    }
    found
}

/// The variables in a part of a text.
fn variables(text: &str, part: &Range<usize>) -> Vec<Range<usize>> {
    let inside = significant(text).filter(|byte| part.contains(byte));
    inside
        .filter(|byte| matches!(text.as_bytes().get(*byte), Some(b'?' | b'$')))
        .map(|byte| byte..byte + 1 + name_length(text.get(byte + 1..).unwrap_or_default()))
        .collect()
}

/// The length of the name of a variable, or of a keyword.
fn name_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(text.len())
}

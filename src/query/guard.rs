//! Limits that keep a stranger's query from taking the process down.
//!
//! A query is text before it is anything else: its size and the depth of its brackets are checked
//! before it is parsed, the rest on the algebra. Evaluation recurses with the depth of the algebra, so
//! parsing and evaluating run on a large stack ([`on_large_stack`](super::stack::on_large_stack)).

use super::visit::{Visitor, pattern_of, walk_expression, walk_pattern};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::query::QueryError;
use spargebra::Query;
use spargebra::algebra::{Expression, Function, GraphPattern, PropertyPathExpression};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What a query may take.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct QueryLimits {
    /// Length of its text in bytes.
    pub bytes: usize,
    /// Depth of brackets of all kinds.
    pub brackets: usize,
    /// Depth of `OPTIONAL`, `EXISTS`, `MINUS` and sub-selects within each other.
    pub nesting: usize,
    /// Triple patterns and property path steps together.
    pub patterns: usize,
    /// Wall-clock time; `None` for as long as it takes.
    pub time: Option<Duration>,
    /// Rows or triples of the answer; `None` for all.
    pub rows: Option<u64>,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self {
            bytes: 64 << 10,
            brackets: 64,
            nesting: 16,
            patterns: 100,
            time: None,
            rows: None,
        }
    }
}

/// Checks the text of a query, before it is parsed.
pub(super) fn check_text(text: &str, file: &str, limits: &QueryLimits) -> Result<(), QueryError> {
    if text.len() > limits.bytes {
        return Err(Diagnostic::new(
            Code::QueryLimit,
            Place::file(file),
            format!("the query has {} bytes", text.len()),
        )
        .with_expected(format!("at most {} bytes", limits.bytes))
        .into());
    }
    if let Some(at) = too_deep(text, limits.brackets) {
        let (line, column) = line_and_column(text, at);
        return Err(Diagnostic::new(
            Code::QueryLimit,
            Place::at(file, line, column),
            "brackets nest too deep here",
        )
        .with_expected(format!("at most {} levels", limits.brackets))
        .into());
    }
    Ok(())
}

/// The position of the first bracket that is deeper than `limit`. Brackets in strings, IRIs and comments
/// do not count; where it is not clear what a `<` starts, brackets do count.
fn too_deep(text: &str, limit: usize) -> Option<usize> {
    let mut depth = 0_usize;
    significant(text).find(|&at| {
        match text.as_bytes().get(at) {
            Some(b'{' | b'(' | b'[') => depth += 1,
            Some(b'}' | b')' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > limit
    })
}

/// The positions of bytes outside of strings, IRIs and comments.
pub(super) fn significant(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = bytes.get(at..)?;
            let length = match *rest.first()? {
                b'#' => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
                quote @ (b'"' | b'\'') => quoted_length(rest, quote),
                b'<' => iri_length(rest).unwrap_or(1),
                _ => 1,
            };
            at += length;
            if length == 1 {
                return Some(at - 1);
            }
        }
    })
}

/// The length of a string literal with its quotes; one byte where it does not end.
fn quoted_length(text: &[u8], quote: u8) -> usize {
    let long = text.starts_with(&[quote; 3]);
    let mut at = if long { 3 } else { 1 };
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' if !long => return 1,
            _ if byte == quote && !long => return at + 1,
            _ if long && text.get(at..).is_some_and(|t| t.starts_with(&[quote; 3])) => {
                return at + 3;
            }
            _ => at += 1,
        }
    }
    1
}

/// The length of an IRI in angle brackets; `None` where the `<` is a comparison.
fn iri_length(text: &[u8]) -> Option<usize> {
    let end = text
        .iter()
        .skip(1)
        .position(|byte| *byte <= b' ' || b"<>\"{}|^`\\".contains(byte))?
        + 1;
    (text.get(end) == Some(&b'>')).then_some(end + 1)
}

/// Line and character of a byte position, both from 1.
pub(super) fn line_and_column(text: &str, at: usize) -> (u64, u64) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() as u64 + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let column = before
        .get(start..)
        .map_or(0, |rest| rest.chars().count() as u64)
        + 1;
    (line, column)
}

/// What the algebra of a query shows.
#[derive(Debug, Default)]
pub(super) struct Findings {
    patterns: usize,
    depth: usize,
    deepest: usize,
    service: bool,
    /// IRIs of functions that are not SPARQL's own, each with the numbers of arguments of its calls.
    pub(super) functions: BTreeMap<String, BTreeSet<usize>>,
}

/// Checks the algebra of a query.
pub(super) fn check_algebra(
    query: &Query,
    file: &str,
    limits: &QueryLimits,
) -> Result<Findings, QueryError> {
    let mut findings = Findings::default();
    let pattern = pattern_of(query);
    findings.pattern(pattern);
    let refuse = |code, message: String| Diagnostic::new(code, Place::file(file), message);
    if findings.service {
        return Err(refuse(
            Code::QueryForbidden,
            "`SERVICE` is not allowed: queries read the published graph alone".to_owned(),
        )
        .into());
    }
    if findings.patterns > limits.patterns {
        return Err(refuse(
            Code::QueryLimit,
            format!(
                "the query has {} triple patterns and path steps",
                findings.patterns
            ),
        )
        .with_expected(format!("at most {}", limits.patterns))
        .into());
    }
    if findings.deepest > limits.nesting {
        return Err(refuse(
            Code::QueryLimit,
            format!(
                "`OPTIONAL`, `EXISTS`, `MINUS` and sub-selects nest {} levels deep",
                findings.deepest
            ),
        )
        .with_expected(format!("at most {}", limits.nesting))
        .into());
    }
    Ok(findings)
}

impl Visitor for Findings {
    fn pattern(&mut self, pattern: &GraphPattern) {
        match pattern {
            GraphPattern::Bgp { patterns } => self.patterns += patterns.len(),
            GraphPattern::Path { path, .. } => self.path(path),
            GraphPattern::LeftJoin {
                left,
                right,
                expression,
            } => {
                self.pattern(left);
                self.nested(right);
                if let Some(expression) = expression {
                    self.expression(expression);
                }
            }
            GraphPattern::Minus { left, right } | GraphPattern::Lateral { left, right } => {
                self.pattern(left);
                self.nested(right);
            }
            // The outermost select is at depth 1 and no sub-select: 16 levels of nesting are 16 more.
            GraphPattern::Project { inner, .. } => self.nested(inner),
            GraphPattern::Service { .. } => self.service = true,
            _ => walk_pattern(self, pattern),
        }
    }

    fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Exists(pattern) => return self.nested(pattern),
            Expression::FunctionCall(Function::Custom(name), arguments) => {
                let counts = self.functions.entry(name.as_str().to_owned());
                counts.or_default().insert(arguments.len());
            }
            _ => {}
        }
        walk_expression(self, expression);
    }
}

impl Findings {
    /// A pattern one level down.
    fn nested(&mut self, pattern: &GraphPattern) {
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        self.pattern(pattern);
        self.depth -= 1;
    }

    fn path(&mut self, path: &PropertyPathExpression) {
        match path {
            PropertyPathExpression::NamedNode(_) => self.patterns += 1,
            PropertyPathExpression::NegatedPropertySet(properties) => {
                self.patterns += properties.len();
            }
            PropertyPathExpression::Reverse(a)
            | PropertyPathExpression::ZeroOrMore(a)
            | PropertyPathExpression::OneOrMore(a)
            | PropertyPathExpression::ZeroOrOne(a) => self.path(a),
            PropertyPathExpression::Sequence(a, b) | PropertyPathExpression::Alternative(a, b) => {
                self.path(a);
                self.path(b);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_counted_where_they_are_brackets() {
        for (text, limit, expected) in [
            ("{ { } }", 1, Some(2)),
            ("{ { } }", 2, None),
            ("{ \"{{{\" '((' }", 1, None),
            ("{ \"\"\"{{\"{\"\"\" }", 1, None),
            ("{ <http://e/{> }", 1, Some(12)),
            ("{ <http://e/(> }", 1, None),
            ("{ # {{{\n }", 1, None),
            ("{ ?a < ?b && (?c) }", 1, Some(13)),
            ("{ 'it\n{{", 1, Some(6)),
            ("{ \"a\\\"{\" }", 1, None),
        ] {
            assert_eq!(too_deep(text, limit), expected, "{text}");
        }
    }

    #[test]
    fn lines_and_columns_count_characters() {
        let text = "a\n«б»x";
        assert_eq!(
            text.find('x').map(|at| line_and_column(text, at)),
            Some((2, 4))
        );
    }
}

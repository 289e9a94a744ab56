//! SPARQL text to algebra; errors with their place.

mod flaw;
mod reader;
mod repair;
#[cfg(test)]
mod tests;
mod ungrouped;

use super::guard::{Findings, QueryLimits, check_algebra, check_text, significant};
use super::projection::order_of_text;
use crate::csvw::well_known_namespace;
use crate::diagnostic::{Code, Diagnostic, Hint, HintAction, Place, suggest};
use crate::query::QueryError;
use crate::store::Prefixes;
use flaw::missing;
use reader::{QueryReader, UNREPORTED};
use repair::repaired;
use spargebra::{Query, SparqlParser, SparqlSyntaxError};
use std::borrow::Cow;
use ungrouped::{Ungrouped, ungrouped};

/// Parses and checks a query. Prefixes of the project need not be declared; relative IRIs are resolved against
/// `base`, where there is one.
///
/// Recurses with the depth of the query: call it on a large stack.
pub(super) fn parse(
    text: &str,
    file: &str,
    prefixes: &Prefixes,
    base: Option<&str>,
    limits: &QueryLimits,
) -> Result<(Query, Findings), QueryError> {
    check_text(text, file, limits)?;
    let mut parser = SparqlParser::new();
    if let Some(base) = base {
        // A base that is not an IRI leaves relative IRIs without one.
        parser = parser.clone().with_base_iri(base).unwrap_or(parser);
    }
    for (prefix, namespace) in prefixes.iter() {
        // A namespace that is not an IRI cannot be of use in a query.
        parser = match parser.clone().with_prefix(prefix, namespace) {
            Ok(with_prefix) => with_prefix,
            Err(_) => parser,
        };
    }
    let (mut query, text) = match parser.clone().parse_query(text) {
        Ok(query) => (query, Cow::Borrowed(text)),
        Err(error) => match repaired(&parser, text) {
            Some((query, text)) => (query, Cow::Owned(text)),
            None => return Err(refusal(&error, &parser, prefixes, text, file)),
        },
    };
    order_of_text(&mut query, &text);
    let findings = check_algebra(&query, file, limits)?;
    Ok((query, findings))
}

/// What is wrong with a text that is not a query.
fn refusal(
    error: &SparqlSyntaxError,
    parser: &SparqlParser,
    prefixes: &Prefixes,
    text: &str,
    file: &str,
) -> QueryError {
    if let Some(merge) = Diagnostic::unresolved_merge(text, &file.into()) {
        return merge.into();
    }
    // An update is not a typing error: say what it is, whatever its relative IRIs are relative to.
    let updates = parser.clone().with_base_iri("http://example.org/");
    match updates.map(|parser| parser.parse_update(text)) {
        // No operation at all is an update, but nobody means one.
        Ok(Ok(update)) if update.operations.is_empty() => {
            return Diagnostic::new(
                Code::QuerySyntax,
                Place::file(file),
                "the query is empty: it has only comments and declarations",
            )
            .with_expected("`SELECT`, `CONSTRUCT`, `DESCRIBE` or `ASK`")
            .into();
        }
        Ok(Ok(_)) => {
            return Diagnostic::new(
                Code::QueryForbidden,
                Place::file(file),
                "this is an update; the published graph is only read",
            )
            .with_hint(HintAction::ChangeTables)
            .into();
        }
        _ => {}
    }
    QueryError::from(syntax_error(error, parser, prefixes, text, file))
}

fn syntax_error(
    error: &SparqlSyntaxError,
    parser: &SparqlParser,
    prefixes: &Prefixes,
    text: &str,
    file: &str,
) -> Diagnostic {
    let words = error.to_string();
    let reader = QueryReader { parser, text };
    let Some((at, cause)) = reader.stop(&words) else {
        return Diagnostic::new(Code::QuerySyntax, Place::file(file), words);
    };
    let wrong = |at: usize, message: String| {
        let (line, column) = reader.place(at);
        Diagnostic::new(Code::QuerySyntax, Place::at(file, line, column), message)
    };
    if cause.as_deref() == Some(PREFIX)
        && let Some(prefix) = undeclared_prefix(reader, at)
    {
        let problem = wrong(at, format!("the prefix `{prefix}` is not declared"));
        return problem.with_hint(declaration(prefix, prefixes));
    }
    match cause.as_deref() {
        Some("IRI parsing failed") => wrong(at, "this is not an absolute IRI".to_owned()),
        Some("Duplicated variable name in SELECT") => {
            wrong(at, "a variable is selected twice".to_owned())
        }
        Some(sentence @ (UNGROUPED | UNGROUPED_IN_EXPRESSION)) => match ungrouped(reader, sentence)
        {
            Some(Ungrouped {
                variable,
                at,
                no_groups,
            }) => {
                let message = if no_groups {
                    format!(
                        "`{variable}` is selected beside an aggregate, and the query has no `GROUP BY`"
                    )
                } else {
                    format!("`{variable}` is selected, but the query does not group by it")
                };
                wrong(at, message).with_hint(format!(
                    "add it to `GROUP BY`, or select one of its values: `(SAMPLE({variable}) AS ?name)`"
                ))
            }
            None => wrong(
                at,
                "a variable is selected that the query does not group by".to_owned(),
            ),
        },
        Some("SELECT * is not authorized with GROUP BY") => wrong(
            at,
            "`SELECT *` and `GROUP BY` do not go together".to_owned(),
        )
        .with_hint(
            "select the variables of `GROUP BY` and aggregates: `SELECT ?x (COUNT(*) AS ?n)`",
        ),
        Some(UNREPORTED) => wrong(at, "a blank node is in two graph patterns".to_owned())
            .with_hint("use a variable"),
        Some(other) if other != PREFIX => wrong(at, format!("the query is wrong here: {other}")),
        _ => {
            let flaw = missing(reader, at);
            let problem = wrong(flaw.at.unwrap_or(at), flaw.message);
            match flaw.hint {
                Some(hint) => problem.with_hint(hint),
                None => problem,
            }
        }
    }
}

/// Sentences of the parser.
const PREFIX: &str = "Prefix not found";
const UNGROUPED: &str = "The SELECT contains a variable that is unbound";
const UNGROUPED_IN_EXPRESSION: &str =
    "The SELECT contains an expression with a variable that is unbound";

/// The prefix of the name at a place, where declaring it would let the parser go on.
fn undeclared_prefix(reader: QueryReader<'_>, at: usize) -> Option<&str> {
    let rest = reader.text.get(at..)?;
    let (prefix, _) = rest.split_once(':')?;
    let parser = reader.parser.clone();
    let parser = parser.with_prefix(prefix, "http://example.org/").ok()?;
    let declared = QueryReader {
        parser: &parser,
        text: reader.text,
    };
    match declared.error(reader.text) {
        None => Some(prefix),
        Some(words) => {
            let (stopped, _) = declared.stop(&words)?;
            (stopped > at).then_some(prefix)
        }
    }
}

/// How to declare a prefix, or which one is meant.
fn declaration(prefix: &str, prefixes: &Prefixes) -> Hint {
    if let Some(namespace) = well_known_namespace(prefix) {
        return format!("add `PREFIX {prefix}: <{namespace}>` at the start of the query").into();
    }
    match suggest::hint(prefix, prefixes.iter().map(|(known, _)| known)) {
        Some(hint) => hint.into(),
        None => Hint::from("add `PREFIX name: <IRI>` at the start of the query")
            .and(HintAction::ListPrefixes),
    }
}

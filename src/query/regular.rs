//! `REGEX` and `REPLACE` as SPARQL has them: with the expressions and replacements of XPath.
//!
//! spareval 0.2.9 follows the dialect of Rust's `regex` crate instead, which takes other expressions (no class
//! subtraction, `\i`, `\c`, `\p{IsBasicLatin}` or back-references) and reads some differently (`$2_$1`, flag `x`). No released
//! version does otherwise. So calls of the two become calls of functions of our own, whose matching takes a bounded
//! number of steps.

use super::visit::{VisitorMut, walk_expression_mut};
use crate::datatype::regular::XPathRegex;
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, Term};
use spareval::QueryEvaluator;
use spargebra::algebra::{Expression, Function, GraphPattern};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

const REGEX: &str = "urn:civigraph:function:regex";
const REPLACE: &str = "urn:civigraph:function:replace";

/// Expressions that are kept compiled.
const KEPT: usize = 64;

/// Characters of an expression that a message shows.
const SHOWN: usize = 80;

/// The regular expressions of a query.
#[derive(Clone, Default)]
pub(crate) struct RegularExpressions {
    compiled: Arc<CompiledExpressions>,
}

impl fmt::Debug for RegularExpressions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Regular").finish_non_exhaustive()
    }
}

/// Compiled expressions by pattern and flags; `None` for those that cannot be used.
type Expressions = HashMap<(String, String), Option<Arc<XPathRegex>>>;

#[derive(Default)]
struct CompiledExpressions {
    expressions: Mutex<Expressions>,
    /// Why the answer is not to be trusted, if it is not.
    failure: OnceLock<String>,
}

impl RegularExpressions {
    /// Makes the calls in a pattern those of the functions here. Recurses with the depth of the pattern.
    ///
    /// # Errors
    /// An expression in it is not one of XPath's, or too large: a sentence that says so.
    pub(crate) fn rewrite(pattern: &mut GraphPattern) -> Result<Self, String> {
        let mut calls = RegularCalls::default();
        calls.pattern(pattern);
        match calls.illegal {
            None => Ok(Self::default()),
            Some((expression, why)) => Err(format!(
                "`{}` is not a regular expression of XPath: {why}",
                shortened(&expression)
            )),
        }
    }

    /// Makes the functions known to an evaluator.
    pub(crate) fn register(&self, evaluator: QueryEvaluator) -> QueryEvaluator {
        let (matching, replacing) = (Arc::clone(&self.compiled), Arc::clone(&self.compiled));
        evaluator
            .with_custom_function(NamedNode::new_unchecked(REGEX), move |arguments| {
                matching.matches(arguments)
            })
            .with_custom_function(NamedNode::new_unchecked(REPLACE), move |arguments| {
                replacing.replace(arguments)
            })
    }

    /// Why not all texts could be matched, if so: matching one took too many steps. To be asked after the answer.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.compiled.failure.get().map(String::as_str)
    }
}

/// An expression as a message shows it.
fn shortened(expression: &str) -> String {
    match expression.char_indices().nth(SHOWN) {
        None => expression.to_owned(),
        Some((end, _)) => format!("{}…", expression.get(..end).unwrap_or_default()),
    }
}

impl CompiledExpressions {
    fn expression(&self, pattern: &str, flags: &str) -> Option<Arc<XPathRegex>> {
        let mut expressions = self
            .expressions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let key = (pattern.to_owned(), flags.to_owned());
        if let Some(known) = expressions.get(&key) {
            return known.clone();
        }
        if expressions.len() >= KEPT {
            expressions.clear();
        }
        let compiled = XPathRegex::new(pattern, flags).ok().map(Arc::new);
        expressions.insert(key, compiled.clone());
        compiled
    }

    fn matches(&self, arguments: &[Term]) -> Option<Term> {
        let [text, pattern, flags @ ..] = arguments else {
            return None;
        };
        let regex = self.expression(simple(pattern)?, optional(flags)?)?;
        match regex.is_match(string(text)?.value()) {
            Ok(found) => Some(Literal::from(found).into()),
            Err(error) => {
                // The first failure is the one to report.
                let _ = self.failure.set(error.to_string());
                None
            }
        }
    }

    fn replace(&self, arguments: &[Term]) -> Option<Term> {
        use crate::datatype::regular::ReplaceError;
        let [text, pattern, replacement, flags @ ..] = arguments else {
            return None;
        };
        let regex = self.expression(simple(pattern)?, optional(flags)?)?;
        let text = string(text)?;
        match regex.replace(text.value(), simple(replacement)?) {
            Ok(replaced) => Some(
                match (text.language(), text.direction()) {
                    (Some(language), Some(direction)) => {
                        Literal::new_directional_language_tagged_literal_unchecked(
                            replaced, language, direction,
                        )
                    }
                    (Some(language), None) => {
                        Literal::new_language_tagged_literal_unchecked(replaced, language)
                    }
                    (None, _) => Literal::new_simple_literal(replaced),
                }
                .into(),
            ),
            Err(error @ ReplaceError::OutOfSteps) => {
                let _ = self.failure.set(error.to_string());
                None
            }
            // An error of the expression, as the specification has it.
            Err(ReplaceError::MatchesNothing | ReplaceError::Replacement(_)) => None,
        }
    }
}

/// A string, with or without a language.
fn string(term: &Term) -> Option<&Literal> {
    match term {
        Term::Literal(literal)
            if literal.language().is_some() || literal.datatype() == xsd::STRING =>
        {
            Some(literal)
        }
        _ => None,
    }
}

/// A string without a language.
fn simple(term: &Term) -> Option<&str> {
    string(term)
        .filter(|literal| literal.language().is_none())
        .map(Literal::value)
}

/// The flags, if there are any.
fn optional(flags: &[Term]) -> Option<&str> {
    match flags {
        [] => Some(""),
        [flags] => simple(flags),
        _ => None,
    }
}

/// Looks for the calls, and for expressions that cannot be used.
#[derive(Default)]
struct RegularCalls {
    illegal: Option<(String, String)>,
}

impl RegularCalls {
    fn check(&mut self, pattern: Option<&Expression>, flags: Option<&Expression>) {
        let constant = |expression: &Expression| match expression {
            Expression::Literal(literal) => Some(literal.value().to_owned()),
            _ => None,
        };
        let flags = match flags {
            None => Some(String::new()),
            Some(flags) => constant(flags),
        };
        if let (Some(pattern), Some(flags)) = (pattern.and_then(constant), flags)
            && self.illegal.is_none()
            && let Err(error) = XPathRegex::new(&pattern, &flags)
        {
            self.illegal = Some((pattern, error.to_string()));
        }
    }
}

impl VisitorMut for RegularCalls {
    fn expression(&mut self, expression: &mut Expression) {
        walk_expression_mut(self, expression);
        if let Expression::FunctionCall(function, arguments) = expression {
            let (name, flags) = match function {
                Function::Regex => (REGEX, 2),
                Function::Replace => (REPLACE, 3),
                _ => return,
            };
            self.check(arguments.get(1), arguments.get(flags));
            *function = Function::Custom(NamedNode::new_unchecked(name));
        }
    }
}

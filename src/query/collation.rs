//! Order as readers of a language expect it: `Ё` after `Е` and not before `А`, `é` after `e` and not after `z`.
//!
//! | call | value |
//! |---|---|
//! | `cg:collate(?text)` | a key to order by: texts in all scripts, as the Unicode Collation Algorithm has it |
//! | `cg:collate(?text, "sv")` | the same in the order of a language (CLDR): in Swedish, `ö` comes after `z` |
//!
//! Keys are for `ORDER BY` and say nothing else: another version may make others. What is not a text stays as it is, so
//! that numbers and dates keep their order. The namespace is the project's own: its base and `ns#`.

use super::guard::Findings;
use super::lineage_functions::NAMESPACE;
use super::visit::{VisitorMut, pattern_of_mut, walk_pattern_mut};
use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_locale_core::Locale;
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, Term};
use spareval::QueryEvaluator;
use spargebra::Query;
use spargebra::algebra::{Expression, Function, GraphPattern, OrderExpression};
use std::collections::HashMap;
use std::fmt::Write;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The local name of the function.
pub(super) const NAME: &str = "collate";

/// How many arguments it takes, and which.
const ARGUMENTS: (RangeInclusive<usize>, &str) = (1..=2, "a text; then, if need be, a language");

fn iri(base: &str) -> String {
    format!("{base}{NAMESPACE}{NAME}")
}

/// Whether a function is this one; the number of arguments that it cannot take, if there is one, with what it takes
/// instead.
pub(super) fn check(
    name: &str,
    base: &str,
    counts: impl IntoIterator<Item = usize>,
) -> Option<Option<(&'static str, usize, &'static str)>> {
    (iri(base) == name).then(|| {
        let (range, expected) = ARGUMENTS;
        let wrong = counts.into_iter().find(|count| !range.contains(count));
        wrong.map(|count| (NAME, count, expected))
    })
}

/// Makes every `ORDER BY` of a query one of collated texts, in the order of a language; the empty one is that of all
/// scripts.
///
/// Recurses with the depth of the query: call it on a large stack.
fn rewrite(query: &mut Query, base: &str, language: &str) {
    struct Orders(Function, Option<Expression>);
    impl VisitorMut for Orders {
        fn pattern(&mut self, pattern: &mut GraphPattern) {
            if let GraphPattern::OrderBy { expression, .. } = pattern {
                // What readers take for the same has one order all the same.
                let plain = expression.clone();
                for OrderExpression::Asc(key) | OrderExpression::Desc(key) in &mut *expression {
                    let by = std::mem::replace(key, Literal::from(true).into());
                    let arguments = std::iter::once(by).chain(self.1.clone());
                    *key = Expression::FunctionCall(self.0.clone(), arguments.collect());
                }
                expression.extend(plain);
            }
            walk_pattern_mut(self, pattern);
        }
    }
    let function = Function::Custom(NamedNode::new_unchecked(iri(base)));
    let language = (!language.is_empty()).then(|| Literal::from(language).into());
    let pattern = pattern_of_mut(query);
    Orders(function, language).pattern(pattern);
}

/// The collators of a query, ready to be called.
#[derive(Clone, Default)]
pub(super) struct Collation {
    collators: Arc<Collators>,
}

#[derive(Default)]
struct Collators {
    by_language: Mutex<HashMap<String, Arc<CollatorBorrowed<'static>>>>,
    /// Why the order is not to be trusted, if it is not.
    failure: OnceLock<String>,
}

impl Collation {
    /// Readies a query for it: all of its orders are those of a language, if one is given, the empty one for all
    /// scripts. `None` where nothing is collated.
    ///
    /// Recurses with the depth of the query: call it on a large stack.
    pub(super) fn of(
        query: &mut Query,
        findings: &Findings,
        base: &str,
        language: Option<&str>,
    ) -> Result<Option<Self>, String> {
        if language.is_none() && !findings.functions.contains_key(&iri(base)) {
            return Ok(None);
        }
        let collation = Self::default();
        if let Some(language) = language {
            collation.collators.collator(language)?;
            rewrite(query, base, language);
        }
        Ok(Some(collation))
    }

    /// Makes the function known to an evaluator.
    pub(super) fn register(&self, evaluator: QueryEvaluator, base: &str) -> QueryEvaluator {
        let collators = Arc::clone(&self.collators);
        let name = NamedNode::new_unchecked(iri(base));
        evaluator.with_custom_function(name, move |arguments| collators.call(arguments))
    }

    /// Why the answer is not in the order that is asked for, if so. To be asked after the answer.
    pub(super) fn failure(&self) -> Option<&str> {
        self.collators.failure.get().map(String::as_str)
    }
}

impl Collators {
    fn call(&self, arguments: &[Term]) -> Option<Term> {
        let (term, language) = match arguments {
            [term] => (term, ""),
            [term, Term::Literal(language)] => (term, language.value()),
            _ => return None,
        };
        match term {
            Term::Literal(text) if text.language().is_some() || text.datatype() == xsd::STRING => {
                let key = self.key(text.value(), language);
                // The first failure is the one to report.
                let key = key.map_err(|error| self.failure.set(error)).ok()?;
                Some(Literal::from(key).into())
            }
            other => Some(other.clone()),
        }
    }

    /// The key of a text, in digits that order as its bytes do.
    fn key(&self, text: &str, language: &str) -> Result<String, String> {
        let mut bytes = Vec::new();
        let Ok(()) = self.collator(language)?.write_sort_key_to(text, &mut bytes);
        let mut key = String::with_capacity(2 * bytes.len());
        for byte in bytes {
            // Writing to a string does not fail.
            let _ = write!(key, "{byte:02x}");
        }
        Ok(key)
    }

    fn collator(&self, language: &str) -> Result<Arc<CollatorBorrowed<'static>>, String> {
        let mut known = self
            .by_language
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(collator) = known.get(language) {
            return Ok(Arc::clone(collator));
        }
        let locale = match language {
            "" => Locale::UNKNOWN,
            tag => Locale::try_from_str(tag)
                .map_err(|_| format!("`{tag}` is not a language to order texts by"))?,
        };
        let collator =
            Collator::try_new(locale.into(), CollatorOptions::default()).map_err(|error| {
                format!("texts cannot be ordered in the language `{language}`: {error}")
            })?;
        let collator = Arc::new(collator);
        known.insert(language.to_owned(), Arc::clone(&collator));
        Ok(collator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_ordered_as_readers_expect() -> Result<(), String> {
        let collators = Collators::default();
        for (language, texts) in [
            ("", "альфа Бета Ёлка Ель Жук Яма"),
            ("", "ежевика ёжик ёлка ель жук"),
            ("", "Е Ё Ж И Й К"),
            ("ru", "Ёлкино Ельня Железногорск Ирбит Йошкар-Ола Кострома"),
            ("", "cote coté côte côté zebra"),
            ("", "Apfel Äpfel Birne zebra"),
            ("sv", "Apfel Birne zebra Äpfel"),
            ("", "Ämter zebra Ирбит"),
            ("ru", "Ирбит Ämter zebra"),
        ] {
            let expected: Vec<&str> = texts.split(' ').collect();
            let mut keys = Vec::new();
            for text in expected.iter().rev() {
                keys.push((collators.key(text, language)?, *text));
            }
            keys.sort();
            let found: Vec<&str> = keys.into_iter().map(|(_, text)| text).collect();
            assert_eq!(found, expected, "{language}");
        }
        assert!(collators.key("a", "not a tag").is_err());
        Ok(())
    }
}

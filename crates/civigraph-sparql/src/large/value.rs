//! Values of terms: numbers, truth values, texts and times, and what is computed from them.

use crate::compare::compare_values;
use crate::number::{Number, Operation};
use oxrdf::vocab::xsd;
use oxrdf::{Literal, Term};
use spareval::ExpressionTerm;
use std::cmp::Ordering;

pub(super) fn boolean(value: bool) -> Term {
    Literal::from(value).into()
}

pub(super) fn number(term: &Term) -> Option<Number> {
    match term {
        Term::Literal(literal) => Number::of(literal.as_ref()),
        _ => None,
    }
}

/// Returns whether a term is true where only that counts (SPARQL 1.1 §17.2.2).
pub(super) fn truth(term: &Term) -> Option<bool> {
    if let Some(number) = number(term) {
        return Some(!number.is_zero_or_nan());
    }
    let Term::Literal(literal) = term else {
        return None;
    };
    match literal.datatype() {
        xsd::STRING => Some(!literal.value().is_empty()),
        xsd::BOOLEAN => Some(matches!(literal.value(), "true" | "1")),
        _ => None,
    }
}

/// Returns the text of a string without white space around it.
pub(super) fn text(terms: &[Term]) -> Option<&str> {
    match terms {
        [Term::Literal(literal)] if literal.datatype() == xsd::STRING => {
            Some(literal.value().trim_matches(['\t', '\n', '\r', ' ']))
        }
        _ => None,
    }
}

pub(super) fn of_number(terms: &[Term], function: impl Fn(Number) -> Number) -> Option<Term> {
    number(terms.first()?).map(|number| function(number).literal().into())
}

pub(super) fn calculated(terms: &[Term], operation: Operation) -> Option<Term> {
    let [a, b] = terms else { return None };
    let result = number(a)?.calculate(operation, &number(b)?)?;
    Some(result.literal().into())
}

pub(super) fn of_times(
    terms: &[Term],
    function: impl Fn(ExpressionTerm, ExpressionTerm) -> Option<ExpressionTerm>,
) -> Option<Term> {
    let [a, b] = terms else { return None };
    function(a.clone().into(), b.clone().into()).map(Term::from)
}

pub(super) fn ordered(terms: &[Term]) -> Option<Ordering> {
    let [a, b] = terms else { return None };
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.compare(&b),
        (None, None) => compare_values(&a.clone().into(), &b.clone().into()),
        _ => None,
    }
}

/// Returns whether two terms have one value; `None` where that is not known.
pub(super) fn equal(a: &Term, b: &Term) -> Option<bool> {
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return Some(a.compare(&b) == Some(Ordering::Equal));
    }
    let (is_number, other) = (number(a).or(number(b)).is_some(), [a, b]);
    let [a, b] = other.map(|term| ExpressionTerm::from(term.clone()));
    if let Some(order) = compare_values(&a, &b) {
        return Some(order == Ordering::Equal);
    }
    if a == b {
        return Some(true);
    }
    // A number is not equal to what is known to be none. Of other literals some may mean the same.
    let is_other = |term: &Term| {
        number(term).is_none()
            && matches!(
                ExpressionTerm::from(term.clone()),
                ExpressionTerm::OtherTypedLiteral { .. }
            )
    };
    (is_number && !other.into_iter().any(is_other)).then_some(false)
}

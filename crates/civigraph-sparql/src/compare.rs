//! The order of terms in `ORDER BY`.
use crate::number::Number;
use oxrdf::{Literal, LiteralRef, NamedOrBlankNode, Term};
use oxsdatatypes::{Decimal, Double, Float};
use spareval::{ExpressionTerm, ExpressionTriple};
use std::cmp::Ordering;

/// Compares two values as `ORDER BY` of spareval does: unbound, blank nodes, IRIs, literals, triple terms.
///
/// Literals that SPARQL can compare are compared by value, others by lexical form, datatype and language.
/// That is not transitive where one column has values of several kinds (9 < 10 as numbers, `"10"` < `"1z"` < `"9"` as
/// strings), so whatever sorts with it must not rely on a total order.
pub(crate) fn compare(a: Option<&ExpressionTerm>, b: Option<&ExpressionTerm>) -> Ordering {
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(a), Some(b)) => compare_terms(a, b),
    }
}

fn compare_terms(a: &ExpressionTerm, b: &ExpressionTerm) -> Ordering {
    use ExpressionTerm as T;
    match (a, b) {
        (T::BlankNode(a), T::BlankNode(b)) => a.as_str().cmp(b.as_str()),
        (T::NamedNode(a), T::NamedNode(b)) => a.as_str().cmp(b.as_str()),
        (T::Triple(a), T::Triple(b)) => compare_triples(a, b),
        _ => match rank(a).cmp(&rank(b)) {
            Ordering::Equal => compare_values(a, b).unwrap_or_else(|| compare_lexical(a, b)),
            unequal => unequal,
        },
    }
}

fn rank(term: &ExpressionTerm) -> u8 {
    match term {
        ExpressionTerm::BlankNode(_) => 0,
        ExpressionTerm::NamedNode(_) => 1,
        ExpressionTerm::Triple(_) => 3,
        _ => 2,
    }
}

fn compare_triples(a: &ExpressionTriple, b: &ExpressionTriple) -> Ordering {
    let subject = match (&a.subject, &b.subject) {
        (NamedOrBlankNode::BlankNode(a), NamedOrBlankNode::BlankNode(b)) => {
            a.as_str().cmp(b.as_str())
        }
        (NamedOrBlankNode::NamedNode(a), NamedOrBlankNode::NamedNode(b)) => {
            a.as_str().cmp(b.as_str())
        }
        (NamedOrBlankNode::BlankNode(_), NamedOrBlankNode::NamedNode(_)) => Ordering::Less,
        (NamedOrBlankNode::NamedNode(_), NamedOrBlankNode::BlankNode(_)) => Ordering::Greater,
    };
    subject
        .then_with(|| a.predicate.as_str().cmp(b.predicate.as_str()))
        .then_with(|| compare_terms(&a.object, &b.object))
}

/// Compares two literals as the operators `<` and `>` do, or returns `None` where they cannot.
pub(crate) fn compare_values(a: &ExpressionTerm, b: &ExpressionTerm) -> Option<Ordering> {
    use ExpressionTerm as T;
    match (a, b) {
        (T::StringLiteral(a), T::StringLiteral(b)) => Some(a.cmp(b)),
        (
            T::LangStringLiteral {
                value: a,
                language: la,
            },
            T::LangStringLiteral {
                value: b,
                language: lb,
            },
        ) => (la == lb).then(|| a.cmp(b)),
        (
            T::DirLangStringLiteral {
                value: a,
                language: la,
                direction: da,
            },
            T::DirLangStringLiteral {
                value: b,
                language: lb,
                direction: db,
            },
        ) => (la == lb && da == db).then(|| a.cmp(b)),
        (T::DateTimeLiteral(a), T::DateTimeLiteral(b)) => a.partial_cmp(b),
        (T::TimeLiteral(a), T::TimeLiteral(b)) => a.partial_cmp(b),
        (T::DateLiteral(a), T::DateLiteral(b)) => a.partial_cmp(b),
        (T::GYearMonthLiteral(a), T::GYearMonthLiteral(b)) => a.partial_cmp(b),
        (T::GYearLiteral(a), T::GYearLiteral(b)) => a.partial_cmp(b),
        (T::GMonthDayLiteral(a), T::GMonthDayLiteral(b)) => a.partial_cmp(b),
        (T::GDayLiteral(a), T::GDayLiteral(b)) => a.partial_cmp(b),
        (T::GMonthLiteral(a), T::GMonthLiteral(b)) => a.partial_cmp(b),
        (T::DurationLiteral(a), T::DurationLiteral(b)) => a.partial_cmp(b),
        (T::DurationLiteral(a), T::YearMonthDurationLiteral(b)) => a.partial_cmp(b),
        (T::DurationLiteral(a), T::DayTimeDurationLiteral(b)) => a.partial_cmp(b),
        (T::YearMonthDurationLiteral(a), T::DurationLiteral(b)) => a.partial_cmp(b),
        (T::YearMonthDurationLiteral(a), T::YearMonthDurationLiteral(b)) => a.partial_cmp(b),
        (T::YearMonthDurationLiteral(a), T::DayTimeDurationLiteral(b)) => a.partial_cmp(b),
        (T::DayTimeDurationLiteral(a), T::DurationLiteral(b)) => a.partial_cmp(b),
        (T::DayTimeDurationLiteral(a), T::YearMonthDurationLiteral(b)) => a.partial_cmp(b),
        (T::DayTimeDurationLiteral(a), T::DayTimeDurationLiteral(b)) => a.partial_cmp(b),
        _ => compare_numbers(a, b),
    }
}

fn compare_numbers(a: &ExpressionTerm, b: &ExpressionTerm) -> Option<Ordering> {
    use ExpressionTerm as T;
    match (a, b) {
        (T::IntegerLiteral(a), T::IntegerLiteral(b)) => Some(a.cmp(b)),
        (T::IntegerLiteral(a), T::DecimalLiteral(b)) => Decimal::from(*a).partial_cmp(b),
        (T::IntegerLiteral(a), T::FloatLiteral(b)) => Float::from(*a).partial_cmp(b),
        (T::IntegerLiteral(a), T::DoubleLiteral(b)) => Double::from(*a).partial_cmp(b),
        (T::DecimalLiteral(a), T::IntegerLiteral(b)) => a.partial_cmp(&Decimal::from(*b)),
        (T::DecimalLiteral(a), T::DecimalLiteral(b)) => a.partial_cmp(b),
        (T::DecimalLiteral(a), T::FloatLiteral(b)) => Float::from(*a).partial_cmp(b),
        (T::DecimalLiteral(a), T::DoubleLiteral(b)) => Double::from(*a).partial_cmp(b),
        (T::FloatLiteral(a), T::IntegerLiteral(b)) => a.partial_cmp(&Float::from(*b)),
        (T::FloatLiteral(a), T::DecimalLiteral(b)) => a.partial_cmp(&Float::from(*b)),
        (T::FloatLiteral(a), T::FloatLiteral(b)) => a.partial_cmp(b),
        (T::FloatLiteral(a), T::DoubleLiteral(b)) => Double::from(*a).partial_cmp(b),
        (T::DoubleLiteral(a), T::IntegerLiteral(b)) => a.partial_cmp(&Double::from(*b)),
        (T::DoubleLiteral(a), T::DecimalLiteral(b)) => a.partial_cmp(&Double::from(*b)),
        (T::DoubleLiteral(a), T::FloatLiteral(b)) => a.partial_cmp(&Double::from(*b)),
        (T::DoubleLiteral(a), T::DoubleLiteral(b)) => a.partial_cmp(b),
        (T::OtherTypedLiteral { .. }, _) | (_, T::OtherTypedLiteral { .. }) => {
            number(a)?.compare(&number(b)?)
        }
        _ => None,
    }
}

/// Returns the value of a number, also of one that spareval does not hold.
fn number(term: &ExpressionTerm) -> Option<Number> {
    use ExpressionTerm as T;
    match term {
        T::OtherTypedLiteral { value, datatype } => {
            Number::of(LiteralRef::new_typed_literal(value, datatype.as_ref()))
        }
        T::IntegerLiteral(_) | T::DecimalLiteral(_) | T::FloatLiteral(_) | T::DoubleLiteral(_) => {
            match term.clone().into() {
                Term::Literal(literal) => Number::of(literal.as_ref()),
                _ => None,
            }
        }
        _ => None,
    }
}

fn compare_lexical(a: &ExpressionTerm, b: &ExpressionTerm) -> Ordering {
    let literal = |term: &ExpressionTerm| match term.clone().into() {
        Term::Literal(literal) => Some(literal),
        _ => None,
    };
    let key = |literal: &Literal| {
        (
            literal.value().to_owned(),
            literal.datatype().as_str().to_owned(),
            literal.language().map(str::to_owned),
        )
    };
    match (literal(a), literal(b)) {
        (Some(a), Some(b)) => key(&a).cmp(&key(&b)),
        _ => Ordering::Equal,
    }
}

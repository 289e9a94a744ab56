//! Ranges of values that filters ask for.
use civigraph_index::{ValueKind, ValueRange};
use oxrdf::Literal;
use spargebra::algebra::{Expression, Function};

/// Returns the range of values that a variable can have so that all the filters hold.
pub(crate) fn range_of(variable: &str, filters: &[Expression]) -> Option<ValueRange> {
    let mut range: Option<ValueRange> = None;
    for filter in filters {
        let Some((literal, lower, upper)) = bounds(variable, filter) else {
            continue;
        };
        let Some(kind) = ValueKind::of(literal.datatype()) else {
            continue;
        };
        let range = range.get_or_insert(ValueRange {
            kind,
            lower: None,
            upper: None,
        });
        if range.kind != kind {
            continue;
        }
        if lower && range.lower.is_none() {
            range.lower = Some(literal.clone());
        }
        if upper && range.upper.is_none() {
            range.upper = Some(literal.clone());
        }
    }
    range
}

/// Returns the literal that a filter compares a variable with, and whether it is a lower and an upper bound.
fn bounds<'a>(variable: &str, filter: &'a Expression) -> Option<(&'a Literal, bool, bool)> {
    use Expression as E;
    let (a, b, lower, upper) = match filter {
        E::Greater(a, b) | E::GreaterOrEqual(a, b) => (a, b, true, false),
        E::Less(a, b) | E::LessOrEqual(a, b) => (a, b, false, true),
        E::Equal(a, b) => (a, b, true, true),
        _ => return None,
    };
    match (a.as_ref(), b.as_ref()) {
        (E::Variable(compared), E::Literal(literal)) if compared.as_str() == variable => {
            Some((literal, lower, upper))
        }
        // A constant on the left side bounds the other way.
        (E::Literal(literal), E::Variable(compared)) if compared.as_str() == variable => {
            Some((literal, upper, lower))
        }
        _ => None,
    }
}

/// Returns which part of the rows a filter is expected to let pass.
pub(crate) fn selectivity(filter: &Expression) -> f64 {
    use Expression as E;
    match filter {
        // Texts come in a few languages.
        E::Equal(a, b) if is_language(a) || is_language(b) => 0.5,
        E::FunctionCall(Function::LangMatches, _) => 0.5,
        E::Equal(..) | E::SameTerm(..) => 0.1,
        E::Greater(..) | E::GreaterOrEqual(..) | E::Less(..) | E::LessOrEqual(..) => 0.4,
        E::And(a, b) => selectivity(a) * selectivity(b),
        E::Or(a, b) => (selectivity(a) + selectivity(b)).min(1.0),
        E::Not(a) => 1.0 - selectivity(a),
        E::FunctionCall(..) => 0.2,
        _ => 0.5,
    }
}

fn is_language(expression: &Expression) -> bool {
    matches!(expression, Expression::FunctionCall(Function::Lang, _))
}

//! Dates, times and durations that are added and subtracted, whatever the order of the operands.
use oxsdatatypes::Duration;
use spareval::ExpressionTerm;

/// Returns a duration of any type as one of months and seconds.
fn duration(term: &ExpressionTerm) -> Option<Duration> {
    use ExpressionTerm as T;
    Some(match term {
        T::DurationLiteral(duration) => *duration,
        T::YearMonthDurationLiteral(duration) => (*duration).into(),
        T::DayTimeDurationLiteral(duration) => (*duration).into(),
        _ => return None,
    })
}

/// Returns the sum of two durations, or of a duration and a date, in either order.
pub(crate) fn add(a: ExpressionTerm, b: ExpressionTerm) -> Option<ExpressionTerm> {
    use ExpressionTerm as T;
    let (a, b) = if duration(&a).is_some() && duration(&b).is_none() {
        (b, a)
    } else {
        (a, b)
    };
    Some(match (a, b) {
        (T::YearMonthDurationLiteral(a), T::YearMonthDurationLiteral(b)) => {
            T::YearMonthDurationLiteral(a.checked_add(b)?)
        }
        (T::DayTimeDurationLiteral(a), T::DayTimeDurationLiteral(b)) => {
            T::DayTimeDurationLiteral(a.checked_add(b)?)
        }
        (T::DateTimeLiteral(a), b) => T::DateTimeLiteral(a.checked_add_duration(duration(&b)?)?),
        (T::DateLiteral(a), b) => T::DateLiteral(a.checked_add_duration(duration(&b)?)?),
        (T::TimeLiteral(a), b) => T::TimeLiteral(a.checked_add_duration(duration(&b)?)?),
        (a, b) => T::DurationLiteral(duration(&a)?.checked_add(duration(&b)?)?),
    })
}

/// Returns the difference of two durations, of two dates, or of a date and a duration.
pub(crate) fn subtract(a: ExpressionTerm, b: ExpressionTerm) -> Option<ExpressionTerm> {
    use ExpressionTerm as T;
    Some(match (a, b) {
        (T::DateTimeLiteral(a), T::DateTimeLiteral(b)) => {
            T::DayTimeDurationLiteral(a.checked_sub(b)?)
        }
        (T::DateLiteral(a), T::DateLiteral(b)) => T::DayTimeDurationLiteral(a.checked_sub(b)?),
        (T::TimeLiteral(a), T::TimeLiteral(b)) => T::DayTimeDurationLiteral(a.checked_sub(b)?),
        (a, b) => return add(a, negate(b)?),
    })
}

/// Returns a duration in the other direction.
pub(crate) fn negate(term: ExpressionTerm) -> Option<ExpressionTerm> {
    use ExpressionTerm as T;
    Some(match term {
        T::DurationLiteral(duration) => T::DurationLiteral(duration.checked_neg()?),
        T::YearMonthDurationLiteral(duration) => {
            T::YearMonthDurationLiteral(duration.checked_neg()?)
        }
        T::DayTimeDurationLiteral(duration) => T::DayTimeDurationLiteral(duration.checked_neg()?),
        _ => return None,
    })
}

//! ORDER BY behind DISTINCT, and required patterns before optional ones.
use crate::algebra::{
    VariableSet, add_expression_variables, certain, expression_variables, is_pure, mentioned,
    visible,
};
use spargebra::algebra::{Expression, GraphPattern, OrderExpression};

/// Sorts the distinct rows instead of all of them: `Distinct(Project(OrderBy(…)))` becomes `Project(OrderBy(Distinct(Project(…))))`.
///
/// That is the same where the keys are computed from what is selected, because equal rows then have equal keys.
pub(crate) fn order_after_distinct(pattern: GraphPattern) -> Result<GraphPattern, GraphPattern> {
    let (GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner }) = &pattern else {
        return Err(pattern);
    };
    let GraphPattern::Project { inner, variables } = inner.as_ref() else {
        return Err(pattern);
    };
    let GraphPattern::OrderBy { inner, expression } = inner.as_ref() else {
        return Err(pattern);
    };
    let selected = variables
        .iter()
        .map(|variable| variable.as_str().to_owned())
        .collect::<VariableSet>();
    let allowed =
        expression
            .iter()
            .all(|(OrderExpression::Asc(key) | OrderExpression::Desc(key))| {
                is_pure(key) && expression_variables(key).is_subset(&selected)
            });
    if !allowed {
        return Err(pattern);
    }
    let distinct = GraphPattern::Distinct {
        inner: Box::new(GraphPattern::Project {
            inner: inner.clone(),
            variables: variables.clone(),
        }),
    };
    Ok(GraphPattern::Project {
        // A key that is not a variable becomes a column of its own below, which is not selected.
        inner: Box::new(GraphPattern::OrderBy {
            inner: Box::new(distinct),
            expression: expression.clone(),
        }),
        variables: variables.clone(),
    })
}

/// Joins what is required before what is optional: `Join(LeftJoin(A, B), C)` becomes `LeftJoin(Join(A, C), B)`.
///
/// Both have the same solutions if each variable that B and its condition share with C is bound by A in every
/// solution: then whether a solution of B fits does not depend on C.
pub(crate) fn required_first(pattern: GraphPattern) -> (GraphPattern, bool) {
    match pattern {
        GraphPattern::Join { left, right } => {
            let mut optional = Vec::new();
            let required = join_required(*left, *right, &mut optional);
            let moved = !optional.is_empty();
            let joined = optional
                .into_iter()
                .rev()
                .fold(required, |left, (right, expression)| {
                    GraphPattern::LeftJoin {
                        left: Box::new(left),
                        right: Box::new(right),
                        expression,
                    }
                });
            (joined, moved)
        }
        pattern => (pattern, false),
    }
}

/// Joins two patterns and takes those optional ones from their tops that may come after the join, the last first.
fn join_required(
    left: GraphPattern,
    right: GraphPattern,
    optional: &mut Vec<(GraphPattern, Option<Expression>)>,
) -> GraphPattern {
    if let GraphPattern::LeftJoin {
        left: required,
        right: extra,
        expression,
    } = &left
        && may_come_later(required, extra, expression.as_ref(), &right)
    {
        optional.push(((**extra).clone(), expression.clone()));
        return join_required((**required).clone(), right, optional);
    }
    if let GraphPattern::LeftJoin {
        left: required,
        right: extra,
        expression,
    } = &right
        && may_come_later(required, extra, expression.as_ref(), &left)
    {
        optional.push(((**extra).clone(), expression.clone()));
        return join_required(left, (**required).clone(), optional);
    }
    GraphPattern::Join {
        left: Box::new(left),
        right: Box::new(right),
    }
}

fn may_come_later(
    required: &GraphPattern,
    optional: &GraphPattern,
    expression: Option<&Expression>,
    joined: &GraphPattern,
) -> bool {
    let mut used = mentioned(optional);
    if let Some(expression) = expression {
        add_expression_variables(expression, &mut used);
    }
    let bound = certain(required);
    visible(joined)
        .iter()
        .all(|variable| !used.contains(variable) || bound.contains(variable))
}

/// Filters before an optional pattern is joined: `Filter(LeftJoin(A, B))` becomes `LeftJoin(Filter(A), B)`.
///
/// Returns the filters that have to stay and the pattern.
pub(crate) fn filter_required(
    filters: Vec<Expression>,
    pattern: GraphPattern,
) -> (Vec<Expression>, GraphPattern) {
    let GraphPattern::LeftJoin {
        left,
        right,
        expression,
    } = pattern
    else {
        return (filters, pattern);
    };
    let bound = certain(&left);
    let (pushed, kept): (Vec<_>, Vec<_>) = filters
        .into_iter()
        .partition(|filter| expression_variables(filter).is_subset(&bound));
    let (pushed, left) = filter_required(pushed, *left);
    let left = Box::new(crate::algebra::filtered(left, pushed));
    (
        kept,
        GraphPattern::LeftJoin {
            left,
            right,
            expression,
        },
    )
}

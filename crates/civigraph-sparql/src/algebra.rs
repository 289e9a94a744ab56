//! Walks over the algebra of SPARQL.

mod variables;

pub(crate) use variables::{
    FreshVariables, VariableSet, add_expression_variables, add_name_variables, add_term_variables,
    add_triple_variables, certain, expression_variables, mentioned, visible,
};

use spargebra::algebra::{
    AggregateExpression, Expression, Function, GraphPattern, OrderExpression,
};
use std::convert::Infallible;

/// Returns the pattern with a function applied to the patterns right below it.
pub(crate) fn map_patterns<E>(
    pattern: GraphPattern,
    f: &mut impl FnMut(GraphPattern) -> Result<GraphPattern, E>,
) -> Result<GraphPattern, E> {
    use GraphPattern as P;
    let mut map = |pattern: Box<GraphPattern>| Ok(Box::new(f(*pattern)?));
    Ok(match pattern {
        P::Bgp { .. } | P::Path { .. } | P::Values { .. } => pattern,
        P::Join { left, right } => P::Join {
            left: map(left)?,
            right: map(right)?,
        },
        P::LeftJoin {
            left,
            right,
            expression,
        } => P::LeftJoin {
            left: map(left)?,
            right: map(right)?,
            expression,
        },
        P::Lateral { left, right } => P::Lateral {
            left: map(left)?,
            right: map(right)?,
        },
        P::Filter { expr, inner } => P::Filter {
            expr,
            inner: map(inner)?,
        },
        P::Union { left, right } => P::Union {
            left: map(left)?,
            right: map(right)?,
        },
        P::Graph { name, inner } => P::Graph {
            name,
            inner: map(inner)?,
        },
        P::Extend {
            inner,
            variable,
            expression,
        } => P::Extend {
            inner: map(inner)?,
            variable,
            expression,
        },
        P::Minus { left, right } => P::Minus {
            left: map(left)?,
            right: map(right)?,
        },
        P::OrderBy { inner, expression } => P::OrderBy {
            inner: map(inner)?,
            expression,
        },
        P::Project { inner, variables } => P::Project {
            inner: map(inner)?,
            variables,
        },
        P::Distinct { inner } => P::Distinct { inner: map(inner)? },
        P::Reduced { inner } => P::Reduced { inner: map(inner)? },
        P::Slice {
            inner,
            start,
            length,
        } => P::Slice {
            inner: map(inner)?,
            start,
            length,
        },
        P::Group {
            inner,
            variables,
            aggregates,
        } => P::Group {
            inner: map(inner)?,
            variables,
            aggregates,
        },
        // Another server evaluates it: it stays as it was written.
        P::Service { .. } => pattern,
    })
}

/// Returns the pattern with a function applied to the expressions of its topmost node.
pub(crate) fn map_own_expressions(
    pattern: GraphPattern,
    f: &mut impl FnMut(Expression) -> Expression,
) -> GraphPattern {
    let Ok(pattern) = try_map_own_expressions::<Infallible>(pattern, &mut |own| Ok(f(own)));
    pattern
}

/// Like [`map_own_expressions`], with a function that can fail.
pub(crate) fn try_map_own_expressions<E>(
    pattern: GraphPattern,
    f: &mut impl FnMut(Expression) -> Result<Expression, E>,
) -> Result<GraphPattern, E> {
    use GraphPattern as P;
    Ok(match pattern {
        P::LeftJoin {
            left,
            right,
            expression,
        } => P::LeftJoin {
            left,
            right,
            expression: expression.map(f).transpose()?,
        },
        P::Filter { expr, inner } => P::Filter {
            expr: f(expr)?,
            inner,
        },
        P::Extend {
            inner,
            variable,
            expression,
        } => P::Extend {
            inner,
            variable,
            expression: f(expression)?,
        },
        P::OrderBy { inner, expression } => P::OrderBy {
            inner,
            expression: expression
                .into_iter()
                .map(|key| {
                    Ok(match key {
                        OrderExpression::Asc(key) => OrderExpression::Asc(f(key)?),
                        OrderExpression::Desc(key) => OrderExpression::Desc(f(key)?),
                    })
                })
                .collect::<Result<_, E>>()?,
        },
        P::Group {
            inner,
            variables,
            aggregates,
        } => P::Group {
            inner,
            variables,
            aggregates: aggregates
                .into_iter()
                .map(|(variable, aggregate)| {
                    Ok((
                        variable,
                        match aggregate {
                            AggregateExpression::FunctionCall {
                                name,
                                expr,
                                distinct,
                            } => AggregateExpression::FunctionCall {
                                name,
                                expr: f(expr)?,
                                distinct,
                            },
                            count @ AggregateExpression::CountSolutions { .. } => count,
                        },
                    ))
                })
                .collect::<Result<_, E>>()?,
        },
        pattern => pattern,
    })
}

/// Calls a function with the expressions of the topmost node of a pattern.
pub(crate) fn visit_own_expressions<'a>(
    pattern: &'a GraphPattern,
    f: &mut impl FnMut(&'a Expression),
) {
    use GraphPattern as P;
    match pattern {
        P::LeftJoin { expression, .. } => expression.iter().for_each(f),
        P::Filter { expr, .. } => f(expr),
        P::Extend { expression, .. } => f(expression),
        P::OrderBy { expression, .. } => expression.iter().for_each(|key| match key {
            OrderExpression::Asc(key) | OrderExpression::Desc(key) => f(key),
        }),
        P::Group { aggregates, .. } => aggregates.iter().for_each(|(_, aggregate)| {
            if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                f(expr);
            }
        }),
        _ => {}
    }
}

/// Returns the patterns right below one, those of another server apart.
pub(crate) fn patterns_below(pattern: &GraphPattern) -> impl Iterator<Item = &GraphPattern> {
    use GraphPattern as P;
    let (one, other) = match pattern {
        P::Bgp { .. } | P::Path { .. } | P::Values { .. } | P::Service { .. } => (None, None),
        P::Join { left, right }
        | P::LeftJoin { left, right, .. }
        | P::Lateral { left, right }
        | P::Union { left, right }
        | P::Minus { left, right } => (Some(left), Some(right)),
        P::Filter { inner, .. }
        | P::Graph { inner, .. }
        | P::Extend { inner, .. }
        | P::OrderBy { inner, .. }
        | P::Project { inner, .. }
        | P::Distinct { inner }
        | P::Reduced { inner }
        | P::Slice { inner, .. }
        | P::Group { inner, .. } => (Some(inner), None),
    };
    one.into_iter().chain(other).map(AsRef::as_ref)
}

/// Returns the expression with a function applied to its operands.
pub(crate) fn map_operands(
    expression: Expression,
    f: &mut impl FnMut(Expression) -> Expression,
) -> Expression {
    let Ok(expression) = try_map_operands::<Infallible>(expression, &mut |own| Ok(f(own)));
    expression
}

/// Like [`map_operands`], with a function that can fail.
pub(crate) fn try_map_operands<Failure>(
    expression: Expression,
    f: &mut impl FnMut(Expression) -> Result<Expression, Failure>,
) -> Result<Expression, Failure> {
    use Expression as E;
    let mut map = |operand: Box<Expression>| Ok(Box::new(f(*operand)?));
    Ok(match expression {
        E::NamedNode(_) | E::Literal(_) | E::Variable(_) | E::Bound(_) | E::Exists(_) => expression,
        E::Or(a, b) => E::Or(map(a)?, map(b)?),
        E::And(a, b) => E::And(map(a)?, map(b)?),
        E::Equal(a, b) => E::Equal(map(a)?, map(b)?),
        E::SameTerm(a, b) => E::SameTerm(map(a)?, map(b)?),
        E::Greater(a, b) => E::Greater(map(a)?, map(b)?),
        E::GreaterOrEqual(a, b) => E::GreaterOrEqual(map(a)?, map(b)?),
        E::Less(a, b) => E::Less(map(a)?, map(b)?),
        E::LessOrEqual(a, b) => E::LessOrEqual(map(a)?, map(b)?),
        E::In(a, list) => E::In(map(a)?, list.into_iter().map(f).collect::<Result<_, _>>()?),
        E::Add(a, b) => E::Add(map(a)?, map(b)?),
        E::Subtract(a, b) => E::Subtract(map(a)?, map(b)?),
        E::Multiply(a, b) => E::Multiply(map(a)?, map(b)?),
        E::Divide(a, b) => E::Divide(map(a)?, map(b)?),
        E::UnaryPlus(a) => E::UnaryPlus(map(a)?),
        E::UnaryMinus(a) => E::UnaryMinus(map(a)?),
        E::Not(a) => E::Not(map(a)?),
        E::If(a, b, c) => E::If(map(a)?, map(b)?, map(c)?),
        E::Coalesce(list) => E::Coalesce(list.into_iter().map(f).collect::<Result<_, _>>()?),
        E::FunctionCall(function, list) => {
            let list = list.into_iter().map(f).collect::<Result<_, _>>()?;
            E::FunctionCall(function, list)
        }
    })
}

/// Calls a function with the expression and everything below it.
pub(crate) fn visit_expression<'a>(expression: &'a Expression, f: &mut impl FnMut(&'a Expression)) {
    use Expression as E;
    f(expression);
    match expression {
        E::NamedNode(_) | E::Literal(_) | E::Variable(_) | E::Bound(_) | E::Exists(_) => {}
        E::Or(a, b)
        | E::And(a, b)
        | E::Equal(a, b)
        | E::SameTerm(a, b)
        | E::Greater(a, b)
        | E::GreaterOrEqual(a, b)
        | E::Less(a, b)
        | E::LessOrEqual(a, b)
        | E::Add(a, b)
        | E::Subtract(a, b)
        | E::Multiply(a, b)
        | E::Divide(a, b) => {
            visit_expression(a, f);
            visit_expression(b, f);
        }
        E::UnaryPlus(a) | E::UnaryMinus(a) | E::Not(a) => visit_expression(a, f),
        E::If(a, b, c) => {
            visit_expression(a, f);
            visit_expression(b, f);
            visit_expression(c, f);
        }
        E::In(a, list) => {
            visit_expression(a, f);
            list.iter().for_each(|operand| visit_expression(operand, f));
        }
        E::Coalesce(list) | E::FunctionCall(_, list) => {
            list.iter().for_each(|operand| visit_expression(operand, f))
        }
    }
}

/// Returns whether an expression gives the same value whenever it is evaluated with the same bindings and looks at no pattern.
pub(crate) fn is_pure(expression: &Expression) -> bool {
    let mut pure = true;
    visit_expression(expression, &mut |expression| {
        if let Expression::Exists(_)
        | Expression::FunctionCall(
            Function::Rand
            | Function::Uuid
            | Function::StrUuid
            | Function::BNode
            | Function::Custom(_),
            _,
        ) = expression
        {
            pure = false;
        }
    });
    pure
}

/// Returns whether every solution of a pattern in `GRAPH ?g` comes from a graph, so that it binds `?g`.
pub(crate) fn reads_graph(pattern: &GraphPattern) -> bool {
    use GraphPattern as P;
    match pattern {
        P::Bgp { .. } | P::Path { .. } => true,
        P::Join { left, right } | P::Lateral { left, right } => {
            reads_graph(left) || reads_graph(right)
        }
        P::Union { left, right } => reads_graph(left) && reads_graph(right),
        P::LeftJoin { left: inner, .. }
        | P::Minus { left: inner, .. }
        | P::Filter { inner, .. }
        | P::Extend { inner, .. } => reads_graph(inner),
        // The rest hides the name of the graph or does not read this graph.
        _ => false,
    }
}

/// Appends the operands of nested conjunctions.
pub(crate) fn add_conjuncts(expression: Expression, conjuncts: &mut Vec<Expression>) {
    if let Expression::And(left, right) = expression {
        add_conjuncts(*left, conjuncts);
        add_conjuncts(*right, conjuncts);
    } else {
        conjuncts.push(expression);
    }
}

/// Returns a pattern with a filter for each expression, in one conjunction.
pub(crate) fn filtered(
    pattern: GraphPattern,
    filters: impl IntoIterator<Item = Expression>,
) -> GraphPattern {
    match filters
        .into_iter()
        .reduce(|left, right| Expression::And(Box::new(left), Box::new(right)))
    {
        Some(expr) => GraphPattern::Filter {
            expr,
            inner: Box::new(pattern),
        },
        None => pattern,
    }
}

//! Walks over the algebra of SPARQL, and which variables a pattern binds.
use oxrdf::Variable;
use spargebra::algebra::{
    AggregateExpression, AggregateFunction, Expression, Function, GraphPattern, OrderExpression,
};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;
use std::convert::Infallible;

/// A set of variables; blank nodes of patterns are among them as `_:label`.
pub(crate) type Variables = BTreeSet<String>;

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

/// Adds the variables that an expression mentions, those of its EXISTS patterns included.
pub(crate) fn add_expression_variables(expression: &Expression, variables: &mut Variables) {
    visit_expression(expression, &mut |expression| match expression {
        Expression::Variable(variable) | Expression::Bound(variable) => {
            variables.insert(variable.as_str().to_owned());
        }
        Expression::Exists(pattern) => add_mentioned(pattern, variables),
        _ => {}
    });
}

/// Returns the variables that an expression mentions.
pub(crate) fn expression_variables(expression: &Expression) -> Variables {
    let mut variables = Variables::new();
    add_expression_variables(expression, &mut variables);
    variables
}

/// Returns every variable that a pattern mentions, visible outside or not.
pub(crate) fn mentioned(pattern: &GraphPattern) -> Variables {
    let mut variables = Variables::new();
    add_mentioned(pattern, &mut variables);
    variables
}

fn add_mentioned(pattern: &GraphPattern, variables: &mut Variables) {
    use GraphPattern as P;
    match pattern {
        P::Bgp { patterns } => patterns
            .iter()
            .for_each(|triple| add_triple_variables(triple, variables)),
        P::Path {
            subject, object, ..
        } => {
            add_term_variables(subject, variables);
            add_term_variables(object, variables);
        }
        P::Join { left, right }
        | P::Lateral { left, right }
        | P::Union { left, right }
        | P::Minus { left, right } => {
            add_mentioned(left, variables);
            add_mentioned(right, variables);
        }
        P::LeftJoin {
            left,
            right,
            expression,
        } => {
            add_mentioned(left, variables);
            add_mentioned(right, variables);
            if let Some(expression) = expression {
                add_expression_variables(expression, variables);
            }
        }
        P::Filter { expr, inner } => {
            add_expression_variables(expr, variables);
            add_mentioned(inner, variables);
        }
        P::Graph { name, inner } | P::Service { name, inner, .. } => {
            add_name_variables(name, variables);
            add_mentioned(inner, variables);
        }
        P::Extend {
            inner,
            variable,
            expression,
        } => {
            variables.insert(variable.as_str().to_owned());
            add_expression_variables(expression, variables);
            add_mentioned(inner, variables);
        }
        P::Values { variables: own, .. } => add_variables(own, variables),
        P::OrderBy { inner, expression } => {
            for OrderExpression::Asc(key) | OrderExpression::Desc(key) in expression {
                add_expression_variables(key, variables);
            }
            add_mentioned(inner, variables);
        }
        P::Project {
            inner,
            variables: own,
        } => {
            add_variables(own, variables);
            add_mentioned(inner, variables);
        }
        P::Distinct { inner } | P::Reduced { inner } | P::Slice { inner, .. } => {
            add_mentioned(inner, variables)
        }
        P::Group {
            inner,
            variables: own,
            aggregates,
        } => {
            add_variables(own, variables);
            for (variable, aggregate) in aggregates {
                variables.insert(variable.as_str().to_owned());
                if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                    add_expression_variables(expr, variables);
                }
            }
            add_mentioned(inner, variables);
        }
    }
}

fn add_variables(from: &[Variable], variables: &mut Variables) {
    variables.extend(from.iter().map(|variable| variable.as_str().to_owned()));
}

/// Adds the variables of a triple pattern.
pub(crate) fn add_triple_variables(triple: &TriplePattern, variables: &mut Variables) {
    add_term_variables(&triple.subject, variables);
    add_name_variables(&triple.predicate, variables);
    add_term_variables(&triple.object, variables);
}

/// Adds the variables of a place of a pattern.
pub(crate) fn add_term_variables(term: &TermPattern, variables: &mut Variables) {
    match term {
        TermPattern::Variable(variable) => {
            variables.insert(variable.as_str().to_owned());
        }
        TermPattern::BlankNode(node) => {
            variables.insert(format!("_:{}", node.as_str()));
        }
        TermPattern::Triple(triple) => add_triple_variables(triple, variables),
        TermPattern::NamedNode(_) | TermPattern::Literal(_) => {}
    }
}

/// Adds the variable of a predicate or graph name.
pub(crate) fn add_name_variables(name: &NamedNodePattern, variables: &mut Variables) {
    if let NamedNodePattern::Variable(variable) = name {
        variables.insert(variable.as_str().to_owned());
    }
}

/// Returns the variables that outer patterns can see, bound or not; those of blank nodes are among them.
pub(crate) fn visible(pattern: &GraphPattern) -> Variables {
    use GraphPattern as P;
    match pattern {
        P::Bgp { .. } | P::Path { .. } | P::Values { .. } => mentioned(pattern),
        P::Join { left, right }
        | P::Lateral { left, right }
        | P::Union { left, right }
        | P::LeftJoin { left, right, .. } => {
            let mut variables = visible(left);
            variables.append(&mut visible(right));
            variables
        }
        P::Minus { left: inner, .. }
        | P::Filter { inner, .. }
        | P::OrderBy { inner, .. }
        | P::Distinct { inner }
        | P::Reduced { inner }
        | P::Slice { inner, .. } => visible(inner),
        P::Graph { name, inner } | P::Service { name, inner, .. } => {
            let mut variables = visible(inner);
            add_name_variables(name, &mut variables);
            variables
        }
        P::Extend {
            inner, variable, ..
        } => {
            let mut variables = visible(inner);
            variables.insert(variable.as_str().to_owned());
            variables
        }
        P::Project { variables: own, .. } => own
            .iter()
            .map(|variable| variable.as_str().to_owned())
            .collect(),
        P::Group {
            variables: own,
            aggregates,
            ..
        } => own
            .iter()
            .chain(aggregates.iter().map(|(variable, _)| variable))
            .map(|v| v.as_str().to_owned())
            .collect(),
    }
}

/// Returns the variables that every solution of a pattern binds.
pub(crate) fn certain(pattern: &GraphPattern) -> Variables {
    use GraphPattern as P;
    match pattern {
        P::Bgp { .. } | P::Path { .. } => mentioned(pattern),
        P::Join { left, right } | P::Lateral { left, right } => {
            let mut variables = certain(left);
            variables.append(&mut certain(right));
            variables
        }
        P::Union { left, right } => {
            let right = certain(right);
            certain(left)
                .into_iter()
                .filter(|variable| right.contains(variable))
                .collect()
        }
        P::LeftJoin { left: inner, .. }
        | P::Minus { left: inner, .. }
        | P::Filter { inner, .. }
        | P::Extend { inner, .. }
        | P::OrderBy { inner, .. }
        | P::Distinct { inner }
        | P::Reduced { inner }
        | P::Slice { inner, .. } => certain(inner),
        P::Graph { name, inner } => {
            let mut variables = certain(inner);
            if reads_graph(inner) {
                add_name_variables(name, &mut variables);
            }
            variables
        }
        P::Values {
            variables,
            bindings,
        } => variables
            .iter()
            .enumerate()
            .filter(|(column, _)| {
                bindings
                    .iter()
                    .all(|row| row.get(*column).is_some_and(Option::is_some))
            })
            .map(|(_, variable)| variable.as_str().to_owned())
            .collect(),
        P::Project { inner, variables } => {
            let inner = certain(inner);
            variables
                .iter()
                .map(|variable| variable.as_str().to_owned())
                .filter(|variable| inner.contains(variable))
                .collect()
        }
        P::Group {
            inner,
            variables,
            aggregates,
        } => {
            let inner = certain(inner);
            variables
                .iter()
                .map(|variable| variable.as_str().to_owned())
                .filter(|variable| inner.contains(variable))
                .chain(
                    aggregates
                        .iter()
                        .filter(|(_, aggregate)| {
                            matches!(
                                aggregate,
                                AggregateExpression::CountSolutions { .. }
                                    | AggregateExpression::FunctionCall {
                                        name: AggregateFunction::Count,
                                        ..
                                    }
                            )
                        })
                        .map(|(variable, _)| variable.as_str().to_owned()),
                )
                .collect()
        }
        P::Service { .. } => Variables::new(),
    }
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

/// Makes variables that occur nowhere else in a query.
#[derive(Default)]
pub(crate) struct Fresh {
    next: usize,
}

impl Fresh {
    pub(crate) fn variable(&mut self, hint: &str) -> Variable {
        self.next += 1;
        // A full stop is in no name that a query can write.
        Variable::new_unchecked(format!("{hint}.{}", self.next))
    }
}

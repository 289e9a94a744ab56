//! One way through the algebra of a query, for whoever looks for something in it or changes it.
//!
//! A visitor says what is to be done with the patterns and expressions that matter to it, and leaves
//! the way to their parts to [`walk_pattern`] and [`walk_expression`]. All of it recurses with the
//! depth of the query: call it on a large stack.

use spargebra::Query;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};

/// A trait of visitors and its two walks, for shared or for mutable references.
macro_rules! visitor {
    ($(#[$doc:meta])* $visitor:ident, $pattern_of:ident, $walk_pattern:ident, $walk_expression:ident $(, $mutable:tt)?) => {
        $(#[$doc])*
        pub(crate) trait $visitor {
            /// A pattern; unless told otherwise, on to its parts.
            fn pattern(&mut self, pattern: &$($mutable)? GraphPattern) {
                $walk_pattern(self, pattern);
            }

            /// An expression; unless told otherwise, on to its parts.
            fn expression(&mut self, expression: &$($mutable)? Expression) {
                $walk_expression(self, expression);
            }
        }

        /// The pattern of a query.
        pub(crate) fn $pattern_of(query: &$($mutable)? Query) -> &$($mutable)? GraphPattern {
            let (Query::Select { pattern, .. }
            | Query::Construct { pattern, .. }
            | Query::Describe { pattern, .. }
            | Query::Ask { pattern, .. }) = query;
            pattern
        }

        /// Takes a visitor to the patterns and expressions in a pattern.
        pub(crate) fn $walk_pattern<V: $visitor + ?Sized>(
            visitor: &mut V,
            pattern: &$($mutable)? GraphPattern,
        ) {
            match pattern {
                GraphPattern::Bgp { .. }
                | GraphPattern::Path { .. }
                | GraphPattern::Values { .. } => {}
                GraphPattern::Join { left, right }
                | GraphPattern::Union { left, right }
                | GraphPattern::Minus { left, right }
                | GraphPattern::Lateral { left, right } => {
                    visitor.pattern(left);
                    visitor.pattern(right);
                }
                GraphPattern::LeftJoin {
                    left,
                    right,
                    expression,
                } => {
                    visitor.pattern(left);
                    visitor.pattern(right);
                    if let Some(expression) = expression {
                        visitor.expression(expression);
                    }
                }
                GraphPattern::Filter { expr, inner } => {
                    visitor.expression(expr);
                    visitor.pattern(inner);
                }
                GraphPattern::Extend {
                    inner, expression, ..
                } => {
                    visitor.expression(expression);
                    visitor.pattern(inner);
                }
                GraphPattern::OrderBy { inner, expression } => {
                    for OrderExpression::Asc(order) | OrderExpression::Desc(order) in expression {
                        visitor.expression(order);
                    }
                    visitor.pattern(inner);
                }
                GraphPattern::Group {
                    inner, aggregates, ..
                } => {
                    for (_, aggregate) in aggregates {
                        if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                            visitor.expression(expr);
                        }
                    }
                    visitor.pattern(inner);
                }
                GraphPattern::Graph { inner, .. }
                | GraphPattern::Service { inner, .. }
                | GraphPattern::Project { inner, .. }
                | GraphPattern::Distinct { inner }
                | GraphPattern::Reduced { inner }
                | GraphPattern::Slice { inner, .. } => visitor.pattern(inner),
            }
        }

        /// Takes a visitor to the expressions and patterns in an expression.
        pub(crate) fn $walk_expression<V: $visitor + ?Sized>(
            visitor: &mut V,
            expression: &$($mutable)? Expression,
        ) {
            match expression {
                Expression::NamedNode(_)
                | Expression::Literal(_)
                | Expression::Variable(_)
                | Expression::Bound(_) => {}
                Expression::Or(a, b)
                | Expression::And(a, b)
                | Expression::Equal(a, b)
                | Expression::SameTerm(a, b)
                | Expression::Greater(a, b)
                | Expression::GreaterOrEqual(a, b)
                | Expression::Less(a, b)
                | Expression::LessOrEqual(a, b)
                | Expression::Add(a, b)
                | Expression::Subtract(a, b)
                | Expression::Multiply(a, b)
                | Expression::Divide(a, b) => {
                    visitor.expression(a);
                    visitor.expression(b);
                }
                Expression::UnaryPlus(a) | Expression::UnaryMinus(a) | Expression::Not(a) => {
                    visitor.expression(a);
                }
                Expression::In(a, list) => {
                    visitor.expression(a);
                    for item in list {
                        visitor.expression(item);
                    }
                }
                Expression::Exists(pattern) => visitor.pattern(pattern),
                Expression::If(a, b, c) => {
                    visitor.expression(a);
                    visitor.expression(b);
                    visitor.expression(c);
                }
                Expression::Coalesce(list) | Expression::FunctionCall(_, list) => {
                    for item in list {
                        visitor.expression(item);
                    }
                }
            }
        }
    };
}

/// The two sides of a comparison of values.
pub(crate) fn compared(expression: &Expression) -> Option<(&Expression, &Expression)> {
    match expression {
        Expression::Equal(one, other)
        | Expression::Greater(one, other)
        | Expression::GreaterOrEqual(one, other)
        | Expression::Less(one, other)
        | Expression::LessOrEqual(one, other) => Some((one, other)),
        _ => None,
    }
}

visitor! {
    /// Looks at a query.
    Visitor, pattern_of, walk_pattern, walk_expression
}

visitor! {
    /// Changes a query.
    VisitorMut, pattern_of_mut, walk_pattern_mut, walk_expression_mut, mut
}

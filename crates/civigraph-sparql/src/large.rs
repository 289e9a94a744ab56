//! Comparisons, calculations and aggregates beyond the numbers of spareval 0.2.9.
//!
//! An integer of more than 64 bits is no number to spareval: a filter drops its row, `ORDER BY` and `MAX` take it for a text, `SUM` is
//! unbound. So is a result that does not fit, and `0 / 0.5`. Where that can happen, an expression gets a second form, of
//! functions that compute without limits ([`Number`]), for when the first one fails.
//!
//! sparopt sorts the operands of `+` by their hashes, and spareval adds a duration to a date but not a date to a duration: the
//! second form takes them in either order.

mod aggregate;
mod value;

use crate::algebra::{
    add_triple_variables, map_operands, map_own_expressions, map_patterns, patterns_below,
    visit_expression, visit_own_expressions,
};
use crate::number::{ExactNumber, Number, Operation, Rounding};
use crate::times::{add, negate, subtract};
use aggregate::{Average, Extreme, Sum};
use oxrdf::vocab::xsd;
use oxrdf::{Literal, LiteralRef, NamedNode, Term, Variable};
use spareval::{ExpressionTerm, QueryEvaluator};
use spargebra::algebra::{
    AggregateExpression, AggregateFunction, Expression, Function, GraphPattern, OrderExpression,
};
use spargebra::term::GroundTerm;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::convert::Infallible;
use value::{boolean, calculated, equal, number, of_number, of_times, ordered, text, truth};

const PREFIX: &str = "urn:civigraph:number:";

/// A sum of fewer numbers than that is taken for granted.
const MOST_ROWS: f64 = 1e10;

/// What spareval holds in an integer, rounded down; decimals reach further.
const LARGEST: f64 = 9.2e18;

/// Gives expressions their second form.
pub(crate) struct LargeNumbers {
    /// The greatest number of the dataset, without its sign.
    largest: f64,
    /// Whether a variable may have a value that spareval does not hold.
    variables: bool,
    /// What was done.
    pub(crate) done: BTreeSet<&'static str>,
}

impl LargeNumbers {
    /// Rewrites the expressions of a pattern, given the greatest number of the dataset.
    pub(crate) fn new(pattern: &GraphPattern, largest: f64) -> Self {
        let mut numbers = Self {
            largest,
            variables: largest.is_infinite(),
            done: BTreeSet::new(),
        };
        numbers.variables |= numbers.computes(pattern);
        numbers
    }

    /// Returns a pattern whose expressions are right for all numbers.
    pub(crate) fn pattern(&mut self, pattern: GraphPattern) -> GraphPattern {
        let pattern = match pattern {
            GraphPattern::Filter { expr, inner } => GraphPattern::Filter {
                expr: self.condition(expr),
                inner,
            },
            GraphPattern::LeftJoin {
                left,
                right,
                expression,
            } => GraphPattern::LeftJoin {
                left,
                right,
                expression: expression.map(|expression| self.condition(expression)),
            },
            GraphPattern::Group {
                inner,
                variables,
                aggregates,
            } => {
                let aggregates = aggregates
                    .into_iter()
                    .map(|(variable, aggregate)| (variable, self.aggregate(aggregate, &inner)))
                    .collect();
                GraphPattern::Group {
                    inner,
                    variables,
                    aggregates,
                }
            }
            GraphPattern::OrderBy { inner, expression } => GraphPattern::OrderBy {
                inner,
                expression: expression
                    .into_iter()
                    .flat_map(|key| self.sort_keys(key))
                    .collect(),
            },
            pattern => map_own_expressions(pattern, &mut |expression| self.expression(expression)),
        };
        let Ok(pattern) =
            map_patterns::<Infallible>(pattern, &mut |pattern| Ok(self.pattern(pattern)));
        pattern
    }

    /// Returns an expression that has a value wherever the specification has one.
    fn expression(&mut self, expression: Expression) -> Expression {
        use Expression as E;
        if let E::FunctionCall(Function::IsNumeric, arguments) = &expression
            && let [argument] = arguments.as_slice()
            && self.may_be_large(argument)
        {
            let argument = self.expression(argument.clone());
            let exact = call("is-numeric", [argument.clone()]);
            let native = E::FunctionCall(Function::IsNumeric, vec![argument]);
            return E::Or(Box::new(native), Box::new(exact));
        }
        if !is_numeric(&expression) {
            return self.operands(expression);
        }
        // The leaves of a tree of numeric operations are rewritten once; the tree itself is there twice.
        let expression = self.leaves(expression);
        if !self.can_fail(&expression) {
            return expression;
        }
        if has_sum(&expression) {
            self.done
                .insert("`+` keeps the order of a date and a duration");
        }
        self.done
            .insert("numbers are compared and computed with whatever their size");
        E::Coalesce(vec![expression.clone(), exact(expression)])
    }

    /// Returns an expression of which only whether it is true counts.
    fn condition(&mut self, expression: Expression) -> Expression {
        use Expression as E;
        match expression {
            E::And(a, b) => E::And(Box::new(self.condition(*a)), Box::new(self.condition(*b))),
            E::Or(a, b) => E::Or(Box::new(self.condition(*a)), Box::new(self.condition(*b))),
            E::Not(a) => E::Not(Box::new(self.condition(*a))),
            expression if self.may_be_large(&expression) => {
                let expression = self.expression(expression);
                let truth = call("truth", [expression.clone()]);
                E::Or(Box::new(expression), Box::new(truth))
            }
            expression => self.expression(expression),
        }
    }

    /// Rewrites the operands of an expression that is not numeric itself.
    fn operands(&mut self, expression: Expression) -> Expression {
        use Expression as E;
        match expression {
            E::And(..) | E::Or(..) | E::Not(..) => self.condition(expression),
            E::If(a, b, c) => E::If(
                Box::new(self.condition(*a)),
                Box::new(self.expression(*b)),
                Box::new(self.expression(*c)),
            ),
            E::Exists(pattern) => E::Exists(Box::new(self.pattern(*pattern))),
            expression => map_operands(expression, &mut |operand| self.expression(operand)),
        }
    }

    /// Rewrites what a tree of numeric operations is made of.
    fn leaves(&mut self, expression: Expression) -> Expression {
        if is_numeric(&expression) {
            map_operands(expression, &mut |operand| self.leaves(operand))
        } else {
            self.expression(expression)
        }
    }

    fn aggregate(
        &mut self,
        aggregate: AggregateExpression,
        inner: &GraphPattern,
    ) -> AggregateExpression {
        let AggregateExpression::FunctionCall {
            name,
            expr,
            distinct,
        } = aggregate
        else {
            return aggregate;
        };
        let exact = match &name {
            AggregateFunction::Sum if self.sum_can_fail(&expr, inner) => Some("sum"),
            AggregateFunction::Avg if self.sum_can_fail(&expr, inner) => Some("avg"),
            AggregateFunction::Min if self.may_be_large(&expr) => Some("min"),
            AggregateFunction::Max if self.may_be_large(&expr) => Some("max"),
            _ => None,
        };
        let name = match exact {
            Some(exact) => {
                self.done
                    .insert("aggregates take numbers whatever their size");
                AggregateFunction::Custom(function(exact))
            }
            None => name,
        };
        AggregateExpression::FunctionCall {
            name,
            expr: self.expression(expr),
            distinct,
        }
    }

    /// Numbers are sorted by the nearest double, and those with the same one by a text.
    fn sort_keys(&mut self, key: OrderExpression) -> Vec<OrderExpression> {
        let (expression, descending) = match key {
            OrderExpression::Asc(expression) => (expression, false),
            OrderExpression::Desc(expression) => (expression, true),
        };
        let large = self.may_be_large(&expression);
        let expression = self.expression(expression);
        let keys = if large {
            self.done.insert("numbers are sorted whatever their size");
            ["nearest-double", "order-key"]
                .map(|name| call(name, [expression.clone()]))
                .to_vec()
        } else {
            vec![expression]
        };
        keys.into_iter()
            .map(|key| {
                if descending {
                    OrderExpression::Desc(key)
                } else {
                    OrderExpression::Asc(key)
                }
            })
            .collect()
    }

    /// Returns whether a query computes something that may be larger than what spareval holds.
    fn computes(&self, pattern: &GraphPattern) -> bool {
        let mut found = match pattern {
            GraphPattern::Values { bindings, .. } => bindings.iter().flatten().any(
                |term| matches!(term, Some(GroundTerm::Literal(literal)) if is_large(literal)),
            ),
            GraphPattern::Group {
                inner, aggregates, ..
            } => aggregates.iter().any(|(_, aggregate)| {
                matches!(
                    aggregate,
                    AggregateExpression::FunctionCall {
                        name: AggregateFunction::Sum | AggregateFunction::Avg,
                        expr,
                        ..
                    } if self.sum_can_fail(expr, inner)
                )
            }),
            _ => false,
        };
        visit_own_expressions(pattern, &mut |expression| {
            visit_expression(expression, &mut |expression| {
                found |= match expression {
                    Expression::Literal(literal) => is_large(literal),
                    Expression::Exists(pattern) => self.computes(pattern),
                    Expression::FunctionCall(Function::StrDt, _) => true,
                    expression => is_calculation(expression),
                };
            });
        });
        found || patterns_below(pattern).any(|pattern| self.computes(pattern))
    }

    /// Returns whether the value of an expression may be a number that spareval does not hold.
    fn may_be_large(&self, expression: &Expression) -> bool {
        use Expression as E;
        match expression {
            E::Literal(literal) => is_large(literal),
            E::Variable(_) => self.variables,
            E::Coalesce(list) => list.iter().any(|operand| self.may_be_large(operand)),
            E::If(_, a, b) => self.may_be_large(a) || self.may_be_large(b),
            E::FunctionCall(Function::StrDt, _) => true,
            // Functions of the caller may give anything.
            E::FunctionCall(Function::Custom(_), _) => self.variables || is_calculation(expression),
            expression => is_calculation(expression),
        }
    }

    /// Returns whether a tree of numeric operations may fail in spareval though it has a value.
    fn can_fail(&self, expression: &Expression) -> bool {
        if is_calculation(expression) {
            return true;
        }
        let mut large = false;
        let mut other = false;
        let mut fails = false;
        // That a number and a string are not equal is a value, that they have no order is none.
        let is_equality = matches!(expression, Expression::Equal(..));
        map_operands(expression.clone(), &mut |operand| {
            fails |= is_numeric(&operand) && self.can_fail(&operand);
            large |= self.may_be_large(&operand);
            other |= match &operand {
                Expression::NamedNode(_) => true,
                Expression::Literal(literal) => {
                    literal.language().is_some()
                        || (!is_equality && Number::of(literal.as_ref()).is_none())
                }
                _ => false,
            };
            operand
        });
        // `IN` compares with each of its list.
        fails || (large && (!other || matches!(expression, Expression::In(..))))
    }

    fn sum_can_fail(&self, expression: &Expression, inner: &GraphPattern) -> bool {
        let Expression::Variable(variable) = expression else {
            return true;
        };
        self.largest * MOST_ROWS > LARGEST || !binds(inner, variable)
    }
}

/// Returns whether a variable has its values from a triple of the dataset in every solution.
fn binds(pattern: &GraphPattern, variable: &Variable) -> bool {
    use GraphPattern as P;
    match pattern {
        P::Bgp { patterns } => patterns.iter().any(|triple| {
            let mut variables = BTreeSet::new();
            add_triple_variables(triple, &mut variables);
            variables.contains(variable.as_str())
        }),
        P::Join { left, right } | P::Lateral { left, right } => {
            binds(left, variable) || binds(right, variable)
        }
        P::Graph { inner, .. }
        | P::Filter { inner, .. }
        | P::Extend { inner, .. }
        | P::Distinct { inner }
        | P::Project { inner, .. }
        | P::LeftJoin { left: inner, .. }
        | P::Minus { left: inner, .. } => binds(inner, variable),
        _ => false,
    }
}

/// Returns whether a literal is a number that spareval does not hold.
fn is_large(literal: &Literal) -> bool {
    Number::of(literal.as_ref()).is_some()
        && matches!(
            ExpressionTerm::from(Term::from(literal.clone())),
            ExpressionTerm::OtherTypedLiteral { .. }
        )
}

/// Returns the size of an integer or a decimal without its sign; infinite where spareval does not hold it.
pub(crate) fn magnitude(literal: LiteralRef<'_>) -> Option<f64> {
    match Number::of(literal)? {
        Number::Exact(_) if is_large(&literal.into_owned()) => Some(f64::INFINITY),
        number @ Number::Exact(_) => Some(number.to_double().abs()),
        _ => None,
    }
}

/// Returns whether an expression calculates a number out of others, or reads one out of a text.
fn is_calculation(expression: &Expression) -> bool {
    use Expression as E;
    match expression {
        E::Add(..)
        | E::Subtract(..)
        | E::Multiply(..)
        | E::Divide(..)
        | E::UnaryPlus(_)
        | E::UnaryMinus(_) => true,
        E::FunctionCall(function, arguments) => {
            arguments.len() == 1 && function_name(function).is_some()
        }
        _ => false,
    }
}

/// Returns whether an expression is an operation that has a second form.
fn is_numeric(expression: &Expression) -> bool {
    use Expression as E;
    is_calculation(expression)
        || matches!(
            expression,
            E::Equal(..)
                | E::Greater(..)
                | E::GreaterOrEqual(..)
                | E::Less(..)
                | E::LessOrEqual(..)
                | E::In(..)
        )
}

fn has_sum(expression: &Expression) -> bool {
    let mut found = false;
    visit_expression(expression, &mut |expression| {
        found |= matches!(expression, Expression::Add(..));
    });
    found
}

/// Returns the name of what stands for a function of one argument.
fn function_name(function: &Function) -> Option<&'static str> {
    Some(match function {
        Function::Abs => "abs",
        Function::Ceil => "ceil",
        Function::Floor => "floor",
        Function::Round => "round",
        Function::Custom(name) => match name.as_ref() {
            xsd::INTEGER => "to-integer",
            xsd::DECIMAL => "to-decimal",
            xsd::DOUBLE => "to-double",
            xsd::FLOAT => "to-float",
            xsd::BOOLEAN => "to-boolean",
            _ => return None,
        },
        _ => return None,
    })
}

fn function(name: &str) -> NamedNode {
    NamedNode::new_unchecked([PREFIX, name].concat())
}

fn call(name: &str, arguments: impl IntoIterator<Item = Expression>) -> Expression {
    Expression::FunctionCall(
        Function::Custom(function(name)),
        arguments.into_iter().collect(),
    )
}

/// Returns the second form of a tree of numeric operations.
fn exact(expression: Expression) -> Expression {
    use Expression as E;
    if !is_numeric(&expression) {
        return expression;
    }
    let expression = map_operands(expression, &mut exact);
    match expression {
        E::Equal(a, b) => call("equal", [*a, *b]),
        E::Greater(a, b) => call("less", [*b, *a]),
        E::GreaterOrEqual(a, b) => call("less-or-equal", [*b, *a]),
        E::Less(a, b) => call("less", [*a, *b]),
        E::LessOrEqual(a, b) => call("less-or-equal", [*a, *b]),
        E::In(a, list) => call("in", [*a].into_iter().chain(list)),
        E::Add(a, b) => call("add", [*a, *b]),
        E::Subtract(a, b) => call("subtract", [*a, *b]),
        E::Multiply(a, b) => call("multiply", [*a, *b]),
        E::Divide(a, b) => call("divide", [*a, *b]),
        E::UnaryPlus(a) => call("plus", [*a]),
        E::UnaryMinus(a) => call("minus", [*a]),
        E::FunctionCall(function, arguments) => match function_name(&function) {
            Some(name) => call(name, arguments),
            None => E::FunctionCall(function, arguments),
        },
        expression => expression,
    }
}

/// Returns an evaluator with the functions of second forms.
pub(crate) fn with_large_numbers(mut evaluator: QueryEvaluator) -> QueryEvaluator {
    type OfTerms = fn(&[Term]) -> Option<Term>;
    let functions: [(&str, OfTerms); 23] = [
        ("equal", |terms| {
            let [a, b] = terms else { return None };
            equal(a, b).map(boolean)
        }),
        ("in", |terms| {
            let (tested, list) = terms.split_first()?;
            let mut unknown = false;
            for listed in list {
                match equal(tested, listed) {
                    Some(true) => return Some(boolean(true)),
                    Some(false) => {}
                    None => unknown = true,
                }
            }
            (!unknown).then(|| boolean(false))
        }),
        ("less", |terms| {
            ordered(terms).map(|order| boolean(order == Ordering::Less))
        }),
        ("less-or-equal", |terms| {
            ordered(terms).map(|order| boolean(order != Ordering::Greater))
        }),
        ("add", |terms| {
            calculated(terms, Operation::Add).or_else(|| of_times(terms, add))
        }),
        ("subtract", |terms| {
            calculated(terms, Operation::Subtract).or_else(|| of_times(terms, subtract))
        }),
        ("multiply", |terms| calculated(terms, Operation::Multiply)),
        ("divide", |terms| calculated(terms, Operation::Divide)),
        ("plus", |terms| of_number(terms, |number| number)),
        ("minus", |terms| {
            of_number(terms, Number::negated)
                .or_else(|| Some(negate(terms.first()?.clone().into())?.into()))
        }),
        ("abs", |terms| of_number(terms, Number::absolute)),
        ("ceil", |terms| {
            of_number(terms, |number| number.rounded(Rounding::Ceil))
        }),
        ("floor", |terms| {
            of_number(terms, |number| number.rounded(Rounding::Floor))
        }),
        ("round", |terms| {
            of_number(terms, |number| number.rounded(Rounding::Nearest))
        }),
        ("to-integer", |terms| {
            let exact = match text(terms) {
                Some(text) => ExactNumber::integer(text)?,
                None => number(terms.first()?)?.to_exact()?.truncated(),
            };
            Some(Number::Exact(exact).literal().into())
        }),
        ("to-decimal", |terms| {
            let exact = match text(terms) {
                Some(text) => ExactNumber::decimal(text)?,
                None => number(terms.first()?)?.to_exact()?.into_decimal(),
            };
            Some(Number::Exact(exact).literal().into())
        }),
        ("to-double", |terms| {
            of_number(terms, |number| Number::Double(number.to_double()))
        }),
        ("to-float", |terms| {
            of_number(terms, |number| Number::Float(number.to_float()))
        }),
        ("to-boolean", |terms| {
            number(terms.first()?).map(|number| boolean(!number.is_zero_or_nan()))
        }),
        ("truth", |terms| truth(terms.first()?).map(boolean)),
        ("is-numeric", |terms| {
            Some(boolean(number(terms.first()?).is_some()))
        }),
        ("nearest-double", |terms| {
            let term = terms.first()?;
            Some(match number(term) {
                Some(number) => Number::Double(number.to_double()).literal().into(),
                None => term.clone(),
            })
        }),
        ("order-key", |terms| {
            let term = terms.first()?;
            Some(match number(term) {
                Some(number) => {
                    let key = number.to_exact().map(|exact| exact.order_key());
                    Literal::new_simple_literal(key.unwrap_or_default()).into()
                }
                None => term.clone(),
            })
        }),
    ];
    for (name, of_terms) in functions {
        evaluator = evaluator.with_custom_function(function(name), of_terms);
    }
    evaluator
        .with_custom_aggregate_function(function("sum"), || Box::new(Sum::default()))
        .with_custom_aggregate_function(function("avg"), || Box::new(Average::default()))
        .with_custom_aggregate_function(function("min"), || Box::new(Extreme::of(Ordering::Less)))
        .with_custom_aggregate_function(function("max"), || {
            Box::new(Extreme::of(Ordering::Greater))
        })
}

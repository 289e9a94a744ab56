//! Values that are passed on as they are.
//!
//! spareval keeps a term as it is where an expression only chooses among variables. Where one operand of `COALESCE` or `IF`
//! is computed, it parses and writes them all: `COALESCE(?x, ?y + 1)` makes `1.5` of `1.50`. So what is computed gets
//! variables of its own.
use crate::aggregates;
use crate::algebra::{FreshVariables, map_patterns, try_map_operands, try_map_own_expressions};
use crate::counts::ExactCounts;
use crate::exact::may_change;
use crate::units::Estimator;
use oxrdf::{Literal, Variable};
use spargebra::algebra::{
    AggregateExpression, AggregateFunction, Expression, Function, GraphPattern,
};

/// Rewrites the expressions and aggregates that pass values on.
pub(crate) struct PassedValues<'a, C> {
    pub(crate) estimator: &'a Estimator<'a, C>,
    pub(crate) fresh: &'a mut FreshVariables,
    /// How many aggregates were rewritten.
    pub(crate) aggregates: usize,
    /// How many other expressions were rewritten.
    pub(crate) expressions: usize,
}

impl<C: ExactCounts> PassedValues<'_, C> {
    /// Returns a pattern that passes terms on as they are.
    pub(crate) fn pattern(&mut self, pattern: GraphPattern) -> Result<GraphPattern, C::Error> {
        let pattern = map_patterns(pattern, &mut |pattern| self.pattern(pattern))?;
        let pattern =
            try_map_own_expressions(pattern, &mut |expression| self.in_exists(expression))?;
        match pattern {
            GraphPattern::Extend {
                inner,
                variable,
                expression,
            } => {
                let (inner, expression) = self.passing(*inner, expression)?;
                Ok(GraphPattern::Extend {
                    inner: Box::new(inner),
                    variable,
                    expression,
                })
            }
            GraphPattern::Group {
                inner,
                variables,
                aggregates,
            } => self.group(*inner, variables, aggregates),
            pattern => Ok(pattern),
        }
    }

    fn group(
        &mut self,
        mut inner: GraphPattern,
        variables: Vec<Variable>,
        aggregates: Vec<(Variable, AggregateExpression)>,
    ) -> Result<GraphPattern, C::Error> {
        let mut exact = Vec::with_capacity(aggregates.len());
        for (variable, aggregate) in aggregates {
            let AggregateExpression::FunctionCall { name, expr, .. } = &aggregate else {
                exact.push((variable, aggregate));
                continue;
            };
            let is_choice = matches!(
                name,
                AggregateFunction::Min | AggregateFunction::Max | AggregateFunction::Sample
            );
            if !is_choice || !self.passes_on(&inner, expr)? {
                exact.push((variable, aggregate));
                continue;
            }
            let operand = if let Expression::Variable(operand) = expr {
                operand.clone()
            } else {
                let operand = self.fresh.variable("value");
                let (below, expression) = self.passing(inner, expr.clone())?;
                inner = GraphPattern::Extend {
                    inner: Box::new(below),
                    variable: operand.clone(),
                    expression,
                };
                operand
            };
            self.aggregates += 1;
            let chosen = aggregates::exact(name, operand).unwrap_or(aggregate);
            exact.push((variable, chosen));
        }
        Ok(GraphPattern::Group {
            inner: Box::new(inner),
            variables,
            aggregates: exact,
        })
    }

    /// Returns whether the value of an expression may be that of a variable that spareval does not keep as it is.
    fn passes_on(&self, pattern: &GraphPattern, expression: &Expression) -> Result<bool, C::Error> {
        match expression {
            Expression::Variable(variable) => may_change(self.estimator, pattern, variable),
            Expression::Coalesce(list) => {
                for operand in list {
                    if self.passes_on(pattern, operand)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Expression::If(_, a, b) => {
                Ok(self.passes_on(pattern, a)? || self.passes_on(pattern, b)?)
            }
            _ => Ok(false),
        }
    }

    /// Returns an expression that chooses among variables and constants, and the pattern with those that are computed.
    fn passing(
        &mut self,
        pattern: GraphPattern,
        expression: Expression,
    ) -> Result<(GraphPattern, Expression), C::Error> {
        let mut computed = Vec::new();
        let expression = match expression {
            // An object that is computed is not the term that was read for it.
            Expression::FunctionCall(Function::Triple, parts) => {
                let named = |part| match only_chooses(&part) {
                    true => part,
                    false => self.named(part, None, &mut computed).into(),
                };
                let parts = parts.into_iter().map(named).collect();
                Expression::FunctionCall(Function::Triple, parts)
            }
            expression => {
                if only_chooses(&expression) || !self.passes_on(&pattern, &expression)? {
                    return Ok((pattern, expression));
                }
                self.expressions += 1;
                self.chosen(expression, None, &mut computed)
            }
        };
        let pattern = computed
            .into_iter()
            .fold(pattern, |inner, (variable, expression)| {
                GraphPattern::Extend {
                    inner: Box::new(inner),
                    variable,
                    expression,
                }
            });
        Ok((pattern, expression))
    }

    /// Returns an expression that only chooses. What it chooses from is computed where a condition is true, as it would be
    /// without this.
    fn chosen(
        &mut self,
        expression: Expression,
        condition: Option<&Expression>,
        computed: &mut Vec<(Variable, Expression)>,
    ) -> Expression {
        use Expression as E;
        match expression {
            E::Variable(_) | E::NamedNode(_) | E::Literal(_) => expression,
            E::Coalesce(list) => {
                let mut chosen = Vec::with_capacity(list.len());
                let mut condition = condition.cloned();
                for operand in list {
                    let mut operand = self.chosen(operand, condition.as_ref(), computed);
                    if matches!(operand, E::NamedNode(_) | E::Literal(_)) {
                        // The rest is never looked at.
                        chosen.push(operand);
                        break;
                    }
                    if !matches!(operand, E::Variable(_)) {
                        operand = self.named(operand, None, computed).into();
                    }
                    if let E::Variable(variable) = &operand {
                        let unbound = E::Not(Box::new(E::Bound(variable.clone())));
                        condition = Some(both(condition.as_ref(), unbound));
                    }
                    chosen.push(operand);
                }
                E::Coalesce(chosen)
            }
            E::If(test, a, b) => {
                let truth = |value: bool| Box::new(E::Literal(Literal::from(value)));
                // An error of the test is none of its values.
                let test = E::If(test, truth(true), truth(false));
                let test = E::Variable(self.named(test, condition, computed));
                let holds = both(condition, test.clone());
                let a = self.chosen(*a, Some(&holds), computed);
                let fails = both(condition, E::Not(Box::new(test.clone())));
                let b = self.chosen(*b, Some(&fails), computed);
                E::If(Box::new(test), Box::new(a), Box::new(b))
            }
            expression => self.named(expression, condition, computed).into(),
        }
    }

    /// Gives an expression a variable, which has its value where a condition is true.
    fn named(
        &mut self,
        expression: Expression,
        condition: Option<&Expression>,
        computed: &mut Vec<(Variable, Expression)>,
    ) -> Variable {
        let variable = self.fresh.variable("value");
        let expression = match condition {
            None => expression,
            Some(condition) => {
                let unbound = self.fresh.variable("unbound");
                Expression::If(
                    Box::new(condition.clone()),
                    Box::new(expression),
                    Box::new(unbound.into()),
                )
            }
        };
        computed.push((variable.clone(), expression));
        variable
    }

    /// Rewrites the patterns that an expression looks at.
    fn in_exists(&mut self, expression: Expression) -> Result<Expression, C::Error> {
        match expression {
            Expression::Exists(pattern) => {
                Ok(Expression::Exists(Box::new(self.pattern(*pattern)?)))
            }
            expression => try_map_operands(expression, &mut |operand| self.in_exists(operand)),
        }
    }
}

/// Returns whether spareval keeps the terms that an expression gives.
fn only_chooses(expression: &Expression) -> bool {
    use Expression as E;
    match expression {
        E::Variable(_) | E::NamedNode(_) | E::Literal(_) => true,
        E::Coalesce(list) => list.iter().all(only_chooses),
        E::If(_, a, b) => only_chooses(a) && only_chooses(b),
        _ => false,
    }
}

fn both(condition: Option<&Expression>, other: Expression) -> Expression {
    match condition {
        None => other,
        Some(condition) => Expression::And(Box::new(condition.clone()), Box::new(other)),
    }
}

//! The variables of patterns and expressions.

use super::{reads_graph, visit_expression};
use oxrdf::Variable;
use spargebra::algebra::{
    AggregateExpression, AggregateFunction, Expression, GraphPattern, OrderExpression,
};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// A set of variables; blank nodes of patterns are among them as `_:label`.
pub(crate) type VariableSet = BTreeSet<String>;

/// Adds the variables that an expression mentions, those of its EXISTS patterns included.
pub(crate) fn add_expression_variables(expression: &Expression, variables: &mut VariableSet) {
    visit_expression(expression, &mut |expression| match expression {
        Expression::Variable(variable) | Expression::Bound(variable) => {
            variables.insert(variable.as_str().to_owned());
        }
        Expression::Exists(pattern) => add_mentioned(pattern, variables),
        _ => {}
    });
}

/// Returns the variables that an expression mentions.
pub(crate) fn expression_variables(expression: &Expression) -> VariableSet {
    let mut variables = VariableSet::new();
    add_expression_variables(expression, &mut variables);
    variables
}

/// Returns every variable that a pattern mentions, visible outside or not.
pub(crate) fn mentioned(pattern: &GraphPattern) -> VariableSet {
    let mut variables = VariableSet::new();
    add_mentioned(pattern, &mut variables);
    variables
}

fn add_mentioned(pattern: &GraphPattern, variables: &mut VariableSet) {
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

fn add_variables(from: &[Variable], variables: &mut VariableSet) {
    variables.extend(from.iter().map(|variable| variable.as_str().to_owned()));
}

/// Adds the variables of a triple pattern.
pub(crate) fn add_triple_variables(triple: &TriplePattern, variables: &mut VariableSet) {
    add_term_variables(&triple.subject, variables);
    add_name_variables(&triple.predicate, variables);
    add_term_variables(&triple.object, variables);
}

/// Adds the variables of a place of a pattern.
pub(crate) fn add_term_variables(term: &TermPattern, variables: &mut VariableSet) {
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
pub(crate) fn add_name_variables(name: &NamedNodePattern, variables: &mut VariableSet) {
    if let NamedNodePattern::Variable(variable) = name {
        variables.insert(variable.as_str().to_owned());
    }
}

/// Returns the variables that outer patterns can see, bound or not; those of blank nodes are among them.
pub(crate) fn visible(pattern: &GraphPattern) -> VariableSet {
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
pub(crate) fn certain(pattern: &GraphPattern) -> VariableSet {
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
        P::Service { .. } => VariableSet::new(),
    }
}

/// Makes variables that occur nowhere else in a query.
#[derive(Default)]
pub(crate) struct FreshVariables {
    next: usize,
}

impl FreshVariables {
    pub(crate) fn variable(&mut self, hint: &str) -> Variable {
        self.next += 1;
        // A full stop is in no name that a query can write.
        Variable::new_unchecked(format!("{hint}.{}", self.next))
    }
}

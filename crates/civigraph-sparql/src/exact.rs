//! STR and DATATYPE of literals as they are, and OBJECT of triple terms.
//!
//! spareval parses numbers, dates and the like before its functions see them, and forgets how they were written: `STR` of
//! `1.50` is `1.5`, `DATATYPE` of an `xsd:byte` is `xsd:integer`. So a query asks the dataset instead, by a predicate that
//! [`DatasetView`](crate::view::DatasetView) answers for the literals that change.
use crate::algebra::{
    FreshVariables, map_operands, map_own_expressions, map_patterns, patterns_below,
    visit_expression, visit_own_expressions,
};
use crate::counts::ExactCounts;
use crate::units::Estimator;
use civigraph_index::RangePredicate;
use oxrdf::{Literal, NamedNode, Term, Triple, Variable};
use spareval::ExpressionTerm;
use spargebra::algebra::{Expression, Function, GraphPattern};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};

/// The predicate from a literal to its lexical form.
pub(crate) const LEXICAL_FORM: &str = "urn:civigraph:literal:lexicalForm";
/// The predicate from a literal to its datatype.
pub(crate) const DATATYPE: &str = "urn:civigraph:literal:datatype";

/// The predicate from a triple term to its object.
pub(crate) const OBJECT: &str = "urn:civigraph:literal:object";

/// Returns the object of a triple term if spareval would give another.
pub(crate) fn object(triple: Triple) -> Option<Term> {
    let seen = Term::from(ExpressionTerm::from(triple.object.clone()));
    (seen != triple.object).then_some(triple.object)
}

/// Returns the lexical form of a literal if spareval would give another.
pub(crate) fn lexical_form(literal: &Literal, seen: ExpressionTerm) -> Option<Literal> {
    match Term::from(seen) {
        Term::Literal(seen) if seen.value() == literal.value() => None,
        _ => Some(Literal::new_simple_literal(literal.value())),
    }
}

/// Returns the datatype of a literal if spareval would give another.
pub(crate) fn datatype(literal: &Literal, seen: ExpressionTerm) -> Option<NamedNode> {
    match Term::from(seen) {
        Term::Literal(seen) if seen.datatype() == literal.datatype() => None,
        _ => Some(literal.datatype().into_owned()),
    }
}

/// Rewrites the calls of STR, DATATYPE and OBJECT with variables whose values may be such literals.
pub(crate) struct ExactLiterals<'a, C> {
    pub(crate) estimator: &'a Estimator<'a, C>,
    pub(crate) fresh: &'a mut FreshVariables,
    /// How many calls were rewritten.
    pub(crate) calls: usize,
}

impl<C: ExactCounts> ExactLiterals<'_, C> {
    /// Returns a pattern whose expressions see literals as they are.
    pub(crate) fn pattern(&mut self, pattern: GraphPattern) -> Result<GraphPattern, C::Error> {
        let pattern = map_patterns(pattern, &mut |pattern| self.pattern(pattern))?;
        let inner = match &pattern {
            GraphPattern::Filter { inner, .. }
            | GraphPattern::Extend { inner, .. }
            | GraphPattern::Group { inner, .. }
            | GraphPattern::OrderBy { inner, .. } => inner.as_ref(),
            // The condition of an optional pattern is about its right side.
            GraphPattern::LeftJoin { right, .. } => right.as_ref(),
            _ => return Ok(pattern),
        };
        let mut found = Vec::new();
        visit_own_expressions(&pattern, &mut |expression| calls(expression, &mut found));
        let mut asked: Vec<ExactCall> = Vec::new();
        for (predicate, variable) in found {
            if asked
                .iter()
                .any(|asked| asked.predicate == predicate && asked.variable == variable)
                || !may_change(self.estimator, inner, &variable)?
            {
                continue;
            }
            let answer = self.fresh.variable("literal");
            asked.push(ExactCall {
                predicate,
                variable,
                answer,
            });
        }
        if asked.is_empty() {
            return Ok(pattern);
        }
        self.calls += asked.len();
        let pattern = map_own_expressions(pattern, &mut |expression| replaced(expression, &asked));
        let ask = |inner: Box<GraphPattern>| Box::new(asked.iter().fold(*inner, with_answer));
        Ok(match pattern {
            GraphPattern::Filter { expr, inner } => GraphPattern::Filter {
                expr,
                inner: ask(inner),
            },
            GraphPattern::Extend {
                inner,
                variable,
                expression,
            } => GraphPattern::Extend {
                inner: ask(inner),
                variable,
                expression,
            },
            GraphPattern::Group {
                inner,
                variables,
                aggregates,
            } => GraphPattern::Group {
                inner: ask(inner),
                variables,
                aggregates,
            },
            GraphPattern::OrderBy { inner, expression } => GraphPattern::OrderBy {
                inner: ask(inner),
                expression,
            },
            GraphPattern::LeftJoin {
                left,
                right,
                expression,
            } => GraphPattern::LeftJoin {
                left,
                right: ask(right),
                expression,
            },
            pattern => pattern,
        })
    }
}

/// Returns whether a variable may be a literal that spareval does not keep as it is.
pub(crate) fn may_change<C: ExactCounts>(
    estimator: &Estimator<'_, C>,
    pattern: &GraphPattern,
    variable: &Variable,
) -> Result<bool, C::Error> {
    let mut triples = Vec::new();
    triples_with(pattern, PatternScope::default(), variable, &mut triples);
    for (triple, scope) in triples {
        if triple.subject == TermPattern::Variable(variable.clone()) {
            return Ok(false);
        }
        let predicates = match &triple.predicate {
            NamedNodePattern::NamedNode(predicate) => vec![predicate],
            // In a subquery it may be another variable of that name.
            NamedNodePattern::Variable(_) if scope.is_subquery => continue,
            NamedNodePattern::Variable(name) => match listed(pattern, name) {
                Some(predicates) => predicates,
                None => continue,
            },
        };
        let mut typed = false;
        for predicate in predicates {
            // One that stands for a range of values has no objects of its own.
            typed |= RangePredicate::decode(predicate.as_ref()).is_some()
                || estimator.may_have_typed(predicate.as_ref(), scope.graph)?;
        }
        if !typed {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns the IRIs that `VALUES` lists for a variable, if every solution has one of them.
fn listed<'a>(pattern: &'a GraphPattern, variable: &Variable) -> Option<Vec<&'a NamedNode>> {
    let GraphPattern::Values {
        variables,
        bindings,
    } = pattern
    else {
        return always_below(pattern).find_map(|below| listed(below, variable));
    };
    let column = variables.iter().position(|other| other == variable)?;
    bindings
        .iter()
        .map(|row| match row.get(column) {
            Some(Some(GroundTerm::NamedNode(node))) => Some(node),
            _ => None,
        })
        .collect()
}

/// Returns the patterns right below one that every one of its solutions has a solution of, those of subqueries apart.
fn always_below(pattern: &GraphPattern) -> impl Iterator<Item = &GraphPattern> {
    use GraphPattern as P;
    let always = match pattern {
        P::Join { .. } | P::Lateral { .. } => 2,
        P::LeftJoin { .. }
        | P::Minus { .. }
        | P::Graph { .. }
        | P::Filter { .. }
        | P::Extend { .. }
        | P::OrderBy { .. }
        | P::Distinct { .. }
        | P::Slice { .. } => 1,
        _ => 0,
    };
    patterns_below(pattern).take(always)
}

/// A call whose answer the dataset gives.
struct ExactCall {
    predicate: &'static str,
    variable: Variable,
    answer: Variable,
}

fn call_of(expression: &Expression) -> Option<(&'static str, &Variable)> {
    let Expression::FunctionCall(function, arguments) = expression else {
        return None;
    };
    let [Expression::Variable(variable)] = arguments.as_slice() else {
        return None;
    };
    match function {
        Function::Str => Some((LEXICAL_FORM, variable)),
        Function::Datatype => Some((DATATYPE, variable)),
        Function::Object => Some((OBJECT, variable)),
        _ => None,
    }
}

fn calls(expression: &Expression, found: &mut Vec<(&'static str, Variable)>) {
    visit_expression(expression, &mut |expression| {
        found
            .extend(call_of(expression).map(|(predicate, variable)| (predicate, variable.clone())));
    });
}

fn replaced(expression: Expression, asked: &[ExactCall]) -> Expression {
    let expression = map_operands(expression, &mut |operand| replaced(operand, asked));
    let answer = call_of(&expression).and_then(|(predicate, variable)| {
        asked
            .iter()
            .find(|asked| asked.predicate == predicate && asked.variable == *variable)
    });
    match answer {
        Some(asked) => {
            Expression::Coalesce(vec![Expression::Variable(asked.answer.clone()), expression])
        }
        None => expression,
    }
}

/// Joins the answer of a call where the dataset has one.
fn with_answer(inner: GraphPattern, asked: &ExactCall) -> GraphPattern {
    let question = GraphPattern::Bgp {
        patterns: vec![TriplePattern {
            subject: TermPattern::Variable(asked.variable.clone()),
            predicate: NamedNodePattern::NamedNode(NamedNode::new_unchecked(asked.predicate)),
            object: TermPattern::Variable(asked.answer.clone()),
        }],
    };
    // What spareval evaluates as an optional pattern for each row: the question needs the value.
    let one = GraphPattern::Values {
        variables: Vec::new(),
        bindings: vec![Vec::new()],
    };
    GraphPattern::Lateral {
        left: Box::new(inner),
        right: Box::new(GraphPattern::LeftJoin {
            left: Box::new(one),
            right: Box::new(question),
            expression: None,
        }),
    }
}

/// Where a triple pattern is.
#[derive(Clone, Copy, Default)]
struct PatternScope<'a> {
    /// The graph that it reads, if it is not the default graph.
    graph: Option<&'a NamedNodePattern>,
    is_subquery: bool,
}

/// Adds the triple patterns that bind a variable in every solution.
fn triples_with<'a>(
    pattern: &'a GraphPattern,
    scope: PatternScope<'a>,
    variable: &Variable,
    found: &mut Vec<(&'a TriplePattern, PatternScope<'a>)>,
) {
    use GraphPattern as P;
    match pattern {
        P::Bgp { patterns } => found.extend(
            patterns
                .iter()
                .filter(|triple| {
                    [&triple.subject, &triple.object]
                        .into_iter()
                        .any(|term| *term == TermPattern::Variable(variable.clone()))
                })
                .map(|triple| (triple, scope)),
        ),
        P::Graph { name, inner } => {
            let graph = Some(name);
            triples_with(inner, PatternScope { graph, ..scope }, variable, found);
        }
        P::Project { inner, variables } if variables.contains(variable) => {
            let is_subquery = true;
            let scope = PatternScope {
                is_subquery,
                ..scope
            };
            triples_with(inner, scope, variable, found);
        }
        pattern => {
            for below in always_below(pattern) {
                triples_with(below, scope, variable, found);
            }
        }
    }
}

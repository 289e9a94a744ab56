//! Language tags of a query in one case.
use crate::algebra::{map_operands, map_own_expressions, map_patterns};
use crate::large::with_large_numbers;
use civigraph_index::canonical_language_tag;
use oxrdf::{Literal, NamedNode, Term};
use spareval::QueryEvaluator;
use spargebra::algebra::{Expression, Function, GraphPattern};
use spargebra::term::{GroundTerm, GroundTriple, TermPattern, TriplePattern};
use std::convert::Infallible;

const STRLANG: &str = "urn:civigraph:function:strlang";
const STRLANGDIR: &str = "urn:civigraph:function:strlangdir";

/// Returns an evaluator with the functions that rewritten queries call.
#[must_use]
pub fn with_functions(evaluator: QueryEvaluator) -> QueryEvaluator {
    // STRLANG and STRLANGDIR of spareval put tags in lower case.
    let tagged = |arguments: &[Term]| {
        let [Term::Literal(value), Term::Literal(language), rest @ ..] = arguments else {
            return None;
        };
        let string = |literal: &Literal| {
            (literal.datatype() == oxrdf::vocab::xsd::STRING).then(|| literal.value().to_owned())
        };
        let (value, language) = (string(value)?, string(language)?);
        let literal = match rest {
            [] => Literal::new_language_tagged_literal(value, language).ok()?,
            [Term::Literal(direction)] => {
                let direction = match string(direction)?.as_str() {
                    "ltr" => oxrdf::BaseDirection::Ltr,
                    "rtl" => oxrdf::BaseDirection::Rtl,
                    _ => return None,
                };
                Literal::new_directional_language_tagged_literal(value, language, direction).ok()?
            }
            _ => return None,
        };
        Some(canonical_literal(literal).into())
    };
    with_large_numbers(evaluator)
        .with_custom_function(NamedNode::new_unchecked(STRLANG), tagged)
        .with_custom_function(NamedNode::new_unchecked(STRLANGDIR), tagged)
}

/// Returns a pattern whose literals have language tags in canonical case, also those that its functions make or compare.
pub(crate) fn canonical_pattern(pattern: GraphPattern) -> GraphPattern {
    let pattern = match pattern {
        GraphPattern::Bgp { patterns } => GraphPattern::Bgp {
            patterns: patterns.into_iter().map(canonical_triple).collect(),
        },
        GraphPattern::Path {
            subject,
            path,
            object,
        } => GraphPattern::Path {
            subject: canonical_term(subject),
            path,
            object: canonical_term(object),
        },
        GraphPattern::Values {
            variables,
            bindings,
        } => GraphPattern::Values {
            variables,
            bindings: bindings
                .into_iter()
                .map(|row| {
                    row.into_iter()
                        .map(|term| term.map(canonical_ground_term))
                        .collect()
                })
                .collect(),
        },
        pattern => pattern,
    };
    let pattern = map_own_expressions(pattern, &mut canonical_expression);
    let Ok(pattern) =
        map_patterns::<Infallible>(pattern, &mut |pattern| Ok(canonical_pattern(pattern)));
    pattern
}

/// Returns a triple pattern whose literals have language tags in canonical case.
pub(crate) fn canonical_triple(triple: TriplePattern) -> TriplePattern {
    TriplePattern {
        subject: canonical_term(triple.subject),
        predicate: triple.predicate,
        object: canonical_term(triple.object),
    }
}

fn canonical_term(term: TermPattern) -> TermPattern {
    match term {
        TermPattern::Literal(literal) => TermPattern::Literal(canonical_literal(literal)),
        TermPattern::Triple(triple) => TermPattern::Triple(Box::new(canonical_triple(*triple))),
        term => term,
    }
}

fn canonical_ground_term(term: GroundTerm) -> GroundTerm {
    match term {
        GroundTerm::Literal(literal) => GroundTerm::Literal(canonical_literal(literal)),
        GroundTerm::Triple(triple) => GroundTerm::Triple(Box::new(GroundTriple {
            subject: triple.subject,
            predicate: triple.predicate,
            object: canonical_ground_term(triple.object),
        })),
        GroundTerm::NamedNode(_) => term,
    }
}

fn canonical_literal(literal: Literal) -> Literal {
    let Some(language) = literal.language() else {
        return literal;
    };
    let language = canonical_language_tag(language).into_owned();
    match literal.direction() {
        Some(direction) => Literal::new_directional_language_tagged_literal_unchecked(
            literal.value(),
            language,
            direction,
        ),
        None => Literal::new_language_tagged_literal_unchecked(literal.value(), language),
    }
}

fn canonical_expression(expression: Expression) -> Expression {
    use Expression as E;
    let expression = map_operands(expression, &mut canonical_expression);
    match expression {
        E::Literal(literal) => E::Literal(canonical_literal(literal)),
        E::Exists(pattern) => E::Exists(Box::new(canonical_pattern(*pattern))),
        // What a variable has is known too late to write it in one case.
        E::Equal(a, b)
            if is_language(&a) != is_language(&b) && (is_variable(&a) || is_variable(&b)) =>
        {
            let lower =
                |operand: Box<E>| Box::new(E::FunctionCall(Function::LCase, vec![*operand]));
            E::Equal(lower(a), lower(b))
        }
        E::Equal(a, b) => {
            let (a, b) = canonical_comparison(*a, *b);
            E::Equal(Box::new(a), Box::new(b))
        }
        E::SameTerm(a, b) => {
            let (a, b) = canonical_comparison(*a, *b);
            E::SameTerm(Box::new(a), Box::new(b))
        }
        E::In(tested, list) if is_language(&tested) => {
            E::In(tested, list.into_iter().map(canonical_tag).collect())
        }
        E::FunctionCall(Function::StrLang, arguments) => E::FunctionCall(
            Function::Custom(NamedNode::new_unchecked(STRLANG)),
            arguments,
        ),
        E::FunctionCall(Function::StrLangDir, arguments) => E::FunctionCall(
            Function::Custom(NamedNode::new_unchecked(STRLANGDIR)),
            arguments,
        ),
        expression => expression,
    }
}

fn canonical_comparison(a: Expression, b: Expression) -> (Expression, Expression) {
    if is_language(&a) {
        (a, canonical_tag(b))
    } else if is_language(&b) {
        (canonical_tag(a), b)
    } else {
        (a, b)
    }
}

fn is_variable(expression: &Expression) -> bool {
    matches!(expression, Expression::Variable(_))
}

fn is_language(expression: &Expression) -> bool {
    matches!(expression, Expression::FunctionCall(Function::Lang, _))
}

/// Returns a string that is compared with `LANG(…)` as a tag in canonical case.
fn canonical_tag(expression: Expression) -> Expression {
    match expression {
        Expression::Literal(literal) if literal.datatype() == oxrdf::vocab::xsd::STRING => {
            Literal::new_simple_literal(canonical_language_tag(literal.value())).into()
        }
        expression => expression,
    }
}

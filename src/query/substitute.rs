//! Parameters put in the place of variables, on the algebra.
//!
//! Oxigraph's own substitution reaches only variables that the outermost `SELECT` names. Here a
//! parameter is replaced wherever it is: in patterns, filters, templates and sub-selects. Where a
//! query also selects it, the value is bound to it, so that it shows in the answer.

use super::visit::{VisitorMut, pattern_of_mut, walk_expression_mut, walk_pattern_mut};
use oxrdf::{Literal, Term, Variable};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet};

/// Why a value cannot replace its parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SubstitutionProblem {
    /// A literal where only an IRI can be: as a subject, a predicate or a graph.
    NotAnIri(String),
    /// The query gives the parameter a value itself (`BIND`, `VALUES`, `AS`).
    Assigned(String),
}

/// Replaces the parameters in a query. Gives the names of those that the query has.
///
/// Recurses with the depth of the query: call it on a large stack.
pub(super) fn substitute(
    query: &mut Query,
    values: &BTreeMap<String, Term>,
) -> Result<BTreeSet<String>, SubstitutionProblem> {
    let mut substitution = Substitution {
        values,
        seen: BTreeSet::new(),
        problem: None,
    };
    if let Query::Construct { template, .. } = query {
        for triple in template {
            substitution.triple(triple);
        }
    }
    let pattern = pattern_of_mut(query);
    substitution.pattern(pattern);
    match substitution.problem {
        Some(problem) => Err(problem),
        None => Ok(substitution.seen),
    }
}

struct Substitution<'a> {
    values: &'a BTreeMap<String, Term>,
    seen: BTreeSet<String>,
    problem: Option<SubstitutionProblem>,
}

impl<'a> Substitution<'a> {
    fn value(&mut self, variable: &Variable) -> Option<&'a Term> {
        let value = self.values.get(variable.as_str())?;
        self.seen.insert(variable.as_str().to_owned());
        Some(value)
    }

    fn triple(&mut self, triple: &mut TriplePattern) {
        self.term(&mut triple.subject, true);
        self.name(&mut triple.predicate);
        self.term(&mut triple.object, false);
    }

    fn term(&mut self, term: &mut TermPattern, subject: bool) {
        match term {
            TermPattern::Variable(variable) => {
                let Some(value) = self.value(variable) else {
                    return;
                };
                if subject && value.is_literal() {
                    self.problem =
                        Some(SubstitutionProblem::NotAnIri(variable.as_str().to_owned()));
                }
                *term = value.clone().into();
            }
            TermPattern::Triple(triple) => self.triple(triple),
            TermPattern::NamedNode(_) | TermPattern::BlankNode(_) | TermPattern::Literal(_) => {}
        }
    }

    fn name(&mut self, name: &mut NamedNodePattern) {
        if let NamedNodePattern::Variable(variable) = name
            && let Some(value) = self.value(variable)
        {
            match value {
                Term::NamedNode(node) => *name = node.clone().into(),
                _ => {
                    self.problem = Some(SubstitutionProblem::NotAnIri(variable.as_str().to_owned()))
                }
            }
        }
    }

    fn assigned(&mut self, variable: &Variable) {
        if self.values.contains_key(variable.as_str()) {
            self.problem = Some(SubstitutionProblem::Assigned(variable.as_str().to_owned()));
        }
    }

    /// Binds those of `variables` that are parameters to their values after `inner`.
    fn bind(&mut self, inner: &mut GraphPattern, variables: &[Variable]) {
        for variable in variables {
            let Some(value) = self.value(variable) else {
                continue;
            };
            // A group has bound the parameter already if it groups by it.
            if let GraphPattern::Group { variables, .. } = inner
                && variables.contains(variable)
            {
                continue;
            }
            let bare = GraphPattern::Bgp {
                patterns: Vec::new(),
            };
            *inner = GraphPattern::Extend {
                inner: Box::new(std::mem::replace(inner, bare)),
                variable: variable.clone(),
                expression: constant(value),
            };
        }
    }
}

impl VisitorMut for Substitution<'_> {
    fn pattern(&mut self, pattern: &mut GraphPattern) {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                for triple in patterns {
                    self.triple(triple);
                }
            }
            GraphPattern::Path {
                subject, object, ..
            } => {
                // A path may start at a literal: `?value ^ex:p ?thing`.
                self.term(subject, false);
                self.term(object, false);
            }
            GraphPattern::Graph { name, .. } | GraphPattern::Service { name, .. } => {
                self.name(name);
            }
            GraphPattern::Extend { variable, .. } => self.assigned(variable),
            GraphPattern::Values { variables, .. } => {
                for variable in variables {
                    self.assigned(variable);
                }
            }
            GraphPattern::Group { aggregates, .. } => {
                for (variable, _) in aggregates {
                    self.assigned(variable);
                }
            }
            _ => {}
        }
        walk_pattern_mut(self, pattern);
        if let GraphPattern::Project { inner, variables }
        | GraphPattern::Group {
            inner, variables, ..
        } = pattern
        {
            self.bind(inner, variables);
        }
    }

    fn expression(&mut self, expression: &mut Expression) {
        match expression {
            Expression::Variable(variable) => {
                if let Some(value) = self.value(variable) {
                    *expression = constant(value);
                }
            }
            Expression::Bound(variable) => {
                if self.value(variable).is_some() {
                    *expression = Literal::from(true).into();
                }
            }
            _ => walk_expression_mut(self, expression),
        }
    }
}

/// A value as an expression. Parameters are IRIs and literals.
fn constant(value: &Term) -> Expression {
    match value {
        Term::NamedNode(node) => node.clone().into(),
        Term::Literal(literal) => literal.clone().into(),
        Term::BlankNode(_) | Term::Triple(_) => Literal::from(value.to_string()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::NamedNode;
    use spargebra::SparqlParser;
    use std::error::Error;

    fn check(
        text: &str,
        expected: Result<&str, SubstitutionProblem>,
    ) -> Result<(), Box<dyn Error>> {
        let values = BTreeMap::from([
            (
                "x".to_owned(),
                Term::from(NamedNode::new_unchecked("http://e/x")),
            ),
            ("n".to_owned(), Literal::from("n\" }").into()),
        ]);
        let mut query = SparqlParser::new().parse_query(text)?;
        let result = substitute(&mut query, &values).map(|_| query.to_string());
        assert_eq!(
            result.as_ref().map(String::as_str),
            expected.as_ref().copied(),
            "{text}"
        );
        Ok(())
    }

    #[test]
    fn replaced_wherever_they_stand() -> Result<(), Box<dyn Error>> {
        let assigned = |name: &str| Err(SubstitutionProblem::Assigned(name.to_owned()));
        let not_an_iri = |name: &str| Err(SubstitutionProblem::NotAnIri(name.to_owned()));
        check(
            "SELECT ?s WHERE { ?s ?x ?n }",
            Ok(r#"SELECT ?s WHERE { ?s <http://e/x> "n\" }" . }"#),
        )?;
        check(
            "SELECT ?s WHERE { ?s ?p ?o FILTER(?o = ?n && BOUND(?x)) }",
            Ok(
                r#"SELECT ?s WHERE { ?s ?p ?o . FILTER(((?o = "n\" }") && "true"^^<http://www.w3.org/2001/XMLSchema#boolean>)) }"#,
            ),
        )?;
        check(
            "CONSTRUCT { ?x ?p ?o } WHERE { GRAPH ?x { ?s ?p ?o } }",
            Ok("CONSTRUCT { <http://e/x> ?p ?o . } WHERE { \
                SELECT ?o ?p ?s (<http://e/x> AS ?x) WHERE { GRAPH <http://e/x> { ?s ?p ?o . } } }"),
        )?;
        check(
            "ASK { FILTER NOT EXISTS { ?x (<http://e/p>)* ?o } }",
            Ok("ASK WHERE { SELECT * WHERE {  \
                FILTER(NOT EXISTS { <http://e/x> (<http://e/p>)* ?o . }) } }"),
        )?;
        check("SELECT ?s { ?n ?p ?s }", not_an_iri("n"))?;
        check("SELECT ?s { ?s ?n ?o }", not_an_iri("n"))?;
        check("SELECT ?s { GRAPH ?n { ?s ?p ?o } }", not_an_iri("n"))?;
        check("SELECT ?s { BIND(1 AS ?x) }", assigned("x"))?;
        check("SELECT ?s { VALUES ?x { 1 } }", assigned("x"))?;
        check("SELECT (COUNT(?s) AS ?x) { ?s ?p ?o }", assigned("x"))
    }

    #[test]
    fn selected_parameters_show_in_the_answer() -> Result<(), Box<dyn Error>> {
        check(
            "SELECT ?x ?s WHERE { ?s ?p ?x }",
            Ok("SELECT (<http://e/x> AS ?x) ?s WHERE { ?s ?p <http://e/x> . }"),
        )
    }
}

//! Triple terms whose literals stay as they are.
//!
//! spareval takes triple terms apart and puts them together by values: `?x` in `<<( :a :price ?x )>>` is `1.5` where the dataset has
//! `1.50`, and a triple term of `1.50` is not found. So the [`View`](crate::view::View) remembers the term that was read last: what
//! is written right after it is made of it.
use crate::algebra::{map_own_expressions, map_patterns, visit_expression};
use oxrdf::{Term, Triple};
use spareval::{ExpressionTerm, QueryableDataset};
use spargebra::algebra::{Expression, Function, GraphPattern};
use spargebra::term::{GroundTerm, TermPattern};
use std::cell::RefCell;
use std::convert::Infallible;

/// Returns whether a pattern takes triple terms apart or puts some together.
pub(crate) fn has_triple_terms(pattern: &GraphPattern) -> bool {
    let is_triple = |term: &TermPattern| matches!(term, TermPattern::Triple(_));
    let mut found = match pattern {
        GraphPattern::Bgp { patterns } => patterns
            .iter()
            .any(|triple| is_triple(&triple.subject) || is_triple(&triple.object)),
        GraphPattern::Path {
            subject, object, ..
        } => is_triple(subject) || is_triple(object),
        GraphPattern::Values { bindings, .. } => bindings
            .iter()
            .flatten()
            .any(|term| matches!(term, Some(GroundTerm::Triple(_)))),
        _ => false,
    };
    map_own_expressions(pattern.clone(), &mut |expression| {
        visit_expression(&expression, &mut |expression| {
            found |= match expression {
                Expression::FunctionCall(Function::Triple | Function::Object, _) => true,
                Expression::Exists(pattern) => has_triple_terms(pattern),
                _ => false,
            };
        });
        expression
    });
    if !found {
        let Ok(_) = map_patterns::<Infallible>(pattern.clone(), &mut |pattern| {
            found |= has_triple_terms(&pattern);
            Ok(pattern)
        });
    }
    found
}

/// The term that was read last, in the form of the dataset.
pub(crate) struct LastRead<T>(RefCell<Option<T>>);

impl<T: Clone> LastRead<T> {
    pub(crate) fn new() -> Self {
        Self(RefCell::new(None))
    }

    pub(crate) fn set(&self, term: &T) {
        *self.0.borrow_mut() = Some(term.clone());
    }

    /// Returns the term that a value was taken from or is made of, as the dataset has it.
    pub(crate) fn term<'a, D: QueryableDataset<'a, InternalTerm = T>>(
        &self,
        dataset: &D,
        value: &ExpressionTerm,
    ) -> Result<Option<T>, D::Error> {
        let Some(last) = self.0.borrow().clone() else {
            return Ok(None);
        };
        let is_seen = |term: &Term| ExpressionTerm::from(term.clone()) == *value;
        let exact = match (dataset.externalize_term(last)?, value) {
            (Term::Triple(last), _) if is_seen(&last.object) => last.object,
            (last, ExpressionTerm::Triple(triple))
                if ExpressionTerm::from(last.clone()) == triple.object =>
            {
                let (subject, predicate) = (triple.subject.clone(), triple.predicate.clone());
                Triple::new(subject, predicate, last).into()
            }
            _ => return Ok(None),
        };
        dataset.internalize_term(exact).map(Some)
    }
}

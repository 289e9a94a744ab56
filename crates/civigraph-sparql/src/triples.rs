//! Triple terms whose literals stay as they are.
//!
//! spareval takes triple terms apart and puts them together by values: `?x` in `<<( :a :price ?x )>>` is `1.5` where the dataset has
//! `1.50`, and a triple term of `1.50` is not found. So the [`DatasetView`](crate::view::DatasetView) remembers the term that was read last: what
//! is written right after it is made of it.
use crate::algebra::{patterns_below, visit_expression, visit_own_expressions};
use oxrdf::{Term, Triple};
use spareval::{ExpressionTerm, QueryableDataset};
use spargebra::algebra::{Expression, Function, GraphPattern};
use spargebra::term::{GroundTerm, TermPattern};
use std::cell::RefCell;

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
    visit_own_expressions(pattern, &mut |expression| {
        visit_expression(expression, &mut |expression| {
            found |= match expression {
                Expression::FunctionCall(Function::Triple, _) => true,
                Expression::Exists(pattern) => has_triple_terms(pattern),
                _ => false,
            };
        });
    });
    found || patterns_below(pattern).any(has_triple_terms)
}

/// What was read last, and which part of it is written next.
pub(crate) struct LastRead<T>(RefCell<TripleRead<T>>);

enum TripleRead<T> {
    Nothing,
    /// A term, in the form of the dataset.
    Term(T),
    /// A triple term whose subject was written.
    Subject(Box<Triple>),
    /// A triple term whose predicate was written too.
    Predicate(Box<Triple>),
}

impl<T: Clone> LastRead<T> {
    pub(crate) fn new() -> Self {
        Self(RefCell::new(TripleRead::Nothing))
    }

    pub(crate) fn set(&self, term: &T) {
        *self.0.borrow_mut() = TripleRead::Term(term.clone());
    }

    /// Returns the term that a value stands for: the object of the triple term that was read, whose other parts were written
    /// right before, or a triple term with the term that was read as its object.
    pub(crate) fn term<'a, D: QueryableDataset<'a, InternalTerm = T>>(
        &self,
        dataset: &D,
        value: &ExpressionTerm,
    ) -> Result<Option<T>, D::Error> {
        let read = self.0.replace(TripleRead::Nothing);
        let exact = match read {
            TripleRead::Nothing => return Ok(None),
            TripleRead::Term(last) => match (dataset.externalize_term(last)?, value) {
                (last, ExpressionTerm::Triple(triple)) if is_seen(&last, &triple.object) => {
                    let (subject, predicate) = (triple.subject.clone(), triple.predicate.clone());
                    Triple::new(subject, predicate, last).into()
                }
                (Term::Triple(last), subject) if is_seen(&last.subject.clone().into(), subject) => {
                    self.0.replace(TripleRead::Subject(last));
                    return Ok(None);
                }
                _ => return Ok(None),
            },
            TripleRead::Subject(triple) => {
                if is_seen(&triple.predicate.clone().into(), value) {
                    self.0.replace(TripleRead::Predicate(triple));
                }
                return Ok(None);
            }
            TripleRead::Predicate(triple) if is_seen(&triple.object, value) => triple.object,
            TripleRead::Predicate(_) => return Ok(None),
        };
        dataset.internalize_term(exact).map(Some)
    }
}

/// Returns whether a value is that of a term.
fn is_seen(term: &Term, value: &ExpressionTerm) -> bool {
    ExpressionTerm::from(term.clone()) == *value
}

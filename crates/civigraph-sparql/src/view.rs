//! A dataset as spareval sees it.
use crate::aggregates::{Exchange, KeptTerms};
use crate::exact::{self, DATATYPE, LEXICAL_FORM, OBJECT};
use crate::triples::LastRead;
use oxrdf::{BlankNode, NamedNode, Term};
use spareval::{ExpressionTerm, InternalQuad, QueryableDataset};
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// The terms of a solution in the form of the dataset.
pub(crate) type SolutionTerms<T> = Vec<Option<T>>;

/// The first failure of a dataset, which whoever reads the results looks for.
pub(crate) type FailureSlot<E> = Rc<RefCell<Option<E>>>;

/// The dataset failed; its own error is put aside.
///
/// spareval takes an error within an expression for one of types, and one within EXISTS for a solution: without the
/// error that was put aside, a query would get a wrong answer from a damaged index.
#[derive(Debug)]
pub(crate) struct DatasetFailed;

impl fmt::Display for DatasetFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the dataset could not be read")
    }
}

impl std::error::Error for DatasetFailed {}

/// Puts an error of a dataset aside.
fn put_aside<T, E>(result: Result<T, E>, failure: &FailureSlot<E>) -> Result<T, DatasetFailed> {
    result.map_err(|error| {
        failure.borrow_mut().get_or_insert(error);
        DatasetFailed
    })
}

/// What of a query asks for terms as they are.
#[derive(Default)]
pub(crate) struct ExactTerms {
    /// Calls of STR, DATATYPE and OBJECT.
    pub(crate) literals: bool,
    /// Aggregates, which find what was read here.
    pub(crate) exchange: Option<Arc<Exchange>>,
    /// Triple terms.
    pub(crate) triples: bool,
}

/// A dataset that can keep the terms of results to itself, answers the [predicates](crate::exact) for exact literals, and hands
/// [aggregates](crate::aggregates) what they work on.
///
/// spareval turns each row of a result into terms before anyone can look at it. Where rows are sorted, the terms are put
/// aside in the form of the dataset instead, and what spareval sees is a blank node with their position, which is made
/// without allocation.
///
/// Every query goes through this one type, since each dataset type is another copy of the evaluator in the program.
pub(crate) struct DatasetView<'a, D: QueryableDataset<'a>> {
    dataset: Rc<D>,
    put_aside: Option<Rc<RefCell<SolutionTerms<D::InternalTerm>>>>,
    exact: Option<ExactPredicates<D::InternalTerm>>,
    aggregated: Option<KeptTerms<D::InternalTerm>>,
    /// Where the query has triple terms.
    last: Option<LastRead<D::InternalTerm>>,
    failure: FailureSlot<D::Error>,
}

type Quad<'a, D> = InternalQuad<<D as QueryableDataset<'a>>::InternalTerm>;

/// The predicates for literals as they are.
struct ExactPredicates<T> {
    lexical_form: T,
    datatype: T,
    object: T,
}

impl<'a, D: QueryableDataset<'a>> DatasetView<'a, D> {
    pub(crate) fn new(
        dataset: Rc<D>,
        put_aside: Option<Rc<RefCell<SolutionTerms<D::InternalTerm>>>>,
        exact: &ExactTerms,
        failure: FailureSlot<D::Error>,
    ) -> Result<Self, D::Error> {
        let ExactTerms {
            literals,
            exchange,
            triples,
        } = exact;
        let predicate = |iri| dataset.internalize_term(NamedNode::new_unchecked(iri).into());
        let exact = if *literals {
            Some(ExactPredicates {
                lexical_form: predicate(LEXICAL_FORM)?,
                datatype: predicate(DATATYPE)?,
                object: predicate(OBJECT)?,
            })
        } else {
            None
        };
        Ok(Self {
            dataset,
            put_aside,
            exact,
            aggregated: exchange.clone().map(KeptTerms::new),
            last: triples.then(LastRead::new),
            failure,
        })
    }

    /// Returns the quad for a literal that spareval would not keep as it is, if the pattern asks for that.
    fn exact_quad(
        &self,
        subject: Option<&D::InternalTerm>,
        predicate: Option<&D::InternalTerm>,
        graph_name: Option<Option<&D::InternalTerm>>,
    ) -> Option<Result<Option<Quad<'a, D>>, D::Error>> {
        let (exact, predicate) = (self.exact.as_ref()?, predicate?);
        let asks = [&exact.lexical_form, &exact.datatype, &exact.object];
        if !asks.contains(&predicate) {
            return None;
        }
        let Some(subject) = subject else {
            return Some(Ok(None));
        };
        let object = || {
            let object = match self.dataset.externalize_term(subject.clone())? {
                Term::Triple(triple) if *predicate == exact.object => exact::object(*triple),
                Term::Literal(literal) if *predicate != exact.object => {
                    let seen = self.dataset.externalize_expression_term(subject.clone())?;
                    if *predicate == exact.datatype {
                        exact::datatype(&literal, seen).map(Term::from)
                    } else {
                        exact::lexical_form(&literal, seen).map(Term::from)
                    }
                }
                _ => None,
            };
            object
                .map(|object| self.dataset.internalize_term(object))
                .transpose()
        };
        Some(object().map(|object| {
            Some(InternalQuad {
                subject: subject.clone(),
                predicate: predicate.clone(),
                object: object?,
                graph_name: graph_name.flatten().cloned(),
            })
        }))
    }
}

/// The quads of the dataset, or the one that stands for a literal.
enum ViewQuads<I, Q, E> {
    Dataset(I, FailureSlot<E>),
    Exact(Option<Result<Q, DatasetFailed>>),
}

impl<Q, E, I: Iterator<Item = Result<Q, E>>> Iterator for ViewQuads<I, Q, E> {
    type Item = Result<Q, DatasetFailed>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Dataset(quads, failure) => Some(put_aside(quads.next()?, failure)),
            Self::Exact(quad) => quad.take(),
        }
    }
}

impl<'a, D: QueryableDataset<'a>> QueryableDataset<'a> for DatasetView<'a, D> {
    type InternalTerm = D::InternalTerm;
    type Error = DatasetFailed;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&Self::InternalTerm>,
        predicate: Option<&Self::InternalTerm>,
        object: Option<&Self::InternalTerm>,
        graph_name: Option<Option<&Self::InternalTerm>>,
    ) -> impl Iterator<Item = Result<InternalQuad<Self::InternalTerm>, DatasetFailed>> + use<'a, D>
    {
        if self.exact.is_some()
            && let Some(quad) = self.exact_quad(subject, predicate, graph_name)
        {
            return ViewQuads::Exact(put_aside(quad, &self.failure).transpose());
        }
        ViewQuads::Dataset(
            self.dataset
                .internal_quads_for_pattern(subject, predicate, object, graph_name),
            Rc::clone(&self.failure),
        )
    }

    fn internal_named_graphs(
        &self,
    ) -> impl Iterator<Item = Result<Self::InternalTerm, DatasetFailed>> + use<'a, D> {
        ViewQuads::Dataset(
            self.dataset.internal_named_graphs(),
            Rc::clone(&self.failure),
        )
    }

    fn contains_internal_graph_name(
        &self,
        graph_name: &Self::InternalTerm,
    ) -> Result<bool, DatasetFailed> {
        put_aside(
            self.dataset.contains_internal_graph_name(graph_name),
            &self.failure,
        )
    }

    fn internalize_term(&self, term: Term) -> Result<Self::InternalTerm, DatasetFailed> {
        put_aside(self.dataset.internalize_term(term), &self.failure)
    }

    fn externalize_term(&self, term: Self::InternalTerm) -> Result<Term, DatasetFailed> {
        let Some(row) = &self.put_aside else {
            return put_aside(self.dataset.externalize_term(term), &self.failure);
        };
        let mut row = row.borrow_mut();
        row.push(Some(term));
        Ok(BlankNode::new_from_unique_id(row.len() as u128 - 1).into())
    }

    fn externalize_expression_term(
        &self,
        term: Self::InternalTerm,
    ) -> Result<ExpressionTerm, DatasetFailed> {
        if let Some(last) = &self.last {
            last.set(&term);
        }
        let value = || self.dataset.externalize_expression_term(term.clone());
        let value = match &self.aggregated {
            Some(aggregated) => aggregated.hand_over(&term, value).unwrap_or_else(value),
            None => value(),
        };
        put_aside(value, &self.failure)
    }

    fn internalize_expression_term(
        &self,
        term: ExpressionTerm,
    ) -> Result<Self::InternalTerm, DatasetFailed> {
        if let Some(aggregated) = &self.aggregated
            && let Some(term) = aggregated.take(&term)
        {
            return Ok(term);
        }
        if let Some(last) = &self.last
            && let Some(term) = put_aside(last.term(&*self.dataset, &term), &self.failure)?
        {
            return Ok(term);
        }
        put_aside(
            self.dataset.internalize_expression_term(term),
            &self.failure,
        )
    }

    fn internal_term_effective_boolean_value(
        &self,
        term: Self::InternalTerm,
    ) -> Result<Option<bool>, DatasetFailed> {
        put_aside(
            self.dataset.internal_term_effective_boolean_value(term),
            &self.failure,
        )
    }
}

//! Evaluation of plans.
use crate::aggregates::{Exchange, with_aggregates};
use crate::counts::ExactCounts;
use crate::explain::{Explanation, PlanNode};
use crate::options::Options;
use crate::plan::{QueryPlan, optimise};
use crate::sorting::sort;
use crate::tags::with_functions;
use crate::view::{DatasetView, ExactTerms, FailureSlot};
use civigraph_index::Dataset;
use oxrdf::{Term, Variable};
use spareval::{
    QueryEvaluationError, QueryEvaluator, QueryExplanation, QueryResults, QuerySolutionIter,
    QueryTripleIter, QueryableDataset,
};
use spargebra::Query;
use std::error::Error;
use std::iter;
use std::rc::Rc;
use std::sync::Arc;

/// The results of a query, and how they were come by.
pub struct Evaluation<'a> {
    /// The results.
    pub results: Result<QueryResults<'a>, QueryEvaluationError>,
    /// How they are evaluated.
    pub report: EvaluationReport,
}

/// How a query is evaluated.
pub struct EvaluationReport {
    /// What the planner did.
    pub explanation: Explanation,
    statistics: Option<QueryExplanation>,
}

impl EvaluationReport {
    /// Returns what spareval did, with the rows that were read so far; `None` without [`Options::statistics`].
    #[must_use]
    pub fn nodes(&self) -> Option<PlanNode> {
        PlanNode::read(self.statistics.as_ref()?, &self.explanation)
    }
}

/// Plans a query with the counts of a dataset and evaluates it.
///
/// The evaluator brings the caller's functions and cancellation token.
pub fn evaluate<'a, D: QueryableDataset<'a>, C: ExactCounts>(
    dataset: D,
    counts: &C,
    evaluator: QueryEvaluator,
    query: Query,
    options: &Options,
) -> Result<Evaluation<'a>, QueryEvaluationError> {
    let plan = optimise(query, counts, options)
        .map_err(|error| QueryEvaluationError::Dataset(Box::new(error)))?;
    Ok(execute(dataset, evaluator, plan, [], options))
}

/// Plans a query with the counts of an index and evaluates it, as [`evaluate`] does.
///
/// Not generic: the evaluator is compiled with this crate, once and at its level of optimisation.
pub fn evaluate_index<'a>(
    dataset: &'a Dataset<'a>,
    evaluator: QueryEvaluator,
    query: Query,
    options: &Options,
) -> Result<Evaluation<'a>, QueryEvaluationError> {
    evaluate(dataset, dataset, evaluator, query, options)
}

/// Evaluates a plan, with values for some of the variables that it selects.
pub fn execute<'a, D: QueryableDataset<'a>>(
    dataset: D,
    evaluator: QueryEvaluator,
    plan: QueryPlan,
    substitutions: impl IntoIterator<Item = (Variable, Term)>,
    options: &Options,
) -> Evaluation<'a> {
    let mut evaluator = with_functions(evaluator);
    let exact = ExactTerms {
        literals: plan.exact_literals,
        exchange: plan.exact_aggregates.then(|| Arc::new(Exchange::new())),
        triples: plan.exact_triples,
    };
    if let Some(exchange) = &exact.exchange {
        evaluator = with_aggregates(evaluator, exchange);
    }
    if options.statistics {
        evaluator = evaluator.compute_statistics();
    }
    let mut prepared = evaluator.prepare(&plan.query);
    if let Some(graphs) = &options.default_graph
        && plan.query.dataset().is_none()
    {
        prepared.dataset_mut().set_default_graph(graphs.clone());
    }
    for (variable, term) in substitutions {
        prepared = prepared.substitute_variable(variable, term);
    }
    let dataset = Rc::new(dataset);
    let row = plan.sorting.as_ref().map(|_| Rc::default());
    let failure = FailureSlot::default();
    let view = DatasetView::new(
        Rc::clone(&dataset),
        row.clone(),
        &exact,
        Rc::clone(&failure),
    );
    let (results, statistics) = match view {
        Ok(view) if options.statistics => {
            let (results, statistics) = prepared.explain(view);
            (results, Some(statistics))
        }
        Ok(view) => (prepared.execute(view), None),
        Err(error) => (Err(QueryEvaluationError::Dataset(Box::new(error))), None),
    };
    let results = with_failure(results, failure);
    let results = match (&plan.sorting, row) {
        (Some(sorting), Some(row)) => {
            results.and_then(|results| sort(results, sorting, dataset, &row))
        }
        _ => results,
    };
    let report = EvaluationReport {
        explanation: plan.explanation,
        statistics,
    };
    Evaluation { results, report }
}

/// Returns results that end with the failure of the dataset where there was one.
fn with_failure<'a, E: Error + Send + Sync + 'static>(
    results: Result<QueryResults<'a>, QueryEvaluationError>,
    failure: FailureSlot<E>,
) -> Result<QueryResults<'a>, QueryEvaluationError> {
    if let Some(error) = failure.borrow_mut().take() {
        return Err(QueryEvaluationError::Dataset(Box::new(error)));
    }
    Ok(match results? {
        QueryResults::Solutions(solutions) => QueryResults::Solutions(QuerySolutionIter::new(
            solutions.variables().into(),
            until_failure(solutions, failure),
        )),
        QueryResults::Graph(triples) => {
            QueryResults::Graph(QueryTripleIter::new(until_failure(triples, failure)))
        }
        results @ QueryResults::Boolean(_) => results,
    })
}

/// Returns the results up to a failure of the dataset, which may have had other results before it was an error.
fn until_failure<'a, T: 'a, E: Error + Send + Sync + 'static>(
    mut results: impl Iterator<Item = Result<T, QueryEvaluationError>> + 'a,
    failure: FailureSlot<E>,
) -> impl Iterator<Item = Result<T, QueryEvaluationError>> + 'a {
    iter::from_fn(move || {
        let result = results.next();
        match failure.borrow_mut().take() {
            Some(error) => Some(Err(QueryEvaluationError::Dataset(Box::new(error)))),
            None => result,
        }
    })
}

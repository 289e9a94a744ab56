//! Evaluation of plans.
use crate::counts::Counts;
use crate::explain::{Explanation, Node};
use crate::options::Options;
use crate::plan::{Plan, optimise};
use crate::sorting::Sorter;
use crate::tags::with_functions;
use oxrdf::{Term, Variable};
use spareval::{PreparedQuery, QueryEvaluationError, QueryEvaluator, QueryExplanation, QueryResults, QueryableDataset};
use spargebra::Query;

/// The results of a query, and how they were come by.
pub struct Evaluation<'a> {
    /// The results.
    pub results: Result<QueryResults<'a>, QueryEvaluationError>,
    /// What the planner did.
    pub explanation: Explanation,
    statistics: Option<QueryExplanation>,
}

impl Evaluation<'_> {
    /// Returns what spareval did, with the rows that were read so far; `None` without [`Options::statistics`].
    #[must_use]
    pub fn nodes(&self) -> Option<Node> {
        Node::read(self.statistics.as_ref()?, &self.explanation)
    }

    /// Returns the statistics of spareval, to be looked at once the results have been taken and read.
    #[must_use]
    pub fn statistics(&self) -> Option<&QueryExplanation> {
        self.statistics.as_ref()
    }
}

/// Plans a query with the counts of a dataset and evaluates it.
///
/// The evaluator brings the caller's functions and cancellation token.
pub fn evaluate<'a, D: QueryableDataset<'a>, C: Counts>(
    dataset: D,
    counts: &C,
    evaluator: QueryEvaluator,
    query: Query,
    options: &Options,
) -> Result<Evaluation<'a>, QueryEvaluationError> {
    let plan = optimise(query, counts, options).map_err(|error| QueryEvaluationError::Dataset(Box::new(error)))?;
    Ok(execute(dataset, evaluator, plan, [], options))
}

/// Evaluates a plan, with values for some of the variables that it selects.
pub fn execute<'a, D: QueryableDataset<'a>>(
    dataset: D,
    evaluator: QueryEvaluator,
    plan: Plan,
    substitutions: impl IntoIterator<Item = (Variable, Term)>,
    options: &Options,
) -> Evaluation<'a> {
    let mut evaluator = with_functions(evaluator);
    if options.statistics {
        evaluator = evaluator.compute_statistics();
    }
    let mut prepared = evaluator.prepare(&plan.query);
    if options.union_default_graph && plan.query.dataset().is_none() {
        prepared.dataset_mut().set_default_graph_as_union();
    }
    for (variable, term) in substitutions {
        prepared = prepared.substitute_variable(variable, term);
    }
    let (results, statistics) = match &plan.sorting {
        Some(sorting) => {
            let sorter = Sorter::new(dataset);
            let (results, statistics) = run(prepared, sorter.dataset(), options);
            (results.and_then(|results| sorter.sort(results, sorting)), statistics)
        }
        None => run(prepared, dataset, options),
    };
    Evaluation { results, explanation: plan.explanation, statistics }
}

fn run<'a>(
    prepared: PreparedQuery<'_>,
    dataset: impl QueryableDataset<'a>,
    options: &Options,
) -> (Result<QueryResults<'a>, QueryEvaluationError>, Option<QueryExplanation>) {
    if options.statistics {
        let (results, statistics) = prepared.explain(dataset);
        (results, Some(statistics))
    } else {
        (prepared.execute(dataset), None)
    }
}

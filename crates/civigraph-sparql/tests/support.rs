//! Evaluation in three ways.
use civigraph_sparql::{MemoryDataset, Options, evaluate};
use oxrdf::Dataset;
use spareval::{QueryEvaluator, QueryResults};
use spargebra::{Query, SparqlParser};

pub const PREFIXES: &str =
    "PREFIX : <http://example.com/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> ";

pub fn parse(query: &str) -> Option<Query> {
    SparqlParser::new()
        .parse_query(&format!("{PREFIXES}{query}"))
        .ok()
}

/// The results as lines, in their order.
pub fn lines(results: QueryResults<'_>) -> Vec<String> {
    match results {
        QueryResults::Boolean(answer) => vec![answer.to_string()],
        QueryResults::Graph(triples) => triples.map(|triple| triple.unwrap().to_string()).collect(),
        QueryResults::Solutions(solutions) => {
            let mut names = solutions.variables().to_vec();
            names.sort();
            solutions
                .map(|solution| {
                    let solution = solution.unwrap();
                    let values = names.iter().map(|name| match solution.get(name) {
                        Some(term) => format!("{}={term}", name.as_str()),
                        None => format!("{}=", name.as_str()),
                    });
                    values.collect::<Vec<_>>().join(" ")
                })
                .collect()
        }
    }
}

/// What Oxigraph's evaluator answers.
pub fn reference(dataset: &Dataset, query: &Query) -> Vec<String> {
    lines(
        QueryEvaluator::new()
            .prepare(query)
            .execute(dataset)
            .unwrap(),
    )
}

/// What it answers with its optimiser off.
pub fn unoptimised(dataset: &Dataset, query: &Query) -> Vec<String> {
    lines(
        QueryEvaluator::new()
            .without_optimizations()
            .prepare(query)
            .execute(dataset)
            .unwrap(),
    )
}

pub fn planned(dataset: &MemoryDataset, query: &Query, options: &Options) -> Vec<String> {
    let evaluation = evaluate(
        dataset,
        dataset,
        QueryEvaluator::new(),
        query.clone(),
        options,
    )
    .unwrap();
    lines(evaluation.results.unwrap())
}

pub fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

//! What a dataset fails at is an error of the query, wherever it is met.
use crate::support::parse;
use civigraph_sparql::{Evaluation, MemoryDataset, Options, evaluate};
use oxrdf::{Dataset, GraphName, Literal, NamedNode, Quad, Term};
use spareval::{ExpressionTerm, InternalQuad, QueryEvaluator, QueryResults, QueryableDataset};
use std::io;

/// A dataset of which one literal cannot be read, nor the quads of one predicate.
struct Damaged(MemoryDataset);

fn damage() -> io::Error {
    io::Error::other("page 7 is damaged")
}

impl<'a> QueryableDataset<'a> for &'a Damaged {
    type InternalTerm = Term;
    type Error = io::Error;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&Term>,
        predicate: Option<&Term>,
        object: Option<&Term>,
        graph_name: Option<Option<&Term>>,
    ) -> impl Iterator<Item = Result<InternalQuad<Term>, io::Error>> + use<'a> {
        let dataset: &'a MemoryDataset = &self.0;
        let lost = predicate.is_some_and(|term| term.to_string().contains("lost"));
        let quads = dataset.internal_quads_for_pattern(subject, predicate, object, graph_name);
        lost.then(|| Err(damage()))
            .into_iter()
            .chain(quads.map(|quad| quad.map_err(|never| match never {})))
    }

    fn internalize_term(&self, term: Term) -> Result<Term, io::Error> {
        Ok(term)
    }

    fn externalize_term(&self, term: Term) -> Result<Term, io::Error> {
        Ok(term)
    }

    fn externalize_expression_term(&self, term: Term) -> Result<ExpressionTerm, io::Error> {
        if term == Literal::from("damaged").into() {
            return Err(damage());
        }
        Ok(term.into())
    }
}

fn answer(query: &str) -> Result<usize, String> {
    let node = |name: &str| NamedNode::new_unchecked(format!("http://example.com/{name}"));
    let mut dataset = Dataset::new();
    for (name, text) in [("a", "whole"), ("b", "damaged")] {
        let text = Literal::from(text);
        dataset.insert(&Quad::new(
            node(name),
            node("text"),
            text,
            GraphName::DefaultGraph,
        ));
    }
    let lost = Quad::new(node("a"), node("lost"), node("a"), GraphName::DefaultGraph);
    dataset.insert(&lost);
    let dataset = Damaged(dataset.into());
    let query = parse(query).unwrap();
    let evaluator = QueryEvaluator::new();
    let Evaluation { results, .. } =
        evaluate(&dataset, &dataset.0, evaluator, query, &Options::default()).unwrap();
    let count = |results| match results {
        QueryResults::Solutions(solutions) => solutions
            .collect::<Result<Vec<_>, _>>()
            .map(|rows| rows.len()),
        QueryResults::Graph(triples) => triples
            .collect::<Result<Vec<_>, _>>()
            .map(|triples| triples.len()),
        QueryResults::Boolean(truth) => Ok(truth.into()),
    };
    results.and_then(count).map_err(|error| error.to_string())
}

#[test]
fn damage_is_never_an_answer() {
    for query in [
        "SELECT ?x { ?x :text ?t FILTER(STRLEN(?t) > 5) }",
        "SELECT ?x { ?x :text ?t FILTER(BOUND(?y) || ?t = ?t) }",
        "SELECT ?x { ?x :text ?t FILTER(?t != \"x\") } ORDER BY ?x LIMIT 1",
        "SELECT ?x { ?x :text ?t } ORDER BY ?t",
        "SELECT ?l { ?x :text ?t BIND(COALESCE(STRLEN(?t), 0) AS ?l) }",
        "SELECT (COUNT(?l) AS ?n) { ?x :text ?t BIND(STRLEN(?t) AS ?l) }",
        "ASK { ?x :text ?t FILTER(?t = \"x\") }",
        "CONSTRUCT { ?x :p ?x } { ?x :text ?t FILTER(?t = \"x\") }",
        "SELECT ?x { ?x :text \"whole\" FILTER EXISTS { ?x :lost ?y } }",
        "SELECT ?x { ?x :text \"whole\" FILTER NOT EXISTS { ?x :lost ?y } }",
    ] {
        assert_eq!(
            answer(query),
            Err("page 7 is damaged".to_owned()),
            "{query}"
        );
    }
    assert_eq!(answer("SELECT ?x { ?x :text ?t FILTER(BOUND(?t)) }"), Ok(2));
    assert_eq!(answer("SELECT ?x { ?x :text \"whole\" }"), Ok(1));
}

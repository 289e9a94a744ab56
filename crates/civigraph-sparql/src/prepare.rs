//! Queries on datasets without counts.
use crate::counts::{ExactCounts, Graphs};
use crate::options::Options;
use crate::plan::optimise;
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term, TermRef};
use spargebra::Query;
use std::convert::Infallible;

/// Rewrites a query so that spareval answers it as the specification has it, on a dataset that knows no counts.
///
/// Of the options, `language_tags` and `repairs` count. `contains` says whether some triple of the default graph has a
/// term as its subject or object. Evaluate the query with the functions of [`with_functions`](crate::with_functions).
///
/// ```
/// use civigraph_sparql::{Options, prepare, with_functions};
/// use oxrdf::Dataset;
/// use spareval::{QueryEvaluator, QueryResults};
/// use spargebra::SparqlParser;
///
/// let query = SparqlParser::new().parse_query(
///     r#"PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
///     SELECT ?end { BIND("2026-01-01"^^xsd:date + "P30D"^^xsd:dayTimeDuration AS ?end) }"#,
/// )?;
/// let query = prepare(query, &Options::default(), &|_| false);
/// let dataset = Dataset::new();
/// let evaluator = with_functions(QueryEvaluator::new());
/// let QueryResults::Solutions(solutions) = evaluator.prepare(&query).execute(&dataset)? else {
///     unreachable!()
/// };
/// for solution in solutions {
///     let end = solution?.get("end").map(ToString::to_string);
///     assert_eq!(
///         end.as_deref(),
///         Some("\"2026-01-31\"^^<http://www.w3.org/2001/XMLSchema#date>")
///     );
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn prepare(query: Query, options: &Options, contains: &dyn Fn(TermRef<'_>) -> bool) -> Query {
    let options = Options {
        language_tags: options.language_tags,
        repairs: options.repairs,
        ..Options::none()
    };
    let Ok(plan) = optimise(query, &Presence(contains), &options);
    plan.query
}

/// Whether a term is in a dataset, in the place of counts.
struct Presence<'a>(&'a dyn Fn(TermRef<'_>) -> bool);

impl ExactCounts for Presence<'_> {
    type Error = Infallible;

    fn count(
        &self,
        subject: Option<TermRef<'_>>,
        _: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        _: Graphs<'_>,
    ) -> Result<u64, Infallible> {
        let term = subject.or(object);
        Ok(term.is_none_or(|term| (self.0)(term)).into())
    }

    fn predicates(
        &self,
        _: Graphs<'_>,
        _: usize,
    ) -> Result<Option<Vec<(NamedNode, u64)>>, Infallible> {
        Ok(None)
    }

    fn objects(
        &self,
        _: NamedNodeRef<'_>,
        _: Graphs<'_>,
        _: usize,
    ) -> Result<Option<Vec<(Term, u64)>>, Infallible> {
        Ok(None)
    }

    fn named_graphs(&self, _: usize) -> Result<Option<Vec<(NamedOrBlankNode, u64)>>, Infallible> {
        Ok(None)
    }
}

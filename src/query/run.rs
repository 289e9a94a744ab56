//! A query evaluated on a published build.

use super::answer::{self, AnswerStyle, AnswerSummary, evaluation_error};
use super::claim_functions::ClaimFunctions;
use super::collation::Collation;
use super::explain;
use super::graphs;
use super::guard::{Findings, QueryLimits};
use super::hints;
use super::languages;
use super::lineage_functions::{self, LineageFunctions};
use super::merged::{self, MergedThings};
use super::regular::RegularExpressions;
use super::search;
use super::selected;
use super::stack::{self, on_large_stack};
use super::substitute::{SubstitutionProblem, substitute};
use super::syntax;
use super::things;
use super::visit::pattern_of_mut;
use super::volatile;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::query::QueryError;
use crate::store::{Build, Prefixes, graph_iri};
use civigraph_index::{self as index, Dataset};
use civigraph_sparql::{Evaluation, Options};
use oxrdf::{GraphName, NamedNode, Term};
use spareval::{CancellationToken, QueryEvaluationError, QueryEvaluator};
use spargebra::Query;
use spargebra::algebra::{GraphPattern, QueryDataset};
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Size of the pieces in which an answer comes back, in bytes.
const PIECE: usize = 1 << 16;

/// Pieces that wait to be written.
const WAITING: usize = 4;

/// How long a query that was told to stop may take to stop.
const GRACE: Duration = Duration::from_millis(500);

/// What an answer is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum AnswerKind {
    /// Yes or no, of `ASK`.
    Truth,
    /// Rows, of `SELECT`.
    Solutions,
    /// Triples, of `CONSTRUCT` and `DESCRIBE`.
    Graph,
}

/// What is known of an answer before its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AnswerStart {
    /// What the answer is made of.
    pub kind: AnswerKind,
    /// Whether the same query may have another answer on the same build: it asks for the time, for random
    /// numbers, or makes names of its own.
    pub volatile: bool,
}

/// The graphs that a query reads, in place of those of its `FROM` clauses.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct QueryGraphs {
    /// The graphs whose union is the default graph.
    pub default: Vec<NamedNode>,
    /// The named graphs.
    pub named: Vec<NamedNode>,
}

impl QueryGraphs {
    /// Whether no graph is named, so that the query's own clauses count.
    pub fn is_empty(&self) -> bool {
        self.default.is_empty() && self.named.is_empty()
    }
}

/// A query to run.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Request {
    /// The text.
    pub text: String,
    /// The file it is from, or another name for diagnostics.
    pub file: String,
    /// Values of parameters, by variable name without `?`.
    pub parameters: BTreeMap<String, Term>,
    /// Things that other ones were merged into: where the query names one, it asks about all of them.
    #[serde(with = "merged::pairs")]
    pub merged: MergedThings,
    /// Whether inferred triples count as facts: the graph `inferred` joins the default graph.
    pub inferred: bool,
    /// What the query may take.
    pub limits: QueryLimits,
    /// Whether to say how it was evaluated.
    pub explain: bool,
    /// The language in whose order `ORDER BY` has texts, the empty one for all scripts; `None` for the order of
    /// SPARQL, that of code points.
    pub collate: Option<String>,
    /// The graphs that are read in place of those that the query names.
    pub graphs: QueryGraphs,
    /// The part of the answer that is wanted.
    pub page: Option<ResultPage>,
    /// What relative IRIs of the text are relative to; without one they are errors.
    pub base: Option<String>,
}

/// A part of an answer, in the order that the query gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ResultPage {
    /// Rows before it.
    pub offset: usize,
    /// Its rows at most.
    pub rows: usize,
}

impl Request {
    /// A query without parameters, under the default limits.
    pub fn new(text: impl Into<String>, file: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            file: file.into(),
            parameters: BTreeMap::new(),
            merged: MergedThings::new(),
            inferred: false,
            limits: QueryLimits::default(),
            explain: false,
            collate: None,
            graphs: QueryGraphs::default(),
            page: None,
            base: None,
        }
    }
}

/// Checks that a query parses, keeps the limits and uses its parameters, without running it.
///
/// # Errors
/// What is wrong with it (`CG07xx`).
pub fn check(request: &Request, prefixes: &Prefixes, base: &str) -> Result<(), QueryError> {
    bound(request, prefixes, base).map(drop)
}

/// The query of a request, with the values of its parameters in their places.
///
/// # Errors
/// What is wrong with it (`CG07xx`).
pub fn bound(request: &Request, prefixes: &Prefixes, base: &str) -> Result<Query, QueryError> {
    let prepared = on_large_stack(&request.file, || prepare(request, prefixes, base)).flatten();
    prepared.map(|(query, _)| query)
}

/// Looks at the algebra of a query, with the values of its parameters in their places.
///
/// # Errors
/// What is wrong with it (`CG07xx`).
#[cfg(feature = "worker")]
pub(crate) fn inspect<T: Send>(
    request: &Request,
    prefixes: &Prefixes,
    base: &str,
    look: impl FnOnce(&Query) -> T + Send,
) -> Result<T, QueryError> {
    on_large_stack(&request.file, || {
        prepare(request, prefixes, base).map(|(query, _)| look(&query))
    })
    .flatten()
}

/// Parses a query and checks that it keeps the limits.
///
/// # Errors
/// What is wrong with it (`CG07xx`).
pub(crate) fn parse(
    text: &str,
    file: &str,
    prefixes: &Prefixes,
    limits: &QueryLimits,
) -> Result<Query, QueryError> {
    let (query, findings) =
        on_large_stack(file, || syntax::parse(text, file, prefixes, None, limits))??;
    lineage_functions::check(&findings, None, text, file)?;
    Ok(query)
}

/// Runs a query on a build and writes the answer.
///
/// With a time limit this returns soon after it, in any case, and with an error whatever came later.
/// Oxigraph looks only now and then whether it should stop; an evaluation that does not look goes on in
/// a thread that nobody waits for, and ends with the process at the latest. A service therefore runs
/// queries in processes of their own.
///
/// # Errors
/// The query is wrong or refused, runs out of time, or the answer cannot be written
/// ([`QueryError::is_broken_pipe`] tells a reader that went away). After an error the output may hold
/// the start of an answer.
pub fn run(
    build: &Arc<Build>,
    request: &Request,
    style: &AnswerStyle,
    out: &mut dyn Write,
) -> Result<AnswerSummary, QueryError> {
    run_with(build, request, style, &mut |_| Ok(()), out)
}

/// As [`run`], and says before the first byte what the answer is made of. An error of `start` ends the query.
///
/// # Errors
/// As [`run`], and those of `start`.
pub fn run_with(
    build: &Arc<Build>,
    request: &Request,
    style: &AnswerStyle,
    start: &mut dyn FnMut(AnswerStart) -> Result<(), QueryError>,
    out: &mut dyn Write,
) -> Result<AnswerSummary, QueryError> {
    if stack::is_large() {
        return run_here(build, request, style, start, out);
    }
    let token = CancellationToken::new();
    let stop = Arc::new(AtomicBool::new(false));
    let deadline = request.limits.time.map(|time| Instant::now() + time);
    let (to_here, pieces) = sync_channel(WAITING);
    let evaluation = {
        let (build, asked, style) = (Arc::clone(build), request.clone(), style.clone());
        let (token, stop) = (token.clone(), Arc::clone(&stop));
        std::thread::Builder::new()
            .stack_size(stack::LARGE)
            .spawn(move || {
                let limits = index::ReadLimits {
                    stop: Some(stop),
                    ..index::ReadLimits::default()
                };
                evaluate(&build, &asked, &style, token, limits, &mut Pieces(to_here))
            })
            .map_err(|e| not_started(&request.file, &e))?
    };
    let timeout = || answer::timed_out(&request.file, request.limits.time).into();
    let mut cancelled = false;
    loop {
        let piece = match deadline {
            None => pieces.recv().map_err(RecvTimeoutError::from),
            Some(deadline) => {
                let until = if cancelled {
                    deadline + GRACE
                } else {
                    deadline
                };
                pieces.recv_timeout(until.saturating_duration_since(Instant::now()))
            }
        };
        match piece {
            Ok(AnswerPiece::Start(about)) => start(about).inspect_err(|_| {
                token.cancel();
                stop.store(true, Ordering::Relaxed);
            })?,
            Ok(AnswerPiece::Bytes(piece)) => out
                .write_all(&piece)
                .map_err(|e| QueryError::io("output".as_ref(), "write", e))?,
            // Not even an answer counts now: Oxigraph drops what the right side of a MINUS says once it was
            // told to stop, and goes on with the rows it has.
            Err(_) if cancelled => return Err(timeout()),
            Err(RecvTimeoutError::Timeout) => {
                token.cancel();
                // The index looks more often than the evaluator does.
                stop.store(true, Ordering::Relaxed);
                cancelled = true;
            }
            // The evaluation has ended.
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let answered = evaluation.join().map_err(|_| aborted(&request.file))??;
    out.flush()
        .map_err(|e| QueryError::io("output".as_ref(), "write", e))?;
    Ok(answered)
}

/// As [`run_with`], on a stack that is large already: that of a worker, which is killed where it takes too long. An
/// evaluation that does not look at the clock is late.
fn run_here(
    build: &Arc<Build>,
    request: &Request,
    style: &AnswerStyle,
    start: &mut dyn FnMut(AnswerStart) -> Result<(), QueryError>,
    out: &mut dyn Write,
) -> Result<AnswerSummary, QueryError> {
    let deadline = request.limits.time.map(|time| Instant::now() + time);
    let limits = index::ReadLimits {
        deadline,
        ..index::ReadLimits::default()
    };
    let token = CancellationToken::new();
    let answered = evaluate(
        build,
        request,
        style,
        token,
        limits,
        &mut DirectOutput { start, out },
    );
    // What was cut short by the clock may look whole, or like another failure.
    if deadline.is_some_and(|deadline| Instant::now() > deadline) {
        return Err(answer::timed_out(&request.file, request.limits.time).into());
    }
    answered
}

/// Where an answer goes.
trait AnswerOutput: Write {
    /// Called with what the answer is made of, before its first byte.
    fn start(&mut self, about: AnswerStart) -> Result<(), QueryError>;
}

/// An answer that goes to a writer of the caller.
struct DirectOutput<'a> {
    start: &'a mut dyn FnMut(AnswerStart) -> Result<(), QueryError>,
    out: &'a mut dyn Write,
}

impl AnswerOutput for DirectOutput<'_> {
    fn start(&mut self, about: AnswerStart) -> Result<(), QueryError> {
        (self.start)(about)
    }
}

impl Write for DirectOutput<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Evaluates a query and writes the answer.
fn evaluate(
    build: &Arc<Build>,
    request: &Request,
    style: &AnswerStyle,
    token: CancellationToken,
    limits: index::ReadLimits,
    output: &mut dyn AnswerOutput,
) -> Result<AnswerSummary, QueryError> {
    let about = &build.manifest().about;
    let (mut query, findings) = prepare(request, &about.prefixes, &about.base)?;
    if !request.graphs.is_empty() {
        set_graphs(&mut query, &request.graphs);
    }
    if let Some(page) = request.page {
        cut_out(&mut query, page);
    }
    let start = AnswerStart {
        kind: match &query {
            Query::Ask { .. } => AnswerKind::Truth,
            Query::Select { .. } => AnswerKind::Solutions,
            Query::Construct { .. } | Query::Describe { .. } => AnswerKind::Graph,
        },
        volatile: volatile::is_volatile(&query),
    };
    search::rewrite(&mut query, build, &request.file)?;
    merged::rewrite(&mut query, &request.merged);
    let regular = rewrite_regular(&mut query, &request.file)?;
    let lineage = LineageFunctions::of(&findings, build)?;
    let knowing = ClaimFunctions::of(&findings, build);
    let language = request.collate.as_deref();
    let collation = Collation::of(&mut query, &findings, &about.base, language)
        .map_err(|why| Diagnostic::new(Code::QueryFunction, Place::file(&*request.file), why))?;
    let failed = |error: &QueryEvaluationError| evaluation_error(error, &request.file);
    // `SERVICE` was refused with the algebra; there is no handler for it either.
    let mut evaluator = QueryEvaluator::new().with_cancellation_token(token);
    evaluator = regular.register(evaluator);
    if let Some(lineage) = &lineage {
        evaluator = lineage.register(evaluator, &about.base);
    }
    if let Some(knowing) = &knowing {
        evaluator = knowing.register(evaluator, &about.base);
    }
    if let Some(collation) = &collation {
        evaluator = collation.register(evaluator, &about.base);
    }
    let inferred = NamedNode::new_unchecked(graph_iri(&about.base, "inferred"));
    let mut dataset = Dataset::with_limits(build.index(), limits);
    // With the parameters in their places: one of them may be the graph.
    let see_inferred = request.inferred || graphs::named(&query).contains(inferred.as_str());
    if query.dataset().is_none() && !see_inferred {
        dataset = dataset
            .without_graph(inferred.as_ref().into())
            .map_err(|error| failed(&QueryEvaluationError::Dataset(Box::new(error))))?;
    }
    let options = Options {
        default_graph: request
            .inferred
            .then(|| vec![GraphName::DefaultGraph, inferred.into()]),
        statistics: request.explain,
        ..Options::default()
    };
    let asked = query.clone();
    let Evaluation { results, report } =
        civigraph_sparql::evaluate_index(&dataset, evaluator, query, &options)
            .map_err(|error| failed(&error))?;
    let results = results.map_err(|error| failed(&error))?;
    output.start(start)?;
    let mut out = BufWriter::with_capacity(PIECE, output);
    let limit = request.limits.rows;
    let answered = answer::write(results, build, style, limit, &request.file, &mut out)?;
    out.flush()
        .map_err(|e| QueryError::io("output".as_ref(), "write", e))?;
    if let Some(why) = regular.failure() {
        return Err(incomplete(Code::QueryLimit, why, &request.file));
    }
    if let Some(why) = collation.as_ref().and_then(Collation::failure) {
        return Err(incomplete(Code::QueryFunction, why, &request.file));
    }
    if let Some(lineage) = &lineage {
        lineage.check(&request.file)?;
    }
    if let Some(knowing) = &knowing {
        knowing.check(&request.file)?;
    }
    let unreadable = |error: index::Error| failed(&QueryEvaluationError::Dataset(Box::new(error)));
    // A language that no text has leaves labels out, where it does not leave out rows.
    let mut hints = languages::hints(&asked, build).map_err(unreadable)?;
    let empty = answered.rows == 0 || answered.truth == Some(false);
    hints.extend(selected::hints(&asked, empty));
    hints.extend(hints::hints(&asked, build, empty).map_err(unreadable)?);
    hints.extend(things::hints(&asked, build, empty).map_err(unreadable)?);
    Ok(AnswerSummary {
        hints,
        plan: request.explain.then(|| explain::plan(&report)),
        ..answered
    })
}

/// Makes calls of `REGEX` and `REPLACE` those of XPath.
fn rewrite_regular(query: &mut Query, file: &str) -> Result<RegularExpressions, QueryError> {
    let pattern = pattern_of_mut(query);
    RegularExpressions::rewrite(pattern)
        .map_err(|why| Diagnostic::new(Code::QueryPattern, Place::file(file), why).into())
}

/// The answer lacks something, for a reason that was found while it was written.
fn incomplete(code: Code, why: &str, file: &str) -> QueryError {
    Diagnostic::new(code, Place::file(file), why)
        .with_hint("what was written is not the whole answer")
        .into()
}

/// Puts the graphs of a request in the place of the query's own.
fn set_graphs(query: &mut Query, graphs: &QueryGraphs) {
    let (Query::Select { dataset, .. }
    | Query::Construct { dataset, .. }
    | Query::Describe { dataset, .. }
    | Query::Ask { dataset, .. }) = query;
    *dataset = Some(QueryDataset {
        default: graphs.default.clone(),
        named: Some(graphs.named.clone()),
    });
}

/// Leaves a part of the answer of a `SELECT`; other answers have no parts.
fn cut_out(query: &mut Query, page: ResultPage) {
    if let Query::Select { pattern, .. } = query {
        *pattern = GraphPattern::Slice {
            inner: Box::new(std::mem::take(pattern)),
            start: page.offset,
            length: Some(page.rows),
        };
    }
}

/// A part of an answer on its way to whoever waits for it.
enum AnswerPiece {
    Start(AnswerStart),
    Bytes(Vec<u8>),
}

/// Sends what is written to whoever waits for it.
struct Pieces(SyncSender<AnswerPiece>);

impl AnswerOutput for Pieces {
    fn start(&mut self, about: AnswerStart) -> Result<(), QueryError> {
        // Nobody waits any more: the first piece of the answer will say so as well.
        let _ = self.0.send(AnswerPiece::Start(about));
        Ok(())
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .send(AnswerPiece::Bytes(bytes.to_vec()))
            .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn not_started(file: &str, error: &io::Error) -> QueryError {
    QueryError::from(Diagnostic::new(
        Code::QueryFailed,
        Place::file(file),
        format!("the query could not be started: {error}"),
    ))
}

pub(super) fn aborted(file: &str) -> QueryError {
    QueryError::from(Diagnostic::new(
        Code::QueryFailed,
        Place::file(file),
        "query evaluation stopped unexpectedly",
    ))
}

/// Parses the query, checks it and puts the parameters in. Gives what its algebra shows as well.
fn prepare(
    request: &Request,
    prefixes: &Prefixes,
    base: &str,
) -> Result<(Query, Findings), QueryError> {
    let (mut query, findings) = syntax::parse(
        &request.text,
        &request.file,
        prefixes,
        request.base.as_deref(),
        &request.limits,
    )?;
    lineage_functions::check(&findings, Some(base), &request.text, &request.file)?;
    let place = || Place::file(request.file.as_str());
    let used = substitute(&mut query, &request.parameters).map_err(|problem| {
        QueryError::from(match problem {
            SubstitutionProblem::NotAnIri(name) => Diagnostic::new(
                Code::ParameterValue,
                place(),
                format!("the parameter `{name}` is used where only an IRI can be"),
            ),
            SubstitutionProblem::Assigned(name) => Diagnostic::new(
                Code::QueryHeader,
                place(),
                format!("the query gives the parameter `{name}` a value itself"),
            ),
        })
    })?;
    if let Some(unused) = request
        .parameters
        .keys()
        .find(|name| !used.contains(name.as_str()))
    {
        return Err(Diagnostic::new(
            Code::QueryHeader,
            place(),
            format!("the query does not use its parameter `{unused}`"),
        )
        .into());
    }
    Ok((query, findings))
}

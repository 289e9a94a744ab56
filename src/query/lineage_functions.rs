//! The functions that lead triples back to the cells of their tables.
//!
//! | call | value |
//! |---|---|
//! | `cg:rowOf(?s, ?p, ?o)` | the row that made the triple: `…/cities.csv#row=3` |
//! | `cg:columnOf(?s, ?p, ?o)` | its column: `…/cities.csv#col=9` |
//! | `cg:cellOf(?s, ?p, ?o)` | its cell: `…/cities.csv#cell=3,9` |
//! | `cg:cellCount(?s, ?p, ?o)` | how many cells made it, 0 if none |
//!
//! All take two more arguments in any order: the IRI of a graph, to look at what the tables say there
//! alone; and a number from 1 to choose among several cells. IRIs are fragments of RFC 7111, whose rows
//! and columns count from 1 with the header. The namespace is the project's own: its base and `ns#`. The
//! tables are those that the build keeps, whatever has become of the ones on disk.

use super::claim_functions;
use super::collation;
use super::guard::Findings;
use super::guard::line_and_column;
use crate::diagnostic::{Code, Diagnostic, Place, suggest};
use crate::labels::local_name;
use crate::lineage::{self, Fragment, Tracer};
use crate::query::QueryError;
use crate::store::Build;
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, Term};
use spareval::QueryEvaluator;
use std::sync::{Arc, OnceLock};

/// What is before the names of the functions, after the base.
pub(super) const NAMESPACE: &str = "ns#";

/// Terms of a triple, and two more at most.
const ARGUMENTS: std::ops::RangeInclusive<usize> = 3..=5;

/// A function of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineageFunction {
    Row,
    Column,
    Cell,
    Count,
}

impl LineageFunction {
    const ALL: [Self; 4] = [Self::Row, Self::Column, Self::Cell, Self::Count];

    const fn name(self) -> &'static str {
        match self {
            Self::Row => "rowOf",
            Self::Column => "columnOf",
            Self::Cell => "cellOf",
            Self::Count => "cellCount",
        }
    }

    fn iri(self, base: &str) -> String {
        format!("{base}{NAMESPACE}{}", self.name())
    }

    /// The value for the arguments; `Ok(None)` where there is none.
    fn call(self, tracer: &Tracer, arguments: &[Term]) -> std::io::Result<Option<Term>> {
        let [
            Term::NamedNode(subject),
            Term::NamedNode(predicate),
            object,
            others @ ..,
        ] = arguments
        else {
            return Ok(None);
        };
        let (mut graph, mut number) = (None, 1_usize);
        for other in others {
            match other {
                Term::NamedNode(node) => graph = Some(node),
                Term::Literal(literal) if literal.datatype() == xsd::INTEGER => {
                    match literal.value().parse() {
                        Ok(given) => number = given,
                        Err(_) => return Ok(None),
                    }
                }
                _ => return Ok(None),
            }
        }
        let origins = tracer.origins(subject, predicate, object, graph)?;
        if self == Self::Count {
            let count = i64::try_from(origins.len()).unwrap_or(i64::MAX);
            return Ok(Some(Literal::from(count).into()));
        }
        let chosen = number.checked_sub(1).and_then(|at| origins.get(at));
        Ok(chosen.and_then(|origin| self.of(origin)).map(Term::from))
    }

    fn of(self, origin: &Fragment) -> Option<NamedNode> {
        match self {
            Self::Row => Some(origin.row_iri()),
            Self::Column => origin.column_iri(),
            Self::Cell => origin.cell_iri(),
            Self::Count => None,
        }
    }
}

/// The functions that a query calls, ready to be called.
pub(super) struct LineageFunctions {
    tracer: Arc<Tracer>,
    /// Why a table could not be read, if one could not.
    failure: Arc<OnceLock<String>>,
}

impl LineageFunctions {
    /// `None` where the query calls none.
    ///
    /// # Errors
    /// The tables of the build cannot be read.
    pub(super) fn of(findings: &Findings, build: &Arc<Build>) -> Result<Option<Self>, QueryError> {
        let base = &build.manifest().about.base;
        let called = LineageFunction::ALL
            .iter()
            .any(|function| findings.functions.contains_key(&function.iri(base)));
        if !called {
            return Ok(None);
        }
        Ok(Some(Self {
            tracer: Arc::new(Tracer::open(build, &lineage::folder(build.root()))?),
            failure: Arc::default(),
        }))
    }

    /// Makes the functions known to an evaluator.
    pub(super) fn register(&self, mut evaluator: QueryEvaluator, base: &str) -> QueryEvaluator {
        for function in LineageFunction::ALL {
            let (tracer, failure) = (Arc::clone(&self.tracer), Arc::clone(&self.failure));
            let name = NamedNode::new_unchecked(function.iri(base));
            evaluator = evaluator.with_custom_function(name, move |arguments| {
                function
                    .call(&tracer, arguments)
                    // The first failure is the one to report.
                    .map_err(|error| failure.set(error.to_string()))
                    .ok()
                    .flatten()
            });
        }
        evaluator
    }

    /// Whether all tables could be read. To be asked after the answer.
    ///
    /// # Errors
    /// They could not: the answer lacks rows.
    pub(super) fn check(&self, file: &str) -> Result<(), QueryError> {
        match self.failure.get() {
            None => Ok(()),
            Some(why) => Err(Diagnostic::new(
                Code::QueryFailed,
                Place::file(file),
                format!("a table could not be read: {why}"),
            )
            .with_hint("what was written is not the whole answer")
            .into()),
        }
    }
}

/// Checks that the functions which a query calls are there, and that they have as many arguments as they
/// take. Without a base there are only those of SPARQL.
///
/// # Errors
/// The first that is wrong.
pub(super) fn check(
    findings: &Findings,
    base: Option<&str>,
    text: &str,
    file: &str,
) -> Result<(), QueryError> {
    for (name, counts) in &findings.functions {
        if CASTS.iter().any(|cast| cast.as_str() == name) {
            continue;
        }
        let local = local_name(name);
        let place = || match text.find(local) {
            Some(at) => {
                let (line, column) = line_and_column(text, at);
                Place::at(file, line, column)
            }
            None => Place::file(file),
        };
        let knows = base.and_then(|base| {
            let counts = || counts.iter().copied();
            claim_functions::check(name, base, counts())
                .or_else(|| collation::check(name, base, counts()))
        });
        match knows {
            Some(None) => continue,
            Some(Some((name, wrong, expected))) => {
                return Err(Diagnostic::new(
                    Code::QueryFunction,
                    place(),
                    format!("`{name}` has {wrong} arguments"),
                )
                .with_expected(expected)
                .into());
            }
            None => {}
        }
        let own = base.and_then(|base| {
            let is_it = |function: &&LineageFunction| function.iri(base) == *name;
            LineageFunction::ALL.iter().find(is_it)
        });
        let Some(own) = own else {
            let names = LineageFunction::ALL.iter().map(|function| function.name());
            let names = names
                .chain(claim_functions::names())
                .chain([collation::NAME]);
            let mut refusal = Diagnostic::new(
                Code::QueryFunction,
                place(),
                format!("no such function: <{name}>"),
            );
            if base.is_some()
                && let Some(nearest) = suggest::nearest(local, names)
            {
                refusal = refusal.with_hint(format!("did you mean `{nearest}`?"));
            }
            return Err(refusal.into());
        };
        if let Some(wrong) = counts.iter().find(|count| !ARGUMENTS.contains(*count)) {
            return Err(Diagnostic::new(
                Code::QueryFunction,
                place(),
                format!("`{}` has {wrong} arguments", own.name()),
            )
            .with_expected("subject, predicate, object; then, if need be, a graph and a number")
            .into());
        }
    }
    Ok(())
}

/// The casts of SPARQL and Oxigraph, which are functions too.
const CASTS: [oxrdf::NamedNodeRef<'static>; 17] = [
    xsd::STRING,
    xsd::BOOLEAN,
    xsd::DOUBLE,
    xsd::FLOAT,
    xsd::INTEGER,
    xsd::DECIMAL,
    xsd::DATE,
    xsd::TIME,
    xsd::DATE_TIME,
    xsd::DURATION,
    xsd::YEAR_MONTH_DURATION,
    xsd::DAY_TIME_DURATION,
    xsd::G_YEAR,
    xsd::G_YEAR_MONTH,
    xsd::G_MONTH,
    xsd::G_MONTH_DAY,
    xsd::G_DAY,
];

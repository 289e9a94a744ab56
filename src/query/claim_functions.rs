//! The functions that say what a build knows of a triple.
//!
//! | call | value |
//! |---|---|
//! | `cg:basis(?s, ?p, ?o)` | how the triple follows from the sources: `…/id/basis/inferred` |
//! | `cg:modality(?s, ?p, ?o)` | how surely it is said: `…/id/modality/plan` |
//! | `cg:speaker(?s, ?p, ?o)` | who says it; unbound where a source says it in its own voice |
//! | `cg:source(?s, ?p, ?o)` | a document with evidence for it |
//! | `cg:claim(?s, ?p, ?o)` | a claim about it |
//! | `cg:standing(?s, ?p, ?o, "en")` | all that is not plain about it, in words: `inferred, plan` |
//! | `cg:conflict(?s, ?p, "en")` | the values that contradict each other, in words |
//! | `cg:gap(?s, ?p)` | the gap that records that the sources do not state it |
//!
//! Speakers, sources and claims may be several: a number from 1 as last argument chooses one. The namespace
//! is the project's own: its base and `ns#`. Refused claims count for nothing.

use super::guard::Findings;
use super::lineage_functions::NAMESPACE;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::knowledge::{GraphClaim, Knowledge, ProjectTerms};
use crate::labels::Labels;
use crate::query::QueryError;
use crate::store::Build;
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, Term};
use spareval::QueryEvaluator;
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, OnceLock};

/// Things whose claims are kept in memory; when there are more, all are read anew.
const KEPT: usize = 10_000;

/// A function of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClaimFunction {
    Basis,
    Modality,
    Speaker,
    Source,
    Claim,
    Standing,
    Conflict,
    Gap,
}

impl ClaimFunction {
    const ALL: [Self; 8] = [
        Self::Basis,
        Self::Modality,
        Self::Speaker,
        Self::Source,
        Self::Claim,
        Self::Standing,
        Self::Conflict,
        Self::Gap,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Basis => "basis",
            Self::Modality => "modality",
            Self::Speaker => "speaker",
            Self::Source => "source",
            Self::Claim => "claim",
            Self::Standing => "standing",
            Self::Conflict => "conflict",
            Self::Gap => "gap",
        }
    }

    fn iri(self, base: &str) -> String {
        format!("{base}{NAMESPACE}{}", self.name())
    }

    /// How many arguments it takes, and which.
    const fn arguments(self) -> (RangeInclusive<usize>, &'static str) {
        match self {
            Self::Basis | Self::Modality => (3..=3, "subject, predicate, object"),
            Self::Speaker | Self::Source | Self::Claim => (
                3..=4,
                "subject, predicate, object; then, if need be, a number",
            ),
            Self::Standing => (
                3..=4,
                "subject, predicate, object; then, if need be, a language",
            ),
            Self::Conflict => (2..=3, "subject, property; then, if need be, a language"),
            Self::Gap => (2..=2, "subject, property"),
        }
    }
}

/// The names of all functions, for proposals.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ClaimFunction::ALL.iter().map(|function| function.name())
}

/// Whether a function is one of these; the number of arguments that it cannot take, if there is one, with what
/// it takes instead.
pub(super) fn check(
    name: &str,
    base: &str,
    counts: impl IntoIterator<Item = usize>,
) -> Option<Option<(&'static str, usize, &'static str)>> {
    let function = ClaimFunction::ALL
        .iter()
        .find(|function| function.iri(base) == name)?;
    let (range, expected) = function.arguments();
    let wrong = counts.into_iter().find(|count| !range.contains(count));
    Some(wrong.map(|count| (function.name(), count, expected)))
}

/// What the functions of a query read, ready to be called.
pub(super) struct ClaimFunctions {
    reader: Arc<ClaimReader>,
}

struct ClaimReader {
    build: Arc<Build>,
    /// Kept, since functions are called for every row.
    terms: Arc<ProjectTerms>,
    claims: Mutex<HashMap<NamedNode, Arc<Vec<GraphClaim>>>>,
    /// Why the store could not be read, if it could not.
    failure: OnceLock<String>,
}

impl ClaimFunctions {
    /// `None` where the query calls none.
    pub(super) fn of(findings: &Findings, build: &Arc<Build>) -> Option<Self> {
        let base = &build.manifest().about.base;
        let called = ClaimFunction::ALL
            .iter()
            .any(|function| findings.functions.contains_key(&function.iri(base)));
        called.then(|| Self {
            reader: Arc::new(ClaimReader {
                build: Arc::clone(build),
                terms: Arc::new(ProjectTerms::new(base)),
                claims: Mutex::default(),
                failure: OnceLock::new(),
            }),
        })
    }

    /// Makes the functions known to an evaluator.
    pub(super) fn register(&self, mut evaluator: QueryEvaluator, base: &str) -> QueryEvaluator {
        for function in ClaimFunction::ALL {
            let reader = Arc::clone(&self.reader);
            let name = NamedNode::new_unchecked(function.iri(base));
            evaluator = evaluator.with_custom_function(name, move |arguments| {
                reader
                    .call(function, arguments)
                    // The first failure is the one to report.
                    .map_err(|error| reader.failure.set(error.to_string()))
                    .ok()
                    .flatten()
            });
        }
        evaluator
    }

    /// Whether all could be read. To be asked after the answer.
    ///
    /// # Errors
    /// It could not: the answer lacks values.
    pub(super) fn check(&self, file: &str) -> Result<(), QueryError> {
        match self.reader.failure.get() {
            None => Ok(()),
            Some(why) => Err(Diagnostic::new(
                Code::QueryFailed,
                Place::file(file),
                format!("the claims could not be read: {why}"),
            )
            .with_hint("what was written is not the whole answer")
            .into()),
        }
    }
}

impl ClaimReader {
    /// The value for the arguments; `Ok(None)` where there is none.
    fn call(
        &self,
        function: ClaimFunction,
        arguments: &[Term],
    ) -> Result<Option<Term>, QueryError> {
        let knowledge = Knowledge::with(&self.build, Arc::clone(&self.terms));
        let [
            Term::NamedNode(subject),
            Term::NamedNode(property),
            others @ ..,
        ] = arguments
        else {
            return Ok(None);
        };
        match function {
            ClaimFunction::Gap => {
                let gaps = knowledge.gaps(subject)?;
                let gap = gaps.into_iter().find(|gap| gap.property == *property);
                return Ok(gap.map(|gap| gap.node.into()));
            }
            ClaimFunction::Conflict => {
                let disputes = knowledge.disputes(subject)?;
                let open = disputes
                    .into_iter()
                    .find(|dispute| dispute.property == *property && !dispute.is_settled());
                return Ok(open.map(|dispute| {
                    let prefixes = &self.build.manifest().about.prefixes;
                    self.text(others.first(), |labels| dispute.text(labels, prefixes))
                }));
            }
            _ => {}
        }
        let Some((object, others)) = others.split_first() else {
            return Ok(None);
        };
        let claims = self.claims(&knowledge, subject)?;
        let support = knowledge.support_by(&claims, subject, property, object)?;
        let nth = |nodes: Vec<NamedNode>| {
            let number = match others.first() {
                None => Some(1),
                Some(Term::Literal(literal)) if literal.datatype() == xsd::INTEGER => {
                    literal.value().parse::<usize>().ok()
                }
                Some(_) => None,
            };
            let at = number.and_then(|number| number.checked_sub(1));
            at.and_then(|at| nodes.into_iter().nth(at))
        };
        let node = match function {
            ClaimFunction::Basis => support.basis,
            ClaimFunction::Modality => support.modality,
            ClaimFunction::Speaker => nth(support.speakers),
            ClaimFunction::Source => nth(support.documents),
            ClaimFunction::Claim => nth(support.claims),
            ClaimFunction::Standing => {
                let mut any = false;
                let text = self.text(others.first(), |labels| {
                    let remarks = support.remarks(labels);
                    any = !remarks.is_empty();
                    remarks.join(", ")
                });
                return Ok(any.then_some(text));
            }
            ClaimFunction::Conflict | ClaimFunction::Gap => None,
        };
        Ok(node.map(Term::from))
    }

    fn claims(
        &self,
        knowledge: &Knowledge<'_>,
        subject: &NamedNode,
    ) -> Result<Arc<Vec<GraphClaim>>, QueryError> {
        // A thread that panicked left nothing half done here.
        let kept = || self.claims.lock().unwrap_or_else(|held| held.into_inner());
        if let Some(claims) = kept().get(subject) {
            return Ok(Arc::clone(claims));
        }
        let claims = Arc::new(knowledge.claims(subject)?);
        let mut kept = kept();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(subject.clone(), Arc::clone(&claims));
        Ok(claims)
    }

    /// A text in the language that an argument names, or in English.
    fn text(&self, language: Option<&Term>, text: impl FnOnce(&Labels<'_>) -> String) -> Term {
        let language = match language {
            Some(Term::Literal(literal)) if !literal.value().is_empty() => literal.value(),
            _ => "en",
        };
        let labels = Labels::new(self.build.index(), language);
        let text = text(&labels);
        match Literal::new_language_tagged_literal(text.as_str(), language) {
            Ok(literal) => literal.into(),
            Err(_) => Literal::new_simple_literal(text).into(),
        }
    }
}

//! Rules applied to facts, round by round, until nothing new follows.

use super::body::instantiate;
use super::{Rule, RuleFacts, Rules};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::query::QueryError;
use crate::query::on_large_stack;
use civigraph_sparql::{Options, prepare, with_functions};
use oxrdf::{GraphNameRef, NamedNode, Triple};
use spareval::{QueryEvaluator, QueryResults};
use spargebra::Query;
use spargebra::term::NamedNodePattern;
use std::collections::{BTreeMap, HashSet};

/// Rounds after which rules count as endless. A round makes at least one inference longer.
const ROUNDS: usize = 200;

/// Inferred triples after which rules count as endless.
const TRIPLES: usize = 2_000_000;

/// A triple that follows from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inference {
    /// What follows.
    pub triple: Triple,
    /// Index of the rule, for [`Rules::get`].
    pub rule: usize,
    /// From what it follows: stated triples, or triples that were inferred in an earlier round.
    pub premises: Vec<Triple>,
}

impl Rules {
    /// Everything that follows from facts and is not among them, in rounds, each round in order of lines.
    ///
    /// A triple may follow in several ways. The one kept is of the earliest round; in a round, of the
    /// first rule by name; of a rule, the one whose premises sort first. It depends on nothing else.
    ///
    /// # Errors
    /// The rules have no end, or a rule cannot be evaluated ([`Code::RuleLimit`]).
    pub fn infer(&self, facts: RuleFacts) -> Result<Vec<Inference>, Diagnostic> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        // Evaluation recurses with the depth of a rule.
        on_large_stack("rules", || self.fixpoint(facts)).map_err(QueryError::into_diagnostic)?
    }

    fn fixpoint(&self, mut facts: RuleFacts) -> Result<Vec<Inference>, Diagnostic> {
        let mut inferred: Vec<Inference> = Vec::new();
        // Predicates of what the last round has found; `None` before the first.
        let mut fresh: Option<HashSet<NamedNode>> = None;
        for _ in 0..ROUNDS {
            let mut found: BTreeMap<String, FoundInference> = BTreeMap::new();
            for (index, rule) in self.rules.iter().enumerate() {
                if fresh.as_ref().is_none_or(|fresh| rule.reads(fresh)) {
                    rule.apply(index, &facts, TRIPLES - inferred.len(), &mut found)?;
                }
            }
            if found.is_empty() {
                return Ok(inferred);
            }
            let mut predicates = HashSet::new();
            for found in found.into_values() {
                let triple = found.inference.triple.as_ref();
                facts
                    .dataset
                    .insert(triple.in_graph(GraphNameRef::DefaultGraph));
                if !predicates.contains(&found.inference.triple.predicate) {
                    predicates.insert(found.inference.triple.predicate.clone());
                }
                inferred.push(found.inference);
            }
            fresh = Some(predicates);
        }
        let last = inferred.last().and_then(|last| self.get(last.rule));
        Err(endless(last, format!("after {ROUNDS} rounds")))
    }
}

/// A triple of this round, with what decides between several ways to it.
struct FoundInference {
    inference: Inference,
    premises: Vec<String>,
}

impl Rule {
    /// Whether a premise can match a triple with one of these predicates.
    fn reads(&self, predicates: &HashSet<NamedNode>) -> bool {
        self.body
            .premises
            .iter()
            .any(|premise| match &premise.predicate {
                NamedNodePattern::NamedNode(predicate) => predicates.contains(predicate),
                NamedNodePattern::Variable(_) => true,
            })
    }

    /// Adds what follows by this rule and is not known yet.
    fn apply(
        &self,
        index: usize,
        facts: &RuleFacts,
        room: usize,
        found: &mut BTreeMap<String, FoundInference>,
    ) -> Result<(), Diagnostic> {
        let query = Query::Select {
            dataset: None,
            pattern: self.body.pattern.clone(),
            base_iri: None,
        };
        let failed = |error: &dyn std::fmt::Display| {
            Diagnostic::new(
                Code::RuleLimit,
                Place::file(self.file.as_str()),
                format!("the rule could not be evaluated: {error}"),
            )
        };
        // A rule has no paths, the one thing for which it counts what is in the dataset.
        let query = prepare(query, &Options::default(), &|_| true);
        let results = self
            .regular
            .register(with_functions(QueryEvaluator::new()))
            .prepare(&query)
            .execute(&facts.dataset)
            .map_err(|error| failed(&error))?;
        let QueryResults::Solutions(solutions) = results else {
            return Ok(());
        };
        let known = |triple: &Triple| {
            facts
                .dataset
                .contains(triple.as_ref().in_graph(GraphNameRef::DefaultGraph))
        };
        for solution in solutions {
            let solution = solution.map_err(|error| failed(&error))?;
            for head in &self.head {
                let Some(triple) = instantiate(head, &solution) else {
                    continue;
                };
                if known(&triple) {
                    continue;
                }
                let mut premises: Vec<Triple> = Vec::with_capacity(self.body.premises.len());
                for pattern in &self.body.premises {
                    // Patterns of the other branch of a `UNION` are not bound, or do not hold.
                    if let Some(premise) = instantiate(pattern, &solution)
                        && known(&premise)
                        && !premises.contains(&premise)
                    {
                        premises.push(premise);
                    }
                }
                let texts: Vec<String> = premises.iter().map(Triple::to_string).collect();
                let line = triple.to_string();
                let better = found
                    .get(&line)
                    .is_none_or(|other| (index, &texts) < (other.inference.rule, &other.premises));
                if better {
                    let inference = Inference {
                        triple,
                        rule: index,
                        premises,
                    };
                    let premises = texts;
                    found.insert(
                        line,
                        FoundInference {
                            inference,
                            premises,
                        },
                    );
                    if found.len() > room {
                        return Err(endless(Some(self), format!("after {TRIPLES} triples")));
                    }
                }
            }
        }
        match self.regular.failure() {
            None => Ok(()),
            Some(why) => Err(failed(&why)),
        }
    }
}

fn endless(rule: Option<&Rule>, after: String) -> Diagnostic {
    let file = rule.map_or("", |rule| rule.file.as_str());
    Diagnostic::new(
        Code::RuleLimit,
        Place::file(file),
        format!("the rules still infer new triples {after}, the last ones by this rule"),
    )
    .with_hint("does it make ever new IRIs or literals with BIND?")
}

//! One pass over all rows: converted, and checked on the way.

use super::{CheckOptions, CheckSummary};
use crate::claims::{self, Claims};
use crate::convert::{self, Options, Sink, TableRows};
use crate::diagnostic::{Code, Diagnostics};
use crate::keys::{KeyChecker, KeyOptions, KeyPlan};
use crate::merges::Merges;
use crate::rules::{FactSink, RuleFacts, Rules};
use crate::shacl::{CollectedTriples, DataSink, Shapes};
use crate::tables::Tables;
use oxrdf::Quad;
use std::io;

/// Tables with their claims, about to be converted and checked.
#[derive(Clone, Copy)]
pub(super) struct Assembly<'a> {
    pub(super) tables: Tables<'a>,
    pub(super) claims: &'a Claims,
    pub(super) options: CheckOptions<'a>,
}

/// What came of one pass over all rows.
pub(super) struct Pass {
    pub(super) checked: CheckSummary,
    /// The quads of claims that need the quads of their cells, and those of rows that are apart.
    pub(super) claims: Vec<Quad>,
}

/// Everything that tables say.
pub(super) struct AssembledQuads<S> {
    pub(super) checked: CheckSummary,
    /// The quads of claims that need the quads of their cells, and what rules infer.
    pub(super) quads: Vec<Quad>,
    /// What the quads of rows went into.
    pub(super) sink: S,
}

/// What failed in a pass, other than the input.
pub(super) enum PassFailure {
    Sink(io::Error),
    Keys(io::Error),
}

impl Assembly<'_> {
    /// Converts all rows into a sink and infers what follows; `None` where something is wrong.
    pub(super) fn assemble<S: Sink>(
        self,
        rules: &Rules,
        base: &str,
        sink: S,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<AssembledQuads<S>>, PassFailure> {
        let sink = FactSink::new(RuleFacts::new(rules), sink);
        let (mut pass, sink) = self.pass(sink, diagnostics)?;
        if diagnostics.has_errors() {
            return Ok(None);
        }
        let (sink, mut facts) = sink.into_parts();
        facts.add(&pass.claims);
        let inferences = match rules.infer(facts) {
            Ok(inferences) => inferences,
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                return Ok(None);
            }
        };
        pass.checked.inferred = inferences.len();
        let mut quads = pass.claims;
        quads.extend(rules.quads(&inferences, base));
        Ok(Some(AssembledQuads {
            checked: pass.checked,
            quads,
            sink,
        }))
    }

    /// Converts all rows into a sink, and checks them, their keys and their claims on the way.
    ///
    /// Gives the sink back.
    pub(super) fn pass<S: Sink>(
        self,
        sink: S,
        diagnostics: &mut Diagnostics,
    ) -> Result<(Pass, S), PassFailure> {
        let Self {
            tables,
            claims,
            options,
        } = self;
        let Tables {
            group,
            plan,
            resolver,
        } = tables;
        let metadata_is_wrong = diagnostics.has_errors_of("CG03");
        let keys = KeyChecker::new(KeyPlan::of(group), &KeyOptions::default());
        let data = options
            .shapes
            .map_or_else(CollectedTriples::default, Shapes::data);
        let sink = claims.sink(DataSink::new(data, sink), claims.graph(group));
        let merges = Merges::read(tables);
        let mut sink = merges.sink(plan, options.ontology, sink);
        let how = Options {
            threads: options.threads,
            keys: Some(&keys),
            progress: options.progress,
            ..Options::default()
        };
        let summary = convert::run(plan, resolver, &how, &mut sink, diagnostics)
            .map_err(PassFailure::Sink)?;
        let mut pass = Pass {
            checked: CheckSummary {
                summary,
                evidence: claims::EvidenceSummary::default(),
                conflicts: claims.conflicts().len(),
                decided: claims
                    .conflicts()
                    .iter()
                    .filter(|one| one.is_decided())
                    .count(),
                inferred: 0,
                shapes: None,
            },
            claims: Vec::new(),
        };
        let (mut sink, met) = sink.into_parts();
        // Without all the rows, every key that refers to a missing file would be reported too.
        if diagnostics.has(Code::Unreadable) {
            return Ok((pass, sink.inner.into_parts().0));
        }
        keys.finish(&TableRows::new(plan, resolver), diagnostics)
            .map_err(PassFailure::Keys)?;
        pass.claims = claims.quads(tables, &sink, diagnostics);
        pass.claims.append(&mut sink.disputed);
        pass.checked.evidence = claims::verify(tables, claims, options.sources, diagnostics);
        merges
            .check(&met, tables, diagnostics)
            .map_err(PassFailure::Keys)?;
        let (sink, mut data) = sink.inner.into_parts();
        // Without what wrong metadata leaves out, most shapes would be broken.
        if let Some(shapes) = options.shapes.filter(|_| !metadata_is_wrong) {
            data.add(pass.claims.iter().map(Quad::as_ref));
            pass.checked.shapes = shapes
                .check(data, tables, diagnostics)
                .map_err(PassFailure::Keys)?;
        }
        Ok((pass, sink))
    }
}

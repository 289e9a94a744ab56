//! A build at work: from nothing, or taking over what is published.

use super::assembly::{AssembledQuads, Assembly, PassFailure};
use super::changes::{Inputs, TableChanges};
use super::{CheckSummary, ProjectSource, keys_failed};
use crate::diagnostic::Diagnostics;
use crate::project::Project;
use crate::rules::Rules;
use crate::store::{Amended, Amender, Build, Builder, PublishedBuild, StoreError, Workspace};
use oxrdf::Quad;

/// All that a build is made of.
pub(super) struct BuildJob<'a> {
    pub(super) project: &'a Project,
    pub(super) source: &'a ProjectSource,
    pub(super) assembly: Assembly<'a>,
    pub(super) rules: &'a Rules,
    pub(super) inputs: &'a Inputs,
}

/// What was published and checked; `None` where something is wrong.
pub(super) type PipelineResult = Option<(PublishedBuild, CheckSummary)>;

/// What came of an attempt to amend the published build.
pub(super) enum AmendAttempt {
    Done(Box<PipelineResult>),
    /// All has to be built anew, at the same workspace.
    Refused(Workspace),
}

impl BuildJob<'_> {
    /// Builds from nothing.
    pub(super) fn build(
        &self,
        workspace: Workspace,
        vocabulary: &[Quad],
        diagnostics: &mut Diagnostics,
    ) -> Result<PipelineResult, StoreError> {
        let builder = Builder::at(workspace)?;
        let sink = builder.sink()?;
        let assembled =
            match self
                .assembly
                .assemble(self.rules, self.source.base(), sink, diagnostics)
            {
                Ok(assembled) => assembled,
                Err(PassFailure::Keys(error)) => return Err(keys_failed(error)),
                // The sink fails where the builder has failed, and the builder knows why.
                Err(PassFailure::Sink(_)) => return Err(builder.failure()),
            };
        let Some(AssembledQuads {
            checked,
            quads,
            sink,
        }) = assembled
        else {
            return Ok(None);
        };
        drop(sink);
        builder.add(vocabulary.iter().cloned())?;
        builder.add(quads)?;
        let published = builder.publish(self.about(&checked.summary)?)?;
        Ok(Some((published, checked)))
    }

    /// Takes over what the published build has, and loads what differs.
    pub(super) fn amend(
        &self,
        workspace: Workspace,
        prior: Build,
        vocabulary: &[Quad],
        diagnostics: &mut Diagnostics,
    ) -> Result<AmendAttempt, StoreError> {
        let assembly = &self.assembly;
        let disputed = assembly.claims.disputed_rows();
        // A build that cannot be compared with is one that cannot be amended.
        let Ok(Some(changes)) =
            TableChanges::between(&prior, &workspace, assembly.tables, self.inputs, &disputed)
        else {
            return Ok(AmendAttempt::Refused(workspace));
        };
        let mut amender = Amender::begin(workspace, prior)?;
        let mut sink = amender.sink(changes.new.clone());
        if changes.take_back(assembly.tables.plan, &mut sink).is_err() {
            return Ok(AmendAttempt::Refused(amender.into_workspace()));
        }
        let failed = |failed| match failed {
            PassFailure::Keys(error) => keys_failed(error),
            PassFailure::Sink(error) => {
                StoreError::io(self.project.store(), "sort the quads", error)
            }
        };
        let assembled = assembly
            .assemble(self.rules, self.source.base(), sink, diagnostics)
            .map_err(failed)?;
        let Some(assembled) = assembled else {
            return Ok(AmendAttempt::Done(Box::default()));
        };
        amender.add(vocabulary)?;
        amender.add(&assembled.quads)?;
        let about = self.about(&assembled.checked.summary)?;
        Ok(match amender.publish(assembled.sink, about)? {
            Amended::Published(published) => {
                AmendAttempt::Done(Box::new(Some((*published, assembled.checked))))
            }
            Amended::Refused(workspace) => AmendAttempt::Refused(workspace),
        })
    }
}

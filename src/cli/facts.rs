//! A project's tables with their claims, for the commands that ask the tables and not the store.

use super::Global;
use super::failure::Failure;
use super::terminal::Terminal;
use crate::claims::Spans;
use crate::diagnostic::render::DiagnosticFormat;
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::lineage::{self, ProjectFacts};
use crate::project::Project;
use std::path::{Path, PathBuf};

/// Reads metadata and claims of the project; `None` where they are wrong, which has been reported.
pub(super) fn load(global: &Global, terminal: &Terminal) -> Result<Option<ProjectFacts>, Failure> {
    let project = global.project()?;
    let cache = lineage::folder(project.store());
    let Some(mut facts) = open(&project, project.root(), cache, terminal)? else {
        return Ok(None);
    };
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    facts.read_claims(&mut diagnostics);
    terminal.report(&diagnostics, DiagnosticFormat::Human, false)?;
    Ok((!diagnostics.has_errors()).then_some(facts))
}

/// Reads the metadata alone, of a project or of copies of its files, which are named as if they lay in the
/// folder `shown`.
pub(super) fn open(
    project: &Project,
    shown: &Path,
    cache: PathBuf,
    terminal: &Terminal,
) -> Result<Option<ProjectFacts>, Failure> {
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let facts = ProjectFacts::open(project, shown, cache, &mut diagnostics)?;
    terminal.report(&diagnostics, DiagnosticFormat::Human, false)?;
    Ok(facts)
}

/// The evidence, with the documents in `folder`, which must be one.
pub(super) fn spans(facts: &ProjectFacts, folder: Option<&Path>) -> Result<Spans, Failure> {
    must_be_folder(folder)?;
    facts
        .spans(folder)
        .map_err(|error| Failure::io("read the evidence", &error))
}

/// Refuses a folder of documents that is not one.
pub(super) fn must_be_folder(path: Option<&Path>) -> Result<(), Failure> {
    match path {
        Some(path) if !path.is_dir() => Err(Failure::new(format!(
            "`{}` is not a directory",
            path.display()
        ))),
        _ => Ok(()),
    }
}

//! The whole way from a project to a published build, as one call.
//!
//! ```text
//! metadata ─► csvw::load ─► csvw::compile ─► convert::run ─┬─► keys, claims ─► diagnostics
//!                                                          ├─► shapes ──────► diagnostics
//!                                                          ├─► rules ─┐
//!                                                          └─► Builder ─► publish
//! ```
//!
//! Nothing is published while anything is wrong. Where little differs from what is published, the new build
//! takes the rest over: rows are still all checked, but only those that differ are loaded.

mod about;
mod assembly;
mod changes;
mod queries;
#[cfg(test)]
mod tests;
mod unread;
mod work;

use self::assembly::{Assembly, PassFailure};
pub use self::queries::check_queries;
pub use self::unread::report_unread;
use self::work::{AmendAttempt, BuildJob};
use crate::claims::{self, Claims};
use crate::convert::{ConversionSummary, NullSink, Sink};
use crate::csvw::model::TableGroup;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::progress::Progress;
use crate::project::Project;
use crate::resource::Resolver;
use crate::rules::Rules;
use crate::shacl::{Shapes, ValidationReport};
use crate::store::{
    self, BuildOptions, PublishedBuild, StoreError, Workspace, graph_iri, read_turtle,
};
pub use crate::tables::ProjectSource;
use crate::tables::{self, ProjectTables, Tables, prefixes};
use oxrdf::vocab::rdfs;
use oxrdf::{GraphName, NamedNode, Quad};
use std::io;
use std::path::{Path, PathBuf};

/// Name of the graph that holds the ontology.
const VOCABULARY: &str = "vocabulary";

/// How tables are checked and built.
#[derive(Debug, Clone, Copy, Default)]
pub struct CheckOptions<'a> {
    /// The folder of the documents that evidence points into, where it is available.
    pub sources: Option<&'a Path>,
    /// Threads that convert; 0 stands for all cores.
    pub threads: usize,
    /// Progress callback, in bytes of tables.
    pub progress: Option<&'a Progress>,
    /// The shapes that the graph is held against.
    pub shapes: Option<&'a Shapes>,
    /// The triples of the ontology: what they describe may be merged too.
    pub ontology: &'a [Quad],
}

/// What was checked.
#[derive(Debug, Clone, Default)]
pub struct CheckSummary {
    /// Rows and quads of the tables.
    pub summary: ConversionSummary,
    /// Spans of evidence.
    pub evidence: claims::EvidenceSummary,
    /// Contradictions between accepted claims; they are no errors.
    pub conflicts: usize,
    /// Those of them in which a curator has ranked a side.
    pub decided: usize,
    /// Triples that follow from the facts by rules; not counted by a mere check.
    pub inferred: usize,
    /// What shapes found. `None` where the graph was not held against them: there are none, or metadata or files are wrong.
    pub shapes: Option<ValidationReport>,
}

/// Checks every row of every table: cells, keys, references, claims and evidence.
///
/// # Errors
/// Temporary files for large keys cannot be written. What is wrong with the input is a diagnostic.
pub fn check(
    group: &TableGroup,
    resolver: &dyn Resolver,
    options: CheckOptions<'_>,
    diagnostics: &mut Diagnostics,
) -> io::Result<CheckSummary> {
    let plan = tables::compile(group, diagnostics);
    let tables = Tables {
        group,
        plan: &plan,
        resolver,
    };
    let assembly = Assembly {
        tables,
        claims: &Claims::read(tables, diagnostics),
        options,
    };
    let pass = assembly.pass(NullSink, diagnostics);
    pass.map(|(pass, _)| pass.checked)
        .map_err(|failed| match failed {
            PassFailure::Sink(error) | PassFailure::Keys(error) => error,
        })
}

/// Reports claims that have not been reviewed since cells of theirs changed after the build whose inputs `before`
/// has. Without claims, nothing is read but the metadata.
///
/// # Errors
/// The metadata cannot be read.
pub fn report_unreviewed(
    project: &Project,
    before: &Project,
    diagnostics: &mut Diagnostics,
) -> Result<(), Box<Diagnostic>> {
    // What is wrong with either is reported elsewhere.
    let read = |project: &Project| -> Result<Option<(TableGroup, Claims)>, Box<Diagnostic>> {
        let mut silent = Diagnostics::new(crate::diagnostic::ReadingMode::Convert);
        let source = ProjectSource::open(project)?;
        Ok(ProjectTables::load(source, &mut silent).map(|tables| {
            let claims = Claims::read(tables.get(), &mut silent);
            (tables.group, claims)
        }))
    };
    if let (Some((group, claims)), Some((group_before, claims_before))) =
        (read(project)?, read(before)?)
    {
        claims.report_unreviewed(&group, &claims_before, &group_before, diagnostics);
    }
    Ok(())
}

/// Checks a project, builds its graph aside and publishes it.
///
/// `None` means that nothing was published, because `diagnostics` hold errors.
///
/// # Errors
/// Another builder is running, or something could not be written.
pub fn build(
    project: &Project,
    options: BuildOptions,
    sources: Option<&Path>,
    diagnostics: &mut Diagnostics,
) -> Result<Option<(PublishedBuild, CheckSummary)>, StoreError> {
    let source = ProjectSource::open(project)?;
    let Some(group) = source.load(diagnostics) else {
        return Ok(None);
    };
    source.check_base(&group, diagnostics);
    let rules = rules(project, &group, source.base(), diagnostics)
        .map_err(|error| StoreError::io(&project.rules(), "read the rules", error))?;
    let vocabulary = vocabulary(project, source.base(), diagnostics)?;
    let shapes = shapes(project, &group, source.base(), &vocabulary, diagnostics)?;
    let how = CheckOptions {
        sources,
        threads: options.threads,
        progress: None,
        shapes: Some(&shapes),
        ontology: &vocabulary,
    };
    if diagnostics.has_errors() {
        // All problems in one run: the rows have theirs too.
        check(&group, &source, how, diagnostics).map_err(keys_failed)?;
        return Ok(None);
    }
    let amend = options.amend;
    let mut workspace = Workspace::open(project.store(), options)?;

    let unlisted =
        |error| StoreError::io(&project.root().join("ontology"), "list the ontology", error);
    let mut files = project.vocabulary().map_err(unlisted)?;
    files.extend(project.shapes().map_err(unlisted)?);
    files.extend(rules.iter().map(|rule| PathBuf::from(&rule.file)));
    let inputs = about::inputs(project, &source, &group, &files);
    inputs.keep(&mut workspace)?;

    let plan = tables::compile(&group, diagnostics);
    let tables = Tables {
        group: &group,
        plan: &plan,
        resolver: &source,
    };
    let claims = Claims::read(tables, diagnostics);
    let work = BuildJob {
        project,
        source: &source,
        assembly: Assembly {
            tables,
            claims: &claims,
            options: how,
        },
        rules: &rules,
        inputs: &inputs,
    };
    // Of what is wrong already nothing comes but a report, with what is wrong with the rows.
    let amend = amend && !diagnostics.has_errors();
    if amend && let Ok(prior) = store::open(project.store()) {
        // What a refused amendment has found, the full build finds again.
        let mut found = diagnostics.emptied();
        match work.amend(workspace, prior, &vocabulary, &mut found)? {
            AmendAttempt::Done(done) => {
                diagnostics.append(found);
                return Ok(*done);
            }
            AmendAttempt::Refused(same) => workspace = same,
        }
    }
    work.build(workspace, &vocabulary, diagnostics)
}

/// The triples of a project's ontology, in their graph. What is wrong with it is a diagnostic.
///
/// # Errors
/// A file cannot be read.
pub(crate) fn vocabulary(
    project: &Project,
    base: &str,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Quad>, StoreError> {
    let unlisted =
        |error| StoreError::io(&project.root().join("ontology"), "list the ontology", error);
    let files = project.vocabulary().map_err(unlisted)?;
    let graph = NamedNode::new_unchecked(graph_iri(base, VOCABULARY));
    let mut quads = Vec::new();
    for file in files {
        let name = file.to_string_lossy();
        quads.extend(read_turtle(&file, &name, graph.clone(), diagnostics));
    }
    // A plain query asks for the things of a class and of those below it: `?thing a/rdfs:subClassOf* cg:Event`.
    let between_classes: Vec<Quad> = quads
        .iter()
        .filter(|quad| quad.predicate == rdfs::SUB_CLASS_OF)
        .filter(|quad| quad.subject.is_named_node() && quad.object.is_named_node())
        .map(|quad| Quad {
            graph_name: GraphName::DefaultGraph,
            ..quad.clone()
        })
        .collect();
    quads.extend(between_classes);
    Ok(quads)
}

/// All that a project says, as a build would publish it: the quads of rows go into `sink`, which comes
/// back with the other ones.
///
/// Files are named as if they lay in the folder `shown`. `None` means that nothing came of it, because `diagnostics` hold
/// errors.
///
/// # Errors
/// A file cannot be read, or the sink fails.
pub(crate) fn quads<S: Sink>(
    project: &Project,
    shown: &Path,
    sink: S,
    diagnostics: &mut Diagnostics,
) -> Result<Option<(S, Vec<Quad>)>, StoreError> {
    let failed = |error| StoreError::io(project.root(), "read the project", error);
    let source = ProjectSource::open(project)?.shown_in(shown);
    let Some(group) = source.load(diagnostics) else {
        return Ok(None);
    };
    let rules = rules(project, &group, source.base(), diagnostics).map_err(failed)?;
    let mut ontology = vocabulary(project, source.base(), diagnostics)?;
    let plan = tables::compile(&group, diagnostics);
    let tables = Tables {
        group: &group,
        plan: &plan,
        resolver: &source,
    };
    let assembly = Assembly {
        tables,
        claims: &Claims::read(tables, diagnostics),
        options: CheckOptions {
            ontology: &ontology,
            ..CheckOptions::default()
        },
    };
    let assembled = assembly.assemble(&rules, source.base(), sink, diagnostics);
    let assembled = assembled.map_err(|failed_at| match failed_at {
        PassFailure::Sink(error) => failed(error),
        PassFailure::Keys(error) => keys_failed(error),
    })?;
    Ok(assembled.map(|assembled| {
        ontology.extend(assembled.quads);
        (assembled.sink, ontology)
    }))
}

fn keys_failed(error: io::Error) -> StoreError {
    StoreError::io(&std::env::temp_dir(), "sort the keys", error)
}

/// The rules of a project. What is wrong with one is a diagnostic.
///
/// # Errors
/// A file cannot be read.
pub(crate) fn rules(
    project: &Project,
    group: &TableGroup,
    base: &str,
    diagnostics: &mut Diagnostics,
) -> io::Result<Rules> {
    let prefixes = prefixes(project, group, base)?;
    Ok(Rules::read(&project.rules(), &prefixes, diagnostics))
}

/// The shapes of a project with this vocabulary. What is wrong with one is a diagnostic.
///
/// # Errors
/// A file cannot be read.
pub(crate) fn shapes(
    project: &Project,
    group: &TableGroup,
    base: &str,
    vocabulary: &[Quad],
    diagnostics: &mut Diagnostics,
) -> Result<Shapes, StoreError> {
    let failed = |error| StoreError::io(&project.root().join("ontology"), "read the shapes", error);
    let files = project.shapes().map_err(failed)?;
    if files.is_empty() {
        return Ok(Shapes::default());
    }
    let shapes = Shapes::read(&files, diagnostics);
    // An ill-formed target is none, which is reported.
    if !diagnostics.has(Code::Shape) {
        shapes.report_untargeted(diagnostics);
    }
    let mut prefixes = prefixes(project, group, base).map_err(failed)?;
    for file in &files {
        prefixes.add_turtle(file);
    }
    Ok(shapes.with_prefixes(prefixes).with_ontology(vocabulary))
}

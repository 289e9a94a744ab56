//! The whole way from a project to a published build, as one call.
//!
//! ```text
//! metadata ─► csvw::load ─► plan::compile ─► convert::run ─┬─► keys, claims ─► diagnostics
//!                                                          ├─► shapes ──────► diagnostics
//!                                                          ├─► rules ─┐
//!                                                          └─► Builder ─► publish
//! ```
//!
//! Nothing is published while anything is wrong. Where little differs from what is published, the new build
//! takes the rest over: rows are still all checked, but only those that differ are loaded.

mod changes;
#[cfg(test)]
mod tests;

use self::changes::{Changes, Inputs};
use crate::claims::{self, Claims};
use crate::convert::{self, NullSink, Options, Sink, Summary, TableRows};
use crate::csvw::model::{Annotation, AnnotationValue, TableGroup};
use crate::csvw::{self, LoadOptions};
use crate::diagnostic::{Code, Diagnostics};
use crate::keys::{KeyChecker, KeyOptions, KeyPlan};
use crate::plan::{self, Mode, Plan, PlanOptions};
use crate::progress::Listener;
use crate::project::Project;
use crate::resource::{Content, LocalFiles, ResolveError, Resolver, Resource, url};
use crate::rules::{FactSink, Facts, Rules};
use crate::shacl::{Data, DataSink, Shapes};
use crate::store::{
    self, About, Amended, Amender, Build, BuildOptions, Builder, Input, Prefixes, Published, Site,
    StoreError, graph_iri, read_turtle,
};
use oxrdf::{NamedNode, Quad};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Base of a project's IRIs where its metadata names none.
const DEFAULT_BASE: &str = "https://w3id.org/civigraph/";

/// Name of the graph that holds the ontology.
const VOCABULARY: &str = "vocabulary";

/// Terms of Dublin Core, as CSVW's prefix `dc` abbreviates them.
const DC: &str = "http://purl.org/dc/terms/";

/// The files of a project as a conversion sees them: under the project's base, wherever it lies.
///
/// The folder's own name gets into no IRI, so the same project gives the same bytes everywhere.
#[derive(Debug, Clone)]
pub struct Source {
    files: LocalFiles,
    folder: PathBuf,
    metadata: String,
    base: String,
}

impl Source {
    /// The files of a project.
    ///
    /// # Errors
    /// The metadata cannot be read, or the base that it names is no absolute IRI.
    pub fn open(project: &Project) -> io::Result<Self> {
        let base = base_of(&project.metadata())?;
        let files = LocalFiles::new(std::path::absolute(project.root())?)
            .published_at(&base)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
        Ok(Self {
            metadata: files.url_of(Path::new(crate::project::METADATA)),
            files,
            folder: project.root().to_owned(),
            base,
        })
    }

    /// Names the files as if the project lay in another folder: for copies of a project's files.
    #[must_use]
    pub fn shown_in(mut self, folder: &Path) -> Self {
        self.folder = folder.to_owned();
        self
    }

    /// Base of the project's IRIs.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// URL of the metadata.
    pub fn metadata_url(&self) -> &str {
        &self.metadata
    }

    /// The tables of the project; `None` where nothing could be made of the metadata.
    pub fn load(&self, diagnostics: &mut Diagnostics) -> Option<TableGroup> {
        self.load_with(self, diagnostics)
    }

    /// The tables of the project, read through another resolver.
    pub fn load_with(
        &self,
        resolver: &dyn Resolver,
        diagnostics: &mut Diagnostics,
    ) -> Option<TableGroup> {
        csvw::load(
            &self.metadata,
            &LoadOptions::default(),
            resolver,
            diagnostics,
        )
    }
}

impl Resolver for Source {
    /// Resources are named relative to where the user is, so that editors find them.
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        let mut resource = self.files.resolve(url)?;
        if self.folder != Path::new(".") {
            let name = self.folder.join(&*resource.name);
            resource.name = Arc::from(name.to_string_lossy().as_ref());
        }
        Ok(resource)
    }
}

/// The base that metadata names, read ahead of everything else: URLs depend on it.
///
/// Whatever else is wrong with the metadata is reported when it is loaded.
fn base_of(metadata: &Path) -> io::Result<String> {
    let text = std::fs::read(metadata)?;
    let document: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    let named = document
        .get(format!("{}base", csvw::OWN_NAMESPACE))
        .and_then(|value| value.as_str().or_else(|| value.get("@id")?.as_str()));
    Ok(named.unwrap_or(DEFAULT_BASE).to_owned())
}

/// How tables are checked and built.
#[derive(Debug, Clone, Copy, Default)]
pub struct CheckOptions<'a> {
    /// The folder of the documents that evidence points into, where it is at hand.
    pub sources: Option<&'a Path>,
    /// Threads that convert; 0 stands for all cores.
    pub threads: usize,
    /// Hears of bytes of tables as they are done.
    pub progress: Option<&'a Listener>,
    /// The shapes that the graph is held against.
    pub shapes: Option<&'a Shapes>,
}

/// What was checked.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// Rows and quads of the tables.
    pub summary: Summary,
    /// Spans of evidence.
    pub evidence: claims::Checked,
    /// Contradictions between accepted claims; they are no errors.
    pub conflicts: usize,
    /// Triples that follow from the facts by rules; not counted by a mere check.
    pub inferred: usize,
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
) -> io::Result<Checked> {
    let plan = plan::compile(group, &plan_options(), diagnostics);
    let tables = Tables {
        group,
        plan: &plan,
        claims: &Claims::read(group, &plan, resolver, diagnostics),
        resolver,
        options,
    };
    let pass = tables.pass(NullSink, diagnostics);
    pass.map(|(pass, _)| pass.checked)
        .map_err(|failed| match failed {
            Failed::Sink(error) | Failed::Keys(error) => error,
        })
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
) -> Result<Option<(Published, Checked)>, StoreError> {
    let failed = |error| StoreError::io(&project.metadata(), "read the metadata", error);
    let source = Source::open(project).map_err(failed)?;
    let Some(group) = source.load(diagnostics) else {
        return Ok(None);
    };
    let rules = rules(project, &group, source.base(), diagnostics)
        .map_err(|error| StoreError::io(&project.rules(), "read the rules", error))?;
    let shapes = shapes(project, &group, source.base(), diagnostics)?;
    let how = CheckOptions {
        sources,
        threads: options.threads,
        progress: None,
        shapes: Some(&shapes),
    };
    if diagnostics.has_errors() {
        // All problems in one run: the rows have theirs too.
        check(&group, &source, how, diagnostics).map_err(keys_failed)?;
        return Ok(None);
    }
    let amend = options.amend;
    let mut site = Site::open(project.store(), options)?;

    let ontology = project.vocabulary().map_err(|error| {
        StoreError::io(&project.root().join("ontology"), "list the ontology", error)
    })?;
    let mut files = ontology.clone();
    files.extend(rules.iter().map(|rule| PathBuf::from(&rule.file)));
    let inputs = inputs(project, &source, &group, &files);
    inputs.keep(&mut site)?;
    let vocabulary = vocabulary(&ontology, source.base(), diagnostics)?;

    let plan = plan::compile(&group, &plan_options(), diagnostics);
    let claims = Claims::read(&group, &plan, &source, diagnostics);
    let work = Work {
        project,
        source: &source,
        tables: Tables {
            group: &group,
            plan: &plan,
            claims: &claims,
            resolver: &source,
            options: how,
        },
        rules: &rules,
        inputs: &inputs,
    };
    if amend && let Ok(prior) = store::open(project.store()) {
        // What a refused amendment has found, the full build finds again.
        let mut found = diagnostics.emptied();
        match work.amend(site, prior, &vocabulary, &mut found)? {
            Attempt::Done(done) => {
                diagnostics.append(found);
                return Ok(*done);
            }
            Attempt::Refused(same) => site = same,
        }
    }
    work.build(site, vocabulary, diagnostics)
}

/// The triples of the ontology, in their graph.
fn vocabulary(
    files: &[PathBuf],
    base: &str,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Quad>, StoreError> {
    let graph = NamedNode::new_unchecked(graph_iri(base, VOCABULARY));
    let mut quads = Vec::new();
    for file in files {
        let name = file.to_string_lossy();
        quads.extend(read_turtle(file, &name, graph.clone(), diagnostics)?);
    }
    Ok(quads)
}

/// All that a build is made of.
struct Work<'a> {
    project: &'a Project,
    source: &'a Source,
    tables: Tables<'a>,
    rules: &'a Rules,
    inputs: &'a Inputs,
}

/// What was published and checked; `None` where something is wrong.
type Done = Option<(Published, Checked)>;

/// What came of an attempt to amend the published build.
enum Attempt {
    Done(Box<Done>),
    /// All has to be built anew, at the same site.
    Refused(Site),
}

impl Work<'_> {
    /// Builds from nothing.
    fn build(
        &self,
        site: Site,
        vocabulary: Vec<Quad>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Done, StoreError> {
        let builder = Builder::at(site)?;
        let sink = builder.sink()?;
        let assembled =
            match self
                .tables
                .assemble(self.rules, self.source.base(), sink, diagnostics)
            {
                Ok(assembled) => assembled,
                Err(Failed::Keys(error)) => return Err(keys_failed(error)),
                // The sink fails where the builder has failed, and the builder knows why.
                Err(Failed::Sink(_)) => return Err(builder.failure()),
            };
        let Some(Assembled {
            checked,
            quads,
            sink,
        }) = assembled
        else {
            return Ok(None);
        };
        drop(sink);
        builder.add(vocabulary)?;
        builder.add(quads)?;
        let published = builder.publish(self.about(&checked.summary)?)?;
        Ok(Some((published, checked)))
    }

    /// Takes over what the published build has, and loads what differs.
    fn amend(
        &self,
        site: Site,
        prior: Build,
        vocabulary: &[Quad],
        diagnostics: &mut Diagnostics,
    ) -> Result<Attempt, StoreError> {
        let tables = &self.tables;
        let apart = tables.claims.apart();
        // A build that cannot be compared with is one that cannot be amended.
        let Ok(Some(changes)) = Changes::between(&prior, &site, tables, self.inputs, &apart) else {
            return Ok(Attempt::Refused(site));
        };
        let mut amender = Amender::begin(site, prior)?;
        let mut sink = amender.sink(changes.new.clone())?;
        if changes.take_back(tables.plan, &mut sink).is_err() {
            return Ok(Attempt::Refused(amender.into_site()));
        }
        let failed = |failed| match failed {
            Failed::Keys(error) => keys_failed(error),
            Failed::Sink(error) => StoreError::io(self.project.store(), "sort the quads", error),
        };
        let assembled = tables
            .assemble(self.rules, self.source.base(), sink, diagnostics)
            .map_err(failed)?;
        let Some(assembled) = assembled else {
            return Ok(Attempt::Done(Box::default()));
        };
        amender.add(vocabulary)?;
        amender.add(&assembled.quads)?;
        let about = self.about(&assembled.checked.summary)?;
        Ok(match amender.publish(assembled.sink, about)? {
            Amended::Published(published) => {
                Attempt::Done(Box::new(Some((*published, assembled.checked))))
            }
            Amended::Refused(site) => Attempt::Refused(site),
        })
    }
}

/// All that a project says, as a build would publish it: the quads of rows go into `sink`, which comes
/// back with the other ones.
///
/// `None` means that nothing came of it, because `diagnostics` hold errors.
///
/// # Errors
/// A file cannot be read, or the sink fails.
pub(crate) fn quads<S: Sink>(
    project: &Project,
    sink: S,
    diagnostics: &mut Diagnostics,
) -> Result<Option<(S, Vec<Quad>)>, StoreError> {
    let failed = |error| StoreError::io(project.root(), "read the project", error);
    let source = Source::open(project).map_err(failed)?;
    let Some(group) = source.load(diagnostics) else {
        return Ok(None);
    };
    let rules = rules(project, &group, source.base(), diagnostics).map_err(failed)?;
    let files = project.vocabulary().map_err(failed)?;
    let mut ontology = vocabulary(&files, source.base(), diagnostics)?;
    let plan = plan::compile(&group, &plan_options(), diagnostics);
    let tables = Tables {
        group: &group,
        plan: &plan,
        claims: &Claims::read(&group, &plan, &source, diagnostics),
        resolver: &source,
        options: CheckOptions::default(),
    };
    let assembled = tables.assemble(&rules, source.base(), sink, diagnostics);
    let assembled = assembled.map_err(|failed_at| match failed_at {
        Failed::Sink(error) => failed(error),
        Failed::Keys(error) => keys_failed(error),
    })?;
    Ok(assembled.map(|assembled| {
        ontology.extend(assembled.quads);
        (assembled.sink, ontology)
    }))
}

fn keys_failed(error: io::Error) -> StoreError {
    StoreError::io(&std::env::temp_dir(), "sort the keys", error)
}

/// The tables of a group with all that is needed to read them.
#[derive(Clone, Copy)]
struct Tables<'a> {
    group: &'a TableGroup,
    plan: &'a Plan,
    claims: &'a Claims,
    resolver: &'a dyn Resolver,
    options: CheckOptions<'a>,
}

/// What came of one pass over all rows.
struct Pass {
    checked: Checked,
    /// The quads of claims that need the quads of their cells, and those of rows that are apart.
    claims: Vec<Quad>,
}

/// Everything that tables say.
struct Assembled<S> {
    checked: Checked,
    /// The quads of claims that need the quads of their cells, and what rules infer.
    quads: Vec<Quad>,
    /// What the quads of rows went into.
    sink: S,
}

/// What failed in a pass, other than the input.
enum Failed {
    Sink(io::Error),
    Keys(io::Error),
}

impl Tables<'_> {
    /// Converts all rows into a sink and infers what follows; `None` where something is wrong.
    fn assemble<S: Sink>(
        self,
        rules: &Rules,
        base: &str,
        sink: S,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Assembled<S>>, Failed> {
        let sink = FactSink::new(Facts::new(rules), sink);
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
        Ok(Some(Assembled {
            checked: pass.checked,
            quads,
            sink,
        }))
    }

    /// Converts all rows into a sink, and checks them, their keys and their claims on the way.
    ///
    /// Gives the sink back.
    fn pass<S: Sink>(self, sink: S, diagnostics: &mut Diagnostics) -> Result<(Pass, S), Failed> {
        let Self {
            group,
            plan,
            claims,
            resolver,
            options,
        } = self;
        let metadata_is_wrong = diagnostics.has_errors_of("CG03");
        let keys = KeyChecker::new(KeyPlan::of(group), &KeyOptions::default());
        let data = options.shapes.map_or_else(Data::default, Shapes::data);
        let mut sink = claims.sink(DataSink::new(data, sink), claims.graph(group));
        let how = Options {
            threads: options.threads,
            keys: Some(&keys),
            progress: options.progress,
            ..Options::default()
        };
        let summary =
            convert::run(plan, resolver, &how, &mut sink, diagnostics).map_err(Failed::Sink)?;
        let mut pass = Pass {
            checked: Checked {
                summary,
                evidence: claims::Checked::default(),
                conflicts: claims.conflicts().len(),
                inferred: 0,
            },
            claims: Vec::new(),
        };
        // Without all the rows, every key that refers to a missing file would be reported too.
        if diagnostics.has(Code::Unreadable) {
            return Ok((pass, sink.inner.into_parts().0));
        }
        keys.finish(&TableRows::new(plan, resolver), diagnostics)
            .map_err(Failed::Keys)?;
        pass.claims = claims.quads(group, plan, resolver, &sink, diagnostics);
        pass.claims.append(&mut sink.apart);
        pass.checked.evidence =
            claims::verify(group, plan, claims, options.sources, resolver, diagnostics);
        let (sink, mut data) = sink.inner.into_parts();
        // Without what wrong metadata leaves out, most shapes would be broken.
        if let Some(shapes) = options.shapes.filter(|_| !metadata_is_wrong) {
            data.add(pass.claims.iter().map(Quad::as_ref));
            shapes
                .check(data, group, plan, resolver, diagnostics)
                .map_err(Failed::Keys)?;
        }
        Ok((pass, sink))
    }
}

/// A project's facts are what its cells say: rows and tables are not described in its graph.
pub(crate) fn plan_options() -> PlanOptions {
    PlanOptions {
        mode: Mode::Minimal,
        ..PlanOptions::default()
    }
}

/// Name relative to the project, with `/` between its parts.
fn name_of(project: &Project, path: &Path) -> String {
    let relative = path.strip_prefix(project.root()).unwrap_or(path);
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// The files that go into a build: its metadata, `files`, and its tables.
fn inputs(project: &Project, source: &Source, group: &TableGroup, files: &[PathBuf]) -> Inputs {
    let mut inputs = Inputs::default();
    for path in std::iter::once(project.metadata()).chain(files.iter().cloned()) {
        inputs.files.push((name_of(project, &path), path));
    }
    for (index, table) in group.tables.iter().enumerate() {
        if let Some(path) = path_of(source, project, &table.url) {
            inputs.tables.insert(index, (name_of(project, &path), path));
        }
    }
    inputs
}

impl Work<'_> {
    /// What the build is told about itself.
    fn about(&self, summary: &Summary) -> Result<About, StoreError> {
        let Self {
            project,
            source,
            tables: Tables { group, .. },
            inputs: from,
            ..
        } = self;
        let prefixes = prefixes(project, group, source.base()).map_err(|error| {
            StoreError::io(&project.root().join("ontology"), "read the ontology", error)
        })?;
        let mut inputs = Vec::new();
        let mut add = |(name, path): &(String, PathBuf), rows: Option<u64>| {
            let mut input = Input::read(name, path)
                .map_err(|error| StoreError::io(path, "read the file", error))?;
            input.rows = rows;
            inputs.push(input);
            Ok::<(), StoreError>(())
        };
        for file in &from.files {
            add(file, None)?;
        }
        for (index, file) in &from.tables {
            add(file, summary.tables.get(*index).map(|counts| counts.rows))?;
        }
        inputs.sort_by(|a, b| a.name.cmp(&b.name));
        let apart = self.tables.claims.apart().into_iter();
        Ok(About {
            base: source.base().to_owned(),
            prefixes,
            inputs,
            title: title(group),
            license: license(group),
            options: BTreeMap::from([("mode".to_owned(), "minimal".to_owned())]),
            plan: changes::digest(self.tables.plan),
            apart: apart
                .filter_map(|(table, rows)| Some((from.tables.get(&table)?.0.clone(), rows)))
                .collect(),
        })
    }
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
    Rules::read(&project.rules(), &prefixes, diagnostics)
}

/// The shapes of a project. What is wrong with one is a diagnostic.
///
/// # Errors
/// A file cannot be read.
pub(crate) fn shapes(
    project: &Project,
    group: &TableGroup,
    base: &str,
    diagnostics: &mut Diagnostics,
) -> Result<Shapes, StoreError> {
    let failed = |error| StoreError::io(&project.root().join("ontology"), "read the shapes", error);
    let files = project.shapes().map_err(failed)?;
    if files.is_empty() {
        return Ok(Shapes::default());
    }
    let shapes = Shapes::read(&files, diagnostics).map_err(failed)?;
    let mut prefixes = prefixes(project, group, base).map_err(failed)?;
    for file in &files {
        prefixes.add_turtle(file).map_err(failed)?;
    }
    // What is no Turtle is told where the ontology is loaded.
    let mut silent = Diagnostics::new(diagnostics.mode());
    let ontology = project.vocabulary().map_err(failed)?;
    let ontology = vocabulary(&ontology, base, &mut silent)?;
    Ok(shapes.with_prefixes(prefixes).with_ontology(ontology))
}

/// The prefixes of a project: those that its ontology declares, and one for each kind of thing.
pub(crate) fn prefixes(project: &Project, group: &TableGroup, base: &str) -> io::Result<Prefixes> {
    let mut prefixes = Prefixes::default();
    for file in project.vocabulary()? {
        prefixes.add_turtle(&file)?;
    }
    let kinds = kinds(group, base);
    prefixes.add_things(base, kinds.iter().map(String::as_str));
    Ok(prefixes)
}

/// The file of a table, relative to where the user is.
fn path_of(source: &Source, project: &Project, url: &str) -> Option<PathBuf> {
    let Content::File(path) = source.resolve(url).ok()?.content else {
        return None;
    };
    let root = std::path::absolute(project.root()).ok()?;
    match path.strip_prefix(&root) {
        Ok(relative) => Some(project.root().join(relative)),
        Err(_) => Some(path),
    }
}

/// The `{type}`s of the things that the templates of a group name: `…id/{type}/{slug}`.
fn kinds(group: &TableGroup, base: &str) -> BTreeSet<String> {
    let things = format!("{base}id/");
    group
        .tables
        .iter()
        .flat_map(|table| &table.columns)
        .flat_map(|column| [&column.about_url, &column.value_url])
        .flatten()
        .filter_map(|template| template.strip_prefix(&things)?.split_once('/'))
        .map(|(kind, _)| kind)
        .filter(|kind| !kind.contains(['{', '}']))
        .map(str::to_owned)
        .collect()
}

fn title(group: &TableGroup) -> BTreeMap<String, String> {
    let mut titles = BTreeMap::new();
    for annotation in values(group, "title") {
        if let AnnotationValue::String {
            value, language, ..
        } = annotation
        {
            titles.insert(language.clone().unwrap_or_default(), value.clone());
        }
    }
    titles
}

fn license(group: &TableGroup) -> Option<String> {
    values(group, "license")
        .into_iter()
        .find_map(|value| match value {
            AnnotationValue::Node { id, .. } => id.clone(),
            AnnotationValue::String { value, .. } if url::is_absolute(value) => Some(value.clone()),
            _ => None,
        })
}

/// The values of a Dublin Core property of the group.
fn values<'g>(group: &'g TableGroup, name: &str) -> Vec<&'g AnnotationValue> {
    let is_it = |annotation: &&Annotation| annotation.property.strip_prefix(DC) == Some(name);
    group
        .annotations
        .iter()
        .filter(is_it)
        .flat_map(|annotation| match &annotation.value {
            AnnotationValue::Array(items) => items.iter().collect(),
            value => vec![value],
        })
        .collect()
}

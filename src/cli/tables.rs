//! `civigraph export --format csv`: the tables, written back from the graph.

use super::failure::Failure;
use super::terminal::Terminal;
use super::{CommandOutcome, Global};
use crate::datatype::canonical_quad;
use crate::diagnostic::render::DiagnosticFormat;
use crate::diagnostic::{Diagnostics, ReadingMode, counted};
use crate::digest::{digest_file, sha256_hex};
use crate::export::ExportError;
use crate::export::{self, Compression, of_file_name};
use crate::fmt::Profile;
use crate::invert::{self, IndexedQuads};
use crate::knowledge::is_record;
use crate::pipeline::ProjectSource;
use crate::resource::{ResolveError, Resolver, Resource};
use crate::store::{self, Build, graph_iri};
use crate::tables::{self, Tables};
use crate::uri::percent_decode;
use oxigraph::io::{RdfFormat, RdfParser};
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, Quad};
use std::io::Read;
use std::path::{Component, Path};

/// Graphs that no cell of a table makes.
const NOT_TABLES: [&str; 3] = ["vocabulary", "inferred", "release"];

/// Writes the tables of the project, read from its published graph, to a folder.
pub(super) fn run(
    folder: &Path,
    profile: Profile,
    global: &Global,
    terminal: Terminal,
) -> Result<CommandOutcome, Failure> {
    let project = global.project()?;
    let source = ProjectSource::open(&project)?;
    let build = store::open(&global.store()?)?;
    let metadata = input(&build, crate::project::METADATA);
    let now = digest_file(&project.metadata())
        .map_err(|error| Failure::io("read the metadata", &error))?
        .1;
    if metadata.is_some_and(|sha256| sha256 != now) {
        return Err(
            Failure::new("the metadata has changed since the graph was built with it")
                .with_hint("run `civigraph build`, or bring the metadata of that build back"),
        );
    }
    // The rows come from the graph alone: no CSV is looked at for them, not even for its header.
    let resolver = MetadataOnly(&source);
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    let group = source.load_with(&resolver, &mut diagnostics);
    let Some(group) = group.filter(|_| !diagnostics.has_errors()) else {
        terminal.report(&diagnostics, DiagnosticFormat::Human, false)?;
        return Ok(CommandOutcome::Findings);
    };
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let plan = tables::compile(&group, &mut diagnostics);
    let tables = Tables {
        group: &group,
        plan: &plan,
        resolver: &resolver,
    };
    let progress = terminal.progress("reading the graph", None);
    let graph = read(&build, source.base())?;
    let claims = NamedNode::new_unchecked(graph_iri(source.base(), "claims"));
    let written = invert::tables(tables, graph, Some(&claims), profile, &mut diagnostics)
        .map_err(|error| Failure::io("compare the tables", &error))?;
    // What leaves nothing in the graph to miss shows against the copies that the build keeps.
    let originals = build
        .inputs()
        .map(|inputs| ProjectSource::open(&inputs).map(|source| source.shown_in(project.root())))
        .transpose()?;
    if let (Some(written), Some(originals)) = (&written, &originals) {
        invert::compare_with(tables.at(originals), written, profile, &mut diagnostics)
            .map_err(|error| Failure::io("compare the tables", &error))?;
    }
    let written = written.filter(|_| !diagnostics.has_errors());
    progress.finish_and_clear();
    terminal.report(&diagnostics, DiagnosticFormat::Human, false)?;
    let Some(written) = written else {
        terminal.say("nothing was written");
        return Ok(CommandOutcome::Findings);
    };
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::io(format_args!("make `{}`", folder.display()), &error))?;
    let (mut rows, mut same) = (0, 0);
    // Tables in folders beside the metadata come into such folders again.
    let metadata = source.metadata_url();
    let data = metadata.get(..=metadata.rfind('/').unwrap_or(0));
    for table in &written {
        let Some(name) = group.tables.get(table.table).and_then(|table| {
            let below = data.and_then(|data| table.url.strip_prefix(data));
            let name = below.or_else(|| table.url.rsplit('/').next())?;
            Some(percent_decode(name)).filter(|name| is_below(name))
        }) else {
            continue;
        };
        let path = folder.join(&name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| {
                Failure::io(format_args!("make `{}`", folder.display()), &error)
            })?;
        }
        let compression = of_file_name(&path).1;
        export::to_file(&path, compression, |out| {
            out.write_all(&table.bytes)
                .map_err(|error| ExportError::io(&path, "write the file", error))
        })?;
        rows += table.rows;
        let is_same = match compression {
            Compression::None => input(&build, &format!("data/{name}"))
                .is_some_and(|sha256| sha256 == sha256_hex(&table.bytes)),
            // How well a file was compressed is not in the graph.
            Compression::Gzip | Compression::Zstd => originals
                .as_ref()
                .zip(group.tables.get(table.table))
                .and_then(|(originals, of_group)| originals.resolve(&of_group.url).ok())
                .and_then(|original| std::fs::read(original.content.path()?).ok())
                .is_some_and(|bytes| bytes == table.bytes),
        };
        same += usize::from(is_same);
    }
    terminal.say(format_args!(
        "wrote {} with {} to {}; {same} {} identical to what the build read",
        counted(written.len() as u64, "table"),
        counted(rows as u64, "row"),
        folder.display(),
        if same == 1 { "is" } else { "are" }
    ));
    Ok(CommandOutcome::Fine)
}

/// Whether a path stays in the folder that it is put into.
fn is_below(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    !path.is_empty() && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// The digest of a file that a build read.
fn input(build: &Build, name: &str) -> Option<String> {
    let mut inputs = build.manifest().inputs().iter();
    inputs
        .find(|input| input.name == name)
        .map(|input| input.sha256.clone())
}

/// The quads of a build that its tables made.
fn read(build: &Build, base: &str) -> Result<IndexedQuads, Failure> {
    let others = NOT_TABLES.map(|name| graph_iri(base, name));
    let of_tables = |quad: &Quad| {
        let other = match &quad.graph_name {
            GraphName::NamedNode(name) => others.iter().any(|other| other == name.as_str()),
            _ => false,
        };
        // Rules explain what they infer in the graph of claims.
        let of_rules = match &quad.subject {
            NamedOrBlankNode::NamedNode(node) => is_record(node.as_str(), base),
            NamedOrBlankNode::BlankNode(_) => false,
        };
        !other && !of_rules
    };
    RdfParser::from_format(RdfFormat::NQuads)
        .for_reader(Box::new(build.lines()?) as Box<dyn Read>)
        .filter(|quad| quad.as_ref().map_or(true, of_tables))
        // The parser puts language tags in lower case.
        .map(|quad| quad.map(canonical_quad))
        .collect::<Result<_, _>>()
        .map_err(|error| Failure::new(format!("could not read the graph: {error}")))
}

/// The metadata of a project, with empty tables.
pub(super) struct MetadataOnly<'a>(pub(super) &'a ProjectSource);

impl Resolver for MetadataOnly<'_> {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        if url == self.0.metadata_url() || url.ends_with(".json") {
            self.0.resolve(url)
        } else {
            Ok(Resource::of_bytes(url, Vec::new()))
        }
    }
}

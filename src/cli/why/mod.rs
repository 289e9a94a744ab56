//! `civigraph why`: where a triple comes from.

mod cell;
mod gap;
mod inferred;
mod other_triple;

pub(super) use cell::claim_for_people;

use super::facts;
use super::failure::Failure;
use super::terminal::Terminal;
use super::words::CommandLine;
use super::{CommandOutcome, Global, complete};
use crate::claims::Spans;
use crate::describe;
use crate::diagnostic::{Code, suggest};
use crate::lineage::{self, ProjectFacts, QuadPattern, Reason, parse_object, place_text as place};
use crate::project::Project;
use crate::store::{self, Build};
use anstyle::{AnsiColor, Style};
use clap_complete::engine::ArgValueCompleter;
use oxrdf::{NamedNode, Term, TermRef, Triple};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const PLACE: Style = AnsiColor::BrightCyan.on_default();

/// Explain where triples come from.
///
/// That is: file, line, column and cell, the rule of the metadata, the claims about that cell, and the
/// words of the sources; for an inferred triple, its rule and its premises.
///
/// Subject, predicate and object are IRIs (in angle brackets or not), prefixed names as dumps have
/// them (`city:irbit`) or paths below the project's `id/` (`city/irbit`); a subject may also be an id
/// or a label (`Irbit`), an object a literal, with quotes or as plain text. It is computed from the published build and the copies of the
/// tables that the build keeps; a table that has changed since is named. Without a build, it is
/// computed from the tables as they are. In SPARQL, `cg:rowOf` and `cg:cellOf` lead to rows and cells
/// (see `civigraph query --help`). A recorded gap, what the sources do not state, is shown as one.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph why city:irbit                                    # everything said of it
  civigraph why programme:novokuznetsk-2035 cg:horizon        # of one property
  civigraph why city:irbit cg:locatedIn region:sverdlovskaya-oblast
  civigraph why programme:novokuznetsk-2035 --sources ../articles  # with the words
  civigraph why official:karen-malkhasyan org:memberOf             # inferred: rule and premises
  civigraph why city:irbit --format json")]
pub(super) struct Arguments {
    /// The subject.
    #[arg(add = ArgValueCompleter::new(complete::things))]
    subject: String,
    /// The predicate [default: all].
    predicate: Option<String>,
    /// The object [default: all].
    object: Option<String>,
    /// Folder of the source documents, to show the words of evidence.
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
    /// How the answer is written.
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t)]
    format: OutputFormat,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum OutputFormat {
    /// For people.
    #[default]
    Human,
    /// For programs.
    Json,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let build = match store::open(&global.store()?) {
        Ok(build) => Some(build),
        Err(error) if error.code() == Code::NoBuild => None,
        Err(error) => return Err(error.into()),
    };
    let working = global.project();
    let inputs = build.as_ref().and_then(Build::inputs);
    if let (Some(build), Ok(project)) = (&build, &working) {
        tell_changes(build, inputs.is_some(), project, terminal)?;
    }
    let of_build = inputs.is_some();
    let shown = working
        .as_ref()
        .ok()
        .map(|project| project.root().to_owned());
    let project = match inputs {
        Some(inputs) => inputs,
        None => working?,
    };
    let shown = shown.unwrap_or_default();
    let cache = lineage::folder(&global.store()?);
    let Some(mut facts) = facts::open(&project, &shown, cache, terminal)? else {
        return Ok(CommandOutcome::Findings);
    };
    let iri = |text: &str| {
        facts.iri(text).ok_or_else(|| {
            Failure::new(format!("`{text}` is not an IRI, prefixed name or id"))
                .with_hint("write it as <https://…>, as city:irbit or as city/irbit")
        })
    };
    let subject = &arguments.subject;
    let node = match (facts.iri(subject), &build) {
        (Some(node), _) => node,
        (None, Some(build)) => {
            let named = describe::named(build, subject)?;
            super::describe::say_label(build, &named, subject, *terminal);
            named.node
        }
        (None, None) => iri(subject)?,
    };
    let predicate = arguments.predicate.as_deref().map(iri).transpose()?;
    let object = arguments
        .object
        .as_deref()
        .map(|text| parse_object(text, |text| facts.iri(text)));
    let patterns = patterns(
        arguments,
        build.as_ref(),
        (node, predicate, object),
        *terminal,
    )?;
    let progress = terminal.progress("looking through the tables", None);
    let looked = facts.look(build.as_ref(), &patterns);
    progress.finish_and_clear();
    let reasons = facts.reasons(
        looked?,
        &patterns,
        build.as_ref().filter(|_| of_build),
        build.as_ref().map(|build| (build, &project)),
        &shown,
    )?;
    let build_id = build.as_ref().map_or("", |build| &build.manifest().id);
    let spans = facts::spans(&facts, arguments.sources.as_deref())?;
    let mut out = terminal.stdout();
    let written = match arguments.format {
        OutputFormat::Human => reasons
            .iter()
            .try_for_each(|reason| human(reason, &facts, &spans, build_id, &mut out)),
        OutputFormat::Json => {
            let all: Vec<_> = reasons
                .iter()
                .map(|reason| reason.to_json(&facts, &spans, build_id))
                .collect();
            serde_json::to_writer_pretty(&mut out, &all)
                .map_err(std::io::Error::from)
                .and_then(|()| writeln!(out))
        }
    };
    written
        .and_then(|()| out.flush())
        .map_err(|error| Failure::io("write the answer", &error))?;
    if reasons.is_empty() {
        terminal.say(format_args!(
            "no cell or rule makes this triple; `civigraph describe {}` shows what is in the graph",
            arguments.subject
        ));
        // A prefix of the ontology may look like a kind of thing.
        let unknown = build
            .as_ref()
            .and_then(|build| describe::resolve(build, subject).err());
        let of_subject = unknown
            .and_then(|error| error.into_diagnostic().hint)
            .and_then(|hint| hint.worded(&CommandLine));
        let of_predicate = || {
            let build = build.as_ref()?;
            property_hint(build, arguments.predicate.as_deref()?)
        };
        if let Some(hint) = of_subject.or_else(of_predicate) {
            terminal.say(format_args!("hint: {hint}"));
        }
        return Ok(CommandOutcome::Findings);
    }
    Ok(CommandOutcome::Fine)
}

/// The property of the graph that was probably meant by one that it does not have.
fn property_hint(build: &Build, text: &str) -> Option<String> {
    let manifest = build.manifest();
    let graphs = manifest.statistics.graphs.values();
    let properties: BTreeSet<String> = graphs
        .flat_map(|graph| graph.properties.keys())
        .map(|iri| manifest.about.prefixes.shorten(iri))
        .collect();
    match properties.contains(text) {
        true => None,
        false => suggest::hint(text, properties.iter().map(String::as_str)),
    }
}

/// What is asked: about a thing and about those that are one with it, unless an IRI in brackets says that this one
/// alone is meant.
fn patterns(
    arguments: &Arguments,
    build: Option<&Build>,
    (node, predicate, object): (NamedNode, Option<NamedNode>, Option<Term>),
    terminal: Terminal,
) -> Result<Vec<QuadPattern>, Failure> {
    let alike = |text: &str, node: &NamedNode| match build.filter(|_| !text.starts_with('<')) {
        Some(build) => super::describe::merged(build, node, terminal),
        None => Ok(vec![node.clone()]),
    };
    let subjects = alike(&arguments.subject, &node)?;
    let objects = match (object, arguments.object.as_deref()) {
        (Some(Term::NamedNode(node)), Some(text)) => alike(text, &node)?
            .into_iter()
            .map(|node| Some(Term::from(node)))
            .collect(),
        (object, _) => vec![object],
    };
    let pattern = |subject: &NamedNode, object: &Option<Term>| QuadPattern {
        subject: subject.clone(),
        predicate: predicate.clone(),
        object: object.clone(),
    };
    let pairs = subjects
        .iter()
        .flat_map(|subject| objects.iter().map(move |object| pattern(subject, object)));
    Ok(pairs.collect())
}

/// A reason for people.
fn human(
    reason: &Reason<'_>,
    facts: &ProjectFacts,
    spans: &Spans,
    build: &str,
    out: &mut impl Write,
) -> std::io::Result<()> {
    match reason {
        Reason::Cell(one, publication) => cell::human(one, *publication, facts, spans, out),
        Reason::Inferred(one) => inferred::human(one, facts, out),
        Reason::OtherTriple(one) => other_triple::human(one, build, facts, out),
        Reason::Gap(one) => gap::human(one, facts, out),
    }
}

/// Tells the user which tables are no longer those of the build, and which ones are meant.
fn tell_changes(
    build: &Build,
    has_inputs: bool,
    project: &Project,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let changed = lineage::changed(project.root(), build, &lineage::folder(project.store()))
        .map_err(|error| Failure::io("read the tables", &error))?;
    if !changed.is_empty() {
        let meant = if has_inputs {
            "lines and cells are those of the build"
        } else {
            "lines and cells are those that are there now"
        };
        terminal.say(format_args!(
            "changed since build {}: {}; {meant}",
            build.manifest().id,
            changed.join(", ")
        ));
    }
    Ok(())
}

/// A triple as dumps write it.
fn shown(triple: &Triple, facts: &ProjectFacts) -> String {
    format!(
        "{}  {}  {}",
        facts.term(triple.subject.as_ref().into()),
        facts.term(TermRef::from(triple.predicate.as_ref())),
        facts.term(triple.object.as_ref()),
    )
}

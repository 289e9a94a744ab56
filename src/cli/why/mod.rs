//! `civigraph why`: where a triple comes from.

mod cell;
mod elsewhere;
mod gap;
mod inferred;
mod standing;

pub(super) use cell::{claim_for_people, claim_json};

use super::facts::Facts;
use super::failure::Failure;
use super::terminal::Terminal;
use super::{Global, Outcome};
use crate::claims::Spans;
use crate::describe;
use crate::diagnostic::{Code, Place};
use crate::lineage::{self, Elsewhere, Lineage, Pattern};
use crate::project::Project;
use crate::store::{self, Build};
use anstyle::{AnsiColor, Style};
use gap::NotStated;
use inferred::Explained;
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, Term, TermRef, Triple};
use serde_json::json;
use standing::{Standing, Standings};
use std::io::Write;
use std::path::PathBuf;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
const PLACE: Style = AnsiColor::BrightCyan.on_default();

/// Explain where triples come from.
///
/// That is: file, line, column and cell, the rule of the metadata, the claims about that cell, and the
/// words of the sources; for an inferred triple, its rule and its premises.
///
/// Subject, predicate and object are IRIs (in angle brackets or not), prefixed names as dumps have
/// them (`city:irbit`) or paths below the project's `id/` (`city/irbit`); a subject may also be an id
/// or a label (`Irbit`), an object a literal, with quotes or as plain text. It is computed from the published build and the copies of the
/// tables that the build keeps; where a table has changed since, that is said. Without a build, it is
/// computed from the tables as they stand. In SPARQL, `cg:rowOf` and `cg:cellOf` lead to rows and cells
/// (see `civigraph query --help`). What was looked for and the sources do not state is said to be a gap.
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
    format: Form,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Form {
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
) -> Result<Outcome, Failure> {
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
    let Some(mut facts) = Facts::of(&project, &shown, cache, terminal)? else {
        return Ok(Outcome::Findings);
    };
    let iri = |text: &str| {
        facts.iri(text).ok_or_else(|| {
            Failure::new(format!("`{text}` is no IRI, prefixed name or id"))
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
        .map(|text| object(text, |text| facts.iri(text)));
    let patterns = patterns(
        arguments,
        build.as_ref(),
        (node, predicate, object),
        *terminal,
    )?;
    let progress = terminal.progress("looking through the tables", None);
    let inferred = match &build {
        Some(build) => inferred::inferences(build, &mut facts, &patterns)?,
        None => Vec::new(),
    };
    let cells = facts.find_any(&patterns).and_then(|found| {
        lineage::explain(
            &facts.group,
            &facts.plan,
            &facts.claims,
            &facts.source,
            found,
        )
    });
    progress.finish_and_clear();
    let unread = |error| Failure::io("read the tables", &error);
    let standings = Standings::new(build.as_ref().filter(|_| of_build));
    let mut answers = Vec::new();
    for one in cells.map_err(unread)? {
        let standing = standings.of(&one).map_err(unread)?;
        answers.push(Answer::Cell(Box::new(one), standing));
    }
    answers.extend(inferred.into_iter().map(Answer::Inferred));
    if let Some(build) = &build {
        let mut others = Vec::new();
        for pattern in &patterns {
            others.extend(lineage::ontology(&project, &shown, build, pattern)?);
            others.extend(lineage::records(build, pattern)?);
        }
        let id = &build.manifest().id;
        let others = others.into_iter();
        answers.extend(others.map(|other| Answer::Elsewhere(other, id)));
        for pattern in &patterns {
            let gaps = NotStated::find(build, pattern)?;
            answers.extend(gaps.into_iter().map(Answer::Gap));
        }
    }
    let spans = facts.spans(arguments.sources.as_deref())?;
    let mut out = terminal.stdout();
    let written = match arguments.format {
        Form::Human => answers
            .iter()
            .try_for_each(|answer| answer.human(&facts, &spans, &mut out)),
        Form::Json => {
            let all: Vec<_> = answers
                .iter()
                .map(|answer| answer.json(&facts, &spans))
                .collect();
            serde_json::to_writer_pretty(&mut out, &all)
                .map_err(std::io::Error::from)
                .and_then(|()| writeln!(out))
        }
    };
    written
        .and_then(|()| out.flush())
        .map_err(|error| Failure::io("write the answer", &error))?;
    if answers.is_empty() {
        terminal.say(format_args!(
            "no cell makes such a triple and no rule has inferred it; what is in the graph: civigraph describe {}",
            arguments.subject
        ));
        // A prefix of the ontology may look like a kind of thing.
        let unknown = build
            .as_ref()
            .and_then(|build| describe::resolve(build, subject).err());
        if let Some(hint) = unknown.and_then(|error| error.into_diagnostic().hint) {
            terminal.say(format_args!("hint: {hint}"));
        }
        return Ok(Outcome::Findings);
    }
    Ok(Outcome::Fine)
}

/// What is asked: about a thing and about those that are one with it, unless an IRI in brackets says that this one
/// alone is meant.
fn patterns(
    arguments: &Arguments,
    build: Option<&Build>,
    (node, predicate, object): (NamedNode, Option<NamedNode>, Option<Term>),
    terminal: Terminal,
) -> Result<Vec<Pattern>, Failure> {
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
    let pattern = |subject: &NamedNode, object: &Option<Term>| Pattern {
        subject: subject.clone(),
        predicate: predicate.clone(),
        object: object.clone(),
    };
    let pairs = subjects
        .iter()
        .flat_map(|subject| objects.iter().map(move |object| pattern(subject, object)));
    Ok(pairs.collect())
}

/// Where one triple is from.
enum Answer<'a> {
    Cell(Box<Lineage<'a>>, Standing),
    Inferred(Explained),
    /// With the id of the build.
    Elsewhere(Elsewhere, &'a str),
    /// There is no such triple: the sources do not state it.
    Gap(NotStated),
}

impl Answer<'_> {
    fn human(&self, facts: &Facts, spans: &Spans, out: &mut impl Write) -> std::io::Result<()> {
        match self {
            Self::Cell(one, standing) => cell::human(one, *standing, facts, spans, out),
            Self::Inferred(one) => one.human(facts, out),
            Self::Elsewhere(one, build) => elsewhere::human(one, build, facts, out),
            Self::Gap(one) => one.human(facts, out),
        }
    }

    fn json(&self, facts: &Facts, spans: &Spans) -> serde_json::Value {
        match self {
            Self::Cell(one, standing) => cell::json(one, *standing, facts, spans),
            Self::Inferred(one) => one.json(),
            Self::Elsewhere(one, build) => elsewhere::json(one, build),
            Self::Gap(one) => one.json(),
        }
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
fn shown(triple: &Triple, facts: &Facts) -> String {
    format!(
        "{}  {}  {}",
        facts.term(triple.subject.as_ref().into()),
        facts.term(TermRef::from(triple.predicate.as_ref())),
        facts.term(triple.object.as_ref()),
    )
}

/// A triple for programs.
fn terms(triple: &Triple) -> serde_json::Value {
    json!({
        "subject": triple.subject.to_string(),
        "predicate": triple.predicate.to_string(),
        "object": triple.object.to_string(),
    })
}

/// An object as the user writes it: a quoted literal, something that is an IRI, or plain text.
fn object(text: &str, iri: impl Fn(&str) -> Option<NamedNode>) -> Term {
    if let Some(literal) = literal(text, &iri) {
        return literal.into();
    }
    match iri(text) {
        Some(node) => node.into(),
        None => Literal::new_simple_literal(text).into(),
    }
}

/// A literal as dumps write it, its datatype whole or as a prefixed name.
fn literal(text: &str, iri: impl Fn(&str) -> Option<NamedNode>) -> Option<Literal> {
    if !text.starts_with('"') {
        return None;
    }
    if let Ok(literal) = text.parse::<Literal>() {
        return Some(literal);
    }
    let (quoted, datatype) = text.rsplit_once("^^")?;
    let datatype = iri(datatype).or_else(|| {
        let name = datatype.strip_prefix("xsd:")?;
        NamedNode::new(format!("{XSD}{name}")).ok()
    })?;
    let value = quoted.parse::<Literal>().ok()?;
    (value.datatype() == xsd::STRING).then(|| Literal::new_typed_literal(value.value(), datatype))
}

fn place(place: &Place) -> String {
    let Place {
        file, line, column, ..
    } = place;
    match (line, column) {
        (0, _) => file.to_string(),
        (line, 0) => format!("{file}:{line}"),
        (line, column) => format!("{file}:{line}:{column}"),
    }
}

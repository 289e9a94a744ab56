//! `civigraph describe`: everything about one thing.

use super::failure::Failure;
use super::terminal::Terminal;
use super::{CommandOutcome, Global, complete};
use crate::describe::{self, NamedEntity, SHOWN_LINKS};
use crate::store::{self, Build};
use clap::ValueEnum;
use clap_complete::engine::ArgValueCompleter;
use oxrdf::NamedNode;
use std::io::{self, Write};

/// Describe a thing: what is said of it, and what points to it.
///
/// A thing is named by its IRI, a prefixed name, its id, or one of its labels in any language; a part of a
/// label, another grammatical form or another script will do where one thing alone is meant. A
/// thing that was merged into another is shown as that one. The form for people has the first things that
/// point to it by each property, in the order of their names; Turtle and JSON have all of them.
///
/// A dash introduces what qualifies a statement: that it is inferred or counted, planned, or said by
/// someone. Values that contradict each other show side by side, and what the sources do not state shows
/// as such, each where the value would be.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph describe Novokuznetsk                # by a label
  civigraph describe Новокузнецк --lang ru       # in Russian
  civigraph describe Medvedev                    # by a part of a label
  civigraph describe city/irbit                  # by its kind and id
  civigraph describe city:irbit --format turtle  # as Turtle")]
pub(super) struct Arguments {
    /// IRI, prefixed name, id or label.
    #[arg(value_name = "THING", add = ArgValueCompleter::new(complete::things))]
    name: String,
    /// Language of labels.
    #[arg(long, value_name = "LANG", default_value = "en")]
    lang: String,
    /// How it is written.
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t)]
    format: OutputFormat,
}

/// How a description is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum OutputFormat {
    /// For people.
    #[default]
    Human,
    /// Turtle.
    Turtle,
    /// For programs.
    Json,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let build = store::open(&global.store()?)?;
    let named = describe::named(&build, &arguments.name)?;
    say_label(&build, &named, &arguments.name, *terminal);
    let node = follow(&build, &named.node, *terminal)?;
    let mut out = terminal.stdout();
    match arguments.format {
        OutputFormat::Turtle => describe::write_turtle(&build, &node, &mut out)?,
        OutputFormat::Human => {
            describe::describe(&build, &node, &arguments.lang, SHOWN_LINKS)?.write(&mut out)?;
        }
        OutputFormat::Json => {
            let entity = describe::describe(&build, &node, &arguments.lang, usize::MAX)?;
            serde_json::to_writer_pretty(&mut out, &entity).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(CommandOutcome::Fine)
}

/// Says which thing is meant where the name is not quite its label.
pub(super) fn say_label(build: &Build, named: &NamedEntity, name: &str, terminal: Terminal) {
    if let Some(label) = &named.label {
        let prefixes = &build.manifest().about.prefixes;
        terminal.say(format_args!(
            "`{name}` is understood as `{}` ({})",
            super::plain(label),
            prefixes.shorten(named.node.as_str())
        ));
    }
}

/// The thing that a thing was merged into, if it was; then that is said.
pub(super) fn follow(
    build: &Build,
    named: &NamedNode,
    terminal: Terminal,
) -> Result<NamedNode, Failure> {
    let node = describe::follow(build, named)?;
    if node != *named {
        let prefixes = &build.manifest().about.prefixes;
        terminal.say(format_args!(
            "{} was merged into {}",
            prefixes.shorten(named.as_str()),
            prefixes.shorten(node.as_str())
        ));
    }
    Ok(node)
}

/// The thing that a thing is one with, and all that were merged into it; what is followed is said.
pub(super) fn merged(
    build: &Build,
    named: &NamedNode,
    terminal: Terminal,
) -> Result<Vec<NamedNode>, Failure> {
    let node = follow(build, named, terminal)?;
    let mut nodes = describe::merged_into(build, &node)?;
    nodes.insert(0, node);
    Ok(nodes)
}

//! `civigraph builds`: the published builds and what changed from one to the next.

use super::failure::Failure;
use super::terminal::Terminal;
use super::why::OutputFormat;
use super::{CommandOutcome, Global};
use crate::diagnostic::Code;
use crate::query::{TableStyle, write_table};
use crate::store::{self, BuildChanges, FileChange, Manifest, StoreError};
use serde_json::json;
use std::io::{self, Write};

/// Files named in one cell of the table; the others are counted.
const NAMED: usize = 3;

/// List the published builds, and what changed from each to the next.
///
/// A star marks the published one. Added and removed quads are counted by graph, and changed files are
/// named. `civigraph diff` shows the changes themselves, `civigraph rollback` publishes an older build
/// again.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph builds                   # when, how much, and what changed
  civigraph builds --format json     # for a program
  civigraph diff previous current    # the last change, by entity")]
pub(super) struct Arguments {
    /// How the list is written.
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t)]
    format: OutputFormat,
}

/// A build with what changed against the one before it, where that one is still kept.
struct BuildEntry {
    manifest: Manifest,
    current: bool,
    changes: Option<BuildChanges>,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let root = global.store()?;
    let (manifests, current) = store::builds(&root)?;
    if manifests.is_empty() {
        // What is published may be of another format, or damaged: opening it says so.
        let refusal = store::open(&root).err();
        return Err(refusal.map_or_else(
            || {
                let nothing = "nothing is published here yet";
                StoreError::new(Code::NoBuild, &root, nothing)
                    .with_hint("run `civigraph build` first")
                    .into()
            },
            Failure::from,
        ));
    }
    let mut entries: Vec<BuildEntry> = Vec::with_capacity(manifests.len());
    for manifest in manifests {
        let changes = match entries.last() {
            Some(before) => Some(store::changes(&root, &before.manifest, &manifest)?),
            None => None,
        };
        entries.push(BuildEntry {
            current: current.as_ref() == Some(&manifest.id),
            changes,
            manifest,
        });
    }
    let mut out = terminal.stdout();
    match arguments.format {
        OutputFormat::Human => for_people(&entries, *terminal, &mut out)?,
        OutputFormat::Json => {
            let all: Vec<_> = entries.iter().map(to_json).collect();
            serde_json::to_writer_pretty(&mut out, &all).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    if current.is_none() {
        terminal.say("none of them is published: `civigraph rollback ID` publishes one");
    }
    Ok(CommandOutcome::Fine)
}

fn for_people(entries: &[BuildEntry], terminal: Terminal, out: &mut impl Write) -> io::Result<()> {
    let header = [
        "build",
        "published",
        "quads",
        "quads changed",
        "files changed",
    ];
    let rows = entries.iter().map(|entry| {
        let manifest = &entry.manifest;
        let (quads, files) = match &entry.changes {
            Some(changes) => (quads(changes, &manifest.about.base), files(changes)),
            None => ("oldest build kept".to_owned(), String::new()),
        };
        vec![
            match entry.current {
                true => format!("{} *", manifest.id),
                false => manifest.id.clone(),
            },
            store::utc(manifest.published),
            manifest.statistics.quads.to_string(),
            quads,
            files,
        ]
    });
    let style = TableStyle {
        width: terminal.width().filter(|_| terminal.is_interactive()),
        ascii: false,
    };
    write_table(out, &header.map(str::to_owned), rows, &style)
}

/// `+3 -1 in claims, +1 -1 in the default graph`.
fn quads(changes: &BuildChanges, base: &str) -> String {
    if changes.graphs.is_empty() {
        return "none".to_owned();
    }
    let graphs = store::graph_iri(base, "");
    let parts: Vec<String> = changes
        .graphs
        .iter()
        .map(|(graph, counts)| {
            let name = match graph.as_str() {
                "" => "the default graph",
                graph => graph.strip_prefix(&graphs).unwrap_or(graph),
            };
            format!("+{} -{} in {name}", counts.added, counts.removed)
        })
        .collect();
    parts.join(", ")
}

fn files(changes: &BuildChanges) -> String {
    let mut names: Vec<String> = changes
        .inputs
        .iter()
        .take(NAMED)
        .map(|input| match input.change {
            FileChange::Added => format!("{} (new)", input.name),
            FileChange::Removed => format!("{} (gone)", input.name),
            FileChange::Changed => input.name.clone(),
        })
        .collect();
    let others = changes.inputs.len().saturating_sub(NAMED);
    if others > 0 {
        names.push(format!("{others} more"));
    }
    names.join(", ")
}

fn to_json(entry: &BuildEntry) -> serde_json::Value {
    let manifest = &entry.manifest;
    json!({
        "id": manifest.id,
        "current": entry.current,
        "published": store::utc(manifest.published),
        "version": manifest.version,
        "digest": manifest.digest,
        "quads": manifest.statistics.quads,
        "index_bytes": manifest.index_bytes(),
        "text_bytes": manifest.text_bytes(),
        "graphs": manifest.statistics.graphs.iter()
            .map(|(graph, counts)| (graph.clone(), json!(counts.triples)))
            .collect::<serde_json::Map<_, _>>(),
        "changes": entry.changes,
    })
}

//! `civigraph build`: check, convert, load, publish.

use super::failure::Failure;
use super::input::why_not_done;
use super::terminal::{Terminal, language};
use super::{CommandOutcome, Global};
use crate::diagnostic::render::DiagnosticFormat;
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::pipeline;
use crate::project::Project;
use crate::store::{BuildOptions, BuildProgress, BuildStep, Manifest, PublishedBuild};
use anstyle::{AnsiColor, Style};
use indicatif::ProgressBar;
use std::io::{self, Write};
use std::time::Instant;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const COMMAND: Style = AnsiColor::BrightCyan.on_default();

/// Check the project, build its graph and publish it.
///
/// The graph is built separately and verified; readers see it only when all of it is on disk. While
/// anything is wrong nothing is published, and the last good graph stays.
///
/// Where few rows changed, all are checked but only those are loaded: the rest is taken over from the
/// published build. What is published is the same either way, digest included.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph build                          # the project in the current folder
  civigraph build --project ~/cities       # another one
  civigraph build --threads 1 --keep 5     # on one core; keep the last five builds
  civigraph build --full                   # take nothing over from the published build
  civigraph build --no-text                # without the text index that `search` needs")]
pub(super) struct Arguments {
    /// Threads that convert and load [default: one for each core]. The graph does not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Published builds to keep, the new one included.
    #[arg(long, value_name = "N", default_value_t = 3, env = "CIVIGRAPH_KEEP", value_parser = clap::value_parser!(u16).range(1..))]
    keep: u16,
    /// Build everything anew, even where few rows changed.
    #[arg(long)]
    full: bool,
    /// Do not index labels and texts: no `civigraph search`, and things are found by whole labels alone.
    #[arg(long)]
    no_text: bool,
    /// Publish nothing where there are warnings, as if they were errors.
    #[arg(long)]
    deny_warnings: bool,
    /// Report every problem instead of the first ones of each kind.
    #[arg(long)]
    all: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let project = global.project()?;
    // Refused before anything is converted, if it cannot be used.
    global.store()?;
    let start = Instant::now();
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate)
        .in_language(&language())
        .denying_warnings(arguments.deny_warnings);
    if arguments.all {
        diagnostics = diagnostics.keeping(u64::MAX);
    }
    let bar = terminal.progress("building", None);
    let mut options = BuildOptions {
        keep: usize::from(arguments.keep),
        amend: !arguments.full,
        text: !arguments.no_text,
        progress: Some(progress_of(bar.clone())),
        ..BuildOptions::default()
    };
    if let Some(threads) = arguments.threads {
        options.threads = usize::from(threads);
    }
    super::check::unreviewed(&project, &mut diagnostics)?;
    let built = pipeline::build(&project, options, None, &mut diagnostics);
    bar.finish_and_clear();
    terminal.report(&diagnostics, DiagnosticFormat::Human, arguments.all)?;
    match built? {
        Some((published, _)) => {
            let mut stdout = terminal.stdout();
            contents(&published.manifest, &mut stdout)?;
            stdout.flush()?;
            announce(&published, start, *terminal);
            suggest(&project, *terminal);
            Ok(CommandOutcome::Fine)
        }
        None => {
            if let Some(why) = why_not_done(&diagnostics) {
                return Err(Failure::new(format!("nothing was published: {why}")));
            }
            terminal.say_denied(&diagnostics);
            terminal.say("nothing was published; what was published before stays");
            Ok(CommandOutcome::Findings)
        }
    }
}

/// Shows the steps of a build.
fn progress_of(bar: ProgressBar) -> BuildProgress {
    BuildProgress::new(move |step, quads| {
        // A step is reported when it is reached: what takes time is what comes next.
        bar.set_message(match step {
            BuildStep::Locked | BuildStep::Swept | BuildStep::Created => "starting".to_owned(),
            BuildStep::Loading => format!("converting: {quads} quads"),
            BuildStep::Sorting => "sorting".to_owned(),
            BuildStep::Sorted => "loading".to_owned(),
            BuildStep::Loaded => "verifying".to_owned(),
            BuildStep::Verified | BuildStep::Described => "syncing to disk".to_owned(),
            BuildStep::Synced | BuildStep::Renamed | BuildStep::Switched | BuildStep::Pruned => {
                "publishing".to_owned()
            }
        });
    })
}

/// What is in the graph: a table of things by kind, and of graphs.
fn contents(manifest: &Manifest, out: &mut impl Write) -> io::Result<()> {
    let statistics = &manifest.statistics;
    let things = statistics
        .things
        .iter()
        .map(|(kind, count)| (kind.clone(), *count));
    let graphs = statistics.graphs.iter().map(|(graph, counts)| {
        let name = match graph.rsplit_once('/') {
            Some((_, name)) => name,
            None => "(default)",
        };
        (name.to_owned(), counts.triples)
    });
    table("things", "count", things.collect(), out)?;
    writeln!(out)?;
    table("graph", "triples", graphs.collect(), out)
}

/// Two columns, numbers to the right.
fn table(
    left: &str,
    right: &str,
    rows: Vec<(String, u64)>,
    out: &mut impl Write,
) -> io::Result<()> {
    let width = |text: &str| unicode_width::UnicodeWidthStr::width(text);
    let widest = rows.iter().map(|(name, _)| width(name)).max();
    let widest = widest.unwrap_or(0).max(width(left));
    let pad = |name: &str| " ".repeat(widest - width(name));
    writeln!(out, "{BOLD}{left}{}{right:>10}{BOLD:#}", pad(left))?;
    for (name, count) in &rows {
        writeln!(out, "{name}{}{count:>10}", pad(name))?;
    }
    Ok(())
}

/// What was published, and what to do with it.
fn announce(published: &PublishedBuild, start: Instant, terminal: Terminal) {
    let manifest = &published.manifest;
    terminal.say(format_args!(
        "\npublished build {BOLD}{}{BOLD:#}: {} quads in {:.1} s {DIM}(SHA-256 {}){DIM:#}",
        manifest.id,
        manifest.statistics.quads,
        start.elapsed().as_secs_f64(),
        manifest.digest,
    ));
    terminal.say(format_args!(
        "{DIM}on disk: {} of quads, {}{DIM:#}",
        size(manifest.index_bytes()),
        match manifest.text_bytes() {
            Some(bytes) => format!("{} of text index", size(bytes)),
            None => "no text index".to_owned(),
        }
    ));
    if !manifest.canonical {
        terminal.say(
            "its blank nodes are too many, or too much alike, for the canonical labels of RDFC-1.0: they keep their own",
        );
    }
}

/// A number of bytes for people: `312 kB`, `1.4 MB`.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// Suggests three commands to try.
fn suggest(project: &Project, terminal: Terminal) {
    let query = match first_query(project) {
        Some(name) => format!("query {name}"),
        None => "query -e 'SELECT * { ?s ?p ?o } LIMIT 5'".to_owned(),
    };
    let commands = [
        ("list", "the tables, graphs and stored queries"),
        (&query, "run a query"),
        ("export -o graph.ttl", "write a dump"),
    ];
    let program = program();
    let width = commands
        .iter()
        .map(|(command, _)| command.chars().count())
        .max();
    let width = width.unwrap_or(0);
    terminal.say("\nnext:");
    for (command, what) in commands {
        terminal.say(format_args!(
            "  {COMMAND}{program} {command:<width$}{COMMAND:#}  {DIM}{what}{DIM:#}"
        ));
    }
}

/// The name of the first stored query.
fn first_query(project: &Project) -> Option<String> {
    let mut names: Vec<String> = std::fs::read_dir(project.queries())
        .ok()?
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            name.strip_suffix(".rq").map(str::to_owned)
        })
        .collect();
    names.sort();
    names.into_iter().next()
}

/// The program as the user called it, so that what is printed can be run.
fn program() -> String {
    std::env::args()
        .next()
        .unwrap_or_else(|| "civigraph".to_owned())
}

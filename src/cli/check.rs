//! `civigraph check`: everything that is wrong with tables, metadata, keys and references.

use super::failure::Failure;
use super::input::{InputOptions, lacks_files};
use super::terminal::Terminal;
use super::{Global, Outcome};
use crate::diagnostic::render::Format;
use crate::diagnostic::{Diagnostics, Mode};
use crate::pipeline::{self, CheckOptions, Checked, Source};
use std::path::PathBuf;

/// Check tables and metadata: structure, cells, keys, references.
///
/// Reports all problems in one run, each with its file, line, column and cell. Follows the W3C
/// Recommendations for CSV on the Web as a validator does. Without an input it checks the project.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph check                                  # the project in the current folder
  civigraph check --sources ../documents           # its evidence against the documents as well
  civigraph check cities.csv                       # a CSV with the metadata that is found for it
  civigraph check cities.csv --metadata meta.json  # with this metadata
  civigraph check --all --format json              # everything, for a program
  civigraph check --format github                  # annotations in GitHub Actions")]
pub(super) struct Arguments {
    /// A CSV or a metadata document, by path or URL [default: the project].
    input: Option<String>,
    /// Folder of the documents: every span of evidence is compared with its digest.
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
    /// How the report is written; for people on stderr, else on stdout.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: Format,
    /// Report every problem instead of the first ones of each kind.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    from: InputOptions,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    let mut diagnostics = Diagnostics::new(Mode::Validate);
    if arguments.all {
        diagnostics = diagnostics.keeping(u64::MAX);
    }
    let options = CheckOptions {
        sources: arguments.sources.as_deref(),
        ..CheckOptions::default()
    };
    if let Some(folder) = options.sources.filter(|folder| !folder.is_dir()) {
        return Err(Failure::new(format!("`{}` is no folder", folder.display())));
    }
    let progress = terminal.progress("checking", None);
    let checked = match &arguments.input {
        Some(input) => {
            let input = arguments.from.open(input)?;
            let group = input.load(&mut diagnostics);
            group.map(|group| pipeline::check(&group, &input, options, &mut diagnostics))
        }
        None => {
            let project = global.project()?;
            let source =
                Source::open(&project).map_err(|error| Failure::io("read the metadata", &error))?;
            let group = source.load(&mut diagnostics);
            if let Some(group) = &group {
                pipeline::rules(&project, group, source.base(), &mut diagnostics)
                    .map_err(|error| Failure::io("read the rules", &error))?;
            }
            group.map(|group| pipeline::check(&group, &source, options, &mut diagnostics))
        }
    };
    progress.finish_and_clear();
    let checked = checked
        .transpose()
        .map_err(|error| Failure::io("check the keys", &error))?
        .unwrap_or_default();
    terminal.report(&diagnostics, arguments.format, arguments.all)?;
    if lacks_files(&diagnostics) {
        return Err(Failure::new(
            "not everything was checked: a file could not be read",
        ));
    }
    say_evidence(&checked, *terminal);
    if diagnostics.has_errors() {
        return Ok(Outcome::Findings);
    }
    terminal.say(format_args!("checked {} rows: valid", checked.summary.rows));
    Ok(Outcome::Fine)
}

/// Says what became of the spans of evidence; what was not looked at is neither right nor wrong.
fn say_evidence(checked: &Checked, terminal: Terminal) {
    let evidence = &checked.evidence;
    let looked_at = evidence.verified + evidence.failed;
    if looked_at > 0 {
        terminal.say(format_args!(
            "evidence: {} of {looked_at} spans verified in {} unchanged documents",
            evidence.verified, evidence.documents
        ));
    }
    if evidence.not_checked > 0 {
        terminal.say(format_args!(
            "evidence: {} spans not checked, text not at hand (`--sources` names its folder)",
            evidence.not_checked
        ));
    }
    if checked.conflicts > 0 {
        terminal.say(format_args!(
            "conflicts: {}, all sides kept, none asserted unless ranked",
            checked.conflicts
        ));
    }
}

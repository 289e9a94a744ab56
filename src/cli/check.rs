//! `civigraph check`: everything that is wrong with tables, metadata, keys and references.

use super::failure::Failure;
use super::input::{InputOptions, lacks_files};
use super::terminal::Terminal;
use super::{Global, Outcome};
use crate::claims::Checked;
use crate::diagnostic::render::Format;
use crate::diagnostic::{Diagnostics, Mode};
use crate::pipeline;
use std::path::PathBuf;

/// Check tables and metadata: structure, cells, keys, references.
///
/// Reports all problems in one run, each with its file, line, column and cell. Follows the W3C
/// Recommendations for CSV on the Web as a validator does. Without an input it checks the project.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph check                                  # the project in the current folder
  civigraph check cities.csv                       # a CSV with the metadata that is found for it
  civigraph check cities.csv --metadata meta.json  # with this metadata
  civigraph check --sources ../articles            # every span of evidence against its document
  civigraph check --all --format json              # everything, for a program
  civigraph check --format github                  # annotations in GitHub Actions")]
pub(super) struct Arguments {
    /// A CSV or a metadata document, by path or URL [default: the project].
    input: Option<String>,
    /// How the report is written; for people on stderr, else on stdout.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: Format,
    /// Folder of the source documents, to check the spans of evidence against.
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
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
    let progress = terminal.progress("checking", None);
    let sources = arguments.sources.as_deref();
    if let Some(folder) = sources
        && !folder.is_dir()
    {
        return Err(Failure::new(format!(
            "`{}` is no folder of documents",
            folder.display()
        )));
    }
    let checked = match &arguments.input {
        Some(input) => {
            let input = arguments.from.open(input)?;
            let group = input.load(&mut diagnostics);
            group.map(|group| pipeline::check(&group, &input, sources, &mut diagnostics))
        }
        None => {
            let project = global.project()?;
            let source = pipeline::Source::open(&project)?;
            let group = source.load(&mut diagnostics);
            group.map(|group| pipeline::check(&group, &source, sources, &mut diagnostics))
        }
    };
    progress.finish_and_clear();
    let examined = match checked.transpose() {
        Ok(examined) => examined.unwrap_or_default(),
        Err(error) => return Err(Failure::io("check the keys", &error)),
    };
    terminal.report(&diagnostics, arguments.format, arguments.all)?;
    if lacks_files(&diagnostics) {
        return Err(Failure::new(
            "not everything was checked: a file could not be read",
        ));
    }
    tell_evidence(&examined.evidence, *terminal);
    if diagnostics.has_errors() {
        return Ok(Outcome::Findings);
    }
    let rows = examined.summary.rows;
    terminal.say(format_args!("checked {rows} rows: no errors"));
    Ok(Outcome::Fine)
}

/// How many spans of evidence were verified; that some were not is neither a pass nor a failure.
fn tell_evidence(evidence: &Checked, terminal: Terminal) {
    let Checked {
        documents,
        verified,
        failed,
        not_checked,
    } = *evidence;
    let checked = verified + failed;
    if checked > 0 {
        terminal.say(format_args!(
            "evidence: {verified} of {checked} spans verified in {documents} unchanged documents"
        ));
    }
    if not_checked > 0 {
        terminal.say(format_args!(
            "evidence: {not_checked} spans not checked, text not at hand (--sources names its folder)"
        ));
    }
}

//! `civigraph site`: the pages as files.

use super::failure::Failure;
use super::terminal::Terminal;
use super::{CommandOutcome, Global};
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::pages::{Site, publish};
use crate::query::StoredQuery;
use crate::store;
use std::path::PathBuf;
use std::sync::Arc;

/// Write the pages of the published graph as files, for any web host.
///
/// The pages are those of `civigraph serve`, in both languages, with links that are relative: the folder can be put
/// anywhere on a host, or opened from a plain file server. Beside each page of a thing is its data as Turtle, JSON-LD,
/// N-Triples and RDF/XML. Where a format cannot hold the data, as RDF/XML cannot hold control characters, that file is
/// left out with a warning. A site that is in the folder already is replaced when the new one is whole; a folder with
/// other files is not touched. The words of source documents are never in a site.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph site public                            # then: python3 -m http.server -d public
  rsync -a --delete public/ host:/srv/www/graph/   # a second command publishes it
")]
pub(super) struct Arguments {
    /// The folder to write.
    #[arg(value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let build = Arc::new(store::open(&global.store()?)?);
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    let queries = global.project().ok().map(|project| project.queries());
    let queries = queries
        .map(|folder| StoredQuery::read_all(&folder, "queries/", &mut diagnostics))
        .unwrap_or_default();
    let site = Site::new(build, Arc::new(queries), None);
    let progress = terminal.progress("writing pages", None);
    let written = publish(&site, &arguments.out, &|pages| progress.set_position(pages));
    progress.finish_and_clear();
    let written = written?;
    for left_out in &written.left_out {
        terminal.say(format_args!(
            "warning: no `.{}` file for <{}>: {}",
            left_out.suffix,
            left_out.node.as_str(),
            left_out.reason
        ));
    }
    terminal.say(format_args!(
        "wrote {} pages in 2 languages, {} files in all, to {}",
        written.pages,
        written.files,
        arguments.out.display()
    ));
    Ok(CommandOutcome::Fine)
}

//! `civigraph export`: a dump of the published graph.

use super::failure::Failure;
use super::profile::Profile;
use super::terminal::{Terminal, progress_of};
use super::{CommandOutcome, Global, tables};
use crate::export::{
    DumpFormat, ExportOptions, OXIGRAPH, choose, export_to_file, export_to_stream, of_file_name,
    to_oxigraph, unknown_format,
};
use crate::store::{self, Build};
use oxsdatatypes::DateTime;
use std::io;
use std::path::PathBuf;

/// Write a dump of the published graph.
///
/// The same graph gives the same bytes on every machine. Turtle is laid out for people and for git:
/// grouped by class and subject, sorted, one predicate a line. A manifest with counts and digests is
/// written beside a file.
///
/// With `--format csv`, the tables of the project are written back from the graph to a folder, byte
/// for byte as `civigraph fmt` writes them. Where the mapping has lost something, the column is named
/// and nothing is written.
///
/// With `--format oxigraph`, all graphs are written to a new folder as a store that Oxigraph's own server
/// opens. It takes a program that was built with the feature `rocksdb`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph export --format turtle -o graph.ttl      # the accepted facts, to read and to diff
  civigraph export -o graph.nq.zst                   # every graph, compressed
  civigraph export --graph claims -o claims.ttl.gz   # one graph
  civigraph export --graph claims --rdf 1.2          # claims as reifiers of triple terms
  civigraph export --format ntriples | sort -u       # to stdout
  civigraph export --format csv -o tables            # the tables, read back from the graph")]
pub(super) struct Arguments {
    /// File to write; stdout without it. `.gz` and `.zst` compress. For csv and oxigraph, a folder.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// turtle, ntriples, nquads, trig, rdfxml, jsonld, csv or oxigraph [default: by the extension of
    /// the output, never csv or oxigraph; else turtle].
    #[arg(long, short, value_name = "FORMAT")]
    format: Option<String>,
    /// A graph to write: `default`, a name such as `claims`, an IRI, or `all`; may be given several
    /// times [default: the default graph, or all graphs where the format keeps them apart].
    #[arg(long = "graph", short, value_name = "NAME")]
    graphs: Vec<String>,
    /// Version of RDF. With 1.2 claims are reifiers of triple terms as well.
    #[arg(long, value_name = "VERSION", default_value = "1.1", value_parser = ["1.1", "1.2"])]
    rdf: String,
    /// For csv: `spreadsheet` puts an apostrophe before cells that a spreadsheet would evaluate.
    #[arg(long, value_enum, value_name = "PROFILE", default_value_t)]
    profile: Profile,
    /// Write no manifest beside the file.
    #[arg(long)]
    no_manifest: bool,
    /// Put the time into the manifest; without it, the same graph gives the same manifest.
    #[arg(long)]
    timestamp: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let path = arguments
        .output
        .as_deref()
        .filter(|path| path.as_os_str() != "-");
    if arguments
        .format
        .as_deref()
        .is_some_and(|format| format.eq_ignore_ascii_case("csv"))
    {
        let folder = path.ok_or_else(|| {
            Failure::new("tables are written to a folder").with_hint("name it with `-o DIR`")
        })?;
        if !arguments.graphs.is_empty() {
            return Err(Failure::new(
                "tables come from all graphs: `--graph` does not apply to csv",
            ));
        }
        return tables::run(folder, arguments.profile.into(), global, *terminal);
    }
    if arguments
        .format
        .as_deref()
        .is_some_and(|format| format.eq_ignore_ascii_case(OXIGRAPH))
    {
        let folder = path.ok_or_else(|| {
            Failure::new("a store is written to a folder").with_hint("name it with `-o DIR`")
        })?;
        if !arguments.graphs.is_empty() {
            return Err(Failure::new(
                "a store holds all graphs: `--graph` does not apply to oxigraph",
            ));
        }
        let build = store::open(&global.store()?)?;
        let quads = to_oxigraph(&build, folder)?;
        terminal.say(format_args!("wrote {quads} quads to {}", folder.display()));
        return Ok(CommandOutcome::Fine);
    }
    if arguments.profile != Profile::Faithful {
        return Err(Failure::new("`--profile` applies to `--format csv` only"));
    }
    let (by_name, compression) = path.map(of_file_name).unwrap_or_default();
    let format = match (&arguments.format, path) {
        (Some(text), _) => DumpFormat::parse(text).ok_or_else(|| no_dump(text))?,
        (None, None) => DumpFormat::Turtle,
        (None, Some(path)) => by_name.ok_or_else(|| {
            let extension = path.extension().unwrap_or_default().to_string_lossy();
            no_dump(&extension)
        })?,
    };
    let options = ExportOptions {
        compression,
        graphs: arguments.graphs.clone(),
        reifiers: arguments.rdf == "1.2",
        manifest: !arguments.no_manifest,
        issued: arguments.timestamp.then(|| DateTime::now().to_string()),
        ..ExportOptions::new(format)
    };
    let build = store::open(&global.store()?)?;
    let Some(path) = path else {
        export_to_stream(&build, &options, &mut io::stdout().lock())?;
        return Ok(CommandOutcome::Fine);
    };
    let progress = terminal.progress("writing", Some(size(&build, &options)?));
    let options = ExportOptions {
        progress: Some(progress_of(&progress)),
        ..options
    };
    let exported = export_to_file(&build, &options, path);
    progress.finish_and_clear();
    let exported = exported?;
    let what = if format.has_graphs() {
        "quads"
    } else {
        "triples"
    };
    terminal.say(format_args!(
        "wrote {} {what} to {}",
        exported.triples,
        path.display()
    ));
    if let Some(manifest) = &exported.manifest {
        terminal.say(format_args!("manifest: {}", manifest.display()));
    }
    Ok(CommandOutcome::Fine)
}

/// The refusal of a format that is none of a dump; csv is one of a folder.
fn no_dump(text: &str) -> Failure {
    if text.eq_ignore_ascii_case("csv") {
        return Failure::new("CSV is not a single-file format: tables are written to a folder")
            .with_hint("`--format csv -o DIR`");
    }
    Failure::from(unknown_format(text)).with_hint("`--format csv -o DIR` writes tables to a folder")
}

/// Triples of the graphs that are to be written.
fn size(build: &Build, options: &ExportOptions) -> Result<u64, Failure> {
    let graphs = choose(build, options)?;
    let statistics = &build.manifest().statistics.graphs;
    let chosen = statistics.iter().filter(|(name, _)| graphs.has_name(name));
    Ok(chosen.map(|(_, graph)| graph.triples).sum())
}

//! `civigraph list`: what there is: tables, graphs, classes, properties, prefixes, things, stored queries.

use super::failure::Failure;
use super::tables::MetadataOnly;
use super::terminal::Terminal;
use super::watch::Recording;
use super::{CommandOutcome, Global, complete};
use crate::diagnostic::render::DiagnosticFormat;
use crate::diagnostic::suggest;
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::list::{self, ListCell, Listing};
use crate::pipeline::{self, ProjectSource};
use crate::query::{StoredQuery, TableStyle, write_table};
use crate::resource::Resolver;
use crate::store::{self, Build};
use anstyle::Style;
use clap::ValueEnum;
use clap_complete::engine::ArgValueCompleter;
use std::io::{self, Write};

const BOLD: Style = Style::new().bold();

/// List tables, graphs, classes, properties, prefixes, things and stored queries, with counts.
///
/// Tables for people on a terminal, tab-separated lines elsewhere.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph list                     # tables, graphs, things and queries
  civigraph list queries --lang ru   # the stored queries, with titles in Russian
  civigraph list classes             # classes and their members
  civigraph list city                # the things of a kind, with their labels
  civigraph list graphs | cut -f1    # the names of the graphs
  civigraph list prefixes            # prefixes that queries need not declare
  civigraph list --format json       # for a program")]
pub(super) struct Arguments {
    /// `tables`, `graphs`, `things`, `queries`, `classes`, `properties`, `prefixes`, or a kind of things such as `city`
    /// [default: tables, graphs, things and queries].
    #[arg(value_name = "WHAT", add = ArgValueCompleter::new(complete::lists))]
    what: Option<String>,
    /// Language of titles and labels.
    #[arg(long, value_name = "LANG", default_value = "en")]
    lang: String,
    /// How the lists are written [default: table on a terminal, else tsv].
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    format: Option<OutputFormat>,
}

/// How lists are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    /// Tables for people.
    Table,
    /// Lines with tabs between the cells.
    Tsv,
    /// For programs.
    Json,
}

/// What can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListedKind {
    /// The tables that the graph was built from, with their rows.
    Tables,
    /// The default graph and the named graphs, with their triples.
    Graphs,
    /// The kinds of things, with their numbers.
    Things,
    /// The stored queries, with their parameters.
    Queries,
    /// The classes of the default graph, with their members.
    Classes,
    /// The properties of the default graph, with their triples.
    Properties,
    /// The prefixes that queries need not declare, with their namespaces.
    Prefixes,
}

/// The names of the lists, for completions.
pub(super) const LISTS: [&str; 7] = [
    "tables",
    "graphs",
    "things",
    "queries",
    "classes",
    "properties",
    "prefixes",
];

/// What is listed where the user does not say.
const USUAL: [ListedKind; 4] = [
    ListedKind::Tables,
    ListedKind::Graphs,
    ListedKind::Things,
    ListedKind::Queries,
];

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let known = arguments
        .what
        .as_deref()
        .map(|what| ListedKind::from_str(what, true));
    let wanted = match &known {
        Some(Ok(what)) => std::slice::from_ref(what),
        Some(Err(_)) => &[],
        None => &USUAL[..],
    };
    let language = &arguments.lang;
    if wanted
        .iter()
        .any(|what| matches!(what, ListedKind::Tables | ListedKind::Queries))
    {
        report_unread(global, terminal)?;
    }
    let mut listings = Vec::new();
    let mut opened: Option<Build> = None;
    for what in wanted {
        if *what == ListedKind::Queries {
            // Queries can be listed before there is a build; only their IRIs are longer then.
            let build = match opened.take() {
                Some(build) => Some(build),
                None => store::open(&global.store()?).ok(),
            };
            let prefixes = build
                .as_ref()
                .map(|build| build.manifest().about.prefixes.clone());
            let queries = queries(global, terminal)?;
            listings.push(list::queries(
                &queries,
                &prefixes.unwrap_or_default(),
                language,
            ));
            opened = build;
            continue;
        }
        let build = match opened.take() {
            Some(build) => build,
            None => store::open(&global.store()?)?,
        };
        listings.push(match what {
            ListedKind::Tables => list::tables(&build),
            ListedKind::Graphs => list::graphs(&build),
            ListedKind::Classes => list::classes(&build, language),
            ListedKind::Properties => list::properties(&build, language),
            ListedKind::Prefixes => list::prefixes(&build),
            ListedKind::Things | ListedKind::Queries => list::things(&build),
        });
        opened = Some(build);
    }
    if let (Some(Err(_)), Some(kind)) = (&known, &arguments.what) {
        listings.push(of_kind(kind, language, global)?);
    }
    let mut out = terminal.stdout();
    let form = match arguments.format {
        Some(form) => form,
        None if terminal.is_interactive() => OutputFormat::Table,
        None => OutputFormat::Tsv,
    };
    if form == OutputFormat::Json {
        let all: Vec<_> = listings.iter().map(Listing::to_json).collect();
        serde_json::to_writer_pretty(&mut out, &all).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        for (index, listing) in listings.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            if form == OutputFormat::Table {
                write_for_people(listing, listings.len() > 1, *terminal, &mut out)?;
            } else {
                write_lines(listing, &mut out)?;
            }
        }
    }
    out.flush()?;
    Ok(CommandOutcome::Fine)
}

/// The things of a kind.
fn of_kind(kind: &str, language: &str, global: &Global) -> Result<Listing, Failure> {
    let build = store::open(&global.store()?)?;
    list::of_kind(&build, kind, language)?.ok_or_else(|| {
        let failure = Failure::new(format!("`{kind}` is neither a list nor a kind of thing"));
        let lists = ListedKind::value_variants()
            .iter()
            .filter_map(ListedKind::to_possible_value);
        let lists: Vec<String> = lists.map(|list| list.get_name().to_owned()).collect();
        let kinds = list::kinds(&build);
        let names = || lists.iter().chain(&kinds).map(String::as_str);
        match suggest::hint(kind, names()) {
            Some(hint) => failure.with_hint(hint),
            None => failure.with_hint(format!(
                "choose from {}",
                names().collect::<Vec<_>>().join(", ")
            )),
        }
    })
}

/// Says which files of the project nobody reads, where there is a project whose metadata can be read.
fn report_unread(global: &Global, terminal: &Terminal) -> Result<(), Failure> {
    let Ok(project) = global.project() else {
        return Ok(());
    };
    let Ok(source) = ProjectSource::open(&project) else {
        return Ok(());
    };
    // `check` reports what is wrong with the metadata; the tables are not opened.
    let metadata = MetadataOnly(&source);
    let recording = Recording::new(&metadata);
    let Some(group) = source.load_with(&recording, &mut Diagnostics::new(ReadingMode::Convert))
    else {
        return Ok(());
    };
    let mut read = recording.files();
    for table in &group.tables {
        if let Ok(resource) = source.resolve(&table.url)
            && let Some(path) = resource.content.file()
        {
            read.insert(path.to_owned());
        }
    }
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    pipeline::report_unread(&project, &read, &mut diagnostics);
    terminal.report(&diagnostics, DiagnosticFormat::Human, false)?;
    Ok(())
}

/// The stored queries of the project. What is wrong with one, or its file, is said and does no harm.
fn queries(global: &Global, terminal: &Terminal) -> Result<Vec<StoredQuery>, Failure> {
    let folder = global.project()?.queries();
    let shown = format!("{}/", folder.display());
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    let queries = StoredQuery::read_all(&folder, &shown, &mut diagnostics);
    terminal.report(&diagnostics, DiagnosticFormat::Human, false)?;
    Ok(queries)
}

/// Digits of a digest that people need to tell files apart.
const SHOWN_DIGITS: usize = 12;

fn write_for_people(
    listing: &Listing,
    named: bool,
    terminal: Terminal,
    out: &mut dyn Write,
) -> io::Result<()> {
    if named {
        writeln!(out, "{BOLD}{}{BOLD:#}", listing.title)?;
    }
    let style = TableStyle {
        width: terminal.width(),
        ascii: false,
    };
    let digest = listing.header.iter().position(|name| name == "sha256");
    let rows = listing.rows.iter().map(|row| {
        let mut row: Vec<String> = row.iter().map(ListCell::to_string).collect();
        if let Some(cell) = digest.and_then(|column| row.get_mut(column)) {
            cell.truncate(SHOWN_DIGITS);
        }
        row
    });
    write_table(out, &listing.header, rows, &style)
}

fn write_lines(listing: &Listing, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", listing.header.join("\t"))?;
    for row in &listing.rows {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| cell.to_string().replace(['\t', '\n'], " "))
            .collect();
        writeln!(out, "{}", cells.join("\t"))?;
    }
    Ok(())
}

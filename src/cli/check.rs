//! `civigraph check`: everything that is wrong with tables, metadata, keys and references.

use super::facts::must_be_folder;
use super::failure::Failure;
use super::input::{InputOptions, bytes_of_tables, why_not_done};
use super::terminal::{Terminal, language, progress_of};
use super::watch::{Recording, Snapshot};
use super::{CommandOutcome, Global, watch};
use crate::csvw::model::TableGroup;
use crate::diagnostic::render::DiagnosticFormat;
use crate::diagnostic::{Code, Diagnostics, ReadingMode, counted};
use crate::pipeline::{self, CheckOptions, CheckSummary, ProjectSource};
use crate::project::Project;
use crate::shacl::Shapes;
use crate::store::{self, Build};
use oxrdf::Quad;
use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Check tables and metadata: structure, cells, keys, references; of a project, rules and shapes too.
///
/// Reports all problems in one run, each with its file, line, column and cell. Follows the W3C
/// Recommendations for CSV on the Web as a validator does. Without an input it checks the project.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph check                                  # the project in the current folder
  civigraph check --sources ../documents           # its evidence against the documents as well
  xz -dc cities.csv.xz | civigraph check - --stdin-name cities.csv  # stdin, with the metadata of that file
  civigraph check cities.csv                       # a CSV with the metadata that is found for it
  civigraph check cities.csv --metadata meta.json  # with this metadata
  civigraph check 2019.csv 2020.csv --metadata schema.json  # with one schema without a `url`
  civigraph check --all --format json              # everything, for a program
  civigraph check --deny-warnings                  # fail for warnings too
  civigraph check --watch                          # again on every save, until Ctrl-C
  civigraph check --format github                  # annotations in GitHub Actions
  civigraph check --format shacl-ttl > report.ttl  # what breaks a shape, as RDF")]
pub(super) struct Arguments {
    /// CSVs or metadata documents, by path or URL; `-` is stdin. Those ending in `.gz` or `.zst` are unpacked
    /// [default: the project].
    input: Vec<String>,
    /// Folder of the documents: every span of evidence is compared with its digest.
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
    /// How the report is written; for people on stderr, else on stdout.
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t)]
    format: ReportFormat,
    /// Report every problem instead of the first ones of each kind.
    #[arg(long)]
    all: bool,
    /// Permit what publishers do: columns that are known by their `name` alone, null foreign keys.
    #[arg(long, requires = "input")]
    lax: bool,
    /// Fail where there are warnings, as if they were errors.
    #[arg(long)]
    deny_warnings: bool,
    /// Check again whenever a file changes, and show what is new and what is fixed; Ctrl-C ends it.
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    from: InputOptions,
}

/// How the report of a check is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum ReportFormat {
    /// For people: grouped by rule and column, a bounded number of lines.
    #[default]
    Human,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// SARIF 2.1.0, for code scanning services and editors.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// What breaks a shape, as a validation report of SHACL in Turtle; everything is for people on stderr as well.
    ShaclTtl,
}

impl ReportFormat {
    /// The format of the diagnostics.
    fn of_diagnostics(self) -> DiagnosticFormat {
        match self {
            Self::Human | Self::ShaclTtl => DiagnosticFormat::Human,
            Self::Json => DiagnosticFormat::Json,
            Self::Jsonl => DiagnosticFormat::Jsonl,
            Self::Sarif => DiagnosticFormat::Sarif,
            Self::Github => DiagnosticFormat::Github,
        }
    }
}

/// What one check found.
struct CheckFindings {
    diagnostics: Diagnostics,
    checked: CheckSummary,
    /// The files that were read, or would have been.
    files: BTreeSet<PathBuf>,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    must_be_folder(arguments.sources.as_deref())?;
    let in_turtle = arguments.format == ReportFormat::ShaclTtl;
    if in_turtle && (arguments.watch || !arguments.input.is_empty()) {
        return Err(Failure::new(
            "`--format shacl-ttl` reports on the shapes of a project, once: leave out the input and `--watch`",
        ));
    }
    if arguments.watch {
        return keep_watch(arguments, global, *terminal);
    }
    let CheckFindings {
        diagnostics,
        checked,
        ..
    } = check(arguments, global, *terminal, arguments.all || in_turtle)?;
    terminal.report(
        &diagnostics,
        arguments.format.of_diagnostics(),
        arguments.all,
    )?;
    if in_turtle {
        write_turtle(&checked, &diagnostics)?;
    }
    if let Some(why) = why_not_done(&diagnostics) {
        return Err(Failure::new(format!("not everything was checked: {why}")));
    }
    say_evidence(&checked, arguments, *terminal);
    terminal.say_denied(&diagnostics);
    if diagnostics.has_errors() {
        return Ok(CommandOutcome::Findings);
    }
    let rows = counted(checked.summary.rows, "row");
    terminal.say(format_args!("checked {rows}: valid"));
    Ok(CommandOutcome::Fine)
}

/// Shapes that could not be read; the others alone would be a report about something else.
const ILL_FORMED: [Code; 4] = [
    Code::Shape,
    Code::ShapeQuery,
    Code::ShapeRecursion,
    Code::Turtle,
];

/// Writes what breaks shapes as RDF; says so where that is not known.
fn write_turtle(checked: &CheckSummary, diagnostics: &Diagnostics) -> Result<(), Failure> {
    let ill_formed = ILL_FORMED.into_iter().any(|code| diagnostics.has(code));
    let report = checked.shapes.as_ref().filter(|_| !ill_formed);
    let Some(report) = report.filter(|report| report.failures.is_empty()) else {
        return Err(Failure::new(
            "no SHACL report: the graph could not be checked against the shapes",
        ));
    };
    let mut out = BufWriter::new(io::stdout());
    report.write_turtle(&mut out)?;
    Ok(out.flush()?)
}

/// Checks once; with `keep_all`, keeps every problem whole.
fn check(
    arguments: &Arguments,
    global: &Global,
    terminal: Terminal,
    keep_all: bool,
) -> Result<CheckFindings, Failure> {
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate)
        .in_language(&language())
        .denying_warnings(arguments.deny_warnings);
    if keep_all {
        diagnostics = diagnostics.keeping(u64::MAX);
    }
    let check = |group: &TableGroup,
                 files: &Recording<'_>,
                 (shapes, ontology): (&Shapes, &[Quad]),
                 diagnostics: &mut Diagnostics| {
        let progress = terminal.progress("checking", Some(bytes_of_tables(group, files)));
        let options = CheckOptions {
            sources: arguments.sources.as_deref(),
            progress: Some(&progress_of(&progress)),
            shapes: Some(shapes),
            ontology,
            ..CheckOptions::default()
        };
        let checked = pipeline::check(group, files, options, diagnostics);
        progress.finish_and_clear();
        checked
    };
    let (checked, mut files) = match arguments.input.as_slice() {
        inputs @ [_, ..] => {
            let mut input = arguments.from.open(inputs)?;
            input.permit(arguments.lax);
            let files = Recording::new(&input);
            let group = input.load_with(&files, &mut diagnostics);
            let none = Shapes::default();
            let checked = group.map(|group| check(&group, &files, (&none, &[]), &mut diagnostics));
            (checked, files.files())
        }
        [] => {
            let project = global.project()?;
            let source = ProjectSource::open(&project)?;
            let files = Recording::new(&source);
            let group = source.load_with(&files, &mut diagnostics);
            let mut shapes = Shapes::default();
            let mut vocabulary = Vec::new();
            if let Some(group) = &group {
                source.check_base(group, &mut diagnostics);
                pipeline::rules(&project, group, source.base(), &mut diagnostics)
                    .map_err(|error| Failure::io("read the rules", &error))?;
                let base = source.base();
                vocabulary = pipeline::vocabulary(&project, base, &mut diagnostics)?;
                shapes = pipeline::shapes(&project, group, base, &vocabulary, &mut diagnostics)?;
                pipeline::check_queries(&project, group, base, &mut diagnostics)
                    .map_err(|error| Failure::io("read the queries", &error))?;
            }
            if group.is_some() {
                unreviewed(&project, &mut diagnostics)?;
            }
            let loaded = group.is_some();
            let checked = group.map(|group| {
                let project = (&shapes, vocabulary.as_slice());
                check(&group, &files, project, &mut diagnostics)
            });
            let mut files = files.files();
            if loaded {
                pipeline::report_unread(&project, &files, &mut diagnostics);
            }
            files.extend(entries(&project.queries()));
            files.insert(project.metadata());
            let ontology = project.root().join("ontology");
            files.extend(entries(&ontology));
            files.extend(entries(&ontology.join("rules")));
            (checked, files)
        }
    };
    if let Some(folder) = &arguments.sources {
        files.extend(entries(folder));
    }
    let checked = checked
        .transpose()
        .map_err(|error| Failure::io("check the keys", &error))?
        .unwrap_or_default();
    Ok(CheckFindings {
        diagnostics,
        checked,
        files,
    })
}

/// Reports claims whose cells have changed since the last build.
pub(super) fn unreviewed(project: &Project, diagnostics: &mut Diagnostics) -> Result<(), Failure> {
    let build = store::open(project.store()).ok();
    if let Some(inputs) = build.as_ref().and_then(Build::inputs) {
        pipeline::report_unreviewed(project, &inputs, diagnostics)?;
    }
    Ok(())
}

/// What lies in a folder; nothing where there is none.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect()
}

/// Checks again and again, until the user ends it.
fn keep_watch(
    arguments: &Arguments,
    global: &Global,
    terminal: Terminal,
) -> Result<CommandOutcome, Failure> {
    let mut start = SystemTime::now();
    let mut last = check(arguments, global, terminal, true)?;
    terminal.report(
        &last.diagnostics,
        arguments.format.of_diagnostics(),
        arguments.all,
    )?;
    say_evidence(&last.checked, arguments, terminal);
    loop {
        let seen = Snapshot::of(&last.files);
        terminal.say("watching; Ctrl-C ends it");
        seen.wait(&last.files, start);
        start = SystemTime::now();
        match check(arguments, global, terminal, true) {
            Ok(mut now) => {
                watch::show(
                    &last.diagnostics,
                    &now.diagnostics,
                    arguments.format.of_diagnostics(),
                    terminal,
                )?;
                // A file that went away may come back.
                now.files.append(&mut last.files);
                last = now;
            }
            // Metadata in the middle of being written is no reason to end.
            Err(failure) if failure.is_broken_pipe() => return Err(failure),
            Err(failure) => terminal.fail(&failure),
        }
    }
}

/// Says what became of the spans of evidence; what was not looked at is neither right nor wrong.
fn say_evidence(checked: &CheckSummary, arguments: &Arguments, terminal: Terminal) {
    let evidence = &checked.evidence;
    let looked_at = evidence.verified + evidence.failed;
    if looked_at > 0 {
        terminal.say(format_args!(
            "evidence: {} of {} verified in {}",
            evidence.verified,
            counted(looked_at, "span"),
            counted(evidence.documents, "unchanged document")
        ));
    }
    if evidence.not_checked > 0 {
        terminal.say(format_args!(
            "evidence: {} not checked{}",
            counted(evidence.not_checked, "span"),
            match arguments.sources.is_some() {
                true => "",
                false => ", no documents to compare with (`--sources` names their folder)",
            }
        ));
    }
    if checked.conflicts > 0 {
        terminal.say(conflicts(checked.conflicts, checked.decided));
    }
}

/// `2 conflicts: 1 decided, 1 open`.
pub(super) fn conflicts(all: usize, decided: usize) -> String {
    let counted = counted(u64::try_from(all).unwrap_or(u64::MAX), "conflict");
    format!(
        "{counted}: {decided} decided, {} open",
        all.saturating_sub(decided)
    )
}

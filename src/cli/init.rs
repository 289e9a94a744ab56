//! `civigraph init`: metadata proposed for CSV files.

use super::failure::Failure;
use super::output::put;
use super::terminal::Terminal;
use super::{CommandOutcome, Global};
use crate::diagnostic::Diagnostics;
use crate::diagnostic::render::DiagnosticFormat;
use crate::infer::{self, InferOptions};
use crate::pipeline::ProjectSource;
use crate::project::Project;
use crate::resource::url;
use crate::scaffold::{self, InsertRefusal};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Propose metadata for CSV files: names, datatypes, patterns, keys, lists, languages.
///
/// Reads the files whole and writes CSVW metadata with a comment on every guess, for a curator to
/// check. An existing file is never overwritten. What `check` would find wrong with the files is
/// reported, and makes the exit code 1.
///
/// In a project, a file in its `data` that the metadata does not describe yet gets an entry for it, with
/// references from and to the tables that are there: printed, or with `--add` written into the metadata.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph init cities.csv                          # writes cities.csv-metadata.json
  civigraph init data/cities.csv data/sessions.csv   # writes data/csv-metadata.json
  civigraph init data/*.csv --base https://example.com/towns/
  civigraph init data/parks.csv --add                # a new table of a project
  civigraph init cities.csv -o -                     # to stdout")]
pub(super) struct Arguments {
    /// CSV files; several files get one metadata document with the foreign keys between them.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to write the metadata; `-` is stdout [default: where CSVW looks for it].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Base of the project's own IRIs, under which the data will be published [default for a project: one
    /// under `http://example.org/` from the folder's name, to be replaced].
    #[arg(long, value_name = "IRI")]
    base: Option<String>,
    /// In a project: write the entry into its metadata, and the new terms into its ontology.
    #[arg(long, conflicts_with_all = ["output", "base"])]
    add: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    if let Some(project) = project_of(arguments, global)? {
        return add(arguments, &project, terminal);
    }
    let to_stdout = arguments.output.as_deref() == Some(Path::new("-"));
    let path = match &arguments.output {
        Some(path) if !to_stdout => path.clone(),
        _ => infer::standard_location(&arguments.files),
    };
    // Refused before the work; the file is created so that it cannot be overwritten even so.
    if !to_stdout && path.exists() {
        return Err(exists(&path));
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let base = arguments.base.as_deref().map(base_of).transpose()?;
    let options = InferOptions {
        base: base.or_else(|| {
            // Metadata of a project, and not of one file.
            let of_project = path
                .file_name()
                .is_some_and(|name| name == "csv-metadata.json");
            of_project.then(|| infer::example_base(folder))
        }),
        ..InferOptions::new(folder)
    };
    let progress = terminal.progress("reading", None);
    let text = infer::infer(&arguments.files, &options);
    let findings = text.as_ref().ok().map(|text| infer::check(text, &path));
    progress.finish_and_clear();
    let text = text.map_err(|diagnostic| *diagnostic)?;
    if to_stdout {
        let mut out = terminal.stdout();
        out.write_all(text.as_bytes())?;
        out.flush()?;
        return report(findings, terminal);
    }
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .and_then(|mut file| {
            let written = file
                .write_all(text.as_bytes())
                .and_then(|()| file.sync_all());
            if written.is_err() {
                // Half a document helps nobody.
                let _ = std::fs::remove_file(&path);
            }
            written
        });
    match written {
        Ok(()) => {
            terminal.say(format_args!(
                "wrote `{}`: check the guesses it comments on",
                path.display()
            ));
            report(findings, terminal)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists(&path)),
        Err(error) => Err(Failure::io(format!("write `{}`", path.display()), &error)),
    }
}

/// The project that the files are new tables of, if they are: they lie beside its metadata.
fn project_of(arguments: &Arguments, global: &Global) -> Result<Option<Project>, Failure> {
    if arguments.add {
        return global.project().map(Some);
    }
    if arguments.output.is_some() || arguments.base.is_some() {
        return Ok(None);
    }
    let Ok(project) = global.project() else {
        return Ok(None);
    };
    let folder = |path: &Path| {
        path.parent()
            .and_then(|folder| folder_of(folder).canonicalize().ok())
    };
    let data = folder(&project.metadata());
    let within = |file: &PathBuf| folder(file).is_some_and(|folder| Some(&folder) == data.as_ref());
    Ok((data.is_some() && arguments.files.iter().all(within)).then_some(project))
}

fn folder_of(folder: &Path) -> &Path {
    match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    }
}

/// Proposes entries for new tables of a project, and writes them where that is wanted.
fn add(
    arguments: &Arguments,
    project: &Project,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let path = tidy(&project.metadata());
    let unread = |error: io::Error| Failure::io(format!("read `{}`", path.display()), &error);
    let source = ProjectSource::open(project)?;
    let mut text = std::fs::read_to_string(&path).map_err(unread)?;
    let mut additions = Vec::new();
    for file in &arguments.files {
        let addition =
            scaffold::propose(&text, &path, source.base(), file).map_err(
                |refusal| match refusal {
                    InsertRefusal::Unreadable(diagnostic) => Failure::from(*diagnostic),
                    refusal => Failure::new(format!("`{}`: {refusal}", file.display())),
                },
            )?;
        text.clone_from(&addition.metadata);
        additions.push(addition);
    }
    let findings = infer::check(&text, &path);
    for addition in &additions {
        for reference in &addition.references {
            terminal.say(reference);
        }
    }
    if !arguments.add {
        let mut out = terminal.stdout();
        for addition in &additions {
            writeln!(out, "{}", addition.entry)?;
        }
        out.flush()?;
        terminal.say(format_args!(
            "nothing was written: `--add` puts this into {}",
            path.display()
        ));
        return report(Some(findings), terminal);
    }
    put(&path, text.as_bytes())
        .map_err(|error| Failure::io(format!("write `{}`", path.display()), &error))?;
    terminal.say(format_args!(
        "wrote {}: check the guesses it comments on",
        path.display()
    ));
    for addition in &additions {
        let path = tidy(&project.root().join(&addition.vocabulary.path));
        if path.exists() {
            terminal.say(format_args!("kept {}, which was there", path.display()));
            continue;
        }
        path.parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| put(&path, addition.vocabulary.text.as_bytes()))
            .map_err(|error| Failure::io(format!("write `{}`", path.display()), &error))?;
        terminal.say(format_args!("wrote {}", path.display()));
    }
    report(Some(findings), terminal)
}

/// A path as people write it, without `./` before it.
fn tidy(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

/// A base as IRIs can start with it.
pub(super) fn base_of(base: &str) -> Result<String, Failure> {
    if !url::is_absolute(base) {
        let hint = "write one with its scheme, such as `https://example.com/towns/`";
        return Err(Failure::new(format!("`{base}` is not an absolute IRI")).with_hint(hint));
    }
    let end = if base.ends_with('/') { "" } else { "/" };
    Ok(format!("{base}{end}"))
}

/// Says what is wrong with the files, which metadata cannot put right.
pub(super) fn report(
    findings: Option<io::Result<Diagnostics>>,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let findings = findings
        .transpose()
        .map_err(|error| Failure::io("check the files", &error))?;
    let Some(findings) = findings.filter(|findings| !findings.is_empty()) else {
        return Ok(CommandOutcome::Fine);
    };
    terminal.report(&findings, DiagnosticFormat::Human, false)?;
    Ok(if findings.has_errors() {
        CommandOutcome::Findings
    } else {
        CommandOutcome::Fine
    })
}

fn exists(path: &Path) -> Failure {
    Failure::new(format!(
        "`{}` exists and is not overwritten",
        path.display()
    ))
    .with_hint("name another file with `-o FILE`, or `-o -` for stdout")
}

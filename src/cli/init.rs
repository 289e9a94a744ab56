//! `civigraph init`: metadata proposed for CSV files.

use super::Outcome;
use super::failure::Failure;
use super::terminal::Terminal;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::render::Format;
use crate::infer::{self, InferOptions};
use crate::resource::url;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Propose metadata for CSV files: names, datatypes, patterns, keys, lists, languages.
///
/// Reads the files whole and writes CSVW metadata with a comment on every guess, for a curator to
/// check. An existing file is never overwritten. What `check` would find wrong with the files is
/// reported, and makes the exit code 1.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph init cities.csv                          # writes cities.csv-metadata.json
  civigraph init data/cities.csv data/sessions.csv   # writes data/csv-metadata.json
  civigraph init data/*.csv --base https://example.com/towns/
  civigraph init cities.csv -o -                     # to stdout")]
pub(super) struct Arguments {
    /// CSV files; several ones get one metadata document with the foreign keys between them.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to write the metadata; `-` is stdout [default: where CSVW looks for it].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Base of the project's own IRIs, under which the data will be published [default for a project: one
    /// under `http://example.org/` from the folder's name, to be replaced].
    #[arg(long, value_name = "IRI")]
    base: Option<String>,
}

pub(super) fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Outcome, Failure> {
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
    if let Some(base) = &arguments.base
        && !url::is_absolute(base)
    {
        let hint = "write one with its scheme, such as `https://example.com/towns/`";
        return Err(Failure::new(format!("`{base}` is not an absolute IRI")).with_hint(hint));
    }
    let options = InferOptions {
        base: arguments.base.as_deref().map(with_slash).or_else(|| {
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

/// A base as IRIs can start with it.
fn with_slash(base: &str) -> String {
    let end = if base.ends_with('/') { "" } else { "/" };
    format!("{base}{end}")
}

/// Says what is wrong with the files, which metadata cannot put right.
fn report(
    findings: Option<io::Result<Diagnostics>>,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    let findings = findings
        .transpose()
        .map_err(|error| Failure::io("check the files", &error))?;
    let Some(findings) = findings.filter(|findings| !findings.is_empty()) else {
        return Ok(Outcome::Fine);
    };
    terminal.report(&findings, Format::Human, false)?;
    Ok(if findings.has_errors() {
        Outcome::Findings
    } else {
        Outcome::Fine
    })
}

fn exists(path: &Path) -> Failure {
    Failure::new(format!(
        "`{}` exists and is not overwritten",
        path.display()
    ))
    .with_hint("name another file with `-o FILE`, or `-o -` for stdout")
}

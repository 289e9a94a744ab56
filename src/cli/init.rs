//! `civigraph init`: metadata proposed for CSV files.

use super::Outcome;
use super::failure::Failure;
use super::terminal::Terminal;
use crate::infer::{self, InferOptions};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Propose metadata for CSV files: names, datatypes, patterns, keys, lists, languages.
///
/// Reads the files whole and writes CSVW metadata with a comment on every guess, for a curator to
/// check. An existing file is never overwritten.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph init cities.csv                          # writes cities.csv-metadata.json
  civigraph init data/cities.csv data/sessions.csv   # writes data/csv-metadata.json
  civigraph init cities.csv -o -                     # to stdout")]
pub(super) struct Arguments {
    /// CSV files; several ones get one metadata document with the foreign keys between them.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to write the metadata; `-` is stdout [default: where CSVW looks for it].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
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
    let progress = terminal.progress("reading", None);
    let text = infer::infer(&arguments.files, &InferOptions::new(folder));
    progress.finish_and_clear();
    let text = text.map_err(|diagnostic| *diagnostic)?;
    if to_stdout {
        let mut out = terminal.stdout();
        out.write_all(text.as_bytes())?;
        out.flush()?;
        return Ok(Outcome::Fine);
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
            Ok(Outcome::Fine)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists(&path)),
        Err(error) => Err(Failure::io(format!("write `{}`", path.display()), &error)),
    }
}

fn exists(path: &Path) -> Failure {
    Failure::new(format!(
        "`{}` exists and is not overwritten",
        path.display()
    ))
    .with_hint("name another file with `-o FILE`, or `-o -` for stdout")
}

//! `civigraph new`: a project out of CSV files.

use super::failure::Failure;
use super::init::{base_of, report};
use super::terminal::Terminal;
use super::{CommandOutcome, readme};
use crate::infer;
use crate::project::METADATA;
use crate::scaffold::{self, CLAIM_TABLES, Scaffold};
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Start a project: metadata, ontology, shapes, queries and a README for a folder of CSV files.
///
/// CSV files of the folder itself move into its `data`; those of `--from` are copied there. What is
/// written passes `check` and `build`, with a comment in the metadata on every guess. Files that are
/// there already are never overwritten.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph new library --base https://example.com/library/
  civigraph new library --from ~/tables --with claims
  civigraph new . --lang de                                  # Latin letters are German")]
pub(super) struct Arguments {
    /// Folder of the project; created if it does not exist.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Folder whose CSV files are copied into the project.
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// Base of the project's IRIs, under which its data will be published [default: asked for on a terminal,
    /// else one under `http://example.org/` from the folder's name, to be replaced].
    #[arg(long, value_name = "IRI")]
    base: Option<String>,
    /// Language of texts whose columns and letters do not show it.
    #[arg(long, value_name = "LANG", default_value = "en", value_parser = language)]
    lang: String,
    /// What to add beside the tables.
    #[arg(long, value_enum, value_name = "WHAT")]
    with: Option<ProjectPart>,
}

/// The file after which the README is written.
const IGNORED: &str = ".gitignore";

/// What a project can have beside its tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ProjectPart {
    /// Tables of documents, evidence, claims, gaps and decisions about sameness.
    Claims,
}

fn language(tag: &str) -> Result<String, String> {
    oxrdf::Literal::new_language_tagged_literal("", tag)
        .map(|literal| literal.language().unwrap_or(tag).to_owned())
        .map_err(|error| error.to_string())
}

pub(super) fn run(arguments: &Arguments, terminal: &Terminal) -> Result<CommandOutcome, Failure> {
    let folder = &arguments.folder;
    if folder.join(METADATA).exists() {
        return Err(
            Failure::new(format!("`{}` is a project already", folder.display()))
                .with_hint("`civigraph init data/FILE.csv --add` adds a table to it"),
        );
    }
    let data = folder.join("data");
    let moves = FileMove::all(folder, &data, arguments.from.as_deref())?;
    let mut tables = csv_files(&data)?;
    tables.extend(moves.iter().map(|one| one.to.clone()));
    tables.sort();
    tables.dedup();
    if tables.is_empty() {
        let hint = "put the tables there as CSV files, or name their folder with `--from DIR`";
        return Err(
            Failure::new(format!("no CSV files in `{}`", folder.display())).with_hint(hint),
        );
    }
    let with_claims = arguments.with == Some(ProjectPart::Claims);
    let taken = tables.iter().find(|table| {
        let name = table.file_name().and_then(|name| name.to_str());
        with_claims && name.is_some_and(|name| CLAIM_TABLES.contains(&name))
    });
    if let Some(taken) = taken {
        let message = format!(
            "`{}` has the name of a table that `--with claims` adds",
            taken.display()
        );
        return Err(Failure::new(message).with_hint("rename it, or leave `--with claims` out"));
    }
    let base = match &arguments.base {
        Some(base) => base_of(base)?,
        None => ask(&infer::example_base(&data), *terminal)?,
    };
    let made =
        |path: &Path, error: &io::Error| Failure::io(format!("make `{}`", path.display()), error);
    fs::create_dir_all(&data).map_err(|error| made(&data, &error))?;
    for one in &moves {
        one.carry_out(*terminal)?;
    }
    let scaffold = Scaffold {
        title: title(folder),
        base,
        language: arguments.lang.clone(),
        claims: with_claims,
    };
    let progress = terminal.progress("reading", None);
    let files = scaffold::files(&tables, &data, &scaffold);
    progress.finish_and_clear();
    let mut files = files.map_err(|diagnostic| *diagnostic)?;
    if let Some(metadata) = files.iter().find(|file| file.path == Path::new(METADATA)) {
        let readme = readme::file(&scaffold, &metadata.text);
        let after = files
            .iter()
            .position(|file| file.path == Path::new(IGNORED));
        files.insert(after.map_or(files.len(), |after| after + 1), readme);
    }
    let mut findings = None;
    for file in files {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| made(parent, &error))?;
        }
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .and_then(|mut out| {
                out.write_all(file.text.as_bytes())
                    .and_then(|()| out.sync_all())
            });
        match written {
            Ok(()) => terminal.say(format_args!("wrote {}", path.display())),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                terminal.say(format_args!("kept {}, which was there", path.display()));
            }
            Err(error) => return Err(Failure::io(format!("write `{}`", path.display()), &error)),
        }
        if file.path == Path::new(METADATA) {
            findings = Some((file.text, path));
        }
    }
    // Once all tables are there that the metadata names.
    let findings = findings.map(|(text, path)| infer::check(&text, &path));
    let outcome = report(findings, terminal)?;
    terminal.say(format_args!(
        "next: check the guesses that {} comments on, then `civigraph build` in {}",
        folder.join(METADATA).display(),
        folder.display()
    ));
    Ok(outcome)
}

/// A CSV file that comes into the folder of the tables.
struct FileMove {
    from: PathBuf,
    to: PathBuf,
    /// It stays where it was, too.
    copy: bool,
}

impl FileMove {
    /// All files that come into `data`; none of them would overwrite another.
    fn all(folder: &Path, data: &Path, from: Option<&Path>) -> Result<Vec<Self>, Failure> {
        let mut moves = Vec::new();
        let own = csv_files(folder)?.into_iter().map(|file| (file, false));
        let copied = match from {
            Some(from) => {
                let files = csv_files(from)?;
                if files.is_empty() {
                    return Err(Failure::new(format!(
                        "no CSV files in `{}`",
                        from.display()
                    )));
                }
                files
            }
            None => Vec::new(),
        };
        for (from, copy) in own.chain(copied.into_iter().map(|file| (file, true))) {
            let to = data.join(from.file_name().unwrap_or_default());
            if to.exists() || moves.iter().any(|one: &Self| one.to == to) {
                return Err(Failure::new(format!(
                    "`{}` would take the place of another table, `{}`",
                    from.display(),
                    to.display()
                )));
            }
            moves.push(Self { from, to, copy });
        }
        Ok(moves)
    }

    fn carry_out(&self, terminal: Terminal) -> Result<(), Failure> {
        let (done, moved) = match self.copy {
            true => ("copied", fs::copy(&self.from, &self.to).map(drop)),
            false => ("moved", fs::rename(&self.from, &self.to)),
        };
        let (from, to) = (self.from.display(), self.to.display());
        moved.map_err(|error| Failure::io(format!("bring `{from}` to `{to}`"), &error))?;
        terminal.say(format_args!("{done} {from} to {to}"));
        Ok(())
    }
}

/// The CSV files of a folder, in order of name; none where it does not exist.
fn csv_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::io(format!("list `{}`", folder.display()), &error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry =
            entry.map_err(|error| Failure::io(format!("list `{}`", folder.display()), &error))?;
        let path = entry.path();
        let is_csv = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        if is_csv && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Asks for the base on a terminal; elsewhere it is the proposed one.
fn ask(proposed: &str, terminal: Terminal) -> Result<String, Failure> {
    let stdin = io::stdin();
    if !stdin.is_terminal() || !terminal.is_interactive() {
        return Ok(proposed.to_owned());
    }
    eprint!("IRIs of the project start with (an address of your own) [{proposed}]: ");
    io::stderr().flush()?;
    let mut answer = String::new();
    stdin
        .lock()
        .read_line(&mut answer)
        .map_err(|error| Failure::io("read the answer", &error))?;
    match answer.trim() {
        "" => Ok(proposed.to_owned()),
        base => base_of(base),
    }
}

/// A title from the name of the folder.
fn title(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let name = folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .replace(['-', '_'], " ");
    let mut characters = name.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => "Project".to_owned(),
    }
}

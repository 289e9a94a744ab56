//! `civigraph fmt`: tables in canonical form.

use super::failure::Failure;
use super::output::put;
use super::terminal::Terminal;
use super::{CommandOutcome, Global};
use crate::csvw::model::TableGroup;
use crate::csvw::{self, LoadOptions};
use crate::diagnostic::render::DiagnosticFormat;
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::fmt::{self, Profile, TableLayout};
use crate::pipeline::ProjectSource;
use crate::resource::{LocalFiles, Resolver, Resource, ResourceContent};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Put tables in canonical form, so that a diff shows facts and nothing else.
///
/// Columns in the order of the metadata, rows in the order of the primary key, items of unordered lists
/// sorted, quotes only where they are needed, lines ended by LF, no byte order mark; the encoding stays
/// the one that the metadata names, UTF-8 where it names none.
/// Comments stay with the row below them, unknown columns come last in their own order. What cells say
/// is never changed, unless `--repair` asks for it. A file is replaced whole, and only if it changes.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph fmt                    # all tables of the project in the current folder
  civigraph fmt data/cities.csv    # one table, with the metadata that is found for it
  civigraph fmt --repair           # and replace characters that nobody sees in ids and labels
  civigraph fmt --check            # exit 1 and list the files that would change")]
pub(super) struct Arguments {
    /// CSV files [default: all tables of the project].
    #[arg(value_name = "FILES")]
    files: Vec<PathBuf>,
    /// Change nothing; list the files that would change on stdout, and exit 1 if there are any.
    #[arg(long)]
    check: bool,
    /// Also repair what cannot be seen in ids, references and labels: unusual spaces, spaces at the ends,
    /// zero-width characters, letters in parts, letters of two scripts in a word. Ids are parts of IRIs, so
    /// all tables that the metadata describes are repaired together, or none where two ids would become the same.
    #[arg(long)]
    repair: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let mut work = Formatting {
        check: arguments.check,
        repair: arguments.repair,
        terminal: *terminal,
        diagnostics: Diagnostics::new(ReadingMode::Validate),
        seen: BTreeSet::new(),
        changed: Vec::new(),
        repaired: Vec::new(),
    };
    if arguments.files.is_empty() {
        let project = global.project()?;
        let source = ProjectSource::open(&project)?;
        work.load(|diagnostics| source.load(diagnostics), &source, None)?;
    } else {
        let folder = std::env::current_dir()
            .map_err(|error| Failure::io("find the current folder", &error))?;
        let files = LocalFiles::new(folder);
        for file in &arguments.files {
            if !file.is_file() {
                return Err(Failure::new(format!("no such file: `{}`", file.display())));
            }
            let url = files.url_of_input(&file.to_string_lossy());
            let load = |diagnostics: &mut Diagnostics| {
                csvw::load(&url, &LoadOptions::default(), &files, diagnostics)
            };
            work.load(load, &files, Some(&url))?;
        }
    }
    if !work.diagnostics.has_errors() {
        for (path, name, after) in std::mem::take(&mut work.repaired) {
            work.put(&path, &name, &after)?;
        }
    }
    terminal.report(&work.diagnostics, DiagnosticFormat::Human, false)?;
    if arguments.check {
        let mut out = terminal.stdout();
        for name in &work.changed {
            writeln!(out, "{name}")?;
        }
        out.flush()?;
    }
    if work.diagnostics.has_errors() || (arguments.check && !work.changed.is_empty()) {
        return Ok(CommandOutcome::Findings);
    }
    let count = work.changed.len();
    terminal.say(match count {
        0 => "all tables are in canonical form".to_owned(),
        1 => "1 table put in canonical form".to_owned(),
        _ => format!("{count} tables put in canonical form"),
    });
    Ok(CommandOutcome::Fine)
}

struct Formatting {
    check: bool,
    repair: bool,
    terminal: Terminal,
    diagnostics: Diagnostics,
    /// Files that were looked at: one may be named twice.
    seen: BTreeSet<PathBuf>,
    /// The files that change, as the user knows them.
    changed: Vec<String>,
    /// Tables after repairs: path, name and content. They are written together or not at all, since references follow
    /// the ids that they name.
    repaired: Vec<(PathBuf, String, Vec<u8>)>,
}

impl Formatting {
    /// Formats the tables of a group, or the one with the given URL.
    fn load(
        &mut self,
        load: impl FnOnce(&mut Diagnostics) -> Option<TableGroup>,
        resolver: &dyn Resolver,
        only: Option<&str>,
    ) -> Result<(), Failure> {
        // What the header lacks is for `check` to say; here the metadata decides.
        let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
        let group = load(&mut diagnostics);
        if diagnostics.has_errors() {
            self.diagnostics.append(diagnostics);
            return Ok(());
        }
        let Some(group) = group else { return Ok(()) };
        for (index, table) in group.tables.iter().enumerate() {
            if !self.repair && only.is_some_and(|url| url != table.url) {
                continue;
            }
            let resource = resolver.resolve(&table.url).map_err(|error| {
                Failure::new(format!("could not read `{}`: {error}", table.url))
            })?;
            let layout = TableLayout::of(table);
            let layout = if self.repair {
                layout.repairing(&group, index)
            } else {
                layout
            };
            self.table(&resource, &layout)?;
        }
        Ok(())
    }

    fn table(&mut self, resource: &Resource, layout: &TableLayout) -> Result<(), Failure> {
        let path = match &resource.content {
            ResourceContent::File(path) => path,
            ResourceContent::Unpacked(_) => {
                self.terminal.say(format_args!(
                    "{} is compressed, and stays as it is",
                    resource.name
                ));
                return Ok(());
            }
            ResourceContent::Bytes(_) => return Ok(()),
        };
        // Behind a link, the file itself is replaced and not the link.
        let reading = |error| Failure::io(format_args!("read `{}`", resource.name), &error);
        let path = path.canonicalize().map_err(reading)?;
        if !self.seen.insert(path.clone()) {
            return Ok(());
        }
        let before = std::fs::read(&path).map_err(reading)?;
        let resource = Resource {
            content: ResourceContent::Bytes(before.as_slice().into()),
            ..resource.clone()
        };
        match fmt::format(&resource, layout, Profile::Faithful) {
            Err(problems) => {
                for problem in problems {
                    self.diagnostics.push(problem);
                }
            }
            Ok(after) if after == before => {}
            Ok(after) => {
                let name = resource.name.to_string();
                match (self.check, self.repair) {
                    (true, _) => {}
                    (false, true) => self.repaired.push((path, name.clone(), after)),
                    (false, false) => self.put(&path, &name, &after)?,
                }
                self.changed.push(name);
            }
        }
        Ok(())
    }

    fn put(&self, path: &Path, name: &str, after: &[u8]) -> Result<(), Failure> {
        put(path, after).map_err(|error| Failure::io(format_args!("write `{name}`"), &error))?;
        self.terminal.say(format_args!("formatted {name}"));
        Ok(())
    }
}

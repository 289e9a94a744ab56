//! What is measured.

use civigraph::convert::{self, Options, Sink, TextSink};
use civigraph::csvw::{self, CompileOptions, LoadOptions};
use civigraph::diagnostic::{Diagnostics, ReadingMode};
use civigraph::pipeline;
use civigraph::plan::Plan;
use civigraph::project::Project;
use civigraph::resource::LocalFiles;
use civigraph::store::{BuildDescription, BuildOptions, Builder};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;
use std::time::Instant;

/// Runs a case by name.
pub fn run(name: &str, folder: &Path) -> io::Result<()> {
    match name {
        "quads" => quads(folder),
        "build" => build(folder),
        "project" => project(folder),
        "project-full" => rebuild(folder, false),
        "project-amend" => rebuild(folder, true),
        _ => Err(io::Error::other("no such case")),
    }
}

/// Writes the quads that the build makes, as N-Quads for Oxigraph to load.
fn quads(folder: &Path) -> io::Result<()> {
    let (files, plan) = plan(folder)?;
    let file = BufWriter::new(File::create(folder.join("plain.nq"))?);
    let mut sink = TextSink::new(file);
    convert_all(&plan, &files, &mut sink)
}

/// Converts the table, in which nothing may be wrong.
fn convert_all(plan: &Plan, files: &LocalFiles, sink: &mut impl Sink) -> io::Result<()> {
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    convert::run(plan, files, &Options::default(), sink, &mut diagnostics)?;
    assert!(!diagnostics.has_errors());
    Ok(())
}

/// A build of the table, published.
fn build(folder: &Path) -> io::Result<()> {
    let target = tempfile::tempdir_in(folder)?;
    let (files, plan) = plan(folder)?;
    let options = BuildOptions::default();
    let builder = Builder::begin(target.path(), options).map_err(io::Error::other)?;
    let mut sink = builder.sink().map_err(io::Error::other)?;
    convert_all(&plan, &files, &mut sink)?;
    drop(sink);
    builder
        .publish(BuildDescription::default())
        .map(drop)
        .map_err(io::Error::other)
}

/// Makes a project of the typed table and publishes it.
fn project(folder: &Path) -> io::Result<()> {
    let data = folder.join("project/data");
    std::fs::create_dir_all(&data)?;
    for (from, to) in [
        ("typed.json", "csv-metadata.json"),
        ("typed.csv", "typed.csv"),
        ("regions.csv", "regions.csv"),
    ] {
        std::fs::copy(folder.join(from), data.join(to))?;
    }
    publish(folder, false)
}

/// Changes one cell in the middle of the table, and publishes the project again.
fn rebuild(folder: &Path, amend: bool) -> io::Result<()> {
    let path = folder.join("project/data/typed.csv");
    let table = std::fs::read_to_string(&path)?;
    let middle = table.len() / 2;
    let row = table.get(middle..).and_then(|rest| rest.find('\n'));
    let row = middle + row.unwrap_or_default() + 1;
    let (before, rest) = table.split_at(row);
    let mut cells: Vec<&str> = rest.splitn(4, ',').collect();
    if let Some(number) = cells.get_mut(2) {
        *number = if *number == "1" { "2" } else { "1" };
    }
    std::fs::write(&path, format!("{before}{}", cells.join(",")))?;
    publish(folder, amend)
}

fn publish(folder: &Path, amend: bool) -> io::Result<()> {
    let project = Project::open(&folder.join("project"), None).map_err(io::Error::other)?;
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let options = BuildOptions {
        amend,
        ..BuildOptions::default()
    };
    let start = Instant::now();
    let published = pipeline::build(&project, options, None, &mut diagnostics);
    let Some((published, _)) = published.map_err(io::Error::other)? else {
        let message = diagnostics.iter().next().map(|d| d.message.clone());
        return Err(io::Error::other(message.unwrap_or_default()));
    };
    assert_eq!(published.manifest.amended.builds > 0, amend);
    eprintln!("published in {:.2} s", start.elapsed().as_secs_f64());
    Ok(())
}

fn plan(folder: &Path) -> io::Result<(LocalFiles, Plan)> {
    let files = LocalFiles::new(folder);
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    let url = files.url_of(&folder.join("plain.json"));
    let group = csvw::load(&url, &LoadOptions::default(), &files, &mut diagnostics)
        .ok_or_else(|| io::Error::other("the metadata does not load"))?;
    let options = CompileOptions {
        mode: csvw::ConversionMode::Minimal,
        ..CompileOptions::default()
    };
    let plan = csvw::compile(&group, &options, &mut diagnostics);
    Ok((files, plan))
}

//! What is measured.

use civigraph::convert::{self, Options, TextSink};
use civigraph::csvw::{self, LoadOptions};
use civigraph::diagnostic::{Diagnostics, Mode};
use civigraph::plan::{self, Plan, PlanOptions};
use civigraph::resource::LocalFiles;
use civigraph::store::{About, BuildOptions, Builder};
use oxigraph::io::RdfFormat;
use oxigraph::store::Store;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

/// Runs a case by name.
pub fn run(name: &str, folder: &Path) -> io::Result<()> {
    match name {
        "triples" => triples(folder),
        "load" => load(folder, false),
        "load-compact" => load(folder, true),
        "build-loose" => build(folder, false),
        "build" => build(folder, true),
        _ => Err(io::Error::other("no such case")),
    }
}

/// Writes the N-Triples that both sides load.
fn triples(folder: &Path) -> io::Result<()> {
    let (files, plan) = plan(folder)?;
    let file = BufWriter::new(File::create(folder.join("plain.nt"))?);
    let mut sink = TextSink::triples(file);
    let mut diagnostics = Diagnostics::new(Mode::Convert);
    convert::run(
        &plan,
        &files,
        &Options::default(),
        &mut sink,
        &mut diagnostics,
    )?;
    Ok(())
}

/// Oxigraph's bulk loader on the file.
fn load(folder: &Path, compact: bool) -> io::Result<()> {
    let target = tempfile::tempdir_in(folder)?;
    let store = Store::open(target.path()).map_err(io::Error::other)?;
    let mut loader = store.bulk_loader();
    loader
        .parallel_load_from_file(RdfFormat::NTriples, folder.join("plain.nt"))
        .map_err(io::Error::other)?;
    loader.commit().map_err(io::Error::other)?;
    store.flush().map_err(io::Error::other)?;
    if compact {
        store.optimize().map_err(io::Error::other)?;
    }
    Ok(())
}

/// A build of the table, published.
fn build(folder: &Path, optimize: bool) -> io::Result<()> {
    let target = tempfile::tempdir_in(folder)?;
    let (files, plan) = plan(folder)?;
    let options = BuildOptions {
        optimize,
        ..BuildOptions::default()
    };
    let builder = Builder::begin(target.path(), options).map_err(io::Error::other)?;
    let mut sink = builder.sink().map_err(io::Error::other)?;
    let mut diagnostics = Diagnostics::new(Mode::Convert);
    convert::run(
        &plan,
        &files,
        &Options::default(),
        &mut sink,
        &mut diagnostics,
    )?;
    drop(sink);
    assert!(!diagnostics.has_errors());
    builder
        .publish(About::default())
        .map(drop)
        .map_err(io::Error::other)
}

fn plan(folder: &Path) -> io::Result<(LocalFiles, Plan)> {
    let files = LocalFiles::new(folder);
    let mut diagnostics = Diagnostics::new(Mode::Convert);
    let url = files.url_of(&folder.join("plain.json"));
    let group = csvw::load(&url, &LoadOptions::default(), &files, &mut diagnostics)
        .ok_or_else(|| io::Error::other("the metadata does not load"))?;
    let options = PlanOptions {
        mode: plan::Mode::Minimal,
        ..PlanOptions::default()
    };
    let plan = plan::compile(&group, &options, &mut diagnostics);
    Ok((files, plan))
}

//! Triples a second, against the reference implementation of CSV on the Web (rdf-tabular, in Ruby).
//!
//! `cargo bench --bench reference` makes two tables in a temporary folder: one of 1,117 rows and 24
//! columns, the shape of the table on which the reference's speed is known (3,100 triples a second, 7.5 s
//! in all), and one of 100,000 typed rows (`CIVIGRAPH_BENCH_ROWS` sets another number). Each is converted
//! in minimal mode in two ways: in process, from the metadata to N-Triples in memory, and by the command
//! as a process, from its start to its end, to a file on stdout. Each way runs several times. Wall time is
//! the median, on all cores; CPU time (user and system, all threads) is the mean, and does not
//! depend on what else the machine does.
//!
//! The reference runs beside it where `CIVIGRAPH_REFERENCE` names a command: it is called once a table
//! with the path of the metadata and writes N-Triples to stdout. Numbers of triples must agree.
//! `benches/README.md` has such a command.

#[path = "../convert/cell.rs"]
mod cell;
#[path = "../convert/cpu.rs"]
mod cpu;
#[path = "../convert/random.rs"]
mod random;
#[path = "../convert/rows.rs"]
mod rows;
mod table;

use civigraph::convert::{self, Options, TextSink};
use civigraph::csvw::{self, CompileOptions, LoadOptions};
use civigraph::diagnostic::{Diagnostics, ReadingMode};
use civigraph::resource::LocalFiles;
use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What the reference is known to do: triples a second.
const REFERENCE: f64 = 3_100.0;

/// Rows of the typed table unless the environment says otherwise.
const ROWS: u64 = 100_000;

/// Runs of each way.
const RUNS: usize = 21;

fn main() {
    // The reference turns the paths of tables into lower case.
    let folder = tempfile::Builder::new()
        .prefix(&format!("civigraph-bench-{}", std::process::id()))
        .rand_bytes(0)
        .tempdir()
        .expect("a temporary folder");
    let reference = std::env::var("CIVIGRAPH_REFERENCE").ok();
    let rows = rows::rows(ROWS);
    println!(
        "table           way              triples    wall s     CPU s   triples/s    of {REFERENCE}/s   of the reference here (wall, CPU)"
    );
    for table in table::tables(rows) {
        table.write(folder.path()).expect("the table is written");
        let metadata = folder.path().join(table.metadata());
        let output = folder.path().join("out.nt");
        let here = reference.as_deref().map(|command| {
            let mut words = command.split_whitespace();
            let mut command = Command::new(words.next().unwrap_or_default());
            command.args(words).arg(&metadata);
            measure(&mut || write(&mut command, &output), 1).expect("the reference converts")
        });
        let triples = in_process(folder.path(), &metadata).expect("the table is converted");
        if let Some(here) = &here {
            assert_eq!(lines(&output).expect("there is an output"), triples);
            here.print(&table.name, "reference", triples, None);
        }
        let mut in_process = || in_process(folder.path(), &metadata).map(|_| ());
        let mut command = Command::new(env!("CARGO_BIN_EXE_civigraph"));
        command.args(["convert", "--minimal"]).arg(&metadata);
        let mut by_command = || write(&mut command, &output);
        let ways: [(&str, &mut dyn FnMut() -> io::Result<()>); 2] = [
            ("in process", &mut in_process),
            ("whole command", &mut by_command),
        ];
        for (way, run) in ways {
            let measured = measure(run, RUNS).expect("the table is converted");
            measured.print(&table.name, way, triples, here.as_ref());
        }
        assert_eq!(lines(&output).expect("there is an output"), triples);
    }
}

/// What a conversion cost.
struct Measured {
    /// Seconds of wall time.
    wall: f64,
    /// Seconds of CPU time, user and system.
    cpu: f64,
}

impl Measured {
    fn print(&self, table: &str, way: &str, triples: u64, here: Option<&Self>) {
        let rate = triples as f64 / self.wall;
        let times = here.map_or(String::new(), |here| {
            format!("{:.0}, {:.0}", here.wall / self.wall, here.cpu / self.cpu)
        });
        println!(
            "{table:<15} {way:<13} {triples:>10} {:>9.4} {:>9.4} {rate:>11.0} {:>12.0}   {times}",
            self.wall,
            self.cpu,
            rate / REFERENCE,
        );
    }
}

/// Several runs: the median of their wall times, the mean of their CPU times.
fn measure(run: &mut dyn FnMut() -> io::Result<()>, runs: usize) -> io::Result<Measured> {
    let before = cpu_seconds()?;
    let mut seconds = Vec::with_capacity(runs);
    for _ in 0..runs {
        let start = Instant::now();
        run()?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    Ok(Measured {
        wall: seconds[runs / 2],
        cpu: (cpu_seconds()? - before) / runs as f64,
    })
}

/// CPU seconds of this process and of all its children that have ended.
fn cpu_seconds() -> io::Result<f64> {
    Ok(cpu::seconds()?.iter().sum())
}

/// Metadata to plan to N-Triples in memory.
fn in_process(folder: &Path, metadata: &Path) -> io::Result<u64> {
    let files = LocalFiles::new(folder);
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    let url = files.url_of(metadata);
    let group = csvw::load(&url, &LoadOptions::default(), &files, &mut diagnostics)
        .ok_or_else(|| io::Error::other("the metadata could not be read"))?;
    let options = CompileOptions {
        mode: csvw::ConversionMode::Minimal,
        ..CompileOptions::default()
    };
    let plan = csvw::compile(&group, &options, &mut diagnostics);
    let mut sink = TextSink::triples(Vec::new());
    let summary = convert::run(
        &plan,
        &files,
        &Options::default(),
        &mut sink,
        &mut diagnostics,
    )?;
    assert!(diagnostics.is_empty(), "the table is clean");
    Ok(summary.quads)
}

/// Runs a command from its start to its end; its output goes to a file.
fn write(command: &mut Command, output: &Path) -> io::Result<()> {
    let status = command
        .stdout(File::create(output)?)
        .stderr(Stdio::null())
        .status()?;
    if !status.success() {
        return Err(io::Error::other(format!("{command:?} failed")));
    }
    Ok(())
}

/// Lines that hold a triple.
fn lines(path: &Path) -> io::Result<u64> {
    let bytes = std::fs::read(path)?;
    Ok(memchr::memchr_iter(b'\n', &bytes).count() as u64)
}

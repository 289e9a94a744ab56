//! What a build costs, from CSV to a published graph, against Oxigraph's own command line.
//!
//! `cargo bench --bench build` makes a table of 100,000 rows and 20 columns (2 million quads) in a
//! temporary folder and writes its N-Quads; `CIVIGRAPH_BENCH_ROWS` sets another number of rows. Each
//! case runs in a process of its own, the cases in turn, several rounds.
//!
//! The build does what a published graph needs: it converts, sorts, digests and keeps the quads,
//! verifies, describes and syncs. `oxigraph load` parses the same quads and loads them; `oxigraph
//! optimize` is what its manual advises before many queries, which a build has no need of. Without the
//! program (`pip install oxigraph`, or `CIVIGRAPH_BENCH_OXIGRAPH`) these two are left out.
//!
//! `project-full` and `project-amend` publish the table as a project after one of its cells has changed: from
//! nothing, and taking over what is published. Both check every row.

mod cases;
#[path = "../convert/cell.rs"]
mod cell;
#[path = "../convert/cpu.rs"]
mod cpu;
mod oxigraph;
#[path = "../convert/process.rs"]
mod process;
#[path = "../convert/random.rs"]
mod random;
mod rounds;
#[path = "../convert/rows.rs"]
mod rows;
#[path = "../convert/table.rs"]
mod table;

use oxigraph::Oxigraph;
use rounds::Rounds;
use std::path::Path;

/// Rows of the table unless the environment says otherwise.
const ROWS: u64 = 100_000;

/// Rounds of all cases.
const ROUNDS: usize = 3;

fn main() {
    if process::serve(cases::run).expect("the case runs") {
        return;
    }
    let rows = rows::rows(ROWS);
    let folder = tempfile::tempdir().expect("a temporary folder");
    table::write(folder.path(), rows).expect("the table is written");
    cases::run("quads", folder.path()).expect("the quads are written");
    cases::run("project", folder.path()).expect("the project is published");
    println!("{rows} rows, 20 columns");
    compare(folder.path());
}

fn compare(folder: &Path) {
    let oxigraph = Oxigraph::find();
    if oxigraph.is_none() {
        println!("oxigraph is not installed: nothing to compare with");
    }
    println!("case                   wall s   user+sys s    RSS MB");
    let mut rounds = Rounds::default();
    for _ in 0..ROUNDS {
        if let Some(oxigraph) = &oxigraph {
            let quads = folder.join("plain.nq");
            let (costs, bytes) = oxigraph.load(&quads, folder).expect("oxigraph loads");
            let [load, optimize] = costs;
            rounds.add("oxigraph load", &load);
            rounds.add("oxigraph optimize", &optimize);
            println!("{:<20} {:>8.0} MB on disk", "", bytes as f64 / 1e6);
        }
        for case in ["build", "project-full", "project-amend"] {
            let cost = process::measure(case, folder).expect("the case runs");
            rounds.add(case, &cost);
        }
    }
    rounds.compare("build", "oxigraph load");
    rounds.compare("project-amend", "project-full");
}

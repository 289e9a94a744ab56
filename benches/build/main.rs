//! What a build costs, from CSV to a published store, against Oxigraph's own bulk loader.
//!
//! `cargo bench --bench build` makes a table of 100,000 rows and 20 columns (2 million triples) in a
//! temporary folder and writes its N-Triples; `CIVIGRAPH_BENCH_ROWS` sets another number of rows. Each
//! case runs in a process of its own, the cases in turn, several rounds.
//!
//! The build does what a published graph needs: it converts, sorts, digests and keeps the quads,
//! loads, verifies, describes and syncs. `load` parses the same triples and loads them; `load-compact`
//! compacts the store as well, as a build does, so that queries find it equally fast.
//!
//! `project-full` and `project-amend` publish the table as a project after one of its cells has changed: from
//! nothing, and taking over what is published. Both check every row.

mod cases;
#[path = "../convert/cell.rs"]
mod cell;
#[path = "../convert/cpu.rs"]
mod cpu;
#[path = "../convert/process.rs"]
mod process;
#[path = "../convert/random.rs"]
mod random;
#[path = "../convert/rows.rs"]
mod rows;
#[path = "../convert/table.rs"]
mod table;

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
    cases::run("triples", folder.path()).expect("the triples are written");
    println!("{rows} rows, 20 columns");
    println!("case                   wall s   user+sys s    RSS MB");
    cases::run("project", folder.path()).expect("the project is published");
    for _ in 0..ROUNDS {
        for case in [
            "load",
            "load-compact",
            "build",
            "project-full",
            "project-amend",
        ] {
            let cost = process::measure(case, folder.path()).expect("the case runs");
            println!(
                "{case:<20} {:>8.2} {:>12.2} {:>9.0}",
                cost.wall,
                cost.user + cost.system,
                cost.peak_kb as f64 / 1024.0,
            );
        }
    }
}

//! What converting and checking cost, against a loop written by hand.
//!
//! `cargo bench --bench convert` makes a table of 1,000,000 rows and 20 columns in a temporary
//! directory (20 million triples, about 1.4 GB of N-Triples), and runs each case in a process of its
//! own, so that CPU time and resident memory are its own. `CIVIGRAPH_BENCH_ROWS` sets another number
//! of rows.
//!
//! The hand-written loop is the floor: one pass with byte records of the `csv` crate, constant
//! predicates, the subject made once a row, escaping and percent-encoding done right, nothing
//! checked. It writes to the same place as the converter.

mod cases;
mod cell;
mod cpu;
mod process;
mod random;
mod rows;
mod table;

use process::Cost;
use std::path::Path;

/// Rows of the table unless the environment says otherwise.
const ROWS: u64 = 1_000_000;

fn main() {
    if process::serve(cases::run).expect("the case runs") {
        return;
    }
    let rows = rows::rows(ROWS);
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("--tables")
        && let Some(folder) = arguments.next()
    {
        // For a profiler, which then runs `--case NAME FOLDER`.
        table::write(Path::new(&folder), rows).expect("the tables are written");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary directory");
    compare(folder.path(), rows);
}

fn compare(folder: &Path, rows: u64) {
    let bytes = table::write(folder, rows).expect("the table is written");
    println!("{rows} rows, 20 columns, {:.0} MB of CSV", megabytes(bytes));
    println!(
        "case                        user s  user+sys s   wall s    RSS MB   ratio (user) to the case it is measured by"
    );
    let run = |case: &str, floor: Option<&Cost>| {
        let cost = process::measure(case, folder).expect("the case runs");
        let ratio = floor.map_or(String::new(), |floor| {
            format!("{:.2}", cost.user / floor.user)
        });
        println!(
            "{case:<26} {:>7.2} {:>11.2} {:>8.2} {:>9.0}   {ratio}",
            cost.user,
            cost.user + cost.system,
            cost.wall,
            cost.peak_kb as f64 / 1024.0,
        );
        cost
    };
    let hand = run("hand", None);
    run("convert-1", Some(&hand));
    run("convert-2", Some(&hand));
    // The check against the conversion of the same table; wrong rows against clean ones.
    for threads in ["1", "2"] {
        let converted = run(&format!("typed-convert-{threads}"), None);
        let clean = run(&format!("typed-check-{threads}"), Some(&converted));
        run(&format!("wrong-check-{threads}"), Some(&clean));
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

//! A case in a process of its own, and what it cost.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What a process cost.
pub struct Cost {
    /// Seconds of CPU time in user mode, all threads together.
    pub user: f64,
    /// Seconds of CPU time in the kernel.
    pub system: f64,
    pub wall: f64,
    /// Largest resident memory.
    pub peak_kb: u64,
}

/// Runs the case that a parent asks this process for (`--case NAME FOLDER`) and tells the parent its peak
/// memory; false where none is asked for.
pub fn serve(run: impl FnOnce(&str, &Path) -> io::Result<()>) -> io::Result<bool> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() != Some("--case") {
        return Ok(false);
    }
    if let (Some(name), Some(folder)) = (arguments.next(), arguments.next()) {
        run(&name, Path::new(&folder))?;
        println!("{}", peak_memory_kb());
    }
    Ok(true)
}

/// Rows of the tables: `CIVIGRAPH_BENCH_ROWS`, or the usual number.
pub fn rows(usual: u64) -> u64 {
    let named = std::env::var("CIVIGRAPH_BENCH_ROWS").ok();
    named.and_then(|rows| rows.parse().ok()).unwrap_or(usual)
}

/// Runs a case of this benchmark in a child process.
pub fn measure(case: &str, folder: &Path) -> io::Result<Cost> {
    let before = children_cpu()?;
    let start = Instant::now();
    let output = Command::new(std::env::current_exe()?)
        .args(["--case", case])
        .arg(folder)
        .stderr(Stdio::inherit())
        .output()?;
    let wall = start.elapsed().as_secs_f64();
    if !output.status.success() {
        return Err(io::Error::other(format!("{case} failed")));
    }
    let after = children_cpu()?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(Cost {
        user: after.0 - before.0,
        system: after.1 - before.1,
        wall,
        peak_kb: text.trim().parse().unwrap_or(0),
    })
}

/// CPU seconds of all children that have ended: user, system (`cutime`, `cstime` of proc(5)).
fn children_cpu() -> io::Result<(f64, f64)> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in parentheses, may hold spaces.
    let fields: Vec<&str> = stat
        .rsplit_once(')')
        .map_or("", |(_, rest)| rest)
        .split_whitespace()
        .collect();
    // Linux counts 100 ticks a second for user space on all its architectures.
    let seconds = |field: usize| -> f64 {
        fields
            .get(field)
            .and_then(|ticks| ticks.parse::<f64>().ok())
            .unwrap_or(0.0)
            / 100.0
    };
    Ok((seconds(13), seconds(14)))
}

/// Largest resident memory of this process so far.
fn peak_memory_kb() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|line| line.split_whitespace().next())
        .and_then(|kb| kb.parse().ok())
        .unwrap_or(0)
}

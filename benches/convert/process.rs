//! A case in a process of its own, and what it cost.

use super::cpu;
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
        println!("{}", peak_memory_kb(Path::new("/proc/self/status")));
    }
    Ok(true)
}

/// Runs a case of this benchmark in a child process.
pub fn measure(case: &str, folder: &Path) -> io::Result<Cost> {
    let [_, _, user, system] = cpu::seconds()?;
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
    let [_, _, user_after, system_after] = cpu::seconds()?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(Cost {
        user: user_after - user,
        system: system_after - system,
        wall,
        peak_kb: text.trim().parse().unwrap_or(0),
    })
}

/// Largest resident memory so far, from the `status` of a process in proc(5); 0 once it has ended.
pub fn peak_memory_kb(status: &Path) -> u64 {
    std::fs::read_to_string(status)
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|line| line.split_whitespace().next())
        .and_then(|kb| kb.parse().ok())
        .unwrap_or(0)
}

//! CPU time.

use std::io;

/// CPU seconds of this process and of all children that have ended, user and system (`utime`, `stime`,
/// `cutime` and `cstime` of proc(5)).
pub fn seconds() -> io::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in parentheses, may hold spaces.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(4)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    // Linux counts 100 ticks a second for user space on all its architectures.
    Ok(ticks as f64 / 100.0)
}

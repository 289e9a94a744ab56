//! CPU time.

use std::io;

/// CPU seconds so far: of this process in user and in system mode, then of all its children that have
/// ended (`utime`, `stime`, `cutime` and `cstime` of proc(5)).
pub fn seconds() -> io::Result<[f64; 4]> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in parentheses, may hold spaces.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let mut seconds = [0.0; 4];
    for (seconds, ticks) in seconds.iter_mut().zip(fields.split_whitespace().skip(11)) {
        // Linux counts 100 ticks a second for user space on all its architectures.
        *seconds = ticks.parse::<f64>().unwrap_or(0.0) / 100.0;
    }
    Ok(seconds)
}

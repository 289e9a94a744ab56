//! What the service and its workers take of the machine, as Linux counts it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Ids of a process and of all that it started.
fn family(root: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Some(id) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok())
        else {
            continue;
        };
        if let Some(stat) = stat(id) {
            parents.push((id, stat[1].parse::<u32>().unwrap_or(0)));
        }
    }
    let mut family = vec![root];
    let mut next = 0;
    while let Some(&parent) = family.get(next) {
        family.extend(
            parents
                .iter()
                .filter(|(_, of)| *of == parent)
                .map(|(id, _)| id),
        );
        next += 1;
    }
    family
}

/// The fields of `/proc/ID/stat` after the name, which may have spaces. `None` where the process has ended.
fn stat(id: u32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

/// Processor time that a process and those below it have taken; those that have ended and were waited for count.
pub fn processor_time(root: u32) -> Duration {
    let ticks = family(root).into_iter().filter_map(stat).map(|fields| {
        let number = |index: usize| fields[index].parse::<u64>().unwrap_or(0);
        // utime, stime, and of the waited-for children of the root cutime, cstime.
        number(11) + number(12)
    });
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// Private memory of a process and those below it, in bytes: not the pages of mapped files.
pub fn memory(root: u32) -> u64 {
    let sizes = family(root).into_iter().filter_map(|id| {
        let text = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("RssAnon:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    });
    sizes.sum::<u64>() << 10
}

/// Looks at the memory of a process all the time.
pub struct Watch {
    seen: Arc<Mutex<Vec<(Duration, u64)>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    pub fn new(root: u32) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let thread = {
            let (seen, stop) = (Arc::clone(&seen), Arc::clone(&stop));
            let start = Instant::now();
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let size = memory(root);
                    seen.lock().unwrap().push((start.elapsed(), size));
                    std::thread::sleep(Duration::from_millis(30));
                }
            })
        };
        Self {
            seen,
            stop,
            thread: Some(thread),
        }
    }

    /// The most that was seen, in bytes.
    pub fn most(&self) -> u64 {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|(_, size)| *size).max().unwrap_or(0)
    }

    /// What was seen: the time since the start, and bytes.
    pub fn seen(&self) -> Vec<(Duration, u64)> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // What it did not see is not known.
            let _ = thread.join();
        }
    }
}

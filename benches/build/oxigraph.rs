//! Oxigraph's own command line, with the RocksDB store that it loads into.

use crate::cpu;
use crate::process::{self, Cost};
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The program: `pip install oxigraph` has it.
pub struct Oxigraph(OsString);

impl Oxigraph {
    /// The program that `CIVIGRAPH_BENCH_OXIGRAPH` names, or the one on the path; none if it does not run.
    pub fn find() -> Option<Self> {
        let named = std::env::var_os("CIVIGRAPH_BENCH_OXIGRAPH");
        let program = named.unwrap_or_else(|| "oxigraph".into());
        let version = Command::new(&program).arg("--version").output().ok()?;
        let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
        println!("{version}, its command line");
        Some(Self(program))
    }

    /// Loads a file into a new store, then optimizes the store; says what either cost, and the bytes on disk.
    pub fn load(&self, file: &Path, folder: &Path) -> io::Result<([Cost; 2], u64)> {
        let target = tempfile::tempdir_in(folder)?;
        let place = target.path();
        let load = self.run("load", place, &[OsString::from("--file"), file.into()])?;
        let optimize = self.run("optimize", place, &[])?;
        let mut bytes = 0;
        for entry in std::fs::read_dir(place)? {
            bytes += entry?.metadata()?.len();
        }
        Ok(([load, optimize], bytes))
    }

    fn run(&self, command: &str, place: &Path, arguments: &[OsString]) -> io::Result<Cost> {
        let [_, _, user, system] = cpu::seconds()?;
        let start = Instant::now();
        let mut child = Command::new(&self.0)
            .arg(command)
            .arg("--location")
            .arg(place)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        // What it used at most is gone when it ends, so it is asked all the while.
        let status = format!("/proc/{}/status", child.id());
        let mut peak_kb = 0;
        let ended = loop {
            peak_kb = peak_kb.max(process::peak_memory_kb(Path::new(&status)));
            if let Some(ended) = child.try_wait()? {
                break ended;
            }
            thread::sleep(Duration::from_millis(5));
        };
        let wall = start.elapsed().as_secs_f64();
        if !ended.success() {
            return Err(io::Error::other(format!("`oxigraph {command}` failed")));
        }
        let [_, _, user_after, system_after] = cpu::seconds()?;
        Ok(Cost {
            user: user_after - user,
            system: system_after - system,
            wall,
            peak_kb,
        })
    }
}

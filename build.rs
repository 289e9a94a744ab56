//! Bundles the scripts of the pages, where Node is to be had.
//!
//! The sources are copied to the build's own folder first, so that nothing is written beside them. Without Node, or
//! with `CIVIGRAPH_FRONT=off`, the program has no scripts: its pages work without.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The sources of the scripts.
const FRONT: &str = "src/pages/front";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={FRONT}");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CIVIGRAPH_FRONT");
    if env::var_os("CARGO_FEATURE_SERVE").is_none() {
        return Ok(());
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let bundles = out.join("bundles");
    let off = env::var("CIVIGRAPH_FRONT").is_ok_and(|value| value == "off");
    let built = if off {
        Err("CIVIGRAPH_FRONT is `off`".into())
    } else {
        bundle(&out, &bundles)
    };
    let files = match built {
        Ok(()) => files(&bundles)?,
        Err(why) => {
            println!("cargo::warning=the pages are built without their scripts: {why}");
            Vec::new()
        }
    };
    fs::write(out.join("bundles.rs"), list(&files))?;
    Ok(())
}

/// Installs the packages of the lock file into a copy of the sources, and bundles them.
fn bundle(out: &Path, bundles: &Path) -> Result<(), Box<dyn Error>> {
    let work = out.join("front");
    copy(Path::new(FRONT), &work)?;
    let lock = fs::read(work.join("package-lock.json"))?;
    let installed = work.join("node_modules/.installed");
    // What is installed is kept as long as the lock file is the same.
    if fs::read(&installed).ok().as_ref() != Some(&lock) {
        run(Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            // Without a network this is soon known.
            .args([
                "--prefer-offline",
                "--fetch-retries=1",
                "--fetch-timeout=20000",
            ])
            .current_dir(&work))?;
        fs::write(&installed, &lock)?;
    }
    run(Command::new("node")
        .arg("build.js")
        .arg(bundles)
        .current_dir(&work))
}

/// Runs a command, whose last words are the error where it fails.
fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`{program}` could not be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rev().find(|line| !line.trim().is_empty());
    Err(format!("`{program}` failed: {}", last.unwrap_or("it said nothing")).into())
}

/// Copies a folder, without packages that somebody installed there.
fn copy(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_name() == "node_modules" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

/// The bundles in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}

/// A table of names and contents in Rust.
fn list(files: &[PathBuf]) -> String {
    let rows: String = files
        .iter()
        .filter_map(|file| {
            let name = file.file_name()?.to_str()?;
            Some(format!("    ({name:?}, include_bytes!({file:?})),\n"))
        })
        .collect();
    format!("&[\n{rows}]\n")
}

//! Virtual environments of Python, for clients of PyPI.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// One environment is made at a time.
static MAKING: Mutex<()> = Mutex::new(());

/// The Python of an environment with packages of PyPI, made on the first call and kept beside the compiled tests.
/// `None`, which is said in a line, where there is no Python or the packages cannot be had.
pub fn with(packages: &[&str]) -> Option<PathBuf> {
    let _making = MAKING
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("python-{}", packages.join("-")));
    let python = folder.join("bin/python");
    let ready = folder.join("ready");
    if ready.exists() {
        return Some(python);
    }
    let made = does(
        "python3".as_ref(),
        &["-m", "venv", "--clear", folder.to_str()?],
    ) && does(
        &python,
        &[&["-m", "pip", "install", "--quiet"], packages].concat(),
    );
    if !made {
        println!("skipped: no python3 with {} from PyPI", packages.join(", "));
        return None;
    }
    std::fs::write(ready, "").ok()?;
    Some(python)
}

fn does(program: &Path, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

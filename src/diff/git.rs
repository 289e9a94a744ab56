//! A revision of a git repository, checked out beside it by the `git` command.

use crate::diagnostic::Code;
use crate::diff::DiffError;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Checks out the part of a revision that `folder` is, below `target`; `None` where there is no such
/// revision or no repository. The repository, its index and its work tree stay as they are.
///
/// # Errors
/// git is not there or refuses the repository, or it could not do what it was asked for a revision that it
/// knows.
pub(super) fn check_out(
    revision: &str,
    folder: &Path,
    target: &Path,
) -> Result<Option<PathBuf>, DiffError> {
    let failed = |error| DiffError::io(folder, "run git", error);
    // What starts with a dash would be an option.
    let commit = asked(folder, |git| {
        git.args(["rev-parse", "--verify", "--quiet", "--end-of-options"])
            .arg(format!("{revision}^{{commit}}"));
    });
    let commit = match commit {
        Ok(Some(commit)) => commit,
        Ok(None) => return Ok(None),
        Err(reason) => {
            let message = format!(
                "`{revision}` is no build, dump or project folder, and git does not say whether it is a \
                 revision: {reason}"
            );
            return Err(DiffError::new(Code::UnknownVersion, folder, message));
        }
    };
    let prefix = asked(folder, |git| {
        git.args(["rev-parse", "--show-prefix"]);
    })
    .ok()
    .flatten()
    .unwrap_or_default();
    let tree = format!("{commit}:{}", prefix.trim_end_matches('/'));
    // Below the top folder git would check out a part of the tree only.
    let top = asked(folder, |git| {
        git.args(["rev-parse", "--show-toplevel"]);
    });
    let top = top.ok().flatten();
    let top = top.map_or_else(|| folder.to_owned(), PathBuf::from);
    let index = target.join("index");
    let work = target.join("revision");
    std::fs::create_dir_all(&work).map_err(failed)?;
    // With an index of our own, nothing of the user's is touched.
    run(git(&top)
        .env("GIT_INDEX_FILE", &index)
        .args(["read-tree", &tree]))
    .map_err(failed)?;
    let mut to = work.clone().into_os_string();
    to.push("/");
    let mut prefix = std::ffi::OsString::from("--prefix=");
    prefix.push(&to);
    run(git(&top)
        .env("GIT_INDEX_FILE", &index)
        .args(["checkout-index", "--all", "--quiet"])
        .arg(prefix))
    .map_err(failed)?;
    Ok(Some(work))
}

fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder);
    command
}

/// What git answers on one line; `None` where it does not know, or there is no repository.
///
/// # Errors
/// Why git does not answer, in words.
fn asked(folder: &Path, arguments: impl FnOnce(&mut Command)) -> Result<Option<String>, String> {
    let mut command = git(folder);
    // Its reasons are read below, so in one language.
    command.env("LC_ALL", "C");
    arguments(&mut command);
    let output = command
        .output()
        .map_err(|error| format!("could not run it: {error}"))?;
    if output.status.success() {
        let answer = String::from_utf8(output.stdout).ok();
        return Ok(answer.map(|answer| answer.trim().to_owned()));
    }
    let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if reason.is_empty() || reason.starts_with("fatal: not a git repository") {
        return Ok(None);
    }
    Err(reason)
}

fn run(command: &mut Command) -> io::Result<()> {
    let Output { status, stderr, .. } = command.output()?;
    if status.success() {
        return Ok(());
    }
    Err(io::Error::other(
        String::from_utf8_lossy(&stderr).trim().to_owned(),
    ))
}

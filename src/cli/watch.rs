//! `civigraph check --watch`: looks again whenever a file changes.

use super::terminal::Terminal;
use crate::diagnostic::render::DiagnosticFormat;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, ReadingMode};
use crate::resource::{ResolveError, Resolver, Resource};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

/// How often the files are looked at. Asking for their times costs less than a millisecond, on every
/// file system; notifications of the operating system do not come from all of them.
const INTERVAL: Duration = Duration::from_millis(150);

/// The clock of a file system may be this far behind.
const GRANULARITY: Duration = Duration::from_millis(10);

/// A resolver that remembers the files it gave out.
pub(super) struct Recording<'a> {
    inner: &'a dyn Resolver,
    files: Mutex<BTreeSet<PathBuf>>,
}

impl<'a> Recording<'a> {
    pub(super) fn new(inner: &'a dyn Resolver) -> Self {
        Self {
            inner,
            files: Mutex::default(),
        }
    }

    /// The files that were asked for.
    pub(super) fn files(self) -> BTreeSet<PathBuf> {
        // Whole paths are put in: there is no half-done state to see.
        self.files
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Resolver for Recording<'_> {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        let resource = self.inner.resolve(url)?;
        if let Some(path) = resource.content.file() {
            self.files
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(path.to_owned());
        }
        Ok(resource)
    }

    fn fetches(&self) -> bool {
        self.inner.fetches()
    }

    fn file_of(&self, url: &str) -> Option<PathBuf> {
        self.inner.file_of(url)
    }
}

/// Length and time of change of files; `None` for one that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Snapshot(BTreeMap<PathBuf, Option<(u64, Option<SystemTime>)>>);

impl Snapshot {
    /// Looks at files and at their folders, where new ones appear.
    pub(super) fn of(files: &BTreeSet<PathBuf>) -> Self {
        let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
        let paths = files.iter().map(PathBuf::as_path).chain(folders);
        let look = |path: &Path| {
            let metadata = fs::metadata(path).ok()?;
            let length = if metadata.is_dir() { 0 } else { metadata.len() };
            Some((length, metadata.modified().ok()))
        };
        Self(paths.map(|path| (path.to_owned(), look(path))).collect())
    }

    /// Whether something was written at a time or later.
    fn is_newer(&self, time: SystemTime) -> bool {
        let time = time.checked_sub(GRANULARITY).unwrap_or(time);
        let mut times = self.0.values().flatten().filter_map(|(_, time)| *time);
        times.any(|modified| modified >= time)
    }

    /// Waits until something is different and stays so for a moment: editors write in several steps.
    /// What was written since `start`, when the files began to be read, counts as different.
    pub(super) fn wait(self, files: &BTreeSet<PathBuf>, start: SystemTime) {
        let mut changed = self.is_newer(start);
        let mut last = self;
        loop {
            sleep(INTERVAL);
            let now = Self::of(files);
            if changed && now == last {
                return;
            }
            changed |= now != last;
            last = now;
        }
    }
}

/// What a problem is known by from one run to the next: not by its line, which moves with the rows
/// above it.
type ProblemIdentity = (Code, String, String, String, String);

fn identity(diagnostic: &Diagnostic) -> ProblemIdentity {
    let cell = diagnostic.place.cell.as_ref();
    (
        diagnostic.code,
        diagnostic.place.file.to_string(),
        cell.map_or_else(String::new, |cell| cell.column_name.to_string()),
        diagnostic.message.clone(),
        diagnostic.found.clone().unwrap_or_default(),
    )
}

/// The problems of `these` that are not among `those`, each as often as it is more.
fn without<'d>(these: &'d Diagnostics, those: &Diagnostics) -> Vec<&'d Diagnostic> {
    let mut counts: HashMap<ProblemIdentity, u64> = HashMap::new();
    for diagnostic in those.iter() {
        *counts.entry(identity(diagnostic)).or_default() += 1;
    }
    these
        .iter()
        .filter(|diagnostic| match counts.get_mut(&identity(diagnostic)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        })
        .collect()
}

/// Shows what is fixed and what is new since the run before.
pub(super) fn show(
    before: &Diagnostics,
    after: &Diagnostics,
    format: DiagnosticFormat,
    terminal: Terminal,
) -> io::Result<()> {
    let fixed = without(before, after);
    let new = without(after, before);
    for diagnostic in &fixed {
        terminal.say(format_args!(
            "fixed: [{}] {}: {}",
            diagnostic.code, diagnostic.place, diagnostic.message
        ));
    }
    let mut report = Diagnostics::new(ReadingMode::Validate);
    for diagnostic in &new {
        report.push((*diagnostic).clone());
    }
    if !new.is_empty() {
        terminal.report(&report, format, true)?;
    }
    terminal.say(format_args!(
        "{} fixed, {} new, {} left",
        fixed.len(),
        new.len(),
        after.iter().count()
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;

    fn diagnostics(problems: &[(&str, u64)]) -> Diagnostics {
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        for (message, line) in problems {
            let place = Place::at("a.csv", *line, 1);
            diagnostics.push(Diagnostic::new(Code::Required, place, *message));
        }
        diagnostics
    }

    #[test]
    fn problems_are_known_again_wherever_they_move() {
        let before = diagnostics(&[("a", 1), ("b", 2), ("b", 3)]);
        let after = diagnostics(&[("b", 12), ("c", 13)]);
        let messages = |found: Vec<&Diagnostic>| -> Vec<String> {
            found.iter().map(|one| one.message.clone()).collect()
        };
        assert_eq!(messages(without(&before, &after)), ["a", "b"]);
        assert_eq!(messages(without(&after, &before)), ["c"]);
        assert_eq!(messages(without(&after, &after)), [""; 0]);
    }

    #[test]
    fn a_change_is_seen_and_so_is_a_new_file() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("a.csv");
        let files = BTreeSet::from([file.clone()]);
        let missing = Snapshot::of(&files);
        fs::write(&file, "a")?;
        let there = Snapshot::of(&files);
        assert_ne!(missing, there);
        assert_eq!(there, Snapshot::of(&files));
        fs::write(&file, "ab")?;
        assert_ne!(there, Snapshot::of(&files));
        Ok(())
    }
}

//! Where things lie in `.civigraph/`.

use super::StoreError;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Start of the names of unfinished builds and of builds being deleted.
const TEMPORARY: &str = "tmp-";
/// Start of the names of the files that are beside a build while it is published.
const PUBLISHING: &str = "tmp-publishing-";

/// The paths of a store folder (`.civigraph`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreLayout {
    root: PathBuf,
}

impl StoreLayout {
    /// The layout of a folder, which need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The file that the builder locks.
    pub fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// Who the builder is.
    pub fn builder(&self) -> PathBuf {
        self.root.join("builder.json")
    }

    /// The file that names the published build.
    pub fn current(&self) -> PathBuf {
        self.root.join("current")
    }

    /// The folder of all builds.
    pub fn builds(&self) -> PathBuf {
        self.root.join("builds")
    }

    /// The folder of one build.
    pub fn build(&self, id: &str) -> PathBuf {
        self.builds().join(id)
    }

    /// The folder in which a build is made.
    pub fn temporary(&self, name: &str) -> PathBuf {
        self.builds().join(format!("{TEMPORARY}{name}"))
    }

    /// The file that says that a build has its name and is not published yet.
    pub(super) fn publishing(&self, id: &str) -> PathBuf {
        self.root.join(format!("{PUBLISHING}{id}"))
    }

    /// Builds that had their name and were not published when their builder was killed, or that are
    /// being published at this moment.
    fn unpublished(&self) -> io::Result<Vec<String>> {
        let mut ids = Vec::new();
        let current = match fs::read_to_string(self.current()) {
            Ok(current) => current,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let current = current.trim_end();
        for entry in fs::read_dir(&self.root)? {
            if let Some(id) = entry?
                .file_name()
                .to_str()
                .and_then(|name| name.strip_prefix(PUBLISHING))
                && id != current
            {
                ids.push(id.to_owned());
            }
        }
        // Where the name of the published build is lost or damaged, it may be one of these: then only a first
        // build, beside which there is no other, is known to have never been published.
        let lost = sequence(current).is_none();
        if lost && !(current.is_empty() && self.all_ids()? == ids) {
            ids.clear();
        }
        Ok(ids)
    }

    /// Ids of all builds that are or were published, oldest first.
    pub fn ids(&self) -> io::Result<Vec<String>> {
        let mut ids = self.all_ids()?;
        if !ids.is_empty() {
            let unpublished = self.unpublished()?;
            ids.retain(|id| !unpublished.contains(id));
        }
        Ok(ids)
    }

    /// Ids of all builds that have their names.
    fn all_ids(&self) -> io::Result<Vec<String>> {
        let mut ids = Vec::new();
        let entries = match fs::read_dir(self.builds()) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(ids),
            Err(error) => return Err(error),
        };
        for entry in entries {
            if let Some(name) = entry?.file_name().to_str()
                && sequence(name).is_some()
            {
                ids.push(name.to_owned());
            }
        }
        ids.sort_by_key(|id| (sequence(id), id.clone()));
        Ok(ids)
    }

    /// Deletes what killed builds and interrupted deletions left. Only the holder of the lock may call it.
    pub(super) fn sweep(&self) -> Result<(), StoreError> {
        let unlisted = |e| StoreError::io(&self.root, "list the folder", e);
        for id in self.unpublished().map_err(unlisted)? {
            let build = self.build(&id);
            match fs::remove_dir_all(&build) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(StoreError::io(&build, "remove an unfinished build", error));
                }
                _ => {}
            }
        }
        for folder in [self.builds(), self.root.clone()] {
            let entries =
                fs::read_dir(&folder).map_err(|e| StoreError::io(&folder, "list the folder", e))?;
            for entry in entries {
                let entry = entry.map_err(|e| StoreError::io(&folder, "list the folder", e))?;
                if is_temporary(&entry.file_name()) {
                    let path = entry.path();
                    let removed = if path.is_dir() {
                        fs::remove_dir_all(&path)
                    } else {
                        fs::remove_file(&path)
                    };
                    removed.map_err(|e| StoreError::io(&path, "remove an unfinished build", e))?;
                }
            }
        }
        Ok(())
    }

    /// Makes `id` the published build: a new small file takes the place of the old one in one rename.
    ///
    /// # Errors
    /// The file cannot be written; then what was published still is.
    pub(super) fn switch(&self, id: &str) -> Result<(), StoreError> {
        let current = self.current();
        let before = fs::read(&current).ok();
        let switched = write_atomically(&current, format!("{id}\n").as_bytes());
        // The new name may be there and only its way to the disk have failed.
        if switched.is_err() && fs::read(&current).ok() != before {
            let _ = match before {
                Some(before) => write_atomically(&current, &before),
                None => fs::remove_file(&current)
                    .map_err(|e| StoreError::io(&current, "remove the file", e)),
            };
        }
        switched
    }
}

/// The number at the start of a build's id (`0007-9f3a2b1c`).
pub(crate) fn sequence(id: &str) -> Option<u64> {
    let (number, digest) = id.split_once('-')?;
    let hexadecimal = !digest.is_empty() && digest.bytes().all(|b| b.is_ascii_hexdigit());
    if !hexadecimal || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    number.parse().ok()
}

fn is_temporary(name: &OsStr) -> bool {
    name.to_str()
        .is_some_and(|name| name.starts_with(TEMPORARY))
}

/// Writes a file under a temporary name, syncs it and renames it: readers see the old bytes or the
/// new ones, also after a power cut.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let folder = folder_of(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!("{TEMPORARY}{name}-{}", std::process::id()));
    let written = File::create(&temporary)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&temporary, path))
        .and_then(|()| sync_folder(folder));
    written.map_err(|error| {
        // The first error is the one to report.
        let _ = fs::remove_file(&temporary);
        StoreError::io(path, "write the file", error)
    })
}

/// The folder that holds a path; the current one for a bare name.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Brings the names in a folder to disk.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Folders cannot be opened as files on Windows, where renames are journalled anyway.
    if cfg!(windows) {
        return Ok(());
    }
    File::open(folder)?.sync_all()
}

/// The IRI of one of the project's graphs: the base, `graph/` and the name.
///
/// ```
/// assert_eq!(
///     civigraph::store::graph_iri("https://w3id.org/civigraph/", "claims"),
///     "https://w3id.org/civigraph/graph/claims"
/// );
/// ```
pub fn graph_iri(base: &str, name: &str) -> String {
    format!("{base}graph/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_order_of_their_number() {
        for (id, expected) in [
            ("0007-9f3a2b1c", Some(7)),
            ("12345-00", Some(12345)),
            ("tmp-0007-1", None),
            ("0007", None),
            ("0007-", None),
            ("x-9f", None),
            ("0007-xyz", None),
        ] {
            assert_eq!(sequence(id), expected, "{id}");
        }
    }

    /// A build beside its note is published if it is the current one, or may be.
    #[test]
    fn builds_that_were_not_published() -> Result<(), Box<dyn std::error::Error>> {
        for (builds, notes, current, expected) in [
            (&["0001-ab"][..], &["0001-ab"][..], None, &[][..]),
            (&["0001-ab"], &["0001-ab"], Some("0001-ab\n"), &["0001-ab"]),
            (&["0001-ab"], &["0001-ab"], Some("\0\0"), &["0001-ab"]),
            (
                &["0001-ab", "0002-cd"],
                &["0002-cd"],
                Some("0001-ab\n"),
                &["0001-ab"],
            ),
            (
                &["0001-ab", "0002-cd"],
                &["0002-cd"],
                Some("0002-cd\n"),
                &["0001-ab", "0002-cd"],
            ),
            (
                &["0001-ab", "0002-cd"],
                &["0002-cd"],
                None,
                &["0001-ab", "0002-cd"],
            ),
        ] {
            let folder = tempfile::tempdir()?;
            let layout = StoreLayout::new(folder.path());
            for id in builds {
                fs::create_dir_all(layout.build(id))?;
            }
            for id in notes {
                fs::write(layout.publishing(id), "")?;
            }
            if let Some(current) = current {
                fs::write(layout.current(), current)?;
            }
            assert_eq!(layout.ids()?, expected, "{builds:?} {current:?}");
            layout.sweep()?;
            assert_eq!(layout.ids()?, expected, "{builds:?} {current:?}, swept");
        }
        Ok(())
    }

    #[test]
    fn sweeping_removes_only_litter() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let layout = StoreLayout::new(folder.path());
        fs::create_dir_all(layout.build("0001-ab"))?;
        fs::create_dir_all(layout.temporary("0002-99").join("store"))?;
        fs::write(layout.root().join("tmp-current-4"), "x")?;
        fs::write(layout.current(), "0001-ab\n")?;
        layout.sweep()?;
        assert_eq!(layout.ids()?, ["0001-ab"]);
        assert_eq!(fs::read_dir(layout.builds())?.count(), 1);
        assert_eq!(fs::read_dir(layout.root())?.count(), 2);
        Ok(())
    }
}

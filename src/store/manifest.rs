//! What is in a build, written beside it and checked at every opening.

use super::open::INDEX;
use super::text::TEXT;
use super::{BuildDescription, BuildInput, Statistics, StoreError};
use crate::diagnostic::{Code, HintAction};
use crate::digest::{digest_file, sha256_hex};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Version of the layout of a build; a build of another one is not opened.
pub const FORMAT: u32 = 3;

/// Files up to this length are digested at every opening, larger ones only by `verify`.
const SMALL: u64 = 64 << 10;

/// The manifest of a build (`manifest.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// The build's id: a number that grows, and the start of its digest.
    pub id: String,
    /// Version of Civigraph that made it.
    pub version: String,
    /// When it was published, in seconds since 1970. Not part of any digest or dump.
    pub published: u64,
    /// SHA-256 of the canonical N-Quads of all graphs but `release`, in hexadecimal.
    pub digest: String,
    /// Whether `digest` is the RDFC-1.0 hash; not so where there were too many blank nodes to label.
    pub canonical: bool,
    /// Distinct quads of the release graph.
    pub release_quads: u64,
    /// Counts of all graphs but `release`.
    pub statistics: Statistics,
    /// How much was amended since all of it was built anew.
    pub amended: Amendments,
    /// What the build says of itself.
    pub about: BuildDescription,
    /// The files of the build but this one, in order of their names.
    pub files: Vec<FileEntry>,
    /// SHA-256 of this manifest with an empty `checksum`.
    pub checksum: String,
}

/// What was amended since a build was made from nothing. Not part of any digest or dump.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendments {
    /// Builds that each took over what the one before had.
    pub builds: u64,
    /// Quads that came and went in all of them.
    pub quads: u64,
}

/// A file of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Path within the build's folder, with `/` between its parts.
    pub name: String,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

impl Manifest {
    /// Name of the manifest in a build's folder.
    pub const NAME: &'static str = "manifest.json";

    /// Files that went into the build.
    pub fn inputs(&self) -> &[BuildInput] {
        &self.about.inputs
    }

    /// Gives the manifest its checksum, and the manifest as JSON.
    pub(super) fn seal(&mut self) -> io::Result<Vec<u8>> {
        self.checksum = self.own_checksum()?;
        self.json()
    }

    fn json(&self) -> io::Result<Vec<u8>> {
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        Ok(json)
    }

    fn own_checksum(&self) -> io::Result<String> {
        let mut open = self.clone();
        open.checksum.clear();
        Ok(sha256_hex(&serde_json::to_vec(&open)?))
    }

    /// Reads and checks the manifest of a build's folder.
    pub(super) fn read(build: &Path) -> Result<Self, StoreError> {
        let path = build.join(Self::NAME);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::new(
                    Code::ForeignStore,
                    build,
                    "not a Civigraph build: it has no manifest",
                )
                .with_hint(HintAction::BuildOrOpenAnother));
            }
            Err(error) => return Err(StoreError::io(&path, "read the manifest", error)),
        };
        Self::parse(&path, &bytes)
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<Self, StoreError> {
        let torn = |message: String| {
            StoreError::new(Code::TornBuild, path, message).with_hint(HintAction::BuildAgain)
        };
        let value: serde_json::Value = serde_json::from_slice(bytes)
            .map_err(|error| torn(format!("the manifest is damaged: {error}")))?;
        let format = value.get("format").and_then(serde_json::Value::as_u64);
        if format.is_some_and(|format| format != u64::from(FORMAT)) {
            return Err(StoreError::new(
                Code::OtherFormat,
                path,
                format!(
                    "the build has format {}, this version reads format {FORMAT}",
                    format.unwrap_or_default()
                ),
            )
            .with_hint(HintAction::BuildAgain));
        }
        let manifest: Self = serde_json::from_value(value)
            .map_err(|error| torn(format!("the manifest is damaged: {error}")))?;
        let checksum = manifest
            .own_checksum()
            .map_err(|error| StoreError::io(path, "check the manifest", error))?;
        if checksum != manifest.checksum {
            return Err(torn(
                "the manifest is damaged: its checksum does not match".to_owned(),
            ));
        }
        // Nor is a bit flipped in the white space that says nothing: a disk that does that is failing.
        let written = manifest
            .json()
            .map_err(|error| StoreError::io(path, "check the manifest", error))?;
        if written != bytes {
            return Err(torn(
                "the manifest is damaged: it is not written as a build writes it".to_owned(),
            ));
        }
        Ok(manifest)
    }

    /// Checks that the files are there, none is missing and none is new, with their lengths.
    ///
    /// Small files are digested too, which tells a foreign store of the same shape; all files are if `fully`.
    pub(super) fn check_files(&self, build: &Path, fully: bool) -> Result<(), StoreError> {
        let present = list(build).map_err(|e| StoreError::io(build, "list the build", e))?;
        for name in &present {
            if self.entry(name).is_none() {
                return Err(torn(
                    &build.join(name),
                    "the build holds a file that is not its own",
                ));
            }
        }
        for entry in &self.files {
            let path = build.join(&entry.name);
            let length = match fs::metadata(&path) {
                Ok(metadata) => metadata.len(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(torn(&path, "a file of the build is missing"));
                }
                Err(error) => return Err(StoreError::io(&path, "look at the file", error)),
            };
            if length != entry.bytes {
                return Err(torn(
                    &path,
                    &format!(
                        "a file of the build has {length} bytes instead of {}",
                        entry.bytes
                    ),
                ));
            }
            if fully || length <= SMALL {
                entry.check(build)?;
            }
        }
        Ok(())
    }

    /// The files in a folder of the build.
    pub(super) fn files_in(&self, folder: &str) -> impl Iterator<Item = &FileEntry> {
        self.files.iter().filter(move |file| {
            let within = file.name.strip_prefix(folder);
            within.is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// Bytes of the index of the quads.
    pub fn index_bytes(&self) -> u64 {
        self.files_in(INDEX).map(|file| file.bytes).sum()
    }

    /// Bytes of the text index; `None` where the build has none.
    pub fn text_bytes(&self) -> Option<u64> {
        let mut files = self.files_in(TEXT).peekable();
        files.peek()?;
        Some(files.map(|file| file.bytes).sum())
    }

    /// What is known of a file of the build.
    fn entry(&self, name: &str) -> Option<&FileEntry> {
        let found = self
            .files
            .binary_search_by(|entry| entry.name.as_str().cmp(name));
        self.files.get(found.ok()?)
    }

    /// Checks the digests of some files.
    ///
    /// # Errors
    /// A file is missing, unknown, or not as it was described.
    pub(super) fn check_contents(&self, build: &Path, names: &[&str]) -> Result<(), StoreError> {
        names.iter().try_for_each(|name| match self.entry(name) {
            Some(entry) => entry.check(build),
            None => Err(torn(&build.join(name), "the build does not know the file")),
        })
    }
}

impl FileEntry {
    /// Whether the file is the one that was described.
    pub(super) fn check(&self, build: &Path) -> Result<(), StoreError> {
        let path = build.join(&self.name);
        if digest(&path)?.1 == self.sha256 {
            Ok(())
        } else {
            let message = "a file of the build is damaged: its digest is another one";
            Err(torn(&path, message))
        }
    }
}

/// A refusal of a build that is not what was written.
pub(super) fn torn(path: &Path, message: &str) -> StoreError {
    StoreError::new(Code::TornBuild, path, message).with_hint(HintAction::BuildAgain)
}

fn digest(path: &Path) -> Result<(u64, String), StoreError> {
    digest_file(path).map_err(|e| StoreError::io(path, "read the file", e))
}

/// Lengths and digests of all files of a build's folder, several files at a time. Those in `known` are
/// not read again.
pub(super) fn entries(
    build: &Path,
    threads: usize,
    known: &[FileEntry],
) -> Result<Vec<FileEntry>, StoreError> {
    let mut names = list(build).map_err(|e| StoreError::io(build, "list the build", e))?;
    let (mut entries, mut unknown) = (Vec::with_capacity(names.len()), Vec::new());
    for name in names.drain(..) {
        match known.iter().find(|entry| entry.name == name) {
            Some(entry) => entries.push(entry.clone()),
            None => unknown.push(name),
        }
    }
    let names = unknown;
    let share = names.len().div_ceil(threads.max(1)).max(1);
    let parts: Vec<Result<Vec<FileEntry>, StoreError>> = std::thread::scope(|scope| {
        let workers: Vec<_> = names
            .chunks(share)
            .map(|names| {
                scope.spawn(|| {
                    names
                        .iter()
                        .map(|name| {
                            let (bytes, sha256) = digest(&build.join(name))?;
                            Ok(FileEntry {
                                name: name.clone(),
                                bytes,
                                sha256,
                            })
                        })
                        .collect()
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| {
                worker.join().unwrap_or_else(|_| {
                    Err(StoreError::new(
                        Code::StoreFiles,
                        build,
                        "a thread of the build ended early",
                    ))
                })
            })
            .collect()
    });
    for part in parts {
        entries.extend(part?);
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// Names of the files of a build but its manifest, sorted.
fn list(build: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(build.join(&folder))? {
            let entry = entry?;
            let relative = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(relative);
            } else if relative != Path::new(Manifest::NAME) {
                let parts: Vec<_> = relative
                    .components()
                    .map(|part| part.as_os_str().to_string_lossy().into_owned())
                    .collect();
                names.push(parts.join("/"));
            }
        }
    }
    names.sort();
    Ok(names)
}
